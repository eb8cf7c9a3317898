"""What all edits that part and join areas share: faces that are too narrow go with their neighbour, and the result is checked."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from gis_app.grid.coverage import OUTSIDE
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.hugging import NEAR
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.overlay import Overlay, rework
from gis_app.grid.refusal import Refusal
from gis_app.language import Message, msg


def leaders(overlaid: Overlay) -> list[int]:
    """Return, for each face, the face that it goes with: itself, or for a sliver the larger one beside it in the same cell.

    A sliver is narrower than `NEAR` on the average. One of land beyond the county that goes with the rest of that has -1.

    Slivers come of lines drawn nearly along a border. One that goes with the face of the same cell that it shares most border with is
    as if the line had followed the border there; so a line drawn a hand's breadth beside a border is taken for that border, and no land
    that was not meant changes hands. A sliver that was a part of its own before stays one.
    """
    shapes = [face.shape for face in overlaid.faces]
    areas, lengths = shapely.area(shapes), shapely.length(shapes)
    narrow = 2 * areas < NEAR * lengths
    group = [*range(len(shapes)), -1]
    if not narrow.any():
        return group[:-1]
    shared: dict[int, dict[int, float]] = {}
    for strand in overlaid.strands:
        one, other = strand.left_face, strand.right_face
        if strand.source or one == other:
            continue
        length = float(np.hypot(*np.diff(strand.points, axis=0).T).sum())
        for face, beside in ((one, other), (other, one)):
            if face >= 0 and narrow[face] and (beside >= 0 or overlaid.faces[face].origin == OUTSIDE):
                along = shared.setdefault(face, {})
                along[beside] = along.get(beside, 0.0) + length

    def root(face: int) -> int:
        while group[face] not in (face, -1):
            face = group[face]
        return face if group[face] == face else -1

    for face in sorted(shared, key=lambda k: areas[k]):
        one, other = root(face), root(max(shared[face], key=lambda k: (shared[face][k], -k)))
        smaller, larger = sorted((one, other), key=lambda k: areas[k] if k >= 0 else np.inf)
        group[smaller] = larger
    return [root(face) for face in range(len(shapes))]


def taken(overlaid: Overlay, area: shapely.Geometry) -> list[bool]:
    """Tell which faces an area takes whose outlines they were made with; slivers go with their face."""
    shapely.prepare(area)
    points = shapely.point_on_surface([face.shape for face in overlaid.faces])
    inside = shapely.contains_xy(area, shapely.get_x(points), shapely.get_y(points)) if len(points) else []
    return [leader >= 0 and bool(inside[leader]) for leader in leaders(overlaid)]


def parted(overlaid: Overlay, owners: Sequence[int], warnings: Sequence[Message] = (), news: Sequence[Message] = ()) -> Edited | Refusal:
    """Return the coverage in which each face has its owner, if that changes anything and is sound.

    Warns of cells that come to lie in more pieces than before.
    """
    if all(owner == face.origin for face, owner in zip(overlaid.faces, owners, strict=True)):
        return Refusal("nothing_to_do", msg("Nothing would change; draw or choose something else."))
    edited = rework(overlaid, owners)
    if not edited.coverage.cells:
        return Refusal("no_cell_left", msg("No cell would be left; keep at least one."))
    refused = unsound(edited.coverage, edited.cells)
    if refused:
        return refused
    before = overlaid.coverage.cells
    apart = sum(len(edited.coverage.cells[cell]) > max(1, len(before.get(cell, ()))) for cell in edited.cells)
    in_pieces = (msg("Cells that come to lie in several pieces: {count}.", count=apart),) if apart else ()
    return replace(edited, warnings=(*warnings, *in_pieces), news=tuple(news))


def gone(overlaid: Overlay, owners: Sequence[int], meant: int = OUTSIDE) -> tuple[Message, ...]:
    """Return a warning of cells (other than the one `meant`) that lose all their land."""
    count = len(overlaid.cells - set(owners) - {OUTSIDE, meant})
    return (msg("{count} cells lose all their land and are gone.", count=count),) if count else ()
