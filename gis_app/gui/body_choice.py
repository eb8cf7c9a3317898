"""Choosing receiving bodies: the likely ones first, the others by name, code or pinyin initials; for one, or for several."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gis_app.cases.bodies import Body
from gis_app.grid.pinyin import initials
from gis_app.gui.widgets import column, label
from gis_app.language import Listing, Message, tr

ROWS = 5
"""So many bodies are seen at a time, fewer where fewer go by the words."""

_MOVES = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A body that is likely, and why."""

    body: int
    why: Message


def found_bodies(bodies: Mapping[int, Body], words: str, suggested: Sequence[Suggested] = ()) -> list[int]:
    """Return the bodies that go by some words, those that begin with them first; without words all, the suggested ones first.

    Words are looked for in names and codes, and at the beginning of the pinyin initials of a name with or without its first character
    (县自然资源局 is found by zrzy).
    """
    first = [one.body for one in suggested if one.body in bodies]
    if not words.strip():
        return [*first, *(body for body in bodies if body not in first)]
    asked = words.strip().casefold()
    ranked = ((_rank(bodies[id], asked), id not in first, at, id) for at, id in enumerate(bodies))
    return [id for rank, _, _, id in sorted(one for one in ranked if one[0] < _NOT)]


_NOT = 9


def _rank(body: Body, asked: str) -> int:
    """Return how well a body goes by words: 0 best, `_NOT` not at all."""
    name, short = body.name.casefold(), initials(body.name)
    if asked in (name, body.code.casefold()):
        return 0
    if name.startswith(asked) or name[1:].startswith(asked):
        return 1
    if asked in name:
        return 2
    if asked.isascii() and (short.startswith(asked) or short[1:].startswith(asked)):
        return 3
    return 4 if asked.isdecimal() and body.code.startswith(asked) else _NOT


class BodyChoice(QWidget):
    """A box to type in and the bodies that fit below it; Down and Up choose, without leaving the box.

    Of a choice of `many` each row has a box to tick: Space in the list, or Enter with words typed, ticks the row.
    """

    changed = Signal()
    confirmed = Signal()

    def __init__(
        self, name: str, bodies: Mapping[int, Body], suggested: Sequence[Suggested] = (), *, chosen: int = 0, many: bool = False
    ) -> None:
        super().__init__()
        self._bodies, self._suggested, self._many = bodies, suggested, many
        self._ticked: list[int] = []
        self.words = QLineEdit()
        self.words.setAccessibleName(name)
        self.words.setPlaceholderText(tr("Name, code or pinyin initials"))
        self.words.textEdited.connect(self._look)
        self.words.returnPressed.connect(self._entered)
        self.words.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.rows = ROWS
        self.list.currentRowChanged.connect(lambda _: self.changed.emit())
        self.list.itemChanged.connect(self._tick)
        self.list.itemActivated.connect(lambda _: self.confirmed.emit() if not self._many else None)
        self.said = label("", "secondary", wrap=True)
        self.said.setVisible(many)
        self.setLayout(column(self.words, self.list, self.said, spacing=4))
        self.setFocusProxy(self.words)
        self._show("")
        if chosen:
            self.choose(chosen)

    @property
    def body(self) -> int:
        """The body that is chosen, 0 for none."""
        item = self.list.currentItem()
        return int(item.data(Qt.ItemDataRole.UserRole)) if item is not None and not self._many else 0

    @property
    def bodies(self) -> tuple[int, ...]:
        """The bodies that are ticked, in the order in which they were."""
        return tuple(self._ticked)

    def choose(self, body: int) -> None:
        """Choose a body."""
        for at in range(self.list.count()):
            if self.list.item(at).data(Qt.ItemDataRole.UserRole) == body:
                self.list.setCurrentRow(at)

    def _look(self, words: str) -> None:
        self._show(words)
        if words.strip() and self.list.count():
            self.list.setCurrentRow(0)
        self.changed.emit()

    def _show(self, words: str) -> None:
        """List what goes by the words."""
        why = {one.body: one.why for one in self._suggested}
        self.list.blockSignals(True)
        self.list.clear()
        for id in found_bodies(self._bodies, words, self._suggested):
            name = self._bodies[id].name
            item = QListWidgetItem(f"{name}  ·  {why[id]}" if id in why else name)
            item.setData(Qt.ItemDataRole.UserRole, id)
            item.setToolTip(name)
            if self._many:
                item.setCheckState(Qt.CheckState.Checked if id in self._ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        self.fit()

    def fit(self) -> None:
        """Be as high as what is listed, up to `rows` whole rows."""
        shown = max(1, min(self.rows, self.list.count()))
        high = self.list.sizeHintForRow(0) if self.list.count() else self.list.fontMetrics().height() + 8
        self.list.setFixedHeight(shown * high + 2 * self.list.frameWidth())

    def showEvent(self, event: QShowEvent) -> None:
        """Measure the rows anew: only now do they have their style."""
        super().showEvent(event)
        self.list.ensurePolished()
        self.fit()

    def _entered(self) -> None:
        item = self.list.currentItem()
        if self._many and item is not None and self.words.text().strip():
            ticked = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)
            self.words.clear()
            self._show("")
        else:
            self.confirmed.emit()

    def _tick(self, item: QListWidgetItem) -> None:
        id = int(item.data(Qt.ItemDataRole.UserRole))
        kept = [body for body in self._ticked if body != id]
        self._ticked = [*kept, id] if item.checkState() == Qt.CheckState.Checked else kept
        self.said.setText(str(Listing(tuple(self._bodies[body].name for body in self._ticked))) if self._ticked else "")
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while the cursor stays in the box."""
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}[Qt.Key(event.key())]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
            return True
        return super().eventFilter(watched, event)


def without_doubles(suggested: Iterable[Suggested], but: Iterable[int] = ()) -> tuple[Suggested, ...]:
    """Return every suggested body once, with the first reason, without nobody and some others."""
    found: dict[int, Suggested] = {}
    for one in suggested:
        if one.body and one.body not in but:
            found.setdefault(one.body, one)
    return tuple(found.values())
