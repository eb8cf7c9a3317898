"""Ink for PDF pages: strokes are opaque, because Qt writes a translucent stroke as the outline of its shape, eight times as large.

(QPdfEngine takes its simple way only for solid, opaque pens; 120,000 translucent dots made 4.2 MB, opaque ones make 0.5.)
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from gis_app.map.colours import mixed, ramp
from gis_app.map.palette import Palette

_LIGHT = 160
"""Inks lighter than this (HSL lightness) are halos: they become opaque as they are."""


class InkPainter(QPainter):
    """A painter whose pens are opaque: a translucent ink is mixed with the middle colour of the map's fills."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._paper = ramp(palette, 5)[2]

    def setPen(self, pen: QPen | QColor | Qt.PenStyle) -> None:  # type: ignore[override]  # the overloads of Qt
        """Set a pen, made opaque."""
        super().setPen(self._opaque(pen) if isinstance(pen, QPen) else pen)

    def strokePath(self, path: QPainterPath, pen: QPen | QColor) -> None:  # type: ignore[override]
        """Stroke a path with a pen, made opaque."""
        super().strokePath(path, self._opaque(QPen(pen)))

    def _opaque(self, pen: QPen) -> QPen:
        colour = pen.color()
        if colour.alpha() == 255 or pen.style() == Qt.PenStyle.NoPen:
            return pen
        share = colour.alphaF()
        colour.setAlpha(255)
        solid = QPen(pen)
        solid.setColor(colour if colour.lightness() > _LIGHT else QColor(mixed(self._paper, colour.name(), share)))
        return solid
