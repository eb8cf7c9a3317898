"""What everybody is told after a change: `Changes`, from the rows that were written and from what followed of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Changes, RowChange
from gis_app.county.divisions import of_units
from gis_app.county.state import CountyState
from gis_app.language import Message

Ids = NDArray[np.int64]


def ids_of(rows: Iterable[RowChange]) -> dict[str, Ids]:
    """Return the ids that row changes insert, update and delete, by table."""
    ids: dict[str, list[NDArray[Any]]] = {}
    for change in rows:
        found = [change.delete, *(np.asarray(columns["id"], np.int64) for columns in (change.update, change.insert) if columns)]
        ids.setdefault(change.table, []).extend(found)
    return {table: np.unique(np.concatenate(found)) for table, found in ids.items()}


def changes_of(
    title: Message, rows: Iterable[RowChange], before: CountyState, after: CountyState, report: object, view: Mapping[str, object]
) -> Changes:
    """Return what a change of the county itself is to everybody."""
    return Changes(title, ids_of(rows), before.coverage is not after.coverage, report, after.plan, view)


def draft_changes(
    title: Message, rows: Iterable[RowChange], before: CountyState, after: CountyState, report: object, view: Mapping[str, object]
) -> Changes:
    """Return what a change of a draft is: its units, and whoever has another place in it than before."""
    found = ids_of(of_units(rows))
    found |= {table: _other_rows(getattr(before, table), getattr(after, table)) for table in ("households", "cases")}
    found |= {table: _other_values(getattr(before, table), getattr(after, table)) for table in ("workers", "bodies")}
    told = {table: ids for table, ids in found.items() if len(ids)}
    return Changes(title, told, before.coverage is not after.coverage, report, after.plan, view)


def _other_rows(before: Any, after: Any) -> Ids:
    """Return the ids of rows whose columns differ; both have the same rows."""
    differs = np.zeros(len(after), np.bool_)
    for name in after.__dataclass_fields__:
        one, other = getattr(before, name), getattr(after, name)
        if one is not other:
            differs |= (one != other) & ~(_missing(one) & _missing(other))
    ids: Ids = after.id[differs]
    return ids


def _missing(array: NDArray[Any]) -> NDArray[np.bool_]:
    return np.isnan(array) if array.dtype.kind == "f" else np.isnat(array) if array.dtype.kind == "M" else np.zeros(len(array), np.bool_)


def _other_values(before: Mapping[int, object], after: Mapping[int, object]) -> Ids:
    """Return the ids of values that differ; both have the same ids."""
    if before is after:
        return np.empty(0, np.int64)
    return np.array([key for key, value in after.items() if before[key] is not value and before[key] != value], np.int64)
