"""A whistle comes in at the service centre: who is responsible, and why? In a county that was built, stored, closed and opened again."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gis_app import bootstrap, demo
from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind
from gis_app.cases.routing import Place, Router
from gis_app.county.changes import Changes
from gis_app.county.county import County
from gis_app.grid.locate import Locator
from gis_app.grid.units import Level


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    path = tmp_path_factory.mktemp("responsible") / "demo.gpkg"
    settings, edit = demo.county("small")
    built = bootstrap.create_county(path, settings)
    assert isinstance(built.perform(edit), Changes)
    built.close()
    opened = bootstrap.open_county(Path(path))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def router(county: County) -> Router:
    state = county.state
    return Router(state.units, Locator(state.coverage), state.workers, state.bodies, state.categories, state.rules, state.households)


def test_a_resident_calls_from_home(county: County, router: Router) -> None:
    """The household's cell, its worker, the bureau of the category, and the way up."""
    state = county.state
    homes = state.households
    row = int(np.flatnonzero((homes.cell > 0) & ~homes.pinned & np.isfinite(homes.x))[0])
    building = next(category for category in state.categories.values() if category.name_en == "Illegal building")
    by_point = router.route(Place(homes.x[row], homes.y[row], accuracy=5), building.id, CaseKind.REPORT)
    by_name = router.route(Place(household=int(homes.id[row])), building.id, CaseKind.REPORT)

    assert by_point.cell == by_name.cell == homes.cell[row]
    assert state.units[by_point.village].level == Level.VILLAGE
    assert state.workers[by_point.worker].cell == by_point.cell
    assert state.bodies[by_point.body].kind == BodyKind.DEPARTMENT
    kinds = [state.bodies[body].kind for body in by_point.ladder]
    assert kinds[0] in (BodyKind.VILLAGE, BodyKind.COMMUNITY) and kinds[1:] == [BodyKind.TOWNSHIP, BodyKind.DEPARTMENT, BodyKind.CENTRE]
    assert [state.bodies[body].unit for body in by_point.ladder[:2]] == [by_point.village, by_point.township]
    assert "Illegal building" in str(by_point.reasons[-1])


def test_every_household_is_answered_for(county: County, router: Router) -> None:
    """Whoever calls from a known place gets a cell, a village, a township and a receiver, all nested in one another."""
    state = county.state
    homes = state.households
    routes = router.route_many(homes.x, homes.y, household=homes.id)
    placed = np.isfinite(homes.x) & ~homes.pinned
    assert (routes.cell[placed] == homes.cell[placed]).all()
    assert (routes.body > 0).all()
    for cell, village, township in set(zip(routes.cell.tolist(), routes.village.tolist(), routes.township.tolist(), strict=True)):
        assert [unit.id for unit in state.units.path(cell)] == ([township, village, cell] if cell else [])


def test_a_call_from_beyond_the_border(county: County, router: Router) -> None:
    """The county centre answers, and the sentence says how far the nearest cell is."""
    homes = county.state.households
    route = router.route(Place(float(np.nanmin(homes.x)) - 500_000, float(np.nanmin(homes.y))))
    assert county.state.bodies[route.body].kind == BodyKind.CENTRE
    assert route.nearest in county.state.units and route.distance > 400_000
    assert "outside the county" in str(route.reasons[0])
