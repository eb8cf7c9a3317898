"""What panels in place of the inspector share: a title, a way out, a body that scrolls, a foot that stays, and lists of two lines a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLayout,
    QListWidget,
    QListWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from gis_app.gui.case_view import Wanted
from gis_app.gui.widgets import clear, column, fill, holding, label, row, scrolled, small_button
from gis_app.language import Message, format_number, tr

if TYPE_CHECKING:
    from gis_app.county.changes import Changes, Edit
    from gis_app.gui.window import Window

LINES = 46
"""Pixels of a row of two lines."""


class SidePanel(QWidget):
    """A panel in place of the inspector; the map stays free. `ended` is called when it goes."""

    def __init__(self, window: Window, title: str) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        close = small_button(self._session.palette, "x", tr("Close"), self.close_panel)
        self.body = column(spacing=8, margins=(16, 0, 14, 12))
        self.foot = column(spacing=6, margins=(16, 10, 14, 12))
        top = row(label(title, "heading"), None, close, margins=(16, 14, 12, 8))
        self.area = scrolled(holding(self.body))
        layout = column(holding(top), self.area, holding(self.foot, "stepBar"), spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_body(self, items: Iterable[QWidget | QLayout | int | None]) -> None:
        """Show other things in the body."""
        clear(self.body)
        fill(self.body, items, 8, (16, 0, 14, 12))

    def show_foot(self, items: Sequence[QWidget | QLayout | int | None]) -> None:
        """Show other things in the foot; nothing hides it."""
        clear(self.foot)
        fill(self.foot, items, 6, (16, 10, 14, 12))
        holder = self.foot.parentWidget()
        if holder is not None:
            holder.setVisible(bool(items))

    @property
    def is_shown(self) -> bool:
        """Tell whether the panel still stands in the window."""
        page = self._window.page
        return page is not None and page.right.indexOf(self) >= 0

    def close_panel(self) -> None:
        """Show the inspector again."""
        if self._window.page is not None:
            self._window.page.show_right(None)

    def ended(self) -> None:
        """Take away what the panel has put on the map."""

    def record(self, edit: Edit, done: Callable[[Changes], object] | None = None) -> None:
        """Record a step of whistles beside the window; `done` is called with the changes."""
        from gis_app.gui import case_work

        def told(changes: Changes) -> None:
            if done is not None and self.is_shown:
                done(changes)

        def refused(reason: Message) -> None:
            self._window.banner.problem(str(reason))

        case_work.perform(self._window, Wanted(edit, told, refused))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)


@dataclass(frozen=True, slots=True)
class TwoLines:
    """A row of a list: its id, two lines of text, what else is told of it, and the role of its colour."""

    id: int
    first: str
    second: str
    tip: str = ""
    colour: str = ""


class TwoLineList(QListWidget):
    """A list of rows of two lines that is as high as its rows, up to a number of them; a click or Enter chooses one."""

    wanted = Signal(int)  # the id of the row that was chosen

    def __init__(self, name: str, most: int = 6) -> None:
        super().__init__()
        self._most = most
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemClicked.connect(self._tell)
        self.itemActivated.connect(self._tell)

    def show_rows(self, rows: Sequence[TwoLines], chosen: int = 0) -> None:
        """List other rows."""
        at = self.verticalScrollBar().value()
        self.clear()
        for one in rows:
            item = QListWidgetItem(f"{one.first}\n{one.second}")
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setToolTip(one.tip or item.text())
            item.setSizeHint(QSize(10, LINES))
            if one.colour:
                item.setForeground(QColor(one.colour))
            self.addItem(item)
            if one.id == chosen:
                self.setCurrentItem(item)
        self.setFixedHeight(max(1, min(len(rows), self._most)) * LINES + 4)
        self.verticalScrollBar().setValue(at)
        if (current := self.currentItem()) is not None:
            self.scrollToItem(current)

    @property
    def chosen(self) -> int:
        """The id of the current row, 0 for none."""
        item = self.currentItem()
        return int(item.data(Qt.ItemDataRole.UserRole)) if item is not None else 0

    def _tell(self, item: QListWidgetItem) -> None:
        self.wanted.emit(int(item.data(Qt.ItemDataRole.UserRole)))


class Figures(QTreeWidget):
    """A small table: a name, and figures right of it, sorted by any column; a click or Enter chooses a row."""

    wanted = Signal(int)

    def __init__(self, name: str, titles: Sequence[str], tips: Sequence[str], *, most: int = 8) -> None:
        super().__init__()
        self._most = most
        self.setAccessibleName(name)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHeaderLabels(list(titles))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        for at, tip in enumerate(tips):
            self.headerItem().setToolTip(at, tip)
            self.headerItem().setTextAlignment(
                at, Qt.AlignmentFlag.AlignVCenter | (Qt.AlignmentFlag.AlignRight if at else Qt.AlignmentFlag.AlignLeft)
            )
        header = self.header()
        header.setStyleSheet("QHeaderView::section { padding: 0 4px; }")  # narrow as the panel is, figures need no room around them
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(36)
        for at, title in enumerate(titles):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed if at else QHeaderView.ResizeMode.Stretch)
            if at:
                header.resizeSection(at, max(40, header.fontMetrics().horizontalAdvance(title) + 12))
        self.itemClicked.connect(self._tell)
        self.itemActivated.connect(self._tell)

    def show_rows(
        self, rows: Sequence[tuple[int, str, Sequence[int]]], chosen: int = 0, colours: Sequence[str] = (), tips: Sequence[str] = ()
    ) -> None:
        """Show rows of an id, a name and figures; a figure above 0 has the colour of its column."""
        self.setSortingEnabled(False)
        self.clear()
        for place, (id, name, numbers) in enumerate(rows):
            item = _Row([name, *(format_number(number) if number else "–" for number in numbers)])
            item.setData(0, Qt.ItemDataRole.UserRole, id)
            item.setToolTip(0, tips[place] if tips else name)
            item.setSizeHint(0, QSize(10, ROW))
            for at, number in enumerate(numbers, 1):
                item.setData(at, Qt.ItemDataRole.UserRole, number)
                item.setTextAlignment(at, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
                if number and at - 1 < len(colours) and colours[at - 1]:
                    item.setForeground(at, QColor(colours[at - 1]))
            self.addTopLevelItem(item)
            if id == chosen:
                self.setCurrentItem(item)
        self.header().setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        self.setFixedHeight(34 + max(1, min(len(rows), self._most)) * ROW)

    def _tell(self, item: QTreeWidgetItem) -> None:
        self.wanted.emit(int(item.data(0, Qt.ItemDataRole.UserRole)))


ROW = 28
"""Pixels of a row of figures."""


class _Row(QTreeWidgetItem):
    """A row that is sorted by its figures, not by how they are written."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        at = self.treeWidget().sortColumn() if self.treeWidget() is not None else 0
        if at <= 0:
            return bool(self.text(0) < other.text(0))
        return bool(int(self.data(at, Qt.ItemDataRole.UserRole)) < int(other.data(at, Qt.ItemDataRole.UserRole)))


def said(text: str) -> QLabel:
    """Return a secondary text that wraps."""
    return label(text, "secondary", wrap=True)
