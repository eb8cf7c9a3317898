"""Cut land off the county."""

from collections.abc import Sequence

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, area_of, cells_touching, laid_over
from gis_app.grid.edits.parted import gone, parted, taken
from gis_app.grid.overlay import Overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import Message, msg


def cut_county(coverage: Coverage, polygon: Shape) -> Edited | Refusal:
    """Cut what lies in a polygon off the county, out of the middle of it too (with a warning of the hole).

    A cell that is cut off whole is gone, with a warning. Refused where the polygon holds no land of the county (`beyond`), and where no
    cell would be left.
    """
    area = area_of(polygon)
    if isinstance(area, Refusal):
        return area
    overlaid = laid_over(coverage, cells_touching(coverage, area), area)
    cut = taken(overlaid, area)
    if not any(cut):
        at = area.representative_point()
        return Refusal("beyond", msg("The polygon holds no land of the county; draw it across the border of the county."), (at.x, at.y))
    owners = [OUTSIDE if is_cut else face.origin for face, is_cut in zip(overlaid.faces, cut, strict=True)]
    return parted(overlaid, owners, (*gone(overlaid, owners), *_holes(overlaid, cut)))


def _holes(overlaid: Overlay, cut: Sequence[bool]) -> tuple[Message, ...]:
    """Return a warning if what is cut off nowhere reaches the border of the county."""
    for strand in overlaid.strands:
        one, other = strand.left_face, strand.right_face
        if (one < 0 and strand.source and strand.left == OUTSIDE and cut[other]) or (
            other < 0 and strand.source and strand.right == OUTSIDE and cut[one]
        ):
            return ()
    return (msg("What is cut off leaves a hole in the county."),)
