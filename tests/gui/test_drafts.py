"""A planner works on a draft: it is made by the first edit, closed, opened, renamed, discarded."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QDate, QEvent, Qt
from PySide6.QtWidgets import QComboBox, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.county import edits, unit_edits
from gis_app.county.boundary_edits import boundary_edit, merge_cells
from gis_app.county.changes import Refusal
from gis_app.county.household_edits import pin_households, retire_households
from gis_app.county.plan_edits import publish, rename_plan
from gis_app.county.rerouting import held_elsewhere
from gis_app.grid.units import Level
from gis_app.gui import drafts, performing, unit_work, work
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
    assert any("valid from" in text for text in said), "the day is told"
    elsewhere = len(held_elsewhere(session.county.state).case)
    wanted = f"Open whistles that the rules now give to another body: {elsewhere}" if elsewhere else "Every open whistle is with the body"
    qtbot.waitUntil(lambda: any(text.startswith(wanted) for text in texts(panel)))
    press(qtbot, panel, "Compare with the plan before")
    window.tasks.wait()
    compared = window.findChild(ComparePanel)
    assert compared is not None and compared.compared is not None and len(compared.compared.comparison.differing) == 2
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
    assert window.banner.text.startswith("Now: Rename") and window.banner.text.endswith("to 甲网格"), "the step that was gone to"
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


def test_undo_in_a_draft_takes_back_what_was_done_last_to_the_draft_or_beside_it(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cell, floor = fullest(session), session.state.settings.rural_floor
    unit_work.split_equally(window, 2, cell)  # this makes the draft, which stays
    window.tasks.wait()
    homes = session.state.households
    gone = int(homes.id[(homes.cell == cell) & ~homes.pinned][0])
    other = next(unit for unit in session.state.coverage.cells if unit != cell)
    performing.perform_division(window, pin_households([gone], other))
    window.tasks.wait()
    window.perform(retire_households(session.county.store, [gone], "举家外迁"))
    window.tasks.wait()
    window.perform(edits.change_settings(rural_floor=floor + 1))
    window.tasks.wait()

    def standing() -> tuple[bool, bool, bool, int]:
        homes = session.state.households
        at = int(np.searchsorted(homes.id, gone))
        there = gone in homes.id
        return there, there and bool(homes.pinned[at]), session.state.settings.rural_floor == floor + 1, session.done_count

    ways = [(False, False, True, 2), (False, False, False, 2), (True, True, False, 2), (True, False, False, 1), (True, False, False, 0)]
    assert standing() == ways[0]
    for way in ways[1:]:
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        window.tasks.wait()
        assert session.drafting and standing() == way
    assert session.back is None, "the draft was not made by a step of its own"
    for count in (1, 2):  # what was undone beside the draft before is not made again once the draft has changed
        window.redo()
        window.tasks.wait()
        assert session.done_count == count
    assert session.forth is None and standing() == ways[2]


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


def compared_with_a_merge(window: Window) -> tuple[Session, ComparePanel, int, int]:
    """A draft in which a cell was merged into another one is compared with the published plan; the cells that stays and is gone."""
    session = session_of(window)
    village = session.state.units[fullest(session)].parent
    keeps, goes = (cell.id for cell in session.state.units.children(village)[:2])
    performing.perform_division(window, boundary_edit(merge_cells([keeps, goes], keeps)))
    performing.perform_division(window, unit_edits.rename_unit(keeps, "甲网格"))
    window.tasks.wait()
    window.actions_by_id["compare"].trigger()
    window.tasks.wait()
    panel = window.findChild(ComparePanel)
    assert panel is not None and panel.compared is not None
    return session, panel, keeps, goes


def test_a_cell_that_is_gone_can_be_chosen_in_the_comparison(window: Window, qtbot: QtBot) -> None:
    session, _, keeps, goes = compared_with_a_merge(window)
    page, overlay = window.page, window.findChild(ComparisonOverlay)
    assert page is not None and overlay is not None
    table, model = page.table.table, page.table.model
    table.selectRow(model.row_of(goes))
    QCoreApplication.processEvents()
    assert not session.selection.ids.get("units"), "the map does not show such a cell"
    exchange = next(one for one in overlay.exchanges if one.before == goes)
    assert overlay.role_of(exchange) == "lost"
    far = window.canvas.viewport.resolution
    qtbot.keyClick(table, Qt.Key.Key_Return)
    west, south, east, north = exchange.shape.bounds
    shown = window.canvas.viewport.extent
    assert window.canvas.viewport.resolution < far and shown[0] < west < east < shown[2] and shown[1] < south < north < shown[3]
    table.selectRow(model.row_of(keeps))
    assert session.selection.ids == {"units": (keeps,)} and overlay.role_of(exchange) == "gained"


def test_the_comparison_names_what_was_and_all_workers(window: Window) -> None:
    _, panel, keeps, _ = compared_with_a_merge(window)
    assert window.page is not None and panel.compared is not None
    rows = window.page.table.model.rows
    name, code, _, *_, worker = rows.page(np.array([keeps]))[0]
    assert name.endswith("→ 甲网格") and "→" not in code
    workers = [len(side.workers) for cell in panel.compared.comparison.differing if cell.id == keeps and (side := cell.after)]
    assert len(workers) == 1 and worker.split(" → ")[-1].count("*") == workers[0] == 2


def test_a_village_shows_what_all_its_cells_gained_and_lost(window: Window) -> None:
    session, _, keeps, goes = compared_with_a_merge(window)
    overlay = window.findChild(ComparisonOverlay)
    assert overlay is not None
    exchange = next(one for one in overlay.exchanges if one.before == goes)
    village = session.state.units[keeps].parent
    other = next(unit.id for unit in session.state.units.at_level(Level.VILLAGE) if unit.id != village)
    session.select("units", village)
    assert overlay.role_of(exchange) == "changed", "it changed hands within the village"
    session.select("units", other)
    assert overlay.role_of(exchange) == "changed", "what gained and lost nothing hides nothing"
    session.select("units", keeps)
    assert overlay.role_of(exchange) == "gained"


def test_who_gets_another_worker_is_listed_and_written(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = session_of(window)
    cell = fullest(session)
    unit_work.split_equally(window, 2, cell)
    window.tasks.wait()
    window.actions_by_id["compare"].trigger()
    window.tasks.wait()
    panel, page = window.findChild(ComparePanel), window.page
    assert panel is not None and panel.compared is not None and page is not None
    other = panel.compared.comparison.other_worker
    assert len(other)
    page.table.bar.setCurrentIndex(1)
    assert page.table.bar.tabText(1) == f"Other worker {len(other)}"
    assert sorted(page.table.model.ids) == other.tolist()
    written = page.table.model.rows.page(other[:1])[0]
    assert written[5].endswith("→ (vacant)") and written[0].endswith("*")
    page.table.table.selectRow(0)
    assert session.selection.ids == {"households": (int(page.table.model.ids[0]),)} and page.table.bar.currentIndex() == 1
    home = next(int(i) for i in session.state.households.id if i not in other)
    session.select("households", home)
    assert page.table.bar.tabText(page.table.bar.currentIndex()).startswith("Households"), "other households have their own table"
    panel.write_residents(tmp_path / "residents.csv")
    window.tasks.wait()
    assert len((tmp_path / "residents.csv").read_text("utf-8-sig").splitlines()) == len(other) + 1


def test_a_comparison_says_that_the_draft_is_another_one_meanwhile(window: Window, qtbot: QtBot) -> None:
    session, panel, _, _ = compared_with_a_merge(window)
    assert panel.compared is not None
    before = len(panel.compared.comparison.differing)
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    QCoreApplication.processEvents()
    assert any("since it was compared" in text for text in texts(panel))
    press(qtbot, panel, "Compare again")
    window.tasks.wait()
    assert len(panel.compared.comparison.differing) == before + 1 and not any("since it was compared" in text for text in texts(panel))
    drafts.discard(window, session.county.state.plans[session.plan_shown])
    window.tasks.wait()
    QCoreApplication.processEvents()
    assert window.findChild(ComparisonOverlay) is None, "one of the two plans is gone"


def test_an_earlier_plan_can_be_taken_up_again(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    cells = len(session.state.coverage.cells)
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    draft = session.plan_shown
    assert not isinstance(session.county.perform(publish(draft, date(2030, 1, 1))), Refusal)
    window.tasks.wait()
    button = window.findChild(PlanButton)
    assert button is not None and len(session.state.coverage.cells) == cells + 1
    button.menu().aboutToShow.emit()
    earlier = next(action.menu() for action in button.menu().actions() if action.text() == "Make a draft of an earlier plan")
    assert isinstance(earlier, QMenu)
    (old,) = earlier.actions()
    assert "2030-01-01" in old.text()
    old.trigger()
    answer(window, qtbot, "恢复原方案")
    assert session.drafting and len(session.state.coverage.cells) == cells


def test_undo_in_a_banner_is_offered_only_for_the_step_that_it_tells_of(window: Window, qtbot: QtBot) -> None:
    session, banner = session_of(window), window.banner
    cell = fullest(session)
    unit_work.split_equally(window, 2, cell)
    window.tasks.wait()
    assert "Split" in banner.text and banner.isVisible() and has_undo(banner)
    performing.perform_division(window, unit_edits.lock_unit(cell, True))  # told in the status bar
    window.tasks.wait()
    assert not banner.isVisible(), "its Undo would take back the lock"
    window.perform(edits.change_settings(rural_floor=51))
    window.tasks.wait()
    assert banner.isVisible() and has_undo(banner), "what was done last is undone, to the draft or beside it"
    drafts.close(window)
    window.perform(edits.change_settings(rural_floor=52))
    window.tasks.wait()
    assert has_undo(banner)
    press(qtbot, banner, "Undo")
    window.tasks.wait()
    assert session.state.settings.rural_floor == 51 and not has_undo(banner)


def has_undo(banner: QWidget) -> bool:
    QCoreApplication.processEvents()
    return any(button.text() == "Undo" and button.isVisible() for button in banner.findChildren(QPushButton))


def test_a_comparison_begins_with_the_differences_whatever_is_selected(window: Window) -> None:
    session, panel, keeps, _ = compared_with_a_merge(window)
    page = window.page
    assert page is not None
    panel.close_page()
    far = max(session.state.units.at_level(Level.CELL), key=lambda unit: unit.code)
    session.select("units", far.id)
    window.actions_by_id["compare"].trigger()
    window.tasks.wait()
    assert far.id != keeps and page.table.bar.currentIndex() == 0 and page.table.bar.tabText(0).startswith("Differences")
    overlay = window.findChildren(ComparisonOverlay)[-1]
    assert {overlay.role_of(exchange) for exchange in overlay.exchanges} == {"changed"}


def test_a_comparison_follows_the_names_and_the_status_of_plans(window: Window) -> None:
    session, _, _, _ = compared_with_a_merge(window)
    draft = session.plan_shown
    assert not isinstance(session.county.perform(rename_plan(draft, "定稿")), Refusal)
    window.tasks.wait()
    QCoreApplication.processEvents()
    window.tasks.wait()
    panel = window.findChildren(ComparePanel)[-1]
    assert panel.compared is not None and any(box.currentText() == "定稿 (draft)" for box in panel.findChildren(QComboBox))


def test_a_copy_is_proposed_the_name_of_its_plan(window: Window) -> None:
    drafts.make(window, "第一稿")
    window.tasks.wait()
    window.actions_by_id["copy_plan"].trigger()
    assert window.page is not None and window.page.view.question.field is not None
    assert window.page.view.question.field.text() == "第一稿 (copy)"


def test_publishing_takes_an_old_refusal_from_sight(window: Window) -> None:
    session = session_of(window)
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    window.actions_by_id["publish"].trigger()
    panel = window.findChild(PublishPanel)
    assert panel is not None
    panel.date.setDate(QDate(1999, 1, 1))
    panel.run()
    window.tasks.wait()
    assert "cannot be valid from 1999-01-01" in window.banner.text
    panel.date.setDate(QDate(2030, 1, 1))
    panel.run()
    window.tasks.wait()
    assert "cannot" not in window.banner.text and "2030-01-01" in window.banner.text


def test_a_comparison_that_is_closed_while_it_is_made_shows_nothing(window: Window) -> None:
    compared_with_a_merge(window)
    window.actions_by_id["compare"].trigger()  # in place of the one that is there
    window.actions_by_id["compare"].trigger()
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    window.tasks.wait()
    assert window.page is not None
    window.page.show_right(None)
    assert window.page.table.bar.tabText(0).startswith("Cells")


def test_everything_can_be_undone_however_much_it_is(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the newest steps are read after a change; the list is whole all the same, and the way back has no end before the first step."""
    monkeypatch.setattr("gis_app.gui.session.RECENT", 3)
    session = session_of(window)
    cell = fullest(session)
    start = session.state.units[cell].name

    def whole() -> int:
        window.tasks.wait()
        assert session.history == session.county.store.history(1000, session.plan_shown)
        return session.done_count

    for number in range(8):
        performing.perform_division(window, unit_edits.rename_unit(cell, f"第{number}稿"))
        assert whole() == number + 1
    for number in range(7, -1, -1):
        assert session.back is not None
        window.undo()
        assert whole() == number
    assert session.back is None and session.state.units[cell].name == start
    for number in range(5):
        window.redo()
        assert whole() == number + 1
    work.go_to_step(window, session.history[0].id)
    assert whole() == 8
    work.go_to_step(window, session.history[-2].id)
    assert whole() == 2
    performing.perform_division(window, unit_edits.rename_unit(cell, "另一稿"))
    assert whole() == 3 and session.forth is None
    work.go_to_step(window, 0)
    assert whole() == 0 and session.forth is not None
