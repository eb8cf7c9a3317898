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
    """The queues, in the order in which the panel lists them. Saved filters name them by their values."""

    NEW = "new"
    NOT_PICKED_UP = "not_picked_up"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PLACE = "place"
    TO_VERIFY = "to_verify"
    TO_RATE = "to_rate"
    RETURNED = "returned"
    MEETING = "meeting"
    SUSPENDED = "suspended"
    URGED = "urged"
    MINE = "mine"


def queue_text(queue: Queue, robot_call_minutes: float = 10) -> Message:
    """Return the name of a queue."""
    return {
        Queue.NEW: msg("New whistles"),
        Queue.NOT_PICKED_UP: msg("Not picked up in {minutes} min", minutes=f"{robot_call_minutes:g}"),
        Queue.DUE_SOON: msg("Due soon"),
        Queue.OVERDUE: msg("Overdue"),
        Queue.PLACE: msg("Place to verify"),
        Queue.TO_VERIFY: msg("Result to verify"),
        Queue.TO_RATE: msg("To be rated"),
        Queue.RETURNED: msg("Returned or appealed"),
        Queue.MEETING: msg("Joint meetings"),
        Queue.SUSPENDED: msg("Suspended"),
        Queue.URGED: msg("Marked by a county leader"),
        Queue.MINE: msg("With my body"),
    }[queue]


def queue_explanation(queue: Queue, *, soon_hours: float = 24, days: float = 7) -> Message:
    """Return one sentence on what a queue holds, for a tool tip; the numbers are those of the county's settings."""
    return {
        Queue.NEW: msg("Not yet picked up, and still within the time before the robot call."),
        Queue.NOT_PICKED_UP: msg("Nobody has picked the whistle up since it reached its present body, and the robot call is due."),
        Queue.DUE_SOON: msg("Open, and due within the next {hours} hours.", hours=f"{soon_hours:g}"),
        Queue.OVERDUE: msg("Open beyond the promised deadline; without a promise, beyond the time that the settings give."),
        Queue.PLACE: msg(
            "Open, and its cell is uncertain: no place, outside the county, or closer to a border than its point is accurate."
        ),
        Queue.TO_VERIFY: msg("Done within the last {days} days, and nobody has verified the result yet.", days=f"{days:g}"),
        Queue.TO_RATE: msg("Done within the last {days} days and not yet rated by the whistler.", days=f"{days:g}"),
        Queue.RETURNED: msg(
            "Returned as not reasonable within the last {days} days: the whistler may appeal. And appeals that nobody has picked up yet.",
            days=f"{days:g}",
        ),
        Queue.MEETING: msg("A joint meeting was called, and its lead department has not picked the case up yet."),
        Queue.SUSPENDED: msg("Suspended until a day that was named."),
        Queue.URGED: msg("Open, and marked for attention by a county leader."),
        Queue.MINE: msg("Open, and with the body that this computer works for."),
    }[queue]


def queues(
    cases: Cases,
    now: datetime | np.datetime64,
    *,
    robot_call_minutes: float = 10,
    hours: float | NDArray[np.float64] = 72,
    soon_hours: float = 24,
    rate_days: float = 7,
    mine: int = 0,
    appealed: NDArray[np.int64] | None = None,
    returned: Mapping[int, np.datetime64] | None = None,
) -> Mapping[Queue, NDArray[np.bool_]]:
    """Return the mask of every queue over `cases`; counts are their sums. The numbers are those of the county's settings.

    `mine`: the body that the computer works for, 0 for none; `appealed`: the ids of cases whose return was ever appealed;
    `returned`: when returned cases were returned (the last time), by id. One that is not among them counts from its pick-up.
    """
    instant = utc64(now)
    opened = is_open(cases)
    waiting = is_unclaimed(cases)
    arrived = np.where(np.isnat(cases.arrived), cases.blown, cases.arrived)
    called = instant - arrived >= _seconds(robot_call_minutes * 60)
    due = due_times(cases, hours)
    overdue = opened & (due < instant)
    fresh = instant - cases.done <= _seconds(rate_days * 86400)
    back = _returned(cases, np.where(np.isnat(cases.picked_up), arrived, cases.picked_up), returned or {})
    lately = instant - back <= _seconds(rate_days * 86400)  # never where there was no return
    appeals = waiting & np.isin(cases.id, appealed) if appealed is not None and len(appealed) else np.zeros(len(cases), np.bool_)
    with np.errstate(invalid="ignore"):
        uncertain = (cases.cell == 0) | (cases.border < cases.accuracy)
    return {
        Queue.NEW: waiting & ~called,
        Queue.NOT_PICKED_UP: waiting & called,
        Queue.DUE_SOON: opened & ~overdue & (due <= instant + _seconds(soon_hours * 3600)),
        Queue.OVERDUE: overdue,
        Queue.PLACE: opened & uncertain,
        Queue.TO_VERIFY: (cases.state == State.DONE) & fresh,
        Queue.TO_RATE: np.isin(cases.state, (State.DONE, State.VERIFIED)) & fresh,
        Queue.RETURNED: lately | appeals,
        Queue.MEETING: cases.state == State.MEETING,
        Queue.SUSPENDED: cases.state == State.SUSPENDED,
        Queue.URGED: opened & cases.urged,
        Queue.MINE: opened & (cases.body == mine) if mine else np.zeros(len(cases), np.bool_),
    }


def _returned(cases: Cases, otherwise: NDArray[np.datetime64], known: Mapping[int, np.datetime64]) -> NDArray[np.datetime64]:
    """Return when each returned case was returned, NaT for all others."""
    times = np.full(len(cases), np.datetime64("NaT", "s"))
    for row in np.flatnonzero(cases.state == State.RETURNED).tolist():
        times[row] = known.get(int(cases.id[row]), otherwise[row])
    return times


def _seconds(seconds: float) -> np.timedelta64:
    return np.timedelta64(round(seconds), "s")
