"""The figures of every unit at every level, as the tables and the inspector show them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gis_app.cases.display import is_open
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.figures import household_counts, member_counts, tally
from gis_app.grid.units import Level, Unit, UnitKind


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What a unit holds. `area` is km²; `load` is households over the floor of its cells; `workers` ids of workers of its cells."""

    cells: int = 0
    households: int = 0
    people: int = 0
    area: float = 0.0
    load: float = 0.0
    floor: int = 0
    compactness: float = 0.0  # of a cell only (Polsby-Popper)
    open_cases: int = 0
    cases: int = 0
    workers: tuple[int, ...] = field(default=())


def floor_of(state: CountyState, cell: Unit) -> int:
    """Return the least number of households that a cell should have."""
    settings = state.settings
    return settings.community_floor if cell.kind == UnitKind.COMMUNITY_CELL else settings.rural_floor


def unit_figures(state: CountyState, area: Mapping[int, float], around: Mapping[int, float]) -> dict[int, UnitFigures]:
    """Return the figures of every unit by its id, the upper levels summed from their cells; `area` and `around` (perimeter)
    by cell, in the units of the county's coordinates."""
    square = metres_per_unit(state.settings.crs) ** 2
    ids = np.array(sorted(u.id for u in state.units.at_level(Level.CELL)), np.int64)
    households = household_counts(ids, state.households)
    people = member_counts(ids, state.households)
    cases = tally(ids, state.cases.cell)
    open_cases = tally(ids, state.cases.cell[is_open(state.cases)])
    workers: dict[int, list[int]] = {}
    for worker in state.workers.values():
        if worker.cell:
            workers.setdefault(worker.cell, []).append(worker.id)
    found: dict[int, UnitFigures] = {}
    for at, cell in enumerate(ids.tolist()):
        floor, size, length = floor_of(state, state.units[cell]), area.get(cell, 0.0), around.get(cell, 0.0)
        found[cell] = UnitFigures(
            1,
            int(households[at]),
            int(people[at]),
            size * square / 1e6,
            int(households[at]) / max(floor, 1),
            floor,
            4 * np.pi * size / length**2 if length else 0.0,
            int(open_cases[at]),
            int(cases[at]),
            tuple(workers.get(cell, ())),
        )
    for level in (Level.VILLAGE, Level.TOWNSHIP):
        for unit in state.units.at_level(level):
            found[unit.id] = _sum([found[child.id] for child in state.units.children(unit.id) if child.id in found])
    return found


def _sum(parts: list[UnitFigures]) -> UnitFigures:
    floor, households = sum(p.floor for p in parts), sum(p.households for p in parts)
    return UnitFigures(
        sum(p.cells for p in parts),
        households,
        sum(p.people for p in parts),
        sum(p.area for p in parts),
        households / floor if floor else 0.0,
        floor,
        0.0,
        sum(p.open_cases for p in parts),
        sum(p.cases for p in parts),
        tuple(worker for p in parts for worker in p.workers),
    )
