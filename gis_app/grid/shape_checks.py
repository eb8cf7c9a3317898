"""Measures of a cell's shape that say whether a division is good although it is sound. Lengths are units of the coordinate system."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.issues import place

TELLING = 0.02
"""A part of a cell counts (for a neck) from this share of its area on."""

NEAR = 0.01
"""What is no farther apart than this share of the width touches: taking off and putting on again is exact to rounding alone."""

CUT = 0.05
"""A building is cut through when at least this share of it lies on either side."""


def polsby_popper(shape: shapely.Geometry) -> float:
    """Return 4πA/P², 1 for a circle (D. D. Polsby and R. D. Popper, The third criterion, 1991); 0 for an empty shape."""
    length = float(shape.length)
    return 4 * np.pi * float(shape.area) / length**2 if length else 0.0


def smaller_parts(shape: shapely.MultiPolygon) -> list[tuple[float, float]]:
    """Return a point in every part of a shape but the largest, larger ones first; parts that touch at a point are parts."""
    parts = sorted(shapely.get_parts(shape).tolist(), key=lambda part: -part.area)
    return [at for part in parts[1:] if (at := place(part)) is not None]


def narrow_neck(shape: shapely.MultiPolygon, width: float) -> tuple[float, float] | None:
    """Return a place where a part of a shape is narrower than `width` between two larger areas, or None.

    The opening of mathematical morphology (J. Serra, Image Analysis and Mathematical Morphology, 1982): what falls apart when half the
    width is taken off all around hangs together by a neck. The neck is what is left out when the same is put on again, between two pieces.
    """
    for part in shapely.get_parts(shape).tolist():
        eroded = part.buffer(-width / 2, quad_segs=1, join_style="mitre")
        pieces = [piece for piece in shapely.get_parts(eroded).tolist() if piece.area > TELLING * shape.area]
        if len(pieces) < 2:
            continue
        opened = shapely.buffer(pieces, width / 2, quad_segs=1, join_style="mitre")
        between = shapely.get_parts(shapely.difference(part, shapely.union_all(opened)))
        touching = shapely.dwithin(between[:, None], opened[None, :], NEAR * width).sum(axis=1)
        necks = between[touching > 1]
        if len(necks):
            return place(shapely.MultiPolygon(necks.tolist()))
        # a neck so short that what lies around it meets: in the middle of a way from piece to piece, rather through the cell than beside it
        bridges = [shapely.shortest_line(one, other) for one, other in combinations(pieces, 2)]
        beside = shapely.length(shapely.difference(bridges, part))
        at = bridges[int(np.argmin(beside))].interpolate(0.5, normalized=True)
        at = shapely.get_point(shapely.shortest_line(part, at), 0)
        return float(at.x), float(at.y)
    return None


@dataclass(frozen=True)
class Buildings:
    """Polygons of buildings, in the county's coordinates."""

    shapes: NDArray[np.object_]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The index of the buildings."""
        return shapely.STRtree(self.shapes)


def cut_buildings(shape: shapely.MultiPolygon, buildings: Buildings) -> list[tuple[float, float]]:
    """Return a point in every building that the border of a shape cuts through."""
    near = buildings.tree.query(shape.boundary, predicate="intersects")
    if not len(near):
        return []
    hit = buildings.shapes[np.sort(near)]
    area = shapely.area(hit)
    inside = shapely.area(shapely.intersection(hit, shape)) / np.where(area > 0, area, 1.0)
    cut = hit[(inside > CUT) & (inside < 1 - CUT)]
    return [at for building in cut if (at := place(building)) is not None]
