"""Drawn shapes (lassos, polygons, brushes) as areas on the 1 mm grid, and the cells that they touch."""

from collections.abc import Collection
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, polygons
from gis_app.grid.edits.hugging import hugging
from gis_app.grid.overlay import Overlay, cells_near, overlay
from gis_app.grid.refusal import Refusal
from gis_app.grid.rings import multipolygon
from gis_app.language import msg

Floats = NDArray[np.float64]
Shape: TypeAlias = Floats | shapely.Geometry
"""A drawn area: the points of its outline (n, 2), closed or not, or polygons."""


def area_of(shape: Shape) -> shapely.MultiPolygon | Refusal:
    """Return the area of a drawn shape on the grid; an outline that crosses itself has all that it encloses.

    Refused (`no_area`) where nothing is enclosed.
    """
    if isinstance(shape, shapely.Geometry):
        area = shapely.make_valid(shape) if np.isfinite(shapely.get_coordinates(shape)).all() else shapely.MultiPolygon()
    else:
        area = _enclosed(np.asarray(shape, np.float64).reshape(-1, 2))
    result = multipolygon(shapely.set_precision(multipolygon(area), GRID))
    if result.is_empty:
        return Refusal("no_area", msg("The drawn line encloses no land; draw around the land that is meant."))
    return result


def _enclosed(points: Floats) -> shapely.Geometry:
    if len(points) < 3 or not np.isfinite(points).all():
        return shapely.MultiPolygon()
    ring = shapely.linestrings(np.concatenate([points, points[:1]]))
    if shapely.is_simple(ring):
        return shapely.Polygon(points)
    return shapely.union_all(shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(ring)))))


def laid_over(coverage: Coverage, cells: Collection[int], area: shapely.MultiPolygon) -> Overlay:
    """Lay the outlines of an area, holes too, over cells; where they run along a border by a hair's breadth, they follow it."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]
    return overlay(coverage, cells, hugging(coverage, cells, rings))


def cells_touching(coverage: Coverage, shape: shapely.Geometry) -> list[int]:
    """Return the cells that a shape lies on or touches, ascending."""
    near = cells_near(coverage, shape.bounds)
    shapes = list(polygons(coverage, near).values())
    hit = shapely.dwithin(shapes, shape, 4 * GRID)
    return [cell for cell, is_hit in zip(near, hit.tolist(), strict=True) if is_hit]


def absent(coverage: Coverage, *cells: int) -> Refusal | None:
    """Refuse cells that are not (or no longer) in the coverage."""
    if all(cell != OUTSIDE and cell in coverage.cells for cell in cells):
        return None
    return Refusal("no_such_cell", msg("This cell is gone; choose a cell again."))
