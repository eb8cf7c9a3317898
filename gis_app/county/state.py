"""The state of one opened county: an immutable value that every reader may keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from gis_app.cases.bodies import Body, Category, Rule
from gis_app.cases.case import Cases
from gis_app.cases.limits import Limit
from gis_app.county.references import Reference
from gis_app.grid.coverage import Coverage
from gis_app.grid.former import FormerContent, FormerGrid
from gis_app.grid.households import Households
from gis_app.grid.plans import Plan
from gis_app.grid.units import Hierarchy, Level, Unit
from gis_app.grid.workers import Worker
from gis_app.language import ZONE

FLAGS: Mapping[str, Mapping[str, object]] = {
    "防贫监测": {"name_en": "poverty watch", "weight": 1.0},
    "脱贫户": {"name_en": "out of poverty", "weight": 0.5},
    "低保": {"name_en": "subsistence allowance", "weight": 0.5},
    "特困": {"name_en": "destitute", "weight": 1.0},
    "独居老人": {"name_en": "elderly living alone", "weight": 1.0},
    "慢性病": {"name_en": "chronic illness", "weight": 0.5},
    "残疾": {"name_en": "disability", "weight": 0.5},
    "留守儿童": {"name_en": "child left behind", "weight": 0.5},
    "退役军人": {"name_en": "veteran", "weight": 0.0},
    "党员户": {"name_en": "party member", "weight": 0.0},
}
"""The flags of households that a new county knows, and what each weighs: it adds so many households to the load of the worker."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the whole county; stored in the table `settings`, one row a field."""

    name: str = ""
    code: str = ""
    crs: str = "EPSG:4550"
    code_scheme: str = "gbt"  # "gbt": 9, 12 and 15 digits; "free": any text, unique in its level
    rural_floor: int = 50
    community_floor: int = 100
    sms_minutes: int = 0
    robot_call_minutes: int = 10
    overdue_hours: int = 72  # an open case without a promise is overdue after this, where its urgency was not said
    plan_name: str = ""
    plan_published: str = ""
    fixed_now: str = ""  # ISO 8601 UTC: the demo county lives at this instant, so that its clocks stay meaningful
    metadata: Mapping[str, object] = field(default_factory=dict)  # e.g. {"planted_hotspots": [code, ...], "seed": 1}
    rural_maximum: int = 0  # households of a rural cell at most; 0 for no limit
    community_maximum: int = 0
    least_compactness: float = 0.15  # Polsby-Popper below which a cell is called not compact
    neck_width: float = 10.0  # m: where a cell is narrower between two larger parts, it has a narrow neck
    far_household: float = 1500.0  # m between a household and the nearest other one of its cell
    sms_again_minutes: int = 5  # a second SMS, counted from the arrival at the body as the first; 0 for none
    review_hours: int = 24  # a leader reviews so long after the pick-up at the latest
    soon_hours: int = 24  # before its deadline, a case is due soon
    rate_days: int = 7  # a case waits so long to be rated
    duplicate_metres: float = 250.0  # whistles of one category nearer to each other than this,
    duplicate_days: int = 14  # and blown within so many days, may be the same
    attachment_megabytes: int = 10  # a photo or document at most
    flags: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: FLAGS)  # of households: name → {"name_en", "weight"}
    case_weight: float = 2.0  # an open whistle is as much work as so many households
    walking_weight: float = 2.0  # and so is a kilometre of the round through a cell's households
    worker_capacity: int = 0  # load of a worker at most, in households; 0 for no limit
    overload_percent: int = 130  # of the mean of his branch: above it a worker is overloaded

    def now(self) -> datetime:
        """Return the present instant in UTC: the fixed one of a demo county, else the clock's."""
        return datetime.fromisoformat(self.fixed_now) if self.fixed_now else datetime.now(UTC)

    def today(self) -> date:
        """Return the present day in the county (Asia/Shanghai)."""
        return self.now().astimezone(ZONE).date()


@dataclass(frozen=True, slots=True)
class Period:
    """A named period whose figures are asked for again and again; both ends in UTC, `end` excluded."""

    id: int
    name: str
    name_en: str
    start: datetime
    end: datetime


class Duty(NamedTuple):
    """Where a worker belongs in a plan: village, cell, further cells."""

    village: int
    cell: int
    more_cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Overrides:
    """What differs in a plan's division from "by location", each by id: what a planner decided by hand.

    `pins`: household → the cell that it is kept in (0: its place decides, although the published plan pins it). `workers`: worker → his
    village and cells. `cases`: open case → cell.
    """

    pins: Mapping[int, int] = field(default_factory=dict)
    workers: Mapping[int, "Duty"] = field(default_factory=dict)
    cases: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class CountyState:
    """Everything that the map and the figures need; texts of households and cases are read from the store when shown.

    It shows the county divided as in `plan`: the published one, or another, with the same people and whistles in that one's cells.
    """

    settings: Settings
    units: Hierarchy
    coverage: Coverage
    households: Households
    workers: Mapping[int, Worker]
    bodies: Mapping[int, Body]
    categories: Mapping[int, Category]
    rules: Mapping[int, Rule]
    cases: Cases
    periods: Mapping[int, Period]
    plan: int = 0
    plans: Mapping[int, Plan] = field(default_factory=dict)
    closed: Mapping[int, Unit] = field(default_factory=dict)  # units that a later plan did away with, with the day they ended
    references: Mapping[int, Reference] = field(default_factory=dict)
    overrides: Overrides = field(default_factory=Overrides)  # empty for the published plan
    taken: Mapping[str, int] = field(default_factory=dict)  # table → the highest id that other plans use: none of theirs is given again
    plan_codes: Mapping[int, frozenset[str]] = field(default_factory=dict)  # the codes that the units of archived plans had
    limits: Mapping[int, Limit] = field(default_factory=dict)
    flag_sets: tuple[str, ...] = ("",)  # the sets of flags (words separated by commas) that `Households.flags` counts
    retired: frozenset[int] = frozenset()  # ids of households that are in the register no more; their rows stay in the file
    former_grids: Mapping[int, FormerGrid] = field(default_factory=dict)  # networks of other offices; their units stay in the file
    published: "CountyState | None" = None  # the county in its published plan, where this is another
    beside: "CountyState | None" = None  # the county in the plan that an edit asked for (`Edit.beside`), while it is planned
    former: FormerContent | None = None  # what the file holds of former grids, while an edit `with_former` is planned


def with_past_cells(state: CountyState) -> Hierarchy:
    """Return the units of a state and the cells that are no longer there, as far as their village is.

    Whistles that are over keep the cell that they lay in: with these, they count for their village and can be named.
    """
    others = (state.closed.values(), state.published.units.values() if state.published is not None else ())
    past = [unit for known in others for unit in known if unit.id not in state.units and unit.parent in state.units]
    cells = [unit for unit in past if unit.level == Level.CELL]
    return Hierarchy([*cells, *state.units.values()]) if cells else state.units
