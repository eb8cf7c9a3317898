"""Which whistles are shown: a filter as a value, and its mask over the columns of all cases."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Cases
from gis_app.cases.queue import Queue
from gis_app.grid.units import Hierarchy

ALL_STATES = frozenset({0, 1, 2, 3})


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
