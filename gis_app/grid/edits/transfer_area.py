"""Give a piece of land to another cell: what lies in a lasso, or what a line cuts off."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, absent, area_of, cells_touching, laid_over
from gis_app.grid.edits.parted import gone, leaders, parted, taken
from gis_app.grid.edits.reaching import reaching
from gis_app.grid.overlay import Overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]


def transfer_area(coverage: Coverage, shape: Shape, target: int, source: int | None = None) -> Edited | Refusal:
    """Give land to the cell `target`, of all other cells or of `source` alone.

    `shape` is a lasso (polygons, or a closed line (n, 2): the last point is the first) or a line. What lies in a lasso goes to the target.
    A line, drawn through one cell or through several in a row, parts them into areas on its two sides: the one that borders on the target
    goes to it; where several do, all but the largest. Refused for cells that there are not, for a shape that meets no other cell
    (`beyond`), for a line that ends inside a cell (`ends_inside`) or parts none (`not_parted`), and where nothing that it parts off borders
    on the target (`apart`).
    """
    if refused := absent(coverage, target, *([] if source is None else [source])):
        return refused
    if source == target:
        return Refusal("one_cell", msg("Choose two cells: the one that gives land, and the one that gets it."))
    line = _line(shape)
    return _lasso(coverage, shape, target, source) if line is None else _along(coverage, line, target, source)


def _line(shape: Shape) -> Floats | None:
    """Return the points of a line, None for a lasso."""
    if isinstance(shape, shapely.Geometry):
        return shapely.get_coordinates(shape) if isinstance(shape, shapely.LineString) and not shape.is_closed else None
    points = np.asarray(shape, np.float64).reshape(-1, 2)
    return points if len(points) < 3 or (points[0] != points[-1]).any() else None


def lasso(coverage: Coverage, area: shapely.MultiPolygon, target: int, source: int | None = None) -> Edited | Refusal:
    """Give the land of cells within an area (on the grid) to the target."""
    touched = cells_touching(coverage, area)
    cells = {target, *(touched if source is None else [source])}
    overlaid = laid_over(coverage, cells, area)
    owners = [target if is_taken else face.origin for face, is_taken in zip(overlaid.faces, taken(overlaid, area), strict=True)]
    if all(owner == face.origin for face, owner in zip(overlaid.faces, owners, strict=True)):
        at = shapely.point_on_surface(area)
        return Refusal("beyond", msg("Here is no land that could go to the cell; draw around land of its neighbours."), (at.x, at.y))
    return parted(overlaid, owners, gone(overlaid, owners))


def _lasso(coverage: Coverage, shape: Shape, target: int, source: int | None) -> Edited | Refusal:
    area = area_of(shape)
    return area if isinstance(area, Refusal) else lasso(coverage, area, target, source)


def _along(coverage: Coverage, line: Floats, target: int, source: int | None) -> Edited | Refusal:
    x, y = line[len(line) // 2].tolist() if len(line) else (0.0, 0.0)
    if len(line) < 2 or not np.isfinite(line).all():
        return Refusal("no_line", msg("Draw a line of at least two points."))
    crossed = cells_touching(coverage, shapely.LineString(line)) if source is None else [source]
    givers = [cell for cell in crossed if cell != target]
    if not givers:
        return Refusal("beyond", msg("The line meets no cell that could give land; draw it through a neighbour."), (x, y))
    overlaid = reaching(coverage, [*givers, target], [line], free=target, strict=False)
    if isinstance(overlaid, Refusal):
        return overlaid
    areas = _sides(overlaid, target)
    if len(areas) < 2:
        return Refusal("not_parted", msg("The line does not part a cell; draw it through the cell, from border to border."), (x, y))
    bordering = [area for area in areas if _borders_on(overlaid, area, target)]
    if not bordering:
        return Refusal("apart", msg("What the line cuts off does not border on the cell that should get it; use a lasso."), (x, y))
    if len(bordering) > 1:
        bordering.remove(max(bordering, key=lambda area: sum(overlaid.faces[face].shape.area for face in area)))
    going = set().union(*bordering)
    owners = [target if k in going else face.origin for k, face in enumerate(overlaid.faces)]
    return parted(overlaid, owners, gone(overlaid, owners))


def _sides(overlaid: Overlay, target: int) -> list[set[int]]:
    """Return the areas into which the line parts other cells than the target: a border does not keep faces apart, the line does.

    Cells that the line does not part are left out; slivers belong to the face that they go with.
    """
    leader = leaders(overlaid)
    drawn = [strand for strand in overlaid.strands if not strand.source and min(strand.left_face, strand.right_face) >= 0]
    cuts = [strand for strand in drawn if leader[strand.left_face] != leader[strand.right_face]]
    cells = {overlaid.faces[cut.left_face].origin for cut in cuts} - {target}
    together: dict[int, set[int]] = {k: set() for k, face in enumerate(overlaid.faces) if face.origin in cells}
    for strand in overlaid.strands:
        one, other = strand.left_face, strand.right_face
        if one in together and other in together and (strand.source or leader[one] == leader[other]):
            together[one].add(other)
            together[other].add(one)
    along = {face for cut in cuts for face in (cut.left_face, cut.right_face)}
    areas: list[set[int]] = []
    for first in together:
        if any(first in area for area in areas):
            continue
        area, queue = {first}, [first]
        while queue:
            new = together[queue.pop()] - area
            area |= new
            queue += new
        areas.append(area)
    return [area for area in areas if area & along]


def _borders_on(overlaid: Overlay, area: set[int], target: int) -> bool:
    """Tell whether an area of faces has a border with the target."""
    ours = {k for k, face in enumerate(overlaid.faces) if face.origin == target}
    sides = ((strand.left_face, strand.right_face) for strand in overlaid.strands if strand.source)
    return any((one in area and other in ours) or (other in area and one in ours) for one, other in sides)
