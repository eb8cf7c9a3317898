"""The datums that Chinese coordinates come in, and the way from each into the coordinate system of the county.

WGS 84 and CGCS2000 differ by centimetres and are taken as one position. GCJ-02, which phones and web maps give, moves positions by some
hundred metres; BD-09 moves them once more. Neither is published: the formulas are the ones that became public with the sources of a
map application in 2010 (known as "eviltransform": the Krasovsky 1940 ellipsoid and sums of sines), and Baidu's shift as its users
derived it. The way back is found by iteration, to below a millimetre. No kept library does this on arrays, so the code is our own.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis_app.errors import UserError
from gis_app.language import msg

DATUMS = ("wgs84", "cgcs2000", "gcj02", "bd09")
"""The datums of longitude and latitude; "EPSG:n" stands for any coordinate system, x (east, longitude) first."""

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: semi-major axis (m), first eccentricity squared
_BAIDU = np.pi * 3000.0 / 180.0


class DatumError(UserError):
    """A datum or coordinate system that nobody knows."""


def to_county(x: ArrayLike, y: ArrayLike, datum: str, crs: str) -> Pair:
    """Bring coordinates of a datum (one of `DATUMS`: longitude and latitude in degrees; or "EPSG:n") into the county's `crs`.

    What cannot be brought there (no number, beyond the projection) becomes NaN in both. Raises `DatumError`.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    name = datum.strip().lower()
    if name == "gcj02":
        x, y = gcj02_to_wgs84(x, y)
    elif name == "bd09":
        x, y = gcj02_to_wgs84(*bd09_to_gcj02(x, y))
    return _transform(x, y, _source(name), crs)


def from_county(x: ArrayLike, y: ArrayLike, crs: str, datum: str = "wgs84") -> Pair:
    """Bring county coordinates into a datum (longitude and latitude of WGS 84 by default). Raises `DatumError`."""
    name = datum.strip().lower()
    lon, lat = _transform(np.asarray(x, np.float64), np.asarray(y, np.float64), crs, _source(name))
    if name in ("gcj02", "bd09"):
        lon, lat = wgs84_to_gcj02(lon, lat)
    return gcj02_to_bd09(lon, lat) if name == "bd09" else (lon, lat)


def _source(name: str) -> str:
    if name in ("wgs84", "gcj02", "bd09"):
        return "EPSG:4326"
    if name == "cgcs2000":
        return "EPSG:4490"
    if name.startswith("epsg:") and name[5:].isdigit():
        return name.upper()
    raise DatumError(msg("There is no datum {datum}; choose wgs84, cgcs2000, gcj02, bd09 or an EPSG code such as EPSG:4550.", datum=name))


def _transform(x: Floats, y: Floats, source: str, target: str) -> Pair:
    east, north = _transformer(source, target).transform(x, y)
    east, north = np.asarray(east, np.float64), np.asarray(north, np.float64)
    lost = ~(np.isfinite(east) & np.isfinite(north))
    return np.where(lost, np.nan, east), np.where(lost, np.nan, north)


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(_crs(source), _crs(target), always_xy=True)


def _crs(name: str) -> CRS:
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise DatumError(msg("There is no coordinate system {crs}; give an EPSG code such as EPSG:4550.", crs=name)) from error


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift WGS 84 longitude and latitude (degrees) to GCJ-02; outside China they stay."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    east, north = _shift(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift GCJ-02 longitude and latitude (degrees) back to WGS 84, to below a millimetre; outside China they stay."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    return _inverse(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift GCJ-02 longitude and latitude (degrees) to BD-09; outside China they stay."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BAIDU)
    inside = _in_china(lon, lat)
    return np.where(inside, radius * np.cos(angle) + 0.0065, lon), np.where(inside, radius * np.sin(angle) + 0.006, lat)


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift BD-09 longitude and latitude (degrees) back to GCJ-02, to below a millimetre; outside China they stay."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    return _inverse(gcj02_to_bd09, lon, lat)


def _inverse(shift: Callable[[Floats, Floats], Pair], lon: Floats, lat: Floats) -> Pair:
    """Undo a shift that changes slowly: correct the guess by what is missing; each round divides the error by some thousands."""
    guess_lon, guess_lat = lon, lat
    for _ in range(6):
        there_lon, there_lat = shift(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - there_lon), guess_lat + (lat - there_lat)
    return guess_lon, guess_lat


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Tell which positions lie in the box inside which map applications shift."""
    inside: NDArray[np.bool_] = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return inside


def _shift(lon: Floats, lat: Floats) -> Pair:
    """Return by how many degrees GCJ-02 lies east and north of WGS 84."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + (ripple + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north = north + (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + (ripple + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east = east + (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    latitude = np.radians(lat)
    squeeze = 1.0 - _ECCENTRICITY * np.sin(latitude) ** 2
    meridian = _AXIS * (1.0 - _ECCENTRICITY) / squeeze**1.5
    parallel = _AXIS / np.sqrt(squeeze) * np.cos(latitude)
    return np.degrees(east / parallel), np.degrees(north / meridian)


@lru_cache
def metres_per_unit(crs: str) -> float:
    """Return how many metres one unit of a coordinate system is (0.3048006 for EPSG:2263; a degree counts as 111,320 m)."""
    axis = _crs(crs).axis_info[0]
    return 111_320.0 if axis.unit_name == "degree" else float(axis.unit_conversion_factor)
