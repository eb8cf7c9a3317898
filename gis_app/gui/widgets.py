"""Small parts that every panel is made of: labels, buttons, rows and columns, foldable sections."""

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gis_app.gui.icons import icon, pixmap
from gis_app.map.palette import Palette

Item = QWidget | QLayout | int | None
"""A part of a row or column: a widget, a layout, pixels of space, or None for a stretch."""


def label(text: str, role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Return a label in one of the roles of the style sheet."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
    return made


def image(name: str, colour: str, size: int = 16) -> QLabel:
    """Return an icon as a label."""
    made = QLabel()
    made.setPixmap(pixmap(name, colour, size, 2.0))
    made.setFixedSize(size, size)
    return made


class Button(QPushButton):
    """A push button that Enter presses too, not only the space bar: outside dialogs Qt leaves that to us."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


def button(text: str, clicked: Callable[[], object], role: str = "", shown: QIcon | None = None, tip: str = "") -> QPushButton:
    """Return a push button; its accessible name is its text, or its tip where it has none."""
    made = Button(text)
    made.setAccessibleName(text or tip)
    if role:
        made.setProperty("role", role)
    if shown is not None:
        made.setIcon(shown)
        made.setIconSize(QSize(16, 16))
    if tip:
        made.setToolTip(tip)
    made.clicked.connect(lambda _=False: clicked())
    return made


def small_button(palette: Palette, name: str, tip: str, clicked: Callable[[], object]) -> QToolButton:
    """Return a small button that shows only an icon; its tip is its accessible name."""
    made = QToolButton()
    made.setProperty("role", "small")
    made.setIcon(icon(name, palette, palette.secondary))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    made.clicked.connect(lambda _=False: clicked())
    return made


def combo(name: str, items: Iterable[tuple[str, object]], chosen: object, changed: Callable[[object], object]) -> QComboBox:
    """Return a combo box of (text, value) items; `changed` is called with the value that a person chooses."""
    made = Choice()
    made.setAccessibleName(name)
    made.setProperty("role", "compact")
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(6)
    for text, value in items:
        made.addItem(text, value)
        if value == chosen:
            made.setCurrentIndex(made.count() - 1)
    made.activated.connect(lambda at: changed(made.itemData(at)))
    return made


def fill(layout: QBoxLayout, items: Iterable[Item], spacing: int, margins: tuple[int, int, int, int]) -> None:
    """Put items into a box layout."""
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)


def row(*items: Item, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """Return a row of widgets, layouts, spaces (int) and stretches (None)."""
    layout = QHBoxLayout()
    fill(layout, items, spacing, margins)
    return layout


def column(*items: Item, spacing: int = 4, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """Return a column of widgets, layouts, spaces (int) and stretches (None)."""
    layout = QVBoxLayout()
    fill(layout, items, spacing, margins)
    return layout


def holding(layout: QLayout, name: str = "") -> QWidget:
    """Return a widget that holds a layout; `name` is its name in the style sheet."""
    made = QWidget()
    if name:
        made.setObjectName(name)
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    made.setLayout(layout)
    return made


def card(*items: Item, role: str = "card") -> QFrame:
    """Return a bordered card around a column of items."""
    made = QFrame()
    made.setProperty("role", role)
    made.setLayout(column(*items, spacing=6, margins=(12, 12, 12, 12)))
    return made


def line(upright: bool = False) -> QFrame:
    """Return a hairline."""
    made = QFrame()
    made.setProperty("role", "vline" if upright else "line")
    if upright:
        made.setFixedHeight(20)
    return made


def counted(text: str, count: QLabel, clicked: Callable[[], object], sign: QPixmap | None, tip: str) -> QPushButton:
    """Return a row that can be pressed: a sign, a text that gives way, and a count at the right."""
    made = button("", clicked, "row", tip=tip)
    made.setAccessibleName(f"{text}: {count.text()}")
    made.setFixedHeight(28)
    parts: list[Item] = []
    if sign is not None:
        mark = QLabel()
        mark.setPixmap(sign)
        parts.append(mark)
    words = ElidedLabel(text)
    words.setToolTip("")
    inner = row(*parts, words, count, margins=(4, 0, 4, 0))
    inner.setStretch(len(parts), 1)
    made.setLayout(inner)
    for child in made.findChildren(QWidget):
        child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return made


def facts(pairs: Iterable[tuple[str, str | QWidget]], tips: Mapping[str, str] | None = None) -> QGridLayout:
    """Return a grid of what (left, secondary) and how much (right); `tips` say what a figure counts."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setColumnStretch(1, 1)
    for at, (what, value) in enumerate(pairs):
        left = label(what, "secondary")
        left.setMinimumWidth(72)
        left.setToolTip((tips or {}).get(what, ""))
        beside = isinstance(value, QWidget) and not isinstance(value, QLabel)
        grid.addWidget(left, at, 0, Qt.AlignmentFlag.AlignVCenter if beside else Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value if isinstance(value, QWidget) else label(value, wrap=True, selectable=True), at, 1)
    return grid


def scrolled(inner: QWidget, name: str = "scrolled") -> QScrollArea:
    """Return a scroll area (up and down only) around a widget; `name` is the widget's in the style sheet."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inner.setObjectName(name)
    area.setWidget(inner)
    return area


def clear(layout: QLayout) -> None:
    """Remove and delete everything that a layout holds."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def drop(stack: QStackedWidget, at: int) -> None:
    """Remove and delete one page of a stack."""
    page = stack.widget(at)
    if page is not None:
        stack.removeWidget(page)
        page.deleteLater()


class Choice(QComboBox):
    """A combo box that the mouse wheel rolls past: rolling through a panel must not change what was chosen in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel does not even take the focus

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: D102
        event.ignore()


class Slide(QSlider):
    """A slider that the mouse wheel rolls past."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: D102
        event.ignore()


class ElidedLabel(QLabel):
    """A label that gives way: what does not fit is left out, and shown as its tip."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.setToolTip(text)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        try:
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
            painter.setPen(self.palette().color(self.foregroundRole()))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        finally:
            painter.end()


class ElidedButton(Button):
    """A link that gives way where its panel is narrow: what does not fit is left out."""

    def __init__(self, text: str, clicked: Callable[[], object], tip: str = "") -> None:
        super().__init__(text)
        self._text = text
        self.setProperty("role", "link")
        self.setAccessibleName(text)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda _=False: clicked())

    def sizeHint(self) -> QSize:  # noqa: D102
        return QSize(self.fontMetrics().horizontalAdvance(self._text) + 8, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:  # noqa: D102
        return QSize(24, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: D102
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width() - 4))


class Section(QWidget):
    """A titled part of a panel that folds away; what it shows is put into `body`."""

    def __init__(self, title: str, palette: Palette, *, folded: bool = False) -> None:
        super().__init__()
        self._palette = palette
        self.header = Button(title)
        self.header.setProperty("role", "link")
        self.header.setStyleSheet(f"color: {palette.secondary}; font-size: 12px; font-weight: 700; padding: 0;")
        self.header.setIconSize(QSize(14, 14))
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inner = QWidget()
        self.header.clicked.connect(lambda _=False: self.fold(self._inner.isVisibleTo(self)))
        self.body = column(spacing=2)
        self._inner.setLayout(self.body)
        self.setLayout(column(self.header, self._inner, spacing=4, margins=(0, 0, 0, 12)))
        self.fold(folded)

    def fold(self, folded: bool) -> None:
        """Fold the section away, or open it."""
        self._inner.setVisible(not folded)
        self.header.setIcon(icon("chevron-right" if folded else "chevron-down", self._palette, self._palette.secondary))

    def set_title(self, title: str) -> None:
        """Change the title."""
        self.header.setText(title)
