"""Numbers typed while drawing: a length, a direction, both, or coordinates.

    120        120 m in the direction of the pointer
    120<45     120 m in the direction 45°, clockwise from grid north (0 north, 90 east), as a compass and a survey tell it
    <45        in the direction 45°, as far as the pointer goes
    120<@90    120 m, turned by 90° clockwise from the direction of the last stretch (@-90: to the left)
    @20,-5     20 m to the east and 5 m to the south of the last point
    500120.5,5290011.2    a place by its coordinates (those of the county's system: easting first)

The signs that a Chinese keyboard gives (《 ， 。) are understood as well.
"""

import re
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, radians, sin

Place = tuple[float, float]

TYPED_KEYS = "0123456789.,-<@《＜，。"
"""The characters of an entry."""

_PLAIN = str.maketrans("《＜，。", "<<,.")
_NUMBER = r"-?\d+(?:\.\d*)?|-?\.\d+"
_POLAR = re.compile(rf"({_NUMBER})?(?:<(@)?({_NUMBER})?)?")
_CARTESIAN = re.compile(rf"(@)?({_NUMBER}),({_NUMBER})")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed: a length in metres and a direction in degrees (None: the pointer's), or coordinates `at`.

    `relative`: the direction is turned from the last stretch; coordinates count from the last point, in metres.
    """

    length: float | None = None
    direction: float | None = None
    at: Place | None = None
    relative: bool = False


def plain(text: str) -> str:
    """Return typed text in the signs that an entry is read with."""
    return text.translate(_PLAIN)


def read_entry(text: str) -> Entry | None:
    """Read an entry; None while it says nothing yet or cannot be read."""
    typed = plain(text)
    cartesian = _CARTESIAN.fullmatch(typed)
    if cartesian:
        return Entry(at=(float(cartesian[2]), float(cartesian[3])), relative=cartesian[1] is not None)
    polar = _POLAR.fullmatch(typed)
    if polar is None or (polar[1] is None and polar[3] is None):
        return None
    length = float(polar[1]) if polar[1] is not None else None
    if polar[3] is None:
        return Entry(length)
    return Entry(length, float(polar[3]), relative=polar[2] is not None)


def entered(entry: Entry, points: tuple[Place, ...], pointer: Place, metres: float) -> Place | None:
    """Return the place that an entry means after the points of a line; `metres` is how long a unit of the coordinates is.

    None where it counts from what is not there: a point, or a last stretch.
    """
    if entry.at is not None and not entry.relative:
        return entry.at
    if not points:
        return None
    x, y = points[-1]
    if entry.at is not None:
        return x + entry.at[0] / metres, y + entry.at[1] / metres
    towards = direction(points[-1], pointer)
    heading = towards
    if entry.direction is not None:
        heading = entry.direction
        if entry.relative:
            if len(points) < 2:
                return None
            heading += direction(points[-2], points[-1])
    length = hypot(pointer[0] - x, pointer[1] - y) * cos(radians(heading - towards)) if entry.length is None else entry.length / metres
    return x + length * sin(radians(heading)), y + length * cos(radians(heading))


def direction(start: Place, end: Place) -> float:
    """Return the direction from one place to another in degrees clockwise from grid north, 0 to 360."""
    return degrees(atan2(end[0] - start[0], end[1] - start[1])) % 360


def held(start: Place, pointer: Place, step: float = 15.0) -> Place:
    """Return the place nearest to the pointer in a direction from `start` that is a multiple of `step` degrees."""
    towards = direction(start, pointer)
    heading = radians(round(towards / step) * step)
    length = hypot(pointer[0] - start[0], pointer[1] - start[1]) * cos(radians(towards) - heading)
    return start[0] + length * sin(heading), start[1] + length * cos(heading)
