"""The tool for everything: click selects, drag pans, Shift and drag zooms to a box, double click zooms to what is there."""

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
            moved = yield from (boxing(view, event) if event.shift else dragging(view, event))
            if not moved:
                view.click(event)
