"""Noding on the 1 mm grid: after it, lines and borders meet only in common vertices.

The method is iterated snap rounding (J. D. Hobby, Practical segment intersection with finite precision output, Computational Geometry
13, 1999): crossings are moved to the grid, and every segment that passes within a grid step of a vertex goes through it. Only what lies
near the drawn lines is looked at, so borders elsewhere keep every bit.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.arcs import SCALE, snap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOT = 0.75 / SCALE
"""A segment nearer to a vertex than this (a little over half the diagonal of a grid step) goes through it."""

BESIDE = 1.5 / SCALE
"""A crossing so near to an end of one of both segments is moved to that end.

Else lines that part at a small angle would cross anew a grid step further on, round after round.
"""

ROUNDS = 50
"""Rounds after which noding gives up; two or three are usual."""


def noded(borders: Sequence[Floats], lines: Sequence[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Return borders and lines (each (n, 2), on the grid) with a vertex wherever a line meets a border, a line, or itself.

    Borders are taken as noded among themselves. Points that come twice in a row are dropped.
    """
    chains = [np.asarray(chain, np.float64) for chain in (*borders, *(distinct(snap(np.asarray(line, np.float64))) for line in lines))]
    fresh = [np.full(max(len(chain) - 1, 0), k >= len(borders)) for k, chain in enumerate(chains)]
    for _ in range(ROUNDS if chains else 0):
        wanted = _insertions(chains, fresh)
        if not wanted:
            break
        fresh = [np.zeros(max(len(chain) - 1, 0), np.bool_) for chain in chains]
        for chain, (positions, points) in wanted.items():
            chains[chain], fresh[chain] = _inserted(chains[chain], positions, points)
    return chains[: len(borders)], chains[len(borders) :]


def distinct(points: Floats) -> Floats:
    """Return points without those that are the same as the one before."""
    if len(points) < 2:
        return points
    kept: Floats = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))]
    return kept


def _insertions(chains: Sequence[Floats], fresh: Sequence[NDArray[np.bool_]]) -> dict[int, tuple[Ints, Floats]]:
    """Return the points to insert by chain: the segment each goes into, and the points."""
    start = np.concatenate([chain[:-1] for chain in chains])
    end = np.concatenate([chain[1:] for chain in chains])
    counts = [max(len(chain) - 1, 0) for chain in chains]
    owner = np.repeat(np.arange(len(chains)), counts)
    position = np.concatenate([np.arange(count) for count in counts])
    new = np.concatenate(list(fresh))
    if not new.any():
        return {}
    low, high = np.minimum(start, end), np.maximum(start, end)
    near = (low <= high[new].max(axis=0) + 1).all(axis=1) & (high >= low[new].min(axis=0) - 1).all(axis=1)
    start, end, owner, position, new = start[near], end[near], owner[near], position[near], new[near]
    shapes = shapely.linestrings(np.stack([start, end], axis=1))
    asked = np.flatnonzero(new)
    one, other = shapely.STRtree(shapes).query(shapes[asked], predicate="dwithin", distance=HOT)
    one = asked[one]
    apart = one != other
    one, other = one[apart], other[apart]
    if not len(one):
        return {}
    crossing, pair = shapely.get_coordinates(shapely.intersection(shapes[one], shapes[other]), return_index=True)
    crossing = _at_ends(crossing, np.stack([start[one[pair]], end[one[pair]], start[other[pair]], end[other[pair]]]))
    segments = np.concatenate([one[pair], other[pair], one, one, other, other])
    points = np.concatenate([crossing, crossing, start[other], end[other], start[one], end[one]])
    reach = np.repeat((2 * BESIDE, HOT), (2 * len(pair), 4 * len(one)))
    fits = ~(points == start[segments]).all(axis=1) & ~(points == end[segments]).all(axis=1)
    segments, points, reach = segments[fits], points[fits], reach[fits]
    close = _distances(points, start[segments], end[segments]) <= reach
    segments, points = segments[close], points[close]
    if not len(segments):
        return {}
    found = np.unique(np.column_stack([segments.astype(np.float64), points]), axis=0)
    segments, points = found[:, 0].astype(np.int64), found[:, 1:]
    length = np.hypot(*(end - start)[segments].T)
    along = ((points - start[segments]) * (end - start)[segments]).sum(axis=1) / length
    order = np.lexsort((along, position[segments], owner[segments]))
    segments, points, along = segments[order], points[order], along[order]
    # of points that lie on both sides of one place the first is enough for now: through both, the segment would go across itself
    beside = np.append(False, (np.diff(segments) == 0) & (np.diff(along) < 0.5 / SCALE))
    segments, points = segments[~beside], points[~beside]
    chain = owner[segments]
    return {int(k): (position[segments[chain == k]], points[chain == k]) for k in np.unique(chain)}


def _at_ends(crossing: Floats, ends: Floats) -> Floats:
    """Return crossings on the grid, those beside one of the four ends (4, n, 2) of their segments moved to the nearest of them."""
    away = np.hypot(*np.moveaxis(ends - crossing, -1, 0))
    nearest = np.argmin(away, axis=0)
    which = np.arange(len(crossing))
    return np.where((away[nearest, which] <= BESIDE)[:, None], ends[nearest, which], snap(crossing))


def _inserted(chain: Floats, positions: Ints, points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return a chain with points inserted into its segments, and which of its segments are new."""
    whole = np.insert(chain, positions + 1, points, axis=0)
    inserted = np.insert(np.zeros(len(chain), np.bool_), positions + 1, True)
    touched = inserted[:-1] | inserted[1:]
    kept = np.append(True, (np.diff(whole, axis=0) != 0).any(axis=1))
    if not kept.all():
        whole = whole[kept]
        touched = np.ones(len(whole) - 1, np.bool_)
    return whole, touched


def _distances(points: Floats, start: Floats, end: Floats) -> Floats:
    """Return the distance of each point to its segment."""
    along = end - start
    length = (along**2).sum(axis=1)
    share = np.clip(((points - start) * along).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    away: Floats = np.hypot(*(points - start - share[:, None] * along).T)
    return away
