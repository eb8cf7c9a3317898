"""Charts of a bulletin as pictures, drawn with the program's own painter: columns by month, and bars by name.

matplotlib would bring 40 MB and its own search for Chinese fonts for two kinds of chart; here letters, colours and marks are those of the
map. Two series are told apart by lightness and by a legend, and every value is written: a copy in grey can be read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from gis_app.language import format_number
from gis_app.map.palette import LIGHT
from gis_app.output.page import Frame
from gis_app.output.qt.application import ensure_application
from gis_app.output.qt.sheet import CENTRE, LEFT, RIGHT, Sheet

DPI = 200
"""Resolution of the pictures."""

COLOURS = ("#93C5BF", "#0B6E75")
"""Of the first and second series: light and dark, told apart in grey too."""

TEXT = 8.0
"""Size of the letters in points."""

LEGEND, LINE = 8.0, 6.5
"""Heights of the legend and of a bar with its distance, in mm."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values with its name, one value a label."""

    name: str
    values: Sequence[float]


def columns_chart(labels: Sequence[str], series: Sequence[Series], width: float, height: float) -> bytes:
    """Return a PNG of upright columns, the series of one label beside each other; `width` and `height` in mm."""
    return _picture(width, height, lambda sheet: _draw_columns(sheet, labels, series, width, height))


def bars_chart(labels: Sequence[str], series: Sequence[Series], width: float) -> bytes:
    """Return a PNG of lying bars, one below the other, the second series within the first; `width` in mm."""
    height = LEGEND + LINE * len(labels) + 2
    return _picture(width, height, lambda sheet: _draw_bars(sheet, labels, series, width))


def _picture(width: float, height: float, draw: Callable[[Sheet], None]) -> bytes:
    ensure_application()
    image = QImage(round(width / 25.4 * DPI), round(height / 25.4 * DPI), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setDotsPerMeterX(round(DPI / 0.0254))
    image.setDotsPerMeterY(round(DPI / 0.0254))
    painter = QPainter(image)
    try:
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        draw(Sheet(painter, DPI, False))
    finally:
        painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def _draw_legend(sheet: Sheet, series: Sequence[Series]) -> None:
    x = 0.5
    for one, colour in zip(series, COLOURS, strict=False):
        _fill(sheet, Frame(x, 1.6, 3.2, 3.2), colour)
        wide = sheet.width_of(one.name, TEXT) + 2
        sheet.text(Frame(x + 4.6, 0.6, wide, 5.2), one.name, TEXT, LIGHT.text)
        x += wide + 9


def _draw_columns(sheet: Sheet, labels: Sequence[str], series: Sequence[Series], width: float, height: float) -> None:
    _draw_legend(sheet, series)
    top, base = LEGEND + 4, height - 7
    most = max((value for one in series for value in one.values), default=1) or 1
    step = width / max(len(labels), 1)
    wide = min(step * 0.8 / max(len(series), 1), 12.0)
    size = TEXT - 1.5 if wide < 8 else TEXT
    for at, text in enumerate(labels):
        left = at * step + (step - wide * len(series)) / 2
        for which, one in enumerate(series):
            tall = (base - top) * one.values[at] / most
            x = left + which * wide
            _fill(sheet, Frame(x + 0.2, base - tall, wide - 0.4, tall), COLOURS[which % len(COLOURS)])
            value = Frame(x - 2, base - tall - 3.9, wide + 4, 3.6)
            sheet.text(value, format_number(one.values[at]), size, LIGHT.text, align=CENTRE)
        sheet.text(Frame(at * step, base + 0.8, step, 5), text, TEXT, LIGHT.secondary, align=CENTRE)
    sheet.rule(0, base, width, base, LIGHT.disabled, 0.25)


def _draw_bars(sheet: Sheet, labels: Sequence[str], series: Sequence[Series], width: float) -> None:
    _draw_legend(sheet, series)
    most = max((value for one in series for value in one.values), default=1) or 1
    names = min(max((sheet.width_of(text, TEXT) for text in labels), default=10) + 2, width * 0.4)
    room = width - names - 26
    for at, text in enumerate(labels):
        y = LEGEND + at * LINE
        sheet.text(Frame(0, y, names - 2, LINE), text, TEXT, LIGHT.text, align=RIGHT)
        for which, one in enumerate(series):
            inset = 0.9 + 0.9 * which
            _fill(sheet, Frame(names, y + inset, room * one.values[at] / most, LINE - 2 * inset), COLOURS[which % len(COLOURS)])
        written = " / ".join(format_number(one.values[at]) for one in reversed(series))
        end = names + room * max(one.values[at] for one in series) / most
        sheet.text(Frame(end + 1.5, y, 24, LINE), written, TEXT, LIGHT.text, align=LEFT)
    sheet.rule(names, LEGEND, names, LEGEND + LINE * len(labels), LIGHT.disabled, 0.25)


def _fill(sheet: Sheet, frame: Frame, colour: str) -> None:
    rect: QRectF = sheet.rect(frame)
    sheet.painter.fillRect(rect, QColor(colour))
