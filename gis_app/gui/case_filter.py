"""Which whistles are shown: a filter as a value, its mask over the columns of all cases, and its plain content as it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases
from gis_app.cases.queue import Queue
from gis_app.cases.times import utc64
from gis_app.grid.units import Hierarchy

ALL_STATES = frozenset({0, 1, 2, 3})

LAST_DAYS = (1, 7, 30, 90, 365)
"""The periods up to now that can be chosen; they move along with the clock."""

_NUMBERS = ("kind", "category", "body", "unit")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What must hold for a whistle to be shown. Empty values ask for nothing; times are UTC and `end` is excluded.

    `states` are display states (0 overdue, 1 waiting, 2 in progress, 3 done), `kind` a `CaseKind`, `unit` a unit of any level,
    `queue` one of the queues of the county centre.
    """

    start: np.datetime64 | None = None
    end: np.datetime64 | None = None
    states: frozenset[int] = ALL_STATES
    kind: int = 0
    category: int = 0
    body: int = 0
    unit: int = 0
    queue: Queue | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether every whistle passes."""
        return self == CaseFilter()


def in_unit(cell: NDArray[np.int64], hierarchy: Hierarchy, unit: int) -> NDArray[np.bool_]:
    """Return which rows lie in a unit of any level, given their cells."""
    return np.isin(cell, np.array([c.id for c in hierarchy.cells(unit)], np.int64))


def mask(
    cases: Cases, display: NDArray[np.int8], hierarchy: Hierarchy, wanted: CaseFilter, queues: Mapping[Queue, NDArray[np.bool_]]
) -> NDArray[np.bool_]:
    """Return which cases pass a filter; `display` are their display states, `queues` the masks of the queues by key."""
    shown = np.ones(len(cases), bool)
    if wanted.start is not None:
        shown &= cases.blown >= wanted.start
    if wanted.end is not None:
        shown &= cases.blown < wanted.end
    if wanted.states != ALL_STATES:
        shown &= np.isin(display, sorted(wanted.states))
    for column, value in ((cases.kind, wanted.kind), (cases.category, wanted.category), (cases.body, wanted.body)):
        if value:
            shown &= column == value
    if wanted.unit:
        shown &= in_unit(cases.cell, hierarchy, wanted.unit)
    if wanted.queue is not None:
        shown &= queues[wanted.queue]
    return shown


def since(now: datetime, days: int) -> np.datetime64:
    """Return the beginning of the last `days` days."""
    return utc64(now) - np.timedelta64(days, "D")


def content_of(wanted: CaseFilter, now: datetime) -> dict[str, object]:
    """Return a filter as plain JSON values, without what asks for nothing; "the last 7 days" is kept as such, and no date."""
    content: dict[str, object] = {name: value for name in _NUMBERS if (value := getattr(wanted, name))}
    if wanted.queue is not None:
        content["queue"] = wanted.queue.value
    if wanted.states != ALL_STATES:
        content["states"] = sorted(wanted.states)
    days = [days for days in LAST_DAYS if wanted.start == since(now, days)] if wanted.end is None else []
    if days:
        content["days"] = days[0]
    else:
        content |= {name: str(time) for name in ("start", "end") if (time := getattr(wanted, name)) is not None}
    return content


def filter_of(content: Mapping[str, object], now: datetime) -> CaseFilter:
    """Return the filter that was saved; what this program does not understand of it asks for nothing."""
    numbers = {name: value for name in _NUMBERS if isinstance(value := content.get(name), int)}
    states, queue, days = content.get("states"), content.get("queue"), content.get("days")
    start, end = (_time(content.get(name)) for name in ("start", "end"))
    return CaseFilter(
        start=since(now, days) if isinstance(days, int) else start,
        end=end,
        states=frozenset(one for one in ALL_STATES if one in states) if isinstance(states, list) else ALL_STATES,
        queue=Queue(queue) if isinstance(queue, str) and queue in set(Queue) else None,
        **numbers,
    )


def _time(value: object) -> np.datetime64 | None:
    try:
        found = np.datetime64(str(value), "s") if value else None
    except ValueError:
        return None
    return None if found is None or np.isnat(found) else found
