"""What a defect is: its kind, its units, its place, its words."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from gis_app.language import Message


class IssueKind(StrEnum):
    """The kinds of defects, in the order in which they are listed."""

    INVALID_RING = "invalid_ring"
    DUPLICATE = "duplicate"
    OVERLAP = "overlap"
    GAP = "gap"
    MISSING_VERTEX = "missing_vertex"
    SLIVER = "sliver"
    UNIT_WITHOUT_PARENT = "unit_without_parent"
    VILLAGE_OUTSIDE_TOWNSHIP = "village_outside_township"
    CODE_WRONG = "code_wrong"
    CODE_REPEATED = "code_repeated"
    EMPTY_CELL = "empty_cell"


@dataclass(frozen=True, slots=True)
class Issue:
    """One defect: the ids of the units concerned, a place in county coordinates (None: it has none), its area (m²; 0: none), and the
    words.

    `repairable`: `repair.repair_polygons` removes it, as long as the widths it is given reach.
    """

    kind: IssueKind
    units: tuple[int, ...]
    at: tuple[float, float] | None
    repairable: bool
    area: float
    message: Message


def place(shape: shapely.Geometry) -> tuple[float, float] | None:
    """Return a point inside the largest polygon of a shape (on it, for lines and points); None for an empty one."""
    parts = shapely.get_parts(shape)
    if not len(parts):
        return None
    point = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return None if point.is_empty else (float(point.x), float(point.y))
