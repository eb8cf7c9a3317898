"""The table of vertices of the selected cell, beside the map: exact coordinates to read and to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QStyledItemDelegate, QTableView, QWidget

from gis_app.county import boundary_edits
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.units import Level
from gis_app.gui import performing
from gis_app.gui.theme import font
from gis_app.gui.vertex_rows import SIGNS, VertexModel, coordinate, kind_text, vertex_rows
from gis_app.gui.widgets import column, label, row, small_button
from gis_app.gui.words import unit_name
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


SAMPLES = ("◉ 1-00", "000000.000", "0000000.000")
"""What the columns have to hold."""

PADDING = 24
"""Pixels of a cell of the table beside its text."""


class CoordinateBox(QStyledItemDelegate):
    """Takes a coordinate; what is no number is shown as wrong and is not taken."""

    def createEditor(self, parent: QWidget, option: object, index: object) -> QWidget:  # noqa: D102
        box = QLineEdit(parent)
        box.setAccessibleName(tr("Coordinate"))
        box.setFrame(False)

        def judge(text: str) -> None:
            box.setProperty("problem", "false" if coordinate(text) is not None else "true")
            box.style().unpolish(box)
            box.style().polish(box)

        box.textChanged.connect(judge)
        return box


class VertexTable(QWidget):
    """Every vertex of the selected cell. Selecting a row marks it on the map; a coordinate that is written anew moves it."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self._cell = 0
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Table of vertices"))
        palette = self._session.palette
        self._title, self._said = label("", "secondary", wrap=True), label("", "secondary", wrap=True)
        self.model = VertexModel(vertex_rows(self._session.state.coverage, 0), self._move, self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Table of vertices"))
        self.table.setItemDelegate(CoordinateBox(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(26)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        metrics = QFontMetrics(font())
        for at, sample in enumerate(SAMPLES):
            header.resizeSection(at, metrics.horizontalAdvance(sample) + PADDING)
        header.setStretchLastSection(True)
        self.table.selectionModel().currentRowChanged.connect(self._show)
        close = small_button(palette, "x", tr("Close"), self._close)
        top = row(label(tr("Table of vertices"), "heading"), None, close)
        signs = label(" · ".join(f"{sign} {kind_text(*kind)}" for kind, sign in SIGNS.items()), "secondary", wrap=True)
        self.setLayout(column(top, self._title, self.table, signs, self._said, spacing=8, margins=(14, 14, 8, 10)))
        self._session.selection_changed.connect(self._follow)
        self._session.county_changed.connect(self._follow)
        self._follow()

    def _follow(self, _: object = None) -> None:
        """Show the vertices of the cell that is selected now; what is no cell leaves them as they are. A marked vertex stays marked."""
        session, before = self._session, self._cell
        table, found = session.selected
        state = session.state
        if table == "units" and state.units[found].level == Level.CELL:
            self._cell = found
        known = self._cell if self._cell in state.coverage.cells else 0
        kept = self.table.currentIndex().row()
        self.model.show_rows(vertex_rows(state.coverage, known))
        self._title.setText(unit_name(state.units[known]) if known else tr("Select a cell on the map."))
        count = format_number(self.model.rowCount())
        self._said.setText(
            tr("{count} vertices in {system}. Double click a coordinate to write another one.", count=count, system=state.settings.crs)
        )
        if self._cell == before and 0 <= kept < self.model.rowCount():
            chosen = self.table.selectionModel().blockSignals(True)
            self.table.selectRow(kept)
            self.table.selectionModel().blockSignals(chosen)
            if self._window.page is not None and self._window.page.view.place_mark.place is not None:
                self._show(self.table.currentIndex(), QModelIndex())  # it may have moved

    def _show(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid() and self._window.page is not None:
            x, y = self.model.rows.places[current.row()].tolist()
            self._window.page.view.mark_in_view(x, y)

    def _move(self, vertex: Vertex, by: tuple[float, float]) -> None:
        performing.perform_boundary(self._window, boundary_edits.move_vertices((vertex,), by))

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)


def show(window: Window) -> None:
    """Show the table of vertices in place of the inspector."""
    if window.page is not None:
        window.page.show_right(VertexTable(window))
