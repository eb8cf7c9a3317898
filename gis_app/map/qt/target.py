"""Where a scene is drawn, and how county coordinates come there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPolygonF, QTransform

from gis_app.map.network import Network
from gis_app.map.palette import Palette
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.shapes import Shapes
from gis_app.map.scene import Scene
from gis_app.map.viewport import Viewport


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """Where a scene is drawn: `scale` units of the painter are one logical pixel of the viewport.

    `pixels` are those of the picture under the painter (rows, columns; 0xffRRGGBB), where points can be written straight into it.
    """

    painter: QPainter
    scene: Scene
    viewport: Viewport
    scale: float
    vector: bool
    pixels: NDArray[np.uint32] | None
    drawing: Drawing
    network: Network
    shapes: Shapes
    breadth: float = 0.0  # logical pixels of the whole picture of which this is a part; 0: it is the whole

    @property
    def across(self) -> float:
        """Return how many county units wide the whole picture is."""
        return (self.breadth or self.viewport.width) * self.viewport.resolution

    @property
    def palette(self) -> Palette:
        """Return the palette of the scene."""
        return self.scene.palette

    @property
    def ground(self) -> float:
        """Return how many metres wide a logical pixel is."""
        return self.viewport.resolution * self.scene.metres

    def transform(self) -> QTransform:
        """Return how shapes (metres from the county's centre, y down) come to the painter."""
        x, y = self.viewport.to_screen(*self.shapes.origin)
        factor = self.scale / self.viewport.resolution
        return QTransform(factor, 0, 0, factor, x * self.scale, y * self.scale)

    def to_device(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where county coordinates lie on the painter."""
        factor, vp = self.scale / self.viewport.resolution, self.viewport
        return vp.width * self.scale / 2 + (x - vp.x) * factor, vp.height * self.scale / 2 - (y - vp.y) * factor

    def begin_shapes(self) -> None:
        """Save the painter and let it draw shapes in metres from the county's centre; `restore` the painter afterwards."""
        self.painter.save()
        if not self.vector:
            self.painter.setTransform(self.transform(), True)

    def mapped(self, polygons: list[QPolygonF]) -> list[QPolygonF]:
        """Return shapes as the painter needs them: a page gets device units, because cosmetic pens would be written out as outlines."""
        if not self.vector:
            return polygons
        transform = self.transform()
        return [transform.map(polygon) for polygon in polygons]
