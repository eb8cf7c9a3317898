"""The search box finds everything, and does everything."""

from datetime import date

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gis_app.county.household_edits import merge_households, retire_households
from gis_app.gui.retired_panel import RetiredPanel
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


def test_an_old_number_says_what_became_of_the_household(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    store = session.county.store
    codes = store.rows("households", np.array([1, 2, 3]), ["code"])["code"].tolist()
    heads = store.rows("households", np.array([1, 2, 3]), ["head"])["head"].tolist()
    window.perform(merge_households(store, 1, [2]))
    window.tasks.wait()
    window.perform(retire_households(store, [3], "举家迁走", date(2020, 5, 20)))
    window.tasks.wait()
    (merged,) = [hit for hit in window.find_rows(codes[1].lower()) if hit.table == "retired_households"]
    assert codes[1] in merged.text and f"merged into {codes[0]}" in merged.detail
    assert all(heads[1] not in text for text in (merged.text, merged.detail))
    window.search.setFocus()
    qtbot.keyClicks(window.search, codes[1])
    qtbot.waitUntil(lambda: any(hit.table == "retired_households" for hit in window.search.found))
    next(hit for hit in window.search.found if hit.table == "retired_households").choose()  # type: ignore[misc]
    assert session.selected == ("households", 1) and "merged into" in window.banner.text
    (left,) = [hit for hit in window.find_rows(heads[2]) if hit.table == "retired_households" and codes[2] in hit.text]
    assert "retired on 2020-05-20: 举家迁走" in left.detail and left.choose is not None
    left.choose()
    panel = page.right.currentWidget()
    assert isinstance(panel, RetiredPanel) and panel.chosen is not None and panel.chosen.id == 3


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
