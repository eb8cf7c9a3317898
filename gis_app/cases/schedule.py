"""The scheduler: when which reminder of a case is due, and what calls it off. Data alone; telling anybody is the outbox's business.

Every stay of a case at a body gives duties. One fires where it is due before it is called off:

| kind | due | called off by |
|---|---|---|
| sms, sms again, robot call | so long after the case reached that body | the first step there, or going on from there |
| review | so long after the pick-up there | the review, or whatever ends the waiting for it |
| due soon | so long before the case falls due, not before half of its time is over | falling due, another date, the end of the stay |
| overdue | when the case falls due | another date, the end of the stay |

A case falls due at the promised deadline, else so many hours after it reached the body. A suspended one falls due when the suspension
ends. What fires at an instant follows from the events up to it, so a replay of the past gives what was due then.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, Cases, Event, EventKind, State
from gis_app.cases.display import due_times, is_open, is_unclaimed
from gis_app.cases.times import as_utc, utc64
from gis_app.cases.transitions import TRANSITIONS
from gis_app.language import Message, msg

Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]


class ReminderKind(StrEnum):
    """What is due: a text or a call to the receiver who has not picked up, a leader's review, a deadline that comes near or is missed.

    `INVITED` is no duty: a body that supports the lead of a joint meeting is told once, and no clock of its own runs.
    """

    SMS = "sms"
    SMS_AGAIN = "sms_again"
    ROBOT_CALL = "robot_call"
    REVIEW = "review"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    INVITED = "invited"


KINDS = tuple(kind for kind in ReminderKind if kind != ReminderKind.INVITED)
"""The kinds of duties in the order of their codes in `Duties.kind`."""

_TEXTS: Mapping[ReminderKind, Message] = {
    ReminderKind.SMS: msg("SMS"),
    ReminderKind.SMS_AGAIN: msg("Second SMS"),
    ReminderKind.ROBOT_CALL: msg("Robot call"),
    ReminderKind.REVIEW: msg("Review outstanding"),
    ReminderKind.DUE_SOON: msg("Due soon"),
    ReminderKind.OVERDUE: msg("Overdue"),
    ReminderKind.INVITED: msg("Notice of a joint meeting"),
}


def reminder_text(kind: ReminderKind | str) -> Message:
    """Return the word for a kind of reminder."""
    return _TEXTS[ReminderKind(kind)]


@dataclass(frozen=True, slots=True)
class Delays:
    """How long after what each reminder is due; as in the settings of the county.

    0 means at once for the SMS and the robot call, and "none" for the second SMS, the review and "due soon".
    """

    sms_minutes: float = 0
    sms_again_minutes: float = 5
    robot_call_minutes: float = 10
    review_hours: float = 24
    soon_hours: float = 24


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """How many hours each case may take where no deadline was promised: `case` in ascending order, and `otherwise` for all others."""

    case: Ints
    hours: NDArray[np.float64]
    otherwise: float = 72.0

    def of(self, cases: Ints) -> NDArray[np.float64]:
        """Return the hours of cases, one each."""
        if not len(self.case):
            return np.full(len(cases), self.otherwise)
        at = np.minimum(np.searchsorted(self.case, cases), len(self.case) - 1)
        return np.where(self.case[at] == cases, self.hours[at], self.otherwise)


@dataclass(frozen=True, slots=True, eq=False)
class Duties:
    """What has to be done when, one entry a duty, in the order of `due`. Times are datetime64[s] in UTC.

    `kind`: code in `KINDS`; `body`: whom it is about, where the case has been since `arrived`; `called_off`: NaT while nothing has.
    `deadline`: the promised deadline, or the end of a suspension, that it is about, NaT where there is none; `falls_due`: when the case
    falls due, NaT for kinds that are not about it. A stay has one duty of a kind that fires, and one more for each other deadline.
    """

    case: Ints
    body: Ints
    arrived: Times
    kind: Ints
    due: Times
    called_off: Times
    deadline: Times
    falls_due: Times

    def __len__(self) -> int:
        return len(self.case)

    def take(self, rows: Ints | NDArray[np.bool_] | slice) -> "Duties":
        """Return some of the duties."""
        return Duties(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def fires(self) -> NDArray[np.bool_]:
        """Mark the duties that nothing calls off in time."""
        marked: NDArray[np.bool_] = np.isnat(self.called_off) | (self.due < self.called_off)
        return marked


_EVENTS = tuple(EventKind)
_CODES: Mapping[str, int] = {kind.value: code for code, kind in enumerate(_EVENTS)}
_AFTER = np.array([TRANSITIONS[kind].after or 0 for kind in _EVENTS], np.int64)
_MOVES = np.array([TRANSITIONS[kind].moves for kind in _EVENTS])
_DATED = np.array([kind in (EventKind.PROMISED, EventKind.SUSPENDED, EventKind.RESUMED) for kind in _EVENTS])
_CLOSES = np.array([after > 0 and after not in OPEN_STATES for after in _AFTER.tolist()])
_UNREVIEWED = (State.PICKED_UP, State.UNDER_REVIEW)
_DECIDES = (_AFTER > 0) & ~np.isin(_AFTER, _UNREVIEWED)
"""Steps after which nobody waits for a review any more."""

_NEVER = np.iinfo(np.int64).max
_UNKNOWN = np.iinfo(np.int64).min
"""How NaT reads as a number: an event without a time happened before all others."""


def duties(columns: Mapping[str, NDArray[np.generic]], delays: Delays, hours: Hours | float) -> Duties:
    """Return the duties of all cases from the columns of the table `events` (`case_id`, `kind`, `time`, `target`, `deadline`; any order).

    `hours`: how long cases may take where nobody promised a deadline. Events of one instant happen in the order of their rows, as in
    `life_cycle.fold_columns`. A stay at no body, or one whose beginning is not known, has none.
    """
    walk = _Walk.of(columns)
    known = hours if isinstance(hours, Hours) else Hours(np.empty(0, np.int64), np.empty(0), hours)
    parts = [*_to_pick_up(walk, delays), *_to_review(walk, delays), *_to_finish(walk, delays, known)]
    leg, kind, due, called_off, deadline, falls_due = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    kept = (walk.body[leg] > 0) & (walk.arrived[leg] != _UNKNOWN)
    kept &= ~_said_before(leg, kind, due, called_off, deadline)
    leg, kind, due, called_off, deadline, falls_due = (part[kept] for part in (leg, kind, due, called_off, deadline, falls_due))
    order = np.lexsort((kind, walk.case[leg], due))
    leg = leg[order]
    return Duties(
        case=walk.case[leg],
        body=walk.body[leg],
        arrived=_instants(walk.arrived[leg]),
        kind=kind[order],
        due=_instants(due[order]),
        called_off=_instants(called_off[order]),
        deadline=_instants(deadline[order]),
        falls_due=_instants(falls_due[order]),
    )


def duties_of(events: Iterable[Event], delays: Delays, hours: float) -> Duties:
    """Return the duties of one case (or some) from events in any order; the same as `duties` for columns."""
    told = tuple(events)
    never = np.datetime64("NaT", "s")
    columns: dict[str, NDArray[np.generic]] = {
        "case_id": np.array([event.case for event in told], np.int64),
        "kind": np.array([event.kind.value for event in told], object),
        "time": np.array([never if event.time.year == 1 else utc64(event.time) for event in told], "datetime64[s]"),
        "target": np.array([event.target for event in told], np.int64),
        "deadline": np.array([never if event.deadline is None else utc64(event.deadline) for event in told], "datetime64[s]"),
    }
    return duties(columns, delays, hours)


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """Events case by case in the order of their times, as numbers, and the stays ("legs") that they make.

    `rows`: which rows belong to a stay and come before its end. `stay`: of each row. Of the stays: `first` row, `case`, `body`, `arrived`;
    `left`: when the case went on, `_NEVER` where it did not; `gone`: when it went on or was closed.
    """

    kind: Ints
    time: Ints
    deadline: Ints
    rows: NDArray[np.bool_]
    stay: Ints
    first: Ints
    case: Ints
    body: Ints
    arrived: Ints
    left: Ints
    gone: Ints

    @classmethod
    def of(cls, columns: Mapping[str, NDArray[np.generic]]) -> "_Walk":
        """Bring events into order and find the stays."""
        seconds = columns["time"].astype("datetime64[s]").astype(np.int64)
        order = np.lexsort((seconds, columns["case_id"]))  # stable
        case, time = columns["case_id"][order].astype(np.int64), seconds[order]
        kind = np.fromiter((_CODES[str(kind)] for kind in columns["kind"]), np.int64, len(order))[order]
        first = np.flatnonzero(_MOVES[kind])
        following = np.r_[first[1:], len(case)].astype(np.int64)[: len(first)]
        end_of_case = np.searchsorted(case, case[first], side="right")
        stay = np.cumsum(_MOVES[kind]) - 1
        within = (stay >= 0) & ~_MOVES[kind]
        within[within] = np.flatnonzero(within) < end_of_case[stay[within]]
        closed = _first(within & _CLOSES[kind], stay, len(first))
        left = np.where(following < end_of_case, np.r_[time, 0][np.minimum(following, len(time))], _NEVER)
        rows = within.copy()
        rows[within] = np.flatnonzero(within) < closed[stay[within]]
        return cls(
            kind=kind,
            time=time,
            deadline=columns["deadline"].astype("datetime64[s]").astype(np.int64)[order],
            rows=rows,
            stay=stay,
            first=first,
            case=case[first],
            body=columns["target"].astype(np.int64)[order][first],
            arrived=time[first],
            left=left,
            gone=np.minimum(left, _at(time, closed)),
        )

    def until_first(self, mask: NDArray[np.bool_]) -> Ints:
        """Return for each stay when the first of some rows happened, or when the case left or was closed."""
        return np.minimum(self.gone, _at(self.time, _first(mask & self.rows, self.stay, len(self.first))))


def _first(mask: NDArray[np.bool_], stay: Ints, count: int) -> Ints:
    """Return the first marked row of each stay, or a row beyond all."""
    found = np.full(count, len(mask), np.int64)
    rows = np.flatnonzero(mask)
    which, at = np.unique(stay[rows], return_index=True)
    found[which] = rows[at]
    return found


def _at(time: Ints, rows: Ints) -> Ints:
    """Return the times of rows, `_NEVER` beyond the last."""
    found: Ints = np.r_[time, _NEVER][rows]
    return found


_Part = tuple[Ints, Ints, Ints, Ints, Ints, Ints]
"""Stay, kind, due, called off, deadline, falls due."""


def _part(
    kind: ReminderKind, stay: Ints, due: Ints, called_off: Ints, deadline: Ints | None = None, falls_due: Ints | None = None
) -> _Part:
    unknown = np.full(len(stay), _UNKNOWN, np.int64)
    code = np.full(len(stay), KINDS.index(kind), np.int64)
    return stay, code, due, called_off, unknown if deadline is None else deadline, unknown if falls_due is None else falls_due


def _to_pick_up(walk: _Walk, delays: Delays) -> Iterator[_Part]:
    reacted = walk.until_first(_AFTER[walk.kind] > 0)
    every = np.arange(len(walk.first))
    yield _part(ReminderKind.SMS, every, walk.arrived + _seconds(delays.sms_minutes, 60), reacted)
    if delays.sms_again_minutes > 0:
        yield _part(ReminderKind.SMS_AGAIN, every, walk.arrived + _seconds(delays.sms_again_minutes, 60), reacted)
    yield _part(ReminderKind.ROBOT_CALL, every, walk.arrived + _seconds(delays.robot_call_minutes, 60), reacted)


def _to_review(walk: _Walk, delays: Delays) -> Iterator[_Part]:
    if delays.review_hours <= 0:
        return
    picked = _first(walk.rows & (walk.kind == _CODES[EventKind.PICKED_UP.value]), walk.stay, len(walk.first))
    later = walk.rows.copy()
    later[walk.rows] = np.flatnonzero(walk.rows) > picked[walk.stay[walk.rows]]
    decided = walk.until_first(later & _DECIDES[walk.kind])
    stay = np.flatnonzero(picked < len(walk.kind))
    yield _part(ReminderKind.REVIEW, stay, walk.time[picked[stay]] + _seconds(delays.review_hours, 3600), decided[stay])


def _to_finish(walk: _Walk, delays: Delays, hours: Hours) -> Iterator[_Part]:
    """Return what is due for each date that a stay had: the limit of its beginning, and each promise, suspension and resumption."""
    rows = np.sort(np.concatenate([walk.first, np.flatnonzero(walk.rows & _DATED[walk.kind])]))
    stay, since = walk.stay[rows], walk.time[rows]
    arrived = walk.arrived[stay]
    another = np.r_[stay[1:] == stay[:-1], False] if len(rows) else np.empty(0, np.bool_)
    until = np.where(another, np.r_[since[1:], 0][: len(rows)], walk.gone[stay])
    named = np.isin(walk.kind[rows], (_CODES[EventKind.PROMISED.value], _CODES[EventKind.SUSPENDED.value]))
    deadline = np.where(named, walk.deadline[rows], _UNKNOWN)
    limit = np.rint(hours.of(walk.case) * 3600).astype(np.int64)
    known = arrived != _UNKNOWN
    falls_due = np.where(deadline != _UNKNOWN, deadline, np.where(known, arrived, 0) + limit[stay])
    quiet = walk.kind[rows] == _CODES[EventKind.SUSPENDED.value]
    said = known & ~(quiet & (deadline == _UNKNOWN))
    yield _part(ReminderKind.OVERDUE, *_where(said, stay, np.maximum(falls_due, since), until, deadline, falls_due))
    soon = _seconds(delays.soon_hours, 3600)
    lead = np.where(known, np.minimum(soon, (falls_due - np.where(known, arrived, 0)) // 2), 0)
    said = known & ~quiet & (lead > 0)
    due = np.maximum(falls_due - lead, since)
    yield _part(ReminderKind.DUE_SOON, *_where(said, stay, due, np.minimum(until, falls_due), deadline, falls_due))


def _where(mask: NDArray[np.bool_], *columns: Ints) -> Iterator[Ints]:
    return (column[mask] for column in columns)


def _said_before(stay: Ints, kind: Ints, due: Ints, called_off: Ints, deadline: Ints) -> NDArray[np.bool_]:
    """Mark what would fire again for the same stay and the same deadline: the limit after a resumption, a deadline promised twice."""
    again = np.zeros(len(stay), np.bool_)
    rows = np.flatnonzero(np.isin(kind, (KINDS.index(ReminderKind.DUE_SOON), KINDS.index(ReminderKind.OVERDUE))) & (due < called_off))
    rows = rows[np.lexsort((due[rows], deadline[rows], kind[rows], stay[rows]))]
    same = np.ones(max(0, len(rows) - 1), np.bool_)
    for column in (stay, kind, deadline):
        same &= column[rows[1:]] == column[rows[:-1]]
    again[rows[1:][same]] = True
    return again


def _seconds(length: float, unit: int) -> int:
    return round(length * unit)


def _instants(seconds: Ints) -> Times:
    """Return numbers as instants; what is unknown or never is NaT."""
    return np.where(seconds == _NEVER, _UNKNOWN, seconds).astype("datetime64[s]")


# ------------------------------------------------------------------ at an instant, between two, through time


def standing(cases: Cases, delays: Delays, hours: float | NDArray[np.float64], now: datetime | np.datetime64) -> Duties:
    """Return the duties that have fallen due by `now` and still hold, from the columns of the cases alone: no events are read.

    `hours`: of all, or one a case. The same as those of `duties` for the events up to `now` (given that cases keep to the transition
    table); only `due` of a date that had passed before the case was resumed is the date itself. Nothing is called off here.
    """
    instant = utc64(now)
    falls_due = due_times(cases, hours)
    held = is_open(cases) & (cases.body > 0) & ~np.isnat(cases.arrived)
    waiting, suspended = held & is_unclaimed(cases), cases.state == State.SUSPENDED
    half = (falls_due - cases.arrived) // 2
    lead = np.minimum(half, np.timedelta64(_seconds(delays.soon_hours, 3600), "s"))
    never = np.full(len(cases), np.datetime64("NaT", "s"))

    def after(start: Times, length: float, unit: int) -> Times:
        return np.asarray(start + np.timedelta64(_seconds(length, unit), "s"))

    listed: list[tuple[ReminderKind, NDArray[np.bool_], Times, Times, Times]] = [
        (ReminderKind.SMS, waiting, after(cases.arrived, delays.sms_minutes, 60), never, never),
        (
            ReminderKind.SMS_AGAIN,
            waiting & (delays.sms_again_minutes > 0),
            after(cases.arrived, delays.sms_again_minutes, 60),
            never,
            never,
        ),
        (ReminderKind.ROBOT_CALL, waiting, after(cases.arrived, delays.robot_call_minutes, 60), never, never),
        (
            ReminderKind.REVIEW,
            held & np.isin(cases.state, _UNREVIEWED) & (delays.review_hours > 0),
            after(cases.picked_up, delays.review_hours, 3600),
            never,
            never,
        ),
        (
            ReminderKind.DUE_SOON,
            held & ~suspended & (lead > np.timedelta64(0, "s")) & (instant < falls_due),
            falls_due - lead,
            cases.deadline,
            falls_due,
        ),
        (ReminderKind.OVERDUE, held & ~(suspended & np.isnat(cases.deadline)), falls_due, cases.deadline, falls_due),
    ]
    parts = []
    for kind, mask, due, deadline, falls in listed:
        rows = np.flatnonzero(mask & (due <= instant))
        code = np.full(len(rows), KINDS.index(kind), np.int64)
        parts.append((cases.id[rows], cases.body[rows], cases.arrived[rows], code, due[rows], never[rows], deadline[rows], falls[rows]))
    found = Duties(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return found.take(np.lexsort((found.kind, found.case, found.due)))


def due_between(found: Duties, start: datetime | np.datetime64, end: datetime | np.datetime64) -> Duties:
    """Return the duties that fire from `start` on and before `end`."""
    first, last = np.searchsorted(found.due, np.array([utc64(start), utc64(end)]))
    some = found.take(slice(int(first), int(last)))
    return some.take(some.fires)


def replay(
    found: Duties, start: datetime | np.datetime64, end: datetime | np.datetime64, tick: timedelta | None = None
) -> Iterator[tuple[datetime, Duties]]:
    """Go through time from `start` to `end` (excluded) and yield what fires, at each instant at which something does.

    With a `tick` (a minute, for a scheduler that looks once a minute) time goes in steps from `start`, and each yields what has fallen due
    since the one before; without it, from one duty to the next. Together it is what `due_between` gives at once.
    """
    fired = due_between(found, start, end)
    if not len(fired):
        return
    first = int(utc64(start).astype(np.int64))
    step = 1 if tick is None else max(1, round(tick.total_seconds()))
    at = first + -(-(fired.due.astype(np.int64) - first) // step) * step
    instants, rows = np.unique(at, return_index=True)
    ends = np.r_[rows[1:], len(fired)]
    for instant, begin, stop in zip(instants.tolist(), rows.tolist(), ends.tolist(), strict=True):
        yield as_utc(datetime.fromtimestamp(instant, UTC)), fired.take(slice(begin, stop))
