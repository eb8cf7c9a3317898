"""Draw an area that becomes a cell, joins the county, or leaves it."""

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.grid.coverage import GRID
from gis_app.language import Message, msg
from gis_app.map.tools.aiming import cells_along
from gis_app.map.tools.drawing import drawing
from gis_app.map.tools.events import MapView, Tool

Floats = NDArray[np.float64]


def draw_cell(view: MapView) -> Tool:
    """Draw a polygon: it becomes a cell, cut out of those below; one whose middle lies beyond the county gets land there, too."""
    yield from _areas(view, lambda ring: _drawn(view, ring), msg("Draw the polygon of the new cell."))


def extend_county(view: MapView) -> Tool:
    """Draw a polygon over the county's border: its land beyond joins the selected cell, or the one that the polygon lies in most."""
    reason = msg("This polygon meets no cell; begin it within the cell that gets the land, or select that cell.")
    yield from _areas(view, lambda ring: _extended(view, ring), reason)


def cut_county(view: MapView) -> Tool:
    """Draw a polygon: its land leaves the county."""
    yield from _areas(view, boundary_edits.cut_county, msg("Draw the polygon that leaves the county."))


def _areas(view: MapView, edit_of: Callable[[Floats], BoundaryEdit | None], reason: Message) -> Tool:
    def changed(ring: Floats | None) -> None:
        view.propose(edit_of(ring) if ring is not None else None)

    def finished(ring: Floats) -> bool:
        edit = edit_of(ring)
        if edit is None:
            view.say(reason)
            return False
        return view.commit(edit)

    yield from drawing(view, closed=True, freehand=True, changed=changed, finished=finished)


def _drawn(view: MapView, ring: Floats) -> BoundaryEdit:
    polygon = shapely.Polygon(ring)
    middle = polygon.representative_point() if polygon.is_valid else shapely.Point(ring[0])
    return boundary_edits.draw_cell(ring, outside=not view.cell_at(*view.viewport.to_screen(middle.x, middle.y)))


def _extended(view: MapView, ring: Floats) -> BoundaryEdit | None:
    selected = view.selected_cells
    ranked = cells_along(view, ring).most_common(1)
    cell = selected[0] if len(selected) == 1 else ranked[0][0] if ranked else _touched(view, ring)
    return boundary_edits.extend_county(ring, cell) if cell else None


def _touched(view: MapView, ring: Floats) -> int:
    """Return a cell at whose border a corner of the polygon lies, 0 for none."""
    for x, y in ring.tolist():
        on = view.snapper.border(x, y, 2 * GRID) if view.snapper is not None else None
        if on is not None:
            arc = view.state.coverage.arcs[on.arc]
            return arc.left or arc.right
    return 0
