"""What a history must leave alone: it goes back and forth over edits, while what happened to whistles was recorded beside it and lasts.

`conflict` says why an entry cannot be turned; `around` fits it to what was recorded since.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from gis_app.cases.case import OPEN_STATES
from gis_app.county.changes import RowChange
from gis_app.county.tables import NUMBERED
from gis_app.storage import errors
from gis_app.storage.database import fetch, numbered
from gis_app.storage.schema import COUNTY_TABLES

Ids = NDArray[np.int64]
_CHUNK = 500  # ids in one IN (…)

_NAMED_BY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "units": (("cases", "cell"), ("cases", "unit"), ("task_cells", "cell")),
    "bodies": (("cases", "body"), ("events", "body"), ("events", "target"), ("tasks", "body"), ("talks", "body")),
    "households": (("cases", "household"),),
    "workers": (("cases", "worker"), ("task_cells", "worker")),
    "categories": (("cases", "category"),),
}
"""Table → the columns by which what was recorded names its rows."""


def conflict(connection: Connection, changes: Sequence[RowChange], *, undone: bool) -> errors.StorageError | None:
    """Say why changes of a history would break what was recorded since, or return None where they may be made."""
    if not undone and _taken(connection, changes):
        return errors.registered_since()
    case = _worked_on(connection, changes, undone)
    if case:
        return errors.worked_on(_number(connection, case))
    return errors.still_named() if _named(connection, changes) else None


def around(connection: Connection, changes: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """Give what is inserted into numbered tables free ids where others took theirs, and let unsent messages go with their whistles."""
    found = numbered(connection, [_renumbered(connection, change) for change in changes])
    cases = _deleted(changes, "cases")
    left = np.setdiff1d(_rows_of(connection, "messages", cases), _deleted(changes, "messages"))
    return (RowChange("messages", delete=left), *found) if len(left) else found


def _deleted(changes: Iterable[RowChange], table: str) -> Ids:
    parts = [np.asarray(change.delete, np.int64) for change in changes if change.table == table]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _inserted(changes: Iterable[RowChange], table: str) -> Ids:
    parts = [np.asarray(change.insert["id"], np.int64) for change in changes if change.table == table and "id" in change.insert]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _rows_of(connection: Connection, table: str, cases: Ids) -> Ids:
    """Return the rows of a table that belong to cases."""
    source = COUNTY_TABLES[table]
    found: list[int] = []
    for first in range(0, len(cases), _CHUNK):
        some = cases[first : first + _CHUNK].tolist()
        found += [row for (row,) in fetch(connection, select(source.c.id).where(source.c.case_id.in_(some)))]
    return np.array(sorted(found), np.int64)


def _number(connection: Connection, case: int) -> str:
    source = COUNTY_TABLES["cases"]
    found = fetch(connection, select(source.c.number).where(source.c.id == case))
    return (found[0][0] if found else "") or str(case)


def _worked_on(connection: Connection, changes: Sequence[RowChange], undone: bool) -> int:
    """Return a case that goes away, or loses or gets events, and has steps that were recorded since; 0 for none.

    An edit that deleted cases itself may be made again: it left their steps the first time, too.
    """
    gone, events = _deleted(changes, "cases") if undone else np.empty(0, np.int64), _deleted(changes, "events")
    since = _first_events(connection, events, changes)
    since.update(dict.fromkeys(gone.tolist(), 0))
    if not since:
        return 0
    source = COUNTY_TABLES["events"]
    known, cases = set(events.tolist()), np.array(sorted(since), np.int64)
    for first in range(0, len(cases), _CHUNK):
        some = cases[first : first + _CHUNK].tolist()
        for row, case in fetch(connection, select(source.c.id, source.c.case_id).where(source.c.case_id.in_(some))):
            if row not in known and row >= since[case]:
                return int(case)
    return _kept(connection, gone)


def _first_events(connection: Connection, events: Ids, changes: Sequence[RowChange]) -> dict[int, int]:
    """Return for each case that loses or gets events the first of them: later ones were recorded since."""
    source = COUNTY_TABLES["events"]
    found: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    for first in range(0, len(events), _CHUNK):
        some = events[first : first + _CHUNK].tolist()
        pairs += [(case, row) for row, case in fetch(connection, select(source.c.id, source.c.case_id).where(source.c.id.in_(some)))]
    for change in changes:
        if change.table == "events" and "id" in change.insert:
            pairs += zip(change.insert["case_id"].tolist(), change.insert["id"].tolist(), strict=True)
    for case, row in pairs:
        found[int(case)] = min(found.get(int(case), int(row)), int(row))
    return found


def _kept(connection: Connection, gone: Ids) -> int:
    """Return one of the cases that somebody was told of, that has an attachment, or that a talk was about; 0 for none."""
    for table in ("messages", "attachments", "talks"):
        rows = _rows_of(connection, table, gone)
        source = COUNTY_TABLES[table]
        for first in range(0, len(rows), _CHUNK):
            query = select(source.c.case_id).where(source.c.id.in_(rows[first : first + _CHUNK].tolist()))
            found = fetch(connection, query.where(source.c.sent.is_not(None)) if table == "messages" else query)
            if found:
                return int(found[0][0])
    return 0


def _taken(connection: Connection, changes: Sequence[RowChange]) -> bool:
    """Tell whether others got the ids that the changes would give again."""
    for table in {change.table for change in changes if change.insert} - NUMBERED:
        ids = np.setdiff1d(_inserted(changes, table), _deleted(changes, table))
        if len(_there(connection, table, ids)):
            return True
    return False


def _there(connection: Connection, table: str, ids: Ids) -> Ids:
    """Return which rows a table has already."""
    source = COUNTY_TABLES[table]
    if not len(ids):
        return ids
    query = select(source.c.id).where(source.c.id.between(int(ids.min()), int(ids.max())))
    found: Ids = np.intersect1d(ids, np.array([row for (row,) in fetch(connection, query)], np.int64))
    return found


def _renumbered(connection: Connection, change: RowChange) -> RowChange:
    if change.table not in NUMBERED or "id" not in change.insert:
        return change
    ids = np.asarray(change.insert["id"], np.int64)
    ids = np.where(np.isin(ids, _there(connection, change.table, ids)), 0, ids)
    return RowChange(change.table, {**change.insert, "id": ids}, change.update, change.delete)


def _named(connection: Connection, changes: Sequence[RowChange]) -> bool:
    """Tell whether the changes would take away what recorded rows, which they leave as they are, go on naming."""
    for table, columns in _NAMED_BY.items():
        gone = np.setdiff1d(_deleted(changes, table), _inserted(changes, table))
        if table == "households":  # who is in the register no more is still found under its id
            gone = np.setdiff1d(gone, _inserted(changes, "retired_households"))
        if not len(gone):
            continue
        for source, column in columns:
            rows, values = _values(connection, source, column, table, gone, changes)
            left = ~np.isin(rows, _deleted(changes, source)) & ~np.isin(rows, _updated(changes, source, column))
            if np.isin(values[left], gone).any():
                return True
    return False


def _values(connection: Connection, source: str, column: str, table: str, gone: Ids, changes: Sequence[RowChange]) -> tuple[Ids, Ids]:
    """Return the rows of a table and what they name, without whistles that are over where they keep a cell that is closed."""
    known = COUNTY_TABLES[source]
    query = select(known.c.id, known.c[column]).where(known.c[column].is_not(None))
    if table == "units" and source == "cases" and np.isin(gone, _inserted(changes, "closed_units")).all():
        query = query.where(known.c.state.in_([int(state) for state in OPEN_STATES]))
    found = np.array(fetch(connection, query), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _updated(changes: Iterable[RowChange], table: str, column: str) -> Ids:
    parts = [np.asarray(change.update["id"], np.int64) for change in changes if change.table == table and column in change.update]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
