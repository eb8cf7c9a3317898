"""The county's figures: received, reasonable, completed, completion rate, and how long bodies took.

Received: whistles blown in the period. Reasonable: received, and neither returned as not reasonable nor merged with another case that they
repeat. Completed: reasonable and done before the end of the period. Completion rate: completed / reasonable (not / received: 131 of 155 is
84.5 %, 131 of 183 would be 71.6 %).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases, State
from gis_app.cases.display import is_completed
from gis_app.cases.times import utc64
from gis_app.grid.units import Hierarchy, Level
from gis_app.language import ZONE, Message, msg

Instant = datetime | np.datetime64


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period. `completion_rate` is None where nothing is reasonable."""

    received: int
    reasonable: int
    completed: int
    completion_rate: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one part of the cases, by the `key` that they share (a unit, category or body id, a kind, a state, a month).

    `to_pick_up`: the median time from reaching the present body to its pick-up, in seconds. `to_done`: the median time from the whistle to
    its completion (clock of the whole case) of those completed in the period. None where there is nothing to measure.
    """

    key: int
    figures: Figures
    to_pick_up: float | None
    to_done: float | None


def definitions() -> tuple[tuple[Message, Message], ...]:
    """Return each figure's name and what it counts, for tool tips, legends and the foot of a table."""
    return (
        (msg("Received"), msg("Whistles blown in the period.")),
        (msg("Reasonable"), msg("Received, without those returned as not reasonable and those that repeat another.")),
        (msg("Completed"), msg("Reasonable, and done before the end of the period.")),
        (msg("Completion rate"), msg("Completed / reasonable.")),
        (msg("Median time to pick-up"), msg("From reaching the present body to its pick-up: half of the cases took less.")),
        (
            msg("Median time to completion"),
            msg("From the whistle to its completion, on the clock of the whole case: half of the cases took less."),
        ),
    )


def received(cases: Cases, start: Instant | None = None, end: Instant | None = None) -> NDArray[np.bool_]:
    """Mark the cases blown in [start, end); an end that is None is open.

    Cases without a time of the whistle count only in a period that is open on both ends.
    """
    mask = np.ones(len(cases), np.bool_)
    if start is not None:
        mask &= cases.blown >= utc64(start)  # NaT compares false
    if end is not None:
        mask &= cases.blown < utc64(end)
    return mask


def reasonable(cases: Cases) -> NDArray[np.bool_]:
    """Mark the cases that were neither returned nor merged with another."""
    kept: NDArray[np.bool_] = (cases.state != State.RETURNED) & (cases.state != State.DUPLICATE)
    return kept


def completed(cases: Cases, end: Instant | None = None) -> NDArray[np.bool_]:
    """Mark the reasonable cases that were done before `end`.

    A closed case whose time of completion nobody recorded counts only where `end` is None.
    """
    closed = is_completed(cases)
    return closed if end is None else closed & (cases.done < utc64(end))


def figures(cases: Cases, start: Instant | None = None, end: Instant | None = None, where: NDArray[np.bool_] | None = None) -> Figures:
    """Return the figures of the period [start, end), of the cases that `where` marks (all by default)."""
    counted = received(cases, start, end) if where is None else received(cases, start, end) & where
    good = counted & reasonable(cases)
    return _figures(int(counted.sum()), int(good.sum()), int((good & completed(cases, end)).sum()))


def breakdown(
    cases: Cases,
    keys: NDArray[np.int64],
    start: Instant | None = None,
    end: Instant | None = None,
    *,
    where: NDArray[np.bool_] | None = None,
) -> list[Row]:
    """Return the figures of the period for every value of `keys` (one a case) that occurs in it, ascending; they add up to `figures`."""
    counted = received(cases, start, end) if where is None else received(cases, start, end) & where
    good = counted & reasonable(cases)
    finished = good & completed(cases, end)
    values, part = np.unique(keys[counted], return_inverse=True)
    counts = [np.bincount(part, mask[counted], len(values)).astype(np.int64).tolist() for mask in (counted, good, finished)]
    to_pick_up = _medians(part, len(values), (cases.picked_up - cases.arrived)[counted])
    to_done = _medians(part, len(values), np.where(finished, cases.done - cases.blown, np.timedelta64("NaT", "s"))[counted])
    return [
        Row(key, _figures(*numbers), pick_up, done)
        for key, *numbers, pick_up, done in zip(values.tolist(), *counts, to_pick_up, to_done, strict=True)
    ]


def units_of(cases: Cases, hierarchy: Hierarchy, level: Level) -> NDArray[np.int64]:
    """Return for each case the unit of `level` that it lies in, as keys of a breakdown.

    A case without a cell counts for the unit that was named, where that lies in one of `level`; else 0.
    """
    ids = np.array(sorted({0, *hierarchy}), np.int64)
    above = np.array([_ancestor(hierarchy, unit, level) for unit in ids.tolist()], np.int64)

    def lift(units: NDArray[np.int64]) -> NDArray[np.int64]:
        at = np.minimum(np.searchsorted(ids, units), len(ids) - 1)
        return np.where(ids[at] == units, above[at], 0)

    by_cell = lift(cases.cell)
    return np.where(by_cell > 0, by_cell, lift(cases.unit))


def months(times: NDArray[np.datetime64], zone: ZoneInfo = ZONE) -> NDArray[np.int64]:
    """Return the month of each instant as people there count it: 202005 for May 2020; 0 for NaT."""
    local = times.astype("datetime64[s]") + _offsets(times, zone)
    month = local.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(times), 0, (1970 + month // 12) * 100 + month % 12 + 1)


def local_days(times: NDArray[np.datetime64], zone: ZoneInfo = ZONE) -> NDArray[np.datetime64]:
    """Return the day of each instant as people there count it, datetime64[D]; NaT for NaT."""
    return (times.astype("datetime64[s]") + _offsets(times, zone)).astype("datetime64[D]")


def _offsets(times: NDArray[np.datetime64], zone: ZoneInfo) -> NDArray[np.timedelta64]:
    """Return the offset of `zone` from UTC, asked once a day."""
    days, index = np.unique(times.astype("datetime64[D]"), return_inverse=True)
    offsets = [_offset(day, zone) for day in days]
    return np.array(offsets, "timedelta64[s]")[index.reshape(-1)] if offsets else np.empty(0, "timedelta64[s]")


def _offset(day: np.datetime64, zone: ZoneInfo) -> int:
    if np.isnat(day):
        return 0
    offset = datetime.fromisoformat(str(day)).replace(tzinfo=zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _ancestor(hierarchy: Hierarchy, unit: int, level: Level) -> int:
    found = hierarchy.ancestor(unit, level)
    return found.id if found else 0


def _figures(counted: int, good: int, finished: int) -> Figures:
    return Figures(counted, good, finished, finished / good if good else None)


def _medians(part: NDArray[np.int64], parts: int, durations: NDArray[np.timedelta64]) -> Iterable[float | None]:
    """Return the median duration of each part in seconds; None where it has none."""
    known = ~np.isnat(durations)
    order = np.argsort(part[known], kind="stable")
    seconds = durations[known].astype("timedelta64[s]").astype(np.float64)[order]
    edges = np.searchsorted(part[known][order], np.arange(parts + 1))
    return [float(np.median(seconds[a:b])) if b > a else None for a, b in pairwise(edges.tolist())]
