"""Flows between bodies as curved arrows: width by count, one hue, each direction on its own side, the strongest above."""

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gis_app.language import format_number
from gis_app.map.flows import Arrow, Seat
from gis_app.map.qt.marks import font
from gis_app.map.qt.target import Target

THINNEST, WIDEST = 1.4, 9.0
"""Widths of arrows in logical pixels; the widest is that of the strongest flow."""

BEND = 0.14
"""How far an arrow bends to its right, as a share of its length: what goes there and back lies on two sides."""

BOW = {True: 0.52, False: 0.38}
"""The bend of arrows down (True) and up between bodies beside the county: all bow towards the county, away from the names."""

LEAST_BOW = 44.0
"""How far they bow at least, in logical pixels: neighbours are joined by an arrow that can be seen."""

SEAT = 3.6
COUNTED = 12
"""The counts of so many of the strongest are written."""

ARROWS_A_SLICE = 20


def arrow_width(count: int, most: int) -> float:
    """Return how wide the arrow of a flow is in logical pixels, by its share of the strongest."""
    return max(THINNEST, WIDEST * count / max(most, 1))


def painting_flows(target: Target) -> Iterator[None]:
    """Draw the flows of the scene, the seats of the bodies, and the names of those beside the county."""
    found = target.scene.flows
    if found is None:
        return
    painter = target.painter
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for at, arrow in enumerate(found.arrows):
        _draw_arrow(target, arrow, found.most)
        if at % ARROWS_A_SLICE == ARROWS_A_SLICE - 1:
            yield None
    for seat in found.seats:
        _draw_seat(target, seat)
    yield None
    for arrow in found.arrows[-COUNTED:]:
        _write_count(target, arrow)
    yield None


def _ends(target: Target, arrow: Arrow) -> tuple[QPointF, QPointF, QPointF]:
    """Return start, control point and end of an arrow on the painter."""
    x, y = target.to_device(np.array([arrow.start[0], arrow.end[0]]), np.array([arrow.start[1], arrow.end[1]]))
    start, end = QPointF(float(x[0]), float(y[0])), QPointF(float(x[1]), float(y[1]))
    if arrow.start[0] == arrow.end[0]:
        return start, (start + end) / 2 - QPointF(_bow(end.y() - start.y(), target.scale), 0), end
    across = QPointF(-(end.y() - start.y()), end.x() - start.x()) * BEND
    return start, (start + end) / 2 + across, end


def _bow(down: float, scale: float) -> float:
    return max(abs(down) * BOW[down > 0], LEAST_BOW * scale)


def _draw_arrow(target: Target, arrow: Arrow, most: int) -> None:
    scale, palette, painter = target.scale, target.palette, target.painter
    start, control, end = _ends(target, arrow)
    width = arrow_width(arrow.flow.count, most) * scale
    head = max(width * 1.6, 6.0 * scale)
    towards = end - control
    length = max(float(np.hypot(towards.x(), towards.y())), 1e-6)
    direction = towards / length
    tip = end - direction * (SEAT * scale)
    neck = tip - direction * head
    path = QPainterPath(start)
    path.quadTo(control, neck)
    side = QPointF(-direction.y(), direction.x()) * (head * 0.55)
    point = QPolygonF([tip, neck + side, neck - side])
    colour, halo = QColor(palette.info), QColor(palette.label_halo)
    colour.setAlphaF(0.82)
    halo.setAlphaF(0.75)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, wide in ((halo, width + 2.2 * scale), (colour, width)):
        painter.setPen(QPen(ink, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
    painter.setPen(QPen(halo, 1.0 * scale))
    painter.setBrush(colour)
    painter.drawPolygon(point)


def _draw_seat(target: Target, seat: Seat) -> None:
    x, y = target.to_device(np.array([seat.x]), np.array([seat.y]))
    at, painter, palette = QPointF(float(x[0]), float(y[0])), target.painter, target.palette
    painter.setPen(QPen(QColor(palette.info), 1.6 * target.scale))
    painter.setBrush(QColor(palette.panel))
    painter.drawEllipse(at, SEAT * target.scale, SEAT * target.scale)
    if seat.beside:
        _write(target, at + QPointF(9 * target.scale, 0), seat.name, 11.5, centred=False)


def _write_count(target: Target, arrow: Arrow) -> None:
    start, control, end = _ends(target, arrow)
    middle = start * 0.25 + control * 0.5 + end * 0.25  # of the curve
    if arrow.start[0] == arrow.end[0]:  # beside the arrow, which may be short
        middle -= QPointF(16 * target.scale, 0)
    _write(target, middle, format_number(arrow.flow.count), 11.0, centred=True)


def _write(target: Target, at: QPointF, text: str, pixels: float, *, centred: bool) -> None:
    """Write a text on a little plate, so that it can be read over arrows and borders."""
    painter, scale, palette = target.painter, target.scale, target.palette
    letters = font(pixels * scale, bold=centred)
    metrics = QFontMetricsF(letters)
    width, height = metrics.horizontalAdvance(text) + 6 * scale, metrics.height()
    left = at.x() - width / 2 if centred else at.x()
    if not centred and at.x() < _right_edge(target) < left + width:  # the map is narrow: the name goes to the other side of its seat
        left = at.x() - 18 * scale - width
    plate = QRectF(left, at.y() - height / 2, width, height)
    ground = QColor(palette.panel)
    ground.setAlphaF(0.85)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 3 * scale, 3 * scale)
    painter.setFont(letters)
    painter.setPen(QColor(palette.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _right_edge(target: Target) -> float:
    """Return where the picture ends, in units of the painter."""
    return (target.breadth or target.viewport.width) * target.scale
