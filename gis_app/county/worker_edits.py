"""Edits of the roster: workers added, changed, absent, gone; cells given and taken, by hand and by the program.

Who a worker is belongs to the county; which cells he has is part of the division, so a draft that is open has its own.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.display import is_open
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects, value_rows
from gis_app.county.locks import named
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.load import Burden, CellLoads, Weights, burdens, cell_loads, flag_weights, gini, worker_loads
from gis_app.grid.matching import matched, shared_out, travel
from gis_app.grid.units import Level, Unit
from gis_app.grid.workers import Worker, answering, teams
from gis_app.language import Message, format_number, msg
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PERSONAL = frozenset(field.name for field in fields(Worker)) - {"id", "cell", "more_cells"}
"""What may be said of a worker; his cells are given by the edits of the division."""


# ------------------------------------------------------------ loads


def weights_of(state: CountyState) -> Weights:
    """Return what counts how much in a load, by the settings."""
    settings = state.settings
    return Weights(settings.case_weight, settings.walking_weight, flag_weights(state.flag_sets, settings.flags))


def loads_of(state: CountyState, cells: Sequence[int] | None = None) -> CellLoads:
    """Return the load of cells (all by default)."""
    ids = [unit.id for unit in state.units.at_level(Level.CELL)] if cells is None else cells
    open_cells = state.cases.cell[is_open(state.cases)]
    return cell_loads(ids, state.households, open_cells, weights_of(state), metres_per_unit(state.settings.crs))


def burdens_of(state: CountyState, loads: CellLoads | None = None) -> dict[int, Burden]:
    """Return the burden of every worker against his branch."""
    of = worker_loads(state.workers, loads or loads_of(state))
    return burdens(state.workers, of, state.settings.overload_percent, state.settings.worker_capacity)


@dataclass(frozen=True, slots=True)
class Fairness:
    """How fairly work is shared out in a unit: workers with cells, their mean load and the highest, Gini, overloaded ones, vacant cells."""

    unit: int
    workers: int
    mean: float
    most: float
    gini: float
    overloaded: int
    vacant: int


def fairness(state: CountyState, level: Level = Level.VILLAGE) -> tuple[Fairness, ...]:
    """Return the fairness of every village or township, in the order of their codes."""
    found = burdens_of(state)
    answered = answering(state.workers, state.settings.today())
    loads: dict[int, list[Burden]] = {}
    for worker in state.workers.values():
        unit = state.units.ancestor(worker.cell or worker.village, level)
        if worker.cells and unit is not None:
            loads.setdefault(unit.id, []).append(found[worker.id])
    result = []
    for unit in state.units.at_level(level):
        mine = loads.get(unit.id, [])
        values = [one.load for one in mine]
        vacant = sum(cell.id not in answered for cell in state.units.cells(unit.id))
        mean, most = (sum(values) / len(values), max(values)) if values else (0.0, 0.0)
        result.append(Fairness(unit.id, len(mine), mean, most, gini(values), sum(one.over for one in mine), vacant))
    return tuple(result)


# ------------------------------------------------------------ the roster


def add_worker(worker: Worker) -> Edit:
    """Add a worker (his id is given); report: his id. Refusals "no_name", "code_taken", "no_village", "dates", "substitute"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Adding the worker"))
        new = replace(worker, id=next_id(state, "workers"), cell=0, more_cells=())
        if refused := _wrong(state, new):
            return refused
        return Outcome((RowChange("workers", insert=_rows([new])),), report=new.id)

    code = worker.code.strip()  # never the name: the history is read by everybody
    return Edit(msg("Add the grid worker {code}", code=code) if code else msg("Add a grid worker"), plan)


def change_worker(worker: int, **values: object) -> Edit:
    """Say what is so of a worker (fields of `Worker` but for his cells). Refusals as of `add_worker`, and "no_worker".

    Raises ValueError for a field that there is not.
    """
    if unknown := set(values) - _PERSONAL:
        raise ValueError(f"a worker has no fields {sorted(unknown)} to change")

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing the worker"))
        if worker not in state.workers:
            return _no_worker(worker)
        before = state.workers[worker]
        after = replace(before, **values)  # type: ignore[arg-type]
        if after == before:
            return Outcome(())
        if refused := _wrong(state, after):
            return refused
        rows = _rows([after])
        changed = {"id", *("geom" if name == "home" else name for name in values)}
        return Outcome((RowChange("workers", update={name: array for name, array in rows.items() if name in changed}),))

    return Edit(msg("Change a grid worker"), plan)


def set_absence(worker: int, first: date | None, last: date | None = None, substitute: int | None = None) -> Edit:
    """Say when a worker is absent (None: he is back) and who stands in for him. Refusals as of `change_worker`."""
    values: dict[str, object] = {"absent_from": first, "absent_until": last if first is not None else None}
    if substitute is not None:
        values["substitute"] = substitute
    edit = change_worker(worker, **values)
    return replace(edit, title=msg("Absence of a grid worker") if first is not None else msg("A grid worker is back"))


def _rows(workers: Sequence[Worker]) -> dict[str, NDArray[np.generic]]:
    homes = [worker.home or (np.nan, np.nan) for worker in workers]
    return {**value_rows("workers", workers), "geom": np.array(homes, np.float64).reshape(-1, 2)}


def _wrong(state: CountyState, worker: Worker) -> Refusal | None:
    """Say what is wrong with what is said of a worker."""
    if not worker.name.strip():
        return Refusal("no_name", msg("A grid worker needs a name; write it."))
    if worker.code and any(other.code == worker.code and other.id != worker.id for other in state.workers.values()):
        return Refusal("code_taken", msg("Another grid worker has the number {code} already.", code=worker.code))
    village = state.units.get(worker.village)
    if worker.village and (village is None or village.level != Level.VILLAGE):
        return Refusal("no_village", msg("A grid worker belongs to the branch of a village, community or direct unit; choose one."))
    for first, last in ((worker.since, worker.until), (worker.absent_from, worker.absent_until)):
        if first is not None and last is not None and last < first:
            return Refusal("dates", msg("The last day, {last}, is before the first, {first}.", last=last, first=first))
    if worker.substitute and (worker.substitute not in state.workers or worker.substitute == worker.id):
        return Refusal("substitute", msg("Another grid worker stands in; choose one."))
    if worker.capacity < 0:
        return Refusal("negative", msg("What a worker can bear is a whole number of households from 0 on (0: as the settings say)."))
    return None


def _no_worker(worker: int) -> Refusal:
    return Refusal("no_worker", msg("There is no worker {id}.", id=worker))


# ------------------------------------------------------------ cells by hand


def give_cells(worker: int, cells: Sequence[int]) -> Edit:
    """Give a worker these cells, the first being his own; who had them before keeps them too, as a colleague. None: he has no cell.

    He comes to the village of the first cell. Refusals "no_worker", "no_cell", "branch" (cells of several villages).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Assigning the worker"))
        if worker not in state.workers:
            return _no_worker(worker)
        units = [state.units.get(cell) for cell in dict.fromkeys(cells)]
        if any(unit is None or unit.level != Level.CELL for unit in units):
            return Refusal("no_cell", msg("A worker looks after cells only; choose one on the map."))
        if len({unit.parent for unit in units if unit is not None}) > 1:
            return Refusal("branch", msg("A worker looks after cells of one village; these lie in several."))
        village = next((unit.parent for unit in units if unit is not None), state.workers[worker].village)
        row = _duty_rows({worker: tuple(dict.fromkeys(cells))}, {worker: village})
        return Outcome((row,), title=_given(state, worker, [unit for unit in units if unit is not None]))

    return Edit(msg("Assign a worker to a cell"), plan, division=True)


def _given(state: CountyState, worker: int, units: Sequence[Unit]) -> Message:
    code = state.workers[worker].code or str(worker)
    if not units:
        return msg("Take the grid worker {code} from his cells", code=code)
    if len(units) == 1:
        return msg("Give {unit} the grid worker {code}", unit=named(units[0]), code=code)
    return msg("Give {unit} and {count} more cells the grid worker {code}", unit=named(units[0]), count=len(units) - 1, code=code)


def _duty_rows(cells: Mapping[int, tuple[int, ...]], villages: Mapping[int, int]) -> RowChange:
    ids = sorted(cells)
    columns: dict[str, NDArray[np.generic]] = {
        "id": np.array(ids, np.int64),
        "cell": np.array([cells[worker][0] if cells[worker] else 0 for worker in ids], np.int64),
        "more_cells": objects([list(cells[worker][1:]) for worker in ids]),
        "village": np.array([villages[worker] for worker in ids], np.int64),
    }
    return RowChange("workers", update=columns)


def swap_workers(one: int, other: int) -> Edit:
    """Let two workers change places. Refusals "no_worker", "branch"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Assigning the worker"))
        for worker in (one, other):
            if worker not in state.workers:
                return _no_worker(worker)
        first, second = state.workers[one], state.workers[other]
        cells = {one: second.cells, other: first.cells}
        return Outcome((_duty_rows(cells, {one: second.village, other: first.village}),))

    return Edit(msg("Let two grid workers change places"), plan, division=True)


def hand_over_cells(giver: int, taker: int, cells: Sequence[int]) -> Edit:
    """Let a worker take over cells of another one, beside those that he has already. Refusals "no_worker", "not_his", "branch"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Assigning the worker"))
        for worker in (giver, taker):
            if worker not in state.workers:
                return _no_worker(worker)
        before, after = state.workers[giver], state.workers[taker]
        if giver == taker or not cells or not set(cells) <= set(before.cells):
            return Refusal("not_his", msg("The worker does not look after this cell any more; choose again."))
        given = tuple(dict.fromkeys((*after.cells, *cells)))
        if len({state.units[cell].parent for cell in given if cell in state.units}) > 1:
            return Refusal("branch", msg("A worker looks after cells of one village; these lie in several."))
        kept = tuple(cell for cell in before.cells if cell not in cells)
        villages = {giver: before.village, taker: state.units[given[0]].parent}
        title = _given(state, taker, [state.units[cell] for cell in cells])
        return Outcome((_duty_rows({giver: kept, taker: given}, villages),), title=title)

    return Edit(msg("Assign a worker to a cell"), plan, division=True)


# ------------------------------------------------------------ cells by the program


@dataclass(frozen=True, slots=True)
class Matched:
    """One row of a proposal: a worker, his cells before and after, the mean way (m) to their households, their load, and why."""

    worker: int
    village: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    metres_before: float
    metres_after: float
    load_before: float
    load_after: float
    why: Message


@dataclass(frozen=True, slots=True)
class AssignmentProposal:
    """What the program proposes: the workers whose cells would be others, and totals over all cells that are looked after.

    `metres`: mean way from home to households; `vacant`: cells without a worker; both before and after.
    """

    rows: tuple[Matched, ...]
    metres_before: float
    metres_after: float
    vacant_before: int
    vacant_after: int


def propose_assignment(
    state: CountyState, villages: Collection[int] | None = None, keep: float = 200.0
) -> Steps[AssignmentProposal | Refusal]:
    """Match the workers of branches (all by default) with the cells of their villages, at the least travel.

    `keep`: a worker stays where he is as long as another would not have this many metres less to go. Where a branch has fewer workers than
    cells, some look after several, within what they can bear. A worker who has no part in it (two for one cell) stays as he is. Writes
    nothing. Refusal "no_cells".
    """
    if not state.coverage.cells:
        return Refusal("no_cells", msg("The county has no cells yet; import boundaries first."))
    asked = [unit for unit in state.units.at_level(Level.VILLAGE) if villages is None or unit.id in villages]
    loads = loads_of(state)
    load_of = dict(zip(loads.cells.tolist(), loads.load.tolist(), strict=True))
    rows: list[Matched] = []
    totals = np.zeros((2, 2))
    vacant = np.zeros(2, np.int64)
    for at, village in enumerate(asked):
        yield Progress(at / max(len(asked), 1), msg("Matching the workers of {village}", village=village.name))
        branch = _Branch.of(state, village, load_of, keep)
        if branch is None:
            continue
        changed, ways, open_cells = _matched(state, branch)
        rows += changed
        totals += ways
        vacant += open_cells
    before, after = (float(total / count) if count else 0.0 for total, count in totals)
    return AssignmentProposal(tuple(rows), before, after, int(vacant[0]), int(vacant[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    """A village's workers who work today, its cells, the ways between them, and the loads."""

    village: Unit
    workers: tuple[Worker, ...]
    cells: Ints
    ways: Floats
    loads: Floats
    keep: float
    capacities: Floats

    @classmethod
    def of(cls, state: CountyState, village: Unit, loads: Mapping[int, float], keep: float) -> "_Branch | None":
        """Return the branch of a village, None where it has no cells or no workers."""
        day = state.settings.today()
        workers = tuple(
            sorted(
                (worker for worker in state.workers.values() if worker.village == village.id and worker.serves(day)),
                key=lambda worker: (worker.code, worker.id),
            )
        )
        cells = np.array([cell.id for cell in state.units.cells(village.id)], np.int64)
        if not workers or not len(cells):
            return None
        homes = state.households
        rows = np.flatnonzero(np.isin(homes.cell, cells) & homes.resident)
        places = np.array([worker.home or (np.nan, np.nan) for worker in workers], np.float64)
        ways = travel(places, cells, homes.cell[rows], homes.x[rows], homes.y[rows]) * metres_per_unit(state.settings.crs)
        capacities = np.array([worker.capacity or state.settings.worker_capacity for worker in workers], np.float64)
        return cls(village, workers, cells, ways, np.array([loads.get(int(cell), 0.0) for cell in cells]), keep, capacities)


def _matched(state: CountyState, branch: _Branch) -> tuple[list[Matched], Floats, Ints]:
    """Return the rows that change, (sum, count) of ways before and after, and the vacant cells before and after."""
    place = {cell: at for at, cell in enumerate(branch.cells.tolist())}
    present = [tuple(cell for cell in worker.cells if cell in place) for worker in branch.workers]
    costs = branch.ways.copy()
    for row, cells in enumerate(present):
        for cell in cells:
            costs[row, place[cell]] -= branch.keep
    if len(branch.workers) >= len(branch.cells):
        found = matched(costs).worker
    else:
        each = np.full(len(branch.workers), -(-len(branch.cells) // len(branch.workers)) + 1, np.int64)
        found = shared_out(costs, branch.loads, branch.capacities, each, least=1).worker
    after: list[list[int]] = [[] for _ in branch.workers]
    for column, row in enumerate(found.tolist()):
        if row >= 0:
            after[row].append(int(branch.cells[column]))
    ordered = [_in_order(cells, present[row]) or present[row] for row, cells in enumerate(after)]
    rows = [
        _row(state, branch, row, present[row], ordered[row], place)
        for row in range(len(branch.workers))
        if set(present[row]) != set(ordered[row])
    ]
    ways = np.array([_ways(branch, cells, place) for cells in (present, ordered)])
    vacant = np.array([len(place) - len({cell for its in cells for cell in its}) for cells in (present, ordered)])
    return rows, ways, vacant


def _in_order(cells: Sequence[int], present: Sequence[int]) -> tuple[int, ...]:
    """Return cells with those first that the worker has now, in the order that they have."""
    kept = [cell for cell in present if cell in cells]
    return (*kept, *(cell for cell in cells if cell not in kept))


def _ways(branch: _Branch, cells: Sequence[Sequence[int]], place: Mapping[int, int]) -> tuple[float, float]:
    ways = [float(branch.ways[row, place[cell]]) for row, its in enumerate(cells) for cell in its]
    return sum(ways), float(len(ways))


def _row(
    state: CountyState, branch: _Branch, row: int, before: tuple[int, ...], after: tuple[int, ...], place: Mapping[int, int]
) -> Matched:
    def metres(cells: tuple[int, ...]) -> float:
        return float(np.mean([branch.ways[row, place[cell]] for cell in cells])) if cells else float("nan")

    def load(cells: tuple[int, ...]) -> float:
        return float(sum(branch.loads[place[cell]] for cell in cells))

    worker = branch.workers[row]
    ways = metres(before), metres(after)
    why = _why(state, worker, before, after, *ways)
    return Matched(worker.id, branch.village.id, before, after, *ways, load(before), load(after), why)


def _why(state: CountyState, worker: Worker, before: tuple[int, ...], after: tuple[int, ...], first: float, second: float) -> Message:
    """Say why a worker gets other cells."""
    had = teams(state.workers)
    if not before:
        return msg("He has no cell yet, and this one lies {metres} m from his home.", metres=format_number(second))
    if len(after) > len(before):
        return msg("There are fewer workers than cells; he can bear one more.")
    if worker.home is None:
        return msg("His home is not known; others live nearer to the cell that he had.")
    if any(cell not in had for cell in after):
        return msg("Nobody looked after this cell; he lives {metres} m from its households.", metres=format_number(second))
    if second < first:
        return msg("The way to the households is {metres} m shorter.", metres=format_number(first - second))
    return msg("His way is {metres} m longer, so that a colleague's is shorter by more.", metres=format_number(second - first))


def accept_assignment(proposal: AssignmentProposal, workers: Collection[int] | None = None) -> Edit:
    """Give workers (all of a proposal by default) the cells proposed, in one step. Report: the rows that were taken.

    Who had a cell that goes to somebody else, and is not taken himself, keeps it as a colleague. Refusals "changed" (a worker or cell is
    no longer there, or somebody's cells are others by now), "nothing_to_do".
    """
    rows = [row for row in proposal.rows if workers is None or row.worker in workers]

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Assigning the workers"))
        if not rows:
            return Refusal("nothing_to_do", msg("Choose the rows to accept first."))
        if not all(_still_so(state, row) for row in rows):
            return Refusal("changed", msg("The division has changed since this was proposed; propose it again."))
        cells = {row.worker: row.after for row in rows}
        return Outcome((_duty_rows(cells, {row.worker: row.village for row in rows}),), report=tuple(rows))

    return Edit(msg("Assign {count} grid workers as proposed", count=len(rows)), plan, division=True)


def _still_so(state: CountyState, row: Matched) -> bool:
    worker = state.workers.get(row.worker)
    return worker is not None and set(worker.cells) == set(row.before) and all(cell in state.units for cell in row.after)
