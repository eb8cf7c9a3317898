"""Plans (网格方案): the versions of a county's division."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class PlanStatus(StrEnum):
    """A draft is worked on, one plan is published (whistles and reports use it), earlier ones are archived."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of the county's division. `base` is the plan that it was copied from (0: none), `created` is UTC."""

    id: int
    name: str
    status: PlanStatus
    base: int = 0
    created: datetime | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
