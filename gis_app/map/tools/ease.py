"""Smooth or simplify a border: point at it and click."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.grid.datum import metres_per_unit
from gis_app.language import Message, msg
from gis_app.map.measure import length_text
from gis_app.map.snapping import REACH
from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Sketch, Tool
from gis_app.map.tools.pan import dragging

ROUNDS = (1, 2, 3, 4, 5)
TOLERANCES = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Metres."""


def smooth(view: MapView) -> Tool:
    """Point at a border (or into the selected cell, for all of its borders) and click; [ and ] round less or more."""
    ways = [partial(boundary_edits.smooth_border, rounds=rounds) for rounds in ROUNDS]
    yield from _easing(view, ways, [msg("Smooth, {rounds} of {most}", rounds=rounds, most=ROUNDS[-1]) for rounds in ROUNDS], 1)


def simplify(view: MapView) -> Tool:
    """Point at a border (or into the selected cell, for all of its borders) and click; [ and ] leave out less or more."""
    metres = metres_per_unit(view.state.settings.crs)
    ways = [partial(boundary_edits.simplify_border, tolerance=width / metres) for width in TOLERANCES]
    texts = [msg("Simplify within {length}", length=length_text(width, fine=width < 1)) for width in TOLERANCES]
    yield from _easing(view, ways, texts, TOLERANCES.index(5))


def _easing(view: MapView, ways: Sequence[Callable[[tuple[int, ...]], BoundaryEdit]], texts: Sequence[Message], level: int) -> Tool:
    """Offer the edit for the border at the pointer; `ways` go from little to much, with the text of each."""
    try:
        view.take_keys("[]【】")
        while True:
            event = yield
            if event.kind == EventKind.ESCAPE:
                view.leave()
                continue
            if event.kind == EventKind.KEY:
                level = min(max(level + (-1 if event.text in "[【" else 1), 0), len(ways) - 1)
            arcs = _borders_at(view, event)
            if event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                if not (yield from dragging(view, event)) and arcs:
                    view.commit(ways[level](arcs))
                continue
            handles = np.concatenate([view.state.coverage.arcs[arc].points for arc in arcs]) if arcs else np.empty((0, 2))
            cursor = view.viewport.to_map(event.x, event.y)
            view.show_sketch(Sketch(cursor=cursor, handles=handles, text=str(texts[level])) if arcs else None)
            view.propose(ways[level](arcs) if arcs else None)
    finally:
        view.take_keys("")
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _borders_at(view: MapView, event: MapEvent) -> tuple[int, ...]:
    """Return the border at the pointer, else all borders of the selected cell that it is in."""
    if view.snapper is None:
        return ()
    x, y = view.viewport.to_map(event.x, event.y)
    near = view.snapper.border(x, y, REACH * view.viewport.resolution)
    if near is not None:
        return (near.arc,)
    cell = view.cell_at(event.x, event.y)
    if cell not in view.selected_cells:
        return ()
    return tuple(sorted({abs(arc) for part in view.state.coverage.cells.get(cell, ()) for ring in part for arc in ring}))
