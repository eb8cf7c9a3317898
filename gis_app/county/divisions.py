"""The division of a draft or an archived plan: read from its tables, and changed by its rows.

Its units stand in `plan_units`, what a planner decided by hand in `plan_pins`, `plan_workers` and `plan_cases`. `to_plan` writes the rows
of an edit, which speaks of units, households, workers and cases, as rows of these tables; `follow` takes such rows (of an edit that is
made, undone or made again) to the state.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county import content
from gis_app.county.changes import Columns, RowChange
from gis_app.county.content import PLAN_SHIFT, ROW_MASK
from gis_app.county.followers import derived, followed
from gis_app.county.integrity import InvalidChange
from gis_app.county.state import CountyState, Duty, Overrides
from gis_app.county.tables import PLAN_TABLES
from gis_app.grid.coverage import Coverage
from gis_app.grid.difference import sharing
from gis_app.grid.units import Hierarchy, Level, Unit
from gis_app.language import msg
from gis_app.progress import Progress, Steps

PlanReader = Callable[[str, int], Columns]
"""Reads the rows of a plan from one of its tables."""


def plan_rows(plan: int, ids: NDArray[Any]) -> NDArray[np.int64]:
    """Return the ids that rows have in the tables of plans."""
    return (np.int64(plan) << PLAN_SHIFT) | np.asarray(ids, np.int64)


def loading(published: CountyState, plan: int, read: PlanReader) -> Steps[CountyState]:
    """Read the county as a plan divides it."""
    if plan == published.plan:
        return published
    yield Progress(0.0, msg("Reading the plan"))
    columns = dict(read("plan_units", plan))
    columns["id"] = np.asarray(columns["id"], np.int64) & ROW_MASK
    units = content.unit_values(columns)
    yield Progress(0.3, msg("Reading the plan"))
    coverage = sharing(published.coverage, content.coverage_of(columns))
    yield Progress(0.6, msg("Finding the cell of every household"))
    overrides = changed_overrides(Overrides(), (RowChange(table, insert=read(table, plan)) for table in PLAN_TABLES))
    return derived(published, plan, units, coverage, overrides)


# Rows of an edit as rows of the plan


def to_plan(draft: CountyState, rows: Iterable[RowChange]) -> tuple[RowChange, ...]:
    """Return the rows of a division edit as rows of the draft's tables; what follows from the place by law is left out."""
    found: list[RowChange] = []
    for change in rows:
        match change.table:
            case "units":
                found.append(_units(draft.plan, change))
            case "households" | "workers" | "cases":
                found.extend(_decided(draft, change))
            case _:
                raise InvalidChange(f"an edit of a division cannot change {change.table}")
    return tuple(change for change in found if change.insert or change.update or len(change.delete))


def _units(plan: int, change: RowChange) -> RowChange:
    insert, update = ({**rows, "id": plan_rows(plan, rows["id"])} if rows else {} for rows in (change.insert, change.update))
    if insert:
        insert["plan"] = np.full(len(insert["id"]), plan)
    return RowChange("plan_units", insert, update, plan_rows(plan, change.delete) if len(change.delete) else change.delete)


_DECIDED = {
    "households": {"id", "cell", "pinned", "reason", "distance"},
    "workers": {"id", "cell", "village", "more_cells"},
    "cases": {"id", "cell", "unit"},
}


def _decided(draft: CountyState, change: RowChange) -> Iterator[RowChange]:
    rows = change.update
    if change.insert or len(change.delete) or set(rows) - _DECIDED[change.table]:
        raise InvalidChange(f"an edit of a division can only say where {change.table} belong")
    match change.table:
        case "households":
            pins = _pins(draft, rows)
            columns: dict[str, NDArray[Any]] = {"cell": np.array(list(pins.values()), np.int64)}
            columns["pinned"] = columns["cell"] != 0
            yield _upsert(draft.plan, "plan_pins", "household", draft.overrides.pins, list(pins), columns)
        case "workers":
            ids = rows["id"].tolist()
            columns = {
                name: make(rows[name].tolist() if name in rows else [getattr(draft.workers[worker], name) for worker in ids])
                for name, make in (("village", _ints), ("cell", _ints), ("more_cells", content.objects))
            }
            yield _upsert(draft.plan, "plan_workers", "worker", draft.overrides.workers, ids, columns)
        case _:
            if "cell" in rows:
                columns = {"cell": np.asarray(rows["cell"])}
                yield _upsert(draft.plan, "plan_cases", "case_id", draft.overrides.cases, rows["id"].tolist(), columns)


def _ints(values: list[int]) -> NDArray[np.int64]:
    return np.array(values, np.int64)


def _pins(draft: CountyState, rows: Columns) -> dict[int, int]:
    """Return household → cell that it is pinned to (0: not pinned any more) for those whose pin an update changes."""
    at = np.searchsorted(draft.households.id, rows["id"])
    before = draft.households.pinned[at]
    pinned = np.asarray(rows["pinned"], np.bool_) if "pinned" in rows else before
    cells = np.asarray(rows["cell"], np.int64) if "cell" in rows else draft.households.cell[at]
    said = np.flatnonzero(pinned | before)
    return dict(zip(rows["id"][said].tolist(), np.where(pinned, cells, 0)[said].tolist(), strict=True))


def _upsert(plan: int, table: str, name: str, known: Mapping[int, object], ids: list[int], columns: dict[str, NDArray[Any]]) -> RowChange:
    there = np.array([key in known for key in ids], np.bool_)
    rows: dict[str, NDArray[Any]] = {"id": plan_rows(plan, np.array(ids, np.int64)), **columns}
    update = {column: array[there] for column, array in rows.items()} if there.any() else {}
    insert = {column: array[~there] for column, array in rows.items()} if not there.all() else {}
    if insert:
        insert |= {name: np.array(ids, np.int64)[~there], "plan": np.full(int((~there).sum()), plan)}
    return RowChange(table, insert, update)


# Rows of the plan to the state


def follow(published: CountyState, draft: CountyState, rows: Iterable[RowChange], coverage: Coverage | None = None) -> CountyState:
    """Return the draft after rows of its tables; the coverage is rebuilt where cells' polygons changed and nobody brings the new one."""
    rows = tuple(rows)
    divided = content.apply(draft, of_units(rows), coverage)
    overrides = changed_overrides(draft.overrides, rows)
    cells = touched_cells(rows) | recoded(draft.units, divided.units)
    pins, cases = ({int(row) & ROW_MASK for row in _ids(rows, table)} for table in ("plan_pins", "plan_cases"))
    return followed(published, draft, divided.units, divided.coverage, overrides, cells, pins, cases)


def of_units(rows: Iterable[RowChange]) -> list[RowChange]:
    """Return the rows of `plan_units` as rows of units."""
    found = []
    for change in (change for change in rows if change.table == "plan_units"):
        insert, update = (
            {name: array for name, array in columns.items() if name != "plan"} | {"id": np.asarray(columns["id"], np.int64) & ROW_MASK}
            if columns
            else {}
            for columns in (change.insert, change.update)
        )
        found.append(RowChange("units", insert, update, change.delete & ROW_MASK))
    return found


def touched_cells(rows: Iterable[RowChange]) -> set[int]:
    """Return the ids of units that rows of `plan_units` draw, redraw or take away."""
    found: set[int] = set()
    for change in of_units(rows):
        found.update(change.delete.tolist())
        for columns in (change.insert, change.update):
            if "geom" in columns:
                found.update(columns["id"].tolist())
    return found


def recoded(before: Hierarchy, after: Hierarchy) -> set[int]:
    """Return the units that are gone, and cells that are new or have another code: points on their borders may go to others."""
    if before is after:
        return set()
    found = {key for key, unit in after.items() if (known := before.get(key)) is not unit and not _alike(known, unit)}
    return found | (before.keys() - after.keys())


def _alike(before: Unit | None, after: Unit) -> bool:
    return after.level != Level.CELL or (before is not None and before.code == after.code)


def _ids(rows: Iterable[RowChange], table: str) -> Iterator[int]:
    for change in rows:
        if change.table == table:
            yield from change.delete.tolist()
            for columns in (change.insert, change.update):
                yield from columns["id"].tolist() if columns else ()


def changed_overrides(overrides: Overrides, rows: Iterable[RowChange]) -> Overrides:
    """Return overrides after rows of their tables."""
    pins, workers, cases = dict(overrides.pins), dict(overrides.workers), dict(overrides.cases)
    for change in rows:
        known: dict[int, Any]
        match change.table:
            case "plan_pins":
                known = pins
            case "plan_workers":
                known = workers
            case "plan_cases":
                known = cases
            case _:
                continue
        for row in change.delete.tolist():
            known.pop(row & ROW_MASK, None)
        for columns in (change.update, change.insert):
            if columns and len(columns["id"]):
                known.update(_values(change.table, columns, known))
    same = (pins, workers, cases) == (overrides.pins, overrides.workers, overrides.cases)
    return overrides if same else Overrides(pins, workers, cases)


def _values(table: str, columns: Columns, known: Mapping[int, Any]) -> dict[int, Any]:
    ids = (np.asarray(columns["id"], np.int64) & ROW_MASK).tolist()
    cells = columns["cell"].tolist()
    if table == "plan_pins":
        return {key: cell if pinned else 0 for key, cell, pinned in zip(ids, cells, columns["pinned"].tolist(), strict=True)}
    if table == "plan_workers":
        more = [tuple(value or ()) for value in columns["more_cells"].tolist()] if "more_cells" in columns else [()] * len(ids)
        return dict(zip(ids, map(Duty, columns["village"].tolist(), cells, more), strict=True))
    return dict(zip(ids, cells, strict=True))
