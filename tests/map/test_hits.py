from dataclasses import replace

import numpy as np
import pytest

from gis_app.grid.locate import Locator
from gis_app.map.hits import hit, nearest
from gis_app.map.marking import open_clusters
from gis_app.map.scene import LayerKind, Scene
from gis_app.map.viewport import Viewport


@pytest.fixture(scope="module")
def locator(state: object) -> Locator:
    return Locator(state.coverage)  # type: ignore[attr-defined]


def around(x: float, y: float, resolution: float) -> Viewport:
    return Viewport(x, y, resolution, 800, 600)


def test_a_household_is_hit_before_its_cell(plan: Scene, locator: Locator) -> None:
    households = plan.state.households
    x, y = float(households.x[7]), float(households.y[7])
    found = hit(plan, around(x, y, 0.2), 401, 300, locator=locator)
    assert found is not None and (found.table, found.id) == ("households", 8)
    far = hit(plan, around(x, y, 50.0), 400, 300, locator=locator)
    assert (far is not None and (far.table, far.id) == ("units", int(households.cell[7]))) or (far is not None and far.table == "units")


def test_hidden_or_filtered_points_are_not_hit(plan: Scene, locator: Locator) -> None:
    households = plan.state.households
    viewport = around(float(households.x[7]), float(households.y[7]), 0.01)
    hidden = plan.with_layer(LayerKind.HOUSEHOLDS, visible=False)
    filtered = replace(plan, households=np.arange(len(households)) != 7)
    for scene in (hidden, filtered):
        found = hit(scene, viewport, 400, 300, locator=locator)
        assert found is not None and found.table == "units"


def test_outside_the_county_is_nothing(plan: Scene, locator: Locator) -> None:
    assert hit(plan, around(0.0, 0.0, 1.0), 400, 300, locator=locator) is None


def test_a_whistle_is_hit_by_its_mark(whistles: Scene, locator: Locator) -> None:
    clusters = open_clusters(whistles, 1.0)
    x, y = float(clusters.x[-1]), float(clusters.y[-1])
    found = hit(whistles, around(x, y, 1.0), 403, 300, locator=locator, clusters=clusters)
    assert found is not None and found.table == "cases" and found.members == ()
    assert found.id == whistles.state.cases.id[clusters.order[clusters.starts[-1]]]


def test_a_cluster_tells_all_its_whistles(whistles: Scene, locator: Locator) -> None:
    clusters = open_clusters(whistles, 100.0)
    crowd = int(np.argmax(clusters.count))
    viewport = around(float(clusters.x[crowd]), float(clusters.y[crowd]), 100.0)
    found = hit(whistles, viewport, 400, 300, locator=locator, clusters=clusters)
    assert found is not None and len(found.members) > 1 and found.members[0] == found.id


def test_a_done_whistle_is_hit_too(whistles: Scene, locator: Locator) -> None:
    cases = whistles.state.cases
    done = int(np.flatnonzero(cases.done == cases.done)[0])
    found = hit(whistles, around(float(cases.x[done]), float(cases.y[done]), 0.01), 400, 300, locator=locator)
    assert found is not None and (found.table, found.id) == ("cases", int(cases.id[done]))


def test_nearest_is_the_nearest_within_reach() -> None:
    xs, ys = np.array([0.0, 3.0, np.nan]), np.array([0.0, 0.0, 0.0])
    assert nearest(xs, ys, 2.0, 0.0, 5.0, None) == 1
    assert nearest(xs, ys, 2.0, 0.0, 5.0, np.array([True, False, True])) == 0
    assert nearest(xs, ys, 20.0, 0.0, 5.0, None) is None


def test_near_and_far_are_metres_whatever_the_county_measures_in(plan: Scene, whistles: Scene, locator: Locator) -> None:
    cases = whistles.state.cases
    at_home = replace(cases, x=np.full(len(cases), cases.x[0]), y=np.full(len(cases), cases.y[0]))
    metres = replace(whistles, state=replace(whistles.state, cases=at_home))
    feet = replace(metres, state=replace(metres.state, settings=replace(metres.state.settings, crs="EPSG:2263")))
    assert open_clusters(metres, 6.0).count.max() > 1
    assert open_clusters(feet, 6.0).count.max() == 1, "1.8 m a pixel"
    households = plan.state.households
    in_feet = replace(plan, state=replace(plan.state, settings=feet.state.settings))
    view = around(float(households.x[7]), float(households.y[7]), 20.0)
    tables = [found and found.table for scene in (plan, in_feet) if (found := hit(scene, view, 400, 300, locator=locator))]
    assert tables == ["units", "households"]
