"""Which whistles a public map shows, and where: rounded to a grid, joined into spots, without words.

What leaves is the category, the state, the month and the cell of a whistle. Reports of wrongdoing are counted in their cells but not
drawn: a place can give away who reported.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind, Cases
from gis_app.cases.display import DONE, display_states
from gis_app.language import ZONE

GRID = 100.0
"""Positions are rounded to this grid (metres); the whistles of one square are one spot."""

RECENT_DAYS = 90
"""Closed whistles are shown for this long after they were blown."""

MOST_SPOTS = 6_000
"""More spots than this make a browser slow; the ones with the newest whistles stay."""

LISTED = 6
"""How many whistles of a spot its pop-up lists."""


@dataclass(frozen=True, slots=True)
class Spot:
    """All published whistles of one square: its centre (county coordinates), its worst display state, how many, and the newest of them.

    `cases` are positions among the county's cases, worst state first, then newest first.
    """

    x: float
    y: float
    state: int
    count: int
    cases: tuple[int, ...]


def published(cases: Cases, now: datetime, hours: float | NDArray[np.float64], mask: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Return which whistles are drawn: those of a `mask` that somebody chose, else the open ones and those of the last 90 days.

    Whistles without a place and reports of wrongdoing are never drawn.
    """
    drawable: NDArray[np.bool_] = np.isfinite(cases.x) & np.isfinite(cases.y) & (cases.kind != CaseKind.REPORT)
    if mask is not None:
        return drawable & mask
    states = np.asarray(display_states(cases, now, hours))
    latest = np.datetime64(int(now.timestamp()), "s")
    recent = cases.blown >= latest - np.timedelta64(RECENT_DAYS * 86_400, "s")
    return np.asarray(drawable & ((states != DONE) | recent), np.bool_)


def spots(cases: Cases, now: datetime, hours: float | NDArray[np.float64], which: NDArray[np.bool_], grid: float = GRID) -> list[Spot]:
    """Join whistles into spots on a grid of `grid` units of the coordinate system, the newest spots first, at most `MOST_SPOTS`."""
    at = np.flatnonzero(which)
    if not len(at):
        return []
    states = np.asarray(display_states(cases, now, hours), np.int64)[at]
    age = (np.datetime64(int(now.timestamp()), "s") - cases.blown[at]).astype(np.int64)
    squares = np.floor(np.column_stack([cases.x[at], cases.y[at]]) / grid).astype(np.int64)
    different, group = np.unique(squares, axis=0, return_inverse=True)
    group = group.ravel()
    order = np.lexsort((age, states, group))
    starts = np.concatenate([[0], np.flatnonzero(np.diff(group[order])) + 1, [len(order)]])
    newest = np.minimum.reduceat(age[order], starts[:-1])
    kept = np.argsort(newest, kind="stable")[:MOST_SPOTS]
    found = []
    for spot in kept.tolist():
        members = order[starts[spot] : starts[spot + 1]]
        x, y = (different[spot] + 0.5) * grid
        listed = tuple(at[members[:LISTED]].tolist())
        found.append(Spot(float(x), float(y), int(states[members[0]]), len(members), listed))
    return found


def month(time: np.datetime64) -> str:
    """Return the month of a UTC time in the county's zone, as 2020-05; empty for NaT."""
    if np.isnat(time):
        return ""
    return datetime.fromtimestamp(int(time.astype("datetime64[s]").astype(np.int64)), ZONE).strftime("%Y-%m")


def heat(cases: Cases, mask: NDArray[np.bool_], square: float) -> list[tuple[float, float, int]]:
    """Return (x, y, count) of every square of `square` units with whistles in it; reports of wrongdoing are among them."""
    shown = mask & np.isfinite(cases.x) & np.isfinite(cases.y)
    if not shown.any():
        return []
    squares = np.floor(np.column_stack([cases.x[shown], cases.y[shown]]) / square).astype(np.int64)
    different, counts = np.unique(squares, axis=0, return_counts=True)
    centres = (different + 0.5) * square
    return [(float(x), float(y), int(n)) for (x, y), n in zip(centres, counts, strict=True)]
