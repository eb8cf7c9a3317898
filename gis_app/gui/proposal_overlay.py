"""The proposed cells over the map: their borders, and the households of each."""

from collections.abc import Sequence

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen

from gis_app.county.proposals import VillageProposal
from gis_app.grid.coverage import label_points, polygons
from gis_app.gui.map_overlay import MapOverlay
from gis_app.gui.theme import font
from gis_app.language import format_number
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas

CLOSE = 34.0
"""From so many pixels of a cell on, its households are written into it."""


class ProposalOverlay(MapOverlay):
    """Borders between proposed cells are drawn thick and dashed; a number that stands on red is below the floor."""

    def __init__(self, canvas: MapCanvas, palette: Palette, proposals: Sequence[VillageProposal]) -> None:
        super().__init__(canvas)
        self._palette = palette
        self._borders = [self.path_of(shapely.LineString(line)) for one in proposals for line in one.proposal.borders]
        self._rims = [self.path_of(shapely.union_all(list(polygons(one.proposal.coverage).values()))) for one in proposals]
        self.loads: list[tuple[float, float, int, bool]] = []
        """Where the households of each cell are written, how many they are, and whether they are too few."""
        areas = []
        for one in proposals:
            shapes = polygons(one.proposal.coverage)
            for cell, (x, y) in label_points(shapes).items():
                load = int(one.proposal.loads[cell - 1])
                self.loads.append((x, y, load, load < one.proposal.wanted.floor))
                areas.append(shapes[cell].area)
        self._width = (sum(areas) / len(areas)) ** 0.5 if areas else 0.0

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw borders and numbers."""
        viewport, palette, placed = self._canvas.viewport, self._palette, self.placed()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for width, colour, style in ((4.5, palette.panel, Qt.PenStyle.SolidLine), (2.2, palette.accent, Qt.PenStyle.DashLine)):
                painter.setPen(QPen(QColor(colour), width, style))
                for path in self._borders:
                    painter.drawPath(placed.map(path))
            painter.setPen(QPen(QColor(palette.accent), 2.2))
            for path in self._rims:
                painter.drawPath(placed.map(path))
            if self._width / viewport.resolution >= CLOSE:
                self._write(painter)
        finally:
            painter.end()

    def _write(self, painter: QPainter) -> None:
        painter.setFont(font(12, QFont.Weight.DemiBold))
        metrics, palette = QFontMetricsF(painter.font()), self._palette
        for x, y, load, few in self.loads:
            left, top = self._canvas.viewport.to_screen(x, y)
            text = format_number(load)
            box = QRectF(0, 0, metrics.horizontalAdvance(text) + 12, metrics.height() + 4)
            box.moveCenter(QPointF(left, top))
            if not box.intersects(QRectF(self.rect())):
                continue
            painter.setPen(QPen(QColor(palette.danger if few else palette.accent), 1))
            painter.setBrush(QColor(palette.panel))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(palette.danger if few else palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
