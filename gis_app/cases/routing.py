"""Who is responsible for a whistle: by its place cell, village, township and worker, by its category and kind the receiving body.

One look-up serves one whistle and all of them: `Router.route_many` fills columns, `Router.route` takes one row of them and adds the words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind, Category, Rule, Step
from gis_app.cases.case import CaseKind
from gis_app.grid.households import Households
from gis_app.grid.units import Hierarchy, Level
from gis_app.grid.workers import Worker, answering, teams
from gis_app.language import Message


class CellLocator(Protocol):
    """What routing asks of `grid.locate.Locator`; `xy` is (n, 2) in county coordinates."""

    def cells_at(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the cell of each point, 0 outside."""

    def nearest(self, xy: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the nearest cell of each point and the distance to it."""

    def border_distances(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the distance of each point to the nearest border of a cell."""

    def beside(self, x: float, y: float) -> tuple[int, float]:
        """Return the nearest other cell of a point in a cell, and the distance to it."""


class Basis(IntEnum):
    """What the place of a whistle was taken from."""

    NOTHING = 0
    POINT = 1
    HOUSEHOLD = 2
    UNIT = 3
    OUTSIDE = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a whistle comes from: a point in county coordinates with its accuracy in metres, a household id, a unit id, or nothing of it.

    The first that is known counts, in this order.
    """

    x: float = np.nan
    y: float = np.nan
    accuracy: float = np.nan
    household: int = 0
    unit: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """Who is responsible for one whistle, and why.

    `cell`, `village`, `township`, `worker`: ids, 0 where unknown or vacant. `body` receives the whistle; `department` is the one in charge
    of its category (0 for none). `ladder`: body ids from the lowest to the highest step; `rule`: the id of the rule that chose, 0 for none.
    `border_distance`: metres to the nearest border of a cell, NaN without a point; `uncertain`: that border is nearer than the point is
    accurate.
    `nearest` and `distance`: for a point outside the county, the nearest cell and how far it is (else 0).
    """

    cell: int
    village: int
    township: int
    worker: int
    body: int
    department: int
    ladder: tuple[int, ...]
    reasons: tuple[Message, ...]
    basis: Basis
    rule: int
    border_distance: float
    uncertain: bool
    nearest: int
    distance: float

    @property
    def above(self) -> tuple[int, ...]:
        """Return the steps of the ladder above the receiving body."""
        return self.ladder[self.ladder.index(self.body) + 1 :] if self.body in self.ladder else self.ladder


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """The columns of many routes, one entry a whistle; meanings as in `Route`. `steps` is (n, 4): the ladder, 0 where a step is missing."""

    cell: NDArray[np.int64]
    village: NDArray[np.int64]
    township: NDArray[np.int64]
    worker: NDArray[np.int64]
    body: NDArray[np.int64]
    department: NDArray[np.int64]
    steps: NDArray[np.int64]
    basis: NDArray[np.int8]
    rule: NDArray[np.int64]
    border_distance: NDArray[np.float64]
    uncertain: NDArray[np.bool_]
    nearest: NDArray[np.int64]
    distance: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules ask about a whistle. `units`: the village and the township that it lies in (0 where unknown); `day`: when it was blown
    (None: any rule is taken as valid)."""

    category: int = 0
    kind: int = 0
    urgency: int = 0
    unit_kind: str = ""
    units: tuple[int, ...] = ()
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the rules say of a situation: the rule that won, its body or step (neither: the first step), the department in charge."""

    rule: int = 0
    body: int = 0
    step: str = ""
    department: int = 0


_KIND_WORDS: Mapping[int, str] = {int(kind): kind.name.lower() for kind in CaseKind}


def kind_word(kind: CaseKind | int) -> str:
    """Return the word by which a rule names a kind: consult, help, report or complain; nothing for one that is not known."""
    return _KIND_WORDS.get(kind, "")


def fits(rule: Rule, situation: Situation) -> bool:
    """Tell whether a rule is for a situation."""
    day = situation.day
    return (
        rule.category in (0, situation.category)
        and rule.kind in ("", kind_word(situation.kind))
        and rule.urgency in (0, situation.urgency)
        and rule.unit_kind in ("", situation.unit_kind)
        and (rule.unit == 0 or rule.unit in situation.units)
        and (day is None or rule.valid_from is None or rule.valid_from <= day)
        and (day is None or rule.valid_to is None or day <= rule.valid_to)
    )


def specificity(rule: Rule, units: Sequence[int] = ()) -> tuple[bool, int, bool, bool, bool, int, int, int]:
    """Return the order of rules, the most specific first: category, unit, kind, kind of unit, urgency.

    `units`: the village and the township of the situation, the smaller one first; a rule for the village comes before one for the township.
    Of rules for the same whistles, one that holds for a time comes before one without an end (so that it can be laid over it for a season),
    then one that began later (it takes over from then on), then the oldest.
    """
    place = (units.index(rule.unit) if rule.unit in units else 0) if rule.unit else len(units) + 1
    end = (rule.valid_to or date.max).toordinal()
    start = -(rule.valid_from or date.min).toordinal()
    return (rule.category == 0, place, rule.kind == "", rule.unit_kind == "", rule.urgency == 0, end, start, rule.id)


def choose(rules: Iterable[Rule], bodies: Mapping[int, Body], situation: Situation) -> Choice:
    """Return what the most specific rule that fits says.

    Rules that name a body that is gone are passed over. The department in charge is that of the most specific rule that names one:
    a consultation may go to the village while the department of its category stands behind it.
    """
    fitting = [rule for rule in rules if fits(rule, situation) and (not rule.body or rule.body in bodies)]
    fitting.sort(key=lambda rule: specificity(rule, situation.units))
    department = next((r.body for r in fitting if r.body and bodies[r.body].kind == BodyKind.DEPARTMENT), 0)
    first = fitting[0] if fitting else Rule(0)
    return Choice(first.id, first.body, first.step, department)


class Router:
    """Finds the responsible for whistles of one county state; build a new one when units, workers, bodies, rules or households change.

    `metres` is the length of one unit of the county's coordinates: distances and accuracies are metres whatever the coordinates are.
    `today` is the day on which workers answer (for absent ones their substitutes do); without it, the first worker of a cell does.
    """

    def __init__(
        self,
        hierarchy: Hierarchy,
        locator: CellLocator,
        workers: Mapping[int, Worker],
        bodies: Mapping[int, Body],
        categories: Mapping[int, Category],
        rules: Mapping[int, Rule],
        households: Households | None = None,
        *,
        metres: float = 1.0,
        today: date | None = None,
    ) -> None:
        self.hierarchy = hierarchy
        self.locator = locator
        self.workers = workers
        self.bodies = bodies
        self.categories = categories
        self.rules = rules
        self._metres = metres
        self._units = _UnitTable(hierarchy, workers, bodies, today)
        ids = np.empty(0, np.int64) if households is None else households.id
        order = np.argsort(ids, kind="stable")
        self._household_ids = ids[order]
        self._household_cells = ids if households is None else households.cell[order]
        self._choices: dict[Situation, Choice] = {}
        self._rules_of: dict[int, list[Rule]] = {}  # by category
        for rule in rules.values():
            self._rules_of.setdefault(rule.category, []).append(rule)
        self._classes = _PlaceClasses(hierarchy, rules.values())
        self.centre = min((b.id for b in bodies.values() if b.kind == BodyKind.CENTRE), default=0)

    def route(
        self,
        place: Place,
        category: int = 0,
        kind: CaseKind | int | None = None,
        urgency: int = 0,
        day: date | None = None,
    ) -> Route:
        """Return who is responsible for one whistle, with the reasons in words; `day`: when it was blown, for rules that end or begin."""
        from gis_app.cases.reasons import reasons

        many = self.route_many(
            x=np.array([place.x]),
            y=np.array([place.y]),
            accuracy=np.array([place.accuracy]),
            household=np.array([place.household]),
            unit=np.array([place.unit]),
            category=np.array([category]),
            kind=np.array([int(kind or 0)]),
            urgency=np.array([urgency]),
            day=np.array([day or "NaT"], "datetime64[D]"),
        )
        row: dict[str, Any] = {name: getattr(many, name)[0].item() for name in _SCALARS}
        ladder = tuple(dict.fromkeys(int(step) for step in many.steps[0] if step))
        route = Route(ladder=ladder, reasons=(), basis=Basis(int(many.basis[0])), **row)
        return Route(ladder=ladder, reasons=reasons(self, place, category, route), basis=route.basis, **row)

    def route_many(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        *,
        accuracy: NDArray[np.float64] | None = None,
        household: NDArray[np.int64] | None = None,
        unit: NDArray[np.int64] | None = None,
        category: NDArray[np.int64] | None = None,
        kind: NDArray[np.int64] | None = None,
        urgency: NDArray[np.int64] | None = None,
        day: NDArray[np.datetime64] | None = None,
    ) -> Routes:
        """Return who is responsible for many whistles; columns that are left out are unknown (NaN, 0, NaT)."""
        n = len(x)
        nothing = np.zeros(n, np.int64)
        has_point = np.isfinite(x) & np.isfinite(y)
        points = np.column_stack((x, y))[has_point]

        basis = np.zeros(n, np.int8)
        place = nothing.copy()  # the unit that the whistle lies in, of whichever level
        border = np.full(n, np.nan)
        nearest, distance = nothing.copy(), np.zeros(n)
        if len(points):
            place[has_point] = self.locator.cells_at(points)
            basis[has_point] = np.where(place[has_point] > 0, Basis.POINT, Basis.OUTSIDE)
            outside, inside = basis == Basis.OUTSIDE, basis == Basis.POINT
            border[inside] = self.locator.border_distances(np.column_stack((x, y))[inside]) * self._metres
            if outside.any():
                nearest[outside], away = self.locator.nearest(np.column_stack((x, y))[outside])
                distance[outside] = away * self._metres
                border[outside] = distance[outside]
        for known, units in ((Basis.HOUSEHOLD, self._cells_of(household)), (Basis.UNIT, unit)):
            if units is not None:
                found = (basis == Basis.NOTHING) & (units > 0) & (self._units.rows(units) > 0)
                place[found], basis[found] = units[found], known

        row = self._units.rows(place)
        outside = basis == Basis.OUTSIDE
        never = np.full(n, np.datetime64("NaT", "D"))
        rule, named, step, department = self._chosen(
            [nothing if column is None else column for column in (category, kind, urgency)],
            self._units.village[row],
            self._units.township[row],
            never if day is None else day,
        )
        village_body, township_body = self._units.village_body[row], self._units.township_body[row]
        centre = np.full(n, self.centre)
        first = _first_of(village_body, township_body, centre)
        first = np.where(step == _STEPS[Step.TOWNSHIP], _first_of(township_body, centre, village_body), first)
        first = np.where(step == _STEPS[Step.CENTRE], _first_of(centre, first), first)
        body = _first_of(np.where(outside, self.centre, 0), named, first)
        rule = np.where(outside & (self.centre > 0), 0, rule)
        return Routes(
            cell=self._units.cell[row],
            village=self._units.village[row],
            township=self._units.township[row],
            worker=self._units.worker[row],
            body=body,
            department=department,
            steps=np.column_stack((village_body, township_body, department, centre)),
            basis=basis,
            rule=rule,
            border_distance=border,
            uncertain=(border < accuracy) if accuracy is not None else np.zeros(n, np.bool_),
            nearest=nearest,
            distance=distance,
        )

    def situation(self, route: Route, category: int = 0, kind: int = 0, urgency: int = 0, day: date | None = None) -> Situation:
        """Return what the rules were asked about a whistle that was routed."""
        village = self.hierarchy.get(route.village)
        units = tuple(unit for unit in (route.village, route.township) if unit)
        return Situation(category, kind, urgency, str(village.kind) if village is not None else "", units, day)

    def beside(self, x: float, y: float) -> tuple[int, float]:
        """Return the nearest other cell of a point in a cell and the distance to it in metres; (0, NaN) where there is none."""
        other, distance = self.locator.beside(x, y)
        return other, distance * self._metres

    def choice(self, situation: Situation) -> Choice:
        """Return what the rules say of a situation (remembered)."""
        if situation not in self._choices:
            general = self._rules_of.get(0, []) if situation.category else []
            meant = [*self._rules_of.get(situation.category, []), *general]
            self._choices[situation] = choose(meant, self.bodies, situation)
        return self._choices[situation]

    def _chosen(
        self,
        about: Sequence[NDArray[np.int64]],
        village: NDArray[np.int64],
        township: NDArray[np.int64],
        day: NDArray[np.datetime64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return rule, body, step (a number of `_STEPS`) and department for columns; every different situation is asked for once.

        `about`: categories, kinds and urgencies.
        """
        if not len(village):
            nothing = np.empty(0, np.int64)
            return nothing, nothing, nothing, nothing
        places, times = self._classes.of(village, township), self._classes.spans(day)
        keys, index = np.unique(np.column_stack((*about, places, times)).astype(np.int64), axis=0, return_inverse=True)
        choices = [self.choice(self._classes.situation(*key)) for key in keys.tolist()]
        table = np.array([(c.rule, c.body, _STEPS[c.step], c.department) for c in choices], np.int64).reshape(-1, 4)
        chosen = table[index.reshape(-1)]
        return chosen[:, 0], chosen[:, 1], chosen[:, 2], chosen[:, 3]

    def _cells_of(self, household: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
        """Return the cells of households by id; 0 for none."""
        if household is None or not len(self._household_ids):
            return None
        at = np.minimum(np.searchsorted(self._household_ids, household), len(self._household_ids) - 1)
        return np.where(self._household_ids[at] == household, self._household_cells[at], 0)


_SCALARS = (
    "cell", "village", "township", "worker", "body", "department", "rule", "border_distance", "uncertain", "nearest", "distance",
)  # fmt: skip


_STEPS: Mapping[str, int] = {"": 0, Step.VILLAGE: 1, Step.TOWNSHIP: 2, Step.CENTRE: 3}
"""The steps that a rule may name, as numbers of a column."""


class _PlaceClasses:
    """Sorts places and days into the few classes between which the rules make a difference."""

    def __init__(self, hierarchy: Hierarchy, rules: Iterable[Rule]) -> None:
        known = tuple(rules)
        self._units = {rule.unit for rule in known if rule.unit}
        self._kinds = any(rule.unit_kind for rule in known)
        self._hierarchy = hierarchy
        self._places: list[tuple[str, tuple[int, ...]]] = []
        self._numbers: dict[tuple[str, tuple[int, ...]], int] = {}
        starts = {rule.valid_from for rule in known if rule.valid_from} | {
            rule.valid_to + timedelta(days=1) for rule in known if rule.valid_to and rule.valid_to < date.max
        }
        self._starts = np.array(sorted(starts), "datetime64[D]")

    def of(self, village: NDArray[np.int64], township: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the class of each place by its village and township."""
        if not self._kinds and not self._units:
            return np.full(len(village), self._number(("", ())))
        pairs, index = np.unique(np.column_stack((village, township)), axis=0, return_inverse=True)
        numbers = np.array([self._number(self._key(*pair)) for pair in pairs.tolist()], np.int64)
        found: NDArray[np.int64] = numbers[index.reshape(-1)]
        return found

    def spans(self, day: NDArray[np.datetime64]) -> NDArray[np.int64]:
        """Return between which beginnings and ends of rules each day lies; -1 for a day that is not known."""
        days = day.astype("datetime64[D]")
        return np.where(np.isnat(days), -1, np.searchsorted(self._starts, days, side="right"))

    def situation(self, category: int, kind: int, urgency: int, place: int, span: int) -> Situation:
        """Return what the rules are asked about a class."""
        unit_kind, units = self._places[place]
        day = None if span < 0 else self._starts[span - 1].item() if span else date.min
        return Situation(category, kind, urgency, unit_kind, units, day)

    def _key(self, village: int, township: int) -> tuple[str, tuple[int, ...]]:
        kind = str(self._hierarchy[village].kind) if self._kinds and village in self._hierarchy else ""
        return kind, tuple(unit for unit in (village, township) if unit in self._units)

    def _number(self, key: tuple[str, tuple[int, ...]]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self._places)
            self._places.append(key)
        return self._numbers[key]


_GOVERNING = (BodyKind.VILLAGE, BodyKind.COMMUNITY, BodyKind.TOWNSHIP)
"""The bodies that govern a unit, and so are steps of the ladder for whistles from there; a bureau's office in a township is not."""


class _UnitTable:
    """What belongs to every unit, as arrays in the order of unit ids; row 0 is "no unit"."""

    def __init__(self, hierarchy: Hierarchy, workers: Mapping[int, Worker], bodies: Mapping[int, Body], today: date | None) -> None:
        self.ids = np.array(sorted({0, *hierarchy}), np.int64)
        n = len(self.ids)
        self.cell, self.village, self.township, self.worker = (np.zeros(n, np.int64) for _ in range(4))
        self.village_body, self.township_body = np.zeros(n, np.int64), np.zeros(n, np.int64)
        worker_of = answering(workers, today) if today else {cell: team[0] for cell, team in teams(workers).items()}
        body_of = {body.unit: body.id for body in sorted(bodies.values(), key=lambda body: -body.id) if body.kind in _GOVERNING}
        for row, unit in enumerate(self.ids[1:].tolist(), start=1):
            levels = {step.level: step.id for step in hierarchy.path(unit)}
            if Level.CELL not in levels:
                cells = hierarchy.cells(unit)
                if len(cells) == 1:  # a village that is not divided yet
                    levels |= {step.level: step.id for step in hierarchy.path(cells[0].id)}
            self.cell[row] = levels.get(Level.CELL, 0)
            self.village[row] = levels.get(Level.VILLAGE, 0)
            self.township[row] = levels.get(Level.TOWNSHIP, 0)
            self.worker[row] = worker_of.get(levels.get(Level.CELL, -1), 0)
            self.village_body[row] = body_of.get(levels.get(Level.VILLAGE, -1), 0)
            self.township_body[row] = body_of.get(levels.get(Level.TOWNSHIP, -1), 0)

    def rows(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each unit id; 0 for an unknown one."""
        at = np.minimum(np.searchsorted(self.ids, units), len(self.ids) - 1)
        return np.where(self.ids[at] == units, at, 0)


def _first_of(*columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the first value of each row that is not 0, else 0."""
    found = columns[0]
    for column in columns[1:]:
        found = np.where(found > 0, found, column)
    return found
