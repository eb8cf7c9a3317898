"""Who is responsible at a place of a county: its locator and router, and the step above the one that holds a whistle."""

from datetime import date

import numpy as np

from gis_app.cases.routing import Place, Router
from gis_app.cases.statistics import local_days
from gis_app.county.state import CountyState
from gis_app.errors import UserError
from gis_app.grid.coverage import Coverage
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy, Level
from gis_app.language import msg


class UnknownCategoryError(UserError):
    """The county has no such category."""


def locator_of(coverage: Coverage, units: Hierarchy) -> Locator:
    """Return a locator in which ties (points on borders) go to the lowest code."""
    return Locator(coverage, {cell.id: rank for rank, cell in enumerate(units.at_level(Level.CELL))})


def router_of(state: CountyState, locator: Locator | None = None) -> Router:
    """Return the router of a state; `locator` saves making one."""
    return Router(
        state.units,
        locator or locator_of(state.coverage, state.units),
        state.workers,
        state.bodies,
        state.categories,
        state.rules,
        state.households,
        metres=metres_per_unit(state.settings.crs),
        today=state.settings.today(),
    )


class Routers:
    """Keeps the router of the state that was asked for last: who handles one whistle after another makes a new one only when it must.

    State is immutable, so what has not changed is the same object in the next state: the locator lives as long as the coverage and the
    units, the router as long as everything that it answers from. Whistles come and go without touching either.
    """

    def __init__(self) -> None:
        self._ground: tuple[object, ...] = ()
        self._parts: tuple[object, ...] = ()
        self._locator: Locator | None = None
        self._router: Router | None = None
        self._day: date | None = None  # on which its workers answer

    def of(self, state: CountyState) -> Router:
        """Return the router of a state."""
        ground = (state.coverage, state.units)
        parts = (*ground, state.workers, state.bodies, state.categories, state.rules, state.households, state.settings)
        if self._locator is None or not _same(ground, self._ground):
            self._locator, self._ground = locator_of(state.coverage, state.units), ground
        day = state.settings.today()
        if self._router is None or day != self._day or not _same(parts, self._parts):
            self._router, self._parts, self._day = router_of(state, self._locator), parts, day
        return self._router


def _same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))


def category_of(state: CountyState, text: str) -> int:
    """Return the id of a category by its code or name in either language, 0 for an empty text; `UserError` for an unknown one."""
    wanted = text.strip().casefold()
    if not wanted:
        return 0
    for category in state.categories.values():
        if wanted in (category.code.casefold(), category.name.casefold(), category.name_en.casefold()):
            return category.id
    known = "、".join(category.name or category.code for category in list(state.categories.values())[:8]) or "—"
    raise UnknownCategoryError(
        msg("Category {category}: this county has no such category. It has, for example: {known}.", category=text, known=known)
    )


def next_above(state: CountyState, case: int, router: Router | None = None) -> int:
    """Return the step of the ladder above the body that holds a case of the state, 0 for none: who a case is passed up to.

    A body that is no step of this ladder passes up to its last one, the county centre.
    """
    cases = state.cases
    row = int(np.searchsorted(cases.id, case))
    household, unit = int(cases.household[row]), int(cases.unit[row]) or int(cases.cell[row])
    place = Place(float(cases.x[row]), float(cases.y[row]), household=household, unit=unit)
    day = local_days(cases.blown[row : row + 1])[0].item()
    about = (int(cases.category[row]), int(cases.kind[row]), int(cases.urgency[row]), day)
    ladder = (router or router_of(state)).route(place, *about).ladder
    holder = int(cases.body[row])
    above = ladder[ladder.index(holder) + 1 :] if holder in ladder else ladder[-1:]
    return above[0] if above else 0
