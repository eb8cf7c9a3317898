"""The figures of a county's whistles, by body, unit, category, kind, urgency or month."""

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind, Urgency
from gis_app.cases.chains import COLUMNS, Trails, replaced, trails
from gis_app.cases.display import category_name, due_times, kind_text, urgency_text
from gis_app.cases.measures import REPEAT_DAYS, Basis
from gis_app.cases.statistics import months, units_of
from gis_app.county.limits import hours_of
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState, with_past_cells
from gis_app.grid.units import Level
from gis_app.language import tr


class By(StrEnum):
    """What figures can be told by."""

    BODY = "body"
    TOWNSHIP = "township"
    VILLAGE = "village"
    CELL = "cell"
    CATEGORY = "category"
    KIND = "kind"
    URGENCY = "urgency"
    MONTH = "month"


LEVELS: Mapping[By, Level] = {By.TOWNSHIP: Level.TOWNSHIP, By.VILLAGE: Level.VILLAGE, By.CELL: Level.CELL}
"""Units are told by level."""


def read_trails(store: CountyStore) -> Trails:
    """Read what the events of all whistles tell (in any thread; half a second for 20,000 whistles)."""
    return trails(store.rows("events", columns=COLUMNS))


def trails_after(store: CountyStore, before: Trails, changed: NDArray[np.int64]) -> Trails:
    """Return trails in which those of some cases are read anew (in any thread)."""
    return replaced(before, changed, trails(store.rows_by("events", "case_id", changed.tolist(), COLUMNS)))


def basis_of(state: CountyState, found: Trails, repeat_days: int = REPEAT_DAYS) -> Basis:
    """Return what the figures are worked out of."""
    upper = frozenset(body.id for body in state.bodies.values() if body.kind in (BodyKind.DEPARTMENT, BodyKind.CENTRE))
    settings, due = state.settings, due_times(state.cases, hours_of(state))
    return Basis(state.cases, found, due, settings.now(), settings.robot_call_minutes, upper, repeat_days)


def keys_by(state: CountyState, found: Trails, by: By) -> tuple[NDArray[np.int64], NDArray[np.int64] | None]:
    """Return the key of every case, and of every stay where it is another one, as `measures.measured` takes them; 0 for none."""
    cases = state.cases
    if by in LEVELS:
        return units_of(cases, with_past_cells(state), LEVELS[by]), None
    if by == By.MONTH:
        return months(cases.blown), months(found.stays.arrived)
    if by == By.BODY:
        return cases.body, found.stays.body
    return {By.CATEGORY: cases.category, By.KIND: cases.kind, By.URGENCY: cases.urgency}[by], None


def name_of(state: CountyState, by: By) -> Callable[[int], str]:
    """Return what tells the name of a key in the language in use."""
    units = with_past_cells(state) if by in LEVELS else state.units

    def name(key: int) -> str:
        if by in LEVELS:
            return " › ".join(unit.name or unit.code for unit in units.path(key)) or tr("without a place")
        if by == By.MONTH:
            return f"{key // 100}-{key % 100:02}" if key else tr("without a time")
        if by == By.BODY:
            return state.bodies[key].name if key in state.bodies else tr("nobody")
        if by == By.CATEGORY:
            return category_name(state.categories[key]) if key in state.categories else tr("without a category")
        return str(kind_text(key) if by == By.KIND and key in set(CaseKind) else urgency_text(key if key in set(Urgency) else 0))

    return name
