"""Move, insert and remove the points of borders."""

from collections.abc import Generator, Sequence
from dataclasses import replace
from math import hypot

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.boundary_edits import BoundaryEdit, insert_vertex, move_vertices, remove_vertex, remove_vertices
from gis_app.county.changes import Refusal
from gis_app.county.state import CountyState
from gis_app.grid.coverage import GRID, Coverage, snap
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.vertices import Vertex, missing, node_of, place_of, vertices_in
from gis_app.language import msg, tr
from gis_app.map.measure import length_text
from gis_app.map.snapping import REACH, Snap, Snapper
from gis_app.map.tools.drawing import lassoing
from gis_app.map.tools.entry import TYPED_KEYS, direction, entered, held, plain, read_entry
from gis_app.map.tools.events import BACKSPACE, DELETE, ENTER, Button, EventKind, MapEvent, MapView, Place, Sketch, Tool, far
from gis_app.map.tools.pan import dragging

Floats = NDArray[np.float64]

SMALLEST = 40.0
"""Cells that are smaller than this many pixels are too small to have their points taken hold of: a press could mean nothing else."""

MOST_HANDLES = 1500
"""Of more vertices in sight only the nodes are shown: the others lie closer than a hand can take them."""


def edit_nodes(view: MapView) -> Tool:
    """Edit the borders of the selected cells, else of the cell at the pointer.

    Drag a point to move it, drag a border between two points to pull out a new one, click a border to insert one there, Delete or a double
    click removes the point at the pointer. Shift and drag draws a lasso, Shift and click adds a point or takes it out: a drag then moves
    all of the chosen points, Delete removes them. A click elsewhere selects. While a point moves it snaps to reference lines (Alt: not)
    and keeps to steps of 15° with Shift. While points are chosen, a length and a direction (or "@20,-5") can be typed; Enter moves them so.
    """
    nodes = _Nodes(view)
    try:
        while True:
            view.take_keys(DELETE + BACKSPACE + (TYPED_KEYS + ENTER if nodes.chosen else ""))
            event = yield
            if event.kind == EventKind.ESCAPE:
                if not nodes.chosen:
                    view.leave()
                if not nodes.typed:
                    nodes.choose(())
                nodes.typed = ""
            elif event.kind == EventKind.KEY:
                view.say(None)
                nodes.look(event)
                nodes.key(event.text)
            elif event.kind == EventKind.DOUBLE_CLICK:
                nodes.look(event)
                if not nodes.inserted:  # by its first click: who is used to insert points by a double click means that
                    nodes.remove()
            elif event.kind == EventKind.PRESS and event.button == Button.RIGHT:
                nodes.choose(())
            elif event.kind == EventKind.PRESS and event.button == Button.LEFT:
                view.say(None)
                nodes.inserted = False
                nodes.look(event)
                yield from _pressed(view, nodes, event)
            if event.kind != EventKind.ESCAPE:
                nodes.look(event)
            nodes.show()
    finally:
        view.take_keys("")
        view.show_snap(None)
        view.show_sketch(None)
        view.propose(None)
        view.say(None)


def _pressed(view: MapView, nodes: "_Nodes", press: MapEvent) -> Generator[None, MapEvent, None]:
    """Do what a press of the left button begins."""
    vertex = nodes.vertex
    if press.shift and vertex is not None:
        nodes.choose([one for one in nodes.chosen if one != vertex] if vertex in nodes.chosen else [*nodes.chosen, vertex])
    elif press.shift:
        ring = yield from lassoing(view, press)
        if ring is not None:
            inside = vertices_in(view.state.coverage, shapely.Polygon(ring).buffer(0), sorted(nodes.arcs))
            nodes.choose((*nodes.chosen, *inside))
    elif vertex is not None:
        yield from _moving(view, nodes, press, nodes.chosen if vertex in nodes.chosen else (vertex,), vertex)
    elif nodes.border is not None:
        yield from _pulling(view, nodes, press, nodes.border)
    elif not (yield from dragging(view, press)):
        nodes.choose(())
        view.click(press)


def _moving(
    view: MapView, nodes: "_Nodes", press: MapEvent, vertices: tuple[Vertex, ...], held_one: Vertex
) -> Generator[None, MapEvent, None]:
    """Drag vertices by one of them until the button is released; a click without a drag chooses it. Escape puts them back."""
    coverage = view.state.coverage
    start = place_of(coverage, held_one)
    places = np.array([place_of(coverage, vertex) for vertex in vertices])
    started = False
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            view.propose(None)
            return
        if event.kind not in (EventKind.MOVE, EventKind.RELEASE):
            continue
        started = started or far(press, event)
        end = _dragged_to(view, event, start)
        by = (round(end[0] - start[0], 3), round(end[1] - start[1], 3))
        if event.kind == EventKind.RELEASE:
            if not started or by == (0.0, 0.0):
                nodes.choose(vertices)
                view.propose(None)
            elif view.commit(_moved(coverage, vertices, by)):
                nodes.moved(by)
            else:
                view.propose(None)
            return
        if started:
            nodes.show_moving(start, end, places + by)
            view.propose(_moved(coverage, vertices, by))


def _pulling(view: MapView, nodes: "_Nodes", press: MapEvent, border: Snap) -> Generator[None, MapEvent, None]:
    """Pull a new point out of a border until the button is released; a click without a drag inserts it where it is. Escape: neither."""
    coverage, place, started = view.state.coverage, (border.x, border.y), False
    end = place
    while True:
        event = yield
        if event.kind == EventKind.ESCAPE:
            view.propose(None)
            return
        if event.kind not in (EventKind.MOVE, EventKind.RELEASE):
            continue
        started = started or far(press, event)
        if started:
            end = _dragged_to(view, event, place)
        if event.kind == EventKind.RELEASE:
            nodes.choose(())
            nodes.inserted = view.commit(_inserted(coverage, border, end))
            if not nodes.inserted:
                view.propose(None)
            return
        if started:
            nodes.show_moving(place, end, np.array([end]))
            view.propose(_inserted(coverage, border, end))


def _dragged_to(view: MapView, event: MapEvent, start: Place) -> Place:
    """Return where a vertex is dragged to, on the grid; it snaps to references only, since borders must not touch."""
    x, y = view.viewport.to_map(event.x, event.y)
    found = None
    if event.shift:
        x, y = held(start, (x, y))
    elif not event.alt and view.snapper is not None:
        found = view.snapper.snap(x, y, REACH * view.viewport.resolution, references_only=True)
    view.show_snap(found)
    if found is not None:
        return found.x, found.y
    x, y = snap(np.array([x, y])).tolist()
    return x, y


def _moved(coverage: Coverage, vertices: Sequence[Vertex], by: Place) -> BoundaryEdit:
    return _as_seen(move_vertices(vertices, by), coverage, vertices)


def _inserted(coverage: Coverage, border: Snap, at: Place) -> BoundaryEdit:
    ends = (Vertex(border.arc, border.index), Vertex(border.arc, border.index + 1))
    return _as_seen(insert_vertex(border.arc, border.index, at), coverage, ends)


def _removed(coverage: Coverage, vertices: Sequence[Vertex]) -> BoundaryEdit:
    one = vertices[0]
    return _as_seen(remove_vertex(one.arc, one.index) if len(vertices) == 1 else remove_vertices(vertices), coverage, vertices)


def _as_seen(edit: BoundaryEdit, coverage: Coverage, vertices: Sequence[Vertex]) -> BoundaryEdit:
    """Return an edit that is refused where its vertices are not where they were when the user chose them.

    Edits are performed one after the other, beside the window: one that is asked for before the last one is done could else mean a
    vertex that has another number by then.
    """
    places = {vertex: place_of(coverage, vertex) for vertex in vertices}

    def attempt(state: CountyState) -> Edited | Refusal:
        now = state.coverage
        if now is not coverage:
            for vertex, place in places.items():
                if missing(now, vertex) is not None or place_of(now, vertex) != place:
                    return Refusal("changed", msg("This border was changed a moment ago; choose the point again."), place)
        return edit.attempt(state)

    return replace(edit, attempt=attempt)


class _Nodes:
    """What the tool has in its hand: the borders whose points it offers, the point or border at the pointer, the chosen points."""

    def __init__(self, view: MapView) -> None:
        self._view = view
        self._offered: tuple[object, ...] = ()
        self._handles: Floats = np.empty((0, 2))
        self._cells: tuple[int, ...] = ()
        self._small = False
        self._pointer: Place = (0.0, 0.0)
        self.typed = ""
        self.arcs: frozenset[int] = frozenset()
        self.vertex: Vertex | None = None
        self.border: Snap | None = None
        self._snap: Snap | None = None
        self.inserted = False  # by the last press
        self.chosen: tuple[Vertex, ...] = ()
        self._chosen_in: Coverage | None = None
        self._by = np.zeros(2)

    def choose(self, vertices: Sequence[Vertex]) -> None:
        """Choose points, each once; those chosen before are not any more."""
        self.typed = ""
        self._chosen_in, self._by = self._view.state.coverage, np.zeros(2)
        self.chosen = tuple(dict.fromkeys(_one_name(self._chosen_in, self._view.snapper, vertex) for vertex in vertices))

    def moved(self, by: Place) -> None:
        """Note that the chosen points are being moved: the county will have them elsewhere."""
        self._by = np.array(by)

    def _keep_chosen(self, coverage: Coverage) -> None:
        """Let go of chosen points that are gone, or were moved by something else, in another coverage than they were chosen in."""
        before, self._chosen_in = self._chosen_in, coverage
        if before is None or before is coverage or not self.chosen:
            return
        was = {vertex: np.array(place_of(before, vertex)) for vertex in self.chosen}
        there = [vertex for vertex in self.chosen if missing(coverage, vertex) is None]
        for by in (self._by, np.zeros(2)):
            kept = [vertex for vertex in there if np.abs(was[vertex] + by - place_of(coverage, vertex)).max() <= GRID]
            self.chosen = tuple(kept)
            if kept:
                break
        self._by = np.zeros(2)

    def look(self, event: MapEvent) -> None:
        """Find what is at the pointer. The cell at the pointer is left only where another one's border or middle is come to."""
        view = self._view
        coverage, snapper = view.state.coverage, view.snapper
        self._keep_chosen(coverage)
        x, y = self._pointer = view.viewport.to_map(event.x, event.y)
        self.vertex, self.border, self._snap = None, None, None
        if snapper is None or snapper.coverage is not coverage:
            return
        reach = REACH * view.viewport.resolution
        if self._cells and not view.selected_cells and snapper.border(x, y, reach, self._arcs_of(coverage, self._cells)) is not None:
            cells = self._cells  # on the border of two cells, the one that was pointed at stays
        else:
            at = view.cell_at(event.x, event.y)
            cells = view.selected_cells or ((at,) if at else ())
        self._offer(coverage, cells)
        found = snapper.vertex(x, y, reach, self.arcs)
        if found is not None:
            self.vertex, self._snap = _one_name(coverage, snapper, Vertex(found.arc, found.index)), found
        else:
            self.border = self._snap = snapper.border(x, y, reach, self.arcs)

    def remove(self) -> None:
        """Remove the chosen points, else the one at the pointer."""
        view = self._view
        wanted = self.chosen or ((self.vertex,) if self.vertex is not None else ())
        if not wanted:
            view.say(msg("Point at the point of the border that is to be removed."))
        elif view.commit(_removed(view.state.coverage, wanted)):
            self.choose(())
            self.vertex = None

    def key(self, text: str) -> None:
        """Take a key: remove points, or type how far the chosen ones move."""
        if text == BACKSPACE and self.typed:
            self.typed = self.typed[:-1]
        elif text in (BACKSPACE, DELETE):
            self.remove()
        elif text == ENTER:
            by = self._typed_move()
            if by is not None and self._view.commit(_moved(self._view.state.coverage, self.chosen, by)):
                self.moved(by)
                self.typed = ""
        else:
            self.typed += plain(text)

    def _typed_move(self) -> Place | None:
        """Return how far the chosen points move by what is typed, None where it says nothing. The first one of them counts."""
        entry = read_entry(self.typed)
        if entry is None or not self.chosen:
            return None
        view, start = self._view, place_of(self._view.state.coverage, self.chosen[0])
        end = entered(entry, (start,), self._pointer, metres_per_unit(view.state.settings.crs))
        return (round(end[0] - start[0], 3), round(end[1] - start[1], 3)) if end is not None else None

    def show(self) -> None:
        """Show the points, and what is at the pointer."""
        view, coverage = self._view, self._view.state.coverage
        chosen = [place_of(coverage, vertex) for vertex in self.chosen if missing(coverage, vertex) is None]
        marked = np.array(chosen, np.float64).reshape(-1, 2)
        by = self._typed_move()
        view.show_snap(self._snap)
        view.propose(_moved(coverage, self.chosen, by) if by is not None else None)
        view.show_sketch(Sketch(handles=self._handles, marked=marked + (by or (0.0, 0.0)), cells=self._cells, text=self._text()))

    def show_moving(self, start: Place, end: Place, places: Floats) -> None:
        """Show points on their way: the line from where one of them was, and `places` (n, 2) of all."""
        length = hypot(end[0] - start[0], end[1] - start[1]) * metres_per_unit(self._view.state.settings.crs)
        text = tr("{length} · {degrees}°", length=length_text(length, fine=True), degrees=f"{direction(start, end):.1f}")
        sketch = Sketch((start,), cursor=end, freehand=True, handles=self._handles, marked=places, cells=self._cells, text=text)
        self._view.show_sketch(sketch)

    def _text(self) -> str:
        if self._small:
            return tr("Zoom in to see the points")
        if self.typed and self.chosen:
            return tr("{typed}▏ → {told}", typed=self.typed, told=tr("{count} points", count=len(self.chosen)))
        return tr("{count} points", count=len(self.chosen)) if self.chosen else ""

    def _arcs_of(self, coverage: Coverage, cells: Sequence[int]) -> frozenset[int]:
        parts = (part for cell in cells for part in coverage.cells.get(cell, ()))
        return frozenset(abs(arc) for part in parts for ring in part for arc in ring)

    def _offer(self, coverage: Coverage, cells: tuple[int, ...]) -> None:
        """Offer the vertices of cells that are in sight; the same array again while nothing changed."""
        wanted = (coverage, cells, self._view.viewport)
        if self._offered and self._offered[0] is coverage and self._offered[1:] == wanted[1:]:
            return
        self.arcs = self._arcs_of(coverage, cells)
        self._offered, self._cells = wanted, cells
        west, south, east, north = self._view.viewport.extent
        lines = [coverage.arcs[arc].points for arc in sorted(self.arcs)]
        self._small = bool(lines) and float(np.ptp(np.concatenate(lines), axis=0).max()) < SMALLEST * self._view.viewport.resolution
        if self._small:
            self.arcs, self._handles = frozenset(), np.empty((0, 2))
            return
        for offered in (lines, [line[[0, -1]] for line in lines]):
            points = np.unique(np.concatenate([np.empty((0, 2)), *offered]), axis=0)
            seen = (points[:, 0] >= west) & (points[:, 0] <= east) & (points[:, 1] >= south) & (points[:, 1] <= north)
            self._handles = points[seen]
            if len(self._handles) <= MOST_HANDLES:
                break


def _one_name(coverage: Coverage, snapper: Snapper | None, vertex: Vertex) -> Vertex:
    """Return a vertex; a node, which is the end of several arcs, always as the end of the same one, so that it can be known again."""
    node = node_of(coverage, vertex)
    found = snapper.snap(*coverage.nodes[node], 0.0) if snapper is not None and node is not None else None
    return Vertex(found.arc, found.index) if found is not None and found.node == node else vertex
