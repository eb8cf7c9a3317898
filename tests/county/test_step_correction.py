"""A step that was recorded with a wrong time or note is put right; what stood there before is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gis_app.cases.case import CaseKind, EventKind
from gis_app.cases.clocks import legs
from gis_app.cases.life_cycle import not_allowed
from gis_app.county.case_edits import Registered, events_of, record_event, register_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.outbox_edits import messages_of, queue_due
from gis_app.county.step_correction import CorrectedStep, correct_step
from tests.county.samples import make

NOW = datetime(2020, 6, 1, tzinfo=UTC)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


@pytest.fixture
def case(county: County) -> int:
    """A whistle that was blown, picked up and done, two hours between each."""
    done = county.perform(register_case(county.store, kind=CaseKind.HELP, blown=ago(6), body=3))
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    made = done.report.case
    for kind, hours, note in ((EventKind.PICKED_UP, 4.0, ""), (EventKind.DONE, 2.0, "lamp mended")):
        assert isinstance(county.perform(record_event(county.store, made, kind, time=ago(hours), note=note)), Changes)
    return made


def test_clocks_are_worked_out_with_the_right_time(county: County, case: int) -> None:
    done = county.perform(correct_step(county.store, case, 2, time=ago(5), reason="typed wrongly", actor="clerk"))
    assert isinstance(done, Changes) and isinstance(done.report, CorrectedStep)
    events = events_of(county.store.events(case))
    assert [event.kind for event in events] == [EventKind.BLOWN, EventKind.PICKED_UP, EventKind.DONE, EventKind.CORRECTED]
    assert events[1].time == ago(5) and legs(events, NOW)[0].picked_up == ago(5)
    assert str(county.state.cases.picked_up[-1]) == "2020-05-31T19:00:00"
    assert events[-1].data == {"step": "picked_up", "changes": {"time": [ago(4).isoformat(), ago(5).isoformat()]}}
    assert not not_allowed(county.store.events(case)).any()


def test_the_note_of_a_result_is_the_result(county: County, case: int) -> None:
    assert isinstance(county.perform(correct_step(county.store, case, 3, note="lamp replaced", reason="not mended")), Changes)
    assert county.store.rows("cases", county.state.cases.id[-1:], ["result"])["result"].tolist() == ["lamp replaced"]
    assert events_of(county.store.events(case))[-1].data["changes"] == {"note": ["lamp mended", "lamp replaced"]}


@pytest.mark.parametrize(
    ("step", "values", "reason", "said"),
    [
        (2, {"time": ago(1)}, "x", "lies between"),
        (2, {"time": ago(7)}, "x", "lies between"),
        (3, {"time": ago(-1)}, "x", "has not come yet"),
        (2, {"time": ago(5)}, " ", "needs a reason"),
        (2, {}, "x", "Nothing was corrected"),
        (9, {"time": ago(5)}, "x", "no step 9"),
    ],
)
def test_what_breaks_the_order_is_refused_and_changes_nothing(
    county: County, case: int, step: int, values: dict[str, datetime], reason: str, said: str
) -> None:
    answer = county.perform(correct_step(county.store, case, step, reason=reason, **values))  # type: ignore[arg-type]
    assert isinstance(answer, Refusal) and said in str(answer.reason)
    assert [event.time for event in events_of(county.store.events(case))] == [ago(6), ago(4), ago(2)]


def test_messages_keep_to_their_stay(county: County) -> None:
    made = county.perform(register_case(county.store, kind=CaseKind.HELP, blown=ago(6), body=3))
    assert isinstance(made, Changes) and isinstance(made.report, Registered)
    county.perform(queue_due(county.store))
    known = messages_of(county.store, [made.report.case])
    assert isinstance(county.perform(correct_step(county.store, made.report.case, 1, time=ago(5), reason="typed wrongly")), Changes)
    county.perform(queue_due(county.store))
    after = messages_of(county.store, [made.report.case])
    assert [message.kind for message in after] == [message.kind for message in known]
    assert {message.arrived for message in after} <= {ago(5)}
