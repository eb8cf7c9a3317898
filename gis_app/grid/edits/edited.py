"""What an edit of the coverage returns: the new coverage, and what became different."""

from dataclasses import dataclass

import shapely

from gis_app.grid.coverage import Coverage
from gis_app.language import Message


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """An area that changed hands: it lay in the cell `origin` and lies in `owner` now (`OUTSIDE` for land beyond the county)."""

    origin: int
    owner: int
    shape: shapely.Polygon


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """The coverage after an edit.

    `cells` are all cells whose polygon is another one, new ones included and removed ones not: a cell that only got a vertex where a
    border now ends is among them. `removed` cells are gone. `pieces` is the land that changed hands (what stayed with its cell is not
    listed), for a split also what went to the new cells. `warnings` are sentences for the user about what was done all the same,
    `news` those about what went as it should.
    """

    coverage: Coverage
    cells: frozenset[int]
    removed: frozenset[int] = frozenset()
    pieces: tuple[Piece, ...] = ()
    warnings: tuple[Message, ...] = ()
    news: tuple[Message, ...] = ()

    def added(self, before: Coverage) -> tuple[int, ...]:
        """Return the cells that `before` did not have, ascending."""
        return tuple(sorted(cell for cell in self.cells if cell not in before.cells))
