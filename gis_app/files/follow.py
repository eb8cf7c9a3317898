"""What follows when boundaries change: households and cases find their new cells, and nothing keeps pointing to units that are gone."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage
from gis_app.grid.households import assign_households
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy, Unit


def follow_units(state: CountyState, coverage: Coverage, units: Iterable[Unit], removed: set[int]) -> list[RowChange]:
    """Return the row changes of households, workers, bodies and cases after the units became `units` and `removed` ones went."""
    units = list(units)
    locator = locator_of(coverage, Hierarchy(units))
    gone = np.array(sorted(removed), dtype=np.int64)
    return [*_households(state, locator), *_workers(state, removed), *_bodies(state, removed), *_cases(state, locator, gone)]


def _households(state: CountyState, locator: Locator) -> list[RowChange]:
    if not len(state.households):
        return []
    assigned = assign_households(state.households, locator)
    changed = assigned.changed(state.households)
    if not len(changed):
        return []
    columns = {
        "id": state.households.id[changed],
        "cell": assigned.cell[changed],
        "reason": assigned.reason[changed],
        "distance": assigned.distance[changed],
    }
    return [RowChange("households", update=columns)]


def _workers(state: CountyState, removed: set[int]) -> list[RowChange]:
    lost = [worker for worker in state.workers.values() if removed.intersection(worker.cells) or worker.village in removed]
    kept = [[cell for cell in worker.cells if cell not in removed] for worker in lost]
    if not lost:
        return []
    columns = {
        "id": np.array([worker.id for worker in lost], dtype=np.int64),
        "village": np.array([0 if worker.village in removed else worker.village for worker in lost], dtype=np.int64),
        "cell": np.array([cells[0] if cells else 0 for cells in kept], dtype=np.int64),
        "more_cells": objects([tuple(cells[1:]) for cells in kept]),
    }
    return [RowChange("workers", update=columns)]


def _bodies(state: CountyState, removed: set[int]) -> list[RowChange]:
    lost = np.array([body.id for body in state.bodies.values() if body.unit in removed], dtype=np.int64)
    return [RowChange("bodies", update={"id": lost, "unit": np.zeros(len(lost), np.int64)})] if len(lost) else []


def _cases(state: CountyState, locator: Locator, gone: NDArray[np.int64]) -> list[RowChange]:
    """A case keeps the cell that it lay in when it was blown; only one without a cell, or whose cell is gone, is looked up."""
    cases = state.cases
    changes = []
    lost = np.flatnonzero(np.isin(cases.cell, gone) | (cases.cell == 0) & np.isfinite(cases.x))
    if len(lost):
        xy = np.column_stack([cases.x[lost], cases.y[lost]])
        columns = {"id": cases.id[lost], "cell": locator.cells_at(xy), "border": locator.border_distances(xy)}
        changes.append(RowChange("cases", update=columns))
    nameless = np.flatnonzero(np.isin(cases.unit, gone) & (cases.unit != 0))
    if len(nameless):
        changes.append(RowChange("cases", update={"id": cases.id[nameless], "unit": np.zeros(len(nameless), np.int64)}))
    return changes
