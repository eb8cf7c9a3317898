"""Measure a length or an area on the map."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.datum import metres_per_unit
from gis_app.language import tr
from gis_app.map.measure import area_text, length_text
from gis_app.map.tools.entry import TYPED_KEYS
from gis_app.map.tools.events import BACKSPACE, ENTER, Button, EventKind, MapView, Tool
from gis_app.map.tools.pencil import Pencil

Floats = NDArray[np.float64]


def measure(view: MapView) -> Tool:
    """Click the points of a line; a double click or Enter keeps its figures in sight until the next click, Escape drops it.

    A click on the first point closes the line; from three points on its area is told as well. It snaps and is typed as a line to split by.
    """
    pencil, kept = Pencil(view, closable=True), False
    try:
        while True:
            view.take_keys(TYPED_KEYS + ENTER + BACKSPACE if pencil.points else "")
            event = yield
            if event.kind == EventKind.ESCAPE:
                if not pencil.points:
                    view.leave()
                pencil.clear()
                kept = False
            elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
                if kept:
                    pencil.clear()
                pencil.follow(event)
                kept = pencil.closes
                pencil.add()
            elif event.kind == EventKind.DOUBLE_CLICK or (event.text == ENTER and not pencil.typed):
                kept = len(pencil.points) > 1
            elif event.text == ENTER:
                pencil.follow(event)
                pencil.add()
            elif event.text == BACKSPACE or (event.kind == EventKind.PRESS and event.button == Button.RIGHT):
                pencil.take_back()
                kept = False
            elif event.text:
                pencil.type(event.text)
                kept = False
            if kept:
                pencil.rest()
            elif event.kind != EventKind.ESCAPE:
                pencil.follow(event)
            pencil.show(text=_figures(view, pencil.line(ahead=not kept), pencil.typed))
    finally:
        view.take_keys("")
        view.show_snap(None)
        view.show_sketch(None)


def _figures(view: MapView, line: Floats | None, typed: str) -> str:
    """Return the length of a line, and the area that it holds from three points on."""
    if line is None:
        return typed
    metres = metres_per_unit(view.state.settings.crs)
    said = length_text(float(np.hypot(*np.diff(line, axis=0).T).sum()) * metres, fine=True)
    if len(line) > 2:
        said = tr("{length} · area {area}", length=said, area=area_text(shapely.Polygon(line).area * metres**2))
    return tr("{typed}▏ → {told}", typed=typed, told=said) if typed else said
