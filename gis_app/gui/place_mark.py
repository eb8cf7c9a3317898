"""The mark of a place that was gone to: a cross with its coordinates, until the map is pressed."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gis_app.gui.theme import SMALL, font
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas

ARM = 11.0
"""Half the length of the cross, in pixels."""


class PlaceMark(QWidget):
    """Lies over the map and lets every press through; the first one takes the mark away, as Esc does, unless it `stays`."""

    def __init__(self, canvas: MapCanvas, palette: Palette, *, stays: bool = False) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas, self._palette, self._stays = canvas, palette, stays
        self.place: tuple[float, float] | None = None
        self._text = ""
        canvas.viewport_changed.connect(self._look)
        canvas.installEventFilter(self)
        self.hide()

    def mark(self, x: float, y: float, text: str) -> None:
        """Mark a place in county coordinates and write a text beside it."""
        self.place, self._text = (x, y), text
        self.setGeometry(self._canvas.rect())
        self.show()
        self.raise_()
        self.update()

    def forget(self) -> None:
        """Take the mark away."""
        self.place = None
        self.hide()

    def _look(self, _: object) -> None:
        if self.place is not None:
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be as large as the map; go when the map is pressed."""
        if watched is self._canvas and self.place is not None:
            escaped = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
            if (event.type() == QEvent.Type.MouseButtonPress or escaped) and not self._stays:
                self.forget()
            elif event.type() == QEvent.Type.Resize:
                self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the cross over a halo, and the text in a small box."""
        if self.place is None:
            return
        x, y = self._canvas.viewport.to_screen(*self.place)
        palette, at = self._palette, QPointF(x, y)
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for pen in (QPen(QColor(palette.label_halo), 5.0), QPen(QColor(palette.selection), 2.2)):
                painter.setPen(pen)
                painter.drawLine(at - QPointF(ARM, 0), at + QPointF(ARM, 0))
                painter.drawLine(at - QPointF(0, ARM), at + QPointF(0, ARM))
                painter.drawEllipse(at, ARM * 0.6, ARM * 0.6)
            painter.setFont(font(SMALL))
            box = QRectF(x + ARM + 6, y - 32, painter.fontMetrics().horizontalAdvance(self._text) + 18, 24)
            painter.setPen(QPen(QColor(palette.hairline), 1))
            painter.setBrush(QColor(palette.panel))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(QColor(palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._text)
        finally:
            painter.end()
