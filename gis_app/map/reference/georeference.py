"""Where a scanned map lies: world files beside a picture, and the tags of a GeoTIFF.

GeoTIFF is OGC 19-008r4: ModelPixelScale and ModelTiepoint, or ModelTransformation, place the pixels; the GeoKeyDirectory names the
coordinate system. Only the head of the file is read, and classic TIFF and BigTIFF are told apart by it. Pixels are decoded elsewhere.
"""

import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from gis_app.files.errors import FileError
from gis_app.language import msg

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x = a·column + b·row + c, y = d·column + e·row + f, columns and rows from the upper left corner of the picture."""

WORLD_FILES = {
    ".tif": (".tfw", ".tifw"), ".tiff": (".tfw", ".tiffw"), ".jpg": (".jgw", ".jpgw"), ".jpeg": (".jgw", ".jpegw"),
    ".png": (".pgw", ".pngw"), ".webp": (".wpw",), ".bmp": (".bpw", ".bmpw"), ".gif": (".gfw", ".gifw"),
}  # fmt: skip
"""Ending of a picture → endings of its world file; `.wld` goes with all."""


@dataclass(frozen=True, slots=True)
class Georeference:
    """How the pixels of a picture come into a coordinate system (`crs` is "" where nothing names one)."""

    affine: Affine
    crs: str = ""

    def places(self, column: NDArray[np.float64], row: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the coordinates of pixel positions, counted from the upper left corner of the upper left pixel."""
        a, b, c, d, e, f = self.affine
        return a * column + b * row + c, d * column + e * row + f


def georeference(path: Path) -> Georeference:
    """Read where a picture lies: a world file beside it counts before its own tags. Raises `FileError` where nothing says it."""
    ending = path.suffix.lower()
    tags = _tiff(path) if ending in (".tif", ".tiff") else None
    beside = _world_file(path)
    if beside is not None:
        return Georeference(_world(beside), _crs_beside(path) or (tags.crs if tags is not None else ""))
    if tags is not None and tags.affine != _NOWHERE:
        return Georeference(tags.affine, _crs_beside(path) or tags.crs)
    wanted = WORLD_FILES.get(ending, (".wld",))[0]
    raise FileError(
        msg(
            "{file} does not say where it lies: it needs a world file beside it ({world}), or must be saved as a GeoTIFF.",
            file=path.name,
            world=path.with_suffix(wanted).name,
        )
    )


def _world_file(path: Path) -> Path | None:
    endings = {*WORLD_FILES.get(path.suffix.lower(), ()), ".wld"}
    try:
        beside = {file.name.lower(): file for file in path.parent.iterdir()}
    except OSError:
        return None
    names = [path.stem.lower() + ending for ending in sorted(endings)] + [path.name.lower() + ".wld"]
    return next((beside[name] for name in names if name in beside), None)


def _world(path: Path) -> Affine:
    """Read a world file: six numbers; the last two are the middle of the upper left pixel."""
    try:
        numbers = [float(word.replace(",", ".")) for word in path.read_text(encoding="ascii", errors="replace").split()[:6]]
    except (OSError, ValueError) as error:
        raise _bad_world(path) from error
    if len(numbers) < 6 or not np.isfinite(numbers).all():
        raise _bad_world(path)
    a, d, b, e, x, y = numbers
    if abs(a * e - b * d) < 1e-30:
        raise _bad_world(path)
    return a, b, x - a / 2 - b / 2, d, e, y - d / 2 - e / 2


def _bad_world(path: Path) -> FileError:
    return FileError(msg("{file} is no world file: it should hold six numbers; georeference the picture again.", file=path.name))


def _crs_beside(path: Path) -> str:
    """Return the coordinate system that a .prj or .aux.xml file beside a picture names, or ""."""
    import pyproj

    texts: list[str] = []
    for file in (path.with_suffix(".prj"), path.with_name(path.name + ".aux.xml")):
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if file.suffix == ".xml":
            found = re.search(r"<SRS[^>]*>(.*?)</SRS>", text, re.DOTALL)
            text = found.group(1).replace("&quot;", '"').replace("&amp;", "&") if found else ""
        texts.append(text.strip())
    for text in filter(None, texts):
        try:
            crs = pyproj.CRS.from_user_input(text)
        except pyproj.exceptions.CRSError:
            continue
        code = crs.to_epsg(min_confidence=70)
        return f"EPSG:{code}" if code else text
    return ""


# GeoTIFF

_TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 16: "Q", 17: "q", 18: "Q"}
_SCALE, _TIEPOINT, _TRANSFORM, _KEYS = 33550, 33922, 34264, 34735
_RASTER_TYPE, _GEOGRAPHIC, _PROJECTED = 1025, 2048, 3072
_NOWHERE: Affine = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _tiff(path: Path) -> Georeference:
    """Read the place of a GeoTIFF; `_NOWHERE` for a TIFF without one. Raises `FileError` for what is no TIFF."""
    try:
        with path.open("rb") as file:
            tags = _first_directory(file)
    except FileNotFoundError as error:
        raise FileError(msg("{file} does not exist; check the path.", file=str(path))) from error
    except (OSError, struct.error, ValueError) as error:
        raise FileError(msg("{file} is damaged or no TIFF file, and cannot be read; fetch the file again.", file=path.name)) from error
    keys = _geo_keys(tags.get(_KEYS, ()))
    point = keys.get(_RASTER_TYPE) == 2  # coordinates are those of the middle of a pixel
    code = keys.get(_PROJECTED) or keys.get(_GEOGRAPHIC) or 0
    crs = f"EPSG:{code}" if 1024 <= code < 32767 else ""
    affine = _placed(tags)
    if affine is None:
        return Georeference(_NOWHERE, crs)
    if point:
        a, b, c, d, e, f = affine
        affine = (a, b, c - a / 2 - b / 2, d, e, f - d / 2 - e / 2)
    return Georeference(affine, crs)


def _placed(tags: dict[int, tuple[float, ...]]) -> Affine | None:
    matrix, scale, tie = tags.get(_TRANSFORM, ()), tags.get(_SCALE, ()), tags.get(_TIEPOINT, ())
    if len(matrix) >= 16 and abs(matrix[0] * matrix[5] - matrix[1] * matrix[4]) > 0:
        return matrix[0], matrix[1], matrix[3], matrix[4], matrix[5], matrix[7]
    if len(scale) >= 2 and len(tie) >= 6 and scale[0] and scale[1]:
        column, row, _, x, y, _ = tie[:6]
        return scale[0], 0.0, x - column * scale[0], 0.0, -scale[1], y + row * scale[1]
    return _fitted(tie) if len(tie) >= 18 else None


def _fitted(tie: tuple[float, ...]) -> Affine | None:
    """Fit an affine transform to three or more tie points by least squares."""
    points = np.array(tie[: len(tie) // 6 * 6]).reshape(-1, 6)
    known = np.column_stack([points[:, :2], np.ones(len(points))])
    if np.linalg.matrix_rank(known) < 3:
        return None
    (a, d), (b, e), (c, f) = np.linalg.lstsq(known, points[:, 3:5], rcond=None)[0].tolist()
    return a, b, c, d, e, f


def _geo_keys(values: tuple[float, ...]) -> dict[int, int]:
    entries = [tuple(int(v) for v in values[at : at + 4]) for at in range(4, len(values) - 3, 4)]
    return {key: value for key, place, _, value in entries if place == 0}


def _first_directory(file: BinaryIO) -> dict[int, tuple[float, ...]]:
    """Return the numeric tags of the first image of a TIFF. Raises ValueError or struct.error for what is none."""
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise ValueError("no TIFF")
    magic = struct.unpack(order + "H", head[2:4])[0]
    if magic not in (42, 43):
        raise ValueError("no TIFF")
    big = magic == 43
    offset = struct.unpack(order + ("Q" if big else "I"), head[8:16] if big else head[4:8])[0]
    file.seek(offset)
    count = struct.unpack(order + ("Q" if big else "H"), file.read(8 if big else 2))[0]
    if count > 4096:
        raise ValueError("no TIFF")
    width, room = (20, 8) if big else (12, 4)
    entries = file.read(count * width)
    found: dict[int, tuple[float, ...]] = {}
    for at in range(0, len(entries) - width + 1, width):
        tag, kind = struct.unpack_from(order + "HH", entries, at)
        number = struct.unpack_from(order + ("Q" if big else "I"), entries, at + 4)[0]
        if tag not in (_SCALE, _TIEPOINT, _TRANSFORM, _KEYS) or kind not in _TYPES or kind == 2 or number > 65536:
            continue
        layout = f"{order}{number}{_TYPES[kind]}"
        size = struct.calcsize(layout)
        if size <= room:
            data = entries[at + width - room : at + width][:size]
        else:
            file.seek(struct.unpack_from(order + ("Q" if big else "I"), entries, at + width - room)[0])
            data = file.read(size)
        found[tag] = tuple(struct.unpack(layout, data))
    return found
