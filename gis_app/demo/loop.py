"""How the whistles of a demo county go through the loop: one column of instants for every step that may happen, then the events.

Instants are seconds since 1970 on the county's own clock (UTC + 8 h) as floats, NaN where a step does not happen; `events` returns UTC.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind, EventKind
from gis_app.county.changes import Columns
from gis_app.demo import texts
from gis_app.demo.tessellation import Ints

Seconds = NDArray[np.float64]
Texts = NDArray[np.object_]

OFFSET = 8 * 3600
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
_PROMISES = (1, 2, 3, 5, 7, 10, 15)  # days


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
    """The steps of all cases: up to three bodies in turn, when each took the case (`picked`) and when it went on from there (`moved`)."""

    blown: Seconds
    body: list[Ints]
    picked: list[Seconds]
    moved: list[Seconds]
    upwards: list[NDArray[np.bool_]]
    promised: Seconds
    deadline: Seconds
    urged: Seconds
    returned: Seconds
    done: Seconds
    rated: Seconds

    def times(self) -> list[Seconds]:
        """Return every column of instants after the whistle itself."""
        steps = [self.promised, self.deadline, self.urged, self.returned, self.done, self.rated]
        return [*self.picked, *self.moved, *steps]


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


def run(blown: Seconds, first: Ints, steps: Ints, kind: Ints, bodies: Bodies, *, now: float, rng: np.random.Generator) -> Course:
    """Let cases go through the loop: most are done within days, a few are returned, some of the newer ones have got stuck.

    Nobody has seen those of the last quarter of an hour yet.

    `steps` is (n, 4): the ladder of each case (village, township, department, centre; 0 for none).
    """
    n = len(blown)
    none = np.full(n, np.nan)
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
    delay = np.where(rng.random(n) < 0.87, rng.lognormal(np.log(16 * MINUTE), 1.1, n), rng.lognormal(np.log(5 * HOUR), 1.0, n))
    taken = waking(arrived + delay, rng)
    picked.append(taken)

    consult = kind == CaseKind.CONSULT
    works = rng.lognormal(np.log(np.where(consult, 3 * HOUR, 30 * HOUR)), 0.95, n)
    promises = ~consult & (rng.random(n) < 0.42)
    promised = waking(taken + rng.uniform(10 * MINUTE, 4 * HOUR, n), rng)
    days = rng.choice(_PROMISES, n, p=[0.1, 0.2, 0.27, 0.18, 0.14, 0.07, 0.04]) * DAY
    deadline = np.floor((promised + days) / DAY) * DAY + 18 * HOUR
    kept = rng.random(n) < 0.87
    late = np.where(kept, deadline - rng.beta(1.2, 2, n) * (deadline - promised) * 0.9, deadline + rng.exponential(1.2 * DAY, n))
    done = waking(np.where(promises, late, taken + works), rng)
    returns = rng.random(n) < 0.062
    returned = np.where(returns, waking(taken + rng.lognormal(np.log(2 * HOUR), 0.9, n), rng), np.nan)

    new = age < 36 * HOUR
    lately = (age >= 4 * DAY) & (age < 45 * DAY)
    some = max(0.05, min(0.4, 10 / max(1, int(lately.sum()))))  # also a small county has some that are overdue
    stuck = rng.random(n) < np.where(new, 0.6, np.where(age < 4 * DAY, 0.25, np.where(lately, some, 0.002)))
    stuck |= just_now
    unseen = stuck & (just_now | (rng.random(n) < np.where(new, 0.8, 0.25)))
    picked[-1] = np.where(unseen, np.nan, taken)
    gone = returns | stuck
    rated = np.where(rng.random(n) < 0.58, waking(done + rng.lognormal(np.log(6 * HOUR), 1.1, n), rng), np.nan)
    urgent = rng.uniform(2.5 * DAY, 5 * DAY, n)
    urged = np.where((rng.random(n) < 0.3) & ~returns & (np.where(stuck, age, done - blown) > urgent + DAY), blown + urgent, np.nan)
    urged = np.where(urged > arrived, urged, np.nan)
    return Course(
        blown=blown,
        body=body,
        picked=picked,
        moved=moved,
        upwards=upwards,
        promised=np.where(promises & ~returns & ~unseen, promised, np.nan),
        deadline=np.where(promises & ~returns & ~unseen, deadline, np.nan),
        urged=urged,
        returned=np.where(stuck, np.nan, returned),
        done=np.where(gone, none, done),
        rated=np.where(gone, none, rated),
    )


def _next_body(holder: Ints, steps: Ints, bodies: Bodies, turn: int, rng: np.random.Generator) -> tuple[Ints, NDArray[np.bool_]]:
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
    day, hour = np.floor(time / DAY), (time % DAY) / HOUR
    morning = np.where(hour >= 22, day + 1, day) * DAY + rng.uniform(6.6, 8.6, len(time)) * HOUR
    return np.where((hour >= 22) | (hour < 6.5), morning, time)


def settle_period(course: Course, received: Ints, reasonable: int, completed: int, end: float, rng: np.random.Generator) -> None:
    """Make the figures of a period exact: of the cases `received` in it so many are reasonable, and so many of those done before its `end`.

    The order of steps stays: a case that was too slow goes through them faster, one that was too fast is done after the end.
    """
    returned = rng.choice(received, len(received) - reasonable, replace=False)
    good = np.setdiff1d(received, returned)
    late = good[np.argsort(course.blown[good], kind="stable")][completed:]
    early = np.setdiff1d(good, late)
    taken, blown = course.picked[-1], course.blown
    taken[received] = np.where(np.isnan(taken[received]), _last_arrival(course)[received] + 20 * MINUTE, taken[received])
    course.returned[good] = np.nan
    for steps in (course.promised, course.deadline, course.urged, course.done, course.rated):
        steps[returned] = np.nan
    course.returned[returned] = taken[returned] + 2 * HOUR
    began = np.fmax(taken, course.promised)
    course.done[good] = np.where(np.isnan(course.done[good]), began[good] + 9 * HOUR, course.done[good])
    course.urged[received] = np.nan
    course.done[late] = np.maximum(course.done[late], end + rng.uniform(1.5 * HOUR, 60 * HOUR, len(late)))
    course.rated[late] = np.where(np.isnan(course.rated[late]), np.nan, course.done[late] + 3 * HOUR)
    span, limit = course.done[early] - blown[early], end - 20 * MINUTE - blown[early]
    squeeze = np.minimum(1.0, limit / span)
    for steps in course.times():
        steps[early] = blown[early] + (steps[early] - blown[early]) * squeeze


def _last_arrival(course: Course) -> Seconds:
    return np.fmax(course.blown, np.fmax(course.moved[0], course.moved[1]))


def events(course: Course, ids: Ints, whistler: Texts, result: Texts, bodies: Bodies, *, now: float, rng: np.random.Generator) -> Columns:
    """Return the rows of all events up to `now`, case by case, oldest first. `whistler` and `result` are texts, one a case."""
    blank = np.full(len(ids), "", object)
    zero = np.zeros(len(ids), np.int64)
    last = course.body[-1]
    listed: list[tuple[EventKind, Seconds, Texts, Ints, Ints, tuple[str, ...]]] = [
        (EventKind.BLOWN, course.blown, whistler, zero, course.body[0], ()),
    ]
    for turn in range(3):
        holder = course.body[turn]
        listed.append((EventKind.PICKED_UP, course.picked[turn], bodies.receiver[holder], holder, zero, texts.PICK_UPS))
        if turn < 2:
            target, up = course.body[turn + 1], course.upwards[turn]
            over = np.where(up, np.nan, course.moved[turn])
            listed.append((EventKind.HANDED_OVER, over, bodies.receiver[holder], holder, target, texts.HAND_OVERS))
            upward = np.where(up, course.moved[turn], np.nan)
            listed.append((EventKind.PASSED_UP, upward, bodies.receiver[holder], holder, target, texts.PASS_UPS))
    centre = np.full(len(ids), bodies.centre)
    listed += [
        (EventKind.PROMISED, course.promised, bodies.receiver[last], last, zero, texts.PROMISES),
        (EventKind.URGED, course.urged, bodies.leader[centre], centre, zero, texts.URGES),
        (EventKind.RETURNED, course.returned, bodies.leader[last], last, zero, texts.RETURNS),
        (EventKind.DONE, course.done, bodies.receiver[last], last, zero, ()),
        (EventKind.RATED, course.rated, whistler, zero, zero, ()),
    ]
    stars = _stars(course, rng)
    columns: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _EVENT_COLUMNS}
    for kind, time, actor, body, target, notes in listed:
        happens = np.flatnonzero(time <= now)
        note = blank[happens]
        if notes:
            numbers = rng.integers(2, 8, len(happens)).tolist()
            note = np.array([notes[i].format(n=n) for i, n in zip(rng.integers(0, len(notes), len(happens)), numbers, strict=True)], object)
        if kind == EventKind.DONE:
            note = result[happens]
        elif kind == EventKind.RATED:
            comments = [texts.COMMENTS[outcome] for outcome in stars[happens, 2].tolist()]
            note = np.array([choice[i % len(choice)] for choice, i in zip(comments, happens.tolist(), strict=True)], object)
        values: dict[str, NDArray[np.generic]] = {
            "case_id": ids[happens],
            "kind": np.full(len(happens), kind.value, object),
            "time": time[happens],
            "actor": actor[happens],
            "body": body[happens],
            "target": target[happens],
            "note": note.astype(object),
            "deadline": course.deadline[happens] if kind == EventKind.PROMISED else np.full(len(happens), np.nan),
            "attitude": stars[happens, 0] * (kind == EventKind.RATED),
            "speed": stars[happens, 1] * (kind == EventKind.RATED),
            "outcome": stars[happens, 2] * (kind == EventKind.RATED),
        }
        for name, value in values.items():
            columns[name].append(value)
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    order = np.lexsort((joined["time"].astype(np.float64), joined["case_id"]))
    rows: dict[str, NDArray[np.generic]] = {name: column[order] for name, column in joined.items()}
    rows["time"], rows["deadline"] = utc(rows["time"].astype(np.float64)), utc(rows["deadline"].astype(np.float64))
    return {"id": np.arange(1, len(order) + 1), **rows}


_EVENT_COLUMNS = ("case_id", "kind", "time", "actor", "body", "target", "note", "deadline", "attitude", "speed", "outcome")


def _stars(course: Course, rng: np.random.Generator) -> Ints:
    """Return attitude, speed and result (n, 3): kinder where it went faster."""
    slow = np.clip((course.done - course.blown) / (6 * DAY), 0, 1.5)
    slow = np.where(np.isnan(slow), 0, slow)[:, None]
    return np.clip(np.round(4.75 - slow * (0.5, 1.6, 0.8) - rng.gamma(0.6, 0.7, (len(slow), 3))), 1, 5).astype(np.int64)


def utc(local: Seconds) -> NDArray[np.datetime64]:
    """Return instants of the county's clock as datetime64[s] in UTC, NaT for NaN."""
    known = np.isfinite(local)
    whole = np.where(known, np.round(local) - OFFSET, 0).astype(np.int64).astype("datetime64[s]")
    return np.where(known, whole, np.datetime64("NaT", "s"))
