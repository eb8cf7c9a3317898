"""Start-up: the application, the first window, and pictures of it."""

import os
import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, QTemporaryDir
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication

from gis_app import bootstrap, language
from gis_app.grid.units import UnitKind
from gis_app.gui.icons import app_icon
from gis_app.gui.preferences import APP, Preferences
from gis_app.gui.window import Window
from gis_app.map.palette import PALETTES


def application() -> QApplication:
    """Return the one application; begin it where there is none yet."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    QCoreApplication.setApplicationName(APP)
    app = QApplication(sys.argv[:1])
    app.setApplicationDisplayName("")
    app.setWindowIcon(app_icon())
    return app


def start(path: Path | None, lang: str | None = None) -> int:
    """Open the window on a county (None: on the start page); return the exit code. `lang` wins over the one chosen last."""
    app = application()
    window = Window(Preferences(asked=lang))
    window.show()
    if path is not None:
        window.open_county(path)
    return app.exec()


def start_demo(lang: str | None = None) -> int:
    """Open the window on the demo county, which is built with a progress bar the first time."""
    app = application()
    window = Window(Preferences(asked=lang))
    window.show()
    window.open_demo()
    return app.exec()


def screenshot(county: Path, out: Path, *, workspace: str, size: tuple[int, int], lang: str, theme: str) -> None:
    """Write a picture of the window on a county, with something selected, when everything is drawn. `size` is (width, height) in pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if lang not in language.LANGUAGES or theme not in PALETTES:
        raise ValueError(f"no such language or theme: {lang}, {theme}")
    application()
    folder = QTemporaryDir()  # pictures neither use nor change what the user's window remembers
    preferences = Preferences(Path(folder.path()) / "window.ini")
    preferences.language, preferences.theme = lang, theme
    window = Window(preferences)
    window.resize(*size)
    window.show()
    window.show_county(bootstrap.open_county(county))
    try:
        window.tasks.wait()
        arrange(window, workspace)
        picture(window).save(str(out))
    finally:
        window.close()
        window.deleteLater()
        QCoreApplication.processEvents()


def arrange(window: Window, workspace: str) -> None:
    """Turn a window to a workspace and select something telling: the fullest rural cell, or the most urgent whistle."""
    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace(workspace)
    QCoreApplication.processEvents()
    state = session.state
    if workspace in ("plan", "maps"):
        figures = session.derived.figures
        rural = [cell for cell in state.coverage.cells if state.units[cell].kind == UnitKind.RURAL_CELL]
        cells = sorted(rural or state.coverage.cells, key=lambda cell: (-figures[cell].households, cell))
        if cells:
            page.zoom_to("units", cells[0])
            page.canvas.set_viewport(page.canvas.viewport.zoomed(0.2, page.canvas.width() / 2, page.canvas.height() / 2))
    elif len(state.cases):
        shown = np.flatnonzero(np.isfinite(state.cases.x) & (state.cases.cell > 0))
        if len(shown):
            display = session.derived.display[shown]
            around = np.bincount(state.cases.cell)[state.cases.cell[shown]]
            first = np.lexsort((-around, display >= 2))
            page.zoom_to("cases", int(state.cases.id[shown[first[0]]]))
            page.canvas.set_viewport(page.canvas.viewport.zoomed(0.035, page.canvas.width() / 2, page.canvas.height() / 2))
    QCoreApplication.processEvents()


def picture(window: Window) -> QPixmap:
    """Return a picture of a window when its map is drawn."""
    window.turns.finish()
    for _ in range(4):
        QCoreApplication.processEvents()
        if window.page is not None:
            window.page.canvas.wait_until_drawn()
    window.status.show_place(*_middle(window))
    QCoreApplication.processEvents()
    return window.grab()


def _middle(window: Window) -> tuple[float, float]:
    if window.page is None:
        return 0.0, 0.0
    viewport = window.page.canvas.viewport
    return viewport.x, viewport.y
