"""One fold for one case and for all: they agree on any events, in any order; the table allows what the loop allows."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import COMPLETED_STATES, IN_HAND_STATES, OPEN_STATES, UNCLAIMED_STATES, Event, EventKind, State
from gis_app.cases.life_cycle import Standing, advance, fold, fold_columns, not_allowed, objection
from gis_app.cases.times import from_utc64, utc64
from gis_app.cases.transitions import TRANSITIONS, allowed, refusal
from gis_app.county.content import objects
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
    data=st.just({}) | st.integers(1, 9).map(lambda case: {"of": case}),
)


def columns(events: list[Event]) -> dict[str, np.ndarray]:
    nat = np.datetime64("NaT", "s")
    return {
        "case_id": np.array([event.case for event in events], np.int64),
        "kind": np.array([event.kind.value for event in events], object),
        "time": np.array([utc64(event.time) for event in events], "datetime64[s]"),
        "target": np.array([event.target for event in events], np.int64),
        "deadline": np.array([utc64(event.deadline) if event.deadline else nat for event in events], "datetime64[s]"),
        "data": objects([dict(event.data) or None for event in events]),
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
            int(folded.duplicate[row]),
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
        event = Event(
            1, kind, time, target=hour + 1, note="why", deadline=time + timedelta(days=3), stars=(5, 5, 5), data={"of": 2, "changes": 1}
        )
        assert objection(standing if state else None, event, time) is None
        standing = advance(standing, event)
        state = standing.state
    assert standing.blown == START
    assert standing.arrived is not None and standing.arrived >= standing.blown
    assert standing.picked_up is None or standing.state not in UNCLAIMED_STATES
    assert standing.picked_up is not None or standing.state not in IN_HAND_STATES
    assert (standing.done is None) == (standing.state not in COMPLETED_STATES)
    assert (standing.duplicate == 0) == (standing.state != State.DUPLICATE)
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


ON = "told handed_over passed_up meeting urged duplicate"
IN_HAND = "promised suspended returned done"


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (None, "blown"),
        (State.WAITING, f"picked_up {ON}"),
        (State.MEETING, f"picked_up {ON}"),
        (State.PICKED_UP, f"submitted reviewed started {IN_HAND} {ON}"),
        (State.UNDER_REVIEW, f"reviewed started {IN_HAND} {ON}"),
        (State.PROMISED, f"started {IN_HAND} {ON}"),
        (State.IN_PROGRESS, f"{IN_HAND} {ON}"),
        (State.SUSPENDED, "resumed told urged duplicate"),
        (State.DONE, "verified rated closed reopened"),
        (State.VERIFIED, "rated closed reopened"),
        (State.RATED, "closed reopened"),
        (State.CLOSED, "reopened"),
        (State.RETURNED, "appealed"),
        (State.DUPLICATE, "reopened duplicate"),
    ],
)
def test_the_table_allows_what_the_loop_allows(state: State | None, steps: str) -> None:
    assert {kind.value for kind in allowed(state)} == set(steps.split()) | ({"corrected", "noted"} if state else set())


def test_every_step_of_the_loop_has_a_row() -> None:
    assert set(TRANSITIONS) == set(EventKind)
    assert {TRANSITIONS[kind].after for kind in EventKind} - {None} == set(State)
    assert not TRANSITIONS[EventKind.RATED].before & OPEN_STATES


def test_a_refusal_says_what_the_case_is() -> None:
    assert str(refusal(State.DONE, EventKind.HANDED_OVER)) == (
        "This case is “Done”: the step “Hand-over” is not open to it. "
        "Possible are: Verification, Rating, Closing, Reopening, Correction, Note."
    )
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
        (Event(1, EventKind.SUSPENDED, START + timedelta(hours=3), note="frost", deadline=START), "A suspension needs a day"),
        (Event(1, EventKind.SUSPENDED, START + timedelta(hours=3), deadline=START + timedelta(days=9)), "A suspension needs a reason"),
        (Event(1, EventKind.DUPLICATE, START + timedelta(hours=3)), "Say which other case"),
        (Event(1, EventKind.DUPLICATE, START + timedelta(hours=3), data={"of": 1}), "Say which other case"),
        (Event(1, EventKind.CORRECTED, START + timedelta(hours=3), note="wrong"), "Nothing was corrected"),
        (Event(1, EventKind.CORRECTED, START + timedelta(hours=3), data={"changes": {"kind": [1, 2]}}), "A correction needs a reason"),
        (Event(1, EventKind.NOTED, START + timedelta(hours=3)), "Write the note"),
        (Event(1, EventKind.MEETING, START + timedelta(hours=3), target=7), ""),
        (Event(1, EventKind.DONE, START + timedelta(hours=3)), ""),
        (Event(1, EventKind.HANDED_OVER, START + timedelta(hours=3), target=8), ""),
        (Event(1, EventKind.RETURNED, START + timedelta(hours=3), note="duplicate"), ""),
    ],
)
def test_an_objection_says_what_is_wrong(event: Event, words: str) -> None:
    standing = Standing(State.PICKED_UP, 7, START, START, START + timedelta(hours=2))
    found = objection(standing, event, START + timedelta(days=1))
    assert (words in str(found)) if words else found is None


def test_what_nobody_holds_is_handed_over_before_anybody_picks_it_up() -> None:
    standing = Standing(State.WAITING, 0, START, START)
    assert "Nobody holds this whistle yet" in str(objection(standing, Event(1, EventKind.PICKED_UP, START), START))
    assert objection(standing, Event(1, EventKind.HANDED_OVER, START, target=4), START) is None


def test_a_case_that_was_merged_by_mistake_goes_on_by_itself() -> None:
    events = [
        Event(1, EventKind.BLOWN, START, target=3),
        Event(1, EventKind.DUPLICATE, START, data={"of": 7}),
        Event(1, EventKind.DUPLICATE, START, data={"of": 8}),
    ]
    assert (fold(events).state, fold(events).duplicate) == (State.DUPLICATE, 8)
    parted = fold([*events, Event(1, EventKind.REOPENED, START, target=3)])
    assert (parted.state, parted.body, parted.duplicate) == (State.WAITING, 3, 0)


def test_a_rating_needs_its_stars() -> None:
    standing = Standing(State.DONE, 7, START, START, START, START)
    for stars in (None, (0, 5, 5), (5, 5, 6)):
        assert "one to five stars" in str(objection(standing, Event(1, EventKind.RATED, START, stars=stars), START))
    assert objection(standing, Event(1, EventKind.RATED, START, stars=(1, 3, 5)), START) is None
    assert objection(None, Event(1, EventKind.BLOWN, START, target=1), START) is None


def test_no_events_at_all() -> None:
    assert len(fold_columns(columns([]))) == 0
