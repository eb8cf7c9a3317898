"""A printed page without Qt: its size, the frames of its parts in millimetres, its scale and its scale bar.

All frames are in millimetres from the upper left corner of the paper. Lengths on the ground are metres, whatever the unit of the county's
coordinate system is.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor, log10

Extent = tuple[float, float, float, float]
"""(xmin, ymin, xmax, ymax) in county coordinates."""

SIZES = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
"""Paper sizes by name: long and short side in mm (ISO 216)."""

LARGEST_SCALE = 100.0
"""Nothing is drawn larger than 1:100, even a point."""

_SCALE_STEPS = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0, 9.0, 10.0)
_BAR_STEPS = (1.0, 2.0, 5.0, 10.0)


class Orientation(StrEnum):
    """How the paper lies; AUTO takes the one that shows the map larger."""

    AUTO = "auto"
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle on the paper in mm."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the x of the right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Return the y of the lower edge."""
        return self.y + self.height

    def overlaps(self, other: "Frame") -> bool:
        """Tell whether two frames share any area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class PageLayout:
    """Where everything on a page lies. `text` is the size of plain text in points; titles and notes are multiples of it.

    `locator` (a small map of the county that shows where the unit lies) is None on a page of the whole county.
    """

    size: str
    width: float
    height: float
    text: float
    title: Frame
    map: Frame
    legend: Frame
    figures: Frame
    north: Frame
    scale: Frame
    footer: Frame
    locator: Frame | None = None

    @property
    def landscape(self) -> bool:
        """Tell whether the long side lies at the bottom."""
        return self.width > self.height

    @property
    def frames(self) -> tuple[Frame, ...]:
        """Return every frame of the page."""
        parts = (self.title, self.map, self.legend, self.figures, self.north, self.scale, self.footer, self.locator)
        return tuple(frame for frame in parts if frame is not None)


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A scale bar: `divisions` parts of `step` metres, `width` mm in all."""

    step: float
    divisions: int
    width: float

    @property
    def length(self) -> float:
        """Return the length of the whole bar in metres."""
        return self.step * self.divisions


def page_layout(size: str = "A4", orientation: Orientation = Orientation.AUTO, aspect: float = 1.0, *, locator: bool = False) -> PageLayout:
    """Lay out a page of a size ("A4" or "A3") for a map whose extent has an aspect (width / height).

    Landscape has the legend in a column at the right, portrait in a strip below the map.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {', '.join(SIZES)}, not {size!r}")
    landscape, portrait = _landscape(size, locator), _portrait(size, locator)
    if orientation == Orientation.LANDSCAPE:
        return landscape
    if orientation == Orientation.PORTRAIT:
        return portrait
    return landscape if _fit(aspect, landscape.map) >= _fit(aspect, portrait.map) else portrait


def _fit(aspect: float, frame: Frame) -> float:
    """Return how wide (mm) a map of an aspect is in a frame."""
    return min(frame.width, frame.height * aspect)


def _landscape(size: str, locator: bool) -> PageLayout:
    width, height = SIZES[size]
    unit = height / 210  # everything grows a little less than the paper
    grow = 1 + (unit - 1) * 0.7
    margin, gap = 11 * grow, 4 * grow
    title = Frame(margin, margin - 2, width - 2 * margin, 14.5 * grow)
    footer = Frame(margin, height - margin - 4 * grow, width - 2 * margin, 5 * grow)
    top, bottom = title.bottom + gap / 2, footer.y - gap * 0.6
    column = 53 * grow
    x = width - margin - column
    scale = Frame(x, bottom - 12 * grow, column - 15 * grow, 12 * grow)
    north = Frame(width - margin - 13 * grow, bottom - 15 * grow, 13 * grow, 15 * grow)
    figures = Frame(x, north.y - gap - 38 * grow, column, 38 * grow)
    place = Frame(x, figures.y - gap - 36 * grow, column, 36 * grow) if locator else None
    legend = Frame(x, top, column, (place or figures).y - gap - top)
    paper = Frame(margin, top, x - gap - margin, bottom - top)
    return PageLayout(size, width, height, 7.4 * grow, title, paper, legend, figures, north, scale, footer, place)


def _portrait(size: str, locator: bool) -> PageLayout:
    height, width = SIZES[size]
    grow = 1 + (width / 210 - 1) * 0.7
    margin, gap = 11 * grow, 4 * grow
    title = Frame(margin, margin - 2, width - 2 * margin, 14.5 * grow)
    footer = Frame(margin, height - margin - 4 * grow, width - 2 * margin, 5 * grow)
    top, bottom = title.bottom + gap / 2, footer.y - gap * 0.6
    strip = 50 * grow
    y = bottom - strip
    paper = Frame(margin, top, width - 2 * margin, y - gap - top)
    side = 52 * grow
    x = width - margin - side
    scale = Frame(x, bottom - 12 * grow, side - 15 * grow, 12 * grow)
    north = Frame(width - margin - 13 * grow, bottom - 15 * grow, 13 * grow, 15 * grow)
    figures = Frame(x, y, side, north.y - gap / 2 - y)
    place = Frame(x - gap - 40 * grow, y, 40 * grow, strip) if locator else None
    legend = Frame(margin, y, (place.x if place else x) - gap - margin, strip)
    return PageLayout(size, width, height, 7.4 * grow, title, paper, legend, figures, north, scale, footer, place)


def fitting_scale(extent: Extent, frame: Frame, metres: float = 1.0, margin: float = 0.02) -> float:
    """Return the largest round scale (the denominator) at which an extent fits a frame with a margin (share of its size).

    `metres` is the length of one unit of the coordinate system.
    """
    across = max((extent[2] - extent[0]) / frame.width, (extent[3] - extent[1]) / frame.height, 1e-9)
    return round_scale(max(across * metres * 1000 / (1 - 2 * margin), LARGEST_SCALE))


def round_scale(denominator: float) -> float:
    """Return the nearest round scale that is not larger on paper: 1:283,000 becomes 1:300,000."""
    power = 10.0 ** floor(log10(denominator))
    return next(step * power for step in _SCALE_STEPS if step * power >= denominator * (1 - 1e-9))


def scale_bar(scale: float, width: float) -> ScaleBar:
    """Return the longest scale bar of a round length (1, 2 or 5 times a power of ten) that is at most `width` mm wide."""
    longest = width * scale / 1000
    power = 10.0 ** floor(log10(longest))
    first = max(step for step in _BAR_STEPS if step * power <= longest * (1 + 1e-9))
    length = first * power
    divisions = {1.0: 4, 2.0: 4, 5.0: 5, 10.0: 4}[first]
    return ScaleBar(length / divisions, divisions, length / scale * 1000)


def snapped(frame: Frame, grain: float) -> Frame:
    """Return a frame whose corner and size are whole multiples of `grain` mm, at most `grain` smaller."""
    x, y = (ceil(value / grain - 1e-6) * grain for value in (frame.x, frame.y))
    width, height = (floor(value / grain + 1e-6) * grain for value in (frame.right - x, frame.bottom - y))
    return Frame(x, y, width, height)


def world_file(extent: Extent, frame: Frame, dpi: int) -> str:
    """Return the six lines of a world file: from the pixels of a picture of the whole page to county coordinates.

    `extent` is what the map frame shows. Lines: x size, two rotations, negative y size, centre of the upper left pixel.
    """
    per_mm = dpi / 25.4
    size_x = (extent[2] - extent[0]) / (frame.width * per_mm)
    size_y = (extent[3] - extent[1]) / (frame.height * per_mm)
    left = extent[0] - frame.x * per_mm * size_x + size_x / 2
    top = extent[3] + frame.y * per_mm * size_y - size_y / 2
    return "\n".join(f"{value:.10f}" for value in (size_x, 0, 0, -size_y, left, top)) + "\n"


def pixels(length: float, dpi: int) -> int:
    """Return a length in mm as whole pixels."""
    return round(length / 25.4 * dpi)
