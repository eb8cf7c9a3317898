"""Where a grid worker lives and which cells are his, drawn over the map: lines from home to cells. The home can be dragged to a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gis_app.grid.coverage import label_points, polygons
from gis_app.gui.icons import icon
from gis_app.language import tr
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas

if TYPE_CHECKING:
    from gis_app.gui.session import Session

SIZE = 26
"""Pixels of the sign of a home."""

Place = tuple[float, float]


class DutyMark(QWidget):
    """The lines; they let every press through. The sign of the home lies above them and can be dragged."""

    moved_over = Signal(int, int)  # worker, cell under the pointer (0: none)
    given = Signal(int, int)  # worker, cell

    def __init__(self, canvas: MapCanvas, palette: Palette) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._canvas, self._palette = canvas, palette
        self.worker = 0
        self.home_place: Place | None = None
        self.ends: tuple[Place, ...] = ()
        self._pointer: QPointF | None = None
        self.home = _Home(self, canvas, palette)
        canvas.viewport_changed.connect(self._lay)
        canvas.tool_changed.connect(self._lay)
        canvas.installEventFilter(self)
        self.hide()

    def show_duty(self, session: Session, worker: int, cells: Sequence[int] | None = None) -> None:
        """Show the home of a worker and lines to cells (those that he has)."""
        known = session.state.workers.get(worker)
        self.worker = worker if known is not None else 0
        self.home_place = known.home if known is not None else None
        wanted = tuple(cells) if cells is not None else known.cells if known is not None else ()
        there = [cell for cell in wanted if cell in session.state.coverage.cells]
        points = label_points(polygons(session.state.coverage, there)) if there and self.home_place is not None else {}
        self.ends = tuple(points.values())
        self.home.setToolTip(tr("Home of the grid worker. Drag it to a cell to give the worker this cell."))
        self._lay()

    def follow(self, session: Session) -> None:
        """Show the duty of the selected worker, or nothing."""
        table, found = session.selected
        self.show_duty(session, found if table == "workers" else 0)

    def _lay(self, _: object = None) -> None:
        shown = self.home_place is not None
        self.setVisible(shown)
        self.home.setVisible(shown and self._canvas.tool == "select")  # what is drawn must not be caught by it
        if self.home_place is not None:
            self.setGeometry(self._canvas.rect())
            x, y = self._canvas.viewport.to_screen(*self.home_place)
            self.home.move(round(x) - SIZE // 2, round(y) - SIZE // 2)
            self.raise_()
            self.home.raise_()
            self.update()

    def drag_to(self, at: QPoint | None) -> None:
        """Draw a line to where the home is dragged; None: it was let go."""
        self._pointer = QPointF(at) if at is not None else None
        self.moved_over.emit(self.worker, self._canvas.cell_at(at.x(), at.y()) if at is not None else 0)
        self.update()

    def drop(self, at: QPoint) -> None:
        """Tell on which cell the home was let go."""
        self.drag_to(None)
        cell = self._canvas.cell_at(at.x(), at.y())
        if cell:
            self.given.emit(self.worker, cell)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Be as large as the map."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._lay()
        return super().eventFilter(watched, event)

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw the lines over a halo."""
        if self.home_place is None:
            return
        start = QPointF(*self._canvas.viewport.to_screen(*self.home_place))
        ends = [QPointF(*self._canvas.viewport.to_screen(*end)) for end in self.ends]
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for colour, width in ((self._palette.label_halo, 5.0), (self._palette.selection, 2.0)):
                pen = QPen(QColor(colour), width)
                painter.setPen(pen)
                for end in ends:
                    painter.drawLine(start, end)
                    painter.drawEllipse(end, 3, 3)
                if self._pointer is not None:
                    pen.setStyle(Qt.PenStyle.DashLine)
                    painter.setPen(pen)
                    painter.drawLine(start, self._pointer)
        finally:
            painter.end()


class _Home(QWidget):
    """The sign of a home: pressed, it is dragged until it is let go."""

    def __init__(self, mark: DutyMark, canvas: MapCanvas, palette: Palette) -> None:
        super().__init__(canvas)
        self._mark, self._canvas, self._palette = mark, canvas, palette
        self._pressed: QPoint | None = None
        self.setFixedSize(SIZE, SIZE)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(tr("Home of the grid worker"))
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            self._mark.drag_to(self._at(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        if (event.position().toPoint() - pressed).manhattanLength() < SIZE // 2:
            self._mark.drag_to(None)
        else:
            self._mark.drop(self._at(event))

    def _at(self, event: QMouseEvent) -> QPoint:
        return self.mapTo(self._canvas, event.position().toPoint())

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw a house on a disc."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._palette.selection), 2))
            painter.setBrush(QColor(self._palette.panel))
            painter.drawEllipse(self.rect().adjusted(2, 2, -2, -2))
            icon("house", self._palette, self._palette.selection).paint(painter, self.rect().adjusted(6, 6, -6, -6))
        finally:
            painter.end()
