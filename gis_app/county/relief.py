"""What would relieve a grid worker who has too much to do: colleagues of the branch who could take or share one of the cells."""

from dataclasses import dataclass, replace

import numpy as np

from gis_app.county.state import CountyState
from gis_app.county.worker_edits import burdens_of, loads_of
from gis_app.grid.coverage import label_points, polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.load import Burden, CellLoads, is_too_much
from gis_app.grid.workers import Worker, teams


@dataclass(frozen=True, slots=True)
class Relief:
    """A colleague who could take a cell over, or `shares` it: the loads of both afterwards, and the way from home (m; NaN: unknown).

    `overloads`: the colleague has too much to do afterwards.
    """

    colleague: int
    cell: int
    shares: bool
    load_after: float
    colleague_after: float
    metres: float
    overloads: bool = False

    @property
    def highest(self) -> float:
        """The load of whoever bears more afterwards."""
        return max(self.load_after, self.colleague_after)


def distances(state: CountyState, cell: int) -> dict[int, float]:
    """Return how far every worker whose home is known lives from the middle of a cell, in metres."""
    places = label_points(polygons(state.coverage, (cell,))) if cell in state.coverage.cells else {}
    if cell not in places:
        return {}
    x, y = places[cell]
    metres = metres_per_unit(state.settings.crs)
    return {w.id: float(np.hypot(w.home[0] - x, w.home[1] - y)) * metres for w in state.workers.values() if w.home is not None}


def reliefs(state: CountyState, worker: int, loads: CellLoads | None = None) -> tuple[Relief, ...]:
    """Return who of the branch could take one of the cells of a worker, the best first: where the highest load of both falls most.

    Of several cells each can be taken over; any one can be shared, which gives half of it to the colleague (as `grid.load` counts it). What
    would leave a colleague with more than the worker has now is left out, and whom it would overload goes last; of equal ones the nearest
    goes first.
    """
    asked = state.workers[worker]
    known = loads or loads_of(state)
    load_of = dict(zip(known.cells.tolist(), known.load.tolist(), strict=True))
    burdens, holders = burdens_of(state, known), teams(state.workers)
    colleagues = _colleagues(state, asked)
    found: list[Relief] = []
    for cell in asked.cells:
        ways, sharing = distances(state, cell), len(holders[cell])
        mine = load_of.get(cell, 0.0) / sharing
        for other in colleagues:
            if cell in other.cells:
                continue
            way, theirs = ways.get(other.id, float("nan")), burdens[other.id].load
            if len(asked.cells) > 1:
                found.append(Relief(other.id, cell, False, burdens[worker].load - mine, theirs + mine, way))
            part = load_of.get(cell, 0.0) / (sharing + 1)
            found.append(Relief(other.id, cell, True, burdens[worker].load - mine + part, theirs + part, way))
    better = [_judged(state, one, burdens[one.colleague]) for one in found if one.highest < burdens[worker].load]
    return tuple(sorted(better, key=_rank))


def _rank(one: Relief) -> tuple[bool, int, float, int]:
    return one.overloads, round(one.highest), one.metres if np.isfinite(one.metres) else np.inf, one.colleague


def _judged(state: CountyState, one: Relief, burden: Burden) -> Relief:
    """Say of a relief whether it overloads the colleague, who counts for the mean of the branch from then on."""
    colleague = state.workers[one.colleague]
    count = sum(bool(other.cells) for other in state.workers.values() if other.village == colleague.village)
    mean = burden.mean * count / (count + (not colleague.cells))
    return replace(one, overloads=is_too_much(one.colleague_after, mean, burden.capacity, state.settings.overload_percent))


def _colleagues(state: CountyState, worker: Worker) -> list[Worker]:
    day = state.settings.today()
    return [other for other in state.workers.values() if other.village == worker.village and other.id != worker.id and other.works_on(day)]
