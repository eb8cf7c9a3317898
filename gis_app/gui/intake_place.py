"""Where a call comes from: one line that takes an address, a household, a phone number, a unit or coordinates."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gis_app.cases.routing import Place
from gis_app.county.former import former_unit, unit_now, went_to
from gis_app.errors import UserError
from gis_app.gui.finder import found_rows
from gis_app.gui.places import place_of
from gis_app.gui.search import Found
from gis_app.gui.session import Session
from gis_app.gui.task import aside
from gis_app.gui.widgets import column
from gis_app.gui.words import unit_name
from gis_app.language import Message, tr

TABLES = ("households", "units", "former_units")
"""What a whistle can come from."""

LOOKED_AT, SHOWN = 48, 6
"""So many hits are looked at (whistles and workers are passed over), so many are offered."""

TYPED_ACCURACY = 5.0
"""Metres by which coordinates that somebody reads out may be wrong."""

_MOVES = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a whistle comes from, and what is known of who lives there."""

    place: Place
    address: str = ""
    contact: str = ""
    phone: str = ""


def household_spot(session: Session, household: int) -> Spot:
    """Return the spot of a household: its point where it lies in its own cell, with the head of the family as the one who calls.

    A household that is pinned to another cell than its point lies in is known by itself alone: the cell counts, not the point.
    """
    columns = session.state.households
    at = int(np.searchsorted(columns.id, household))
    rows = session.county.store.rows("households", np.array([household], np.int64), ("head", "address", "phone"))
    x, y = (np.nan, np.nan) if columns.pinned[at] else (float(columns.x[at]), float(columns.y[at]))
    return Spot(Place(x, y, household=household), str(rows["address"][0]), str(rows["head"][0]), str(rows["phone"][0]))


def former_spot(session: Session, former: int) -> Spot:
    """Return the spot of a former unit, which people still name by its old number: the unit of today that it lies in."""
    store = session.county.store
    unit = former_unit(store, former)
    called = " ".join(part for part in (unit.name, unit.code) if part) if unit is not None else ""
    return Spot(Place(unit=unit_now(session.state, went_to(store, [former]))), called)


class WhereBox(QWidget):
    """The line and what it finds. Down and Up choose, Enter takes; what nothing is found for stays as an address in words."""

    chosen = Signal(object)  # Spot
    changed = Signal()  # what was chosen holds no longer
    done = Signal()  # Enter, with nothing more to choose

    _arrived = Signal(str, object)  # words, what was found: from the thread that looked

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._found: Sequence[Found] = ()
        self._hurried = False
        self._arrived.connect(self._show)
        self.line = QLineEdit()
        self.line.setAccessibleName(tr("Where"))
        self.line.setPlaceholderText(tr("Address, household, phone, unit, coordinates"))
        self.line.setToolTip(tr("Also by pinyin initials. Or click on the map while this panel is open."))
        self.line.textEdited.connect(self._typed)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName(tr("What was found"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemClicked.connect(lambda item: self._take(self.list.row(item)))
        self.list.hide()
        self.setLayout(column(self.line, self.list, spacing=2))
        self.setFocusProxy(self.line)
        self._timer = QTimer(self, singleShot=True, interval=120)
        self._timer.timeout.connect(self._look)

    def show_text(self, text: str) -> None:
        """Write what was chosen elsewhere, on the map for example."""
        self.line.setText(text)
        self._leave()

    def _typed(self, _: str) -> None:
        self.changed.emit()
        self._timer.start()

    def _leave(self) -> None:
        self._timer.stop()
        self._found, self._hurried = (), False
        self.list.hide()

    def _look(self) -> None:
        words = self.line.text().strip()
        if not words:
            self._leave()
            return
        aside(partial(self._searched, words), lambda found: self._arrived.emit(words, found))

    def _searched(self, words: str) -> Sequence[Found]:
        """Look for the words, in a thread."""
        try:
            found = [one for one in found_rows(self._session, words, self._choose, LOOKED_AT) if one.table in TABLES]
        except UserError as error:
            return (Found("", str(error), ""),)
        return found[:SHOWN]

    def _show(self, words: str, rows: Sequence[Found]) -> None:
        if words != self.line.text().strip():
            return
        place = place_of(words, self._session.state.settings.crs)
        if not isinstance(place, Message):
            rows = [Found("", tr("These coordinates"), f"X {place[0]:.1f}  Y {place[1]:.1f}", partial(self._at, *place)), *rows][:SHOWN]
        nothing = Found("", tr("Nothing was found; Enter keeps it as an address in words."), "", None)
        self._found = rows or [nothing]
        self.list.clear()
        for found in self._found:
            item = QListWidgetItem("  ".join(part for part in (found.text, found.detail) if part))
            item.setToolTip(f"{found.text}\n{found.detail}")
            self.list.addItem(item)
        self.list.setFixedHeight(sum(self.list.sizeHintForRow(at) for at in range(self.list.count())) + 4)
        self.list.setCurrentRow(0)
        self.list.show()
        if self._hurried:
            self._hurried = False
            self._take(0)

    def _take(self, at: int) -> None:
        if 0 <= at < len(self._found) and (choose := self._found[at].choose) is not None:
            choose()
        else:
            self._emit(Spot(Place(), self.line.text().strip()))

    def _choose(self, table: str, row: int) -> None:
        if table == "units":
            unit = self._session.state.units[row]
            self.line.setText(unit_name(unit))
            self._emit(Spot(Place(unit=row), unit_name(unit)))
        elif table == "former_units":
            spot = former_spot(self._session, row)
            self.line.setText(spot.address)
            self._emit(spot)
        else:
            spot = household_spot(self._session, row)
            self.line.setText(spot.address)
            self._emit(spot)

    def _at(self, x: float, y: float) -> None:
        self._emit(Spot(Place(x, y, TYPED_ACCURACY)))

    def _emit(self, spot: Spot) -> None:
        self._leave()
        self.chosen.emit(spot)
        self.done.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list and take from it while the cursor stays in the line."""
        if watched is not self.line or not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in _MOVES and not self.list.isHidden():
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + _MOVES[key])))
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._entered()
            return True
        if key == Qt.Key.Key_Tab and (self._timer.isActive() or not self.list.isHidden()):
            self._entered()  # whoever tabs on means the first of what was found
            return True
        if key == Qt.Key.Key_Escape and not self.list.isHidden():
            self._leave()
            return True
        return super().eventFilter(watched, event)

    def _entered(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._hurried = True
            self._look()
        elif not self.list.isHidden():
            self._take(self.list.currentRow())
        elif not self._hurried:
            self.done.emit()
