"""The rows of the events of a demo county: every step of a `Course` that has happened by now, with who did it and what was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import EventKind
from gis_app.county.changes import Columns
from gis_app.demo import texts
from gis_app.demo.handling import told
from gis_app.demo.loop import DAY, Bodies, Course, Seconds, Texts, utc, waking
from gis_app.demo.tessellation import Ints

_BY_SMS: Mapping[str, object] = {"message": "sms"}
_COLUMNS = ("case_id", "kind", "time", "actor", "body", "target", "note", "deadline", "attitude", "speed", "outcome", "data")


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """What was corrected in which cases (rows): when, which field, and what stood there before and stands there now."""

    rows: Ints
    time: Seconds
    field: Texts
    before: Texts
    after: Texts


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One kind of step, a value a case: when (NaN: not), who, which body, where it goes. `notes`: what may be written, or each one's."""

    kind: EventKind
    time: Seconds
    actor: Texts
    body: Ints
    target: Ints
    notes: tuple[str, ...] | Texts = ()
    deadline: Seconds | None = None
    stars: Ints | None = None
    data: Texts | Mapping[str, object] | None = field(default=None)


def events(
    course: Course,
    ids: Ints,
    whistler: Texts,
    result: Texts,
    corrections: Correction,
    bodies: Bodies,
    *,
    now: float,
    rng: np.random.Generator,
) -> Columns:
    """Return the rows of all events up to `now`, case by case, oldest first. `whistler` and `result` are texts, one a case."""
    steps = [
        *_ways(course, whistler, bodies, rng),
        *_work(course, ids, result, bodies, rng),
        *_second_round(course, whistler, result, bodies),
    ]
    steps += [*_ending(course, whistler, bodies, rng), *_remarks(course, corrections, bodies, now, rng)]
    parts: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _COLUMNS}
    for step in steps:
        happens = np.flatnonzero(step.time <= now)
        for name, values in _rows(step, happens, ids, rng).items():
            parts[name].append(values)
    joined = {name: np.concatenate(found) for name, found in parts.items()}
    order = np.lexsort((joined["time"].astype(np.float64), joined["case_id"]))
    rows: dict[str, NDArray[np.generic]] = {name: column[order] for name, column in joined.items()}
    rows["time"], rows["deadline"] = utc(rows["time"].astype(np.float64)), utc(rows["deadline"].astype(np.float64))
    return {"id": np.arange(1, len(order) + 1), **rows}


def _ways(course: Course, whistler: Texts, bodies: Bodies, rng: np.random.Generator) -> list[_Step]:
    """Return how cases came to their bodies, who were told and picked them up, and went on."""
    zero = np.zeros(len(course.blown), np.int64)
    nobody = np.full(len(zero), "", object)
    steps = [_Step(EventKind.BLOWN, course.blown, whistler, zero, course.body[0])]
    arrived, last = course.blown, course.body[-1]
    for turn in range(2):
        holder, left = course.body[turn], course.moved[turn]
        here = np.where(np.isfinite(left), arrived, np.nan)
        hears = told(here, np.fmin(course.picked[turn], left), rng)
        steps.append(_Step(EventKind.TOLD, hears, nobody, holder, zero, data=_BY_SMS))
        steps.append(_Step(EventKind.PICKED_UP, course.picked[turn], bodies.receiver[holder], holder, zero, texts.PICK_UPS))
        target, up = course.body[turn + 1], course.upwards[turn]
        over, upward = np.where(up, np.nan, left), np.where(up, left, np.nan)
        steps.append(_Step(EventKind.HANDED_OVER, over, bodies.receiver[holder], holder, target, texts.HAND_OVERS))
        steps.append(_Step(EventKind.PASSED_UP, upward, bodies.receiver[holder], holder, target, texts.PASS_UPS))
        arrived = np.fmax(arrived, left)
    hears = told(arrived, np.fmin(course.picked[-1], course.merged), rng)
    steps.append(_Step(EventKind.TOLD, hears, nobody, last, zero, data=_BY_SMS))
    steps.append(_Step(EventKind.PICKED_UP, course.picked[-1], bodies.receiver[last], last, zero, texts.PICK_UPS))
    hears = told(course.again, course.again_picked, rng)
    steps.append(_Step(EventKind.TOLD, hears, nobody, course.again_body, zero, data=_BY_SMS))
    return steps


def _work(course: Course, ids: Ints, result: Texts, bodies: Bodies, rng: np.random.Generator) -> list[_Step]:
    """Return what the last body in turn did."""
    zero, last = np.zeros(len(ids), np.int64), course.body[-1]
    receiver, leader = bodies.receiver[last], bodies.leader[last]
    centre = np.full(len(ids), bodies.centre)
    repeats = np.full(len(ids), None, object)
    resumption = np.array(texts.RESUMES, object)[rng.integers(0, len(texts.RESUMES), len(ids))]
    resumption[np.isin(course.waits.astype(str), texts.FROST)] = texts.THAW
    for row in np.flatnonzero(course.repeats >= 0).tolist():
        repeats[row] = {"of": int(ids[course.repeats[row]])}
    return [
        _Step(EventKind.SUBMITTED, course.submitted, receiver, last, zero, texts.SUBMITS),
        _Step(EventKind.REVIEWED, course.reviewed, leader, last, zero, texts.REVIEWS),
        _Step(EventKind.SUSPENDED, course.suspended, receiver, last, zero, course.waits, course.until),
        _Step(EventKind.RESUMED, course.resumed, receiver, last, zero, resumption),
        _Step(EventKind.PROMISED, course.promised, receiver, last, zero, texts.PROMISES, course.deadline),
        _Step(EventKind.STARTED, course.started, receiver, last, zero, texts.STARTS),
        _Step(EventKind.URGED, course.urged, bodies.leader[centre], centre, zero, texts.URGES),
        _Step(EventKind.DUPLICATE, course.merged, receiver, last, zero, texts.MERGES, data=repeats),
        _Step(EventKind.RETURNED, course.returned, leader, last, zero, texts.RETURNS),
        _Step(EventKind.DONE, course.done, receiver, last, zero, result),
    ]


def _second_round(course: Course, whistler: Texts, result: Texts, bodies: Bodies) -> list[_Step]:
    """Return the joint meetings, appeals and reopenings, and what came of them."""
    zero, body = np.zeros(len(course.blown), np.int64), course.again_body
    centre = np.full(len(zero), bodies.centre)
    supporting = np.full(len(zero), None, object)
    time = {kind: np.where(course.again_kind == kind.value, course.again, np.nan) for kind in _AGAIN}
    for row in np.flatnonzero(np.isfinite(time[EventKind.MEETING])).tolist():
        supporting[row] = {"supporting": _supporting(course, row, bodies)}
    return [
        _Step(EventKind.MEETING, time[EventKind.MEETING], bodies.leader[centre], centre, body, texts.MEETINGS, data=supporting),
        _Step(EventKind.APPEALED, time[EventKind.APPEALED], whistler, zero, body, texts.APPEALS),
        _Step(EventKind.REOPENED, time[EventKind.REOPENED], bodies.receiver[centre], centre, body, texts.REOPENS),
        _Step(EventKind.PICKED_UP, course.again_picked, bodies.receiver[body], body, zero, texts.PICK_UPS),
        _Step(EventKind.RETURNED, course.again_returned, bodies.leader[body], body, zero, texts.RETURNS),
        _Step(EventKind.DONE, course.again_done, bodies.receiver[body], body, zero, result),
    ]


_AGAIN = (EventKind.MEETING, EventKind.APPEALED, EventKind.REOPENED)


def _supporting(course: Course, row: int, bodies: Bodies) -> list[int]:
    """Return the bodies beside the lead of a joint meeting: whoever held the case, the one in charge, and their neighbours."""
    held = [int(body[row]) for body in course.body]
    known = [*reversed(held), int(course.department[row]), *(int(bodies.related[body]) for body in held), bodies.centre]
    return [body for body in dict.fromkeys(known) if body not in (0, int(course.again_body[row]))][:3]


def _ending(course: Course, whistler: Texts, bodies: Bodies, rng: np.random.Generator) -> list[_Step]:
    """Return the verification, the rating and the closing."""
    zero = np.zeros(len(course.blown), np.int64)
    centre = np.full(len(zero), bodies.centre)
    stars = _stars(course, rng)
    comments = [texts.COMMENTS[outcome] for outcome in stars[:, 2].tolist()]
    comment = np.array([choice[i % len(choice)] for i, choice in enumerate(comments)], object)
    return [
        _Step(EventKind.VERIFIED, course.verified, bodies.receiver[centre], centre, zero, texts.VERIFIES),
        _Step(EventKind.RATED, course.rated, whistler, zero, zero, comment, stars=stars),
        _Step(EventKind.CLOSED, course.closed, bodies.receiver[centre], centre, zero, texts.CLOSES),
    ]


def _remarks(course: Course, corrections: Correction, bodies: Bodies, now: float, rng: np.random.Generator) -> list[_Step]:
    """Return notes and corrections, which may come at any time."""
    n, last = len(course.blown), course.body[-1]
    zero = np.zeros(n, np.int64)
    taken = course.picked[-1]
    until = np.fmin(np.fmin(np.fmin(course.done, course.returned), np.fmin(course.again, course.merged)), now)
    by_day = np.fmin(waking(taken + (until - taken) * rng.uniform(0.1, 0.9, n), rng), until)
    noted = np.where((rng.random(n) < 0.04) & (taken < until), by_day, np.nan)
    corrected, note, data = np.full(n, np.nan), np.full(n, "", object), np.full(n, None, object)
    corrected[corrections.rows] = corrections.time
    told_of = (corrections.rows.tolist(), corrections.field.tolist(), corrections.before.tolist(), corrections.after.tolist())
    for row, name, before, now_is in zip(*told_of, strict=True):
        note[row], data[row] = texts.CORRECTIONS[name], {"changes": {name: [before, now_is]}}
    first = course.body[0]
    return [
        _Step(EventKind.NOTED, noted, bodies.receiver[last], last, zero, texts.NOTES),
        _Step(EventKind.CORRECTED, corrected, bodies.receiver[first], first, zero, note, data=data),
    ]


def _rows(step: _Step, happens: Ints, ids: Ints, rng: np.random.Generator) -> dict[str, NDArray[np.generic]]:
    """Return the columns of one kind of step, of the rows in which it happens."""
    count = len(happens)
    data = np.full(count, None, object)
    if isinstance(step.data, np.ndarray):
        data = step.data[happens]
    elif step.data is not None:
        data[:] = [step.data] * count
    stars = np.zeros((count, 3), np.int64) if step.stars is None else step.stars[happens]
    return {
        "case_id": ids[happens],
        "kind": np.full(count, step.kind.value, object),
        "time": step.time[happens],
        "actor": step.actor[happens],
        "body": step.body[happens],
        "target": step.target[happens],
        "note": _notes(step.notes, happens, rng),
        "deadline": np.full(count, np.nan) if step.deadline is None else step.deadline[happens],
        "attitude": stars[:, 0],
        "speed": stars[:, 1],
        "outcome": stars[:, 2],
        "data": data,
    }


def _notes(notes: tuple[str, ...] | Texts, happens: Ints, rng: np.random.Generator) -> Texts:
    """Return what was written: each one's own note, or one of several with a number in it."""
    if isinstance(notes, np.ndarray):
        return notes[happens]
    if not notes:
        return np.full(len(happens), "", object)
    filled = np.array([[note.format(n=n) for n in range(2, 8)] for note in notes], object)
    chosen: Texts = filled[rng.integers(0, len(notes), len(happens)), rng.integers(0, 6, len(happens))]
    return chosen


def _stars(course: Course, rng: np.random.Generator) -> Ints:
    """Return attitude, speed and result (n, 3): kinder where it went faster."""
    slow = np.clip((course.finished - course.blown) / (6 * DAY), 0, 1.5)
    slow = np.where(np.isnan(slow), 0, slow)[:, None]
    return np.clip(np.round(4.75 - slow * (0.5, 1.6, 0.8) - rng.gamma(0.6, 0.7, (len(slow), 3))), 1, 5).astype(np.int64)
