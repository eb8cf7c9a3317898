"""The line that a tool is drawing: its points so far, where the next would be, and what is typed."""

from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import snap
from gis_app.grid.datum import metres_per_unit
from gis_app.language import tr
from gis_app.map.measure import area_text, length_text
from gis_app.map.snapping import REACH, Snap, SnapKind
from gis_app.map.tools.entry import TYPED_KEYS, direction, entered, held, plain, read_entry
from gis_app.map.tools.events import MapEvent, MapView, Place, Sketch

Floats = NDArray[np.float64]

FREEHAND_STEP = 3.0
"""So many pixels lie between the points of a line drawn freehand."""


class Pencil:
    """A line under way. It belongs to the map, not to the screen: panning and zooming leave it where it is.

    The pointer snaps (Alt: not), is held to steps of 15° by Shift, and follows the borders from the last point by Ctrl. What is typed
    (`entry`) wins over all of these. A `closed` line is a polygon; one that is `closable` becomes one by a click on its first point.
    """

    def __init__(self, view: MapView, *, closed: bool = False, closable: bool = False) -> None:
        self._view = view
        self._closed = closed
        self._closable = closed or closable
        self._strokes: list[tuple[Place, ...]] = []  # what one click added: a point, after those of the border that it followed
        self._trail: tuple[Place, ...] = ()
        self._snap: Snap | None = None
        self.cursor: Place | None = None
        self.typed = ""

    @property
    def points(self) -> tuple[Place, ...]:
        """Return the points drawn so far."""
        return tuple(point for stroke in self._strokes for point in stroke)

    @property
    def closes(self) -> bool:
        """Tell whether the pointer is at the first point, where a click makes a polygon of the line."""
        return self._snap is not None and self._snap.kind == SnapKind.START

    def line(self, *, ahead: bool = False) -> Floats | None:
        """Return the line as an array (n, 2), `ahead` on to the pointer; None while it has too few points for a line or an area.

        A polygon is a line that ends where it begins.
        """
        points = self.points
        if ahead and self.cursor is not None:
            points = _distinct((*points, *self._trail, self.cursor))
        ring = self._closed or (len(points) > 3 and points[0] == points[-1])
        points = _distinct((*points, points[0])) if ring and points else points
        return np.array(points, np.float64) if len(points) >= (4 if ring else 2) else None

    def follow(self, event: MapEvent) -> None:
        """Move the pointer: find where the next point would be."""
        view, points = self._view, self.points
        here = view.viewport.to_map(event.x, event.y)
        self._trail, self._snap = (), None
        entry = read_entry(self.typed)
        metres = metres_per_unit(view.state.settings.crs)
        wanted = entered(entry, points, here, metres) if entry is not None else None
        if wanted is None and event.shift and points:
            wanted = held(points[-1], here)
        if wanted is None and not event.alt:
            self._snap = self._snapped(here, points)
            if self._snap is not None:
                wanted = (self._snap.x, self._snap.y)
                if event.control and points:
                    self._trail = self._border_to(self._snap, points[-1])
        x, y = snap(np.array(wanted if wanted is not None else here)).tolist()
        self.cursor = (x, y)

    def add(self) -> bool:
        """Make the place of the pointer the next point; False where the line is there already."""
        if self.cursor is None:
            return False
        last = self._strokes[-1][-1] if self._strokes else None
        stroke = _distinct((*self._trail, self.cursor), last)
        self.typed, self._trail = "", ()
        if stroke:
            self._strokes.append(stroke)
        return bool(stroke)

    def add_freehand(self, event: MapEvent) -> None:
        """Draw on to the pointer without snapping, where it has gone far enough; the stroke is one with the last."""
        here = self._view.viewport.to_map(event.x, event.y)
        last = self._strokes[-1][-1] if self._strokes else None
        if last is not None and hypot(here[0] - last[0], here[1] - last[1]) < FREEHAND_STEP * self._view.viewport.resolution:
            return
        x, y = snap(np.array(here)).tolist()
        self._strokes[-1:] = [(*(self._strokes[-1] if self._strokes else ()), (x, y))]
        self.cursor = (x, y)

    def take_back(self) -> None:
        """Forget what is typed, else the last point (with the border that it followed)."""
        if self.typed:
            self.typed = self.typed[:-1]
        elif self._strokes:
            self._strokes.pop()

    def type(self, text: str) -> None:
        """Take a typed character into the entry."""
        if text in TYPED_KEYS:
            self.typed += plain(text)

    def clear(self) -> None:
        """Drop the line."""
        self._strokes.clear()
        self._trail = ()
        self.typed = ""

    def rest(self) -> None:
        """Let go of the pointer: the line ends at its last point."""
        self._trail, self._snap, self.cursor = (), None, None

    def show(self, *, freehand: bool = False, text: str | None = None) -> None:
        """Show the line and the place that the pointer snaps to; `text` instead of what is told of a line by itself."""
        view, told = self._view, (self._area() if freehand else self._text()) if text is None else text
        view.show_snap(self._snap)
        view.show_sketch(Sketch(self.points, self._trail, self.cursor, self._closed, freehand, text=told))

    def _snapped(self, here: Place, points: tuple[Place, ...]) -> Snap | None:
        reach = REACH * self._view.viewport.resolution
        if self._closable and len(points) > 2 and hypot(here[0] - points[0][0], here[1] - points[0][1]) <= reach:
            return Snap(SnapKind.START, *points[0])
        snapper = self._view.snapper
        return snapper.snap(*here, reach, points[-1] if points else None) if snapper is not None else None

    def _border_to(self, end: Snap, start: Place) -> tuple[Place, ...]:
        """Return the points between two places along the borders, none where they are not joined by borders."""
        way = self._view.snapper.way(start, end) if self._view.snapper is not None else None
        return tuple((x, y) for x, y in way[1:-1].tolist()) if way is not None else ()

    def _text(self) -> str:
        """Return the length and direction of the stretch to the pointer, what is typed, and the area of a polygon."""
        points = self.points
        if not points or self.cursor is None:
            return ""
        metres = metres_per_unit(self._view.state.settings.crs)
        leg = np.array([points[-1], *self._trail, self.cursor])
        length = float(np.hypot(*np.diff(leg, axis=0).T).sum()) * metres
        if not length and not self.typed:
            return self._area() if self._closed else ""
        said = length_text(length, fine=True)
        if not self._trail:
            said = tr("{length} · {degrees}°", length=said, degrees=f"{direction(points[-1], self.cursor):.1f}")
        area = self._area() if self._closed or self.closes else ""
        said = tr("{length} · area {area}", length=said, area=area) if area else said
        return tr("{typed}▏ → {told}", typed=self.typed, told=said) if self.typed else said

    def _area(self) -> str:
        """Return the area that the line holds, "" while it holds none."""
        line = self.line(ahead=True)
        if line is None or len(line) < 4:
            return ""
        return area_text(shapely.Polygon(line).area * metres_per_unit(self._view.state.settings.crs) ** 2)


def _distinct(points: tuple[Place, ...], before: Place | None = None) -> tuple[Place, ...]:
    """Return points without those that repeat the one before."""
    kept: list[Place] = []
    for point in points:
        if point != (kept[-1] if kept else before):
            kept.append(point)
    return tuple(kept)
