"""From an edited coverage to the rows that change: units, and those who follow by rule; and the report of what it means."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_app.county.changes import Outcome, Refusal, RowChange
from gis_app.county.consequences import CellConsequence, consequences
from gis_app.county.content import objects, value_rows
from gis_app.county.following import Followed, Following, Located, follow, located
from gis_app.county.locks import without_cells
from gis_app.county.numbering import new_units
from gis_app.county.state import CountyState
from gis_app.county.titles import code_list
from gis_app.grid.codes import CodeError
from gis_app.grid.coverage import polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.units import Unit
from gis_app.language import Message, msg


@dataclass(frozen=True, slots=True)
class BoundaryReport:
    """What a performed boundary edit meant. `cells`: all whose polygon is another one; `added` and `removed`: new ones and gone ones.

    `households` and `whistles` count those that came to another cell with the land (or were sent there), `pinned` the pinned households
    among them. `workers`: worker → cell, of those that have another one now. `vacant` and `doubled`: touched cells that now have no worker,
    or more than one, and did not before.
    """

    cells: tuple[int, ...]
    added: tuple[int, ...]
    removed: tuple[int, ...]
    consequences: tuple[CellConsequence, ...]
    households: int
    pinned: int
    whistles: int
    workers: Mapping[int, int]
    vacant: tuple[int, ...]
    doubled: tuple[int, ...]
    sentences: tuple[Message, ...]


def outcome_of(state: CountyState, edited: Edited, rule: Following, title: Message) -> Outcome | Refusal:
    """Return the outcome of an edited coverage. Refusals "last_cell", "code", "following"."""
    try:
        made = new_units(state, edited)
    except CodeError as error:
        return Refusal("code", error.message)
    if refused := without_cells(state, edited, made.values()) or _no_such_target(edited, rule):
        return refused
    followed = follow(state, edited, made, rule)
    report = _report(state, edited, made, followed, located(state, edited, made, followed.pinned))
    return Outcome((*_unit_rows(state, edited, made), *followed.rows), edited.coverage, report, title)


def _no_such_target(edited: Edited, rule: Following) -> Refusal | None:
    if any(cell and cell not in edited.cells for cell in (rule.households, rule.cases, rule.workers)):
        words = msg("Households, workers and whistles can only go to a cell that the edit touches; choose one of these.")
        return Refusal("following", words)
    return None


def _unit_rows(state: CountyState, edited: Edited, made: Mapping[int, Unit]) -> tuple[RowChange, ...]:
    """Return the rows of units: polygons of the changed cells, new cells, removed ones."""
    shapes = polygons(edited.coverage, sorted(edited.cells))
    changed = [cell for cell in shapes if cell in state.units]
    update = {"id": np.array(changed, np.int64), "geom": objects([shapes[cell] for cell in changed])} if changed else {}
    insert = {**value_rows("units", list(made.values())), "geom": objects([shapes[cell] for cell in made])} if made else {}
    gone = np.array(sorted(cell for cell in edited.removed if cell in state.units), np.int64)
    return (RowChange("units", insert, update, gone),)


def _report(state: CountyState, edited: Edited, made: Mapping[int, Unit], followed: Followed, where: Located) -> BoundaryReport:
    homes = int(np.count_nonzero(where.household_cells != state.households.cell[where.households]))
    cases = dict(zip(state.cases.id[where.cases].tolist(), where.case_cells.tolist(), strict=True)) | dict(followed.cases)
    rows = np.searchsorted(state.cases.id, np.array(list(cases), np.int64))
    whistles = int(np.count_nonzero(state.cases.cell[rows] != np.array(list(cases.values()), np.int64)))
    figures = consequences(state, edited)
    vacant, doubled = _workers_after(state, edited, followed)
    sentences = (*edited.warnings, *_sentences(state, edited, made, homes, whistles, followed, vacant, doubled))
    return BoundaryReport(
        tuple(sorted(edited.cells)),
        edited.added(state.coverage),
        tuple(sorted(edited.removed)),
        figures,
        homes + len(followed.pinned),
        len(followed.pinned),
        whistles,
        dict(followed.workers),
        vacant,
        doubled,
        sentences,
    )


def _workers_after(state: CountyState, edited: Edited, followed: Followed) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the touched cells that have no worker now, and those that have several, where that was not so before."""
    before: dict[int, int] = {}
    after: dict[int, int] = {}
    for worker in state.workers.values():
        for cell in worker.cells:
            before[cell] = before.get(cell, 0) + 1
        for cell in followed.cells_of(worker):
            after[cell] = after.get(cell, 0) + 1
    cells = sorted(edited.cells)
    vacant = tuple(cell for cell in cells if not after.get(cell) and (before.get(cell) or cell not in state.coverage.cells))
    return vacant, tuple(cell for cell in cells if after.get(cell, 0) > 1 and after[cell] > before.get(cell, 0))


def _sentences(
    state: CountyState,
    edited: Edited,
    made: Mapping[int, Unit],
    homes: int,
    whistles: int,
    followed: Followed,
    vacant: tuple[int, ...],
    doubled: tuple[int, ...],
) -> list[Message]:
    """Return what the user should know of those who live and work there, each a sentence."""
    units = {**{unit: value for unit, value in state.units.items() if unit in vacant or unit in doubled}, **made}
    said: list[Message] = []
    if homes:
        said.append(msg("Households that came to another cell with the land: {count}.", count=homes))
    if followed.pinned:
        said.append(msg("Pinned households that are now kept in another cell: {count}.", count=len(followed.pinned)))
    if whistles:
        said.append(msg("Open whistles that are now another cell's: {count}.", count=whistles))
    if free := [worker for worker, cell in followed.workers.items() if not cell]:
        said.append(msg("Workers who have no cell any more: {names}.", names=_names(state, free)))
    if moved := [worker for worker, cell in followed.workers.items() if cell]:
        said.append(msg("Workers with another cell: {names}.", names=_names(state, moved)))
    if followed.villages:
        said.append(msg("Workers who come to another village: {names}.", names=_names(state, list(followed.villages))))
    if vacant:
        said.append(msg("Cells without a worker now: {codes}.", codes=code_list(units[cell].code for cell in vacant if cell in units)))
    if doubled:
        codes = code_list(units[cell].code for cell in doubled if cell in units)
        said.append(msg("Cells with more than one worker now: {codes}.", codes=codes))
    return said


def _names(state: CountyState, workers: list[int]) -> str:
    names = [state.workers[worker].name or state.workers[worker].code for worker in workers]
    return "、".join(names[:5]) + (" …" if len(names) > 5 else "")
