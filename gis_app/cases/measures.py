"""All figures of whistles, by any key: rates, ratings, both clocks, and what hand-overs say; each with its definition beside it.

Whistles count where they were blown in the period, as in `statistics`; what bodies did counts by the stays (`chains.Stays`) that began in
the period: a whistle that was handed over counts at each body that it reached.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, EventKind, State
from gis_app.cases.chains import Trails, repeats
from gis_app.cases.display import is_open
from gis_app.cases.shares import Average, Share, Spread, spreads
from gis_app.cases.statistics import Figures, Instant, completed, reasonable, received
from gis_app.cases.times import utc64
from gis_app.language import Message, format_number, msg

CONTENT = 4.0
"""So many stars on average, or more, are the word of somebody who is satisfied."""

REPEAT_DAYS = 30
"""Within so many days, whistles of one category in one cell are a repeat."""

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Value = TypeVar("Value", np.int64, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What the figures are worked out of: the cases, what their events tell, when each falls due, and the rules of the county.

    `due`: of every case (`display.due_times`); `now`: when the figures are asked for; `minutes`: how soon a body reacts by the rule (then
    the robot calls); `upper`: the bodies beyond the ladder's first steps (departments and the centre); `repeat_days`: see `REPEAT_DAYS`.
    """

    cases: Cases
    trails: Trails
    due: NDArray[np.datetime64]
    now: datetime
    minutes: float
    upper: frozenset[int] = frozenset()
    repeat_days: int = REPEAT_DAYS


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures of one part of the whistles, by the `key` that they share; `FIGURES` defines each."""

    key: int
    figures: Figures
    arrivals: int
    response: Share
    resolution: Share
    satisfaction: Share
    attitude: Average
    speed: Average
    outcome: Average
    pick_up: Spread
    body_clock: Spread
    case_clock: Spread
    handed_over: int
    passed_up: int
    returned: int
    appealed: int
    reopened: int
    suspended: int
    ping_pong: int
    skipped: int
    overdue: int
    repeats: int


class Form(StrEnum):
    """What a figure is: how it is written, and how it is summed up."""

    COUNT = "count"
    SHARE = "share"
    STARS = "stars"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Defined:
    """A figure: its key in reports, name, definition, form, and how it is read out of `Measures` (None: there is none)."""

    key: str
    name: Message
    definition: Message
    form: Form
    of: Callable[[Measures], int | float | Share | Average | None]

    def value(self, measures: Measures) -> float | None:
        """Return the bare number."""
        found = self.of(measures)
        return found.value if isinstance(found, Share | Average) else found


def measured(
    basis: Basis,
    keys: Ids | None = None,
    stay_keys: Ids | None = None,
    *,
    start: Instant | None = None,
    end: Instant | None = None,
    where: Mask | None = None,
) -> list[Measures]:
    """Return the figures of the period [start, end) for every value of `keys` (one a case), ascending; one row with key 0 for None.

    `stay_keys`: one a stay, where they are not those of its case (by body: the body of the stay). `where` marks the cases that count.
    """
    cases, stays, ratings = basis.cases, basis.trails.stays, basis.trails.ratings
    of_case = np.zeros(len(cases), np.int64) if keys is None else keys
    counted = received(cases, start, end)
    of_stay_case, known = _rows(cases.id, stays.case)
    of_stay = _take(of_case, of_stay_case) if stay_keys is None else stay_keys
    began = known & (stays.body > 0)
    if start is not None:
        began = began & (stays.arrived >= utc64(start))
    if end is not None:
        began = began & (stays.arrived < utc64(end))
    if where is not None:
        counted, began = counted & where, began & _take(where, of_stay_case)
    parts = np.unique(np.concatenate([of_case[counted], of_stay[began]])) if keys is not None else np.zeros(1, np.int64)
    by_case = _by_case(basis, parts, of_case, counted, end)
    by_stay = _by_stay(basis, parts, of_stay, began, end)
    by_rating = _by_rating(ratings.case, basis, parts, of_case, counted, end)
    return [
        Measures(key=key, **a, **b, **c)  # type: ignore[arg-type]
        for key, a, b, c in zip(parts.tolist(), by_case, by_stay, by_rating, strict=True)
    ]


def _rows(ids: Ids, wanted: Ids) -> tuple[Ids, Mask]:
    """Return where ids stand among the ascending `ids`, and which of them do."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return at, ids[at] == wanted


def _take(values: NDArray[Value], rows: Ids) -> NDArray[Value]:
    return values[rows] if len(values) else np.zeros(len(rows), values.dtype)


def _records(columns: Mapping[str, list[object]]) -> list[dict[str, object]]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _by_case(basis: Basis, parts: Ids, keys: Ids, counted: Mask, end: Instant | None) -> list[dict[str, object]]:
    """Return what counts by the whistles blown in the period."""
    cases = basis.cases
    good = counted & reasonable(cases)
    finished = good & completed(cases, end)
    until = min(utc64(basis.now), utc64(end)) if end is not None else utc64(basis.now)
    late = good & (basis.due < until) & (is_open(cases) | (cases.done > basis.due))
    again = counted & repeats(cases.cell, cases.category, cases.blown, basis.repeat_days, cases.state != State.DUPLICATE)
    counts = [_tally(parts, keys, mask) for mask in (counted, good, finished)]
    part = np.searchsorted(parts, keys[finished])
    return _records(
        {
            "figures": [Figures(a, b, c, c / b if b else None) for a, b, c in zip(*counts, strict=True)],
            "overdue": list(_tally(parts, keys, late)),
            "repeats": list(_tally(parts, keys, again)),
            "case_clock": list(spreads(part, len(parts), (cases.done - cases.blown)[finished])),
        }
    )


def _by_stay(basis: Basis, parts: Ids, keys: Ids, began: Mask, end: Instant | None) -> list[dict[str, object]]:
    """Return what counts by the stays that began in the period."""
    stays = basis.trails.stays
    limit = np.timedelta64(round(basis.minutes * 60), "s")
    reacted = np.where(np.isnat(stays.picked_up), stays.left, stays.picked_up) - stays.arrived
    answered = began & (reacted <= limit)  # NaT compares false
    asked = answered | (began & (stays.arrived + limit < utc64(basis.now)))
    gone = began & (stays.left < utc64(end)) if end is not None else began & ~np.isnat(stays.left)
    part = np.searchsorted(parts, keys[began])

    def ended(kind: EventKind) -> list[object]:
        return list(_tally(parts, keys, gone & stays.ending(kind)))

    def begun(mask: Mask) -> list[object]:
        return list(_tally(parts, keys, began & mask))

    upper = np.isin(stays.body, np.array(sorted(basis.upper), np.int64))
    shares = zip(_tally(parts, keys, answered), _tally(parts, keys, asked), strict=True)
    return _records(
        {
            "arrivals": begun(began),
            "response": [Share(*pair) for pair in shares],
            "pick_up": list(spreads(part, len(parts), (stays.picked_up - stays.arrived)[began])),
            "body_clock": list(spreads(np.searchsorted(parts, keys[gone]), len(parts), (stays.left - stays.arrived)[gone])),
            "handed_over": ended(EventKind.HANDED_OVER),
            "passed_up": ended(EventKind.PASSED_UP),
            "returned": ended(EventKind.RETURNED),
            "appealed": begun(stays.beginning(EventKind.APPEALED)),
            "reopened": begun(stays.beginning(EventKind.REOPENED)),
            "suspended": begun(stays.suspended),
            "ping_pong": begun(stays.back),
            "skipped": begun(stays.beginning(EventKind.BLOWN) & upper),
        }
    )


def _by_rating(of: Ids, basis: Basis, parts: Ids, keys: Ids, counted: Mask, end: Instant | None) -> list[dict[str, object]]:
    """Return what the ratings (of the cases `of`) say, before the end of the period, of the whistles blown in it."""
    ratings = basis.trails.ratings
    rows, known = _rows(basis.cases.id, of)
    given = known & _take(counted, rows)
    if end is not None:
        given = given & (ratings.time < utc64(end))
    mine = _take(keys, rows)
    stars = np.stack([ratings.attitude, ratings.speed, ratings.outcome])
    given = given & (stars > 0).all(axis=0)
    rated = _tally(parts, mine, given)
    content = _tally(parts, mine, given & (stars.mean(axis=0) >= CONTENT))
    solved = _tally(parts, mine, given & (ratings.outcome >= CONTENT))
    part = np.searchsorted(parts, mine[given])
    totals = [np.bincount(part, row[given], len(parts)).astype(np.int64).tolist() for row in stars]
    return _records(
        {
            "resolution": [Share(*pair) for pair in zip(solved, rated, strict=True)],
            "satisfaction": [Share(*pair) for pair in zip(content, rated, strict=True)],
            **{
                name: [Average(*pair) for pair in zip(total, rated, strict=True)]
                for name, total in zip(("attitude", "speed", "outcome"), totals, strict=True)
            },
        }
    )


def _tally(parts: Ids, keys: Ids, mask: NDArray[np.generic]) -> list[int]:
    """Return how many entries that `mask` marks have each of the ascending `parts` as their key."""
    counts: list[int] = np.bincount(np.searchsorted(parts, keys[mask]), minlength=len(parts)).tolist()
    return counts


def figures_defined(minutes: float, repeat_days: int = REPEAT_DAYS) -> tuple[Defined, ...]:
    """Return every figure with its name and definition, in the order of reports; `minutes` and `repeat_days` as in `Basis`."""
    days, rule = format_number(repeat_days), format_number(minutes)
    return (
        Defined("received", msg("Received"), msg("Whistles blown in the period."), Form.COUNT, lambda m: m.figures.received),
        Defined(
            "reasonable",
            msg("Reasonable"),
            msg("Received, without those returned as not reasonable and those that repeat another."),
            Form.COUNT,
            lambda m: m.figures.reasonable,
        ),
        Defined(
            "completed",
            msg("Completed"),
            msg("Reasonable, and done before the end of the period."),
            Form.COUNT,
            lambda m: m.figures.completed,
        ),
        Defined(
            "completion_rate",
            msg("Completion rate"),
            msg("Completed / reasonable."),
            Form.SHARE,
            lambda m: Share(m.figures.completed, m.figures.reasonable),
        ),
        Defined(
            "arrivals",
            msg("Arrivals"),
            msg("Times that a whistle reached a body in the period; one that was handed over counts at each body."),
            Form.COUNT,
            lambda m: m.arrivals,
        ),
        Defined(
            "response_rate",
            msg("Response rate"),
            msg("Of the arrivals: picked up or handed on within {minutes} minutes, before the robot calls.", minutes=rule),
            Form.SHARE,
            lambda m: m.response,
        ),
        Defined(
            "resolution_rate",
            msg("Resolution rate"),
            msg("Of the rated whistles: the result was given four or five stars."),
            Form.SHARE,
            lambda m: m.resolution,
        ),
        Defined(
            "satisfaction_rate",
            msg("Satisfaction rate"),
            msg("Of the rated whistles: four stars or more on the average of attitude, speed and result."),
            Form.SHARE,
            lambda m: m.satisfaction,
        ),
        Defined(
            "attitude",
            msg("Stars for attitude"),
            msg("Mean of the last ratings of the whistles, one to five."),
            Form.STARS,
            lambda m: m.attitude,
        ),
        Defined(
            "speed", msg("Stars for speed"), msg("Mean of the last ratings of the whistles, one to five."), Form.STARS, lambda m: m.speed
        ),
        Defined(
            "outcome",
            msg("Stars for the result"),
            msg("Mean of the last ratings of the whistles, one to five."),
            Form.STARS,
            lambda m: m.outcome,
        ),
        *_clocks(),
        *_steps(),
        Defined(
            "overdue",
            msg("Overdue"),
            msg("Reasonable whistles whose deadline, promised or by the time limits, passed before they were done."),
            Form.COUNT,
            lambda m: m.overdue,
        ),
        Defined(
            "repeats",
            msg("Repeats"),
            msg("Whistles blown within {days} days after another of the same category in the same cell.", days=days),
            Form.COUNT,
            lambda m: m.repeats,
        ),
    )


def _clocks() -> tuple[Defined, ...]:
    pick_up = msg("From the arrival at a body to its pick-up: half of the times were shorter.")
    body = msg("From the arrival at a body until it finished the whistle or handed it on: half of the times were shorter.")
    whole = msg("From the whistle to its completion, of those completed: half of the times were shorter.")
    most = {
        "pick_up": msg("From the arrival at a body to its pick-up: nine in ten were shorter."),
        "body": msg("From the arrival at a body until it finished the whistle or handed it on: nine in ten were shorter."),
        "done": msg("From the whistle to its completion, of those completed: nine in ten were shorter."),
    }
    return (
        Defined("pick_up_median", msg("Pick-up, median"), pick_up, Form.SECONDS, lambda m: m.pick_up.median),
        Defined("pick_up_p90", msg("Pick-up, 90 %"), most["pick_up"], Form.SECONDS, lambda m: m.pick_up.p90),
        Defined("body_median", msg("Clock of the body, median"), body, Form.SECONDS, lambda m: m.body_clock.median),
        Defined("body_p90", msg("Clock of the body, 90 %"), most["body"], Form.SECONDS, lambda m: m.body_clock.p90),
        Defined("done_median", msg("Completion, median"), whole, Form.SECONDS, lambda m: m.case_clock.median),
        Defined("done_p90", msg("Completion, 90 %"), most["done"], Form.SECONDS, lambda m: m.case_clock.p90),
    )


def _steps() -> tuple[Defined, ...]:
    return (
        Defined(
            "handed_over",
            msg("Handed over"),
            msg("Arrivals that ended with a hand-over to another body."),
            Form.COUNT,
            lambda m: m.handed_over,
        ),
        Defined(
            "passed_up", msg("Passed up"), msg("Arrivals that ended by being passed up the ladder."), Form.COUNT, lambda m: m.passed_up
        ),
        Defined("returned", msg("Returns"), msg("Arrivals that ended with a return as not reasonable."), Form.COUNT, lambda m: m.returned),
        Defined("appealed", msg("Appeals"), msg("Arrivals by an appeal against a return."), Form.COUNT, lambda m: m.appealed),
        Defined(
            "reopened", msg("Reopenings"), msg("Arrivals because a finished whistle was taken up again."), Form.COUNT, lambda m: m.reopened
        ),
        Defined("suspended", msg("Suspensions"), msg("Arrivals that were suspended at the body."), Form.COUNT, lambda m: m.suspended),
        Defined(
            "ping_pong",
            msg("Came back"),
            msg("Arrivals by which a body got a whistle back that it had had before (ping-pong)."),
            Form.COUNT,
            lambda m: m.ping_pong,
        ),
        Defined(
            "skipped",
            msg("Ladder skipped"),
            msg("Whistles that reached a department or the county centre first, not a village, community or township."),
            Form.COUNT,
            lambda m: m.skipped,
        ),
    )
