"""Cut pairs of neighbouring cells anew, each along the straight line that gives the most compact pair.

As recombination does for districts (D. DeFord, M. Duchin and J. Solomon, Recombination: A Family of Markov Chains for Redistricting,
Harvard Data Science Review 3.1, 2021), but for the better only, and on the land itself: both sides stay in one piece, and no building is
cut.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, neighbours, polygons, unions
from gis_app.grid.edits.parted import parted
from gis_app.grid.overlay import overlay
from gis_app.grid.partition.borders import CLEAR
from gis_app.grid.refusal import Refusal
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SWEEPS = 4
"""How often all pairs are looked at; from the second time on only those of which a cell has changed."""

_DIRECTIONS = 12
_A_DIRECTION = 7
"""So many lines across each direction are looked at."""

_NARROW = 0.5
"""A line keeps at least this far (units) from every building; one that keeps less than `CLEAR` is worth a little less."""

_BETTER = 0.004
"""What a cut must gain, in compactness (0 … 1) of one cell, to be made."""

_BEYOND = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Houses:
    """Where buildings stand: places (n, 2), households at each (n), and the building of each (n): no line parts places of one building."""

    places: Floats
    weights: Ints
    building: Ints


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
class _Line:
    """The line `normal` · p = `offset`, which of a pair (0, 1) may be below it, and what it is worth: compactness less what loads cost."""

    normal: Floats
    offset: float
    below: tuple[int, ...]
    worth: float


def recutting(cells: Coverage, houses: Houses, owner: Ints, limits: Limits) -> Steps[tuple[Coverage, Ints]]:
    """Cut pairs anew; return the coverage and the cell of each place (n).

    Only pairs that lie in one piece of land together are cut; other pieces of theirs stay with them.
    """
    now, owner = cells, owner.copy()
    worth = {cell: _compactness(shape) for cell, shape in polygons(now).items()}
    tried: dict[tuple[int, int], tuple[int, int]] = {}
    version = dict.fromkeys(now.cells, 0)
    for sweep in range(SWEEPS):
        pairs = [(one, other) for one, others in neighbours(now).items() for other in others if OUTSIDE < one < other]
        pairs.sort(key=lambda pair: (worth[pair[0]] + worth[pair[1]], pair))
        changed = False
        for at, (one, other) in enumerate(pairs):
            yield Progress((sweep + at / len(pairs)) / SWEEPS, msg("Drawing borders"))
            stamp = version[one], version[other]
            if tried.get((one, other)) == stamp:
                continue
            tried[one, other] = stamp
            made = _cut_anew(now, houses, owner, (one, other), worth[one] + worth[other], limits, sweep)
            if made is None:
                continue
            now, owner = made
            changed = True
            for cell, shape in polygons(now, (one, other)).items():
                version[cell] += 1
                worth[cell] = _compactness(shape)
        if not changed and sweep:
            break
    return now, owner


def _compactness(shape: shapely.Geometry) -> float:
    return 4 * np.pi * shape.area / shape.length**2 if shape.length else 0.0


def _cut_anew(
    cells: Coverage, houses: Houses, owner: Ints, pair: tuple[int, int], worth: float, limits: Limits, sweep: int
) -> tuple[Coverage, Ints] | None:
    """Return the coverage with a better border between two cells, None where there is none."""
    land, fixed = _land(cells, pair)
    if land is None:
        return None
    mine = np.flatnonzero((owner == pair[0]) | (owner == pair[1]))
    rows = mine
    if fixed:
        shapely.prepare(land)
        rows = mine[shapely.intersects_xy(land, houses.places[mine])]
    if not len(rows):
        return None
    elsewhere = np.setdiff1d(mine, rows)
    apart = np.array([houses.weights[elsewhere[owner[elsewhere] == cell]].sum() for cell in pair], np.float64)
    loads = apart + [houses.weights[rows[owner[rows] == cell]].sum() for cell in pair]
    worth -= float(limits.uneven(loads).sum())
    line = _best(land, houses, rows, apart, float(limits.off(loads).sum()), limits, sweep)
    if line is None or line.worth < worth + _BETTER:
        return None
    return _taken(cells, houses, owner, pair, land, rows, line)


def _land(cells: Coverage, pair: tuple[int, int]) -> tuple[shapely.Polygon | None, bool]:
    """Return the largest piece of the land of two cells, if it is the largest piece of both, and whether there are others."""
    parts = shapely.get_parts(unions(cells, {0: pair})[0])
    main = parts[int(np.argmax(shapely.area(parts)))]
    if all(len(cells.cells[cell]) == 1 for cell in pair):
        return (main, False) if len(parts) == 1 else (None, False)
    largest = sum(float(shapely.area(shapely.get_parts(shape)).max()) for shape in polygons(cells, pair).values())
    return (main if main.area >= largest * (1 - 1e-9) else None), True


# ------------------------------------------------------------ the line


def _best(land: shapely.Polygon, houses: Houses, rows: Ints, apart: Floats, off: float, limits: Limits, sweep: int) -> _Line | None:
    """Return the line that is worth most among those that leave both loads at least as well within the limits as now (`off`)."""
    angles = (np.arange(_DIRECTIONS) + 0.5 * (sweep % 2)) * np.pi / _DIRECTIONS
    normals = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centre = np.array([land.centroid.x, land.centroid.y])
    direction, offset, below, room = _gaps(houses, rows, centre, normals)
    total = float(houses.weights[rows].sum())
    ways = np.stack([np.stack([apart[k] + below, apart[1 - k] + total - below]) for k in (0, 1)])  # which cell is below the line
    costs = limits.off(ways).sum(axis=1)
    fair = (costs <= off).any(axis=0) & (room >= 2 * _NARROW)
    chosen = np.flatnonzero(fair)
    chosen = chosen[_few(direction[chosen])]
    if not len(chosen):
        return None
    compactness, whole = _halves(land, centre, normals[direction[chosen]], offset[chosen])
    uneven = np.where(costs[:, chosen] <= off, limits.uneven(ways[:, :, chosen]).sum(axis=1), np.inf).min(axis=0)
    tight = 0.02 * np.clip(1 - room[chosen] / (2 * CLEAR), 0, 1)
    worth = np.where(whole, compactness - uneven - tight, -np.inf)
    at = int(np.argmax(worth))
    if not np.isfinite(worth[at]):
        return None
    normal = normals[direction[chosen[at]]]
    ways_down = tuple(np.flatnonzero(costs[:, chosen[at]] <= off).tolist())
    return _Line(normal, float(offset[chosen[at]] + normal @ centre), ways_down, float(worth[at]))


def _gaps(houses: Houses, rows: Ints, centre: Floats, normals: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """Return the gaps between buildings across each direction: number of the direction, offset of the middle from the centre, households
    below it, and width. None lies beyond the outermost buildings."""
    order = rows[np.argsort(houses.building[rows], kind="stable")]
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


def _halves(land: shapely.Polygon, centre: Floats, normals: Floats, offsets: Floats) -> tuple[Floats, NDArray[np.bool_]]:
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


# ------------------------------------------------------------ taking it


def _taken(
    cells: Coverage, houses: Houses, owner: Ints, pair: tuple[int, int], land: shapely.Polygon, rows: Ints, line: _Line
) -> tuple[Coverage, Ints] | None:
    """Return the coverage with the line as the border of a pair; where both may be below it, as many households as possible stay."""
    below = houses.places[rows] @ line.normal < line.offset
    stays = [int(houses.weights[rows[below == (owner[rows] == pair[way])]].sum()) for way in line.below]
    under, above = pair if line.below[int(np.argmax(stays))] == 0 else pair[::-1]
    drawn = overlay(cells, pair, [_across(land, line)])
    owners = []
    for face in drawn.faces:
        inside = shapely.get_coordinates(shapely.point_on_surface(face.shape))[0]
        if shapely.intersects_xy(land, *inside):
            owners.append(under if inside @ line.normal < line.offset else above)
        else:
            owners.append(face.origin)
    made = parted(drawn, owners)
    if isinstance(made, Refusal) or made.removed:
        return None
    owner = owner.copy()
    owner[rows] = np.where(below, under, above)
    return made.coverage, owner


def _across(land: shapely.Polygon, line: _Line) -> Floats:
    """Return the line from a little before the land to a little beyond it."""
    along = np.array([-line.normal[1], line.normal[0]])
    foot = line.normal * line.offset
    reach = shapely.get_coordinates(land) @ along
    found = shapely.intersection(land, shapely.LineString([foot + (reach.min() - 1) * along, foot + (reach.max() + 1) * along]))
    ends = shapely.get_coordinates(found) @ along
    return np.array([foot + (ends.min() - _BEYOND) * along, foot + (ends.max() + _BEYOND) * along])
