"""What waits for somebody: the queues of the Cases workspace, as masks over all cases. A case may stand in several."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, State
from gis_app.cases.display import due_times, is_open, is_unclaimed
from gis_app.cases.times import utc64
from gis_app.language import Message, msg


class Queue(StrEnum):
    """The queues, in the order in which the panel lists them."""

    NEW = "new"
    NOT_PICKED_UP = "not_picked_up"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    TO_VERIFY = "to_verify"
    TO_RATE = "to_rate"
    URGED = "urged"


def queue_text(queue: Queue, robot_call_minutes: float = 10) -> Message:
    """Return the name of a queue."""
    return {
        Queue.NEW: msg("New whistles"),
        Queue.NOT_PICKED_UP: msg("Not picked up in {minutes} min", minutes=f"{robot_call_minutes:g}"),
        Queue.DUE_SOON: msg("Due soon"),
        Queue.OVERDUE: msg("Overdue"),
        Queue.TO_VERIFY: msg("Place to verify"),
        Queue.TO_RATE: msg("To be rated"),
        Queue.URGED: msg("Marked by a county leader"),
    }[queue]


def queue_explanation(queue: Queue) -> Message:
    """Return one sentence on what a queue holds, for a tool tip."""
    return {
        Queue.NEW: msg("Not yet picked up, and still within the time before the robot call."),
        Queue.NOT_PICKED_UP: msg("Nobody has picked the whistle up since it reached its present body, and the robot call is due."),
        Queue.DUE_SOON: msg("Open, and due within the next 24 hours."),
        Queue.OVERDUE: msg("Open beyond the promised deadline; without a promise, beyond the time that the settings give."),
        Queue.TO_VERIFY: msg(
            "Open, and its cell is uncertain: no place, outside the county, or closer to a border than its point is accurate."
        ),
        Queue.TO_RATE: msg("Done within the last 7 days and not yet rated by the whistler."),
        Queue.URGED: msg("Open, and marked for attention by a county leader."),
    }[queue]


def queues(
    cases: Cases,
    now: datetime | np.datetime64,
    *,
    robot_call_minutes: float = 10,
    hours: float | NDArray[np.float64] = 72,
    soon_hours: float = 24,
    rate_days: float = 7,
) -> Mapping[Queue, NDArray[np.bool_]]:
    """Return the mask of every queue over `cases`; counts are their sums. The numbers are those of the county's settings."""
    instant = utc64(now)
    opened = is_open(cases)
    waiting = is_unclaimed(cases)
    arrived = np.where(np.isnat(cases.arrived), cases.blown, cases.arrived)
    called = instant - arrived >= _seconds(robot_call_minutes * 60)
    due = due_times(cases, hours)
    overdue = opened & (due < instant)
    with np.errstate(invalid="ignore"):
        uncertain = (cases.cell == 0) | (cases.border < cases.accuracy)
    return {
        Queue.NEW: waiting & ~called,
        Queue.NOT_PICKED_UP: waiting & called,
        Queue.DUE_SOON: opened & ~overdue & (due <= instant + _seconds(soon_hours * 3600)),
        Queue.OVERDUE: overdue,
        Queue.TO_VERIFY: opened & uncertain,
        Queue.TO_RATE: np.isin(cases.state, (State.DONE, State.VERIFIED)) & (instant - cases.done <= _seconds(rate_days * 86400)),
        Queue.URGED: opened & cases.urged,
    }


def _seconds(seconds: float) -> np.timedelta64:
    return np.timedelta64(round(seconds), "s")
