"""The figure of every cell that a fill shows, and the state of every whistle, from the columns of a county state."""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.display import DONE as DONE
from gis_app.cases.display import display_states, is_open
from gis_app.grid.coverage import areas, perimeters
from gis_app.grid.units import UnitKind
from gis_app.map.scene import DisplayState, Figure, Scene

STATES = (DisplayState.OVERDUE, DisplayState.WAITING, DisplayState.IN_PROGRESS, DisplayState.DONE)
"""Display states in the order of their numbers in `cases.display.display_states`: worst first."""


def cell_ids(scene: Scene) -> NDArray[np.int64]:
    """Return the ids of all cells, ascending: the order of every array of figures."""
    return np.array(sorted(scene.state.coverage.cells), np.int64)


def case_mask(scene: Scene) -> NDArray[np.bool_]:
    """Return which cases the scene shows."""
    return np.ones(len(scene.state.cases), np.bool_) if scene.cases is None else scene.cases


def case_states(scene: Scene) -> NDArray[np.int8]:
    """Return the display state of every case (a position in `STATES`)."""
    return np.asarray(display_states(scene.state.cases, scene.now, scene.state.settings.overdue_hours), np.int8)


def count_in_cells(cells: NDArray[np.int64], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count how often each of the (ascending) `ids` occurs in `cells`; others are left out."""
    if not len(ids):
        return np.zeros(0, np.int64)
    position = np.clip(np.searchsorted(ids, cells), 0, len(ids) - 1)
    return np.bincount(position[ids[position] == cells], minlength=len(ids))


def floors(scene: Scene, ids: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the least number of households that each cell should have."""
    settings, units = scene.state.settings, scene.state.units
    community = [int(i) in units and units[int(i)].kind == UnitKind.COMMUNITY_CELL for i in ids]
    return np.where(community, float(settings.community_floor), float(settings.rural_floor))


def figure_values(scene: Scene, figure: Figure) -> NDArray[np.float64]:
    """Return a figure per cell in the order of `cell_ids`; NaN where there is none. Areas are km², densities households per km²."""
    ids, state = cell_ids(scene), scene.state
    if figure == Figure.NONE:
        return np.full(len(ids), np.nan)
    if figure in (Figure.HOUSEHOLDS, Figure.LOAD):
        counts = count_in_cells(state.households.cell, ids).astype(np.float64)
        return counts if figure == Figure.HOUSEHOLDS else counts / np.maximum(floors(scene, ids), 1)
    if figure in (Figure.CASES, Figure.OPEN_CASES):
        shown = case_mask(scene)
        if figure == Figure.OPEN_CASES:
            shown = shown & is_open(state.cases)
        return count_in_cells(state.cases.cell[shown], ids).astype(np.float64)
    by_cell = areas(state.coverage)
    area = np.array([by_cell[int(i)] for i in ids])
    if figure == Figure.AREA:
        return area / 1e6
    if figure == Figure.DENSITY:
        return count_in_cells(state.households.cell, ids) / np.maximum(area / 1e6, 1e-9)
    around = perimeters(state.coverage)
    length = np.array([around[int(i)] for i in ids])
    return 4 * np.pi * area / np.maximum(length, 1e-9) ** 2
