"""The banner over the map: whatever it says can be read whole."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel

from gis_app.gui.window import Window


@pytest.mark.parametrize("length", (30, 60, 90, 150, 200))
def test_a_long_sentence_is_not_cut(window: Window, length: int) -> None:
    window.banner.news("Undone.")
    QCoreApplication.processEvents()
    window.banner.problem("网" * length)  # in place of what is there
    QCoreApplication.processEvents()
    words = next(label for label in window.banner.findChildren(QLabel) if label.text() and label.isVisible())
    assert words.heightForWidth(words.width()) <= words.height()
