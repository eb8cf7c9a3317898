"""How well polygons fit together: gaps, overlaps, duplicates, missing vertices, slivers, invalid rings (for `checks`).

Sound borders cost nothing: only cells that have a border without a partner are compared with their neighbours. That this finds
every overlap is then proved by areas: the sum of all cells less their overlaps is the area of their union.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, build_coverage, outline, polygons
from gis_app.grid.issues import Issue, IssueKind, place
from gis_app.grid.rings import mended
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Names = Mapping[int, str]
Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

CRACK = 1.0
"""Two sides (m) that are open to the outside and nearer than this were meant to be one."""

_LEAST = 1e-6  # m²: the smallest triangle on the 1 mm grid has half of it
_NEAR = 0.0015  # m: how far two roundings to the grid can move a vertex off a line
_BATCH = 500


def fit_issues(
    ids: Sequence[int], shapes: Sequence[object], gap_width: float, sliver_width: float, names: Names, metres: float = 1.0
) -> Steps[tuple[Issue, ...]]:
    """Return all issues of polygons; see `checks.check_polygons`."""
    square = metres**2
    called = {unit: names.get(unit, str(unit)) for unit in ids}
    yield Progress(0.0, msg("Looking for the shared borders"))
    coverage = build_coverage(ids, mended(shapes).tolist())
    rounded = np.array(list(polygons(coverage).values()), object)
    issues = list(_invalid(ids, shapes, rounded, called))
    cells = mended(rounded)
    order = np.array(ids, np.int64)
    unmatched = {arc.left for arc in coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)}

    tree = shapely.STRtree(cells)
    first, second = tree.query(cells)
    pairs = np.stack([first, second], axis=1)[first < second]
    suspect = np.isin(order, list(unmatched))
    suspects = suspect[pairs].any(axis=1)
    overlaps = yield from _overlaps(cells, pairs[suspects], 0.1, 0.6)
    whole = outline(coverage)
    missing = float(shapely.area(cells).sum() - sum(shape.area for _, _, shape in overlaps) - whole.area)
    if missing > max(_LEAST, 1e-12 * whole.area):
        overlaps += yield from _overlaps(cells, pairs[~suspects], 0.6, 0.7)
    issues += _overlap_issues(ids, cells, overlaps, called, square)

    yield Progress(0.7, msg("Looking for gaps"))
    holes = [shapely.Polygon(ring) for polygon in whole.geoms for ring in polygon.interiors]
    issues += _gap_issues(ids, tree, holes, gap_width / metres, called, square)
    issues += crack_issues(ids, cells, coverage, [*holes, *(shape for _, _, shape in overlaps)], called, CRACK / metres)
    yield Progress(0.9, msg("Looking for missing vertices"))
    issues += _missing_vertices(coverage, called)
    issues += _slivers(ids, cells, sliver_width / metres, called, square)
    return tuple(issues)


def _invalid(ids: Sequence[int], given: Sequence[object], cells: Shapes, names: Names) -> Iterator[Issue]:
    """List polygons that are empty, or whose rings cross or touch themselves in a way that leaves the inside undefined."""
    for unit, before, cell in zip(ids, given, cells, strict=True):
        shape = before if isinstance(before, shapely.Geometry) and not shapely.is_valid(before) else cell
        if cell.is_empty:  # also where the grid makes it disappear
            text = msg("The unit {unit} has no area; draw or import its boundary.", unit=names[unit])
            yield Issue(IssueKind.INVALID_RING, (unit,), None, False, 0.0, text)
        elif not shapely.is_valid(shape):
            reason = str(shapely.is_valid_reason(shape))
            found = re.search(r"\[(\S+) (\S+)\]", reason)
            at = (float(found[1]), float(found[2])) if found else place(shape)
            text = msg("The boundary of the unit {unit} crosses or touches itself; repair it.", unit=names[unit])
            yield Issue(IssueKind.INVALID_RING, (unit,), at, True, 0.0, text)


Overlap = tuple[int, int, shapely.Geometry]


def _overlaps(cells: Shapes, pairs: Ints, start: float, end: float) -> Steps[list[Overlap]]:
    """Intersect pairs of cells (positions) and return those that share area."""
    found: list[Overlap] = []
    for begin in range(0, len(pairs), _BATCH):
        yield Progress(start + (end - start) * begin / len(pairs), msg("Looking for overlaps"))
        batch = pairs[begin : begin + _BATCH]
        common = shapely.intersection(cells[batch[:, 0]], cells[batch[:, 1]])
        for k in np.flatnonzero(shapely.area(common) > _LEAST):
            found.append((int(batch[k, 0]), int(batch[k, 1]), common[k]))
    return found


def _overlap_issues(ids: Sequence[int], cells: Shapes, overlaps: Sequence[Overlap], names: Names, square: float) -> Iterator[Issue]:
    for first, second, shape in overlaps:
        one, two, area = ids[first], ids[second], float(shape.area) * square
        if shape.area > 0.99 * max(cells[first].area, cells[second].area):
            text = msg("The units {one} and {two} are the same area twice; delete one of them.", one=names[one], two=names[two])
            yield Issue(IssueKind.DUPLICATE, (one, two), place(shape), True, area, text)
        text = msg("The units {one} and {two} overlap on {area} m².", one=names[one], two=names[two], area=_square_metres(area))
        yield Issue(IssueKind.OVERLAP, (one, two), place(shape), True, area, text)


def _gap_issues(
    ids: Sequence[int], tree: shapely.STRtree, holes: Sequence[shapely.Polygon], gap_width: float, names: Names, square: float
) -> Iterator[Issue]:
    for hole in holes:
        beside = tuple(ids[k] for k in sorted(tree.query(hole, predicate="intersects").tolist()))
        narrow, area = _narrower(hole, gap_width), float(hole.area) * square
        listed = ", ".join(names[unit] for unit in beside[:6]) + (" …" if len(beside) > 6 else "")
        text = (
            msg("Between the units {units} is a gap of {area} m².", units=listed, area=_square_metres(area))
            if narrow
            else msg(
                "Between the units {units} is a hole of {area} m²; leave it if it belongs to another county.",
                units=listed,
                area=_square_metres(area),
            )
        )
        yield Issue(IssueKind.GAP, beside, place(hole), narrow, area, text)


def _narrower(hole: shapely.Polygon, width: float) -> bool:
    """Tell whether the widest circle in a hole is no wider than `width`, which is what `coverage_clean` fills.

    The circle is searched only where simple bounds on its diameter do not decide: 2A/P ≤ d ≤ 2√(A/π), and d ≤ the shorter side of the box.
    """
    west, south, east, north = hole.bounds
    if min(east - west, north - south, 2 * np.sqrt(hole.area / np.pi)) <= width:
        return True
    if 2 * hole.area / hole.length > width:
        return False
    return 2 * float(shapely.length(shapely.maximum_inscribed_circle(hole, tolerance=width / 50))) <= width


def crack_issues(
    ids: Sequence[int], cells: Shapes, coverage: Coverage, known: Sequence[shapely.Geometry], names: Names, width: float
) -> Iterator[Issue]:
    """List narrow gaps that are open to the outside, which are no holes: outer sides close to another cell that nothing else explains.

    `width` is `CRACK` in units of the coordinate system.
    """
    edges = shapely.coverage_invalid_edges(cells, gap_width=width)
    flagged = np.flatnonzero(~shapely.is_empty(edges))
    if not len(flagged):
        return
    ends, of = _sides(edges[flagged])
    owner, middle, sides = flagged[of], shapely.points(ends.mean(axis=1)), shapely.linestrings(ends)
    exact = shapely.coverage_invalid_edges(cells[flagged])
    reasons = shapely.linestrings(_sides(np.array([*exact, *(shapely.boundary(shape) for shape in known)], object))[0])
    explained = shapely.STRtree(reasons).query(middle, predicate="dwithin", distance=2 * _NEAR)[0]
    outer = np.array([shapely.LineString(arc.points) for arc in coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)], object)
    open_sides = shapely.STRtree(shapely.linestrings(_sides(outer)[0])).query(middle, predicate="dwithin", distance=_NEAR)[0]
    rest = np.setdiff1d(open_sides, explained)
    a, b = shapely.STRtree(sides[rest]).query(sides[rest], predicate="dwithin", distance=width)
    a, b = rest[a], rest[b]
    # where an outer border turns sharply at the corner of two cells, their sides are close without a gap: a gap has sides that run along
    u, v = (ends[k, 1] - ends[k, 0] for k in (a, b))
    along = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) < 0.25 * np.hypot(*u.T) * np.hypot(*v.T)
    apart = (owner[a] < owner[b]) & along
    between: dict[tuple[int, int], int] = {}
    for k in np.flatnonzero(apart).tolist():
        between.setdefault((ids[int(owner[a[k]])], ids[int(owner[b[k]])]), int(a[k]))
    for (one, two), side in between.items():
        text = msg("The units {one} and {two} do not quite meet: a narrow gap runs between them.", one=names[one], two=names[two])
        yield Issue(IssueKind.GAP, (one, two), (float(middle[side].x), float(middle[side].y)), True, 0.0, text)


def _sides(lines: Shapes) -> tuple[NDArray[np.float64], Ints]:
    """Return the single segments (n, 2, 2) of lines and collections of lines, and the position of the shape that each belongs to."""
    flat, shape_of = shapely.get_parts(shapely.get_parts(lines), return_index=True)
    _, whole_of = shapely.get_parts(lines, return_index=True)
    corners, line_of = shapely.get_coordinates(flat, return_index=True)
    same = np.flatnonzero(line_of[1:] == line_of[:-1])
    return np.stack([corners[same], corners[same + 1]], axis=1), whole_of[shape_of[line_of[same]]]


def _missing_vertices(coverage: Coverage, names: Names) -> Iterator[Issue]:
    """List where a corner of one cell lies on the side of another that has no vertex there (one issue for each two cells)."""
    loose = [arc for arc in coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)]
    if not loose:
        return
    owner = np.array([arc.left for arc in loose], np.int64)
    points = np.concatenate([arc.points for arc in loose])
    starts = np.concatenate([arc.points[:-1] for arc in loose])
    ends = np.concatenate([arc.points[1:] for arc in loose])
    point_owner = np.repeat(owner, [len(arc.points) for arc in loose])
    side_owner = np.repeat(owner, [len(arc.points) - 1 for arc in loose])
    sides = shapely.linestrings(np.stack([starts, ends], axis=1))
    point, side = shapely.STRtree(sides).query(shapely.points(points), predicate="dwithin", distance=_NEAR)
    apart = (point_owner[point] != side_owner[side]) & ~_close(points[point], starts[side]) & ~_close(points[point], ends[side])
    lacking: dict[tuple[int, int], dict[tuple[float, float], None]] = {}
    told = _corners(coverage, set(side_owner[side[apart]].tolist()))  # what a cell has anyway, and each corner of several cells but once
    for p, s in zip(point[apart].tolist(), side[apart].tolist(), strict=True):
        without, having, corner = int(side_owner[s]), int(point_owner[p]), (float(points[p, 0]), float(points[p, 1]))
        if (without, corner) not in told:
            told.add((without, corner))
            lacking.setdefault((without, having), {})[corner] = None
    for (without, having), corners in lacking.items():
        text = msg(
            "The boundary of the unit {one} lacks {count} of the vertices that the unit {two} has on it.",
            one=names[without],
            two=names[having],
            count=len(corners),
        )
        yield Issue(IssueKind.MISSING_VERTEX, (without, having), next(iter(corners)), True, 0.0, text)


def _corners(coverage: Coverage, cells: set[int]) -> set[tuple[int, tuple[float, float]]]:
    """Return all vertices of some cells, each with its cell."""
    found: set[tuple[int, tuple[float, float]]] = set()
    for arc in coverage.arcs.values():
        for cell in {arc.left, arc.right} & cells:
            found.update((cell, (x, y)) for x, y in arc.points.tolist())
    return found


def _close(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.hypot(*(a - b).T) <= _NEAR
    return near


def _slivers(ids: Sequence[int], cells: Shapes, width: float, names: Names, square: float) -> Iterator[Issue]:
    """List parts that are narrower than `width` on the average (twice the area over the length of the border)."""
    parts, owner = shapely.get_parts(cells, return_index=True)
    lengths = shapely.length(parts)
    thin = np.flatnonzero((lengths > 0) & (shapely.area(parts) > 0) & (2 * shapely.area(parts) < width * lengths))
    for k in thin:
        unit, area = ids[int(owner[k])], float(shapely.area(parts[k])) * square
        text = msg("The unit {unit} has a sliver of {area} m²; give it to a neighbour.", unit=names[unit], area=_square_metres(area))
        yield Issue(IssueKind.SLIVER, (unit,), place(parts[k]), False, area, text)


def _square_metres(area: float) -> str:
    return f"{area:,.0f}" if area >= 100 else f"{area:.3g}"
