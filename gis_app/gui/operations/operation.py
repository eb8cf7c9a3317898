"""What an operation is, and the reasons why one cannot be done now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window

Run = Callable[["Window"], object]
WhyNot = Callable[["Window"], Message | None]
EVERYWHERE = ("start", "plan", "cases", "analyse", "maps")
COUNTY = ("plan", "cases", "analyse", "maps")
PLAN = ("plan",)


def always(_: Window) -> Message | None:
    """Never refuse."""
    return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do: its texts, icon and keys, in the tool rows of which workspaces it stands (`row`), and why it cannot be done now.

    `main` operations stand as buttons at the right end of the tool row; in the workspaces of `more` an operation stands in the menu behind
    the tools instead. A `group` begins with a line in the tool row, a `bare` one shows its icon alone. `is_on` tells of a switch; one with
    `text_on` says by that text that it is on, and what it would do now.
    """

    id: str
    text: Message
    icon: str
    run: Run
    keys: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = COUNTY
    row: tuple[str, ...] = ()
    main: bool = False
    why_not: WhyNot = always
    is_on: Callable[[Window], bool] | None = None
    short: Message | None = field(default=None)  # the word in the tool row
    more: tuple[str, ...] = ()
    group: bool = False
    bare: bool = False
    text_on: Message | None = None

    def said(self, window: Window) -> Message:
        """Return what the operation would do now."""
        on = self.text_on is not None and self.is_on is not None and window.session is not None and self.is_on(window)
        return self.text_on if on and self.text_on is not None else self.text


NO_COUNTY = msg("Open a county first.")


def county(window: Window) -> Message | None:
    """Refuse without a county."""
    return None if window.session is not None else NO_COUNTY


def selected(window: Window) -> Message | None:
    """Refuse where nothing is selected."""
    if window.session is None:
        return NO_COUNTY
    return None if window.session.selected[1] else msg("Nothing is selected.")


def idle(window: Window) -> Message | None:
    """Refuse while something is at work."""
    if window.session is None:
        return NO_COUNTY
    running = window.tasks.running
    return msg("Something else is still at work.") if running is not None and not running.quiet else None


def undoable(window: Window) -> Message | None:
    """Refuse where nothing can be undone."""
    from gis_app.gui.case_work import step_was_last

    if window.session is None:
        return NO_COUNTY
    if step_was_last(window):  # which is not undone: the window says so
        return None
    return None if window.session.back is not None else msg("Nothing has been done yet.")


def redoable(window: Window) -> Message | None:
    """Refuse where nothing was undone."""
    if window.session is None:
        return NO_COUNTY
    return None if window.session.forth is not None else msg("Nothing was undone.")


def planning(window: Window) -> Message | None:
    """Refuse outside of the workspace Plan, and in a county without cells."""
    if window.session is None:
        return NO_COUNTY
    if window.session.workspace != "plan":
        return msg("The division is edited in the workspace Plan (Ctrl+1).")
    return None if window.session.state.coverage.cells else msg("This county has no cells yet; import boundaries first.")
