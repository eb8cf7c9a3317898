"""A sheet of paper that is drawn on: a PDF, a picture or an SVG, with millimetres for places and points for letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter, QPen
from PySide6.QtSvg import QSvgGenerator

from gis_app.language import msg
from gis_app.map.palette import LIGHT
from gis_app.map.qt.marks import FAMILIES
from gis_app.output.errors import OutputError
from gis_app.output.page import Frame, PageLayout, pixels
from gis_app.output.qt.ink import InkPainter

KINDS = (".pdf", ".png", ".svg")

LEFT, RIGHT, CENTRE = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter

SMALLEST = 0.7
"""A text that does not fit is set smaller, down to this share of its size; then its end is cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A painter, how many of its units are an inch, and whether it draws a vector page (else a picture)."""

    painter: QPainter
    dpi: int
    vector: bool

    @property
    def per_mm(self) -> float:
        """Return how many units of the painter are one millimetre."""
        return self.dpi / 25.4

    def rect(self, frame: Frame) -> QRectF:
        """Return a frame in units of the painter."""
        return QRectF(frame.x * self.per_mm, frame.y * self.per_mm, frame.width * self.per_mm, frame.height * self.per_mm)

    def point(self, x: float, y: float) -> QPointF:
        """Return a place on the paper in units of the painter."""
        return QPointF(x * self.per_mm, y * self.per_mm)

    def pen(self, colour: str, width: float) -> QPen:
        """Return a solid pen with flat ends, `width` mm wide."""
        return QPen(QColor(colour), width * self.per_mm, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.MiterJoin)

    def font(self, points: float, *, bold: bool = False) -> QFont:
        """Return the font of the page."""
        font = QFont()
        font.setFamilies(FAMILIES)
        font.setPixelSize(max(round(points / 72 * self.dpi), 1))
        font.setBold(bold)
        return font

    def line_height(self, points: float) -> float:
        """Return the height of a line of text in mm."""
        return points / 72 * 25.4 * 1.35

    def width_of(self, text: str, points: float, *, bold: bool = False) -> float:
        """Return the width of a text in mm."""
        return QFontMetricsF(self.font(points, bold=bold)).horizontalAdvance(text) / self.per_mm

    def text(
        self, frame: Frame, text: str, points: float, colour: str, *, bold: bool = False, align: Qt.AlignmentFlag = LEFT, top: bool = False
    ) -> None:
        """Write one line into a frame, set smaller or cut where it does not fit."""
        wanted = self.width_of(text, points, bold=bold)
        if wanted > frame.width:
            points *= max(frame.width / wanted * 0.995, SMALLEST)
        font = self.font(points, bold=bold)
        metrics = QFontMetricsF(font)
        if metrics.horizontalAdvance(text) > frame.width * self.per_mm + 1:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, frame.width * self.per_mm)
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour))
        vertical = Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag.AlignVCenter
        self.painter.drawText(self.rect(frame), align | vertical | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip, text)

    def rule(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float) -> None:
        """Draw a straight line."""
        self.painter.setPen(self.pen(colour, width))
        self.painter.drawLine(self.point(x1, y1), self.point(x2, y2))


def check_kind(path: Path) -> str:
    """Return the suffix of a page's file; raises `OutputError` for another than .pdf, .png and .svg."""
    suffix = path.suffix.lower()
    if suffix not in KINDS:
        raise OutputError(msg("{file}: a map can be written as .pdf, .png, .svg or .html. Choose one of these endings.", file=path.name))
    return suffix


@contextmanager
def drawing_on(path: Path, layout: PageLayout, title: str, dpi: int) -> Iterator[Sheet]:
    """Open a file as a sheet; it is complete when the block ends. The painter ends in any case: one that is left alive crashes Qt."""
    suffix = check_kind(path)
    width, height = pixels(layout.width, dpi), pixels(layout.height, dpi)
    device: QPdfWriter | QSvgGenerator | QImage
    if suffix == ".pdf":
        device = _pdf(path, layout, title, dpi)
    elif suffix == ".svg":
        device = _svg(path, width, height, title, dpi)
    else:
        device = QImage(width, height, QImage.Format.Format_RGB32)
        device.fill(Qt.GlobalColor.white)
        device.setDotsPerMeterX(round(dpi / 0.0254))
        device.setDotsPerMeterY(round(dpi / 0.0254))
    painter = InkPainter(LIGHT) if suffix == ".pdf" else QPainter()
    if not painter.begin(device):
        raise OSError(f"{path.name} cannot be opened for writing")
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        yield Sheet(painter, dpi, not isinstance(device, QImage))
    finally:
        painter.end()
    if isinstance(device, QImage) and not device.save(str(path)):
        raise OSError(f"{path.name} cannot be written")


def _pdf(path: Path, layout: PageLayout, title: str, dpi: int) -> QPdfWriter:
    writer = QPdfWriter(str(path))
    size = QPageSize(QPageSize.PageSizeId.A3 if layout.size == "A3" else QPageSize.PageSizeId.A4)
    orientation = QPageLayout.Orientation.Landscape if layout.landscape else QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(size, orientation, QMarginsF(0, 0, 0, 0)))
    writer.setResolution(dpi)
    writer.setTitle(title)
    writer.setCreator("gis-app")
    return writer


def _svg(path: Path, width: int, height: int, title: str, dpi: int) -> QSvgGenerator:
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)  # the default, SVG Tiny, cannot clip
    generator.setFileName(str(path))
    generator.setResolution(dpi)
    generator.setSize(QSize(width, height))
    generator.setViewBox(QRectF(0, 0, width, height))
    generator.setTitle(title)
    return generator
