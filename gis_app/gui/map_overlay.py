"""What lies over the map and lets every press through: it stays as large as the map and moves with it."""

import numpy as np
import shapely
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPainterPath, QTransform
from PySide6.QtWidgets import QWidget

from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.shapes import to_polygon


class MapOverlay(QWidget):
    """A picture over the map. Paths are made about `origin`: painting far from zero loses digits."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas = canvas
        self.origin = (canvas.viewport.x, canvas.viewport.y)
        canvas.viewport_changed.connect(self._look)
        canvas.installEventFilter(self)
        self.setGeometry(canvas.rect())
        self.lower()
        self.show()

    def _look(self, _: object) -> None:
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the map."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def placed(self) -> QTransform:
        """Return what brings paths to where they are seen now."""
        viewport = self._canvas.viewport
        x, y = viewport.to_screen(*self.origin)
        return QTransform(1 / viewport.resolution, 0, 0, -1 / viewport.resolution, x, y)

    def path_of(self, shape: shapely.Geometry) -> QPainterPath:
        """Return polygons, or lines, in county coordinates as a path."""
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for part in shapely.get_parts(shape).tolist():
            for ring in (part.exterior, *part.interiors) if isinstance(part, shapely.Polygon) else (part,):
                path.addPolygon(to_polygon(np.ascontiguousarray(shapely.get_coordinates(ring) - self.origin)))
        return path
