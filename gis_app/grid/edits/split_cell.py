"""Split a cell along drawn lines."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.numbered import numbered
from gis_app.grid.edits.outlines import absent
from gis_app.grid.edits.parted import leaders, parted
from gis_app.grid.edits.reaching import REACH, reaching
from gis_app.grid.overlay import Overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]


def split_cell(
    coverage: Coverage, cell: int, lines: Sequence[Floats], new_id: int, points: Floats | None = None, reach: float = REACH
) -> Edited | Refusal:
    """Split a cell along one or several lines (each (n, 2)); every area that they part off becomes a cell.

    A line that does not quite reach the border is carried on (`reaching`). The part with most `points` (n, 2), else the largest, keeps the
    id of the cell, and with it the pieces that no line touches; the others get new_id, new_id + 1, … from west to east. Refused for a
    cell that there is not, for lines that end inside it (`ends_inside`) and for lines that part nothing (`not_parted`).
    """
    if refused := absent(coverage, cell):
        return refused
    overlaid = reaching(coverage, [cell], lines, reach)
    if isinstance(overlaid, Refusal):
        return overlaid
    parts = _parts(overlaid)
    if len(parts) < 2:
        return Refusal(
            "not_parted", msg("The line does not part the cell; draw it across the cell, from border to border."), _middle(lines)
        )
    shapes = [shapely.multipolygons([overlaid.faces[k].shape for k in part]) for part in parts]
    owners = [cell] * len(overlaid.faces)
    for part, owner in zip(parts, numbered(shapes, cell, new_id, points), strict=True):
        for face in part:
            owners[face] = owner
    return parted(overlaid, owners)


def _parts(overlaid: Overlay) -> list[list[int]]:
    """Return the faces of each part: those that a line runs along, slivers together with the face that they go with."""
    along = {face for strand in overlaid.strands if not strand.source for face in (strand.left_face, strand.right_face)}
    along -= {strand.left_face for strand in overlaid.strands if strand.left_face == strand.right_face}
    parts: dict[int, list[int]] = {}
    for face, leader in enumerate(leaders(overlaid)):
        if face in along:
            parts.setdefault(leader, []).append(face)
    return list(parts.values())


def _middle(lines: Sequence[Floats]) -> tuple[float, float] | None:
    """Return the middle of the first line, to show where it is."""
    for line in lines:
        if len(line):
            x, y = np.asarray(line)[len(line) // 2].tolist()
            return float(x), float(y)
    return None
