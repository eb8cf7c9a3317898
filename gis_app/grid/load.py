"""How much work a cell is, and how fairly work is shared out. Loads are in households: a resident household without flags is 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.households import Households
from gis_app.grid.workers import Worker

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_TOUR = 0.7124
"""The constant of the length of a shortest round through n random places in an area A, which tends to 0.7124 √(nA): J. Beardwood, J. H.
Halton and J. M. Hammersley, The shortest path through many points, 1959; the value is that of D. S. Johnson and L. A. McGeoch, 1996."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, in households: an open whistle, a kilometre of the round; `flags` gives what each set of flags adds."""

    case: float = 2.0
    kilometre: float = 2.0
    flags: tuple[float, ...] = (0.0,)


def flag_weights(sets: Sequence[str], flags: Mapping[str, Mapping[str, object]]) -> tuple[float, ...]:
    """Return what each set of flags (words separated by commas) adds; unknown words add nothing."""
    known = {name: float(value) for name, told in flags.items() if isinstance(value := told.get("weight", 0.0), (int, float))}
    return tuple(sum(known.get(word, 0.0) for word in text.split(",")) for text in sets)


@dataclass(frozen=True, slots=True, eq=False)
class CellLoads:
    """The load of cells, one entry a cell in the order asked for. `kilometres`: of the round through the households."""

    cells: Ints
    residents: Ints
    flags: Floats
    cases: Ints
    kilometres: Floats
    load: Floats


def cell_loads(cells: Sequence[int] | Ints, households: Households, open_cases: Ints, weights: Weights, metres: float = 1.0) -> CellLoads:
    """Return the loads of cells. `open_cases`: the cell of every open whistle; `metres`: how long a unit of the coordinates is.

    Load = residents + what their flags add + open whistles and kilometres of the round, each with its weight.
    """
    ids = np.asarray(cells, np.int64)
    order = np.argsort(ids)
    at = _places(ids[order], households.cell, order)
    rows = np.flatnonzero((at >= 0) & households.resident)
    at = at[rows]
    residents = np.bincount(at, minlength=len(ids)).astype(np.int64)
    added = np.bincount(at, np.asarray(weights.flags, np.float64)[households.flags[rows]], len(ids))
    whistles = _places(ids[order], open_cases, order)
    cases = np.bincount(whistles[whistles >= 0], minlength=len(ids)).astype(np.int64)
    kilometres = rounds(at, households.x[rows], households.y[rows], len(ids)) * metres / 1000
    load = residents + added + weights.case * cases + weights.kilometre * kilometres
    return CellLoads(ids, residents, np.asarray(added, np.float64), cases, kilometres, load)


def _places(ordered: Ints, wanted: Ints, order: Ints) -> Ints:
    """Return the place of each wanted id among the ordered ones, as it was before they were ordered; -1 for none."""
    if not len(ordered):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return np.where(ordered[at] == wanted, order[at], -1)


def rounds(group: Ints, x: Floats, y: Floats, count: int) -> Floats:
    """Return the length of a round through the places of each group, as it is to be expected: 0.7124 √(n A) over the area they spread over.

    The area is that of an ellipse with the spread of the places (2 σ each way): it changes little by one house far away.
    """
    known = np.isfinite(x) & np.isfinite(y)
    group, x, y = group[known], x[known], y[known]
    n = np.bincount(group, minlength=count).astype(np.float64)
    safe = np.maximum(n, 1.0)
    east, north = np.bincount(group, x, count) / safe, np.bincount(group, y, count) / safe
    dx, dy = x - east[group], y - north[group]
    xx, yy, xy = (np.bincount(group, part, count) / safe for part in (dx * dx, dy * dy, dx * dy))
    area = 4 * np.pi * np.sqrt(np.maximum(xx * yy - xy * xy, 0.0))
    along = 2 * np.sqrt(np.maximum(xx + yy, 0.0)) * 2  # along one street there is no area: there and back
    found: Floats = np.where(n > 1, np.maximum(_TOUR * np.sqrt(n * area), np.where(area < 1.0, along, 0.0)), 0.0)
    return found


def worker_loads(workers: Mapping[int, Worker], loads: CellLoads) -> dict[int, float]:
    """Return the load of every worker: that of his cells; a cell of several workers is shared equally."""
    of = dict(zip(loads.cells.tolist(), loads.load.tolist(), strict=True))
    sharing: dict[int, int] = {}
    for worker in workers.values():
        for cell in worker.cells:
            sharing[cell] = sharing.get(cell, 0) + 1
    return {worker.id: sum(of.get(cell, 0.0) / sharing[cell] for cell in worker.cells) for worker in workers.values()}


@dataclass(frozen=True, slots=True)
class Burden:
    """The load of a worker beside that of his branch; `share` of the mean of those who have cells. `over`: above what may be asked."""

    worker: int
    load: float
    mean: float
    capacity: float
    over: bool

    @property
    def share(self) -> float:
        """Return the load as a share of the mean, 1 where there is no mean."""
        return self.load / self.mean if self.mean else 1.0


def burdens(workers: Mapping[int, Worker], loads: Mapping[int, float], percent: int, capacity: int = 0) -> dict[int, Burden]:
    """Return the burden of every worker: overloaded above so many percent of the mean of his village, or above his capacity (0: none).

    A worker's own capacity goes before that of the settings.
    """
    totals: dict[int, list[float]] = {}
    for worker in workers.values():
        if worker.cells:
            totals.setdefault(worker.village, []).append(loads.get(worker.id, 0.0))
    means = {village: sum(values) / len(values) for village, values in totals.items()}
    found = {}
    for worker in workers.values():
        load, mean = loads.get(worker.id, 0.0), means.get(worker.village, 0.0)
        most = float(worker.capacity or capacity)
        over = is_too_much(load, mean if len(totals.get(worker.village, ())) > 1 else 0.0, most, percent)
        found[worker.id] = Burden(worker.id, load, mean, most, bool(worker.cells) and over)
    return found


def is_too_much(load: float, mean: float, most: float, percent: int) -> bool:
    """Tell whether a load is above so many percent of a mean, or above the most that can be borne (0 for each: it does not count)."""
    return (percent > 0 and 0 < mean * percent / 100 < load) or 0 < most < load


def gini(values: Sequence[float] | Floats) -> float:
    """Return the Gini coefficient of loads: 0 where all are equal, towards 1 where one has everything (C. Gini, Variabilità e mutabilità,
    1912): the mean difference of all pairs over twice the mean. 0 for fewer than two, or where nobody has anything."""
    ordered = np.sort(np.asarray(values, np.float64))
    total = float(ordered.sum())
    if len(ordered) < 2 or total <= 0:
        return 0.0
    rank = np.arange(1, len(ordered) + 1)
    return float((2 * (rank * ordered).sum() / total - (len(ordered) + 1)) / len(ordered))
