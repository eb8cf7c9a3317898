"""Repair of a division whose polygons do not fit together, with an account of every area that changed hands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.errors import UserError
from gis_app.grid.checks import GAP_WIDTH
from gis_app.grid.coverage import build_coverage, polygons, snap
from gis_app.grid.fit import CRACK, crack_issues
from gis_app.grid.issues import place
from gis_app.grid.rings import mended, multipolygon
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Shapes = NDArray[np.object_]

SNAPPING_DISTANCE = 0.002
"""Vertices nearer than this (m) become one: twice the grid, so that rounding cannot pull borders apart again."""

_LEAST = 1e-6  # m²: less than the smallest triangle on the 1 mm grid
_TOUCH = 1e-6  # m: what computing with doubles may leave between two shapes that touch


class RepairError(UserError):
    """Polygons that the repair does not bring to fit."""


@dataclass(frozen=True, slots=True)
class AreaChange:
    """Area (m²) that one unit lost to another; `unit_from` 0: it belonged to nobody; `unit_to` 0: nobody has it now. `at` lies in it."""

    unit_from: int
    unit_to: int
    area: float
    at: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Repaired:
    """The repaired polygons by unit, every area that changed hands (largest first), and the units that were `removed` as duplicates.

    A polygon that needed no repair has its rings as they were, on the 1 mm grid.
    """

    polygons: Mapping[int, shapely.MultiPolygon]
    exchanges: tuple[AreaChange, ...]
    removed: tuple[int, ...] = ()


def repair_polygons(
    ids: Sequence[int] | NDArray[np.int64],
    shapes: Sequence[object],
    gap_width: float = GAP_WIDTH,
    snapping_distance: float = SNAPPING_DISTANCE,
    metres: float = 1.0,
) -> Steps[Repaired]:
    """Make polygons (one an id) fit: valid rings, no duplicates, no overlaps, no gaps up to `gap_width`, the same vertices on both sides.

    Invalid rings are made valid first; a duplicate is removed in favour of the unit that comes first; then `shapely.coverage_clean`
    (GEOS) gives overlaps and gaps to the neighbour with the longest common border. The result lies on the 1 mm grid. Widths are metres,
    areas m²; `metres` is the length of one unit of the coordinate system. Raises `RepairError` where that does not lead to a sound
    division, and `CoverageError` for coordinates that cannot be.
    """
    units = [int(unit) for unit in ids]
    yield Progress(0.0, msg("Mending invalid boundaries"))
    before = mended(list(polygons(build_coverage(units, mended(shapes).tolist())).values()))
    kept = _without_duplicates(before)
    yield Progress(0.2, msg("Closing gaps and parting overlaps"))
    after = np.full(len(units), shapely.MultiPolygon(), object)
    after[kept] = _clean(before[kept], gap_width / metres, snapping_distance / metres, CRACK / metres)
    yield Progress(0.7, msg("Adding up what changed hands"))
    same = shapely.equals_exact(shapely.normalize(before), shapely.normalize(after))
    after = np.where(same, before, after)
    exchanges = _exchanges(units, before, after, metres**2)
    removed = tuple(units[k] for k in np.setdiff1d(np.arange(len(units)), kept))
    result = {unit: after[k] for k, unit in enumerate(units) if unit not in removed}
    return Repaired(result, exchanges, removed)


def _without_duplicates(shapes: Shapes) -> NDArray[np.int64]:
    """Return the positions of shapes less those that have (all but 1 % of) the area of an earlier one."""
    first, second = shapely.STRtree(shapes).query(shapes)
    areas = shapely.area(shapes)
    alike = (first < second) & (np.abs(areas[first] - areas[second]) <= 0.01 * np.maximum(areas[first], areas[second]))
    first, second = first[alike], second[alike]
    common = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    copies = second[common > 0.99 * np.maximum(areas[first], areas[second])]
    return np.setdiff1d(np.arange(len(shapes)), copies)


def _clean(shapes: Shapes, gap_width: float, snapping_distance: float, crack: float) -> Shapes:
    """Clean and round to the grid in turn, until rounding leaves a sound coverage.

    Rounding can make borders that run close to one another cross by a hair; the next round, with a larger snapping distance, parts them.
    """
    filled = np.flatnonzero(~shapely.is_empty(shapes))
    result, distance, cracks = shapes.copy(), snapping_distance, gap_width > 0 and len(filled) > 0
    for _ in range(7):
        result[filled] = shapely.coverage_clean(result[filled], gap_width=gap_width, snapping_distance=distance)
        if cracks:
            cracks = False
            joined = _without_cracks(result, crack)
            if joined is not None:
                result = joined
                continue
        rounded = shapely.transform(result, snap)
        result = mended(rounded)
        if shapely.is_valid(rounded).all() and _sound(result[filled]):
            return result
        distance *= 2
    raise RepairError(msg("The boundaries are too far from fitting to be repaired; raise the snapping distance or correct the source."))


def _without_cracks(shapes: Shapes, width: float) -> Shapes | None:
    """Fill narrow gaps that are open to the outside, which `coverage_clean` leaves: each goes whole to the neighbour along most of it.

    What is filled is what closing (growing and shrinking by half the width) adds to the union of all shapes near a crack. The
    result wants another cleaning; None where there is nothing to fill.
    """
    result = mended(shapes)
    coverage = build_coverage(range(1, len(result) + 1), result.tolist())
    cracks = list(crack_issues(range(len(result)), result, coverage, [], dict.fromkeys(range(len(result)), ""), width))
    if not cracks:
        return None
    whole = shapely.union_all(result)
    near = shapely.union_all([shapely.union_all(result[list(crack.units)]) for crack in cracks])
    closed = near.buffer(width / 2, join_style="mitre").buffer(-width / 2, join_style="mitre")
    pieces = shapely.get_parts(shapely.difference(closed, whole))
    pieces = pieces[shapely.area(pieces) > _LEAST]
    at = shapely.STRtree([shapely.Point(crack.at) for crack in cracks])
    beside = shapely.STRtree(result)
    for piece in pieces[np.unique(at.query(pieces, predicate="dwithin", distance=width)[0])]:
        neighbours = beside.query(piece, predicate="dwithin", distance=_TOUCH)
        along = shapely.area(shapely.intersection(result[neighbours], piece.buffer(width)))
        if len(neighbours) > 1:
            heir = neighbours[int(np.argmax(along))]
            result[heir] = multipolygon(shapely.union(result[heir], piece))
    return result


def _sound(shapes: Shapes) -> bool:
    """Tell whether polygons are a coverage without overlap: edges that match, and areas that add up."""
    if not shapely.coverage_is_valid(shapes):
        return False
    whole = shapely.coverage_union_all(shapes).area
    return bool(abs(shapely.area(shapes).sum() - whole) <= max(_LEAST, 1e-12 * whole))


def _exchanges(units: Sequence[int], before: Shapes, after: Shapes, square: float) -> tuple[AreaChange, ...]:
    """Compare every unit's old area with all new ones: what it lost and to whom, and what came from nobody."""
    changed = np.flatnonzero(~shapely.equals_exact(before, after))
    if not len(changed):
        return ()
    now, was = shapely.STRtree(after), shapely.STRtree(before)
    found: list[tuple[int, int, shapely.Geometry]] = []
    for k in changed.tolist():
        lost = shapely.difference(before[k], after[k])
        if lost.area > _LEAST:
            heirs = [j for j in now.query(lost).tolist() if j != k]
            found += [(units[k], units[j], shapely.intersection(lost, after[j])) for j in heirs]
            found.append((units[k], 0, shapely.difference(lost, shapely.union_all(after[heirs]))))
        gained = shapely.difference(after[k], before[k])
        if gained.area > _LEAST:
            owners = [j for j in was.query(gained).tolist() if j != k]
            found.append((0, units[k], shapely.difference(gained, shapely.union_all(before[owners]))))
    changes = [
        AreaChange(one, two, float(shape.area) * square, place(shape) or (0.0, 0.0)) for one, two, shape in found if shape.area > _LEAST
    ]
    return tuple(sorted(changes, key=lambda change: (-change.area, change.unit_from, change.unit_to)))
