"""A small question over the map: it blocks nothing, and goes with Esc."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from gis_app.gui.widgets import button, clear, column, label, row
from gis_app.language import Message, tr

TOP = 64
"""Pixels from the upper edge of the map: below the banner."""

Choice = tuple[str, Callable[[], object]]
"""A button of a question: its text, and what it does."""


def _nothing() -> None:
    pass


class Question(QFrame):
    """Asks one thing at a time at the upper edge of the map: a text to write, or one of a few choices. Esc and Cancel leave it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "overlay")
        self.setAccessibleName(tr("Question"))
        self._body = column(spacing=8, margins=(16, 14, 16, 14))
        self.setLayout(self._body)
        self.field: QLineEdit | None = None
        self._left: Callable[[], object] = _nothing
        self.hide()

    def ask_text(self, title: str, said: str, text: str, verb: str, answered: Callable[[str], Message | None]) -> None:
        """Ask for a text. `answered` takes what was written and says what is wrong with it, or None where it is done."""
        self.field = field = QLineEdit(text)
        field.setAccessibleName(title)
        field.setMinimumWidth(280)
        wrong = label("", "danger", wrap=True)
        wrong.hide()

        def done() -> None:
            problem = answered(field.text().strip())
            if problem is None:
                self.leave()
            else:
                wrong.setText(str(problem))
                wrong.show()
                self.place()

        field.returnPressed.connect(done)
        self._show(title, said, (field, wrong), [(verb, done)])
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def ask(
        self,
        title: str,
        said: str,
        choices: Sequence[Choice],
        inner: Sequence[QWidget] = (),
        left: Callable[[], object] | None = None,
    ) -> None:
        """Ask for one of a few choices, the first of which is the usual one; `inner` widgets stand above the buttons.

        `left` is called where it is left without an answer, also for another question.
        """
        self.field = None
        self._show(title, said, inner, choices)
        self._left = left or _nothing
        first = self.findChild(QWidget, "answer")
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Take the question away."""
        self.hide()
        self._forget_left()()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def place(self) -> None:
        """Stand in the middle of the upper edge of the map."""
        parent = self.parentWidget()
        if parent is not None:
            self.setMaximumWidth(max(parent.width() - 24, 200))
            self.adjustSize()
            self.move(max((parent.width() - self.width()) // 2, 8), TOP)
            self.raise_()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def _forget_left(self) -> Callable[[], object]:
        left, self._left = self._left, _nothing
        return left

    def _show(self, title: str, said: str, inner: Sequence[QWidget], choices: Sequence[Choice]) -> None:
        self._forget_left()()
        self.hide()  # what is put into a frame that is shown would be laid out a turn later
        clear(self._body)
        self._body.addWidget(label(title, "heading"))
        if said:
            text = label(said, "secondary", wrap=True)
            text.setMinimumWidth(320)
            self._body.addWidget(text)
        for widget in inner:
            self._body.addWidget(widget)
        buttons = [button(text, self._answering(does), "" if at else "primary") for at, (text, does) in enumerate(choices)]
        buttons[0].setObjectName("answer")
        self._body.addLayout(row(*buttons, None, button(tr("Cancel"), self.leave, "link")))
        self.show()
        self._body.activate()
        self.place()

    def _answering(self, does: Callable[[], object]) -> Callable[[], object]:
        def answer() -> None:
            if self.field is None:
                self._forget_left()  # it is answered
                self.leave()
            does()

        return answer
