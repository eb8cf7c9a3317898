"""The flags of households that an office uses, in place of the inspector: words, English names, and what each adds to a load."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLineEdit

from gis_app.county.changes import Changes
from gis_app.county.edits import change_settings
from gis_app.county.household_edits import flag_words
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.widgets import button, label, row
from gis_app.language import Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

SPARE = 2
"""Empty lines for new flags."""
MOST_WEIGHT = 20.0


class FlagsForm(SidePanel):
    """A line a flag; an emptied line takes the flag off the list, and leaves it with the households that have it."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Flags of households"))
        self.lines: list[tuple[QLineEdit, QLineEdit, QDoubleSpinBox]] = []
        self.grid = QGridLayout()
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setVerticalSpacing(6)
        self.grid.setColumnStretch(1, 1)
        for at, title in enumerate((tr("Flag"), tr("In English"), tr("Weight"))):
            self.grid.addWidget(label(title, "secondary"), 0, at)
        for flag, about in self._session.county.state.settings.flags.items():
            self.add_line(flag, about)
        for _ in range(SPARE):
            self.add_line()
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        weight = said(tr("A weight of 1: such a household is as much work as two. An emptied line takes the flag off the list."))
        self.show_body([weight, self.grid, row(button(tr("Another line"), self.add_line, "link"), None), None])
        self.show_foot([self.problem, row(button(tr("Save"), self.keep, "primary"), button(tr("Cancel"), self.close_panel), None)])

    def add_line(self, flag: str = "", about: Mapping[str, object] | None = None) -> None:
        """Add a line for a flag."""
        about = about or {}
        word, english, weight = QLineEdit(flag), QLineEdit(str(about.get("name_en", ""))), QDoubleSpinBox()
        weight.setRange(0, MOST_WEIGHT)
        weight.setDecimals(1)
        weight.setSingleStep(0.5)
        weight.setValue(float(str(about.get("weight", 0.0))))
        weight.setAlignment(Qt.AlignmentFlag.AlignRight)
        english.setCursorPosition(0)
        word.setMaximumWidth(96)
        weight.setFixedWidth(60)
        at = len(self.lines) + 1
        for place, (field, name) in enumerate(((word, tr("Flag")), (english, tr("In English")), (weight, tr("Weight")))):
            field.setAccessibleName(name)
            self.grid.addWidget(field, at, place)
        self.lines.append((word, english, weight))

    def flags(self) -> dict[str, Mapping[str, object]] | Message:
        """Return the flags as they were entered, or what is wrong with them."""
        found: dict[str, Mapping[str, object]] = {}
        for word, english, weight in self.lines:
            flag = word.text().strip()
            if not flag:
                continue
            if len(flag_words(flag)) != 1:
                return msg("A flag is one word without a comma: {flag}.", flag=flag)
            if flag in found:
                return msg("The flag {flag} is there twice.", flag=flag)
            found[flag] = {"name_en": english.text().strip(), "weight": round(weight.value(), 1)}
        return found

    def keep(self) -> None:
        """Have the flags kept; one step to undo."""
        found, window = self.flags(), self._window
        if isinstance(found, Message):
            self._refuse(found)
            return

        def done(changes: Changes) -> None:
            self.close_panel()
            window.banner.news(tr("Done: {what}.", what=changes.title), (tr("Undo"), window.undo))

        window.perform(change_settings(flags=found), done, self._refuse)

    def _refuse(self, reason: Message) -> None:
        self.problem.setText(str(reason))
        self.problem.show()
