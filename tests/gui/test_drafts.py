"""A planner works on a draft: it is made by the first edit, closed, opened, renamed, discarded."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gis_app.county import edits, unit_edits
from gis_app.grid.units import Level
from gis_app.gui import drafts, performing, unit_work
from gis_app.gui.compare_panel import ComparePanel
from gis_app.gui.comparison_overlay import ComparisonOverlay
from gis_app.gui.plan_button import PlanButton
from gis_app.gui.publish_panel import PublishPanel
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from tests.gui.conftest import press
from tests.gui.test_window import texts


def session_of(window: Window) -> Session:
    assert window.session is not None and window.page is not None
    return window.session


def fullest(session: Session) -> int:
    """The cell with the most households."""
    return max(session.state.units.at_level(Level.CELL), key=lambda unit: session.derived.figures[unit.id].households).id


def answer(window: Window, qtbot: QtBot, text: str) -> None:
    """Write an answer to the question over the map."""
    assert window.page is not None
    question = window.page.view.question
    assert question.isVisible() and question.field is not None
    question.field.setText(text)
    qtbot.keyClick(question.field, Qt.Key.Key_Return)
    window.tasks.wait()


def test_the_first_edit_makes_a_draft_and_the_published_plan_stays(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell = fullest(session)
    session.select("units", cell)
    unit_work.split_equally(window, 2)
    window.tasks.wait()
    assert session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells) + 1
    assert len(session.selection.ids["units"]) == 2 and cell in session.selection.ids["units"]
    assert "Draft" in window.status.saved.text() and "1 change" in window.status.saved.text()
    window.set_workspace("cases")
    window.tasks.wait()
    assert not session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells)
    window.set_workspace("plan")
    window.tasks.wait()
    assert session.drafting
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert len(session.state.coverage.cells) == len(session.county.state.coverage.cells)
    assert session.selection.ids == {"units": (cell,)}, "the selection of before is back"
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert len(session.state.coverage.cells) == len(session.county.state.coverage.cells) + 1


def test_a_draft_is_made_renamed_and_discarded(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    window.actions_by_id["new_draft"].trigger()
    answer(window, qtbot, "第一稿")
    assert session.drafting and window.windowTitle()
    plan = window.findChild(QToolButton, "plan")
    assert plan is not None and "第一稿" in plan.text()
    window.actions_by_id["rename_plan"].trigger()
    answer(window, qtbot, "第二稿")
    assert session.county.state.plans[session.plan_shown].name == "第二稿"
    window.actions_by_id["discard_plan"].trigger()
    assert "第二稿" in window.banner.text
    press(qtbot, window.banner, "Discard")
    window.tasks.wait()
    assert not session.drafting and len(session.county.state.plans) == 1


def test_a_draft_is_open_again_when_the_county_is(window: Window, county_path: Path) -> None:
    session = session_of(window)
    drafts.make(window, "第一稿")
    window.tasks.wait()
    plan = session.plan_shown
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    cells = len(session.state.coverage.cells)
    window.show_start()
    window.open_county(county_path)
    window.tasks.wait()
    again = session_of(window)
    assert again is not session and again.plan_shown == plan and len(again.state.coverage.cells) == cells
    drafts.close(window)
    window.tasks.wait()
    assert not again.drafting and len(again.state.coverage.cells) == cells - 1
    assert window.preferences.draft_of(again.county.store.name) == 0


def test_publishing_says_what_it_will_change_and_what_it_has(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    before = len(session.county.state.coverage.cells)
    window.actions_by_id["publish"].trigger()
    panel = window.findChild(PublishPanel)
    assert panel is not None
    qtbot.waitUntil(lambda: "Redrawn cells" in texts(panel))
    said = texts(panel)
    assert said[said.index("New cells") + 1] == "1" and said[said.index("Redrawn cells") + 1] == "1"
    press(qtbot, panel, "Check the draft")
    window.tasks.wait()
    assert "The check found nothing wrong." in texts(panel)
    press(qtbot, panel, "Publish")
    window.tasks.wait()
    assert not session.drafting and len(session.county.state.coverage.cells) == before + 1
    said = texts(panel)
    assert "Published" in said and said[said.index("New cells") + 1] == "1"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert len(session.county.state.coverage.cells) == before


def test_two_plans_are_compared_on_the_map_and_in_the_table(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    cell = fullest(session)
    unit_work.split_equally(window, 2, cell)
    window.tasks.wait()
    window.actions_by_id["compare"].trigger()
    window.tasks.wait()
    panel, overlay = window.findChild(ComparePanel), window.findChild(ComparisonOverlay)
    assert panel is not None and overlay is not None and panel.compared is not None
    assert page.table.bar.tabText(0) == "Differences 2" and cell in page.table.model.ids
    exchange = panel.compared.comparison.exchanges[0]
    session.select("units", cell)
    assert overlay.role_of(exchange) == ("lost" if exchange.before == cell else "gained")
    panel.write(tmp_path / "crosswalk.xlsx")
    window.tasks.wait()
    assert (tmp_path / "crosswalk.xlsx").stat().st_size > 1000
    panel.close_page()
    QCoreApplication.processEvents()
    assert page.table.bar.tabText(0).startswith("Cells") and window.findChild(ComparisonOverlay) is None


def test_the_history_goes_to_any_step(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    cell = fullest(session)
    for name in ("甲网格", "乙网格", "丙网格"):
        performing.perform_division(window, unit_edits.rename_unit(cell, name))
    window.tasks.wait()
    assert session.state.units[cell].name == "丙网格" and session.done_count == 3, "edits in quick succession wait for one another"
    page.table.bar.setCurrentIndex(page.table.bar.count() - 1)
    table, model = page.table.table, page.table.model
    assert [model.index(row, 2).data() for row in range(4)] == ["● now", "done", "done", "done"]
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    window.tasks.wait()
    assert session.state.units[cell].name == "甲网格"
    model = page.table.model
    assert [model.index(row, 2).data() for row in range(4)] == ["undone", "undone", "● now", "done"]
    assert model.index(0, 0).data(Qt.ItemDataRole.ForegroundRole) is not None
    assert model.index(2, 0).data(Qt.ItemDataRole.ForegroundRole) is None
    page.table.table.selectRow(3)
    qtbot.keyClick(page.table.table, Qt.Key.Key_Return)
    window.tasks.wait()
    assert session.done_count == 0 and session.state.units[cell].name not in ("甲网格", "乙网格", "丙网格")


def test_undo_in_cases_takes_back_what_was_done_to_the_county_not_to_the_draft(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    floor, cells = session.state.settings.rural_floor, len(session.state.coverage.cells)
    window.set_workspace("cases")
    window.perform(edits.change_settings(rural_floor=floor + 1))
    window.tasks.wait()
    assert session.state.settings.rural_floor == floor + 1
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert session.state.settings.rural_floor == floor and not session.drafting
    window.set_workspace("plan")
    window.tasks.wait()
    assert session.drafting and len(session.state.coverage.cells) == cells and session.done_count == 1


def test_the_plan_menu_turns_from_plan_to_plan(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    for name in ("第一稿", "第二稿"):
        drafts.make(window, name)
        window.tasks.wait()
    plan = window.findChild(PlanButton)
    assert plan is not None and "第二稿" in plan.text()
    menu = plan.menu()
    menu.aboutToShow.emit()
    chosen = {action.text(): action for action in menu.actions()}
    assert chosen["Draft: 第二稿"].isChecked() and not chosen["Draft: 第一稿"].isChecked()
    chosen["Draft: 第一稿"].trigger()
    window.tasks.wait()
    assert session.state.plans[session.plan_shown].name == "第一稿" and "第一稿" in plan.text()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text().startswith("Published")).trigger()
    window.tasks.wait()
    assert not session.drafting and plan.text().startswith("Published")
