"""A box to choose one of many by typing a part of its name, its code or its pinyin initials."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QCompleter

from gis_app.gui.widgets import Choice
from gis_app.gui.words import search_key

_WORDS = Qt.ItemDataRole.UserRole + 1


_POPUP = """QListView { border: 1px solid palette(mid); outline: none; } QListView::item { padding: 4px 8px; }
QListView::item:selected { background: palette(highlight); color: palette(highlighted-text); }"""
"""The list is a window of its own, which the window's style sheet does not reach; the palette is the theme's."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its text, what stands for it, and by what else it goes (a code, a name that the text masks)."""

    text: str
    value: object
    code: str = ""
    name: str = ""


class _Completer(QCompleter):
    """Finds by all the words of an option, and writes its text."""

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole))


class SearchChoice(Choice):
    """A combo box that one can type into; what is typed becomes the first option that holds it, nothing becomes the first of all.

    A `strict` one takes the only option that holds what is typed; where none or several do, it stays as it was typed, and its value is
    None: so that nobody chooses one of a hundred people by their common family name without knowing.
    """

    entered = Signal()  # Enter, with nothing left to choose

    def __init__(
        self,
        name: str,
        options: Iterable[Option],
        value: object,
        changed: Callable[[object], object] = lambda _: None,
        *,
        strict: bool = False,
    ) -> None:
        super().__init__()
        self._changed, self._strict = changed, strict
        self.setAccessibleName(name)
        self.setProperty("role", "compact")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(18)
        self._fill(options)
        completer = _Completer(self.model(), self)
        completer.setCompletionRole(_WORDS)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        popup = completer.popup()
        assert popup is not None
        popup.setStyleSheet(_POPUP)
        self.setCompleter(completer)
        self.choose(value)
        self._told = self.currentData()
        completer.activated.connect(lambda _: QTimer.singleShot(0, self, self.settle))
        self.activated.connect(lambda _: self.settle())
        line = self.lineEdit()
        assert line is not None
        line.editingFinished.connect(self.settle)
        line.returnPressed.connect(self._return)

    def _fill(self, options: Iterable[Option]) -> None:
        for at, option in enumerate(options):
            self.addItem(option.text, option.value)
            self.setItemData(at, search_key(option.text, option.code, option.name), _WORDS)

    def offer(self, options: Iterable[Option]) -> None:
        """Offer other options; what is chosen stays chosen where it is among them."""
        kept = self.currentData()
        self.clear()
        self._fill(options)
        self.choose(kept)

    @property
    def value(self) -> object:
        """What is chosen; None where something is typed that a strict box does not know."""
        self.settle()
        return self.currentData() if self._is_settled else None

    def choose(self, value: object) -> None:
        """Choose by what stands for an option; the first of all where there is none."""
        at = next((at for at in range(self.count()) if self.itemData(at) == value), 0)
        self.setCurrentIndex(at)
        self.setEditText(self.itemText(at))
        self._told = self.currentData()

    def _return(self) -> None:
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        offering = popup is not None and popup.isVisible()
        self.settle()
        if not offering:
            self.entered.emit()

    @property
    def _is_settled(self) -> bool:
        return self.currentText().strip().casefold() == self.itemText(self.currentIndex()).strip().casefold()

    def settle(self) -> None:
        """Make an option of what is typed."""
        if not self._is_settled:
            meant = self._meant(self.currentText().strip().casefold())
            if meant < 0:
                return
            self.setCurrentIndex(meant)
        self.setEditText(self.itemText(self.currentIndex()))
        line = self.lineEdit()
        assert line is not None
        line.setCursorPosition(0)  # a narrow box shows the beginning, the name
        if self.currentData() != self._told:
            self._told = self.currentData()
            self._changed(self._told)

    def _meant(self, text: str) -> int:
        """Return the option that is meant, -1 where a strict box does not know."""
        if not text:
            return 0
        texts = [self.itemText(at).strip().casefold() for at in range(self.count())]
        if text in texts:
            return texts.index(text)
        found = [at for at in range(self.count()) if text in str(self.itemData(at, _WORDS))]
        if self._strict:
            return found[0] if len(found) == 1 else -1
        return found[0] if found else self.currentIndex()
