"""Balanced power diagrams: cells of nearly equal weight around centres in their middles.

F. Aurenhammer, F. Hoffmann and B. Aronov (Minkowski-type theorems and least-squares clustering, Algorithmica 20, 1998): for any centres
there is a power diagram whose cells hold given weights, and it is the assignment with the least squared distances. V. Cohen-Addad,
P. N. Klein and N. E. Young (Balanced centroidal power diagrams for redistricting, SIGSPATIAL 2018) move the centres to the middle of what
they got, and repeat. The powers (the weights of the diagram) are found here by dual ascent with a step of its own for each cell.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS = 24
"""How often the centres move."""

STEPS = 24
"""Steps of the ascent between two moves; the last ones take more."""

LAST_STEPS = 160


def balanced(places: Floats, weights: Ints, centres: Floats) -> Ints:
    """Return the cell of each place: 0 … k - 1 for k centres (k, 2) to begin with.

    Cells may come out off the mean weight by as much as one place weighs, or more where the ascent has not ended.
    """
    k = len(centres)
    wanted = float(weights.sum()) / k
    centres, powers = centres.copy(), np.zeros(k)
    cells = np.zeros(len(places), np.int64)
    for turn in range(ROUNDS):
        cells, powers, load = _ascend(places, weights, centres, powers, wanted, LAST_STEPS if turn == ROUNDS - 1 else STEPS)
        if turn == ROUNDS - 1:
            break
        mass = np.maximum(load, 1e-9)
        moved = np.stack([np.bincount(cells, weights * places[:, axis], k) / mass for axis in (0, 1)], axis=1)
        moved[load <= 0] = centres[load <= 0]
        still = float(np.abs(moved - centres).max()) < 0.01 * float(np.ptp(places, axis=0).max(initial=1.0)) / max(k, 1)
        centres = moved
        if still:
            cells, _, _ = _ascend(places, weights, centres, powers, wanted, LAST_STEPS)
            break
    return cells


def _ascend(places: Floats, weights: Ints, centres: Floats, powers: Floats, wanted: float, steps: int) -> tuple[Ints, Floats, Floats]:
    """Raise the powers of cells that have too little and lower those of others; return the best that was seen."""
    k = len(centres)
    distance = ((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    spacing = np.sqrt(_area(places) / max(k, 1))
    step = np.full(k, 0.5 * spacing**2)
    before = np.zeros(k)
    best: tuple[float, Ints, Floats, Floats] | None = None
    for _ in range(steps):
        cells = np.argmin(distance - powers, axis=1)
        load = np.asarray(np.bincount(cells, weights, k), np.float64)
        off = (wanted - load) / wanted
        worst = float(np.abs(off).max())
        if best is None or worst < best[0]:
            best = worst, cells.astype(np.int64), powers.copy(), load
        if worst < 0.01:
            break
        step = np.where(off * before < 0, step * 0.5, step * 1.15)  # as in RPROP (Riedmiller and Braun 1993): smaller after a turn
        before = off
        powers = powers + step * np.clip(off, -1.0, 1.0)
    assert best is not None
    return best[1:]


def _area(places: Floats) -> float:
    width, height = np.ptp(places, axis=0) if len(places) else (1.0, 1.0)
    return float(max(width, 1.0) * max(height, 1.0))


def quartered(places: Floats, weights: Ints, k: int) -> Floats:
    """Return k centres to begin with: the places are halved across their longer side, again and again, in proportion to the cells."""
    found: list[Floats] = []
    waiting = [(np.arange(len(places)), k)]
    while waiting:
        rows, parts = waiting.pop()
        if parts == 1 or len(rows) < 2:
            middle = np.average(places[rows], axis=0, weights=np.maximum(weights[rows], 1e-6)) if len(rows) else np.zeros(2)
            found.extend([middle] * parts)
            continue
        axis = int(np.argmax(np.ptp(places[rows], axis=0)))
        order = rows[np.argsort(places[rows, axis], kind="stable")]
        share = np.cumsum(weights[order]) / max(int(weights[order].sum()), 1)
        cut = int(np.clip(np.searchsorted(share, (parts // 2) / parts) + 1, 1, len(order) - 1))
        waiting += [(order[cut:], parts - parts // 2), (order[:cut], parts // 2)]
    return np.array(found)


def scattered(places: Floats, weights: Ints, k: int, rng: np.random.Generator) -> Floats:
    """Return k centres to begin with, chosen as by k-means++ (D. Arthur and S. Vassilvitskii 2007)."""
    mass = np.maximum(weights, 1e-6).astype(np.float64)
    chosen = [int(rng.choice(len(places), p=mass / mass.sum()))]
    nearest = ((places - places[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        odds = nearest * mass
        at = int(rng.choice(len(places), p=odds / odds.sum())) if odds.sum() > 0 else int(rng.integers(len(places)))
        chosen.append(at)
        nearest = np.minimum(nearest, ((places - places[at]) ** 2).sum(axis=1))
    return np.array(places[chosen])
