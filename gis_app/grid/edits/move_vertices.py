"""Move points of borders, one or many at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis_app.grid.coverage import Coverage, snap
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.replaced import replaced
from gis_app.grid.edits.vertices import Vertex, arcs_at, missing, node_of
from gis_app.grid.refusal import Refusal


def move_vertices(coverage: Coverage, vertices: Sequence[Vertex], by: ArrayLike) -> Edited | Refusal:
    """Move vertices by (2,), or each by its own row of (n, 2), and the borders of both sides with them.

    A vertex that is a node takes all borders along that end there; one that is given several times moves once. Refused for vertices that
    there are not, and where borders would cross, touch, or turn a cell inside out (`soundness`).
    """
    for vertex in vertices:
        gone = missing(coverage, vertex)
        if gone:
            return gone
    steps = np.broadcast_to(np.asarray(by, np.float64), (len(vertices), 2))
    inner: dict[int, tuple[list[int], list[NDArray[np.float64]]]] = {}
    nodes: dict[int, NDArray[np.float64]] = {}
    for vertex, step in zip(vertices, steps, strict=True):
        node = node_of(coverage, vertex)
        if node is None:
            indices, moves = inner.setdefault(vertex.arc, ([], []))
            indices.append(vertex.index)
            moves.append(step)
        else:
            nodes[node] = step
    points = {number: coverage.arcs[number].points.copy() for number in inner}
    for number, (indices, moves) in inner.items():
        points[number][indices] = snap(coverage.arcs[number].points[indices] + np.array(moves))
    places: dict[int, tuple[float, float]] = {}
    for node, ends in (arcs_at(coverage, nodes) if nodes else {}).items():
        x, y = snap(np.array(coverage.nodes[node]) + nodes[node]).tolist()
        places[node] = (x, y)
        for end in ends:
            points.setdefault(end.arc, coverage.arcs[end.arc].points.copy())[end.index] = (x, y)
    return replaced(coverage, points, places)
