"""Workers matched with cells by the program: the least travel that keeps capacities, with a weight for who is there already.

The best one-to-one matching is that of `scipy.optimize.linear_sum_assignment` (D. F. Crouse, On implementing 2D rectangular assignment
algorithms, 2016). Where workers may look after several cells, each takes as many as he has places, and what he may bear bounds what they
weigh; that is a generalised assignment, solved as a mixed-integer program with HiGHS (Q. Huangfu and J. A. J. Hall 2018).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FORBIDDEN = np.inf
"""The cost of a pair that may not be."""


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """The worker (row) of each cell (column), -1 for none, and what the pairs cost together."""

    worker: Ints
    cost: float


def matched(costs: Floats) -> Matching:
    """Return the matching of one worker to one cell, at most, with as many cells looked after as possible and then the least cost.

    `costs` (workers, cells): metres; `FORBIDDEN` where a worker may not look after a cell.
    """
    from scipy.optimize import linear_sum_assignment

    workers, cells = costs.shape
    found = np.full(cells, -1, np.int64)
    if not workers or not cells:
        return Matching(found, 0.0)
    allowed = np.isfinite(costs)
    filled = np.where(allowed, costs, _beyond(costs))
    rows, columns = linear_sum_assignment(filled)
    kept = allowed[rows, columns]
    found[columns[kept]] = rows[kept]
    return Matching(found, float(costs[rows[kept], columns[kept]].sum()))


def _beyond(costs: Floats) -> float:
    """Return a cost that no sum of allowed ones reaches, so that a forbidden pair is only taken where nothing else is left."""
    finite = np.abs(costs[np.isfinite(costs)])
    return float(finite.max(initial=1.0) * (min(costs.shape) + 1) * 2 + 1.0)


def shared_out(costs: Floats, loads: Floats, capacities: Floats, places: Ints, least: int = 0) -> Matching:
    """Return the least costly way to give every cell a worker, where each has `places` for so many cells and bears his capacity (0: any).

    `costs` (workers, cells) in metres, `loads` of the cells. As many cells as possible are looked after; a worker takes a cell heavier than
    his capacity only if it is his only one (somebody has to): that is told as overload elsewhere. Everybody gets `least` cells at least,
    where that is possible for all.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    workers, cells = costs.shape
    found = np.full(cells, -1, np.int64)
    pairs = np.argwhere(np.isfinite(costs))
    if not len(pairs):
        return Matching(found, 0.0)
    row, column = pairs[:, 0], pairs[:, 1]
    number = np.arange(len(pairs))
    ones = np.ones(len(pairs))
    cost = costs[row, column] - _beyond(costs) / 2  # every cell that is looked after is worth more than any way
    weight = np.minimum(loads[column], np.where(capacities[row] > 0, capacities[row], np.inf))
    limits = np.where(capacities > 0, capacities, loads.sum() + 1.0)
    constraints = [
        LinearConstraint(coo_array((ones, (column, number)), (cells, len(pairs))).tocsr(), 0, 1),
        LinearConstraint(coo_array((ones, (row, number)), (workers, len(pairs))).tocsr(), np.minimum(least, places), places),
        LinearConstraint(coo_array((weight, (row, number)), (workers, len(pairs))).tocsr(), 0, limits + 1e-6),
    ]
    solved = milp(cost, integrality=np.ones(len(pairs)), bounds=Bounds(0, 1), constraints=constraints)
    if solved.x is None:
        return shared_out(costs, loads, capacities, places) if least else Matching(found, 0.0)
    taken = solved.x > 0.5
    found[column[taken]] = row[taken]
    return Matching(found, float(costs[row[taken], column[taken]].sum()))


def travel(homes: Floats, cells: Ints, group: Ints, x: Floats, y: Floats) -> Floats:
    """Return the mean distance between each home (n, 2; NaN where it is not known) and the households of each of `cells` (n, cells).

    `group`: the cell of each household at `x`, `y`. An unknown home, and a cell without households, cost what the others do on the average:
    they decide nothing.
    """
    found = np.full((len(homes), len(cells)), np.nan)
    for column, cell in enumerate(cells.tolist()):
        rows = np.flatnonzero((group == cell) & np.isfinite(x) & np.isfinite(y))
        if len(rows):
            found[:, column] = np.hypot(homes[:, :1] - x[rows], homes[:, 1:] - y[rows]).mean(axis=1)
    neutral = float(np.nanmean(found)) if np.isfinite(found).any() else 0.0
    return np.where(np.isfinite(found), found, neutral)
