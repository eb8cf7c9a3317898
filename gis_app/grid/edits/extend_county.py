"""Take land beyond the county into one of its cells."""

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, absent, area_of, cells_touching, laid_over
from gis_app.grid.edits.parted import parted, taken
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def extend_county(coverage: Coverage, polygon: Shape, cell: int) -> Edited | Refusal:
    """Give the land of a polygon that belongs to nobody to a cell; what the polygon covers of other cells stays theirs.

    A gap between the polygon and the county that is as narrow as a sliver is filled; a wider one stays, with a warning of the hole.
    Refused for a cell that there is not, and where all land of the polygon belongs to cells (`nothing_beyond`).
    """
    if refused := absent(coverage, cell):
        return refused
    area = area_of(polygon)
    if isinstance(area, Refusal):
        return area
    overlaid = laid_over(coverage, {*cells_touching(coverage, area), cell, OUTSIDE}, area)
    free = [is_taken and face.origin == OUTSIDE for face, is_taken in zip(overlaid.faces, taken(overlaid, area), strict=True)]
    if not any(free):
        at = area.representative_point()
        return Refusal(
            "nothing_beyond", msg("All land here belongs to cells; draw the polygon beyond the border of the county."), (at.x, at.y)
        )
    owners = [cell if is_free else face.origin for face, is_free in zip(overlaid.faces, free, strict=True)]
    drawn = {face for strand in overlaid.strands if not strand.source for face in (strand.left_face, strand.right_face)}
    holes = sum(owner == OUTSIDE and k in drawn for k, owner in enumerate(owners))
    warnings = (msg("{count} holes remain between the new land and the county.", count=holes),) if holes else ()
    return parted(overlaid, owners, warnings)
