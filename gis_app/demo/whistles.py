"""The whistles of a demo county: where, when, about what and by whom, and the cases and events that become of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.limits import DEFAULT_HOURS, Limit, hours_for
from gis_app.cases.routing import Router, Routes
from gis_app.county.changes import Columns
from gis_app.demo import handling, loop, names, recording, rounds, texts
from gis_app.demo.bodies import OTHER_URGENCIES, TOPICS, URGENCIES
from gis_app.demo.loop import DAY, HOUR, MINUTE, Bodies, Course, Mask, Seconds
from gis_app.demo.people import People
from gis_app.demo.stories import Story, stories
from gis_app.demo.tessellation import Ints, Points
from gis_app.demo.units import Land

Texts = NDArray[np.object_]


def local(text: str) -> float:
    """Return an instant of the county's clock, written as 2020-04-01T00:00, in seconds."""
    return float((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())


START, END = local("2020-04-01T00:00"), local("2022-04-01T08:45")
NOW = local("2022-04-01T09:00")
"""Nine in the morning of 1 April 2022: `gis_app.demo.FIXED_NOW` on the county's clock."""
PERIOD_END = local("2020-04-29T00:00")
RECEIVED, REASONABLE, COMPLETED = 183, 155, 131
"""The published figures to 28 April 2020."""

_JUST_NOW = (75, 150, 240, 335, 385, 420, 470, 555, 735, 850)
"""So many seconds before `NOW` whistles were blown that nobody has seen yet: the robot call is still to come for most of them."""
_RECENT = 90 * DAY
_SPOT_TOPICS = (("A04", "C01", "A01"), ("A06", "E04", "B01"), ("C02", "C03", "C01"))
_FROM_OUTSIDE = 1 / 6_000
_OUTDOORS = ("A01", "A03", "A06", "B01", "E04")
"""Categories whose work has to wait in the frost."""
_ONE_IN = 400
"""One whistle of so many repeats another."""
_HOURS = ((9.5, 1.0, 2.2), (15.0, 0.8, 2.6), (19.5, 0.25, 1.5))  # when whistles are blown: hour, height and width of a peak


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """Whistles before they become cases, in the order of their times (county's clock)."""

    blown: Seconds
    cell: Ints  # row of the cell in the land
    topic: Ints  # row of the category
    kind: Ints
    story: Ints  # -1, or which of the stories
    urgency: Ints


def plant_hotspots(land: Land, rng: np.random.Generator) -> list[Ints]:
    """Choose three compact groups of cells (rows of the land), far apart: one in town, one around a large village, one in the country."""
    size = 8 if len(land.cells) > 500 else 4
    tree = cKDTree(land.seeds)
    villages, counts = np.unique(land.village, return_counts=True)
    big = np.isin(land.village, villages[np.argsort(-counts)[: max(2, len(villages) // 8)]])
    pools = [np.flatnonzero(land.urban), np.flatnonzero(big & ~land.urban), np.flatnonzero(~land.urban)]
    spots: list[Ints] = []
    reach = np.sqrt(float(shapely.area(land.polygons).sum())) / 5
    for pool in pools:
        for at in rng.permutation(pool).tolist():
            group = np.sort(tree.query(land.seeds[at], size)[1]).astype(np.int64)
            alike = len(np.unique(land.urban[group])) == 1
            apart = all(np.hypot(*(land.seeds[at] - land.seeds[s].mean(axis=0))) > reach for s in spots)
            whole = shapely.get_num_geometries(shapely.coverage_union_all(land.polygons[group])) == 1
            if alike and apart and whole:
                spots.append(group)
                break
    return spots


def make_whistles(
    land: Land,
    people: People,
    router: Router,
    bodies: Columns,
    limits: Iterable[Limit],
    spots: list[Ints],
    *,
    count: int,
    days: float | None = None,
    rng: np.random.Generator,
) -> tuple[Columns, Columns]:
    """Return the rows of cases and events: `count` whistles over two years, the three stories among them.

    `days`: all but those of the published period and the stories were blown within so many days before `NOW`.
    """
    told = stories(land, people, bodies)
    draft = _draft(land, people, spots, told, count=count, since=max(PERIOD_END, NOW - (days or np.inf) * DAY), rng=rng)
    n = len(draft.blown)
    ids = np.arange(1, n + 1)
    xy, household, unit, address = _places(land, people, draft, told, rng)
    repeats, waits = _repeat(draft, xy, household, unit, address, rng)
    whistler, worker, actor = _whistlers(land, people, draft, household, rng)
    contact, phone = _contacts(people, draft, whistler, household, rng)
    accuracy = np.where(np.isnan(xy[:, 0]), np.nan, np.round(rng.lognormal(np.log(9), 0.7, n) + 2, 1))
    category = draft.topic + 1
    routes = router.route_many(
        xy[:, 0],
        xy[:, 1],
        accuracy=accuracy,
        household=household,
        unit=unit,
        category=category,
        kind=draft.kind,
        urgency=draft.urgency,
        day=np.floor(draft.blown / DAY).astype(np.int64).astype("datetime64[D]"),
    )
    known = loop.bodies_of(bodies)
    course = _course(draft, routes, known, _limits(draft, limits), repeats, waits, rng)
    text, result = _texts(draft, whistler, address, rng)
    numbers = _numbers(draft.blown)
    corrections = _corrections(draft, address, phone, rng)
    events = recording.events(course, ids, actor, result, corrections, known, now=NOW, rng=rng)
    cases: dict[str, NDArray[Any]] = {
        "id": ids,
        "geom": xy,
        "number": numbers,
        "text": text,
        "address": address,
        "result": result,
        "whistler": whistler,
        "accuracy": accuracy,
        "border": np.round(routes.border_distance, 1),
        "kind": draft.kind,
        "category": category,
        "cell": routes.cell,
        "household": household,
        "worker": worker,
        "unit": unit,
        "urgency": draft.urgency,
        "contact": contact,
        "phone": phone,
    }
    events = _tell(told, draft, cases, events)
    folded = fold_columns(events)
    for name in ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged", "duplicate"):
        cases[name] = getattr(folded, name)
    cases["result"] = np.where(np.isnat(folded.done), "", cases["result"]).astype(object)
    cases["source"] = np.full(n, "", object)
    cases["original"] = np.full(n, None, object)
    return cases, events


def _course(draft: _Draft, routes: Routes, bodies: Bodies, limit: Seconds, repeats: Ints, waits: Mask, rng: np.random.Generator) -> Course:
    """Let all whistles go through the loop."""
    course = loop.run(draft.blown, routes.body, routes.steps, draft.kind, limit, bodies, waits=waits, now=NOW, rng=rng)
    course.repeats = repeats
    of_period = draft.blown < PERIOD_END
    loop.settle_period(course, np.flatnonzero(of_period), REASONABLE, COMPLETED, PERIOD_END, rng)
    free = (draft.story < 0) & ~of_period & (draft.blown < NOW - 15 * MINUTE) & ~waits
    outdoors = np.isin(np.array([topic.code for topic in TOPICS])[draft.topic], _OUTDOORS)
    rounds.special(course, free, outdoors, bodies, now=NOW, rng=rng)
    handling.handle(course, rng)
    handling.finish(course, rng)
    return course


def _limits(draft: _Draft, limits: Iterable[Limit]) -> Seconds:
    """Return how long each case may take."""
    known = tuple(limits)
    hours = [
        [hours_for(known, topic, urgency, DEFAULT_HOURS[urgency]) for urgency in Urgency if urgency] for topic in range(1, len(TOPICS) + 1)
    ]
    found: Seconds = np.array(hours, np.float64)[draft.topic, draft.urgency - 1] * HOUR
    return found


def _repeat(draft: _Draft, xy: Points, household: Ints, unit: Ints, address: Texts, rng: np.random.Generator) -> tuple[Ints, Mask]:
    """Turn some whistles into repetitions of others: the same category beside the same place some days later (changed in place).

    Returns which row each repeats (-1: none), and marks those that have to be open still: whistles of the last quarter of an hour seem to
    repeat them, and nobody has merged these yet.
    """
    blown, n = draft.blown, len(draft.blown)
    repeats, waits = np.full(n, -1), np.zeros(n, np.bool_)
    usual = (draft.story < 0) & (blown >= PERIOD_END) & np.isfinite(xy[:, 0])
    free = usual & (blown < NOW - DAY)
    new = np.flatnonzero(blown >= NOW - 15 * MINUTE)
    yesterday = np.flatnonzero(usual & (blown < NOW - 2 * HOUR) & (blown > NOW - 3 * DAY))
    pairs = list(zip(rng.choice(yesterday, 2, replace=False).tolist(), rng.choice(new, 2, replace=False).tolist(), strict=True))
    for first, _ in pairs:
        waits[first], free[first] = True, False
    for first in rng.permutation(np.flatnonzero(free))[: 2 * max(3, n // _ONE_IN)].tolist():
        later = np.flatnonzero(free[first + 1 : np.searchsorted(blown, blown[first] + 10 * DAY)]) + first + 1
        if free[first] and len(later) and (repeats >= 0).sum() < max(3, n // _ONE_IN):
            second = int(rng.choice(later))
            repeats[second], free[first], free[second] = first, False, False
            pairs.append((first, second))
    firsts, seconds = (np.array(rows, np.int64) for rows in zip(*pairs, strict=True))
    angle, away = rng.uniform(0, 2 * np.pi, len(firsts)), rng.uniform(3, 120, len(firsts))
    xy[seconds] = np.round(xy[firsts] + np.column_stack((np.cos(angle), np.sin(angle))) * away[:, None], 3)
    for column in (draft.cell, draft.topic, draft.kind, address):
        column[seconds] = column[firsts]
    household[seconds] = unit[seconds] = 0
    draft.urgency[seconds] = draft.urgency[firsts]
    return repeats, waits


def _corrections(draft: _Draft, address: Texts, phone: Texts, rng: np.random.Generator) -> recording.Correction:
    """Choose whistles in which something was recorded wrongly, and what stood there before."""
    n = len(draft.blown)
    rows = np.flatnonzero((rng.random(n) < 0.01) & (draft.story < 0))
    time = draft.blown[rows] + rng.uniform(4, 90, len(rows)) * MINUTE
    field = rng.choice(np.array(["address", "phone", "urgency"], object), len(rows), p=[0.5, 0.3, 0.2])
    field[(field == "phone") & (phone[rows] == "")] = "address"
    field[(field == "urgency") & (draft.urgency[rows] != Urgency.URGENT)] = "address"
    now_is, before = np.full(len(rows), None, object), np.full(len(rows), None, object)
    for at, (row, name) in enumerate(zip(rows.tolist(), field.tolist(), strict=True)):
        if name == "urgency":
            before[at], now_is[at] = int(Urgency.NORMAL), int(Urgency.URGENT)
        elif name == "phone":
            before[at], now_is[at] = (
                phone[row][:-2] + phone[row][-1] + phone[row][-2] if phone[row][-1] != phone[row][-2] else phone[row][:-1],
                phone[row],
            )
        else:
            before[at], now_is[at] = address[row][:-2], address[row]
    return recording.Correction(rows, time, field, before, now_is)


def _draft(
    land: Land, people: People, spots: list[Ints], told: tuple[Story, ...], *, count: int, since: float, rng: np.random.Generator
) -> _Draft:
    usual = count - len(told)
    newest = min(16, usual // 50)  # there is always something that waits, also in a small county
    just_now = NOW - np.array(_JUST_NOW) + rng.integers(-20, 21, len(_JUST_NOW))
    most = _times(since, END, usual - RECEIVED - newest - len(just_now), rng)
    later = np.concatenate([most, _times(END - 28 * HOUR, END, newest, rng), just_now])
    times = np.concatenate([_times(START, PERIOD_END, RECEIVED, rng), np.sort(later)])
    weights = people.counts * rng.lognormal(0, 0.15, len(people.counts))
    cell = rng.choice(len(land.cells), usual, p=weights / weights.sum())
    per_household = usual / people.counts.sum()
    spot = np.full(usual, -1)
    is_recent = times > END - _RECENT
    recent, older = np.flatnonzero(is_recent), np.flatnonzero(~is_recent)
    older = older[older >= RECEIVED]
    for number, group in enumerate(spots):  # three times as many again, half of them in the last ninety days
        extra = int(people.counts[group].sum() * per_household * 3)
        free = recent[spot[recent] < 0]
        newer = rng.choice(free, min(extra // 2, len(free) // 3), replace=False)
        spot[newer] = number
        free = older[spot[older] < 0]
        spot[rng.choice(free, extra - len(newer), replace=False)] = number
        mine = np.flatnonzero(spot == number)
        shares = people.counts[group] / people.counts[group].sum()
        cell[mine] = rng.choice(group, len(mine), p=shares)
    topic = _topics(land.urban[cell], times, rng)
    codes = [t.code for t in TOPICS]
    for number in range(len(spots)):
        mine = np.flatnonzero((spot == number) & (rng.random(usual) < 0.8))
        topic[mine] = rng.choice([codes.index(code) for code in _SPOT_TOPICS[number % 3]], len(mine), p=[0.55, 0.25, 0.2])
    shares = np.cumsum([t.kinds for t in TOPICS], axis=1)
    kind = (rng.random(usual)[:, None] >= shares[topic][:, :3]).sum(axis=1) + 1
    urgency = _urgencies(topic, kind, rng)
    called = np.flatnonzero((times > NOW - 9 * MINUTE) & (kind == CaseKind.HELP))
    urgency[called[:1]] = Urgency.EMERGENCY  # one that nobody may overlook
    story = np.full(usual, -1)
    times = np.concatenate([times, [s.blown for s in told]])
    cell = np.concatenate([cell, [s.cell for s in told]])
    topic = np.concatenate([topic, [codes.index(s.topic) for s in told]])
    kind = np.concatenate([kind, [int(s.kind) for s in told]])
    story = np.concatenate([story, np.arange(len(told))])
    urgency = np.concatenate([urgency, [int(s.urgency) for s in told]])
    order = np.argsort(times, kind="stable")
    numbers = (column[order].astype(np.int64) for column in (cell, topic, kind, story, urgency))
    return _Draft(times[order], *numbers)


def _times(start: float, end: float, count: int, rng: np.random.Generator) -> Seconds:
    """Return `count` instants in [start, end), ascending: more by day than by night, fewer at week-ends, more once the program is known."""
    hours = np.arange(start, end, HOUR)
    of_day, day = (hours % DAY) / HOUR, np.floor(hours / DAY)
    weekday = (day + 3) % 7  # 1 January 1970 was a Thursday; 0 is Monday
    rate = 0.02 + sum(height * np.exp(-(((of_day - at) / width) ** 2)) for at, height, width in _HOURS)
    rate *= np.where(weekday >= 5, 0.6, 1.0) * np.minimum(1.0, 0.4 + (hours - START) / (150 * DAY))
    times: Seconds = np.interp(np.sort(rng.random(count)) * rate.sum(), np.concatenate([[0], np.cumsum(rate)]), np.append(hours, end))
    return np.floor(times)


def _topics(urban: NDArray[np.bool_], times: Seconds, rng: np.random.Generator) -> Ints:
    month = (times.astype("int64").astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12) + 1
    topic = np.zeros(len(times), np.int64)
    for town in (True, False):
        for m in range(1, 13):
            mine = np.flatnonzero((urban == town) & (month == m))
            weights = np.array([t.share * (t.urban if town else t.rural) * _season(t.peak, m) for t in TOPICS])
            topic[mine] = rng.choice(len(TOPICS), len(mine), p=weights / weights.sum())
    return topic


def _urgencies(topic: Ints, kind: Ints, rng: np.random.Generator) -> Ints:
    """Return how urgent whistles are, by category; a question is never an emergency."""
    shares = np.array([URGENCIES.get(t.code, OTHER_URGENCIES) for t in TOPICS])[topic]
    emergency, urgent, low = shares.T
    chance = rng.random(len(topic))
    consult = kind == CaseKind.CONSULT
    emergency = np.where(consult, 0.0, emergency)
    urgent, low = np.where(consult, urgent * 0.2, urgent), np.where(consult, low * 2, low)
    which = [chance < emergency, chance < emergency + urgent, chance < emergency + urgent + low]
    found: Ints = np.select(which, [Urgency.EMERGENCY, Urgency.URGENT, Urgency.LOW], Urgency.NORMAL).astype(np.int64)
    return found


def _season(peak: int, month: int) -> float:
    apart = min((peak - month) % 12, (month - peak) % 12)
    return 1.0 if not peak else 0.35 + 2.4 * float(np.exp(-((apart / 1.6) ** 2)))


def _places(
    land: Land, people: People, draft: _Draft, told: tuple[Story, ...], rng: np.random.Generator
) -> tuple[Points, Ints, Ints, Texts]:
    """Return point, household, named unit and address of every whistle: most near a house, some in the fields, some without a point."""
    n = len(draft.blown)
    first = np.cumsum(people.counts) - people.counts
    house = first[draft.cell] + (rng.random(n) * people.counts[draft.cell]).astype(np.int64)
    near = people.households["geom"][house].astype(np.float64)
    address = people.households["address"][house].astype(object)
    how = rng.random(n)
    how[draft.story >= 0] = 0.0
    xy = near + rng.normal(0, 9, (n, 2))
    afield = (how >= 0.86) & (how < 0.94)
    xy[afield] = near[afield] + rng.normal(0, 220, (int(afield.sum()), 2))
    names = {u.id: u.name for u in land.units}
    village = land.village[draft.cell]
    by_unit = how >= 0.97
    for rows, ending in ((np.flatnonzero(afield), ("附近", "村路边", "田间路")), (np.flatnonzero(by_unit), ("",))):
        for i in rows.tolist():
            name = names[int(village[i])]
            address[i] = name + ending[i % len(ending)].replace("村路", "路" if name.endswith("村") else "小路")
    outside = rng.choice(np.flatnonzero(draft.story < 0), max(1, int(n * _FROM_OUTSIDE)), replace=False)
    centre = land.seeds.mean(axis=0)
    low, high = land.seeds.min(axis=0), land.seeds.max(axis=0)
    xy[outside] = centre + (high - low) * rng.choice([-0.62, 0.62], (len(outside), 2))
    address[outside] = "县界外公路旁"
    pointless = (how >= 0.94) & ~np.isin(np.arange(n), outside)
    xy[pointless] = np.nan
    household = np.where((how < 0.55) | ((how >= 0.94) & (how < 0.97)), people.households["id"][house].astype(np.int64), 0)
    household[outside] = 0
    unit = np.where(by_unit & pointless, village, 0)
    for i in np.flatnonzero(draft.story >= 0).tolist():
        xy[i], household[i] = told[draft.story[i]].xy, told[draft.story[i]].household
    return np.round(xy, 3), household, unit, address


def _whistlers(land: Land, people: People, draft: _Draft, household: Ints, rng: np.random.Generator) -> tuple[Texts, Ints, Texts]:
    """Return who blew: the word for it, the worker's id (0 for others), and the name that the register has."""
    n = len(draft.blown)
    who = rng.choice(np.array(["worker", "resident", "helper"], object), n, p=[0.63, 0.33, 0.04])
    worker = np.array([people.worker_of.get(int(c), 0) for c in land.cells[draft.cell]], np.int64)
    who[(who == "worker") & (worker == 0)] = "resident"
    worker = np.where(who == "worker", worker, 0)
    heads = np.concatenate([["居民"], people.households["head"]]).astype(object)
    workers = np.concatenate([[""], people.workers["name"]]).astype(object)
    actor = np.where(who == "worker", workers[worker], np.where(who == "helper", "帮扶责任人", heads[household]))
    return who, worker, actor


def _contacts(people: People, draft: _Draft, whistler: Texts, household: Ints, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """Return name and phone of who called, where it was no worker: those of the household if it is known; some wrongdoing is reported by
    nobody."""
    n = len(draft.blown)
    heads = np.concatenate([[""], people.households["head"]]).astype(object)
    numbers = np.concatenate([[""], people.households["phone"]]).astype(object)
    known = household > 0
    contact = np.where(known, heads[household], names.people(n, rng)[0])
    phone = np.where(known, numbers[household], names.phones(n, rng))
    silent = (whistler == "worker") | ((draft.kind == CaseKind.REPORT) & (rng.random(n) < 0.4))
    return np.where(silent, "", contact).astype(object), np.where(silent, "", phone).astype(object)


def _texts(draft: _Draft, whistler: Texts, address: Texts, rng: np.random.Generator) -> tuple[Texts, Texts]:
    n = len(draft.blown)
    picks = rng.integers(0, 1 << 20, (n, 4)).tolist()
    numbers = rng.integers(2, 9, n).tolist()
    text, result = np.empty(n, object), np.empty(n, object)
    codes = [t.code for t in TOPICS]
    rows = zip(draft.topic.tolist(), draft.kind.tolist(), whistler.tolist(), address.tolist(), picks, numbers, strict=True)
    for i, (topic, kind, who, place, (a, b, c, d), number) in enumerate(rows):
        code = codes[topic]
        opening = texts.OPENINGS["visit" if who == "worker" and code[0] in "DF" else who]
        problem, closing, outcome = texts.PROBLEMS[code], texts.CLOSINGS[kind], texts.RESULTS[code]
        text[i] = opening[a % len(opening)].format(place=place) + problem[b % len(problem)].format(n=number) + closing[c % len(closing)]
        result[i] = outcome[d % len(outcome)].format(n=number)
    return text, result


def _numbers(blown: Seconds) -> Texts:
    """Return the number that people call a case by: the day, and which of that day it is."""
    day = np.floor(blown / DAY).astype(np.int64)
    first = np.searchsorted(day, day)
    names = {d: str(np.datetime64(d, "D")).replace("-", "") for d in np.unique(day).tolist()}
    return np.array([f"{names[d]}-{i:03d}" for d, i in zip(day.tolist(), (np.arange(len(day)) - first + 1).tolist(), strict=True)], object)


def _tell(told: tuple[Story, ...], draft: _Draft, cases: dict[str, NDArray[Any]], events: Columns) -> Columns:
    """Put the stories in the place of the cases that were drawn for them."""
    rows = {int(s): i for i, s in enumerate(draft.story.tolist()) if s >= 0}
    kept = ~np.isin(events["case_id"], [rows[s] + 1 for s in rows])
    parts: list[Columns] = [{name: column[kept] for name, column in events.items()}]
    for number, story in enumerate(told):
        row = rows[number]
        for name, value in story.columns.items():
            cases[name][row] = value
        parts.append(story.events(row + 1))
    joined = {name: np.concatenate([part[name] for part in parts]) for name in events if name != "id"}
    order = np.lexsort((joined["time"], joined["case_id"]))
    return {"id": np.arange(1, len(order) + 1), **{name: column[order] for name, column in joined.items()}}
