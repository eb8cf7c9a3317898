"""The figures of every unit at every level, as the tables and the inspector show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.display import is_open
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.figures import household_counts, member_counts, resident_counts, tally
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.grid.workers import teams


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What a unit holds. `area` is km²; `load` is residents over the floor of its cells; `workers` ids of workers of its cells."""

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
    residents: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class CellColumns:
    """What every cell holds, in the order of `ids` (ascending). `area` is km²; `workers` are ids by cell."""

    ids: NDArray[np.int64]
    households: NDArray[np.int64]
    people: NDArray[np.int64]
    floor: NDArray[np.int64]
    area: NDArray[np.float64]
    length: NDArray[np.float64]
    open_cases: NDArray[np.int64]
    cases: NDArray[np.int64]
    workers: Mapping[int, tuple[int, ...]]
    residents: NDArray[np.int64]

    def differing(self, before: "CellColumns") -> list[int]:
        """Return the cells that hold something else than before, new ones among them."""
        if not len(before.ids):
            return [int(cell) for cell in self.ids]
        place = np.minimum(np.searchsorted(before.ids, self.ids), len(before.ids) - 1)
        same = before.ids[place] == self.ids
        for column in fields(self):
            if column.name != "workers":
                same &= getattr(before, column.name)[place] == getattr(self, column.name)
        found = set(self.ids[~same].tolist())
        found.update(cell for cell, workers in self.workers.items() if before.workers.get(cell) != workers)
        found.update(cell for cell in before.workers if cell not in self.workers)
        return sorted(found.intersection(self.ids.tolist()))


def floor_of(state: CountyState, cell: Unit) -> int:
    """Return the least number of households that a cell should have."""
    settings = state.settings
    return settings.community_floor if cell.kind == UnitKind.COMMUNITY_CELL else settings.rural_floor


def cell_columns(state: CountyState, area: Mapping[int, float], around: Mapping[int, float]) -> CellColumns:
    """Count what the cells hold; `area` and `around` (perimeter) by cell, in the units of the county's coordinates."""
    square = metres_per_unit(state.settings.crs) ** 2
    ids = np.array(sorted(unit.id for unit in state.units.values() if unit.level == Level.CELL), np.int64)
    workers = teams(state.workers, state.settings.today())
    cells = ids.tolist()
    return CellColumns(
        ids,
        household_counts(ids, state.households),
        member_counts(ids, state.households),
        np.array([floor_of(state, state.units[cell]) for cell in cells], np.int64),
        np.array([area.get(cell, 0.0) for cell in cells], np.float64) * square / 1e6,
        np.array([around.get(cell, 0.0) for cell in cells], np.float64) * square**0.5,
        tally(ids, state.cases.cell[is_open(state.cases)]),
        tally(ids, state.cases.cell),
        workers,
        resident_counts(ids, state.households),
    )


def unit_figures(state: CountyState, area: Mapping[int, float], around: Mapping[int, float]) -> dict[int, UnitFigures]:
    """Return the figures of every unit by its id, the upper levels summed from their cells; `area` and `around` (perimeter)
    by cell, in the units of the county's coordinates."""
    columns = cell_columns(state, area, around)
    found = _of_cells(columns, range(len(columns.ids)))
    for level in (Level.VILLAGE, Level.TOWNSHIP):
        _add_up(state, found, (unit.id for unit in state.units.at_level(level)))
    return found


def figures_after(
    state: CountyState, columns: CellColumns, before: tuple[CountyState, CellColumns, Mapping[int, UnitFigures]]
) -> dict[int, UnitFigures]:
    """Return the figures of every unit of a state that follows another one: only what differs is made anew."""
    known_state, known_columns, known = before
    cells = columns.differing(known_columns)
    units, earlier = state.units, known_state.units
    moved = [] if units is earlier else [i for i in {*units, *earlier} if units.get(i) is not earlier.get(i)]
    found = {unit: figures for unit, figures in known.items() if unit in units}
    found |= _of_cells(columns, np.searchsorted(columns.ids, cells).tolist())
    touched = {unit.id for i in (*cells, *moved) for tree in (units, earlier) for unit in tree.path(i)}
    for level in (Level.VILLAGE, Level.TOWNSHIP):
        _add_up(state, found, (i for i in touched if i in units and units[i].level == level))
    return found


def _of_cells(columns: CellColumns, rows: Iterable[int]) -> dict[int, UnitFigures]:
    found = {}
    for at in rows:
        cell, residents, floor = int(columns.ids[at]), int(columns.residents[at]), int(columns.floor[at])
        area, length = float(columns.area[at]), float(columns.length[at])
        found[cell] = UnitFigures(
            1,
            int(columns.households[at]),
            int(columns.people[at]),
            area,
            residents / max(floor, 1),
            floor,
            4 * np.pi * area * 1e6 / length**2 if length else 0.0,
            int(columns.open_cases[at]),
            int(columns.cases[at]),
            columns.workers.get(cell, ()),
            residents,
        )
    return found


def _add_up(state: CountyState, found: dict[int, UnitFigures], units: Iterable[int]) -> None:
    for unit in units:
        found[unit] = _sum([found[child.id] for child in state.units.children(unit) if child.id in found])


def _sum(parts: list[UnitFigures]) -> UnitFigures:
    floor, residents = sum(p.floor for p in parts), sum(p.residents for p in parts)
    return UnitFigures(
        sum(p.cells for p in parts),
        sum(p.households for p in parts),
        sum(p.people for p in parts),
        sum(p.area for p in parts),
        residents / floor if floor else 0.0,
        floor,
        0.0,
        sum(p.open_cases for p in parts),
        sum(p.cases for p in parts),
        tuple(worker for p in parts for worker in p.workers),
        residents,
    )
