"""The bottom panel: tables of what the map shows, which filter, sort and follow the map both ways."""

from functools import partial

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QDrag, QFocusEvent, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QWidget,
)

from gis_app.county.case_figures import By
from gis_app.grid.units import Level
from gis_app.gui.column_widths import needed, shared
from gis_app.gui.comparison_rows import Compared, ComparisonRows, ResidentRows
from gis_app.gui.figure_rows import FigureRows
from gis_app.gui.group_rows import GroupRows
from gis_app.gui.history_rows import HistoryRows
from gis_app.gui.icons import icon
from gis_app.gui.rows import CaseRows, Extent, HouseholdRows, Ids, Rows, UnitRows
from gis_app.gui.rows_model import RowsModel
from gis_app.gui.session import Session
from gis_app.gui.task import aside
from gis_app.gui.widgets import button, column, combo, drop, holding, label, row, small_button
from gis_app.gui.worker_rows import FairnessRows, WorkerRows
from gis_app.language import Message, format_number, msg, tr
from gis_app.map.scene import Selection

Tab = tuple[Message, Rows]

FIGURES = {
    By.BODY: msg("By body"),
    By.TOWNSHIP: msg("By township"),
    By.VILLAGE: msg("By village"),
    By.CELL: msg("By cell"),
    By.CATEGORY: msg("By category"),
    By.KIND: msg("By kind"),
    By.MONTH: msg("By month"),
}
"""The tables of figures of the workspace Analyse."""

MOST_MARKED = 2000
"""So many selected rows are marked in a table at most."""


def tabs_of(session: Session) -> list[Tab]:
    """Return the tables of the present workspace."""
    if session.workspace in ("plan", "maps"):
        return [
            (msg("Cells"), UnitRows(session, Level.CELL)),
            (msg("Villages"), UnitRows(session, Level.VILLAGE)),
            (msg("Townships"), UnitRows(session, Level.TOWNSHIP)),
            (msg("Households"), HouseholdRows(session)),
            (msg("Grid workers"), WorkerRows(session)),
            (msg("Fairness"), FairnessRows(session)),
            (msg("History"), HistoryRows(session)),
        ]
    if session.workspace == "analyse":
        return [*((title, FigureRows(session, by)) for by, title in FIGURES.items()), (msg("Whistles"), CaseRows(session))]
    grouped: list[Tab] = [
        (msg("By body"), GroupRows(session, "body")),
        (msg("By unit"), GroupRows(session, "unit")),
        (msg("By category"), GroupRows(session, "category")),
    ]
    whistles: Tab = (msg("Whistles"), CaseRows(session))
    return [whistles, *grouped]


class RowDelegate(QStyledItemDelegate):
    """Draws what is marked by a colour in this colour in the selected row, too."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:  # noqa: D102
        super().initStyleOption(option, index)
        colour, model = index.data(Qt.ItemDataRole.ForegroundRole), index.model()
        if isinstance(colour, QColor) and isinstance(model, RowsModel) and not model.rows.is_faint(int(model.ids[index.row()])):
            option.palette.setColor(QPalette.ColorRole.HighlightedText, colour)


class Table(QTableView):
    """A table whose rows all have one height, moved through with the keyboard; Enter shows the row on the map."""

    chosen = Signal(QModelIndex)

    def __init__(self, model: RowsModel, name: str) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(RowDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)  # Tab leaves the table; the arrow keys move in it
        self.setDragEnabled(model.rows.table == "workers")  # onto a cell of the map
        self.setDragDropMode(
            QAbstractItemView.DragDropMode.DragOnly if model.rows.table == "workers" else QAbstractItemView.DragDropMode.NoDragDrop
        )
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(14, 14))
        upright = self.verticalHeader()
        upright.setVisible(False)
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setDefaultSectionSize(26)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSelectionModel(QItemSelectionModel(model, header))  # else it asks every row whether its whole column is selected
        header.setSortIndicator(model.column, Qt.SortOrder.DescendingOrder if model.descending else Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._model = model
        self._widths = [self.columnWidth(at) for at in range(model.columnCount())]
        self._said = label("", "secondary", wrap=True)
        self._said.setParent(self)
        self._said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._said.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._said.hide()
        self._needed: tuple[list[int], list[int]] | None = None  # measured when the table is first seen

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Carry the first field of a row alone: the picture of a whole row would hide the map."""
        chosen = self.selectedIndexes()
        if chosen:
            drag, field = QDrag(self), self.visualRect(chosen[0])
            drag.setMimeData(self.model().mimeData(chosen))
            drag.setPixmap(self.viewport().grab(field))
            drag.exec(actions)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width among the columns, until somebody drags one of them."""
        super().resizeEvent(event)
        self._place()
        if all(self.columnWidth(at) == width for at, width in enumerate(self._widths)):
            self._needed = self._needed or needed(self._model)
            weights = [column.width for column in self._model.rows.columns]
            self._widths = shared(*self._needed, weights, self.viewport().width())
            for at, width in enumerate(self._widths):
                self.setColumnWidth(at, width)

    def say(self, text: str) -> None:
        """Write why the table is empty into its middle; "" for a table with rows."""
        if text != self._said.text():
            self._said.setText(text)
            self._said.setVisible(bool(text))
            self.setAccessibleDescription(text)
            self._place()

    def _place(self) -> None:
        self._said.setGeometry(self.viewport().geometry())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Take the focus without making the first row the current one: nobody has chosen it."""
        current = self.selectionModel().blockSignals(not self.currentIndex().isValid())
        super().focusInEvent(event)
        self.selectionModel().blockSignals(current)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex())
            return
        super().keyPressEvent(event)


class TablePanel(QWidget):
    """The tables of a workspace. A click selects a row on the map, a double click zooms to it; a selection on the map finds its row."""

    zoom_wanted = Signal(str, int)
    step_wanted = Signal(int)  # a step of the history to go to
    compared_chosen = Signal(int)  # a cell of one of two plans that are compared, whether or not the map shows it
    compared_wanted = Signal(int)  # the same, to be zoomed to
    operation_wanted = Signal(str)  # id of an operation
    _found = Signal(str, object, object)  # words, rows, their ids: from the thread that looked

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("tablePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._extent: Extent | None = None
        self._scope = "all"
        self._models: list[RowsModel | None] = []
        self._tables: list[Table | None] = []
        self._tabs: list[Tab] = []
        self._quiet = False
        self._left, self._left_at = 0, 0  # the row that was selected last, and where it stood
        self._compared: Compared | None = None
        self._build()
        self._typed = QTimer(self, singleShot=True, interval=200)
        self._typed.timeout.connect(self._look)
        self._found.connect(self._show_found)
        self._moved = QTimer(self, singleShot=True, interval=150)
        self._moved.timeout.connect(self._narrow)
        self.words.textChanged.connect(lambda _: self._typed.start())
        session.workspace_changed.connect(lambda _: self.rebuild())
        session.county_changed.connect(lambda _: self.refresh())
        self._filtered = False  # another filter has not been followed yet
        session.filter_changed.connect(self._follow_filter)
        session.clock_moved.connect(lambda: self.refresh() if session.workspace in ("cases", "analyse") else None)
        session.trails.arrived.connect(self._take_trails)
        session.names_changed.connect(self._take_names)
        session.selection_changed.connect(self._follow)
        self.rebuild()

    def _build(self) -> None:
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName(tr("Tables"))
        self.bar.currentChanged.connect(self._turn)
        self.stack = QStackedWidget()
        self.words = QLineEdit()
        self.words.setProperty("role", "compact")
        self.words.setPlaceholderText(tr("Find in table"))
        self.words.setAccessibleName(tr("Find in table"))
        self.words.setClearButtonEnabled(True)
        self.words.addAction(
            icon("search", self._session.palette, self._session.palette.secondary), QLineEdit.ActionPosition.LeadingPosition
        )
        self.words.setFixedSize(200, 28)
        scopes = [(tr("Whole county"), "all"), (tr("What the map shows"), "view"), (tr("What is selected"), "selected")]
        self.scope = combo(tr("Rows of"), scopes, self._scope, self._set_scope)
        self.scope.setMinimumContentsLength(10)
        self.only = combo(tr("Which of them"), [], "", self._choose)
        self.only.hide()
        self.retired = button("", lambda: self.operation_wanted.emit("retired_households"), "link")
        self.names = small_button(self._session.palette, "eye", tr("Show names and phones in tables"), self._switch_names)
        for made in (self.retired, self.names):
            made.hide()
        top = row(self.bar, None, self.retired, self.names, self.only, self.words, self.scope, margins=(16, 4, 12, 4))
        self.setLayout(column(holding(top), self.stack, spacing=0))

    def rebuild(self, *, follow: bool = True) -> None:
        """Build the tables of the present workspace; each is filled when it is first shown. `follow` turns to that of the selection."""
        self.bar.blockSignals(True)
        while self.bar.count():
            self.bar.removeTab(0)
        while self.stack.count():
            drop(self.stack, 0)
        self._tabs = tabs_of(self._session)
        if self._compared is not None:
            self._tabs.insert(0, (msg("Differences"), ComparisonRows(self._session, self._compared)))
            self._tabs.insert(1, (msg("Other worker"), ResidentRows(self._session, self._compared)))
        self._models, self._tables = [None] * len(self._tabs), [None] * len(self._tabs)
        for title, _ in self._tabs:
            self.bar.addTab(str(title))
            self.stack.addWidget(QWidget())
        self._count()
        self.bar.blockSignals(False)
        self._turn(0)
        if follow:
            self._follow(self._session.selection)

    def show_comparison(self, compared: Compared | None) -> None:
        """Put the cells in which two plans differ in front, or take their table away."""
        if compared is not self._compared:
            self._compared = compared
            self.rebuild(follow=compared is None)

    def _count(self) -> None:
        """Write on every tab how many rows there are, one tab a turn: figures by unit take a moment."""
        self._session.turns.add(*(partial(self._count_tab, at, rows) for at, (_, rows) in enumerate(self._tabs)))

    def _count_tab(self, at: int, rows: Rows) -> None:
        if at < len(self._tabs) and self._tabs[at][1] is rows and (at != self.bar.currentIndex() or self._models[at] is None):
            self.bar.setTabText(at, f"{self._tabs[at][0]} {format_number(rows.count(rows.ids()))}")

    @property
    def model(self) -> RowsModel:
        """The model of the table in front."""
        model = self._models[self.bar.currentIndex()]
        assert model is not None
        return model

    @property
    def table(self) -> Table:
        """The table in front."""
        table = self._tables[self.bar.currentIndex()]
        assert table is not None
        return table

    def _turn(self, at: int) -> None:
        """Bring a tab to the front, building its table the first time."""
        if not 0 <= at < len(self._tabs):
            return
        if self._tables[at] is None:
            model = RowsModel(self._tabs[at][1], self)
            model.ordered.connect(lambda: self._mark() if self._models[self.bar.currentIndex()] is model else None)
            table = Table(model, str(self._tabs[at][0]))
            if isinstance(self._tabs[at][1], CaseRows | HouseholdRows | UnitRows):  # of which several can be dealt with at once
                table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
                table.selectionModel().selectionChanged.connect(lambda *_: self._rows_changed())
            else:
                table.selectionModel().currentRowChanged.connect(self._row_changed)
            table.doubleClicked.connect(self._zoom)
            table.chosen.connect(self._zoom)
            table.horizontalHeader().sortIndicatorChanged.connect(lambda *_: self._mark())
            self._models[at], self._tables[at] = model, table
            self.stack.insertWidget(at, table)
            drop(self.stack, at + 1)
        self.stack.setCurrentIndex(at)
        self._offer_choices(self._tabs[at][1])
        self._narrow()
        self._look()

    def _offer_choices(self, rows: Rows) -> None:
        """Offer what the table in front can be narrowed to."""
        self.only.blockSignals(True)
        self.only.clear()
        for text, name in rows.choices:
            self.only.addItem(str(text), name)
        self.only.setCurrentIndex(max(self.only.findData(rows.chosen), 0))
        self.only.blockSignals(False)
        self.only.setVisible(bool(rows.choices))

        self._offer_more(rows)

    def _offer_more(self, rows: Rows) -> None:
        """Offer to show names and phones where the table in front has some, and beside the households those that left the register."""
        shown, palette, left = self._session.names_shown, self._session.palette, len(self._session.state.retired)
        tip = tr("Hide names and phones in tables") if shown else tr("Show names and phones in tables")
        self.names.setIcon(icon("eye-off" if shown else "eye", palette, palette.accent if shown else palette.secondary))
        self.names.setToolTip(tip)
        self.names.setAccessibleName(tip)
        self.names.setVisible(rows.personal)
        self.retired.setText(tr("Retired: {count}", count=format_number(left)))
        self.retired.setToolTip(tr("Households that left the register: when, why, and the way back"))
        self.retired.setVisible(rows.table == "households" and rows.personal and left > 0 and self._session.workspace == "plan")

    def _switch_names(self) -> None:
        self.operation_wanted.emit("show_names")

    def _take_names(self) -> None:
        """Write the rows anew, with names and phones or without."""
        self._offer_more(self._tabs[self.bar.currentIndex()][1])
        for model in self._models:
            if model is not None:
                model.rewrite()

    def _choose(self, chosen: object) -> None:
        """Narrow the table in front down."""
        self._tabs[self.bar.currentIndex()][1].chosen = str(chosen)
        self._quiet = True
        try:
            self.model.refresh()
        finally:
            self._quiet = False
        self._narrow()

    def show_choice(self, title: str, chosen: str) -> None:
        """Turn to the table of a title (in English) and narrow it down."""
        at = next((at for at, (text, _) in enumerate(self._tabs) if text.text == title), -1)
        if at >= 0:
            self.bar.setCurrentIndex(at)
            self.only.setCurrentIndex(max(self.only.findData(chosen), 0))
            self._choose(chosen)

    def refresh(self) -> None:
        """Read the rows anew: the county or the filter changed."""
        for at, model in enumerate(self._models):
            if model is not None and at == self.bar.currentIndex():
                model.refresh()
            elif model is not None:  # built anew when it is shown
                self._models[at], self._tables[at] = None, None
                self.stack.insertWidget(at, QWidget())
                drop(self.stack, at + 1)
        self._offer_more(self._tabs[self.bar.currentIndex()][1])
        self._narrow()
        self._look()
        self._count()

    def _follow_filter(self, _: object) -> None:
        """Show what passes another filter; figures, which take a while, in a turn of their own: the map goes first while time plays."""
        if isinstance(self._tabs[self.bar.currentIndex()][1], FigureRows):
            if not self._filtered:
                self._filtered = True
                self._session.turns.add(self._refresh_late)
        else:
            self.refresh()

    def _refresh_late(self) -> None:
        self._filtered = False
        self.refresh()

    def _take_trails(self) -> None:
        """Fill in what waited for the steps of the whistles."""
        if any(isinstance(rows, FigureRows) for _, rows in self._tabs):
            self.refresh()

    def show_extent(self, extent: Extent) -> None:
        """Follow the map: the rows of "what the map shows" are those in this extent."""
        self._extent = extent
        if self._scope == "view":
            self._moved.start()

    def focus_find(self) -> None:
        """Put the cursor into the box that finds rows."""
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    def _set_scope(self, scope: object) -> None:
        self._scope = str(scope)
        self._narrow()

    def _look(self) -> None:
        """Look for the words beside the window: in 120,000 households that may take half a second."""
        words, rows = self.words.text().strip(), self._tabs[self.bar.currentIndex()][1]
        if not words:
            self._show_found(words, rows, None)
        elif rows.table in ("households", "cases", "workers"):
            aside(lambda: rows.matching(words), lambda ids: self._found.emit(words, rows, ids))
        else:
            self._show_found(words, rows, rows.matching(words))

    def _show_found(self, words: str, rows: Rows, ids: Ids | None) -> None:
        """Show what was found, unless the words or the table have changed since."""
        if words != self.words.text().strip() or rows is not self._tabs[self.bar.currentIndex()][1]:
            return
        self._quiet = True
        try:
            self.model.set_matching(ids)
        finally:
            self._quiet = False
        self._mark()

    def _narrow(self) -> None:
        """Show only the rows of the scope."""
        model, rows = self.model, self._tabs[self.bar.currentIndex()][1]
        self._quiet = True
        try:
            scope = None
            if self._scope == "view" and self._extent is not None:
                scope = rows.within(self._extent)
            elif self._scope == "selected":
                scope = rows.in_cells(np.array(self._selected_cells(), np.int64))
            model.set_scope(scope)
        finally:
            self._quiet = False
        self._mark()

    def _selected_cells(self) -> list[int]:
        table, found = self._session.selected
        return [cell.id for cell in self._session.state.units.cells(found)] if table == "units" else []

    def _mark(self) -> None:
        """Write the count on the tab, say why a table is empty, and mark the selected row."""
        at = self.bar.currentIndex()
        self.bar.setTabText(at, f"{self._tabs[at][0]} {format_number(self._tabs[at][1].count(self.model.ids))}")
        self.table.say("" if len(self.model.ids) else self._why_empty())
        self._show_row(self._session.selection, scroll=False)

    def _why_empty(self) -> str:
        """Say why the table in front has no rows, and what to do."""
        rows = self._tabs[self.bar.currentIndex()][1]
        if self._scope == "selected":
            return tr("Nothing here belongs to what is selected.")
        if self.words.text().strip():
            return tr("No row holds these words.")
        if self._scope == "view":
            return tr("Nothing of this lies in the map's view.")
        if isinstance(rows, CaseRows | GroupRows | FigureRows) and self._session.is_limited:
            return tr("No whistle passes the filter.")
        if rows.choices and rows.chosen != rows.choices[0][1]:
            return tr("No grid worker is like this.")
        if isinstance(rows, HistoryRows):
            return tr("Nothing has been done yet. What is done is listed here; a double click goes back to any step.")
        return tr("Nothing is here yet. Import a file (Ctrl+I), or drop one on the window.")

    def _follow(self, selection: Selection) -> None:
        """Find the row of what was selected elsewhere, turning to its table where another is in front."""
        if self._quiet:
            return
        table, found = self._session.selected
        if self._scope == "selected" and table == "units":
            self._narrow()
        if self._tabs[self.bar.currentIndex()][1].stays:
            return
        if (table and self.model.row_of(found) < 0) or table != self._tabs[self.bar.currentIndex()][1].table:
            for at, (_, rows) in enumerate(self._tabs):
                fits = rows.table == table and not isinstance(rows, ResidentRows)  # which holds but a few of the households
                fits = fits and (table != "units" or getattr(rows, "level", None) == self._session.state.units[found].level)
                if table and fits and at != self.bar.currentIndex() and self.bar.tabText(at) and self._scope != "selected":
                    self.bar.setCurrentIndex(at)
                    break
        self._show_row(selection, scroll=True)

    def _show_row(self, selection: Selection, *, scroll: bool) -> None:
        rows = self._tabs[self.bar.currentIndex()][1]
        ids = selection.ids.get(rows.table, ())
        if ids and (seen := self.model.row_of(ids[0])) >= 0:
            self._left, self._left_at = ids[0], seen
        several = self.model.stretches_of(ids[:MOST_MARKED]) if len(ids) > 1 else []
        at = self.model.row_of(ids[0]) if ids else -1
        self._quiet = True
        try:
            chosen = self.table.selectionModel()
            if at < 0:
                chosen.clear()
                return
            index = self.model.index(at, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            chosen.setCurrentIndex(index, flags)
            if several:
                marked = QItemSelection()
                for first, last in several:
                    marked.select(self.model.index(first, 0), self.model.index(last, 0))
                chosen.select(marked, flags)
            if scroll:
                self.table.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        finally:
            self._quiet = False

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid() and not self._quiet:
            self._quiet = True
            try:
                rows = self._tabs[self.bar.currentIndex()][1]
                found = int(self.model.ids[current.row()])
                if isinstance(rows, ComparisonRows):
                    self._session.select("units", *((found,) if found in self._session.state.units else ()))
                    self.compared_chosen.emit(found)
                elif rows.table:
                    self._session.select(rows.table, found)
            finally:
                self._quiet = False

    def next_row(self) -> int:
        """Return the id of the row after the selected one, from the last on to the first; 0 where there are none.

        Where the selected row has left the table (a step took a whistle out of its list), it is the one that stands in its place now.
        """
        model = self.model
        table, chosen = self._session.selected
        at = model.row_of(chosen) if table == model.rows.table else -1
        following = at + 1 if at >= 0 else self._left_at if chosen and chosen == self._left else 0
        return int(model.ids[following % len(model.ids)]) if len(model.ids) else 0

    def _rows_changed(self) -> None:
        """Select all rows that are marked, the current one first."""
        if self._quiet:
            return
        self._quiet = True
        try:
            chosen = self.table.selectionModel()
            spans = [(span.top(), span.bottom()) for span in chosen.selection()]  # type: ignore[attr-defined]  # the stubs know no iteration
            rows = np.array(sorted({row for top, bottom in spans for row in range(top, bottom + 1)}), np.int64)
            if len(rows):
                current = chosen.currentIndex().row()
                rows = np.concatenate((rows[rows == current], rows[rows != current]))
                self._left, self._left_at = int(self.model.ids[rows[0]]), int(rows[0])
                self._session.select(self._tabs[self.bar.currentIndex()][1].table, *self.model.ids[rows].tolist())
        finally:
            self._quiet = False

    def _zoom(self, index: QModelIndex) -> None:
        rows = self._tabs[self.bar.currentIndex()][1]
        if isinstance(rows, ComparisonRows):
            self.compared_wanted.emit(int(self.model.ids[index.row()]))
        elif rows.table:
            self.zoom_wanted.emit(rows.table, int(self.model.ids[index.row()]))
        elif isinstance(rows, FigureRows):
            wanted = rows.narrowed(int(self.model.ids[index.row()]))
            if wanted is not None:
                self._session.set_filter(wanted)
        elif isinstance(rows, HistoryRows):
            self.step_wanted.emit(int(self.model.ids[index.row()]))
