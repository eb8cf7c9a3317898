"""Edits that every room may ask for, and the check of a whole county.

What a refusal's `code` may be is said with each edit; the report of a performed edit (`Changes.report`) too.
"""

from dataclasses import dataclass, fields

import numpy as np

from gis_app.county.case_edits import Registered, record_event, register_case, route_cases
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects, settings_change
from gis_app.county.responsible import locator_of
from gis_app.county.retired_codes import retired_codes
from gis_app.county.state import CountyState, Settings
from gis_app.county.unit_edits import rename_unit
from gis_app.grid import checks, repair
from gis_app.grid.coverage import build_coverage, polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.households import Assignment
from gis_app.grid.households import assign_households as assigned_households
from gis_app.grid.locate import Locator
from gis_app.grid.units import Unit
from gis_app.grid.workers import Worker, free_workers, vacant_cells
from gis_app.grid.workers import assign_workers as assigned_workers
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

__all__ = [
    "Registered",
    "WorkersAssigned",
    "assign_households",
    "assign_workers",
    "change_settings",
    "check_county",
    "record_event",
    "register_case",
    "rename_unit",
    "repair_coverage",
    "route_cases",
]


def assign_households() -> Edit:
    """Put every household that is not pinned into the cell it lies in. Report: `grid.households.Assignment`. Refusal "no_cells"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if not state.coverage.cells:
            return no_cells()
        yield Progress(0.1, msg("Finding the cell of every household"))
        return _households_moved(state, locator_of(state.coverage, state.units))

    return Edit(msg("Assign households to cells"), plan)


def no_cells() -> Refusal:
    """Say that there is nothing to assign to."""
    return Refusal("no_cells", msg("The county has no cells yet; import boundaries first."))


def _households_moved(state: CountyState, locator: Locator, *more: RowChange) -> Outcome:
    assignment = assigned_households(state.households, locator)
    return Outcome((*more, *_assignment_rows(state, assignment)), report=assignment)


def _assignment_rows(state: CountyState, assignment: Assignment) -> tuple[RowChange, ...]:
    """Return the rows of the households that move; none for none."""
    moved = assignment.changed(state.households)
    if not len(moved):
        return ()
    columns = {name: getattr(assignment, name)[moved] for name in ("cell", "reason", "distance")}
    return (RowChange("households", update={"id": state.households.id[moved], **columns}),)


@dataclass(frozen=True, slots=True)
class WorkersAssigned:
    """What assigning workers left open: cells without a worker and workers without a cell."""

    vacant: tuple[Unit, ...]
    free: tuple[Worker, ...]


def assign_workers() -> Edit:
    """Give every cell one worker of its village, as far as there are any. Report: `WorkersAssigned`. Refusal "no_cells"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if not state.coverage.cells:
            return no_cells()
        yield Progress(0.1, msg("Giving every cell a worker"))
        cells = assigned_workers(state.workers, state.units)
        moved = [worker.id for worker in state.workers.values() if cells[worker.id] != worker.cell]
        columns = {"id": np.array(moved, np.int64), "cell": np.array([cells[worker] for worker in moved], np.int64)}
        report = WorkersAssigned(tuple(vacant_cells(cells, state.units)), tuple(free_workers(cells, state.workers)))
        return Outcome((RowChange("workers", update=columns),) if moved else (), report=report)

    return Edit(msg("Assign workers to cells"), plan, division=True)


_NOT_NEGATIVE = (
    "rural_floor",
    "community_floor",
    "rural_maximum",
    "community_maximum",
    "sms_minutes",
    "robot_call_minutes",
    "overdue_hours",
    "sms_again_minutes",
    "review_hours",
    "soon_hours",
    "rate_days",
    "duplicate_metres",
    "duplicate_days",
    "attachment_megabytes",
)


def change_settings(**values: object) -> Edit:
    """Give settings of the county (fields of `Settings`) new values. Refusals "crs", "negative", "code_scheme".

    Raises ValueError for a field that there is not.
    """
    if unknown := set(values) - {field.name for field in fields(Settings)}:
        raise ValueError(f"there are no settings {sorted(unknown)}")

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Changing settings"))
        changed = {name: value for name, value in values.items() if getattr(state.settings, name) != value}
        if "crs" in changed:
            text = msg("The coordinate system of a county cannot be changed; make a new county and import the data into it.")
            return Refusal("crs", text)
        if changed.get("code_scheme", "gbt") not in ("gbt", "free"):
            return Refusal("code_scheme", msg("Codes follow the national standard (gbt) or are free (free)."))
        for name in _NOT_NEGATIVE:
            number = changed.get(name, 0)
            if not isinstance(number, int) or number < 0:
                return Refusal("negative", msg("Floors and delays are whole numbers from 0 on; {value} is not.", value=number))
        return Outcome((settings_change(**changed),) if changed else ())

    return Edit(msg("Change settings"), plan)


def repair_coverage(gap_width: float = checks.GAP_WIDTH, snapping_distance: float = repair.SNAPPING_DISTANCE) -> Edit:
    """Close gaps up to `gap_width` (metres, like `snapping_distance`), part overlaps and mend invalid boundaries; households follow.

    Report: `grid.repair.Repaired` with every area that changed hands. Duplicates lose their area but stay as units. Refusal "no_cells".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if not state.coverage.cells:
            return no_cells()
        before = polygons(state.coverage)
        metres = metres_per_unit(state.settings.crs)
        repairing = repair.repair_polygons(list(before), list(before.values()), gap_width, snapping_distance, metres)
        repaired = yield from part(repairing, 0.0, 0.9)
        yield Progress(0.9, msg("Finding the cell of every household"))
        after = {cell: repaired.polygons.get(cell) for cell in before}
        changed = [cell for cell, shape in after.items() if shape is None or not shape.equals_exact(before[cell], 0.0)]
        if not changed:
            return Outcome((), report=repaired)
        drawn = {cell: shape for cell, shape in after.items() if shape is not None}
        coverage = build_coverage(list(drawn), list(drawn.values()))
        moved = _assignment_rows(state, assigned_households(state.households, locator_of(coverage, state.units)))
        units = RowChange("units", update={"id": np.array(changed, np.int64), "geom": objects([after[cell] for cell in changed])})
        return Outcome((units, *moved), coverage, repaired)

    return Edit(msg("Repair boundaries"), plan, division=True)


def check_county(state: CountyState) -> Steps[tuple[checks.Issue, ...]]:
    """Run every check of the grid over a state and return what is wrong, by kind; metres and m² whatever the county measures in.

    Codes that a draft gives again although they were retired come last.
    """
    settings = state.settings
    metres = metres_per_unit(settings.crs)
    found = yield from checks.check_county(
        state.units, state.coverage, state.households, settings.code_scheme, settings.code, metres=metres
    )
    return (*found, *retired_codes(state))
