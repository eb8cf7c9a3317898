"""A mean of stars as a mark on a scale from one to five, with the range that it may lie in: few ratings look few."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gis_app.cases.watching import Rated
from gis_app.gui.widgets import ElidedLabel, column, label, row
from gis_app.language import format_number, tr
from gis_app.map.palette import Palette


class RatingMark(QWidget):
    """The range as a band, the mean as a dot; pale and hollow where the ratings are few."""

    def __init__(self, rated: Rated, palette: Palette) -> None:
        super().__init__()
        self._rated, self._palette = rated, palette
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(range_text(rated))

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(120, 14)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the scale, the range and the mean."""
        rated, palette = self._rated, self._palette
        tint = QColor(palette.disabled if rated.is_few else palette.accent)
        middle = self.height() / 2

        def at(stars: float) -> float:
            return 6 + (stars - 1) / 4 * (self.width() - 12)

        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.hairline), 1))
            painter.drawLine(QPointF(at(1), middle), QPointF(at(5), middle))
            for stars in range(1, 6):
                painter.drawLine(QPointF(at(stars), middle - 3), QPointF(at(stars), middle + 3))
            band = QColor(tint)
            band.setAlphaF(0.3)
            painter.fillRect(QRectF(at(rated.low), middle - 3, at(rated.high) - at(rated.low), 6), band)
            painter.setPen(QPen(tint, 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush if rated.is_few else tint)
            painter.drawEllipse(QPointF(at(rated.mean), middle), 4, 4)
        finally:
            painter.end()


def range_text(rated: Rated) -> str:
    """Return how many ratings there are, and between what the mean lies."""
    count, low, high = format_number(rated.count), format_number(rated.low, 1), format_number(rated.high, 1)
    if rated.is_few:
        return tr("only {count} ratings: anything from {low} to {high}", count=count, low=low, high=high)
    return tr("{count} ratings: {low} to {high}", count=count, low=low, high=high)


class RatingRow(QWidget):
    """A body, its mean, the mark, and the numbers in words."""

    def __init__(self, name: str, rated: Rated, palette: Palette) -> None:
        super().__init__()
        mean = label(format_number(rated.mean, 1), "secondary" if rated.is_few else "value")
        top = row(ElidedLabel(name), mean, spacing=6)
        top.setStretch(0, 1)
        self.setLayout(
            column(top, RatingMark(rated, palette), label(range_text(rated), "secondary", wrap=True), spacing=1, margins=(0, 4, 0, 4))
        )
        parts = (tr("Attitude"), rated.attitude), (tr("Speed"), rated.speed), (tr("Result"), rated.outcome)
        self.setToolTip("\n".join(f"{word} {format_number(stars, 1)}" for word, stars in parts))
