"""Paint land into a cell with a round brush."""

from collections.abc import Generator

import shapely

from gis_app.county.boundary_edits import paint_cells
from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Place, Sketch, Tool, far

RADIUS = 24.0
SMALLEST, LARGEST = 4.0, 200.0
STEP = 1.25
"""The brush's radius in logical pixels, and by how much [ and ] change it."""


def paint(view: MapView) -> Tool:
    """Drag paints land into the selected cell, else into that in which the drag begins; a click chooses the cell; [ and ] size it."""
    radius, chosen = RADIUS, 0
    cursor: Place | None = None
    try:
        view.take_keys("[]【】")
        while True:
            selected = view.selected_cells
            target = chosen or (selected[0] if len(selected) == 1 else 0)
            cells = (target,) if target else ()
            view.show_sketch(Sketch(cursor=cursor, cells=cells, radius=radius) if cursor is not None or cells else None)
            event = yield
            if event.kind == EventKind.ESCAPE:
                if not chosen:
                    view.leave()
                chosen = 0
                continue
            cursor = view.viewport.to_map(event.x, event.y)
            if event.kind == EventKind.KEY:
                radius = min(max(radius * (1 / STEP if event.text in "[【" else STEP), SMALLEST), LARGEST)
            elif event.kind == EventKind.PRESS and event.button == Button.RIGHT:
                chosen = 0
            elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                clicked = yield from _stroke(view, event, target or view.cell_at(event.x, event.y), radius)
                if clicked:
                    chosen = view.cell_at(event.x, event.y)
    finally:
        view.take_keys("")
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _stroke(view: MapView, press: MapEvent, target: int, radius: float) -> Generator[None, MapEvent, bool]:
    """Paint until the button is released; returns whether it was only a click. Escape drops the stroke."""
    place = view.viewport.to_map(press.x, press.y)
    width, fine = radius * view.viewport.resolution, view.viewport.resolution / 2
    covered: shapely.Geometry = shapely.Polygon()
    started = False
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            view.propose(None)
            return False
        if event.kind not in (EventKind.MOVE, EventKind.RELEASE):
            continue
        started = started or far(press, event)
        before, place = place, view.viewport.to_map(event.x, event.y)
        covered = brushed(covered, before, place, width)
        painted = covered.simplify(fine) if started and target else None  # no more corners than can be seen
        if event.kind == EventKind.RELEASE:
            if painted is None or not view.commit(paint_cells(painted, target, _blocks(view, painted))):
                view.propose(None)
            return not started
        if painted is not None:
            view.show_sketch(Sketch(cursor=place, cells=(target,), radius=radius, painted=painted))
            view.propose(paint_cells(painted, target, _blocks(view, painted)))


def _blocks(view: MapView, painted: shapely.Geometry) -> list[shapely.Geometry] | None:
    """Return the areas of the reference layers that are painted over, None where there are none."""
    references = view.snapper.references if view.snapper is not None else None
    return (references.blocks(painted) or None) if references is not None else None


def brushed(covered: shapely.Geometry, start: Place, end: Place, radius: float) -> shapely.Geometry:
    """Return what is covered when a brush of a radius (county units) has gone on from one place to another.

    Joined piece by piece, 0.1 ms each: to widen the whole way anew at each move takes 100 ms where it crosses itself a few hundred times.
    """
    return covered.union(
        shapely.LineString([start, end]).buffer(radius, quad_segs=6) if start != end else shapely.Point(end).buffer(radius, 6)
    )
