"""A random walk of edits over a county, as states that follow one another."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, Coverage, extent, neighbours, polygons
from gis_app.grid.edits.delete_cell import delete_cell
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.merge_cells import merge_cells
from gis_app.grid.edits.move_vertices import move_vertices
from gis_app.grid.edits.split_cell import split_cell
from gis_app.grid.edits.transfer_area import transfer_area
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.refusal import Refusal
from gis_app.grid.units import Hierarchy, Level


def walk(state: CountyState, seed: int, steps: int) -> Iterator[CountyState]:
    """Yield the states after up to `steps` random edits; now and then a step goes back to an earlier one."""
    rng = np.random.default_rng(seed)
    states = [state]
    for _ in range(steps):
        if len(states) > 2 and rng.uniform() < 0.2:
            states.append(states[-3])  # undone
            yield states[-1]
            continue
        edited = edit(states[-1], rng)
        if isinstance(edited, Edited):
            states.append(after(states[-1], edited))
            yield states[-1]


def edit(state: CountyState, rng: np.random.Generator) -> Edited | Refusal:
    """Try one edit at a random place."""
    coverage = state.coverage
    cell = int(rng.choice(sorted(coverage.cells)))
    beside = sorted(neighbours(coverage)[cell])
    kind = rng.integers(0, 5)
    if kind == 0 or not beside:
        return _move(coverage, rng)
    if kind == 1:
        west, south, east, north = polygons(coverage, [cell])[cell].bounds
        height = south + (north - south) * rng.uniform(0.3, 0.7)
        return split_cell(
            coverage, cell, [np.array([(west - 50, height), (east + 50, height + rng.uniform(-40, 40))])], max(state.units) + 1
        )
    if kind == 2:
        return merge_cells(coverage, [cell, int(rng.choice(beside))], cell)
    if kind == 3:
        west, south, east, north = polygons(coverage, [cell])[cell].bounds
        corner = np.array([(west, south), ((west + east) / 2, south), ((west + east) / 2, north), (west, north)]) + rng.uniform(
            -20, 20, (4, 2)
        )
        return transfer_area(coverage, corner, int(rng.choice(beside)))
    return delete_cell(coverage, cell)


def _move(coverage: Coverage, rng: np.random.Generator) -> Edited | Refusal:
    arcs = sorted(number for number, arc in coverage.arcs.items() if OUTSIDE not in (arc.left, arc.right))
    arc = int(rng.choice(arcs))
    index = int(rng.integers(0, len(coverage.arcs[arc].points)))
    return move_vertices(coverage, [Vertex(arc, index)], tuple(rng.uniform(-8, 8, 2).tolist()))


def after(state: CountyState, edited: Edited) -> CountyState:
    """Return the state after an edit: new cells lie in the village of their land, households where they live."""
    units = dict(state.units)
    for cell in edited.removed:
        del units[cell]
    for cell in edited.added(state.coverage):
        origin = next(piece.origin for piece in edited.pieces if piece.owner == cell)
        like = next(unit for unit in state.units.values() if unit.id == origin)
        units[cell] = replace(like, id=cell, code=f"{like.code}N{cell}", name=f"new cell {cell}", level=Level.CELL)
    hierarchy = Hierarchy(units.values())
    locator = locator_of(edited.coverage, hierarchy)
    homes, cases = state.households, state.cases
    homes = replace(homes, cell=locator.cells_at(np.stack([homes.x, homes.y], axis=1)))
    cases = replace(cases, cell=locator.cells_at(np.stack([cases.x, cases.y], axis=1)))
    return replace(state, coverage=edited.coverage, units=hierarchy, households=homes, cases=cases)


def size(state: CountyState) -> float:
    """Return how wide a county is."""
    west, _, east, _ = extent(state.coverage)
    return east - west
