"""Do row changes fit the county? Ids that exist, and references that point to something. What does not is a bug of an edit."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES
from gis_app.county.changes import RowChange
from gis_app.county.content import published
from gis_app.county.state import CountyState
from gis_app.county.tables import NUMBERED, PLAN_TABLES, TABLES
from gis_app.grid.units import Hierarchy, Level

Ids = NDArray[np.int64]


class InvalidChange(ValueError):
    """Row changes that would leave the county broken."""


_REFERENCES: Mapping[tuple[str, str], str] = {
    ("units", "parent"): "units",
    ("households", "cell"): "cells",
    ("workers", "village"): "units",
    ("workers", "cell"): "cells",
    ("workers", "more_cells"): "cells",
    ("workers", "substitute"): "workers",
    ("bodies", "unit"): "units",
    ("rules", "category"): "categories",
    ("rules", "body"): "bodies",
    ("rules", "unit"): "units",
    ("limits", "category"): "categories",
    ("cases", "duplicate"): "cases",
    ("cases", "category"): "categories",
    ("cases", "body"): "bodies",
    ("cases", "cell"): "cells",
    ("cases", "household"): "households",
    ("cases", "worker"): "workers",
    ("cases", "unit"): "units",
}
"""Column → what its ids are ids of."""


_UNKNOWN = {"settings", "ignored_problems", "saved_filters", "feeds", "former_units", *NUMBERED, *PLAN_TABLES}
"""Tables whose rows the state does not hold by id: storage keeps their ids unique."""


def check_ids(state: CountyState, changes: Iterable[RowChange]) -> None:
    """Raise `InvalidChange` where rows to update or delete do not exist, or rows to insert do."""
    known: dict[str, Ids] = {}
    for change in changes:
        table = change.table
        if table not in TABLES:
            raise InvalidChange(f"there is no table {table}")
        if table in _UNKNOWN:
            continue
        ids = known.get(table, _ids(state, table))
        _all_known(table, "delete", change.delete, ids)
        ids = np.setdiff1d(ids, change.delete) if len(change.delete) else ids
        if change.update:
            _all_known(table, "update", np.asarray(change.update["id"], np.int64), ids)
        if change.insert:
            new = np.asarray(change.insert["id"], np.int64)
            if (new <= 0).any() or len(np.unique(new)) < len(new) or np.isin(new, ids).any():
                raise InvalidChange(f"rows to insert into {table} have ids that are there already, or twice, or not positive")
            ids = np.concatenate([ids, new])
        known[table] = ids


def check_references(state: CountyState, changed: Iterable[RowChange]) -> None:
    """Raise `InvalidChange` where a reference of the new state points to nothing; looks only at what `changed` may have broken."""
    changes = tuple(changed)
    touched = {change.table for change in changes}
    removed = {change.table for change in changes if len(change.delete)}
    if "units" in removed or any(change.table == "units" and "level" in change.update for change in changes):
        removed |= {"units", "cells"}
    for (table, column), target in _REFERENCES.items():
        if table not in touched and target not in removed:
            continue
        values = np.unique(_column(state, table, column))
        values = values[values != 0]
        wrong = values[~np.isin(values, _ids(state, target))] if len(values) else values
        if len(wrong) and (table, target) == ("cases", "households"):  # a whistle goes on naming who is in the register no more
            wrong = np.setdiff1d(wrong, _ids(state, "retired_households"))
        if len(wrong) and table == "cases" and target in ("cells", "units"):
            wrong = _wrong_of_cases(state, column, wrong)
        if len(wrong):
            raise InvalidChange(f"{table}.{column} would point to {target} that do not exist: {wrong[:5].tolist()}")
    if "units" in touched:
        for unit, parent in _misplaced(state.units):
            raise InvalidChange(f"unit {unit} would lie in unit {parent}, which is not one level above it")


def _wrong_of_cases(state: CountyState, column: str, missing: Ids) -> Ids:
    """Return the missing units that whistles may not name: one that is over keeps the units that it lay in, whatever became of them."""
    live = np.isin(state.cases.state, [int(kind) for kind in OPEN_STATES])
    wrong = np.intersect1d(missing, getattr(state.cases, column)[live])
    if state.plan == published(state.plans):
        wrong = np.union1d(wrong, np.setdiff1d(missing, _ids(state, "closed_units")))
    return wrong


def _misplaced(units: Hierarchy) -> Iterator[tuple[int, int]]:
    for unit in units.values():
        if unit.parent and units[unit.parent].level != unit.level - 1:
            yield unit.id, unit.parent


def _all_known(table: str, verb: str, asked: Ids, ids: Ids) -> None:
    if len(asked) and (missing := asked[~np.isin(asked, ids)]).size:
        raise InvalidChange(f"rows to {verb} in {table} do not exist: {missing[:5].tolist()}")
    if len(np.unique(asked)) < len(asked):
        raise InvalidChange(f"rows to {verb} in {table} come twice")


def _ids(state: CountyState, table: str) -> Ids:
    if table == "cells":
        return np.array([unit.id for unit in state.units.values() if unit.level == Level.CELL], np.int64)
    parts: dict[str, Any] = {"closed_units": state.closed, "reference_layers": state.references}
    parts["retired_households"] = state.retired
    part: Any = parts[table] if table in parts else getattr(state, table)
    return part.id if table in {"households", "cases"} else np.fromiter(part, np.int64, len(part))


def _column(state: CountyState, table: str, column: str) -> Ids:
    part: Any = getattr(state, table)
    if table in {"households", "cases"}:
        values: Ids = getattr(part, column)
        return values
    if column == "more_cells":
        return np.fromiter((cell for worker in part.values() for cell in worker.more_cells), np.int64)
    return np.fromiter((getattr(value, column) for value in part.values()), np.int64, len(part))
