"""The vertices of borders: which there are, where they are, and what moves with them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Vertex:
    """A point of a border: `index` counts the points of the arc from 0. The first and the last one mean the node there, and all that ends
    at it."""

    arc: int
    index: int


def place_of(coverage: Coverage, vertex: Vertex) -> tuple[float, float]:
    """Return the coordinates of a vertex."""
    x, y = coverage.arcs[vertex.arc].points[vertex.index].tolist()
    return x, y


def node_of(coverage: Coverage, vertex: Vertex) -> int | None:
    """Return the node that a vertex is, None for one between two nodes."""
    arc = coverage.arcs[vertex.arc]
    return arc.start if vertex.index == 0 else arc.end if vertex.index == len(arc.points) - 1 else None


def arcs_at(coverage: Coverage, nodes: Collection[int]) -> dict[int, list[Vertex]]:
    """Return the ends of arcs at each node (a closed arc ends there twice)."""
    found: dict[int, list[Vertex]] = {node: [] for node in nodes}
    for number, arc in coverage.arcs.items():
        if arc.start in found:
            found[arc.start].append(Vertex(number, 0))
        if arc.end in found:
            found[arc.end].append(Vertex(number, len(arc.points) - 1))
    return found


def moving_with(coverage: Coverage, vertices: Iterable[Vertex]) -> frozenset[int]:
    """Return the arcs that change when vertices move; vertices that there are not count as nothing."""
    known = [vertex for vertex in vertices if missing(coverage, vertex) is None]
    nodes = {node for vertex in known if (node := node_of(coverage, vertex)) is not None}
    ends = arcs_at(coverage, nodes) if nodes else {}
    return frozenset({vertex.arc for vertex in known} | {end.arc for here in ends.values() for end in here})


def cells_beside(coverage: Coverage, arcs: Iterable[int]) -> frozenset[int]:
    """Return the cells on both sides of arcs."""
    sides = (coverage.arcs[number] for number in arcs)
    return frozenset(side for arc in sides for side in (arc.left, arc.right) if side != OUTSIDE)


def missing(coverage: Coverage, vertex: Vertex) -> Refusal | None:
    """Return the refusal of a vertex that the coverage does not have."""
    arc = coverage.arcs.get(vertex.arc)
    if arc is None:
        return no_such_border()
    if not 0 <= vertex.index < len(arc.points):
        return Refusal("no_such_point", msg("This point of the border is gone; choose a point again."))
    return None


def no_such_border() -> Refusal:
    """Return the refusal of an arc that the coverage does not have (any more)."""
    return Refusal("no_such_border", msg("This border is gone, another change removed it; choose a border again."))


def vertices_in(coverage: Coverage, polygon: shapely.Geometry, arcs: Collection[int] | None = None) -> tuple[Vertex, ...]:
    """Return the vertices inside a polygon or on its edge (of all arcs by default), each node once; about 2 ms for a county."""
    numbers = [number for number in (coverage.arcs if arcs is None else arcs) if number in coverage.arcs]
    if not numbers or polygon.is_empty:
        return ()
    lengths = np.array([len(coverage.arcs[number].points) for number in numbers])
    points = np.concatenate([coverage.arcs[number].points for number in numbers])
    west, south, east, north = polygon.bounds
    near = np.flatnonzero((points[:, 0] >= west) & (points[:, 0] <= east) & (points[:, 1] >= south) & (points[:, 1] <= north))
    shapely.prepare(polygon)
    inside = near[shapely.intersects_xy(polygon, points[near])]
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    arc = np.searchsorted(starts, inside, side="right") - 1
    seen: set[int] = set()
    found: list[Vertex] = []
    for position, index in zip(arc.tolist(), (inside - starts[arc]).tolist(), strict=True):
        vertex = Vertex(numbers[position], index)
        node = node_of(coverage, vertex)
        if node is None or node not in seen:
            found.append(vertex)
        if node is not None:
            seen.add(node)
    return tuple(found)
