"""The cells of a task over the map: done, reported but not done, not reported, late; told apart by hatching, too, not by colour alone."""

from collections.abc import Mapping

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QLabel

from gis_app.gui.map_overlay import MapOverlay
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas

DONE, REPORTED, NOT_REPORTED, LATE = "done", "reported", "not_reported", "late"

_PATTERNS = {
    DONE: Qt.BrushStyle.NoBrush,
    REPORTED: Qt.BrushStyle.BDiagPattern,
    NOT_REPORTED: Qt.BrushStyle.FDiagPattern,
    LATE: Qt.BrushStyle.DiagCrossPattern,
}


def colour_of(role: str, palette: Palette) -> QColor:
    """Return the colour of a cell: done (blue), reported (blue), not reported (orange), late (red)."""
    return QColor({DONE: palette.info, REPORTED: palette.info, LATE: palette.danger}.get(role, palette.warning))


class TaskOverlay(MapOverlay):
    """The cells of a task. `shapes` and `roles` go by cell; shapes are in county coordinates."""

    def __init__(self, canvas: MapCanvas, palette: Palette, shapes: Mapping[int, shapely.Geometry], roles: Mapping[int, str]) -> None:
        super().__init__(canvas)
        self._palette = palette
        self._cells = [cell for cell in roles if cell in shapes]
        self._shapes = np.array([shapes[cell] for cell in self._cells], object)
        self._bounds = shapely.bounds(self._shapes).reshape(-1, 4)
        self._roles = dict(roles)
        self._paths: dict[int, QPainterPath] = {}
        self._step = 0

    def set_roles(self, roles: Mapping[int, str]) -> None:
        """Show what became of the cells meanwhile."""
        self._roles = dict(roles)
        self.update()

    @property
    def roles(self) -> Mapping[int, str]:
        """What is shown of each cell."""
        return self._roles

    def paintEvent(self, _: QPaintEvent) -> None:
        """Fill the cells that are in view."""
        viewport = self._canvas.viewport
        placed = self.placed()
        self._follow(viewport.resolution)
        painter = QPainter(self)
        try:
            for at in self._in_view(viewport.extent).tolist():
                role = self._roles.get(self._cells[at])
                if role is not None:
                    self._fill(painter, placed.map(self._path(at)), role)
        finally:
            painter.end()

    def _fill(self, painter: QPainter, shown: QPainterPath, role: str) -> None:
        tint = colour_of(role, self._palette)
        edge = QPen(tint, 1.2)
        tint.setAlphaF(0.4 if role == DONE else 0.16)
        painter.fillPath(shown, tint)
        painter.setPen(edge)
        painter.setBrush(QBrush(colour_of(role, self._palette), _PATTERNS[role]))
        painter.drawPath(shown)

    def _in_view(self, extent: tuple[float, float, float, float]) -> NDArray[np.int64]:
        west, south, east, north = extent
        box = self._bounds
        seen = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        return np.flatnonzero(seen)

    def _follow(self, resolution: float) -> None:
        """Forget paths of another scale: far away, borders are drawn with fewer points."""
        step = round(np.log2(resolution))
        if step != self._step:
            self._step, self._paths = step, {}

    def _path(self, at: int) -> QPainterPath:
        if at not in self._paths:
            shape = shapely.simplify(self._shapes[at], 2.0**self._step, preserve_topology=False)
            self._paths[at] = self.path_of(self._shapes[at] if shape.is_empty else shape)
        return self._paths[at]


def sign_of(role: str, palette: Palette) -> QLabel:
    """Return how such cells are filled, for a legend."""
    picture = QPixmap(QSize(40, 26))
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    try:
        tint = colour_of(role, palette)
        painter.setPen(QPen(tint, 1.2))
        tint.setAlphaF(0.4 if role == DONE else 0.16)
        painter.fillRect(QRectF(1, 1, 18, 11), tint)
        painter.setBrush(QBrush(colour_of(role, palette), _PATTERNS[role]))
        painter.drawRect(QRectF(1, 1, 18, 11))
    finally:
        painter.end()
    made = QLabel()
    made.setPixmap(picture)
    return made
