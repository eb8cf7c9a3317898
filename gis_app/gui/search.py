"""One box for everything: units, people, addresses, whistles, departments, and the commands of the program (Ctrl+K)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QListWidget, QListWidgetItem, QWidget

from gis_app.errors import UserError
from gis_app.gui.icons import icon
from gis_app.gui.task import aside
from gis_app.gui.widgets import ElidedLabel, column, holding, row
from gis_app.language import tr
from gis_app.map.palette import Palette

ICONS = {
    "units": "land-plot",
    "households": "house",
    "workers": "user",
    "bodies": "building-2",
    "cases": "map-pin",
    "former_units": "history",
    "retired_households": "history",
    "command": "command",
    "": "info",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that the box offers: what it is (a table, "command", or "" for a mere remark), its two texts, and what choosing it does."""

    table: str
    text: str
    detail: str
    choose: Callable[[], object] | None = None


class SearchBox(QLineEdit):
    """The box and the list under it. Down and Up move through the list, Enter chooses, Esc leaves."""

    _arrived = Signal(str, object)  # words, what was found: from the thread that looked

    def __init__(
        self, palette: Palette, window: QWidget, rows: Callable[[str], Sequence[Found]], commands: Callable[[str], Sequence[Found]]
    ) -> None:
        super().__init__()
        self._palette, self._window, self._rows, self._commands = palette, window, rows, commands
        self.found: Sequence[Found] = ()
        self._hurried = False  # Enter was pressed before anything was found
        self._arrived.connect(self._show)
        self.setPlaceholderText(tr("Search units, people, whistles, commands"))
        self.setAccessibleName(tr("Search everything"))
        self.setToolTip(tr("Units, people, addresses, whistles, departments and commands, by name, code or pinyin initials"))
        self.setFixedHeight(32)
        self.setTextMargins(0, 0, 48, 0)
        self.setMinimumWidth(300)
        self.setMaximumWidth(380)
        self.addAction(icon("search", palette, palette.secondary), QLineEdit.ActionPosition.LeadingPosition)
        self._hint = QLabel("Ctrl K", self)
        self._hint.setProperty("role", "key")
        self._build_list()
        self._timer = QTimer(self, singleShot=True, interval=120)
        self._timer.timeout.connect(self._search)
        self.textEdited.connect(lambda _: self._timer.start())

    def _build_list(self) -> None:
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("What was found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(lambda item: self._choose(self.list.row(item)))
        self.popup = QFrame(self._window)
        self.popup.setProperty("role", "overlay")
        self.popup.setLayout(column(self.list, margins=(4, 4, 4, 4)))
        self.popup.hide()
        self.destroyed.connect(self.popup.deleteLater)

    def resizeEvent(self, event: object) -> None:  # noqa: D102
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._hint.adjustSize()
        self._hint.move(self.width() - self._hint.width() - 8, (self.height() - self._hint.height()) // 2)

    def begin(self) -> None:
        """Put the cursor into the box and offer the commands."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()
        self._search()

    def focusInEvent(self, event: object) -> None:  # noqa: D102
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._hint.hide()

    def focusOutEvent(self, event: object) -> None:  # noqa: D102
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._hint.setVisible(not self.text())
        QTimer.singleShot(150, self, self._leave)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the list when something else in the window is pressed."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget) and not self.popup.isHidden():
            inside = watched is self or watched is self.popup or self.popup.isAncestorOf(watched)
            if not inside and watched.window() is self.window():
                self.popup.hide()
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        if not self.hasFocus():
            self.popup.hide()

    def event(self, event: QEvent) -> bool:  # noqa: D102
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}[Qt.Key(key)]
            if self.popup.isHidden():
                self._search()
            elif self.list.count():
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._timer.isActive() or self.popup.isHidden():
                self._timer.stop()
                self._hurried = True
                self._search()
            else:
                self._choose(self.list.currentRow())
        elif key == Qt.Key.Key_Escape:
            self.clear()
            self.popup.hide()
            self.clearFocus()
            self._window.setFocus()
        else:
            super().keyPressEvent(event)

    def _search(self) -> None:
        """Look for the words, in a thread: the first time it reads all texts of the county."""
        words = self.text().strip()
        if words:
            aside(partial(self._look, words), lambda found: self._arrived.emit(words, found))
        else:
            self._show(words, ())

    def _look(self, words: str) -> Sequence[Found]:
        try:
            return self._rows(words)
        except UserError as error:
            return (Found("", str(error), ""),)

    def _show(self, words: str, rows: Sequence[Found]) -> None:
        """Show what was found, unless other words were typed since."""
        if words != self.text().strip():
            return
        nothing = Found("", tr("Nothing was found."), tr("Try a part of the name, a code or pinyin initials."))
        commands = self._commands(words)
        self.found = [*rows, *commands[: max(4, 20 - len(rows))]] or [nothing]
        self.list.clear()
        for found in self.found:
            item = QListWidgetItem()
            item.setSizeHint(QSize(100, 46 if found.detail else 32))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{found.text} {found.detail}")
            self.list.addItem(item)
            self.list.setItemWidget(item, self._line(found))
        self.list.setCurrentRow(0)
        height = sum(self.list.sizeHintForRow(at) for at in range(self.list.count())) + 16
        corner = self._window.mapFromGlobal(self.mapToGlobal(QPoint(0, self.height() + 4)))
        width = max(self.width(), 420)
        left = max(8, min(corner.x(), self._window.width() - width - 8))
        self.popup.setGeometry(left, corner.y(), width, min(height, 480))
        self.popup.show()
        self.popup.raise_()
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)
        if self._hurried:
            self._hurried = False
            self._choose(0)

    def _line(self, found: Found) -> QWidget:
        sign = QLabel()
        shown: QIcon = icon(ICONS[found.table], self._palette, self._palette.secondary)
        sign.setPixmap(shown.pixmap(QSize(16, 16), self.devicePixelRatioF()))
        sign.setFixedWidth(20)
        texts = column(ElidedLabel(found.text), *([ElidedLabel(found.detail, "secondary")] if found.detail else []), spacing=0)
        across = row(sign, texts, margins=(8, 2, 8, 2))
        across.setStretch(1, 1)
        made = holding(across)
        made.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return made

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self.found) and (choose := self.found[at].choose) is not None:
            self.popup.hide()
            self.clear()
            self.clearFocus()
            choose()
