"""What opens, brings in and takes out."""

from __future__ import annotations

from gis_app.gui import bulletin_panel
from gis_app.gui.operations.operation import EVERYWHERE, Operation, county, idle
from gis_app.language import msg


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
        Operation(
            "bulletin",
            msg("Monthly bulletin"),
            "file-text",
            bulletin_panel.show,
            ("Ctrl+B",),
            row=("cases", "analyse"),
            main=True,
            why_not=bulletin_panel.why_not,
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
