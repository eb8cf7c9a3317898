"""Reshape a border: it follows a drawn line from where the line leaves it to where the line comes back."""

import numpy as np
from numpy.typing import NDArray

from gis_app.county.boundary_edits import BoundaryEdit, reshape_border
from gis_app.grid.coverage import GRID
from gis_app.map.tools.drawing import drawing
from gis_app.map.tools.events import MapView, Tool

Floats = NDArray[np.float64]


def reshape(view: MapView) -> Tool:
    """Draw from one place of a border to another; both sides change.

    Where cells are selected (those of a village, say), and the line begins and ends on the border around them, that border moves.
    """

    def changed(line: Floats | None) -> None:
        view.propose(_reshape(view, line) if line is not None else None)

    yield from drawing(view, changed=changed, finished=lambda line: view.commit(_reshape(view, line)))


def _reshape(view: MapView, line: Floats) -> BoundaryEdit:
    cells, rings = view.selected_cells, view.state.coverage.cells
    sides = {arc for cell in cells for part in rings.get(cell, ()) for ring in part for arc in ring}
    around = frozenset(abs(arc) for arc in sides if -arc not in sides)
    if view.snapper is None or not all(view.snapper.border(x, y, 2 * GRID, around) is not None for x, y in line[[0, -1]].tolist()):
        return reshape_border(line)
    return reshape_border(line, cells)
