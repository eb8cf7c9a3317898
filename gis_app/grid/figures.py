"""Figures of cells, as arrays in the order of the ids that are asked for."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage, areas, perimeters
from gis_app.grid.households import Households
from gis_app.grid.units import Hierarchy, UnitKind

Ids = Sequence[int] | NDArray[np.int64]
Floats = NDArray[np.float64]


def tally(ids: Ids, cells: NDArray[np.int64], weights: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Count how often each id occurs in a column of cells (or add up `weights` there); other cells count nowhere."""
    wanted = np.asarray(ids, np.int64)
    if len(cells) and cells.min() >= 0 and cells.max() < 4 * len(cells) + 10_000:  # ids are small as a rule: no need to sort them
        counts = np.bincount(cells, weights=weights, minlength=1).astype(np.int64)
        known = (wanted >= 0) & (wanted < len(counts))
        return np.where(known, counts[np.where(known, wanted, 0)], 0)
    found, position = np.unique(cells, return_inverse=True)
    totals = np.bincount(position, weights=weights, minlength=len(found)).astype(np.int64)
    if not len(found):
        return np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(found, wanted), len(found) - 1)
    return np.where(found[place] == wanted, totals[place], 0)


def household_counts(ids: Ids, households: Households) -> NDArray[np.int64]:
    """Return the number of households in each cell."""
    return tally(ids, households.cell)


def resident_counts(ids: Ids, households: Households) -> NDArray[np.int64]:
    """Return the number of resident households in each cell: what floors and maxima are about."""
    return tally(ids, households.cell[households.resident])


def member_counts(ids: Ids, households: Households) -> NDArray[np.int64]:
    """Return the number of people in each cell's households."""
    return tally(ids, households.cell, households.members)


def floors(ids: Ids, hierarchy: Hierarchy, rural_floor: int, community_floor: int) -> NDArray[np.int64]:
    """Return the least number of households that each cell should have, by its kind."""
    kinds = (hierarchy[int(cell)].kind if int(cell) in hierarchy else UnitKind.RURAL_CELL for cell in ids)
    return np.array([community_floor if kind == UnitKind.COMMUNITY_CELL else rural_floor for kind in kinds], np.int64)


def load(counts: NDArray[np.int64], floor: NDArray[np.int64]) -> Floats:
    """Return (resident) households over floor: below 1 a cell is too small. NaN where the floor is 0."""
    return _ratio(counts, floor)


def density(counts: NDArray[np.int64], area: Floats) -> Floats:
    """Return households per km²; NaN where there is no area."""
    return _ratio(counts, area)


def compactness(ids: Ids, coverage: Coverage) -> Floats:
    """Return 4πA/P² of each cell, 1 for a circle (D. D. Polsby and R. D. Popper, The third criterion, Yale Law & Policy Review 9, 1991)."""
    return _ratio(4 * np.pi * _in_order(ids, areas(coverage)), _in_order(ids, perimeters(coverage)) ** 2)


def _in_order(ids: Ids, values: Mapping[int, float]) -> Floats:
    return np.array([values.get(int(cell), np.nan) for cell in ids], np.float64)


def _ratio(above: NDArray[np.int64] | Floats, below: NDArray[np.int64] | Floats) -> Floats:
    result = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result
