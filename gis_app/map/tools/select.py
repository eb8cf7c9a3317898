"""The tool for everything: click selects, drag pans, Shift and drag zooms to a box, double click zooms to what is there.

Where the one selected whistle may be moved, a drag that begins on it carries it.
"""

from gis_app.map.tools.carry import carrying
from gis_app.map.tools.events import Button, EventKind, MapView, Tool
from gis_app.map.tools.pan import dragging
from gis_app.map.tools.zoom_box import boxing


def select(view: MapView) -> Tool:
    """Click, drag, box and double click with the left button."""
    while True:
        event = yield
        if event.kind == EventKind.DOUBLE_CLICK:
            view.double_click(event)
        elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
            if event.shift:
                moved = yield from boxing(view, event)
            else:
                moved = yield from (carrying(view, event) if view.grips(event) else dragging(view, event))
            if not moved:
                view.click(event)
