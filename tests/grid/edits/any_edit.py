"""Any edit of the coverage at a random place of a county, for walks at random."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from gis_app.grid.coverage import Coverage, polygons
from gis_app.grid.edits.cut_county import cut_county
from gis_app.grid.edits.delete_cell import delete_cell
from gis_app.grid.edits.draw_cell import draw_cell
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.extend_county import extend_county
from gis_app.grid.edits.insert_vertex import insert_vertex
from gis_app.grid.edits.merge_cells import merge_cells
from gis_app.grid.edits.move_node import move_node
from gis_app.grid.edits.move_vertices import move_vertices
from gis_app.grid.edits.paint_cells import paint_cells
from gis_app.grid.edits.remove_vertex import remove_vertex
from gis_app.grid.edits.reshape_border import reshape_border
from gis_app.grid.edits.simplify_border import simplify_border
from gis_app.grid.edits.smooth_border import smooth_border
from gis_app.grid.edits.split_by_polygon import split_by_polygon
from gis_app.grid.edits.split_cell import split_cell
from gis_app.grid.edits.split_equally import split_equally
from gis_app.grid.edits.transfer_area import transfer_area
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.overlay import arcs_of
from gis_app.grid.refusal import Refusal
from tests.grid.edits.drawn import Floats, Rng, line

Result = Edited | Refusal


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A place of a county where an edit is to be done: a cell, an arc beside it, the other cell there, and the length of the cell."""

    county: Coverage
    rng: Rng
    new_id: int
    cell: int
    arc: int
    other: int
    shape: shapely.MultiPolygon
    size: float

    def border_place(self) -> Floats:
        points = self.county.arcs[self.arc].points
        place: Floats = points[int(self.rng.integers(len(points)))]
        return place

    def near(self, count: int) -> Floats:
        """Return places in and around the cell."""
        west, south, east, north = self.shape.bounds
        margin = 0.2 * self.size
        places: Floats = self.rng.uniform((west - margin, south - margin), (east + margin, north + margin), (count, 2))
        return places

    def across(self, shape: shapely.Geometry) -> Floats:
        """Return a bent line through a shape, from beyond it to beyond it."""
        west, south, east, north = shape.bounds
        reach, angle = np.hypot(east - west, north - south), self.rng.uniform(0, 2 * np.pi)
        inside = shapely.point_on_surface(shape)
        along = np.outer(np.linspace(-reach, reach, 12), (np.cos(angle), np.sin(angle)))
        bent: Floats = np.array([inside.x, inside.y]) + along + self.rng.normal(0, 0.01 * reach, (12, 2))
        return bent

    def round(self, share: float) -> Floats:
        """Return a closed line around a place of the border, so large beside the cell."""
        angles = np.linspace(0, 2 * np.pi, 25)
        ring: Floats = self.border_place() + share * self.size * np.column_stack([np.cos(angles), np.sin(angles)])
        return np.vstack([ring[:-1], ring[:1]])

    def vertex(self) -> Vertex:
        return Vertex(self.arc, int(self.rng.integers(len(self.county.arcs[self.arc].points))))


def spot(county: Coverage, rng: Rng, new_id: int) -> Spot:
    """Return a random place of a county."""
    cell = int(rng.choice(list(county.cells)))
    arc = int(rng.choice(arcs_of(county, [cell])))
    value = county.arcs[arc]
    shape = polygons(county, [cell])[cell]
    return Spot(county, rng, new_id, cell, arc, value.left + value.right - cell, shape, float(np.sqrt(shape.area)))


def _reshaped(s: Spot) -> Result:
    points = s.county.arcs[s.arc].points
    one, two = sorted(s.rng.choice(len(points), 2, replace=False).tolist())
    middle = points[(one + two) // 2] + s.rng.normal(0, 0.1 * s.size, 2)
    return reshape_border(s.county, np.vstack([points[one], middle, points[two]]), outside=bool(s.rng.uniform() < 0.5))


def _inserted(s: Spot) -> Result:
    points = s.county.arcs[s.arc].points
    k = int(s.rng.integers(len(points) - 1))
    return insert_vertex(s.county, s.arc, k, (points[k] + points[k + 1]) / 2 + s.rng.normal(0, 0.02 * s.size, 2))


PARTING: dict[str, Callable[[Spot], Result]] = {
    "split_cell": lambda s: split_cell(s.county, s.cell, [s.across(s.shape) for _ in range(s.rng.integers(1, 3))], s.new_id),
    "split_by_polygon": lambda s: split_by_polygon(s.county, s.cell, s.round(0.4), s.new_id),
    "split_equally": lambda s: split_equally(s.county, s.cell, s.near(100), int(s.rng.integers(2, 5)), s.new_id),
    "draw_cell": lambda s: draw_cell(s.county, s.round(0.4), s.new_id),
}
"""Edits that make cells."""

JOINING: dict[str, Callable[[Spot], Result]] = {
    "merge_cells": lambda s: merge_cells(s.county, [s.cell, s.other] if s.other else [s.cell], s.cell),
    "merge_far": lambda s: merge_cells(s.county, [s.cell, int(s.rng.choice(list(s.county.cells)))], s.cell),
    "delete_cell": lambda s: delete_cell(s.county, s.cell),
}
"""Edits that take cells away."""

MOVING: dict[str, Callable[[Spot], Result]] = {
    "transfer_lasso": lambda s: transfer_area(s.county, s.round(0.3), s.cell),
    "transfer_line": lambda s: transfer_area(s.county, s.across(s.shape.buffer(0.3 * s.size)), s.cell),
    "paint_cells": lambda s: paint_cells(s.county, shapely.LineString(line(*s.near(3).tolist())).buffer(0.1 * s.size), s.cell),
    "reshape_border": _reshaped,
    "move_vertices": lambda s: move_vertices(s.county, [s.vertex()], s.rng.normal(0, 0.1 * s.size, 2)),
    "move_node": lambda s: move_node(s.county, s.county.arcs[s.arc].start, s.border_place() + s.rng.normal(0, 0.1 * s.size, 2)),
    "insert_vertex": _inserted,
    "remove_vertex": lambda s: remove_vertex(s.county, *_key(s.vertex())),
    "smooth_border": lambda s: smooth_border(s.county, [s.arc], 1),
    "simplify_border": lambda s: simplify_border(s.county, [s.arc], 0.02 * s.size),
}
"""Edits that move land or borders between cells (and, at the border of the county, beyond it)."""

BEYOND: dict[str, Callable[[Spot], Result]] = {
    "extend_county": lambda s: extend_county(s.county, s.round(0.3), s.cell),
    "cut_county": lambda s: cut_county(s.county, s.round(0.3)),
    "draw_outside": lambda s: draw_cell(s.county, s.round(0.4), s.new_id, outside=True),
}
"""Edits of the county's own border."""

EVERY = {**PARTING, **JOINING, **MOVING, **BEYOND}


def _key(vertex: Vertex) -> tuple[int, int]:
    return vertex.arc, vertex.index


def verbs_for(county: Coverage, fewest: int, most: int) -> list[str]:
    """Return the edits to choose from, so that a walk has neither too few cells nor too many."""
    if len(county.cells) <= fewest:
        return [*PARTING, *MOVING]
    return [*JOINING, *MOVING, *BEYOND] if len(county.cells) >= most else list(EVERY)
