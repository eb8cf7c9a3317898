"""Split a cell: by a drawn line, by a polygon, along a line of a reference layer, or into equal parts."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county import boundary_edits
from gis_app.grid.coverage import polygons
from gis_app.language import msg, tr
from gis_app.map.snapping import REACH
from gis_app.map.tools.aiming import cell_in_hand, cell_of_line
from gis_app.map.tools.drawing import drawing
from gis_app.map.tools.events import ENTER, Button, EventKind, MapEvent, MapView, Sketch, Tool

Floats = NDArray[np.float64]

PARTS = "23456789"
"""Keys that split into so many equal parts."""


def split(view: MapView) -> Tool:
    """Draw a line through a cell; or, with nothing drawn, type a number for equal parts and Enter."""
    equal: list[tuple[int, int]] = []  # the cell and the number of parts that Enter would make

    def changed(line: Floats | None) -> None:
        cell = cell_of_line(view, line) if line is not None else 0
        view.propose(boundary_edits.split_cell(cell, [line]) if line is not None and cell else None)

    def finished(line: Floats) -> bool:
        cell = cell_of_line(view, line)
        if not cell:
            view.say(msg("This line runs through no cell; draw it through the cell to be split."))
            return False
        return view.commit(boundary_edits.split_cell(cell, [line]))

    def idle(event: MapEvent) -> bool:
        if event.kind == EventKind.KEY and event.text in PARTS:
            cell = cell_in_hand(view, event)
            if not cell:
                view.say(msg("Select the cell to be split, or point at it."))
                return True
            equal[:] = [(cell, int(event.text))]
            view.propose(boundary_edits.split_equally(*equal[0]))
            words = tr("Enter: {parts} equal parts · Esc: no", parts=event.text)
            view.show_sketch(Sketch(cells=(cell,), text=words))
            view.say(None)
            return True
        if not equal:
            return False
        if event.kind == EventKind.KEY and event.text == ENTER:
            view.commit(boundary_edits.split_equally(*equal.pop()))
            view.show_sketch(None)
            return True
        if event.kind == EventKind.ESCAPE:
            equal.clear()
            view.propose(None)
            view.show_sketch(None)
            return True
        if event.kind == EventKind.PRESS and event.button == Button.LEFT:
            equal.clear()
            return False
        return True

    yield from drawing(view, changed=changed, finished=finished, idle=idle, idle_keys=PARTS + ENTER)


def split_by_polygon(view: MapView) -> Tool:
    """Draw a polygon in a cell; what lies within becomes a cell of its own."""

    def changed(ring: Floats | None) -> None:
        cell = cell_of_line(view, ring) if ring is not None else 0
        view.propose(boundary_edits.split_by_polygon(cell, ring) if ring is not None and cell else None)

    def finished(ring: Floats) -> bool:
        cell = cell_of_line(view, ring)
        if not cell:
            view.say(msg("This polygon lies in no cell; draw it in the cell to be split."))
            return False
        return view.commit(boundary_edits.split_by_polygon(cell, ring))

    yield from drawing(view, closed=True, freehand=True, changed=changed, finished=finished)


def split_by_feature(view: MapView) -> Tool:
    """Point at a line of a reference layer (a road, a river); a click splits the cell along it."""
    try:
        while True:
            event = yield
            if event.kind == EventKind.ESCAPE:
                view.leave()
                continue
            line = _feature_at(view, event)
            cell = cell_in_hand(view, event) if line is not None else 0
            if event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                if line is None:
                    view.say(msg("Nothing here to split along; add roads or rivers as a reference layer and point at one."))
                elif not cell:
                    view.say(msg("Select the cell to be split, or point at the line within it."))
                else:
                    view.commit(boundary_edits.split_cell(cell, _within(view, line, cell)))
                continue
            if event.kind == EventKind.MOVE:
                points = tuple((x, y) for x, y in line.tolist()) if line is not None else ()
                view.show_sketch(Sketch(points, freehand=True, cells=(cell,) if cell else ()) if points else None)
                view.propose(boundary_edits.split_cell(cell, _within(view, line, cell)) if line is not None and cell else None)
    finally:
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _feature_at(view: MapView, event: MapEvent) -> Floats | None:
    """Return the reference line at the pointer, or None."""
    if view.snapper is None or view.snapper.references is None:
        return None
    x, y = view.viewport.to_map(event.x, event.y)
    return view.snapper.references.line_at(x, y, REACH * view.viewport.resolution)


def _within(view: MapView, line: Floats, cell: int) -> list[Floats]:
    """Return the stretches of a line (a river may run through the whole county) near a cell."""
    west, south, east, north = polygons(view.state.coverage, [cell])[cell].bounds
    margin = 0.1 * max(east - west, north - south)
    near = shapely.clip_by_rect(shapely.LineString(line), west - margin, south - margin, east + margin, north + margin)
    return [shapely.get_coordinates(part) for part in shapely.get_parts(near) if shapely.get_type_id(part) == 1]
