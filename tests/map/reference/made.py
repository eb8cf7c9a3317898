"""Little reference files, made by the tests: tiles, scanned maps, their tags and world files."""

import sqlite3
import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage

from gis_app.map.reference.mercator import MercatorGrid
from gis_app.map.reference.rasters import Piece
from gis_app.map.reference.servers import ServerSettings
from gis_app.map.reference.shelf import Shelf

CRS = "EPSG:4550"


def shelf(folder: Path, crs: str = CRS, **options: object) -> Shelf:
    """Return a shelf whose cache lies in a folder of the test."""
    from gis_app.map.qt.pyramid import cut_picture

    settings = options.pop("settings", ServerSettings())
    return Shelf(folder, crs, lambda: None, cut_picture, cache=folder / "cache", settings=settings, **options)  # type: ignore[arg-type]


def plain(colour: str, size: int = 256) -> QImage:
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def quarters(size: int = 256) -> QImage:
    """Return a picture with a red, a green, a blue and a yellow quarter (clockwise from the upper left)."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    half = size // 2
    for row in range(size):
        for column in range(size):
            colour = ("#FF0000" if column < half else "#00FF00") if row < half else ("#FFFF00" if column < half else "#0000FF")
            image.setPixelColor(column, row, QColor(colour))
    return image


def encoded(image: QImage, kind: str = "PNG") -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def mbtiles(path: Path, tiles: Iterable[tuple[Piece, bytes]], **metadata: str) -> Path:
    """Write an MBTiles file (rows from the south, unless `scheme` says otherwise)."""
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    file.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    file.executemany("INSERT INTO metadata VALUES (?, ?)", list(metadata.items()))
    for piece, data in tiles:
        row = piece.row if metadata.get("scheme") == "xyz" else 2**piece.level - 1 - piece.row
        file.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (piece.level, piece.column, row, data))
    file.commit()
    file.close()
    return path


def tiles_over(extent: tuple[float, float, float, float], level: int, crs: str = CRS, datum: str = "wgs84") -> list[Piece]:
    return MercatorGrid(crs, datum).pieces(extent, level)


def geotiff(path: Path, image: QImage, tags: dict[int, tuple[str, tuple[float, ...]]], *, big: bool = False, order: str = "<") -> Path:
    """Write an uncompressed RGB TIFF with extra tags: number → (type letter of `struct`, values)."""
    width, height = image.width(), image.height()
    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = [bytes(rgb.constScanLine(y))[: width * 3] for y in range(height)]
    pixels = b"".join(rows)
    head = 16 if big else 8
    types = {"H": 3, "I": 4, "d": 12}
    entries: dict[int, tuple[str, tuple[float, ...]]] = {
        256: ("I", (width,)), 257: ("I", (height,)), 258: ("H", (8, 8, 8)), 259: ("H", (1,)), 262: ("H", (2,)),
        273: ("I", (head,)), 277: ("H", (3,)), 278: ("I", (height,)), 279: ("I", (len(pixels),)), **tags,
    }  # fmt: skip
    start = head + len(pixels) + len(pixels) % 2
    count = len(entries)
    after = start + (8 + count * 20 + 8 if big else 2 + count * 12 + 4)
    directory, more = b"", b""
    for tag, (letter, values) in sorted(entries.items()):
        whole = [int(v) if letter != "d" else v for v in values]
        data = struct.pack(f"{order}{len(values)}{letter}", *whole)
        room = 8 if big else 4
        field = data.ljust(room, b"\0") if len(data) <= room else struct.pack(order + ("Q" if big else "I"), after + len(more))
        more += data if len(data) > room else b""
        directory += struct.pack(order + "HH" + ("Q" if big else "I"), tag, types[letter], len(values)) + field
    mark = b"II" if order == "<" else b"MM"
    if big:
        header = mark + struct.pack(order + "HHHQ", 43, 8, 0, start)
        directory = struct.pack(order + "Q", count) + directory + struct.pack(order + "Q", 0)
    else:
        header = mark + struct.pack(order + "HI", 42, start)
        directory = struct.pack(order + "H", count) + directory + struct.pack(order + "I", 0)
    path.write_bytes(header + pixels + b"\0" * (len(pixels) % 2) + directory + more)
    return path


def keys(*, projected: int = 0, geographic: int = 0, point: bool = False) -> tuple[str, tuple[float, ...]]:
    """Return the GeoKeyDirectory tag."""
    found = [(1024, 1 if projected else 2), (1025, 2 if point else 1)]
    found += [(3072, projected)] if projected else []
    found += [(2048, geographic)] if geographic else []
    values: list[float] = [1, 1, 0, len(found)]
    for key, value in found:
        values += [key, 0, 1, value]
    return "H", tuple(values)


def placed(x: float, y: float, pixel: float, **about: int | bool) -> dict[int, tuple[str, tuple[float, ...]]]:
    """Return the tags of a GeoTIFF whose upper left corner lies at a place."""
    return {33550: ("d", (pixel, pixel, 0.0)), 33922: ("d", (0.0, 0.0, 0.0, x, y, 0.0)), 34735: keys(**about)}  # type: ignore[arg-type]


def colours(image: QImage) -> np.ndarray:
    """Return the pixels (rows, columns, 3) of a picture, as red, green and blue."""
    from gis_app.map.qt.shapes import image_pixels

    pixels = image_pixels(image)
    return np.stack([(pixels >> shift) & 255 for shift in (16, 8, 0)], axis=-1).astype(np.int64)
