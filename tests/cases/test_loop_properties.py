"""Whatever allowed steps a case goes through: one body holds it while it is open, clocks add up, its state follows from its events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import COMPLETED_STATES, OPEN_STATES, UNCLAIMED_STATES, Event, EventKind, State
from gis_app.cases.clocks import case_clock, legs
from gis_app.cases.display import event_text
from gis_app.cases.life_cycle import Standing, advance, fold, fold_columns, not_allowed, objection
from gis_app.cases.times import from_utc64
from gis_app.cases.transitions import TRANSITIONS, allowed, refusal
from gis_app.county.case_edits import event_columns
from tests.cases.samples import patient

START = datetime(2020, 5, 1, 4, 20, tzinfo=UTC)
NOW = START + timedelta(days=400)
BODIES = (1, 2, 3, 4)
INTERRUPTED = frozenset({EventKind.APPEALED, EventKind.REOPENED})
"""Steps before which a case was over for a while: nobody's clock ran."""


@st.composite
def event_of(draw: st.DrawFn, kind: EventKind, standing: Standing | None, time: datetime) -> Event:
    """Return a step with all that its kind needs."""
    others = [body for body in BODIES if standing is None or body != standing.body]
    return Event(
        1,
        kind,
        time,
        actor=draw(st.sampled_from(["", "孙丽"])),
        body=standing.body if standing else 0,
        target=draw(st.sampled_from(others)) if TRANSITIONS[kind].moves else 0,
        note="why",
        deadline=time + timedelta(hours=draw(st.integers(1, 99))) if kind in (EventKind.PROMISED, EventKind.SUSPENDED) else None,
        stars=(5, 4, 3) if kind == EventKind.RATED else None,
        data={EventKind.DUPLICATE: {"of": 7}, EventKind.CORRECTED: {"changes": {"kind": [1, 2]}}}.get(kind, {}),
    )


@st.composite
def stories(draw: st.DrawFn) -> list[Event]:
    """Return a case that follows the transition table: up to 15 steps, sometimes several at one instant."""
    events: list[Event] = []
    standing, time = None, START
    for _ in range(draw(st.integers(1, 15))):
        kind = draw(st.sampled_from(allowed(standing.state if standing else None)))
        events.append(draw(event_of(kind, standing, time)))
        standing = advance(standing or Standing(), events[-1])
        time += timedelta(minutes=draw(st.sampled_from([0, 1, 14, 600, 5000])))
    return events


@patient
@given(stories())
def test_every_step_is_as_allowed_as_the_table_says(events: list[Event]) -> None:
    for i, event in enumerate(events):
        before = fold(events[:i]) if i else None
        assert objection(before, event, NOW, events[i - 1].time if i else None) is None
    assert not not_allowed(event_columns(events)).any()
    assert all(one.time <= other.time for one, other in pairwise(events))


@patient
@given(stories())
def test_exactly_one_body_holds_a_case_while_it_is_open(events: list[Event]) -> None:
    for end in range(1, len(events) + 1):
        told, standing = events[:end], fold(events[:end])
        passed = legs(told, NOW)
        running = [leg for leg in passed if leg.ended is None]
        assert len(running) == (standing.state in OPEN_STATES)
        assert standing.body in BODIES and passed[-1].body == standing.body and passed[-1].arrived == standing.arrived
        assert not (standing.state in UNCLAIMED_STATES and standing.picked_up)
        assert (standing.done is not None) == (standing.state in COMPLETED_STATES)
        assert (standing.duplicate == 7) == (standing.state == State.DUPLICATE)


@patient
@given(stories())
def test_the_clocks_of_the_bodies_add_up_to_that_of_the_case(events: list[Event]) -> None:
    passed = legs(events, NOW)
    over = sum((later.arrived - earlier.until for earlier, later in pairwise(passed)), timedelta())
    assert all(leg.clock >= timedelta() and leg.to_pick_up + leg.handling == leg.clock for leg in passed)
    assert sum((leg.clock for leg in passed), timedelta()) + over == case_clock(events, NOW)
    if not INTERRUPTED & {event.kind for event in events}:
        assert over == timedelta(), "the clock of the next body starts when that of the last one stops"


@patient
@given(stories())
def test_the_state_is_the_fold_of_the_events_one_by_one_and_in_columns(events: list[Event]) -> None:
    standing = Standing()
    for event in events:
        standing = advance(standing, event)
    assert standing == fold(events) == fold(iter(events))
    folded = fold_columns(event_columns(events))
    assert (folded.state[0], folded.body[0], folded.duplicate[0], folded.urged[0]) == (
        standing.state,
        standing.body,
        standing.duplicate,
        standing.urged,
    )
    for name in ("blown", "arrived", "picked_up", "done", "deadline"):
        assert from_utc64(getattr(folded, name)[0]) == getattr(standing, name), name


@patient
@given(stories(), st.sampled_from(EventKind), st.data())
def test_a_forbidden_step_is_refused_and_the_possible_ones_are_named(events: list[Event], kind: EventKind, data: st.DataObject) -> None:
    standing = fold(events)
    step = data.draw(event_of(kind, standing, events[-1].time))
    reason = objection(standing, step, NOW, events[-1].time)
    if kind in allowed(standing.state):
        assert reason is None
    else:
        assert reason == refusal(standing.state, kind) and reason is not None
        assert all(str(event_text(possible)) in str(reason) for possible in allowed(standing.state))
    early = data.draw(event_of(kind, standing, START - timedelta(minutes=1)))
    late = data.draw(event_of(kind, standing, NOW + timedelta(minutes=1)))
    assert objection(standing, early, NOW, events[-1].time) and objection(standing, late, NOW, events[-1].time)
    assert np.all(np.diff([event.time.timestamp() for event in events]) >= 0)
