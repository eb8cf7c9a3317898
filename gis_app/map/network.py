"""The borders of a county as flat numpy arrays, ready to be simplified and drawn at any scale.

Borders are simplified arc by arc, never ring by ring, so that what two cells share stays shared. Cells and border lines are kept as
*recipes* (which arcs, which way round), from which the vertices of a level of detail are gathered at one go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.units import Hierarchy, Level

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OUTER, TOWNSHIP, VILLAGE, CELL = range(4)
"""Ranks of arcs, as `grid.coverage.arc_levels` gives them: the highest level at which their two sides differ."""

FINEST = 0.04
"""Below this share of the usual vertex spacing a tolerance removes nothing: the arcs are drawn as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipes:
    """Polylines and polygons as sequences of signed arcs.

    Recipe i is made of the entries `offsets[i]:offsets[i + 1]`. An entry takes the vertices of arc position `arc` (all but the last; only
    the first where `single`), forwards where `direction` is 1, backwards where it is -1. `bounds` is (n, 4).
    """

    arc: Ints
    direction: Ints
    single: NDArray[np.bool_]
    offsets: Ints
    bounds: Floats

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def visible(self, extent: tuple[float, float, float, float]) -> Ints:
        """Return the positions of the recipes whose bounds meet an extent."""
        bounds = self.bounds
        meets = (bounds[:, 0] <= extent[2]) & (bounds[:, 2] >= extent[0]) & (bounds[:, 1] <= extent[3]) & (bounds[:, 3] >= extent[1])
        return np.flatnonzero(meets)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """All arcs of a coverage (flat, in the order of `arc_ids`), and the recipes of its cells and its border lines.

    `xy` (n, 2) holds the vertices of arc i at `offsets[i]:offsets[i + 1]`. `cells` are in the order of `cell_ids` (ascending). A line of
    `lines[rank]` is a chain of arcs between two junctions of that rank, so that dashes run through; `borders` are all arcs by themselves;
    `start` and `end` are nodes, `left` and `right` cells. `spacing` is the usual distance between vertices.
    """

    arc_ids: Ints
    xy: Floats
    offsets: Ints
    start: Ints
    end: Ints
    left: Ints
    right: Ints
    rank: NDArray[np.int8]
    cell_ids: Ints
    cells: Recipes
    lines: Mapping[int, Recipes]
    borders: Recipes
    spacing: float
    extent: tuple[float, float, float, float]

    def cell_positions(self, ids: Sequence[int] | Ints) -> Ints:
        """Return the positions of cells among `cell_ids`; unknown ids are left out."""
        wanted = np.asarray(ids, np.int64)
        return np.flatnonzero(np.isin(self.cell_ids, wanted))


def preparing_network(coverage: Coverage, hierarchy: Hierarchy) -> Iterator[Network | None]:
    """Build the network of a coverage in small steps: yields None, and at the end the network."""
    arc_ids = np.array(sorted(coverage.arcs), np.int64)
    arcs = [coverage.arcs[int(i)] for i in arc_ids]
    counts = np.array([len(arc.points) for arc in arcs], np.int64)
    offsets = np.concatenate(([0], np.cumsum(counts)))
    xy = np.concatenate([arc.points for arc in arcs]) if arcs else np.empty((0, 2))
    yield None
    start, end, left, right = np.array([(a.start, a.end, a.left, a.right) for a in arcs], np.int64).reshape(-1, 4).T
    cell_ids = np.array(sorted(coverage.cells), np.int64)
    rank = ranks(left, right, cell_ids, hierarchy)
    yield None
    arc_bounds = bounds_of(xy, offsets)
    position = {int(arc): i for i, arc in enumerate(arc_ids)}
    entries = Entries()
    for number, cell in enumerate(cell_ids.tolist()):
        entries.add_cell([ring for part in coverage.cells[cell] for ring in part], position)
        if number % 300 == 299:
            yield None
    cells = entries.recipes(arc_bounds)
    yield None
    lines = {CELL: each(np.flatnonzero(rank == CELL), arc_bounds)}
    for value in (OUTER, TOWNSHIP, VILLAGE):
        lines[value] = chained(np.flatnonzero(rank == value), start, end, arc_bounds)
        yield None
    borders = each(np.arange(len(arcs)), arc_bounds)
    steps = max(int(counts.sum()) - len(counts), 1)
    length = float(np.hypot(*np.diff(xy, axis=0).T).sum()) if len(xy) > 1 else 1.0
    extent = extent_of(arc_bounds)
    yield Network(arc_ids, xy, offsets, start, end, left, right, rank, cell_ids, cells, lines, borders, length / steps, extent)


def ranks(left: Ints, right: Ints, cell_ids: Ints, hierarchy: Hierarchy) -> NDArray[np.int8]:
    """Return the rank of arcs by the cells on their sides (`grid.coverage.arc_levels`, for columns)."""
    above = np.zeros((len(cell_ids) + 1, 2), np.int64)  # the last row is what lies outside
    above[:-1] = above_cells(cell_ids, hierarchy)
    sides = [above[np.where(side == OUTSIDE, len(cell_ids), np.searchsorted(cell_ids, side))] for side in (left, right)]
    differs = sides[0] != sides[1]
    inner = np.where(differs[:, 0], TOWNSHIP, np.where(differs[:, 1], VILLAGE, CELL))
    return np.where((left == OUTSIDE) | (right == OUTSIDE), OUTER, inner).astype(np.int8)


def above_cells(cell_ids: Ints, hierarchy: Hierarchy) -> Ints:
    """Return the township and the village (n, 2) of cells, 0 where there is none."""
    of: dict[int, tuple[int, int]] = {}  # by the parent of a cell: many cells have the same
    found = []
    for cell in cell_ids.tolist():
        parent = hierarchy[cell].parent if cell in hierarchy else 0
        if parent not in of:
            path = {unit.level: unit.id for unit in hierarchy.path(parent)}
            of[parent] = (path.get(Level.TOWNSHIP, 0), path.get(Level.VILLAGE, 0))
        found.append(of[parent])
    return np.array(found, np.int64).reshape(-1, 2)


def extent_of(arc_bounds: Floats) -> tuple[float, float, float, float]:
    """Return the extent of the bounds of arcs; without any, a square of one unit."""
    low, high = (arc_bounds[:, :2].min(axis=0), arc_bounds[:, 2:].max(axis=0)) if len(arc_bounds) else (np.zeros(2), np.ones(2))
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


class Entries:
    """Collects the entries of recipes one after the other."""

    def __init__(self) -> None:
        self.arc: list[int] = []
        self.direction: list[int] = []
        self.single: list[bool] = []
        self.offsets: list[int] = [0]

    def add_cell(self, rings: Sequence[Sequence[int]], position: Mapping[int, int]) -> None:
        """Add a cell: each ring closed, and joined to the first by an edge that is walked to and fro (no area with the odd-even rule)."""
        anchor: tuple[int, int] | None = None
        for ring in rings:
            signed = [(position[abs(arc)], 1 if arc > 0 else -1) for arc in ring]
            self._add(signed, False)
            self._add(signed[:1], True)
            if anchor is None:
                anchor = signed[0]
            else:
                self._add([anchor], True)
        self.offsets.append(len(self.arc))

    def add_line(self, chain: Sequence[tuple[int, int]]) -> None:
        """Add a line: its arcs and the very last vertex."""
        self._add(chain, False)
        arc, direction = chain[-1]
        self._add([(arc, -direction)], True)
        self.offsets.append(len(self.arc))

    def _add(self, signed: Sequence[tuple[int, int]], single: bool) -> None:
        for arc, direction in signed:
            self.arc.append(arc)
            self.direction.append(direction)
            self.single.append(single)

    def recipes(self, arc_bounds: Floats) -> Recipes:
        """Return what was collected."""
        arc, offsets = np.array(self.arc, np.int64), np.array(self.offsets, np.int64)
        bounds = around(arc, offsets, arc_bounds)
        return Recipes(arc, np.array(self.direction, np.int64), np.array(self.single, np.bool_), offsets, bounds)


def around(arc: Ints, offsets: Ints, arc_bounds: Floats) -> Floats:
    """Return the bounds (n, 4) of recipes; of one without arcs (a cell without polygons) such as meet nothing."""
    bounds = np.full((len(offsets) - 1, 4), np.nan)
    filled = np.flatnonzero(np.diff(offsets))
    if len(filled):
        bounds[filled, :2] = np.minimum.reduceat(arc_bounds[arc, :2], offsets[filled])
        bounds[filled, 2:] = np.maximum.reduceat(arc_bounds[arc, 2:], offsets[filled])
    return bounds


def each(arcs: Ints, arc_bounds: Floats) -> Recipes:
    """Return one line for every arc."""
    single = np.tile(np.array([False, True]), len(arcs))
    return Recipes(np.repeat(arcs, 2), np.tile(np.array([1, -1]), len(arcs)), single, np.arange(0, 2 * len(arcs) + 1, 2), arc_bounds[arcs])


def chained(arcs: Ints, start: Ints, end: Ints, arc_bounds: Floats) -> Recipes:
    """Return lines that run through nodes where exactly two of these arcs meet."""
    entries = Entries()
    for chain in _chains(list(zip(arcs.tolist(), start[arcs].tolist(), end[arcs].tolist(), strict=True))):
        entries.add_line(chain)
    return entries.recipes(arc_bounds)


def bounds_of(xy: Floats, offsets: Ints) -> Floats:
    """Return the bounds (n, 4) of the arcs whose vertices lie in `xy` from one offset to the next."""
    if len(offsets) < 2:
        return np.empty((0, 4))
    return np.hstack([np.minimum.reduceat(xy, offsets[:-1]), np.maximum.reduceat(xy, offsets[:-1])])


def _chains(arcs: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int]]]:
    """Join arcs (position, start node, end node) into the longest chains that run through nodes with exactly two of them."""
    at: dict[int, list[tuple[int, int, int]]] = {}
    for arc, start, end in arcs:
        at.setdefault(start, []).append((arc, 1, end))
        at.setdefault(end, []).append((arc, -1, start))
    used: set[int] = set()
    chains: list[list[tuple[int, int]]] = []

    def walk(arc: int, direction: int, node: int) -> None:
        chain = [(arc, direction)]
        used.add(arc)
        while len(at[node]) == 2:
            following = next((step for step in at[node] if step[0] not in used), None)
            if following is None:
                break
            chain.append(following[:2])
            used.add(following[0])
            node = following[2]
        chains.append(chain)

    for steps in at.values():
        if len(steps) != 2:
            for arc, direction, end in steps:
                if arc not in used:
                    walk(arc, direction, end)
    for arc, _start, end in arcs:
        if arc not in used:
            walk(arc, 1, end)
    return chains


class Detail:
    """The arcs of a network simplified to one tolerance (metres; 0: as they are), filled as they are asked for."""

    def __init__(self, network: Network, tolerance: float) -> None:
        self.network = network
        self.tolerance = tolerance
        if tolerance:
            self._xy = np.empty_like(network.xy)
            self._start = np.zeros(len(network.arc_ids), np.int64)
            self._count = np.zeros(len(network.arc_ids), np.int64)
            self._used = 0
        else:
            self._xy, self._start, self._count = network.xy, network.offsets[:-1], np.diff(network.offsets)

    def vertices(self, recipes: Recipes, which: Ints) -> tuple[Floats, Ints]:
        """Return the vertices (n, 2) of some recipes and where each begins and ends (one more than there are recipes)."""
        lengths = recipes.offsets[which + 1] - recipes.offsets[which]
        entry = gathered(recipes.offsets[which], lengths)
        arc, direction, single = recipes.arc[entry], recipes.direction[entry], recipes.single[entry]
        self._simplify(arc)
        counts = np.where(single, 1, self._count[arc] - 1)
        starts = np.where(direction > 0, self._start[arc], self._start[arc] + self._count[arc] - 1)
        along = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        xy = self._xy[np.repeat(starts, counts) + np.repeat(direction, counts) * along]
        ends = np.concatenate(([0], np.cumsum(counts)))
        return xy, ends[np.concatenate(([0], np.cumsum(lengths)))]

    def followed(self, network: Network, source: Ints) -> "Detail":
        """Return the same level of detail of a network that follows this one; `source` says where its arcs lay in this (-1: nowhere)."""
        detail = Detail(network, self.tolerance)
        if self.tolerance:
            known = np.flatnonzero(source >= 0)
            known = known[self._count[source[known]] > 0]
            counts = self._count[source[known]]
            detail._used = int(counts.sum())
            detail._xy[: detail._used] = self._xy[gathered(self._start[source[known]], counts)]
            detail._start[known], detail._count[known] = np.cumsum(counts) - counts, counts
        return detail

    def _simplify(self, arcs: Ints) -> None:
        """Simplify the arcs that are not yet (Douglas-Peucker keeps both ends, so nodes stay where they are)."""
        missing = np.unique(arcs)
        missing = missing[self._count[missing] == 0]
        if not len(missing):
            return
        network = self.network
        counts = network.offsets[missing + 1] - network.offsets[missing]
        source = network.xy[gathered(network.offsets[missing], counts)]
        lines = shapely.linestrings(source, indices=np.repeat(np.arange(len(missing)), counts))
        xy, index = shapely.get_coordinates(shapely.simplify(lines, self.tolerance, preserve_topology=False), return_index=True)
        kept = np.bincount(index, minlength=len(missing))
        self._xy[self._used : self._used + len(xy)] = xy
        self._start[missing] = self._used + np.cumsum(kept) - kept
        self._count[missing] = kept
        self._used += len(xy)


def tolerance_for(network: Network, resolution: float) -> float:
    """Return the tolerance for a resolution (units per pixel): a power of two near half a pixel, 0 where that removes nothing."""
    tolerance = float(2.0 ** np.round(np.log2(max(resolution, 1e-9) * 0.6)))
    return tolerance if tolerance > network.spacing * FINEST else 0.0


def gathered(starts: Ints, counts: Ints) -> Ints:
    """Return arange(start, start + count) of every pair, one after the other."""
    total = int(counts.sum())
    return np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(total)
