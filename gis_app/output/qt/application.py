"""The one place where pages make sure that Qt is there: the command line has no window."""

import os
from functools import cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication


def ensure_application() -> None:
    """Start Qt without a display where nobody has started it; fonts and texts need a running application.

    It is a full QApplication, because a window may be opened (for a screenshot) in the same process later.
    """
    if QCoreApplication.instance() is None:
        _offscreen()


@cache  # keeps the application alive: Qt ends it with its last reference
def _offscreen() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    return QApplication(["gis-app"])
