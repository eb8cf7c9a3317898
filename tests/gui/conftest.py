"""A small demo county and a window on it, for every test of the window."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.gui.preferences import Preferences
from gis_app.gui.window import Window
from gis_app.progress import finish


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of one demo township; tests work on copies."""
    path = tmp_path_factory.mktemp("demo") / "small.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    return path


@pytest.fixture
def county_path(small_county: Path, tmp_path: Path) -> Path:
    """A copy of the demo township that a test may change."""
    return Path(shutil.copy(small_county, tmp_path / "county.gpkg"))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the program remembers of its user away from the real user."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.fixture
def empty_window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    """A window on its start page, in English."""
    preferences = Preferences(tmp_path / "window.ini")
    preferences.language = "en"
    window = Window(preferences)
    window.resize(1366, 768)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.close()


@pytest.fixture
def window(empty_window: Window, county_path: Path) -> Window:
    """A window on the demo township, its map drawn."""
    empty_window.show_county(bootstrap.open_county(county_path))
    empty_window.tasks.wait()
    empty_window.canvas.wait_until_drawn()
    return empty_window


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    """Press the button with a text (or accessible name) as a person would."""
    QCoreApplication.processEvents()
    found = [b for b in parent.findChildren(QPushButton) if text in (b.text(), b.accessibleName()) and b.isVisible()]
    assert found, f"no button {text!r}"
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton, pos=QPoint(8, found[0].height() // 2))
