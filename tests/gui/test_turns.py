"""What the window does piece by piece, and that nobody sees a half of it."""

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gis_app.county import edits
from gis_app.grid.units import Level
from gis_app.gui.task import wait_aside
from gis_app.gui.turns import Turns
from gis_app.gui.window import Window


def test_pieces_are_done_in_order_each_in_its_own_turn(qapp: QApplication, qtbot: QtBot) -> None:
    turns, done = Turns(), []
    turns.add(lambda: done.append(1), lambda: turns.add(lambda: done.append(3)), lambda: done.append(2))
    assert not done
    qtbot.waitUntil(lambda: len(done) == 3)
    assert done == [1, 2, 3]
    turns.add(lambda: done.append(4), lambda: done.append(5))
    turns.finish()
    assert done == [1, 2, 3, 4, 5]
    turns.add(lambda: done.append(6))
    turns.forget()
    QCoreApplication.processEvents()
    assert done[-1] == 5


def test_pieces_wait_for_the_map_but_not_for_ever(qapp: QApplication, qtbot: QtBot) -> None:
    turns, done, busy = Turns(), [], [True]
    turns.give_way(lambda: busy[0])
    turns.add(lambda: done.append("map"))
    QCoreApplication.processEvents()
    assert not done
    busy[0] = False
    qtbot.waitUntil(lambda: done == ["map"])
    busy[0] = True
    turns.add(lambda: done.append("impatient"))
    qtbot.waitUntil(lambda: done == ["map", "impatient"])


def test_panels_come_one_after_the_other_or_when_they_are_asked_for(window: Window) -> None:
    window.switch_theme()
    page = window.page
    assert page is not None and page._table is None and page._inspector is None
    assert len(page.table.model.ids)
    window.turns.finish()
    assert page._inspector is not None
    shown = [name for name, section in page._sections.items() if not section.isHidden()]
    assert shown == ["layers", "references", "former", "legend", "problems"]
    assert [w for w in QApplication.topLevelWidgets() if w.isVisible()] == [window]


def test_an_order_that_is_read_from_the_file_arrives_later(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    page.table.bar.setCurrentIndex(3)
    model, store = page.table.model, session.county.store
    assert model.rows.table == "households" and len(model.ids) == len(session.state.households), "rows are there at once"
    qtbot.waitUntil(lambda: np.array_equal(model.ids, store.order("households", "head")))
    session.select("households", int(model.ids[40]))
    page.table.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    page.table.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)  # asked for before the other has arrived
    wait_aside()
    QCoreApplication.processEvents()
    assert model.column == 3 and np.array_equal(model.ids, model.rows.order(3, False))
    page.table.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: np.array_equal(model.ids, store.order("households", "phone")))
    assert page.table.table.currentIndex().row() == model.row_of(session.selected[1])


def test_an_edit_reaches_all_panels_and_a_table_that_has_not_heard_of_it_yet_is_blank(window: Window) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    cell = session.state.units.at_level(Level.CELL)[0]
    session.select("units", cell.id)
    model = page.table.model
    model._pages.clear()
    changed = session.county.perform(edits.rename_unit(cell.id, "柳树沟网格"))
    assert changed is not None and session.state.units[cell.id].name == "柳树沟网格", "the session knows at once"
    assert model.data(model.index(0, 0)) is None
    window.turns.finish()
    assert model.data(model.index(model.row_of(cell.id), 0)) == "柳树沟网格"
    assert session.scene.state is session.state and window.canvas.scene is session.scene
    assert "柳树沟网格" in [label.text() for label in page.inspector.findChildren(QLabel)]


def test_changes_that_wait_are_not_told_to_panels_that_are_gone(window: Window) -> None:
    session = window.session
    assert session is not None
    session.county.perform(edits.rename_unit(session.state.units.at_level(Level.CELL)[0].id, "新名"))
    window.switch_language()
    window.turns.finish()
    assert window.canvas.scene is not None and window.canvas.scene.state is session.state
    window.show_start()
    window.turns.finish()
