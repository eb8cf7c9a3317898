"""Places that a person types: degrees or the county's own coordinates, in any of the ways in which people write them."""

import math
import re

from gis_app.grid.datum import to_county
from gis_app.language import Message, msg

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
GROUPING = re.compile("[\u2009\u202f\u00a0]")
"""Spaces that stand between the digits of a number, as the status bar writes them."""

DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*['′分]\s*)?(?:(\d+(?:\.\d+)?)\s*[\"″秒]\s*)?([NSEWnsew])?")

NOT_UNDERSTOOD = msg("Write two numbers: longitude and latitude (123.5127, 47.9016), or X and Y in metres (538310 5307220).")


def place_of(words: str, crs: str) -> tuple[float, float] | Message:
    """Return the county coordinates that are written in `words`, or what is wrong with them.

    Two numbers are longitude and latitude (WGS 84) where both can be, in either order where only one order can be; else they are x and y
    of the county. Degrees may be written with minutes, seconds and letters (47°54′05.8″N 123°30′45.7″E).
    """
    marked = DEGREES.findall(words)
    if len(marked) == 2:
        first, second = (_decimal(*parts) for parts in marked)
        swapped = marked[0][3].upper() in ("N", "S") or marked[1][3].upper() in ("E", "W")
        return _from_degrees(*((second, first) if swapped else (first, second)), crs)
    parts = re.sub(r"[XYxy=:：,，;；]", " ", GROUPING.sub("", words)).split()
    if len(parts) != 2 or not all(NUMBER.fullmatch(part) for part in parts):
        return NOT_UNDERSTOOD
    x, y = (float(part) for part in parts)
    if abs(x) <= 180 and abs(y) <= 90:
        return _from_degrees(x, y, crs)
    if abs(x) <= 90 and abs(y) <= 180:
        return _from_degrees(y, x, crs)
    return x, y


def _decimal(degrees: str, minutes: str, seconds: str, side: str) -> float:
    value = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return -value if side.upper() in ("S", "W") else value


def _from_degrees(longitude: float, latitude: float, crs: str) -> tuple[float, float] | Message:
    x, y = to_county(longitude, latitude, "wgs84", crs)
    if not (math.isfinite(float(x)) and math.isfinite(float(y))):
        return NOT_UNDERSTOOD
    return float(x), float(y)
