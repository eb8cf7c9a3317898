"""What words in columns mean: kinds of whistles, how urgent they are, how far they are, who blew them, yes and no."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from gis_app.cases.bodies import DepartmentCategory
from gis_app.cases.case import CaseKind, Urgency

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


class Said(StrEnum):
    """How far a file says that a case is."""

    WAITING = "waiting"
    STARTED = "started"
    PICKED_UP = "picked_up"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    DONE = "done"


URGENCIES: Mapping[Urgency, tuple[str, ...]] = {
    Urgency.EMERGENCY: ("特急", "特别紧急", "emergency", "critical"),
    Urgency.LOW: ("可缓", "不急", "不紧急", "low"),
    Urgency.URGENT: ("紧急", "加急", "急件", "urgent", "high"),
    Urgency.NORMAL: ("一般", "普通", "正常", "normal", "medium", "standard"),
}
STATES: Mapping[Said, tuple[str, ...]] = {
    Said.WAITING: (
        "待接", "未接", "待处理", "待受理", "未受理", "待签收", "待办", "open", "new", "unassigned", "received", "submitted", "reported",
        "pending", "email sent", "reopened", "re-opened", "waiting",
    ),
    Said.STARTED: (
        "处理中", "办理中", "进行中", "在办", "未办结", "未完成", "未解决", "started", "in progress", "in process", "in_progress",
        "promised",
    ),
    Said.PICKED_UP: ("已接", "已签收", "已受理", "assigned", "acknowledged", "accepted", "picked_up", "under_review"),
    Said.RETURNED: ("退回", "退单", "不予受理", "returned", "cancelled", "canceled", "rejected", "invalid"),
    Said.DUPLICATE: ("重复", "duplicate", "closed (duplicate)", "closed - duplicate"),
    Said.DONE: (
        "办结", "完成", "结案", "已解决", "关闭", "closed", "done", "completed", "complete", "resolved", "fixed", "closed (transferred)",
        "verified", "rated",
    ),
}  # fmt: skip
"""Words for how far a case is; those that hold others ("未办结") stand before them."""
_NO = ("否", "不", "无", "no", "n", "false", "f", "0", "非常住", "流动", "空户", "空置", "外出")


def case_kind(text: str) -> CaseKind | None:
    """Return the kind of a whistle that a text names, by word or number; None for another text."""
    if text.isdigit() and int(text) in {kind.value for kind in CaseKind}:
        return CaseKind(int(text))
    return _meant(text, CASE_KINDS)


def urgency(text: str) -> Urgency:
    """Return how urgent a text calls a case, by word or number; `NOT_SAID` for another text."""
    if text.isdigit() and int(text) in {level.value for level in Urgency}:
        return Urgency(int(text))
    return _meant(text, URGENCIES) or Urgency.NOT_SAID


def said(text: str) -> Said | None:
    """Return how far a text says that a case is, None for another text."""
    return _meant(text, STATES)


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
