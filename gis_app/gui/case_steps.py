"""The steps of a whistle as the window offers them: their verbs, signs and keys, what each asks for, and which are likely."""

from collections.abc import Mapping
from dataclasses import dataclass

from gis_app.cases.case import EventKind, State
from gis_app.cases.transitions import allowed
from gis_app.language import Message, msg

COMMENT = msg("Note")
REASON = msg("Reason")


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step: `verb` stands on its button, `asks` names the fields of its form beyond note, who did it and when.

    Fields are "target" (the body that it goes to), "supporting" (bodies beside the lead), "deadline", "stars" and "other" (another case).
    `note` is what the note is called; `rare` steps stand in the menu behind the others. A step that is not `many` is done one by one.
    """

    kind: EventKind
    verb: Message
    icon: str
    key: str
    asks: tuple[str, ...] = ()
    note: Message = COMMENT
    rare: bool = False
    many: bool = True


_K = EventKind
STEPS: Mapping[EventKind, CaseStep] = {
    step.kind: step
    for step in (
        CaseStep(_K.PICKED_UP, msg("Pick up"), "user-check", "P"),
        CaseStep(_K.SUBMITTED, msg("Submit to leader"), "send", "S"),
        CaseStep(_K.REVIEWED, msg("Leader has reviewed"), "badge-check", "A"),
        CaseStep(_K.STARTED, msg("Begin work"), "play", "B"),
        CaseStep(_K.PROMISED, msg("Promise a deadline"), "timer", "T", ("deadline",)),
        CaseStep(_K.DONE, msg("Record result"), "circle-check", "E", (), msg("What came of it")),
        CaseStep(_K.HANDED_OVER, msg("Hand over"), "corner-up-right", "O", ("target",), REASON),
        CaseStep(_K.PASSED_UP, msg("Pass up"), "arrow-up", "U", ("target",), REASON),
        CaseStep(_K.RESUMED, msg("Go on with it"), "play", "C"),
        CaseStep(_K.VERIFIED, msg("Verify"), "shield-check", "Q"),
        CaseStep(_K.RATED, msg("Rate"), "star", "5", ("stars",), msg("Comment of the whistler")),
        CaseStep(_K.CLOSED, msg("Close the case"), "lock", "L"),
        CaseStep(_K.APPEALED, msg("Appeal"), "refresh-cw", "Shift+A", ("target",), REASON),
        CaseStep(_K.URGED, msg("Urge"), "triangle-alert", "G"),
        CaseStep(_K.RETURNED, msg("Return as unreasonable"), "undo-2", "R", (), REASON),
        CaseStep(_K.MEETING, msg("Call a joint meeting"), "users", "J", ("target", "supporting"), rare=True),
        CaseStep(_K.SUSPENDED, msg("Suspend"), "pause", "X", ("deadline",), msg("What is waited for"), rare=True),
        CaseStep(_K.REOPENED, msg("Reopen"), "refresh-cw", "Shift+R", ("target",), REASON, rare=True),
        CaseStep(_K.DUPLICATE, msg("Merge with another whistle"), "merge", "M", ("other",), rare=True, many=False),
        CaseStep(_K.TOLD, msg("Record that the body was told"), "phone", "Shift+P", rare=True),
        CaseStep(_K.NOTED, msg("Write a note"), "file-text", "N", rare=True),
        CaseStep(_K.CORRECTED, msg("Correct what was recorded"), "square-pen", "K", (), msg("What was wrong"), rare=True, many=False),
    )
}
"""Every step but the whistle itself, in the order of the loop as the window offers them."""

USUAL: Mapping[State, tuple[EventKind, ...]] = {
    State.WAITING: (_K.PICKED_UP, _K.HANDED_OVER, _K.PASSED_UP, _K.URGED),
    State.MEETING: (_K.PICKED_UP, _K.HANDED_OVER, _K.PASSED_UP, _K.URGED),
    State.PICKED_UP: (_K.SUBMITTED, _K.PROMISED, _K.DONE, _K.HANDED_OVER),
    State.UNDER_REVIEW: (_K.REVIEWED, _K.PROMISED, _K.DONE, _K.RETURNED),
    State.IN_PROGRESS: (_K.DONE, _K.PROMISED, _K.HANDED_OVER, _K.URGED),
    State.PROMISED: (_K.DONE, _K.STARTED, _K.HANDED_OVER, _K.URGED),
    State.SUSPENDED: (_K.RESUMED, _K.URGED),
    State.DONE: (_K.VERIFIED, _K.RATED, _K.CLOSED),
    State.VERIFIED: (_K.RATED, _K.CLOSED),
    State.RATED: (_K.CLOSED,),
    State.RETURNED: (_K.APPEALED,),
    State.CLOSED: (_K.NOTED,),
    State.DUPLICATE: (_K.NOTED,),
}
"""The steps that come next most often, the likely one first: they stand as buttons, all others in the menu behind them."""

OVER = frozenset({State.RETURNED, State.CLOSED, State.DUPLICATE})
"""States in which nothing is waited for: no button stands out."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The steps that are offered: those that come often as buttons (the first one stands out if it is `likely`), the rest in the menu."""

    buttons: tuple[CaseStep, ...]
    more: tuple[CaseStep, ...]
    likely: bool = False


def offered(state: State, *, held: bool = True) -> Offered:
    """Return the steps of a case in `state`; one that nobody has `held` yet is handed over first."""
    possible = [step for step in STEPS.values() if step.kind in allowed(state)]
    usual = USUAL[state]
    if not held:
        without = (EventKind.PICKED_UP, EventKind.TOLD)
        possible = [step for step in possible if step.kind not in without]
        usual = (EventKind.HANDED_OVER, EventKind.URGED)
    buttons = tuple(STEPS[kind] for kind in usual)
    return Offered(buttons, tuple(step for step in possible if step not in buttons), state not in OVER)


def operation_of(kind: EventKind) -> str:
    """Return the id of the operation that begins a step."""
    return f"case_{kind.value}"
