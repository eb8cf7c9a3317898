"""Which part of a cell keeps its number, and which numbers the others get."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def numbered(parts: Sequence[shapely.Geometry], cell: int, new_id: int, points: Floats | None) -> list[int]:
    """Return the id of each part of a cell.

    The part with most `points` (n, 2) keeps the id of the cell; among several such the largest. The others get new_id, new_id + 1, … as
    their middles lie from west to east, and from north to south.
    """
    counts = count_points(parts, points)
    areas = shapely.area(list(parts))
    keeper = max(range(len(parts)), key=lambda k: (counts[k], areas[k]))
    middles = shapely.get_coordinates(shapely.centroid(list(parts)))
    others = sorted((k for k in range(len(parts)) if k != keeper), key=lambda k: (middles[k, 0], -middles[k, 1]))
    ids = {k: new_id + position for position, k in enumerate(others)}
    return [ids.get(k, cell) for k in range(len(parts))]


def count_points(parts: Sequence[shapely.Geometry], points: Floats | None) -> list[int]:
    """Return how many points lie in each part; one on a common border counts for the first."""
    counts = [0] * len(parts)
    if points is None or not len(points):
        return counts
    left = np.asarray(points, np.float64).reshape(-1, 2)
    for k, part in enumerate(parts):
        shapely.prepare(part)
        hit = shapely.intersects_xy(part, left[:, 0], left[:, 1])
        counts[k] = int(hit.sum())
        left = left[~hit]
    return counts
