"""A quiet banner over the map: one sentence about what went wrong, or what was done, with a way out."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QWidget

from gis_app.gui.widgets import button, clear, image, label, row, small_button
from gis_app.language import tr
from gis_app.map.palette import Palette


class Banner(QFrame):
    """Shows one sentence at a time at the upper edge of the window; a problem stays until it is closed, news go by themselves."""

    def __init__(self, palette: Palette, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self.text = ""
        self.step: object = None  # the step of the history that can be undone here
        self.setAccessibleName(tr("Message"))
        self._row = row(margins=(12, 8, 8, 8))
        self.setLayout(self._row)
        self._timer = QTimer(self, singleShot=True, interval=6000)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def problem(self, text: str) -> None:
        """Say what went wrong; it stays until it is closed."""
        self._show(text, "bannerProblem", "circle-alert", self._palette.danger, None)
        self._timer.stop()

    def news(self, text: str, action: tuple[str, Callable[[], object]] | None = None, step: object = None) -> None:
        """Say what was done; `action` is a button (text, what it does) that goes with it, and `step` what it was offered for."""
        self._show(text, "bannerInfo", "circle-check", self._palette.success, action)
        self.step = step
        self._timer.start(12000 if action else 6000)

    def remind(self, text: str, action: tuple[str, Callable[[], object]]) -> None:
        """Say that something has fallen due; it stays until it is closed, or something else is said."""
        self._show(text, "bannerInfo", "timer", self._palette.warning, action)
        self._timer.stop()

    def ask(self, text: str, action: tuple[str, Callable[[], object]]) -> None:
        """Ask whether something is really to be done; it stays until it is answered or closed."""

        def answer() -> None:
            self.hide()
            action[1]()

        self._show(text, "bannerProblem", "circle-help", self._palette.warning, (action[0], answer))
        self._timer.stop()

    def place(self) -> None:
        """Move to the middle of the upper edge of what it lies over."""
        parent = self.parentWidget()
        assert parent is not None
        width = min(720, parent.width() - 48)
        self.resize(width, max(self._row.totalHeightForWidth(width), 44))
        self.move((parent.width() - width) // 2, 104)
        self.raise_()

    def _show(self, text: str, role: str, sign: str, colour: str, action: tuple[str, Callable[[], object]] | None) -> None:
        self.text, self.step = text, None
        clear(self._row)
        words = label(text, wrap=True, selectable=True)
        words.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self._row.addWidget(image(sign, colour, 18))
        self._row.addWidget(words, 1)
        if action is not None:
            self._row.addWidget(button(action[0], action[1], "link"))
        self._row.addWidget(small_button(self._palette, "x", tr("Close"), self.hide))
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            child.setVisible(self._row.indexOf(child) >= 0)  # a layout takes a widget for nothing until it is shown, and height counts now
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()
        self.place()
