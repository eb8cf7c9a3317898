"""Merge cells: click them one after the other."""

from gis_app.county.boundary_edits import merge_cells
from gis_app.language import msg
from gis_app.map.tools.events import BACKSPACE, ENTER, Button, EventKind, MapView, Sketch, Tool
from gis_app.map.tools.pan import dragging


def merge(view: MapView) -> Tool:
    """Click adds a cell, right click or Backspace takes the last one back; Enter or a click on one of them merges into the first."""
    chosen = [*view.selected_cells]
    try:
        while True:
            chosen = [cell for cell in chosen if cell in view.state.coverage.cells]
            view.take_keys(ENTER + BACKSPACE)
            view.show_sketch(Sketch(cells=tuple(chosen)) if chosen else None)
            view.propose(merge_cells(chosen, chosen[0]) if len(chosen) > 1 else None)
            event = yield
            done = False
            if event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                if not (yield from dragging(view, event)):
                    cell = view.cell_at(event.x, event.y)
                    if cell and cell not in chosen:
                        chosen.append(cell)
                    elif cell:
                        done = True
            elif event.kind == EventKind.DOUBLE_CLICK:
                done = len(chosen) > 1
            elif (event.kind == EventKind.PRESS and event.button == Button.RIGHT) or event.text == BACKSPACE:
                del chosen[-1:]
            elif event.text == ENTER:
                done = True
            elif event.kind == EventKind.ESCAPE:
                if not chosen:
                    view.leave()
                chosen = []
            if done and len(chosen) < 2:
                view.say(msg("Click another cell, to be merged with this one."))
            elif done and view.commit(merge_cells(chosen, chosen[0])):
                chosen = []
    finally:
        view.take_keys("")
        view.show_sketch(None)
        view.propose(None)
        view.say(None)
