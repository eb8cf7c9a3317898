"""The two clocks of a case: the present body's restarts at every hand-over, that of the whole case never does. Calendar time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, Event, EventKind, State
from gis_app.cases.display import is_open
from gis_app.cases.life_cycle import in_order
from gis_app.cases.times import as_utc, utc64
from gis_app.cases.transitions import TRANSITIONS


@dataclass(frozen=True, slots=True)
class Leg:
    """The time that a case spent at one body. Times are aware, in UTC.

    `ended` and `ending`: when and how it left the body (handed over, passed up) or was closed there (done, returned); None while it stays.
    `until`: `ended`, or the instant at which the clock was read.
    """

    body: int
    arrived: datetime
    picked_up: datetime | None
    ended: datetime | None
    ending: EventKind | None
    until: datetime

    @property
    def clock(self) -> timedelta:
        """Return how long the body has had, or had, the case."""
        return self.until - self.arrived

    @property
    def to_pick_up(self) -> timedelta:
        """Return how long the body took to pick the case up; it still runs while nobody has."""
        return (self.picked_up or self.until) - self.arrived

    @property
    def handling(self) -> timedelta:
        """Return how long the body has handled the case since the pick-up; nothing before it."""
        return self.until - (self.picked_up or self.until)


def legs(events: Iterable[Event], now: datetime) -> tuple[Leg, ...]:
    """Return the bodies that a case has been at, the present one last. Events before the first arrival belong to nobody's clock."""
    found: list[Leg] = []
    for event in in_order(events):
        time = as_utc(event.time)
        if found and found[-1].ended is None:
            found[-1] = _with(found[-1], event, time)
        if TRANSITIONS[event.kind].moves:
            found.append(Leg(event.target, time, None, None, None, as_utc(now)))
    return tuple(found)


def _with(leg: Leg, event: Event, time: datetime) -> Leg:
    """Return the present leg after an event at its body."""
    transition = TRANSITIONS[event.kind]
    if transition.moves or transition.after in (State.DONE, State.RETURNED, State.DUPLICATE):
        return Leg(leg.body, leg.arrived, leg.picked_up, time, event.kind, time)
    if event.kind == EventKind.PICKED_UP and leg.picked_up is None:
        return Leg(leg.body, leg.arrived, time, None, None, leg.until)
    return leg


def case_clock(events: Iterable[Event], now: datetime) -> timedelta:
    """Return the clock of the whole case: from the whistle until it was closed, or until `now`; zero for a case without an arrival."""
    passed = legs(events, now)
    return passed[-1].until - passed[0].arrived if passed else timedelta()


@dataclass(frozen=True, slots=True)
class Reminders:
    """When a body has to be reminded of a case that it has not picked up: the SMS and the robot call; None where it was quicker."""

    sms: datetime | None
    robot_call: datetime | None


def reminders(leg: Leg, sms_minutes: float, robot_call_minutes: float) -> Reminders:
    """Return the reminders of one leg, counted from the moment the case reached the body; an earlier pick-up or leaving calls them off."""

    def due(minutes: float) -> datetime | None:
        time = leg.arrived + timedelta(minutes=minutes)
        reacted = leg.picked_up or leg.ended
        return time if reacted is None or reacted > time else None

    return Reminders(due(sms_minutes), due(robot_call_minutes))


@dataclass(frozen=True, slots=True, eq=False)
class Clocks:
    """Both clocks of all cases as timedelta64[s]; NaT where beginning or end is not known (returned and merged cases)."""

    body: NDArray[np.timedelta64]
    case: NDArray[np.timedelta64]


def clocks(cases: Cases, now: datetime | np.datetime64) -> Clocks:
    """Read both clocks of all cases: stopped where a case is done, running up to `now` where it is open."""
    running = np.where(is_open(cases), utc64(now), np.datetime64("NaT", "s"))
    until = np.where(np.isnat(cases.done), running, cases.done)
    return Clocks(until - cases.arrived, until - cases.blown)
