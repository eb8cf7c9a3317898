"""What the right mouse button offers at a place of the map."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from gis_app.gui.icons import icon
from gis_app.gui.words import path_text
from gis_app.language import tr
from gis_app.map.scene import MapHit

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def show_menu(window: Window, hit: MapHit | None, at: QPoint) -> None:
    """Offer what can be done at a place of the map."""
    if window.session is None or window.page is None:
        return
    menu = QMenu(window)
    if hit is not None:
        state, page = window.session.state, window.page
        menu.addAction(tr("Select and zoom to it"), lambda: page.zoom_to(hit.table, hit.id))
        if hit.table == "units":
            for unit in reversed(state.units.path(hit.id)[:-1]):
                menu.addAction(tr("Select {unit}", unit=unit.name), lambda unit=unit: page.zoom_to("units", unit.id))  # type: ignore[misc]
            menu.addSeparator()
            cells = replace(window.session.filter, unit=hit.id)
            session = window.session
            menu.addAction(tr("Show only whistles of this cell"), lambda: session.set_filter(cells))
            menu.addAction(tr("Copy the path"), lambda: QGuiApplication.clipboard().setText(path_text(state, hit.id)))
        page = window.page
        menu.addAction(
            icon("route", window.preferences.palette), tr("Who is responsible here?"), lambda: page.show_responsible(hit.x, hit.y)
        )
        menu.addAction(tr("Copy the coordinates"), lambda: QGuiApplication.clipboard().setText(f"{hit.x:.3f}, {hit.y:.3f}"))
        menu.addSeparator()
    for name in ("whole", "zoom_selection", "export"):
        menu.addAction(window.actions_by_id[name])
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
