"""Split a cell along the outline of a polygon."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.numbered import numbered
from gis_app.grid.edits.outlines import Shape, absent, area_of, laid_over
from gis_app.grid.edits.parted import parted, taken
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]


def split_by_polygon(coverage: Coverage, cell: int, polygon: Shape, new_id: int, points: Floats | None = None) -> Edited | Refusal:
    """Split a cell into what lies in a polygon and what does not.

    The half with most `points` (n, 2), else the larger one, keeps the id of the cell; the other gets `new_id`. Refused for a cell that
    there is not, and where the polygon holds nothing or all of the cell (`not_parted`).
    """
    if refused := absent(coverage, cell):
        return refused
    area = area_of(polygon)
    if isinstance(area, Refusal):
        return area
    overlaid = laid_over(coverage, [cell], area)
    inside = taken(overlaid, area)
    if len(set(inside)) < 2:
        at = shapely.point_on_surface(area)
        return Refusal("not_parted", msg("The polygon does not part the cell; draw it around a part of the cell."), (at.x, at.y))
    halves = [
        shapely.multipolygons([face.shape for face, is_in in zip(overlaid.faces, inside, strict=True) if is_in == half])
        for half in (True, False)
    ]
    ids = dict(zip((True, False), numbered(halves, cell, new_id, points), strict=True))
    return parted(overlaid, [ids[is_in] for is_in in inside])
