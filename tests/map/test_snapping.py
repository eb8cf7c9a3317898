from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import Coverage, build_coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.insert_vertex import insert_vertex
from gis_app.map.snapping import References, Snap, SnapKind, Snapper
from tests.grid.samples import wiggly

WEST = shapely.box(0, 0, 100, 100)
EAST = shapely.box(100, 0, 300, 100)
TWO = build_coverage([1, 2], [WEST, EAST])
BETWEEN = next(number for number, arc in TWO.arcs.items() if {arc.left, arc.right} == {1, 2})


@pytest.fixture(scope="module")
def county() -> Coverage:
    return wiggly(60, 3)


def kind(snap: Snap | None) -> SnapKind | None:
    return snap.kind if snap is not None else None


def test_a_node_wins_over_a_nearer_border() -> None:
    found = Snapper(TWO).snap(101, 6, 8)
    assert found is not None and (found.kind, found.x, found.y) == (SnapKind.NODE, 100, 0)
    assert TWO.nodes[found.node] == (100, 0)
    assert tuple(TWO.arcs[found.arc].points[found.index]) == (100, 0)


def test_a_vertex_tells_which_one_it_is() -> None:
    found = Snapper(TWO).snap(2, 3, 8)
    assert found is not None and found.kind == SnapKind.VERTEX
    assert tuple(TWO.arcs[found.arc].points[found.index]) == (0, 0)


def test_a_border_tells_the_segment() -> None:
    found = Snapper(TWO).snap(97, 50.1234, 8)
    assert found == Snap(SnapKind.BORDER, 100, 50.123, BETWEEN, 0)


def test_the_foot_of_the_perpendicular_wins_over_the_nearest_point_of_the_border() -> None:
    snapper = Snapper(TWO)
    assert snapper.snap(97, 47, 8, last=(60, 50)) == Snap(SnapKind.PERPENDICULAR, 100, 50, BETWEEN, 0)
    assert kind(snapper.snap(97, 47, 8, last=(60, 80))) == SnapKind.BORDER, "the foot is too far from the pointer"
    assert kind(snapper.snap(97, 47, 8, last=(100, 44))) == SnapKind.BORDER, "a point on the border has no perpendicular to it"


def test_far_from_everything_nothing_is_found() -> None:
    assert Snapper(TWO).snap(50, 50, 8) is None
    assert Snapper(Coverage()).snap(50, 50, 8) is None
    assert Snapper(Coverage()).border(50, 50, 8) is None
    assert Snapper(Coverage()).vertex(50, 50, 8) is None


ROAD = shapely.LineString([(50, -50), (50, 20), (50, 50), (180, 50)])
BLOCK = shapely.box(200, 30, 240, 60)


def test_references_offer_their_vertices_their_lines_and_their_crossings() -> None:
    snapper = Snapper(TWO, References.of([ROAD, BLOCK]))
    assert snapper.snap(52, 48, 5) == Snap(SnapKind.REFERENCE_VERTEX, 50, 50)
    assert snapper.snap(52, 35, 5) == Snap(SnapKind.REFERENCE_LINE, 50, 35)
    assert snapper.snap(103, 52, 5) == Snap(SnapKind.INTERSECTION, 100, 50), "road and border"
    assert snapper.snap(52, 1, 5) == Snap(SnapKind.INTERSECTION, 50, 0)
    assert kind(snapper.snap(219, 32, 5)) == SnapKind.REFERENCE_LINE, "the border of an area"


def test_the_nearer_of_a_border_and_a_reference_wins() -> None:
    along = shapely.LineString([(106, -50), (106, 200)])
    snapper = Snapper(TWO, References.of([along]))
    assert kind(snapper.snap(104, 50, 8)) == SnapKind.REFERENCE_LINE
    assert kind(snapper.snap(102, 50, 8)) == SnapKind.BORDER
    found = snapper.snap(102, 50, 8, references_only=True)
    assert found == Snap(SnapKind.REFERENCE_LINE, 106, 50) and not found.on_border
    assert snapper.with_references(None).snap(104, 50, 8, references_only=True) is None


def test_the_reference_line_at_a_place() -> None:
    references = References.of([ROAD, BLOCK, shapely.Point(60, 60), shapely.MultiLineString([[(0, 80), (90, 80)], [(110, 80), (290, 80)]])])
    line = references.line_at(120, 52, 5)
    assert line is not None and shapely.LineString(line).equals(ROAD)
    assert references.line_at(60, 62, 5) is None, "a point is no line"
    part = references.line_at(115, 79, 5)
    assert part is not None and part[0].tolist() == [110, 80], "of a line in pieces the one that is there"
    assert References.of([]).line_at(0, 0, 5) is None


def test_borders_and_vertices_among_some_arcs() -> None:
    snapper = Snapper(TWO)
    outer = frozenset(TWO.arcs) - {BETWEEN}
    assert snapper.border(100, 50, 8, outer) is None
    found = snapper.vertex(99, 1, 8, frozenset({BETWEEN}))
    assert found is not None and found.kind == SnapKind.NODE and found.arc == BETWEEN


@given(x=st.floats(498_000, 575_000), y=st.floats(5_268_000, 5_345_000), reach=st.sampled_from([5.0, 200.0, 3000.0]))
def test_the_nearest_is_found_wherever_the_pointer_is(county: Coverage, x: float, y: float, reach: float) -> None:
    snapper = Snapper(county)
    everything = shapely.MultiLineString([arc.points for arc in county.arcs.values()])
    distance = shapely.distance(everything, shapely.Point(x, y))
    found = snapper.border(x, y, reach)
    assert (found is not None) == (distance <= reach)
    if found is not None:
        assert np.hypot(found.x - x, found.y - y) == pytest.approx(distance, abs=0.002)
        on = shapely.LineString(county.arcs[found.arc].points[found.index : found.index + 2])
        assert shapely.distance(on, shapely.Point(found.x, found.y)) < 0.001
    nodes = np.array(list(county.nodes.values()))
    nearest = np.hypot(*(nodes - (x, y)).T).min()
    snap = snapper.snap(x, y, reach)
    assert (kind(snap) == SnapKind.NODE) == (nearest <= reach)
    if nearest > reach:
        vertices = np.concatenate([arc.points for arc in county.arcs.values()])
        assert (kind(snap) == SnapKind.VERTEX) == (np.hypot(*(vertices - (x, y)).T).min() <= reach)


def test_the_snapper_of_an_edited_coverage_is_that_of_one_made_anew(county: Coverage) -> None:
    snapper = Snapper(county, References.of([shapely.LineString([(500_000, 5_300_000), (540_000, 5_300_000)])]))
    rng = np.random.default_rng(5)
    now = county
    for _ in range(20):
        number = int(rng.choice(list(now.arcs)))
        points = now.arcs[number].points
        segment = int(rng.integers(len(points) - 1))
        edited = insert_vertex(now, number, segment, points[segment : segment + 2].mean(axis=0) + np.array([0.5, -0.25]))
        if isinstance(edited, Edited):
            now = edited.coverage
            snapper = snapper.updated(now)
    fresh = Snapper(now, snapper.references)
    for x, y in rng.uniform((500_000, 5_270_000), (570_000, 5_340_000), (200, 2)).tolist():
        assert snapper.snap(x, y, 300, last=(x + 50, y)) == fresh.snap(x, y, 300, last=(x + 50, y))
    assert snapper.updated(now) is snapper


def test_cells_that_come_and_go_are_followed() -> None:
    one = build_coverage([1], [shapely.box(0, 0, 300, 100)])
    snapper = Snapper(TWO).updated(one)
    assert snapper.snap(100, 50, 8) is None
    assert kind(snapper.updated(TWO).snap(100, 50, 8)) == SnapKind.BORDER
    assert Snapper(Coverage()).updated(TWO).snap(100, 50, 8) == Snapper(TWO).snap(100, 50, 8)
    assert snapper.updated(Coverage()).snap(100, 50, 8) is None


def test_the_way_along_borders_is_offered_between_snapped_places() -> None:
    snapper = Snapper(TWO)
    end = snapper.snap(300, 50, 2)
    assert end is not None
    way = snapper.way((100, 60), end)
    assert way is not None and way.tolist() == [[100, 60], [100, 100], [300, 100], [300, 50]]
    assert snapper.way((150, 60), end) is None, "it begins on no border"
    assert snapper.way((100, 60), replace(end, arc=0)) is None
