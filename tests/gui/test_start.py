"""The start page, new counties, pictures, and what happens when something is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from gis_app import bootstrap, language
from gis_app.gui import start
from gis_app.gui.import_assistant import ImportAssistant
from gis_app.gui.new_county import NewCounty, zone_crs
from gis_app.gui.preferences import Preferences
from gis_app.gui.window import Window
from tests.gui.conftest import press
from tests.gui.test_window import texts


def drop(window: Window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)


def test_a_county_that_is_dropped_opens_and_is_remembered(empty_window: Window, county_path: Path, qtbot: QtBot) -> None:
    window = empty_window
    assert "Demo county" in texts(window)
    drop(window, county_path)
    window.tasks.wait()
    assert window.session is not None and len(window.session.state.units)
    qtbot.keyClick(window, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert window.session is None
    press(qtbot, window, str(county_path))
    window.tasks.wait()
    assert window.session is not None
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [window], "no panel may flash up as a window of its own"


def test_the_demo_is_built_on_its_first_run(empty_window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    building = bootstrap.building_demo
    monkeypatch.setattr(bootstrap, "building_demo", lambda path: building(path, "small"))
    for _ in range(2):
        press(qtbot, empty_window, "Demo county")
        empty_window.tasks.wait()
        assert empty_window.session is not None and len(empty_window.session.state.households) == 6000
        empty_window.show_start()
    assert bootstrap.demo_path().is_file()


def test_a_file_that_is_no_county_is_one_sentence(empty_window: Window, tmp_path: Path) -> None:
    path = tmp_path / "letter.gpkg"
    path.write_text("Dear county")
    empty_window.open_county(path)
    empty_window.tasks.wait()
    assert empty_window.banner.isVisible() and "letter.gpkg" in empty_window.banner.text and empty_window.session is None


def test_a_new_county(empty_window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    press(qtbot, empty_window, "New county")
    form = empty_window.findChild(NewCounty)
    assert form is not None
    press(qtbot, form, "Create")
    assert form.problem.text() == "Give the county a name."
    form.name.insert("青山县")
    qtbot.keyClicks(form.code, "12")
    press(qtbot, form, "Create")
    assert "6 digits" in form.problem.text()
    form.code.clear()
    form.crs.setEditText("EPSG:4326")
    press(qtbot, form, "Create")
    assert "degrees" in form.problem.text()
    form.crs.setEditText("EPSG:4549")
    form.path.setText(str(tmp_path / "nowhere" / "x.gpkg"))
    press(qtbot, form, "Create")
    assert "nowhere" in form.problem.text()
    form.path.setText(str(tmp_path / "new.gpkg"))
    press(qtbot, form, "Create")
    empty_window.tasks.wait()
    assert empty_window.session is not None
    settings = empty_window.session.state.settings
    assert (settings.name, settings.crs, settings.code_scheme) == ("青山县", "EPSG:4549", "free")
    assert "This county has no cells yet" in texts(empty_window)
    assert not [d for d in empty_window.findChildren(QDialog) if d.isVisible()]


def test_zones_have_the_right_codes() -> None:
    import pyproj

    for meridian in (75, 120, 123, 135):
        assert f"CM {meridian}E" in pyproj.CRS(zone_crs(meridian)).name


@pytest.mark.parametrize(("workspace", "lang", "theme"), [("plan", "zh_CN", "light"), ("cases", "en", "dark")])
def test_a_picture_of_the_window(county_path: Path, tmp_path: Path, qapp: QApplication, workspace: str, lang: str, theme: str) -> None:
    out = tmp_path / "picture.png"
    start.screenshot(county_path, out, workspace=workspace, size=(1366, 768), lang=lang, theme=theme)
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1366, 768)
    colours = {image.pixelColor(x, y).name() for x in range(300, 1000, 9) for y in range(120, 500, 9)}
    assert len(colours) > 6
    assert (image.pixelColor(5, 300).lightness() < 80) == (theme == "dark")
    assert language.current() == lang


def test_the_assistant_opens_for_other_files(empty_window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "people.csv"
    path.write_text("户主,电话,经度,纬度\n张三,13800000000,123.5,47.9\n", encoding="gb18030")
    drop(empty_window, path)
    empty_window.tasks.wait()
    assistant = empty_window.findChild(ImportAssistant)
    assert assistant is not None and assistant.found is not None
    assert assistant.found.columns == ("户主", "电话", "经度", "纬度")
    press(qtbot, assistant, "Next")
    assert empty_window.findChild(NewCounty) is not None, "without a county the assistant asks for a new one"


def test_a_click_on_the_map_closes_the_search(window: Window, qtbot: QtBot) -> None:
    window.begin_search()
    assert window.search.popup.isVisible()
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(30, 30))
    assert not window.search.popup.isVisible()


def test_the_language_asked_for_wins_over_the_one_chosen_last(tmp_path: Path) -> None:
    file = tmp_path / "window.ini"
    last = Preferences(file)
    last.language = "zh_CN"
    last.save()
    asked = Preferences(file, asked="en")
    assert asked.language == "en" and Preferences(file, asked="xx").language == "zh_CN"
    asked.save()
    assert Preferences(file).language == "zh_CN", "asking once does not change what is remembered"
    asked.language = "zh_CN"
    assert asked.language == "zh_CN", "in the window another one can be chosen"


def test_what_writes_documents_is_not_loaded_to_open_a_window() -> None:
    """The window opens in two seconds because what few people need on a day is loaded when they need it."""
    code = "import sys, gis_app.gui.start, gis_app.gui.window; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
    heavy = {"folium", "branca", "docx", "docxtpl", "lxml", "PIL", "openpyxl", "geopandas", "pandas", "sklearn", "mapclassify", "requests"}
    assert "gis_app.gui.window" in loaded and not loaded & heavy
