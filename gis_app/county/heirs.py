"""Who takes over from a unit that a new division of the county does not have: the unit that gets most of its land."""

from collections.abc import Iterable

import numpy as np
import shapely

from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage, polygons
from gis_app.grid.units import Hierarchy


def heirs(published: CountyState, units: Hierarchy, coverage: Coverage) -> dict[int, int]:
    """Return for each published unit that the division `units`, `coverage` lacks the unit of its level that has most of its area.

    Of equal shares the lowest id counts. A unit whose land is no longer in the county, or that had none, has no heir.
    """
    gone = [unit for unit in published.units.values() if unit.id not in units]
    if not gone:
        return {}
    below = {unit.id: [cell.id for cell in published.units.cells(unit.id)] for unit in gone}
    shares = cell_shares(published.coverage, coverage, {cell for cells in below.values() for cell in cells})
    found: dict[int, int] = {}
    for unit in gone:
        areas: dict[int, float] = {}
        for cell in below[unit.id]:
            for now, area in shares.get(cell, {}).items():
                taker = units.ancestor(now, unit.level)
                if taker is not None:
                    areas[taker.id] = areas.get(taker.id, 0.0) + area
        if areas:
            found[unit.id] = min(areas, key=lambda taker: (-areas[taker], taker))
    return found


def cell_shares(before: Coverage, after: Coverage, cells: Iterable[int]) -> dict[int, dict[int, float]]:
    """Return how the area of cells of one coverage lies in the cells of another (square units of the coordinate system)."""
    old = {cell: shape for cell, shape in polygons(before, [cell for cell in cells if cell in before.cells]).items() if not shape.is_empty}
    new = polygons(after)
    names, shapes = np.array(list(new), np.int64), np.array(list(new.values()), object)
    asked = np.array(list(old.values()), object)
    if not len(asked) or not len(shapes):
        return {}
    one, other = shapely.STRtree(shapes).query(asked, predicate="intersects")
    areas = shapely.area(shapely.intersection(shapely.make_valid(asked[one]), shapely.make_valid(shapes[other])))
    result: dict[int, dict[int, float]] = {}
    keys = list(old)
    for at, name, area in zip(one.tolist(), names[other].tolist(), areas.tolist(), strict=True):
        if area > 0.0:
            result.setdefault(keys[at], {})[name] = area
    return result
