"""Receiving bodies: villages, communities, townships, departments and the county centre."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BodyKind(StrEnum):
    """What a receiving body is."""

    VILLAGE = "village"
    COMMUNITY = "community"
    TOWNSHIP = "township"
    DEPARTMENT = "department"
    CENTRE = "centre"


class DepartmentCategory(StrEnum):
    """The six categories of the county's departments."""

    PARTY = "party"
    COORDINATION = "coordination"
    ENFORCEMENT = "enforcement"
    LIVELIHOOD = "livelihood"
    SOCIAL_SERVICES = "social_services"
    APPROVALS = "approvals"


@dataclass(frozen=True, slots=True)
class Body:
    """A body that receives whistles, with its one receiver and one leader. `unit` is the unit it governs (0 for a department)."""

    id: int
    kind: BodyKind
    name: str
    code: str = ""
    category: str = ""
    unit: int = 0
    receiver: str = ""
    receiver_phone: str = ""
    leader: str = ""
    leader_phone: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """What a whistle is about, e.g. illegal building; data of the county, not a constant."""

    id: int
    code: str
    name: str
    name_en: str = ""
    keywords: str = ""


class Step(StrEnum):
    """The steps of the ladder that a rule may name instead of a body."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which body receives a whistle: of the rules that fit, the most specific one wins.

    What is empty or 0 stands for any: `category`; `kind`, named by its word (consult, help, report, complain); `unit_kind` (the kind of
    the village, community or direct unit); `urgency`; `unit` (the township or village that the whistle lies in: a rule that holds there
    alone devolves the category). `valid_from` and `valid_to`: the first and last day on which whistles are blown that it is for.
    `body` 0 sends the whistle up the ladder from its place: to the `step` that is named, the village or community where none is.
    """

    id: int
    category: int = 0
    kind: str = ""
    body: int = 0
    unit_kind: str = ""
    urgency: int = 0
    unit: int = 0
    step: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""
