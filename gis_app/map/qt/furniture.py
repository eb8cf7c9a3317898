"""Scale bar and north arrow, as the canvas and a page draw them."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from gis_app.map.measure import ScaleBar
from gis_app.map.palette import Palette
from gis_app.map.qt.marks import font


def draw_scale_bar(
    painter: QPainter, bar: ScaleBar, palette: Palette, left: float, bottom: float, scale: float = 1.0, *, ground: bool = True
) -> QRectF:
    """Draw a scale bar with its length at the right, its lower left corner at a place; returns what it covers (units of the painter)."""
    letters = font(12 * scale)
    metrics = QFontMetricsF(letters)
    text = bar.text
    box = QRectF(left, bottom - 24 * scale, bar.pixels * scale + metrics.horizontalAdvance(text) + 22 * scale, 24 * scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if ground:
        _ground(painter, palette)
        painter.drawRoundedRect(box, 4 * scale, 4 * scale)
    x, y, length, tick = box.left() + 7 * scale, box.center().y() + 3 * scale, bar.pixels * scale, 6 * scale
    painter.setPen(QPen(QColor(palette.text), 1.6 * scale, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(x, y - tick), QPointF(x, y), QPointF(x + length, y), QPointF(x + length, y - tick)]))
    painter.setFont(letters)
    painter.drawText(QPointF(x + length + 7 * scale, box.center().y() + (metrics.ascent() - metrics.descent()) / 2), text)
    return box


def draw_north_arrow(painter: QPainter, palette: Palette, x: float, y: float, scale: float = 1.0) -> None:
    """Draw a north arrow in a disc of 32 logical pixels around a place."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _ground(painter, palette)
    painter.drawEllipse(QPointF(x, y), 16 * scale, 16 * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.text))
    points = ((0.0, -9.0), (5.2, 7.5), (0.0, 3.6), (-5.2, 7.5))
    painter.drawPolygon(QPolygonF([QPointF(x + dx * scale, y + dy * scale) for dx, dy in points]))


def _ground(painter: QPainter, palette: Palette) -> None:
    ground = QColor(palette.panel)
    ground.setAlphaF(0.86)
    painter.setBrush(ground)
    painter.setPen(QPen(QColor(palette.hairline), 1.0))
