import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainterPath, QPen

from gis_app.map.palette import LIGHT
from gis_app.output.qt.ink import InkPainter

pytestmark = pytest.mark.usefixtures("qapp")


def translucent(colour: str, share: float) -> QPen:
    ink = QColor(colour)
    ink.setAlphaF(share)
    return QPen(ink, 3.0, Qt.PenStyle.DashLine)


def test_strokes_are_opaque_and_keep_everything_else() -> None:
    picture = QImage(20, 20, QImage.Format.Format_RGB32)
    painter = InkPainter(LIGHT)
    painter.begin(picture)
    try:
        painter.setPen(translucent("#1F2933", 0.5))
        dark = painter.pen()
        painter.setPen(translucent("#FFFFFF", 0.5))
        halo = painter.pen()
        painter.setPen(QColor("#C62828"))
        plain = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        none = painter.pen()
        path = QPainterPath()
        path.addRect(5, 5, 10, 10)
        painter.strokePath(path, translucent("#000000", 0.5))
    finally:
        painter.end()
    assert dark.color().alpha() == 255
    assert QColor("#1F2933").lightness() < dark.color().lightness() < 200
    assert (dark.widthF(), dark.style()) == (3.0, Qt.PenStyle.DashLine)
    assert halo.color() == QColor("#FFFFFF")
    assert plain.color() == QColor("#C62828")
    assert none.style() == Qt.PenStyle.NoPen
    assert 60 < picture.pixelColor(5, 7).lightness() < 160
