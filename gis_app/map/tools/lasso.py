"""Draw around whistles to select them."""

from collections.abc import Generator

from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Place, Sketch, Tool, far

STEP = 3.0
"""So many pixels lie between the points of the line."""


def lasso(view: MapView) -> Tool:
    """Drag around with the left button; with Shift a box. A click selects what is there, as always."""
    while True:
        event = yield
        if event.kind == EventKind.PRESS and event.button == Button.LEFT and not (yield from _drawing(view, event)):
            view.click(event)


def _drawing(view: MapView, press: MapEvent) -> Generator[None, MapEvent, bool]:
    """Follow the pointer until the button is released, and tell the area; returns whether there was one. Escape drops it."""
    points: list[Place] = [view.viewport.to_map(press.x, press.y)]
    last, moved = press, False
    try:
        while True:
            event = yield
            if event.kind == EventKind.ESCAPE:
                return True
            moved = moved or far(press, event)
            if press.shift:
                ends = ((press.x, press.y), (event.x, press.y), (event.x, event.y), (press.x, event.y))
                points = [view.viewport.to_map(x, y) for x, y in ends]
            elif max(abs(event.x - last.x), abs(event.y - last.y)) >= STEP:
                points.append(view.viewport.to_map(event.x, event.y))
                last = event
            if moved:
                view.show_sketch(Sketch(points=tuple(points), closed=True, freehand=True))
            if event.kind == EventKind.RELEASE:
                if moved:
                    view.pick(tuple(points))
                return moved
    finally:
        view.show_sketch(None)
