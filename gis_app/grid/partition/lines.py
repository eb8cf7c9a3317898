"""Roads and rivers that borders may follow."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ON = 0.5
"""A border that keeps within this of a road or river (units) runs along it."""

_WAYS = 6
"""So many stretches through one piece of land are looked at, the longest ones."""


class Lines:
    """Roads and rivers, each (n, 2), that cuts may follow."""

    def __init__(self, lines: Sequence[Floats]) -> None:
        self._points = lines
        self._lines = np.array([shapely.LineString(line) for line in lines], object)
        self._tree = shapely.STRtree(self._lines)

    def __bool__(self) -> bool:
        return len(self._points) > 0

    @cached_property
    def _corridors(self) -> NDArray[np.object_]:
        found = np.asarray(shapely.buffer(self._lines, _ON, quad_segs=2), object)
        shapely.prepare(found)
        return found

    def near(self, land: shapely.Geometry, distance: float) -> list[Floats]:
        """Return the lines that come so near to land, in their order."""
        return [self._points[at] for at in np.sort(self._tree.query(land, predicate="dwithin", distance=distance)).tolist()]

    def length(self, border: shapely.Geometry) -> float:
        """Return how much of a border runs along lines."""
        near = self._tree.query(border, predicate="dwithin", distance=_ON)
        return float(shapely.length(shapely.union_all(shapely.intersection(self._corridors[near], border)))) if len(near) else 0.0

    def share(self, border: shapely.Geometry) -> float:
        """Return the share of a border that runs along lines."""
        return min(1.0, self.length(border) / border.length) if border.length else 0.0

    def across(self, land: shapely.Polygon) -> list[Floats]:
        """Return the stretches (n, 2) of lines through land from border to border, the longest first."""
        near = self._lines[self._tree.query(land, predicate="intersects")]
        if not len(near):
            return []
        inner = shapely.get_parts(shapely.intersection(near, land))
        inner = inner[shapely.get_type_id(inner) == shapely.GeometryType.LINESTRING]
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(inner))) if len(inner) > 1 else inner
        rim = shapely.boundary(land)
        found: dict[bytes, Floats] = {}
        for line in sorted([*merged, *inner], key=lambda line: -line.length):
            points = shapely.get_coordinates(line)
            if len(points) > 1 and shapely.distance(shapely.points(points[[0, -1]]), rim).max() < 1e-6 and (points[0] != points[-1]).any():
                found.setdefault(points[[0, -1]].tobytes(), points)
        return list(found.values())[:_WAYS]
