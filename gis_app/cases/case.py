"""Cases: whistles that were registered. A case is its events; what is stored beside them is derived, to be queried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Urgency(IntEnum):
    """How soon a case has to be dealt with: 特急, 紧急, 一般, 可缓; how many hours each gives is a setting."""

    NOT_SAID = 0
    EMERGENCY = 1
    URGENT = 2
    NORMAL = 3
    LOW = 4


class State(IntEnum):
    """Where a case stands in the loop; the last event that leads to a state decides. Numbers are stored: new ones go to the end."""

    WAITING = 1
    PICKED_UP = 2
    PROMISED = 3
    DONE = 4
    RATED = 5
    RETURNED = 6
    UNDER_REVIEW = 7
    IN_PROGRESS = 8
    MEETING = 9
    SUSPENDED = 10
    VERIFIED = 11
    CLOSED = 12
    DUPLICATE = 13


UNCLAIMED_STATES = frozenset({State.WAITING, State.MEETING})
"""The states in which the present body has not picked the case up yet."""

IN_HAND_STATES = frozenset({State.PICKED_UP, State.UNDER_REVIEW, State.PROMISED, State.IN_PROGRESS})
"""The states in which the present body has the case in hand."""

OPEN_STATES = UNCLAIMED_STATES | IN_HAND_STATES | {State.SUSPENDED}
"""The states in which somebody still owes an answer."""

COMPLETED_STATES = frozenset({State.DONE, State.VERIFIED, State.RATED, State.CLOSED})
"""The states of a case whose result is recorded."""


class EventKind(StrEnum):
    """What can happen to a case."""

    BLOWN = "blown"
    TOLD = "told"
    PICKED_UP = "picked_up"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    STARTED = "started"
    PROMISED = "promised"
    HANDED_OVER = "handed_over"
    PASSED_UP = "passed_up"
    MEETING = "meeting"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    URGED = "urged"
    RETURNED = "returned"
    APPEALED = "appealed"
    DONE = "done"
    VERIFIED = "verified"
    RATED = "rated"
    CLOSED = "closed"
    REOPENED = "reopened"
    DUPLICATE = "duplicate"
    CORRECTED = "corrected"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a case. `time` is UTC; `body` the body that acted; `target` where it went (hand-over, meeting, blown …).

    `deadline` belongs to a promise or a suspension; `stars` (attitude, speed, result, 1 to 5 each) to a rating; `note` is what was written.
    `data` holds what else belongs to some kinds, in plain JSON values: `of` (the case that a duplicate repeats), `supporting` (the bodies
    beside the lead of a joint meeting), `changes` (a correction: column → [before, after]), `message` (what the body was told by).
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
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The columns of all cases that the map and the figures need; texts and events stay in the county file.

    All arrays have one entry a case. `x`, `y`: county coordinate system, NaN where there is no point. `accuracy` and `border` (distance to
    the nearest cell border): metres. `kind`: `CaseKind`; `state`: `State`; `category`, `body` (present holder), `cell`, `household`,
    `worker` (who blew it, 0 for a resident), `unit` (the unit that was named): ids, 0 for none. Times are datetime64[s] in UTC, NaT where
    it has not happened: `blown`, `arrived` (reached the present body), `picked_up` (by the present body), `done`, `deadline` (promised).
    `urged`: marked by a leader. `urgency`: `Urgency`. `duplicate`: the case that this one repeats, 0 for none.
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
    urgency: NDArray[np.int64]
    duplicate: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.id)
