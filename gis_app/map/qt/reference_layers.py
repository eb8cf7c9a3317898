"""Reference layers on a map: rasters piece by piece through projective transforms, lines and areas with their own pen."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from math import ceil
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QImageReader, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gis_app.county.references import Reference, drawn_order
from gis_app.errors import UserError
from gis_app.map.qt.shapes import to_polygon
from gis_app.map.qt.target import Target
from gis_app.map.reference.placing import Mesh
from gis_app.map.reference.rasters import Extent, Piece, Raster
from gis_app.map.reference.shelf import Opened, Shelf
from gis_app.map.reference.style import colour_of
from gis_app.map.reference.vectors import VectorLayer
from gis_app.map.scene import Scene

T = TypeVar("T")

PAGE_DENSITY = 2.0
"""Pixels of a raster on a vector page for one logical pixel (240 dpi)."""

STRIP = 160
"""Height of the strips in which a piece is drawn that fills the view, in device pixels."""

ANCESTORS = 6
"""How many coarser levels are looked through for a tile that is not there yet."""

AREA_WIDTH, LINE_WIDTH = 1.0, 1.8
"""Pixels of the outlines of areas and of lines."""

LINES_A_SLICE = 160
VERTICES_A_SLICE = 1500


def shown(scene: Scene, raster: bool) -> tuple[Reference, ...]:
    """Return the reference layers of a scene that are shown, in the order of drawing: rasters, or the others."""
    if scene.shelf is None:
        return ()
    return tuple(r for r in drawn_order(scene.state.references) if r.is_raster == raster and r.visible and r.opacity > 0)


def fill_share(scene: Scene, plain: bool) -> float:
    """Return how much of the fills of cells is left: all, unless a picture lies beneath that they would hide (`plain`: land)."""
    if scene.shelf is None or not any(scene.shelf.found(reference) is not None for reference in shown(scene, True)):
        return 1.0
    return 0.2 if plain else 0.5


def painting_rasters(target: Target) -> Iterator[None]:
    """Draw pictures and tiles, the lowest first."""
    keys: list[object] = []
    for reference in shown(target.scene, True):
        assert target.scene.shelf is not None
        layer: Opened | None = None
        for layer in _awaiting(target.scene.shelf.opening(reference)):  # noqa: B007
            yield None
        if layer is not None and not isinstance(layer, VectorLayer):
            yield from _painting_raster(target, target.scene.shelf, reference, layer, keys)
    whole = not target.breadth  # else a part of the picture is mended
    if whole and target.scene.shelf is not None and not target.scene.shelf.patient:
        target.scene.shelf.pieces.drop_waiting(keys)


def painting_vectors(target: Target) -> Iterator[None]:
    """Draw lines, areas and points, the lowest first."""
    for reference in shown(target.scene, False):
        assert target.scene.shelf is not None
        layer: Opened | None = None
        for layer in _awaiting(target.scene.shelf.opening(reference)):  # noqa: B007
            yield None
        if isinstance(layer, VectorLayer):
            yield from _painting_vector(target, reference, layer)


def _awaiting(future: Future[T]) -> Iterator[T | None]:
    """Wait in small steps: yields None, and at the end the result; None for what cannot be read (the panel says why)."""
    while not future.done():
        with suppress(TimeoutError, UserError):
            future.result(timeout=0.003)
        yield None
    if future.cancelled() or future.exception() is not None:
        yield None
    else:
        yield future.result()


# Rasters


def _painting_raster(target: Target, shelf: Shelf, reference: Reference, raster: Raster, keys: list[object]) -> Iterator[None]:
    resolution = target.viewport.resolution / (PAGE_DENSITY if target.vector else target.scale)
    planned: tuple[int, list[Piece]] | None = None
    for planned in _awaiting(shelf.pieces.aside(partial(_planned, raster, target.viewport.extent, resolution))):  # noqa: B007
        yield None
    if planned is None:
        return
    level, pieces = planned
    wanted = [(piece, shelf.pieces.want((raster, piece), partial(_made, raster, piece), raster.is_remote)) for piece in pieces]
    keys.extend((raster, piece) for piece in pieces)
    waits = shelf.patient or not raster.is_remote
    ready: dict[Piece, QImage] = {}
    for piece, future in wanted:
        picture: QImage | None = None
        if waits:
            for picture in _awaiting(future):  # noqa: B007
                yield None
        else:
            found = shelf.pieces.get((raster, piece))
            picture = found[0] if found is not None else None
        if picture is not None:
            ready[piece] = picture
        elif not future.done() or raster.is_remote:
            ready |= _ancestor(shelf, raster, piece)
    if ready:
        coarse_first = sorted(ready.items(), key=lambda item: abs(item[0].level - level), reverse=True)
        yield from _laying(target, reference, raster, coarse_first)


def _planned(raster: Raster, extent: Extent, resolution: float) -> tuple[int, list[Piece]]:
    """Choose level and pieces, and work out where they lie: the first time, that takes a while."""
    level = raster.level_for(resolution, extent)
    pieces = raster.pieces(extent, level) if level is not None else []
    return level or 0, [piece for piece in pieces if raster.mesh(piece) is not None]


def _made(raster: Raster, piece: Piece) -> tuple[QImage | None, int]:
    """Read and decode a piece (in a thread: reading and decoding let the window run)."""
    try:
        data = raster.read(piece)
    except UserError:
        return None, 0
    if data is None:
        return None, 64
    buffer = QBuffer()
    content = QByteArray(data)
    buffer.setBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    image = QImageReader(buffer).read()  # `QImage.fromData` would hold the interpreter's lock
    if image.isNull():
        return None, 64
    clear = image.hasAlphaChannel()
    image = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32)
    return image, image.sizeInBytes()


def _ancestor(shelf: Shelf, raster: Raster, piece: Piece) -> dict[Piece, QImage]:
    """Return the nearest coarser piece that is in memory."""
    above: Piece | None = piece
    for _ in range(ANCESTORS):
        above = raster.parent(above) if above is not None else None
        if above is None:
            break
        found = shelf.pieces.get((raster, above))
        if found is not None and found[0] is not None:
            return {above: found[0]}
    return {}


def _laying(target: Target, reference: Reference, raster: Raster, pieces: list[tuple[Piece, QImage]]) -> Iterator[None]:
    """Lay pieces on the map; where they are translucent, or on a vector page, as one picture."""
    if reference.opacity >= 1 and not target.vector:
        yield from _drawing(target.painter, target, target.scale, raster, pieces)
        return
    scale = PAGE_DENSITY if target.vector else target.scale
    width, height = ceil(target.viewport.width * scale), ceil(target.viewport.height * scale)
    whole = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    whole.fill(0)
    painter = QPainter(whole)
    try:
        yield from _drawing(painter, target, scale, raster, pieces)
    finally:
        painter.end()
    factor = target.scale / scale
    target.painter.save()
    target.painter.setOpacity(reference.opacity)
    for y in range(0, height, STRIP if not target.vector else height):
        part = min(STRIP if not target.vector else height, height - y)
        target.painter.drawImage(QRectF(0, y * factor, width * factor, part * factor), whole, QRectF(0, y, width, part))
        yield None
    target.painter.restore()


def _drawing(painter: QPainter, target: Target, scale: float, raster: Raster, pieces: list[tuple[Piece, QImage]]) -> Iterator[None]:
    view = target.viewport
    factor = scale / view.resolution
    width, height = view.width * scale, view.height * scale
    for piece, image in pieces:
        lies = raster.mesh(piece)
        if lies is None:
            continue
        x = view.width * scale / 2 + (lies.x - view.x) * factor
        y = view.height * scale / 2 - (lies.y - view.y) * factor
        if x.max() < 0 or y.max() < 0 or x.min() > width or y.min() > height:
            continue
        for source, quad in _quads(lies, x, y, raster.size):
            for clip in _strips(quad, width, height):
                painter.save()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                if clip is not None:
                    painter.setClipRect(clip, Qt.ClipOperation.IntersectClip)
                _draw_quad(painter, image, source, quad, raster.size)
                painter.restore()
                yield None


def _quads(lies: Mesh, x: NDArray[np.float64], y: NDArray[np.float64], size: int) -> Iterator[tuple[QRectF, list[tuple[float, float]]]]:
    """Yield the parts of a piece: its pixels, and the four corners of where they lie, clockwise from the upper left."""
    parts = lies.parts
    step = size / parts
    for i in range(parts):
        for j in range(parts):
            corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
            yield QRectF(j * step, i * step, step, step), [(float(x[a, b]), float(y[a, b])) for a, b in corners]


def _strips(quad: list[tuple[float, float]], width: float, height: float) -> list[QRectF | None]:
    """Cut what is seen of a large quadrilateral into strips of a few milliseconds each; None for a small one, which needs none."""
    left, right = max(min(p[0] for p in quad), 0.0), min(max(p[0] for p in quad), width)
    top, bottom = max(min(p[1] for p in quad), 0.0), min(max(p[1] for p in quad), height)
    if left >= right or top >= bottom:
        return []
    if (right - left) * (bottom - top) < 512 * 512:
        return [None]
    rows = np.arange(np.floor(top), bottom, STRIP).tolist()
    return [QRectF(np.floor(left), row, np.ceil(right - left) + 1, STRIP) for row in rows]


def _draw_quad(painter: QPainter, image: QImage, source: QRectF, quad: list[tuple[float, float]], size: int) -> None:
    """Draw a part of a picture into a quadrilateral. The picture may have other pixels than the piece counts (a tile for dense screens)."""
    ratio_x = ratio_y = 1.0
    if image.width() > size:
        ratio_x, ratio_y = image.width() / size, image.height() / size
    pixels = QRectF(source.x() * ratio_x, source.y() * ratio_y, source.width() * ratio_x, source.height() * ratio_y)
    corners = [pixels.topLeft(), pixels.topRight(), pixels.bottomRight(), pixels.bottomLeft()]
    transform = QTransform.quadToQuad(QPolygonF(corners), QPolygonF([QPointF(*corner) for corner in quad]))
    if not isinstance(transform, QTransform):  # corners on one line
        return
    painter.setTransform(transform, True)
    painter.drawImage(pixels, image, pixels)


# Lines, areas and points


def _painting_vector(target: Target, reference: Reference, layer: VectorLayer) -> Iterator[None]:
    pixel = target.viewport.resolution / (3.0 if target.vector else target.scale)
    level = round(np.log2(max(pixel / 2, 1e-9)))
    shapes: NDArray[np.object_] | None = None
    made = target.drawing.awaiting("reference shapes", (layer, level), lambda: _simplified(layer, 2.0**level))
    for shapes in made:  # noqa: B007
        yield None
    assert shapes is not None
    visible = layer.within(target.viewport.extent)
    sizes = layer.bounds[visible]
    large = (layer.dimensions[visible] == 0) | (np.maximum(sizes[:, 2] - sizes[:, 0], sizes[:, 3] - sizes[:, 1]) > pixel)
    visible = visible[large]
    colour = QColor(colour_of(reference, layer, target.palette))
    painter = target.painter
    painter.save()
    painter.setOpacity(reference.opacity)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    try:
        for dimension in (2, 1, 0):
            chosen = visible[layer.dimensions[visible] == dimension]
            for first in range(0, len(chosen), LINES_A_SLICE):
                chunk = shapes[chosen[first : first + LINES_A_SLICE]]
                if dimension == 0:
                    _draw_points(target, chunk, colour)
                else:
                    yield from _drawing_lines(target, chunk, dimension, colour)
                yield None
    finally:
        painter.restore()


def _simplified(layer: VectorLayer, tolerance: float) -> NDArray[np.object_]:
    """Return the features without what half a pixel does not show; none vanishes."""
    found: NDArray[np.object_] = shapely.simplify(layer.shapes, tolerance, preserve_topology=False)
    gone = shapely.is_empty(found)
    found[gone] = layer.shapes[gone]
    return found


def _drawing_lines(target: Target, shapes: NDArray[np.object_], dimension: int, colour: QColor) -> Iterator[None]:
    parts = shapely.get_parts(shapes)
    rings = shapely.get_rings(parts) if dimension == 2 else parts[np.isin(shapely.get_type_id(parts), (1, 2))]
    xy, owner = shapely.get_coordinates(rings, return_index=True)
    px, py = target.to_device(xy[:, 0], xy[:, 1])
    points = np.ascontiguousarray(np.column_stack([px, py]))
    ends = np.flatnonzero(np.diff(owner, append=-1)) + 1
    pen = QPen(colour, (AREA_WIDTH if dimension == 2 else LINE_WIDTH) * target.scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter, start, count = target.painter, 0, 0
    inside = QColor(colour)
    inside.setAlphaF(0.14)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lines: list[QPolygonF] = []
    for end in ends.tolist():
        lines.append(to_polygon(points[start:end]))
        count += end - start
        start = end
        if count > VERTICES_A_SLICE:
            _draw(painter, lines, pen, inside if dimension == 2 else None)
            lines, count = [], 0
            yield None
    _draw(painter, lines, pen, inside if dimension == 2 else None)


def _draw(painter: QPainter, lines: list[QPolygonF], pen: QPen, inside: QColor | None) -> None:
    """Draw lines, or areas by their rings; line by line, since a pen follows one path of many lines very slowly."""
    if inside is not None:
        path = QPainterPath()
        for ring in lines:
            path.addPolygon(ring)
        painter.fillPath(path, QBrush(inside))
    painter.setPen(pen)
    for line in lines:
        painter.drawPolyline(line)


def _draw_points(target: Target, shapes: NDArray[np.object_], colour: QColor) -> None:
    xy = shapely.get_coordinates(shapes)
    px, py = target.to_device(xy[:, 0], xy[:, 1])
    radius = 2.4 * target.scale
    target.painter.setPen(QPen(QColor(target.palette.panel), 0.8 * target.scale))
    target.painter.setBrush(colour)
    for x, y in zip(px.tolist(), py.tolist(), strict=True):
        target.painter.drawEllipse(QPointF(x, y), radius, radius)
