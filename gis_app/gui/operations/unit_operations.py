"""What is done with the selected cell, village or township: names, codes, locks, parts of equal size, the vertex table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.county.locks import lock_of
from gis_app.grid.units import Level
from gis_app.gui import unit_work, vertex_table
from gis_app.gui.operations.operation import PLAN, Operation, planning
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def unit_of(window: Window) -> int:
    """Return the selected unit, 0 for none."""
    table, found = window.session.selected if window.session is not None else ("", 0)
    return found if table == "units" else 0


def _unit(window: Window) -> Message | None:
    """Refuse where no unit is selected, or it is locked."""
    reason = planning(window)
    if reason is not None:
        return reason
    return msg("Select a cell, a village or a township first.") if not unit_of(window) else None


def _open_unit(window: Window) -> Message | None:
    reason = _unit(window)
    if reason is not None or window.session is None:
        return reason
    locked = lock_of(window.session.state, unit_of(window))
    return msg("{unit} is locked; unlock it first (L).", unit=locked.name or locked.code) if locked is not None else None


def _open_cell(window: Window) -> Message | None:
    reason = _open_unit(window)
    if reason is not None or window.session is None:
        return reason
    return None if window.session.state.units[unit_of(window)].level == Level.CELL else msg("Select a cell first.")


def _below_county(window: Window) -> Message | None:
    reason = _open_unit(window)
    if reason is not None or window.session is None:
        return reason
    found = window.session.state.units[unit_of(window)].level != Level.TOWNSHIP
    return None if found else msg("A township lies in no other unit; select a cell or a village.")


def _is_locked(window: Window) -> bool:
    found = unit_of(window)
    return window.session is not None and found in window.session.state.units and window.session.state.units[found].locked


def unit_operations() -> tuple[Operation, ...]:
    """Return what is done with the selected unit, without a tool of the map."""
    return (
        Operation(
            "lock",
            msg("Lock or unlock the selected unit"),
            "lock",
            unit_work.switch_lock,
            ("L",),
            PLAN,
            PLAN,
            why_not=_unit,
            is_on=_is_locked,
            short=msg("Lock"),
            group=True,
            bare=True,
        ),
        Operation(
            "halve",
            msg("Split into two with equal households"),
            "divide",
            lambda w: unit_work.split_equally(w, 2),
            (),
            PLAN,
            why_not=_open_cell,
            more=PLAN,
        ),
        Operation(
            "third",
            msg("Split into three with equal households"),
            "divide",
            lambda w: unit_work.split_equally(w, 3),
            (),
            PLAN,
            why_not=_open_cell,
            more=PLAN,
        ),
        Operation("rename", msg("Rename"), "pencil", unit_work.ask_name, ("Ctrl+R",), PLAN, why_not=_open_unit, more=PLAN),
        Operation("recode", msg("Change the code"), "hash", unit_work.ask_code, (), PLAN, why_not=_open_unit, more=PLAN),
        Operation(
            "renumber",
            msg("Renumber the cells, west to east"),
            "list-ordered",
            unit_work.renumber,
            (),
            PLAN,
            why_not=_open_unit,
            more=PLAN,
        ),
        Operation(
            "move_unit",
            msg("Move to another village or township"),
            "corner-up-right",
            unit_work.ask_parent,
            (),
            PLAN,
            why_not=_below_county,
            more=PLAN,
        ),
        Operation(
            "vertices",
            msg("Table of vertices"),
            "table-properties",
            vertex_table.show,
            ("Ctrl+T",),
            PLAN,
            why_not=_open_cell,
            more=PLAN,
        ),
    )
