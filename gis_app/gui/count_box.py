"""A box for a number that need not be given: while it is empty, it says in grey what counts instead."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox

WIDTH = 150
"""Pixels that a short sentence in grey needs."""


class CountBox(QSpinBox):
    """A number from 1 on; 0 is the empty box, in which `otherwise` stands in grey."""

    def __init__(self, name: str, otherwise: str, most: int = 99_999) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setRange(0, most)
        self.setGroupSeparatorShown(True)
        self.setFixedWidth(WIDTH)
        self.say_otherwise(otherwise)
        self.lineEdit().setText("")

    def say_otherwise(self, text: str) -> None:
        """Say what counts while nothing is given."""
        self.lineEdit().setPlaceholderText(text)
        self.setToolTip(text)
        self.setAccessibleDescription(text)

    def textFromValue(self, value: int) -> str:  # noqa: D102
        return super().textFromValue(value) if value else ""

    def valueFromText(self, text: str) -> int:  # noqa: D102
        return super().valueFromText(text) if text.strip() else 0

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:  # noqa: D102
        return (QValidator.State.Acceptable, text, at) if not text.strip() else super().validate(text, at)
