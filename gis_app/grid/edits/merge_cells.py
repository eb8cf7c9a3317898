"""Merge cells into one."""

from collections.abc import Collection

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import absent
from gis_app.grid.edits.parted import parted
from gis_app.grid.overlay import overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def merge_cells(coverage: Coverage, cells: Collection[int], into: int) -> Edited | Refusal:
    """Merge two or more cells; the result has the id `into`, which is one of them (and is taken as one if it is not named).

    Cells that do not touch become a cell in several pieces, with a warning. Refused for cells that there are not, and for fewer than two.
    """
    merged = {*cells, into}
    if refused := absent(coverage, *merged):
        return refused
    if len(merged) < 2:
        return Refusal("one_cell", msg("Choose at least two cells to merge."))
    overlaid = overlay(coverage, merged, [])
    return parted(overlaid, [into] * len(overlaid.faces))
