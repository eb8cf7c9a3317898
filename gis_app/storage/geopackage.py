"""The county file: one GeoPackage, made and opened here, and the store that a county works through."""

import contextlib
import glob
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.exc import DBAPIError

from gis_app.county import content
from gis_app.county.changes import Columns, RowChange
from gis_app.county.ports import HistoryEntry, Hit, Turned
from gis_app.county.state import CountyState, Settings
from gis_app.county.tables import TABLES, ColumnType
from gis_app.grid.coverage import CoverageError
from gis_app.language import Message
from gis_app.storage import database, deltas, errors, histories, lasting, sqlite
from gis_app.storage.columns import GeoPackageForm
from gis_app.storage.hits import shown
from gis_app.storage.lock import FileLock
from gis_app.storage.migrations import upgrade
from gis_app.storage.schema import COUNTY_TABLES, HISTORY, VERSION, VERSION_TABLE, metadata
from gis_app.storage.searching import search
from gis_app.storage.text_index import TextIndex, text_index

_OF_A_COUNTY = {"alembic_version", "settings", "units", "gpkg_contents"}
"""Tables by which a county file is known."""


def create(path: Path | str, settings: Settings) -> "GeoPackageStore":
    """Make a county file without units and open it; StorageError where something of that name exists or the place cannot be written.

    The file appears under its name whole or not at all, whenever the program may be killed.
    """
    path = Path(path).absolute()
    if path.exists():
        raise errors.exists_already(path)
    if not path.parent.is_dir():
        raise errors.no_folder(path.parent)
    try:
        crs = CRS.from_user_input(settings.crs)
    except CRSError as error:
        raise errors.unknown_crs(settings.crs) from error
    if not (crs.is_projected or crs.is_engineering):
        raise errors.flat_crs_needed(settings.crs)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    lock = FileLock(path)
    try:
        for left_over in path.parent.glob(f".{glob.escape(path.name)}.*.new*"):  # of a program that was killed while it made one
            left_over.unlink()
        _fill(draft, crs, settings)
        _publish(draft, path)
        return GeoPackageStore(path, lock)
    except (OSError, DBAPIError) as error:
        lock.release()
        raise errors.cannot_write(path, _why(error)) from error
    except BaseException:
        lock.release()
        raise
    finally:
        draft.unlink(missing_ok=True)


def _fill(draft: Path, crs: CRS, settings: Settings) -> None:
    sqlite.make_empty(draft)
    engine = sqlite.engine(draft, writer=True)
    try:
        with engine.begin() as connection:
            sqlite.make_gpkg_tables(connection, crs)
            metadata.create_all(connection)
            connection.execute(VERSION_TABLE.insert().values(version_num=VERSION))
            for change in (content.all_settings(settings), content.first_plan(settings)):
                database.apply(connection, GeoPackageForm(), content.completed(change))
    finally:
        engine.dispose()


def _publish(draft: Path, path: Path) -> None:
    """Give a finished file its name, unless the name is taken."""
    try:
        os.link(draft, path)
    except FileExistsError as error:
        raise errors.exists_already(path) from error
    except OSError:  # a file system without links (FAT, some network drives)
        if path.exists():
            raise
        draft.rename(path)


def open_store(path: Path | str) -> "GeoPackageStore":
    """Open a county file, bringing an older one up to date first.

    StorageError says in one sentence what is wrong: no such file, no county, open elsewhere, damaged, or written by a newer version.
    """
    path = Path(path)
    if not path.exists():
        raise errors.no_file(path)
    path = path.resolve()  # one file, one lock, whatever it is called
    if not path.is_file():
        raise errors.is_a_folder(path)
    try:
        if not sqlite.is_sqlite(path):
            raise errors.no_county(path)
    except OSError as error:
        raise errors.cannot_read(path, _why(error)) from error
    lock = FileLock(path)
    try:
        return GeoPackageStore(path, lock)
    except BaseException:
        lock.release()
        raise


def is_county(path: Path | str) -> bool:
    """Tell whether a file is a county, without opening it as one: who writes over files asks this first."""
    path = Path(path)
    return path.is_file() and sqlite.is_sqlite(path) and sqlite.table_names(path) >= _OF_A_COUNTY


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error.orig if isinstance(error, DBAPIError) else error)


class GeoPackageStore:
    """One open county file (see `county.ports.CountyStore`).

    Any thread may call it; writing is one at a time, and reading goes on meanwhile.
    """

    def __init__(self, path: Path, lock: FileLock) -> None:
        """Open a file whose lock is held; `open_store` and `create` do."""
        self._path = path
        self._lock = lock
        self._writing = threading.Lock()
        self._indexing = threading.Lock()
        self._indexes: dict[str, TextIndex] = {}
        self._closed = False
        self._writer = sqlite.engine(path, writer=True)
        self._reader = sqlite.engine(path, writer=False)
        try:
            with self._errors():
                self._make_ready()
        except BaseException:
            self._writer.dispose()
            self._reader.dispose()
            raise

    def _make_ready(self) -> None:
        with self._writer.begin() as connection:  # a write transaction: it also rolls back what a killed program left half done
            version = _version(connection)
            if version is None:
                raise errors.no_county(self._path)
            if version > VERSION:
                raise errors.newer(self._path, version, VERSION)
            if damage := sqlite.damage(connection):
                raise errors.damaged(self._path, damage)
            if version < VERSION:
                upgrade(connection)
            self._form = GeoPackageForm(sqlite.database_srs_id(connection))
        with self._writer.begin() as connection:
            self._seen = sqlite.outside_changes(connection)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn what the database says into sentences."""
        try:
            yield
        except DBAPIError as error:
            if sqlite.is_busy(error):
                raise errors.in_use(self._path) from error
            if sqlite.is_damage(error):
                raise errors.damaged(self._path, _why(error)) from error
            raise errors.cannot_write(self._path, _why(error)) from error

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._errors(), self._reader.begin() as connection:
            try:
                yield connection
            except (ValueError, TypeError, OverflowError) as error:  # a column holds what it cannot hold
                raise errors.damaged(self._path, error) from error

    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._writing, self._errors(), self._writer.begin() as connection:
            if self._closed:
                raise RuntimeError(f"{self._path} is closed")
            if sqlite.outside_changes(connection) != self._seen:  # what is in memory is not what is in the file any more
                raise errors.changed_elsewhere(self._path)
            yield connection

    @property
    def name(self) -> str:
        """Return the path of the file."""
        return str(self._path)

    def load(self) -> CountyState:
        """Read the state."""
        with self._read() as connection:
            try:
                last = connection.execute(select(func.max(HISTORY.c.plan))).scalar() or 0
                return content.load_state(lambda table, columns=None: database.read(connection, self._form, table, columns), last)
            except CoverageError as error:
                raise errors.damaged(self._path, error) from error

    def write(
        self,
        rows: Sequence[RowChange],
        title: Message,
        *,
        founding: bool = False,
        lasting: bool = False,
        plan: int = 0,
        view: Mapping[str, object] | None = None,
    ) -> tuple[RowChange, ...]:
        """Write row changes and their history entry (`founding`: the history ends instead, `lasting`: it stays as it is); returns them with
        every id the store gave."""
        with self._write() as connection:
            done = database.numbered(connection, rows)
            if lasting:
                self._record(connection, done)
            else:
                back = self._apply(connection, done)
                histories.forget(connection, None if founding else plan)
                if not founding:
                    histories.add(connection, plan, title, back, view or {})
        self._forget(done)
        return done

    def _apply(self, connection: Connection, changes: Sequence[RowChange]) -> list[RowChange]:
        """Write changes one after the other; return what takes them back, last first."""
        back: list[RowChange] = []
        for change in changes:
            back.insert(0, database.inverse(connection, self._form, change))
            database.apply(connection, self._form, change)
            sqlite.note_contents(connection, change)
        return back

    def _record(self, connection: Connection, changes: Sequence[RowChange]) -> None:
        """Write changes that nothing takes back."""
        for change in changes:
            database.apply(connection, self._form, change)
            sqlite.note_contents(connection, change)

    def _forget(self, changes: Sequence[RowChange]) -> None:
        """Drop the text index of tables whose texts may have changed."""
        for change in changes:
            texts = any(TABLES[change.table].get(name) == ColumnType.TEXT for name in change.update)
            if change.insert or len(change.delete) or texts:
                with self._indexing:
                    self._indexes.pop(change.table, None)

    def undo(self, plan: int = 0) -> Turned | None:
        """Take the newest entry of a history back; its row now holds what makes it again."""
        return self._turn(plan, undone=True)

    def redo(self, plan: int = 0) -> Turned | None:
        """Make the oldest entry of a history that was taken back again."""
        return self._turn(plan, undone=False)

    def _turn(self, plan: int, *, undone: bool) -> Turned | None:
        with self._write() as connection:
            entry = histories.next_to_turn(connection, plan, undone=undone)
            if entry is None:
                return None
            try:
                changes = deltas.unpack(entry.delta)
            except ValueError as error:
                raise errors.damaged(self._path, error) from error
            changes = database.with_whole_plans(connection, changes)
            if (wrong := lasting.conflict(connection, changes, undone=undone)) is not None:
                raise wrong
            changes = lasting.around(connection, changes)
            back = self._apply(connection, changes)
            histories.turned(connection, plan, entry.id, back, undone=undone)
        self._forget(changes)
        return Turned(histories.title_from_json(entry.title), changes, json.loads(entry.view) if entry.view else {})

    def history(self, limit: int = 100, plan: int = 0) -> list[HistoryEntry]:
        """Return the newest entries of a history, newest first."""
        with self._read() as connection:
            return histories.newest(connection, plan, limit)

    def plan_rows(self, table: str, plan: int) -> Columns:
        """Read the rows of a plan."""
        with self._read() as connection:
            return database.read_plan(connection, self._form, table, plan)

    def rows(self, table: str, ids: NDArray[np.int64] | None = None, columns: Sequence[str] | None = None) -> Columns:
        """Read columns of rows; ids that are not there are left out."""
        with self._read() as connection:
            return database.read(connection, self._form, table, columns, None if ids is None else np.asarray(ids, np.int64))

    def rows_by(self, table: str, column: str, values: Sequence[int] | Sequence[str], columns: Sequence[str] | None = None) -> Columns:
        """Read columns of the rows whose `column` holds one of `values`."""
        with self._read() as connection:
            return database.read_by(connection, self._form, table, column, values, columns)

    def events(self, case: int) -> Columns:
        """Read the events of one case, oldest first."""
        source = COUNTY_TABLES["events"]
        with self._read() as connection:
            query = select(source.c.id).where(source.c.case_id == int(case)).order_by(source.c.time, source.c.id)
            ids = np.array([row[0] for row in database.fetch(connection, query)], np.int64)
            return database.read(connection, self._form, "events", None, ids)

    def beginning(self, table: str, column: str, text: str) -> list[str]:
        """Return the values of a text column that begin with `text`, in any order."""
        with self._read() as connection:
            return database.beginning(connection, table, column, text)

    def order(self, table: str, column: str, *, descending: bool = False) -> NDArray[np.int64]:
        """Return all ids of a table in the order of a column, equal ones by id."""
        with self._read() as connection:
            return database.ordered_ids(connection, table, column, descending)

    def matching(self, table: str, words: str) -> NDArray[np.int64]:
        """Return the ids of rows that contain every one of the words in some text column, ascending."""
        return self._index(table).containing(words)

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Find rows by name, code, number, phone, address or pinyin initials; best first."""
        found = search(self._index, words, limit)
        return shown(found, self.rows)

    def _index(self, table: str) -> TextIndex:
        with self._indexing:
            if table not in self._indexes:
                with self._read() as connection:
                    self._indexes[table] = text_index(*database.texts(connection, table))
            return self._indexes[table]

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        with self._writing:
            self._closed = True
            self._writer.dispose()
            self._reader.dispose()
            self._lock.release()


def _version(connection: Connection) -> str | None:
    """Return the schema version of a county file; None for another database."""
    if not set(inspect(connection).get_table_names()) >= _OF_A_COUNTY:
        return None
    return connection.execute(select(VERSION_TABLE.c.version_num)).scalar_one_or_none()
