"""Edits of units that leave every border where it is: names, codes, what lies in what, and locks.

Each is an `Edit` of the division: with a draft open it changes the draft. What moves or recodes units is refused ("published") without one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import shapely

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.locks import lock_of, locked, named, not_a_draft
from gis_app.county.numbering import cell_name, number_in, used_codes
from gis_app.county.state import CountyState
from gis_app.grid.codes import LENGTHS, CodeError, check_code, clean_code, next_code
from gis_app.grid.coverage import Coverage, label_points, polygons
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.language import Message, format_code, msg
from gis_app.progress import Progress, Steps

Change = Callable[[CountyState], Outcome | Refusal]


@dataclass(frozen=True, slots=True)
class UnitReport:
    """What an edit of units did: `codes` are unit → (old, new), `names` too, `workers` those who came to another village with their cell.

    `sentences` say it to the user.
    """

    codes: Mapping[int, tuple[str, str]]
    names: Mapping[int, tuple[str, str]]
    workers: tuple[int, ...]
    sentences: tuple[Message, ...]


def _edit(title: Message, doing: Message, change: Change, *, draft: bool = True) -> Edit:
    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, doing)
        return (not_a_draft(state) if draft else None) or change(state)

    return Edit(title, plan, division=True)


def _unknown(state: CountyState, unit: int) -> Refusal | None:
    """Refuse ("no_unit", "locked") a unit that there is not, or that is locked."""
    if unit not in state.units:
        return Refusal("no_unit", msg("There is no unit {id}.", id=unit))
    lock = lock_of(state, unit)
    return locked(lock) if lock else None


def _rows(state: CountyState, changed: Mapping[int, Unit]) -> tuple[RowChange, ...]:
    """Return the update of units whose code, name, kind, parent or lock is another one."""
    units = [unit for unit in changed.values() if unit != state.units[unit.id]]
    if not units:
        return ()
    columns = {
        "id": np.array([unit.id for unit in units], np.int64),
        "code": objects([unit.code for unit in units]),
        "name": objects([unit.name for unit in units]),
        "kind": objects([unit.kind.value for unit in units]),
        "parent": np.array([unit.parent for unit in units], np.int64),
    }
    return (RowChange("units", update=columns),)


def _report(state: CountyState, changed: Mapping[int, Unit], *sentences: Message, workers: Sequence[int] = ()) -> UnitReport:
    codes = {unit.id: (state.units[unit.id].code, unit.code) for unit in changed.values() if unit.code != state.units[unit.id].code}
    names = {unit.id: (state.units[unit.id].name, unit.name) for unit in changed.values() if unit.name != state.units[unit.id].name}
    return UnitReport(codes, names, tuple(workers), sentences)


# Names and locks


def rename_unit(unit: int, name: str) -> Edit:
    """Give a unit another name. Refusals "no_unit", "no_name", "locked"."""

    def change(state: CountyState) -> Outcome | Refusal:
        if refused := _unknown(state, unit):
            return refused
        if not name.strip():
            return Refusal("no_name", msg("A unit needs a name; write one."))
        if state.units[unit].name == name.strip():
            return Outcome(())
        row = RowChange("units", update={"id": np.array([unit], np.int64), "name": objects([name.strip()])})
        return Outcome((row,), title=msg("Rename {unit} to {name}", unit=named(state.units[unit]), name=name.strip()))

    return _edit(msg("Rename a unit to {name}", name=name.strip()), msg("Renaming"), change, draft=False)


def lock_unit(unit: int, locked: bool = True) -> Edit:
    """Lock a unit and all that lies in it against editing, or unlock it. Refusals "no_unit", "lock_above" (a unit above it is locked)."""

    def change(state: CountyState) -> Outcome | Refusal:
        if unit not in state.units:
            return Refusal("no_unit", msg("There is no unit {id}.", id=unit))
        lock = lock_of(state, unit)
        if not locked and lock is not None and lock.id != unit:
            return Refusal("lock_above", msg("{name} is locked with all that lies in it; unlock that one.", name=named(lock)))
        if state.units[unit].locked == locked:
            return Outcome(())
        title = msg("Lock {name}", name=named(state.units[unit])) if locked else msg("Unlock {name}", name=named(state.units[unit]))
        rows = RowChange("units", update={"id": np.array([unit], np.int64), "locked": np.array([locked])})
        return Outcome((rows,), title=title)

    return _edit(msg("Lock a unit") if locked else msg("Unlock a unit"), msg("Changing the lock"), change, draft=False)


# Codes


def recode_unit(unit: int, code: str) -> Edit:
    """Give a unit another code; the codes of all that lies in it follow where the scheme puts them into one another (GB/T).

    Refusals "published", "no_unit", "locked", "code" (not a code of its level and place), "used" (another unit has or had it). Report:
    `UnitReport`.
    """
    wanted = clean_code(code)

    def change(state: CountyState) -> Outcome | Refusal:
        if refused := _unknown(state, unit) or _locked_below(state, unit):
            return refused
        one = state.units[unit]
        if one.code == wanted:
            return Outcome(())
        above = state.units[one.parent].code if one.parent in state.units else state.settings.code if one.level == Level.TOWNSHIP else ""
        if wrong := check_code(state.settings.code_scheme, one.level, wanted, above):
            return Refusal("code", wrong)
        if wanted in used_codes(state, {unit}):
            return _used(state, wanted)
        changed = _recoded(state, replace(one, code=wanted))
        if taken := {other.code for other in changed.values()} & used_codes(state, changed):
            return _used(state, min(taken))
        title = msg("Change the code of {name} to {code}", name=named(one), code=format_code(wanted))
        return Outcome(_rows(state, changed), report=_report(state, changed, *_codes_said(changed)), title=title)

    return _edit(msg("Change a code"), msg("Changing codes"), change)


def _used(state: CountyState, code: str) -> Refusal:
    owner = state.units.by_code(code)
    if owner is not None:
        return Refusal("used", msg("The code {code} is that of {name}; choose another one.", code=format_code(code), name=named(owner)))
    return Refusal("used", msg("The code {code} was used before and is never given again; choose another one.", code=format_code(code)))


def _codes_said(changed: Mapping[int, Unit]) -> tuple[Message, ...]:
    if len(changed) < 2:
        return ()
    return (msg("Units with a new code: {count}. The old codes are not used again.", count=len(changed)),)


def _recoded(state: CountyState, unit: Unit) -> dict[int, Unit]:
    """Return a unit (as it is to be) and all below it, whose codes follow its own where they began with the old one."""
    old = state.units[unit.id].code
    changed = {unit.id: unit}
    for child in state.units.children(unit.id):
        code = unit.code + child.code[len(old) :] if old and child.code.startswith(old) else child.code
        changed |= _recoded(state, replace(child, code=code))
    return changed


def _locked_below(state: CountyState, unit: int) -> Refusal | None:
    """Refuse ("locked") what would change units that are locked inside an unlocked one."""
    for child in state.units.children(unit):
        if child.locked:
            return locked(child)
        if refused := _locked_below(state, child.id):
            return refused
    return None


# What lies in what


def move_unit(unit: int, parent: int) -> Edit:
    """Move a cell to another village, or a village with all its cells to another township.

    Under the GB/T scheme a code says where a unit lies, so it and all below get new codes there; the old ones are never used again. Names
    stay. The kind of a cell follows its village (a cell of a community is a community cell) where it did before; the workers of a moved
    cell go with it. Refusals "published", "no_unit", "no_parent" (not a unit of the level above), "locked", "last_cell" and "last_village"
    (a village keeps a cell, a township a village), "code" (no code is left). Report: `UnitReport`.
    """

    def change(state: CountyState) -> Outcome | Refusal:
        if refused := _may_not_move(state, unit, parent):
            return refused
        one, to = state.units[unit], state.units[parent]
        if one.parent == parent:
            return Outcome(())
        try:
            code = next_code(state.settings.code_scheme, one.level, to.code, used_codes(state), one.kind)
        except CodeError as error:
            return Refusal("code", error.message)
        changed = _recoded(state, replace(one, parent=parent, code=code, kind=_kind_in(state, one, to)))
        moved = [worker for worker in state.workers.values() if worker.cell == unit and worker.village not in (0, parent)]
        rows = _rows(state, changed)
        if moved:
            ids = np.array([worker.id for worker in moved], np.int64)
            rows = (*rows, RowChange("workers", update={"id": ids, "village": np.full(len(ids), parent, np.int64)}))
        said = _said_of_move(state, changed, one, to, len(moved))
        title = msg("Move {name} to {parent}", name=named(one), parent=to.name or format_code(to.code))
        return Outcome(rows, report=_report(state, changed, *said, workers=[worker.id for worker in moved]), title=title)

    return _edit(msg("Move a unit"), msg("Moving the unit"), change)


def _may_not_move(state: CountyState, unit: int, parent: int) -> Refusal | None:
    if refused := _unknown(state, unit) or _locked_below(state, unit):
        return refused
    one = state.units[unit]
    if one.level == Level.TOWNSHIP:
        return Refusal("no_parent", msg("A township lies in the county and cannot be moved; choose a village or a cell."))
    if parent not in state.units or state.units[parent].level != one.level - 1:
        if one.level == Level.CELL:
            return Refusal("no_parent", msg("A cell can be moved to a village or community only; choose one."))
        return Refusal("no_parent", msg("A village or community can be moved to a township only; choose one."))
    if one.parent == parent:
        return None
    for place in (one.parent, parent):
        lock = lock_of(state, place)
        if lock is not None:
            return locked(lock)
    if one.parent and len(state.units.children(one.parent)) == 1:
        above = named(state.units[one.parent])
        if one.level == Level.CELL:
            return Refusal("last_cell", msg("{name} would have no cell left; move a cell to it first.", name=above))
        return Refusal("last_village", msg("{name} would have no village left; move one to it first.", name=above))
    return None


def _kind_in(state: CountyState, cell: Unit, village: Unit) -> UnitKind:
    """Return the kind that a cell has in a village: that of the village, if it had that of its old one."""
    if cell.level != Level.CELL or cell.parent not in state.units or cell.kind != _usual(state.units[cell.parent]):
        return cell.kind
    return _usual(village)


def _usual(village: Unit) -> UnitKind:
    return UnitKind.COMMUNITY_CELL if village.kind == UnitKind.COMMUNITY else UnitKind.RURAL_CELL


def _said_of_move(state: CountyState, changed: Mapping[int, Unit], one: Unit, to: Unit, workers: int) -> list[Message]:
    new = changed[one.id]
    said = [msg("The new code is {code}; the old code {old} is not used again.", code=format_code(new.code), old=format_code(one.code))]
    said += _codes_said(changed)
    said.append(msg("Names stay as they are; rename what should have another one."))
    if new.kind == UnitKind.COMMUNITY_CELL != one.kind:
        said.append(msg("It is a community cell now, which should have {floor} households.", floor=state.settings.community_floor))
    if new.kind == UnitKind.RURAL_CELL != one.kind:
        said.append(msg("It is a rural cell now, which should have {floor} households.", floor=state.settings.rural_floor))
    if workers:
        said.append(msg("Workers who come to {village} with their cell: {count}.", village=to.name, count=workers))
    mine = {cell.id for cell in state.units.cells(one.id)}
    theirs = {cell.id for cell in state.units.cells(to.id)} - mine
    if theirs and not _beside(state.coverage, mine, theirs):
        said.append(msg("It does not border on {name}: an enclave.", name=to.name or format_code(to.code)))
    return said


def _beside(coverage: Coverage, some: set[int], others: set[int]) -> bool:
    """Tell whether any of some cells shares a border with any of the others."""
    return any((arc.left in some and arc.right in others) or (arc.right in some and arc.left in others) for arc in coverage.arcs.values())


# Numbers


def renumber(unit: int) -> Edit:
    """Number the cells of a village anew (of every village of a township; 0: of the county) as they are read on a map.

    The order is that of GB/T 30428.1, west to east, then north to south: rows from north to south, in each row from west to east. A cell
    stands where its number is written, at its label point (inside its widest part, also for enclaves and crescents). A row begins with the
    northernmost cell that is left and takes every cell whose label point lies less than half a cell (the median height of the village's
    cells) further south: so cells side by side are one row even if they are staggered, and a planner sees the same rows.

    Codes are those of the village with 001, 002 …; the codes of its living cells are dealt anew, retired ones are skipped. Cells without
    land come last. A name 第N网格 follows its code. Refusals "published", "no_unit", "locked", "not_village" (a cell has nothing to
    number), "code". Report: `UnitReport`.
    """

    def change(state: CountyState) -> Outcome | Refusal:
        if unit and (refused := _unknown(state, unit)):
            return refused
        if unit and state.units[unit].level == Level.CELL:
            return Refusal("not_village", msg("A single cell has nothing to number; choose its village."))
        if refused := _locked_cell_of(state, unit):
            return refused
        villages = [one for one in state.units.at_level(Level.VILLAGE) if not unit or unit in (one.id, one.parent)]
        changed: dict[int, Unit] = {}
        for village in villages:
            numbered = _numbered(state, village)
            if isinstance(numbered, Refusal):
                return numbered
            changed |= numbered
        count = sum(changed[cell].code != state.units[cell].code for cell in changed)
        said = msg("Cells with another number: {count} of {all}.", count=count, all=len(changed))
        place = named(state.units[unit]) if unit else state.settings.name
        title = msg("Renumber {name}, {count} new codes", name=place, count=count)
        return Outcome(_rows(state, changed), report=_report(state, changed, said), title=title)

    return _edit(msg("Renumber cells"), msg("Numbering cells"), change)


def _locked_cell_of(state: CountyState, unit: int) -> Refusal | None:
    tops = [unit] if unit else [one.id for one in state.units.at_level(Level.TOWNSHIP)]
    for top in tops:
        if refused := _unknown(state, top) or _locked_below(state, top):
            return refused
    return None


def _numbered(state: CountyState, village: Unit) -> dict[int, Unit] | Refusal:
    """Return the cells of a village with the codes and names of their places."""
    cells = state.units.children(village.id)
    taken = used_codes(state, {cell.id for cell in cells})
    free = state.settings.code_scheme == "free"
    stem = f"{village.code}-" if free else village.code
    if not free and len(village.code) != LENGTHS[Level.VILLAGE]:
        words = msg("{name} has no code of {length} digits to number its cells below; correct it.", name=named(village), length=12)
        return Refusal("code", words)
    changed: dict[int, Unit] = {}
    number = 0
    for cell in reading_order(state.coverage, cells):
        number += 1
        while (code := f"{stem}{number}" if free else f"{stem}{number:03}") in taken:
            number += 1
        if not free and number > 999:
            return Refusal("code", msg("All codes below {parent} are used; ask for a new code range.", parent=village.code))
        follows = number_in(cell.name, village.name)
        name = cell_name(village.name if cell.name.startswith(village.name) else "", number) if follows else cell.name
        changed[cell.id] = replace(cell, code=code, name=name)
    return changed


def reading_order(coverage: Coverage, cells: Sequence[Unit]) -> list[Unit]:
    """Return cells in rows from north to south, each from west to east; those without land last. See `renumber` for how rows are formed."""
    shapes = polygons(coverage, [cell.id for cell in cells if cell.id in coverage.cells])
    places = label_points(shapes)
    if not places:
        return list(cells)
    largest = {cell: max(shapes[cell].geoms, key=shapely.area) for cell in places}
    half = median(shape.bounds[3] - shape.bounds[1] for shape in largest.values()) / 2
    left = sorted((cell for cell in cells if cell.id in places), key=lambda cell: (-places[cell.id][1], places[cell.id][0], cell.id))
    ordered: list[Unit] = []
    while left:
        south = places[left[0].id][1] - half
        row = [cell for cell in left if places[cell.id][1] > south]
        ordered += sorted(row, key=lambda cell: (places[cell.id][0], cell.id))
        left = [cell for cell in left if places[cell.id][1] <= south]
    return [*ordered, *(cell for cell in cells if cell.id not in places)]
