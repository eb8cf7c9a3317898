"""Recording what happens to whistles from the window: beside it, without a way back, with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.cases.case import EventKind
from gis_app.county.case_edits import Corrected, RecordedMany
from gis_app.county.changes import Changes
from gis_app.gui.case_view import Wanted
from gis_app.gui.words import body_name
from gis_app.language import format_number, msg, plural, tr

if TYPE_CHECKING:
    from gis_app.gui.session import Session
    from gis_app.gui.window import Window

MOST_REASONS = 3


def perform(window: Window, wanted: Wanted) -> None:
    """Perform an edit of the card."""
    session = window.session

    def done(changes: Changes) -> None:
        if session is not None:
            window.recorded = history_of(session)
        wanted.done(changes)
        said = told(session, changes) if session is not None else None
        if said is not None:
            window.banner.news(said)
        else:
            window.status.say(tr("Done: {what}.", what=changes.title))
        window.refresh_actions()

    window.perform(wanted.edit, done, wanted.refused)


def history_of(session: Session) -> tuple[int, int]:
    """Return what tells whether something undoable was done, undone or made again since: its newest entry and how many are done."""
    return (session.history[0].id if session.history else 0), session.done_count


def step_was_last(window: Window) -> bool:
    """Tell whether a step of a whistle was recorded after all that could be undone, and Cases is looked at."""
    session = window.session
    return session is not None and session.workspace == "cases" and window.recorded == history_of(session)


def told(session: Session, changes: Changes) -> str | None:
    """Return what is worth saying of a recorded step beyond that it is recorded."""
    report = changes.report
    if isinstance(report, Corrected) and report.another_body:
        return tr("Recorded. The rules name {body} now; the card offers to hand it over.", body=body_name(session.state, report.route.body))
    if not isinstance(report, RecordedMany):
        return None
    done = str(
        plural(
            len(report.recorded),
            msg("Recorded for {count} whistle.", count=format_number(len(report.recorded))),
            msg("Recorded for {count} whistles.", count=format_number(len(report.recorded))),
        )
    )
    if not report.refused:
        return done
    reasons = list(dict.fromkeys(str(refused.reason) for _, refused in report.refused))[:MOST_REASONS]
    return " ".join((done, tr("{count} were refused:", count=format_number(len(report.refused))), *reasons))


def begin_step(window: Window, kind: EventKind) -> None:
    """Open the form of a step in the card of what is selected."""
    if window.page is not None:
        window.page.show_right(None)
        window.page.unfold("right")
        window.page.inspector.begin_step(kind)


def put_here(window: Window, x: float, y: float) -> None:
    """Ask in the card whether the selected whistle lies at another place."""
    if window.page is not None:
        window.page.show_right(None)
        window.page.unfold("right")
        window.page.inspector.begin_place(x, y)
