"""The form of a new task: what, until when, from which body, for which cells (chosen on the map or by name)."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from gis_app.cases.bodies import Body, BodyKind
from gis_app.county.task_edits import give_task
from gis_app.grid.pinyin import initials
from gis_app.grid.units import Hierarchy, Unit
from gis_app.gui.case_fields import Field, NoteField, TimeField
from gis_app.gui.session import Session
from gis_app.gui.side_panel import said
from gis_app.gui.widgets import ElidedLabel, button, clear, column, combo, holding, row, small_button
from gis_app.gui.words import UNIT_KINDS, path_text, unit_name
from gis_app.language import Message, format_number, msg, tr

GIVING = (BodyKind.CENTRE, BodyKind.TOWNSHIP, BodyKind.VILLAGE, BodyKind.COMMUNITY)
"""Who gives tasks, in the order in which they are offered."""

OFFERED = 6
"""So many units are offered for what is typed."""


def givers(bodies: Mapping[int, Body]) -> list[Body]:
    """Return the bodies that give tasks: the centre first, then townships, villages and communities."""
    found = [body for body in bodies.values() if body.kind in GIVING]
    return sorted(found, key=lambda body: (GIVING.index(body.kind) if body.kind != BodyKind.COMMUNITY else 2, body.code, body.id))


def found_units(units: Hierarchy, words: str, most: int = OFFERED) -> list[Unit]:
    """Return the units that go by a name, a code or the beginning of pinyin initials; larger units and names that begin so first."""
    asked = words.strip().casefold()
    if not asked:
        return []
    ranked = []
    for unit in units.values():
        name = unit.name.casefold()
        rank = 0 if name.startswith(asked) else 1 if asked in name else 2 if unit.code.startswith(asked) else 3
        if rank == 3 and not (asked.isascii() and initials(unit.name).startswith(asked)):
            continue
        ranked.append((rank, int(unit.level), len(name), unit.code, unit))
    return [unit for *_, unit in sorted(ranked, key=lambda one: one[:4])[:most]]


class TaskForm(QWidget):
    """Asks for a task; `wanted` tells the edit. Enter confirms, Esc leaves; `foot` holds the buttons."""

    wanted = Signal(object)  # Edit
    left = Signal()

    def __init__(self, session: Session, actor: str = "") -> None:
        super().__init__()
        self._session, self._actor = session, actor
        self.units: list[int] = []
        self._givers = givers(session.state.bodies)
        mine = session.derived.mine
        self.body = mine if any(body.id == mine for body in self._givers) else self._givers[0].id if self._givers else 0
        self.title = QLineEdit()
        self.title.setAccessibleName(tr("Title"))
        self.title.returnPressed.connect(self.confirm)
        self.text = NoteField(tr("What is to be done"), lines=3)
        self.text.confirmed.connect(self.confirm)
        self.due = TimeField(tr("Until"), session.state.settings.now, ahead=True)
        self.due.confirmed.connect(self.confirm)
        self.giver = combo(tr("Given by"), [(body.name, body.id) for body in self._givers], self.body, self._set_body)
        self.giver.setMaxVisibleItems(20)
        self.fields = {
            "title": Field(tr("Title"), self.title),
            "text": Field(tr("What is to be done"), self.text),
            "due": Field(tr("Until (left out: without a date)"), self.due),
            "body": Field(tr("Given by"), self.giver),
            "cells": Field(tr("For"), self._cells()),
        }
        self.setLayout(column(*self.fields.values(), spacing=10))
        self.give = button(tr("Give the task"), self.confirm, "primary")
        self.foot = holding(row(self.give, None, button(tr("Cancel"), self.left.emit, "link")))
        session.selection_changed.connect(self._offer_selected)
        self.add(*session.selection.ids.get("units", ()))
        self._offer_selected()

    def _cells(self) -> QWidget:
        self._chosen = column(spacing=2)
        self._sum = said("")
        self.everything = button("", self._take_everything, "link")
        self.selected = button("", self._take_selected, "link")
        self.words = QLineEdit()
        self.words.setAccessibleName(tr("Township, village or cell"))
        self.words.setPlaceholderText(tr("Township, village or cell: name, code or pinyin"))
        self.words.textChanged.connect(self._look)
        self.words.returnPressed.connect(self._take_first)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Units that go by these words"))
        self.found.itemClicked.connect(self._take)
        self.found.itemActivated.connect(self._take)
        self.found.hide()
        return holding(
            column(self._chosen, self._sum, self.words, self.found, row(self.selected, None), row(self.everything, None), spacing=4)
        )

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self.title.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------ for whom

    def add(self, *units: int) -> None:
        """Give it to these units, too."""
        known = [unit for unit in units if unit in self._session.state.units and unit not in self.units]
        self.units += known
        self._show_chosen()

    def _remove(self, unit: int) -> None:
        self.units.remove(unit)
        self._show_chosen()

    def _show_chosen(self) -> None:
        """List what was chosen, and say how many cells that is."""
        state, palette = self._session.state, self._session.palette
        clear(self._chosen)
        for unit in self.units[:OFFERED]:
            away = small_button(palette, "x", tr("Without {unit}", unit=unit_name(state.units[unit])), partial(self._remove, unit))
            line = row(ElidedLabel(path_text(state, unit)), away, spacing=4)
            line.setStretch(0, 1)
            self._chosen.addLayout(line)
        if len(self.units) > OFFERED:
            self._chosen.addWidget(said(tr("and {count} more units", count=format_number(len(self.units) - OFFERED))))
        count = len({cell.id for unit in self.units for cell in state.units.cells(unit)})
        self._sum.setText(
            tr("Cells: {count}", count=format_number(count)) if count else tr("Choose cells, villages or townships on the map or by name.")
        )
        giver = state.bodies.get(self.body)
        whole = giver.unit if giver is not None else 0
        name = unit_name(state.units.get(whole)) if whole else tr("the county")
        self.everything.setText(tr("All cells of {name}", name=name))
        self.fields_say("cells", None)

    def _offer_selected(self, _: object = None) -> None:
        chosen = [unit for unit in self._session.selection.ids.get("units", ()) if unit not in self.units]
        self.selected.setVisible(bool(chosen))
        if len(chosen) == 1:
            self.selected.setText(tr("Add {unit}, selected on the map", unit=unit_name(self._session.state.units.get(chosen[0]))))
        elif chosen:
            self.selected.setText(tr("Add the {count} units selected on the map", count=format_number(len(chosen))))

    def _take_selected(self) -> None:
        self.add(*self._session.selection.ids.get("units", ()))
        self._offer_selected()

    def _take_everything(self) -> None:
        state = self._session.state
        giver = state.bodies.get(self.body)
        whole = [giver.unit] if giver is not None and giver.unit else [unit.id for unit in state.units.children(0)]
        self.units = []
        self.add(*whole)
        self._offer_selected()

    def _look(self, words: str) -> None:
        state = self._session.state
        units = found_units(state.units, words)
        self.found.clear()
        for unit in units:
            item = QListWidgetItem(f"{path_text(state, unit.id)}  ·  {UNIT_KINDS[unit.kind]}")
            item.setData(Qt.ItemDataRole.UserRole, unit.id)
            item.setToolTip(item.text())
            self.found.addItem(item)
        self.found.setFixedHeight(27 * len(units) + 4)
        self.found.setVisible(bool(units))

    def _take_first(self) -> None:
        if self.found.count():
            self._take(self.found.item(0))
        elif not self.words.text().strip():
            self.confirm()

    def _take(self, item: QListWidgetItem) -> None:
        self.add(int(item.data(Qt.ItemDataRole.UserRole)))
        self.words.clear()
        self._offer_selected()

    def _set_body(self, body: object) -> None:
        self.body = int(str(body))
        self._show_chosen()

    # ------------------------------------------------------------ what is wanted

    def fields_say(self, name: str, problem: Message | None) -> None:
        """Say beside a field what is wrong with it."""
        fields = getattr(self, "fields", {})
        if name in fields:
            fields[name].say(problem)

    def say(self, reason: Message, name: str = "") -> None:
        """Say what is wrong: beside the field that it is about, else beside the cells."""
        self.fields_say(name or "cells", reason)

    def confirm(self) -> None:
        """Say what is wrong field by field, or tell the edit that gives the task."""
        problems: dict[str, Message] = {}
        moment = self.due.moment
        if isinstance(moment, Message):
            problems["due"] = moment
        if not self.title.text().strip():
            problems["title"] = msg("A task needs a title.")
        if not self.units:
            problems["cells"] = msg("Say which cells the task is for.")
        for name in self.fields:
            self.fields_say(name, problems.get(name))
        if problems:
            self.fields[min(problems, key=list(self.fields).index)].inner.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        due = None if isinstance(moment, Message) else moment
        values = {"text": self.text.text, "units": tuple(self.units), "due": due, "actor": self._actor}
        self.wanted.emit(give_task(self._session.county.store, self.body, self.title.text(), **values))  # type: ignore[arg-type]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
