"""Split a cell into parts with equally many households."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage, polygons, snap
from gis_app.grid.edits.bisection import Region, bisected
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.numbered import count_points, numbered
from gis_app.grid.edits.outlines import absent
from gis_app.grid.edits.parted import parted
from gis_app.grid.overlay import overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import Message, msg

Floats = NDArray[np.float64]


def split_equally(coverage: Coverage, cell: int, points: Floats, parts: int, new_id: int) -> Edited | Refusal:
    """Split a cell by straight cuts into parts with equally many `points` (n, 2; households), each of one piece.

    Method: recursive bisection by the shortest straight cut that parts the points as asked (the shortest splitline algorithm of W. D.
    Smith and I. Ryan). Points at one place stay together; the numbers of any two parts differ by one at the most where the places allow it,
    and the news tell the numbers, or a warning where they do not.
    The pieces of a cell of several pieces stay whole where they can. Ids are given as by `split_cell`.
    Refused for a cell that there is not, for fewer than two parts (`one_part`), and for fewer places than parts (`few_points`).
    """
    if refused := absent(coverage, cell):
        return refused
    if parts < 2:
        return Refusal("one_part", msg("Choose at least two parts."))
    shape = polygons(coverage, [cell])[cell]
    inside = _inside(shape, points)
    places, weights = np.unique(snap(inside), axis=0, return_counts=True)
    if len(places) < parts:
        text = msg("The households of this cell live at {count} places, too few for {parts} parts.", count=len(places), parts=parts)
        at = shapely.point_on_surface(shape)
        return Refusal("few_points", text, (at.x, at.y) if not at.is_empty else None)
    regions, cuts = bisected(Region(tuple(shapely.get_parts(shape)), places, weights), parts)
    overlaid = overlay(coverage, [cell], cuts)
    region_of = _regions_of([face.shape for face in overlaid.faces], regions)
    shapes = [
        shapely.multipolygons([face.shape for face, its in zip(overlaid.faces, region_of, strict=True) if its == k])
        for k in range(len(regions))
    ]
    ids = numbered(shapes, cell, new_id, inside)
    counts = count_points(shapes, inside)
    numbers = " + ".join(str(count) for _, count in sorted(zip(ids, counts, strict=True)))  # in the order of the cells
    if max(counts) - min(counts) <= 1:
        equal = msg("The parts have {counts} households, resident or not.", counts=numbers)
        told: tuple[tuple[Message, ...], tuple[Message, ...]] = ((), (equal,))
    else:
        told = (
            (msg("Equal parts were not possible, because households share a place; they have {counts}, resident or not.", counts=numbers),),
            (),
        )
    return parted(overlaid, [ids[its] for its in region_of], *told)


def _inside(shape: shapely.MultiPolygon, points: Floats) -> Floats:
    points = np.asarray(points, np.float64).reshape(-1, 2)
    shapely.prepare(shape)
    kept: Floats = points[np.isfinite(points).all(axis=1) & shapely.intersects_xy(shape, points[:, 0], points[:, 1])]
    return kept


def _regions_of(faces: Sequence[shapely.Polygon], regions: Sequence[Region]) -> list[int]:
    """Return the region that each face lies in: the nearest to a place inside it."""
    places = shapely.point_on_surface(list(faces))
    away = [shapely.distance(shapely.multipolygons(list(region.polygons)), places) for region in regions]
    nearest: list[int] = np.argmin(away, axis=0).tolist()
    return nearest
