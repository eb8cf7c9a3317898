"""Rows of cases that the county has: what happened to them since they were imported is added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import COMPLETED_STATES, OPEN_STATES, UNCLAIMED_STATES, Event, EventKind, State
from gis_app.cases.life_cycle import fold
from gis_app.cases.times import as_utc
from gis_app.county.case_edits import events_of, standing_columns
from gis_app.county.content import objects
from gis_app.files import words
from gis_app.files.case_steps import Course
from gis_app.files.table import Table
from gis_app.files.words import Said

Ints = NDArray[np.int64]
_FEW = 200  # cases whose events are read one by one


@dataclass(frozen=True, slots=True)
class News:
    """What is new about known cases: the columns to update, and the events to add."""

    cases: Mapping[str, NDArray[Any]]
    events: Sequence[Event]


def news_of(table: Table, known: Ints, course: Course, own: Mapping[int, Sequence[Event]]) -> News:
    """Return what brings known cases (`known`: by row, 0 for others) to where the file says they are; marks their rows as updated.

    An open case that the file tells to be picked up, started or over gets that event; one that was over there and is open again is
    reopened. What somebody did here since counts by its time, like everything else.
    """
    if not known.any() or table.store is None:
        return News({}, ())
    rows = _candidates(table, known, course, own)
    told = stored_events(table, [int(known[row]) for row in rows])
    added: list[Event] = []
    columns: list[dict[str, NDArray[Any]]] = []
    for row in rows:
        case = int(known[row])
        before = told.get(case, [])
        new = _missing(before, [replace(event, case=case) for event in own[row]] if row in own else _made(course, row, case, before))
        if new:
            table.updated.add(row)
            added += new
            columns.append({"id": np.array([case], np.int64), **standing_columns(fold([*before, *new])), **_texts(table, row, new)})
    if not added:
        return News({}, ())
    return News({name: np.concatenate([part[name] for part in columns]) for name in columns[0]}, added)


def _candidates(table: Table, known: Ints, course: Course, own: Mapping[int, Sequence[Event]]) -> list[int]:
    """Return the rows that may say more about their case than the county knows."""
    position = {case: at for at, case in enumerate(table.state.cases.id.tolist())}
    asked = [row for row in np.flatnonzero(known).tolist() if row not in table.rejected]
    moved = [row for row in asked if row not in own and _moved(table, course, row, position[int(known[row])])]
    over = [row for row in moved if table.state.cases.state[position[int(known[row])]] in COMPLETED_STATES]
    return [row for row in asked if row in own] + [row for row in moved if row not in over] + _opened_there(table, known, over)


def _moved(table: Table, course: Course, row: int, at: int) -> bool:
    """Tell whether a row may say more about its case than the county knows."""
    cases, state = table.state.cases, State(int(table.state.cases.state[at]))
    if state in OPEN_STATES:
        claimed = state in UNCLAIMED_STATES and not np.isnat(course.picked_up[row])
        begun = state in UNCLAIMED_STATES | {State.PICKED_UP} and not np.isnat(course.started[row])
        return bool(claimed or begun or not np.isnat(course.ended[row]))
    return bool(state in COMPLETED_STATES and course.reopened[row] > cases.done[at])


def _opened_there(table: Table, known: Ints, rows: Sequence[int]) -> list[int]:
    """Return the rows, of those that say "open" of a case which is over, whose own system had closed it: it was opened again there.

    A case that was closed here alone is still open there, and nobody opened it again.
    """
    if not rows or table.store is None or "state" not in table.columns:
        return []
    before = table.store.rows("cases", known[rows], ["original"])["original"].tolist()
    column = table.columns["state"]
    said = [words.said(str((fields or {}).get(column, ""))) for fields in before]
    return [row for row, word in zip(rows, said, strict=True) if word is Said.DONE]


def stored_events(table: Table, cases: Sequence[int]) -> dict[int, list[Event]]:
    """Return the stored events of cases."""
    assert table.store is not None
    if len(cases) <= _FEW:
        return {case: events_of(table.store.events(case)) for case in cases}
    rows = table.store.rows("events")
    chosen = np.isin(rows["case_id"], np.array(cases, np.int64))
    found: dict[int, list[Event]] = {}
    for event in events_of({name: values[chosen] for name, values in rows.items()}):
        found.setdefault(event.case, []).append(event)
    return found


def _made(course: Course, row: int, case: int, before: Sequence[Event]) -> list[Event]:
    """Return the events that a row tells beyond the blowing, and a reopening where its case is over."""
    standing = fold(before)
    holder = standing.body
    if standing.state in COMPLETED_STATES:
        return [Event(case, EventKind.REOPENED, _instant(course.reopened[row]), body=holder, target=holder)]
    steps = [(EventKind.PICKED_UP, course.picked_up[row], ""), (EventKind.STARTED, course.started[row], "")]
    steps.append((EventKind(course.end[row]), course.ended[row], str(course.note[row])))
    kinds = {event.kind for event in _stay(before)}
    late = [(kind, time, note) for kind, time, note in steps if not np.isnat(time) and kind not in kinds]
    return [Event(case, kind, _instant(time), body=holder, note=note) for kind, time, note in late]


def _stay(events: Sequence[Event]) -> Iterable[Event]:
    """Return the events since a case was last opened anew: what the first time round had is no news of the second."""
    last = max((at for at, event in enumerate(events) if event.kind is EventKind.REOPENED), default=-1)
    return events[last + 1 :]


def _missing(before: Sequence[Event], events: Sequence[Event]) -> list[Event]:
    there = {(event.kind, as_utc(event.time)) for event in before}
    return [event for event in events if (event.kind, as_utc(event.time)) not in there]


def _texts(table: Table, row: int, events: Sequence[Event]) -> dict[str, NDArray[Any]]:
    """Return the columns that are not derived: the fields as the file has them now, and the result."""
    result = next((event.note for event in reversed(events) if event.kind is EventKind.DONE and event.note), "")
    stored = table.texts("result")[row]
    return {"original": objects(table.originals(np.array([row], np.int64))), "result": objects([result or stored])}


def _instant(time: np.datetime64) -> datetime:
    found: datetime = time.astype("datetime64[s]").item()
    return found.replace(tzinfo=UTC)
