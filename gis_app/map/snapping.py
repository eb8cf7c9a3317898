"""Where the pointer snaps to: nodes, vertices and borders of the coverage, and the lines of reference layers.

What is near is found by comparing the place with the bounds of all borders at one go (20 µs for a county's 5,800); only the few that
are near are looked at vertex by vertex. There is no tree to be kept up to date, so that an edit costs what it changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, Arc, Coverage, snap
from gis_app.map.tracing import OnBorder, Tracer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH = 10.0
"""How near the pointer must be to what it snaps to, in logical pixels."""


class SnapKind(StrEnum):
    """What lies at the place snapped to, the strongest first."""

    NODE = "node"
    VERTEX = "vertex"
    INTERSECTION = "intersection"  # of a reference line with a border or with another one
    REFERENCE_VERTEX = "reference_vertex"
    PERPENDICULAR = "perpendicular"  # the foot on a border, seen from the last point drawn
    BORDER = "border"
    REFERENCE_LINE = "reference_line"
    START = "start"  # the first point of the polygon that is being drawn


@dataclass(frozen=True, slots=True)
class Snap:
    """A place on the 1 mm grid in county coordinates, and what lies there.

    `arc` is the border (0: none); `index` its vertex for a node or a vertex (of a node, an end of one of its arcs), else the segment that
    begins at that vertex; `node` the node (0: none).
    """

    kind: SnapKind
    x: float
    y: float
    arc: int = 0
    index: int = -1
    node: int = 0

    @property
    def on_border(self) -> bool:
        """Tell whether the place is on a border of the coverage."""
        return self.arc != 0


CHUNK = 32
"""Segments in one piece of a reference line in the tree: a river through the whole county has a small box wherever it is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """Lines to trace, in county coordinates: any geometries (points count, too), and the tree of the short pieces they are cut into.

    `owner` tells which geometry each piece is of. `areas` (and their tree) are the areas among what they were made of.
    """

    geometries: NDArray[np.object_]
    pieces: NDArray[np.object_]
    owner: Ints
    tree: shapely.STRtree
    areas: NDArray[np.object_]
    area_tree: shapely.STRtree

    @classmethod
    def of(cls, geometries: Iterable[shapely.Geometry]) -> Self:
        """Return references of geometries, areas as their borders, collections as their parts."""
        parts = shapely.get_parts(np.array(list(geometries), dtype=object))
        flat = shapely.get_dimensions(parts) == 2
        areas = parts[flat]
        parts[flat] = shapely.boundary(areas)
        parts = shapely.get_parts(parts)
        parts = parts[~shapely.is_empty(parts)]
        pieces, owner = _pieces(parts)
        return cls(parts, pieces, owner, shapely.STRtree(pieces), areas, shapely.STRtree(areas))

    def blocks(self, shape: shapely.Geometry) -> list[shapely.Geometry]:
        """Return the valid areas whose bounds meet those of a shape: the blocks that a brush paints whole."""
        return [area for area in self.areas[self.area_tree.query(shape)] if shapely.is_valid(area)]

    def near(self, x: float, y: float, reach: float) -> Ints:
        """Return the pieces whose bounds come within `reach` of a place."""
        return np.asarray(self.tree.query(shapely.box(x - reach, y - reach, x + reach, y + reach)), np.int64)

    def line_at(self, x: float, y: float, reach: float) -> Floats | None:
        """Return the points (n, 2) of the whole line nearest to a place within `reach`, or None."""
        near = self.near(x, y, reach)
        near = near[shapely.get_dimensions(self.pieces[near]) == 1]
        if not len(near):
            return None
        distances = shapely.distance(self.pieces[near], shapely.Point(x, y))
        best = int(np.argmin(distances))
        return shapely.get_coordinates(self.geometries[self.owner[near[best]]]) if distances[best] <= reach else None


def _pieces(parts: NDArray[np.object_]) -> tuple[NDArray[np.object_], Ints]:
    """Cut lines into pieces of up to `CHUNK` segments; returns them and the part that each is of. Points stay as they are."""
    pieces: list[shapely.Geometry] = []
    owner: list[int] = []
    for number, part in enumerate(parts.tolist()):
        points = shapely.get_coordinates(part)
        cuts = [part] if len(points) <= CHUNK + 1 else [points[k : k + CHUNK + 1] for k in range(0, len(points) - 1, CHUNK)]
        pieces.extend(cut if isinstance(cut, shapely.Geometry) else shapely.LineString(cut) for cut in cuts)
        owner.extend([number] * len(cuts))
    return np.array(pieces, dtype=object), np.array(owner, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Pieces of lines near a place: from `start` to `end` (n, 2), each with its arc (0 for a reference) and its index in it."""

    start: Floats
    end: Floats
    arc: Ints
    index: Ints


class Snapper:
    """What the pointer can snap to in one coverage. Immutable: `updated` gives the one of another coverage."""

    def __init__(self, coverage: Coverage, references: References | None = None) -> None:
        self.coverage = coverage
        self.references = references
        self._arcs = tuple(coverage.arcs.values())
        self._numbers = np.fromiter(coverage.arcs, np.int64, len(coverage.arcs))
        self._bounds = _bounds(self._arcs)
        self._set_nodes()

    def _set_nodes(self) -> None:
        self._nodes = np.fromiter(self.coverage.nodes, np.int64, len(self.coverage.nodes))
        self._places = np.array(list(self.coverage.nodes.values()), np.float64).reshape(-1, 2)
        self._tracers: list[Tracer] = []  # one, made when somebody follows a border for the first time

    def updated(self, coverage: Coverage) -> "Snapper":
        """Return the snapper of an edited coverage: borders that are the same objects are not measured again."""
        if coverage is self.coverage:
            return self
        known = dict(zip(map(id, self._arcs), range(len(self._arcs)), strict=True))
        other = object.__new__(Snapper)
        other.coverage, other.references = coverage, self.references
        other._arcs = tuple(coverage.arcs.values())
        other._numbers = np.fromiter(coverage.arcs, np.int64, len(coverage.arcs))
        place = np.array([known.get(id(arc), -1) for arc in other._arcs], np.int64)
        fresh = place < 0
        other._bounds = self._bounds[place] if len(self._bounds) else np.empty((len(place), 4))
        other._bounds[fresh] = _bounds([arc for arc, new in zip(other._arcs, fresh.tolist(), strict=True) if new])
        other._set_nodes()
        return other

    def with_references(self, references: References | None) -> "Snapper":
        """Return a snapper of the same borders and other reference lines, which shares everything else."""
        if references is self.references:
            return self
        other = object.__new__(Snapper)
        other.__dict__.update(self.__dict__)
        other.references = references
        return other

    def snap(
        self, x: float, y: float, reach: float, last: tuple[float, float] | None = None, *, references_only: bool = False
    ) -> Snap | None:
        """Return what a place snaps to within `reach` (county units), or None.

        A node wins over other corners (vertices, intersections, vertices of references: the nearest), these over the foot of a
        perpendicular from `last`, that over the nearest point of a line. `references_only`: borders do not count, as for a point
        of a border that is moved: it must not come to lie on another one.
        """
        node = None if references_only else self._node(x, y, reach)
        if node is not None:
            return node
        borders = _NOTHING if references_only else self.segments(x, y, reach)
        lines = _reference_segments(self.references, x, y, reach)
        corner = _nearest_corner(borders, lines, x, y, reach)
        if corner is not None:
            return corner
        if last is not None:
            foot = _foot(borders, x, y, reach, last)
            if foot is not None:
                return foot
        return _nearest_line(borders, lines, x, y, reach)

    def border(self, x: float, y: float, reach: float, among: frozenset[int] | None = None) -> Snap | None:
        """Return the nearest point of the borders (of the arcs `among`) within `reach`, or None."""
        near = self.segments(x, y, reach, among=among)
        return _nearest_line(near, _NOTHING, x, y, reach)

    def vertex(self, x: float, y: float, reach: float, among: frozenset[int] | None = None) -> Snap | None:
        """Return the nearest vertex or node of the borders (of the arcs `among`) within `reach`, or None."""
        near = self.segments(x, y, reach, among=among)
        found = _nearest_corner(near, _NOTHING, x, y, reach)
        if found is None:
            return None
        arc = self.coverage.arcs[found.arc]
        if found.index in (0, len(arc.points) - 1):
            return replace(found, kind=SnapKind.NODE, node=arc.start if found.index == 0 else arc.end)
        return found

    def segments(self, x: float, y: float, reach: float, among: frozenset[int] | None = None) -> Segments:
        """Return the segments of borders (of the arcs `among`) whose bounds come within `reach` of a place."""
        bounds = self._bounds
        meets = (bounds[:, 0] <= x + reach) & (bounds[:, 2] >= x - reach) & (bounds[:, 1] <= y + reach) & (bounds[:, 3] >= y - reach)
        found = [
            (int(self._numbers[position]), self._arcs[position].points)
            for position in np.flatnonzero(meets).tolist()
            if among is None or int(self._numbers[position]) in among
        ]
        return _segments(found, x, y, reach)

    def way(self, start: tuple[float, float], end: Snap) -> Floats | None:
        """Return the way along borders (n, 2) from a place to one that snapped to a border, ends included.

        None where the place lies on no border, or where there is no way that is not a huge detour.
        """
        begin = self.border(*start, 2 * GRID)
        if begin is None or not end.on_border:
            return None
        if not self._tracers:
            self._tracers.append(Tracer(self.coverage))
        arcs = self.coverage.arcs
        here, there = (OnBorder(s.arc, min(s.index, len(arcs[s.arc].points) - 2), s.x, s.y) for s in (begin, end))
        return self._tracers[0].way(replace(here, x=start[0], y=start[1]), there)

    def _node(self, x: float, y: float, reach: float) -> Snap | None:
        distances = np.hypot(self._places[:, 0] - x, self._places[:, 1] - y)
        nearest = int(np.argmin(distances)) if len(distances) else 0
        if not len(distances) or distances[nearest] > reach:
            return None
        node, (px, py) = int(self._nodes[nearest]), self._places[nearest].tolist()
        bounds = self._bounds
        here = (bounds[:, 0] <= px) & (bounds[:, 2] >= px) & (bounds[:, 1] <= py) & (bounds[:, 3] >= py)
        for position in np.flatnonzero(here).tolist():
            arc = self._arcs[position]
            if node in (arc.start, arc.end):
                index = 0 if arc.start == node else len(arc.points) - 1
                return Snap(SnapKind.NODE, px, py, int(self._numbers[position]), index, node)
        return None


def _bounds(arcs: Iterable[Arc]) -> Floats:
    """Return the bounds (n, 4) of arcs."""
    points = [arc.points for arc in arcs]
    if not points:
        return np.empty((0, 4))
    ends = np.cumsum([len(line) for line in points])
    starts = np.concatenate(([0], ends[:-1]))
    everything = np.concatenate(points)
    return np.hstack([np.minimum.reduceat(everything, starts), np.maximum.reduceat(everything, starts)])


_NOTHING = Segments(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, np.int64), np.empty(0, np.int64))


def _segments(lines: list[tuple[int, Floats]], x: float, y: float, reach: float) -> Segments:
    """Return those segments of numbered lines whose bounds come within `reach` of a place."""
    lines = [(number, points) for number, points in lines if len(points) > 1]
    if not lines:
        return _NOTHING
    start = np.concatenate([points[:-1] for _, points in lines])
    end = np.concatenate([points[1:] for _, points in lines])
    counts = [len(points) - 1 for _, points in lines]
    low, high = np.minimum(start, end), np.maximum(start, end)
    meets = (low[:, 0] <= x + reach) & (high[:, 0] >= x - reach) & (low[:, 1] <= y + reach) & (high[:, 1] >= y - reach)
    keep = np.flatnonzero(meets)
    number = np.repeat(np.array([number for number, _ in lines], np.int64), counts)
    first = np.repeat(np.cumsum([0, *counts[:-1]]), counts)
    return Segments(start[keep], end[keep], number[keep], keep - first[keep])


def _reference_segments(references: References | None, x: float, y: float, reach: float) -> Segments:
    if references is None:
        return _NOTHING
    return _segments(
        [(0, shapely.get_coordinates(references.pieces[piece])) for piece in references.near(x, y, reach).tolist()], x, y, reach
    )


def _nearest_corner(borders: Segments, lines: Segments, x: float, y: float, reach: float) -> Snap | None:
    """Return the nearest vertex of borders and references and crossing of references within `reach`."""
    best: tuple[float, Snap] | None = None
    crossings = _crossings(borders, lines)
    offered = (
        (SnapKind.VERTEX, borders.start, borders.arc, borders.index),
        (SnapKind.VERTEX, borders.end, borders.arc, borders.index + 1),
        (SnapKind.INTERSECTION, crossings, None, None),
        (SnapKind.REFERENCE_VERTEX, lines.start, None, None),
        (SnapKind.REFERENCE_VERTEX, lines.end, None, None),
    )
    for kind, places, arcs, indices in offered:
        if not len(places):
            continue
        distances = np.hypot(places[:, 0] - x, places[:, 1] - y)
        nearest = int(np.argmin(distances))
        distance = float(distances[nearest])
        if distance <= reach and (best is None or distance < best[0]):
            px, py = snap(places[nearest]).tolist()
            arc, index = (int(arcs[nearest]), int(indices[nearest])) if arcs is not None and indices is not None else (0, -1)
            best = (distance, Snap(kind, px, py, arc, index))
    return best[1] if best is not None else None


def _crossings(borders: Segments, lines: Segments) -> Floats:
    """Return the places (n, 2) where references cross borders or one another."""
    if not len(lines.start):
        return np.empty((0, 2))
    start = np.concatenate([borders.start, lines.start])
    end = np.concatenate([borders.end, lines.end])
    own = np.repeat(np.arange(len(lines.start)), len(start))
    other = np.tile(np.arange(len(start)), len(lines.start))
    p, d = lines.start[own], (lines.end - lines.start)[own]
    q, e = start[other], (end - start)[other]
    across = d[:, 0] * e[:, 1] - d[:, 1] * e[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = ((q - p)[:, 0] * e[:, 1] - (q - p)[:, 1] * e[:, 0]) / across
        u = ((q - p)[:, 0] * d[:, 1] - (q - p)[:, 1] * d[:, 0]) / across
    inside = (across != 0) & (t > 0) & (t < 1) & (u > 0) & (u < 1)
    crossings: Floats = p[inside] + t[inside, None] * d[inside]
    return crossings


def _projected(segments: Segments, x: float, y: float) -> tuple[Floats, Floats]:
    """Return how far along each segment (0 to 1, beyond where outside) the foot of a place is, and the segments' directions."""
    along = segments.end - segments.start
    squares = np.maximum((along**2).sum(axis=1), 1e-12)
    return ((np.array([x, y]) - segments.start) * along).sum(axis=1) / squares, along


def _foot(borders: Segments, x: float, y: float, reach: float, last: tuple[float, float]) -> Snap | None:
    """Return the foot of the perpendicular from the last point on a border, where it is within `reach` of a place."""
    if not len(borders.start):
        return None
    share, along = _projected(borders, *last)
    feet = borders.start + share[:, None] * along
    distances = np.where((share >= 0) & (share <= 1), np.hypot(feet[:, 0] - x, feet[:, 1] - y), np.inf)
    # a last point that lies on the segment has no perpendicular to it
    distances[np.hypot(feet[:, 0] - last[0], feet[:, 1] - last[1]) < reach / REACH] = np.inf
    best = int(np.argmin(distances))
    if distances[best] > reach:
        return None
    px, py = snap(feet[best]).tolist()
    return Snap(SnapKind.PERPENDICULAR, px, py, int(borders.arc[best]), int(borders.index[best]))


def _nearest_line(borders: Segments, lines: Segments, x: float, y: float, reach: float) -> Snap | None:
    """Return the nearest point of a border or a reference within `reach`."""
    best: tuple[float, Snap] | None = None
    for kind, segments in ((SnapKind.BORDER, borders), (SnapKind.REFERENCE_LINE, lines)):
        if not len(segments.start):
            continue
        share, along = _projected(segments, x, y)
        feet = segments.start + np.clip(share, 0, 1)[:, None] * along
        distances = np.hypot(feet[:, 0] - x, feet[:, 1] - y)
        nearest = int(np.argmin(distances))
        if distances[nearest] <= reach and (best is None or distances[nearest] < best[0]):
            px, py = snap(feet[nearest]).tolist()
            arc, index = (int(segments.arc[nearest]), int(segments.index[nearest])) if kind == SnapKind.BORDER else (0, -1)
            best = (float(distances[nearest]), Snap(kind, px, py, arc, index))
    return best[1] if best is not None else None
