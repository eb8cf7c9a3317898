"""Reading and writing the tables of a county through SQLAlchemy Core: nothing here is special to one database.

Everything takes an open connection (whose transaction is the caller's) and the form that values have in that database.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Executable, Table, bindparam, func, select
from sqlalchemy.sql.dml import Delete, Insert, Update

from gis_app.county.changes import Columns, RowChange
from gis_app.county.content import PLAN_SHIFT
from gis_app.county.tables import PLAN_TABLES, TABLES, ColumnType
from gis_app.storage.schema import COUNTY_TABLES, kind_of

Ids = NDArray[np.int64]
_CHUNK = 500  # ids in one IN (…)


class Form(Protocol):
    """How values stand in a database."""

    def encode(self, kind: ColumnType, array: NDArray[Any]) -> list[Any]:
        """Return one value per entry."""

    def decode(self, kind: ColumnType, values: Sequence[Any]) -> NDArray[Any]:
        """Return the array of a column."""


def read(
    connection: Connection, form: Form, table: str, columns: Sequence[str] | None = None, ids: Ids | None = None
) -> dict[str, NDArray[Any]]:
    """Read columns (all by default; `id` always, first) of all rows by id, or of the rows `ids` in their order.

    Ids that are not there are left out.
    """
    names = ["id", *(name for name in (TABLES[table] if columns is None else columns) if name != "id")]
    source = COUNTY_TABLES[table]
    query = select(*(source.c[name] for name in names))
    if ids is None:
        records = fetch(connection, query.order_by(source.c.id))
    elif len(ids) == 0:
        records = []
    else:
        wanted = np.unique(ids)
        if wanted[-1] - wanted[0] < 4 * len(wanted):  # most of a stretch of ids: read the stretch
            records = fetch(connection, query.where(source.c.id.between(int(wanted[0]), int(wanted[-1]))).order_by(source.c.id))
        else:
            records = []
            for start in range(0, len(wanted), _CHUNK):
                part = wanted[start : start + _CHUNK].tolist()
                records += fetch(connection, query.where(source.c.id.in_(part)).order_by(source.c.id))
    values = list(zip(*records, strict=True)) if records else [() for _ in names]
    found = form.decode(ColumnType.INTEGER, values[0])
    if ids is None or not records:
        return {name: form.decode(kind_of(table, name), column) for name, column in zip(names, values, strict=True)}
    at = np.minimum(np.searchsorted(found, ids), len(found) - 1)
    at = at[found[at] == ids]
    if np.array_equal(at, np.arange(len(found))):
        return {name: form.decode(kind_of(table, name), column) for name, column in zip(names, values, strict=True)}
    picks = at.tolist()
    return {name: form.decode(kind_of(table, name), [column[i] for i in picks]) for name, column in zip(names, values, strict=True)}


def read_by(
    connection: Connection,
    form: Form,
    table: str,
    column: str,
    values: Sequence[int] | Sequence[str],
    columns: Sequence[str] | None = None,
) -> dict[str, NDArray[Any]]:
    """Read columns of the rows whose `column` holds one of `values`, by id; quick where the column has an index."""
    names = ["id", *(name for name in (TABLES[table] if columns is None else columns) if name != "id")]
    source = COUNTY_TABLES[table]
    query, wanted = select(*(source.c[name] for name in names)), list(dict.fromkeys(values))
    records: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted), _CHUNK):
        records += fetch(connection, query.where(source.c[column].in_(wanted[start : start + _CHUNK])))
    records.sort(key=lambda record: record[0])
    found = list(zip(*records, strict=True)) if records else [() for _ in names]
    return {name: form.decode(kind_of(table, name), part) for name, part in zip(names, found, strict=True)}


def read_plan(connection: Connection, form: Form, table: str, plan: int) -> dict[str, NDArray[Any]]:
    """Read all rows of a plan from one of the tables of plans, by id."""
    source, names = COUNTY_TABLES[table], ["id", *TABLES[table]]
    first, last = plan << PLAN_SHIFT, (plan + 1) << PLAN_SHIFT
    query = select(*(source.c[name] for name in names)).where(source.c.id >= first, source.c.id < last).order_by(source.c.id)
    records = fetch(connection, query)
    values = list(zip(*records, strict=True)) if records else [() for _ in names]
    return {name: form.decode(kind_of(table, name), column) for name, column in zip(names, values, strict=True)}


def with_whole_plans(connection: Connection, changes: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """Let changes that take a plan away take all rows that it has now, not those alone that it had when the change was noted."""
    gone = [int(plan) for change in changes if change.table == "plans" for plan in change.delete]
    if not gone:
        return tuple(changes)
    found = [change for change in changes if not (change.table in PLAN_TABLES and len(change.delete))]
    for table in PLAN_TABLES:
        source = COUNTY_TABLES[table]
        noted = [change for change in changes if change.table == table]
        stays = [int(row) for change in noted for row in change.delete if int(row) >> PLAN_SHIFT not in gone]
        ids = [row for plan in gone for (row,) in fetch(connection, _rows_of(source, plan))]
        insert = next((change.insert for change in noted if change.insert and len(change.delete)), {})
        update = next((change.update for change in noted if change.update and len(change.delete)), {})
        found.append(RowChange(table, insert, update, np.array(sorted({*ids, *stays}), np.int64)))
    return tuple(found)


def _rows_of(source: Table, plan: int) -> Executable:
    return select(source.c.id).where(source.c.id >= plan << PLAN_SHIFT, source.c.id < (plan + 1) << PLAN_SHIFT)


def fetch(connection: Connection, query: Executable) -> list[tuple[Any, ...]]:
    """Return the rows of a query as plain tuples (the driver's own: several times faster than SQLAlchemy's)."""
    with connection.execute(query) as result:
        assert result.cursor is not None
        return list(result.cursor.fetchall())


def beginning(connection: Connection, table: str, column: str, text: str) -> list[str]:
    """Return the values of a text column that begin with `text`."""
    source = COUNTY_TABLES[table].c[column]
    return [
        value for (value,) in fetch(connection, select(source).where(source.startswith(text, autoescape=True))) if value.startswith(text)
    ]


def numbered(connection: Connection, changes: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """Return changes with every inserted id that is 0 (or left out) replaced by the next free one."""
    highest: dict[str, int] = {}
    found = []
    for wanted in changes:
        change = _numbered(connection, wanted, highest.get(wanted.table, 0))
        if change.insert:
            highest[change.table] = max(highest.get(change.table, 0), int(np.max(change.insert["id"], initial=0)))
        found.append(change)
    return tuple(found)


def _numbered(connection: Connection, change: RowChange, given: int) -> RowChange:
    """Return a change with ids; `given` is the highest that the changes before it give."""
    if not change.insert:
        return change
    size = len(next(iter(change.insert.values())))
    ids = np.array(change.insert.get("id", np.zeros(size, np.int64)), np.int64)
    missing = np.flatnonzero(ids == 0)
    if len(missing) == 0:
        return change
    table = COUNTY_TABLES[change.table]
    highest = max(connection.execute(select(func.max(table.c.id))).scalar() or 0, int(ids.max()), given)
    ids[missing] = highest + 1 + np.arange(len(missing))
    return RowChange(change.table, {**change.insert, "id": ids}, change.update, change.delete)


def inverse(connection: Connection, form: Form, change: RowChange) -> RowChange:
    """Return what takes a change back, read from the rows as they are before it."""
    table = change.table
    inserted = np.asarray(change.insert.get("id", ()), np.int64)
    update: Columns = read(connection, form, table, list(change.update), np.asarray(change.update["id"], np.int64)) if change.update else {}
    insert: Columns = read(connection, form, table, None, change.delete) if len(change.delete) else {}
    return RowChange(table, insert=insert, update=update, delete=inserted)


def apply(connection: Connection, form: Form, change: RowChange) -> None:
    """Write a change: delete, update, insert."""
    table = COUNTY_TABLES[change.table]
    if len(change.delete):
        _many(connection, table.delete().where(table.c.id == bindparam("row_id")), {"row_id": change.delete.tolist()})
    if change.update and len(change.update["id"]) and len(change.update) > 1:
        columns = {name: form.encode(kind_of(change.table, name), array) for name, array in change.update.items()}
        ids = columns.pop("id")
        statement = table.update().where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in columns})
        _many(connection, statement, {**columns, "row_id": ids})
    if change.insert and len(change.insert["id"]):
        columns = {name: form.encode(kind_of(change.table, name), array) for name, array in change.insert.items()}
        _many(connection, table.insert().values({name: bindparam(name) for name in columns}), columns)


def _many(connection: Connection, statement: Delete | Update | Insert, columns: Mapping[str, list[Any]]) -> None:
    """Execute a statement once a row, straight through the driver: SQLAlchemy's own way would make a dict of every row."""
    compiled = statement.compile(dialect=connection.dialect)
    names = compiled.positiontup
    if names is not None:
        connection.exec_driver_sql(str(compiled), list(zip(*(columns[name] for name in names), strict=True)))
    else:
        rows = zip(*columns.values(), strict=True)
        connection.exec_driver_sql(str(compiled), [dict(zip(columns, row, strict=True)) for row in rows])


def texts(connection: Connection, table: str) -> tuple[Ids, Iterator[tuple[str, Sequence[str]]]]:
    """Read the ids and the text columns of a table; units from townships down to cells in the order of their codes, others by id.

    Columns come one after the other: all texts of 120,000 households at once would take 100 MB.
    """
    source = COUNTY_TABLES[table]
    names = [name for name, kind in TABLES[table].items() if kind == ColumnType.TEXT]
    order = [source.c.level, source.c.code, source.c.id] if table == "units" else [source.c.id]
    ids = np.array([id for (id,) in fetch(connection, select(source.c.id).order_by(*order))], np.int64)

    def columns() -> Iterator[tuple[str, Sequence[str]]]:
        for name in names:
            yield name, [text for (text,) in fetch(connection, select(func.coalesce(source.c[name], "")).order_by(*order))]

    return ids, columns()


def ordered_ids(connection: Connection, table: str, column: str, descending: bool) -> Ids:
    """Return all ids in the order of a column, rows of equal value by id."""
    source: Table = COUNTY_TABLES[table]
    key = source.c[column]
    query = select(source.c.id).order_by(key.desc() if descending else key, source.c.id)
    return np.array([row[0] for row in fetch(connection, query)], np.int64)
