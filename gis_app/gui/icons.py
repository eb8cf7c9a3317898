"""The program's icons: one set (Lucide), one stroke width, recoloured by theme, sharp at any scale."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QImage, QPainter, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer

from gis_app.language import RESOURCES
from gis_app.map.palette import Palette
from gis_app.map.scene import DisplayState

ICONS = RESOURCES / "icons"


class SvgIcon(QIconEngine):
    """Draws one recoloured SVG at the size that is asked for, so that no scale of the screen blurs it."""

    def __init__(self, source: bytes, colour: str, disabled: str, checked: str) -> None:
        super().__init__()
        self._source, self._colours = source, (colour, disabled, checked)

    def clone(self) -> QIconEngine:  # noqa: D102
        return SvgIcon(self._source, *self._colours)

    def paint(self, painter: QPainter, rect, mode: QIcon.Mode, state: QIcon.State) -> None:  # type: ignore[no-untyped-def]  # noqa: D102
        colour = self._colours[1] if mode == QIcon.Mode.Disabled else self._colours[2] if state == QIcon.State.On else self._colours[0]
        _renderer(self._source, colour).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: D102
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        try:
            self.paint(painter, image.rect(), mode, state)
        finally:
            painter.end()
        return QPixmap.fromImage(image)


@lru_cache(maxsize=256)
def _renderer(source: bytes, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(source.replace(b"currentColor", colour.encode())))


@lru_cache(maxsize=128)
def _source(path: Path) -> bytes:
    return path.read_bytes()


def icon(name: str, palette: Palette, colour: str = "") -> QIcon:
    """Return an icon by its name in `resources/icons`, in the text colour of a theme (or another); accent where it is checked."""
    return QIcon(SvgIcon(_source(ICONS / f"{name}.svg"), colour or palette.text, palette.disabled, colour or palette.accent))


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a pixmap of `size` logical pixels at a device pixel ratio."""
    side = round(size * ratio)
    found = SvgIcon(_source(ICONS / f"{name}.svg"), colour, colour, colour).pixmap(QSize(side, side), QIcon.Mode.Normal, QIcon.State.Off)
    found.setDevicePixelRatio(ratio)
    return found


def app_icon() -> QIcon:
    """Return the icon of the window: a cell map on the accent colour."""
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        image = QPixmap(side, side)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor("#0B6E75"))
            painter.drawRoundedRect(QRectF(0, 0, side, side), side * 0.2, side * 0.2)
            margin = side * 0.18
            _renderer(_source(ICONS / "land-plot.svg"), "#FFFFFF").render(
                painter, QRectF(margin, margin, side - 2 * margin, side - 2 * margin)
            )
        finally:
            painter.end()
        result.addPixmap(image)
        result.addPixmap(image, QIcon.Mode.Selected)
    return result


def draw_state(painter: QPainter, state: DisplayState, palette: Palette, rect: QRectF) -> None:
    """Draw the sign of a display state as the map draws it: by shape and colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(palette, str(state.value))))
    centre, radius = rect.center(), min(rect.width(), rect.height()) / 2
    if state is DisplayState.OVERDUE:
        corners = [QPointF(centre.x(), centre.y() - radius), QPointF(centre.x() + radius, centre.y() + radius * 0.8)]
        painter.drawPolygon(QPolygonF([*corners, QPointF(centre.x() - radius, centre.y() + radius * 0.8)]))
    elif state is DisplayState.WAITING:
        steps = ((0, -1), (1, 0), (0, 1), (-1, 0))
        painter.drawPolygon(QPolygonF([QPointF(centre.x() + radius * dx, centre.y() + radius * dy) for dx, dy in steps]))
    else:
        size = radius * (0.85 if state is DisplayState.IN_PROGRESS else 0.5)
        painter.drawEllipse(centre, size, size)


def state_icon(state: DisplayState, palette: Palette) -> QIcon:
    """Return the sign of a display state as an icon."""
    result = QIcon()
    for ratio in (1, 2):
        image = QPixmap(16 * ratio, 16 * ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_state(painter, state, palette, QRectF(2 * ratio, 2 * ratio, 12 * ratio, 12 * ratio))
        finally:
            painter.end()
        image.setDevicePixelRatio(ratio)
        result.addPixmap(image)
        result.addPixmap(image, QIcon.Mode.Selected)
    return result
