"""Transfer land: draw around it, or draw the line that cuts it off, and say who gets it."""

import numpy as np
from numpy.typing import NDArray

from gis_app.county.boundary_edits import BoundaryEdit, transfer_area
from gis_app.language import tr
from gis_app.map.tools.aiming import cell_within, cells_along
from gis_app.map.tools.drawing import drawing
from gis_app.map.tools.events import BACKSPACE, Button, EventKind, MapEvent, MapView, Sketch, Tool

Floats = NDArray[np.float64]


def transfer(view: MapView) -> Tool:
    """Drag a lasso (or click around it), or click a line; the selected cell gets the land, or where the line came from, or a click says.

    The cell in which most of the line lies gives. If another one is selected, it gets the land; else a lasso or line that begins and ends
    in one and the same other cell gives it to that cell; else a click on the cell that gets it is waited for.
    """
    waiting: list[Floats] = []  # a shape for which the cell that gets it is not known yet

    def changed(line: Floats | None) -> None:
        if not waiting:
            view.propose(_transfer(view, line) if line is not None else None)

    def finished(line: Floats) -> bool:
        edit = _transfer(view, line)
        if edit is not None:
            return view.commit(edit)
        waiting[:] = [line]
        _show(view, line, 0)
        return True

    def idle(event: MapEvent) -> bool:
        if not waiting:
            return False
        line = waiting[0]
        back = (event.kind == EventKind.PRESS and event.button == Button.RIGHT) or event.text == BACKSPACE
        if event.kind == EventKind.ESCAPE or back:
            waiting.clear()
            view.propose(None)
            view.show_sketch(None)
            return True
        cell = view.cell_at(event.x, event.y)
        if event.kind == EventKind.MOVE:
            _show(view, line, cell)
            view.propose(transfer_area(line, cell) if cell else None)
        pressed = event.kind == EventKind.PRESS and event.button == Button.LEFT
        if pressed and cell and view.commit(transfer_area(line, cell)):
            waiting.clear()
            view.show_sketch(None)
        return True

    yield from drawing(view, changed=changed, finished=finished, closable=True, freehand=True, idle=idle, idle_keys=BACKSPACE)


def _show(view: MapView, line: Floats, cell: int) -> None:
    points = tuple((x, y) for x, y in line.tolist())
    view.show_sketch(Sketch(points, freehand=True, cells=(cell,) if cell else (), text=tr("Click the cell that gets this land")))


def _transfer(view: MapView, line: Floats) -> BoundaryEdit | None:
    """Return the edit that a line means by itself, None where it does not say who gets the land."""
    ranked = cells_along(view, line).most_common(1)
    giver = ranked[0][0] if ranked else 0
    selected = view.selected_cells
    if len(selected) == 1 and selected[0] != giver:
        return transfer_area(line, selected[0])
    (x0, y0), (x1, y1) = line[[0, -1]].tolist()
    begins, ends = cell_within(view, (x0, y0)), cell_within(view, (x1, y1))
    return transfer_area(line, begins) if begins and begins == ends and begins != giver else None
