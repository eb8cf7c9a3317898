"""Delete a cell: its land goes to a neighbour."""

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.map.tools.events import ENTER, Button, EventKind, MapView, Sketch, Tool
from gis_app.map.tools.pan import dragging


def delete_cell(view: MapView) -> Tool:
    """Click the cell to delete, then the neighbour that gets its land; Enter or a second click on it: that with the longest border.

    With a cell selected, Enter is enough. A first click always says which cell goes, so that none goes unseen because it was selected.
    """
    selected = view.selected_cells
    chosen = selected[0] if len(selected) == 1 else 0
    clicked, heir = False, 0
    try:
        while True:
            chosen = chosen if chosen in view.state.coverage.cells else 0
            view.take_keys(ENTER if chosen else "")
            view.show_sketch(Sketch(cells=(chosen,)) if chosen else None)
            view.propose(_deletion(chosen, heir) if chosen else None)
            event = yield
            done = False
            if event.kind == EventKind.ESCAPE:
                if not chosen:
                    view.leave()
                chosen = heir = 0
            elif event.kind == EventKind.PRESS and event.button == Button.RIGHT:
                chosen = heir = 0
            elif event.kind == EventKind.MOVE and clicked:
                heir = view.cell_at(event.x, event.y)
            elif event.kind == EventKind.KEY and event.text == ENTER:
                heir, done = 0, chosen != 0
            elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                if not (yield from dragging(view, event)):
                    cell = view.cell_at(event.x, event.y)
                    if chosen and clicked and cell:
                        heir, done = cell, True
                    elif cell:
                        chosen = heir = cell
                        clicked = True
            if done and view.commit(_deletion(chosen, heir)):
                chosen = heir = 0
    finally:
        view.take_keys("")
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _deletion(cell: int, heir: int) -> BoundaryEdit:
    """Return the deletion in favour of `heir`, where that is another cell."""
    return boundary_edits.delete_cell(cell, heir if heir not in (0, cell) else None)
