"""A list of small things and the form that makes or changes one, in one place: the form takes the list's place until it is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLayout, QLineEdit, QStackedWidget, QWidget

from gis_app.county.changes import Changes, Edit
from gis_app.gui.icons import icon
from gis_app.gui.search_choice import SearchChoice
from gis_app.gui.small_table import Row, SmallTable
from gis_app.gui.widgets import Item, button, column, drop, holding, label, row, scrolled
from gis_app.language import Message, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


class Form(QWidget):
    """Lines of named fields, one or two beside one another; below what they mean, and what is wrong with them. Enter keeps, Esc leaves."""

    kept = Signal(object)  # Edit
    left = Signal()

    def __init__(
        self,
        title: str,
        lines: Sequence[Sequence[tuple[str, QWidget]]],
        edit: Callable[[], Edit | Message],
        meaning: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__()
        self._edit, self._meaning = edit, meaning
        self._waiting = False  # for what was entered to be kept: Enter may come twice
        self.said = label("", "secondary", wrap=True)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for stretched in (1, 3):
            grid.setColumnStretch(stretched, 1)
        for at, line in enumerate(lines):
            for beside, (name, field) in enumerate(line):
                field.setAccessibleName(name)
                grid.addWidget(label(name, "secondary"), at, beside * 2)
                grid.addWidget(field, at, beside * 2 + 1, 1, 3 if len(line) == 1 else 1)
                self._follow(field)
        keep = button(tr("Save"), self.keep, "primary")
        leave = button(tr("Cancel"), self.left.emit)
        inner = holding(column(label(title, "section"), 2, grid, None, spacing=4, margins=(0, 4, 8, 4)))
        below = row(keep, leave, self.said)
        below.setStretch(2, 1)
        self.setLayout(column(scrolled(inner), self.problem, below, spacing=6))
        self._first = lines[0][0][1]
        self.tell()

    def _follow(self, field: QWidget) -> None:
        if isinstance(field, QLineEdit):
            field.textEdited.connect(self.tell)
        elif isinstance(field, SearchChoice):
            field.currentIndexChanged.connect(self.tell)
            field.entered.connect(self.keep)
        elif isinstance(field, QComboBox):
            field.currentIndexChanged.connect(self.tell)

    def begin(self) -> None:
        """Put the cursor into the first field."""
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def tell(self, _: object = None) -> None:
        """Say what the fields mean."""
        self.said.setText(self._meaning())
        self.problem.hide()
        self._waiting = False

    def keep(self) -> None:
        """Ask for what was entered to be kept, once."""
        if self._waiting:
            return
        wanted = self._edit()
        if isinstance(wanted, Message):
            self.refuse(wanted)
        else:
            self._waiting = True
            self.kept.emit(wanted)

    def refuse(self, reason: Message) -> None:
        """Say what is wrong."""
        self._waiting = False
        self.problem.setText(str(reason))
        self.problem.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep()
        else:
            super().keyPressEvent(event)


class ListPage(QStackedWidget):
    """A table with what narrows it above and what can be done below; `form_of(id)` makes the form (id 0: of a new one)."""

    def __init__(
        self,
        window: Window,
        table: SmallTable,
        above: QLayout,
        form_of: Callable[[int], Form],
        remove: Callable[[int], Edit],
        verbs: tuple[str, str, str],
        note: str = "",
        tip: str = "",
    ) -> None:
        super().__init__()
        self._window, self.table, self._form_of, self._remove = window, table, form_of, remove
        assert window.session is not None
        palette = window.session.palette
        add, change, take = verbs
        self.change = button(change, lambda: self._selected(self.open_form), "", icon("pencil", palette))
        self.take = button(take, lambda: self._selected(self.remove), "", icon("trash-2", palette))
        adding = button(add, lambda: self.open_form(0), "primary", icon("plus", palette, palette.accent_text))
        undo = button(tr("Undo"), window.undo, "", icon("undo-2", palette))
        self.counted, self._note = label("", "secondary", wrap=True), note
        self.counted.setToolTip(tip)
        parts: list[Item] = [above, table, self.counted, row(adding, self.change, self.take, None, undo)]
        self.addWidget(holding(column(*parts, spacing=6, margins=(0, 4, 0, 0))))
        table.opened.connect(self.open_form)
        table.remove_wanted.connect(self.remove)
        table.chosen.connect(self._offer)
        self._offer()

    def _selected(self, do: Callable[[int], object]) -> None:
        if self.table.ids:
            do(self.table.ids[0])

    def _offer(self) -> None:
        for made in (self.change, self.take):
            made.setEnabled(bool(self.table.ids))

    def show_rows(self, rows: Sequence[Row], all_rows: int) -> None:
        """Show rows of the list, out of so many."""
        self.table.show_rows(rows)
        some = tr("{count} of {all}", count=len(rows), all=all_rows)
        count = some if len(rows) < all_rows else tr("{count} in all", count=all_rows)
        self.counted.setText(" · ".join(part for part in (count, self._note) if part))

    @property
    def form(self) -> Form | None:
        """The form that is open, if one is."""
        found = self.currentWidget()
        return found if isinstance(found, Form) else None

    def open_form(self, id: int) -> None:
        """Make a new one (0), or change one."""
        self._leave()
        form = self._form_of(id)
        form.kept.connect(self._keep)
        form.left.connect(self._leave)
        self.addWidget(form)
        self.setCurrentWidget(form)
        form.begin()

    def remove(self, id: int) -> None:
        """Remove one; it can be undone."""
        self._window.perform(self._remove(id))

    def _keep(self, edit: object) -> None:
        assert isinstance(edit, Edit)
        form = self.form

        def done(changes: Changes) -> None:
            self._leave()
            self._window.banner.news(tr("Done: {what}.", what=changes.title), (tr("Undo"), self._window.undo))
            self._window.turns.add(lambda: self.table.select_id(int(getattr(changes.report, "id", 0))))

        def refused(reason: Message) -> None:
            if form is not None and self.form is form:
                form.refuse(reason)
            else:  # left meanwhile
                self._window.banner.problem(str(reason))

        self._window.perform(edit, done, refused)

    def _leave(self) -> None:
        self.setCurrentIndex(0)
        while self.count() > 1:
            drop(self, 1)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
