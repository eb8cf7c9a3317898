"""A table of some hundred rows that are there as texts: what the pages of rules list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gis_app.grid.pinyin import initials
from gis_app.map.palette import Palette

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its id, the texts of its columns, and whether it counts for little (it is drawn faint). `tip` is the text of its tip."""

    id: int
    texts: tuple[str, ...]
    faint: bool = False
    tip: str = ""

    def holds(self, words: str) -> bool:
        """Tell whether the row holds some words, also by pinyin initials."""
        asked = words.strip().casefold()
        return all(any(word in text.casefold() or word in initials(text) for text in self.texts) for word in asked.split())


class SmallModel(QAbstractTableModel):
    """Shows rows under titles; the columns of `numeric` stand at the right."""

    def __init__(self, titles: Sequence[str], palette: Palette, numeric: frozenset[int] = frozenset()) -> None:
        super().__init__()
        self._titles, self._palette, self._numeric = tuple(titles), palette, numeric
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self._titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip or row.texts[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(index.column())
        if role == Qt.ItemDataRole.ForegroundRole and row.faint:
            return QColor(self._palette.secondary)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._side(section)
        return None

    def _side(self, column: int) -> int:
        side = Qt.AlignmentFlag.AlignRight if column in self._numeric else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter)


class SmallTable(QTableView):
    """The view of a `SmallModel`: whole rows are selected; Enter and a double click open one, Delete asks to remove it."""

    opened = Signal(int)  # id
    remove_wanted = Signal(int)  # id
    chosen = Signal()

    def __init__(self, name: str, model: SmallModel, widths: Sequence[int], *, many: bool = False) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(widths):
            self.setColumnWidth(column, width)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.rows[index.row()].id))
        self.selectionModel().selectionChanged.connect(lambda *_: self.chosen.emit())

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids of the selected rows."""
        return tuple(self._model.rows[index.row()].id for index in self.selectionModel().selectedRows())

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; what was selected stays so."""
        kept, place = set(self.ids), self.verticalScrollBar().value()
        self._model.show_rows(rows)
        for at, row in enumerate(rows):
            if row.id in kept:
                self.selectRow(at)
                break
        self.verticalScrollBar().setValue(place)
        self.chosen.emit()

    def select_id(self, id: int) -> None:
        """Select the row of an id and bring it into view."""
        for at, row in enumerate(self._model.rows):
            if row.id == id:
                self.selectRow(at)
                self.scrollTo(self._model.index(at, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        ids = self.ids
        if ids and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(ids[0])
        elif ids and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit(ids[0])
        else:
            super().keyPressEvent(event)
