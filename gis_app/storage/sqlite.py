"""Everything that only SQLite or GeoPackage knows: connections, pragmas, the gpkg_* tables, and what a damaged file looks like."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from sqlalchemy import Connection, Engine, create_engine, event

from gis_app.county.changes import RowChange
from gis_app.county.tables import TABLES, ColumnType
from gis_app.storage.geometry import bounds_of

MAGIC = b"SQLite format 3\x00"
_APPLICATION_ID = 0x47504B47  # "GPKG"
_USER_VERSION = 10300  # GeoPackage 1.3
_BUSY_SECONDS = 10  # how long a reader in another program may keep us waiting
_WRITER_CACHE_KIB, _READER_CACHE_KIB = 256 * 1024, 8 * 1024


def engine(path: Path, *, writer: bool) -> Engine:
    """Return an engine on a file that exists.

    A rollback journal (not WAL) keeps the county one file that may be copied at any time between two edits, also on a network drive;
    `synchronous=EXTRA` makes a commit outlast a power cut in this mode. The writer's pages stay in its cache until it commits, so that
    readers are held up only for that moment.
    """
    made = create_engine(
        "sqlite://",
        creator=lambda: _connect(path, _WRITER_CACHE_KIB if writer else _READER_CACHE_KIB),
        pool_size=1 if writer else 4,
        max_overflow=0 if writer else 4,
        poolclass=_queue_pool(),
    )

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return made


def _queue_pool() -> Any:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _connect(path: Path, cache_kib: int) -> Any:
    import sqlite3

    # mode=rw: a path that does not exist is an error, never a new file. Transactions are ours (`begin` above), not the driver's.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    with contextlib.suppress(sqlite3.OperationalError):  # a reader elsewhere: the mode stays as QGIS left it, which works too
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    for pragma in ("synchronous=EXTRA", f"cache_size=-{cache_kib}", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    for name, number in _TRIGGER_FUNCTIONS.items():
        connection.create_function(name, 1, _reader_of(number), deterministic=True)
    return connection


_TRIGGER_FUNCTIONS = {"ST_IsEmpty": None, "ST_MinX": 0, "ST_MinY": 1, "ST_MaxX": 2, "ST_MaxY": 3}
"""What the triggers of a spatial index call, which QGIS makes on request (OGC 12-128r18, F.3): without them writing would fail."""


def _reader_of(number: int | None) -> Callable[[bytes | None], float | int | None]:
    """Return the function of one bound of a geometry (None: whether it is empty)."""

    def read(blob: bytes | None) -> float | int | None:
        if blob is None:
            return None
        bounds = bounds_of(blob)
        if number is None:
            return int(bounds is None)
        return None if bounds is None else bounds[number]

    return read


def make_empty(path: Path) -> None:
    """Make a database without tables whose header says GeoPackage."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA encoding='UTF-8'")
        connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={_USER_VERSION}")


def is_sqlite(path: Path) -> bool:
    """Tell whether a file begins as a SQLite database does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def table_names(path: Path) -> set[str]:
    """Return the names of the tables of a database that is only looked at; none of a damaged one."""
    import sqlite3

    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError:
        return set()


def is_busy(error: BaseException) -> bool:
    """Tell whether an error only means that another program is using the file."""
    return "locked" in str(error) or "busy" in str(error)


def outside_changes(connection: Connection) -> int:
    """Return a number that changes whenever somebody else than this connection has written to the file."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


def damage(connection: Connection) -> str:
    """Return what SQLite finds wrong with its file ("" for nothing); reads the whole file once, and does not keep its pages."""
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    connection.exec_driver_sql("PRAGMA shrink_memory")
    return "" if found == "ok" else str(found)


_GPKG_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
       organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
       description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
       min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
       CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
       srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
       CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
       CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
       CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
)
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],'
    'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian coordinate reference system"),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinate reference system"),
    ("WGS 84", 4326, "EPSG", 4326, _WGS84, "longitude/latitude on the WGS 84 ellipsoid"),
)
_OWN_SYSTEM = 100000  # srs_id of a coordinate system that has no EPSG code


def srs_id(crs: CRS) -> int:
    """Return the number of a coordinate system in `gpkg_spatial_ref_sys`."""
    code = crs.to_epsg()
    return _OWN_SYSTEM if code is None else code


def make_gpkg_tables(connection: Connection, crs: CRS) -> None:
    """Make the gpkg_* tables and register every table of a county, those without a geometry as attributes."""
    for statement in _GPKG_TABLES:
        connection.exec_driver_sql(statement)
    number = srs_id(crs)
    own = (crs.name, number, "NONE" if number == _OWN_SYSTEM else "EPSG", number, crs.to_wkt("WKT1_GDAL"), "")
    systems = {system[1]: system for system in (*_SYSTEMS, own)}
    connection.exec_driver_sql("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", list(systems.values()))
    for table, columns in TABLES.items():
        spatial = "geom" in columns
        connection.exec_driver_sql(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?,?,?,?)",
            (table, "features" if spatial else "attributes", table, number if spatial else None),
        )
        if spatial:
            connection.exec_driver_sql("INSERT INTO gpkg_geometry_columns VALUES (?,'geom',?,?,0,0)", (table, columns["geom"].name, number))


def note_contents(connection: Connection, change: RowChange) -> None:
    """Keep `gpkg_contents` up to date: the time of the last change, and an extent that holds the new geometries as well."""
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = strftime('%Y-%m-%dT%H:%M:%fZ','now') WHERE table_name = ?", (change.table,)
    )
    bounds = [_bounds(TABLES[change.table]["geom"], rows["geom"]) for rows in (change.insert, change.update) if "geom" in rows]
    for west, south, east, north in bounds:
        if np.isfinite((west, south, east, north)).all():
            connection.exec_driver_sql(
                """UPDATE gpkg_contents SET min_x = MIN(COALESCE(min_x, ?1), ?1), min_y = MIN(COALESCE(min_y, ?2), ?2),
                   max_x = MAX(COALESCE(max_x, ?3), ?3), max_y = MAX(COALESCE(max_y, ?4), ?4) WHERE table_name = ?5""",
                (float(west), float(south), float(east), float(north), change.table),
            )


def _bounds(kind: ColumnType, geometries: NDArray[Any]) -> tuple[float, float, float, float]:
    """Return west, south, east, north of points (n, 2) or shapes; NaN where there is none."""
    import shapely

    if kind == ColumnType.MULTIPOLYGON:
        west, south, east, north = shapely.total_bounds(geometries)
        return float(west), float(south), float(east), float(north)
    known = geometries[~np.isnan(geometries).any(axis=1)]
    if len(known) == 0:
        return (np.nan,) * 4
    (west, south), (east, north) = known.min(axis=0), known.max(axis=0)
    return float(west), float(south), float(east), float(north)


def database_srs_id(connection: Connection) -> int:
    """Return the number of the coordinate system that the file's geometries lie in."""
    return int(connection.exec_driver_sql("SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'units'").scalar_one())


def is_damage(error: BaseException) -> bool:
    """Tell whether an error means that the file is no whole database."""
    signs = ("malformed", "not a database", "disk I/O error", "corrupt", "no such table", "no such column")
    return any(sign in str(error) for sign in signs)
