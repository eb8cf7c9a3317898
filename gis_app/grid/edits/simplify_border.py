"""Simplify borders: leave out points that hardly matter."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Arc, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.gently import Way, gently
from gis_app.grid.refusal import Refusal
from gis_app.language import msg


def simplify_border(coverage: Coverage, arcs: Sequence[int], tolerance: float) -> Edited | Refusal:
    """Leave out points of arcs so that no border moves by more than `tolerance` (county units); nodes stay, both sides follow.

    The method is that of D. H. Douglas and T. K. Peucker (Cartographica 10, 1973), by GEOS. A border that would cross another so is
    simplified with a half, a quarter or an eighth of the tolerance, with a warning. Refused with `nothing_to_do` where there is nothing to
    leave out.
    """
    if not tolerance > 0:
        return Refusal("no_tolerance", msg("The tolerance must be more than 0; type a length."))
    return gently(coverage, arcs, [_within(tolerance / part) for part in (1, 2, 4, 8)])


def _within(tolerance: float) -> Way:
    def way(arc: Arc, alone: bool) -> NDArray[np.float64]:
        points = shapely.get_coordinates(shapely.simplify(shapely.LineString(arc.points), tolerance, preserve_topology=True))
        return np.asarray(points)

    return way
