"""Closed borders from directed arcs: the boundary of a union of cells, as valid polygons."""

from collections.abc import Callable, Iterable, Sequence
from math import atan2, pi

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.arcs import SCALE

Floats = NDArray[np.float64]
Way = Callable[[int], tuple[int, int, Floats]]
"""From a signed arc: the node where it begins, the node where it ends, and its points in walking order."""


def stitch(arcs: Iterable[int], way: Way) -> list[tuple[int, ...]]:
    """Join signed arcs, which all have the same area on their left, into rings that visit no node twice.

    At a node where the border touches itself the walk stays with the sector of the area that it has on its left, so that an area is
    never tied together at a point; what then comes back to a node is split off as a ring of its own (a hole that touches its
    shell). This is how overlay programs get valid polygons from edge rings.
    """
    leaving: dict[int, list[int]] = {}
    remaining = sorted(arcs, key=abs)
    for arc in remaining:
        leaving.setdefault(way(arc)[0], []).append(arc)
    rings: list[tuple[int, ...]] = []
    used: set[int] = set()
    for first in remaining:
        if first in used:
            continue
        walk, arc = [first], first
        used.add(first)
        while (following := _next(arc, leaving[way(arc)[1]], used, first, way)) != first:
            walk.append(following)
            used.add(following)
            arc = following
        rings.extend(_simple_rings(walk, way))
    return rings


def _next(arc: int, choices: Sequence[int], used: set[int], first: int, way: Way) -> int:
    """Return the arc that goes on from the end of `arc`: the first one clockwise, seen from the node, among those still free."""
    free = [choice for choice in choices if choice not in used or choice == first]
    if len(free) == 1:
        return free[0]
    points = way(arc)[2]
    back = _direction(points[-1], points[-2])
    # walking back the same way counts as a full turn, never as none
    return min(free, key=lambda choice: ((back - _direction(*way(choice)[2][:2])) % (2 * pi)) or 2 * pi)


def _direction(start: Floats, end: Floats) -> float:
    """Return the angle of a segment; its length is taken in whole grid steps, so that nearby directions stay apart."""
    step = np.rint((end - start) * SCALE)
    return atan2(float(step[1]), float(step[0]))


def _simple_rings(walk: Sequence[int], way: Way) -> list[tuple[int, ...]]:
    """Split a closed walk wherever it comes back to a node."""
    rings: list[tuple[int, ...]] = []
    path: list[int] = []
    position: dict[int, int] = {}
    for arc in walk:
        start, end, _ = way(arc)
        position.setdefault(start, len(path))
        path.append(arc)
        if end in position:
            begin = position[end]
            ring = path[begin:]
            rings.append(tuple(ring))
            del path[begin:]
            for inner in ring:
                position.pop(way(inner)[0], None)
    return rings


def nest(rings: Sequence[Floats]) -> shapely.MultiPolygon:
    """Return the polygons that closed rings bound: counter-clockwise shells, and each clockwise hole in the smallest shell around it."""
    areas = [double_area(ring) for ring in rings]
    order = sorted((i for i, area in enumerate(areas) if area > 0), key=lambda i: areas[i])
    shells = [shapely.Polygon(rings[i]) for i in order]
    holes: list[list[Floats]] = [[] for _ in shells]
    for ring, area in zip(rings, areas, strict=True):
        if area < 0:
            inside = [0] if len(shells) == 1 else np.flatnonzero(shapely.covers(shells, shapely.Polygon(ring)))[:1]
            for shell in inside:
                holes[shell].append(ring)
    return shapely.MultiPolygon([shapely.Polygon(rings[i], inner) for i, inner in zip(order, holes, strict=True)])


def multipolygon(shape: shapely.Geometry | None) -> shapely.MultiPolygon:
    """Return the polygons of any shape as one MultiPolygon; lines and points, which mending a ring can leave behind, go."""
    if isinstance(shape, shapely.MultiPolygon):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape)).tolist()
    return shapely.MultiPolygon([part for part in parts if isinstance(part, shapely.Polygon)])


def mended(shapes: Sequence[object] | NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons as MultiPolygons, those with crossing rings made valid (GEOS: the area that the rings enclose); None becomes empty.

    Shapes with coordinates that are no numbers come back as they are.
    """
    result = np.empty(len(shapes), object)
    for k, shape in enumerate(shapes):
        if not isinstance(shape, shapely.Geometry) or shapely.is_valid(shape) or not np.isfinite(shapely.get_coordinates(shape)).all():
            result[k] = multipolygon(shape if isinstance(shape, shapely.Geometry) else None)
        else:
            result[k] = multipolygon(shapely.make_valid(shape))
    return result


def double_area(points: Floats) -> float:
    """Return twice the signed area of a closed ring (positive: counter-clockwise)."""
    x, y = (points - points[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
