"""What takes some cases of a demo county out of the ordinary: merged with another, suspended, taken to a joint meeting, appealed, reopened.

Nothing happens twice to one case. A few of each are open at the instant at which the county lives.
"""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import EventKind
from gis_app.demo import texts
from gis_app.demo.loop import DAY, HOUR, MINUTE, Bodies, Course, Mask, Seconds, office, waking
from gis_app.demo.tessellation import Ints

_SETTLED = 20 * DAY
"""What happens to older cases is over by now."""


def special(course: Course, free: Mask, outdoors: Mask, bodies: Bodies, *, now: float, rng: np.random.Generator) -> None:
    """Choose among the cases that are `free` for it those to which something special happens, and let it happen.

    `outdoors`: work that frost stops. Cases whose `repeats` is set are merged.
    """
    n = len(course.blown)
    free = free & (course.repeats < 0)

    def take(where: Mask, count: int) -> Ints:
        rows = np.flatnonzero(free & where)
        rows = np.sort(rng.choice(rows, min(count, len(rows)), replace=False)).astype(np.int64)
        free[rows] = False
        return rows

    _merge(course, np.flatnonzero(course.repeats >= 0), rng)
    taken, returned, done = course.picked[-1].copy(), course.returned.copy(), course.done.copy()
    settled, slow = done < now - _SETTLED, done - taken > DAY
    at_department = bodies.kind[course.body[-1]] == BodyKind.DEPARTMENT
    winter = outdoors & np.isin(_month(taken), (11, 12, 1, 2)) & np.isfinite(done)
    this_winter = winter & (taken > now - 150 * DAY) & (taken < now - 20 * DAY)
    _suspend_for_frost(course, take(this_winter, _few(n, 8)), rng, over=False)
    _suspend_for_frost(course, take(winter & (done < now - 160 * DAY), _few(n, 45)), rng, over=True)
    _suspend(course, take(settled & slow, _few(n, 90)), rng)
    stuck = np.isnan(done) & np.isnan(returned) & (taken < now - 2 * DAY)
    _call_meetings(course, take(stuck & at_department, 2), bodies, now=now, rng=rng)
    _meet(course, take(settled & slow & at_department, _few(n, 70)), bodies, rng)
    _appeal(course, take(returned < now - _SETTLED, _few(n, 60)), rng)
    _reopen(course, take(settled, _few(n, 160)), rng)
    for kind, ended in ((EventKind.APPEALED, returned), (EventKind.REOPENED, done)):
        rows = take((ended > now - _SETTLED) & (ended < now - 3 * DAY), 2)
        _begin_again(course, rows, kind, now - rng.uniform(20, 44, len(rows)) * HOUR, course.body[-1][rows])
        course.again_picked[rows] = course.again[rows] + rng.uniform(10, 90, len(rows)) * MINUTE


def _few(n: int, of_20_000: int) -> int:
    return max(1, round(of_20_000 * n / 20_000))


def _month(time: Seconds) -> NDArray[np.int64]:
    days = np.where(np.isfinite(time), time, 0).astype(np.int64).astype("datetime64[s]").astype("datetime64[M]")
    return np.where(np.isfinite(time), days.astype(np.int64) % 12 + 1, 0)


def _forget(course: Course, rows: Ints, *columns: Seconds) -> None:
    """Let steps not happen."""
    for column in columns:
        column[rows] = np.nan


def _merge(course: Course, rows: Ints, rng: np.random.Generator) -> None:
    """Let somebody see within hours that these repeat another: nothing else becomes of them."""
    seen = rng.random(len(rows)) < 0.6
    course.merged[rows] = waking(course.blown[rows] + rng.lognormal(np.log(50 * MINUTE), 0.9, len(rows)), rng)
    course.picked[-1][rows] = np.where(seen, course.blown[rows] + (course.merged[rows] - course.blown[rows]) * 0.4, np.nan)
    course.body[1][rows] = course.body[2][rows] = course.body[0][rows]
    _forget(course, rows, *course.picked[:2], *course.moved, course.promised, course.deadline, course.urged, course.returned, course.done)


def _suspend_for_frost(course: Course, rows: Ints, rng: np.random.Generator, *, over: bool) -> None:
    """Let work wait for the thaw, and where that is `over`, be promised anew and done."""
    count, taken = len(rows), course.picked[-1][rows]
    course.suspended[rows] = office(taken + rng.uniform(3 * HOUR, 4 * DAY, count), rng)
    year = (course.suspended[rows] / DAY).astype(np.int64).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    spring = year + (_month(course.suspended[rows]) > 6)
    thaw = (spring.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64) + 105) * DAY  # the middle of April
    course.until[rows] = thaw + np.floor(rng.uniform(0, 30, count)) * DAY + 18 * HOUR
    course.waits[rows] = np.array(texts.FROST, object)[rng.integers(0, len(texts.FROST), count)]
    _forget(course, rows, course.promised, course.deadline, course.urged)
    if not over:
        _forget(course, rows, course.done)
        return
    course.resumed[rows] = course.until[rows] - np.floor(rng.uniform(0, 12, count)) * DAY - rng.uniform(2, 9, count) * HOUR
    course.promised[rows] = course.resumed[rows] + rng.uniform(10, 60, count) * MINUTE
    course.deadline[rows] = np.floor(course.resumed[rows] / DAY) * DAY + 10 * DAY + 18 * HOUR
    course.done[rows] = waking(course.promised[rows] + rng.lognormal(np.log(4 * DAY), 0.5, count), rng)


def _suspend(course: Course, rows: Ints, rng: np.random.Generator) -> None:
    """Let a case rest for a part of its time."""
    taken = course.picked[-1][rows]
    span = course.done[rows] - taken
    course.suspended[rows] = taken + span * rng.uniform(0.15, 0.3, len(rows))
    course.resumed[rows] = taken + span * rng.uniform(0.5, 0.7, len(rows))
    course.until[rows] = course.resumed[rows] + rng.uniform(0, 36, len(rows)) * HOUR
    course.waits[rows] = np.array(texts.WAITS, object)[rng.integers(0, len(texts.WAITS), len(rows))]
    _forget(course, rows, course.promised, course.deadline)


def _begin_again(course: Course, rows: Ints, kind: EventKind, time: Seconds, body: Ints) -> None:
    course.again_kind[rows], course.again[rows], course.again_body[rows] = kind.value, time, body


def _lead(course: Course, rows: Ints, bodies: Bodies) -> Ints:
    """Return who leads a joint meeting: the department whose work touches, else the one in charge."""
    holder = course.body[-1][rows]
    related = bodies.related[holder]
    return np.where(related > 0, related, np.where(course.department[rows] > 0, course.department[rows], holder))


def _call_meetings(course: Course, rows: Ints, bodies: Bodies, *, now: float, rng: np.random.Generator) -> None:
    """Call the joint meetings that are still to be held: one yesterday afternoon, one some minutes ago."""
    time = now - np.array([17 * HOUR, 8 * MINUTE])[: len(rows)] + rng.uniform(-60, 60, len(rows))
    _begin_again(course, rows, EventKind.MEETING, time, _lead(course, rows, bodies))


def _meet(course: Course, rows: Ints, bodies: Bodies, rng: np.random.Generator) -> None:
    """Take cases to a joint meeting, whose lead brings them to their end."""
    taken, done = course.picked[-1][rows], course.done[rows]
    meeting = np.fmax(taken, course.promised[rows])
    meeting += (done - meeting) * rng.uniform(0.3, 0.5, len(rows))
    _begin_again(course, rows, EventKind.MEETING, meeting, _lead(course, rows, bodies))
    course.again_picked[rows] = meeting + (done - meeting) * rng.uniform(0.02, 0.15, len(rows))
    course.again_done[rows] = done
    course.urged[rows] = np.where(course.urged[rows] < meeting, course.urged[rows], np.nan)
    _forget(course, rows, course.done)


def _again(course: Course, rows: Ints, rng: np.random.Generator) -> None:
    """Let the second round take its time."""
    course.again_picked[rows] = waking(course.again[rows] + rng.lognormal(np.log(25 * MINUTE), 0.8, len(rows)), rng)
    course.again_done[rows] = waking(course.again_picked[rows] + rng.lognormal(np.log(26 * HOUR), 0.7, len(rows)), rng)


def _appeal(course: Course, rows: Ints, rng: np.random.Generator) -> None:
    """Let whistlers appeal against a return: some are returned again."""
    time = waking(course.returned[rows] + rng.uniform(3 * HOUR, 4 * DAY, len(rows)), rng)
    _begin_again(course, rows, EventKind.APPEALED, time, course.body[-1][rows])
    _again(course, rows, rng)
    again = rows[rng.random(len(rows)) < 0.35]
    course.again_returned[again] = course.again_done[again]
    _forget(course, again, course.again_done)


def _reopen(course: Course, rows: Ints, rng: np.random.Generator) -> None:
    """Let cases be taken up again whose result did not last."""
    time = waking(course.done[rows] + rng.uniform(5 * HOUR, 5 * DAY, len(rows)), rng)
    _begin_again(course, rows, EventKind.REOPENED, time, course.body[-1][rows])
    _again(course, rows, rng)
