"""Edits that part and join areas, at random places of the full county, for `bench_edits`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, neighbours, polygons
from gis_app.grid.edits.cut_county import cut_county
from gis_app.grid.edits.delete_cell import delete_cell
from gis_app.grid.edits.draw_cell import draw_cell
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.extend_county import extend_county
from gis_app.grid.edits.merge_cells import merge_cells
from gis_app.grid.edits.paint_cells import paint_cells
from gis_app.grid.edits.split_by_polygon import split_by_polygon
from gis_app.grid.edits.split_cell import split_cell
from gis_app.grid.edits.split_equally import split_equally
from gis_app.grid.edits.transfer_area import transfer_area
from gis_app.grid.refusal import Refusal

Floats = NDArray[np.float64]
NEW = 10_000_000


@dataclass
class Cells:
    """Random cells of a county, and places of households in it (n, 2)."""

    coverage: Coverage
    homes: Floats
    random: np.random.Generator

    @cached_property
    def shapes(self) -> dict[int, shapely.MultiPolygon]:
        """The polygons of all cells."""
        return polygons(self.coverage)

    @cached_property
    def beside(self) -> dict[int, list[int]]:
        """The neighbours of each cell."""
        return {cell: sorted(others) for cell, others in neighbours(self.coverage).items()}

    @cached_property
    def outer(self) -> list[int]:
        """The arcs of the county's own border."""
        return [number for number, arc in self.coverage.arcs.items() if OUTSIDE in (arc.left, arc.right)]

    def cell(self) -> int:
        """Return any cell."""
        return int(self.random.choice(list(self.coverage.cells)))

    def two(self) -> tuple[int, int]:
        """Return any two neighbours."""
        cell = self.cell()
        return cell, int(self.random.choice(self.beside[cell]))

    def homes_of(self, cell: int, count: int | None = None) -> Floats:
        """Return the households of a cell, or so many places in it."""
        shape = self.shapes[cell]
        west, south, east, north = shape.bounds
        known = self.homes[(self.homes >= (west, south)).all(axis=1) & (self.homes <= (east, north)).all(axis=1)]
        if count is not None:
            known = self.random.uniform((west, south), (east, north), (4 * count, 2))
        inside: Floats = known[shapely.contains_xy(shape, known[:, 0], known[:, 1])][:count]
        return inside

    def across(self, cell: int) -> Floats:
        """Return a bent line through a cell."""
        west, south, east, north = self.shapes[cell].bounds
        reach, angle = np.hypot(east - west, north - south), self.random.uniform(0, 2 * np.pi)
        middle = shapely.point_on_surface(self.shapes[cell])
        along = np.outer(np.linspace(-reach, reach, 12), (np.cos(angle), np.sin(angle)))
        bent: Floats = np.array([middle.x, middle.y]) + along + self.random.normal(0, 0.01 * reach, (12, 2))
        return bent

    def size(self, cell: int) -> float:
        """Return about how wide a cell is."""
        return float(np.sqrt(self.shapes[cell].area))

    def border(self, one: int, other: int) -> Floats:
        """Return a place in the middle of the border of two cells."""
        arcs = [arc for arc in self.coverage.arcs.values() if {arc.left, arc.right} == {one, other}]
        place: Floats = arcs[0].points[len(arcs[0].points) // 2]
        return place

    def outer_place(self) -> tuple[int, Floats]:
        """Return a cell at the border of the county, and a place there."""
        arc = self.coverage.arcs[int(self.random.choice(self.outer))]
        return arc.left + arc.right, arc.points[len(arc.points) // 2]


def around(place: Floats, radius: float) -> Floats:
    """Return a closed line of 24 segments around a place."""
    angles = np.linspace(0, 2 * np.pi, 25)
    ring: Floats = place + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    return np.vstack([ring[:-1], ring[:1]])


def _split(cells: Cells) -> Edited | Refusal:
    cell = cells.cell()
    return split_cell(cells.coverage, cell, [cells.across(cell)], NEW, cells.homes_of(cell))


def _split_by_polygon(cells: Cells) -> Edited | Refusal:
    cell = cells.cell()
    middle = shapely.point_on_surface(cells.shapes[cell])
    return split_by_polygon(cells.coverage, cell, around(np.array([middle.x, middle.y]), 0.3 * cells.size(cell)), NEW, cells.homes_of(cell))


def _split_equally(parts: int, count: int | None = None) -> Callable[[Cells], Edited | Refusal]:
    def edit(cells: Cells) -> Edited | Refusal:
        cell = cells.cell()
        return split_equally(cells.coverage, cell, cells.homes_of(cell, count), parts, NEW)

    return edit


def _merge(cells: Cells) -> Edited | Refusal:
    one, other = cells.two()
    return merge_cells(cells.coverage, [one, other], one)


def _lasso(cells: Cells) -> Edited | Refusal:
    one, other = cells.two()
    return transfer_area(cells.coverage, around(cells.border(one, other), 0.2 * cells.size(one)), one)


def _line(cells: Cells) -> Edited | Refusal:
    one, other = cells.two()
    return transfer_area(cells.coverage, cells.across(other), one, other)


def _draw(cells: Cells) -> Edited | Refusal:
    one, other = cells.two()
    return draw_cell(cells.coverage, around(cells.border(one, other), 0.4 * cells.size(one)), NEW)


def _paint(cells: Cells) -> Edited | Refusal:
    one, other = cells.two()
    place = cells.border(one, other)
    stroke = shapely.LineString([place, place + 0.3 * cells.size(one)])
    return paint_cells(cells.coverage, stroke.buffer(0.1 * cells.size(one)), one)


def _beyond(edit: Callable[[Coverage, Floats, int], Edited | Refusal]) -> Callable[[Cells], Edited | Refusal]:
    def run(cells: Cells) -> Edited | Refusal:
        cell, place = cells.outer_place()
        return edit(cells.coverage, around(place, 0.3 * cells.size(cell)), cell)

    return run


AREAS: dict[str, tuple[str, Callable[[Cells], Edited | Refusal]]] = {
    "split a cell by a line": ("<= 15 ms", _split),
    "split a cell by a polygon": ("<= 15 ms", _split_by_polygon),
    "split into 2 equal parts (60 households)": ("<= 50 ms", _split_equally(2)),
    "split into 2 equal parts (400 households)": ("<= 50 ms", _split_equally(2, 400)),
    "split into 5 equal parts (400 households)": ("<= 50 ms", _split_equally(5, 400)),
    "merge two cells": ("<= 15 ms", _merge),
    "transfer by lasso": ("<= 15 ms", _lasso),
    "transfer by line": ("<= 15 ms", _line),
    "draw a cell": ("<= 15 ms", _draw),
    "paint": ("<= 15 ms", _paint),
    "delete a cell": ("<= 15 ms", lambda cells: delete_cell(cells.coverage, cells.cell())),
    "draw a cell across the county's border": ("<= 15 ms", _beyond(lambda county, ring, _: draw_cell(county, ring, NEW, outside=True))),
    "extend the county": ("<= 15 ms", _beyond(extend_county)),
    "cut the county": ("<= 15 ms", _beyond(lambda county, ring, _: cut_county(county, ring))),
}
"""Edits that part and join areas: what they are called, and what one may take."""
