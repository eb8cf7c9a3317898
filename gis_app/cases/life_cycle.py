"""How events become the state of a case: the fold of one case, and of all cases at once.

`transitions.TRANSITIONS` says what may happen in which state. The fold is total: what was recorded has happened, also where the table
would not have allowed it (imported registers often lack the pick-up), and the last event decides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.times import as_utc
from gis_app.cases.transitions import TRANSITIONS, refusal
from gis_app.language import Message, format_time, msg

_KINDS = tuple(EventKind)
_CODES: Mapping[str, int] = {kind.value: code for code, kind in enumerate(_KINDS)}
_AFTER = np.array([TRANSITIONS[kind].after or 0 for kind in _KINDS], np.int64)
_MOVES = np.array([TRANSITIONS[kind].moves for kind in _KINDS])
_DATED = np.array([kind in (EventKind.PROMISED, EventKind.SUSPENDED, EventKind.RESUMED) for kind in _KINDS])
"""Kinds of event that say until when: a promise, a suspension; going on ends what was said."""

_ALLOWED = np.array([[state in TRANSITIONS[kind].before for kind in _KINDS] for state in (None, *State)])
"""Whether a kind of event (columns, by code) may happen in a state (rows, by its number; row 0: there is no case yet)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: the columns that are derived from its events. Times are aware, in UTC.

    `body` holds the case since `arrived`; `picked_up`, `deadline` and `done` are the present body's, None until they happen. `urged` stays.
    `deadline` is promised, or the end of a suspension. `duplicate`: the case that this one repeats, 0 for none.
    """

    state: State = State.WAITING
    body: int = 0
    blown: datetime | None = None
    arrived: datetime | None = None
    picked_up: datetime | None = None
    done: datetime | None = None
    deadline: datetime | None = None
    urged: bool = False
    duplicate: int = 0


def advance(standing: Standing, event: Event) -> Standing:
    """Return where a case stands after one more event."""
    transition = TRANSITIONS[event.kind]
    time = as_utc(event.time)
    if transition.moves:
        standing = replace(standing, body=event.target, arrived=time, picked_up=None, done=None, deadline=None, duplicate=0)
    match event.kind:
        case EventKind.BLOWN if standing.blown is None:
            standing = replace(standing, blown=time)
        case EventKind.PICKED_UP if standing.picked_up is None:
            standing = replace(standing, picked_up=time)
        case EventKind.PROMISED | EventKind.SUSPENDED:
            standing = replace(standing, deadline=None if event.deadline is None else as_utc(event.deadline))
        case EventKind.RESUMED:
            standing = replace(standing, deadline=None)
        case EventKind.DUPLICATE:
            standing = replace(standing, duplicate=repeated(event))
        case EventKind.URGED:
            standing = replace(standing, urged=True)
        case EventKind.RETURNED:
            standing = replace(standing, done=None)
        case EventKind.DONE:
            standing = replace(standing, done=time)
        case _:
            pass
    return standing if transition.after is None else replace(standing, state=transition.after)


def repeated(event: Event) -> int:
    """Return the case that a duplicate repeats, 0 where the event does not say."""
    of = event.data.get("of", 0)
    return of if isinstance(of, int) else 0


_GOES_ON = frozenset({EventKind.HANDED_OVER, EventKind.PASSED_UP})
"""The steps by which a case leaves its body; a joint meeting, an appeal or a reopening may bring it back to the same one."""

_OF_A_HOLDER = frozenset({EventKind.TOLD, EventKind.PICKED_UP})
"""The steps that need a body which holds the case: what nobody holds is handed over first."""


def objection(standing: Standing | None, event: Event, now: datetime, last: datetime | None = None) -> Message | None:
    """Say in words what is wrong with recording `event` next, or return None where it may be (None as `standing`: the case begins).

    Beyond the transition table: events come in the order of their times and not from the future, a case goes to another body by name, a
    promise names a later deadline, a return its reason, and a rating three times one to five stars. `last`: the time of the last event,
    where it is known (a standing does not tell when a promise was made).
    """
    time = as_utc(event.time)
    refused = refusal(standing.state if standing else None, event.kind)
    if refused:
        return refused
    if time > as_utc(now):
        return msg("This time has not come yet: {time}.", time=format_time(time))
    steps = (standing.arrived, standing.picked_up, standing.done, last and as_utc(last)) if standing else ()
    latest = max((known for known in steps if known), default=None)
    if latest and time < latest:
        return msg(
            "The last step was recorded at {latest}; this one cannot have been at {time}.",
            latest=format_time(latest),
            time=format_time(time),
        )
    if event.kind in _OF_A_HOLDER and standing and standing.body == 0:
        return msg("Nobody holds this whistle yet; hand it over to a body first.")
    if TRANSITIONS[event.kind].moves and standing and (event.target == 0 or (event.kind in _GOES_ON and event.target == standing.body)):
        return msg("Choose another body that the case goes to.")
    return _incomplete(event, time)


def _incomplete(event: Event, time: datetime) -> Message | None:
    """Say what an event lacks."""
    match event.kind:
        case EventKind.PROMISED if event.deadline is None or as_utc(event.deadline) <= time:
            return msg("A promise needs a deadline that is still to come.")
        case EventKind.SUSPENDED if event.deadline is None or as_utc(event.deadline) <= time:
            return msg("A suspension needs a day, still to come, until which it lasts.")
        case EventKind.SUSPENDED if not event.note.strip():
            return msg("A suspension needs a reason: write what is waited for.")
        case EventKind.RETURNED if not event.note.strip():
            return msg("A return needs a reason: write why the whistle is not reasonable.")
        case EventKind.APPEALED | EventKind.REOPENED if not event.note.strip():
            return msg("Write why the case is taken up again.")
        case EventKind.DUPLICATE if repeated(event) in (0, event.case):
            return msg("Say which other case this one repeats.")
        case EventKind.CORRECTED if not event.data.get("changes"):
            return msg("Nothing was corrected.")
        case EventKind.CORRECTED if not event.note.strip():
            return msg("A correction needs a reason: write what was wrong.")
        case EventKind.NOTED if not event.note.strip() and not event.data:
            return msg("Write the note.")
        case EventKind.RATED if event.stars is None or not all(1 <= stars <= 5 for stars in event.stars):
            return msg("A rating needs one to five stars each for attitude, speed and result.")
        case _:
            return None


def in_order(events: Iterable[Event]) -> list[Event]:
    """Return events oldest first; those of one instant stay in the order in which they were given."""
    return sorted(events, key=lambda event: as_utc(event.time))


def fold(events: Iterable[Event]) -> Standing:
    """Return where a case stands after all its events (in any order); a case without events waits at no body."""
    standing = Standing()
    for event in in_order(events):
        standing = advance(standing, event)
    return standing


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """The derived columns, one entry a case, in ascending order of `case`; types and empty values as in `Cases`."""

    case: NDArray[np.int64]
    state: NDArray[np.int64]
    body: NDArray[np.int64]
    blown: NDArray[np.datetime64]
    arrived: NDArray[np.datetime64]
    picked_up: NDArray[np.datetime64]
    done: NDArray[np.datetime64]
    deadline: NDArray[np.datetime64]
    urged: NDArray[np.bool_]
    duplicate: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.case)


def fold_columns(columns: Mapping[str, NDArray[np.generic]]) -> Folded:
    """Fold the columns of the table `events` (`case_id`, `kind`, `time`, `target`, `deadline`, and `data` where there is any;
    one row an event, in any order).

    Agrees with `fold` for every case; events of one instant happen in the order of their rows.
    """
    order = np.lexsort((columns["time"], columns["case_id"]))  # lexsort is stable
    case = columns["case_id"][order].astype(np.int64)
    kind = np.fromiter((_CODES[str(kind)] for kind in columns["kind"]), np.int64, len(order))[order]
    time = columns["time"][order].astype("datetime64[s]")
    target = columns["target"][order].astype(np.int64)
    deadline = columns["deadline"][order].astype("datetime64[s]")

    row = np.arange(len(case))
    starts = np.flatnonzero(np.r_[True, case[1:] != case[:-1]]) if len(case) else np.empty(0, np.int64)
    counts = np.diff(np.r_[starts, len(case)])

    def last(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the last row of each case where `mask` holds, -1 for none."""
        return np.maximum.reduceat(np.where(mask, row, -1), starts) if len(starts) else starts

    def first(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the first row of each case where `mask` holds, -1 for none."""
        found = np.minimum.reduceat(np.where(mask, row, len(row)), starts) if len(starts) else starts
        return np.where(found == len(row), -1, found)

    def of(kind_: EventKind) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = kind == _CODES[kind_.value]
        return same

    def after(rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark the rows that follow a row of their own case."""
        later: NDArray[np.bool_] = row > np.repeat(rows, counts)
        return later

    arrived = last(_MOVES[kind])
    here = after(arrived)
    undone = last(_MOVES[kind] | of(EventKind.RETURNED))
    decided = last(_AFTER[kind] > 0)
    return Folded(
        case=case[starts],
        state=_take(_AFTER[kind], decided, np.int64(State.WAITING)),
        body=_take(target, arrived, np.int64(0)),
        blown=_times(time, first(of(EventKind.BLOWN))),
        arrived=_times(time, arrived),
        picked_up=_times(time, first(of(EventKind.PICKED_UP) & here)),
        done=_times(time, last(of(EventKind.DONE) & after(undone))),
        deadline=_times(np.where(of(EventKind.RESUMED), np.datetime64("NaT", "s"), deadline), last(_DATED[kind] & here)),
        urged=last(of(EventKind.URGED)) >= 0,
        duplicate=_take(_repeated(columns, order, of(EventKind.DUPLICATE)), last(of(EventKind.DUPLICATE) & here), np.int64(0)),
    )


def _repeated(columns: Mapping[str, NDArray[np.generic]], order: NDArray[np.int64], duplicates: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each row in order the case that it says is repeated, 0 for all but duplicates."""
    found = np.zeros(len(order), np.int64)
    for row in np.flatnonzero(duplicates).tolist():
        data = columns["data"][order[row]] if "data" in columns else None
        of = data.get("of", 0) if isinstance(data, dict) else 0
        found[row] = of if isinstance(of, int) else 0
    return found


def not_allowed(columns: Mapping[str, NDArray[np.generic]]) -> NDArray[np.bool_]:
    """Mark the rows of the table `events` (`case_id`, `kind`, `time`; in any order) that the transition table would not have allowed.

    The fold takes them all the same; a register whose events are marked is worth a question.
    """
    order = np.lexsort((columns["time"], columns["case_id"]))
    case = columns["case_id"][order].astype(np.int64)
    kind = np.fromiter((_CODES[str(kind)] for kind in columns["kind"]), np.int64, len(order))[order]
    row = np.arange(len(case))
    start = np.maximum.accumulate(np.where(np.r_[True, case[1:] != case[:-1]][: len(case)], row, 0))
    decided = np.r_[-1, np.maximum.accumulate(np.where(_AFTER[kind] > 0, row, -1))[:-1]][: len(case)]
    before = np.where(decided >= start, _AFTER[kind][decided], 0)
    before[(before == 0) & (row > start)] = State.WAITING  # as in the fold: a case that began with something else waits
    marked = np.empty(len(case), np.bool_)
    marked[order] = ~_ALLOWED[before, kind]
    return marked


def _take(values: NDArray[np.int64], rows: NDArray[np.int64], empty: np.int64) -> NDArray[np.int64]:
    return np.where(rows < 0, empty, values[rows]) if len(values) else np.empty(0, np.int64)


def _times(values: NDArray[np.datetime64], rows: NDArray[np.int64]) -> NDArray[np.datetime64]:
    return np.where(rows < 0, np.datetime64("NaT", "s"), values[rows]) if len(values) else np.empty(0, "datetime64[s]")
