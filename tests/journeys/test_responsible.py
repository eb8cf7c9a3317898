"""A whistle comes in at the service centre: who is responsible, and why? In a county that was built, stored, closed and opened again."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gis_app import bootstrap, demo
from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.clocks import clocks
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Place, Router
from gis_app.county.case_edits import Registered, record_event, register_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.responsible import router_of
from gis_app.grid.units import Level
from gis_app.language import format_duration
from tests.cases.samples import shanghai


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
    return router_of(county.state)


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


def test_the_garages_from_the_whistle_to_the_end(county: County) -> None:
    """Story A through the one door: blown to housing, handed over, picked up, done, rated; nothing of it is undone."""
    by_name = {body.name: body.id for body in county.state.bodies.values()}
    housing, land = by_name["县住建局"], by_name["县自然资源局"]
    homes = county.state.households
    at = int(np.flatnonzero((homes.cell > 0) & np.isfinite(homes.x) & ~homes.pinned)[0])
    before = len(county.state.cases)

    blown = register_case(
        county.store,
        kind=CaseKind.REPORT,
        text="小区院内违建车库、车棚",
        place=Place(homes.x[at], homes.y[at], accuracy=10),
        blown=shanghai("2020-05-01T12:20"),
        body=housing,
        whistler="worker",
    )
    done = county.perform(blown)
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    case = done.report.case
    assert done.report.route.cell == homes.cell[at]
    steps = [
        record_event(county.store, case, EventKind.HANDED_OVER, time=shanghai("2020-05-01T12:34"), target=land),
        record_event(county.store, case, EventKind.PICKED_UP, time=shanghai("2020-05-02T21:27")),
        record_event(county.store, case, EventKind.DONE, time=shanghai("2020-05-03T17:37"), note="已拆除"),
        record_event(county.store, case, EventKind.RATED, time=shanghai("2020-05-03T18:00"), stars=(5, 5, 5)),
    ]
    for step in steps:
        assert isinstance(county.perform(step), Changes)

    row = int(np.flatnonzero(county.state.cases.id == case)[0])
    cases = county.state.cases
    assert (cases.state[row], cases.body[row], cases.cell[row]) == (State.RATED, land, homes.cell[at])
    told = fold_columns(county.store.events(case))
    assert (told.state[0], told.body[0]) == (cases.state[row], cases.body[row])
    for name in ("blown", "arrived", "picked_up", "done"):
        assert getattr(told, name)[0] == getattr(cases, name)[row], name
    read = clocks(cases, county.state.settings.now())
    assert format_duration(read.case[row].astype("timedelta64[s]").item()) == "53 h 17 min"
    assert format_duration(read.body[row].astype("timedelta64[s]").item()) == "53 h 3 min"

    refused = county.perform(record_event(county.store, case, EventKind.HANDED_OVER, target=housing))
    assert isinstance(refused, Refusal)
    said = "This case is “Rated”: the step “Hand-over” is not open to it. Possible are: Closing, Reopening, Correction, Note."
    assert str(refused.reason) == said
    assert county.undo() is None and len(county.state.cases) == before + 1, "what happened is not undone"
