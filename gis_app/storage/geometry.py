"""GeoPackage geometry: a short header, then well-known binary (OGC 12-128r18, clause 2.1.3).

Written headers carry no envelope (8 bytes, constant for a layer); any header is read, since other programs write envelopes.
"""

import struct
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_HEADER: list[tuple[str, str]] = [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4")]
_POINT = np.dtype([*_HEADER, ("order", "u1"), ("type", "<u4"), ("x", "<f8"), ("y", "<f8")])


def header(srs_id: int) -> bytes:
    """Return the header of a non-empty little-endian geometry without an envelope."""
    return struct.pack("<2sBBi", b"GP", 0, 1, srs_id)


def encode_points(points: NDArray[np.float64], srs_id: int) -> list[bytes | None]:
    """Write points (n, 2) as GeoPackage binary; a point with a NaN is None."""
    records = np.zeros(len(points), _POINT)
    records["magic"], records["flags"], records["srs"], records["order"], records["type"] = b"GP", 1, srs_id, 1, 1
    records["x"], records["y"] = points[:, 0], points[:, 1]
    blobs: list[bytes | None] = records.view(f"V{_POINT.itemsize}").tolist()
    for row in np.flatnonzero(np.isnan(points).any(axis=1)):
        blobs[row] = None
    return blobs


def decode_points(blobs: Sequence[bytes | None]) -> NDArray[np.float64]:
    """Read points (n, 2) from GeoPackage binary, NaN for None and for empty points; ValueError for anything that is no point."""
    points = np.full((len(blobs), 2), np.nan)
    known = np.fromiter((blob is not None for blob in blobs), np.bool_, len(blobs))
    present = [blob for blob in blobs if blob is not None]
    joined = b"".join(present)
    if present and len(joined) == _POINT.itemsize * len(present):
        records = np.frombuffer(joined, _POINT)
        plain = {"magic": b"GP", "flags": 1, "order": 1, "type": 1}
        if all((records[name] == value).all() for name, value in plain.items()):
            points[known] = np.column_stack((records["x"], records["y"]))
            return points
    shapes = _decode(present)
    if not np.isin(shapely.get_type_id(shapes), (-1, 0)).all():
        raise ValueError("a geometry is no point")
    shapes[shapely.is_empty(shapes)] = None
    points[known, 0], points[known, 1] = shapely.get_x(shapes), shapely.get_y(shapes)
    return points


def encode_multipolygons(shapes: NDArray[np.object_], srs_id: int) -> list[bytes | None]:
    """Write polygons and multipolygons as GeoPackage multipolygons; None and empty shapes are None."""
    multi = np.array([shapely.multipolygons([shape]) if shapely.get_type_id(shape) == 3 else shape for shape in shapes], dtype=object)
    multi[shapely.is_empty(multi)] = None
    start = header(srs_id)
    return [None if wkb is None else start + wkb for wkb in shapely.to_wkb(shapely.force_2d(multi), byte_order=1)]


def decode_multipolygons(blobs: Sequence[bytes | None]) -> NDArray[np.object_]:
    """Read multipolygons (None for None) from GeoPackage binary; ValueError for a damaged geometry or one of another type."""
    shapes = _decode(blobs)
    types = shapely.get_type_id(shapes)
    if not np.isin(types, (-1, 3, 6)).all():
        raise ValueError("a geometry is no polygon")
    for row in np.flatnonzero(types == 3):
        shapes[row] = shapely.multipolygons([shapes[row]])
    return shapes


def bounds_of(blob: bytes) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of one GeoPackage geometry, None for an empty one."""
    (shape,) = _decode([blob])
    if shape.is_empty:
        return None
    west, south, east, north = shape.bounds
    return float(west), float(south), float(east), float(north)


def _decode(blobs: Sequence[bytes | None]) -> NDArray[np.object_]:
    wkb = np.empty(len(blobs), dtype=object)
    wkb[:] = [None if blob is None else _body(blob) for blob in blobs]
    try:
        shapes: NDArray[np.object_] = np.asarray(shapely.from_wkb(wkb), dtype=object)
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"a geometry is damaged: {error}") from error
    return shapes


def _body(blob: bytes) -> bytes:
    """Return the well-known binary behind the header."""
    if len(blob) < 8 or blob[:2] != b"GP" or blob[3] >> 1 & 7 >= len(_ENVELOPE_BYTES):
        raise ValueError("a geometry has no GeoPackage header")
    return blob[8 + _ENVELOPE_BYTES[blob[3] >> 1 & 7] :]
