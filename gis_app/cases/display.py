"""How cases are shown: the four states of the map, and the words for every enumeration."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind, Category, DepartmentCategory
from gis_app.cases.case import CaseKind, Cases, EventKind, State
from gis_app.cases.times import utc64
from gis_app.language import Message, current, msg

OVERDUE, WAITING, IN_PROGRESS, DONE = range(4)
"""The values of `display_states`, the most urgent first."""


_STATES: Mapping[State, Message] = {
    State.WAITING: msg("Waiting"),
    State.PICKED_UP: msg("Picked up"),
    State.PROMISED: msg("Promised"),
    State.DONE: msg("Done"),
    State.RATED: msg("Rated"),
    State.RETURNED: msg("Returned"),
}

_KINDS: Mapping[CaseKind, Message] = {
    CaseKind.CONSULT: msg("Consultation"),
    CaseKind.HELP: msg("Request for help"),
    CaseKind.REPORT: msg("Report of wrongdoing"),
    CaseKind.COMPLAIN: msg("Complaint"),
}

_EVENTS: Mapping[EventKind, Message] = {
    EventKind.BLOWN: msg("Whistle blown"),
    EventKind.PICKED_UP: msg("Pick-up"),
    EventKind.PROMISED: msg("Promise of a deadline"),
    EventKind.HANDED_OVER: msg("Hand-over"),
    EventKind.PASSED_UP: msg("Passing up"),
    EventKind.URGED: msg("Urging"),
    EventKind.RETURNED: msg("Return as not reasonable"),
    EventKind.DONE: msg("Completion"),
    EventKind.RATED: msg("Rating"),
}

_BODY_KINDS: Mapping[BodyKind, Message] = {
    BodyKind.VILLAGE: msg("Village"),
    BodyKind.COMMUNITY: msg("Community"),
    BodyKind.TOWNSHIP: msg("Township"),
    BodyKind.DEPARTMENT: msg("Department"),
    BodyKind.CENTRE: msg("County centre"),
}

_DEPARTMENT_CATEGORIES: Mapping[str, Message] = {
    DepartmentCategory.PARTY: msg("Party and public"),
    DepartmentCategory.COORDINATION: msg("Coordination"),
    DepartmentCategory.ENFORCEMENT: msg("Enforcement"),
    DepartmentCategory.LIVELIHOOD: msg("Livelihood"),
    DepartmentCategory.SOCIAL_SERVICES: msg("Social services"),
    DepartmentCategory.APPROVALS: msg("Approvals"),
}

_WHISTLERS: Mapping[str, Message] = {
    "worker": msg("Grid worker"),
    "resident": msg("Resident"),
    "helper": msg("Helper"),
}


def state_text(state: State | int) -> Message:
    """Return the word for a state."""
    return _STATES[State(state)]


def kind_text(kind: CaseKind | int) -> Message:
    """Return the word for what the whistler wants."""
    return _KINDS[CaseKind(kind)]


def event_text(kind: EventKind | str) -> Message:
    """Return the word for a step of the loop."""
    return _EVENTS[EventKind(kind)]


def body_kind_text(kind: BodyKind | str) -> Message:
    """Return the word for a kind of receiving body."""
    return _BODY_KINDS[BodyKind(kind)]


def department_category_text(category: str) -> Message:
    """Return the word for a category of departments; one that the county made up stays as it is."""
    return _DEPARTMENT_CATEGORIES.get(category) or Message(category)


def whistler_text(whistler: str) -> Message:
    """Return the word for who blew the whistle; an unknown one stays as it is."""
    return _WHISTLERS.get(whistler) or Message(whistler)


def category_name(category: Category) -> str:
    """Return the name of a category in the language in use; its Chinese name where it has no English one."""
    return category.name_en if current() == "en" and category.name_en else category.name


def is_open(cases: Cases) -> NDArray[np.bool_]:
    """Mark the cases for which somebody still owes an answer."""
    return np.asarray(cases.state <= State.PROMISED)


def due_times(cases: Cases, overdue_hours: float) -> NDArray[np.datetime64]:
    """Return when each case falls due: the promised deadline, else `overdue_hours` after it reached its present body.

    Closed cases keep theirs. NaT where not even the time of the whistle is known.
    """
    arrived = np.where(np.isnat(cases.arrived), cases.blown, cases.arrived)
    limit = np.timedelta64(round(overdue_hours * 3600), "s")
    return np.asarray(np.where(np.isnat(cases.deadline), arrived + limit, cases.deadline))


def display_states(cases: Cases, now: datetime | np.datetime64, overdue_hours: float) -> NDArray[np.int8]:
    """Return what the map shows for each case, as int8: `OVERDUE`, `WAITING`, `IN_PROGRESS` or `DONE` (also rated and returned)."""
    states = np.full(len(cases), DONE, np.int8)
    states[(cases.state == State.PICKED_UP) | (cases.state == State.PROMISED)] = IN_PROGRESS
    states[cases.state == State.WAITING] = WAITING
    states[is_open(cases) & (due_times(cases, overdue_hours) < utc64(now))] = OVERDUE
    return states
