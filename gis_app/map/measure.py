"""Lengths on the map: units of the coordinate system, the scale bar, the scale."""

from dataclasses import dataclass
from functools import cache

from gis_app.language import format_number, tr

PIXEL = 0.0254 / 96
"""The width of a logical pixel in metres on paper."""


@cache
def metres_per_unit(crs: str) -> float:
    """Return how many metres one unit of a projected coordinate system is (0.3048006 for EPSG:2263); 1 where it cannot be told."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return float(CRS.from_user_input(crs).axis_info[0].unit_conversion_factor)
    except (CRSError, IndexError):
        return 1.0


def scale_denominator(resolution: float, crs: str) -> float:
    """Return N of the scale 1 : N for a resolution in units of the coordinate system per logical pixel."""
    return resolution * metres_per_unit(crs) / PIXEL


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of `pixels` logical pixels that stands for `metres`."""

    metres: float
    pixels: float

    @property
    def text(self) -> str:
        """Return the length in words: 500 m, 2 km."""
        if self.metres >= 1000:
            return tr("{length} km", length=format_number(self.metres / 1000))
        return tr("{length} m", length=format_number(self.metres, 0 if self.metres >= 1 else 1))


def scale_bar(resolution: float, crs: str, widest: float) -> ScaleBar:
    """Return the bar of 1, 2 or 5 times a power of ten metres that is as long as possible below `widest` pixels."""
    per_pixel = resolution * metres_per_unit(crs)
    power = 1e-3
    best = power
    while power * per_pixel < 1e12 and power <= widest * per_pixel:
        for times in (1, 2, 5):
            if times * power <= widest * per_pixel:
                best = times * power
        power *= 10
    return ScaleBar(best, best / per_pixel)
