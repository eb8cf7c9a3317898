"""Cases: whistles that were registered. A case is its events; what is stored beside them is derived, to be queried."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray


class CaseKind(IntEnum):
    """What the whistler wants: 咨询, 求助, 举报, 投诉."""

    CONSULT = 1
    HELP = 2
    REPORT = 3
    COMPLAIN = 4


class State(IntEnum):
    """Where a case stands in the loop; the last event decides."""

    WAITING = 1
    PICKED_UP = 2
    PROMISED = 3
    DONE = 4
    RATED = 5
    RETURNED = 6


class EventKind(StrEnum):
    """What can happen to a case."""

    BLOWN = "blown"
    PICKED_UP = "picked_up"
    PROMISED = "promised"
    HANDED_OVER = "handed_over"
    PASSED_UP = "passed_up"
    URGED = "urged"
    RETURNED = "returned"
    DONE = "done"
    RATED = "rated"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case. `time` is UTC; `body` the body that acted; `target` where it went (hand-over, pass-up, blown).

    `deadline` belongs to a promise; `stars` (attitude, speed, result, 1 to 5 each) to a rating; `note` is what was written.
    """

    case: int
    kind: EventKind
    time: datetime
    actor: str = ""
    body: int = 0
    target: int = 0
    note: str = ""
    deadline: datetime | None = None
    stars: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The columns of all cases that the map and the figures need; texts and events stay in the county file.

    All arrays have one entry a case. `x`, `y`: county coordinate system, NaN where there is no point. `accuracy` and `border` (distance to
    the nearest cell border): metres. `kind`: `CaseKind`; `state`: `State`; `category`, `body` (present holder), `cell`, `household`,
    `worker` (who blew it, 0 for a resident), `unit` (the unit that was named): ids, 0 for none. Times are datetime64[s] in UTC, NaT where
    it has not happened: `blown`, `arrived` (reached the present body), `picked_up` (by the present body), `done`, `deadline` (promised).
    `urged`: marked by a leader.
    """

    id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    border: NDArray[np.float64]
    kind: NDArray[np.int64]
    category: NDArray[np.int64]
    state: NDArray[np.int64]
    body: NDArray[np.int64]
    cell: NDArray[np.int64]
    household: NDArray[np.int64]
    worker: NDArray[np.int64]
    unit: NDArray[np.int64]
    blown: NDArray[np.datetime64]
    arrived: NDArray[np.datetime64]
    picked_up: NDArray[np.datetime64]
    done: NDArray[np.datetime64]
    deadline: NDArray[np.datetime64]
    urged: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.id)
