"""What is done with the selected whistles: every step of the loop, each with its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gis_app.cases.case import EventKind
from gis_app.cases.transitions import refusal
from gis_app.gui import case_work
from gis_app.gui.case_steps import STEPS, CaseStep, operation_of
from gis_app.gui.case_view import chosen_cases, states_of
from gis_app.gui.operations.map_tools import taking
from gis_app.gui.operations.operation import NO_COUNTY, Operation
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window

ELSEWHERE = msg("Whistles are dealt with in the workspace Cases (Ctrl+2).")
NOTHING = msg("Select a whistle first.")


def _why_not(kind: EventKind, window: Window) -> Message | None:
    """Say why a step cannot be recorded of what is selected now, or None."""
    session = window.session
    if session is None:
        return NO_COUNTY
    if session.workspace != "cases":
        return ELSEWHERE
    states = states_of(session, chosen_cases(session))
    if not states:
        return NOTHING
    if sum(states.values()) > 1 and not STEPS[kind].many:
        return msg("This is done for one whistle at a time.")
    reasons = [refusal(state, kind) for state in states]
    return reasons[0] if all(reasons) else None


def _begin(kind: EventKind, window: Window) -> None:
    case_work.begin_step(window, kind)


def case_operations() -> tuple[Operation, ...]:
    """Return the tool that selects many whistles, and the steps of the loop in its order."""
    run, is_on = taking("lasso")
    lasso = Operation(
        "lasso",
        msg("Select whistles or households in an area"),
        "lasso",
        run,
        ("Y",),
        ("cases", "plan"),
        ("cases",),
        why_not=_points,
        is_on=is_on,
        short=msg("Lasso"),
        bare=True,
        more=("plan",),
    )
    return (lasso, *(_operation(step) for step in STEPS.values()))


def _points(window: Window) -> Message | None:
    """Refuse where neither whistles nor households are dealt with."""
    return None if window.session is not None and window.session.workspace == "plan" else _cases(window)


def _cases(window: Window) -> Message | None:
    """Refuse outside of the workspace Cases."""
    if window.session is None:
        return NO_COUNTY
    return None if window.session.workspace == "cases" else ELSEWHERE


def _operation(step: CaseStep) -> Operation:
    return Operation(
        operation_of(step.kind),
        step.verb,
        step.icon,
        partial(_begin, step.kind),
        (step.key,),
        ("cases",),
        why_not=partial(_why_not, step.kind),
    )
