"""What differs between two divisions of one county: which land and which households changed hands, cell by cell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.followers import same_polygons
from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage, areas, perimeters, polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.units import Level, Unit
from gis_app.grid.workers import teams
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

SLIVER = 0.1
"""Land below this area (m²) is what borders lose and gain by vertices on the 1 mm grid; it is not reported."""


class Fate(StrEnum):
    """What became of a cell. `MOVED`: the same land in another village, of another kind, or under another code or name."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class CellSide:
    """A cell in one of the two divisions: area in m², compactness after Polsby and Popper, ids of its workers."""

    unit: Unit
    households: int
    area: float
    compactness: float
    workers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CellComparison:
    """A cell in both divisions; None where it does not exist. `gained` and `lost` are land in m²."""

    id: int
    fate: Fate
    before: CellSide | None
    after: CellSide | None
    gained: float
    lost: float


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """How much of an old cell went to a new one: land in m² and households. An id of 0 stands for outside the county, or for no cell."""

    before: int
    after: int
    area: float
    households: int


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Land that changed hands: from a cell of the one division to a cell of the other (0: beyond the county); area in m²."""

    before: int
    after: int
    shape: shapely.MultiPolygon
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The difference of two divisions.

    `cells` are all cells of either, by code; `crosswalk` has a row for every pair with land or households in common, also of cells that
    stayed; `moved` are the households whose cell is another one, `other_worker` those among all whose workers are others.
    """

    cells: tuple[CellComparison, ...]
    exchanges: tuple[Exchange, ...]
    crosswalk: tuple[CrosswalkRow, ...]
    moved: Ints
    other_worker: Ints

    @property
    def differing(self) -> tuple[CellComparison, ...]:
        """Return the cells that did not stay as they were."""
        return tuple(cell for cell in self.cells if cell.fate != Fate.SAME)


def comparing(before: CountyState, after: CountyState) -> Steps[Comparison]:
    """Compare two states of one county that show two of its divisions; households are matched by id."""
    yield Progress(0.0, msg("Comparing the cells"))
    square = metres_per_unit(after.settings.crs) ** 2
    changed = redrawn_cells(before.coverage, after.coverage)
    yield Progress(0.3, msg("Finding the land that changed hands"))
    exchanges = _exchanges(before.coverage, after.coverage, changed, square)
    yield Progress(0.7, msg("Finding the households that changed hands"))
    moved, pairs = _moved(before, after)
    other = with_other_worker(before, after)
    yield Progress(0.9, msg("Comparing the cells"))
    one, two = _sides(before, square), _sides(after, square)
    cells = _cells(one, two, fates(before, after, changed), exchanges)
    return Comparison(cells, exchanges, _crosswalk(one, two, exchanges, pairs), moved, other)


def fates(before: CountyState, after: CountyState, redrawn: frozenset[int] | None = None) -> dict[int, Fate]:
    """Return what became of every cell of two divisions; `redrawn` are the cells that `redrawn_cells` finds, where they are known."""
    one, two = ({unit.id: unit for unit in of.units.at_level(Level.CELL)} for of in (before, after))
    changed = _other_land(before, after, redrawn_cells(before.coverage, after.coverage) if redrawn is None else redrawn)

    def fate(cell: int) -> Fate:
        if cell not in one or cell not in two:
            return Fate.NEW if cell in two else Fate.CLOSED
        if cell in changed:
            return Fate.CHANGED
        return Fate.SAME if _place(one[cell]) == _place(two[cell]) else Fate.MOVED

    return {cell: fate(cell) for cell in {**two, **one}}


def redrawn_cells(before: Coverage, after: Coverage) -> frozenset[int]:
    """Return the cells whose polygon is not the same, point by point, in two coverages; also those that only one of them has."""
    same = same_polygons(before, after, before.cells)
    return frozenset({cell for cell, alike in same.items() if not alike} | (after.cells.keys() - before.cells.keys()))


def _other_land(before: CountyState, after: CountyState, redrawn: frozenset[int]) -> set[int]:
    """Return the redrawn cells but those that have just got a vertex where a neighbour's border ends."""
    both = [cell for cell in redrawn if cell in before.coverage.cells and cell in after.coverage.cells]
    one, other = (np.array(list(polygons(of.coverage, both).values()), object) for of in (before, after))
    land = shapely.area(shapely.symmetric_difference(shapely.make_valid(one), shapely.make_valid(other)))
    least = SLIVER / metres_per_unit(before.settings.crs) ** 2
    return (set(redrawn) - set(both)) | {cell for cell, area in zip(both, land.tolist(), strict=True) if area > least}


def _place(unit: Unit) -> tuple[object, ...]:
    return unit.name, unit.code, unit.parent, unit.kind


def _exchanges(before: Coverage, after: Coverage, changed: frozenset[int], square: float) -> tuple[Exchange, ...]:
    one = polygons(before, sorted(cell for cell in changed if cell in before.cells))
    two = polygons(after, sorted(cell for cell in changed if cell in after.cells))
    found: list[Exchange] = []
    left, right = np.array(list(one.values()), object), np.array(list(two.values()), object)
    a, b = shapely.STRtree(right).query(left, predicate="intersects") if len(left) and len(right) else np.zeros((2, 0), np.int64)
    common = shapely.intersection(left[a], right[b], grid_size=0.001)
    ids = list(one), list(two)
    for at, to, shape in zip(a.tolist(), b.tolist(), common, strict=True):
        if ids[0][at] != ids[1][to]:
            _add(found, ids[0][at], ids[1][to], shape, square)
    shared = shapely.area(common)
    for at, shape in _beyond(left, right, a, b, shared, square):
        _add(found, ids[0][at], 0, shape, square)
    for at, shape in _beyond(right, left, b, a, shared, square):
        _add(found, 0, ids[1][at], shape, square)
    return tuple(found)


def _beyond(
    shapes: Shapes, others: Shapes, at: Ints, other: Ints, shared: NDArray[np.float64], square: float
) -> Iterator[tuple[int, shapely.Geometry]]:
    """Yield the land of shapes that none of the others covers; `at`, `other` are the pairs that meet, `shared` the land of each pair.

    Only shapes that the pairs do not fill are looked at closely: unions of all that changed would take seconds.
    """
    missing = shapely.area(shapes) - np.bincount(at, shared, len(shapes))
    for number in np.flatnonzero(missing * square > SLIVER / 10).tolist():
        covering = shapely.union_all(others[other[at == number]], grid_size=0.001)
        yield number, shapely.difference(shapes[number], covering, grid_size=0.001)


def _add(found: list[Exchange], before: int, after: int, shape: shapely.Geometry, square: float) -> None:
    polygonal = [part for part in shapely.get_parts(shapely.get_parts(shape)).tolist() if isinstance(part, shapely.Polygon)]
    land = shapely.MultiPolygon(polygonal)
    if land.area * square > SLIVER:
        found.append(Exchange(before, after, land, land.area * square))


def _moved(before: CountyState, after: CountyState) -> tuple[Ints, Mapping[tuple[int, int], int]]:
    """Return the households in both whose cell is another one, and how many households each pair of cells has in common."""
    one, two = before.households, after.households
    ids, at, to = np.intersect1d(one.id, two.id, assume_unique=True, return_indices=True)
    pairs, counts = np.unique(np.column_stack([one.cell[at], two.cell[to]]), axis=0, return_counts=True)
    common = {(int(a), int(b)): int(count) for (a, b), count in zip(pairs, counts, strict=True)}
    return ids[one.cell[at] != two.cell[to]], common


def workers_of(state: CountyState) -> dict[int, tuple[int, ...]]:
    """Return the workers of every cell that has any, the lowest id first."""
    return teams(state.workers)


def residents_of(state: CountyState, households: Ints) -> int:
    """Return how many people live in some households."""
    return int(state.households.members[np.isin(state.households.id, households)].sum())


def with_other_worker(before: CountyState, after: CountyState) -> Ints:
    """Return the households whose cell has other workers than their cell had (who only lost or gained a second one keeps his worker)."""
    teams = {team: number for number, team in enumerate({(), *workers_of(before).values(), *workers_of(after).values()})}

    def team_of(state: CountyState) -> Ints:
        cells = np.array(sorted({0, *state.coverage.cells, *np.unique(state.households.cell).tolist()}), np.int64)
        workers = workers_of(state)
        numbers = np.array([teams[workers.get(int(cell), ())] for cell in cells], np.int64)
        return np.asarray(numbers[np.searchsorted(cells, state.households.cell)])

    members = {number: set(team) for team, number in teams.items()}
    ids, at, to = np.intersect1d(before.households.id, after.households.id, assume_unique=True, return_indices=True)
    one, two = team_of(before)[at], team_of(after)[to]
    differs = one != two
    shares = {(a, b) for a, b in {*zip(one[differs].tolist(), two[differs].tolist(), strict=True)} if members[a] & members[b]}
    kept = np.array([(a, b) in shares for a, b in zip(one[differs].tolist(), two[differs].tolist(), strict=True)], np.bool_)
    changed: Ints = ids[differs]
    return changed[~kept] if len(kept) else changed


def _sides(state: CountyState, square: float) -> dict[int, CellSide]:
    area, around, workers = areas(state.coverage), perimeters(state.coverage), workers_of(state)
    cells, counts = np.unique(state.households.cell, return_counts=True)
    homes = dict(zip(cells.tolist(), counts.tolist(), strict=True))
    return {
        unit.id: CellSide(
            unit,
            homes.get(unit.id, 0),
            area.get(unit.id, 0.0) * square,
            4 * np.pi * area[unit.id] / around[unit.id] ** 2 if around.get(unit.id) else 0.0,
            workers.get(unit.id, ()),
        )
        for unit in state.units.at_level(Level.CELL)
    }


def _cells(
    one: Mapping[int, CellSide], two: Mapping[int, CellSide], fate: Mapping[int, Fate], exchanges: tuple[Exchange, ...]
) -> tuple[CellComparison, ...]:
    gained: dict[int, float] = {}
    lost: dict[int, float] = {}
    for exchange in exchanges:
        lost[exchange.before] = lost.get(exchange.before, 0.0) + exchange.area
        gained[exchange.after] = gained.get(exchange.after, 0.0) + exchange.area

    code = {cell: (two.get(cell) or one[cell]).unit.code for cell in {**one, **two}}
    return tuple(
        CellComparison(cell, fate[cell], one.get(cell), two.get(cell), gained.get(cell, 0.0), lost.get(cell, 0.0))
        for cell in sorted(code, key=lambda cell: (code[cell], cell))
    )


def _crosswalk(
    one: Mapping[int, CellSide],
    two: Mapping[int, CellSide],
    exchanges: tuple[Exchange, ...],
    pairs: Mapping[tuple[int, int], int],
) -> tuple[CrosswalkRow, ...]:
    land: dict[tuple[int, int], float] = {}
    given: dict[int, float] = {}
    for exchange in exchanges:
        key = (exchange.before, exchange.after)
        land[key] = land.get(key, 0.0) + exchange.area
        given[exchange.before] = given.get(exchange.before, 0.0) + exchange.area
    for cell, side in one.items():
        if cell in two:
            land[cell, cell] = max(side.area - given.get(cell, 0.0), 0.0)
    keys = sorted({*land, *(pair for pair in pairs if pair != (0, 0))})
    return tuple(CrosswalkRow(a, b, land.get((a, b), 0.0), pairs.get((a, b), 0)) for a, b in keys)
