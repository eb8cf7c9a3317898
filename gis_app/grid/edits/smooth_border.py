"""Smooth borders: cut their corners."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, Arc, Coverage, snap
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.gently import Way, gently
from gis_app.grid.noding import distinct
from gis_app.grid.refusal import Refusal

Floats = NDArray[np.float64]

MOST_ROUNDS = 5
"""Each round doubles the points; five of them leave corners that nobody sees."""


def smooth_border(coverage: Coverage, arcs: Sequence[int], rounds: int = 2) -> Edited | Refusal:
    """Cut the corners of arcs in up to `rounds` rounds; nodes stay where they are, both sides follow.

    The method is G. Chaikin's (An algorithm for high-speed curve generation, Computer Graphics and Image Processing 3, 1974): each segment
    keeps its middle half. It stays within the old border's corners, and the curve's limit is a quadratic B-spline. A border that would
    cross another gets fewer rounds, with a warning.
    """
    least = max(1, min(rounds, MOST_ROUNDS))
    return gently(coverage, arcs, [_rounds(count) for count in range(least, 0, -1)])


def _rounds(count: int) -> Way:
    def way(arc: Arc, alone: bool) -> Floats:
        points: Floats = arc.points
        for _ in range(count):
            points = _cut_corners(points, alone)
        return np.asarray(_without_straight_points(distinct(snap(points))))

    return way


def _cut_corners(points: Floats, alone: bool) -> Floats:
    starts, ends = points[:-1], points[1:]
    cut = np.stack([0.75 * starts + 0.25 * ends, 0.25 * starts + 0.75 * ends], axis=1).reshape(-1, 2)
    if alone:
        return np.concatenate([cut, cut[:1]])
    return np.concatenate([points[:1], cut[1:-1], points[-1:]]) if len(points) > 2 else points


def _without_straight_points(points: Floats) -> Floats:
    """Drop points that do not bend the line by as much as the grid can show (cutting corners leaves them on long segments)."""
    kept = shapely.get_coordinates(shapely.simplify(shapely.LineString(points), 2 * GRID, preserve_topology=True))
    return np.asarray(kept)
