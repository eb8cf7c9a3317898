"""What may happen to a case in which state, as data: one row a kind of event."""

from collections.abc import Mapping
from dataclasses import dataclass

from gis_app.cases.case import COMPLETED_STATES, IN_HAND_STATES, OPEN_STATES, UNCLAIMED_STATES, EventKind, State
from gis_app.cases.display import event_text, state_text
from gis_app.language import Listing, Message, msg


@dataclass(frozen=True, slots=True)
class Transition:
    """What one kind of event needs and does.

    `before`: the states in which it may happen (None: there is no case yet); `after`: the state that it leads to (None: it stays as it is);
    `moves`: the case arrives at the event's `target`, whose clock starts.
    """

    kind: EventKind
    before: frozenset[State | None]
    after: State | None
    moves: bool = False


_IN_HAND: frozenset[State | None] = frozenset(IN_HAND_STATES)
_OPEN: frozenset[State | None] = frozenset(OPEN_STATES)
_RUNNING: frozenset[State | None] = frozenset(OPEN_STATES - {State.SUSPENDED})
_EVERY: frozenset[State | None] = frozenset(State)


def _states(*states: State | None) -> frozenset[State | None]:
    return frozenset(states)


TRANSITIONS: Mapping[EventKind, Transition] = {
    transition.kind: transition
    for transition in (
        Transition(EventKind.BLOWN, _states(None), State.WAITING, moves=True),
        # Telling somebody is not handling the case: it never changes the state.
        Transition(EventKind.TOLD, _OPEN, None),
        Transition(EventKind.PICKED_UP, frozenset(UNCLAIMED_STATES), State.PICKED_UP),
        Transition(EventKind.SUBMITTED, _states(State.PICKED_UP), State.UNDER_REVIEW),
        Transition(EventKind.REVIEWED, _states(State.PICKED_UP, State.UNDER_REVIEW), State.IN_PROGRESS),
        Transition(EventKind.STARTED, _states(State.PICKED_UP, State.UNDER_REVIEW, State.PROMISED), State.IN_PROGRESS),
        Transition(EventKind.PROMISED, _IN_HAND, State.PROMISED),
        # A body that sees at once that it is not responsible hands over or passes up without picking up; so did housing in the garage case.
        Transition(EventKind.HANDED_OVER, _RUNNING, State.WAITING, moves=True),
        Transition(EventKind.PASSED_UP, _RUNNING, State.WAITING, moves=True),
        Transition(EventKind.MEETING, _RUNNING, State.MEETING, moves=True),
        Transition(EventKind.SUSPENDED, _IN_HAND, State.SUSPENDED),
        Transition(EventKind.RESUMED, _states(State.SUSPENDED), State.IN_PROGRESS),
        Transition(EventKind.URGED, _OPEN, None),
        Transition(EventKind.RETURNED, _IN_HAND, State.RETURNED),
        Transition(EventKind.APPEALED, _states(State.RETURNED), State.WAITING, moves=True),
        Transition(EventKind.DONE, _IN_HAND, State.DONE),
        Transition(EventKind.VERIFIED, _states(State.DONE), State.VERIFIED),
        Transition(EventKind.RATED, _states(State.DONE, State.VERIFIED), State.RATED),
        Transition(EventKind.CLOSED, _states(State.DONE, State.VERIFIED, State.RATED), State.CLOSED),
        # What was merged by mistake is parted again by reopening it; what repeats a case that is merged later is merged with it.
        Transition(EventKind.REOPENED, frozenset(COMPLETED_STATES | {State.DUPLICATE}), State.WAITING, moves=True),
        Transition(EventKind.DUPLICATE, _OPEN | {State.DUPLICATE}, State.DUPLICATE),
        # What was written stays; a correction says what is right, and may come at any time.
        Transition(EventKind.CORRECTED, _EVERY, None),
        Transition(EventKind.NOTED, _EVERY, None),
    )
}
"""The life cycle as data, one row a kind of event."""


def allowed(state: State | None) -> tuple[EventKind, ...]:
    """Return what may happen to a case in `state` (None: before it was blown), in the order of the loop."""
    return tuple(kind for kind, transition in TRANSITIONS.items() if state in transition.before)


def refusal(state: State | None, kind: EventKind) -> Message | None:
    """Say in words why an event cannot happen in `state`, or return None where it can."""
    if state in TRANSITIONS[kind].before:
        return None
    if state is None:
        return msg("A case begins with the whistle being blown, not with: {step}.", step=event_text(kind))
    return msg(
        "This case is “{state}”: the step “{step}” is not open to it. Possible are: {steps}.",
        state=state_text(state),
        step=event_text(kind),
        steps=Listing(tuple(event_text(step) for step in allowed(state))),
    )
