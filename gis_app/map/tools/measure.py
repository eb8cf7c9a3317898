"""Measure a length on the map."""

from gis_app.map.tools.events import Button, EventKind, MapView, Tool
from gis_app.map.tools.pan import dragging


def measure(view: MapView) -> Tool:
    """Click adds a corner, the pointer shows the length so far, double click or Escape ends, the next click begins anew. Drag pans."""
    while True:
        points: tuple[tuple[float, float], ...] = ()
        done = False
        try:
            while not done:
                event = yield
                here = view.viewport.to_map(event.x, event.y)
                if event.kind == EventKind.PRESS and event.button == Button.LEFT:
                    if not (yield from dragging(view, event)):
                        points = (*points, here)
                        view.show_path(points)
                elif event.kind == EventKind.MOVE and points:
                    view.show_path((*points, here))
                elif event.kind == EventKind.DOUBLE_CLICK and points:
                    view.show_path(points)
                    while event.kind not in (EventKind.PRESS, EventKind.ESCAPE):
                        event = yield
                    done = True
                elif event.kind == EventKind.ESCAPE:
                    done = True
        finally:
            view.show_path(())
