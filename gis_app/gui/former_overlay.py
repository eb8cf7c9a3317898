"""Former grids over the map: outlines in the colour of each, names when one looks closely, the chosen unit, and where two grids differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QTransform

from gis_app.grid.former_overlay import Difference
from gis_app.gui.former_panel import colour_of
from gis_app.gui.former_reader import ReadGrid
from gis_app.gui.map_overlay import MapOverlay
from gis_app.gui.theme import font
from gis_app.map.qt.canvas import MapCanvas

if TYPE_CHECKING:
    from gis_app.gui.session import Session

WORKSPACE = "plan"
"""Former grids are looked at where the division is worked on."""

HALO = 3.0
CLOSE = 60.0
"""From so many pixels of the usual unit on, outlines get a halo."""

CHECKED_NAMES = 400
"""So many names are tried at most: more would not fit anyway."""


class FormerOverlay(MapOverlay):
    """The grids that are shown, the chosen unit, and where two grids differ."""

    def __init__(self, canvas: MapCanvas, session: Session) -> None:
        super().__init__(canvas)
        self._session = session
        self._paths: dict[tuple[object, int], QPainterPath] = {}
        self._places: dict[tuple[int, int], tuple[float, float]] = {}
        self._names: dict[tuple[str, str, str, float], QPixmap] = {}
        self._step = 0
        self._chosen: shapely.Geometry | None = None
        self._differences: tuple[Difference, ...] = ()
        self._pointed = -1
        session.former.arrived.connect(self._refresh)
        session.workspace_changed.connect(self._refresh)
        self._refresh()

    def _refresh(self, _: object = None) -> None:
        self._paths, self._places = {}, {}
        here = self._session.workspace == WORKSPACE
        self.setVisible(here and bool(self._session.former.shown() or self._differences or self._chosen is not None))
        self.update()

    def choose(self, shape: shapely.Geometry | None) -> None:
        """Mark the outline of a former unit; None: of none."""
        self._chosen = shape
        self._refresh()

    def show_differences(self, differences: Sequence[Difference], pointed: int = -1) -> None:
        """Shade where two grids differ, the one at a position most."""
        self._differences, self._pointed = tuple(differences), pointed
        self._refresh()

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What is shaded."""
        return self._differences

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw what is in view."""
        viewport = self._canvas.viewport
        placed = self.placed()
        step = round(np.log2(viewport.resolution))
        if step != self._step:  # far away, outlines are drawn with fewer points
            self._step, self._paths = step, {}
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._shade(painter, placed)
            grids = self._session.county.state.former_grids
            for place, (grid, read) in enumerate(self._session.former.shown().items()):
                self._outline(painter, placed, read, QColor(colour_of(grids[grid], self._session.palette)), place)
            if self._chosen is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._session.palette.accent), 3.5))
                painter.drawPath(placed.map(self.path_of(self._chosen)))
        finally:
            painter.end()

    def _shade(self, painter: QPainter, placed: QTransform) -> None:
        if not self._differences:
            return
        west, south, east, north = self._canvas.viewport.extent
        tint = QColor(self._session.palette.danger)
        for at, difference in enumerate(self._differences):
            left, low, right, high = difference.shape.bounds
            if left > east or right < west or low > north or high < south:
                continue
            shown = placed.map(self._path(("difference", at), difference.shape))
            fill = QColor(tint)
            fill.setAlphaF(0.34 if at == self._pointed else 0.16)
            painter.fillPath(shown, fill)
            painter.setBrush(QBrush(tint, Qt.BrushStyle.DiagCrossPattern))
            painter.setPen(QPen(tint, 2.4 if at == self._pointed else 0.8))
            painter.drawPath(shown)

    def _outline(self, painter: QPainter, placed: QTransform, read: ReadGrid, colour: QColor, place: int) -> None:
        """Draw the outlines of a grid; every one but the first is dashed, so that what lies beneath shows where borders coincide."""
        near = read.layer.within(self._canvas.viewport.extent)
        if not len(near):
            return
        size = float(np.sqrt(np.median(shapely.area(read.layer.shapes[near])))) / self._canvas.viewport.resolution
        width = float(np.clip(size / 40, 0.7, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pens = [QPen(colour, width)]
        if place:
            pens[0].setDashPattern([6.0, 2.0 + 2.0 * place])
        elif size > CLOSE:
            halo = QColor(self._session.palette.label_halo)
            halo.setAlphaF(0.65)
            pens.insert(0, QPen(halo, width + 2.0))
        outlines = [placed.map(self._path((id(read.layer), at), read.layer.shapes[at])) for at in near.tolist()]
        for pen in pens:
            painter.setPen(pen)
            for outline in outlines:
                painter.drawPath(outline)
        self._name(painter, read, near, colour)

    def _name(self, painter: QPainter, read: ReadGrid, near: np.ndarray[tuple[int, ...], np.dtype[np.int64]], colour: QColor) -> None:
        """Write the names that fit into their units, none over another."""
        viewport, resolution = self._canvas.viewport, self._canvas.viewport.resolution
        taken: list[QRectF] = []
        sizes = np.sqrt(shapely.area(read.layer.shapes[near])) / resolution
        order = np.argsort(-sizes)[:CHECKED_NAMES]
        for at, size in zip(near[order].tolist(), sizes[order].tolist(), strict=True):
            picture = self._written(str(read.layer.names[at]), colour)
            width, height = picture.width() / picture.devicePixelRatio(), picture.height() / picture.devicePixelRatio()
            if size < width:
                continue
            x, y = viewport.to_screen(*self._place(read, at))
            box = QRectF(x - width / 2, y + 6, width, height)  # below the name of the cell, which stands at the place
            if not any(box.intersects(other) for other in taken):
                taken.append(box)
                painter.drawPixmap(box.topLeft(), picture)

    def _place(self, read: ReadGrid, at: int) -> tuple[float, float]:
        """Return where the name of a unit stands, in county coordinates."""
        key = (id(read.layer), at)
        if key not in self._places:
            shape = read.layer.shapes[at]
            place = shapely.point_on_surface(shape if shape.is_valid else shapely.make_valid(shape))
            self._places[key] = (float(place.x), float(place.y))
        return self._places[key]

    def _written(self, text: str, colour: QColor) -> QPixmap:
        """Return a name with its halo; drawn once, since outlines of letters are slow to draw."""
        ratio = self.devicePixelRatioF()
        key = (text, colour.name(), self._session.palette.label_halo, ratio)
        if key not in self._names:
            face = font(12, QFont.Weight.Bold)
            metrics = QFontMetricsF(face)
            size = QSizeF(metrics.horizontalAdvance(text) + 2 * HALO, metrics.height() + 2 * HALO)
            picture = QPixmap((size * ratio).toSize())
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            path = QPainterPath()
            path.addText(QPointF(HALO, HALO + metrics.ascent()), face, text)
            painter = QPainter(picture)
            try:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.strokePath(path, QPen(QColor(self._session.palette.label_halo), HALO, j=Qt.PenJoinStyle.RoundJoin))
                painter.fillPath(path, colour)
            finally:
                painter.end()
            self._names[key] = picture
        return self._names[key]

    def _path(self, key: tuple[object, int], shape: shapely.Geometry) -> QPainterPath:
        if key not in self._paths:
            simple = shapely.simplify(shape, 2.0**self._step, preserve_topology=False)
            self._paths[key] = self.path_of(shape if simple.is_empty else simple)
        return self._paths[key]
