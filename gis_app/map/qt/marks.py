"""Marks of whistles: shapes that differ as well as colours, drawn as sprites on the screen and as paths on a page."""

from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen, QPolygonF

from gis_app.map.legend import Symbol

FAMILIES = ["Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "sans-serif"]

SIZES = {Symbol.TRIANGLE: 13.0, Symbol.DIAMOND: 13.0, Symbol.CIRCLE: 10.5, Symbol.DOT: 6.0}
"""Width of each mark in logical pixels, with its rim."""


def font(pixels: float, bold: bool = False) -> QFont:
    """Return the font of the map; sizes in units of the painter."""
    result = QFont()
    result.setFamilies(FAMILIES)
    result.setPixelSize(max(round(pixels), 1))
    result.setBold(bold)
    return result


def draw_mark(painter: QPainter, symbol: Symbol, x: float, y: float, size: float, colour: str, rim: str) -> None:
    """Draw a mark of a size (units of the painter) with a rim around it."""
    width = size * 0.11
    painter.setPen(QPen(QColor(rim), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QBrush(QColor(colour)))
    half = (size - width) / 2
    if symbol == Symbol.TRIANGLE:
        painter.drawPolygon(QPolygonF([QPointF(x, y - half), QPointF(x + half, y + half * 0.8), QPointF(x - half, y + half * 0.8)]))
    elif symbol == Symbol.DIAMOND:
        points = [QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)]
        painter.drawPolygon(QPolygonF(points))
    else:
        painter.drawEllipse(QPointF(x, y), half, half)


def cluster_radius(count: int) -> float:
    """Return the radius of a cluster's mark in logical pixels."""
    return 10.0 if count < 10 else 12.0 if count < 100 else 14.5


def cluster_text(count: int) -> str:
    """Return the number on a cluster's mark, short from ten thousand on."""
    return str(count) if count < 10_000 else f"{count // 1000}k"


def draw_cluster(painter: QPainter, symbol: Symbol, x: float, y: float, count: int, scale: float, colours: tuple[str, str, str]) -> None:
    """Draw a cluster: a disc with the number of its whistles and the mark of the worst state among them; colours: mark, disc, text."""
    colour, disc, text = colours
    radius = cluster_radius(count) * scale
    painter.setPen(QPen(QColor(colour), 1.8 * scale))
    painter.setBrush(QBrush(QColor(disc)))
    painter.drawEllipse(QPointF(x, y), radius, radius)
    letters = font((11.5 if count < 100 else 11) * scale, bold=True)
    painter.setFont(letters)
    painter.setPen(QColor(text))
    painter.drawText(QRectF(x - radius, y - radius, 2 * radius, 2 * radius), Qt.AlignmentFlag.AlignCenter, cluster_text(count))
    if symbol != Symbol.CIRCLE:
        draw_mark(painter, symbol, x + radius * 0.72, y - radius * 0.72, 9.5 * scale, colour, disc)


@cache
def mark_sprite(symbol: Symbol, scale: float, colour: str, rim: str) -> QImage:
    """Return the picture of a mark in device pixels, its centre in the middle."""
    size = round(SIZES[symbol] * scale) | 1
    return _sprite(size + 2, lambda painter, middle: draw_mark(painter, symbol, middle, middle, SIZES[symbol] * scale, colour, rim))


@cache
def cluster_sprite(symbol: Symbol, count: int, scale: float, colours: tuple[str, str, str]) -> QImage:
    """Return the picture of a cluster in device pixels, its centre in the middle."""
    size = 2 * round((cluster_radius(count) + 6) * scale) + 1
    return _sprite(size, lambda painter, middle: draw_cluster(painter, symbol, middle, middle, count, scale, colours))


def _sprite(size: int, draw: "object") -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw(painter, size / 2)  # type: ignore[operator]
    finally:
        painter.end()
    return image
