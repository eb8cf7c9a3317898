"""Move a node: the place where borders meet."""

import numpy as np
from numpy.typing import ArrayLike

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.move_vertices import move_vertices
from gis_app.grid.edits.vertices import arcs_at
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def move_node(coverage: Coverage, node: int, to: ArrayLike) -> Edited | Refusal:
    """Move a node to a place (2,), with all borders that end there; refused as `move_vertices` is."""
    ends = arcs_at(coverage, {node})[node]
    if node not in coverage.nodes or not ends:
        return Refusal("no_such_point", msg("This point of the border is gone; choose a point again."))
    return move_vertices(coverage, ends[:1], np.asarray(to, np.float64) - coverage.nodes[node])
