"""The county file is a GeoPackage that any GIS opens, with all its columns."""

import datetime
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gis_app.bootstrap import open_county
from gis_app.county.changes import RowChange
from gis_app.county.content import completed, objects
from gis_app.county.state import Settings
from gis_app.county.tables import TABLES, ColumnType
from gis_app.language import msg
from gis_app.storage import geopackage
from tests.county.samples import EAST, NORTH, edit, square

GDAL_TYPES = {
    ColumnType.INTEGER: {"int32", "int64"},
    ColumnType.REFERENCE: {"int32", "int64", "float64"},
    ColumnType.REAL: {"float64"},
    ColumnType.BOOLEAN: {"bool"},
    ColumnType.TEXT: {"object"},
    ColumnType.BLOB: {"object"},
    ColumnType.JSON: {"object"},
    ColumnType.DATE: {"datetime64[D]"},
    ColumnType.DATETIME: {"datetime64[ms]"},
}


def test_gdal_lists_every_table(path: Path) -> None:
    layers = dict(pyogrio.list_layers(path).tolist())
    assert layers.keys() == set(TABLES)
    assert {name for name, kind in layers.items() if kind} == {name for name, columns in TABLES.items() if "geom" in columns}
    assert layers["units"] == "MultiPolygon" and layers["cases"] == "Point"


@pytest.mark.parametrize("table", TABLES)
def test_gdal_reads_every_column_with_its_type(path: Path, table: str) -> None:
    info = pyogrio.read_info(path, layer=table)
    kinds = {name: kind for name, kind in TABLES[table].items() if name != "geom"}
    assert list(info["fields"]) == list(kinds)
    for name, dtype in zip(info["fields"], info["dtypes"], strict=True):
        assert dtype in GDAL_TYPES[kinds[name]], (name, dtype)
    assert info["fid_column"] == "id"
    if "geom" in TABLES[table]:
        assert info["geometry_name"] == "geom" and info["crs"] == "EPSG:4550"


def test_gdal_reads_the_values(path: Path) -> None:
    _, ids, shapes, fields = pyogrio.raw.read(path, layer="units", return_fids=True)
    units = dict(zip(pyogrio.read_info(path, layer="units")["fields"], fields, strict=True))
    assert ids.tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert units["name"][3] == "永安村一组" and units["pinyin"][3] == "yacyz" and units["code"][3] == "230225101201001"
    assert units["remark"][1] == "飞地“’\n\\"
    assert units["valid_from"][0] == np.datetime64(datetime.date(2020, 4, 1))
    assert shapes[0] is None and shapely.from_wkb(shapes[3]).equals(square(0, 0))
    _, _, points, fields = pyogrio.raw.read(path, layer="cases")
    cases = dict(zip(pyogrio.read_info(path, layer="cases")["fields"], fields, strict=True))
    assert cases["blown"][0] == np.datetime64("2020-05-01T04:20:00") and np.isnat(cases["done"][0])
    assert cases["original"][0] == '{"编号":"7","n":[1,2.5,null]}'
    assert shapely.from_wkb(points[0]).equals(shapely.Point(EAST + 20, NORTH + 20)) and points[1] is None


def test_extents_follow_what_is_written(path: Path) -> None:
    def extent(table: str) -> tuple[float, ...]:
        with closing(sqlite3.connect(path)) as connection:
            found: tuple[float, ...] = connection.execute(
                "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (table,)
            ).fetchone()
        return found

    assert extent("units") == (EAST, NORTH, EAST + 200, NORTH + 200)
    assert extent("workers") == (EAST + 1.25, NORTH + 1.125) * 2
    county = open_county(path)
    county.perform(edit(RowChange("workers", update={"id": np.array([2]), "geom": np.array([[EAST - 5, NORTH + 7]])})))
    county.close()
    assert extent("workers") == (EAST - 5, NORTH + 1.125, EAST + 1.25, NORTH + 7)


def test_the_header_says_geopackage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert connection.execute("PRAGMA user_version").fetchone() == (10300,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT data_type FROM gpkg_contents WHERE table_name = 'bodies'").fetchone() == ("attributes",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_gdal_reads_while_the_county_is_open_and_changed(path: Path) -> None:
    """And what it sees is what was performed last."""
    store = geopackage.open_store(path)
    for number in range(3):
        change = completed(RowChange("units", update={"id": np.array([4]), "name": objects([f"第{number}"])}))
        store.write([change], msg("Rename"))
        names = pyogrio.raw.read(path, layer="units", columns=["name"])[3][0]
        assert names[3] == f"第{number}"
    store.close()


def test_a_spatial_index_that_qgis_made_is_kept_up_to_date(path: Path) -> None:
    """The triggers of the GeoPackage extension `gpkg_rtree_index` run in our transactions as well."""
    place = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    drawn = "NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE VIRTUAL TABLE rtree_households_geom USING rtree(id, minx, maxx, miny, maxy)")
        for event in ("INSERT", "UPDATE OF geom"):
            connection.execute(
                f"CREATE TRIGGER rtree_households_geom_{event[:6].lower()} AFTER {event} ON households WHEN {drawn} "
                f"BEGIN INSERT OR REPLACE INTO rtree_households_geom VALUES (NEW.id, {place}); END"
            )
    county = open_county(path)
    points = np.array([[EAST + 1, NORTH + 2], [np.nan, np.nan]])
    county.perform(edit(RowChange("households", insert={"id": np.array([50, 51]), "geom": points})))
    county.perform(edit(RowChange("households", update={"id": np.array([1]), "geom": points[:1] + 1})))
    county.close()
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id, minx, maxy FROM rtree_households_geom ORDER BY id").fetchall()
    assert [row[0] for row in found] == [1, 50]
    assert found[1][1:] == pytest.approx((EAST + 1, NORTH + 2), abs=1.0)  # an R-tree rounds to single precision


def test_a_closed_store_writes_nothing(path: Path) -> None:
    store = geopackage.open_store(path)
    store.close()
    with pytest.raises(RuntimeError, match="closed"):
        store.write([], msg("Nothing"))


def test_rows_are_read_in_the_order_asked_for(path: Path) -> None:
    store = geopackage.open_store(path)
    rows = store.rows("households", np.array([9, 77, 1, 9]), ["head"])
    assert rows["id"].tolist() == [9, 1, 9] and rows["head"].tolist() == ["张三", "张伟", "张三"] and list(rows) == ["id", "head"]
    assert store.rows("households", np.array([77]))["id"].tolist() == []
    assert store.rows("households", np.array([], np.int64))["geom"].shape == (0, 2)
    assert store.rows("units")["id"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    many = np.arange(1, 200_000, 40)
    assert store.rows("households", many, [])["id"].tolist() == [1]
    with pytest.raises(KeyError):
        store.rows("units", None, ["colour"])
    store.close()


def test_rows_are_found_by_what_a_column_holds(path: Path) -> None:
    with closing(geopackage.open_store(path)) as store:
        events = store.rows_by("events", "case_id", [10, 30, 10], ["kind"])
        assert list(events) == ["id", "kind"] and events["id"].tolist() == [2, 3]
        assert sorted(events["kind"].tolist()) == ["blown", "picked_up"]
        assert store.rows_by("bodies", "kind", ["village", "centre"])["name"].tolist() == ["永安村", "县党群服务中心"]
        assert len(store.rows_by("bodies", "kind", [])["id"]) == len(store.rows_by("events", "case_id", range(50_000, 52_000))["id"]) == 0


def test_order_and_events(path: Path) -> None:
    store = geopackage.open_store(path)
    assert store.order("households", "members").tolist() == [2, 4, 3, 1, 9]
    assert store.order("households", "members", descending=True).tolist() == [9, 1, 3, 4, 2]
    assert store.order("units", "code", descending=True).tolist()[-1] == 1
    assert store.events(10)["kind"].tolist() == ["blown", "picked_up"]
    assert store.events(99)["id"].tolist() == []
    store.close()
    store.close()


def test_a_county_in_feet_and_one_in_a_system_of_its_own(tmp_path: Path) -> None:
    for name, crs in (("feet", "EPSG:2263"), ("own", "+proj=tmerc +lat_0=0 +lon_0=123.7 +k=1 +x_0=500000 +ellps=GRS80 +units=m")):
        store = geopackage.create(tmp_path / f"{name}.gpkg", Settings(crs=crs))
        store.close()
        info = pyogrio.read_info(tmp_path / f"{name}.gpkg", layer="households")
        assert (
            info["crs"] == "EPSG:2263" if name == "feet" else "Transverse_Mercator" in info["crs"] or "Transverse Mercator" in info["crs"]
        )
