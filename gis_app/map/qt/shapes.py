"""numpy arrays to Qt shapes, and the shapes of one level of detail kept for the next redraw."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPolygonF

from gis_app.map.network import Detail, Ints, Recipes
from gis_app.map.patching import Patch

CHUNK = 250
"""How many shapes are made between two yields (about 3 ms)."""


def to_polygon(xy: NDArray[np.float64]) -> QPolygonF:
    """Return a contiguous float64 array (n, 2) as a QPolygonF."""
    polygon = QPolygonF()
    polygon.resize(len(xy))
    if len(xy):
        memory: Any = shiboken6.VoidPtr(polygon.data(), xy.nbytes, True)  # type: ignore[call-arg, arg-type]  # the stubs know one form only
        np.frombuffer(memory, np.float64)[:] = xy.reshape(-1)
    return polygon


def polygon_array(polygon: QPolygonF) -> NDArray[np.float64]:
    """Return the vertices (n, 2) of a QPolygonF without copying them; the polygon must outlive them."""
    memory: Any = shiboken6.VoidPtr(polygon.data(), polygon.size() * 16, False)  # type: ignore[call-arg, arg-type]
    return np.frombuffer(memory, np.float64).reshape(-1, 2)


def image_pixels(image: QImage) -> NDArray[np.uint32]:
    """Return the pixels (rows, columns) of a 32-bit image, to be written into; the image must outlive them."""
    return np.frombuffer(image.bits(), np.uint32).reshape(image.height(), image.bytesPerLine() // 4)[:, : image.width()]


class Shapes:
    """The polygons and lines of one level of detail, in metres from the county's centre with y growing down, made when first needed."""

    def __init__(self, detail: Detail, origin: tuple[float, float] | None = None) -> None:
        xmin, ymin, xmax, ymax = detail.network.extent
        self.origin = origin or ((xmin + xmax) / 2, (ymin + ymax) / 2)
        self.detail = detail
        self._kept: dict[int, dict[int, QPolygonF]] = {}  # by the identity of recipes, which the network of the detail keeps alive

    def followed(self, patch: Patch) -> "Shapes":
        """Return the shapes of a network that follows the one of these; what looks as before is taken over."""
        shapes = Shapes(self.detail.followed(patch.network, patch.arcs), self.origin)
        for old, new, source in patch.recipes():
            kept = self._kept.get(id(old))
            if kept:
                of = shapes._kept[id(new)] = {}
                for position, place in enumerate(source.tolist()):
                    if place in kept:
                        of[position] = kept[place]
        return shapes

    def get(self, recipes: Recipes, which: Ints) -> Iterator[list[QPolygonF]]:
        """Yield the shapes of some recipes in chunks, in their order."""
        kept = self._kept.setdefault(id(recipes), {})
        for first in range(0, len(which), CHUNK):
            chunk = which[first : first + CHUNK]
            missing = np.array([i for i in chunk.tolist() if i not in kept], np.int64)
            if len(missing):
                xy, ends = self.detail.vertices(recipes, missing)
                xy = (xy - self.origin) * (1.0, -1.0)
                bounds = ends.tolist()
                for number, position in enumerate(missing.tolist()):
                    kept[position] = to_polygon(xy[bounds[number] : bounds[number + 1]])
            yield [kept[i] for i in chunk.tolist()]
