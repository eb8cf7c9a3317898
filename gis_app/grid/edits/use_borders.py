"""Take the outline of an old unit over: every cell that it runs through is parted along it."""

from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, Coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.hugging import NEAR, hugging
from gis_app.grid.edits.numbered import count_points, numbered
from gis_app.grid.edits.outlines import Shape, area_of
from gis_app.grid.edits.parted import parted, taken
from gis_app.grid.overlay import Overlay, cells_near, overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]

TOLERANCE = 15.0
"""Where an old border runs within so many units of the coordinates of a present one, the present one is meant: two drawings of one line."""


LEAST_SHARE = 0.03
"""A part of a cell that is smaller than this share of it, and in which nobody lives, comes of a coarse drawing: it stays with the cell."""


def use_borders(
    coverage: Coverage, outline: Shape, new_id: int, points: Mapping[int, Floats] | None = None, tolerance: float = TOLERANCE
) -> Edited | Refusal:
    """Part every cell that an outline runs through into what lies within it and what does not.

    What would be narrower than `tolerance`, or be less than `LEAST_SHARE` of the cell without any of the `points`, stays with its cell: so
    old borders that mean a present one leave no slivers, and borders that there are do not move. Of each cell the half with most `points`
    (cell → (n, 2)), else the larger one, keeps the id; the others get new_id, new_id + 1, … in the order of the cells. Land beyond the
    county stays beyond. Refused (`no_area`) for an outline around nothing, and (`not_parted`) where all of it runs along present borders
    or beyond the county.
    """
    area = area_of(outline)
    if isinstance(area, Refusal):
        return area
    cells = _crossed(coverage, area, tolerance)
    refusal = _nothing(area)
    for near in (tolerance / 2, NEAR):  # along present borders as far as the coverage stays sound, else just crossing them
        if not cells:
            break
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(area))]
        overlaid = overlay(coverage, cells, hugging(coverage, cells, rings, near))
        found = _parted(overlaid, area, new_id, points or {}, tolerance)
        if isinstance(found, Edited):
            return found
        refusal = found
    return refusal


def _nothing(area: shapely.Geometry) -> Refusal:
    at = shapely.point_on_surface(area)
    words = msg("This outline runs along borders that there are already, or beyond the county; nothing would be parted.")
    return Refusal("not_parted", words, (float(at.x), float(at.y)))


def _crossed(coverage: Coverage, area: shapely.Geometry, tolerance: float) -> list[int]:
    """Return the cells that lie on both sides of an outline with more than a strip, ascending."""
    near = cells_near(coverage, area.bounds)
    if not near:
        return []
    shapes = np.array(list(polygons(coverage, near).values()), object)
    shapely.prepare(area)
    open_ones = np.flatnonzero(shapely.intersects(area, shapes) & ~shapely.covers(area, shapes))
    inside, outside = shapely.intersection(shapes[open_ones], area), shapely.difference(shapes[open_ones], area)
    wide = [_wide(one, tolerance) and _wide(other, tolerance) for one, other in zip(inside, outside, strict=True)]
    return [near[at] for at, is_wide in zip(open_ones.tolist(), wide, strict=True) if is_wide]


def _wide(shape: shapely.Geometry, width: float) -> bool:
    """Tell whether a circle of a diameter fits into a shape (nearly: corners are mitred)."""
    return not shapely.buffer(shape, -width / 2, quad_segs=2, join_style="mitre").is_empty


def _is_trifle(halves: Sequence[shapely.Geometry], points: Floats | None) -> bool:
    """Tell whether the smaller half of a cell is hardly anything, and nobody lives there."""
    counts = dict(zip(shapely.area(list(halves)).tolist(), count_points(halves, points), strict=True))
    smaller = min(counts)
    return smaller < LEAST_SHARE * sum(counts) and not counts[smaller]


def _parted(overlaid: Overlay, area: shapely.Geometry, new_id: int, points: Mapping[int, Floats], tolerance: float) -> Edited | Refusal:
    """Give each cell's faces within the area to one half and the others to the other; strips go with the wide faces beside them."""
    inside = taken(overlaid, area)
    owners = [face.origin for face in overlaid.faces]
    for cell in sorted({face.origin for face in overlaid.faces}):
        faces = [at for at, face in enumerate(overlaid.faces) if face.origin == cell]
        wide = {at for at in faces if _wide(overlaid.faces[at].shape, tolerance)}
        halves = [[at for at in faces if at in wide and inside[at] == half] for half in (True, False)]
        if not all(halves):
            continue
        shapes = [shapely.multipolygons([overlaid.faces[at].shape for at in half]) for half in halves]
        if _is_trifle(shapes, points.get(cell)):
            continue
        for at in set(faces) - wide:
            meets = [shapely.intersection(overlaid.faces[at].shape, shape).length for shape in shapes]
            halves[int(meets[1] > meets[0])].append(at)
        whole = [shapely.union_all([overlaid.faces[at].shape for at in half], grid_size=GRID) for half in halves]
        for half, owner in zip(halves, numbered(whole, cell, new_id, points.get(cell)), strict=True):
            for at in half:
                owners[at] = owner
        new_id += 1
    if owners == [face.origin for face in overlaid.faces]:
        return _nothing(area)
    return parted(overlaid, owners)
