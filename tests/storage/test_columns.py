"""Every column type goes into the file and comes back as it was; other programs' geometries are read; damaged ones are not."""

import json
import struct
from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.county.changes import RowChange
from gis_app.county.content import empty_column, objects
from gis_app.county.tables import TABLES, ColumnType
from gis_app.storage import geometry
from gis_app.storage.columns import GeoPackageForm
from gis_app.storage.deltas import pack, unpack

FORM = GeoPackageForm(4550)
HOLED = shapely.MultiPolygon([shapely.box(0, 0, 9, 9) - shapely.box(1, 1, 2, 2), shapely.box(20, 0, 21, 1)])
VALUES = {
    ColumnType.INTEGER: np.array([0, -5, 2**40]),
    ColumnType.REFERENCE: np.array([0, 7, 2**40]),
    ColumnType.REAL: np.array([0.1, np.nan, -1e300]),
    ColumnType.BOOLEAN: np.array([True, False, True]),
    ColumnType.TEXT: objects(["", "甘南县 '\"\\\n\t", "🏡 o\u0301"]),
    ColumnType.DATE: objects([None, date(2020, 4, 1), date(1, 1, 1)]),
    ColumnType.DATETIME: np.array(["NaT", "2020-05-01T12:34:56", "1969-12-31T23:59:59"], "datetime64[s]"),
    ColumnType.BLOB: objects([None, b"\xff\xd8\x00 photo", "字".encode()]),
    ColumnType.JSON: objects([None, {"键": [1, 2.5, None, True]}, [[], {}]]),
    ColumnType.POINT: np.array([[np.nan, np.nan], [500_000.001, 5_300_000.999], [-1e-9, 0.0]]),
    ColumnType.MULTIPOLYGON: objects([None, HOLED, shapely.MultiPolygon([shapely.box(0, 0, 1, 1)])]),
}


def same(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    if one.dtype == object:
        return one.tolist() == other.tolist()
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fM") and one.dtype.kind == other.dtype.kind)


def test_there_is_a_value_for_every_type() -> None:
    assert VALUES.keys() == set(ColumnType)


@pytest.mark.parametrize("kind", ColumnType, ids=lambda kind: kind.name)
def test_values_come_back(kind: ColumnType) -> None:
    array = VALUES[kind]
    assert same(FORM.decode(kind, FORM.encode(kind, array)), array)
    assert FORM.decode(kind, []).shape[0] == 0


@pytest.mark.parametrize("kind", ColumnType, ids=lambda kind: kind.name)
def test_null_is_the_empty_value(kind: ColumnType) -> None:
    assert same(FORM.decode(kind, [None, None]), empty_column(kind, 2))


def test_the_file_holds_what_other_programs_expect() -> None:
    assert FORM.encode(ColumnType.DATETIME, VALUES[ColumnType.DATETIME])[1] == "2020-05-01T12:34:56.000Z"
    assert FORM.encode(ColumnType.REFERENCE, np.array([0, 3])) == [None, 3]
    assert FORM.encode(ColumnType.JSON, objects([{"a": np.int64(3), "b": np.array([1, 2])}])) == ['{"a":3,"b":[1,2]}']
    assert FORM.encode(ColumnType.POINT, np.array([[1.0, 2.0]]))[0][:8] == b"GP\x00\x01" + struct.pack("<i", 4550)


@pytest.mark.parametrize("table", TABLES)
def test_history_keeps_every_column_of_every_table(table: str) -> None:
    columns = {name: VALUES[kind] for name, kind in TABLES[table].items()}
    ids = np.array([3, 1, 2])
    change = RowChange(table, insert={"id": ids, **columns}, update={"id": ids[::-1].copy(), **columns}, delete=np.array([9, 8]))
    (back,) = unpack(pack([change]))
    assert back.table == table and same(back.delete, change.delete)
    for rows, kept in ((change.insert, back.insert), (change.update, back.update)):
        assert list(rows) == list(kept)
        assert all(same(np.asarray(rows[name]), np.asarray(kept[name])) for name in rows)


def test_history_of_many_inserted_rows_is_small() -> None:
    assert len(pack([RowChange("households", delete=np.arange(1, 120_001))])) < 10_000


def test_damaged_history_says_so() -> None:
    data = pack([RowChange("units", delete=np.array([1]))])
    with pytest.raises(ValueError, match="damaged"):
        unpack(data[:-3])


@given(st.lists(st.tuples(*[st.floats(allow_nan=False, allow_infinity=False)] * 2), max_size=20))
def test_any_point_comes_back(points: list[tuple[float, float]]) -> None:
    array = np.array(points, np.float64).reshape(-1, 2)
    assert np.array_equal(geometry.decode_points(geometry.encode_points(array, 4550)), array)


def with_envelope(shape: shapely.Geometry, code: int = 1, order: int = 1) -> bytes:
    """Write a geometry as other programs do: with an envelope, in either byte order."""
    size = {1: 4, 2: 6, 3: 6, 4: 8}[code]
    numbers = struct.pack(("<" if order else ">") + f"i{size}d", 4550, *[0.0] * size)
    return b"GP\x00" + bytes([code << 1 | order]) + numbers + shapely.to_wkb(shape, byte_order=order)


def test_other_programs_geometries_are_read() -> None:
    point = shapely.Point(3, 4)
    blobs = [
        with_envelope(point),
        None,
        with_envelope(point, 3, 0),
        with_envelope(shapely.from_wkt("POINT Z (3 4 5)"), 2),
        with_envelope(shapely.Point()),
    ]
    assert np.array_equal(geometry.decode_points(blobs), [[3, 4], [np.nan] * 2, [3, 4], [3, 4], [np.nan] * 2], equal_nan=True)
    box = shapely.box(0, 0, 1, 1)
    first, second = geometry.decode_multipolygons([with_envelope(box, 4), with_envelope(HOLED)])
    assert first.equals(shapely.MultiPolygon([box])) and second.equals(HOLED)


@pytest.mark.parametrize("blob", [b"", b"GP", b"XX\x00\x01\x00\x00\x00\x00", with_envelope(shapely.Point(1, 1))[:-4], with_envelope(HOLED)])
def test_damaged_points_are_not_read(blob: bytes) -> None:
    with pytest.raises(ValueError, match="geometry"):
        geometry.decode_points([blob])


def test_a_line_is_no_polygon() -> None:
    with pytest.raises(ValueError, match="no polygon"):
        geometry.decode_multipolygons([with_envelope(shapely.LineString([(0, 0), (1, 1)]))])


def test_json_is_read_by_anybody() -> None:
    (text,) = FORM.encode(ColumnType.JSON, objects([{"键": "值"}]))
    assert json.loads(text) == {"键": "值"} and "键" in text
