"""How the whistles of a demo county go from body to body until one of them is done with it: a column of instants for every step.

Instants are seconds since 1970 on the county's own clock (UTC + 8 h) as floats, NaN where a step does not happen. What takes a case out
of the ordinary is in `rounds`, what its body does between pick-up and result in `handling`, the rows of the events in `recording`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind
from gis_app.county.changes import Columns
from gis_app.demo.tessellation import Ints

Seconds = NDArray[np.float64]
Texts = NDArray[np.object_]
Mask = NDArray[np.bool_]

OFFSET = 8 * 3600
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_PROMISES = (1, 2, 3, 5, 7, 10, 15)  # days
_URGED_NOW = 4  # open cases at most that are marked by a county leader
_SHORT = 4 * HOUR  # a case that may take no longer is picked up at once and nobody promises anything


@dataclass(frozen=True, slots=True, eq=False)
class Bodies:
    """What the loop needs to know of bodies, as columns by id (row 0: none)."""

    kind: Texts
    receiver: Texts
    leader: Texts
    related: Ints  # the department that a whistle is handed over to, 0 for none
    centre: int


@dataclass(slots=True, eq=False)
class Course:
    """The steps of all cases: up to three bodies in turn, when each took the case (`picked`) and when it went on from there (`moved`).

    `department`: the one in charge of the category, 0 for none. `repeats`: the row of the case that a merged one repeats, -1 for none.
    `again`: a second round at `again_body`, that began with `again_kind` (an event's kind, "" for none): a joint meeting, an appeal
    against the return, a reopening. `waits`: what a suspension waits for, `until` its last day.
    """

    blown: Seconds
    department: Ints
    body: list[Ints]
    picked: list[Seconds]
    moved: list[Seconds]
    upwards: list[Mask]
    promised: Seconds
    deadline: Seconds
    urged: Seconds
    returned: Seconds
    done: Seconds
    repeats: Ints = field(init=False)
    merged: Seconds = field(init=False)
    submitted: Seconds = field(init=False)
    reviewed: Seconds = field(init=False)
    started: Seconds = field(init=False)
    suspended: Seconds = field(init=False)
    until: Seconds = field(init=False)
    waits: Texts = field(init=False)
    resumed: Seconds = field(init=False)
    again_kind: Texts = field(init=False)
    again: Seconds = field(init=False)
    again_body: Ints = field(init=False)
    again_picked: Seconds = field(init=False)
    again_returned: Seconds = field(init=False)
    again_done: Seconds = field(init=False)
    verified: Seconds = field(init=False)
    rated: Seconds = field(init=False)
    closed: Seconds = field(init=False)

    def __post_init__(self) -> None:
        n = len(self.blown)
        self.repeats, self.again_body = np.full(n, -1), np.zeros(n, np.int64)
        self.waits, self.again_kind = np.full(n, "", object), np.full(n, "", object)
        for name in (
            "merged", "submitted", "reviewed", "started", "suspended", "until", "resumed", "again", "again_picked", "again_returned",
            "again_done", "verified", "rated", "closed",
        ):  # fmt: skip
            setattr(self, name, np.full(n, np.nan))

    @property
    def arrived(self) -> Seconds:
        """Return when each case reached the last of its bodies in turn."""
        return np.fmax(self.blown, np.fmax(self.moved[0], self.moved[1]))

    @property
    def finished(self) -> Seconds:
        """Return when the result was there at last: after the second round, where there is one."""
        return np.where(self.again_kind == "", self.done, self.again_done)

    def drafted(self) -> list[Seconds]:
        """Return every column of instants, after the whistle itself, that `run` has filled."""
        return [*self.picked, *self.moved, self.promised, self.deadline, self.urged, self.returned, self.done]


NEXT_DOOR = (
    ("县住建局", "县自然资源局"),
    ("县供水公司", "县水务局"),
    ("县供热公司", "县供电公司"),
    ("县交通运输局", "县交警大队"),
    ("县环境卫生中心", "县城市管理综合执法局"),
    ("县生态环境局", "县农业综合执法大队"),
    ("县民政局", "县扶贫开发办公室"),
    ("县医疗保障局", "县社会保险经办中心"),
    ("县人社局", "县就业服务中心"),
    ("县农业农村局", "县农业技术推广中心"),
    ("县疾病预防控制中心", "县卫生健康局"),
    ("县政务服务中心", "县不动产登记中心"),
)
"""Departments whose work touches: a whistle that turns out to be the other's business is handed over between the two."""


def bodies_of(columns: Columns) -> Bodies:
    """Return the bodies of a table of bodies, whose ids are 1, 2, …."""
    kind = np.concatenate([[""], columns["kind"]]).astype(object)
    ids = {name: at for at, name in enumerate(columns["name"].tolist(), start=1)}
    related = np.zeros(len(kind), np.int64)
    for one, other in NEXT_DOOR:
        related[ids[one]], related[ids[other]] = ids[other], ids[one]
    centre = int(np.flatnonzero(kind == BodyKind.CENTRE)[0])
    return Bodies(kind, np.concatenate([[""], columns["receiver"]]), np.concatenate([[""], columns["leader"]]), related, centre)


def run(
    blown: Seconds,
    first: Ints,
    steps: Ints,
    kind: Ints,
    limit: Seconds,
    bodies: Bodies,
    *,
    waits: Mask,
    now: float,
    rng: np.random.Generator,
) -> Course:
    """Let cases go through the loop: most are done within days, a few are returned, some of the newer ones have got stuck.

    `steps` is (n, 4): the ladder of each case (village, township, department, centre; 0 for none); `limit`: how long it may take. Nobody
    has seen the cases of the last quarter of an hour yet; those that `waits` marks are open still.
    """
    n = len(blown)
    body, picked, moved, upwards = [first], [], [], []
    arrived, age = blown, now - blown
    just_now = age < 15 * MINUTE
    for turn in range(2):
        target, up = _next_body(body[-1], steps, bodies, turn, rng)
        target = np.where(just_now, 0, target)
        leaves = waking(arrived + rng.lognormal(np.log(45 * MINUTE), 1.1, n), rng)
        looks = rng.random(n) < 0.6  # whoever sees at once that it is somebody else's does not pick it up
        here = arrived + (leaves - arrived) * rng.uniform(0.1, 0.8, n)
        goes = target > 0
        picked.append(np.where(goes & looks, here, np.nan))
        moved.append(np.where(goes, leaves, np.nan))
        upwards.append(up)
        body.append(np.where(goes, target, body[-1]))
        arrived = np.where(goes, leaves, arrived)
    short = limit <= _SHORT
    delay = np.where(rng.random(n) < 0.87, rng.lognormal(np.log(16 * MINUTE), 1.1, n), rng.lognormal(np.log(5 * HOUR), 1.0, n))
    taken = np.where(short, arrived + np.minimum(delay * 0.2, limit / 4), waking(arrived + delay, rng))  # who hears of a fire gets up
    picked.append(taken)

    consult = kind == CaseKind.CONSULT
    usual = np.minimum(np.where(consult, 3 * HOUR, 34 * HOUR), limit * np.where(short, 0.3, 0.28))
    works = rng.lognormal(np.log(usual), 0.95, n)
    promises = ~consult & ~short & (rng.random(n) < 0.42)
    promised = waking(taken + rng.uniform(10 * MINUTE, 4 * HOUR, n), rng)
    days = rng.choice(_PROMISES, n, p=[0.1, 0.2, 0.27, 0.18, 0.14, 0.07, 0.04])
    days = np.minimum(days, np.maximum(1, np.floor(limit * 1.5 / DAY))) * DAY
    deadline = np.floor((promised + days) / DAY) * DAY + 18 * HOUR
    kept = rng.random(n) < 0.87
    late = np.where(kept, deadline - rng.beta(1.2, 2, n) * (deadline - promised) * 0.9, deadline + rng.exponential(1.2 * DAY, n))
    done = np.where(short, taken + works, waking(np.where(promises, late, taken + works), rng))
    returns = rng.random(n) < 0.062
    returned = np.where(returns, waking(taken + rng.lognormal(np.log(2 * HOUR), 0.9, n), rng), np.nan)

    stuck = _stuck(age, ~short, rng) | just_now | waits
    # what was promised of late and is not done yet falls due this evening, or later
    promises |= stuck & (age < 4 * DAY) & ~consult & ~short & (rng.random(n) < 0.5)
    this_evening = np.floor(now / DAY) * DAY + 18 * HOUR
    deadline = np.where(stuck & (age < 4 * DAY) & (promised < now), np.maximum(deadline, this_evening), deadline)
    stuck_anew = np.flatnonzero(stuck & ~just_now & ~waits & (age > 40 * MINUTE) & (age < 20 * HOUR))
    forgotten = rng.choice(stuck_anew, min(1, len(stuck_anew)), replace=False)
    unseen = just_now.copy()
    unseen[forgotten] = True
    gone = returns | stuck
    urgent = rng.uniform(2.5 * DAY, 5 * DAY, n)
    open_for = np.where(stuck, age, done - blown)
    urged = np.where((rng.random(n) < 0.25) & ~returns & (open_for > urgent + DAY), blown + urgent, np.nan)
    still_open = np.flatnonzero((urged <= now) & ~(done <= now) | (urged <= now) & stuck)
    urged[rng.permutation(still_open)[_URGED_NOW:]] = np.nan
    promises &= ~returns & ~unseen
    course = Course(
        blown=blown,
        department=steps[:, 2],
        body=body,
        picked=[*picked[:-1], np.where(unseen, np.nan, taken)],
        moved=moved,
        upwards=upwards,
        promised=np.where(promises, promised, np.nan),
        deadline=np.where(promises, deadline, np.nan),
        urged=np.where(urged > arrived, urged, np.nan),
        returned=np.where(stuck, np.nan, returned),
        done=np.where(gone, np.nan, done),
    )
    _claim(course, unseen, now, rng)
    return course


def _stuck(age: Seconds, slow: Mask, rng: np.random.Generator) -> Mask:
    """Mark the cases with which nothing goes on: some of the last days, and about a dozen of the last weeks, whatever the county's size."""
    lately = (age >= 4 * DAY) & (age < 45 * DAY)
    some = min(0.4, 12 / max(1, int(lately.sum())))
    chance = np.select([age < 36 * HOUR, age < 4 * DAY, lately], [0.5, 0.24, some], 0.0)
    stuck: Mask = slow & (rng.random(len(age)) < chance)
    return stuck


def _claim(course: Course, unseen: Mask, now: float, rng: np.random.Generator) -> None:
    """Let every case that reached its body more than ten minutes ago be picked up by now, but for those that nobody has seen."""
    arrived = course.blown
    for turn, picked in enumerate(course.picked):
        here = arrived if turn < 2 else course.arrived
        left = course.moved[turn] if turn < 2 else np.full(len(here), np.nan)
        stays = (course.moved[turn] > now) if turn < 2 else ~(course.moved[0] > now) & ~(course.moved[1] > now)
        waiting = np.flatnonzero(stays & (here < now - 10 * MINUTE) & ~(picked <= now) & ~(left <= now) & ~unseen)
        picked[waiting] = here[waiting] + (now - here[waiting]) * rng.uniform(0.2, 0.9, len(waiting))
        if turn < 2:
            arrived = np.fmax(arrived, course.moved[turn])


def _next_body(holder: Ints, steps: Ints, bodies: Bodies, turn: int, rng: np.random.Generator) -> tuple[Ints, Mask]:
    """Return where each case goes on to (0: it stays), and whether that is up the ladder."""
    n = len(holder)
    chance = rng.random(n) * (1.0 if turn == 0 else 2.5)
    kind = bodies.kind[holder]
    foot = (kind == BodyKind.VILLAGE) | (kind == BodyKind.COMMUNITY)
    township, department = steps[:, 1], steps[:, 2]
    target = np.zeros(n, np.int64)
    target = np.where(foot & (chance < 0.22), township, target)
    target = np.where(foot & (chance < 0.09) & (department > 0), department, target)
    target = np.where((kind == BodyKind.TOWNSHIP) & (chance < 0.45), department, target)
    target = np.where((kind == BodyKind.DEPARTMENT) & (chance < 0.075), bodies.related[holder], target)
    target = np.where((kind == BodyKind.DEPARTMENT) & (chance < 0.012), bodies.centre, target)
    target = np.where((kind == BodyKind.CENTRE) & (chance < 0.8) & (department > 0), department, target)
    target = np.where(target == holder, 0, target)
    upwards = foot | (kind == BodyKind.TOWNSHIP) | (target == bodies.centre)
    return target, upwards & (target > 0)


def waking(time: Seconds, rng: np.random.Generator) -> Seconds:
    """Return instants moved out of the night: what would happen between ten in the evening and half past six happens next morning."""
    return _moved_out(time, 22, 6.5, (6.6, 8.6), rng)


def office(time: Seconds, rng: np.random.Generator) -> Seconds:
    """Return instants moved into the hours of an office: what would happen after half past five happens next morning."""
    return _moved_out(time, 17.5, 8.3, (8.4, 11.5), rng)


def _moved_out(time: Seconds, evening: float, morning: float, at: tuple[float, float], rng: np.random.Generator) -> Seconds:
    day, hour = np.floor(time / DAY), (time % DAY) / HOUR
    next_morning = np.where(hour >= evening, day + 1, day) * DAY + rng.uniform(*at, len(time)) * HOUR
    return np.where((hour >= evening) | (hour < morning), next_morning, time)


def after(time: Seconds, delay: Seconds, end: Seconds, share: float) -> Seconds:
    """Return instants a `delay` after `time`, but before so large a `share` of what is left until `end` (NaN: no end) is over."""
    return time + np.fmin(delay, (end - time) * share)


def settle_period(course: Course, received: Ints, reasonable: int, completed: int, end: float, rng: np.random.Generator) -> None:
    """Make the figures of a period exact: of the cases `received` in it so many are reasonable, and so many of those done before its `end`.

    The order of steps stays: a case that was too slow goes through them faster, one that was too fast is done after the end.
    """
    returned = rng.choice(received, len(received) - reasonable, replace=False)
    good = np.setdiff1d(received, returned)
    late = good[np.argsort(course.blown[good], kind="stable")][completed:]
    early = np.setdiff1d(good, late)
    taken, blown = course.picked[-1], course.blown
    taken[received] = np.where(np.isnan(taken[received]), course.arrived[received] + 20 * MINUTE, taken[received])
    course.returned[good] = np.nan
    for steps in (course.promised, course.deadline, course.urged, course.done):
        steps[returned] = np.nan
    course.returned[returned] = taken[returned] + 2 * HOUR
    began = np.fmax(taken, course.promised)
    course.done[good] = np.where(np.isnan(course.done[good]), began[good] + 9 * HOUR, course.done[good])
    course.urged[received] = np.nan
    course.done[late] = np.maximum(course.done[late], end + rng.uniform(1.5 * HOUR, 60 * HOUR, len(late)))
    span, limit = course.done[early] - blown[early], end - 20 * MINUTE - blown[early]
    squeeze = np.minimum(1.0, limit / span)
    for steps in course.drafted():
        steps[early] = blown[early] + (steps[early] - blown[early]) * squeeze


def utc(local: Seconds) -> NDArray[np.datetime64]:
    """Return instants of the county's clock as datetime64[s] in UTC, NaT for NaN."""
    known = np.isfinite(local)
    whole = np.where(known, np.round(local) - OFFSET, 0).astype(np.int64).astype("datetime64[s]")
    return np.where(known, whole, np.datetime64("NaT", "s"))
