"""A planner draws on the map: the border, the draft, the history and the panels follow."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QComboBox, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from gis_app.county import boundary_edits, edits
from gis_app.county.boundary_edits import Following
from gis_app.county.household_edits import pin_households
from gis_app.grid.coverage import areas, polygons
from gis_app.grid.units import Level
from gis_app.gui import performing
from gis_app.gui.context_menu import neighbours_of, show_menu
from gis_app.gui.vertex_table import VertexTable
from gis_app.gui.window import Window
from gis_app.map.scene import MapHit
from tests.gui.conftest import press
from tests.gui.test_drafts import answer, fullest, session_of
from tests.gui.test_window import texts


def look_at(window: Window, cell: int) -> None:
    """Zoom so that a cell fills a good part of the map."""
    window.canvas.zoom_to_units((cell,))
    canvas = window.canvas
    canvas.set_viewport(canvas.viewport.zoomed(0.5, canvas.width() / 2, canvas.height() / 2))
    canvas.wait_until_drawn()


def pixel(window: Window, x: float, y: float) -> QPoint:
    return QPoint(*(round(value) for value in window.canvas.viewport.to_screen(x, y)))


def click_tool(window: Window, qtbot: QtBot, name: str) -> None:
    """Press a tool in the tool row."""
    tool = window.findChild(QToolButton, f"tool-{name}")
    assert tool is not None and tool.isEnabled()
    qtbot.mouseClick(tool, Qt.MouseButton.LeftButton)
    assert tool.isChecked()


def draw(window: Window, qtbot: QtBot, *places: tuple[float, float]) -> None:
    """Click the points of a line and end it with Enter."""
    for x, y in places:
        at = pixel(window, x, y)
        qtbot.mouseMove(window.canvas, at)
        qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=at)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    window.tasks.wait()


def across(window: Window, cell: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two places beyond the western and the eastern border of a cell, at the height of its middle household."""
    session = session_of(window)
    west, _, east, _ = polygons(session.state.coverage, [cell])[cell].bounds
    y = float(np.median(session.state.households.y[session.state.households.cell == cell]))
    beyond = (east - west) * 0.03
    return (west - beyond, y), (east + beyond, y)


def test_a_line_through_a_cell_splits_it_and_undo_brings_it_back(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    cell = fullest(session)
    session.select("units", cell)
    look_at(window, cell)
    click_tool(window, qtbot, "split")
    assert "right click" in window.status.middle.text().lower()
    draw(window, qtbot, *across(window, cell))
    assert session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells) + 1
    assert "draft" in window.banner.text
    step = session.history[0]
    assert str(step.title).startswith("Split 230225") and "households" in str(step.title)
    assert window.tool == "split", "the tool stays in the hand"
    parts = session.selection.ids["units"]
    assert len(parts) == 2 and "2 units together" in texts(page.inspector)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert len(session.state.coverage.cells) == len(session.county.state.coverage.cells)
    assert session.selection.ids == {"units": (cell,)}
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert window.tool == "select"


def test_a_locked_cell_is_not_drawn_through_and_says_why(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    cell = fullest(session)
    session.select("units", cell)
    qtbot.keyClick(window, Qt.Key.Key_L)
    window.tasks.wait()
    assert session.state.units[cell].locked and "Locked against editing." in texts(page.inspector)
    assert not window.actions_by_id["rename"].isEnabled() and "locked" in window.actions_by_id["rename"].toolTip()
    look_at(window, cell)
    click_tool(window, qtbot, "split")
    before = session.state.coverage
    draw(window, qtbot, *across(window, cell))
    assert session.state.coverage is before and session.done_count == 1


def test_an_exact_coordinate_moves_a_vertex(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell = fullest(session)
    session.select("units", cell)
    window.actions_by_id["vertices"].trigger()
    panel = window.findChild(VertexTable)
    assert panel is not None and panel.model.rowCount() > 10
    row = int(np.flatnonzero(~panel.model.rows.node & ~panel.model.rows.outer)[3])
    old = float(panel.model.rows.places[row, 0])
    assert not panel.model.setData(panel.model.index(row, 1), "here")
    assert panel.model.setData(panel.model.index(row, 1), f"{old + 0.25:.3f}")
    window.tasks.wait()
    assert session.drafting
    assert np.any(np.abs(panel.model.rows.places[:, 0] - (old + 0.25)) < 1e-9), "the table shows the draft"
    total = sum(areas(session.state.coverage).values())
    assert abs(total - sum(areas(session.county.state.coverage).values())) < 1e-3


def test_the_table_of_vertices_shows_coordinates_in_full_and_marks_nodes(window: Window) -> None:
    session = session_of(window)
    outer = next(arc for arc in session.state.coverage.arcs.values() if not arc.left or not arc.right)
    session.select("units", outer.left or outer.right)
    window.actions_by_id["vertices"].trigger()
    QCoreApplication.processEvents()
    panel = window.findChild(VertexTable)
    assert panel is not None
    for column in range(panel.model.columnCount()):
        shown = panel.table.horizontalHeader().sectionSize(column)
        assert shown >= panel.table.sizeHintForColumn(column), "millimetres are not cut off"
    assert panel.table.horizontalHeader().length() <= panel.table.viewport().width()
    first = [str(panel.model.index(row, 0).data()) for row in range(panel.model.rowCount())]
    assert {text[0] for text in first} == {"○", "●", "◎", "◉"} and first[0][2:] == "1"
    node = next(row for row, text in enumerate(first) if text[0] == "◉")
    assert panel.model.index(node, 0).data(Qt.ItemDataRole.ToolTipRole) == "node, outer border"
    assert "◎ vertex, outer border" in " ".join(texts(panel))


def test_what_was_said_of_a_step_goes_with_the_next(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell = fullest(session)
    session.select("units", cell)
    arc = next(abs(arc) for arc in session.state.coverage.cells[cell][0][0] if len(session.state.coverage.arcs[abs(arc)].points) > 6)
    for step in range(2):
        x, y = ((session.state.coverage.arcs[arc].points[2] + session.state.coverage.arcs[arc].points[3]) / 2).tolist()
        performing.perform_boundary(window, boundary_edits.insert_vertex(arc, 2, (x, y)))
        window.tasks.wait()
        assert window.banner.isVisible() == (step == 0), window.banner.text
        window.undo()
        window.tasks.wait()
        assert window.banner.isVisible() and "Undone" in window.banner.text


def test_the_right_button_merges_with_a_neighbour(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell = fullest(session)
    other = neighbours_of(session.state, cell)[0]
    show_menu(window, MapHit("units", cell, 0.0, 0.0), window.mapToGlobal(QPoint(10, 10)))
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    merging = next(a for a in menu.actions() if a.text() == "Merge with").menu()
    assert isinstance(merging, QMenu) and merging.actions()[0].text().startswith(other.name)
    merging.actions()[0].trigger()
    menu.close()
    window.tasks.wait()
    assert other.id not in session.state.units and cell in session.state.units
    assert str(session.history[0].title).startswith("Merge into")


def test_who_goes_where_is_asked_where_the_planner_wants_it(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    window.preferences.following = "ask"
    cell = fullest(session)
    session.select("units", cell)
    window.actions_by_id["halve"].trigger()
    window.tasks.wait()
    question = page.view.question
    assert question.isVisible() and "Who goes where?" in texts(question)
    assert session.done_count == 0, "nothing is done before the answer"
    worker = next(worker.id for worker in session.state.workers.values() if worker.cell == cell)
    press(qtbot, question, f"All to {session.state.units[cell].name}")
    window.tasks.wait()
    assert not question.isVisible() and session.done_count == 1
    assert session.state.workers[worker].cell == cell
    assert performing.all_to(cell) == Following(cell, cell, cell)


def test_a_split_is_not_shown_any_more_when_nobody_says_who_goes_where(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    window.preferences.following = "ask"
    cell = fullest(session)
    session.select("units", cell)
    look_at(window, cell)
    click_tool(window, qtbot, "split")
    for asked_again in (False, True):
        draw(window, qtbot, *across(window, cell))
        assert page.view.question.isVisible() and window.canvas.editing.pending
        if asked_again:
            window.actions_by_id["rename"].trigger()
        else:
            press(qtbot, page.view.question, "Cancel")
        assert not window.canvas.editing.pending and window.canvas.editing.preview is None, "the map shows what is"
    assert session.done_count == 0
    draw(window, qtbot, *across(window, cell))
    press(qtbot, page.view.question, "As chosen")
    window.tasks.wait()
    assert session.done_count == 1


def test_each_goes_where_it_is_told(window: Window, qtbot: QtBot) -> None:
    """The worker stays with one part, pinned households go to the other, and whistles by location."""
    session, page = session_of(window), window.page
    assert page is not None
    window.preferences.following = "ask"
    cell = fullest(session)
    worker = next(worker for worker in session.state.workers.values() if worker.cell == cell)
    pinned = session.state.households.id[session.state.households.cell == cell][:3].tolist()
    for household in pinned:
        window.perform(pin_households([household], cell))
        window.tasks.wait()
    session.select("units", cell)
    look_at(window, cell)
    click_tool(window, qtbot, "split")
    draw(window, qtbot, *across(window, cell))
    boxes = {box.accessibleName().split(":")[0]: box for box in page.view.question.findChildren(QComboBox)}
    assert {"Pinned households", "Grid workers"} <= boxes.keys()
    boxes["Grid workers"].setCurrentIndex(1)
    boxes["Grid workers"].activated.emit(1)
    boxes["Pinned households"].setCurrentIndex(2)
    boxes["Pinned households"].activated.emit(2)
    to_worker, to_pinned = boxes["Grid workers"].itemData(1), boxes["Pinned households"].itemData(2)
    assert to_worker != to_pinned
    press(qtbot, page.view.question, "As chosen")
    window.tasks.wait()
    state = session.state
    assert state.workers[worker.id].cell == to_worker
    assert state.households.cell[np.isin(state.households.id, pinned)].tolist() == [to_pinned] * 3


def test_a_unit_is_renamed_and_recoded_without_a_dialog(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell = fullest(session)
    code = session.state.units[cell].code
    session.select("units", cell)
    window.actions_by_id["rename"].trigger()
    answer(window, qtbot, "柳树沟网格")
    assert session.state.units[cell].name == "柳树沟网格"
    window.actions_by_id["recode"].trigger()
    answer(window, qtbot, code[:-3] + "777")
    assert session.state.units[cell].code == code[:-3] + "777"
    window.actions_by_id["recode"].trigger()
    assert window.page is not None
    qtbot.keyClick(window.page.view.question.field, Qt.Key.Key_Escape)  # type: ignore[arg-type]
    assert not window.page.view.question.isVisible()


def test_advice_is_given_only_where_it_is_true_and_does_what_it_says(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    window.perform(edits.change_settings(rural_floor=25, community_floor=45))
    window.tasks.wait()
    figures = session.derived.figures
    cells = session.state.units.at_level(Level.CELL)
    full = next(c for c in cells if figures[c.id].households >= 2.3 * figures[c.id].floor)
    plain = next(c for c in cells if figures[c.id].floor <= figures[c.id].households < 2 * figures[c.id].floor)
    session.select("units", plain.id)
    qtbot.wait(300)
    assert "Advice" not in texts(page.inspector)
    session.select("units", full.id)
    qtbot.waitUntil(lambda: "Advice" in texts(page.inspector))
    press(qtbot, page.inspector, "See how")
    qtbot.waitUntil(lambda: window.canvas.editing.preview is not None)
    assert not session.drafting, "looking at it does nothing"
    press(qtbot, page.inspector, "Split equally")
    window.tasks.wait()
    parts = session.selection.ids["units"]
    assert len(parts) >= 2 and all(session.derived.figures[i].households >= session.derived.figures[i].floor for i in parts)


def test_coordinates_are_gone_to_in_every_way_of_writing_them(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    west, south, east, north = polygons(session.state.coverage, [fullest(session)])[fullest(session)].bounds
    x, y = round((west + east) / 2, 3), round((south + north) / 2, 3)
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    answer(window, qtbot, f"X {x} Y {y}")
    assert abs(window.canvas.viewport.x - x) < 1 and abs(window.canvas.viewport.y - y) < 1
    assert window.page is not None and window.page.view.place_mark.place == (x, y)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 200))
    assert window.page.view.place_mark.place is None
    window.canvas.zoom_to_whole()
    found = window.find_rows(f"{x}, {y}")
    assert found[0].text == "Go to this place" and found[0].choose is not None
    found[0].choose()
    QCoreApplication.processEvents()
    assert abs(window.canvas.viewport.x - x) < 1
