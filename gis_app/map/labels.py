"""Names on the map: where each unit's name belongs, which are shown at a zoom, and none on another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.units import Hierarchy, Level
from gis_app.map.network import Detail, Floats, Ints, Network, above_cells

ROOM = {Level.TOWNSHIP: 2.6, Level.VILLAGE: 1.5, Level.CELL: 0.75}
"""How wide a name may be, as a share of the side of a square with the area of its unit."""

GAP = 4.0
"""Free pixels around a name."""

SHIFTS = (0.0, -1.1, 1.1, -1.9, 1.9)
"""How far a name may move up or down to find a free place, as shares of its height."""

TRIES = tuple((shift, True) for shift in SHIFTS)
TRIES_OF_NEEDED = (*TRIES, *((shift, False) for shift in SHIFTS))
"""The shifts that are tried one after the other, and whether marks must be free: not for a name that must stand, in the end."""

CELLS_A_SLICE = 400
NAMES_A_SLICE = 400


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """Where names belong: a text, a place, a level and the side of a square with the unit's area (metres), most important first.

    `middles` (n, 3) are area, x and y of the centroid of every cell of the network, for the anchors that follow these.
    """

    units: Ints
    texts: tuple[str, ...]
    x: Floats
    y: Floats
    levels: NDArray[np.int8]
    side: Floats
    middles: Floats


def centroids(network: Network, which: Ints) -> Floats:
    """Return the area and the centroid's x and y of some cells (positions in `cell_ids`) as (n, 3).

    The edges that join the rings of a cell are walked to and fro and holes run clockwise, so one shoelace formula serves every cell.
    """
    xy, ends = Detail(network, 0.0).vertices(network.cells, which)
    origin = xy.mean(axis=0) if len(xy) else np.zeros(2)
    xy = xy - origin
    cross = np.zeros(len(xy))
    moment = np.zeros((len(xy), 2))
    if len(xy):
        cross[:-1] = xy[:-1, 0] * xy[1:, 1] - xy[1:, 0] * xy[:-1, 1]
        moment[:-1] = (xy[:-1] + xy[1:]) * cross[:-1, None]
        last = ends[1:] - 1
        cross[last], moment[last] = 0, 0
    doubled = np.add.reduceat(cross, ends[:-1]) if len(which) else np.zeros(0)
    moments = np.add.reduceat(moment, ends[:-1]) if len(which) else np.zeros((0, 2))
    safe = np.where(np.abs(doubled) > 1e-9, doubled, 1.0)
    centre = moments / (3 * safe[:, None]) + origin
    return np.column_stack([np.abs(doubled) / 2, centre])


def preparing_anchors(network: Network, hierarchy: Hierarchy, before: tuple[Anchors, Ints] | None = None) -> Iterator[Anchors | None]:
    """Find where every unit's name belongs, in small steps: yields None, and at the end the anchors.

    A cell is named at its centroid; a village or township at that of its cells, or, where this lies in another unit, at the centroid of its
    own nearest cell. Names of cells lose the name of their village in front. `before` are earlier anchors, and where each cell of the
    network lay in theirs (-1: it looked different): its centroid is taken from there.
    """
    count = len(network.cell_ids)
    middles = np.zeros((count, 3))
    missing = np.arange(count)
    if before is not None:
        known, source = before
        middles[source >= 0] = known.middles[source[source >= 0]]
        missing = np.flatnonzero(source < 0)
    for first in range(0, len(missing), CELLS_A_SLICE):
        chosen = missing[first : first + CELLS_A_SLICE]
        middles[chosen] = centroids(network, chosen)
        yield None
    area, x, y = middles.T
    found = [(network.cell_ids, x, y, np.sqrt(area))]
    for owner in above_cells(network.cell_ids, hierarchy).T:
        found.append(_of_units(owner, middles))
        yield None
    units, xs, ys, sides = zip(*found, strict=True)
    levels = np.repeat(np.array([Level.CELL, Level.TOWNSHIP, Level.VILLAGE], np.int8), [len(ids) for ids in units])
    every, side = np.concatenate(units), np.concatenate(sides)
    named = np.flatnonzero([unit in hierarchy for unit in every.tolist()])
    order = named[np.lexsort((-side[named], levels[named]))]
    yield None
    texts = tuple(_name(hierarchy, unit) for unit in every[order].tolist())
    yield Anchors(every[order], texts, np.concatenate(xs)[order], np.concatenate(ys)[order], levels[order], side[order], middles)


def _of_units(owner: Ints, middles: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """Return the units that own cells (`owner`: one a cell, 0 for none), where their names stand, and the sides of their squares."""
    area, x, y = middles.T
    inside = np.flatnonzero(owner > 0)
    units, member = np.unique(owner[inside], return_inverse=True)
    weight = np.maximum(np.bincount(member, area[inside]), 1e-9)
    at_x, at_y = (np.bincount(member, (column * area)[inside]) / weight for column in (x, y))
    for number, unit in enumerate(units.tolist()):
        near = int(np.argmin((x - at_x[number]) ** 2 + (y - at_y[number]) ** 2))
        if owner[near] != unit:
            own = inside[member == number]
            near = int(own[np.argmin((x[own] - at_x[number]) ** 2 + (y[own] - at_y[number]) ** 2)])
            at_x[number], at_y[number] = x[near], y[near]
    return units, at_x, at_y, np.sqrt(weight)


def _name(hierarchy: Hierarchy, unit: int) -> str:
    """Return the name of a unit; a cell's without that of its village in front."""
    own = hierarchy[unit]
    if own.level != Level.CELL or own.parent not in hierarchy:
        return own.name
    return own.name.removeprefix(hierarchy[own.parent].name) or own.name


def fitting(anchors: Anchors, widths: Floats, resolution: float) -> Ints:
    """Return the positions of the anchors whose names (`widths` in pixels) find room in their unit at a resolution (units per pixel)."""
    share = np.zeros(len(Level) + 1)
    for level, value in ROOM.items():
        share[level] = value
    return np.flatnonzero((widths * resolution <= anchors.side * share[anchors.levels]) & (widths > 0))


Box = tuple[float, float, float, float]


class Occupied:
    """Boxes (left, right, top, bottom in pixels) that something lies on, found by rows."""

    def __init__(self, height: float) -> None:
        self._height = max(height, 1.0)
        self._rows: dict[int, list[Box]] = {}

    def add(self, box: Box) -> None:
        """Take a place."""
        for row in range(int(box[2] // self._height), int(box[3] // self._height) + 1):
            self._rows.setdefault(row, []).append(box)

    def free(self, box: Box) -> bool:
        """Tell whether nothing lies in a box."""
        for row in range(int(box[2] // self._height), int(box[3] // self._height) + 1):
            for other in self._rows.get(row, ()):
                if box[0] < other[1] and box[1] > other[0] and box[2] < other[3] and box[3] > other[2]:
                    return False
        return True


def place(
    x: Floats, y: Floats, widths: Floats, heights: Floats, *, marks: Floats | None = None, must: NDArray[np.bool_] | None = None
) -> tuple[Ints, Floats]:
    """Choose boxes at one go: see `placing`."""
    found: tuple[Ints, Floats] | None = None
    for found in placing(x, y, widths, heights, marks=marks, must=must):  # noqa: B007
        pass
    assert found is not None
    return found


def placing(
    x: Floats, y: Floats, widths: Floats, heights: Floats, *, marks: Floats | None = None, must: NDArray[np.bool_] | None = None
) -> Iterator[tuple[Ints, Floats] | None]:
    """Choose greedily, first come first served, boxes (centres and sizes in pixels) that do not touch; in small steps.

    A box stands at its place or, where something is there, a little above or below it. `marks` (n, 3: x, y, radius) are kept free; a box
    that `must` stand may cover them, but no other box. Yields None, and at the end the positions of the chosen boxes and how far each was
    moved down.
    """
    tall = float(heights.max()) + GAP if len(heights) else 1.0
    taken, marked = Occupied(tall), Occupied(tall)
    for at_x, at_y, radius in marks.tolist() if marks is not None else ():
        marked.add((at_x - radius, at_x + radius, at_y - radius, at_y + radius))
    chosen: list[int] = []
    moved: list[float] = []
    needed = must.tolist() if must is not None else [False] * len(x)
    sizes = np.stack([y, x - widths / 2 - GAP, x + widths / 2 + GAP, heights, heights / 2 + GAP / 2], axis=1).tolist()
    for i, (at_y, left, right, height, half) in enumerate(sizes):
        for shift, clear in TRIES_OF_NEEDED if needed[i] else TRIES:
            middle = at_y + shift * height
            box = (left, right, middle - half, middle + half)
            if taken.free(box) and (not clear or marked.free(box)):
                taken.add(box)
                chosen.append(i)
                moved.append(shift * height)
                break
        if i % NAMES_A_SLICE == NAMES_A_SLICE - 1:
            yield None
    yield np.array(chosen, np.int64), np.array(moved, np.float64)
