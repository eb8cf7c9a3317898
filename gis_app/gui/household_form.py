"""The form of one household, in place of the inspector, and several households side by side, of which one is made.

The form shows names and phones unmasked, since it edits them: opening it is asking for them. What is only chosen side by side is masked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from gis_app.county.changes import Changes
from gis_app.county.household_edits import EDITABLE, MOST_MEMBERS, HouseholdReport, Place, add_household, change_households, flag_words
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.widgets import button, clear, column, label, row
from gis_app.language import Message, current, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


class HouseholdForm(SidePanel):
    """Adds a household at `place` (household 0), or changes one. Enter keeps what was entered, Esc leaves."""

    def __init__(self, window: Window, household: int = 0, place: Place | None = None) -> None:
        super().__init__(window, tr("Edit the household") if household else tr("Add a household"))
        self._household, self._place = household, place
        values: Mapping[str, Any] = _stored(window, household) if household else {"members": 1, "resident": True}
        self.fields: dict[str, QLineEdit] = {name: QLineEdit(str(values.get(name, ""))) for name in _TEXTS}
        self.members = QSpinBox()
        self.members.setRange(0, MOST_MEMBERS)
        self.members.setValue(min(max(int(values.get("members", 1)), 0), MOST_MEMBERS))
        self.resident = QCheckBox(tr("Lives here (counts for the floor)"))
        self.resident.setChecked(bool(values.get("resident", True)))
        self.notes = QPlainTextEdit(str(values.get("notes", "")))
        self.notes.setFixedHeight(64)
        self.notes.setTabChangesFocus(True)
        has = flag_words(str(values.get("flags", "")))
        known = self._session.state.settings.flags
        self.flags = {flag: QCheckBox(_flag_text(flag, known)) for flag in dict.fromkeys((*known, *has))}
        for flag, box in self.flags.items():
            box.setChecked(flag in has)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.show_body([self._grid(), self.resident, label(tr("Flags"), "secondary"), self._boxes(), *self._noted(), None])
        keep = button(tr("Save"), self.keep, "primary")
        self.show_foot([self.problem, row(keep, button(tr("Cancel"), self.close_panel), None)])

    def _grid(self) -> QGridLayout:
        names = {
            "head": tr("Head"),
            "code": tr("Code"),
            "address": tr("Address"),
            "building": tr("Building"),
            "phone": tr("Phone"),
        }
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        lines: list[tuple[str, QWidget]] = [(names[name], self.fields[name]) for name in _TEXTS]
        lines.append((tr("People"), self.members))
        for at, (name, field) in enumerate(lines):
            field.setAccessibleName(name)
            grid.addWidget(label(name, "secondary"), at, 0)
            grid.addWidget(field, at, 1)
        return grid

    def _boxes(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        columns = 1 if current() == "en" else 2  # English names are too long for two
        for at, box in enumerate(self.flags.values()):
            grid.addWidget(box, at // columns, at % columns)
        return grid

    def _noted(self) -> list[QWidget]:
        self.notes.setAccessibleName(tr("Notes"))
        here, nowhere = tr("It is put where you clicked on the map."), tr("It has no place yet; pin it to a cell, or give it one later.")
        where = here if self._place is not None else nowhere
        return [label(tr("Notes"), "secondary"), self.notes, *([] if self._household else [said(where)])]

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self.fields["head"].setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> dict[str, object]:
        """Return what was entered, by field."""
        return {
            **{name: field.text().strip() for name, field in self.fields.items()},
            "members": self.members.value(),
            "resident": self.resident.isChecked(),
            "flags": ",".join(flag for flag, box in self.flags.items() if box.isChecked()),
            "notes": self.notes.toPlainText().strip(),
        }

    def keep(self) -> None:
        """Have the household kept as it was entered."""
        store, values = self._session.county.store, self.values()
        edit = change_households(store, {self._household: values}) if self._household else add_household(store, self._place, **values)
        window = self._window

        def done(changes: Changes) -> None:
            report = changes.report
            self.close_panel()
            if isinstance(report, HouseholdReport) and report.households and window.session is not None:
                window.session.select("households", *report.households)
            window.banner.news(tr("Done: {what}.", what=changes.title), (tr("Undo"), window.undo))

        def refused(reason: Message) -> None:
            if self.is_shown:
                self.problem.setText(str(reason))
                self.problem.show()

        window.perform(edit, done, refused)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep()
        else:
            super().keyPressEvent(event)


_TEXTS = ("head", "code", "address", "building", "phone")


def _stored(window: Window, household: int) -> dict[str, Any]:
    assert window.session is not None
    rows = window.session.county.store.rows("households", np.array([household], np.int64), EDITABLE)
    return {name: rows[name][0] for name in EDITABLE}


def _flag_text(flag: str, known: Mapping[str, Mapping[str, object]]) -> str:
    english = str(known.get(flag, {}).get("name_en", ""))
    return english.capitalize() if current() == "en" and english else flag


class MergePanel(SidePanel):
    """Several households side by side: one is kept, with the values that are chosen for each field.

    Names and phones, flags and notes are masked as in the tables; values that look the same then say whose they are.
    """

    def __init__(self, window: Window, households: tuple[int, ...]) -> None:
        super().__init__(window, tr("Merge households"))
        self.households = households
        rows = self._session.county.store.rows("households", np.array(households, np.int64), EDITABLE)
        self._rows = [{name: rows[name][at] for name in EDITABLE} for at in range(len(households))]
        from gis_app.county.household_edits import merged_values

        self.chosen: dict[str, Any] = merged_values(self._rows)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        explained = said(tr("Choose what is right in each line. The first household is kept; the whistles of all go on with it."))
        self._lines = column(spacing=6)
        self.names = button("", window.actions_by_id["show_names"].trigger, "link")
        self.show_body([explained, row(self.names, None), self._lines, None])
        self.show_foot([self.problem, row(button(tr("Merge"), self.merge, "primary"), button(tr("Cancel"), self.close_panel), None)])
        self._session.names_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        """Show the values of each field, the chosen one first."""
        clear(self._lines)
        shown = self._session.names_shown
        self.names.setText(tr("Hide names and phones in tables") if shown else tr("Show names and phones in tables"))
        titles = {
            "code": tr("Code"), "head": tr("Head"), "address": tr("Address"), "phone": tr("Phone"), "members": tr("People"),
            "building": tr("Building"), "resident": tr("Lives here"), "flags": tr("Flags"), "notes": tr("Notes"),
        }  # fmt: skip
        for name in EDITABLE:
            values = list(dict.fromkeys((self.chosen[name], *(one[name] for one in self._rows))))
            box = QComboBox()
            box.setAccessibleName(titles[name])
            for text, value in zip(self._texts(name, values), values, strict=True):
                box.addItem(text, value)
            box.setEnabled(len(values) > 1)
            box.currentIndexChanged.connect(lambda _, name=name, box=box: self.choose(name, box.currentData()))
            self._lines.addWidget(label(titles[name], "secondary"))
            self._lines.addWidget(box)

    def _texts(self, name: str, values: Sequence[Any]) -> list[str]:
        """Write the values of a field, masked where they are personal; what looks the same says from which household it comes."""
        ways: Mapping[str, Callable[[str], str]] = {
            "head": self._session.name, "phone": self._session.phone, "flags": self._hidden, "notes": self._hidden,
        }  # fmt: skip
        if name == "resident":
            return [tr("yes") if value else tr("no") for value in values]
        texts = [ways.get(name, str)(str(value)).replace("\n", " · ") or "–" for value in values]
        whose = [next((self._number(one) for one in self._rows if one[name] == value), tr("all together")) for value in values]
        return [f"{text} ({who})" if texts.count(text) > 1 else text for text, who in zip(texts, whose, strict=True)]

    def _hidden(self, text: str) -> str:
        return text if self._session.names_shown or not text else "***"

    def _number(self, one: Mapping[str, Any]) -> str:
        at = next(at for at, known in enumerate(self._rows) if known is one)
        return str(one["code"]) or tr("Household {id}", id=self.households[at])

    def choose(self, name: str, value: object) -> None:
        """Take another value for a field."""
        self.chosen[name] = value

    def merge(self) -> None:
        """Merge them, with what was chosen."""
        from gis_app.county.household_edits import merge_households

        kept, *others = self.households
        window = self._window

        def done(changes: Changes) -> None:
            self.close_panel()
            if window.session is not None:
                window.session.select("households", kept)
            window.banner.news(tr("Done: {what}.", what=changes.title), (tr("Undo"), window.undo))

        def refused(reason: Message) -> None:
            self.problem.setText(str(reason))
            self.problem.show()

        window.perform(merge_households(self._session.county.store, kept, others, **self.chosen), done, refused)
