"""Delete a cell: its land goes to a neighbour."""

import numpy as np

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.merge_cells import merge_cells
from gis_app.grid.edits.outlines import absent
from gis_app.grid.overlay import arcs_of
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def delete_cell(coverage: Coverage, cell: int, heir: int | None = None) -> Edited | Refusal:
    """Give all land of a cell to `heir`, or to the neighbour with the longest common border (the lowest id among several).

    Refused for cells that there are not, for a cell that should inherit from itself, and for one that has no neighbour.
    """
    if refused := absent(coverage, cell):
        return refused
    if heir is None:
        heir = longest_neighbour(coverage, cell)
        if heir is None:
            return Refusal("no_neighbour", msg("This cell has no neighbour; choose the cell that gets its land."), _place(coverage, cell))
    if heir == cell:
        return Refusal("one_cell", msg("Choose another cell that gets the land."))
    return merge_cells(coverage, [cell, heir], heir)


def longest_neighbour(coverage: Coverage, cell: int) -> int | None:
    """Return the cell that shares most border with a cell, if any does."""
    shared: dict[int, float] = {}
    for number in arcs_of(coverage, [cell]):
        arc = coverage.arcs[number]
        other = arc.left if arc.right == cell else arc.right
        if other not in (OUTSIDE, cell):
            shared[other] = shared.get(other, 0.0) + float(np.hypot(*np.diff(arc.points, axis=0).T).sum())
    return max(shared, key=lambda other: (shared[other], -other), default=None)


def _place(coverage: Coverage, cell: int) -> tuple[float, float] | None:
    for number in arcs_of(coverage, [cell]):
        return coverage.nodes[coverage.arcs[number].start]
    return None
