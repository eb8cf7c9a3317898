"""Drag a whistle to another place: nothing is moved by it, the place is told to whoever asks what changes with it."""

from collections.abc import Generator

from gis_app.map.tools.events import EventKind, MapEvent, MapView, Sketch, far


def carrying(view: MapView, press: MapEvent) -> Generator[None, MapEvent, bool]:
    """Follow the pointer with a line from where the whistle lies; returns whether it was carried. Escape lets it lie."""
    start = view.viewport.to_map(press.x, press.y)
    moved = False
    try:
        while True:
            event = yield
            if event.kind == EventKind.ESCAPE:
                return True
            here = view.viewport.to_map(event.x, event.y)
            moved = moved or far(press, event)
            if moved:
                view.show_sketch(Sketch(points=(start,), cursor=here))
            if event.kind == EventKind.RELEASE:
                if moved:
                    view.drop(here)
                return moved
    finally:
        view.show_sketch(None)
