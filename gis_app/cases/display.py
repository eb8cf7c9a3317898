"""How cases are shown: the four states of the map, and the words for every enumeration."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind, Category, DepartmentCategory
from gis_app.cases.case import COMPLETED_STATES, OPEN_STATES, UNCLAIMED_STATES, CaseKind, Cases, EventKind, State, Urgency
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
    State.UNDER_REVIEW: msg("Under review"),
    State.IN_PROGRESS: msg("In progress"),
    State.MEETING: msg("Joint meeting"),
    State.SUSPENDED: msg("Suspended"),
    State.VERIFIED: msg("Verified"),
    State.CLOSED: msg("Closed"),
    State.DUPLICATE: msg("Duplicate"),
}

_KINDS: Mapping[CaseKind, Message] = {
    CaseKind.CONSULT: msg("Consultation"),
    CaseKind.HELP: msg("Request for help"),
    CaseKind.REPORT: msg("Report of wrongdoing"),
    CaseKind.COMPLAIN: msg("Complaint"),
}

_EVENTS: Mapping[EventKind, Message] = {
    EventKind.BLOWN: msg("Whistle blown"),
    EventKind.TOLD: msg("Telling the body"),
    EventKind.PICKED_UP: msg("Pick-up"),
    EventKind.SUBMITTED: msg("Submission to the leader"),
    EventKind.REVIEWED: msg("Review by the leader"),
    EventKind.STARTED: msg("Beginning of the work"),
    EventKind.PROMISED: msg("Promise of a deadline"),
    EventKind.HANDED_OVER: msg("Hand-over"),
    EventKind.PASSED_UP: msg("Passing up"),
    EventKind.MEETING: msg("Calling a joint meeting"),
    EventKind.SUSPENDED: msg("Suspension"),
    EventKind.RESUMED: msg("Resumption"),
    EventKind.URGED: msg("Urging"),
    EventKind.RETURNED: msg("Return as not reasonable"),
    EventKind.APPEALED: msg("Appeal"),
    EventKind.DONE: msg("Completion"),
    EventKind.VERIFIED: msg("Verification"),
    EventKind.RATED: msg("Rating"),
    EventKind.CLOSED: msg("Closing"),
    EventKind.REOPENED: msg("Reopening"),
    EventKind.DUPLICATE: msg("Merging with another case"),
    EventKind.CORRECTED: msg("Correction"),
    EventKind.NOTED: msg("Note"),
}

_URGENCIES: Mapping[Urgency, Message] = {
    Urgency.NOT_SAID: msg("Urgency not said"),
    Urgency.EMERGENCY: msg("Emergency"),
    Urgency.URGENT: msg("Urgent"),
    Urgency.NORMAL: msg("Normal"),
    Urgency.LOW: msg("Not urgent"),
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


def urgency_text(urgency: Urgency | int) -> Message:
    """Return the word for how soon a case has to be dealt with."""
    return _URGENCIES[Urgency(urgency)]


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


def _mask(states: frozenset[State]) -> NDArray[np.bool_]:
    return np.array([number in states for number in range(max(State) + 1)])


_OPEN, _UNCLAIMED, _COMPLETED = _mask(OPEN_STATES), _mask(UNCLAIMED_STATES), _mask(COMPLETED_STATES)


def is_open(cases: Cases) -> NDArray[np.bool_]:
    """Mark the cases for which somebody still owes an answer."""
    opened: NDArray[np.bool_] = _OPEN[cases.state]
    return opened


def is_unclaimed(cases: Cases) -> NDArray[np.bool_]:
    """Mark the cases that their present body has not picked up yet."""
    unclaimed: NDArray[np.bool_] = _UNCLAIMED[cases.state]
    return unclaimed


def is_completed(cases: Cases) -> NDArray[np.bool_]:
    """Mark the cases whose result is recorded."""
    completed: NDArray[np.bool_] = _COMPLETED[cases.state]
    return completed


def due_times(cases: Cases, hours: float | NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Return when each case falls due: the promised deadline (or the end of its suspension), else `hours` (of all, or one a case) after it
    reached its present body.

    Closed cases keep theirs. NaT where not even the time of the whistle is known.
    """
    arrived = np.where(np.isnat(cases.arrived), cases.blown, cases.arrived)
    limit = np.rint(np.asarray(hours, np.float64) * 3600).astype(np.int64).astype("timedelta64[s]")
    return np.asarray(np.where(np.isnat(cases.deadline), arrived + limit, cases.deadline))


def display_states(cases: Cases, now: datetime | np.datetime64, hours: float | NDArray[np.float64]) -> NDArray[np.int8]:
    """Return what the map shows for each case, as int8: `OVERDUE`, `WAITING`, `IN_PROGRESS` or `DONE` (also returned and merged ones).

    `hours` as in `due_times`.
    """
    states = np.full(len(cases), DONE, np.int8)
    opened = is_open(cases)
    states[opened] = IN_PROGRESS
    states[is_unclaimed(cases)] = WAITING
    states[opened & (due_times(cases, hours) < utc64(now))] = OVERDUE
    return states
