"""What publishing a draft would change: counted from the two states, before anything is done."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.display import is_open
from gis_app.county.comparison import SLIVER
from gis_app.county.state import CountyState
from gis_app.grid.coverage import GRID, Coverage, polygons
from gis_app.grid.units import Level


@dataclass(frozen=True, slots=True)
class PublishFigures:
    """How many cells become new, go, get another boundary or another name, code or place in the tree; households that come to another
    cell; residents who get another grid worker; open whistles that come to another cell; cells below the floor, and without a worker."""

    new: int
    gone: int
    redrawn: int
    renamed: int
    households: int
    residents: int
    whistles: int
    below_floor: int
    vacant: int

    @property
    def nothing(self) -> bool:
        """Tell whether the draft is the same as the published plan."""
        return not any((self.new, self.gone, self.redrawn, self.renamed, self.households, self.residents, self.whistles))


def publish_figures(published: CountyState, draft: CountyState, below_floor: int, vacant: int) -> PublishFigures:
    """Compare a draft with the published plan; both hold the same households, whistles and workers."""
    before = {cell.id: cell for cell in published.units.at_level(Level.CELL)}
    after = {cell.id: cell for cell in draft.units.at_level(Level.CELL)}
    both = before.keys() & after.keys()
    moved = published.households.cell != draft.households.cell
    old, new = _worker_of(published), _worker_of(draft)
    size = max([0, *before, *after]) + 1
    by_old, by_new = _column(old, size), _column(new, size)
    other = by_old[published.households.cell] != by_new[draft.households.cell]
    open_cases = is_open(published.cases)
    return PublishFigures(
        len(after.keys() - before.keys()),
        len(before.keys() - after.keys()),
        sum(not _same(published.coverage, draft.coverage, cell) for cell in both),
        sum(
            (before[cell].name, before[cell].code, before[cell].parent) != (after[cell].name, after[cell].code, after[cell].parent)
            for cell in both
        ),
        int(moved.sum()),
        int(published.households.members[other].sum()),
        int((published.cases.cell != draft.cases.cell)[open_cases].sum()),
        below_floor,
        vacant,
    )


def _worker_of(state: CountyState) -> dict[int, int]:
    """Return the worker of every cell (the first of several)."""
    found: dict[int, int] = {}
    for worker in sorted(state.workers.values(), key=lambda worker: -worker.id):
        if worker.cell:
            found[worker.cell] = worker.id
    return found


def _column(values: Mapping[int, int], size: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    column = np.zeros(size, np.int64)
    for cell, worker in values.items():
        if cell < size:
            column[cell] = worker
    return column


def _same(one: Coverage, other: Coverage, cell: int) -> bool:
    """Tell whether a cell has the same boundary in both; arcs of one number are looked at first."""
    rings, others = one.cells.get(cell), other.cells.get(cell)
    if rings == others and rings is not None:
        arcs = {abs(arc) for part in rings for ring in part for arc in ring}
        if all(_equal(one.arcs[arc].points, other.arcs[arc].points) for arc in arcs):
            return True
    if _outline(one, cell) == _outline(other, cell):
        return True
    before, after = polygons(one, [cell])[cell], polygons(other, [cell])[cell]  # a neighbour's border may end at it, no more
    return bool(shapely.area(shapely.symmetric_difference(before, after, grid_size=GRID)) < SLIVER)


def _equal(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return one is other or np.array_equal(one, other)


def _outline(coverage: Coverage, cell: int) -> bytes:
    """Return something that is the same for the same boundary of a cell, whatever its arcs are called and wherever they begin."""
    points = [coverage.arcs[abs(arc)].points for part in coverage.cells.get(cell, ()) for ring in part for arc in ring]
    return np.unique(np.concatenate(points), axis=0).tobytes() if points else b""
