"""Receiving bodies: villages, communities, townships, departments and the county centre."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Rule:
    """Which body receives a whistle: the most specific rule wins (category and kind, category, kind, neither).

    `category` 0 and `kind` "" stand for any; a kind is named by its word: consult, help, report, complain. `body` 0 sends the whistle to
    the village or community of its place (first step of the ladder).
    """

    id: int
    category: int = 0
    kind: str = ""
    body: int = 0
