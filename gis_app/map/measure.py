"""Lengths on the map: units of the coordinate system, the scale bar, the scale."""

from dataclasses import dataclass

from gis_app.grid.datum import metres_per_unit
from gis_app.language import format_number, tr

PIXEL = 0.0254 / 96
"""The width of a logical pixel in metres on paper."""


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


def length_text(metres: float, *, fine: bool = False) -> str:
    """Return a length in words, from a kilometre on in km; `fine`: with decimetres, metres of kilometres."""
    if metres >= 1000:
        return tr("{length} km", length=format_number(metres / 1000, 3 if fine else 2))
    return tr("{length} m", length=format_number(metres, 1 if fine else 0))


def area_text(square_metres: float) -> str:
    """Return an area in words: m², from a hectare on ha, from a square kilometre on km²."""
    if square_metres >= 1e6:
        return tr("{area} km²", area=format_number(square_metres / 1e6, 2))
    if square_metres >= 1e4:
        return tr("{area} ha", area=format_number(square_metres / 1e4, 2))
    return tr("{area} m²", area=format_number(square_metres))
