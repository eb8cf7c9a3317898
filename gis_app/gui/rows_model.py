"""The Qt model of a table: any number of rows, whose texts are read a page at a time when they come into view."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from gis_app.gui.icons import state_icon
from gis_app.gui.rows import Ids, Rows
from gis_app.gui.task import aside
from gis_app.map.values import STATES

PAGE = 64
SORTED = (" ↑", " ↓")
"""Written behind the title of the column that orders the table: ascending, descending."""

WORKER = "application/x-grid-worker"
"""The kind of what is dragged from the table of workers: the id."""

Index = QModelIndex | QPersistentModelIndex


def dragged_worker(data: QMimeData) -> int:
    """Return the worker that is dragged, 0 for none."""
    return int(bytes(data.data(WORKER).data()).decode()) if data.hasFormat(WORKER) else 0


class RowsModel(QAbstractTableModel):
    """Shows `Rows` in the order of one column, narrowed down to those that hold some words, and to a set of ids.

    An order that has to be read from the file is read beside the window; until it is there, the rows stay as they are.
    """

    ordered = Signal()  # the rows stand in the order that was asked for
    _arrived = Signal(object, object)  # what was asked for, ids: from the thread that read

    def __init__(self, rows: Rows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows = rows
        self.column, self.descending = rows.first_order
        self._matching: Ids | None = None
        self._scope: Ids | None = None
        self._pages: dict[int, list[tuple[str, ...]]] = {}
        self._of = rows.session.state
        self._icons = [state_icon(state, rows.session.palette) for state in STATES]
        self._asked: object = None
        self._ordered: Ids = rows.ids() if rows.is_read(self.column) else rows.order(self.column, self.descending)
        self.ids: Ids = self._narrowed()
        self._arrived.connect(self._show_order)
        if rows.is_read(self.column):
            self._order()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.rows.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        if self._of is not self.rows.session.state and index.row() // PAGE not in self._pages:
            return None  # the county has changed, and the table hears of it in a moment
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            page, at = divmod(index.row(), PAGE)
            return self._page(page)[at][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.rows.columns[index.column()].numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and self.rows.is_faint(int(self.ids[index.row()])):
            return QColor(self.rows.session.palette.disabled)
        if role == Qt.ItemDataRole.ForegroundRole:
            colour = self.rows.colour_of(int(self.ids[index.row()]), index.column())
            return QColor(colour) if colour else None
        if role == Qt.ItemDataRole.DecorationRole and self.rows.columns[index.column()].title.text == "State":
            state = self.rows.state_of(int(self.ids[index.row()]))
            return None if state is None else self._icons[state]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() and self.rows.table == "workers" else usual

    def mimeTypes(self) -> list[str]:  # noqa: D102
        return [WORKER]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: D102
        data = QMimeData()
        if indexes and self.rows.table == "workers":
            data.setData(WORKER, str(int(self.ids[indexes[0].row()])).encode())
        return data

    def _page(self, page: int) -> list[tuple[str, ...]]:
        if page not in self._pages:
            self._pages[page] = self.rows.page(self.ids[page * PAGE : (page + 1) * PAGE])
        return self._pages[page]

    def first_texts(self) -> list[tuple[str, ...]]:
        """Return the texts of the first rows, which are read anyway to be shown."""
        return self._page(0) if len(self.ids) else []

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.rows.columns[section].title) + (SORTED[self.descending] if section == self.column else "")
        if role == Qt.ItemDataRole.ToolTipRole:
            shown = self.rows.columns[section]
            return str(shown.tip or shown.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.rows.columns[section].numeric else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:  # noqa: D102
        descending = order == Qt.SortOrder.DescendingOrder
        if column >= 0 and (column, descending) != (self.column, self.descending):
            self.column, self.descending = column, descending
            self._order()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def set_matching(self, ids: Ids | None) -> None:
        """Show only rows that hold the words which were asked for (None: all)."""
        if ids is not self._matching:
            self._matching = ids
            self._renew()

    def set_scope(self, ids: Ids | None) -> None:
        """Show only these rows (None: all)."""
        self._scope = ids
        self._renew()

    def refresh(self) -> None:
        """Read everything anew: the county or the filter changed."""
        if self.rows.is_read(self.column):
            self._renew()
        self._order()

    def rewrite(self) -> None:
        """Write out the same rows anew: they are written otherwise now."""
        self._pages = {}
        if len(self.ids):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.ids) - 1, self.columnCount() - 1))

    def _order(self) -> None:
        """Put the rows in the order of now."""
        rows, column, descending = self.rows, self.column, self.descending
        self._asked = asked = object()
        if rows.is_read(column):
            aside(lambda: rows.order(column, descending), lambda ids: self._arrived.emit(asked, ids))
        else:
            self._show_order(asked, rows.order(column, descending))

    def _show_order(self, asked: object, ids: Ids) -> None:
        if asked is self._asked:  # else another order was asked for meanwhile
            self._ordered = ids
            self._renew()
            self.ordered.emit()

    def row_of(self, row_id: int) -> int:
        """Return the row of an id, or -1."""
        found = np.flatnonzero(self.ids == row_id)
        return int(found[0]) if len(found) else -1

    def stretches_of(self, row_ids: Sequence[int]) -> list[tuple[int, int]]:
        """Return the first and the last row of each stretch of rows that have one of some ids."""
        rows = np.flatnonzero(np.isin(self.ids, np.asarray(row_ids, np.int64)))
        parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
        return [(int(part[0]), int(part[-1])) for part in parts if len(part)]

    def _renew(self) -> None:
        self.beginResetModel()
        self._pages, self._of = {}, self.rows.session.state
        self.ids = self._narrowed()
        self.endResetModel()

    def _narrowed(self) -> Ids:
        """Return the ordered ids that pass the session's filter, the words and the scope."""
        ids = self._ordered
        for wanted in (self.rows.ids(), self._scope, self._matching):
            if wanted is not None and len(ids):
                member = np.zeros(int(max(ids.max(), wanted.max() if len(wanted) else 0)) + 1, bool)
                member[wanted] = True
                ids = ids[member[ids]]
        return ids
