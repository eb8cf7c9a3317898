"""The one way to part and join areas of a coverage: lay lines over some cells, give the faces owners, make the borders between them anew.

`overlay` nodes the arcs of the touched cells with drawn lines and finds the faces; `rework` turns faces with owners into a coverage in
which only those arcs are new that had to be. What lies beyond the touched cells keeps its arcs; a neighbour gets a vertex where a border
now ends.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.arcs import SCALE
from gis_app.grid.coverage import OUTSIDE, Arc, Coverage, Part, Ring, polygons, ring_points
from gis_app.grid.edits.edited import Edited, Piece
from gis_app.grid.noding import noded
from gis_app.grid.rings import double_area, stitch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """An area that no line crosses: it lies in the cell `origin` (`OUTSIDE`: beyond the county)."""

    origin: int
    shape: shapely.Polygon


@dataclass(frozen=True, slots=True, eq=False)
class _Strand:
    """A stretch of an arc (or, with source 0, of a line) between two nodes, and the faces beside it (-1: none of the touched cells')."""

    points: Floats
    source: int
    left: int
    right: int
    left_face: int
    right_face: int


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Faces of the touched `cells`, and (`loose`) the places where a line ends without having parted anything.

    `tails` (one a loose end) are the lengths of line from there back to where it last met a border or a line. `lines` are the lines with
    the vertices that they got. `joined` are arcs that came to run along one another for a stretch: they were nearer than a grid step to
    each other and to a line.
    """

    coverage: Coverage
    cells: frozenset[int]
    faces: tuple[Face, ...]
    loose: tuple[tuple[float, float], ...]
    tails: tuple[float, ...]
    strands: tuple[_Strand, ...]
    lines: tuple[Floats, ...] = ()
    joined: frozenset[int] = frozenset()


def arcs_of(coverage: Coverage, cells: Iterable[int]) -> list[int]:
    """Return the arcs of some cells, each once, in a fixed order."""
    parts = (part for cell in cells for part in coverage.cells.get(cell, ()))
    return list(dict.fromkeys(abs(arc) for part in parts for ring in part for arc in ring))


@lru_cache(maxsize=2)
def _boxes(coverage: Coverage) -> tuple[Ints, Floats]:
    """Return the cells and the box (west, south, east, north) of each."""
    arcs = list(coverage.arcs.values())
    points = np.concatenate([arc.points for arc in arcs])
    starts = np.concatenate([[0], np.cumsum([len(arc.points) for arc in arcs])[:-1]])
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    cells = np.unique(np.array([(arc.left, arc.right) for arc in arcs], np.int64))
    west_south, east_north = np.full((len(cells), 2), np.inf), np.full((len(cells), 2), -np.inf)
    for side in ([arc.left for arc in arcs], [arc.right for arc in arcs]):
        at = np.searchsorted(cells, side)
        np.minimum.at(west_south, at, low)
        np.maximum.at(east_north, at, high)
    boxes = np.hstack([west_south, east_north])
    beyond = cells != OUTSIDE
    return cells[beyond], boxes[beyond]


def cells_near(coverage: Coverage, bounds: tuple[float, float, float, float]) -> list[int]:
    """Return the cells whose box meets (west, south, east, north), ascending; the boxes of a coverage are kept for the next question."""
    if not coverage.arcs:
        return []
    cells, boxes = _boxes(coverage)
    west, south, east, north = bounds
    meets = (boxes[:, 0] <= east) & (boxes[:, 1] <= north) & (boxes[:, 2] >= west) & (boxes[:, 3] >= south)
    return [int(cell) for cell in cells[meets]]


def overlay(coverage: Coverage, cells: Collection[int], lines: Sequence[Floats]) -> Overlay:
    """Lay lines (each (n, 2)) over cells and return the faces that they have then.

    With `OUTSIDE` among the cells, land beyond the county that lines enclose is a face as well; then every cell that a line touches must be
    among the cells (`cells_near`). Else parts of lines beyond the cells do nothing.
    """
    touched = frozenset(cells)
    numbers = arcs_of(coverage, touched)
    if OUTSIDE in touched:  # land beyond the county ends where any cell begins
        known = set(numbers)
        numbers += [number for number, arc in coverage.arcs.items() if OUTSIDE in (arc.left, arc.right) and number not in known]
    borders, drawn = noded([coverage.arcs[arc].points for arc in numbers], [line for line in lines if len(line) > 1])
    chains = [*borders, *(line for line in drawn if len(line) > 1)]
    if not chains:
        return Overlay(coverage, touched, (), (), (), ())
    pieces, sources, ends, doubled = _cut(chains, len(numbers))
    owner = np.repeat(np.arange(len(pieces)), [len(piece) for piece in pieces])
    found = shapely.polygonize(shapely.linestrings(np.concatenate(pieces), indices=owner))
    shapes = shapely.orient_polygons(shapely.get_parts(found))
    beside = _faces_beside(shapes, pieces)
    arcs = {k: coverage.arcs[numbers[source]] for k, source in enumerate(sources) if source < len(numbers)}
    sides = {k: (arc.left, arc.right) for k, arc in arcs.items()}
    sides |= {k: _sides_of_all(coverage, [(numbers[chain], ahead) for chain, ahead in along]) for k, along in doubled.items()}
    origins = _origins(coverage, touched, shapes, beside, sides)
    ours = [k for k, origin in enumerate(origins) if origin in touched]
    number = {face: k for k, face in enumerate(ours)}
    strands = []
    for k, (points, source) in enumerate(zip(pieces, sources, strict=True)):
        left, right = (number.get(int(face), -1) for face in beside[k])
        if source < len(numbers):
            strands.append(_Strand(points, numbers[source], *sides[k], left, right))
        elif left >= 0 or right >= 0:
            strands.append(_Strand(points, 0, OUTSIDE, OUTSIDE, left, right))
    faces = tuple(Face(origins[k], shapes[k]) for k in ours)
    loose = tuple(_key(place) for place, _ in ends)
    joined = frozenset(numbers[chain] for along in doubled.values() for chain, _ in along)
    return Overlay(coverage, touched, faces, loose, tuple(length for _, length in ends), tuple(strands), tuple(drawn), joined)


def _sides_of_all(coverage: Coverage, along: Sequence[tuple[int, bool]]) -> tuple[int, int]:
    """Return the cells on the left and right of arcs (and whether each runs ahead) that lie on one another: land between two is gone."""
    left, right = [], []
    for number, ahead in along:
        arc = coverage.arcs[number]
        left.append(arc.left if ahead else arc.right)
        right.append(arc.right if ahead else arc.left)
    for cell in tuple(left):
        if cell in right:
            left.remove(cell)
            right.remove(cell)
    return (left[0], right[0]) if left else (OUTSIDE, OUTSIDE)


def _packed(points: Floats, origin: Floats) -> Ints:
    steps = np.rint((points - origin) * SCALE).astype(np.int64)
    packed: Ints = (steps[:, 0] << 32) + steps[:, 1]
    return packed


def _cut(
    chains: Sequence[Floats], borders: int
) -> tuple[list[Floats], list[int], list[tuple[Floats, float]], dict[int, list[tuple[int, bool]]]]:
    """Cut noded chains at their nodes, dropping stretches that run along a border or another line.

    Returns the pieces, the position of the chain that each comes from, the loose ends of lines, each with the length of its piece, and for
    pieces on which several borders lie all their chains, and whether each runs the same way.
    """
    points = np.concatenate(chains)
    places, vertex = np.unique(_packed(points, points.min(axis=0)), return_inverse=True)
    vertex = vertex.astype(np.int64)
    lengths = np.array([len(chain) for chain in chains])
    ends = np.cumsum(lengths)
    chain_of = np.repeat(np.arange(len(chains)), lengths)
    inner = np.ones(len(points), np.bool_)
    inner[ends - 1] = False
    first = np.flatnonzero(inner)  # segments by the position of their first point
    low, high = np.minimum(vertex[first], vertex[first + 1]), np.maximum(vertex[first], vertex[first + 1])
    _, once, which = np.unique(low * len(places) + high, return_index=True, return_inverse=True)
    kept = np.zeros(len(first), np.bool_)
    kept[once] = True
    double = np.bincount(which[chain_of[first] < borders], minlength=len(once)) > 1
    degree = np.bincount(np.concatenate([vertex[first[kept]], vertex[first[kept] + 1]]), minlength=len(places))
    node = degree != 2
    node[vertex[np.concatenate([ends[:borders] - 1, ends[:borders] - lengths[:borders]])]] = True
    node[vertex[first[double[which]]]] = True
    node[vertex[first[double[which]] + 1]] = True
    begins = kept & (node[vertex[first]] | np.append(True, ~kept[:-1] | (np.diff(chain_of[first]) != 0)))
    stops = kept & (node[vertex[first + 1]] | np.append(~kept[1:] | (np.diff(chain_of[first]) != 0), True))
    pieces: list[Floats] = []
    sources: list[int] = []
    piece_at: dict[int, int] = {}
    for head, tail in zip(first[begins].tolist(), first[stops].tolist(), strict=True):
        piece_at[head] = len(pieces)
        piece_at.setdefault(tail + 1, len(pieces))
        pieces.append(points[head : tail + 2])
        sources.append(int(chain_of[head]))
    line_ends = np.concatenate([ends[borders:] - 1, ends[borders:] - lengths[borders:]])
    hanging = line_ends[degree[vertex[line_ends]] == 1].tolist()
    loose = [(points[end], float(np.hypot(*np.diff(pieces[piece_at[end]], axis=0).T).sum())) for end in hanging if end in piece_at]
    doubled: dict[int, list[tuple[int, bool]]] = {}
    for segment in np.flatnonzero(double[which] & (chain_of[first] < borders)).tolist():
        leading = first[once[which[segment]]]
        along = doubled.setdefault(piece_at[int(leading)], [])
        along.append((int(chain_of[first[segment]]), bool(vertex[first[segment]] == vertex[leading])))
    return pieces, sources, loose, doubled


def _faces_beside(shapes: NDArray[np.object_], pieces: Sequence[Floats]) -> Ints:
    """Return the faces (positions, -1 for none) on the left and on the right of each piece, (k, 2)."""
    beside = np.full((len(pieces), 2), -1, np.int64)
    if not len(shapes):
        return beside
    rings, face = shapely.get_rings(shapes, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    heads = np.array([piece[0] for piece in pieces])
    seconds = np.array([piece[1] for piece in pieces])
    origin = np.minimum(heads.min(axis=0), corners.min(axis=0))
    places, vertex = np.unique(np.concatenate([_packed(array, origin) for array in (corners, heads, seconds)]), return_inverse=True)
    vertex = vertex.astype(np.int64)
    corner, head, second = np.split(vertex, [len(corners), len(corners) + len(heads)])
    inside = np.flatnonzero(ring[1:] == ring[:-1])
    keys = corner[inside] * len(places) + corner[inside + 1]
    order = np.argsort(keys)
    keys, owner = keys[order], face[ring[inside]][order]
    for side, wanted in enumerate((head * len(places) + second, second * len(places) + head)):
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[at] == wanted
        beside[hit, side] = owner[at[hit]]
    return beside


def _origins(
    coverage: Coverage, touched: frozenset[int], shapes: NDArray[np.object_], beside: Ints, sides: Mapping[int, tuple[int, int]]
) -> list[int]:
    """Return the cell that each face lies in: told by an arc beside it, else by a point in it."""
    origins: list[int | None] = [None] * len(shapes)
    for k, cells in sides.items():
        for face, cell in zip(beside[k].tolist(), cells, strict=True):
            if face >= 0 and (origins[face] is None or origins[face] not in touched):
                origins[face] = cell
    unknown = [k for k, origin in enumerate(origins) if origin is None]
    if unknown:
        whole = polygons(coverage, [cell for cell in touched if cell != OUTSIDE and cell in coverage.cells])
        points = shapely.point_on_surface(shapes[unknown])
        for k, point in zip(unknown, points, strict=True):
            origins[k] = next((cell for cell, shape in whole.items() if shapely.contains_xy(shape, point.x, point.y)), OUTSIDE)
    return [OUTSIDE if origin is None else origin for origin in origins]


def rework(overlaid: Overlay, owners: Sequence[int]) -> Edited:
    """Return the coverage in which each face belongs to its owner: a touched cell, a new one, or `OUTSIDE`.

    A touched cell that gets no face is removed. Nothing is checked here: whoever calls ends with `soundness.unsound`.
    """
    coverage = overlaid.coverage
    strands = [_Owned(s.points, s.source, *_sides(s, owners)) for s in overlaid.strands]
    kept = [strand for strand in strands if strand.left != strand.right]
    local = {strand.source for strand in overlaid.strands if strand.source} | overlaid.joined
    around = _around(coverage, local, kept)
    drawn_in = _beyond(coverage, kept, around)
    kept += drawn_in
    local |= {strand.source for strand in drawn_in}
    chains = _chained(kept, around)
    arcs, nodes, made = _arcs(coverage, local, chains)
    removed = frozenset(cell for cell in overlaid.cells if cell != OUTSIDE and cell not in set(owners))
    remade = (overlaid.cells | set(owners) | _beside(coverage, overlaid.joined, ())) - {OUTSIDE} - removed
    cells = {cell: parts for cell, parts in coverage.cells.items() if cell not in removed}
    draft = Coverage(nodes, arcs, cells)
    _remake(coverage, draft, cells, remade, made)
    _substitute(coverage, cells, local, chains, made, remade)
    changed = frozenset(cell for cell in _beside(coverage, local, remade) if cell in cells and not _same_cell(coverage, draft, cell))
    pieces = tuple(Piece(f.origin, o, f.shape) for f, o in zip(overlaid.faces, owners, strict=True) if f.origin != o)
    return Edited(draft, changed, removed, pieces)


@dataclass(frozen=True, slots=True, eq=False)
class _Owned:
    """A strand with the cells that own the land on its left and on its right."""

    points: Floats
    source: int
    left: int
    right: int

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        return _key(self.points[0]), _key(self.points[-1])


def _key(point: Floats) -> tuple[float, float]:
    return float(point[0]), float(point[1])


def _sides(strand: _Strand, owners: Sequence[int]) -> tuple[int, int]:
    left = owners[strand.left_face] if strand.left_face >= 0 else strand.left
    right = owners[strand.right_face] if strand.right_face >= 0 else strand.right
    return left, right


def _around(coverage: Coverage, local: Collection[int], kept: Sequence[_Owned]) -> dict[tuple[float, float], list[int]]:
    """Return the arcs that are not local, by the places where they end, as far as kept strands end there or local arcs did."""
    places = {end for strand in kept for end in strand.ends}
    places |= {coverage.nodes[node] for arc in local for node in (coverage.arcs[arc].start, coverage.arcs[arc].end)}
    around: dict[tuple[float, float], list[int]] = {}
    wanted = {node: place for node, place in coverage.nodes.items() if place in places}
    for number, arc in coverage.arcs.items():
        if number not in local:
            for node in (arc.start, arc.end):
                if node in wanted:
                    around.setdefault(wanted[node], []).append(number)
    return around


def _beyond(coverage: Coverage, kept: Sequence[_Owned], around: dict[tuple[float, float], list[int]]) -> list[_Owned]:
    """Return the arcs beyond that a border now runs on into: where one strand and one such arc, or two of them, are left at a node."""
    ends: dict[tuple[float, float], int] = {}
    for strand in kept:
        for end in strand.ends:
            ends[end] = ends.get(end, 0) + 1
    found: dict[int, _Owned] = {}
    for place, numbers in list(around.items()):
        if len(numbers) + ends.get(place, 0) == 2 and len(set(numbers)) == len(numbers):
            for number in numbers:
                arc = coverage.arcs[number]
                found[number] = _Owned(arc.points, number, arc.left, arc.right)
    for place, numbers in around.items():
        around[place] = [number for number in numbers if number not in found]
    for number in found:  # the far ends are nodes, whatever else ends there
        arc = coverage.arcs[number]
        for node in (arc.start, arc.end):
            place = coverage.nodes[node]
            if place not in around:
                around[place] = [other for other, a in coverage.arcs.items() if node in (a.start, a.end) and other not in found]
    return list(found.values())


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """Strands (positions, and whether each is walked forwards) that make one arc."""

    strands: tuple[tuple[int, bool], ...]
    points: Floats
    sources: tuple[int, ...]
    left: int
    right: int


def _chained(kept: Sequence[_Owned], around: Mapping[tuple[float, float], Sequence[int]]) -> list[_Chain]:
    """Join strands into the longest chains that have one cell on each side."""
    at: dict[tuple[float, float], list[tuple[int, bool]]] = {}
    for k, strand in enumerate(kept):
        at.setdefault(strand.ends[0], []).append((k, True))
        at.setdefault(strand.ends[1], []).append((k, False))

    def runs_on(place: tuple[float, float], k: int) -> tuple[int, bool] | None:
        """Return the strand (and whether it is walked forwards) that goes on from strand k at a place, if the border runs on there."""
        here = at[place]
        if len(here) != 2 or around.get(place) or here[0][0] == here[1][0]:
            return None
        (a, starts_a), (b, starts_b) = here
        same = (kept[a].left, kept[a].right) == ((kept[b].left, kept[b].right) if starts_a != starts_b else (kept[b].right, kept[b].left))
        if not same:
            return None
        return (b, starts_b) if a == k else (a, starts_a)

    used: set[int] = set()
    chains: list[_Chain] = []

    def walk(k: int, forwards: bool) -> None:
        path = [(k, forwards)]
        used.add(k)
        while True:
            last, ahead = path[-1]
            following = runs_on(kept[last].ends[1 if ahead else 0], last)
            if following is None or following[0] in used:
                break
            path.append(following)
            used.add(following[0])
        chains.append(_chain(kept, path))

    for k, strand in enumerate(kept):
        if k not in used and runs_on(strand.ends[0], k) is None:
            walk(k, True)
        elif k not in used and runs_on(strand.ends[1], k) is None:
            walk(k, False)
    for k in range(len(kept)):  # what is left are rings without a node
        if k not in used:
            walk(k, True)
    return chains


def _chain(kept: Sequence[_Owned], path: list[tuple[int, bool]]) -> _Chain:
    parts = [kept[k].points if forwards else kept[k].points[::-1] for k, forwards in path]
    points = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    k, forwards = path[0]
    left, right = (kept[k].left, kept[k].right) if forwards else (kept[k].right, kept[k].left)
    return _Chain(tuple(path), points, tuple(kept[k].source for k, _ in path), left, right)


def _arcs(
    coverage: Coverage, local: Collection[int], chains: list[_Chain]
) -> tuple[dict[int, Arc], dict[int, tuple[float, float]], list[int]]:
    """Return all arcs and nodes after the edit, and the arc that each chain became (negative: it runs against the chain).

    A chain that is an arc as it was keeps the arc; one that is part of an arc takes its id, once.
    """
    arcs = {number: arc for number, arc in coverage.arcs.items() if number not in local}
    old_nodes = {coverage.nodes[node]: node for number in local for node in (coverage.arcs[number].start, coverage.arcs[number].end)}
    next_arc, next_node = max(coverage.arcs, default=0) + 1, max(coverage.nodes, default=0) + 1
    node_of = dict(old_nodes)
    made: list[int] = [0] * len(chains)
    taken: set[int] = set()
    order = sorted(range(len(chains)), key=lambda k: not _is_arc(coverage, chains[k]))  # arcs as they were choose first
    for k in order:
        chain = chains[k]
        for place in (_key(chain.points[0]), _key(chain.points[-1])):
            if place not in node_of:
                node_of[place] = next_node
                next_node += 1
        number = next((source for source in chain.sources if source and source not in taken), 0)
        if not number:
            number, next_arc = next_arc, next_arc + 1
        taken.add(number)
        before = coverage.arcs.get(number)
        reverse = False
        if before is not None:
            forwards = next(ahead for (_, ahead), source in zip(chain.strands, chain.sources, strict=True) if source == number)
            reverse = not forwards
        points = chain.points[::-1] if reverse else chain.points
        left, right = (chain.right, chain.left) if reverse else (chain.left, chain.right)
        start, end = node_of[_key(points[0])], node_of[_key(points[-1])]
        if before is not None and np.array_equal(points, before.points):
            same = (before.left, before.right, before.start, before.end) == (left, right, start, end)
            arcs[number] = before if same else Arc(start, end, left, right, before.points)
        else:
            points = np.ascontiguousarray(points)
            points.setflags(write=False)
            arcs[number] = Arc(start, end, left, right, points)
        made[k] = -number if reverse else number
    used = {node for number in made for node in (arcs[abs(number)].start, arcs[abs(number)].end)}
    for place, node in old_nodes.items():
        if node not in used and not _ends_at(coverage, local, node):
            node_of.pop(place)
    nodes = {node: place for node, place in coverage.nodes.items() if place in node_of or place not in old_nodes}
    nodes.update({node: place for place, node in node_of.items()})
    return arcs, nodes, made


def _is_arc(coverage: Coverage, chain: _Chain) -> bool:
    if len(set(chain.sources)) > 1 or chain.sources[0] not in coverage.arcs:
        return False
    return len(coverage.arcs[chain.sources[0]].points) == len(chain.points)


def _ends_at(coverage: Coverage, local: Collection[int], node: int) -> bool:
    return any(node in (arc.start, arc.end) for number, arc in coverage.arcs.items() if number not in local)


def _remake(coverage: Coverage, draft: Coverage, cells: dict[int, tuple[Part, ...]], remade: Collection[int], made: Sequence[int]) -> None:
    """Make the rings of the cells that own faces; a cell whose arcs are where they were keeps its rings."""
    sides: dict[int, list[int]] = {cell: [] for cell in remade}
    for number, arc in _bordering(draft, cells, remade, made):
        if arc.left in sides:
            sides[arc.left].append(number)
        if arc.right in sides:
            sides[arc.right].append(-number)
    for cell, signed in sides.items():
        before = {arc for part in cells.get(cell, ()) for ring in part for arc in ring}
        if before != set(signed) or any(coverage.arcs[abs(arc)].points is not draft.arcs[abs(arc)].points for arc in signed):
            cells[cell] = _parts(draft, stitch(signed, lambda arc: _way(draft, arc)))


def _bordering(
    draft: Coverage, cells: Mapping[int, tuple[Part, ...]], remade: Collection[int], made: Sequence[int]
) -> list[tuple[int, Arc]]:
    """Return the arcs that may border the remade cells: the new ones, and those that the cells had."""
    numbers = {abs(number) for number in made}
    numbers |= {abs(arc) for cell in remade for part in cells.get(cell, ()) for ring in part for arc in ring}
    return [(number, draft.arcs[number]) for number in sorted(numbers) if number in draft.arcs]


def _way(coverage: Coverage, arc: int) -> tuple[int, int, Floats]:
    value = coverage.arcs[abs(arc)]
    return (value.start, value.end, value.points) if arc > 0 else (value.end, value.start, value.points[::-1])


def _parts(coverage: Coverage, rings: Sequence[Ring]) -> tuple[Part, ...]:
    """Sort rings into parts: each shell (counter-clockwise), largest first, with the holes in it."""
    closed = [ring_points(coverage, ring) for ring in rings]
    areas = [double_area(points) for points in closed]
    shells = sorted((k for k, area in enumerate(areas) if area > 0), key=lambda k: -areas[k])
    holes: dict[int, list[Ring]] = {k: [] for k in shells}
    for k, area in enumerate(areas):
        if area < 0 and shells:
            inside = shells
            if len(shells) > 1:
                hole = shapely.Polygon(closed[k])
                inside = [shell for shell in shells if shapely.Polygon(closed[shell]).covers(hole)] or shells
            holes[inside[-1]].append(rings[k])  # the smallest around it
    return tuple((rings[k], *holes[k]) for k in shells)


def _substitute(
    coverage: Coverage,
    cells: dict[int, tuple[Part, ...]],
    local: Collection[int],
    chains: Sequence[_Chain],
    made: Sequence[int],
    remade: Collection[int],
) -> None:
    """Write the new arcs into the rings of the cells beyond, whose land stays as it was: ring for ring, in the same order."""
    walked = {k: (number, forwards) for number, chain in zip(made, chains, strict=True) for k, forwards in chain.strands}
    replaced: dict[int, list[tuple[int, bool]]] = {}  # old arc → its strands in order: the new arc, and whether that runs the same way
    source_of = {k: source for chain in chains for (k, _), source in zip(chain.strands, chain.sources, strict=True)}
    for k in sorted(source_of):  # strands are numbered in the order in which they lie along their arc
        if source_of[k]:
            replaced.setdefault(source_of[k], []).append(walked[k])
    for cell in _beside(coverage, local, ()):
        if cell not in remade and cell in cells:
            cells[cell] = tuple(tuple(_rewritten(ring, replaced) for ring in part) for part in coverage.cells[cell])


def _rewritten(ring: Ring, replaced: Mapping[int, Sequence[tuple[int, bool]]]) -> Ring:
    """Return a ring with old arcs replaced; where it began within what is one arc now, it begins at that arc's node."""
    steps: list[int] = []
    for arc in ring:
        if abs(arc) not in replaced:
            steps.append(arc)
            continue
        for number, forwards in replaced[abs(arc)] if arc > 0 else reversed(replaced[abs(arc)]):
            step = number if forwards == (arc > 0) else -number
            if not steps or steps[-1] != step:
                steps.append(step)
    if len(steps) > 1 and steps[0] == steps[-1]:
        steps.pop()
    return tuple(steps)


def _beside(coverage: Coverage, local: Collection[int], more: Collection[int]) -> set[int]:
    """Return the cells beside local arcs, and `more`."""
    sides = {cell for arc in local for cell in (coverage.arcs[arc].left, coverage.arcs[arc].right)}
    return (sides | set(more)) - {OUTSIDE}


def _same_cell(one: Coverage, other: Coverage, cell: int) -> bool:
    """Tell whether a cell has the very same points in two coverages; a ring may begin elsewhere, where its first node is gone."""
    if cell not in one.cells:
        return False
    if one.cells[cell] == other.cells[cell] and all(
        one.arcs[abs(arc)].points is other.arcs[abs(arc)].points for part in one.cells[cell] for ring in part for arc in ring
    ):
        return True
    a, b = one.cells[cell], other.cells[cell]
    return [len(part) for part in a] == [len(part) for part in b] and all(
        _same_ring(ring_points(one, x), ring_points(other, y)) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True)
    )


def _same_ring(one: Floats, other: Floats) -> bool:
    if len(one) != len(other):
        return False
    first = np.flatnonzero((other[:-1] == one[0]).all(axis=1))
    return len(first) > 0 and bool(np.array_equal(one[:-1], np.roll(other[:-1], -first[0], axis=0)))
