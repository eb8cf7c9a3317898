"""Tiles from files: MBTiles (a SQLite database) and folders of z/x/y pictures. All of it works without a network."""

import sqlite3
import threading
from pathlib import Path

from gis_app.files.errors import FileError
from gis_app.language import msg
from gis_app.map.reference.mercator import MercatorGrid, tile_places
from gis_app.map.reference.rasters import Extent, Piece

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")


class MbTiles(MercatorGrid):
    """The tiles of an MBTiles 1.3 file, which is opened for reading alone. Raises `FileError` for one that cannot be used."""

    is_remote = False

    def __init__(self, path: Path, crs: str, datum: str = "") -> None:
        self.name = path.name
        self._lock = threading.Lock()
        if not path.is_file():
            raise FileError(msg("{file} does not exist; check the path.", file=str(path)))
        try:
            self._file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            self._file.execute("PRAGMA query_only = ON")
            about = {str(name): str(value) for name, value in self._file.execute("SELECT name, value FROM metadata")}
            lowest, highest = self._file.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
            first = self._file.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        except sqlite3.Error as error:
            raise FileError(
                msg("{file} is damaged or no MBTiles file, and cannot be read; fetch the file again.", file=path.name)
            ) from error
        if first is None:
            raise FileError(msg("{file} holds no tiles.", file=path.name))
        if not bytes(first[0]).startswith(SIGNATURES):
            raise FileError(msg("{file} holds vector tiles; choose an MBTiles file of pictures (PNG, JPEG or WebP).", file=path.name))
        self._scheme_is_xyz = about.get("scheme", "tms").lower() == "xyz"
        super().__init__(crs, datum or "wgs84", int(lowest), int(highest), self._bounds(about.get("bounds", ""), int(highest)))

    def _bounds(self, text: str, highest: int) -> Extent | None:
        """Return the bounds that the file states, else those of its finest tiles."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
            if west < east and south < north:
                return west, south, east, north
        except ValueError:
            pass
        found = self._file.execute(
            "SELECT min(tile_column), max(tile_column), min(tile_row), max(tile_row) FROM tiles WHERE zoom_level = ?", (highest,)
        ).fetchone()
        left, right, low, high = (int(value) for value in found)
        top, bottom = (low, high) if self._scheme_is_xyz else (2**highest - 1 - high, 2**highest - 1 - low)
        import numpy as np

        lon, lat = tile_places(np.array([left, right + 1.0]), np.array([top, bottom + 1.0]), highest)
        return float(lon[0]), float(lat[1]), float(lon[1]), float(lat[0])

    @property
    def size(self) -> int:
        """Pixels across a tile."""
        return self.pixels

    def read(self, piece: Piece) -> bytes | None:
        """Return the picture of a tile, None where the file has none. Raises `FileError`."""
        row = piece.row if self._scheme_is_xyz else 2**piece.level - 1 - piece.row
        try:
            with self._lock:
                found = self._file.execute(
                    "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                    (piece.level, piece.column, row),
                ).fetchone()
        except sqlite3.Error as error:
            raise FileError(msg("{file} is damaged: a tile cannot be read; fetch the file again.", file=self.name)) from error
        return None if found is None else bytes(found[0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()


class TileFolder(MercatorGrid):
    """A folder of tiles as `z/x/y.png` (or jpg, webp); with `tms`, rows count from the south. Raises `FileError`."""

    is_remote = False

    def __init__(self, path: Path, crs: str, datum: str = "", tms: bool = False) -> None:
        self.name, self._path, self._tms = path.name, path, tms
        if not path.is_dir():
            raise FileError(msg("{file} does not exist; check the path.", file=str(path)))
        levels = sorted(int(found.name) for found in path.iterdir() if found.is_dir() and found.name.isdecimal() and len(found.name) < 3)
        ending = next(
            (file.suffix for level in levels for file in (path / str(level)).glob("*/*") if file.suffix.lower() in PICTURES), None
        )
        if ending is None:
            raise FileError(msg("{file} holds no tiles: a folder of tiles has pictures named level/column/row.png.", file=path.name))
        self._ending = ending
        super().__init__(crs, datum or "wgs84", levels[0], levels[-1])

    @property
    def size(self) -> int:
        """Pixels across a tile."""
        return self.pixels

    def read(self, piece: Piece) -> bytes | None:
        """Return the picture of a tile, None where the folder has none."""
        row = 2**piece.level - 1 - piece.row if self._tms else piece.row
        try:
            return (self._path / str(piece.level) / str(piece.column) / f"{row}{self._ending}").read_bytes()
        except OSError:
            return None

    def close(self) -> None:
        """Nothing is held open."""
