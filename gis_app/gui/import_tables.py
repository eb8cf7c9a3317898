"""The tables of the import assistant: the first rows of a file, and what became of rows."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from gis_app.files.preview import Preview
from gis_app.gui.column_widths import MARGIN, SAMPLE
from gis_app.gui.theme import SMALL, font
from gis_app.language import tr

WIDEST = 360
"""Pixels that no column exceeds by itself; it can be dragged wider."""


def rows_table(found: Preview) -> QTableWidget:
    """Return the first rows of a file as a table."""
    table = QTableWidget(len(found.rows), len(found.columns))
    table.setHorizontalHeaderLabels(list(found.columns))
    table.setAccessibleName(tr("First rows of the file"))
    for at, values in enumerate(found.rows):
        for column_at, value in enumerate(values):
            table.setItem(at, column_at, QTableWidgetItem(value))
    _plain(table)
    return table


def details_table(details: list[tuple[str, str, str]]) -> QTableWidget:
    """Return what was rejected, repaired or remains, one a row."""
    shown = details[:2000]
    table = QTableWidget(len(shown), 3)
    table.setHorizontalHeaderLabels([tr("What"), tr("Row"), tr("Reason")])
    table.setAccessibleName(tr("What was rejected, repaired or remains"))
    for at, values in enumerate(shown):
        for column_at, value in enumerate(values):
            table.setItem(at, column_at, QTableWidgetItem(value))
    _plain(table)
    table.horizontalHeader().setStretchLastSection(True)
    return table


def _plain(table: QTableWidget) -> None:
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().setVisible(False)
    table.verticalHeader().setDefaultSectionSize(26)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.setMinimumHeight(200)
    texts, titles = QFontMetrics(font()), QFontMetrics(font(SMALL))
    for at in range(table.columnCount()):
        title = table.horizontalHeaderItem(at)
        shown = (table.item(row, at) for row in range(min(table.rowCount(), SAMPLE)))
        longest = max((texts.horizontalAdvance(item.text()) for item in shown if item), default=0)
        table.setColumnWidth(at, min(max(longest, titles.horizontalAdvance(title.text() if title else "")) + MARGIN, WIDEST))
