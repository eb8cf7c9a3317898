"""What a person does with the selected unit without drawing: equal parts, names, codes, numbers, locks, another parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from gis_app.county import boundary_edits, unit_edits
from gis_app.county.state import CountyState
from gis_app.grid.units import Level, Unit
from gis_app.gui import performing
from gis_app.gui.widgets import Choice
from gis_app.gui.words import unit_name
from gis_app.language import Message, format_code, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def selected_unit(window: Window) -> Unit | None:
    """Return the unit that is selected first."""
    if window.session is None:
        return None
    table, found = window.session.selected
    return window.session.state.units.get(found) if table == "units" else None


def switch_lock(window: Window) -> None:
    """Lock the selected unit against editing, or open it again."""
    unit = selected_unit(window)
    if unit is not None:
        performing.perform_division(window, unit_edits.lock_unit(unit.id, not unit.locked))


def split_equally(window: Window, parts: int, cell: int = 0) -> None:
    """Split a cell (the selected one) into parts with equal households."""
    unit = selected_unit(window)
    chosen = cell or (unit.id if unit is not None else 0)
    if chosen:
        performing.perform_boundary(window, boundary_edits.split_equally(chosen, parts))


def merge(window: Window, cells: tuple[int, ...], into: int) -> None:
    """Merge cells into one of them."""
    performing.perform_boundary(window, boundary_edits.merge_cells(cells, into))


def delete(window: Window, cell: int, heir: int | None = None) -> None:
    """Delete a cell; its land goes to the heir, or to the neighbour with the longest common border."""
    performing.perform_boundary(window, boundary_edits.delete_cell(cell, heir))


def renumber(window: Window) -> None:
    """Number the cells of the selected unit anew, west to east, then north to south."""
    unit = selected_unit(window)
    if unit is not None:
        above = window.session.state.units.ancestor(unit.id, Level.VILLAGE) if window.session is not None else None
        chosen = unit if unit.level != Level.CELL else above
        if chosen is not None:
            performing.perform_division(window, unit_edits.renumber(chosen.id))


def ask_name(window: Window) -> None:
    """Ask for another name of the selected unit."""
    unit = selected_unit(window)
    if unit is None or window.page is None:
        return

    def answered(name: str) -> Message | None:
        if not name:
            return msg("A unit needs a name; write one.")
        if name != unit.name:
            performing.perform_division(window, unit_edits.rename_unit(unit.id, name))
        return None

    window.page.view.question.ask_text(tr("Rename"), format_code(unit.code), unit.name, tr("Rename"), answered)


def ask_code(window: Window) -> None:
    """Ask for another code of the selected unit."""
    unit = selected_unit(window)
    if unit is None or window.page is None:
        return

    def answered(code: str) -> Message | None:
        plain = "".join(code.split())
        if plain != unit.code:
            performing.perform_division(window, unit_edits.recode_unit(unit.id, plain))
        return None

    said = tr("Code of {unit}. A code that was ever used is never used again.", unit=unit_name(unit))
    window.page.view.question.ask_text(tr("Change the code"), said, format_code(unit.code), tr("Change"), answered)


def ask_parent(window: Window) -> None:
    """Ask for the unit that the selected one is to lie in."""
    unit = selected_unit(window)
    if unit is None or window.page is None or window.session is None:
        return
    state = window.session.state
    above = Level.TOWNSHIP if unit.level == Level.VILLAGE else Level.VILLAGE
    names: QComboBox = Choice()
    names.setAccessibleName(tr("Where it is to lie"))
    names.setMinimumWidth(280)
    names.setMaxVisibleItems(20)
    names.setEditable(True)  # so that a name can be typed among a hundred villages
    names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    for parent in nearest_parents(state, unit, above):
        names.addItem(" › ".join(unit_name(step) for step in state.units.path(parent.id)), parent.id)
    words = names.completer()
    if words is not None:
        from PySide6.QtCore import Qt

        words.setFilterMode(Qt.MatchFlag.MatchContains)

    def move() -> None:
        at = names.findText(names.currentText())
        if at >= 0:
            performing.perform_division(window, unit_edits.move_unit(unit.id, int(names.itemData(at))))

    said = tr("{unit} and everything in it gets new codes; names stay.", unit=unit_name(unit))
    window.page.view.question.ask(tr("Move to another village or township"), said, [(tr("Move"), move)], (names,))


def nearest_parents(state: CountyState, unit: Unit, level: Level) -> list[Unit]:
    """Return the units that `unit` can be moved to: those that it borders on first, then the others in the order of their codes."""
    mine = {cell.id for cell in state.units.cells(unit.id)}
    beside: set[int] = set()
    for arc in state.coverage.arcs.values():
        for here, there in ((arc.left, arc.right), (arc.right, arc.left)):
            if here in mine and there not in mine:
                found = state.units.ancestor(there, level)
                if found is not None:
                    beside.add(found.id)
    others = [parent for parent in state.units.at_level(level) if parent.id != unit.parent]
    return sorted(others, key=lambda parent: parent.id not in beside)
