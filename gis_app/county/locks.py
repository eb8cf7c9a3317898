"""What may not be edited: the published plan, locked units, and the last cell of a village."""

from collections.abc import Iterable

import shapely

from gis_app.county.changes import Refusal
from gis_app.county.state import CountyState
from gis_app.grid.coverage import label_points, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Level, Unit
from gis_app.language import Message, format_code, msg

SAME = 0.002
"""A border that moved less than this (units of the coordinate system) is the same one: where a new border ends, a neighbour gets a vertex
on the 1 mm grid."""


def not_a_draft(state: CountyState) -> Refusal | None:
    """Refuse ("published") a state that shows no draft."""
    plan = state.plans.get(state.plan)
    if plan is not None and plan.status == PlanStatus.DRAFT:
        return None
    if plan is not None and plan.status == PlanStatus.ARCHIVED:
        return Refusal("published", msg("The earlier plan {plan} is not edited; make a draft of it first.", plan=plan.name))
    return Refusal("published", msg("The published plan is not edited; make a draft first."))


def lock_of(state: CountyState, unit: int) -> Unit | None:
    """Return the unit whose lock keeps `unit` from being edited: its township, its village or itself; None for none."""
    return next((above for above in state.units.path(unit) if above.locked), None)


def named(unit: Unit) -> Message:
    """Return a unit as a sentence names it: 富裕村第三网格 (230225 101 207 003)."""
    code = format_code(unit.code)
    return msg("{name} ({code})", name=unit.name, code=code) if unit.name else Message("{code}", {"code": code})


def locked(unit: Unit, at: tuple[float, float] | None = None) -> Refusal:
    """Return the refusal "locked" of an edit that a unit's lock forbids."""
    return Refusal("locked", _locked_text(unit), at)


def _locked_text(unit: Unit) -> Message:
    if unit.level == Level.CELL:
        return msg("The cell {name} is locked; unlock it to change it.", name=named(unit))
    return msg("{name} is locked with all its cells; unlock it to change them.", name=named(unit))


def locked_cell(state: CountyState, edited: Edited) -> Refusal | None:
    """Refuse ("locked") an edit that changes the land of a cell that is locked, or whose village or township is.

    A locked cell may get a vertex on its border, where the border of two others ends.
    """
    touched = sorted(cell for cell in edited.cells | edited.removed if cell in state.coverage.cells)
    locks = {cell: lock for cell in touched if (lock := lock_of(state, cell)) is not None}
    if not locks:
        return None
    before, after = polygons(state.coverage, locks), polygons(edited.coverage, [cell for cell in locks if cell in edited.cells])
    for cell, lock in locks.items():
        if cell in after and shapely.hausdorff_distance(before[cell].boundary, after[cell].boundary) <= SAME:
            continue
        return locked(lock, label_points({cell: before[cell]}).get(cell))
    return None


def without_cells(state: CountyState, edited: Edited, made: Iterable[Unit]) -> Refusal | None:
    """Refuse ("last_cell") an edit that leaves a village without a cell; `made` are the units of the new cells."""
    settled = {unit.parent for unit in made}
    for village in sorted({state.units[cell].parent for cell in edited.removed if cell in state.units}):
        unit = state.units.get(village)
        if unit is None or village in settled or any(child.id not in edited.removed for child in state.units.children(village)):
            continue
        gone = state.units.children(village)[0].id
        at = label_points(polygons(state.coverage, [gone])).get(gone) if gone in state.coverage.cells else None
        return Refusal("last_cell", msg("{name} would have no cell left; move a cell to it first.", name=named(unit)), at)
    return None
