"""Reshape borders: draw a line from one place of a border to another, and the border follows it.

What is replaced is a stretch of borders between two places, over one or several arcs. Line and stretch together enclose land on the left of
the stretch, on its right, or both; that land changes hands, from the cell that it lies in to the cell across the stretch.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, polygons, snap
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import cells_touching
from gis_app.grid.edits.parted import parted
from gis_app.grid.edits.replaced import well_inside
from gis_app.grid.edits.stretch import Contact, Way, contacts, points_of, ways
from gis_app.grid.noding import distinct
from gis_app.grid.overlay import Overlay, overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]
Place = tuple[float, float]

REACH = 0.01
"""An end of the line that is no farther from a border (units of the coordinates) lies on it: tools snap, and round to the grid."""


def reshape_border(
    coverage: Coverage, line: ArrayLike, cells: Collection[int] | None = None, *, outside: bool = False, reach: float = REACH
) -> Edited | Refusal:
    """Let the border between two places run along a drawn line (n, 2); both sides follow.

    The line begins and ends on borders, or crosses them: what hangs over is left out. It replaces the stretch of the border that both
    ends are on, or of one cell's border that runs between them, or the shortest way along borders. With `cells` (those of a village, say)
    it is the border of these cells together, and no other, that is replaced. Land that line and stretch enclose goes from its cell to the
    cell across the stretch, wherever they cross one another. Where several cells are across, their borders are carried on to the line;
    where it is two, and no `cells` are given, the one with the longer stretch gets all, so that the place where borders meet can be moved.
    Land beyond the county takes part with `outside` alone.

    Refused: a line that meets no border twice (`does_not_meet`), crosses itself (`crosses_itself`), ends on borders that do not hang
    together (`not_one_border`), leaves the county (`outside`), or encloses a whole cell (`whole_cell`).
    """
    drawn = distinct(snap(np.asarray(line, np.float64).reshape(-1, 2)))
    if len(drawn) < 2 or not np.isfinite(drawn).all():
        return Refusal("no_line", msg("Draw a line of at least two points."))
    group = None if cells is None else _border_of(coverage, set(cells))
    cut = contacts(coverage, drawn, group, reach)
    if cut is None:
        x, y = drawn[-1].tolist()
        words = msg("The line does not meet the border at two places; begin and end it on the border that is to move.")
        return Refusal("does_not_meet", words, (x, y))
    drawn, start, end = cut
    if not shapely.is_simple(shapely.LineString(drawn)):
        return Refusal("crosses_itself", msg("The line crosses itself; draw it without loops."), _loop(drawn))
    way = _best(coverage, drawn, start, end, group)
    if way is None:
        return Refusal("not_one_border", msg("No border runs from the beginning of the line to its end; draw along one border."), end.at)
    return _reshaped(coverage, drawn, _Stretch(coverage, way, start, end), cells is not None, outside)


def _border_of(coverage: Coverage, cells: Collection[int]) -> frozenset[int]:
    """Return the arcs that have exactly one of some cells beside them."""
    return frozenset(number for number, arc in coverage.arcs.items() if (arc.left in cells) != (arc.right in cells))


def _loop(line: Floats) -> Place | None:
    """Return a place where a line crosses or touches itself."""
    whole = shapely.node(shapely.LineString(line))
    ends, counts = np.unique(shapely.get_coordinates(shapely.boundary(shapely.get_parts(whole))), axis=0, return_counts=True)
    at = ends[counts > 2]
    return (float(at[0, 0]), float(at[0, 1])) if len(at) else None


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The stretch of borders that a line replaces."""

    coverage: Coverage
    way: Way
    start: Contact
    end: Contact

    def points(self, chains: dict[int, Floats] | None = None) -> list[Floats]:
        """Return its points, arc by arc, as they are or as they were noded."""
        return points_of(self.way, chains or {abs(arc): self.coverage.arcs[abs(arc)].points for arc in self.way}, self.start, self.end)

    def across(self, left: bool) -> list[int]:
        """Return the cells on one side, arc by arc."""
        arcs = ((self.coverage.arcs[abs(arc)], (arc > 0) == left) for arc in self.way)
        return [arc.left if is_left else arc.right for arc, is_left in arcs]


def _best(coverage: Coverage, line: Floats, start: Contact, end: Contact, group: Collection[int] | None) -> Way | None:
    """Return the stretch that encloses the least land with the line."""
    found = ways(coverage, start, end, group)
    if len(found) < 2:
        return found[0] if found else None
    sizes = []
    for way in found:
        ring = np.concatenate([*_Stretch(coverage, way, start, end).points(), line[::-1]])
        sizes.append(float(shapely.area(shapely.polygonize(shapely.get_parts(shapely.node(shapely.LineString(ring)))))))
    return found[int(np.argmin(sizes))]


def _reshaped(coverage: Coverage, line: Floats, stretch: _Stretch, divided: bool, outside: bool) -> Edited | Refusal:
    pieces = stretch.points()
    regions = _regions(np.concatenate([*pieces, line[::-1]]))
    if not regions:
        return Refusal("nothing_to_do", msg("Nothing would change; draw or choose something else."))
    area = shapely.union_all([*(shape for shape, _ in regions), shapely.LineString(line)])
    touched = cells_touching(coverage, area)
    if not outside:
        beyond = shapely.difference(area, shapely.union_all(list(polygons(coverage, touched).values())).buffer(GRID))
        if beyond.length > 0:
            at = shapely.point_on_surface(beyond)
            return Refusal("outside", msg("The line leaves the county here; stay inside it, or extend the county."), (at.x, at.y))
    carried = [tie for shape, left in regions for tie in _carried_on(stretch, pieces, line, shape, left, divided, outside)]
    overlaid = overlay(coverage, [*touched, *([OUTSIDE] if outside else [])], [line, *carried])
    owners = _owners(stretch, overlaid, divided, outside)
    gone = set(touched) - set(owners)
    if gone:
        at = shapely.point_on_surface(polygons(coverage, sorted(gone)[:1])[min(gone)])
        words = msg("The line goes around a whole cell, which would be gone; leave a part of it, or merge it first.")
        return Refusal("whole_cell", words, (at.x, at.y))
    return parted(overlaid, owners)


def _regions(ring: Floats) -> list[tuple[shapely.Polygon, bool]]:
    """Return the land that a closed walk (stretch, then line backwards) goes around, and whether it lies on the left of the stretch."""
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.node(shapely.LineString(ring)))))
    if not len(faces):
        return []
    around = _winding(ring, shapely.get_coordinates(well_inside(faces)))
    return [(face, turns > 0) for face, turns in zip(faces.tolist(), around.tolist(), strict=True) if turns]


def _winding(ring: Floats, places: Floats) -> NDArray[np.int64]:
    """Return how often a closed walk (n, 2) goes around each place (k, 2), counter-clockwise."""
    (ax, ay), (bx, by) = ring.T, np.roll(ring, -1, axis=0).T
    x, y = places[:, :1], places[:, 1:]
    crosses = (ay <= y) != (by <= y)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = ax + (y - ay) / (by - ay) * (bx - ax)
    turns: NDArray[np.int64] = (np.where(by > ay, 1, -1) * (crosses & (at > x))).sum(axis=1)
    return turns


def _carried_on(
    stretch: _Stretch, pieces: Sequence[Floats], line: Floats, region: shapely.Polygon, left: bool, divided: bool, outside: bool
) -> list[Floats]:
    """Return the lines that carry borders, which end on the stretch from across, on through a region to the drawn line."""
    across = stretch.across(not left)
    near = region.buffer(GRID)
    along = [float(shapely.length(shapely.intersection(shapely.LineString(piece), near))) if len(piece) > 1 else 0.0 for piece in pieces]
    there = {cell for cell, length in zip(across, along, strict=True) if length > 10 * GRID and (outside or cell != OUTSIDE)}
    if len(there) < (2 if divided else 3):
        return []
    edge = shapely.intersection(shapely.LineString(line).buffer(GRID), region.exterior)
    ties: list[Floats] = []
    for k in range(len(across) - 1):
        node = pieces[k][-1]
        if across[k] != across[k + 1] and {across[k], across[k + 1]} <= there and shapely.distance(region, shapely.Point(node)) <= GRID:
            tie = _tie(stretch, k, node, edge, region, left)
            if tie is not None:
                ties.append(tie)
    return ties


def _tie(stretch: _Stretch, k: int, node: Floats, edge: shapely.Geometry, region: shapely.Polygon, left: bool) -> Floats | None:
    """Return a straight line from a node of the stretch to the drawn line, as the border that ends there runs, else the shortest one."""
    from_ = shapely.Point(node)
    shortest = shapely.shortest_line(from_, edge)
    if shortest is None or not shortest.length > 10 * GRID:
        return None
    for ahead in _ahead(stretch, k, not left):
        ray = shapely.LineString([node, node + ahead * 4 * shortest.length])
        hit = shapely.shortest_line(from_, shapely.intersection(ray, edge))
        if hit is not None and hit.length > 0 and shapely.covers(region.buffer(2 * GRID), hit):
            return np.asarray(shapely.get_coordinates(hit))
    return np.asarray(shapely.get_coordinates(shortest)) if shapely.covers(region.buffer(2 * GRID), shortest) else None


def _ahead(stretch: _Stretch, k: int, left: bool) -> list[Floats]:
    """Return the directions (unit vectors) in which borders arrive at the end of arc k of a stretch from one side."""
    coverage, cells = stretch.coverage, set(stretch.across(left)[k : k + 2])
    last = coverage.arcs[abs(stretch.way[k])]
    node = last.end if stretch.way[k] > 0 else last.start
    found = []
    for number, arc in coverage.arcs.items():
        if node in (arc.start, arc.end) and arc.start != arc.end and {arc.left, arc.right} == cells and number not in map(abs, stretch.way):
            step = arc.points[0] - arc.points[1] if arc.start == node else arc.points[-1] - arc.points[-2]
            found.append(step / np.hypot(*step))
    return found


def _owners(stretch: _Stretch, overlaid: Overlay, divided: bool, outside: bool) -> list[int]:
    """Return the owners of faces: those that line and stretch go around belong to a cell across the stretch then."""
    noded: dict[int, list[Floats]] = {}
    for strand in overlaid.strands:
        if strand.source:
            noded.setdefault(strand.source, []).append(strand.points)
    chains = {number: np.concatenate([parts[0], *(part[1:] for part in parts[1:])]) for number, parts in noded.items()}
    walk = np.concatenate([*stretch.points(chains), overlaid.lines[0][::-1]])
    shapes = np.array([face.shape for face in overlaid.faces], object)
    around = np.sign(_winding(walk, shapely.get_coordinates(well_inside(shapes)))) if len(shapes) else np.zeros(0)
    owners = [face.origin for face in overlaid.faces]
    on_stretch = {abs(arc) for arc in stretch.way}
    for together in _together(overlaid, around):
        _share_out(overlaid, around, together, on_stretch, owners, divided, outside)
    return owners


def _together(overlaid: Overlay, around: NDArray[np.float64]) -> list[list[int]]:
    """Return the faces that change hands, those together that hang together on one side of the stretch."""
    beside: dict[int, set[int]] = {k: set() for k in np.flatnonzero(around).tolist()}
    for strand in overlaid.strands:
        one, other = strand.left_face, strand.right_face
        if one in beside and other in beside and around[one] == around[other]:
            beside[one].add(other)
            beside[other].add(one)
    found: list[list[int]] = []
    seen: set[int] = set()
    for first in beside:
        if first not in seen:
            group, queue = {first}, [first]
            while queue:
                new = beside[queue.pop()] - group
                group |= new
                queue += new
            seen |= group
            found.append(sorted(group))
    return found


def _share_out(
    overlaid: Overlay,
    around: NDArray[np.float64],
    faces: Sequence[int],
    on_stretch: Collection[int],
    owners: list[int],
    divided: bool,
    outside: bool,
) -> None:
    """Give faces that hang together to the cells across: each to the one that it has most of the stretch with, else as those beside it."""
    shares: dict[int, dict[int, float]] = {face: {} for face in faces}
    links: list[tuple[int, int, float, bool]] = []
    for strand in overlaid.strands:
        one, other = strand.left_face, strand.right_face
        length = float(np.hypot(*np.diff(strand.points, axis=0).T).sum())
        if one in shares and other in shares:
            links.append((one, other, length, bool(strand.source)))
        elif strand.source in on_stretch and (one in shares or other in shares):
            face, across = (one, strand.right) if one in shares else (other, strand.left)
            if outside or across != OUTSIDE:
                shares[face][across] = shares[face].get(across, 0.0) + length
    total: dict[int, float] = {}
    for share in shares.values():
        for cell, length in share.items():
            total[cell] = total.get(cell, 0.0) + length
    if not total:
        return
    if not divided and len(total) == 2:
        shares = {face: {max(total, key=lambda cell: (total[cell], -cell)): 1.0} for face in faces}
    given = {face: max(share, key=lambda cell: (share[cell], -cell)) for face, share in shares.items() if share}
    while len(given) < len(faces):  # faces that the stretch does not reach go as the face that they have the longest border with
        open_links = [(bool(source), length, one, other) for one, other, length, source in links if (one in given) != (other in given)]
        if not open_links:
            break
        _, _, one, other = max(open_links)
        given.update({other: given[one]} if one in given else {one: given[other]})
    for face, cell in given.items():
        owners[face] = cell
