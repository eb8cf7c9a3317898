"""The grid of web map tiles (Web Mercator, EPSG:3857), placed in a county's coordinate system, whatever the datum of the tiles."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.datum import from_county, metres_per_unit, to_county
from gis_app.map.reference.placing import Mesh, mesh
from gis_app.map.reference.rasters import MOST_PIECES, Extent, Piece

Floats = NDArray[np.float64]

TILE = 256
EQUATOR = 156_543.033_928
"""Metres a pixel of a tile of level 0 at the equator."""

NORTHERNMOST = 85.0511287798


def tile_places(column: Floats, row: Floats, level: int) -> tuple[Floats, Floats]:
    """Return longitude and latitude (degrees) of tile coordinates of a level (spherical Mercator; rows count from the north)."""
    n = 2.0**level
    return column / n * 360.0 - 180.0, np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * row / n))))


def tile_coordinates(lon: Floats, lat: Floats, level: int) -> tuple[Floats, Floats]:
    """Return tile coordinates of places: the inverse of `tile_places`."""
    n = 2.0**level
    latitude = np.radians(np.clip(lat, -NORTHERNMOST, NORTHERNMOST))
    return (lon + 180.0) / 360.0 * n, (1.0 - np.arcsinh(np.tan(latitude)) / np.pi) / 2.0 * n


@dataclass(slots=True, eq=False)
class MercatorGrid:
    """Web map tiles in a county's coordinate system `crs`; `datum` is "wgs84", or "gcj02" for maps that are shifted so.

    `bounds` are the longitudes and latitudes (west, south, east, north) that have tiles, None for the whole world.
    """

    crs: str
    datum: str = "wgs84"
    lowest: int = 0
    highest: int = 18
    bounds: Extent | None = None
    pixels: int = TILE
    _meshes: dict[Piece, Mesh | None] = field(default_factory=dict, repr=False)

    def level_for(self, resolution: float, extent: Extent) -> int | None:
        """Return the level whose pixels are nearest to a resolution (county units a pixel), within the levels that there are."""
        lat = _degrees(extent, self.crs, self.datum)
        if lat is None:
            return None
        ground = resolution * metres_per_unit(self.crs)
        widest = EQUATOR * TILE / self.pixels * float(np.cos(np.radians((lat[1] + lat[3]) / 2)))
        return int(np.clip(round(np.log2(max(widest / max(ground, 1e-9), 1.0)) + 0.1), self.lowest, self.highest))

    def pieces(self, extent: Extent, level: int) -> list[Piece]:
        """Return the tiles of a level that an extent in county coordinates may show; none where they are too many."""
        seen = _degrees(extent, self.crs, self.datum)
        if seen is None:
            return []
        if self.bounds is not None:
            seen = (
                max(seen[0], self.bounds[0]), max(seen[1], self.bounds[1]), min(seen[2], self.bounds[2]), min(seen[3], self.bounds[3]),
            )  # fmt: skip
            if seen[0] >= seen[2] or seen[1] >= seen[3]:
                return []
        x, y = tile_coordinates(np.array([seen[0], seen[2]]), np.array([seen[3], seen[1]]), level)
        last = 2**level - 1
        (left, right), (top, bottom) = (
            np.clip(np.floor(x), 0, last).astype(int).tolist(),
            np.clip(np.floor(y), 0, last).astype(int).tolist(),
        )
        if (right - left + 1) * (bottom - top + 1) > MOST_PIECES:
            return []
        return [Piece(level, column, row) for row in range(top, bottom + 1) for column in range(left, right + 1)]

    def place(self, piece: Piece) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
        """Return how shares of a tile come into county coordinates."""

        def placed(u: Floats, v: Floats) -> tuple[Floats, Floats]:
            lon, lat = tile_places(piece.column + u, piece.row + v, piece.level)
            return to_county(lon, lat, self.datum, self.crs)

        return placed

    def mesh(self, piece: Piece) -> Mesh | None:
        """Return where a tile lies; kept, since every redraw asks."""
        if piece not in self._meshes:
            if len(self._meshes) > 4096:
                self._meshes.clear()
            self._meshes[piece] = mesh(self.place(piece), self.pixels)
        return self._meshes[piece]

    def parent(self, piece: Piece) -> Piece | None:
        """Return the tile of the next coarser level that shows the same place, None at the coarsest."""
        return Piece(piece.level - 1, piece.column // 2, piece.row // 2) if piece.level > self.lowest else None

    def extent(self) -> Extent | None:
        """Return what `bounds` cover in county coordinates."""
        if self.bounds is None:
            return None
        west, south, east, north = self.bounds
        share = np.linspace(0, 1, 9)
        lon = np.concatenate([west + (east - west) * share, west + (east - west) * share, np.full(9, west), np.full(9, east)])
        lat = np.concatenate([np.full(9, south), np.full(9, north), south + (north - south) * share, south + (north - south) * share])
        x, y = to_county(lon, lat, self.datum, self.crs)
        if not np.isfinite(x).any():
            return None
        return float(np.nanmin(x)), float(np.nanmin(y)), float(np.nanmax(x)), float(np.nanmax(y))


def _degrees(extent: Extent, crs: str, datum: str) -> Extent | None:
    """Return the longitudes and latitudes that an extent in county coordinates touches."""
    xmin, ymin, xmax, ymax = extent
    share = np.linspace(0, 1, 5)
    u, v = np.meshgrid(share, share)
    lon, lat = from_county((xmin + (xmax - xmin) * u).ravel(), (ymin + (ymax - ymin) * v).ravel(), crs, datum)
    good = np.isfinite(lon) & np.isfinite(lat)
    if not good.any():
        return None
    return float(lon[good].min()), float(lat[good].min()), float(lon[good].max()), float(lat[good].max())
