"""Row changes as compressed bytes, for the history: a JSON header, then the columns one after the other.

Numbers are stored as differences from entry to entry (ids in a row become ones, which compress to nothing); texts and dates as JSON;
polygons as well-known binary.
"""

import json
import struct
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.changes import Columns, RowChange
from gis_app.county.tables import ColumnType
from gis_app.storage.columns import to_json
from gis_app.storage.schema import kind_of

_DTYPES = {
    ColumnType.INTEGER: "<i8",
    ColumnType.REFERENCE: "<i8",
    ColumnType.DATETIME: "<i8",
    ColumnType.REAL: "<f8",
    ColumnType.POINT: "<f8",
    ColumnType.BOOLEAN: "|b1",
}


def pack(changes: Sequence[RowChange]) -> bytes:
    """Return row changes as bytes."""
    bodies: list[bytes] = []

    def described(table: str, columns: Columns) -> dict[str, int]:
        bodies.extend(_pack(kind_of(table, name), np.asarray(array)) for name, array in columns.items())
        return {name: len(body) for name, body in zip(columns, bodies[len(bodies) - len(columns) :], strict=True)}

    header = [
        {
            "table": change.table,
            "delete": described(change.table, {"id": change.delete}),
            "update": described(change.table, change.update),
            "insert": described(change.table, change.insert),
        }
        for change in changes
    ]
    text = json.dumps(header).encode()
    return zlib.compress(b"".join([struct.pack("<I", len(text)), text, *bodies]), 3)


def unpack(data: bytes) -> tuple[RowChange, ...]:
    """Return the row changes in bytes that `pack` wrote; ValueError where they are damaged."""
    try:
        content = zlib.decompress(data)
    except zlib.error as error:
        raise ValueError(f"a history entry is damaged: {error}") from error
    (length,) = struct.unpack_from("<I", content)
    position = 4 + length

    def columns(table: str, described: dict[str, int]) -> dict[str, NDArray[Any]]:
        nonlocal position
        arrays = {}
        for name, size in described.items():
            arrays[name] = _unpack(kind_of(table, name), content[position : position + size])
            position += size
        return arrays

    changes = []
    for entry in json.loads(content[4:position]):
        table = entry["table"]
        delete = columns(table, entry["delete"])["id"]
        changes.append(RowChange(table, update=columns(table, entry["update"]), insert=columns(table, entry["insert"]), delete=delete))
    return tuple(changes)


def _pack(kind: ColumnType, array: NDArray[Any]) -> bytes:
    if kind in (ColumnType.MULTIPOLYGON, ColumnType.BLOB):
        blobs = [b"" if value is None else value if isinstance(value, bytes) else shapely.to_wkb(value) for value in array]
        return struct.pack(f"<{len(blobs) + 1}I", len(blobs), *map(len, blobs)) + b"".join(blobs)
    if kind in _DTYPES:
        plain = array.astype("datetime64[s]").astype(_DTYPES[kind]) if kind == ColumnType.DATETIME else array.astype(_DTYPES[kind])
        return (np.diff(plain, prepend=np.int64(0)) if plain.dtype.kind == "i" else plain).tobytes()
    values = [value.isoformat() if isinstance(value, date) else value for value in array.tolist()]
    return to_json(values).encode("utf-8", "surrogatepass")


def _unpack(kind: ColumnType, data: bytes) -> NDArray[Any]:
    if kind in (ColumnType.MULTIPOLYGON, ColumnType.BLOB):
        (count,) = struct.unpack_from("<I", data)
        sizes = struct.unpack_from(f"<{count}I", data, 4)
        ends = np.cumsum([4 + 4 * count, *sizes])
        blobs = [data[start:end] if end > start else None for start, end in pairwise(ends)]
        return _objects(blobs if kind == ColumnType.BLOB else [None if blob is None else shapely.from_wkb(blob) for blob in blobs])
    if kind in _DTYPES:
        plain = np.frombuffer(data, _DTYPES[kind])
        if kind == ColumnType.POINT:
            return plain.reshape(-1, 2).copy()
        if plain.dtype.kind != "i":
            return plain.copy()
        numbers = np.cumsum(plain)
        return numbers.astype("datetime64[s]") if kind == ColumnType.DATETIME else numbers
    read: Callable[[Any], Any] = (lambda value: value and date.fromisoformat(value)) if kind == ColumnType.DATE else (lambda value: value)
    return _objects([read(value) for value in json.loads(data.decode("utf-8", "surrogatepass"))])


def _objects(values: Sequence[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
