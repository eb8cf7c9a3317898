"""Whistles routed again when a rule changes, a pin moves or the division is another one, and handed over to whom the rules name."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from gis_app.cases.bodies import Rule
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Place
from gis_app.county.case_edits import RecordedMany, Registered, correct_case, events_of, record_event, register_case, route_cases
from gis_app.county.changes import Changes, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.edits import assign_workers
from gis_app.county.plan_edits import create_draft, publish
from gis_app.county.rerouting import hand_over_as_named, held_elsewhere, reroute
from gis_app.county.rule_edits import add_rule, change_rule
from gis_app.county.unit_edits import move_unit
from gis_app.progress import finish
from tests.county import villages
from tests.county.samples import EAST, NORTH, edit, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)
VILLAGE, TOWN, BUREAU, CENTRE = 1, 2, 3, 4


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    made.perform(assign_workers())
    yield made
    made.close()


def blow(county: County, hours: float = 5, **more: object) -> int:
    place = Place(EAST + 50, NORTH + 50, 5)
    values = {"kind": CaseKind.HELP, "category": 1, "place": place, "blown": NOW - timedelta(hours=hours), **more}
    done = county.perform(register_case(county.store, **values))  # type: ignore[arg-type]
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    return done.report.case


def elsewhere(county: County) -> list[tuple[int, int, int, bool]]:
    found = held_elsewhere(county.state)
    ours = found.case > 30
    rows = (found.case, found.holder, found.named, found.handed_on)
    return list(zip(*(column[ours].tolist() for column in rows), strict=True))


def test_a_changed_rule_shows_what_it_would_have_sent_elsewhere(county: County) -> None:
    case = blow(county)
    assert not elsewhere(county), "as the rules say"
    county.perform(change_rule(Rule(1, 1, body=CENTRE)))
    assert elsewhere(county) == [(case, BUREAU, CENTRE, False)]
    county.undo()
    assert not elsewhere(county)


def test_what_somebody_has_handed_on_is_told_apart(county: County) -> None:
    one, other, closed = blow(county, 5), blow(county, 4), blow(county, 6)
    county.perform(record_event(county.store, one, EventKind.HANDED_OVER, target=TOWN))
    county.perform(record_event(county.store, closed, EventKind.PICKED_UP))
    county.perform(record_event(county.store, closed, EventKind.DONE, note="好了"))
    assert elsewhere(county) == [(one, TOWN, BUREAU, True)]
    county.perform(add_rule(Rule(0, 1, "help", CENTRE)))
    assert elsewhere(county) == [(other, BUREAU, CENTRE, False), (one, TOWN, CENTRE, True)], "closed ones rest"


def test_a_rule_that_ended_before_the_whistle_is_not_for_it(county: County) -> None:
    blow(county)
    county.perform(add_rule(Rule(0, 1, "help", CENTRE, valid_to=(NOW - timedelta(days=3)).date())))
    assert not elsewhere(county)


def test_a_pin_that_moves_changes_cell_and_worker(county: County) -> None:
    case = blow(county, category=0)
    moved = Place(EAST + 150, NORTH + 150, 5)
    county.perform(correct_case(county.store, case, note="看错了", place=moved))
    found = reroute(county.state, [case])
    assert (found.cell.tolist(), found.new_cell.tolist()) == ([7], [7]), "a correction finds the cell anew"
    assert not found.other_cell[0] and not found.other_worker[0]
    assert found.other_body[0] and found.named[0] == TOWN, "the community has no body of its own"


def test_the_cell_of_an_uncertain_place_stays_as_it_was_said(county: County) -> None:
    case = blow(county, place=Place(EAST + 99, NORTH + 50, 10))
    county.perform(correct_case(county.store, case, note="在二组", cell=5))
    found = reroute(county.state, [case, 9999])
    assert len(found) == 1 and found.cell[0] == found.new_cell[0] == 5 and not found.other_cell[0]


def test_a_case_in_a_cell_of_before_lies_in_another_one_now(county: County) -> None:
    case = blow(county)
    columns = county.state.cases
    old = replace(county.state, cases=replace(columns, cell=np.where(columns.id == case, 5, columns.cell)))
    found = reroute(old, [case])
    assert found.other_cell[0] and found.new_cell[0] == 4
    worker_of = {worker.cell: worker.id for worker in county.state.workers.values() if worker.cell}
    assert (found.worker[0], found.new_worker[0]) == (worker_of.get(5, 0), worker_of.get(4, 0))
    assert found.other_worker[0] == (worker_of.get(4, 0) != worker_of.get(5, 0))


def test_all_are_handed_over_by_an_event_each(county: County) -> None:
    cases = [blow(county, hours) for hours in (5, 4, 3)]
    county.perform(record_event(county.store, cases[1], EventKind.PICKED_UP))
    county.perform(record_event(county.store, cases[1], EventKind.SUSPENDED, note="等材料", deadline=NOW + timedelta(days=3)))
    kept = blow(county, 2, category=0)
    county.perform(change_rule(Rule(1, 1, body=CENTRE)))
    answer = county.perform(hand_over_as_named(county.store, [*cases, kept], actor="小李", note="规则已改"))
    assert isinstance(answer, Changes) and isinstance(answer.report, RecordedMany)
    assert [one.event.case for one in answer.report.recorded] == [cases[0], cases[2]]
    assert [(case, refusal.code) for case, refusal in answer.report.refused] == [(cases[1], "not_open")]
    for case in (cases[0], cases[2]):
        last = events_of(county.store.events(case))[-1]
        assert (last.kind, last.target, last.actor, last.note) == (EventKind.HANDED_OVER, CENTRE, "小李", "规则已改")
        row = int(np.searchsorted(county.state.cases.id, case))
        assert (county.state.cases.body[row], county.state.cases.state[row]) == (CENTRE, State.WAITING)
        assert fold_columns(county.store.events(case)).body[0] == CENTRE
    assert [found[0] for found in elsewhere(county)] == [cases[1]]
    again = county.perform(hand_over_as_named(county.store, [cases[0]]))
    assert isinstance(again, Refusal) and again.code == "no_case"
    assert isinstance(county.perform(hand_over_as_named(county.store, [cases[1]])), Refusal)


def test_a_published_plan_shows_whose_whistles_belong_to_another_body_now(tmp_path: Path) -> None:
    planned = villages.county(tmp_path / "planned.gpkg")
    offices = {
        "id": np.array([1, 2]),
        "kind": objects(["township"] * 2),
        "name": objects(["东风镇政府", "西山乡政府"]),
        "unit": np.array([1, 2]),
    }
    planned.perform(edit(RowChange("bodies", insert=offices)))
    planned.perform(route_cases())
    assert not len(held_elsewhere(planned.state)), "all are where their place says"
    made = planned.perform(create_draft("草案"))
    assert isinstance(made, Changes)
    plan = int(made.ids["plans"].max())
    finish(planned.opening_draft(plan))
    assert isinstance(planned.perform(move_unit(3, 2)), Changes), "永安村 comes to 西山乡"
    assert not len(held_elsewhere(planned.state)), "a draft moves nothing"
    assert isinstance(planned.perform(publish(plan, date(2020, 7, 1))), Changes)
    found = held_elsewhere(planned.state)
    assert {10, 50, 60} <= set(found.case.tolist()) and set(found.holder.tolist()) == {1} and set(found.named.tolist()) == {2}
    assert not found.other_cell.any(), "publishing has moved them to their cells already"
    planned.close()
