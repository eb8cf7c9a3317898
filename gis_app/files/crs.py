"""In which coordinate system, and in which order, the coordinates of a file are.

A file may declare nothing, or something that its numbers contradict: latitude before longitude, degrees under a projected system,
or the zone number in front of the easting (x ≈ zone · 1,000,000 + 500,000), which puts a place far outside the world. The numbers decide.
"""

from dataclasses import dataclass

import numpy as np
import pyproj
import pyproj.exceptions
from numpy.typing import NDArray

from gis_app.files.errors import FileError
from gis_app.language import Message, msg

CHINA = (73.0, 17.0, 136.0, 54.5)
"""West, south, east, north of China in degrees."""
DATUM_NAMES = ("wgs84", "cgcs2000", "gcj02", "bd09")
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class CrsGuess:
    """A coordinate system ("EPSG:4549", WKT; "" if it cannot be told), whether y comes before x in the file, and the reason in words.

    `declared`: the file says so itself and its numbers agree.
    """

    crs: str
    swapped: bool
    reason: Message
    declared: bool = False


def parse_crs(text: str) -> pyproj.CRS:
    """Return the coordinate system that a user or a file names; a bare number is an EPSG code. Raises `FileError`."""
    try:
        return pyproj.CRS.from_user_input(int(text) if text.strip().isdigit() else text)
    except (pyproj.exceptions.CRSError, ValueError) as error:
        raise FileError(msg("{crs} is no coordinate system that is known; write it as EPSG:4550, for example.", crs=text[:60])) from error


def crs_name(text: str) -> str:
    """Return a short name of a coordinate system: its EPSG code if it has one, else its own name."""
    if not text:
        return ""
    crs = parse_crs(text)
    code = crs.to_epsg(min_confidence=70)
    return f"EPSG:{code}" if code else str(crs.name)


def shown_name(text: str) -> str:
    """Return the name of a system or datum for a sentence."""
    datums = {"wgs84": "WGS 84", "EPSG:4326": "WGS 84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
    return datums.get(text) or crs_name(text)


def usual_bounds(x: NDArray[np.float64], y: NDArray[np.float64]) -> Bounds | None:
    """Return the bounds of most points; None without any.

    Points that lie 20 times as far from the median as half of all points do not count: single wrong ones must not decide.
    """
    good = np.isfinite(x) & np.isfinite(y) & (np.abs(x) < 1e9) & (np.abs(y) < 1e9)
    if not good.any():
        return None
    (west, east), (south, north) = _most(x[good]), _most(y[good])
    return west, south, east, north


def _most(values: NDArray[np.float64]) -> tuple[float, float]:
    away = np.abs(values - np.median(values))
    usual = values[away <= 20 * np.median(away) + 1e-9 * np.abs(values)]
    return float(usual.min()), float(usual.max())


def guess(bounds: Bounds | None, declared: str, county_crs: str = "", county_bounds: Bounds | None = None) -> CrsGuess:
    """Say in which coordinate system coordinates with these (usual) bounds are.

    `county_crs` and `county_bounds` (in that system; None for an empty county) decide between systems that the numbers alone allow.
    """
    if bounds is None:
        return CrsGuess(declared, False, msg("there are no coordinates"), bool(declared))
    west, south, east, north = bounds
    if west >= -360 and east <= 360 and south >= -360 and north <= 360:
        return _degrees(bounds, declared, county_crs, county_bounds)
    zone = int(west // 1_000_000)
    turned = (south, west, north, east)
    northing_first = msg("the northing comes first, as surveyors write it: so read, the places lie where the county is")
    if declared and parse_crs(declared).is_projected and not _zone_missing(declared, west, east, zone):
        here = _fits(bounds, declared, county_crs, county_bounds)
        if not here and _fits(turned, declared, county_crs, county_bounds):
            return CrsGuess(declared, True, northing_first)
        if here or not _zone_missing(declared, south, north, int(south // 1_000_000)):
            return CrsGuess(declared, False, msg("the file says so"), True)
    candidates = _projected(bounds, zone, county_crs)
    for crs, reason in candidates:
        if _fits(bounds, crs, county_crs, county_bounds):
            return CrsGuess(crs, False, reason)
    for crs, _ in _projected(turned, int(south // 1_000_000), county_crs):
        if _fits(turned, crs, county_crs, county_bounds):
            return CrsGuess(crs, True, northing_first)
    certain = [c for c in candidates if zone >= 13 or c[0] == "EPSG:3857" if c[0] != county_crs]
    if certain:  # far from the county, but the numbers leave no doubt
        return CrsGuess(certain[0][0], False, certain[0][1])
    if declared and parse_crs(declared).is_projected:
        return CrsGuess(declared, False, msg("the file says so"), True)
    return CrsGuess(
        "", False, msg("the file does not say, and the numbers (x {west} to {east}) fit nothing usual", west=round(west), east=round(east))
    )


def named_or_guessed(named: str, bounds: Bounds | None, declared: str, county_crs: str, county_bounds: Bounds | None) -> CrsGuess:
    """Say in which system coordinates are when the user named one (also a datum such as "gcj02"; "" for nothing).

    What the user says counts before what the file says, and the numbers before both, where they leave no doubt: a zone number in the
    easting, degrees under a projected system.
    """
    if named.lower() in DATUM_NAMES:
        found = guess(bounds, "EPSG:4326", county_crs, county_bounds)
        return CrsGuess(named.lower(), found.swapped, found.reason, not found.swapped)
    found = guess(bounds, named or declared, county_crs, county_bounds)
    return found if found.crs else CrsGuess(named or declared, False, found.reason, bool(named))


def _degrees(bounds: Bounds, declared: str, county_crs: str, county_bounds: Bounds | None) -> CrsGuess:
    west, south, east, north = bounds
    crs = declared if declared and parse_crs(declared).is_geographic else "EPSG:4326"
    swapped = (south, west, north, east)
    if south > 90 or north < -90:
        return CrsGuess(crs, True, msg("latitude comes first: the second number ({number}) is no latitude", number=round(north, 3)))
    if _fits(swapped, crs, county_crs, county_bounds) and not _fits(bounds, crs, county_crs, county_bounds):
        return CrsGuess(crs, True, msg("latitude comes first: so read, the places lie where the county is"))
    if not county_crs and _inside(swapped, CHINA) and not _inside(bounds, CHINA):
        return CrsGuess(crs, True, msg("latitude comes first: so read, the places lie in China"))
    if declared and crs == declared:
        return CrsGuess(crs, False, msg("the file says so"), True)
    return CrsGuess(crs, False, msg("the numbers are degrees"))


def _zone_missing(declared: str, west: float, east: float, zone: int) -> bool:
    """Tell whether numbers carry a zone number that the declared system does not have."""
    return 13 <= zone <= 45 and east // 1_000_000 == zone and _false_easting(declared) < 1_000_000


def _false_easting(text: str) -> float:
    """Return the false easting of a transverse Mercator (Gauss-Krüger) system; infinity for others, which know no zones."""
    operation = parse_crs(text).coordinate_operation
    if operation is None or not any(word in operation.method_name.lower() for word in ("transverse", "gauss")):
        return np.inf
    values = [p.value for p in operation.params if "easting" in p.name.lower()]
    return float(values[0]) if values else 0.0


def _projected(bounds: Bounds, zone: int, county_crs: str) -> list[tuple[str, Message]]:
    """List the systems of Chinese maps that numbers of this size may be in, the likeliest first."""
    west, south, east, north = bounds
    found: list[tuple[str, Message]] = []
    if county_crs and west < 1_000_000 * 13:
        found.append((county_crs, msg("the file does not say; it fits the county's own system")))
    if 25 <= zone <= 45 and east < (zone + 1) * 1_000_000:
        found.append((f"EPSG:{4488 + zone}", msg("zone number {zone} stands in the easting (3-degree zones)", zone=zone)))
    if 13 <= zone <= 23 and east < (zone + 1) * 1_000_000:
        found.append((f"EPSG:{4478 + zone}", msg("zone number {zone} stands in the easting (6-degree zones)", zone=zone)))
    if west > 0 and east < 1_000_000 and south > 1_800_000 and north < 6_000_000:
        for meridian in range(75, 136, 3):
            found.append(
                (
                    f"EPSG:{4509 + meridian // 3}",
                    msg("the file does not say; with the central meridian {meridian}°E it fits the county", meridian=meridian),
                )
            )
    if west > 8_000_000 and east < 15_200_000 and south > 1_900_000 and north < 7_200_000:
        found.append(("EPSG:3857", msg("the numbers fit the web map projection (Web Mercator)")))
    return found if county_crs else [c for c in found if not c[0].startswith("EPSG:45") or zone >= 13]


def _fits(bounds: Bounds, crs: str, county_crs: str, county_bounds: Bounds | None) -> bool:
    """Tell whether bounds in `crs` lie where the county is (or where its coordinate system is meant for)."""
    if not county_crs:
        place = _degrees_of(bounds, crs)
        return place is not None and _inside(place, CHINA)
    place = _degrees_of(bounds, crs)
    if place is None:
        return False
    if county_bounds is not None:
        county = _degrees_of(county_bounds, county_crs)
        return county is not None and _overlap(place, _wider(county))
    area = parse_crs(county_crs).area_of_use
    return area is None or _inside(place, (area.west - 0.5, area.south - 5, area.east + 0.5, area.north + 5))


def _degrees_of(bounds: Bounds, crs: str) -> Bounds | None:
    west, south, east, north = bounds
    transformer = pyproj.Transformer.from_crs(parse_crs(crs), "EPSG:4326", always_xy=True)
    x, y = transformer.transform([west, east, west, east], [south, north, north, south])
    if not np.isfinite([*x, *y]).all():
        return None
    return min(x), min(y), max(x), max(y)


def _inside(bounds: Bounds, area: Bounds) -> bool:
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return area[0] <= x <= area[2] and area[1] <= y <= area[3]


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _wider(bounds: Bounds) -> Bounds:
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    return bounds[0] - width / 2, bounds[1] - height / 2, bounds[2] + width / 2, bounds[3] + height / 2


def transform(xy: NDArray[np.float64], crs: str, county_crs: str) -> NDArray[np.float64]:
    """Move coordinates (n, 2) from a named system or datum to the county's; what cannot be moved becomes infinite."""
    if crs.lower() in DATUM_NAMES:
        from gis_app.grid.datum import to_county

        x, y = to_county(xy[:, 0], xy[:, 1], crs.lower(), county_crs)
        return np.column_stack([x, y])
    source, target = parse_crs(crs), parse_crs(county_crs)
    if source == target:
        return xy
    x, y = pyproj.Transformer.from_crs(source, target, always_xy=True).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([x, y])
