"""What is done about problems from the list: repairs, notes why one is ignored, the county's floors and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.changes import Edit
from gis_app.county.problem_edits import ignore_problem
from gis_app.county.problems import Problem
from gis_app.gui import performing
from gis_app.language import Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def put_right(window: Window, edit: BoundaryEdit | Edit) -> None:
    """Perform what puts a problem right: changes of the division on a draft, everything else on the county."""
    if window.page is not None:
        window.page.view.forget_preview()
    if isinstance(edit, BoundaryEdit):
        performing.perform_boundary(window, edit)
    elif edit.division:
        performing.perform_division(window, edit, by_number=True)
    else:
        window.perform(edit)


def ask_ignore(window: Window, problem: Problem) -> None:
    """Ask why a problem is none, and list it no longer."""
    if window.page is None:
        return

    def answered(note: str) -> Message | None:
        if not note:
            return msg("Write why this is no problem; who comes after you will ask.")
        window.perform(ignore_problem(problem, note))
        return None

    window.page.view.question.ask_text(tr("Ignore this problem"), str(problem.text), "", tr("Ignore"), answered)


def show_limits(window: Window) -> None:
    """Show the county's floors and limits in place of the inspector."""
    from gis_app.gui.limits_form import LimitsForm

    if window.page is not None:
        window.page.show_right(LimitsForm(window))
