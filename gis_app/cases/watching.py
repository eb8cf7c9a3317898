"""Watching: what a county leader answers for, how his bodies stand, who is called back, and who often let time pass. Pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Body
from gis_app.cases.case import Cases, State
from gis_app.cases.queue import Queue
from gis_app.cases.schedule import KINDS, Duties, ReminderKind
from gis_app.cases.shares import Average, Share, wilson
from gis_app.cases.times import utc64
from gis_app.grid.units import Hierarchy

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]

OFTEN = 3
"""A body that let so many robot calls and deadlines pass in a month is a candidate for a talk."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a county leader answers for: some bodies (the departments of his line), some units (his townships), or both."""

    name: str = ""
    bodies: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was named."""
        return not self.bodies and not self.units


def line_content(line: Line) -> dict[str, object]:
    """Return a line as plain JSON values."""
    return {"name": line.name, "bodies": sorted(line.bodies), "units": sorted(line.units)}


def line_of(content: Mapping[str, object]) -> Line:
    """Return the line that was kept; what is not understood of it names nothing."""

    def ids(name: str) -> frozenset[int]:
        found = content.get(name)
        return frozenset(one for one in found if isinstance(one, int)) if isinstance(found, list) else frozenset()

    name = content.get("name")
    return Line(name if isinstance(name, str) else "", ids("bodies"), ids("units"))


def known_line(line: Line, bodies: Mapping[int, Body], hierarchy: Hierarchy) -> Line:
    """Return a line without bodies and units that the county does not have (any more)."""
    return Line(line.name, frozenset(line.bodies & bodies.keys()), frozenset(unit for unit in line.units if unit in hierarchy))


def bodies_of(line: Line, bodies: Mapping[int, Body], hierarchy: Hierarchy) -> frozenset[int]:
    """Return the bodies of a line: those that were named, and those that govern a unit in one that was named."""

    def lies_within(unit: int) -> bool:
        return unit in hierarchy and any(step.id in line.units for step in hierarchy.path(unit))

    governing = (body.id for body in bodies.values() if body.unit and lies_within(body.unit))
    return frozenset({*(line.bodies & bodies.keys()), *governing})


def within(cases: Cases, line: Line, bodies: Mapping[int, Body], hierarchy: Hierarchy) -> Mask:
    """Mark the whistles of a line: held (or last held) by one of its bodies, or lying in one of its units."""
    cells = [cell.id for unit in line.units if unit in hierarchy for cell in hierarchy.cells(unit)]
    held = np.isin(cases.body, np.array(sorted(bodies_of(line, bodies, hierarchy)), np.int64))
    named = np.isin(cases.unit, _units_within(line, hierarchy)) & (cases.cell == 0)
    return np.asarray(held | named | np.isin(cases.cell, np.array(cells, np.int64)))


def _units_within(line: Line, hierarchy: Hierarchy) -> Ids:
    found = [unit for unit in hierarchy if any(step.id in line.units for step in hierarchy.path(unit))] if line.units else []
    return np.array(found, np.int64)


@dataclass(frozen=True, slots=True)
class Load:
    """How a body stands: its open whistles, and of them those not picked up in time, overdue, and marked for attention."""

    body: int
    opened: int
    not_picked_up: int
    overdue: int
    urged: int


def loads(cases: Cases, queues: Mapping[Queue, Mask], opened: Mask) -> tuple[Load, ...]:
    """Return how the bodies stand that hold open whistles (`opened` marks those that count); the most overdue first."""
    bodies, part = np.unique(cases.body[opened], return_inverse=True)
    part = part.reshape(-1)
    counts = [
        np.bincount(part[mask[opened]], minlength=len(bodies)).tolist()
        for mask in (opened, queues[Queue.NOT_PICKED_UP], queues[Queue.OVERDUE], queues[Queue.URGED])
    ]
    found = [Load(body, *numbers) for body, *numbers in zip(bodies.tolist(), *counts, strict=True)]
    return tuple(sorted(found, key=lambda load: (-load.overdue, -load.not_picked_up, -load.opened, load.body)))


def watched(cases: Cases, queues: Mapping[Queue, Mask]) -> Ids:
    """Return the rows of the open whistles that are marked for attention, the longest open first."""
    rows = np.flatnonzero(queues[Queue.URGED])
    return np.asarray(rows[np.argsort(cases.blown[rows], kind="stable")], np.int64)


# ------------------------------------------------------------------ calling back


def to_call_back(cases: Cases, now: datetime, days: float | None = None, where: Mask | None = None) -> Ids:
    """Return the rows of the whistles whose whistlers are asked for a rating: done or verified, not rated yet; the longest done first.

    `days`: only those done within so many days before `now`; None for all, those whose completion has no time last.
    """
    wanted = np.isin(cases.state, (State.DONE, State.VERIFIED))
    if where is not None:
        wanted = wanted & where
    if days is not None:
        wanted = wanted & (utc64(now) - cases.done <= np.timedelta64(round(days * 86400), "s"))  # NaT compares false
    rows = np.flatnonzero(wanted)
    return np.asarray(rows[np.lexsort((cases.id[rows], cases.done[rows], np.isnat(cases.done[rows])))], np.int64)


def by_attempts(rows: Ids, ids: Ids, attempts: Mapping[int, int]) -> Ids:
    """Return rows with those first that were called least often in vain (`attempts`: id → times); else their order stays."""
    tried = np.array([attempts.get(int(ids[row]), 0) for row in rows], np.int64)
    return np.asarray(rows[np.argsort(tried, kind="stable")], np.int64)


FEW = 5
"""Fewer ratings than this are shown as few."""


@dataclass(frozen=True, slots=True)
class Rated:
    """What `count` ratings say of a body: the means of attitude, speed and result, of all three, and how sure that is (95 %)."""

    body: int
    count: int
    attitude: float
    speed: float
    outcome: float
    mean: float
    low: float
    high: float

    @property
    def is_few(self) -> bool:
        """Tell whether there are too few ratings to say much."""
        return self.count < FEW


def rated(body: int, attitude: Average, speed: Average, outcome: Average) -> Rated | None:
    """Return what the ratings of a body say, None where there are none.

    The three stars of one whistler go together: the interval is that of as many ratings as there are, not of three times as many
    (`shares.wilson` of the mean brought to 0 … 1; see `Average.interval`).
    """
    means = (attitude.value, speed.value, outcome.value)
    count, known = attitude.count, [mean for mean in means if mean is not None]
    if not count or len(known) < len(means):
        return None
    mean = sum(known) / len(known)
    low, high = wilson((mean - 1) / 4 * count, count) or (0.0, 1.0)
    return Rated(body, count, known[0], known[1], known[2], mean, 1 + 4 * low, 1 + 4 * high)


def worst_first(found: Iterable[Rated]) -> tuple[Rated, ...]:
    """Return bodies with enough ratings, the worst mean first, then those with few, which are not ranked: the most ratings first."""
    return tuple(sorted(found, key=lambda one: (one.is_few, -one.count if one.is_few else one.mean, one.body)))


# ------------------------------------------------------------------ accountability


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a body let pass in a month: `calls` robot calls of its `arrivals`, and `overdue` deadlines."""

    body: int
    arrivals: int
    calls: int
    overdue: int

    @property
    def missed(self) -> int:
        """Return how often it let time pass."""
        return self.calls + self.overdue

    @property
    def share(self) -> Share:
        """Return the share of its arrivals that it did not pick up before the robot called."""
        return Share(self.calls, self.arrivals)


def candidates(
    duties: Duties, start: datetime, end: datetime, now: datetime, *, least: int = OFTEN, only: Iterable[int] | None = None
) -> tuple[Candidate, ...]:
    """Return the bodies that let at least `least` robot calls and deadlines pass in [start, end), the most first.

    Robot calls count by the stays that began in the period, deadlines by the day on which they passed; what is not due by `now` does not
    count. A whistle that came to a body twice counts twice. `only`: the bodies that count. They are candidates: people decide who is
    talked to.
    """
    first, last, instant = utc64(start), utc64(end), utc64(now)
    fired = duties.fires & (duties.due <= instant)
    stays = duties.kind == KINDS.index(ReminderKind.ROBOT_CALL)  # every stay has one of these
    arrived = stays & (duties.arrived >= first) & (duties.arrived < last) & (duties.arrived <= instant)
    late = (duties.kind == KINDS.index(ReminderKind.OVERDUE)) & fired & (duties.due >= first) & (duties.due < last)
    bodies = np.unique(duties.body[arrived | late])
    counts = [
        np.bincount(np.searchsorted(bodies, duties.body[mask]), minlength=len(bodies)).tolist() for mask in (arrived, arrived & fired, late)
    ]
    known = None if only is None else set(only)
    found = [Candidate(body, *numbers) for body, *numbers in zip(bodies.tolist(), *counts, strict=True)]
    often = [one for one in found if one.missed >= max(1, least) and (known is None or one.body in known)]
    return tuple(sorted(often, key=lambda one: (-one.missed, -one.overdue, one.body)))
