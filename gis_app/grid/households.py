"""Households as numpy columns, and how they come to their cells."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Unassigned(IntEnum):
    """Why a household has no cell."""

    NONE = 0
    NO_COORDINATES = 1
    OUTSIDE_COUNTY = 2
    NOT_YET = 3


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """The columns of all households that the map and the figures need; texts stay in the county file.

    All arrays have one entry a household, in the order of `id`. `x`, `y`: county coordinate system, NaN where unknown. `cell`: 0 where
    unassigned. `reason`: an `Unassigned`. `distance`: to the nearest cell for a household outside the county, else 0.
    """

    id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    members: NDArray[np.int64]
    cell: NDArray[np.int64]
    pinned: NDArray[np.bool_]
    reason: NDArray[np.int64]
    distance: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.id)
