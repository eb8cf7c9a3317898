"""The small panel near the pointer that says, while somebody draws, what the edit would mean for each cell that it touches."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QWidget

from gis_app.county.consequences import CellConsequence, CellFigures
from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.gui.banner import Banner
from gis_app.language import Message, format_number, msg, plural, tr
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.marks import font
from gis_app.map.qt.previewing import Preview

Floats = NDArray[np.float64]

TITLES: dict[str, Message] = {
    "split_cell": msg("Preview of the split"),
    "split_by_polygon": msg("Preview of the split"),
    "split_equally": msg("Preview of the split"),
    "merge_cells": msg("Preview of the merger"),
    "transfer_area": msg("Preview of the transfer"),
    "paint_cells": msg("Preview of the painting"),
    "draw_cell": msg("Preview of the new cell"),
    "delete_cell": msg("Preview of the deletion"),
    "extend_county": msg("Preview of the county's border"),
    "cut_county": msg("Preview of the county's border"),
}
"""What the panel is headed with, by verb; every other one changes borders."""

MOST_CELLS = 5
MARGIN, LINE, GAP = 12.0, 19.0, 5.0
WIDTH = 380.0
"""Pixels of what is told of a cell at most; longer remarks take several lines."""

AWAY = 28
"""Pixels that the panel keeps from the pointer."""

FAR = 420
"""Pixels from which the panel comes after the pointer."""


NOTHING_DRAWN: Floats = np.empty((0, 2))


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of one cell: its name, its resident households before and after, a verdict (and whether it warns), everything else."""

    name: str
    households: str
    verdict: str
    warns: bool
    details: str


def row_of(found: CellConsequence) -> Row:
    """Say in words what an edit means for one cell."""
    before, after = found.before, found.after
    if after is None:
        was = format_number(before.households) if before is not None else ""
        return Row(found.name, tr("{before} → none", before=was), tr("is no more"), False, "")
    count = format_number(after.households)
    if before is not None and before.households != after.households:
        households = tr("{before} → {after} resident", before=format_number(before.households), after=count)
    else:
        households = tr("{count} resident", count=count)
    verdict = "✓"
    if after.below_floor:
        verdict = tr("below {floor}", floor=format_number(after.floor))
    elif after.above_maximum:
        verdict = tr("above {most}", most=format_number(after.most))
    parts = [
        tr("{area} km²", area=_change(before, after, "area", 2)),
        tr("compactness {value}", value=_change(before, after, "compactness", 2)),
    ]
    if after.whistles or (before is not None and before.whistles):
        parts.append(tr("open whistles {count}", count=_change(before, after, "whistles", 0)))
    return Row(found.name, households, verdict, after.below_floor or after.above_maximum, " · ".join(parts))


def _change(before: CellFigures | None, after: CellFigures, name: str, digits: int) -> str:
    """Write a figure, or, where it is another one than before, both."""
    scale = 1e-6 if name == "area" else 1.0
    now = format_number(getattr(after, name) * scale, digits)
    was = format_number(getattr(before, name) * scale, digits) if before is not None else now
    return now if was == now else f"{was} → {now}"


class LivePanel(QWidget):
    """Shows the previews of a canvas, beside what is edited and never under the pointer. It is painted: it changes in every frame."""

    def __init__(self, canvas: MapCanvas, palette: Palette) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self._canvas, self._palette = canvas, palette
        self.title = ""
        self.rows: tuple[Row, ...] = ()
        self.remarks: tuple[str, ...] = ()
        self._news: tuple[str, ...] = ()  # those of the remarks that warn of nothing
        self._calm = 0  # so many lines of the remarks warn of nothing
        self._lines: tuple[str, ...] = ()  # the remarks as they are written
        self._widths: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self.hide()
        canvas.previewed.connect(self.show_preview)

    def show_preview(self, preview: Preview | None) -> None:
        """Say what a preview means; nothing where there is none, or where it is refused (the canvas says why)."""
        if (
            preview is None
            or not isinstance(preview.tried, Edited)
            or not (preview.consequences or preview.tried.warnings or preview.tried.news)
        ):
            self.hide()
            return
        told = preview.consequences[:MOST_CELLS]
        rest = len(preview.consequences) - len(told)
        self.title = str(TITLES.get(preview.edit.verb, msg("Preview of the border")))
        self.rows = tuple(row_of(found) for found in told)
        more = (
            (
                str(
                    plural(
                        rest,
                        msg("and {count} more cell", count=format_number(rest)),
                        msg("and {count} more cells", count=format_number(rest)),
                    )
                ),
            )
            if rest
            else ()
        )
        self._news = (*more, *(str(news) for news in preview.tried.news))
        self.remarks = (*self._news, *(str(warning) for warning in preview.tried.warnings))
        self.setAccessibleName(self.words())
        self._measure()
        self._place(preview)
        self.show()
        self.raise_()
        self.update()

    def words(self) -> str:
        """Return all that the panel says, one line a cell."""
        lines = (" ".join((row.name, row.households, row.verdict, row.details)).strip() for row in self.rows)
        return "\n".join((self.title, *lines, *self.remarks))

    def _measure(self) -> None:
        bold, plain = QFontMetricsF(font(13, bold=True)), QFontMetricsF(font(12))
        names = max((plain.horizontalAdvance(row.name) for row in self.rows), default=0.0)
        counts = max((bold.horizontalAdvance(row.households) for row in self.rows), default=0.0)
        verdicts = max((plain.horizontalAdvance(row.verdict) for row in self.rows), default=0.0)
        self._widths = (names, counts, verdicts)
        room = max(names + counts + verdicts + 28, WIDTH)
        self._lines = tuple(line for remark in self.remarks for line in broken(remark, plain, room))
        self._calm = sum(len(tuple(broken(remark, plain, room))) for remark in self._news)
        details = max(
            (plain.horizontalAdvance(text) for text in (self.title, *self._lines, *(row.details for row in self.rows))), default=0.0
        )
        width = max(names + counts + verdicts + 28, min(details, WIDTH)) + 2 * MARGIN
        lines = 1 + sum(2 if row.details else 1 for row in self.rows) + len(self._lines)
        self.resize(QSize(round(width), round(lines * LINE + len(self.rows) * GAP + 2 * MARGIN)))

    def _place(self, preview: Preview) -> None:
        """Stay where the panel is while it is out of the way and near; else go beside the touched cells, or else beside the pointer."""
        pointer = self._canvas.editing.pointer or QPointF(self._canvas.rect().center())
        here = QRect(self.pos(), self.size())
        room = self._room()
        distance = (QPointF(here.center()) - pointer).manhattanLength()
        near = here.adjusted(-AWAY, -AWAY, AWAY, AWAY)
        words = self._canvas.editing.words_at_pointer(self._canvas.viewport).toAlignedRect()
        line = self._canvas.editing.drawn_on_screen(self._canvas.viewport)
        clear = not near.contains(pointer.toPoint()) and not words.intersects(here) and not crosses(line, here)
        if self.isVisible() and room.contains(here) and clear and distance < FAR:
            return
        self.move(place_beside(self._touched(preview), pointer.toPoint(), self.size(), room, words, line))

    def _room(self) -> QRect:
        """Return where the panel may be: on the canvas, below what a banner says."""
        room = self._canvas.rect().adjusted(6, 6, -6, -6)
        for banner in self._canvas.window().findChildren(Banner):
            if banner.isVisible():
                foot = self._canvas.mapFromGlobal(banner.mapToGlobal(banner.rect().bottomLeft())).y()
                room.setTop(max(room.top(), foot + 6))
        return room

    def _touched(self, preview: Preview) -> QRect:
        """Return where the touched cells lie on the canvas."""
        assert isinstance(preview.tried, Edited)
        extent = extent_of(preview.tried.coverage, preview.tried.cells)
        if extent is None:
            return QRect()
        viewport = self._canvas.viewport
        corners = (QPointF(*viewport.to_screen(extent[0], extent[3])), QPointF(*viewport.to_screen(extent[2], extent[1])))
        return QRectF(*corners).toAlignedRect()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the panel."""
        palette = self._palette
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.hairline), 1))
            painter.setBrush(QColor(palette.panel))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            self._y = MARGIN
            self._write(painter, MARGIN, self.title, 12, palette.secondary)
            self._y += LINE
            for row in self.rows:
                self._y += GAP
                self._write(painter, MARGIN, row.name, 12, palette.text)
                self._write(painter, MARGIN + self._widths[0] + 10, row.households, 13, palette.text, bold=True)
                colour = palette.danger if row.warns else palette.success if row.verdict == "✓" else palette.secondary
                left = self.width() - MARGIN - self._widths[2]
                self._write(painter, left, row.verdict, 12, colour, bold=row.warns)
                self._y += LINE
                if row.details:
                    self._write(painter, MARGIN, row.details, 12, palette.secondary)
                    self._y += LINE
            for at, remark in enumerate(self._lines):
                self._write(painter, MARGIN, remark, 12, palette.secondary if at < self._calm else palette.warning)
                self._y += LINE
        finally:
            painter.end()

    def _write(self, painter: QPainter, x: float, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        letters = font(size, bold=bold)
        painter.setFont(letters)
        painter.setPen(QColor(colour))
        box = QRectF(x, self._y, self.width() - x - 4, LINE)
        shown = QFontMetricsF(letters).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


def broken(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Return a text as lines of a width at most, broken at spaces where it has some."""
    lines: list[str] = []
    while text:
        fits = len(text)
        while fits > 1 and metrics.horizontalAdvance(text[:fits]) > width:
            fits -= 1
        space = text.rfind(" ", 0, fits + 1) if fits < len(text) else -1
        end = space if space > 0 else fits
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return lines


def extent_of(coverage: Coverage, cells: frozenset[int]) -> tuple[float, float, float, float] | None:
    """Return the extent of some cells, or None where they have no borders."""
    arcs = {abs(arc) for cell in cells if cell in coverage.cells for part in coverage.cells[cell] for ring in part[:1] for arc in ring}
    if not arcs:
        return None
    low = [coverage.arcs[arc].points.min(axis=0) for arc in arcs]
    high = [coverage.arcs[arc].points.max(axis=0) for arc in arcs]
    return (
        float(min(point[0] for point in low)),
        float(min(point[1] for point in low)),
        float(max(point[0] for point in high)),
        float(max(point[1] for point in high)),
    )


def crosses(line: Floats, box: QRect) -> bool:
    """Tell whether a line (n, 2) in pixels comes into a box."""
    if not len(line):
        return False
    corners = (float(box.left()), float(box.top()), float(box.right()), float(box.bottom()))
    return not shapely.clip_by_rect(shapely.LineString(line if len(line) > 1 else line[[0, 0]]), *corners).is_empty


def place_beside(
    busy: QRect, pointer: QPoint, size: QSize, room: QRect, words: QRect | None = None, line: Floats = NOTHING_DRAWN
) -> QPoint:
    """Return where a panel goes: inside the room, off the pointer and the words there.

    If there is room for that, it goes beside what is `busy`; else where it does not lie over the drawn line (n, 2); else near the pointer.
    """
    x, y = pointer.x(), pointer.y()
    held = QRect(x - 8, y - 8, 16, 16)
    held = held.united(words) if words is not None and words.isValid() else held

    def beside(box: QRect) -> list[QPoint]:
        return [
            QPoint(box.right() + AWAY, y - size.height() // 2),
            QPoint(box.left() - AWAY - size.width(), y - size.height() // 2),
            QPoint(x - size.width() // 2, box.bottom() + AWAY),
            QPoint(x - size.width() // 2, box.top() - AWAY - size.height()),
        ]

    def inside(at: QPoint) -> QRect:
        left = min(max(at.x(), room.left()), room.right() - size.width())
        top = min(max(at.y(), room.top()), room.bottom() - size.height())
        return QRect(QPoint(left, top), size)

    def far(box: QRect) -> int:
        return (box.center() - pointer).manhattanLength()

    below, above = max(y + AWAY, held.bottom() + 8), min(y - AWAY, held.top() - 8) - size.height()
    corners = [inside(QPoint(left, top)) for top in (below, above) for left in (x + AWAY, x - AWAY - size.width())]
    if busy.isValid():
        for box in sorted(map(inside, beside(busy)), key=far):
            if not box.intersects(busy) and not box.intersects(held) and far(box) < FAR:
                return box.topLeft()
    free = [box for box in corners if not box.intersects(held)]
    drawn = QPolygon([QPoint(round(px), round(py)) for px, py in line.tolist()]).boundingRect()
    around = [box for box in map(inside, beside(drawn)) if not box.intersects(held)] if len(line) else []
    chosen = next((box for box in (*free, *sorted(around, key=far)) if not crosses(line, box)), None)
    return (chosen or next(iter(free), corners[0])).topLeft()
