"""Remove a point from a border."""

import numpy as np

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.replaced import replaced
from gis_app.grid.edits.vertices import Vertex, arcs_at, missing, node_of, place_of
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def remove_vertex(coverage: Coverage, arc: int, index: int) -> Edited | Refusal:
    """Remove point number `index` of an arc; the border runs straight from the one before to the one after, for both sides.

    Refused where there is no such point, where borders meet (codes `node`), where a ring would keep fewer than three points, and
    where borders would cross or touch.
    """
    vertex = Vertex(arc, index)
    gone = missing(coverage, vertex)
    if gone:
        return gone
    points = coverage.arcs[arc].points
    node = node_of(coverage, vertex)
    closed = coverage.arcs[arc].start == coverage.arcs[arc].end
    if closed and len(points) < 5:
        words = msg("A border that runs around needs at least three points; move this one instead.")
        return Refusal("too_few_points", words, place_of(coverage, vertex))
    if node is None:
        return replaced(coverage, {arc: np.delete(points, index, axis=0)})
    ends = arcs_at(coverage, {node})[node]
    if not closed or len(ends) > 2:
        words = msg("{count} borders meet here, so this point cannot be removed; move it, or merge cells.", count=len(ends))
        return Refusal("node", words, coverage.nodes[node])
    around = points[1:-1]  # a ring that meets no other border begins anywhere: at its next point now
    x, y = around[0].tolist()
    return replaced(coverage, {arc: np.concatenate([around, around[:1]])}, {node: (x, y)})
