"""How the values of a column stand in a GeoPackage: arrays (see `county.tables`) to and from lists of what SQLite keeps.

Another database brings its own pair of functions; everything above speaks arrays only.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county.tables import ColumnType
from gis_app.storage import geometry

Values = list[Any]


@dataclass(frozen=True, slots=True)
class GeoPackageForm:
    """The form of values in a GeoPackage whose geometries lie in one coordinate system."""

    srs_id: int = 0

    def encode(self, kind: ColumnType, array: NDArray[Any]) -> Values:
        """Return one value for the file per entry of an array."""
        match kind:
            case ColumnType.TEXT:
                return [value if type(value) is str else "" if value is None else str(value) for value in array.tolist()]
            case ColumnType.REFERENCE:
                return [value or None for value in array.tolist()]
            case ColumnType.REAL:
                return [None if math.isnan(value) else value for value in array.tolist()]
            case ColumnType.DATE:
                return [None if value is None else value.isoformat() for value in array.tolist()]
            case ColumnType.DATETIME:
                return _datetimes(array)
            case ColumnType.JSON:
                return [None if value is None else to_json(value) for value in array.tolist()]
            case ColumnType.POINT:
                return list(geometry.encode_points(np.asarray(array, np.float64), self.srs_id))
            case ColumnType.MULTIPOLYGON:
                return list(geometry.encode_multipolygons(array, self.srs_id))
            case _:  # INTEGER, BOOLEAN, BLOB
                return list(array.tolist())

    def decode(self, kind: ColumnType, values: Sequence[Any]) -> NDArray[Any]:
        """Return the array of a column; ValueError or TypeError where the file holds something else than it should."""
        match kind:
            case ColumnType.INTEGER | ColumnType.REFERENCE:
                return _numbers(values, np.int64, 0)
            case ColumnType.BOOLEAN:
                return _numbers(values, np.int64, 0).astype(np.bool_)
            case ColumnType.REAL:
                return np.array(values, np.float64)
            case ColumnType.DATETIME:
                times: NDArray[Any] = np.array([value[:19] if value else "NaT" for value in values], "datetime64[s]")
                return times
            case ColumnType.POINT:
                return geometry.decode_points(values)
            case ColumnType.MULTIPOLYGON:
                return geometry.decode_multipolygons(values)
            case ColumnType.DATE:
                decoded: Values = [date.fromisoformat(value[:10]) if value else None for value in values]
            case ColumnType.JSON:
                decoded = [json.loads(value) if value else None for value in values]
            case ColumnType.BLOB:
                decoded = [None if value is None else bytes(value) for value in values]
            case ColumnType.TEXT:
                decoded = [value if type(value) is str else "" if value is None else str(value) for value in values]
        array = np.empty(len(values), dtype=object)
        array[:] = decoded
        return array


def to_json(value: object) -> str:
    """Write a value as JSON; numpy numbers and arrays are written as what they hold."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda other: other.tolist())


def _datetimes(array: NDArray[Any]) -> Values:
    times = array.astype("datetime64[s]")
    # GeoPackage asks for milliseconds; GDAL warns of every value without them.
    return [None if text == "NaT" else f"{text}.000Z" for text in np.datetime_as_string(times).tolist()]


def _numbers(values: Sequence[Any], dtype: type[np.int64], empty: int) -> NDArray[np.int64]:
    try:
        return np.array(values, dtype)
    except TypeError:  # some are None
        return np.array([empty if value is None else value for value in values], dtype)
