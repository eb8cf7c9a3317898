"""What opens, brings in and takes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui.operations.operation import EVERYWHERE, NO_COUNTY, Operation, county, idle
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


CASES = ("cases",)


def _show_bulletin(window: Window) -> None:
    """Show the panel of the monthly bulletin in place of the inspector; what writes documents is loaded only then."""
    from gis_app.gui.bulletin_panel import BulletinPanel

    if window.page is not None:
        window.page.show_right(BulletinPanel(window))


def _no_bulletin(window: Window) -> Message | None:
    """Say why no bulletin can be written now."""
    if window.session is None:
        return NO_COUNTY
    return None if len(window.session.county.state.cases) else msg("This county has no whistles yet; there is nothing to report.")


def _export_cases(window: Window) -> None:
    from gis_app.gui.export_cases_panel import show

    show(window)


def _feeds(window: Window) -> None:
    from gis_app.gui.feeds_panel import show

    show(window)


def _no_cases(window: Window) -> Message | None:
    """Say why no whistles can be taken out now."""
    if window.session is None:
        return NO_COUNTY
    return None if len(window.session.county.state.cases) else msg("This county has no whistles yet.")


def file_operations() -> tuple[Operation, ...]:
    """Return what opens, brings in and takes out."""
    return (
        Operation("demo", msg("Open the demo county"), "sparkles", lambda w: w.open_demo(), workspaces=EVERYWHERE),
        Operation("new", msg("New county"), "file-plus", lambda w: w.new_county(), ("Ctrl+N",), EVERYWHERE),
        Operation("open", msg("Open a county"), "folder-open", lambda w: w.choose_county(), ("Ctrl+O",), EVERYWHERE),
        Operation("start", msg("Start page"), "chevron-left", lambda w: w.show_start(), ("Ctrl+Home",), why_not=county),
        Operation(
            "import",
            msg("Import a file"),
            "import",
            lambda w: w.begin_import(),
            ("Ctrl+I",),
            why_not=idle,
            short=msg("Import"),
            more=("plan", "cases"),
        ),
        Operation("feeds", msg("Fetch whistles from servers"), "inbox", _feeds, ("Ctrl+Shift+I",), CASES, more=CASES, why_not=county),
        Operation(
            "export_cases",
            msg("Export whistles"),
            "file-output",
            _export_cases,
            ("Ctrl+Shift+E",),
            CASES,
            more=CASES,
            why_not=_no_cases,
        ),
        Operation(
            "bulletin",
            msg("Monthly bulletin"),
            "file-text",
            _show_bulletin,
            ("Ctrl+B",),
            row=("cases", "analyse"),
            main=True,
            why_not=_no_bulletin,
            short=msg("Bulletin"),
        ),
        Operation(
            "export",
            msg("Export a map"),
            "image-down",
            lambda w: w.show_export(),
            ("Ctrl+E",),
            row=("cases", "analyse"),
            main=True,
            why_not=county,
            short=msg("Export map"),
            more=("plan",),
        ),
    )
