"""The tables of a county in a database, made from `county.tables`, and the history that storage adds.

Column types are those that GDAL reads back whole: TEXT without a length (GDAL drops VARCHAR(n) silently), DATETIME as ISO 8601 text.
"""

from typing import Any

from sqlalchemy import Column, Index, MetaData, Table
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql import text
from sqlalchemy.types import UserDefinedType

from gis_app.county.tables import TABLES, ColumnType

FIRST_VERSION = "0001"
VERSION = "0004"
"""The schema version that this program writes: the newest revision in `migrations/versions`."""


class Plain(UserDefinedType[Any]):
    """A column type that is its name: values pass as they are, since `columns` has already given them their form."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as it stands in CREATE TABLE."""
        return self.name


_NAMES = {ColumnType.REFERENCE: "INTEGER", ColumnType.REAL: "DOUBLE", ColumnType.JSON: "TEXT"}
_DEFAULTS = {ColumnType.TEXT: "''", ColumnType.INTEGER: "0", ColumnType.BOOLEAN: "0"}

metadata = MetaData()


def _column(name: str, kind: ColumnType) -> Column[Any]:
    default = DefaultClause(text(_DEFAULTS[kind])) if kind in _DEFAULTS else None
    return Column(name, Plain(_NAMES.get(kind, kind.name)), server_default=default)


def _table(name: str) -> Table:
    return Table(name, metadata, Column("id", Plain("INTEGER"), primary_key=True), *(_column(c, kind) for c, kind in TABLES[name].items()))


COUNTY_TABLES = {name: _table(name) for name in TABLES}

HISTORY = Table(
    "history",
    metadata,
    Column("id", Plain("INTEGER"), primary_key=True),
    Column("time", Plain("DATETIME")),
    Column("title", Plain("TEXT")),  # JSON: the English text and its values
    Column("undone", Plain("BOOLEAN")),
    Column("delta", Plain("BLOB")),  # what takes the edit back; once undone, what makes it again
    Column("plan", Plain("INTEGER"), server_default=DefaultClause(text("0"))),  # the draft whose history it belongs to; 0: the county's
    Column("view", Plain("TEXT")),  # JSON: what the window showed
)

VERSION_TABLE = Table("alembic_version", metadata, Column("version_num", Plain("TEXT"), primary_key=True))

for _of_cases in ("events", "messages", "attachments"):
    Index(f"{_of_cases}_case_id", COUNTY_TABLES[_of_cases].c.case_id)
Index("messages_state", COUNTY_TABLES["messages"].c.state)
Index("task_cells_task", COUNTY_TABLES["task_cells"].c.task)
Index("former_units_grid", COUNTY_TABLES["former_units"].c.grid)
Index("crosswalk_former_unit", COUNTY_TABLES["crosswalk"].c.former_unit)
Index("history_plan", HISTORY.c.plan, HISTORY.c.undone)  # without it, looking for the newest entry would read every delta


def kind_of(table: str, column: str) -> ColumnType:
    """Return the type of a column (`id` included); KeyError for one that there is not."""
    return ColumnType.INTEGER if column == "id" else TABLES[table][column]
