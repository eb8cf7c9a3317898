"""Households as numpy columns, and how they come to their cells."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE
from gis_app.grid.locate import Locator


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
    unassigned. `reason`: an `Unassigned`. `distance`: to the nearest cell for a household outside the county, else 0. `resident`: it
    lives here (常住户) and counts for the floors. `flags`: which set of flags it has, a number of `flag_sets` of the county's state.
    """

    id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    members: NDArray[np.int64]
    cell: NDArray[np.int64]
    pinned: NDArray[np.bool_]
    reason: NDArray[np.int64]
    distance: NDArray[np.float64]
    resident: NDArray[np.bool_]
    flags: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """Where every household belongs, in the order of the households: the new columns `cell`, `reason` and `distance`."""

    cell: NDArray[np.int64]
    reason: NDArray[np.int64]
    distance: NDArray[np.float64]

    def changed(self, households: Households) -> NDArray[np.int64]:
        """Return the positions of the households whose cell, reason or distance (by more than 1 mm) is another one than before."""
        differs = (self.cell != households.cell) | (self.reason != households.reason)
        return np.flatnonzero(differs | (np.abs(self.distance - households.distance) > 0.001))


def assign_households(households: Households, locator: Locator, only: NDArray[np.int64] | None = None) -> Assignment:
    """Put each household (`only`: ids of those that are asked for; the others stay as they are) into the cell that it lies in.

    A household that was pinned to a cell by hand stays there as long as that cell exists. On a border the lowest code wins. Who has no cell
    gets the reason and, outside the county, the distance to the nearest cell.
    """
    asked = np.ones(len(households), np.bool_) if only is None else np.isin(households.id, only)
    kept = households.pinned & np.isin(households.cell, locator.cells)
    cell, reason, distance = households.cell.copy(), households.reason.copy(), households.distance.copy()
    reason[asked & kept], distance[asked & kept] = Unassigned.NONE, 0.0

    moved = np.flatnonzero(asked & ~kept)
    xy = np.stack([households.x[moved], households.y[moved]], axis=1)
    cell[moved] = locator.cells_at(xy)
    known = np.isfinite(xy).all(axis=1)
    outside = known & (cell[moved] == OUTSIDE)
    reason[moved] = np.where(known, np.where(outside, Unassigned.OUTSIDE_COUNTY, Unassigned.NONE), Unassigned.NO_COORDINATES)
    distance[moved] = 0.0
    if outside.any():
        distance[moved[outside]] = np.nan_to_num(locator.nearest(xy[outside])[1])
    return Assignment(cell, reason, distance)
