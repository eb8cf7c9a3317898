"""Arcs from polygons: find the borders that polygons share, with numpy alone.

The method: number the vertices on the 1 mm grid, number the undirected segments, pair the two directed copies of each segment, call a
vertex a node where borders meet or where the pairing changes, cut every ring at its nodes, and let each chain and its
reverse be one arc. Nothing here assumes that the polygons fit together: what does not pair up becomes a border of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.errors import UserError
from gis_app.language import msg

SCALE = 1000.0
"""Grid steps in one unit of the coordinate system (the grid is 1 mm for metres)."""

_LARGEST = 2**31 - 1  # grid steps in one direction: two of them must fit into one int64

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class CoverageError(UserError):
    """Polygons that cannot become a coverage: coordinates that are no numbers, or too far apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Rings of polygons on the grid, without closing vertex: shells counter-clockwise, holes clockwise.

    `packed` (n) holds both coordinates of each vertex in one number; `starts` (r + 1) where each ring begins; `part` and `cell` (r) the
    position of its part and of its polygon; `hole` (r) whether it is one. `origin` is the grid position that `packed` counts from.
    """

    packed: Ints
    starts: Ints
    part: Ints
    cell: Ints
    hole: NDArray[np.bool_]
    origin: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """Rings cut at their nodes: a chain is one stretch of a ring between two nodes, an arc is a chain together with its reverse, if any.

    By chain, in the order of rings: `arc` (signed, from 1) and `ring`. By arc: `start` and `end` (node numbers from 0), `left` and `right`
    (positions of polygons, -1 for none), `points` (all arcs one after the other, read-only) and `offsets` (a + 1) into them.
    `nodes` (k, 2): coordinates.
    """

    arc: Ints
    ring: Ints
    start: Ints
    end: Ints
    left: Ints
    right: Ints
    points: Floats
    offsets: Ints
    nodes: Floats


def snap(coordinates: Floats) -> Floats:
    """Move coordinates to the 1 mm grid; the result is the double nearest to each decimal number."""
    snapped: Floats = np.rint(coordinates * SCALE) / SCALE
    return snapped


def rings_of(polygons: Sequence[object]) -> Rings:
    """Return the rings of Polygons and MultiPolygons (or None), snapped to the grid, oriented, without repeated vertices.

    Rings that the grid makes disappear (fewer than three vertices, or no area) are left out, a shell with its holes.
    Raises `CoverageError` for coordinates that are no numbers or lie more than 2,147 km apart.
    """
    shapes = [shapely.MultiPolygon() if polygon is None else polygon for polygon in polygons]
    # a MultiPolygon at the end makes sure of all three levels of offsets
    _, coordinates, offsets = shapely.to_ragged_array([*shapes, shapely.MultiPolygon()], include_z=False)
    ring_offsets, part_offsets, cell_offsets = (np.asarray(level, np.int64) for level in offsets)
    if not np.isfinite(coordinates).all():
        raise CoverageError(msg("A boundary has a coordinate that is not a number; correct it in the source and import again."))
    low, high = (coordinates.min(axis=0), coordinates.max(axis=0)) if len(coordinates) else (np.zeros(2), np.zeros(2))
    if max(*np.abs(low), *np.abs(high)) > 2.0**52 / SCALE or float((high - low).max()) > (_LARGEST - 1) / SCALE:
        raise CoverageError(msg("The boundaries lie more than 2,000 km apart; check the coordinate system of the file."))
    origin = np.rint(low * SCALE)
    grid = np.rint(coordinates * SCALE)
    steps = (grid - origin).astype(np.int64)

    ring_of = np.repeat(np.arange(len(ring_offsets) - 1), np.diff(ring_offsets))
    packed = (steps[:, 0] << 32) | steps[:, 1]
    keep = np.append(packed[1:] != packed[:-1], False)[: len(packed)]  # drop each repeated vertex …
    keep[ring_offsets[1:][np.diff(ring_offsets) > 0] - 1] = False  # … and the closing one
    packed, steps, ring_of = packed[keep], steps[keep], ring_of[keep]

    counts = np.bincount(ring_of, minlength=len(ring_offsets) - 1)
    starts = np.concatenate([[0], np.cumsum(counts)])
    double_area = _double_areas(steps, starts)
    part = np.repeat(np.arange(len(part_offsets) - 1), np.diff(part_offsets))
    cell = np.repeat(np.arange(len(cell_offsets) - 1), np.diff(cell_offsets))[part]
    hole = np.ones(len(counts), np.bool_)
    hole[part_offsets[:-1][np.diff(part_offsets) > 0]] = False

    alive = (counts >= 3) & (double_area != 0)
    alive &= np.isin(part, part[alive & ~hole])
    index = np.arange(len(packed))
    reverse = ((double_area < 0) != hole)[ring_of]
    index = np.where(reverse, starts[ring_of] + starts[ring_of + 1] - 1 - index, index)
    packed = packed[index][alive[ring_of]]
    kept_starts = np.concatenate([[0], np.cumsum(counts[alive])]).astype(np.int64)
    return Rings(packed, kept_starts, part[alive], cell[alive], hole[alive], origin.astype(np.int64))


def _double_areas(steps: Ints, starts: Ints) -> Ints:
    """Return twice the signed area of each ring in grid steps, exactly: sums may wrap around 2^64, the result fits."""
    counts = np.diff(starts)
    filled = counts > 0
    result = np.zeros(len(counts), np.int64)
    if not filled.any():
        return result
    first = np.repeat(starts[:-1], counts)
    ahead = np.arange(1, len(steps) + 1)
    ahead[starts[1:][filled] - 1] = starts[:-1][filled]
    x, y = (steps - steps[first]).T
    cross = x * y[ahead] - x[ahead] * y
    result[filled] = np.add.reduceat(cross, starts[:-1][filled])
    return result


def cut(rings: Rings) -> Chains:
    """Cut rings at their nodes and pair the chains that run along one another in opposite directions."""
    starts, counts = rings.starts, np.diff(rings.starts)
    if len(counts) == 0:
        none = np.zeros(0, np.int64)
        return Chains(none, none, none, none, none, none, np.zeros((0, 2)), np.zeros(1, np.int64), np.zeros((0, 2)))
    places, vertex = np.unique(rings.packed, return_inverse=True)
    vertex = vertex.astype(np.int64)
    ahead = np.arange(1, len(vertex) + 1)
    ahead[starts[1:] - 1] = starts[:-1]
    twin, degree = _twins(vertex, vertex[ahead], len(places))
    node = _nodes(vertex, twin, degree, ahead, starts)

    # roll every ring so that it begins at a node
    position = np.arange(len(vertex))
    ring_of = np.repeat(np.arange(len(counts)), counts)
    first = np.minimum.reduceat(np.where(node[vertex], position, len(vertex)), starts[:-1])
    begin = starts[:-1][ring_of]
    rolled = begin + (position - begin + (first - starts[:-1])[ring_of]) % counts[ring_of]
    new_position = np.empty_like(rolled)
    new_position[rolled] = position
    vertex = vertex[rolled]
    twin = np.where(twin[rolled] < 0, -1, new_position[twin[rolled]])

    heads = np.flatnonzero(node[vertex])
    tails = np.append(heads[1:], len(vertex)) - 1
    partner = np.where(twin[tails] < 0, -1, np.searchsorted(heads, twin[tails]))
    chain = np.arange(len(heads))
    leads = (partner < 0) | (chain < partner)
    number = np.cumsum(leads, dtype=np.int64)
    signed = np.where(leads, number, -number[np.maximum(partner, 0)])

    head, tail = heads[leads], tails[leads]
    lengths = tail - head + 2
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    path = np.arange(offsets[-1]) + np.repeat(head - offsets[:-1], lengths)
    path[offsets[1:] - 1] = ahead[tail]
    # `ahead` of a rolled ring: same shape, since the roll keeps each ring in its place
    along = vertex[path]
    corners = np.stack([(places >> 32) + rings.origin[0], (places & 0xFFFFFFFF) + rings.origin[1]], axis=1) / SCALE
    points = corners[along]
    points.setflags(write=False)
    at_nodes, ends = np.unique(np.stack([along[offsets[:-1]], along[offsets[1:] - 1]]), return_inverse=True)
    ends = ends.reshape(2, -1)
    left = rings.cell[ring_of[head]]
    right = np.where(partner[leads] < 0, -1, rings.cell[ring_of[heads[np.maximum(partner[leads], 0)]]])
    return Chains(signed, ring_of[heads], ends[0], ends[1], left, right, points, offsets, corners[at_nodes])


def _twins(start: Ints, end: Ints, vertices: int) -> tuple[Ints, Ints]:
    """Pair each directed segment with one that runs the other way (-1: none), and count the distinct segments at each vertex.

    Where a directed segment occurs several times (duplicate or overlapping polygons), the first pairs with the first that runs
    back, the second with the second, and what is left stays alone.
    """
    low, high = np.minimum(start, end), np.maximum(start, end)
    segments, segment = np.unique((low << 32) | high, return_inverse=True)
    degree = np.bincount(segments >> 32, minlength=vertices) + np.bincount(segments & 0xFFFFFFFF, minlength=vertices)
    directed = segment.astype(np.int64) * 2 + (start < end)
    order = np.argsort(directed, kind="stable")
    ordered = directed[order]
    fresh = np.append(True, ordered[1:] != ordered[:-1])
    copy = np.empty(len(order), np.int64)
    copy[order] = np.arange(len(order)) - np.flatnonzero(fresh)[np.cumsum(fresh) - 1]
    pair = segment.astype(np.int64) * (copy.max() + 1) + copy
    order = np.argsort(pair, kind="stable")
    same = pair[order][1:] == pair[order][:-1]
    twin = np.full(len(order), -1, np.int64)
    twin[order[:-1][same]] = order[1:][same]
    twin[order[1:][same]] = order[:-1][same]
    return twin, degree


def _nodes(vertex: Ints, twin: Ints, degree: Ints, ahead: Ints, starts: Ints) -> NDArray[np.bool_]:
    """Tell which vertices are nodes: where other than two segments meet, or where a border stops to run along the same one.

    A ring without any gets one at its lowest vertex, which its reverse finds as well.
    """
    before = np.empty_like(ahead)
    before[ahead] = np.arange(len(ahead))
    twin_in, twin_out = twin[before], twin
    runs_on = np.where(twin_out < 0, twin_in < 0, (twin_in >= 0) & (ahead[twin_out] == twin_in))
    node: NDArray[np.bool_] = np.not_equal(degree, 2)
    node[vertex[np.logical_not(runs_on)]] = True
    closed = np.logical_not(np.logical_or.reduceat(node[vertex], starts[:-1]))
    node[np.minimum.reduceat(vertex, starts[:-1])[closed]] = True
    return node
