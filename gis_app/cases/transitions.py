"""What may happen to a case in which state, as data: one row a kind of event."""

from collections.abc import Mapping
from dataclasses import dataclass

from gis_app.cases.case import EventKind, State
from gis_app.cases.display import event_text, state_text
from gis_app.language import Message, msg

OPEN_STATES = frozenset({State.WAITING, State.PICKED_UP, State.PROMISED})
"""The states in which somebody still owes an answer."""


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


_IN_HAND: frozenset[State | None] = frozenset({State.PICKED_UP, State.PROMISED})
_OPEN: frozenset[State | None] = frozenset(OPEN_STATES)

TRANSITIONS: Mapping[EventKind, Transition] = {
    transition.kind: transition
    for transition in (
        Transition(EventKind.BLOWN, frozenset({None}), State.WAITING, moves=True),
        Transition(EventKind.PICKED_UP, frozenset({State.WAITING}), State.PICKED_UP),
        Transition(EventKind.PROMISED, _IN_HAND, State.PROMISED),
        # A body that sees at once that it is not responsible hands over or passes up without picking up; so did housing in the garage case.
        Transition(EventKind.HANDED_OVER, _OPEN, State.WAITING, moves=True),
        Transition(EventKind.PASSED_UP, _OPEN, State.WAITING, moves=True),
        Transition(EventKind.URGED, _OPEN, None),
        Transition(EventKind.RETURNED, _IN_HAND, State.RETURNED),
        Transition(EventKind.DONE, _IN_HAND, State.DONE),
        Transition(EventKind.RATED, frozenset({State.DONE}), State.RATED),
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
    return msg("This case is “{state}”: the step “{step}” is not open to it.", state=state_text(state), step=event_text(kind))
