"""What the right mouse button offers at a place of the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from gis_app.county.locks import lock_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE
from gis_app.grid.units import Level, Unit
from gis_app.gui import case_work, household_work, unit_work
from gis_app.gui.icons import icon
from gis_app.gui.operations.operation import planning
from gis_app.gui.words import path_text, unit_name
from gis_app.language import format_number, msg, plural, tr
from gis_app.map.scene import MapHit

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST_NEIGHBOURS = 12
"""So many neighbours are offered at most, the ones with the longest common border first."""


def show_menu(window: Window, hit: MapHit | None, at: QPoint) -> None:
    """Offer what can be done at a place of the map."""
    if window.session is None or window.page is None:
        return
    menu = QMenu(window)
    menu.setToolTipsVisible(True)
    if hit is not None:
        state, page = window.session.state, window.page
        menu.addAction(tr("Select and zoom to it"), lambda: page.zoom_to(hit.table, hit.id))
        if hit.table == "units":
            for unit in reversed(state.units.path(hit.id)[:-1]):
                menu.addAction(tr("Select {unit}", unit=unit.name), lambda unit=unit: page.zoom_to("units", unit.id))  # type: ignore[misc]
            if planning(window) is None:
                _offer_edits(window, menu, state.units[hit.id])
            menu.addSeparator()
            cells = replace(window.session.filter, unit=hit.id)
            session = window.session
            menu.addAction(tr("Show only whistles of this cell"), lambda: session.set_filter(cells))
            menu.addAction(tr("Copy the path"), lambda: QGuiApplication.clipboard().setText(path_text(state, hit.id)))
        page = window.page
        if window.session.workspace == "plan":
            _offer_households(window, menu, hit)
        if window.canvas.movable and window.canvas.movable_table == "cases":
            menu.addAction(
                icon("map-pin", window.preferences.palette),
                tr("Put the selected whistle here"),
                lambda: case_work.put_here(window, hit.x, hit.y),
            )
        menu.addAction(
            icon("route", window.preferences.palette), tr("Who is responsible here?"), lambda: page.show_responsible(hit.x, hit.y)
        )
        menu.addAction(tr("Copy the coordinates"), lambda: QGuiApplication.clipboard().setText(f"{hit.x:.3f}, {hit.y:.3f}"))
        menu.addSeparator()
    for name in ("whole", "zoom_selection", "export"):
        menu.addAction(window.actions_by_id[name])
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)


def _offer_households(window: Window, menu: QMenu, hit: MapHit) -> None:
    """Offer what can be done with the household at a place, with the selected ones, and to add one there."""
    session, palette = window.session, window.preferences.palette
    if session is None:
        return
    menu.addSeparator()
    menu.addAction(icon("house", palette), tr("Add a household here"), lambda: household_work.add(window, (hit.x, hit.y)))
    if hit.table == "households" and hit.id not in household_work.chosen(window):
        session.select("households", hit.id)
    chosen = household_work.chosen(window)
    if chosen and hit.table == "units":
        text = tr("Pin {count} selected households to this cell", count=format_number(len(chosen)))
        menu.addAction(icon("map-pin", palette), text, lambda: household_work.pin(window, hit.id))
    for name in HOUSEHOLD_VERBS if chosen else ():
        if window.actions_by_id[name].isEnabled():
            menu.addAction(window.actions_by_id[name])
    if hit.table == "units":
        households = window.actions_by_id["households_of_unit"]
        menu.addAction(households.icon(), households.text(), lambda: _select_households(window, hit.id))


HOUSEHOLD_VERBS = ("edit_household", "place_household", "merge_households", "pin_households", "unpin_households", "retire_households")
"""What is offered for selected households, as far as it can be done with them."""


def _select_households(window: Window, unit: int) -> None:
    if window.session is not None:
        window.session.select("units", unit)
        household_work.select_of_cell(window)


def _offer_edits(window: Window, menu: QMenu, cell: Unit) -> None:
    """Offer what can be done with a cell; it is selected by choosing."""
    session = window.session
    if session is None:
        return
    state, palette = session.state, window.preferences.palette
    menu.addSeparator()
    lock = lock_of(state, cell.id)
    if lock is not None:
        shut = menu.addAction(icon("lock", palette), tr("{unit} is locked", unit=unit_name(lock)))
        shut.setEnabled(False)
    else:
        split = menu.addMenu(icon("divide", palette), tr("Split with equal households"))
        for parts in (2, 3, 4):
            split.addAction(tr("Into {parts} cells", parts=parts), lambda parts=parts: unit_work.split_equally(window, parts, cell.id))  # type: ignore[misc]
        beside = neighbours_of(state, cell.id)[:MOST_NEIGHBOURS]
        if beside:
            merging = menu.addMenu(icon("combine", palette), tr("Merge with"))
            dropping = menu.addMenu(icon("trash-2", palette), tr("Delete into"))
            for other in beside:
                text = _counted(window, other)
                merging.addAction(text, lambda other=other: unit_work.merge(window, (cell.id, other.id), cell.id))  # type: ignore[misc]
                dropping.addAction(text, lambda other=other: unit_work.delete(window, cell.id, other.id))  # type: ignore[misc]
    session_select = session.select

    def chosen(name: str) -> None:
        session_select("units", cell.id)
        window.actions_by_id[name].trigger()

    for name in ("cell_worker", "rename", "recode", "move_unit", "renumber", "vertices", "lock"):
        if name in ("lock", "cell_worker") or lock is None:
            action = window.actions_by_id[name]
            text = (tr("Unlock") if cell.locked else tr("Lock")) if name == "lock" else action.text()
            menu.addAction(action.icon(), text, lambda name=name: chosen(name))


def _counted(window: Window, cell: Unit) -> str:
    """Return the name of a cell with its households."""
    figures = window.session.derived.figures.get(cell.id) if window.session is not None else None
    count = (
        str(
            plural(
                figures.households,
                msg("{count} household", count=format_number(figures.households)),
                msg("{count} households", count=format_number(figures.households)),
            )
        )
        if figures is not None
        else ""
    )
    return f"{unit_name(cell)} · {count}" if count else unit_name(cell)


def neighbours_of(state: CountyState, cell: int) -> Sequence[Unit]:
    """Return the cells that share a border with one, the longest common border first; of its own village before others."""
    length: dict[int, int] = {}
    for signed in (arc for part in state.coverage.cells.get(cell, ()) for ring in part for arc in ring):
        arc = state.coverage.arcs[abs(signed)]
        other = arc.right if arc.left == cell else arc.left
        if other not in (OUTSIDE, cell):
            length[other] = length.get(other, 0) + len(arc.points)
    home = state.units[cell].parent
    found = [state.units[other] for other in length if other in state.units and state.units[other].level == Level.CELL]
    return sorted(found, key=lambda other: (other.parent != home, -length[other.id]))
