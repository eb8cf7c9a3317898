"""The proposed cells over the map: their borders, and the households of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen

from gis_app.county.proposals import VillageProposal
from gis_app.grid.coverage import label_points, polygons
from gis_app.grid.units import Level
from gis_app.gui.map_overlay import MapOverlay
from gis_app.gui.theme import font
from gis_app.language import format_number
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.lettering import SIZES, known_names

CLOSE = 34.0
"""From so many pixels of a cell on, its households are written into it."""

NEAR = 14.0
"""From so many pixels of a cell on, borders are drawn thick and dashed; of smaller ones thin, so that they can be told apart."""


FEW = 0.08
"""Where a village is small, its borders run so far (of the width of a cell) beside where they are: a pixel."""


@dataclass(frozen=True, slots=True)
class Number:
    """The households of a cell: where they are written, how many they are, whether they are too few, and how wide the cell is."""

    x: float
    y: float
    load: int
    few: bool
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class _Village:
    """A village as it is drawn; `far` are its borders and its rim where it is small, with few points."""

    bounds: tuple[float, float, float, float]
    borders: QPainterPath
    rim: QPainterPath
    far: tuple[QPainterPath, QPainterPath]
    numbers: tuple[Number, ...]
    width: float  # of a cell, on average


class ProposalOverlay(MapOverlay):
    """Borders between proposed cells are dashed; a number in red is below the floor. The map writes no names of cells there."""

    def __init__(self, canvas: MapCanvas, palette: Palette) -> None:
        super().__init__(canvas)
        self._palette = palette
        self._villages: list[_Village] = []
        canvas.drawn.connect(self.update)  # names of villages may stand elsewhere

    def add(self, proposals: Sequence[VillageProposal]) -> None:
        """Draw more villages; a few milliseconds each."""
        self._villages += [self._drawn(one) for one in proposals]
        self.update()

    @property
    def loads(self) -> list[Number]:
        """What is written into the cells where the map is near."""
        return [number for one in self._villages for number in one.numbers]

    def _drawn(self, one: VillageProposal) -> _Village:
        shapes = polygons(one.proposal.coverage)
        whole = shapely.union_all(list(shapes.values()))
        borders = shapely.MultiLineString(one.proposal.borders)  # none of a village of one cell
        numbers = []
        for cell, (x, y) in label_points(shapes).items():
            load = int(one.proposal.loads[cell - 1])
            numbers.append(Number(x, y, load, load < one.proposal.wanted.floor, float(np.sqrt(shapes[cell].area))))
        xmin, ymin, xmax, ymax = whole.bounds
        width = sum(number.width for number in numbers) / len(numbers)
        far = self.path_of(borders.simplify(width * FEW)), self.path_of(whole.simplify(width * FEW))
        return _Village((xmin, ymin, xmax, ymax), self.path_of(borders), self.path_of(whole), far, tuple(numbers), width)

    def _seen(self) -> Iterator[_Village]:
        """Yield the villages that the map shows."""
        viewport = self._canvas.viewport
        left, top = viewport.to_map(0, 0)
        right, bottom = viewport.to_map(viewport.width, viewport.height)
        for one in self._villages:
            xmin, ymin, xmax, ymax = one.bounds
            if xmin <= right and xmax >= left and ymin <= top and ymax >= bottom:
                yield one

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw borders and numbers."""
        palette, placed, resolution = self._palette, self.placed(), self._canvas.viewport.resolution
        painter = QPainter(self)
        try:
            seen = list(self._seen())
            near = [one for one in seen if one.width / resolution >= NEAR]
            far = [one for one in seen if one.width / resolution < NEAR]
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(QColor(palette.accent), 0))
            for one in far:
                painter.drawPath(placed.map(one.far[0]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.accent), 1.4))
            for one in far:
                painter.drawPath(placed.map(one.far[1]))
            for width, colour, style in ((4.5, palette.panel, Qt.PenStyle.SolidLine), (2.2, palette.accent, Qt.PenStyle.DashLine)):
                painter.setPen(QPen(QColor(colour), width, style))
                for one in near:
                    painter.drawPath(placed.map(one.borders))
            painter.setPen(QPen(QColor(palette.accent), 2.2))
            for one in near:
                painter.drawPath(placed.map(one.rim))
            self._write(painter, [number for one in near for number in one.numbers if number.width / resolution >= CLOSE])
        finally:
            painter.end()

    def _write(self, painter: QPainter, numbers: Sequence[Number]) -> None:
        painter.setFont(font(12, QFont.Weight.DemiBold))
        metrics, palette = QFontMetricsF(painter.font()), self._palette
        for number, box in self.placed_numbers(numbers, metrics):
            painter.setPen(QPen(QColor(palette.danger if number.few else palette.accent), 1))
            painter.setBrush(QColor(palette.panel))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(palette.danger if number.few else palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, format_number(number.load))

    def placed_numbers(self, numbers: Sequence[Number], metrics: QFontMetricsF) -> Iterator[tuple[Number, QRectF]]:
        """Yield the numbers that are seen with their boxes: beside the names of villages, and none on another."""
        names, taken = self.names(), list[QRectF]()
        for number in sorted(numbers, key=lambda one: (not one.few, -one.width)):  # what is wrong is seen first
            box = QRectF(0, 0, metrics.horizontalAdvance(format_number(number.load)) + 12, metrics.height() + 4)
            box.moveCenter(QPointF(*self._canvas.viewport.to_screen(number.x, number.y)))
            for name in names:
                if name.intersects(box):
                    below = box.center().y() >= name.center().y()
                    box.moveTop(name.bottom() + 1) if below else box.moveBottom(name.top() - 1)
            if box.intersects(QRectF(self.rect())) and not any(box.intersects(other) for other in taken):
                taken.append(box)
                yield number, box

    def names(self) -> list[QRectF]:
        """Return where the map writes names of villages and townships."""
        viewport = self._canvas.viewport
        placed = known_names(self._canvas.drawing, viewport.resolution)
        found = []
        for _, level, x, y, moved, width in placed.seen(viewport) if placed is not None else ():
            if level != Level.CELL:
                box = QRectF(0, 0, width + 4, SIZES[Level(level)] * 1.25)
                left, top = viewport.to_screen(x, y)
                box.moveCenter(QPointF(left, top + moved))
                found.append(box)
        return found
