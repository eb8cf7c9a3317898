"""A scanned map decoded once and cut into pieces of several levels; reading and writing pictures lets the window run meanwhile."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

from gis_app.files.errors import FileError
from gis_app.language import Message, msg
from gis_app.map.reference.pictures import PIECE, SCHEMA

MOST_PIXELS = 500_000_000
"""A sheet of A0 at 400 dpi has 250 million; decoding needs four bytes for each, once."""

QUALITY = 92


LARGE = 20_000_000
"""Pixels from which a picture is cut in a process of its own: so much memory is given back at once, and the window never waits."""


def cut_beside(path: Path, target: Path) -> None:
    """Cut a picture (see `cut_picture`), a large one in another process. Raises `FileError`."""
    size = QImageReader(str(path)).size()
    if not size.isValid() or size.width() * size.height() < LARGE:
        cut_picture(path, target)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        try:
            problem = pool.submit(_cut_and_tell, path, target).result()
        except BrokenProcessPool as error:
            raise _too_large(path, size) from error
    if problem is not None:
        raise FileError(problem)


def _cut_and_tell(path: Path, target: Path) -> Message | None:
    """Cut a picture and return what was wrong with it."""
    try:
        cut_picture(path, target)
    except FileError as error:
        return error.message
    return None


def cut_picture(path: Path, target: Path) -> None:
    """Decode a picture (PNG, JPEG, WebP, TIFF, BMP) and write its pieces (see `reference.pictures.SCHEMA`). Raises `FileError`."""
    image = _decoded(path)
    plain = not image.hasAlphaChannel()
    lossless = not plain or image.depth() <= 8 or image.width() * image.height() < 4_000_000
    image_format = QImage.Format.Format_RGB32 if plain else QImage.Format.Format_ARGB32_Premultiplied
    width, height, level = image.width(), image.height(), 0
    with closing(sqlite3.connect(target)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        for statement in SCHEMA:
            file.execute(statement)
        while True:
            half = QImage(max((image.width() + 1) // 2, 1), max((image.height() + 1) // 2, 1), image_format)
            half.fill(0)
            for row in range(-(-image.height() // PIECE)):
                for column in range(-(-image.width() // PIECE)):
                    x, y = column * PIECE, row * PIECE
                    across, down = min(PIECE, image.width() - x), min(PIECE, image.height() - y)
                    piece = image.copy(x, y, across, down).convertToFormat(image_format)
                    row_of = (level, column, row, _encoded(piece, lossless))
                    file.execute("INSERT INTO pieces VALUES (?, ?, ?, ?)", row_of)
                    _shrink(half, piece, x // 2, y // 2)
            level += 1
            if max(image.width(), image.height()) <= PIECE:
                break
            image = half
        file.execute("INSERT INTO about VALUES (?, ?, ?)", (width, height, level))
        file.commit()


def _decoded(path: Path) -> QImage:
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(False)  # a camera's turning is not in the world file
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MOST_PIXELS:
        raise _too_large(path, size)
    if reader.allocationLimit():
        QImageReader.setAllocationLimit(4 * MOST_PIXELS // 2**20)
    image = reader.read()
    if image.isNull():
        raise FileError(
            msg(
                "{file} cannot be decoded ({detail}); save it again as PNG, JPEG or uncompressed TIFF.",
                file=path.name,
                detail=reader.errorString(),
            )
        )
    return image


def _too_large(path: Path, size: QSize) -> FileError:
    return FileError(
        msg(
            "{file} is too large ({width} × {height} pixels); cut it into sheets, or make an MBTiles file of it.",
            file=path.name,
            width=size.width(),
            height=size.height(),
        )
    )


def _encoded(piece: QImage, lossless: bool) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, b"png" if lossless else b"jpeg")
    if not lossless:
        writer.setQuality(QUALITY)
    if not writer.write(piece):
        raise OSError(writer.errorString())
    return bytes(buffer.data().data())


def _shrink(half: QImage, piece: QImage, x: int, y: int) -> None:
    """Draw a piece at half its size into the picture of the next level; odd last rows and columns are stretched by half a pixel."""
    size = QSize((piece.width() + 1) // 2, (piece.height() + 1) // 2)
    small = piece.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    painter = QPainter(half)
    try:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(x, y, small)
    finally:
        painter.end()
