"""Steps of a case in any order and at any time: each is refused and changes nothing, or the columns are the fold of all events."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.bootstrap import open_county
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.display import event_text
from gis_app.cases.life_cycle import fold_columns, not_allowed
from gis_app.cases.routing import Place
from gis_app.cases.transitions import TRANSITIONS, allowed
from gis_app.county.case_edits import Corrected, Recorded, Registered, correct_case, events_of, record_event, register_case
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.edits import rename_unit, route_cases
from gis_app.county.responsible import Routers, router_of
from gis_app.county.whistlers import whistlers_of
from gis_app.storage.errors import StorageError
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
            with pytest.raises(StorageError, match="history cannot go past"):  # the whistle names a body that this made
                county.undo()
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


# The loop as it is stored


def event_rows(county: County) -> list[object]:
    rows = county.store.rows("events")
    return [(name, [str(value) for value in column]) for name, column in rows.items()]


@st.composite
def more_of(draw: st.DrawFn, kind: EventKind, holder: int, other: int, time: datetime) -> dict[str, object]:
    """Return what a step of a kind needs."""
    return {
        "target": draw(st.sampled_from([body for body in (1, 2, 3, 4) if body != holder])) if TRANSITIONS[kind].moves else 0,
        "note": "why",
        "deadline": time + timedelta(hours=5) if kind in (EventKind.PROMISED, EventKind.SUSPENDED) else None,
        "stars": (5, 4, 3) if kind == EventKind.RATED else None,
        "data": {EventKind.DUPLICATE: {"of": other}, EventKind.CORRECTED: {"changes": {"text": ["", "x"]}}}.get(kind),
    }


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_allowed_steps_are_stored_and_forbidden_ones_change_nothing(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "county.gpkg"
        county = make(path)
        case, others = blow(county, 90), [blow(county, 91), blow(county, 92)]
        for hours in range(80, 80 - data.draw(st.integers(1, 9)), -1):
            row = int(np.searchsorted(county.state.cases.id, case))
            state, holder = State(int(county.state.cases.state[row])), int(county.state.cases.body[row])
            forbidden = [kind for kind in EventKind if kind not in allowed(state)]
            kind = data.draw(st.sampled_from(forbidden))
            known = int(county.state.cases.duplicate[row])
            other = next(id for id in others if id != known)
            content, before = path.read_bytes(), county.state
            more = data.draw(more_of(kind, holder, other, ago(hours)))
            answer = county.perform(record_event(county.store, case, kind, time=ago(hours), **more))
            assert isinstance(answer, Refusal) and answer.code == "not_open"
            assert all(str(event_text(step)) in str(answer.reason) for step in allowed(state))
            assert county.state is before and path.read_bytes() == content

            kind = data.draw(st.sampled_from(allowed(state)))
            told = event_rows(county)
            more = data.draw(more_of(kind, holder, other, ago(hours)))
            assert isinstance(county.perform(record_event(county.store, case, kind, time=ago(hours), **more)), Changes)
            now = event_rows(county)
            assert [values[: len(old)] for (_, values), (_, old) in zip(now, told, strict=True)] == [old for _, old in told]
            assert columns_of(county, case) == fold_of(county, case)
        county.close()
        county = open_county(path)
        try:
            assert columns_of(county, case) == fold_of(county, case)
            stored = county.store.rows("cases", np.array([case]))
            folded = fold_columns(county.store.events(case))
            for name in ("state", "body", "arrived", "picked_up", "done", "deadline", "duplicate"):
                assert str(stored[name][0]) == str(getattr(folded, name)[0]), name
            assert not not_allowed(county.store.events(case)).any()
        finally:
            county.close()


# Numbers, duplicates, corrections


def step(county: County, case: int, kind: EventKind, **more: object) -> Recorded:
    answer = county.perform(record_event(county.store, case, kind, **more))  # type: ignore[arg-type]
    assert isinstance(answer, Changes) and isinstance(answer.report, Recorded), answer
    return answer.report


def registered(county: County, **more: object) -> Registered:
    answer = county.perform(register_case(county.store, **({"kind": CaseKind.HELP, "body": 3} | more)))  # type: ignore[arg-type]
    assert isinstance(answer, Changes) and isinstance(answer.report, Registered), answer
    return answer.report


def test_no_number_is_given_twice(county: County) -> None:
    first = registered(county)
    assert first.number == "20200601-001"
    assert registered(county, number="20200601-003").number == "20200601-003"
    assert registered(county).number == "20200601-004", "though it is the third of the day"
    assert registered(county, blown=datetime(2020, 5, 1, 4, tzinfo=UTC)).number == "20200501-003", "as the samples hold two of that day"
    assert registered(county, number="20200601-1000").number == "20200601-1000"
    assert registered(county, number="20200601-A").number == "20200601-A"
    assert registered(county).number == "20200601-1001"
    answer = county.perform(register_case(county.store, kind=CaseKind.HELP, number="20200601-003"))
    assert isinstance(answer, Refusal) and answer.code == "number"


def test_the_day_of_a_number_is_that_of_the_county(county: County) -> None:
    assert registered(county, blown=datetime(2020, 5, 9, 17, 30, tzinfo=UTC)).number == "20200510-001"
    naive = datetime(2020, 5, 9, 17, 30)
    made = registered(county, blown=naive)
    assert made.number == "20200510-002" and str(county.state.cases.blown[-1]) == "2020-05-09T17:30:00"


def test_a_merged_whistle_keeps_its_whistler_and_repeats_the_first(county: County) -> None:
    first = registered(county, contact="张三", phone="13800000001", whistler="resident").case
    second = registered(county, worker=1, whistler="worker").case
    third = registered(county, contact="李四", kind=CaseKind.REPORT).case
    fourth = registered(county).case
    step(county, second, EventKind.DUPLICATE, data={"of": first})
    recorded = step(county, third, EventKind.DUPLICATE, data={"of": second})
    assert recorded.standing.duplicate == first, "a duplicate of a duplicate repeats the first"
    for case in (first, second, third):
        known = whistlers_of(county.store, county.state, case)
        assert [(one.case, one.name, one.whistler) for one in known] == [
            (first, "张三", "resident"),
            (second, "王强", "worker"),
            (third, "李四", "resident"),
        ]
        assert [one.secret for one in known] == [False, False, True]
    step(county, first, EventKind.DUPLICATE, data={"of": fourth})
    assert county.state.cases.duplicate[-4:].tolist() == [fourth, fourth, fourth, 0], "what repeated it is merged along with it"
    assert [one.case for one in whistlers_of(county.store, county.state, third)] == [fourth, first, second, third]
    for case in (first, second, third, fourth):
        assert columns_of(county, case) == fold_of(county, case)
        assert not not_allowed(county.store.events(case)).any()

    answer = county.perform(record_event(county.store, fourth, EventKind.DUPLICATE, data={"of": second}))
    assert isinstance(answer, Refusal) and "Say which other case" in str(answer.reason), "it would repeat itself"
    answer = county.perform(record_event(county.store, third, EventKind.DUPLICATE, data={"of": first}))
    assert isinstance(answer, Refusal) and "merged with that one already" in str(answer.reason)


def test_what_repeats_a_case_stays_merged_when_that_is_closed_and_may_be_parted_from_it(county: County) -> None:
    first, second = registered(county).case, registered(county).case
    step(county, second, EventKind.DUPLICATE, data={"of": first})
    for kind in (EventKind.PICKED_UP, EventKind.DONE, EventKind.CLOSED):
        step(county, first, kind)
    assert [one.case for one in whistlers_of(county.store, county.state, first)] == [first, second]
    assert county.state.cases.state[-2:].tolist() == [State.CLOSED, State.DUPLICATE]
    parted = step(county, second, EventKind.REOPENED, note="another lamp")
    assert (parted.standing.state, parted.standing.body, parted.standing.duplicate) == (State.WAITING, 3, 0)
    assert [one.case for one in whistlers_of(county.store, county.state, first)] == [first]


def test_a_place_is_corrected_also_to_one_beyond_the_county(county: County) -> None:
    made = registered(county, place=Place(EAST + 20, NORTH + 20, accuracy=5.0), category=1)
    assert made.route.cell == 4
    same = county.perform(correct_case(county.store, made.case, note="x", place=Place(EAST + 20, NORTH + 20, accuracy=5.0)))
    assert isinstance(same, Refusal) and "Nothing was corrected" in str(same.reason)
    answer = county.perform(correct_case(county.store, made.case, note="moved", place=Place(EAST - 500, NORTH, accuracy=5.0)))
    assert isinstance(answer, Changes) and isinstance(answer.report, Corrected)
    assert answer.report.another_body and answer.report.route.body == 4, "the centre finds out whose it is"
    row = county.store.rows("cases", np.array([made.case]))
    assert (row["cell"][0], row["border"][0], row["body"][0], row["geom"][0].tolist()) == (0, 500.0, 3, [EAST - 500, NORTH])
    changes = events_of(county.store.events(made.case))[-1].data["changes"]
    assert changes == {"place": [{"x": EAST + 20, "y": NORTH + 20, "accuracy": 5.0}, {"x": EAST - 500, "y": NORTH, "accuracy": 5.0}]}
    assert isinstance(county.perform(route_cases()), Changes)
    assert county.store.rows("cases", np.array([made.case]))["cell"][0] == 0
    with pytest.raises(ValueError):
        correct_case(county.store, made.case, note="x", kind=99)


def test_a_step_is_recorded_although_a_robot_called_after_it(county: County) -> None:
    case = registered(county, blown=ago(3)).case
    step(county, case, EventKind.TOLD, time=ago(1))
    assert step(county, case, EventKind.PICKED_UP, time=ago(2)).standing.picked_up == ago(2)
    answer = county.perform(record_event(county.store, case, EventKind.DONE, time=ago(2.5)))
    assert isinstance(answer, Refusal), "a pick-up is a step of somebody, not a message"
