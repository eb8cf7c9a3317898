"""Tasks go down: county, townships and villages give the workers of cells something to do; they report back, and it is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.times import as_utc, from_utc64, utc64
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid.units import Level
from gis_app.grid.workers import answering
from gis_app.language import format_time, msg
from gis_app.progress import Progress, Steps

_GIVING = frozenset({BodyKind.CENTRE, BodyKind.TOWNSHIP, BodyKind.VILLAGE, BodyKind.COMMUNITY})


@dataclass(frozen=True, slots=True)
class Task:
    """One task and its counts over cells; times in UTC.

    `given` to so many cells, `reported` by so many (done or not yet), `done` in so many; `overdue`: not done although the task was due
    before the instant of counting and is not closed.
    """

    id: int
    body: int
    title: str
    text: str
    actor: str
    created: datetime | None
    due: datetime | None
    closed: datetime | None
    given: int
    reported: int
    done: int
    overdue: int


@dataclass(frozen=True, slots=True)
class TaskCell:
    """What became of a task in one cell: `worker` whom it was given to (0: vacant), `note` all that was reported, a line each."""

    id: int
    task: int
    cell: int
    worker: int
    reported: datetime | None
    done: bool
    note: str


def give_task(
    store: CountyStore, body: int, title: str, *, text: str = "", units: Iterable[int], due: datetime | None = None, actor: str = ""
) -> Edit:
    """Give a task to the workers of cells: those named in `units`, and all cells of the villages and townships named there. Lasting.

    Report: the id of the task. Refusals "no_body" (there is none, or it is a department: those go through the centre), "no_title",
    "no_unit", "no_cells", "not_theirs" (cells beyond the body's own unit), "due" (a day that is over).
    """
    named = tuple(dict.fromkeys(units))

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Giving the task"))
        now = state.settings.now().replace(microsecond=0)
        cells = _cells(state, named)
        refused = _wrong_task(state, body, title, named, cells, due, now)
        if refused:
            return refused
        task = int(store.rows("tasks", columns=["body"])["id"].max(initial=0)) + 1
        worker_of = answering(state.workers, state.settings.today())
        columns = {
            "id": np.array([task], np.int64),
            "body": np.array([body], np.int64),
            "title": objects([title.strip()]),
            "text": objects([text]),
            "actor": objects([actor]),
            "created": np.array([utc64(now)]),
            "due": np.array([np.datetime64("NaT", "s") if due is None else utc64(due)]),
        }
        given = {
            "id": np.zeros(len(cells), np.int64),
            "task": np.full(len(cells), task, np.int64),
            "cell": np.array(cells, np.int64),
            "worker": np.array([worker_of.get(cell, 0) for cell in cells], np.int64),
        }
        return Outcome((RowChange("tasks", insert=columns), RowChange("task_cells", insert=given)), report=task)

    return Edit(msg("Give a task"), plan, lasting=True)


def _cells(state: CountyState, units: Sequence[int]) -> list[int]:
    """Return the cells of units, once each, in the order of their codes within a unit."""
    found: dict[int, None] = {}
    for unit in units:
        if unit in state.units:
            known = state.units[unit]
            found.update(dict.fromkeys([unit] if known.level == Level.CELL else [cell.id for cell in state.units.cells(unit)]))
    return list(found)


def _wrong_task(
    state: CountyState, body: int, title: str, units: Sequence[int], cells: Sequence[int], due: datetime | None, now: datetime
) -> Refusal | None:
    giver = state.bodies.get(body)
    if giver is None or giver.kind not in _GIVING:
        return Refusal("no_body", msg("Tasks are given by the county centre, a township, a village or a community."))
    if not title.strip():
        return Refusal("no_title", msg("A task needs a title."))
    if missing := [unit for unit in units if unit not in state.units]:
        return Refusal("no_unit", msg("There is no unit {id}.", id=missing[0]))
    if not cells:
        return Refusal("no_cells", msg("Say which cells the task is for."))
    if giver.kind != BodyKind.CENTRE:
        own = {cell.id for cell in state.units.cells(giver.unit)} if giver.unit in state.units else set()
        if others := [cell for cell in cells if cell not in own]:
            name = state.units[others[0]].name
            return Refusal("not_theirs", msg("{cell} does not belong to {body}, which can give it no tasks.", cell=name, body=giver.name))
    if due is not None and as_utc(due) <= now:
        return Refusal("due", msg("A task is due at a time that is still to come, not at {time}.", time=format_time(due)))
    return None


def report_task(store: CountyStore, task: int, cell: int, *, note: str = "", done: bool = False) -> Edit:
    """Record what the worker of a cell reports on a task; earlier reports are kept. Lasting. Report: the `TaskCell`.

    Refusals "no_task", "closed", "no_cell" (the task was not given to it), "done" (it was reported as done), "no_note".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Recording the report"))
        now = state.settings.now().replace(microsecond=0)
        refused = _not_open(store, task)
        if refused:
            return refused
        known = next((one for one in task_cells_of(store, task) if one.cell == cell), None)
        if known is None:
            return Refusal("no_cell", msg("This task was not given to this cell."))
        if known.done:
            return Refusal("done", msg("This cell has reported the task as done already."))
        if not done and not note.strip():
            return Refusal("no_note", msg("Write what there is to report."))
        lines = "\n".join(line for line in (known.note, f"{format_time(now)} {note.strip()}".strip()) if line)
        columns = {
            "id": np.array([known.id], np.int64),
            "reported": np.array([utc64(now)]),
            "done": np.array([done], np.bool_),
            "note": objects([lines]),
        }
        told = TaskCell(known.id, task, cell, known.worker, now, done, lines)
        return Outcome((RowChange("task_cells", update=columns),), report=told)

    return Edit(msg("Report on a task"), plan, lasting=True)


def close_task(store: CountyStore, task: int) -> Edit:
    """Close a task, done everywhere or not: nobody reports on it any more. Lasting. Refusals "no_task", "closed"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Closing the task"))
        refused = _not_open(store, task)
        if refused:
            return refused
        columns = {"id": np.array([task], np.int64), "closed": np.array([utc64(state.settings.now())])}
        return Outcome((RowChange("tasks", update=columns),), report=task)

    return Edit(msg("Close a task"), plan, lasting=True)


def _not_open(store: CountyStore, task: int) -> Refusal | None:
    closed = store.rows("tasks", np.array([task], np.int64), ["closed"])["closed"]
    if not len(closed):
        return Refusal("no_task", msg("There is no task {id}.", id=task))
    return None if np.isnat(closed[0]) else Refusal("closed", msg("This task is closed."))


def tasks_of(store: CountyStore, now: datetime, body: int = 0) -> tuple[Task, ...]:
    """Return all tasks (or those that a body gave), oldest first, with their counts at an instant."""
    rows, cells = store.rows("tasks"), store.rows("task_cells", columns=["task", "reported", "done"])
    tasks = rows["id"].astype(np.int64)
    given, reported, done = (
        _counts(tasks, cells["task"][mask])
        for mask in (np.ones(len(cells["id"]), np.bool_), ~np.isnat(cells["reported"]), cells["done"].astype(np.bool_))
    )
    late = (rows["due"] < utc64(now)) & np.isnat(rows["closed"])
    times = [[from_utc64(value) for value in rows[name]] for name in ("created", "due", "closed")]
    texts = [rows[name].tolist() for name in ("id", "body", "title", "text", "actor")]
    counts = [column.tolist() for column in (given, reported, done, np.where(late, given - done, 0))]
    found = (Task(*values) for values in zip(*texts, *times, *counts, strict=True))
    return tuple(task for task in found if body in (0, task.body))


def _counts(tasks: NDArray[np.int64], named: NDArray[np.generic]) -> NDArray[np.int64]:
    found, counts = np.unique(named.astype(np.int64), return_counts=True)
    known = dict(zip(found.tolist(), counts.tolist(), strict=True))
    return np.array([known.get(task, 0) for task in tasks.tolist()], np.int64)


def task_cells_of(store: CountyStore, task: int) -> tuple[TaskCell, ...]:
    """Return what became of a task in each of its cells, in the order in which they were named."""
    rows = store.rows_by("task_cells", "task", [task])
    reported = [from_utc64(value) for value in rows["reported"]]
    names = ("id", "task", "cell", "worker", "done", "note")
    return tuple(
        TaskCell(id, of, cell, worker, time, bool(done), note)
        for (id, of, cell, worker, done, note), time in zip(zip(*(rows[n].tolist() for n in names), strict=True), reported, strict=True)
    )
