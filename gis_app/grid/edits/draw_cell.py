"""Draw a new cell, cut out of those below it."""

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, area_of, cells_touching, laid_over
from gis_app.grid.edits.parted import gone, parted, taken
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def draw_cell(coverage: Coverage, polygon: Shape, new_id: int, *, outside: bool = False) -> Edited | Refusal:
    """Make what lies in a polygon the cell `new_id`: land of the cells below, and with `outside` land beyond the county as well.

    A cell that is covered whole is gone, with a warning. Refused where the polygon holds no land of the county (`beyond`).
    """
    area = area_of(polygon)
    if isinstance(area, Refusal):
        return area
    cells = cells_touching(coverage, area)
    overlaid = laid_over(coverage, [*cells, OUTSIDE] if outside else cells, area)
    owners = [new_id if is_taken else face.origin for face, is_taken in zip(overlaid.faces, taken(overlaid, area), strict=True)]
    if new_id not in owners:
        at = area.representative_point()
        return Refusal("beyond", msg("The polygon holds no land that could become a cell; draw it on the county."), (at.x, at.y))
    return parted(overlaid, owners, gone(overlaid, owners))
