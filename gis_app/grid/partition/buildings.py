"""Buildings: households that no border parts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import snap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def buildings(places: Floats, names: Sequence[str] | None = None) -> Ints:
    """Return the number of the building of each household: those at one place (to 1 mm) or in a building of the same name ("" for none)."""
    xy = snap(np.asarray(places, np.float64).reshape(-1, 2))
    _, of = np.unique(xy, axis=0, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    return _joined(of, names) if names is not None and any(names) else of


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
