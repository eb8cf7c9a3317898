"""Work of the window on its county: edits, undo and redo, the check; each beside the window, each saying what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.edits import check_county
from gis_app.grid.checks import Issue
from gis_app.gui import case_work, performing
from gis_app.gui.history_rows import current_step
from gis_app.gui.task import Task
from gis_app.language import Message, msg, tr
from gis_app.progress import Progress, Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def perform(
    window: Window, edit: Edit, done: Callable[[Changes], None] | None = None, refused: Callable[[Message], None] | None = None
) -> None:
    """Perform an edit, and say what became of it (or tell `done` or `refused`)."""
    session = window.session
    if session is None:
        return

    def ended(result: Changes | Refusal) -> None:
        if isinstance(result, Refusal):
            _refused(window, result, refused)
        elif done is not None:
            done(result)
        elif edit.lasting:
            window.banner.news(tr("Done: {what}.", what=result.title))
        else:
            window.banner.news(tr("Done: {what}.", what=result.title), (tr("Undo"), window.undo))

    window.tasks.run(Task(edit.title, lambda: session.county.performing(edit), ended, refused))


def _refused(window: Window, refusal: Refusal, told: Callable[[Message], None] | None) -> None:
    if told is not None:
        told(refusal.reason)
        return
    window.banner.problem(str(refusal.reason))
    if refusal.at is not None and window.page is not None:
        window.page.view.show_place(*refusal.at)


def undo(window: Window) -> None:
    """Undo the newest edit; after a step of a whistle, say that it stays, and offer to undo what was done before it."""
    if case_work.step_was_last(window) and window.session is not None:
        said = tr("A step of a whistle is not undone; record a correction (K).")
        newest = next((entry for entry in window.session.history if not entry.undone), None)
        window.recorded = None
        window.banner.news(said, (tr("Undo “{what}”", what=newest.title), window.undo) if newest is not None else None)
        return
    _step(window, msg("Undo"), lambda county: county.undo(), msg("Nothing has been done yet."), msg("Undone: {what}."))


def redo(window: Window) -> None:
    """Redo what was undone last."""
    _step(window, msg("Redo"), lambda county: county.redo(), msg("Nothing was undone."), msg("Done again: {what}."))


def _step(window: Window, title: Message, step: Callable[[County], Changes | None], nothing: Message, said: Message) -> None:
    session = window.session
    if session is None:
        return

    def steps() -> Steps[Changes | None]:
        yield Progress(0.0, title)
        draft = session.open_plan
        if draft and not session.drafting:  # what is undone here was done to the county, not to the draft that is open
            session.county.close_draft()
            try:
                return step(session.county)
            finally:
                yield from session.opening_draft(draft)
        return step(session.county)

    def ended(changes: Changes | None) -> None:
        window.status.say("")
        if changes is not None:
            window.turns.add(lambda: performing.show_view(window, changes.view))  # when all panels have heard of it
        window.banner.news(str(nothing) if changes is None else str(Message(said.text, {"what": changes.title})))

    window.tasks.run(Task(title, steps, ended))


def go_to_step(window: Window, step: int) -> None:
    """Undo or redo everything up to a step of the history."""
    session = window.session
    if session is None or step == current_step(session):
        return

    def ended(changes: Changes | None) -> None:
        if changes is not None:
            window.turns.add(lambda: performing.show_view(window, changes.view))
            window.status.say(tr("Now: {what}", what=changes.title))

    window.tasks.run(Task(msg("Going through the history"), lambda: session.county.going_to(step), ended))


def check(window: Window) -> None:
    """Check the whole county and list what is wrong."""
    session = window.session
    if session is None:
        return
    state = session.state

    def ended(issues: tuple[Issue, ...]) -> None:
        window.issues = issues
        if window.page is not None:
            window.page.problems.show_issues(issues)
            window.page.unfold("left")
        count = len(issues)
        window.banner.news(tr("The check found {count} issues.", count=count) if count else tr("The check found nothing wrong."))

    def steps() -> Steps[tuple[Issue, ...]]:
        return check_county(state)

    window.tasks.run(Task(msg("Checking the whole county"), steps, ended))
