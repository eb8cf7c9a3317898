"""A scanned map, cut once into pieces of several levels (kept in the user's cache folder): any size is shown from little memory."""

import hashlib
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gis_app.files import crs as systems
from gis_app.files.errors import FileError
from gis_app.language import msg
from gis_app.map.reference.georeference import Georeference, georeference
from gis_app.map.reference.placing import Mesh, mesh
from gis_app.map.reference.rasters import MOST_PIECES, Extent, Piece

Floats = NDArray[np.float64]

PIECE = 512
"""Pixels across a piece."""

Cutter = Callable[[Path, Path], None]
"""Decodes a picture and writes its pieces to a new file with the tables of `SCHEMA`. Raises `FileError`."""

SCHEMA = (
    "CREATE TABLE about (width INTEGER, height INTEGER, levels INTEGER)",
    "CREATE TABLE pieces (level INTEGER, col INTEGER, row INTEGER, data BLOB, PRIMARY KEY (level, col, row)) WITHOUT ROWID",
)
"""The file of pieces: level 0 has the pixels of the picture, each next level half as many."""


def pieces_file(picture: Path, cache: Path) -> Path:
    """Return where the pieces of a picture are kept: another place for every version of the file."""
    about = picture.stat()
    name = hashlib.sha256(f"{picture.resolve()}|{about.st_mtime_ns}|{about.st_size}".encode()).hexdigest()[:24]
    return cache / "pictures" / f"{name}.pieces"


@dataclass(eq=False)
class Picture:
    """A cut picture in a county's coordinate system. Raises `FileError` where it cannot be read or placed."""

    name: str
    width: int
    height: int
    levels: int
    georeference: Georeference
    crs: str
    swapped: bool
    county_crs: str
    file: sqlite3.Connection
    size: int = PIECE
    is_remote: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _meshes: dict[Piece, Mesh | None] = field(default_factory=dict)

    def positions(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Return the county coordinates of pixel positions."""
        x, y = self.georeference.places(column, row)
        xy = np.column_stack([y, x] if self.swapped else [x, y])
        moved = systems.transform(xy, self.crs, self.county_crs)
        return np.where(np.isfinite(moved[:, 0]), moved[:, 0], np.nan), np.where(np.isfinite(moved[:, 1]), moved[:, 1], np.nan)

    def level_for(self, resolution: float, extent: Extent) -> int | None:
        """Return the level whose pixels are nearest to a resolution (county units a pixel)."""
        x, y = self.positions(np.array([0.0, self.width]), np.array([0.0, self.height]))
        if not np.isfinite([x, y]).all():
            return None
        pixel = float(np.hypot(x[1] - x[0], y[1] - y[0])) / float(np.hypot(self.width, self.height))
        return int(np.clip(np.floor(np.log2(max(resolution / pixel, 1e-9)) + 0.3), 0, self.levels - 1))

    def pieces(self, extent: Extent, level: int) -> list[Piece]:
        """Return the pieces of a level that an extent in county coordinates may show: found from the coarsest level down."""
        found = [Piece(self.levels - 1, 0, 0)]
        for at in range(self.levels - 1, level - 1, -1):
            found = [piece for piece in found if (lies := self.mesh(piece)) is not None and _meet(lies.extent, extent)]
            if len(found) > MOST_PIECES:
                return []
            if at > level:
                found = [child for piece in found for child in self._children(piece)]
        return found

    def _children(self, piece: Piece) -> list[Piece]:
        """Return the pieces of the next finer level that show the same place."""
        level, across = piece.level - 1, PIECE * 2 ** (piece.level - 1)
        columns, rows = -(-self.width // across), -(-self.height // across)
        near = [(2 * piece.column + i, 2 * piece.row + j) for j in (0, 1) for i in (0, 1)]
        return [Piece(level, column, row) for column, row in near if column < columns and row < rows]

    def mesh(self, piece: Piece) -> Mesh | None:
        """Return where a piece lies (a whole one: at the right and the lower edge it is filled only in part)."""
        if piece not in self._meshes:
            across = PIECE * 2**piece.level

            def place(u: Floats, v: Floats) -> tuple[Floats, Floats]:
                return self.positions((piece.column + u) * across, (piece.row + v) * across)

            self._meshes[piece] = mesh(place, PIECE)
        return self._meshes[piece]

    def parent(self, piece: Piece) -> Piece | None:
        """Return the piece of the next coarser level that shows the same place, None at the coarsest."""
        return Piece(piece.level + 1, piece.column // 2, piece.row // 2) if piece.level + 1 < self.levels else None

    def read(self, piece: Piece) -> bytes | None:
        """Return the picture of a piece. Raises `FileError`."""
        try:
            with self._lock:
                found = self.file.execute(
                    "SELECT data FROM pieces WHERE level = ? AND col = ? AND row = ?", (piece.level, piece.column, piece.row)
                ).fetchone()
        except sqlite3.Error as error:
            raise FileError(
                msg("{file}: its prepared pieces cannot be read; remove the layer and add it again.", file=self.name)
            ) from error
        return None if found is None else bytes(found[0])

    def extent(self) -> Extent | None:
        """Return what the picture covers in county coordinates."""
        share = np.linspace(0, 1, 9)
        u = np.concatenate([share, share, np.zeros(9), np.ones(9)]) * self.width
        v = np.concatenate([np.zeros(9), np.ones(9), share, share]) * self.height
        x, y = self.positions(u, v)
        if not np.isfinite(x).any():
            return None
        return float(np.nanmin(x)), float(np.nanmin(y)), float(np.nanmax(x)), float(np.nanmax(y))

    def close(self) -> None:
        """Let go of the file of pieces."""
        with self._lock:
            self.file.close()


def open_picture(path: Path, county_crs: str, county_bounds: Extent | None, cache: Path, cut: Cutter, crs: str = "") -> Picture:
    """Open a scanned map: read where it lies, and cut it where that was not done yet. `crs` is what the user named. Raises `FileError`."""
    if not path.is_file():
        raise FileError(msg("{file} does not exist; check the path.", file=str(path)))
    place = georeference(path)
    pieces = pieces_file(path, cache)
    file = _opened(pieces) or _made(path, pieces, cut)
    width, height, levels = file.execute("SELECT width, height, levels FROM about").fetchone()
    x, y = place.places(np.array([0.0, width, 0.0, width]), np.array([0.0, 0.0, height, height]))
    guess = systems.named_or_guessed(crs, (x.min(), y.min(), x.max(), y.max()), place.crs, county_crs, county_bounds)
    if not guess.crs:
        file.close()
        raise FileError(
            msg(
                "{file} does not say its coordinate system ({reason}); name it, for example EPSG:4549.", file=path.name, reason=guess.reason
            )
        )
    return Picture(path.name, width, height, levels, place, guess.crs, guess.swapped, county_crs, file)


def _opened(pieces: Path) -> sqlite3.Connection | None:
    """Open a file of pieces that is whole; None where there is none."""
    if not pieces.is_file():
        return None
    try:
        file = sqlite3.connect(f"{pieces.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        if file.execute("SELECT width FROM about").fetchone():
            return file
        file.close()
    except sqlite3.Error:
        pass
    return None


def _made(path: Path, pieces: Path, cut: Cutter) -> sqlite3.Connection:
    try:
        pieces.parent.mkdir(parents=True, exist_ok=True)
        half = pieces.with_suffix(f".{threading.get_ident()}.half")
        half.unlink(missing_ok=True)
        try:
            cut(path, half)
            half.replace(pieces)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            msg(
                "{file} cannot be prepared for showing ({detail}); make room on the disk and try again.",
                file=path.name,
                detail=error.strerror,
            )
        ) from error
    file = _opened(pieces)
    if file is None:
        raise FileError(msg("{file}: its prepared pieces cannot be read; remove the layer and add it again.", file=path.name))
    return file


def _meet(one: Extent, other: Extent) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
