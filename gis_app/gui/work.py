"""Work of the window on its county: edits, undo and redo, the check; each beside the window, each saying what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.problems import Problems, Severity
from gis_app.gui import case_work, performing
from gis_app.gui.history_rows import current_step
from gis_app.gui.task import Task
from gis_app.language import Message, format_number, msg, tr
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
            tell_step(window, tr("Done: {what}.", what=result.title), result.title)

    window.tasks.run(Task(edit.title, lambda: session.county.performing(edit), ended, refused))


def newest_step(window: Window) -> tuple[int, int]:
    """Return which step "undo" would take back now: the history (a draft, 0: the county) and the number in it."""
    back = window.session.back if window.session is not None else None
    return (back[0], back[1].id) if back is not None else (0, 0)


def tell_step(window: Window, text: str, title: Message) -> None:
    """Say what was done, with a way to undo it: as long as that is what would be undone."""
    back = window.session.back if window.session is not None else None
    if back is not None and str(back[1].title) == str(title):
        window.banner.news(text, (tr("Undo"), window.undo), newest_step(window))
    else:
        window.banner.news(text)


def forget_told_step(window: Window) -> None:
    """Offer no longer to undo a step that is not the newest any more: something else would be undone."""
    if window.banner.step is not None and window.banner.step != newest_step(window):
        window.banner.step = None
        window.banner.hide()


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
    _step(window, msg("Undo"), msg("Nothing has been done yet."), msg("Undone: {what}."), back=True)


def redo(window: Window) -> None:
    """Redo what was undone last."""
    _step(window, msg("Redo"), msg("Nothing was undone."), msg("Done again: {what}."), back=False)


def _step(window: Window, title: Message, nothing: Message, said: Message, *, back: bool) -> None:
    session = window.session
    if session is None:
        return

    def steps() -> Steps[Changes | None]:
        yield Progress(0.0, title)
        county = session.county
        turn = county.undo if back else county.redo
        return turn(beside_draft=session.beside_draft(back=back))

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
            window.status.say("")
            there = next((entry.title for entry in session.history if entry.id == step), msg("The draft as it was made"))
            window.banner.news(tr("Now: {what}", what=there))

    window.tasks.run(Task(msg("Going through the history"), lambda: session.county.going_to(step), ended))


def check(window: Window) -> None:
    """Check the whole county and list what is wrong."""
    session = window.session
    if session is None:
        return
    state, live = session.state, session.problems

    def ended(found: Problems) -> None:
        live.checked(found, state)
        if window.page is not None:
            window.page.unfold("left")
            window.page.problems.open()
        counts = Counter(problem.severity for problem in live.listed)
        errors, warnings, hints = (format_number(counts[severity]) for severity in Severity)
        if not counts:
            window.banner.news(tr("The check found nothing wrong."))
            return
        window.banner.news(
            tr("The check found {errors} errors, {warnings} warnings and {hints} hints.", errors=errors, warnings=warnings, hints=hints)
        )

    window.tasks.run(Task(msg("Checking the whole county"), live.steps, ended))
