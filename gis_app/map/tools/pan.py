"""Drag the map about."""

from collections.abc import Generator

from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Tool, far


def pan(view: MapView) -> Tool:
    """Drag with the left or the middle button; a click that does not move does nothing."""
    while True:
        event = yield
        if event.kind == EventKind.PRESS and event.button in (Button.LEFT, Button.MIDDLE):
            yield from dragging(view, event)


def dragging(view: MapView, press: MapEvent) -> Generator[None, MapEvent, bool]:
    """Move the map with the pointer until the button is released; returns whether it moved. Escape puts it back."""
    start = view.viewport
    moved = False
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            view.set_viewport(start)
            return True
        moved = moved or far(press, event)
        if moved:
            view.set_viewport(start.moved(event.x - press.x, event.y - press.y))
        if event.kind == EventKind.RELEASE:
            return moved
