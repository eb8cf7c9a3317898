"""Who goes where when land changes hands: households, workers and open whistles of the cells that an edit touched.

Households that are not pinned and open whistles follow the land by law: `located` says into which cell they come, and the county derives
the same (ties on a border go to the lowest code). What the land alone does not decide follows the user's rule, `Following`: pinned
households, workers, and open whistles where they shall all go to one side. Nobody is dropped: who has no place goes with the land of his
cell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, Cases
from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from gis_app.county.followers import same_polygons
from gis_app.county.numbering import in_order, shared_borders
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.households import Households, Unassigned
from gis_app.grid.locate import Locator
from gis_app.grid.units import Unit
from gis_app.grid.workers import Worker

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Following:
    """The user's rule for who was in a cell that was parted, or that is gone: 0 goes by location, else all go to that cell.

    By location, a pinned household goes with the part of its cell that it lies in, a worker with the part that he lives in; who lies in
    none of them (or nowhere known) stays with the part that keeps the number, or goes to the cell that got most of the land of his own.
    """

    households: int = 0
    cases: int = 0
    workers: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """The rows (positions) of the unpinned households and of the open whistles of the touched cells, and their cells after the edit."""

    households: Ints
    household_cells: Ints
    cases: Ints
    case_cells: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Row changes of those who follow by rule, and what became of them (ids)."""

    rows: tuple[RowChange, ...] = ()
    pinned: Mapping[int, int] = field(default_factory=dict)  # household → cell
    workers: Mapping[int, int] = field(default_factory=dict)  # worker → (first) cell, 0 for none
    more_cells: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # worker → further cells, for the same workers
    cases: Mapping[int, int] = field(default_factory=dict)  # whistle → cell
    villages: Mapping[int, int] = field(default_factory=dict)  # worker → village, where it is another one

    def cells_of(self, worker: Worker) -> tuple[int, ...]:
        """Return the cells of a worker afterwards."""
        if worker.id not in self.workers:
            return worker.cells
        first = self.workers[worker.id]
        return (*((first,) if first else ()), *self.more_cells.get(worker.id, ()))


def cells_among(shapes: Sequence[shapely.Geometry], cells: Sequence[int], x: NDArray[np.float64], y: NDArray[np.float64]) -> Ints:
    """Return the first of `cells` (in their order, which says who wins on a border) whose shape each point lies in or on; 0 for none."""
    found = np.zeros(len(x), np.int64)
    for cell, shape in zip(cells, shapes, strict=True):
        west, south, east, north = shape.bounds
        near = np.flatnonzero((found == 0) & (x >= west) & (x <= east) & (y >= south) & (y <= north))
        if len(near):
            shapely.prepare(shape)
            found[near[shapely.intersects_xy(shape, x[near], y[near])]] = cell
    return found


def rows_in(column: Ints, cells: Iterable[int]) -> Ints:
    """Return the positions at which a column holds one of a few cells (faster than `np.isin` for a handful)."""
    mask = np.zeros(len(column), np.bool_)
    for cell in cells:
        mask |= column == cell
    return np.flatnonzero(mask)


def open_rows(cases: Cases, rows: Ints) -> Ints:
    """Return those of the rows whose whistle is open."""
    return rows[np.isin(cases.state[rows], [int(state) for state in OPEN_STATES])]


def touched_rows(state: CountyState, edited: Edited) -> tuple[Ints, Ints]:
    """Return the positions of the households and of the open whistles that an edit may bring to another cell by law.

    Pinned households are not among them, nor whistles whose cell a planner decided (`CountyState.overrides`): these go by rule.
    """
    before = [cell for cell in (*edited.cells, *edited.removed) if cell in state.coverage.cells]
    if any(piece.origin == OUTSIDE for piece in edited.pieces):
        before.append(OUTSIDE)
    homes = rows_in(state.households.cell, before)
    cases = open_rows(state.cases, rows_in(state.cases.cell, before))
    return homes[~state.households.pinned[homes]], cases[~decided(state, cases)]


def decided(state: CountyState, rows: Ints) -> NDArray[np.bool_]:
    """Tell of the whistles at some positions whether a planner decided their cell."""
    known = state.overrides.cases
    return np.isin(state.cases.id[rows], np.fromiter(known, np.int64, len(known))) if known else np.zeros(len(rows), np.bool_)


def located(
    state: CountyState, edited: Edited, made: Mapping[int, Unit], pinned: Mapping[int, int], rows: tuple[Ints, Ints] | None = None
) -> Located:
    """Return where households and open whistles lie after an edit; `made` are the units of new cells.

    A whistle without a place goes with its household, or stays with its cell, or goes with most of that cell's land (the county, which
    stores the outcome, asks for the land of the published cell: after many edits that may be another one). `pinned` are the pinned
    households that move; `rows` saves asking for `touched_rows` again.
    """
    homes, cases = rows or touched_rows(state, edited)
    homes, cases = np.union1d(homes, _pulled_homes(state, edited, made)), np.union1d(cases, _pulled_cases(state, edited, made))
    shapes = polygons(edited.coverage, in_order(edited.cells, state.units, made))
    people, whistles = state.households, state.cases
    home_cells = _located(state, edited, made, shapes, people.x[homes], people.y[homes], people.cell[homes])
    case_cells = _located(state, edited, made, shapes, whistles.x[cases], whistles.y[cases], whistles.cell[cases])
    for at in np.flatnonzero(~np.isfinite(whistles.x[cases])).tolist():
        cell, household = int(whistles.cell[cases[at]]), int(whistles.household[cases[at]])
        goes = _cell_of_household(state, household, pinned, homes, home_cells) or cell
        case_cells[at] = heir_of(edited, goes) if goes in edited.removed else goes
    return Located(homes, home_cells, cases, case_cells)


def _pulled_homes(state: CountyState, edited: Edited, made: Mapping[int, Unit]) -> Ints:
    """Return the unpinned households that do not lie in touched cells but on land that came to a cell of a lower code."""
    homes = state.households
    rows = _pulled(state, edited, made, homes.x, homes.y, homes.cell)
    rows = rows[~homes.pinned[rows]]
    before = state.published.households if state.published is not None else None
    return rows if before is None else rows[before.pinned[rows] | ~_stay(state, homes.cell[rows], before.cell[rows])]


def _pulled_cases(state: CountyState, edited: Edited, made: Mapping[int, Unit]) -> Ints:
    """Return the open whistles that are pulled over in the same way."""
    cases = state.cases
    rows = open_rows(cases, _pulled(state, edited, made, cases.x, cases.y, cases.cell))
    rows = rows[~decided(state, rows)]
    return rows if state.published is None else rows[~_stay(state, cases.cell[rows], state.published.cases.cell[rows])]


def _stay(state: CountyState, cells: Ints, published: Ints) -> NDArray[np.bool_]:
    """Tell of points of untouched cells whether they stay there whatever comes beside them: in the published cell, with its polygon."""
    if state.published is None or not len(cells):
        return np.zeros(len(cells), np.bool_)
    same = same_polygons(state.published.coverage, state.coverage, np.unique(cells).tolist())
    stay: NDArray[np.bool_] = (cells == published) & np.array([same[cell] for cell in cells.tolist()])
    return stay


def _pulled(
    state: CountyState, edited: Edited, made: Mapping[int, Unit], x: NDArray[np.float64], y: NDArray[np.float64], cells: Ints
) -> Ints:
    """Return the positions of points of untouched cells that lie on the border of land whose new owner has a lower code than their cell."""
    came = [piece for piece in edited.pieces if piece.owner != OUTSIDE]
    if not came:
        return np.empty(0, np.int64)
    west, south, east, north = shapely.total_bounds([piece.shape for piece in came])
    near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    touched = np.fromiter((*edited.cells, *edited.removed, OUTSIDE), np.int64)
    near = near[~np.isin(cells[near], touched)]
    pulled = np.zeros(len(near), np.bool_)
    for piece in came if len(near) else ():
        for at in np.flatnonzero(shapely.intersects_xy(piece.shape, x[near], y[near])).tolist():
            pair = [piece.owner, int(cells[near[at]])]
            pulled[at] |= in_order(pair, state.units, made)[0] == piece.owner
    return near[pulled]


def _located(
    state: CountyState,
    edited: Edited,
    made: Mapping[int, Unit],
    shapes: Mapping[int, shapely.Geometry],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    before: Ints,
) -> Ints:
    """Return the cell of each point; one that comes to another cell and lies on its border may be that of a neighbour with a lower code."""
    found = cells_among(list(shapes.values()), list(shapes), x, y)
    for cell in np.unique(found[(found != before) & (found != OUTSIDE)]).tolist():
        moved = np.flatnonzero((found == cell) & (before != cell))
        moved = moved[shapely.intersects_xy(shapes[cell].boundary, x[moved], y[moved])]
        if not len(moved):
            continue
        order = in_order({*shared_borders(edited.coverage, cell), cell} - {OUTSIDE}, state.units, made)
        near = polygons(edited.coverage, order[: order.index(cell)])
        lower = cells_among(list(near.values()), list(near), x[moved], y[moved])
        found[moved] = np.where(lower == OUTSIDE, cell, lower)
    return found


def _cell_of_household(state: CountyState, household: int, pinned: Mapping[int, int], rows: Ints, cells: Ints) -> int:
    """Return the cell of a household after an edit, 0 if there is no such household; `rows` and `cells` are those that were located."""
    if household in pinned:
        return pinned[household]
    ids = state.households.id
    row = int(np.searchsorted(ids, household))
    if not household or row == len(ids) or ids[row] != household:
        return OUTSIDE
    at = int(np.searchsorted(rows, row))
    return int(cells[at]) if at < len(rows) and rows[at] == row else int(state.households.cell[row])


def heir_of(edited: Edited, cell: int) -> int:
    """Return the cell that got most of the land of a removed cell; `OUTSIDE` where no cell got any."""
    got: dict[int, float] = {}
    for piece in edited.pieces:
        if piece.origin == cell and piece.owner != OUTSIDE:
            got[piece.owner] = got.get(piece.owner, 0.0) + piece.shape.area
    return max(got, key=lambda owner: (got[owner], -owner), default=OUTSIDE)


def parted(state: CountyState, edited: Edited) -> frozenset[int]:
    """Return the cells that gave land to a new cell, or are gone: the user's rule is about who was in them."""
    givers = {piece.origin for piece in edited.pieces if piece.owner != OUTSIDE and piece.owner not in state.coverage.cells}
    return (frozenset(givers) | edited.removed) - {OUTSIDE}


def follow(state: CountyState, edited: Edited, made: Mapping[int, Unit], rule: Following) -> Followed:
    """Return what happens to those who do not follow the land by law; `made` are the units of new cells."""
    pinned = _pinned(state, edited, made, rule.households)
    duties = _workers(state, edited, made, rule.workers)
    workers = {worker: cells[0] if cells else OUTSIDE for worker, cells in duties.items()}
    more = {worker: cells[1:] for worker, cells in duties.items()}
    cases = _cases(state, edited, made, rule.cases)
    villages = {}
    for worker, cell in workers.items():
        unit = made.get(cell) or state.units.get(cell)
        if unit and unit.parent and state.workers[worker].village not in (0, unit.parent):
            villages[worker] = unit.parent
    rows = (*_household_rows(state, edited, pinned), *_worker_rows(state, workers, more, villages), *_column("cases", cases))
    return Followed(rows, pinned, workers, cases=cases, villages=villages, more_cells=more)


def _pinned(state: CountyState, edited: Edited, made: Mapping[int, Unit], target: int) -> dict[int, int]:
    """Return the new cells of pinned households (id → cell), only of those that move."""
    homes = state.households
    all_of = parted(state, edited)
    moved: dict[int, int] = {}
    for cell, owners in _givers(edited).items():
        rows = rows_in(homes.cell, [cell])
        rows = rows[homes.pinned[rows]]
        if not len(rows):
            continue
        where = _parts(state, edited, cell, owners, made, homes.x[rows], homes.y[rows])
        goes = _going(edited, cell, where, target, whole=cell in all_of)
        moved |= {int(homes.id[row]): int(to) for row, to in zip(rows, goes, strict=True) if to != cell}
    return moved


def _going(edited: Edited, cell: int, where: Ints, target: int, *, whole: bool) -> Ints:
    """Return where those of a cell go who lie in the parts `where`: by location, or to `target`, all (`whole`) or those whose land goes."""
    if target:
        return np.full(len(where), target) if whole else np.where((where != 0) & (where != cell), target, cell)
    return np.where(where == 0, heir_of(edited, cell) if cell in edited.removed else cell, where)


def _workers(state: CountyState, edited: Edited, made: Mapping[int, Unit], target: int) -> dict[int, tuple[int, ...]]:
    """Return all cells of the workers that move (id → cells): a worker moves only where one of his cells is parted or gone."""
    givers, gone = _givers(edited), parted(state, edited)
    moved: dict[int, tuple[int, ...]] = {}
    for worker in state.workers.values() if gone else ():
        if gone.isdisjoint(worker.cells):
            continue
        goes = [_cell_of_worker(state, edited, made, givers, target, worker, cell) if cell in gone else cell for cell in worker.cells]
        after = tuple(dict.fromkeys(cell for cell in goes if cell != OUTSIDE))
        if after != worker.cells:
            moved[worker.id] = after
    return moved


def _cell_of_worker(
    state: CountyState,
    edited: Edited,
    made: Mapping[int, Unit],
    givers: Mapping[int, Mapping[int, list[shapely.Geometry]]],
    target: int,
    worker: Worker,
    cell: int,
) -> int:
    """Return where a worker of a cell that is parted or gone goes: to `target`, with the part that he lives in, to its heir."""
    if target:
        return target
    if worker.home is not None:
        x, y = np.array(worker.home).reshape(2, 1)
        if goes := int(_parts(state, edited, cell, givers.get(cell, {}), made, x, y)[0]):
            return goes
    return heir_of(edited, cell) if cell in edited.removed else cell


def _cases(state: CountyState, edited: Edited, made: Mapping[int, Unit], target: int) -> dict[int, int]:
    """Return the open whistles (id → cell) that the user's rule sends to one cell, or whose cell a planner decided and that move."""
    cases = state.cases
    all_of = parted(state, edited)
    moved: dict[int, int] = {}
    for cell, owners in _givers(edited).items():
        rows = open_rows(cases, rows_in(cases.cell, [cell]))
        if not target:
            rows = rows[decided(state, rows)]
        if not len(rows):
            continue
        where = _parts(state, edited, cell, owners, made, cases.x[rows], cases.y[rows])
        whole = bool(target) and cell in all_of
        goes = _going(edited, cell, where, target, whole=whole)
        moved |= {int(cases.id[row]): int(to) for row, to in zip(rows, goes, strict=True) if to != cell or whole}
    return moved


def _givers(edited: Edited) -> dict[int, dict[int, list[shapely.Geometry]]]:
    """Return cell → new owner → the pieces of land that it gave; a removed cell is there even if it had no land."""
    given: dict[int, dict[int, list[shapely.Geometry]]] = {cell: {} for cell in sorted(edited.removed)}
    for piece in edited.pieces:
        if piece.origin != OUTSIDE:
            given.setdefault(piece.origin, {}).setdefault(piece.owner, []).append(piece.shape)
    return given


def _parts(
    state: CountyState,
    edited: Edited,
    cell: int,
    owners: Mapping[int, list[shapely.Geometry]],
    made: Mapping[int, Unit],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> Ints:
    """Return in which part of a cell's old land each point lies: who owns it now, 0 for points beyond the cell or land nobody owns."""
    shapes = {owner: shapely.GeometryCollection(given) for owner, given in owners.items() if owner != OUTSIDE}
    if cell in edited.coverage.cells:
        shapes[cell] = polygons(edited.coverage, [cell])[cell]
    order = in_order(shapes, state.units, made)
    return cells_among([shapes[owner] for owner in order], order, x, y)


def _household_rows(state: CountyState, edited: Edited, pinned: Mapping[int, int]) -> tuple[RowChange, ...]:
    """Return the rows of pinned households that move; one whose cell is gone with all its land is pinned no longer."""
    kept = {household: cell for household, cell in pinned.items() if cell != OUTSIDE}
    lost = np.array(sorted(pinned.keys() - kept.keys()), np.int64)
    rows = []
    if kept:
        ids, cells = np.array(list(kept), np.int64), np.array(list(kept.values()), np.int64)
        order = np.argsort(ids)
        rows.append(RowChange("households", update={"id": ids[order], "cell": cells[order], "pinned": np.ones(len(ids), np.bool_)}))
    if len(lost):
        homes: Households = state.households
        at = np.searchsorted(homes.id, lost)
        xy = np.stack([homes.x[at], homes.y[at]], axis=1)
        cells, distances = Locator(edited.coverage).nearest(xy)
        inside = distances == 0
        known = np.isfinite(xy).all(axis=1)
        reason = np.where(known, np.where(inside, Unassigned.NONE, Unassigned.OUTSIDE_COUNTY), Unassigned.NO_COORDINATES)
        columns = {"cell": np.where(inside, cells, 0), "reason": reason, "distance": np.nan_to_num(distances)}
        rows.append(RowChange("households", update={"id": lost, "pinned": np.zeros(len(lost), np.bool_), **columns}))
    return tuple(rows)


def _worker_rows(
    state: CountyState, workers: Mapping[int, int], more: Mapping[int, tuple[int, ...]], villages: Mapping[int, int]
) -> tuple[RowChange, ...]:
    if not workers:
        return ()
    ids = sorted(workers)
    cells = np.array([workers[worker] for worker in ids], np.int64)
    homes = np.array([villages.get(worker, state.workers[worker].village) for worker in ids], np.int64)
    columns = {"id": np.array(ids, np.int64), "cell": cells, "village": homes}
    if any(more[worker] != state.workers[worker].more_cells for worker in ids):
        columns["more_cells"] = objects([more[worker] for worker in ids])
    return (RowChange("workers", update=columns),)


def _column(table: str, cells: Mapping[int, int]) -> tuple[RowChange, ...]:
    if not cells:
        return ()
    ids = sorted(cells)
    return (RowChange(table, update={"id": np.array(ids, np.int64), "cell": np.array([cells[key] for key in ids], np.int64)}),)
