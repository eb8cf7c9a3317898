"""The planar partition of a county into cells: every border exists once.

A `Coverage` is an immutable value. Its arcs are polylines between nodes, each with the cell on its left and on its right; a cell is
made of rings of signed arcs. Coordinates are metres (or feet) of the county's projected coordinate system, on a 1 mm grid. Villages and
townships are unions of cells and are never stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.arcs import SCALE, CoverageError, cut, rings_of, snap
from gis_app.grid.rings import multipolygon, nest, stitch
from gis_app.grid.units import Hierarchy, Level

__all__ = [
    "GRID",
    "OUTSIDE",
    "Arc",
    "Coverage",
    "CoverageError",
    "Part",
    "Ring",
    "arc_levels",
    "areas",
    "build_coverage",
    "extent",
    "label_points",
    "neighbours",
    "outline",
    "perimeters",
    "polygons",
    "ring_points",
    "snap",
    "unions",
]

OUTSIDE = 0
"""The "cell" beyond the county's outer border and inside its holes."""

GRID = 1 / SCALE
"""The grid that coordinates lie on, in units of the coordinate system."""


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """One border between two nodes (a ring without a node begins and ends at the same one).

    `points` is a read-only float64 array (n, 2), ends included; `left` and `right` are cell ids as seen when walking along it.
    """

    start: int
    end: int
    left: int
    right: int
    points: NDArray[np.float64]


Ring = tuple[int, ...]
"""Signed arc ids in walking order: +a follows arc a, -a runs against it. Shells run counter-clockwise, holes clockwise."""

Part = tuple[Ring, ...]
"""One polygon of a cell: its shell, then its holes."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Nodes, arcs and cells of one county. Ids are positive and stable: an edit replaces only what it touched."""

    nodes: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    arcs: Mapping[int, Arc] = field(default_factory=dict)
    cells: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)


def build_coverage(ids: Sequence[int] | NDArray[np.int64], polygons: Sequence[object]) -> Coverage:
    """Find the arcs of polygons (Polygon, MultiPolygon or None, one an id) and return their coverage.

    Coordinates are first moved to the 1 mm grid. Polygons that do not fit together are kept as they are: segments that run
    along one another in opposite directions become shared arcs, everything else becomes arcs with `OUTSIDE` on their right (`checks` lists
    such defects). A polygon that the grid makes disappear is a cell without parts. Raises `CoverageError` for coordinates that cannot be,
    and ValueError for ids that repeat or are not positive.
    """
    cell_ids = [int(cell) for cell in ids]
    if len(cell_ids) != len(polygons) or len(set(cell_ids)) != len(cell_ids) or min(cell_ids, default=1) <= 0:
        raise ValueError("ids must be positive, distinct, and one a polygon")
    rings = rings_of(polygons)
    chains = cut(rings)
    id_of = np.array([*cell_ids, OUTSIDE], np.int64)  # position -1 is OUTSIDE
    bounds = chains.offsets.tolist()
    columns = zip(chains.start.tolist(), chains.end.tolist(), id_of[chains.left].tolist(), id_of[chains.right].tolist(), strict=True)
    arcs = {
        number: Arc(start + 1, end + 1, left, right, chains.points[bounds[number - 1] : bounds[number]])
        for number, (start, end, left, right) in enumerate(columns, start=1)
    }
    nodes = {number: (x, y) for number, (x, y) in enumerate(chains.nodes.tolist(), start=1)}
    ring_bounds = np.searchsorted(chains.ring, np.arange(len(rings.part) + 1)).tolist()
    signed = chains.arc.tolist()
    parts: dict[int, list[Ring]] = {}
    part_cell: dict[int, int] = {}
    for ring, (part, cell) in enumerate(zip(rings.part.tolist(), rings.cell.tolist(), strict=True)):
        parts.setdefault(part, []).append(tuple(signed[ring_bounds[ring] : ring_bounds[ring + 1]]))
        part_cell[part] = cell
    cells: dict[int, list[Part]] = {cell: [] for cell in cell_ids}
    for part, its_rings in parts.items():
        cells[cell_ids[part_cell[part]]].append(tuple(its_rings))
    return Coverage(nodes, arcs, {cell: tuple(its_parts) for cell, its_parts in cells.items()})


def ring_points(coverage: Coverage, ring: Ring) -> NDArray[np.float64]:
    """Return the points (n, 2) of a ring of signed arcs, closed."""
    pieces = [_walk(coverage, arc)[:-1] for arc in ring]
    return np.concatenate([*pieces, pieces[0][:1]])


def _walk(coverage: Coverage, arc: int) -> NDArray[np.float64]:
    return coverage.arcs[arc].points if arc > 0 else coverage.arcs[-arc].points[::-1]


def polygons(coverage: Coverage, ids: Iterable[int] | None = None) -> dict[int, shapely.MultiPolygon]:
    """Return the cells (all by default) as MultiPolygons with the vertices that their neighbours have, too."""
    wanted = list(coverage.cells if ids is None else ids)
    pieces: list[NDArray[np.float64]] = []
    rings, parts, cells, total = [0], [0], [0], 0
    for cell in wanted:
        for part in coverage.cells[cell]:
            for ring in part:
                closed = ring_points(coverage, ring)
                pieces.append(closed)
                total += len(closed)
                rings.append(total)
            parts.append(len(rings) - 1)
        cells.append(len(parts) - 1)
    coordinates = np.concatenate(pieces) if pieces else np.zeros((0, 2))
    offsets = tuple(np.array(level, np.int64) for level in (rings, parts, cells))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, coordinates, offsets)
    return dict(zip(wanted, shapes.tolist(), strict=True))


def unions(coverage: Coverage, groups: Mapping[int, Sequence[int]]) -> dict[int, shapely.MultiPolygon]:
    """Return the union of each group of cells (a cell may be in several groups), made of its border arcs alone.

    Cells that are unknown count as nothing. Where the cells of a group overlap, which a sound coverage cannot, the union is
    computed from their polygons.
    """
    result: dict[int, shapely.MultiPolygon] = {}
    for group, cells in groups.items():
        members = [cell for cell in dict.fromkeys(cells) if cell in coverage.cells]
        sides = {arc for cell in members for part in coverage.cells[cell] for ring in part for arc in ring}
        border = [arc for arc in sides if -arc not in sides]
        rings = stitch(border, lambda arc: _way(coverage, arc))
        result[group] = nest([ring_points(coverage, ring) for ring in rings])
    for group, valid in zip(result, shapely.is_valid(list(result.values())), strict=True):
        if not valid:
            members = [cell for cell in groups[group] if cell in coverage.cells]
            result[group] = multipolygon(shapely.union_all(shapely.make_valid(list(polygons(coverage, members).values()))))
    return result


def _way(coverage: Coverage, arc: int) -> tuple[int, int, NDArray[np.float64]]:
    value = coverage.arcs[abs(arc)]
    return (value.start, value.end, value.points) if arc > 0 else (value.end, value.start, value.points[::-1])


def outline(coverage: Coverage) -> shapely.MultiPolygon:
    """Return the union of all cells; its holes are gaps in the county, or another county's land."""
    return unions(coverage, {1: list(coverage.cells)})[1]


def arc_levels(coverage: Coverage, hierarchy: Hierarchy) -> dict[int, int]:
    """Return the level whose border each arc is: the highest at which its two sides differ, 0 for the outer border."""
    above: dict[int, tuple[int, int]] = {}
    for cell in coverage.cells:
        path = {unit.level: unit.id for unit in hierarchy.path(cell)}
        above[cell] = (path.get(Level.TOWNSHIP, 0), path.get(Level.VILLAGE, 0))
    levels: dict[int, int] = {}
    for number, arc in coverage.arcs.items():
        if OUTSIDE in (arc.left, arc.right):
            levels[number] = 0
            continue
        left, right = above[arc.left], above[arc.right]
        levels[number] = Level.TOWNSHIP if left[0] != right[0] else Level.VILLAGE if left[1] != right[1] else Level.CELL
    return levels


def neighbours(coverage: Coverage) -> dict[int, set[int]]:
    """Return the cells that share a border (more than a point) with each cell."""
    beside: dict[int, set[int]] = {cell: set() for cell in coverage.cells}
    for arc in coverage.arcs.values():
        if arc.left != arc.right and OUTSIDE not in (arc.left, arc.right):
            beside[arc.left].add(arc.right)
            beside[arc.right].add(arc.left)
    return beside


def areas(coverage: Coverage) -> dict[int, float]:
    """Return the area of each cell in square units of the coordinate system, from its arcs (shoelace formula)."""
    origin = next(iter(coverage.nodes.values()), (0.0, 0.0))

    def swept(starts: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
        (x0, y0), (x1, y1) = (starts - origin).T, (ends - origin).T
        return np.asarray((x0 * y1 - x1 * y0) / 2)

    return _by_cell(coverage, swept, signed=True)


def perimeters(coverage: Coverage) -> dict[int, float]:
    """Return the length of the whole border of each cell, holes included."""
    return _by_cell(coverage, lambda starts, ends: np.asarray(np.hypot(*(ends - starts).T)), signed=False)


def _by_cell(
    coverage: Coverage, measure: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]], *, signed: bool
) -> dict[int, float]:
    """Add up a measure of segments (their starts and ends) along the rings of each cell; a signed one changes sign with the direction."""
    if not coverage.arcs:
        return {}
    points = np.concatenate([arc.points for arc in coverage.arcs.values()])
    ends = np.cumsum([len(arc.points) for arc in coverage.arcs.values()])
    steps = np.append(measure(points[:-1], points[1:]), 0.0)
    steps[ends - 1] = 0.0  # from one arc to the next
    sums = np.add.reduceat(steps, np.concatenate(([0], ends[:-1]))).tolist()
    values = dict(zip(coverage.arcs, sums, strict=True))
    values |= {-number: -value if signed else value for number, value in values.items()}
    return {cell: sum(values[arc] for part in parts for ring in part for arc in ring) for cell, parts in coverage.cells.items()}


def extent(coverage: Coverage) -> tuple[float, float, float, float]:
    """Return (west, south, east, north) of all cells; four NaN for a coverage without cells."""
    if not coverage.arcs:
        return (np.nan, np.nan, np.nan, np.nan)
    points = np.concatenate([arc.points for arc in coverage.arcs.values()])  # ten times faster than arc by arc
    low, high = points.min(axis=0), points.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def label_points(shapes: Mapping[int, shapely.Geometry]) -> dict[int, tuple[float, float]]:
    """Return a point inside each shape where its name can stand (middle of its widest horizontal line); an empty shape has none."""
    points = shapely.point_on_surface(list(shapes.values()))
    return {key: (float(point.x), float(point.y)) for key, point in zip(shapes, points, strict=True) if not point.is_empty}
