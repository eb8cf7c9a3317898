"""The figure of every cell that a fill shows, and the state of every whistle, from the columns of a county state."""

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.display import display_states, is_open
from gis_app.county.limits import hours_of
from gis_app.county.worker_edits import loads_of
from gis_app.grid import figures
from gis_app.grid.coverage import areas
from gis_app.grid.datum import metres_per_unit
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
    return display_states(scene.state.cases, scene.now, hours_of(scene.state))


def depends_on(scene: Scene, figure: Figure) -> tuple[object, ...]:
    """Return the (immutable) values that a figure is made of: while these stay, so does the figure."""
    state = scene.state
    if figure in (Figure.CASES, Figure.OPEN_CASES):
        return (state.coverage, state.cases, scene.cases)
    if figure in (Figure.HOUSEHOLDS, Figure.LOAD, Figure.DENSITY):
        return (state.coverage, state.settings, state.units, state.households)
    if figure == Figure.WORKLOAD:
        return (state.coverage, state.settings, state.units, state.households, state.flag_sets, state.cases)
    return (state.coverage, state.settings)


def figure_values(scene: Scene, figure: Figure) -> NDArray[np.float64]:
    """Return a figure per cell in the order of `cell_ids`; NaN where there is none. Areas are km², densities households per km²."""
    ids, state = cell_ids(scene), scene.state
    wanted, settings = ids.tolist(), state.settings
    match figure:
        case Figure.NONE:
            return np.full(len(ids), np.nan)
        case Figure.HOUSEHOLDS:
            return figures.resident_counts(wanted, state.households).astype(np.float64)  # as floors count them
        case Figure.LOAD:
            floors = figures.floors(wanted, state.units, settings.rural_floor, settings.community_floor)
            return figures.load(figures.resident_counts(wanted, state.households), floors)
        case Figure.CASES:
            return figures.tally(wanted, state.cases.cell[case_mask(scene)]).astype(np.float64)
        case Figure.OPEN_CASES:
            return figures.tally(wanted, state.cases.cell[case_mask(scene) & is_open(state.cases)]).astype(np.float64)
        case Figure.COMPACTNESS:
            return figures.compactness(wanted, state.coverage)
        case Figure.WORKLOAD:
            return loads_of(state, wanted).load
    by_cell = areas(state.coverage)
    area = np.array([by_cell[cell] for cell in wanted]) * (metres_per_unit(settings.crs) ** 2 / 1e6)
    if figure == Figure.AREA:
        return area
    return figures.density(figures.household_counts(wanted, state.households), area)
