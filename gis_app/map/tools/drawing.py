"""Draw a line or a polygon, as all tools that need one do."""

from collections.abc import Callable, Generator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.map.tools.entry import TYPED_KEYS
from gis_app.map.tools.events import BACKSPACE, ENTER, Button, EventKind, MapEvent, MapView, Tool, far
from gis_app.map.tools.pencil import Pencil

Floats = NDArray[np.float64]

DRAG_DISTANCE = 8.0
"""A press that moves this many pixels draws freehand; less than that is a click made in a hurry."""


def _nobody(_event: MapEvent) -> bool:
    return False


def drawing(
    view: MapView,
    *,
    changed: Callable[[Floats | None], None],
    finished: Callable[[Floats], bool],
    closed: bool = False,
    closable: bool = False,
    freehand: bool = False,
    idle: Callable[[MapEvent], bool] = _nobody,
    idle_keys: str = "",
) -> Tool:
    """Let the user draw lines (or `closed` polygons) until the tool is left.

    A press adds a point; the right button or Backspace takes the last one back; a double click or Enter ends the line, for a polygon (or a
    `closable` line) a click on its first point, too. Escape drops what is typed, then the line, and with nothing drawn it leaves the tool.
    `freehand`: a drag with the left button draws a polygon at one go, which its release ends; else a drag is a click (the map is moved by
    the middle button or the space bar, which leave the line alone).

    `changed` is told the line (n, 2) as it would be if it ended at the pointer, or None; a polygon ends where it begins. `finished` is told
    a line that was ended, and returns whether it was accepted: what was not stays to be corrected, unless it was drawn freehand. `idle` may
    take events while nothing is drawn (True: taken), with the keys `idle_keys`.
    """
    pencil = Pencil(view, closed=closed, closable=closable)
    try:
        while True:
            view.take_keys(TYPED_KEYS + ENTER + BACKSPACE if pencil.points else idle_keys)
            event = yield
            if event.kind == EventKind.ESCAPE:
                if not pencil.points and idle(event):
                    continue
                if not _dropped(pencil):
                    view.leave()
            elif not pencil.points and idle(event):
                continue
            elif event.kind == EventKind.PRESS and event.button == Button.RIGHT:
                pencil.take_back()
            elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                pencil.follow(event)
                if pencil.closes:
                    pencil.add()
                    if not _finish(pencil, finished):
                        pencil.take_back()
                else:
                    first = not pencil.points
                    pencil.add()
                    if freehand and first:
                        yield from _dragged(view, pencil, event, changed, finished)
            elif event.kind == EventKind.DOUBLE_CLICK:
                _add_far(view, pencil, event)
                _finish(pencil, finished)
            elif event.kind == EventKind.KEY:
                _key(pencil, event, finished)
            if not pencil.points and idle(MapEvent(EventKind.MOVE, event.x, event.y)):
                continue  # what is done with the line that has just ended
            pencil.follow(event)
            pencil.show()
            changed(pencil.line(ahead=True) if pencil.points else None)
    finally:
        view.take_keys("")
        view.show_snap(None)
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _dropped(pencil: Pencil) -> bool:
    """Drop what is typed, else the line; False where there is neither."""
    if pencil.typed:
        pencil.typed = ""
        return True
    drawn = bool(pencil.points)
    pencil.clear()
    return drawn


def _finish(pencil: Pencil, finished: Callable[[Floats], bool]) -> bool:
    """Offer the line; True where it was accepted."""
    line = pencil.line()
    if line is None or not finished(line):
        return False
    pencil.clear()
    return True


def _add_far(view: MapView, pencil: Pencil, event: MapEvent) -> None:
    """Add the place of a double click, unless it is that of the press before it, which is the last point already."""
    if pencil.points:
        x, y = view.viewport.to_screen(*pencil.points[-1])
        snapped_away = 2.0 * DRAG_DISTANCE  # the last point may have snapped away from the pointer
        if max(abs(x - event.x), abs(y - event.y)) < snapped_away:
            return
    pencil.follow(event)
    pencil.add()


def _key(pencil: Pencil, event: MapEvent, finished: Callable[[Floats], bool]) -> None:
    if event.text == BACKSPACE:
        pencil.take_back()
    elif event.text == ENTER and pencil.typed:
        pencil.follow(event)
        pencil.add()
    elif event.text == ENTER:
        _finish(pencil, finished)
    else:
        pencil.type(event.text)


def _dragged(
    view: MapView, pencil: Pencil, press: MapEvent, changed: Callable[[Floats | None], None], finished: Callable[[Floats], bool]
) -> Generator[None, MapEvent, None]:
    """After the first press: where the pointer is dragged before it is released, draw a polygon freehand and end it; else do nothing."""
    lasso = Pencil(view, closed=True)
    lasso.add_freehand(press)
    started = False
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            pencil.clear()
            return
        if event.kind == EventKind.MOVE:
            started = started or max(abs(event.x - press.x), abs(event.y - press.y)) >= DRAG_DISTANCE
            lasso.add_freehand(event)
            if started:
                lasso.show(freehand=True)
                changed(_smoothed(view, lasso))
        elif event.kind == EventKind.RELEASE:
            if started:
                pencil.clear()
                line = _smoothed(view, lasso)
                if line is not None:
                    finished(line)
            return


def _smoothed(view: MapView, lasso: Pencil) -> Floats | None:
    """Return the ring of a lasso without the points that a pixel cannot show."""
    ring = lasso.line()
    if ring is None:
        return None
    simple = shapely.get_coordinates(shapely.LineString(ring).simplify(view.viewport.resolution))
    return simple if len(simple) > 3 else ring


def lassoing(view: MapView, press: MapEvent) -> Generator[None, MapEvent, Floats | None]:
    """Follow a drag with a lasso until the button is released; returns its ring (n, 2), or None. Escape drops it."""
    lasso = Pencil(view, closed=True)
    lasso.add_freehand(press)
    started = False
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            return None
        if event.kind in (EventKind.MOVE, EventKind.RELEASE):
            started = started or far(press, event)
            lasso.add_freehand(event)
            lasso.show(freehand=True)
        if event.kind == EventKind.RELEASE:
            return _smoothed(view, lasso) if started else None
