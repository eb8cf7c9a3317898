"""A partition of the plane from seeds: topology first, then every border is displaced once.

Cells begin as Voronoi cells. Each straight border then becomes a fractal line within its own kite, the quadrilateral that its two ends
make with the two seeds beside it. Kites of different borders never overlap (a Voronoi cell is convex and holds its seed), so displaced
borders cannot cross, and since each is displaced once, both sides share every vertex.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from gis_app.grid.coverage import GRID

Points = NDArray[np.float64]
Ints = NDArray[np.int64]

_STEPS = 256  # a fractal line is made of so many pieces, then sampled
_ROUGHNESS = 0.075  # standard deviation of the middle of a border, in lengths of the border
_HURST = 0.8  # 0.5 is a random walk, 1 is smooth
_REACH = 0.45  # no border comes nearer to a seed than about half its distance


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """Straight borders between cells: ends `a`, `b` (n, 2), and the cells `left` and `right` of them, walking from a to b (-1: outside)."""

    a: Points
    b: Points
    left: Ints
    right: Ints
    left_seed: Points
    right_seed: Points


def spread(samples: Points, k: int, rng: np.random.Generator, fixed: Points | None = None, rounds: int = 4) -> Points:
    """Return `k` points spread over a cloud of samples: Mitchell's best candidates, then a few rounds of Lloyd (more would look regular).

    `fixed` points push the others away and stay where they are; they are not returned.
    """
    held = np.empty((0, 2)) if fixed is None else fixed
    if k <= 0:
        return np.empty((0, 2))
    chosen = held
    for _ in range(k):
        candidates = samples[rng.integers(0, len(samples), 6)]
        if len(chosen):
            gaps = ((candidates[:, None, :] - chosen[None, :, :]) ** 2).sum(axis=2).min(axis=1)
            candidates = candidates[[int(gaps.argmax())]]
        chosen = np.vstack([chosen, candidates[:1]])
    for _ in range(rounds):
        nearest = cKDTree(chosen).query(samples)[1]
        counts = np.bincount(nearest, minlength=len(chosen))
        sums = np.column_stack([np.bincount(nearest, weights=samples[:, axis], minlength=len(chosen)) for axis in (0, 1)])
        moved = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], chosen)
        chosen = np.vstack([held, moved[len(held) :]])
    return chosen[len(held) :]


def straight_borders(seeds: Points, ghosts: Points) -> Borders:
    """Return the Voronoi borders of `seeds`; `ghosts` are seeds of the outside, borders among them are left out."""
    diagram = Voronoi(np.vstack([seeds, ghosts]))
    ridges = np.asarray(diagram.ridge_points, dtype=np.int64)
    ends = np.asarray(diagram.ridge_vertices, dtype=np.int64)
    keep = (ridges < len(seeds)).any(axis=1)
    ridges, ends = ridges[keep], ends[keep]
    if (ends < 0).any():
        raise ValueError("the ghosts leave a cell open to infinity")
    a, b = diagram.vertices[ends[:, 0]], diagram.vertices[ends[:, 1]]
    p, q = diagram.points[ridges[:, 0]], diagram.points[ridges[:, 1]]
    p_is_left = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (p[:, 0] - a[:, 0]) > 0
    cells = np.where(ridges < len(seeds), ridges, -1)
    left = np.where(p_is_left, cells[:, 0], cells[:, 1])
    right = np.where(p_is_left, cells[:, 1], cells[:, 0])
    side = p_is_left[:, None]
    return Borders(a, b, left, right, np.where(side, p, q), np.where(side, q, p))


def neighbours(borders: Borders) -> list[tuple[int, int, float]]:
    """Return every pair of neighbouring cells with the length of their straight border in metres."""
    inner = (borders.left >= 0) & (borders.right >= 0)
    lengths = np.hypot(*(borders.b - borders.a).T)
    return list(zip(borders.left[inner].tolist(), borders.right[inner].tolist(), lengths[inner].tolist(), strict=True))


def polygons(
    borders: Borders, count: int, vertices: int, rng: np.random.Generator, *, area: float, centre: Points
) -> tuple[list[shapely.Polygon], float]:
    """Return the polygons of cells 0 … count - 1 with fractal borders, and the factor that all coordinates were multiplied with.

    Together they have the `area` asked for (m²), lie around `centre`, have about `vertices` in their rings, and are on the 1 mm grid.
    """
    counts = _vertex_counts(borders, count, vertices)
    line, position = ragged(counts)
    points = _displaced(borders, counts, line, position, rng)
    first = np.concatenate([[0], np.cumsum(counts)])

    arc = np.arange(len(counts))
    cell = np.concatenate([borders.left, borders.right])
    arc = np.concatenate([arc, arc])
    forward = np.concatenate([np.ones(len(counts), bool), np.zeros(len(counts), bool)])
    seed = np.vstack([borders.left_seed, borders.right_seed])
    middle = (borders.a + borders.b)[arc] / 2 - seed
    angle = np.arctan2(middle[:, 1], middle[:, 0])
    order = np.lexsort((angle, cell))
    order = order[cell[order] >= 0]
    cell, arc, forward = cell[order], arc[order], forward[order]

    # every border gives a ring all its vertices but the last, which begins the next border
    piece, step = ragged(counts[arc] - 1)
    forwards = forward[piece]
    index = np.where(forwards, first[arc[piece]] + step, first[arc[piece] + 1] - 1 - step)
    owner = cell[piece]
    raw = shapely.area(shapely.polygons(shapely.linearrings(points[index], indices=owner))).sum()
    scale = float(np.sqrt(area / raw))
    points = np.round((points * scale + centre) / GRID) * GRID
    return list(shapely.polygons(shapely.linearrings(points[index], indices=owner))), scale


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """Return for rows of `counts` entries each: the row of every entry, and its position in its row."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


def _vertex_counts(borders: Borders, cells: int, vertices: int) -> Ints:
    """Return the number of vertices of every border, ends included, so that all rings together have about `vertices`."""
    lengths = np.hypot(*(borders.b - borders.a).T)
    sides = (borders.left >= 0).astype(np.int64) + (borders.right >= 0)
    low, high = 0.1, float(lengths.max())
    for _ in range(50):
        spacing = (low + high) / 2
        pieces = np.maximum(1, np.round(lengths / spacing)).astype(np.int64)
        low, high = (spacing, high) if int((pieces * sides).sum()) + cells > vertices else (low, spacing)
    return np.asarray(pieces + 1, np.int64)


def _displaced(borders: Borders, counts: Ints, line: Ints, position: Ints, rng: np.random.Generator) -> Points:
    """Return the vertices of all borders, one after the other, displaced by a fractal line (midpoint displacement) within their kites."""
    noise = np.zeros((len(counts), _STEPS + 1))
    step, deviation = _STEPS, _ROUGHNESS
    while step > 1:
        half = step // 2
        middle = (noise[:, : _STEPS - step + 1 : step] + noise[:, step::step]) / 2
        noise[:, half::step] = middle + rng.normal(0.0, deviation, middle.shape)
        step, deviation = half, deviation * 0.5**_HURST
    t = position / (counts[line] - 1)
    at = t * _STEPS
    low = np.minimum(at.astype(np.int64), _STEPS - 1)
    offset = noise[line, low] * (1 - (at - low)) + noise[line, low + 1] * (at - low)

    a, b = borders.a[line], borders.b[line]
    on_chord = a + t[:, None] * (b - a)
    to = np.where((offset > 0)[:, None], borders.left_seed[line], borders.right_seed[line]) - on_chord
    distance = np.maximum(np.hypot(*to.T), 1e-9)
    share = _REACH * np.tanh(np.abs(offset) * np.hypot(*(b - a).T) / distance / _REACH)
    # a border that ends beside its neighbour's seed must not fold there: it is flat at both ends
    share *= np.minimum(1.0, np.minimum(t, 1 - t) * 12)
    return np.asarray(on_chord + share[:, None] * to, np.float64)
