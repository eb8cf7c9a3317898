"""The stays of all whistles at bodies, from the events of the whole county at once: hand-overs, chains of them, and ratings.

A stay is what `clocks.legs` calls the leg of one case: from the arrival at a body to the step by which it left or was finished there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import EventKind, State
from gis_app.cases.transitions import TRANSITIONS

KINDS = tuple(EventKind)
"""The order in which kinds of event are numbered here."""

CODES: Mapping[str, int] = {kind.value: code for code, kind in enumerate(KINDS)}
"""Kind of event → its number in `Stays.began` and `Stays.ended`."""

_MOVES = np.array([TRANSITIONS[kind].moves for kind in KINDS])
_ENDS = np.array([TRANSITIONS[kind].moves or TRANSITIONS[kind].after in (State.DONE, State.RETURNED, State.DUPLICATE) for kind in KINDS])
_GOES_ON = np.array([kind in (EventKind.HANDED_OVER, EventKind.PASSED_UP) for kind in KINDS])

COLUMNS = ("case_id", "kind", "time", "target", "attitude", "speed", "outcome")
"""The columns of the table `events` that `trails` needs."""

Times = NDArray[np.datetime64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """All stays, in ascending order of case, those of a case in the order of time; one entry a stay. Times are UTC.

    `began` and `ended` are the kinds of step (`CODES`) by which the whistle reached and left the body (-1: it is still there). `picked_up`
    and `left` are NaT where that has not happened. `source`: the body that it came from, 0 for the first of a case. `back`: a body handed
    it over or passed it up to one that had had it before. `suspended`: it waited for something there.
    """

    case: Ids
    body: Ids
    source: Ids
    arrived: Times
    picked_up: Times
    left: Times
    began: Ids
    ended: Ids
    back: NDArray[np.bool_]
    suspended: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.case)

    def ending(self, kind: EventKind) -> NDArray[np.bool_]:
        """Mark the stays that ended with a step."""
        same: NDArray[np.bool_] = self.ended == CODES[kind.value]
        return same

    def beginning(self, kind: EventKind) -> NDArray[np.bool_]:
        """Mark the stays that began with a step."""
        same: NDArray[np.bool_] = self.began == CODES[kind.value]
        return same

    @property
    def forwarded(self) -> NDArray[np.bool_]:
        """Mark the stays that began with a hand-over or by being passed up."""
        return _GOES_ON[self.began]


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """The last rating of every case that has one, in ascending order of case; 1 to 5 stars for attitude, speed and result."""

    case: Ids
    time: Times
    attitude: Ids
    speed: Ids
    outcome: Ids


@dataclass(frozen=True, slots=True, eq=False)
class Trails:
    """What the events of a county tell beyond the columns of its cases."""

    stays: Stays
    ratings: Ratings

    @classmethod
    def empty(cls) -> "Trails":
        """Return the trails of no events."""
        return trails({name: np.empty(0, np.int64) for name in COLUMNS})


def trails(columns: Mapping[str, NDArray[np.generic]]) -> Trails:
    """Return the stays and ratings of all cases from the columns of the table `events` (`COLUMNS`; one row an event, in any order).

    Agrees with `clocks.legs` for every case; events of one instant happen in the order of their rows.
    """
    order = np.lexsort((columns["time"], columns["case_id"]))  # lexsort is stable
    case = columns["case_id"][order].astype(np.int64)
    kind = np.fromiter((CODES[str(kind)] for kind in columns["kind"]), np.int64, len(order))[order]
    time = columns["time"][order].astype("datetime64[s]")
    target = columns["target"][order].astype(np.int64)
    rated = np.flatnonzero(kind == CODES[EventKind.RATED.value])
    last = rated[np.r_[case[rated][1:] != case[rated][:-1], True][: len(rated)]]
    stars = (columns[name][order][last].astype(np.int64) for name in ("attitude", "speed", "outcome"))
    return Trails(_stays(case, kind, time, target), Ratings(case[last], time[last], *stars))


def _stays(case: Ids, kind: Ids, time: Times, target: Ids) -> Stays:
    """Return the stays that ordered events make."""
    first = np.flatnonzero(_MOVES[kind])
    count, rows = len(first), len(case)
    following = np.searchsorted(case, case[first], side="right")  # where the events of the case end
    left = np.minimum(_next(_ENDS[kind])[first + 1] if rows else first, following)
    gone = left < following
    at = np.minimum(left, max(rows - 1, 0))
    picked = np.minimum(_next(kind == CODES[EventKind.PICKED_UP.value])[first + 1] if rows else first, following)
    took = (picked < left) & (picked < following)
    waited = _next(kind == CODES[EventKind.SUSPENDED.value])[first + 1] < left if rows else np.zeros(0, np.bool_)
    owner, body = case[first], target[first]
    same = np.r_[False, owner[1:] == owner[:-1]][:count]
    return Stays(
        case=owner,
        body=body,
        source=np.where(same, np.r_[0, body[:-1]][:count], 0),
        arrived=time[first],
        picked_up=_at(time, picked, took),
        left=_at(time, left, gone),
        began=kind[first],
        ended=np.where(gone, kind[at], -1) if rows else first,
        back=_GOES_ON[kind[first]] & ~_is_first(owner, body),
        suspended=waited,
    )


def _next(mask: NDArray[np.bool_]) -> Ids:
    """Return for every row, and for the end, the first row from there on where `mask` holds (how many rows there are for none)."""
    rows = np.r_[np.where(mask, np.arange(len(mask)), len(mask)), len(mask)]
    return np.asarray(np.minimum.accumulate(rows[::-1])[::-1], np.int64)


def _at(times: Times, rows: Ids, known: NDArray[np.bool_]) -> Times:
    found = np.full(len(rows), np.datetime64("NaT", "s"))
    found[known] = times[rows[known]]
    return found


def _is_first(owner: Ids, body: Ids) -> NDArray[np.bool_]:
    """Mark the stays at a body that the case had not been at before."""
    order = np.lexsort((body, owner))  # stable: stays of one case at one body keep the order of time
    marked = np.ones(len(owner), np.bool_)
    marked[order[1:]] = (owner[order[1:]] != owner[order[:-1]]) | (body[order[1:]] != body[order[:-1]])
    return marked


@dataclass(frozen=True, slots=True)
class Chain:
    """The way of one whistle through bodies, in the order of its stays; `returns`: how often it came back to one that had had it."""

    case: int
    bodies: tuple[int, ...]
    returns: int


def ping_pong(stays: Stays, which: NDArray[np.bool_] | None = None, most: int = 10) -> list[Chain]:
    """Return the whistles that came back to a body most often, then those with the longest way; `which` marks the stays that count.

    The way is told up to the last stay that counts. None where nothing came back.
    """
    counted = np.ones(len(stays), np.bool_) if which is None else which
    found, returns = np.unique(stays.case[stays.back & counted], return_counts=True)
    begins, ends = np.searchsorted(stays.case, found, "left"), np.searchsorted(stays.case, found, "right")
    chains = []
    for case, times, begin, end in zip(found.tolist(), returns.tolist(), begins.tolist(), ends.tolist(), strict=True):
        last = begin + int(np.flatnonzero(counted[begin:end])[-1]) + 1
        chains.append(Chain(case, tuple(stays.body[begin:last].tolist()), times))
    return sorted(chains, key=lambda chain: (-chain.returns, -len(chain.bodies), chain.case))[:most]


@dataclass(frozen=True, slots=True)
class Flow:
    """How many whistles one body handed over or passed up to another."""

    source: int
    target: int
    count: int


def flows(stays: Stays, which: NDArray[np.bool_] | None = None) -> list[Flow]:
    """Return the hand-overs between bodies, the most first; `which` marks the stays that count (by their arrival at the target)."""
    moved = stays.forwarded & (stays.source > 0) & (stays.body > 0)
    if which is not None:
        moved = moved & which
    pairs, counts = np.unique(np.stack([stays.source[moved], stays.body[moved]], axis=1), axis=0, return_counts=True)
    found = [Flow(source, target, count) for (source, target), count in zip(pairs.tolist(), counts.tolist(), strict=True)]
    return sorted(found, key=lambda flow: (-flow.count, flow.source, flow.target))


def repeats(place: Ids, category: Ids, blown: Times, days: int, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the cases of `which` that were blown within `days` after another of them of the same category at the same place.

    `place`: the cell or household of each case; those without one (0), a category or a time repeat nothing.
    """
    marked = np.zeros(len(place), np.bool_)
    rows = np.flatnonzero(which & (place > 0) & (category > 0) & ~np.isnat(blown))
    rows = rows[np.lexsort((blown[rows], category[rows], place[rows]))]
    before, after = rows[:-1], rows[1:]
    near = (blown[after] - blown[before]) <= np.timedelta64(days, "D")
    marked[after] = (place[before] == place[after]) & (category[before] == category[after]) & near
    return marked


def replaced(before: Trails, of: Ids, now: Trails) -> Trails:
    """Return trails in which the cases `of` have those of `now`: what an edit changes of a county, without reading the others again."""
    gone = np.isin(before.stays.case, of)
    unrated = np.isin(before.ratings.case, of)
    return Trails(
        Stays(**_joined(before.stays, ~gone, now.stays)),
        Ratings(**_joined(before.ratings, ~unrated, now.ratings)),
    )


def _joined(before: Stays | Ratings, kept: NDArray[np.bool_], now: Stays | Ratings) -> dict[str, NDArray[Any]]:
    """Return the columns of both, by case; the stays of one case keep their order."""
    case = np.concatenate([before.case[kept], now.case])
    order = np.argsort(case, kind="stable")
    return {one.name: np.concatenate([getattr(before, one.name)[kept], getattr(now, one.name)])[order] for one in fields(before)}
