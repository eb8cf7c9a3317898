"""Paint land with a brush: it joins the chosen cell, in whole blocks where there are any."""

from collections.abc import Sequence

import shapely

from gis_app.grid.coverage import GRID, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape, absent, area_of
from gis_app.grid.edits.transfer_area import lasso
from gis_app.grid.refusal import Refusal
from gis_app.grid.rings import multipolygon
from gis_app.language import msg


def paint_cells(coverage: Coverage, brush: Shape, into: int, blocks: Sequence[shapely.Geometry] | None = None) -> Edited | Refusal:
    """Let what a brush covers join the cell `into`.

    Where there are `blocks` (polygons of a reference layer), those of which more than half is painted join whole, and the others not at
    all; between blocks the brush counts as it is. Refused for a cell that there is not, and where nothing would join it.
    """
    if refused := absent(coverage, into):
        return refused
    area = area_of(brush)
    if isinstance(area, Refusal):
        return area
    if blocks is not None and len(blocks):
        area = snapped_to_blocks(area, blocks)
        if area.is_empty:
            return Refusal("no_block", msg("No block is painted for the most part; paint over more of it."))
    return lasso(coverage, area, into)


def snapped_to_blocks(area: shapely.MultiPolygon, blocks: Sequence[shapely.Geometry]) -> shapely.MultiPolygon:
    """Return a painted area in whole blocks: those of which more than half is painted, and what is painted between blocks."""
    met = [block for block in blocks if shapely.get_dimensions(block) == 2 and shapely.intersects(block, area)]
    if not met:
        return area
    whole = shapely.make_valid(met)
    painted = shapely.area(shapely.intersection(whole, area)) > shapely.area(whole) / 2
    between = shapely.difference(area, shapely.union_all(whole))
    return multipolygon(shapely.union_all([*whole[painted], between], grid_size=GRID))
