"""What a drawing tool has in its hand, drawn over the map: the line, handles, the snapped place, and what has to be said about a place."""

from functools import lru_cache
from math import ceil

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath, QPen, QPolygonF

from gis_app.language import Message, msg
from gis_app.map.network import Floats
from gis_app.map.palette import Palette
from gis_app.map.qt.marks import font
from gis_app.map.qt.shapes import to_polygon
from gis_app.map.snapping import Snap, SnapKind
from gis_app.map.tools.events import Sketch
from gis_app.map.viewport import Viewport

SNAP_WORDS: dict[SnapKind, Message] = {
    SnapKind.NODE: msg("Node"),
    SnapKind.VERTEX: msg("Vertex"),
    SnapKind.INTERSECTION: msg("Intersection"),
    SnapKind.REFERENCE_VERTEX: msg("Reference vertex"),
    SnapKind.PERPENDICULAR: msg("Perpendicular"),
    SnapKind.BORDER: msg("Border"),
    SnapKind.REFERENCE_LINE: msg("Reference line"),
    SnapKind.START: msg("Start"),
}
"""What is written beside a snapped place."""

HANDLE_ROOM = 9.0
"""Handles that would lie nearer to one another than this many pixels are drawn once."""

BUBBLE_WIDTH = 300.0
GAP = 18.0
"""Pixels between the pointer and what is said there."""


def on_screen(points: Floats, viewport: Viewport) -> Floats:
    """Return where county coordinates (n, 2) lie, in logical pixels."""
    middle = (viewport.width / 2, viewport.height / 2)
    screen: Floats = (np.asarray(points, np.float64).reshape(-1, 2) - (viewport.x, viewport.y)) / viewport.resolution * (1.0, -1.0) + middle
    return screen


def sparse(places: Floats, exposed: QRectF, room: float = HANDLE_ROOM) -> Floats:
    """Return those places (pixels) that are exposed, of several in one square of `room` pixels the first."""
    x, y = places.T
    inside = (x > exposed.left() - 10) & (x < exposed.right() + 10) & (y > exposed.top() - 10) & (y < exposed.bottom() + 10)
    places = places[inside]
    squares = np.floor(places / room).astype(np.int64)
    first = np.unique(squares[:, 0] * 100_003 + squares[:, 1], return_index=True)[1]
    chosen: Floats = places[np.sort(first)]
    return chosen


def draw_sketch(painter: QPainter, sketch: Sketch, viewport: Viewport, palette: Palette, exposed: QRectF) -> None:
    """Draw what a tool has in its hand, handles as far as they are `exposed`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(palette.hotspot)
    if sketch.painted is not None and not sketch.painted.is_empty:
        _draw_area(painter, sketch.painted, viewport, QColor(palette.accent))
    if len(sketch.handles):
        draw_handles(painter, sparse(on_screen(sketch.handles, viewport), exposed), palette.selection, palette.panel)
    if len(sketch.marked):
        draw_handles(painter, on_screen(sketch.marked, viewport), palette.panel, palette.selection, 6.0)
    line = [*sketch.points, *sketch.trail, *([sketch.cursor] if sketch.cursor is not None and sketch.points else [])]
    if sketch.closed and len(line) > 2:
        line.append(line[0])
    if len(line) > 1:
        places = to_polygon(np.ascontiguousarray(on_screen(np.array(line), viewport)))
        if sketch.closed and len(line) > 3:
            fill = QColor(colour)
            fill.setAlphaF(0.1)
            path = QPainterPath()
            path.addPolygon(places)
            painter.fillPath(path, fill)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(palette.label_halo), 4.5))
        painter.drawPolyline(places)
        pen = QPen(colour, 2.0)
        if not sketch.freehand:
            pen.setDashPattern([3.5, 2.5])
        painter.setPen(pen)
        painter.drawPolyline(places)
    if not sketch.freehand:
        corners = [*sketch.points, *([sketch.cursor] if sketch.cursor is not None and sketch.points else [])]
        draw_squares(painter, on_screen(np.array(corners).reshape(-1, 2), viewport), palette)
    if sketch.radius and sketch.cursor is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((QColor(palette.label_halo), 3.5), (QColor(palette.accent), 1.6)):
            painter.setPen(QPen(ink, width))
            painter.drawEllipse(QPointF(*viewport.to_screen(*sketch.cursor)), sketch.radius, sketch.radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_handles(painter: QPainter, places: Floats, rim: str, middle: str, width: float = 5.0) -> None:
    """Draw small discs with a rim."""
    pixel = painter.device().devicePixelRatioF()
    sprite = _handle(rim, middle, width, pixel)
    half = sprite.width() / pixel / 2
    for x, y in places.tolist():
        painter.drawImage(QPointF(round((x - half) * pixel) / pixel, round((y - half) * pixel) / pixel), sprite)


@lru_cache(maxsize=50)
def _handle(rim: str, middle: str, width: float, pixel: float) -> QImage:
    """Return the picture of a handle: blitting it takes a tenth of the time of drawing it."""
    size = ceil((width + 5.0) * pixel) | 1
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, across in ((rim, width + 3.2), (middle, width)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QPointF(size / 2, size / 2), across * pixel / 2, across * pixel / 2)
    finally:
        painter.end()
    image.setDevicePixelRatio(pixel)
    return image


def draw_squares(painter: QPainter, places: Floats, palette: Palette) -> None:
    """Draw the square handles of a drawn line."""
    painter.setPen(QPen(QColor(palette.hotspot), 1.8))
    painter.setBrush(QColor(palette.panel))
    for x, y in places.tolist():
        painter.drawRect(QRectF(x - 4, y - 4, 8, 8))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_area(painter: QPainter, area: shapely.Geometry, viewport: Viewport, colour: QColor) -> None:
    path = QPainterPath()
    for polygon in shapely.get_parts(area):
        for ring in shapely.get_rings(polygon):
            path.addPolygon(to_polygon(np.ascontiguousarray(on_screen(shapely.get_coordinates(ring), viewport))))
    fill = QColor(colour)
    fill.setAlphaF(0.22)
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(fill)
    painter.drawPath(path)


def draw_snap(painter: QPainter, snap: Snap, viewport: Viewport, palette: Palette) -> None:
    """Mark the place that the pointer snaps to: what lies there has a shape of its own, and its word beside it."""
    x, y = viewport.to_screen(snap.x, snap.y)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.label_halo, 5.0), (palette.hotspot, 2.0)):
        painter.setPen(QPen(QColor(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        _draw_snap_mark(painter, snap.kind, x, y)
    draw_tag(painter, str(SNAP_WORDS[snap.kind]), snap_word_box(snap, viewport), palette)


def _draw_snap_mark(painter: QPainter, kind: SnapKind, x: float, y: float, r: float = 6.5) -> None:
    match kind:
        case SnapKind.NODE | SnapKind.START:
            painter.drawRect(QRectF(x - r, y - r, 2 * r, 2 * r))
        case SnapKind.VERTEX:
            painter.drawEllipse(QPointF(x, y), r, r)
        case SnapKind.BORDER:
            painter.drawLine(QPointF(x - r, y), QPointF(x + r, y))
            painter.drawLine(QPointF(x, y - r), QPointF(x, y + r))
        case SnapKind.INTERSECTION:
            painter.drawLine(QPointF(x - r, y - r), QPointF(x + r, y + r))
            painter.drawLine(QPointF(x - r, y + r), QPointF(x + r, y - r))
        case SnapKind.PERPENDICULAR:
            painter.drawPolyline(QPolygonF([QPointF(x - r, y - r), QPointF(x - r, y + r), QPointF(x + r, y + r)]))
            painter.drawPolyline(QPolygonF([QPointF(x - r, y), QPointF(x, y), QPointF(x, y + r)]))
        case _:  # reference layers
            painter.drawPolygon(QPolygonF([QPointF(x, y - r - 1), QPointF(x + r + 1, y), QPointF(x, y + r + 1), QPointF(x - r - 1, y)]))


def tag_box(text: str, room: QRectF, x: float, y: float) -> QRectF:
    """Return the ground of a short text: its left top near a place and inside the room."""
    box = QRectF(0, 0, QFontMetrics(font(12)).horizontalAdvance(text) + 12, 20)
    box.moveTo(min(max(x, room.left() + 2), room.right() - box.width() - 2), min(max(y, room.top() + 2), room.bottom() - box.height() - 2))
    return box


def snap_word_box(snap: Snap, viewport: Viewport) -> QRectF:
    """Return where the word beside a snapped place stands."""
    x, y = viewport.to_screen(snap.x, snap.y)
    return tag_box(str(SNAP_WORDS[snap.kind]), QRectF(0, 0, viewport.width, viewport.height), x + 12, y - 30)


def pointer_words_box(text: str, pointer: QPointF, viewport: Viewport) -> QRectF:
    """Return where what a tool writes at the pointer stands."""
    return tag_box(text, QRectF(0, 0, viewport.width, viewport.height), pointer.x() + 16, pointer.y() + 16)


def draw_tag(painter: QPainter, text: str, box: QRectF, palette: Palette) -> None:
    """Write a short text on its small ground."""
    painter.setFont(font(12))
    ground = QColor(palette.panel)
    ground.setAlphaF(0.92)
    painter.setPen(QPen(QColor(palette.hairline), 1))
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(palette.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def draw_ring(painter: QPainter, at: tuple[float, float], viewport: Viewport, palette: Palette) -> None:
    """Ring the place that something is wrong with."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.label_halo, 5.5), (palette.danger, 2.6)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(QPointF(*viewport.to_screen(*at)), 12.0, 12.0)


def draw_bubble(painter: QPainter, text: str, at: QPointF, room: QRectF, palette: Palette, colour: str) -> None:
    """Say something beside a place: on the side where there is room, never on the place itself; a bar in `colour` says how grave it is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(12.5))
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    width = min(BUBBLE_WIDTH, max(room.width() - 40, 80))
    words = QRectF(painter.fontMetrics().boundingRect(0, 0, int(width), 400, flags, text))
    box = QRectF(0, 0, words.width() + 28, words.height() + 16)
    x = at.x() + GAP if at.x() + GAP + box.width() <= room.right() - 4 else at.x() - GAP - box.width()
    y = at.y() - GAP - box.height() if at.y() - GAP - box.height() >= room.top() + 4 else at.y() + GAP
    box.moveTo(max(x, room.left() + 4), y)
    painter.setPen(QPen(QColor(palette.hairline), 1))
    painter.setBrush(QColor(palette.panel))
    painter.drawRoundedRect(box, 8, 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(QRectF(box.left() + 6, box.top() + 7, 4, box.height() - 14), 2, 2)
    painter.setPen(QColor(palette.text))
    painter.drawText(box.adjusted(17, 8, -8, -8), flags, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)
