"""Edits of the county's division by drawing: what a tool proposes, what the preview tries on, and the `Edit` that is performed.

A constructor for each verb of `grid.edits`, of the same name, takes what the user gave (cells, lines, points in county coordinates) and
returns a `BoundaryEdit`; what the grid's edit needs besides (ids of new cells, household places, locks) is filled in from the state when
it is tried. `boundary_edit` makes of it, and of the user's rule `Following`, the edit that `County.perform` takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.boundary_rows import outcome_of
from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.content import next_id
from gis_app.county.crossings import crossings
from gis_app.county.following import Following, rows_in
from gis_app.county.locks import locked_cell, not_a_draft
from gis_app.county.numbering import new_units
from gis_app.county.state import CountyState
from gis_app.county.titles import areas_title, codes_of, counts_title, taking_title
from gis_app.grid.codes import CodeError
from gis_app.grid.coverage import polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.edits.cut_county import cut_county as county_cut
from gis_app.grid.edits.delete_cell import delete_cell as cell_deleted
from gis_app.grid.edits.draw_cell import draw_cell as cell_drawn
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.extend_county import extend_county as county_extended
from gis_app.grid.edits.insert_vertex import insert_vertex as vertex_inserted
from gis_app.grid.edits.merge_cells import merge_cells as cells_merged
from gis_app.grid.edits.move_node import move_node as node_moved
from gis_app.grid.edits.move_vertices import move_vertices as vertices_moved
from gis_app.grid.edits.outlines import Shape
from gis_app.grid.edits.paint_cells import paint_cells as cells_painted
from gis_app.grid.edits.remove_vertex import remove_vertex as vertex_removed
from gis_app.grid.edits.remove_vertices import remove_vertices as vertices_removed
from gis_app.grid.edits.reshape_border import reshape_border as border_reshaped
from gis_app.grid.edits.simplify_border import simplify_border as border_simplified
from gis_app.grid.edits.smooth_border import smooth_border as border_smoothed
from gis_app.grid.edits.split_by_polygon import split_by_polygon as split_along_polygon
from gis_app.grid.edits.split_cell import split_cell as cell_split
from gis_app.grid.edits.split_equally import split_equally as equally_split
from gis_app.grid.edits.transfer_area import transfer_area as area_transferred
from gis_app.grid.edits.use_borders import TOLERANCE
from gis_app.grid.edits.use_borders import use_borders as borders_used
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.overlay import cells_near
from gis_app.language import Message, format_code, msg
from gis_app.progress import Progress, Steps

__all__ = [
    "BoundaryEdit",
    "Following",
    "boundary_edit",
    "cut_county",
    "delete_cell",
    "draw_cell",
    "extend_county",
    "insert_vertex",
    "merge_cells",
    "move_node",
    "move_vertices",
    "paint_cells",
    "remove_vertex",
    "remove_vertices",
    "reshape_border",
    "simplify_border",
    "smooth_border",
    "split_by_polygon",
    "split_cell",
    "split_equally",
    "transfer_area",
    "use_borders",
    "with_locks",
]


Floats = NDArray[np.float64]
Tried = Edited | Refusal
Attempt = Callable[[CountyState], Tried]


@dataclass(frozen=True, slots=True, eq=False)
class BoundaryEdit:
    """An edit of the coverage as it was asked for: the verb (of `grid.edits`), how to try it on a state, and what the history says of it.

    `attempt` writes nothing and is fast enough to be called while dragging; it works on any plan, so that a tool can show what would be.
    """

    verb: str
    attempt: Attempt
    title: Callable[[CountyState, Edited], Message]


def with_locks(verb: str, attempt: Attempt, title: Callable[[CountyState, Edited], Message]) -> BoundaryEdit:
    """Return a boundary edit that also looks after locks and codes for new cells, and says what land comes to another village."""

    def tried(state: CountyState) -> Tried:
        edited = attempt(state)
        if isinstance(edited, Refusal):
            return edited
        if refused := locked_cell(state, edited) or _unnumbered(state, edited):
            return refused
        return replace(edited, warnings=(*edited.warnings, *crossings(state, edited)))

    return BoundaryEdit(verb, tried, title)


def _unnumbered(state: CountyState, edited: Edited) -> Refusal | None:
    """Refuse ("code") new cells for which there is no code; the place is that of the first of them."""
    try:
        new_units(state, edited)
    except CodeError as error:
        point = shapely.point_on_surface(polygons(edited.coverage, edited.added(state.coverage)[:1]).popitem()[1])
        return Refusal("code", error.message, (float(point.x), float(point.y)))
    return None


def boundary_edit(edit: BoundaryEdit, following: Following = Following()) -> Edit:  # noqa: B008 - a frozen value
    """Return the edit of a draft that performs `edit`; its report is a `boundary_rows.BoundaryReport`.

    Refusals: those of the grid's edit, "published" (only drafts are edited), "locked", "last_cell" (a village keeps one cell), "code" (a
    village has no code left), "following" (the rule names a cell that the edit does not touch).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.1, msg("Changing boundaries"))
        if refused := not_a_draft(state):
            return refused
        edited = edit.attempt(state)
        if isinstance(edited, Refusal):
            return edited
        yield Progress(0.6, msg("Finding who is concerned"))
        return outcome_of(state, edited, following, edit.title(state, edited))

    return Edit(_TITLES[edit.verb], plan, division=True)


_TITLES = {
    "move_node": msg("Move border points"),
    "move_vertices": msg("Move border points"),
    "insert_vertex": msg("Insert a border point"),
    "remove_vertex": msg("Remove a border point"),
    "remove_vertices": msg("Remove border points"),
    "smooth_border": msg("Smooth a border"),
    "simplify_border": msg("Simplify a border"),
    "reshape_border": msg("Reshape a border"),
    "split_cell": msg("Split a cell by a line"),
    "split_by_polygon": msg("Split a cell by a polygon"),
    "split_equally": msg("Split a cell into equal parts"),
    "merge_cells": msg("Merge cells"),
    "transfer_area": msg("Transfer land"),
    "use_borders": msg("Take over old borders"),
    "draw_cell": msg("Draw a cell"),
    "paint_cells": msg("Paint a cell"),
    "delete_cell": msg("Delete a cell"),
    "extend_county": msg("Extend the county"),
    "cut_county": msg("Cut land off the county"),
    "partition": msg("Divide as proposed"),
}


# Moving borders


def move_node(node: int, to: tuple[float, float]) -> BoundaryEdit:
    """Move a node, and with it the ends of all borders that meet there."""
    return with_locks("move_node", lambda state: node_moved(state.coverage, node, to), _moved)


def move_vertices(vertices: Sequence[Vertex], by: tuple[float, float]) -> BoundaryEdit:
    """Move points of borders by a distance (east, north)."""
    return with_locks("move_vertices", lambda state: vertices_moved(state.coverage, vertices, by), _moved)


def _moved(state: CountyState, edited: Edited) -> Message:
    return msg("Move border points of {codes}", codes=codes_of(state, edited))


def insert_vertex(arc: int, segment: int, at: tuple[float, float]) -> BoundaryEdit:
    """Insert a point into a segment of a border."""
    title = _titled(lambda codes: msg("Insert a border point between {codes}", codes=codes))
    return with_locks("insert_vertex", lambda state: vertex_inserted(state.coverage, arc, segment, at), title)


def remove_vertex(arc: int, index: int) -> BoundaryEdit:
    """Remove a point of a border."""
    title = _titled(lambda codes: msg("Remove a border point between {codes}", codes=codes))
    return with_locks("remove_vertex", lambda state: vertex_removed(state.coverage, arc, index), title)


def remove_vertices(vertices: Sequence[Vertex]) -> BoundaryEdit:
    """Remove points of borders; nodes among them stay."""
    title = _titled(lambda codes: msg("Remove border points between {codes}", codes=codes))
    return with_locks("remove_vertices", lambda state: vertices_removed(state.coverage, vertices), title)


def smooth_border(arcs: Sequence[int], rounds: int = 2) -> BoundaryEdit:
    """Round the corners of borders; nodes stay."""
    title = _titled(lambda codes: msg("Smooth the border of {codes}", codes=codes))
    return with_locks("smooth_border", lambda state: border_smoothed(state.coverage, arcs, rounds), title)


def simplify_border(arcs: Sequence[int], tolerance: float) -> BoundaryEdit:
    """Leave out points of borders that matter less than `tolerance`; nodes stay."""
    title = _titled(lambda codes: msg("Simplify the border of {codes}", codes=codes))
    return with_locks("simplify_border", lambda state: border_simplified(state.coverage, arcs, tolerance), title)


def reshape_border(line: Floats, cells: Sequence[int] | None = None, *, outside: bool = False) -> BoundaryEdit:
    """Let the border follow a drawn line between the two points at which the line meets it; `outside` lets the county's border follow."""
    return with_locks("reshape_border", lambda state: border_reshaped(state.coverage, line, cells, outside=outside), areas_title(_reshaped))


def _reshaped(codes: str, area: str) -> Message:
    return msg("Reshape the border of {codes}, {area}", codes=codes, area=area)


def _titled(words: Callable[[str], Message]) -> Callable[[CountyState, Edited], Message]:
    return lambda state, edited: words(codes_of(state, edited))


# Parting and joining


def split_cell(cell: int, lines: Sequence[Floats]) -> BoundaryEdit:
    """Split a cell along one or several lines."""

    def attempt(state: CountyState) -> Tried:
        return cell_split(state.coverage, cell, lines, next_id(state, "units"), points=_homes(state, cell))

    return with_locks("split_cell", attempt, counts_title(cell, _split_by_line))


def _split_by_line(code: str, counts: str) -> Message:
    return msg("Split {code} by line, {counts} resident households", code=code, counts=counts)


def split_by_polygon(cell: int, polygon: Shape) -> BoundaryEdit:
    """Split a cell along the ring of a polygon."""

    def attempt(state: CountyState) -> Tried:
        return split_along_polygon(state.coverage, cell, polygon, next_id(state, "units"), points=_homes(state, cell))

    return with_locks("split_by_polygon", attempt, counts_title(cell, _split_by_polygon))


def _split_by_polygon(code: str, counts: str) -> Message:
    return msg("Split {code} by polygon, {counts} resident households", code=code, counts=counts)


def use_borders(outline: Shape, tolerance: float = TOLERANCE, name: str = "") -> BoundaryEdit:
    """Split every cell along the outline of an old unit called `name`; within `tolerance` (m) of a present border that one is meant."""

    shape = outline if isinstance(outline, shapely.Geometry) else shapely.MultiPoint(outline)
    bounds = (float(shape.bounds[0]), float(shape.bounds[1]), float(shape.bounds[2]), float(shape.bounds[3]))

    def attempt(state: CountyState) -> Tried:
        points = {cell: _homes(state, cell) for cell in cells_near(state.coverage, bounds)}
        width = tolerance / metres_per_unit(state.settings.crs)
        return borders_used(state.coverage, outline, next_id(state, "units"), points, width)

    def title(state: CountyState, edited: Edited) -> Message:
        added = len(edited.added(state.coverage))
        if name:
            return msg("Take over the borders of {name}, {count} new cells", name=name, count=added)
        return msg("Take over old borders, {count} new cells", count=added)

    return with_locks("use_borders", attempt, title)


def split_equally(cell: int, parts: int) -> BoundaryEdit:
    """Split a cell into parts with equally many resident households, as floors count them; with equally many of all, where none resides."""

    def attempt(state: CountyState) -> Tried:
        homes = _homes(state, cell, state.households.resident)
        return equally_split(state.coverage, cell, homes if len(homes) else _homes(state, cell), parts, next_id(state, "units"))

    return with_locks("split_equally", attempt, counts_title(cell, _split_equally))


def _split_equally(code: str, counts: str) -> Message:
    return msg("Split {code} equally, {counts} resident households", code=code, counts=counts)


def _homes(state: CountyState, cell: int, among: NDArray[np.bool_] | None = None) -> Floats:
    """Return the places (n, 2) of the households of a cell (those `among` them), where they are known."""
    homes = state.households
    rows = rows_in(homes.cell, [cell])
    rows = rows[np.isfinite(homes.x[rows])]
    rows = rows if among is None else rows[among[rows]]
    return np.stack([homes.x[rows], homes.y[rows]], axis=1)


def merge_cells(cells: Sequence[int], into: int) -> BoundaryEdit:
    """Merge cells into one of them, which keeps its number."""
    return with_locks("merge_cells", lambda state: cells_merged(state.coverage, cells, into), counts_title(into, _merged))


def _merged(code: str, counts: str) -> Message:
    return msg("Merge into {code}, {counts} resident households", code=code, counts=counts)


def transfer_area(shape: Shape, target: int, source: int | None = None) -> BoundaryEdit:
    """Give the land in a lasso, or the land that a line cuts off, to the cell `target` (only that of `source`, if given)."""
    title = taking_title(lambda into, codes, area: msg("Transfer {area} to {into}, from {codes}", area=area, into=into, codes=codes))
    return with_locks("transfer_area", lambda state: area_transferred(state.coverage, shape, target, source), title)


def draw_cell(polygon: Shape, *, outside: bool = False) -> BoundaryEdit:
    """Cut a new cell out of those below a polygon, and (`outside`) out of land beyond the county."""

    def attempt(state: CountyState) -> Tried:
        return cell_drawn(state.coverage, polygon, next_id(state, "units"), outside=outside)

    return with_locks("draw_cell", attempt, counts_title(0, _drawn))


def _drawn(code: str, counts: str) -> Message:
    return msg("Draw the new cell {code}, {counts} resident households", code=code, counts=counts)


def paint_cells(brush: Shape, into: int, blocks: Sequence[shapely.Geometry] | None = None) -> BoundaryEdit:
    """Let what a brush covers join the cell `into`: whole reference `blocks` where there are any."""
    title = taking_title(lambda into, codes, area: msg("Paint {area} into {into}, from {codes}", area=area, into=into, codes=codes))
    return with_locks("paint_cells", lambda state: cells_painted(state.coverage, brush, into, blocks), title)


def delete_cell(cell: int, heir: int | None = None) -> BoundaryEdit:
    """Delete a cell; its land goes to the heir, or to the neighbour with the longest common border."""

    def title(state: CountyState, edited: Edited) -> Message:
        code = format_code(state.units[cell].code) if cell in state.units else str(cell)
        heirs = [piece.owner for piece in edited.pieces if piece.origin == cell and piece.owner in state.units]
        to = format_code(state.units[heirs[0]].code) if heirs else ""
        return msg("Delete {code}, its land goes to {heir}", code=code, heir=to)

    return with_locks("delete_cell", lambda state: cell_deleted(state.coverage, cell, heir), title)


def extend_county(polygon: Shape, cell: int) -> BoundaryEdit:
    """Add the land of a polygon beyond the county to a cell at its border."""
    title = areas_title(lambda codes, area: msg("Extend the county at {codes}, {area}", codes=codes, area=area))
    return with_locks("extend_county", lambda state: county_extended(state.coverage, polygon, cell), title)


def cut_county(polygon: Shape) -> BoundaryEdit:
    """Cut the land of a polygon off the county."""
    title = areas_title(lambda codes, area: msg("Cut land off the county at {codes}, {area}", codes=codes, area=area))
    return with_locks("cut_county", lambda state: county_cut(state.coverage, polygon), title)
