"""Remove several points from borders at once."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.remove_vertex import remove_vertex
from gis_app.grid.edits.replaced import replaced
from gis_app.grid.edits.vertices import Vertex, missing, node_of, place_of
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def remove_vertices(coverage: Coverage, vertices: Sequence[Vertex]) -> Edited | Refusal:
    """Remove points of borders, which run straight from what is left before to what is left after, for both sides.

    Nodes among them stay, with a warning. Refused as the removal of one is (`remove_vertex`): no such point, only nodes (`node`), a ring
    that would keep fewer than three points, borders that would cross or touch.
    """
    for vertex in vertices:
        gone = missing(coverage, vertex)
        if gone:
            return gone
    inner: dict[int, set[int]] = {}
    for vertex in vertices:
        if node_of(coverage, vertex) is None:
            inner.setdefault(vertex.arc, set()).add(vertex.index)
    if not inner:
        if not vertices:
            return Refusal("no_such_point", msg("This point of the border is gone; choose a point again."))
        return remove_vertex(coverage, vertices[0].arc, vertices[0].index)
    for number, indices in inner.items():
        arc = coverage.arcs[number]
        if arc.start == arc.end and len(arc.points) - len(indices) < 4:
            words = msg("A border that runs around needs at least three points; leave some of these.")
            return Refusal("too_few_points", words, place_of(coverage, Vertex(number, min(indices))))
    edited = replaced(
        coverage, {number: np.delete(coverage.arcs[number].points, sorted(indices), axis=0) for number, indices in inner.items()}
    )
    stay = len({node_of(coverage, vertex) for vertex in vertices} - {None})
    if isinstance(edited, Refusal) or not stay:
        return edited
    warning = msg("{count} points where borders meet stay.", count=stay)
    return replace(edited, warnings=(*edited.warnings, warning))
