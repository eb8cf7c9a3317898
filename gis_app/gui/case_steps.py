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
        CaseStep(_K.SUBMITTED, msg("Submit to the leader"), "send", "S"),
        CaseStep(_K.REVIEWED, msg("Reviewed by the leader"), "badge-check", "A"),
        CaseStep(_K.STARTED, msg("Begin the work"), "play", "B"),
        CaseStep(_K.PROMISED, msg("Promise a deadline"), "timer", "T", ("deadline",)),
        CaseStep(_K.DONE, msg("Record the result"), "circle-check", "E", (), msg("What came of it")),
        CaseStep(_K.HANDED_OVER, msg("Hand over"), "corner-up-right", "O", ("target",), REASON),
        CaseStep(_K.PASSED_UP, msg("Pass up"), "arrow-up", "U", ("target",), REASON),
        CaseStep(_K.RESUMED, msg("Go on with it"), "play", "C"),
        CaseStep(_K.VERIFIED, msg("Verify"), "shield-check", "Q"),
        CaseStep(_K.RATED, msg("Rate"), "star", "5", ("stars",), msg("Comment of the whistler")),
        CaseStep(_K.CLOSED, msg("Close the case"), "lock", "L"),
        CaseStep(_K.APPEALED, msg("Appeal"), "refresh-cw", "Shift+A", ("target",), REASON),
        CaseStep(_K.URGED, msg("Urge"), "triangle-alert", "G"),
        CaseStep(_K.RETURNED, msg("Return as not reasonable"), "undo-2", "R", (), REASON),
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

LIKELY: Mapping[State, EventKind] = {
    State.WAITING: _K.PICKED_UP,
    State.MEETING: _K.PICKED_UP,
    State.PICKED_UP: _K.SUBMITTED,
    State.UNDER_REVIEW: _K.REVIEWED,
    State.IN_PROGRESS: _K.DONE,
    State.PROMISED: _K.DONE,
    State.SUSPENDED: _K.RESUMED,
    State.DONE: _K.VERIFIED,
    State.VERIFIED: _K.RATED,
    State.RATED: _K.CLOSED,
}
"""The step that comes next most often."""

SHOWN = 5
"""So many steps stand as buttons; the others in the menu behind them."""


@dataclass(frozen=True, slots=True)
class Offered:
    """The steps that are offered: the likely one and others as buttons, the rest in the menu."""

    buttons: tuple[CaseStep, ...]
    more: tuple[CaseStep, ...]


def offered(state: State, *, held: bool = True) -> Offered:
    """Return the steps of a case in `state`, the likely one first; one that nobody has `held` yet is handed over first."""
    possible = set(allowed(state)) & STEPS.keys()
    if not held:
        possible -= {EventKind.PICKED_UP, EventKind.TOLD}
    likely = LIKELY.get(state) if held else EventKind.HANDED_OVER
    ordered = sorted((STEPS[kind] for kind in possible), key=lambda step: (step.kind != likely, step.rare, _place(step)))
    buttons = tuple(step for step in ordered if not step.rare)[:SHOWN]
    return Offered(buttons, tuple(step for step in ordered if step not in buttons))


def _place(step: CaseStep) -> int:
    return list(STEPS).index(step.kind)


def operation_of(kind: EventKind) -> str:
    """Return the id of the operation that begins a step."""
    return f"case_{kind.value}"
