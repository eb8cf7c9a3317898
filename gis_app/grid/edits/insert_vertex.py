"""Insert a point into a border."""

import numpy as np
from numpy.typing import ArrayLike

from gis_app.grid.coverage import Coverage, snap
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.replaced import replaced
from gis_app.grid.edits.vertices import Vertex, missing, no_such_border
from gis_app.grid.refusal import Refusal


def insert_vertex(coverage: Coverage, arc: int, segment: int, at: ArrayLike) -> Edited | Refusal:
    """Insert a point (2,) into the segment of an arc that begins at its point number `segment`; the border goes through it.

    Both sides get it. Refused where there is no such border or segment, where a point is already, and where borders would
    cross or touch.
    """
    if arc not in coverage.arcs:
        return no_such_border()
    points = coverage.arcs[arc].points
    gone = missing(coverage, Vertex(arc, segment)) or missing(coverage, Vertex(arc, segment + 1))
    if gone:
        return gone
    return replaced(coverage, {arc: np.insert(points, segment + 1, snap(np.asarray(at, np.float64)), axis=0)})
