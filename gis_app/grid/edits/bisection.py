"""Cut a region with weighted places into parts of equal weight, each of one piece: recursive bisection by short straight cuts.

The method is that of the shortest splitline (W. D. Smith, I. Ryan, rangevoting.org/SplitLR.html): a region for k parts is cut in the
proportion ⌊k/2⌋ : ⌈k/2⌉ by the shortest straight line that does it. Where the line meets the region several times, only those of its
stretches are cut that keep both sides in one piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, snap
from gis_app.grid.noding import noded

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ANGLES = 24
"""Directions that are tried for each cut."""

_CLEAR = 10 * GRID
"""A cut keeps at least half of this from every place."""

_ROUNDS = 6
"""How often a cut of a region that is no simple shape is shifted to come nearer to the number asked for."""

_LOOKED_AT = 6
"""Directions whose cuts are shifted, where no cut is right at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """Polygons on the grid, and the places in them (n, 2) with their weights (n)."""

    polygons: tuple[shapely.Polygon, ...]
    places: Floats
    weights: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """A way to part a region: its two sides, the stretches of line between them, and how far the first is from the weight asked for."""

    sides: tuple[Region, Region]
    lines: tuple[Floats, ...]
    error: int


def bisected(region: Region, parts: int) -> tuple[list[Region], list[Floats]]:
    """Return regions of nearly equal weight, and the lines that part them; fewer where places do not suffice."""
    if parts < 2:
        return [region], []
    cut = _best(region, parts)
    if cut is None:
        return [region], []
    first, lines = bisected(cut.sides[0], parts // 2)
    second, more = bisected(cut.sides[1], parts - parts // 2)
    return [*first, *second], [*cut.lines, *lines, *more]


def _best(region: Region, parts: int) -> _Cut | None:
    """Return the shortest cut with the least error that was found."""
    total = int(region.weights.sum())
    few = parts // 2
    directions = np.pi * np.arange(ANGLES) / ANGLES
    if few * 2 != parts:  # the smaller side may be on either side of the line
        directions = np.concatenate([directions, directions + np.pi])
    target = round(total * few / parts)
    sights = [_Sight(region, float(angle)) for angle in directions]
    whole = shapely.multipolygons(list(region.polygons))
    places = [sight.position(target) for sight in sights]
    lines = [sight.line(place) for sight, place in zip(sights, places, strict=True)]
    lengths = shapely.length(shapely.intersection(whole, shapely.linestrings(lines)))
    tried = sorted((float(length), k, place) for k, (length, place) in enumerate(zip(lengths, places, strict=True)) if place > 0)
    least = min((abs(int(sights[k].before[place]) - target) for _, k, place in tried), default=0)
    best: _Cut | None = None
    for seen, (_, k, place) in enumerate(tried):
        rounds = _ROUNDS if seen < _LOOKED_AT else 1
        for cut in _shifted(region, sights[k], place, target, few, parts, rounds):
            if best is None or cut.error < best.error:
                best = cut
        if best is not None and best.error <= least:
            return best
    return best


class _Sight:
    """The places of a region in the order in which a line that moves across it comes by them."""

    def __init__(self, region: Region, angle: float) -> None:
        self.normal = np.array([np.cos(angle), np.sin(angle)])
        along = region.places @ self.normal
        order = np.argsort(along, kind="stable")
        self.along = along[order]
        self.before = np.concatenate([[0], np.cumsum(region.weights[order])])
        gaps = np.diff(self.along)
        self.free = np.flatnonzero(gaps > _CLEAR) + 1  # a cut may stand before the place k
        self.bounds = np.array(shapely.total_bounds(np.array(region.polygons, object))).reshape(2, 2)

    def position(self, target: int) -> int:
        """Return how many places lie before the cut that comes nearest to a weight; 0 where no cut is possible."""
        if not len(self.free):
            return 0
        return int(self.free[np.argmin(np.abs(self.before[self.free] - target))])

    def line(self, position: int) -> Floats:
        """Return the two ends of the cut at a position, beyond the region."""
        offset = (self.along[position - 1] + self.along[position]) / 2 if position else self.along[0]
        middle = self.bounds.mean(axis=0)
        foot = middle + (offset - middle @ self.normal) * self.normal
        reach = np.hypot(*(self.bounds[1] - self.bounds[0])) + 1
        way = reach * np.array([-self.normal[1], self.normal[0]])
        return np.array([foot - way, foot + way])


def _shifted(region: Region, sight: _Sight, position: int, target: int, few: int, parts: int, rounds: int) -> Iterator[_Cut]:
    """Try a cut, and others beside it while they come nearer to the target."""
    aim = target
    seen: set[int] = set()
    for _ in range(rounds):
        if position <= 0 or position in seen:
            return
        seen.add(position)
        cut = _cut(region, sight, position, target, few, parts)
        if cut is None:
            return
        yield cut
        if cut.error == 0:
            return
        aim += target - int(cut.sides[0].weights.sum())
        position = sight.position(aim)


def _cut(region: Region, sight: _Sight, position: int, target: int, few: int, parts: int) -> _Cut | None:
    """Cut a region by a line and join what it parts to two sides of one piece each (as far as the region is of one piece)."""
    line = sight.line(position)
    chords = _chords(region.polygons, line)
    faces = _faces(region.polygons, chords)
    middles = shapely.get_coordinates(shapely.point_on_surface(faces))
    face_of = _face_of(faces, region.places)
    weights = np.bincount(face_of, region.weights, len(faces)).astype(np.int64)
    counts = np.bincount(face_of, minlength=len(faces))
    offset = float(line[0] @ sight.normal)
    low = middles @ sight.normal < offset
    beside = _neighbours(faces, chords, sight.normal)
    best: tuple[int, frozenset[int]] | None = None
    for first in _halves(low, weights, beside):
        mine = list(first)
        weight, number = int(weights[mine].sum()), int(counts[mine].sum())
        if number < few or len(region.places) - number < parts - few:
            continue  # a side without places enough for its parts
        error = abs(weight - target)
        if best is None or error < best[0]:
            best = (error, first)
    if best is None:
        return None
    return _made(region, faces, chords, best[1], face_of, best[0])


def _chords(polygons: Sequence[shapely.Polygon], line: Floats) -> list[Floats]:
    """Return the stretches of a line inside polygons, on the grid."""
    inside = shapely.intersection(shapely.multipolygons(list(polygons)), shapely.LineString(line))
    parts = shapely.get_parts(inside)
    return [snap(shapely.get_coordinates(part)) for part in parts if part.length > GRID]


def _faces(polygons: Sequence[shapely.Polygon], chords: Sequence[Floats]) -> NDArray[np.object_]:
    """Return what the chords part the polygons into, on the grid."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(list(polygons))]
    borders, lines = noded(rings, chords)
    pieces = [shapely.LineString(points) for points in (*borders, *lines) if len(points) > 1]
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(pieces))))
    x, y = shapely.get_coordinates(shapely.point_on_surface(faces)).T
    inside = np.zeros(len(faces), np.bool_)
    for polygon in polygons:
        inside |= shapely.contains_xy(polygon, x, y)
    kept: NDArray[np.object_] = faces[inside]
    return kept


def _face_of(faces: NDArray[np.object_], places: Floats) -> Ints:
    """Return the face that each place lies in; on a border the first, beside all (by a grid step) the nearest."""
    result = np.full(len(places), -1, np.int64)
    for k in range(len(faces) - 1, -1, -1):
        shapely.prepare(faces[k])
        result[shapely.intersects_xy(faces[k], places[:, 0], places[:, 1])] = k
    lost = np.flatnonzero(result < 0)
    if len(lost):
        points = shapely.points(places[lost])
        result[lost] = np.argmin([shapely.distance(face, points) for face in faces], axis=0)
    return result


def _neighbours(faces: NDArray[np.object_], chords: Sequence[Floats], normal: Floats) -> list[set[int]]:
    """Return the faces that each face meets along a chord; pieces that lie apart count as meeting where they are nearest."""
    beside: list[set[int]] = [set() for _ in faces]
    for chord in chords:
        middle = chord.mean(axis=0)
        one, other = (int(np.argmin(shapely.distance(faces, shapely.Point(middle + side * GRID * normal)))) for side in (-5, 5))
        if one != other:
            beside[one].add(other)
            beside[other].add(one)
    groups = _connected(set(range(len(faces))), beside)
    while len(groups) > 1:
        ours = sorted(groups[0])
        rest = sorted(set(range(len(faces))) - groups[0])
        away = np.array([shapely.distance(faces[rest], faces[k]) for k in ours])
        k, j = np.unravel_index(int(np.argmin(away)), away.shape)
        one, other = ours[int(k)], rest[int(j)]
        beside[one].add(other)
        beside[other].add(one)
        groups = _connected(set(range(len(faces))), beside)
    return beside


def _connected(members: set[int], beside: Sequence[set[int]]) -> list[frozenset[int]]:
    """Return the connected groups among some faces."""
    groups: list[frozenset[int]] = []
    left = set(members)
    while left:
        queue = [left.pop()]
        group = set(queue)
        while queue:
            new = beside[queue.pop()] & left
            left -= new
            group |= new
            queue += new
        groups.append(frozenset(group))
    return groups


def _halves(low: NDArray[np.bool_], weights: Ints, beside: Sequence[set[int]]) -> Iterator[frozenset[int]]:
    """Yield ways to part faces into two connected halves: the one that lies lower, along the direction of sight.

    A face of one side is kept together with all that would be cut off by it from a half on the other side.
    """
    everything = frozenset(range(len(low)))
    below = frozenset(np.flatnonzero(low).tolist())
    if below and below != everything and len(_connected(set(below), beside)) == 1 and len(_connected(set(everything - below), beside)) == 1:
        yield below
        return
    order = np.argsort(-weights, kind="stable").tolist()
    for seed in order[:8]:
        for half in _connected(set(everything - {seed}), beside):
            lower = half if not low[seed] else everything - half
            yield lower
            yield everything - lower


def _made(region: Region, faces: NDArray[np.object_], chords: Sequence[Floats], first: frozenset[int], face_of: Ints, error: int) -> _Cut:
    """Join the faces of each side, keeping only the chords between the sides."""
    kept = []
    for chord in chords:
        away = shapely.distance(faces, shapely.Point(chord.mean(axis=0)))
        touching = set(np.flatnonzero(away < 3 * GRID).tolist())
        if touching & first and touching - first:
            kept.append(chord)
    joined = _faces(region.polygons, kept) if len(kept) < len(chords) else faces
    inside = shapely.point_on_surface(joined)
    away = np.array([shapely.distance(face, inside) for face in faces])
    mine = np.isin(np.argmin(away, axis=0), list(first))
    at = np.isin(face_of, list(first))
    sides = tuple(
        Region(tuple(joined[mine == side].tolist()), region.places[at == side], region.weights[at == side]) for side in (True, False)
    )
    return _Cut((sides[0], sides[1]), tuple(kept), error)
