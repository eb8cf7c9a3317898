"""One fold for one case and for all: they agree on any events, in any order; the table allows what the loop allows."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.life_cycle import Standing, advance, fold, fold_columns, not_allowed, objection
from gis_app.cases.times import from_utc64, utc64
from gis_app.cases.transitions import OPEN_STATES, TRANSITIONS, allowed, refusal
from tests.cases.samples import patient

START = datetime(2020, 5, 1, tzinfo=UTC)

some_time = st.integers(0, 30).map(lambda hours: START + timedelta(hours=hours))
some_event = st.builds(
    Event,
    case=st.integers(1, 4),
    kind=st.sampled_from(EventKind),
    time=some_time,
    target=st.integers(0, 5),
    deadline=st.none() | some_time,
)


def columns(events: list[Event]) -> dict[str, np.ndarray]:
    nat = np.datetime64("NaT", "s")
    return {
        "case_id": np.array([event.case for event in events], np.int64),
        "kind": np.array([event.kind.value for event in events], object),
        "time": np.array([utc64(event.time) for event in events], "datetime64[s]"),
        "target": np.array([event.target for event in events], np.int64),
        "deadline": np.array([utc64(event.deadline) if event.deadline else nat for event in events], "datetime64[s]"),
    }


@patient
@given(st.lists(some_event, max_size=40))
def test_all_cases_at_once_fold_as_each_alone(events: list[Event]) -> None:
    folded = fold_columns(columns(events))
    assert folded.case.tolist() == sorted({event.case for event in events})
    for row, case in enumerate(folded.case.tolist()):
        alone = fold(event for event in events if event.case == case)
        together = Standing(
            State(int(folded.state[row])),
            int(folded.body[row]),
            *(from_utc64(getattr(folded, name)[row]) for name in ("blown", "arrived", "picked_up", "done", "deadline")),
            bool(folded.urged[row]),
        )
        assert together == alone


@patient
@given(st.lists(some_event, max_size=30))
def test_what_the_table_forbids_is_marked(events: list[Event]) -> None:
    expected = []
    for i, event in enumerate(events):
        earlier = [other for j, other in enumerate(events) if other.case == event.case and (other.time, j) < (event.time, i)]
        expected.append(refusal(fold(earlier).state if earlier else None, event.kind) is not None)
    assert not_allowed(columns(events)).tolist() == expected


@patient
@given(st.lists(some_event, max_size=20, unique_by=lambda event: event.time), st.randoms())
def test_the_order_in_which_events_are_given_does_not_matter(events: list[Event], random: object) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(events)


@patient
@given(st.data())
def test_a_case_that_follows_the_table_has_times_that_fit_its_state(data: st.DataObject) -> None:
    standing, state = Standing(), None
    for hour in range(data.draw(st.integers(1, 12))):
        steps = allowed(state)
        if not steps:
            break
        kind = data.draw(st.sampled_from(steps))
        assert refusal(state, kind) is None
        time = START + timedelta(hours=hour)
        standing = advance(standing, Event(1, kind, time, target=hour + 1, deadline=time + timedelta(days=3)))
        state = standing.state
    assert standing.blown == START
    assert standing.arrived is not None and standing.arrived >= standing.blown
    assert (standing.picked_up is None) == (standing.state == State.WAITING)
    assert (standing.done is None) == (standing.state not in (State.DONE, State.RATED))
    if standing.state == State.PROMISED:
        assert standing.deadline is not None


def test_a_hand_over_leaves_pick_up_and_promise_behind() -> None:
    steps = [EventKind.BLOWN, EventKind.PICKED_UP, EventKind.PROMISED, EventKind.URGED, EventKind.HANDED_OVER]
    events = [Event(1, kind, START + timedelta(hours=i), target=i + 1, deadline=START) for i, kind in enumerate(steps)]
    standing = fold(events)
    assert standing == Standing(State.WAITING, 5, START, START + timedelta(hours=4), None, None, None, urged=True)


def test_a_register_without_pick_ups_still_folds_to_done() -> None:
    standing = fold([Event(1, EventKind.BLOWN, START, target=3), Event(1, EventKind.DONE, START + timedelta(days=1))])
    assert (standing.state, standing.body, standing.picked_up) == (State.DONE, 3, None)
    assert standing.done == START + timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (None, "blown"),
        (State.WAITING, "picked_up handed_over passed_up urged"),
        (State.PICKED_UP, "promised handed_over passed_up urged returned done"),
        (State.PROMISED, "promised handed_over passed_up urged returned done"),
        (State.DONE, "rated"),
        (State.RATED, ""),
        (State.RETURNED, ""),
    ],
)
def test_the_table_allows_what_the_loop_allows(state: State | None, steps: str) -> None:
    assert {kind.value for kind in allowed(state)} == set(steps.split())


def test_every_step_of_the_loop_has_a_row() -> None:
    assert set(TRANSITIONS) == set(EventKind)
    assert {TRANSITIONS[kind].after for kind in EventKind} - {None} == set(State)
    assert not TRANSITIONS[EventKind.RATED].before & OPEN_STATES


def test_a_refusal_says_what_the_case_is() -> None:
    assert str(refusal(State.DONE, EventKind.HANDED_OVER)) == "This case is “Done”: the step “Hand-over” is not open to it."
    assert str(refusal(None, EventKind.DONE)) == "A case begins with the whistle being blown, not with: Completion."


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event(1, EventKind.PICKED_UP, START), "This case is “Picked up”"),
        (Event(1, EventKind.DONE, START + timedelta(days=9)), "has not come yet"),
        (Event(1, EventKind.DONE, START), "The last step was recorded at 2020-05-01 10:00; this one cannot have been at 2020-05-01 08:00."),
        (Event(1, EventKind.HANDED_OVER, START + timedelta(hours=3), target=7), "Choose another body"),
        (Event(1, EventKind.PASSED_UP, START + timedelta(hours=3)), "Choose another body"),
        (Event(1, EventKind.PROMISED, START + timedelta(hours=3), deadline=START), "A promise needs a deadline"),
        (Event(1, EventKind.RETURNED, START + timedelta(hours=3), note=" "), "A return needs a reason"),
        (Event(1, EventKind.DONE, START + timedelta(hours=3)), ""),
        (Event(1, EventKind.HANDED_OVER, START + timedelta(hours=3), target=8), ""),
        (Event(1, EventKind.RETURNED, START + timedelta(hours=3), note="duplicate"), ""),
    ],
)
def test_an_objection_says_what_is_wrong(event: Event, words: str) -> None:
    standing = Standing(State.PICKED_UP, 7, START, START, START + timedelta(hours=2))
    found = objection(standing, event, START + timedelta(days=1))
    assert (words in str(found)) if words else found is None


def test_a_rating_needs_its_stars() -> None:
    standing = Standing(State.DONE, 7, START, START, START, START)
    for stars in (None, (0, 5, 5), (5, 5, 6)):
        assert "one to five stars" in str(objection(standing, Event(1, EventKind.RATED, START, stars=stars), START))
    assert objection(standing, Event(1, EventKind.RATED, START, stars=(1, 3, 5)), START) is None
    assert objection(None, Event(1, EventKind.BLOWN, START, target=1), START) is None


def test_no_events_at_all() -> None:
    assert len(fold_columns(columns([]))) == 0
