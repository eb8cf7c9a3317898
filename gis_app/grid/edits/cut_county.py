"""Cut land off the county."""

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, area_of, cells_touching, outlines, within
from gis_app.grid.edits.parted import gone, leaders, parted
from gis_app.grid.overlay import overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def cut_county(coverage: Coverage, polygon: Shape) -> Edited | Refusal:
    """Cut what lies in a polygon off the county, out of the middle of it too (with a warning of the hole).

    A cell that is cut off whole is gone, with a warning. Refused where the polygon holds no land of the county (`beyond`), and where no
    cell would be left.
    """
    area = area_of(polygon)
    if isinstance(area, Refusal):
        return area
    overlaid = overlay(coverage, cells_touching(coverage, area), outlines(area))
    inside = within(overlaid.faces, area)
    cut = [inside[leader] for leader in leaders(overlaid)]
    if not any(cut):
        at = area.representative_point()
        return Refusal("beyond", msg("The polygon holds no land of the county; draw it across the border of the county."), (at.x, at.y))
    owners = [OUTSIDE if is_cut else face.origin for face, is_cut in zip(overlaid.faces, cut, strict=True)]
    return parted(overlaid, owners, gone(overlaid, owners))
