"""What follows when the county is divided in another way: the cells of households and open whistles, the units of workers and bodies.

Nobody assigns these in a draft. Where a planner decided nothing by hand (`Overrides`), the place decides; and what lies in a cell whose
polygon is the published one stays as it was published. So everything here is a function of the published state, the units and the coverage
of the plan, and the overrides: `derived` works it out for the whole county, `followed` only around the cells that an edit touched, and both
come to the same.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, Cases
from gis_app.county.heirs import heirs
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState, Duty, Overrides
from gis_app.grid.coverage import OUTSIDE, Coverage, polygons
from gis_app.grid.households import Households, Unassigned
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Hierarchy, Level
from gis_app.grid.workers import Worker

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
MANY = 150
"""Touched cells from which on the whole county is worked out anew."""
FEW = 1000
"""Points up to which the boxes of all cells are compared with each."""


def derived(published: CountyState, plan: int, units: Hierarchy, coverage: Coverage, overrides: Overrides) -> CountyState:
    """Return the county divided as in a plan."""
    ground = _Ground(published, units, coverage, None)
    homes = _households(ground, plan, overrides, published.households, np.arange(len(published.households)))
    cases = _cases(ground, overrides, homes, published.cases, np.arange(len(published.cases)))
    return _with_people(ground, plan, overrides, homes, cases)


def followed(
    published: CountyState,
    before: CountyState,
    units: Hierarchy,
    coverage: Coverage,
    overrides: Overrides,
    cells: Collection[int] = (),
    households: Collection[int] = (),
    cases: Collection[int] = (),
) -> CountyState:
    """Return the draft `before` with other units, coverage or overrides, or on another published state with the same coverage.

    `cells` are those whose polygon or code is another one (new and removed ones included), `households` and `cases` those of the published
    state or the overrides that changed.
    """
    if len(cells) > MANY or len(households) > len(published.households) // 4:
        return derived(published, before.plan, units, coverage, overrides)
    touched = frozenset(int(cell) for cell in cells)
    ground = _Ground(published, units, coverage, touched)
    homes = _carried(published.households, before.households, ("cell", "pinned", "reason", "distance"))
    changed = {*map(int, households), *(household for household, cell in overrides.pins.items() if cell in touched)}
    rows = _affected(ground, before.coverage, homes, published.households.cell, changed)
    homes = _households(ground, before.plan, overrides, homes, rows)
    whistles = _carried(published.cases, before.cases, ("cell", "unit"))
    changed = {*map(int, cases), *(case for case, cell in overrides.cases.items() if cell in touched)}
    rows = _affected(ground, before.coverage, whistles, published.cases.cell, changed)
    named = np.flatnonzero((np.isnan(published.cases.x) | (published.cases.unit != 0)) & _open(published.cases))
    whistles = _cases(ground, overrides, homes, whistles, np.union1d(rows, named))
    after = _with_people(ground, before.plan, overrides, homes, whistles)
    kept: dict[str, Any] = {
        name: getattr(before, name)
        for name in ("units", "workers", "bodies")
        if getattr(after, name) is not getattr(before, name) and getattr(after, name).items() == getattr(before, name).items()
    }
    return replace(after, **kept) if kept else after


@dataclass(frozen=True, eq=False)
class _Ground:
    """The published division and another one; `cells`: those that may differ from what was derived last (None: all)."""

    published: CountyState
    units: Hierarchy
    coverage: Coverage
    cells: frozenset[int] | None

    @cached_property
    def _same(self) -> dict[int, bool]:
        return {}

    def same(self, cells: Ids) -> NDArray[np.bool_]:
        """Tell of each cell whether its polygon is the published one."""
        asked = np.unique(cells)
        if new := [cell for cell in asked.tolist() if cell not in self._same]:
            self._same.update(same_polygons(self.published.coverage, self.coverage, new))
        known = np.array([self._same[cell] for cell in asked.tolist()], np.bool_)
        result: NDArray[np.bool_] = known[np.searchsorted(asked, cells)]
        return result

    def exists(self, cells: Ids) -> NDArray[np.bool_]:
        """Tell of each id whether it is a cell of this division."""
        asked = np.unique(cells)
        known = np.array([(unit := self.units.get(cell)) is not None and unit.level == Level.CELL for cell in asked.tolist()], np.bool_)
        result: NDArray[np.bool_] = known[np.searchsorted(asked, cells)]
        return result

    def located(self, xy: Floats) -> Ids:
        """Return the cell of each point; on a border the lowest code wins."""
        if not len(xy):
            return np.zeros(0, np.int64)
        if self.cells is None:
            return locator_of(self.coverage, self.units).cells_at(xy)
        found = self._among(_and_neighbours(self.coverage, self.cells), xy)
        lost = np.flatnonzero((found == OUTSIDE) & np.isfinite(xy).all(axis=1))
        if len(lost) > FEW:
            found[lost] = locator_of(self.coverage, self.units).cells_at(xy[lost])
        elif len(lost):
            found[lost] = self._among(_around(self.coverage, xy[lost]), xy[lost])
        return found

    def _among(self, cells: Iterable[int], xy: Floats) -> Ids:
        """Ask some cells one after the other, in the order of their codes."""
        order = sorted(cells, key=lambda cell: ((unit := self.units.get(cell)) is None, unit.code if unit else "", cell))
        x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
        result = np.zeros(len(xy), np.int64)
        shapes = polygons(self.coverage, order)
        shapely.prepare(list(shapes.values()))
        for cell, (west, south, east, north) in zip(order, shapely.bounds(list(shapes.values())).reshape(-1, 4).tolist(), strict=True):
            inside = np.flatnonzero((result == OUTSIDE) & (x >= west) & (x <= east) & (y >= south) & (y <= north))
            if len(inside):
                result[inside[shapely.intersects_xy(shapes[cell], x[inside], y[inside])]] = cell
        return result

    @cached_property
    def heirs(self) -> dict[int, int]:
        """Return the heir of every published unit that this division does not have."""
        return heirs(self.published, self.units, self.coverage)


def same_polygons(one: Coverage, other: Coverage, cells: Iterable[int]) -> dict[int, bool]:
    """Tell of cells whether both coverages have them with the same polygon, wherever its rings begin."""
    result = {cell: cell in one.cells and cell in other.cells and _shared(one, other, cell) for cell in cells}
    both = [cell for cell, same in result.items() if not same and cell in one.cells and cell in other.cells]
    if not both:
        return result
    first, second = (np.array(list(polygons(coverage, both).values()), object) for coverage in (one, other))
    equal = shapely.equals_exact(first, second, 0.0)
    unequal = np.flatnonzero(~equal & (shapely.get_num_coordinates(first) == shapely.get_num_coordinates(second)))
    equal[unequal] = shapely.equals_exact(shapely.normalize(first[unequal]), shapely.normalize(second[unequal]), 0.0)
    result.update(zip(both, equal.tolist(), strict=True))
    return result


def _shared(one: Coverage, other: Coverage, cell: int) -> bool:
    """Tell whether a cell is made of the very same arcs in both: that needs no look at their points."""
    parts = one.cells[cell]
    if parts is not other.cells[cell] and parts != other.cells[cell]:
        return False
    return all(one.arcs[abs(arc)].points is other.arcs[abs(arc)].points for part in parts for ring in part for arc in ring)


def _and_neighbours(coverage: Coverage, cells: Iterable[int]) -> set[int]:
    """Return the cells that there are of these, and those that share a border with them."""
    found = {cell for cell in cells if cell in coverage.cells}
    arcs = [coverage.arcs[abs(arc)] for cell in found for part in coverage.cells[cell] for ring in part for arc in ring]
    return (found | {side for arc in arcs for side in (arc.left, arc.right)}) - {OUTSIDE}


def _around(coverage: Coverage, xy: Floats) -> set[int]:
    """Return the cells whose box holds one of a few points."""
    if not coverage.arcs:
        return set()
    arcs = list(coverage.arcs.values())
    starts = np.concatenate(([0], np.cumsum([len(arc.points) for arc in arcs])[:-1]))
    points = np.concatenate([arc.points for arc in arcs])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    cells = np.array(list(coverage.cells), np.int64)
    boxes = np.concatenate((np.full((len(cells), 2), np.inf), np.full((len(cells), 2), -np.inf)), axis=1)
    order = np.argsort(cells)
    for side in (np.array([arc.left for arc in arcs]), np.array([arc.right for arc in arcs])):
        known = np.flatnonzero(side != OUTSIDE)
        at = order[np.searchsorted(cells[order], side[known])]
        np.minimum.at(boxes[:, :2], at, low[known])
        np.maximum.at(boxes[:, 2:], at, high[known])
    inside = ((xy[:, None, :] >= boxes[None, :, :2]) & (xy[:, None, :] <= boxes[None, :, 2:])).all(axis=2).any(axis=0)
    return set(cells[inside].tolist())


def _carried(published: Any, before: Any, names: tuple[str, ...]) -> Any:
    """Return the columns of the published state with what was derived for a draft before, for the rows that were there then."""
    if published.id is before.id or np.array_equal(published.id, before.id):
        values = {name: getattr(before, name) for name in names}
        if all(getattr(published, name) is getattr(before, name) for name in published.__dataclass_fields__ if name not in names):
            return before
        return replace(published, **values)
    _, here, there = np.intersect1d(published.id, before.id, assume_unique=True, return_indices=True)
    values = {name: getattr(published, name).copy() for name in names}
    for name, array in values.items():
        array[here] = getattr(before, name)[there]
    return replace(published, **values)


def _affected(ground: _Ground, before: Coverage, rows: Households | Cases, published: Ids, changed: Collection[int]) -> Ids:
    """Return the positions of rows that lie, lay or were published in touched cells, or changed themselves."""
    cells = list(ground.cells or ())
    hit = np.isin(rows.id, list(changed)) if changed else np.zeros(len(rows), np.bool_)
    if cells:
        hit |= np.isin(rows.cell, cells) | np.isin(published, cells)
        now = [cell for cell in cells if cell in ground.coverage.cells]
        shapes = np.array(list(polygons(ground.coverage, now).values()), object)
        if len(shapes):
            west, south, east, north = shapely.total_bounds(shapes)
            near = np.flatnonzero(~hit & (rows.x >= west) & (rows.x <= east) & (rows.y >= south) & (rows.y <= north))
            near = near[ground._among(now, np.stack((rows.x[near], rows.y[near]), axis=1)) != OUTSIDE]
            hit[near] = True
        if _outer(ground.coverage, before, cells):
            hit |= (rows.cell == OUTSIDE) & ~np.isnan(rows.x)
    return np.flatnonzero(hit)


def _outer(coverage: Coverage, before: Coverage, cells: Iterable[int]) -> bool:
    """Tell whether the outer border of the county may be another one at these cells."""
    for one, other in ((coverage, before), (before, coverage)):
        for cell in cells:
            for number in (abs(arc) for part in one.cells.get(cell, ()) for ring in part for arc in ring):
                arc = one.arcs[number]
                if OUTSIDE in (arc.left, arc.right) and other.arcs.get(number) is not arc:
                    return True
    return False


def _households(ground: _Ground, plan: int, overrides: Overrides, carried: Households, rows: Ids) -> Households:
    """Work out the cells of the households at some positions."""
    if not len(rows):
        return carried
    published = ground.published.households
    archived = plan in ground.published.plans and ground.published.plans[plan].status == PlanStatus.ARCHIVED
    pinned = np.zeros(len(rows), np.bool_) if archived else published.pinned[rows].copy()
    pins = np.where(pinned, published.cell[rows], 0)
    at, cells = _override(published.id[rows], overrides.pins)
    pinned[at], pins[at] = cells != 0, cells
    held = pinned & (pins != 0)
    held[held] = ground.exists(pins[held])
    kept = ~pinned & ~published.pinned[rows] & (published.cell[rows] != 0)
    kept[kept] = ground.same(published.cell[rows][kept])
    cell = np.where(held, pins, published.cell[rows])
    reason = np.where(held, int(Unassigned.NONE), published.reason[rows])
    distance = np.where(held, 0.0, published.distance[rows])
    free = np.flatnonzero(~held & ~kept)
    xy = np.stack([published.x[rows[free]], published.y[rows[free]]], axis=1)
    known = np.isfinite(xy).all(axis=1)
    cell[free] = ground.located(xy)
    outside = known & (cell[free] == OUTSIDE)
    reason[free] = np.where(known, np.where(outside, int(Unassigned.OUTSIDE_COUNTY), int(Unassigned.NONE)), int(Unassigned.NO_COORDINATES))
    distance[free] = 0.0
    distance[free[outside]] = _to_the_border(ground.coverage, xy[outside])
    homes: Households = _replaced(carried, rows, {"cell": cell, "pinned": pinned, "reason": reason, "distance": distance})
    return homes


def _to_the_border(coverage: Coverage, xy: Floats) -> Floats:
    """Return the distance of points outside the county to its outer border."""
    outer = [arc.points for arc in coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)] if len(xy) else []
    if not outer:
        return np.zeros(len(xy))
    lines = shapely.linestrings(np.concatenate(outer), indices=np.repeat(np.arange(len(outer)), [len(points) for points in outer]))
    (point, _), distance = shapely.STRtree(lines).query_nearest(shapely.points(xy), return_distance=True, all_matches=False)
    result = np.zeros(len(xy))
    result[point] = distance
    return result


def _open(cases: Cases) -> NDArray[np.bool_]:
    return np.isin(cases.state, [int(state) for state in OPEN_STATES])


def _cases(ground: _Ground, overrides: Overrides, homes: Households, carried: Cases, rows: Ids) -> Cases:
    """Work out the cells of the whistles at some positions; one that is not open keeps the cell that it lay in."""
    if not len(rows):
        return carried
    published = ground.published.cases
    cell, unit = published.cell[rows].copy(), published.unit[rows].copy()
    live = _open(published)[rows]
    at, cells = _override(published.id[rows], overrides.cases)
    given = np.zeros(len(rows), np.bool_)
    fits = ground.exists(cells) & live[at]
    given[at[fits]], cell[at[fits]] = True, cells[fits]
    loose = live & ~given
    kept = loose & (cell != 0)
    kept[kept] = ground.same(cell[kept])
    free = np.flatnonzero(loose & ~kept)
    xy = np.stack([published.x[rows[free]], published.y[rows[free]]], axis=1)
    found = ground.located(xy)
    placeless = np.isnan(xy[:, 0]) & (cell[free] != 0)
    found[placeless] = [
        _of_placeless(ground, homes, int(row), int(now)) for row, now in zip(rows[free[placeless]], cell[free[placeless]], strict=True)
    ]
    cell[free] = found
    for i in np.flatnonzero(live & (unit != 0)):
        if int(unit[i]) not in ground.units:
            unit[i] = ground.heirs.get(int(unit[i]), 0)
    whistles: Cases = _replaced(carried, rows, {"cell": cell, "unit": unit})
    return whistles


def _of_placeless(ground: _Ground, homes: Households, row: int, cell: int) -> int:
    """Return where a whistle belongs whose place says nothing: with its household, in the cell that it had, or with that one's heir."""
    household = int(ground.published.cases.household[row])
    at = int(np.searchsorted(homes.id, household))
    if household and at < len(homes) and homes.id[at] == household and homes.cell[at]:
        return int(homes.cell[at])
    unit = ground.units.get(cell)
    return cell if unit is not None and unit.level == Level.CELL else ground.heirs.get(cell, 0)


def _override(ids: Ids, values: Mapping[int, int]) -> tuple[Ids, Ids]:
    """Return the positions of ids that have a value, and the values."""
    if not values:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    keys, numbers = np.fromiter(values, np.int64, len(values)), np.fromiter(values.values(), np.int64, len(values))
    order = np.argsort(keys)
    at = np.minimum(np.searchsorted(keys[order], ids), len(keys) - 1)
    hit = np.flatnonzero(keys[order][at] == ids)
    return hit, numbers[order][at[hit]]


def _replaced(columns: Any, rows: Ids, values: Mapping[str, NDArray[Any]]) -> Any:
    """Return columns with other values at some positions; the same ones where nothing differs."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, new in values.items():
        old = getattr(columns, name)
        if not np.array_equal(old[rows], new, equal_nan=old.dtype.kind == "f"):
            arrays[name] = old.copy()
            arrays[name][rows] = new
            arrays[name].flags.writeable = False
    return replace(columns, **arrays) if arrays else columns


def _with_people(ground: _Ground, plan: int, overrides: Overrides, homes: Households, cases: Cases) -> CountyState:
    """Return the state of a division, its workers and bodies without units that it does not have."""
    workers, bodies = ground.published.workers, ground.published.bodies
    gone = ground.published.units.keys() - ground.units.keys()
    homeless = {worker.id for worker in workers.values() if worker.village in gone or gone & {*worker.cells}} if gone else set()
    others = homeless | (overrides.workers.keys() & workers.keys())
    if others:
        workers = {**workers, **{key: _worker(ground, workers[key], overrides.workers.get(key)) for key in others}}
    if orphans := {body.id: replace(body, unit=ground.heirs.get(body.unit, 0)) for body in bodies.values() if body.unit in gone}:
        bodies = {**bodies, **orphans}
    return replace(
        ground.published,
        plan=plan,
        units=ground.units,
        coverage=ground.coverage,
        households=homes,
        cases=cases,
        workers=workers,
        bodies=bodies,
        overrides=overrides,
        published=ground.published,
    )


def _worker(ground: _Ground, worker: Worker, override: Duty | None) -> Worker:
    village, cell, more = override or Duty(worker.village, worker.cell, worker.more_cells)
    if village and village not in ground.units:
        village = ground.heirs.get(village, 0)
    if cell and ((unit := ground.units.get(cell)) is None or unit.level != Level.CELL):
        cell = 0
    more = tuple(one for one in more if (unit := ground.units.get(one)) is not None and unit.level == Level.CELL and one != cell)
    if not cell and more:
        cell, *rest = more
        more = tuple(rest)
    same = (village, cell, more) == (worker.village, worker.cell, worker.more_cells)
    return worker if same else replace(worker, village=village, cell=cell, more_cells=more)
