"""Draw a box and zoom to it."""

from collections.abc import Generator

from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Tool, far
from gis_app.map.viewport import Viewport


def zoom_box(view: MapView) -> Tool:
    """Drag a box with the left button; a click without a drag zooms in by two about the place."""
    while True:
        event = yield
        if event.kind == EventKind.PRESS and event.button == Button.LEFT and not (yield from boxing(view, event)):
            view.set_viewport(view.viewport.zoomed(2.0, event.x, event.y))


def boxing(view: MapView, press: MapEvent) -> Generator[None, MapEvent, bool]:
    """Follow the pointer with a box and zoom to it when the button is released; returns whether there was a box. Escape drops it."""
    box: tuple[float, float, float, float] | None = None
    try:
        while True:
            event = yield
            if event.kind == EventKind.ESCAPE:
                return True
            if box is not None or far(press, event):
                box = (min(press.x, event.x), min(press.y, event.y), max(press.x, event.x), max(press.y, event.y))
                view.show_box(box)
            if event.kind == EventKind.RELEASE:
                if box is not None:
                    view.set_viewport(boxed(view.viewport, box))
                return box is not None
    finally:
        view.show_box(None)


def boxed(viewport: Viewport, box: tuple[float, float, float, float]) -> Viewport:
    """Return the viewport that shows a box of pixels as large as possible."""
    left, top = viewport.to_map(box[0], box[1])
    right, bottom = viewport.to_map(box[2], box[3])
    return Viewport.fitting((left, bottom, right, top), viewport.width, viewport.height, margin=0.0)
