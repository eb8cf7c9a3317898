"""Drawn lines that run along a border by a hair's breadth are taken to mean the border.

Without this a lasso that follows a border by eye, or an old boundary that nearly coincides with it, would leave fingers of land between
the two. It is what GIS call snapping to vertices and segments, of lines to borders alone: no border moves.
"""

from collections.abc import Collection, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage, snap
from gis_app.grid.noding import distinct
from gis_app.grid.overlay import arcs_of

Floats = NDArray[np.float64]

NEAR = 0.5
"""A line so near to a border (units of the coordinates) follows it; a face as narrow as this on the average is a sliver, as in `checks`."""


def hugging(coverage: Coverage, cells: Collection[int], lines: Sequence[Floats], near: float = NEAR) -> list[Floats]:
    """Return lines (each (n, 2)) that go through the vertices of the borders of cells that they pass within `near`.

    Their own vertices move to the nearest vertex within that distance, else to the nearest point of a border within it. So a stretch that
    runs along a border comes to lie on it, and no vertex moves by more than `near`.
    """
    arcs = [coverage.arcs[arc].points for arc in arcs_of(coverage, cells)]
    if not arcs or not lines:
        return list(lines)
    corners = np.concatenate(arcs)
    tree = shapely.STRtree(shapely.points(corners))
    inner = np.ones(len(corners) - 1, np.bool_)
    inner[np.cumsum([len(arc) for arc in arcs])[:-1] - 1] = False
    heads = np.flatnonzero(inner)
    sides = shapely.STRtree(shapely.linestrings(np.stack([corners[heads], corners[heads + 1]], axis=1)))
    return [_hugging(line, corners, tree, sides, near) if len(line) > 1 else line for line in lines]


def _hugging(line: Floats, corners: Floats, tree: shapely.STRtree, sides: shapely.STRtree, near: float) -> Floats:
    """Let one line go along borders, given by their vertices and segments."""
    steps = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
    segment, corner = tree.query(steps, predicate="dwithin", distance=near)
    start, way = line[segment], line[segment + 1] - line[segment]
    length = (way**2).sum(axis=1)
    share = np.clip(((corners[corner] - start) * way).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    moved = _moved(line, corners, tree, sides, near)
    position = np.concatenate([np.arange(len(line), dtype=np.float64), segment + share])
    points = np.concatenate([moved, corners[corner]])
    # at a vertex of the line itself, that comes between what was inserted before and after it
    rank = np.concatenate([np.zeros(len(line)), np.where(share >= 1.0, -1.0, 1.0)])
    return distinct(snap(points[np.lexsort((rank, position))]))


def _moved(line: Floats, corners: Floats, tree: shapely.STRtree, sides: shapely.STRtree, near: float) -> Floats:
    """Return the vertices of a line, those near a border moved to it."""
    moved = line.copy()
    places = shapely.points(line)
    at, side = sides.query_nearest(places, max_distance=near, all_matches=False)
    if len(at):
        foot = shapely.line_interpolate_point(sides.geometries[side], shapely.line_locate_point(sides.geometries[side], places[at]))
        moved[at] = shapely.get_coordinates(foot)
    at, corner = tree.query_nearest(places, max_distance=near, all_matches=False)
    moved[at] = corners[corner]
    return moved
