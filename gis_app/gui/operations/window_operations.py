"""What changes the window itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui.operations.operation import EVERYWHERE, Operation, county
from gis_app.gui.panel_focus import focus_next
from gis_app.language import msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _next_panel(window: Window) -> None:
    if window.page is not None:
        focus_next((window.page.left, window.page.canvas, window.page.right, window.page.table))


def _switch_names(window: Window) -> None:
    if window.session is not None:
        window.session.show_names(not window.session.names_shown)


def _names_shown(window: Window) -> bool:
    return window.session is not None and window.session.names_shown


def window_operations() -> tuple[Operation, ...]:
    """Return what changes the window itself."""
    return (
        Operation("search", msg("Search everything"), "search", lambda w: w.begin_search(), ("Ctrl+K",), EVERYWHERE),
        Operation("plan", msg("Workspace Plan"), "land-plot", lambda w: w.set_workspace("plan"), ("Ctrl+1",), why_not=county),
        Operation("cases", msg("Workspace Cases"), "whistle", lambda w: w.set_workspace("cases"), ("Ctrl+2",), why_not=county),
        Operation("analyse", msg("Workspace Analyse"), "chart-column", lambda w: w.set_workspace("analyse"), ("Ctrl+3",), why_not=county),
        Operation("maps", msg("Workspace Maps"), "map", lambda w: w.set_workspace("maps"), ("Ctrl+4",), why_not=county),
        Operation("left", msg("Show or fold the left panel"), "panel-left", lambda w: w.fold("left"), ("F2",), why_not=county),
        Operation("bottom", msg("Show or fold the table"), "panel-bottom", lambda w: w.fold("bottom"), ("F3",), why_not=county),
        Operation("right", msg("Show or fold the inspector"), "panel-right", lambda w: w.fold("right"), ("F4",), why_not=county),
        Operation("panel", msg("Go to the next panel"), "move", _next_panel, ("F6",), why_not=county),
        Operation(
            "show_names",
            msg("Show names and phones in tables"),
            "eye",
            _switch_names,
            why_not=county,
            is_on=_names_shown,
            text_on=msg("Hide names and phones in tables"),
        ),
        Operation("language", msg("Switch the language"), "languages", lambda w: w.switch_language(), ("F9",), EVERYWHERE),
        Operation("theme", msg("Switch light and dark"), "moon", lambda w: w.switch_theme(), ("F10",), EVERYWHERE),
        Operation("keys", msg("List of keys"), "keyboard", lambda w: w.show_keys(), ("?", "F1"), EVERYWHERE),
    )
