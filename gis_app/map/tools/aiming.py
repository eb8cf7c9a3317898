"""Which cell a line or a click is about: the selected one where that makes sense, else the one that lies there."""

from collections import Counter

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID
from gis_app.map.tools.events import MapEvent, MapView, Place

Floats = NDArray[np.float64]

SAMPLES = 16
"""So many places of a line are looked at to tell which cells it runs through."""


def cells_along(view: MapView, line: Floats) -> Counter[int]:
    """Return how often places spread evenly along a line (n, 2) lie in each cell; those outside the county do not count."""
    shares = (np.arange(SAMPLES) + 0.5) / SAMPLES
    places = shapely.get_coordinates(shapely.line_interpolate_point(shapely.LineString(line), shares, normalized=True))
    found = (view.cell_at(*view.viewport.to_screen(x, y)) for x, y in places.tolist())
    return Counter(cell for cell in found if cell)


def cell_of_line(view: MapView, line: Floats) -> int:
    """Return the cell that a line is meant for: of the selected cells that it runs through, else of all, that with most of it; 0: none."""
    cells = cells_along(view, line)
    selected = Counter({cell: count for cell, count in cells.items() if cell in view.selected_cells})
    ranked = (selected or cells).most_common(1)
    return ranked[0][0] if ranked else 0


def cell_in_hand(view: MapView, event: MapEvent) -> int:
    """Return the one cell that is selected, else the cell at the pointer; 0: none."""
    selected = view.selected_cells
    return selected[0] if len(selected) == 1 else view.cell_at(event.x, event.y)


def cell_within(view: MapView, place: Place) -> int:
    """Return the cell that a place is in, 0 for one on a border or outside the county."""
    if view.snapper is not None and view.snapper.border(*place, 2 * GRID) is not None:
        return 0
    return view.cell_at(*view.viewport.to_screen(*place))
