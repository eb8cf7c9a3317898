"""Steps of a case in any order and at any time: each is refused and changes nothing, or the columns are the fold of all events."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns, not_allowed
from gis_app.cases.routing import Place
from gis_app.county.case_edits import Registered, events_of, record_event, register_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.edits import rename_unit, route_cases
from gis_app.county.responsible import Routers, router_of
from tests.county.samples import EAST, NORTH, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)
COLUMNS = ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged")


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = make(tmp_path / "county.gpkg")
    yield made
    made.close()


def blow(county: County, hours_ago: float, body: int = 3) -> int:
    done = county.perform(register_case(county.store, kind=CaseKind.HELP, blown=NOW - timedelta(hours=hours_ago), body=body))
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    return done.report.case


def columns_of(county: County, case: int) -> list[object]:
    row = int(np.searchsorted(county.state.cases.id, case))
    return [str(getattr(county.state.cases, name)[row]) for name in COLUMNS]


def fold_of(county: County, case: int) -> list[object]:
    folded = fold_columns(county.store.events(case))
    return [str(getattr(folded, name)[0]) for name in COLUMNS]


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, object]:
    """Return a step with all that its kind may need, right or wrong; hours are few, so that times often coincide."""
    time = ago(draw(st.integers(-1, 12)))
    return {
        "kind": draw(st.sampled_from(EventKind)),
        "time": time,
        "target": draw(st.sampled_from([0, 1, 2, 3, 77])),
        "note": draw(st.sampled_from(["", "why"])),
        "deadline": draw(st.sampled_from([None, time + timedelta(hours=5), time - timedelta(hours=5)])),
        "stars": draw(st.sampled_from([None, (1, 3, 5), (0, 1, 2)])),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(steps(), min_size=2, max_size=14))
def test_a_step_is_refused_or_the_columns_are_the_fold_of_all_events(walk: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        county = make(Path(folder) / "county.gpkg")
        try:
            case = blow(county, 10)
            for step in walk:
                before, told = county.state, len(county.store.events(case)["id"])
                answer = county.perform(record_event(county.store, case, **step))  # type: ignore[arg-type]
                if isinstance(answer, Refusal):
                    assert county.state is before and len(county.store.events(case)["id"]) == told
                assert columns_of(county, case) == fold_of(county, case)
            assert not not_allowed(county.store.events(case)).any()
            while len(county.store.history()) and (undone := county.undo()) and not undone.touches("units"):
                if case in county.state.cases.id:
                    assert columns_of(county, case) == fold_of(county, case)
        finally:
            county.close()


def test_a_step_before_a_promise_is_refused_though_the_columns_do_not_tell_when_it_was_made(county: County) -> None:
    case, store = blow(county, 10), county.store
    assert isinstance(county.perform(record_event(store, case, EventKind.PICKED_UP, time=ago(9))), Changes)
    assert isinstance(county.perform(record_event(store, case, EventKind.PROMISED, time=ago(5), deadline=ago(1))), Changes)
    refused = county.perform(record_event(store, case, EventKind.DONE, time=ago(7)))
    assert isinstance(refused, Refusal) and refused.code == "objection" and "last step" in str(refused.reason)
    assert isinstance(county.perform(record_event(store, case, EventKind.DONE, time=ago(5))), Changes), (
        "in the same minute is no contradiction"
    )
    assert columns_of(county, case) == fold_of(county, case)


def test_refusals_say_what_is_wrong(county: County) -> None:
    case, store = blow(county, 10), county.store

    def code(kind: EventKind, **more: object) -> str:
        answer = county.perform(record_event(store, case, kind, **more))  # type: ignore[arg-type]
        assert isinstance(answer, Refusal)
        return answer.code

    assert code(EventKind.DONE) == "not_open"
    assert code(EventKind.HANDED_OVER) == code(EventKind.PASSED_UP, target=77) == "no_body"
    assert code(EventKind.HANDED_OVER, target=3) == "objection", "it is there already"
    assert code(EventKind.PICKED_UP, time=ago(-1)) == code(EventKind.PICKED_UP, time=ago(11)) == "objection"
    assert isinstance(county.perform(record_event(store, case, EventKind.PICKED_UP)), Changes)
    assert code(EventKind.PROMISED) == code(EventKind.RETURNED) == "objection"


def test_events_read_back_as_they_were_recorded(county: County) -> None:
    case, store = blow(county, 10), county.store
    county.perform(record_event(store, case, EventKind.PICKED_UP, actor="孙丽"))
    county.perform(record_event(store, case, EventKind.PROMISED, deadline=ago(-5), note="会办"))
    county.perform(record_event(store, case, EventKind.DONE))
    county.perform(record_event(store, case, EventKind.RATED, stars=(1, 2, 3)))
    blown, picked_up, promised, _, rated = events_of(store.events(case))
    assert (blown.kind, blown.time, blown.target, blown.stars, blown.deadline) == (EventKind.BLOWN, ago(10), 3, None, None)
    assert (picked_up.actor, picked_up.body, picked_up.time) == ("孙丽", 3, NOW)
    assert (promised.deadline, promised.note, rated.stars) == (ago(-5), "会办", (1, 2, 3))


def test_routers_are_kept_until_what_they_answer_from_changes(county: County) -> None:
    routers = Routers()
    first = routers.of(county.state)
    made = county.perform(
        register_case(county.store, kind=CaseKind.REPORT, category=1, place=Place(EAST + 150, NORTH + 20), routers=routers)
    )
    assert isinstance(made, Changes) and isinstance(made.report, Registered)
    assert made.report.route == first.route(Place(EAST + 150, NORTH + 20), 1, CaseKind.REPORT)
    assert routers.of(county.state) is first, "another whistle changes nothing of it"
    county.perform(rename_unit(4, "新名"))
    renamed = routers.of(county.state)
    assert renamed is not first and "新名" in str(renamed.route(Place(EAST + 20, NORTH + 20)).reasons[0])
    assert str(router_of(county.state).route(Place(EAST + 20, NORTH + 20)).reasons[0]) == str(
        renamed.route(Place(EAST + 20, NORTH + 20)).reasons[0]
    )


def test_steps_go_on_after_routing(county: County) -> None:
    county.perform(route_cases())
    store = county.store
    assert isinstance(county.perform(record_event(store, 20, EventKind.PICKED_UP)), Changes)
    assert columns_of(county, 20) == fold_of(county, 20)
    assert county.state.cases.state[1] == State.PICKED_UP and not not_allowed(store.events(20)).any()
