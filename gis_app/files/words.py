"""What words in columns mean: kinds of whistles, who blew them, categories of departments, yes and no."""

from collections.abc import Mapping
from typing import TypeVar

from gis_app.cases.bodies import DepartmentCategory
from gis_app.cases.case import CaseKind

T = TypeVar("T")

CASE_KINDS: Mapping[CaseKind, tuple[str, ...]] = {
    CaseKind.CONSULT: ("咨询", "询问", "consult", "question", "inquiry"),
    CaseKind.REPORT: ("举报", "检举", "report"),
    CaseKind.COMPLAIN: ("投诉", "complain", "complaint"),
    CaseKind.HELP: ("求助", "帮助", "诉求", "help", "request"),
}
WHISTLERS: Mapping[str, tuple[str, ...]] = {
    "worker": ("网格员", "worker", "grid worker"),
    "helper": ("帮扶", "助理", "helper"),
    "resident": ("居民", "村民", "群众", "市民", "resident", "citizen"),
}
DEPARTMENTS: Mapping[DepartmentCategory, tuple[str, ...]] = {
    DepartmentCategory.PARTY: ("党群", "党建", "party"),
    DepartmentCategory.COORDINATION: ("综合协调", "协调", "coordination"),
    DepartmentCategory.ENFORCEMENT: ("执法", "监督", "enforcement"),
    DepartmentCategory.LIVELIHOOD: ("民生", "livelihood"),
    DepartmentCategory.SOCIAL_SERVICES: ("社会服务", "服务", "social_services", "social services"),
    DepartmentCategory.APPROVALS: ("审批", "approvals", "approval"),
}
_NO = ("否", "不", "无", "no", "n", "false", "f", "0", "非常住", "流动", "空户", "空置", "外出")


def case_kind(text: str) -> CaseKind | None:
    """Return the kind of a whistle that a text names, by word or number; None for another text."""
    if text.isdigit() and int(text) in {kind.value for kind in CaseKind}:
        return CaseKind(int(text))
    return _meant(text, CASE_KINDS)


def whistler(text: str) -> str:
    """Return who blew: "worker", "helper" or "resident" (also where the text says nothing)."""
    return _meant(text, WHISTLERS) or "resident"


def department_category(text: str) -> str:
    """Return the category of departments that a text names, "" for another text."""
    found = _meant(text, DEPARTMENTS)
    return found.value if found else ""


def _meant(text: str, words: Mapping[T, tuple[str, ...]]) -> T | None:
    plain = text.strip().casefold()
    for meaning, known in words.items():
        if plain in known or any(not word.isascii() and word in plain for word in known):
            return meaning
    return None


def yes(text: str) -> bool:
    """Tell whether a text says yes; nothing said is yes."""
    return text.strip().casefold() not in _NO
