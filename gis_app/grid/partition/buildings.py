"""Buildings: households that no border parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import snap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Buildings:
    """Places (n, 2) with the number of households that count (n), and the building of each household that was asked for."""

    places: Floats
    weights: Ints
    of: Ints

    def __len__(self) -> int:
        return len(self.places)


def buildings(places: Floats, names: Sequence[str] | None = None, counted: NDArray[np.bool_] | None = None) -> Buildings:
    """Join households at `places` (n, 2) that stand at one place (to 1 mm) or in a building of the same name ("" for none).

    A building stands at the mean of its places. `counted` marks the households that count for floors (all by default): the others go where
    their building goes and weigh nothing.
    """
    count = len(places)
    xy = snap(np.asarray(places, np.float64).reshape(-1, 2))
    _, of = np.unique(xy, axis=0, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    if names is not None and any(names):
        of = _joined(of, names)
    weights = np.ones(count, np.int64) if counted is None else counted.astype(np.int64)
    size = int(of.max(initial=-1)) + 1
    number = np.bincount(of, minlength=size)
    middle = np.stack([np.bincount(of, xy[:, axis] - (xy[0, axis] if count else 0.0), size) for axis in (0, 1)], axis=1)
    middle = middle / np.maximum(number, 1)[:, None] + (xy[0] if count else 0.0)
    single = np.zeros((size, 2))
    single[of] = xy
    spread = np.zeros(size, np.bool_)
    np.logical_or.at(spread, of, (xy != single[of]).any(axis=1))
    return Buildings(np.where(spread[:, None], middle, single), np.bincount(of, weights, size).astype(np.int64), of)


def _joined(of: Ints, names: Sequence[str]) -> Ints:
    """Join the groups `of` that share a name."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    named = np.flatnonzero(np.array([bool(name) for name in names], np.bool_))
    numbers: dict[str, int] = {}
    of_name = np.array([numbers.setdefault(names[at], len(numbers)) for at in named.tolist()], np.int64)
    first = int(of.max(initial=-1)) + 1
    size = first + len(numbers)
    graph = coo_array((np.ones(len(named)), (of[named], first + of_name)), (size, size))
    _, label = connected_components(graph, directed=False)
    _, joined = np.unique(label[of], return_inverse=True)
    return np.asarray(joined.reshape(-1), np.int64)
