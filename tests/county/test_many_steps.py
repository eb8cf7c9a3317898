"""The same step of many cases, and the cell of a case whose place is uncertain."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Place
from gis_app.county.case_edits import Corrected, RecordedMany, Registered, correct_case, events_of, record_event, record_many, register_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.grid.units import Level
from tests.county.samples import EAST, NORTH, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


def blow(county: County, hours: float, **more: object) -> int:
    done = county.perform(register_case(county.store, kind=CaseKind.HELP, blown=NOW - timedelta(hours=hours), body=3, **more))  # type: ignore[arg-type]
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    return done.report.case


def state_of(county: County, case: int) -> int:
    return int(county.state.cases.state[np.searchsorted(county.state.cases.id, case)])


def test_a_step_of_many_leaves_out_those_that_refuse_it(county: County) -> None:
    known = county.store.history()
    cases = [blow(county, hours) for hours in (5, 4, 3)]
    county.perform(record_event(county.store, cases[1], EventKind.PICKED_UP, time=NOW - timedelta(hours=2)))
    answer = county.perform(
        record_many(county.store, [*cases, cases[0], 9999], EventKind.PICKED_UP, time=NOW - timedelta(hours=1), actor="a")
    )
    assert isinstance(answer, Changes) and isinstance(answer.report, RecordedMany)
    assert [one.event.case for one in answer.report.recorded] == [cases[0], cases[2]]
    assert [(case, refusal.code) for case, refusal in answer.report.refused] == [(cases[1], "not_open"), (9999, "no_case")]
    for case in cases:
        assert state_of(county, case) == State.PICKED_UP == fold_columns(county.store.events(case)).state[0]
        assert [event.kind for event in events_of(county.store.events(case))] == [EventKind.BLOWN, EventKind.PICKED_UP]
    assert county.store.history() == known, "what happened stands in no history"


def test_where_all_refuse_nothing_changes(county: County) -> None:
    case, before = blow(county, 5), county.state
    answer = county.perform(record_many(county.store, [case], EventKind.DONE))
    assert isinstance(answer, Refusal) and answer.code == "not_open" and county.state is before
    assert isinstance(county.perform(record_many(county.store, [], EventKind.NOTED, note="x")), Refusal)
    with pytest.raises(ValueError):
        record_many(county.store, [case], EventKind.DUPLICATE)


def test_the_cell_of_an_uncertain_place_is_said_by_a_person(county: County) -> None:
    case = blow(county, 5, place=Place(EAST + 20, NORTH + 20, accuracy=50.0))
    row = int(np.searchsorted(county.state.cases.id, case))
    found = int(county.state.cases.cell[row])
    other = next(unit.id for unit in county.state.units.at_level(Level.CELL) if unit.id != found)
    answer = county.perform(correct_case(county.store, case, note="asked the caller", cell=other))
    assert isinstance(answer, Changes) and isinstance(answer.report, Corrected)
    assert int(county.state.cases.cell[row]) == other == answer.report.route.cell
    county.perform(correct_case(county.store, case, note="asked again", cell=other))
    changes = [event.data.get("changes") for event in events_of(county.store.events(case))[1:]]
    assert changes == [{"cell": [found, other]}, {"cell": [other, other]}], "a cell is also confirmed"
    assert county.state.cases.x[row] == EAST + 20, "the point stays what it was"
    refused = county.perform(correct_case(county.store, case, note="x", cell=10**6))
    assert isinstance(refused, Refusal) and refused.code == "no_place"
