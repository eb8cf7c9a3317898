"""Rasters as the map draws them: pieces of several levels, each with its place in the county."""

from dataclasses import dataclass
from typing import Protocol

from gis_app.map.reference.placing import Mesh

Extent = tuple[float, float, float, float]

MOST_PIECES = 600
"""More pieces than this are not drawn at once: the raster has no level that coarse."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One square picture of a raster: its level (0 is the coarsest of tiles), column and row (from the top)."""

    level: int
    column: int
    row: int


class Raster(Protocol):
    """A raster cut into pieces. Everything may be called from any thread."""

    @property
    def size(self) -> int:
        """Pixels across a piece."""

    @property
    def is_remote(self) -> bool:
        """Whether a piece may take seconds to come."""

    def level_for(self, resolution: float, extent: Extent) -> int | None:
        """Return the level whose pixels suit a resolution (county units a pixel), None where nothing suits."""

    def pieces(self, extent: Extent, level: int) -> list[Piece]:
        """Return the pieces of a level that an extent in county coordinates may show; none where they are too many."""

    def mesh(self, piece: Piece) -> Mesh | None:
        """Return where a piece lies."""

    def parent(self, piece: Piece) -> Piece | None:
        """Return the piece of the next coarser level that shows the same place, None at the coarsest."""

    def read(self, piece: Piece) -> bytes | None:
        """Return the picture of a piece (PNG, JPEG or WebP), None where there is none. Raises `UserError`."""

    def extent(self) -> Extent | None:
        """Return what the raster covers in county coordinates, None for the whole world."""
