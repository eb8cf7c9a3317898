"""The search box finds everything, and does everything."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gis_app.gui.window import Window


def test_pinyin_initials_find_a_village(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    village = next(unit for unit in session.state.units.values() if unit.name == "永安村")
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.search.hasFocus() and window.search.popup.isVisible()
    qtbot.keyClicks(window.search, "yac")
    qtbot.waitUntil(lambda: any(found.text == "永安村" for found in window.search.found))
    row = next(i for i, found in enumerate(window.search.found) if found.text == "永安村")
    for _ in range(row):
        qtbot.keyClick(window.search, Qt.Key.Key_Down)
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert session.selected == ("units", village.id)
    assert not window.search.popup.isVisible() and window.search.text() == ""


def test_people_are_masked_and_found_by_name(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    head = str(session.county.store.rows("households", session.state.households.id[:1], ["head"])["head"][0])
    found = window.find_rows(head)
    households = [hit for hit in found if hit.table == "households"]
    assert households and all(head not in hit.text for hit in households)


def test_a_whistle_is_found_by_its_number(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    case = int(session.state.cases.id[5])
    number = str(session.county.store.rows("cases", session.state.cases.id[5:6], ["number"])["number"][0])
    window.search.setFocus()
    qtbot.keyClicks(window.search, number)
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.selected == ("cases", case))
    assert session.workspace == "cases"


def test_commands_are_found_and_done(window: Window, qtbot: QtBot) -> None:
    window.begin_search()
    qtbot.keyClicks(window.search, "light and dark")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.preferences.theme == "dark")
    window.begin_search()
    qtbot.keyClicks(window.search, "zoom to the sel")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Nothing is selected." in [found.detail for found in window.search.found])
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    assert not window.search.popup.isVisible() and not window.search.hasFocus()


def test_nothing_found_says_so(window: Window, qtbot: QtBot) -> None:
    window.begin_search()
    qtbot.keyClicks(window.search, "qqqqzzzz")
    qtbot.waitUntil(lambda: [found.text for found in window.search.found] == ["Nothing was found."])
