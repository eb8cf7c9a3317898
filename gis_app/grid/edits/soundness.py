"""The check that every edit ends with: what it touched is sound, and so the whole coverage is.

Why the touched cells are enough: the borders of all cells, each walked with its cell on the left, add up to the outer border. So if
every cell is a valid polygon that runs the right way round, the cells fill what the outer border encloses, and can neither overlap nor
leave a gap inside it. Only where the outer border itself was touched, the rest of it has to be looked at as well.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Arc, Coverage, polygons
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]
Place = tuple[float, float]


def unsound(coverage: Coverage, cells: Iterable[int]) -> Refusal | None:
    """Return why the touched cells make the coverage unsound and where, or None if they do not (cells that it has not are left out).

    Sound are: borders of distinct points; borders that meet at their nodes alone, be it another border or the same one; cells of valid
    polygons that run the right way round; and an outer border that does not come to lie inside the county. The codes are `no_area`,
    `too_few_points`, `crossing`, `turned_over` and `overlap`.
    """
    touched = {cell: coverage.cells[cell] for cell in cells if cell in coverage.cells}
    numbers = {abs(arc) for parts in touched.values() for part in parts for ring in part for arc in ring}
    arcs = [coverage.arcs[number] for number in sorted(numbers)]
    if not all(touched.values()):
        return Refusal("no_area", msg("Nothing would be left of a cell; merge it with a neighbour instead."))
    if not arcs:
        return None
    open_sides = any(OUTSIDE in (arc.left, arc.right) for arc in arcs)
    outer = _outer_arcs(coverage) if open_sides else {}
    others = _near(arcs, [arc for number, arc in outer.items() if number not in numbers])
    return (
        _degenerate(arcs)
        or _meeting(coverage, [*arcs, *others])
        or _wrong_polygons(coverage, touched)
        or (_inside_the_county(coverage, touched, arcs, others, list(outer.values())) if open_sides else None)
    )


def _refused_crossing(at: Place | None) -> Refusal:
    return Refusal("crossing", msg("Borders would cross or touch one another here; keep them apart."), at)


def _degenerate(arcs: Sequence[Arc]) -> Refusal | None:
    """Look for borders without length, and for points that lie on the one before."""
    points = np.concatenate([arc.points for arc in arcs])
    same = np.flatnonzero((points[1:] == points[:-1]).all(axis=1))
    if len(same):
        ends = np.cumsum([len(arc.points) for arc in arcs]) - 1
        same = np.setdiff1d(same, ends)  # from one arc to the next
    short = [arc for arc in arcs if len(arc.points) < (4 if arc.start == arc.end else 2)]
    if not len(same) and not short:
        return None
    x, y = points[same[0]].tolist() if len(same) else short[0].points[0].tolist()
    return Refusal("too_few_points", msg("Two points of a border would lie on one another here; move one of them, or remove it."), (x, y))


def _meeting(coverage: Coverage, arcs: Sequence[Arc]) -> Refusal | None:
    """Look for places other than nodes where borders meet.

    Lines that meet at their ends alone are "simple" (OGC); a closed arc, whose end counts as its inside there, is cut in two for it.
    """
    lines: list[Floats] = []
    ends: dict[int, Place] = {}
    for arc in arcs:
        ends[arc.start], ends[arc.end] = coverage.nodes[arc.start], coverage.nodes[arc.end]
        if arc.start == arc.end:
            middle = len(arc.points) // 2
            lines += [arc.points[: middle + 1], arc.points[middle:]]
            x, y = arc.points[middle].tolist()
            ends[-len(lines)] = (x, y)
        else:
            lines.append(arc.points)
    places: dict[Place, int] = {}
    for node, place in ends.items():
        if places.setdefault(place, node) != node:
            return _refused_crossing(place)
    indices = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    made = shapely.linestrings(np.concatenate(lines), indices=indices)
    return None if shapely.is_simple(shapely.multilinestrings(made)) else _refused_crossing(_first_meeting(lines))


def _first_meeting(lines: Sequence[Floats]) -> Place | None:
    """Return a place where lines meet that is not the end of both (the slow way, for the words alone)."""
    starts = np.concatenate([line[:-1] for line in lines])
    ends = np.concatenate([line[1:] for line in lines])
    segments = shapely.linestrings(np.stack([starts, ends], axis=1))
    one, two = shapely.STRtree(segments).query(segments, predicate="intersects")
    one, two = one[one < two], two[one < two]
    meets = shapely.intersection(segments[one], segments[two])
    along = shapely.get_dimensions(meets) > 0
    points = shapely.get_coordinates(shapely.point_on_surface(meets))
    line = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
    edge = np.append(line[1:] != line[:-1], True)
    terminals = [(np.append(True, edge[:-1]), starts), (edge, ends)]  # the segments that begin or end their line, and the place
    at_terminal = [
        np.logical_or.reduce([is_one[side] & (points == place[side]).all(axis=1) for is_one, place in terminals]) for side in (one, two)
    ]
    in_a_row = (line[one] == line[two]) & (two == one + 1)
    wrong = np.flatnonzero(along | ~(in_a_row | (at_terminal[0] & at_terminal[1])))
    return (float(points[wrong[0], 0]), float(points[wrong[0], 1])) if len(wrong) else None


def _wrong_polygons(coverage: Coverage, touched: Iterable[int]) -> Refusal | None:
    """Look for polygons that are not valid (a hole outside its shell, a shell in another) or that were turned over."""
    shapes = np.array(list(polygons(coverage, touched).values()), object)
    parts = shapely.get_parts(shapes)
    rings, part = shapely.get_rings(parts, return_index=True)
    shell = np.append(True, part[1:] != part[:-1])
    turned = np.flatnonzero(shapely.is_ccw(rings) != shell)
    if len(turned):
        x, y = shapely.get_coordinates(rings[turned[0]]).mean(axis=0).tolist()
        return Refusal("turned_over", msg("A cell, or a hole in one, would be turned inside out here; move the border less far."), (x, y))
    wrong = np.flatnonzero(~shapely.is_valid(shapes))
    if len(wrong):
        return _overlap(_place_of_reason(shapely.is_valid_reason(shapes[wrong[0]])))
    return None


def _overlap(at: Place | None) -> Refusal:
    return Refusal("overlap", msg("A cell would come to lie on another one here; keep the border clear of it."), at)


def _place_of_reason(reason: str) -> Place | None:
    """Read the place out of GEOS's words: `Hole lies outside shell[3 4]`."""
    x, _, y = reason.rpartition("[")[2].rstrip("]").partition(" ")
    try:
        return float(x), float(y)
    except ValueError:
        return None


def _outer_arcs(coverage: Coverage) -> dict[int, Arc]:
    """Return the arcs that have OUTSIDE (0) on a side."""
    return {number: arc for number, arc in coverage.arcs.items() if not (arc.left and arc.right)}


def _near(arcs: Sequence[Arc], others: Sequence[Arc]) -> list[Arc]:
    """Return those of the others whose box meets the box of all arcs."""
    if not others:
        return []
    touched = np.concatenate([arc.points for arc in arcs])
    west, south = touched.min(axis=0)
    east, north = touched.max(axis=0)
    points = np.concatenate([arc.points for arc in others])
    starts = np.concatenate(([0], np.cumsum([len(arc.points) for arc in others])[:-1]))
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    near = (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
    return [others[k] for k in np.flatnonzero(near).tolist()]


def _inside_the_county(
    coverage: Coverage, touched: Iterable[int], arcs: Sequence[Arc], others: Sequence[Arc], whole: Sequence[Arc]
) -> Refusal | None:
    """Look for outer borders that no longer have the county on one side and OUTSIDE on the other, though they cross nothing.

    That is so where the county was moved over an island, or an island onto the county. Borders that cross nothing lie on one side of each
    other as a whole, so one place of each is enough.
    """
    places = np.array([(arc.points[0] + arc.points[1]) / 2 for arc in others])
    for shape in polygons(coverage, touched).values() if len(places) else ():
        swallowed = np.flatnonzero(shapely.contains_xy(shape, places))
        if len(swallowed):
            x, y = places[swallowed[0]].tolist()
            return _overlap((x, y))
    return _onto_the_county([arc for arc in arcs if OUTSIDE in (arc.left, arc.right)], whole)


def _onto_the_county(arcs: Sequence[Arc], whole: Sequence[Arc]) -> Refusal | None:
    """Look for outer borders beside which the winding number of the whole outer border is not what the cells there say (J. O'Rourke,
    Computational Geometry in C, 1998, section 7.4)."""
    starts = np.concatenate([arc.points[:-1] for arc in whole])
    ends = np.concatenate([arc.points[1:] for arc in whole])
    way = np.repeat([-1 if arc.left == OUTSIDE else 1 for arc in whole], [len(arc.points) - 1 for arc in whole])
    for arc in arcs:
        steps = np.abs(np.diff(arc.points, axis=0))
        upright = int(np.argmax(steps[:, 1]))
        if not steps[upright, 1]:
            continue  # a border that runs due east alone: those that it meets are counted
        x, y = ((arc.points[upright] + arc.points[upright + 1]) / 2).tolist()
        crossed = np.flatnonzero((starts[:, 1] <= y) != (ends[:, 1] <= y))
        a, b = starts[crossed], ends[crossed]
        at = a[:, 0] + (y - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
        itself = (a == arc.points[upright]).all(axis=1) & (b == arc.points[upright + 1]).all(axis=1)
        rising = np.where(b[:, 1] > a[:, 1], 1, -1) * way[crossed]
        winding = int(rising[(at > x) & ~itself].sum())  # of the place just east of the border
        east = arc.right if arc.points[upright + 1, 1] > arc.points[upright, 1] else arc.left
        if winding != (0 if east == OUTSIDE else 1):
            return _overlap((x, y))
    return None
