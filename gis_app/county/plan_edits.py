"""Edits of plans: drafts made, renamed and discarded, and the one that puts a draft into force.

Each is an edit of the county (its history, not a draft's). Refusals of all: "no_plan" (there is none), "not_a_draft".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.display import is_open
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.comparison import Fate, fates, redrawn_cells, residents_of, with_other_worker
from gis_app.county.content import next_id, objects, settings_change, value_rows
from gis_app.county.divisions import plan_rows
from gis_app.county.former import new_crosswalk
from gis_app.county.numbering import used_codes
from gis_app.county.retired_codes import retired_codes
from gis_app.county.state import CountyState, Duty, Overrides
from gis_app.grid import checks
from gis_app.grid.coverage import polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.issues import Issue, IssueKind
from gis_app.grid.plans import Plan, PlanStatus
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

__all__ = ["Published", "create_draft", "discard_draft", "plan_called", "publish", "rename_plan", "used_codes"]

Planner = Callable[[CountyState], Steps[Outcome | Refusal]]

TOLERATED = frozenset({IssueKind.SLIVER, IssueKind.VILLAGE_OUTSIDE_TOWNSHIP, IssueKind.EMPTY_CELL})
"""Kinds of issues that do not keep a draft from being published."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a draft changed; ids of cells are in the order of their codes.

    `cells_changed`: other land; `cells_renamed`: the same land under another name or code, or in another village. `households_moved` and
    `cases_moved` (open whistles) have another cell, `households_unassigned` had one and have none. `residents_with_other_worker` are
    members of households. `workers_moved`: worker → cell. `bodies_moved`: receiving body → the unit that took over from its own (0: none
    did). `outdated`: another plan was published since the draft was made, and what it changed is as the draft has it.
    """

    plan: int
    archived: int
    valid_from: date
    cells_changed: tuple[int, ...]
    cells_renamed: tuple[int, ...]
    cells_new: tuple[int, ...]
    cells_closed: tuple[int, ...]
    households_moved: int
    households_unassigned: int
    residents_with_other_worker: int
    workers_moved: Mapping[int, int]
    cases_moved: int
    bodies_moved: Mapping[int, int]
    outdated: bool


def plan_called(state: CountyState, name: str) -> Plan | None:
    """Return the plan of a name (or, as text, of an id), None for none."""
    wanted = name.strip()
    found = next((plan for plan in state.plans.values() if plan.name == wanted), None)
    return found or (state.plans.get(int(wanted)) if wanted.isdecimal() else None)


def create_draft(name: str, base: int = 0) -> Edit:
    """Make a draft as a copy of a plan (0: the published one). Refusals "no_name", "name_taken", "no_plan". Report: the `Plan`."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.2, msg("Copying the plan"))
        source = base or state.plan
        if refused := _named(state, name) or (None if source in state.plans else _unknown(source)):
            return refused
        copied = state if source == state.plan else state.beside
        assert copied is not None
        made = Plan(next_id(state, "plans"), name.strip(), PlanStatus.DRAFT, source, state.settings.now())
        yield Progress(0.5, msg("Copying the plan"))
        rows = (
            RowChange("plans", insert=value_rows("plans", [made])),
            _unit_rows(copied, made.id),
            *_override_rows(_decided(state, copied), made.id),
        )
        return Outcome(rows, report=made)

    return Edit(msg("Make the draft {name}", name=name.strip()), plan, beside=base)


def rename_plan(plan: int, name: str) -> Edit:
    """Give a plan another name. Refusals "no_name", "name_taken", "no_plan"."""

    def planned(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Renaming"))
        if plan not in state.plans:
            return _unknown(plan)
        if state.plans[plan].name == name.strip():
            return Outcome(())
        if refused := _named(state, name):
            return refused
        row = RowChange("plans", update={"id": np.array([plan]), "name": objects([name.strip()])})
        return Outcome((row, *((settings_change(plan_name=name.strip()),) if plan == state.plan else ())))

    return Edit(msg("Rename a plan to {name}", name=name.strip()), planned)


def discard_draft(plan: int) -> Edit:
    """Throw a draft away; undoing brings it back with all that was done to it. Refusals "no_plan", "not_a_draft".

    Copies of it count as copies of what it was copied from.
    """

    def planned(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Discarding the draft"))
        if refused := _no_draft(state, plan):
            return refused
        assert state.beside is not None
        title = msg("Discard the draft {name}", name=state.plans[plan].name)
        copies = [other for other in state.plans.values() if other.base == plan]
        based = {"id": _ints(copy.id for copy in copies), "base": np.full(len(copies), state.plans[plan].base)} if copies else {}
        gone = RowChange("plans", update=based, delete=np.array([plan], np.int64))
        return Outcome((gone, *_without(state.beside)), title=title)

    return Edit(msg("Discard a draft"), planned, beside=plan)


def publish(plan: int, valid_from: date) -> Edit:
    """Put a draft into force from a day on: its division becomes the county's, the plan so far is archived, units that end are closed.

    Everything is checked first: the first issue that is not `TOLERATED` refuses, its kind being the code; so does a code that was retired.
    Households, workers and open whistles come to their cells in the draft; receiving bodies of units that are gone go to the unit that has
    most of their land. Where the units of former grids went is worked out anew. Refusals "no_plan", "not_a_draft", "date" too.
    Report: `Published`.
    """

    def planned(state: CountyState) -> Steps[Outcome | Refusal]:
        if refused := _no_draft(state, plan) or _too_early(state, valid_from):
            return refused
        draft = state.beside
        assert draft is not None
        issues = yield from part(_checking(draft), 0.0, 0.8)
        if issues:
            words = msg("The draft cannot be published yet. {issue}", issue=issues[0].message)
            return Refusal(str(issues[0].kind), words, issues[0].at)
        yield Progress(0.8, msg("Comparing with the published plan"))
        redrawn = redrawn_cells(state.coverage, draft.coverage)
        yield Progress(0.9, msg("Closing the plan so far"))
        report = _published(state, draft, redrawn, plan, valid_from)
        there = sorted(cell for cell in redrawn if cell in draft.coverage.cells)
        rows = (*_division_rows(state, draft, there, valid_from), *_followers(state, draft), *_plan_rows(state, draft, plan, valid_from))
        if state.former is not None and state.former_grids:
            rows += yield from part(new_crosswalk(draft, state.former), 0.9, 1.0)
        title = msg("Publish the plan {name}, valid from {day}", name=state.plans[plan].name, day=valid_from.isoformat())
        return Outcome(rows, draft.coverage, report, title)

    return Edit(msg("Publish a draft"), planned, beside=plan, with_former=True)


# Refusals


def _unknown(plan: int) -> Refusal:
    return Refusal("no_plan", msg("There is no plan {id}.", id=plan))


def _no_draft(state: CountyState, plan: int) -> Refusal | None:
    if plan not in state.plans:
        return _unknown(plan)
    if state.plans[plan].status != PlanStatus.DRAFT:
        return Refusal("not_a_draft", msg("{name} is not a draft; choose a draft.", name=state.plans[plan].name))
    return None


def _named(state: CountyState, name: str) -> Refusal | None:
    if not name.strip():
        return Refusal("no_name", msg("A plan needs a name; write one."))
    if any(plan.name == name.strip() for plan in state.plans.values()):
        return Refusal("name_taken", msg("There is a plan {name} already; choose another name.", name=name.strip()))
    return None


def _too_early(state: CountyState, valid_from: date) -> Refusal | None:
    before = state.plans[state.plan].valid_from if state.plan in state.plans else None
    if before is None or valid_from >= before:
        return None
    words = msg(
        "The published plan is valid from {before}; a new one cannot be valid from {day}. Choose a later day.",
        before=before,
        day=valid_from,
    )
    return Refusal("date", words)


def _checking(draft: CountyState) -> Steps[list[Issue]]:
    """Check the coverage (with the width of gaps) and the hierarchy; return what keeps the draft from being published."""
    settings = draft.settings
    metres = metres_per_unit(settings.crs)
    found = yield from checks.check_county(draft.units, draft.coverage, None, settings.code_scheme, settings.code, metres=metres)
    return [*(issue for issue in found if issue.kind not in TOLERATED), *retired_codes(draft)]


# Rows of a plan


def _unit_rows(state: CountyState, plan: int) -> RowChange:
    """Return all units of a state as rows of a plan."""
    units, shapes = list(state.units.values()), polygons(state.coverage)
    columns = value_rows("units", units)
    columns |= {"id": plan_rows(plan, columns["id"]), "plan": np.full(len(units), plan)}
    return RowChange("plan_units", insert={**columns, "geom": objects([shapes.get(unit.id) for unit in units])})


def _decided(state: CountyState, copied: CountyState) -> Overrides:
    """Return what a copy of a plan decides by hand: of an archived one also that nobody is pinned whom the published plan pins since."""
    known = state.plans.get(copied.plan)
    if known is None or known.status != PlanStatus.ARCHIVED:
        return copied.overrides
    pinned = state.households.id[state.households.pinned].tolist()
    return replace(copied.overrides, pins={**dict.fromkeys(pinned, 0), **copied.overrides.pins})


def _override_rows(overrides: Overrides, plan: int) -> tuple[RowChange, ...]:
    """Return what was decided by hand as rows of a plan."""
    pins = {"cell": _ints(overrides.pins.values()), "pinned": _ints(overrides.pins.values()) != 0}
    duties = list(overrides.workers.values())
    people = {
        "village": _ints(duty.village for duty in duties),
        "cell": _ints(duty.cell for duty in duties),
        "more_cells": objects([duty.more_cells for duty in duties]),
    }
    found: list[RowChange] = []
    for table, name, known, columns in (
        ("plan_pins", "household", overrides.pins, pins),
        ("plan_workers", "worker", overrides.workers, people),
        ("plan_cases", "case_id", overrides.cases, {"cell": _ints(overrides.cases.values())}),
    ):
        ids = _ints(known)
        rows: dict[str, NDArray[Any]] = {"id": plan_rows(plan, ids), "plan": np.full(len(ids), plan), name: ids, **columns}
        if len(ids):
            found.append(RowChange(table, insert=rows))
    return tuple(found)


def _without(draft: CountyState) -> tuple[RowChange, ...]:
    """Return what takes the rows of a draft away."""
    known: tuple[tuple[str, Iterable[int]], ...] = (
        ("plan_units", draft.units),
        ("plan_pins", draft.overrides.pins),
        ("plan_workers", draft.overrides.workers),
        ("plan_cases", draft.overrides.cases),
    )
    return tuple(RowChange(table, delete=plan_rows(draft.plan, ids)) for table, keys in known if len(ids := _ints(keys)))


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)


# Rows of a publication


def _division_rows(state: CountyState, draft: CountyState, redrawn: Iterable[int], day: date) -> tuple[RowChange, ...]:
    """Return the units that are new, other ones or gone, and the closed ones."""
    shapes = polygons(draft.coverage, redrawn)
    before, after = state.units, draft.units
    new = [
        replace(unit, valid_from=unit.valid_from if unit.id in state.closed else day, valid_to=None)
        for unit in after.values()
        if unit.id not in before
    ]
    gone = [unit for unit in before.values() if unit.id not in after]
    named = [unit for unit in after.values() if unit.id in before and unit != before[unit.id]]
    moved = [cell for cell in shapes if cell in before and cell in after]
    rows = [
        RowChange(
            "units",
            insert={**value_rows("units", new), "geom": objects([shapes.get(unit.id) for unit in new])} if new else {},
            delete=_ints(unit.id for unit in gone),
        )
    ]
    if named:
        rows.append(RowChange("units", update=value_rows("units", named)))
    if moved:
        rows.append(RowChange("units", update={"id": _ints(moved), "geom": objects([shapes[cell] for cell in moved])}))
    lost = [cell for cell in state.coverage.cells if cell not in draft.coverage.cells and cell in after]
    if lost:
        rows.append(RowChange("units", update={"id": _ints(lost), "geom": objects([None] * len(lost))}))
    closed = [replace(unit, valid_to=day) for unit in gone]
    back = _ints(unit.id for unit in new if unit.id in state.closed)
    columns = {**value_rows("closed_units", closed), "plan": np.full(len(closed), state.plan)} if closed else {}
    if closed or len(back):
        rows.append(RowChange("closed_units", insert=columns, delete=back))
    return tuple(rows)


def _followers(state: CountyState, draft: CountyState) -> tuple[RowChange, ...]:
    """Return the households, workers, open whistles and bodies whose place in the draft is another one."""
    found: list[RowChange] = []
    for table, names in (("households", ("cell", "pinned", "reason", "distance")), ("cases", ("cell", "unit"))):
        one, other = getattr(state, table), getattr(draft, table)
        columns = {name: (getattr(one, name), getattr(other, name)) for name in names}
        differs = np.zeros(len(one), np.bool_)
        for before, after in columns.values():
            differs |= (before != after) & ~((before != before) & (after != after))  # noqa: PLR0124 - NaN is as it was
        at = np.flatnonzero(differs)
        if len(at):
            found.append(RowChange(table, update={"id": one.id[at], **{name: after[at] for name, (_, after) in columns.items()}}))
    workers = [worker for worker in draft.workers.values() if worker != state.workers[worker.id]]
    if workers:
        columns_of = {
            "village": _ints(worker.village for worker in workers),
            "cell": _ints(worker.cell for worker in workers),
            "more_cells": objects([worker.more_cells for worker in workers]),
        }
        found.append(RowChange("workers", update={"id": _ints(worker.id for worker in workers), **columns_of}))
    bodies = [body for body in draft.bodies.values() if body.unit != state.bodies[body.id].unit]
    if bodies:
        ids = _ints(body.id for body in bodies)
        found.append(RowChange("bodies", update={"id": ids, "unit": _ints(body.unit for body in bodies)}))
    return tuple(found)


def _plan_rows(state: CountyState, draft: CountyState, plan: int, day: date) -> tuple[RowChange, ...]:
    """Return what becomes of the plans: the draft is published, the plan so far archived as it was, with its workers and pins."""
    homes, name = state.households, state.plans[plan].name
    pins = dict(zip(homes.id[homes.pinned].tolist(), homes.cell[homes.pinned].tolist(), strict=True))
    people = {worker.id: Duty(worker.village, worker.cell, worker.more_cells) for worker in state.workers.values()}
    plans = [replace(state.plans[plan], status=PlanStatus.PUBLISHED, valid_from=day)]
    if state.plan in state.plans:
        plans.insert(0, replace(state.plans[state.plan], status=PlanStatus.ARCHIVED, valid_to=day))
    return (
        *_without(draft),
        _unit_rows(state, state.plan),
        *_override_rows(Overrides(pins, people), state.plan),
        RowChange("plans", update=value_rows("plans", plans)),
        settings_change(plan_name=name, plan_published=day.isoformat()),
    )


# The report


def _published(state: CountyState, draft: CountyState, redrawn: frozenset[int], plan: int, day: date) -> Published:
    fate = fates(state, draft, redrawn)
    moved = draft.households.cell != state.households.cell

    def cells(wanted: Fate) -> tuple[int, ...]:
        return tuple(cell for cell, found in fate.items() if found == wanted)

    return Published(
        plan,
        state.plan,
        day,
        cells(Fate.CHANGED),
        cells(Fate.MOVED),
        cells(Fate.NEW),
        cells(Fate.CLOSED),
        int(moved.sum()),
        int((moved & (draft.households.cell == 0)).sum()),
        residents_of(draft, with_other_worker(state, draft)),
        {worker.id: worker.cell for worker in draft.workers.values() if worker.cells != state.workers[worker.id].cells},
        int(((draft.cases.cell != state.cases.cell) & is_open(state.cases)).sum()),
        {body.id: body.unit for body in draft.bodies.values() if body.unit != state.bodies[body.id].unit},
        _outdated(state, plan),
    )


def _outdated(state: CountyState, plan: int) -> bool:
    """Tell whether the plan in force is none that the draft was made of, directly or by way of other drafts."""
    seen: set[int] = set()
    while plan in state.plans and plan not in seen:
        seen.add(plan)
        plan = state.plans[plan].base
        if plan == state.plan:
            return False
    return True
