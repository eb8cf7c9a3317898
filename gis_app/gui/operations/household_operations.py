"""What is done with households."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui import household_work
from gis_app.gui.operations.operation import NO_COUNTY, PLAN, Operation, idle, planning
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def register(window: Window) -> Message | None:
    """Refuse outside of the workspace Plan, and in a county without households."""
    if window.session is None:
        return NO_COUNTY
    if window.session.workspace != "plan":
        return msg("Households are edited in the workspace Plan (Ctrl+1).")
    return idle(window)


def _some(window: Window) -> Message | None:
    none = msg("Select households first: in the table, or with the lasso.")
    return register(window) or (None if household_work.chosen(window) else none)


def _several(window: Window) -> Message | None:
    return _some(window) or (None if len(household_work.chosen(window)) > 1 else msg("Select at least two households."))


def _one(window: Window) -> Message | None:
    return _some(window) or (None if len(household_work.chosen(window)) == 1 else msg("Select a single household."))


def _unit(window: Window) -> Message | None:
    reason = planning(window)
    if reason is not None or window.session is None:
        return reason
    return None if window.session.selected[0] == "units" else msg("Select a cell, a village or a township first.")


def household_operations() -> tuple[Operation, ...]:
    """Return what adds, changes, merges, retires and pins households."""
    work = household_work
    rule, quality, retired = msg("Pin by building, street or list"), msg("Check the households"), msg("Retired households")
    return (
        Operation("add_household", msg("Add a household"), "house", work.add, ("Shift+A",), PLAN, why_not=register, more=PLAN),
        Operation("edit_household", msg("Edit the household"), "pencil", work.edit, ("Shift+E",), PLAN, why_not=_some),
        Operation("place_household", msg("Put the household on the map"), "crosshair", work.place, (), PLAN, why_not=_one),
        Operation("merge_households", msg("Merge the selected households"), "merge", work.merge, ("Shift+M",), PLAN, why_not=_several),
        Operation("retire_households", msg("Retire the selected households"), "trash-2", work.retire, (), PLAN, why_not=_some),
        Operation("pin_households", msg("Pin the selected households to a cell"), "map-pin", work.pin, ("Shift+P",), PLAN, why_not=_some),
        Operation("unpin_households", msg("Unpin the selected households"), "locate-fixed", work.unpin, (), PLAN, why_not=_some),
        Operation("pin_rule", rule, "map-pinned", work.pin_by_rule, (), PLAN, why_not=register, more=PLAN),
        Operation("households_of_unit", msg("Select all households of the unit"), "users", work.select_of_cell, (), PLAN, why_not=_unit),
        Operation("household_flags", msg("Flags of households"), "settings", work.show_flags, (), PLAN, why_not=register, more=PLAN),
        Operation("household_quality", quality, "list-checks", work.show_quality, ("Shift+Q",), PLAN, why_not=register, more=PLAN),
        Operation("retired_households", retired, "history", work.show_retired, (), PLAN, why_not=register, more=PLAN),
    )
