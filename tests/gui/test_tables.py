"""Tables filter, sort and follow the map, and the map follows them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from pytestqt.qtbot import QtBot

from gis_app.bootstrap import open_county
from gis_app.county.edits import rename_unit
from gis_app.grid.coverage import polygons
from gis_app.grid.units import Level
from gis_app.gui.rows import CaseRows, HouseholdRows, UnitRows
from gis_app.gui.rows_model import RowsModel
from gis_app.gui.window import Window
from gis_app.gui.worker_rows import FairnessRows, WorkerRows


def shown(model: RowsModel, column: int, rows: int = 10_000) -> list[str]:
    return [str(model.index(row, column).data()) for row in range(min(model.rowCount(), rows))]


def header_click(window: Window, qtbot: QtBot, column: int) -> None:
    assert window.page is not None
    header = window.page.table.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_words_narrow_the_table(window: Window, qtbot: QtBot) -> None:
    assert window.page is not None
    table = window.page.table
    qtbot.keyClick(window.canvas, Qt.Key.Key_F)
    assert table.words.hasFocus()
    table.words.insert("永安村")  # as an input method does
    qtbot.waitUntil(lambda: table.model.rowCount() < 100)
    assert table.model.rowCount() > 5 and all("永安村" in name for name in shown(table.model, 0))
    assert table.bar.tabText(0) == f"Cells {table.model.rowCount()}"
    table.bar.setCurrentIndex(3)
    qtbot.waitUntil(lambda: table.model.rowCount() < 6000)
    assert all("永安村" in address for address in shown(table.model, 1, 20))
    table.words.clear()
    qtbot.waitUntil(lambda: table.model.rowCount() == 6000)


def test_a_header_sorts(window: Window, qtbot: QtBot) -> None:
    assert window.page is not None
    table = window.page.table
    for _ in range(2):
        header_click(window, qtbot, 3)
        counts = [int(text.replace(",", "")) for text in shown(table.model, 3)]
        descending = table.table.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
        assert counts == sorted(counts, reverse=descending)


def test_every_column_of_every_table_sorts_both_ways(window: Window) -> None:
    session = window.session
    assert session is not None
    for rows in (UnitRows(session, Level.VILLAGE), HouseholdRows(session), WorkerRows(session), FairnessRows(session), CaseRows(session)):
        for column in range(len(rows.columns)):
            up, down = rows.order(column, False), rows.order(column, True)
            assert sorted(up.tolist()) == sorted(rows.ids().tolist()) == sorted(down.tolist()), (rows.table, column)


def test_a_row_selects_on_the_map_and_a_double_click_zooms(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    table, model = page.table.table, page.table.model
    at = table.visualRect(model.index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    cell = int(model.ids[2])
    assert session.selected == ("units", cell) and window.canvas.selection.ids == {"units": (cell,)}
    before = window.canvas.viewport.resolution
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert window.canvas.viewport.resolution < before
    extent = window.canvas.unit_extent((cell,))
    seen = window.canvas.viewport.extent
    assert extent is not None and seen[0] <= extent[0] and seen[2] >= extent[2]


def test_rows_follow_the_map(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    page.table.bar.setCurrentIndex(3)
    page.table.scope.setCurrentIndex(1)
    page.table.scope.activated.emit(1)
    page.zoom_to("units", session.state.units.at_level(Level.CELL)[30].id)
    households, seen = session.state.households, window.canvas.viewport.extent
    inside = (households.x >= seen[0]) & (households.x <= seen[2]) & (households.y >= seen[1]) & (households.y <= seen[3])
    qtbot.waitUntil(lambda: page.table._tabs[3][0] is not None and page.table._models[3] is not None)
    page.table.bar.setCurrentIndex(3)
    qtbot.waitUntil(lambda: page.table.model.rowCount() == int(np.count_nonzero(inside)))


def test_rows_of_what_is_selected(window: Window) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    village = session.state.units.at_level(Level.VILLAGE)[2]
    page.table.bar.setCurrentIndex(3)
    page.table.scope.setCurrentIndex(2)
    page.table.scope.activated.emit(2)
    session.select("units", village.id)
    cells = [cell.id for cell in session.state.units.cells(village.id)]
    assert page.table.model.rowCount() == int(np.isin(session.state.households.cell, cells).sum())


def test_enter_in_the_table_goes_there(window: Window, qtbot: QtBot) -> None:
    assert window.page is not None and window.session is not None
    table = window.page.table.table
    table.setFocus()
    table.selectRow(0)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    before = window.canvas.viewport
    qtbot.keyClick(table, Qt.Key.Key_Return)
    assert window.session.selected == ("units", int(window.page.table.model.ids[1]))
    assert window.canvas.viewport != before


def test_tables_mask_people(window: Window) -> None:
    session = window.session
    assert session is not None
    ids = session.state.households.id[:50]
    rows = session.county.store.rows("households", ids, ["head", "phone"])
    for written, head, phone in zip(HouseholdRows(session).page(ids), rows["head"], rows["phone"], strict=True):
        assert str(head) not in written and str(phone) not in written


def test_names_are_shown_on_purpose_and_never_after_opening(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    table = page.table
    worker = next(worker for worker in session.state.workers.values() if worker.phone)
    for title in ("Grid workers", "Households"):
        table.show_choice(title, "all")
        model, first = table.model, str(session.county.store.rows("households", table.model.ids[:1], ["head"])["head"][0])
        name = worker.name if title == "Grid workers" else first
        at = model.row_of(worker.id) if title == "Grid workers" else 0
        roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
        assert table.names.isVisible() and all(name != table.model.data(table.model.index(at, 0), role) for role in roles)
        table.names.click()
        qtbot.waitUntil(lambda at=at, name=name: table.model.data(table.model.index(at, 0)) == name)  # type: ignore[misc]
        assert window.actions_by_id["show_names"].text() == table.names.toolTip() == "Hide names and phones in tables"
        table.names.click()
        qtbot.waitUntil(lambda at=at, name=name: table.model.data(table.model.index(at, 0)) != name)  # type: ignore[misc]
    table.show_choice("Cells", "")
    assert not table.names.isVisible()
    assert any(found.text == "Show names and phones in tables" for found in window.find_commands("names and phones"))
    session.show_names(True)
    path = Path(session.county.store.name)
    window.show_start()
    window.show_county(open_county(path))
    assert window.session is not None and not window.session.names_shown


def test_the_history_stays_in_front_while_somebody_steps_through_it(window: Window) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    cell = max(session.state.units.at_level(Level.CELL), key=lambda unit: session.derived.figures[unit.id].households)
    session.select("units", cell.id)
    window.actions_by_id["halve"].trigger()
    window.tasks.wait()
    bar = page.table.bar
    history = next(at for at in range(bar.count()) if bar.tabText(at).startswith("History"))
    bar.setCurrentIndex(history)
    for step in (window.undo, window.redo):
        step()
        window.tasks.wait()
        window.turns.finish()
        assert bar.currentIndex() == history


def test_the_map_stays_where_it_is_when_something_is_done_far_from_what_is_selected(window: Window) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    one, other = (cell.id for cell in session.state.units.at_level(Level.CELL)[:2])
    window.canvas.zoom_to_units((one,))
    session.select("units", one)
    session.select("units", other)
    west, south, east, north = window.canvas.viewport.extent
    x, y = shapely.get_coordinates(polygons(session.state.coverage, [other])[other].centroid)[0].tolist()
    assert west < x < east and south < y < north, "what is selected comes into view"
    window.canvas.set_viewport(window.canvas.viewport.moved(5_000, 5_000))
    looked = window.canvas.viewport
    window.perform(rename_unit(one, "柳树沟网格"))
    window.tasks.wait()
    window.turns.finish()
    assert session.state.units[one].name == "柳树沟网格" and window.canvas.viewport == looked


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every index that a table makes of its model. Ask for it before the window: Qt keeps the methods that it found."""
    found: list[int] = []
    count = RowsModel.columnCount

    def counted(*given: Any) -> int:
        found.append(1)
        return count(*given)

    monkeypatch.setattr(RowsModel, "columnCount", counted)
    return found


def test_all_rows_are_selected_without_asking_for_each(asked: list[int], window: Window, qtbot: QtBot) -> None:
    """Ctrl+A and the drawing after it look at what is in view; 20,000 whistles held the window for 0.4 s."""
    window.set_workspace("cases")
    window.tasks.wait()
    session, page = window.session, window.page
    assert session is not None and page is not None
    table = page.table.table
    table.setFocus()
    table.grab()
    asked.clear()
    qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QCoreApplication.processEvents()
    table.grab()
    assert len(session.selection.ids["cases"]) == len(session.state.cases)
    assert 0 < len(asked) < len(session.state.cases)


def test_several_villages_are_chosen_in_the_table_and_on_the_map(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    page.table.bar.setCurrentIndex(1)
    table, ids = page.table.table, [int(i) for i in page.table.model.ids[:3]]
    for row in (0, 2):
        at = table.visualRect(page.table.model.index(row, 1)).center()
        held = Qt.KeyboardModifier.ControlModifier if row else Qt.KeyboardModifier.NoModifier
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, at)
    assert set(session.selection.ids["units"]) == {ids[0], ids[2]}
    window.actions_by_id["propose"].trigger()
    assert page.right.currentWidget().villages in ((ids[0], ids[2]), (ids[2], ids[0]))

    cells = [cell.id for cell in session.state.units.cells(ids[0])[:2]]
    window.canvas.zoom_to_units((ids[0],))
    window.canvas.wait_until_drawn()
    shapes = polygons(session.state.coverage, cells)
    places = [window.canvas.viewport.to_screen(*shapes[cell].representative_point().coords[0]) for cell in cells]
    assert [window.canvas.cell_at(*place) for place in places] == cells
    session.select("units", ids[2])
    for place in places:
        spot = QPoint(round(place[0]), round(place[1]))
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, spot)
    assert set(session.selection.ids["units"]) == set(cells), "a village is not taken together with cells"
