"""What stands around a printed map: title, legend, figures, scale bar, north arrow, locator and source."""

from collections.abc import Sequence
from itertools import groupby

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainterPath, QPen, QPolygonF

from gis_app.language import format_number, tr
from gis_app.map.legend import LegendEntry, Symbol, legend_title
from gis_app.map.palette import Palette
from gis_app.map.qt.marks import draw_mark
from gis_app.map.scene import LayerKind, Scene
from gis_app.output.contents import Contents
from gis_app.output.page import Extent, Frame, PageLayout, scale_bar
from gis_app.output.qt.sheet import CENTRE, RIGHT, Sheet

HAIRLINE = 0.15
"""Width of the thinnest lines in mm."""

_LINES = (LayerKind.TOWNSHIP_BORDERS, LayerKind.VILLAGE_BORDERS, LayerKind.CELL_BORDERS, LayerKind.HOUSEHOLDS)


def draw_title(sheet: Sheet, layout: PageLayout, written: Contents, palette: Palette) -> None:
    """Write the title with an accent before it, the subtitle below, and the date at the right."""
    frame, text = layout.title, layout.text
    accent = text * 0.16
    sheet.painter.fillRect(sheet.rect(Frame(frame.x, frame.y + 0.8, accent, frame.height - 2.6)), QColor(palette.accent))
    x = frame.x + accent + text * 0.36
    date = sheet.width_of(written.date, text)
    upper = frame.height * 0.62
    sheet.text(Frame(x, frame.y, frame.right - x, upper), written.title, text * 2.5, palette.text, bold=True)
    lower = Frame(x, frame.y + upper, frame.right - x - date - 6, frame.height - upper - 1.2)
    sheet.text(lower, written.subtitle, text * 1.1, palette.secondary)
    sheet.text(Frame(frame.right - date - 1, lower.y, date + 1, lower.height), written.date, text, palette.secondary, align=RIGHT)


def draw_footer(sheet: Sheet, layout: PageLayout, written: Contents, note: str, palette: Palette) -> None:
    """Write the source at the left and a note at the right, under a hairline."""
    frame, text = layout.footer, layout.text * 0.86
    sheet.rule(frame.x, frame.y, frame.right, frame.y, palette.hairline, HAIRLINE)
    width = min(sheet.width_of(note, text) + 1, frame.width * 0.45)
    below = Frame(frame.x, frame.y + 0.6, frame.width - width - 4, frame.height - 0.6)
    sheet.text(below, written.source, text, palette.secondary)
    sheet.text(Frame(frame.right - width, below.y, width, below.height), note, text, palette.secondary, align=RIGHT)


def draw_north(sheet: Sheet, layout: PageLayout, palette: Palette) -> None:
    """Draw the arrow to grid north."""
    frame = layout.north
    label = frame.height * 0.27
    x, top, bottom = frame.x + frame.width / 2, frame.y + label, frame.bottom - 0.4
    half = (bottom - top) * 0.33
    left = QPolygonF([sheet.point(x, top), sheet.point(x - half, bottom), sheet.point(x, bottom - (bottom - top) * 0.26)])
    right = QPolygonF([sheet.point(x, top), sheet.point(x + half, bottom), sheet.point(x, bottom - (bottom - top) * 0.26)])
    painter = sheet.painter
    painter.setPen(
        QPen(QColor(palette.text), 0.2 * sheet.per_mm, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(QColor(palette.text))
    painter.drawPolygon(left)
    painter.setBrush(QColor(palette.panel))
    painter.drawPolygon(right)
    sheet.text(Frame(frame.x, frame.y, frame.width, label), tr("N"), layout.text * 1.15, palette.text, bold=True, align=CENTRE)


def draw_scale(sheet: Sheet, layout: PageLayout, scale: float, palette: Palette) -> None:
    """Draw the scale in figures and as a bar."""
    frame, text = layout.scale, layout.text
    end = _length(scale_bar(scale, frame.width * 0.8).length)
    bar = scale_bar(scale, frame.width - sheet.width_of(end, text * 0.9) - 1)
    line = sheet.line_height(text)
    thick = text * 0.17
    y = frame.bottom - thick - 0.3
    sheet.text(Frame(frame.x, y - 2 * line - 0.9, frame.width, line), f"1 : {format_number(scale)}", text, palette.text, bold=True)
    step = bar.width / bar.divisions
    painter = sheet.painter
    for i in range(bar.divisions):
        painter.setPen(sheet.pen(palette.text, HAIRLINE))
        painter.setBrush(QColor(palette.text if i % 2 == 0 else palette.panel))
        painter.drawRect(sheet.rect(Frame(frame.x + i * step, y, step, thick)))
    above = y - line - 0.3
    sheet.text(Frame(frame.x, above, 8, line), "0", text * 0.9, palette.secondary)
    middle = bar.divisions // 2 if bar.divisions % 2 == 0 else 0
    label = _length(bar.length)
    if middle and bar.width > 2.4 * sheet.width_of(label, text):
        half = f"{bar.step * middle / (1000 if bar.length >= 1000 else 1):g}"
        sheet.text(Frame(frame.x + middle * step - 8, above, 16, line), half, text * 0.9, palette.secondary, align=CENTRE)
    width = sheet.width_of(label, text * 0.9) + 1
    number = sheet.width_of(label.split()[0], text * 0.9)
    sheet.text(Frame(frame.x + bar.width - number / 2, above, width, line), label, text * 0.9, palette.secondary)


def _length(metres: float) -> str:
    if metres >= 1000:
        return tr("{length} km", length=f"{metres / 1000:g}")
    return tr("{length} m", length=f"{metres:g}")


def draw_figures(sheet: Sheet, layout: PageLayout, written: Contents, palette: Palette) -> None:
    """Write the main figures as a small table."""
    frame, text = layout.figures, layout.text
    line = min(sheet.line_height(text) * 1.16, frame.height / (len(written.figures) + 1.3))
    size = min(text, line / 25.4 * 72 / 1.4)
    y = _heading(sheet, Frame(frame.x, frame.y, frame.width, line), written.figures_of, size, palette)
    for label, value in written.figures:
        width = sheet.width_of(value, size, bold=True) + 1
        sheet.text(Frame(frame.x, y, frame.width - width - 1, line), label, size, palette.text)
        sheet.text(Frame(frame.right - width, y, width, line), value, size, palette.text, bold=True, align=RIGHT)
        y += line


def _heading(sheet: Sheet, frame: Frame, text: str, size: float, palette: Palette) -> float:
    """Write a heading with a hairline under it; returns where the next line begins."""
    sheet.text(frame, text, size, palette.secondary, bold=True)
    sheet.rule(frame.x, frame.bottom, frame.right, frame.bottom, palette.hairline, HAIRLINE)
    return frame.bottom + frame.height * 0.22


def draw_legend(sheet: Sheet, layout: PageLayout, scene: Scene, entries: Sequence[LegendEntry]) -> None:
    """Draw the legend: a heading and the entries of each layer, in as many columns as the frame has room for."""
    groups = _groups(scene, entries)
    if not groups:
        return
    frame, text, palette = layout.legend, layout.text, scene.palette
    gap = text * 0.7
    most = max(1, int((frame.width + gap) // (text * 6.0)))
    line, size = sheet.line_height(text) * 1.16, text
    while not (parted := _in_columns(groups, most, frame.height / line)) and line > text * 0.2:
        line, size = line * 0.95, size * 0.965
    columns = max(len(parted), 1)
    width = min((frame.width - gap * (columns - 1)) / columns, text * 8.5)
    for i, column in enumerate(parted or [groups]):
        y = frame.y
        for title, members in column:
            y = _heading(sheet, Frame(frame.x + i * (width + gap), y, width, line), title, size, palette)
            for entry in members:
                _entry(sheet, Frame(frame.x + i * (width + gap), y, width, line), entry, size, palette)
                y += line
            y += line * 0.5


Group = tuple[str, tuple[LegendEntry, ...]]


def _groups(scene: Scene, entries: Sequence[LegendEntry]) -> list[Group]:
    """Put entries under headings: borders and households under one, other layers under their own."""

    def heading(entry: LegendEntry) -> str:
        return tr("Borders and places") if entry.layer in _LINES else str(legend_title(scene, entry.layer))

    return [(title, tuple(members)) for title, members in groupby(sorted(entries, key=_order), heading)]


def _order(entry: LegendEntry) -> int:
    kinds = (LayerKind.CELLS, LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY, LayerKind.CASES, LayerKind.FLOWS, *_LINES)
    return kinds.index(entry.layer) if entry.layer not in _LINES else len(kinds)


def _in_columns(groups: list[Group], columns: int, lines: float) -> list[list[Group]]:
    """Fill columns of a number of lines with groups from the left; empty where they do not fit."""
    parted: list[list[Group]] = [[]]
    used = 0.0
    for group in groups:
        needed = len(group[1]) + 1.75
        if parted[-1] and used + needed - 0.5 > lines:
            parted.append([])
            used = 0.0
        if needed - 0.5 > lines:
            return []
        parted[-1].append(group)
        used += needed
    return parted if len(parted) <= columns else []


def _entry(sheet: Sheet, frame: Frame, entry: LegendEntry, size: float, palette: Palette) -> None:
    mark = Frame(frame.x, frame.y + frame.height * 0.18, frame.height * 1.35, frame.height * 0.64)
    _draw_symbol(sheet, mark, entry, palette)
    x = mark.right + frame.height * 0.4
    count = format_number(entry.count) if entry.count is not None else ""
    width = sheet.width_of(count, size) + 1 if count else 0.0
    sheet.text(Frame(x, frame.y, frame.right - x - width - 0.5, frame.height), str(entry.text), size, palette.text)
    if count:
        sheet.text(Frame(frame.right - width, frame.y, width, frame.height), count, size, palette.secondary, align=RIGHT)


def _draw_symbol(sheet: Sheet, frame: Frame, entry: LegendEntry, palette: Palette) -> None:
    painter, rect = sheet.painter, sheet.rect(frame)
    y = frame.y + frame.height / 2
    if entry.symbol in (Symbol.FILL, Symbol.GRADIENT):
        brush = QBrush(QColor(entry.colour))
        if entry.symbol == Symbol.GRADIENT:
            gradient = QLinearGradient(rect.topLeft(), rect.topRight())
            gradient.setColorAt(0, QColor(palette.panel))
            gradient.setColorAt(1, QColor(entry.colour))
            brush = QBrush(gradient)
        painter.setPen(sheet.pen(palette.cell_border, HAIRLINE))
        painter.setBrush(brush)
        painter.drawRect(rect)
    elif entry.symbol in (Symbol.LINE, Symbol.DASH):
        width = {LayerKind.CELL_BORDERS: 0.2, LayerKind.VILLAGE_BORDERS: 0.3}.get(entry.layer, 0.42)
        if entry.layer == LayerKind.TOWNSHIP_BORDERS:
            sheet.rule(frame.x, y, frame.right, y, palette.township_halo, width * 3)
        pen = sheet.pen(entry.colour, width)
        if entry.symbol == Symbol.DASH:
            pen.setDashPattern([3.4, 1.6])
        painter.setPen(pen)
        painter.drawLine(sheet.point(frame.x, y), sheet.point(frame.right, y))
    else:
        size = frame.height * {Symbol.DOT: 0.45, Symbol.CIRCLE: 0.9}.get(entry.symbol, 1.05)
        centre = sheet.point(frame.x + frame.width / 2, y)
        symbol = Symbol.CIRCLE if entry.symbol == Symbol.CLUSTER else entry.symbol
        if entry.layer == LayerKind.HOUSEHOLDS:
            size *= 0.5
        draw_mark(painter, symbol, centre.x(), centre.y(), size * sheet.per_mm, entry.colour, palette.panel)


def draw_locator(
    sheet: Sheet, frame: Frame, county: Sequence[shapely.Geometry], unit: shapely.Geometry, extent: Extent, palette: Palette
) -> None:
    """Draw where a unit lies: the townships of the county, pale, and the unit in the accent colour."""
    west, south, east, north = extent
    resolution = max((east - west) / frame.width, (north - south) / frame.height, 1e-9)  # map units per mm
    x = frame.x + (frame.width - (east - west) / resolution) / 2
    y = frame.y + (frame.height - (north - south) / resolution) / 2

    def shape(geometry: shapely.Geometry) -> QPainterPath:
        path = QPainterPath()
        for ring in _rings(shapely.simplify(geometry, resolution * 0.12)):
            path.addPolygon(QPolygonF([sheet.point(x + (a - west) / resolution, y + (north - b) / resolution) for a, b in ring]))
        return path

    painter = sheet.painter
    painter.setPen(sheet.pen(palette.cell_border, HAIRLINE))
    painter.setBrush(QColor(palette.map_land))
    for township in county:
        painter.drawPath(shape(township))
    painter.setPen(sheet.pen(palette.accent, 0.3))
    painter.setBrush(QColor(palette.accent))
    place = shape(unit)
    painter.drawPath(place)
    if place.boundingRect().width() < 2.5 * sheet.per_mm:  # too small to be seen: a ring around it
        painter.setBrush(Qt.BrushStyle.NoBrush)
        centre: QPointF = place.boundingRect().center()
        radius = 2.2 * sheet.per_mm
        painter.drawEllipse(QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius))


def _rings(geometry: shapely.Geometry) -> list[list[tuple[float, float]]]:
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if part.geom_type == "Polygon" and not part.is_empty]
    return [[(float(a), float(b)) for a, b in ring.coords] for part in parts for ring in (part.exterior, *part.interiors)]
