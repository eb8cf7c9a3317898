"""Older county files are brought up to date, in one transaction; the first version is kept as a file."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from gis_app.bootstrap import open_county
from gis_app.storage import geopackage, migrations, sqlite
from gis_app.storage.schema import VERSION
from tests.county.samples import SETTINGS, make, same_state

FIRST = Path(__file__).parent / "data" / "county-0001.gpkg"
"""A county file of schema 0001 with the rows of `tests.county.samples`; never to be made anew."""

NEXT = """
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE workers ADD COLUMN shift TEXT DEFAULT 'day'")
    op.execute("UPDATE workers SET code = code || '!'")
    {end}
"""


def schema(path: Path) -> dict[str, object]:
    """Return tables, columns with types and defaults, and indexes."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index') ORDER BY name")]
        tables = {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for name in names}
        indexes = {name: connection.execute(f"PRAGMA index_info({name})").fetchall() for name in names}
    del tables["alembic_version"]  # Alembic makes it with its own type when it makes it itself
    return {"tables": tables, "indexes": indexes}


def test_the_first_version_opens(tmp_path: Path) -> None:
    path = Path(shutil.copy(FIRST, tmp_path / "old.gpkg"))
    county = open_county(path)
    fresh = make(tmp_path / "new.gpkg")
    assert county.state.settings == SETTINGS
    same_state(county.state, fresh.state)
    assert county.undo() is not None and county.redo() is not None
    same_state(county.state, fresh.state)
    county.close()
    fresh.close()
    assert schema(path) == schema(tmp_path / "new.gpkg")


def test_migrations_make_what_a_new_county_has(tmp_path: Path, sample: Path) -> None:
    """All migrations on a file without tables give the schema of a new file."""
    from pyproj import CRS

    path = tmp_path / "migrated.gpkg"
    sqlite.make_empty(path)
    engine = sqlite.engine(path, writer=True)
    with engine.begin() as connection:
        sqlite.make_gpkg_tables(connection, CRS("EPSG:4550"))
        migrations.upgrade(connection)
    engine.dispose()
    assert schema(path) == schema(sample)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(VERSION,)]


def with_next(monkeypatch: pytest.MonkeyPatch, folder: Path, end: str = "") -> None:
    """Let the program be one version further."""
    folder.mkdir()
    (folder / "v0005_shift.py").write_text(NEXT.format(end=end), encoding="utf-8")
    monkeypatch.setattr(migrations, "VERSIONS", (*migrations.VERSIONS, folder))
    monkeypatch.setattr(geopackage, "VERSION", "0005")


def test_an_older_file_is_brought_up_to_date_once(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_next(monkeypatch, tmp_path / "versions")
    for _ in range(2):
        county = open_county(path)
        assert [worker.code for worker in county.state.workers.values()] == ["W1!", "W2!"]
        county.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT shift FROM workers").fetchall() == [("day",)] * 2
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema(path)
    with_next(monkeypatch, tmp_path / "versions", end='raise RuntimeError("power cut")')
    with pytest.raises(RuntimeError, match="power cut"):
        open_county(path)
    assert schema(path) == before
    monkeypatch.undo()
    county = open_county(path)
    assert [worker.code for worker in county.state.workers.values()] == ["W1", "W2"]
    county.close()


def test_tables_are_made_without_what_only_sqlite_knows() -> None:
    """The same tables compile for PostgreSQL, apart from the names of types, which its own form will bring."""
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.schema import CreateTable

    from gis_app.storage.schema import metadata

    for table in metadata.tables.values():
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=postgresql.dialect()))
    create_engine("sqlite://").dispose()
