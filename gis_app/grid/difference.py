"""What differs between two coverages of one county, found by the identity of their immutable parts.

An edit replaces only what it touched, and so does undoing it: comparing 6,000 arcs by identity takes less than a millisecond, whoever made
the second coverage of the first. A coverage that was built anew from polygons has nothing in common with any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gis_app.grid.coverage import OUTSIDE, Arc, Coverage

FEW = 100
"""So many arcs and cells are few in any county."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids by what became of them. `arcs` are new or have another value, `lost_arcs` are gone; `cells` have another polygon, another
    neighbour or are new, `lost_cells` are gone."""

    arcs: frozenset[int]
    lost_arcs: frozenset[int]
    cells: frozenset[int]
    lost_cells: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.arcs or self.lost_arcs or self.cells or self.lost_cells)

    def is_small(self, coverage: Coverage) -> bool:
        """Tell whether it pays to follow the difference rather than to begin anew."""
        return 4 * (len(self.arcs) - FEW) <= len(coverage.arcs) and 4 * (len(self.cells) - FEW) <= len(coverage.cells)


def difference(before: Coverage, after: Coverage) -> Difference:
    """Compare two coverages by the identity of their arcs and cells."""
    if before is after:
        return Difference(frozenset(), frozenset(), frozenset(), frozenset())
    arcs = frozenset(number for number, arc in after.arcs.items() if before.arcs.get(number) is not arc)
    cells = {cell for cell, parts in after.cells.items() if (known := before.cells.get(cell)) is not parts and known != parts}
    cells.update(side for number in arcs for side in (after.arcs[number].left, after.arcs[number].right))
    cells.discard(OUTSIDE)
    return Difference(arcs, _lost(before.arcs, after.arcs), frozenset(cells & after.cells.keys()), _lost(before.cells, after.cells))


def sharing(before: Coverage, after: Coverage) -> Coverage:
    """Return `after` with the arcs of `before` where they have the same number and the same value; `before` itself where all have.

    So a coverage that was built anew from the polygons of another one, in their order, has everything in common with it again.
    """
    arcs = {
        number: known if (known := before.arcs.get(number)) is not None and _equal(known, arc) else arc
        for number, arc in after.arcs.items()
    }
    if (
        arcs.keys() == before.arcs.keys()
        and after.cells == before.cells
        and all(arcs[number] is arc for number, arc in before.arcs.items())
    ):
        return before
    return Coverage(after.nodes, arcs, after.cells)


def _equal(one: Arc, other: Arc) -> bool:
    ends = (one.start, one.end, one.left, one.right) == (other.start, other.end, other.left, other.right)
    return ends and np.array_equal(one.points, other.points)


def _lost(before: Mapping[int, object], after: Mapping[int, object]) -> frozenset[int]:
    return frozenset(key for key in before if key not in after)
