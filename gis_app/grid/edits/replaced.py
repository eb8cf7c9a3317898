"""What all edits that only move borders share: other points for some arcs, and the land that changes hands by it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, polygons
from gis_app.grid.edits.edited import Edited, Piece
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.edits.vertices import cells_beside
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]
Place = tuple[float, float]


def replaced(coverage: Coverage, points: Mapping[int, Floats], nodes: Mapping[int, Place] | None = None) -> Edited | Refusal:
    """Return the coverage with other points (n, 2; on the grid) for some arcs and other places for some nodes, if it is sound.

    Every arc that ends at a moved node must be among them. Arcs that get the points that they have are left as they are.
    """
    changed = {number: line for number, line in points.items() if not np.array_equal(line, coverage.arcs[number].points)}
    if not changed:
        return Edited(coverage, frozenset())
    if not all(np.isfinite(line).all() for line in changed.values()):
        return Refusal("no_place", msg("A coordinate is not a number; type it again."))
    after = with_points(coverage, changed, nodes)
    cells = cells_beside(coverage, changed)
    return unsound(after, cells) or Edited(after, cells, pieces=pieces_between(coverage, after, changed))


def with_points(coverage: Coverage, points: Mapping[int, Floats], nodes: Mapping[int, Place] | None = None) -> Coverage:
    """Return the coverage with other points for some arcs and other places for some nodes, unchecked."""
    arcs = dict(coverage.arcs)
    for number, line in points.items():
        frozen = np.array(line, np.float64)
        frozen.setflags(write=False)
        arcs[number] = replace(arcs[number], points=frozen)
    return Coverage({**coverage.nodes, **nodes} if nodes else coverage.nodes, arcs, coverage.cells)


def pieces_between(before: Coverage, after: Coverage, arcs: Iterable[int]) -> tuple[Piece, ...]:
    """Return the land that changed hands when arcs (which both coverages have, with the same cells beside them) got other points.

    Old and new stretches of the borders enclose it: no border that stayed can run through land that changed hands.
    """
    numbers = list(arcs)
    stretches: list[Floats] = []
    for number in numbers:
        stretches += _stretches(before.arcs[number].points, after.arcs[number].points)
    if not stretches:
        return ()
    indices = np.repeat(np.arange(len(stretches)), [len(stretch) for stretch in stretches])
    lines = shapely.linestrings(np.concatenate(stretches), indices=indices)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines))))
    faces = faces[shapely.area(faces) > GRID**2 / 2]
    if not len(faces):
        return ()
    cells = sorted(cells_beside(before, numbers))
    inside = well_inside(faces)
    origins, owners = (_owners(coverage, cells, inside) for coverage in (before, after))
    return tuple(Piece(a, b, face) for a, b, face in zip(origins, owners, faces.tolist(), strict=True) if a != b)


def well_inside(faces: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point in each polygon that lies on none of its edges.

    GEOS's point on the surface can do so, where two edges nearly run along one another; the middle of the widest place stands in for it.
    """
    points = np.asarray(shapely.point_on_surface(faces))
    doubtful = np.flatnonzero(shapely.distance(points, shapely.boundary(faces)) < GRID / 10)
    if len(doubtful):
        width = shapely.area(faces[doubtful]) / shapely.length(faces[doubtful])
        radii = [shapely.maximum_inscribed_circle(face, tolerance=w / 4) for face, w in zip(faces[doubtful], width, strict=True)]
        points[doubtful] = shapely.get_point(radii, 0)
    return points


def _stretches(old: Floats, new: Floats) -> list[Floats]:
    """Return the parts of an old and a new line in which they differ; where their lengths differ, all between their common ends."""
    if len(old) == len(new):
        same = (old == new).all(axis=1)
        runs = np.flatnonzero(~(same[:-1] & same[1:]))
        breaks = np.flatnonzero(np.diff(runs) > 1)
        heads = runs[np.append(0, breaks + 1)] if len(runs) else runs
        tails = runs[np.append(breaks, len(runs) - 1)] if len(runs) else runs
        return [line[head : tail + 2] for head, tail in zip(heads.tolist(), tails.tolist(), strict=True) for line in (old, new)]
    shorter = min(len(old), len(new))
    ahead = (old[:shorter] == new[:shorter]).all(axis=1)
    head = shorter if ahead.all() else int(np.argmin(ahead))
    behind = (old[-shorter:] == new[-shorter:]).all(axis=1)[::-1]
    tail = shorter if behind.all() else int(np.argmin(behind))
    head, tail = max(head - 1, 0), max(min(tail, shorter - head) - 1, 0)
    return [part for line in (old, new) if len(part := line[head : len(line) - tail]) > 1]


def _owners(coverage: Coverage, cells: Sequence[int], points: NDArray[np.object_]) -> list[int]:
    """Return the cell among some in which each point lies, `OUTSIDE` for none of them."""
    result = np.full(len(points), OUTSIDE, np.int64)
    shapes = list(polygons(coverage, cells).values())
    if len(points) * len(cells) < 200:
        x, y = shapely.get_x(points), shapely.get_y(points)
        for cell, shape in zip(cells, shapes, strict=True):
            result[shapely.intersects_xy(shape, x, y)] = cell
    else:
        point, cell_at = shapely.STRtree(shapes).query(points, predicate="intersects")
        result[point] = np.array(cells, np.int64)[cell_at]
    return result.tolist()
