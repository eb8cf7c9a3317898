"""Which whistles may be about the same thing: the same category, near to one another in space and time; or the same household."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, State
from gis_app.cases.display import is_open
from gis_app.cases.times import utc64


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """Cases that may be the same, one entry each, the likeliest first: `row` of the columns, `distance` in metres (NaN where one of both
    has no point), `days` between both whistles, `at_home`: both came from the same household."""

    row: NDArray[np.int64]
    distance: NDArray[np.float64]
    days: NDArray[np.float64]
    at_home: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)


def near(
    cases: Cases,
    x: float,
    y: float,
    category: int,
    time: datetime | np.datetime64,
    metres: float,
    days: float,
    *,
    household: int = 0,
    unit_metres: float = 1.0,
) -> Similar:
    """Return the cases that a whistle may repeat.

    That are those of its category within `metres` and `days` (before or after) of it, and the open ones of any category at its
    `household`, however old. A case that is merged already is left out: what it repeats stands for it. `x`, `y`: county coordinates, NaN
    without a point; `category`: 0 while it is not known, then only the household counts; `unit_metres`: the length of one unit of the
    coordinates. Of one household first, then by distance, then by time.
    """
    distance = np.hypot(cases.x - x, cases.y - y) * unit_metres
    apart = np.abs((cases.blown - utc64(time)).astype(np.float64)) / 86_400
    apart[np.isnat(cases.blown)] = np.nan
    with np.errstate(invalid="ignore"):
        alike = (cases.category == category) & (distance <= metres) & (apart <= days) if category else np.zeros(len(cases), np.bool_)
    home = (cases.household == household) if household else np.zeros(len(cases), np.bool_)
    found = np.flatnonzero((alike | (home & is_open(cases))) & (cases.state != State.DUPLICATE))
    order = np.lexsort((apart[found], distance[found], ~home[found]))
    row = found[order]
    return Similar(row, distance[row], apart[row], home[row])
