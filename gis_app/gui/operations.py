"""Everything that a person can do, as one list: tool rows, menus, shortcuts, the command palette and the list of keys come from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gis_app.gui.panel_focus import focus_next
from gis_app.language import Message, msg
from gis_app.map.scene import LayerKind

if TYPE_CHECKING:
    from gis_app.gui.window import Window

Run = Callable[["Window"], object]
WhyNot = Callable[["Window"], Message | None]
EVERYWHERE = ("start", "plan", "cases", "analyse", "maps")
COUNTY = ("plan", "cases", "analyse", "maps")


def _always(_: Window) -> Message | None:
    return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to do: its texts, icon and keys, in the tool rows of which workspaces it stands (`row`), and why it cannot be done now.

    `main` operations stand as buttons at the right end of the tool row. `is_on` tells whether a switch is on.
    """

    id: str
    text: Message
    icon: str
    run: Run
    keys: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = COUNTY
    row: tuple[str, ...] = ()
    main: bool = False
    why_not: WhyNot = _always
    is_on: Callable[[Window], bool] | None = None
    short: Message | None = field(default=None)  # the word in the tool row


NO_COUNTY = msg("Open a county first.")


def _county(window: Window) -> Message | None:
    return None if window.session is not None else NO_COUNTY


def _selected(window: Window) -> Message | None:
    if window.session is None:
        return NO_COUNTY
    return None if window.session.selected[1] else msg("Nothing is selected.")


def _idle(window: Window) -> Message | None:
    if window.session is None:
        return NO_COUNTY
    return msg("Something else is still at work.") if window.tasks.running else None


def _undoable(window: Window) -> Message | None:
    if window.session is None:
        return NO_COUNTY
    return None if window.session.undoable else msg("Nothing has been done yet.")


def _redoable(window: Window) -> Message | None:
    if window.session is None:
        return NO_COUNTY
    return None if window.session.redoable else msg("Nothing was undone.")


def _tool(name: str) -> tuple[Run, Callable[[Window], bool]]:
    return (lambda w: w.set_tool(name)), (lambda w: w.tool == name)


def _switch(kind: LayerKind) -> tuple[Run, Callable[[Window], bool]]:
    return (lambda w: w.switch_layer(kind)), (lambda w: w.shows_layer(kind))


def _next_panel(window: Window) -> None:
    if window.page is not None:
        focus_next((window.page.left, window.page.canvas, window.page.right, window.page.table))


def tools() -> tuple[Operation, ...]:
    """Return the tools of the map and the ways to move over it."""
    select, pan, box, measure = _tool("select"), _tool("pan"), _tool("zoom_box"), _tool("measure")
    everywhere = COUNTY
    return (
        Operation("select", msg("Select"), "mouse-pointer-2", select[0], ("V",), row=everywhere, is_on=select[1], why_not=_county),
        Operation("pan", msg("Pan the map"), "hand", pan[0], ("H",), row=everywhere, is_on=pan[1], why_not=_county, short=msg("Pan")),
        Operation(
            "box", msg("Zoom to a box"), "scan-search", box[0], ("Z",), row=everywhere, is_on=box[1], why_not=_county, short=msg("Box")
        ),
        Operation("measure", msg("Measure"), "ruler", measure[0], ("D",), row=everywhere, is_on=measure[1], why_not=_county),
        Operation("zoom_in", msg("Zoom in"), "zoom-in", lambda w: w.canvas.zoom_in(), ("+", "="), why_not=_county),
        Operation("zoom_out", msg("Zoom out"), "zoom-out", lambda w: w.canvas.zoom_out(), ("-",), why_not=_county),
        Operation(
            "whole",
            msg("Whole county"),
            "maximize",
            lambda w: w.canvas.zoom_to_whole(),
            ("0",),
            row=everywhere,
            why_not=_county,
            short=msg("Whole"),
        ),
        Operation("zoom_selection", msg("Zoom to the selection"), "focus", lambda w: w.zoom_to_selection(), (".",), why_not=_selected),
        Operation("deselect", msg("Select nothing"), "x", lambda w: w.deselect(), ("Esc",), why_not=_county),
    )


def work() -> tuple[Operation, ...]:
    """Return what changes or checks the county."""
    density, clusters = _switch(LayerKind.DENSITY), _switch(LayerKind.HOTSPOT_CELLS)
    hot = ("cases", "analyse")
    return (
        Operation("undo", msg("Undo"), "undo-2", lambda w: w.undo(), ("Ctrl+Z",), row=("plan", "cases"), why_not=_undoable),
        Operation("redo", msg("Redo"), "redo-2", lambda w: w.redo(), ("Ctrl+Y", "Ctrl+Shift+Z"), row=("plan", "cases"), why_not=_redoable),
        Operation(
            "assign_households",
            msg("Assign all households to cells"),
            "house",
            lambda w: w.perform_named("assign_households"),
            row=("plan",),
            why_not=_idle,
            short=msg("Assign households"),
        ),
        Operation(
            "assign_workers",
            msg("Assign grid workers to cells"),
            "user-check",
            lambda w: w.perform_named("assign_workers"),
            row=("plan",),
            why_not=_idle,
            short=msg("Assign workers"),
        ),
        Operation(
            "check",
            msg("Check the whole county"),
            "shield-check",
            lambda w: w.check(),
            ("F8",),
            row=("plan",),
            why_not=_idle,
            short=msg("Check"),
        ),
        Operation(
            "route",
            msg("Route all whistles without a receiving body"),
            "route",
            lambda w: w.perform_named("route_cases"),
            row=("cases",),
            why_not=_idle,
            short=msg("Route"),
        ),
        Operation(
            "density", msg("Density of whistles"), "flame", density[0], row=hot, is_on=density[1], why_not=_county, short=msg("Density")
        ),
        Operation(
            "clusters",
            msg("Significant clusters"),
            "crosshair",
            clusters[0],
            row=hot,
            is_on=clusters[1],
            why_not=_county,
            short=msg("Clusters"),
        ),
        Operation(
            "time",
            msg("Time slider"),
            "clock",
            lambda w: w.toggle_time(),
            ("T",),
            row=hot,
            is_on=lambda w: w.shows_time,
            why_not=_county,
            short=msg("Time"),
        ),
        Operation("next", msg("Next problem or whistle"), "arrow-right", lambda w: w.go_next(), ("Ctrl+J",), why_not=_county),
        Operation("find", msg("Find in table"), "table-2", lambda w: w.find_in_table(), ("F",), why_not=_county),
    )


def files() -> tuple[Operation, ...]:
    """Return what opens, brings in and takes out."""
    return (
        Operation("demo", msg("Open the demo county"), "sparkles", lambda w: w.open_demo(), workspaces=EVERYWHERE),
        Operation("new", msg("New county"), "file-plus", lambda w: w.new_county(), ("Ctrl+N",), EVERYWHERE),
        Operation("open", msg("Open a county"), "folder-open", lambda w: w.choose_county(), ("Ctrl+O",), EVERYWHERE),
        Operation("start", msg("Start page"), "chevron-left", lambda w: w.show_start(), ("Ctrl+Home",), why_not=_county),
        Operation(
            "import",
            msg("Import a file"),
            "import",
            lambda w: w.begin_import(),
            ("Ctrl+I",),
            row=("plan", "cases"),
            main=True,
            why_not=_idle,
            short=msg("Import"),
        ),
        Operation(
            "export",
            msg("Export a map"),
            "image-down",
            lambda w: w.show_export(),
            ("Ctrl+E",),
            row=("plan", "cases", "analyse"),
            main=True,
            why_not=_county,
            short=msg("Export map"),
        ),
    )


def window() -> tuple[Operation, ...]:
    """Return what changes the window itself."""
    return (
        Operation("search", msg("Search everything"), "search", lambda w: w.begin_search(), ("Ctrl+K",), EVERYWHERE),
        Operation("plan", msg("Workspace Plan"), "land-plot", lambda w: w.set_workspace("plan"), ("Ctrl+1",), why_not=_county),
        Operation("cases", msg("Workspace Cases"), "whistle", lambda w: w.set_workspace("cases"), ("Ctrl+2",), why_not=_county),
        Operation("analyse", msg("Workspace Analyse"), "chart-column", lambda w: w.set_workspace("analyse"), ("Ctrl+3",), why_not=_county),
        Operation("maps", msg("Workspace Maps"), "map", lambda w: w.set_workspace("maps"), ("Ctrl+4",), why_not=_county),
        Operation("left", msg("Show or fold the left panel"), "panel-left", lambda w: w.fold("left"), ("F2",), why_not=_county),
        Operation("bottom", msg("Show or fold the table"), "panel-bottom", lambda w: w.fold("bottom"), ("F3",), why_not=_county),
        Operation("right", msg("Show or fold the inspector"), "panel-right", lambda w: w.fold("right"), ("F4",), why_not=_county),
        Operation("panel", msg("Go to the next panel"), "move", _next_panel, ("F6",), why_not=_county),
        Operation("language", msg("Switch the language"), "languages", lambda w: w.switch_language(), ("F9",), EVERYWHERE),
        Operation("theme", msg("Switch light and dark"), "moon", lambda w: w.switch_theme(), ("F10",), EVERYWHERE),
        Operation("keys", msg("List of keys"), "keyboard", lambda w: w.show_keys(), ("?", "F1"), EVERYWHERE),
    )


def all_operations() -> tuple[Operation, ...]:
    """Return every operation, in the order of menus and of the list of keys."""
    return (*tools(), *work(), *files(), *window())
