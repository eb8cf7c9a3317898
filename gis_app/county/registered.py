"""Rows of households whether they are in the register or were once: a whistle goes on naming who has left it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.county.ports import CountyStore


def ever_registered(store: CountyStore, households: NDArray[np.int64], columns: Sequence[str]) -> Columns:
    """Read columns (and `id`) of households, retired ones after the others; ids that never were are left out."""
    now = store.rows("households", households, columns)
    left = np.setdiff1d(households, np.asarray(now["id"], np.int64))
    if not len(left):
        return now
    then = store.rows("retired_households", left, columns)
    return {name: np.concatenate([now[name], then[name]]) for name in ("id", *columns)}
