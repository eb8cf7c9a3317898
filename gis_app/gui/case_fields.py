"""The fields of the small forms inside the card of a whistle: a note, a time, stars, and what is wrong said below each."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QSizePolicy, QWidget

from gis_app.gui.moments import moment_of, quick_choices
from gis_app.gui.theme import font
from gis_app.gui.widgets import button, column, holding, label, row
from gis_app.language import Message, format_time, tr
from gis_app.map.palette import Palette


class Field(QWidget):
    """A name, what is filled in, and below it what is wrong with that."""

    def __init__(self, name: str, inner: QWidget) -> None:
        super().__init__()
        self.inner = inner
        self.wrong = label("", "danger", wrap=True)
        self.wrong.hide()
        self.setLayout(column(label(name, "secondary", wrap=True), inner, self.wrong, spacing=2))

    def say(self, problem: Message | None) -> None:
        """Say what is wrong, or nothing."""
        self.wrong.setText("" if problem is None else str(problem))
        self.wrong.setVisible(problem is not None)
        self.inner.setAccessibleDescription(self.wrong.text())


class NoteField(QPlainTextEdit):
    """Some lines of text: Enter confirms, Shift+Enter begins a new line, Tab goes on."""

    confirmed = Signal()

    def __init__(self, name: str, text: str = "", lines: int = 2) -> None:
        super().__init__(text)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(lines * 20 + 14)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)

    @property
    def text(self) -> str:
        """What is written, without spaces around it."""
        return self.toPlainText().strip()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.confirmed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class TimeField(QWidget):
    """A time that is typed; empty it is now. Of a deadline (`ahead`) with choices for every day."""

    confirmed = Signal()

    def __init__(self, name: str, now: Callable[[], datetime], *, ahead: bool = False) -> None:
        super().__init__()
        self._now, self._ahead = now, ahead
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(tr("2020-05-01 12:34") if ahead else tr("Now"))
        self.line.setToolTip(tr("Empty: now ({time}). Else as 2020-05-01 12:34, 05-01 12:34 or 12:34.", time=format_time(now())))
        self.line.returnPressed.connect(self.confirmed)
        self.choices: list[QPushButton] = []
        parts: list[QWidget] = []
        if ahead:
            for text, moment in quick_choices(now()):
                made = button(str(text), lambda moment=moment: self.line.setText(format_time(moment)), "quick", tip=format_time(moment))  # type: ignore[misc]
                self.choices.append(made)
                parts.append(made)
        self.setLayout(column(self.line, *([row(*parts, None, spacing=4)] if parts else []), spacing=4))
        self.setFocusProxy(self.line)

    @property
    def moment(self) -> datetime | Message | None:
        """The instant, what is wrong with it, or None where a deadline is not written."""
        if self._ahead and not self.line.text().strip():
            return None
        return moment_of(self.line.text(), self._now(), ahead=self._ahead)


STAR = 26
"""Pixels that a star takes."""


class Stars(QWidget):
    """One to five stars, by a click, by the keys 1 to 5, or by Left and Right."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, name: str, palette: Palette) -> None:
        super().__init__()
        self._palette, self._name = palette, name
        self.stars = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_stars(0)

    def set_stars(self, stars: int) -> None:
        """Give so many stars."""
        self.stars = max(0, min(5, stars))
        self.setAccessibleName(tr("{name}: {stars} of 5 stars", name=self._name, stars=self.stars))
        self.update()
        self.changed.emit()

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(5 * STAR + 4, STAR + 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: D102
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.set_stars(int(event.position().x() // STAR) + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        key = event.key()
        if Qt.Key.Key_1 <= key <= Qt.Key.Key_5:
            self.set_stars(key - Qt.Key.Key_0)
            self.focusNextChild()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.set_stars(self.stars + (1 if key == Qt.Key.Key_Right else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: object) -> bool:
        """Keep the keys that give stars from being shortcuts of the window."""
        from PySide6.QtCore import QEvent

        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and Qt.Key.Key_1 <= event.key() <= Qt.Key.Key_5:
            event.accept()
            return True
        return super().event(event)  # type: ignore[arg-type]

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: D102
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        """Draw full and empty stars, and a frame while the keys are heard."""
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(font(20))
            for at in range(5):
                painter.setPen(QColor(self._palette.waiting if at < self.stars else self._palette.disabled))
                painter.drawText(QPointF(at * STAR + 4, STAR - 5), "★" if at < self.stars else "☆")
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._palette.accent), 1))
                painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        finally:
            painter.end()


class StarRows(QWidget):
    """Stars for attitude, speed and result, one below the other."""

    confirmed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        names = (tr("Attitude"), tr("Speed"), tr("Result"))
        self.rows = tuple(Stars(name, palette) for name in names)
        lines = []
        for name, stars in zip(names, self.rows, strict=True):
            said = label(name)
            said.setMinimumWidth(64)
            stars.confirmed.connect(self.confirmed)
            lines.append(holding(row(said, stars, None)))
        self.setLayout(column(*lines, spacing=2))
        self.setFocusProxy(self.rows[0])

    @property
    def stars(self) -> tuple[int, int, int]:
        """The three numbers of stars, 0 where none were given."""
        attitude, speed, outcome = (one.stars for one in self.rows)
        return attitude, speed, outcome
