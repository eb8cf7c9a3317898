"""Ways to cut the land of two neighbouring cells in two: along a straight line, or along a road or river."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import split

from gis_app.grid.partition.borders import CLEAR
from gis_app.grid.partition.lines import Lines

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

_DIRECTIONS = 12
_A_DIRECTION = 7
"""So many lines across each direction are looked at."""

_NARROW = 0.5
"""A cut keeps at least this far (units) from every building; one that keeps less than `CLEAR` is worth a little less."""

_TIGHT = 0.02

_BEYOND = 0.05
"""A cut is drawn so far (units) beyond the land, so that it meets its border for certain."""

FOLLOWED = 0.3
"""What a border along a road or river is worth, beside compactness (0 … 1) of each of the two cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Houses:
    """Where buildings stand: places (n, 2), households at each (n), and the building of each (n): no cut parts places of one building."""

    places: Floats
    weights: Ints
    building: Ints

    def of(self, rows: Ints) -> "Houses":
        """Return those of some rows."""
        return Houses(self.places[rows], self.weights[rows], self.building[rows])


@dataclass(frozen=True, slots=True)
class Limits:
    """Loads that cells should have, their mean, and what a load beside it costs: `evenness` times the squared share that it is off."""

    low: float
    high: float
    mean: float
    evenness: float

    def off(self, loads: Floats) -> Floats:
        """Return how far loads are outside of the limits."""
        return np.asarray(np.maximum(self.low - loads, 0) + np.maximum(loads - self.high, 0), np.float64)

    def uneven(self, loads: Floats) -> Floats:
        """Return what loads cost."""
        return np.asarray(self.evenness * ((loads - self.mean) / max(self.mean, 1.0)) ** 2, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Land (one polygon) with `houses` that two cells share; `apart` (2) is what each has elsewhere, and `off` how far both loads together
    are outside of the limits now: no cut may make that worse."""

    land: shapely.Polygon
    houses: Houses
    apart: Floats
    off: float
    limits: Limits

    def ways(self, below: Floats) -> tuple[Floats, Mask]:
        """Return, for cuts with so many households below (n), what loads cost if cell 0, or cell 1, is below (2, n), and whether it may."""
        total = float(self.houses.weights.sum())
        loads = np.stack([np.stack([self.apart[k] + below, self.apart[1 - k] + total - below]) for k in (0, 1)])
        return self.limits.uneven(loads).sum(axis=1), np.asarray(self.limits.off(loads).sum(axis=1) <= self.off)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A cut along `path` (n, 2), from a little before the land to a little beyond it.

    `is_below` tells which places (m, 2) lie on its first side, `below` which of the houses do; `first`: the cells (0, 1) that may have that
    side. `worth`: compactness of both cells, less what their loads cost, and more for a road or river.
    """

    path: Floats
    is_below: Callable[[Floats], Mask]
    below: Mask
    first: tuple[int, ...]
    worth: float


# ------------------------------------------------------------ straight


def straight(task: Task, turn: float) -> Cut | None:
    """Return the straight cut that is worth most; `turn` (radians) turns the directions that are tried."""
    angles = turn + np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centre = np.array([task.land.centroid.x, task.land.centroid.y])
    direction, offset, below, room = _gaps(task.houses, centre, normals)
    uneven, may = task.ways(below)
    chosen = np.flatnonzero(may.any(axis=0) & (room >= 2 * _NARROW))
    chosen = chosen[_few(direction[chosen])]
    if not len(chosen):
        return None
    compactness, whole = halves(task.land, centre, normals[direction[chosen]], offset[chosen])
    cost = np.where(may[:, chosen], uneven[:, chosen], np.inf).min(axis=0) + _tight(room[chosen] / 2)
    worth = np.where(whole, compactness - cost, -np.inf)
    at = int(np.argmax(worth))
    if not np.isfinite(worth[at]):
        return None
    normal = normals[direction[chosen[at]]]
    level = float(offset[chosen[at]] + normal @ centre)

    def is_below(places: Floats) -> Mask:
        return np.asarray(places @ normal < level)

    first = tuple(np.flatnonzero(may[:, chosen[at]]).tolist())
    return Cut(_across(task.land, normal, level), is_below, is_below(task.houses.places), first, float(worth[at]))


def _tight(clear: Floats) -> Floats:
    """Return what it costs to pass buildings so near."""
    return np.asarray(_TIGHT * np.clip(1 - clear / CLEAR, 0, 1), np.float64)


def _gaps(houses: Houses, centre: Floats, normals: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """Return the gaps between buildings across each direction: number of the direction, offset of the middle from the centre, households
    below it, and width. None lies beyond the outermost buildings."""
    order = np.argsort(houses.building, kind="stable")
    _, starts = np.unique(houses.building[order], return_index=True)
    weights = np.add.reduceat(houses.weights[order], starts)
    across = (houses.places[order] - centre) @ normals.T
    low, high = np.minimum.reduceat(across, starts, axis=0), np.maximum.reduceat(across, starts, axis=0)
    rank = np.argsort(low, axis=0, kind="stable")
    low, high = np.take_along_axis(low, rank, axis=0), np.maximum.accumulate(np.take_along_axis(high, rank, axis=0), axis=0)
    below = np.cumsum(weights[rank], axis=0)[:-1].T.ravel()
    room = (low[1:] - high[:-1]).T.ravel()
    middle = ((low[1:] + high[:-1]) / 2).T.ravel()
    direction = np.repeat(np.arange(len(normals)), len(starts) - 1)
    return direction, middle, below.astype(np.float64), room


def _few(direction: Ints) -> Ints:
    """Return positions of at most `_A_DIRECTION` entries of each direction, evenly among them (`direction` is ascending)."""
    _, first, counts = np.unique(direction, return_index=True, return_counts=True)
    steps = np.arange(_A_DIRECTION)[None, :] * (counts[:, None] - 1) / (_A_DIRECTION - 1)
    return np.unique(first[:, None] + np.round(steps).astype(np.int64))


def halves(land: shapely.Polygon, centre: Floats, normals: Floats, offsets: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the sum of the compactness (4πA/P²) of both sides of each line through land, and whether each side is one piece.

    The area below a line is the integral of -s dt around the ring, with t across the line and s along it: the line itself adds nothing.
    """
    starts, ends = _edges(land, centre)
    along = np.stack([-normals[:, 1], normals[:, 0]], axis=1)
    t0, t1 = normals @ starts.T - offsets[:, None], normals @ ends.T - offsets[:, None]
    s0, s1 = along @ starts.T, along @ ends.T
    crossed = (t0 < 0) != (t1 < 0)
    at = np.where(crossed, t0 / np.where(crossed, t0 - t1, 1.0), 0.0)
    s = s0 + at * (s1 - s0)
    share = np.where(crossed, np.where(t0 < 0, at, 1 - at), t0 < 0)
    from_t, to_t = np.minimum(t0, 0.0), np.minimum(t1, 0.0)
    from_s, to_s = np.where(crossed & (t0 >= 0), s, s0), np.where(crossed & (t0 < 0), s, s1)
    area = -((from_s + to_s) / 2 * (to_t - from_t)).sum(axis=1)
    length = np.hypot(*(ends - starts).T)
    around = (share * length).sum(axis=1)
    chord = np.abs((np.where(crossed, s, 0.0) * np.sign(t1 - t0)).sum(axis=1))
    rest = length.sum() - around + chord
    compactness = 4 * np.pi * (area / (around + chord) ** 2 + (land.area - area) / rest**2)
    return compactness, crossed.sum(axis=1) == 2


def _edges(land: shapely.Polygon, centre: Floats) -> tuple[Floats, Floats]:
    """Return the start and the end of every segment of a polygon, seen from `centre`; its land lies on their left."""
    turned = shapely.orient_polygons(land)
    rings = [shapely.get_coordinates(ring) - centre for ring in shapely.get_rings(turned)]
    return np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])


def _across(land: shapely.Polygon, normal: Floats, level: float) -> Floats:
    """Return the line `normal` · p = `level` from a little before land to a little beyond it."""
    along = np.array([-normal[1], normal[0]])
    foot = normal * level
    reach = shapely.get_coordinates(land) @ along
    found = shapely.intersection(land, shapely.LineString([foot + (reach.min() - 1) * along, foot + (reach.max() + 1) * along]))
    ends = shapely.get_coordinates(found) @ along
    return np.array([foot + (ends.min() - _BEYOND) * along, foot + (ends.max() + _BEYOND) * along])


# ------------------------------------------------------------ along roads and rivers


def along(task: Task, lines: Lines) -> Cut | None:
    """Return the cut along a road or river that is worth most."""
    found = [cut for path in lines.across(task.land) if (cut := _along(task, path)) is not None]
    return max(found, key=lambda cut: cut.worth, default=None)


def _along(task: Task, path: Floats) -> Cut | None:
    """Return the cut along a stretch from border to border, None where it parts a building or leaves a side in pieces."""
    line = shapely.LineString(path)
    if not line.is_simple:
        return None
    sides = [part for part in split(task.land, line).geoms if part.geom_type == "Polygon"]
    clear = float(shapely.distance(line, shapely.points(task.houses.places)).min())
    if len(sides) != 2 or clear < _NARROW:
        return None
    shapely.prepare(sides[0])

    def is_below(places: Floats) -> Mask:
        return np.asarray(shapely.intersects_xy(sides[0], places))

    below = is_below(task.houses.places)
    number = task.houses.building
    if len(np.intersect1d(number[below], number[~below])) or below.all() or not below.any():
        return None
    uneven, may = task.ways(np.array([float(task.houses.weights[below].sum())]))
    if not may.any():
        return None
    compactness = sum(4 * np.pi * side.area / side.length**2 for side in sides)
    cost = float(np.where(may, uneven, np.inf).min()) + float(_tight(np.array([clear]))[0])
    longer = np.concatenate([[_beyond(path[1], path[0])], path, [_beyond(path[-2], path[-1])]])
    return Cut(longer, is_below, below, tuple(np.flatnonzero(may[:, 0]).tolist()), compactness - cost + FOLLOWED)


def _beyond(before: Floats, end: Floats) -> Floats:
    way = end - before
    further: Floats = end + way * (_BEYOND / max(float(np.hypot(*way)), 1e-9))
    return further
