"""The queues of the left panel: counts that follow the clock, one's own body, saved filters."""

from datetime import timedelta
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from gis_app.cases.queue import Queue
from gis_app.county import edits
from gis_app.county.filter_edits import saved_filters
from gis_app.gui.case_filter import CaseFilter, since
from gis_app.gui.preferences import Preferences
from gis_app.gui.queue_panel import QueuePanel
from gis_app.gui.saved_filters import SavedFiltersPanel
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from tests.gui.conftest import press


def opened(window: Window) -> tuple[Session, QueuePanel, SavedFiltersPanel]:
    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("cases")
    queue, saved = page._section("queue"), page._section("saved")
    assert isinstance(queue, QueuePanel) and isinstance(saved, SavedFiltersPanel)
    return session, queue, saved


def counted(panel: QueuePanel, queue: Queue) -> int:
    row = panel.findChild(QPushButton, f"queue-{queue}")
    assert isinstance(row, QPushButton)
    return int(row.accessibleName().rsplit(" ", 1)[1].replace(",", ""))


def click(qtbot: QtBot, panel: QueuePanel | SavedFiltersPanel, name: str) -> QPushButton:
    row = panel.findChild(QPushButton, name)
    assert isinstance(row, QPushButton)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    return row


def test_every_queue_is_listed_with_its_count(window: Window, qtbot: QtBot) -> None:
    session, panel, _ = opened(window)
    assert {queue: counted(panel, queue) for queue in Queue} == {q: int(m.sum()) for q, m in session.derived.queues.items()}


def test_a_click_filters_and_tab_goes_through_the_queue(window: Window, qtbot: QtBot) -> None:
    session, panel, _ = opened(window)
    row = click(qtbot, panel, f"queue-{Queue.OVERDUE}")
    overdue = set(session.state.cases.id[session.derived.queues[Queue.OVERDUE]].tolist())
    assert overdue and row.isChecked() and window.canvas.hasFocus()
    seen = []
    for _ in overdue:
        qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
        seen.append(session.selected[1])
    assert set(seen) == overdue and len(seen) == len(overdue)
    click(qtbot, panel, f"queue-{Queue.OVERDUE}")
    assert session.filter.is_empty and not row.isChecked()


def test_counts_map_and_table_follow_the_clock(window: Window, qtbot: QtBot) -> None:
    """As the minutes pass, new whistles become such that nobody picked up, without anything being done."""
    session, panel, _ = opened(window)
    page = window.page
    assert page is not None
    click(qtbot, panel, f"queue-{Queue.NOT_PICKED_UP}")
    before = counted(panel, Queue.NEW), counted(panel, Queue.NOT_PICKED_UP)
    assert page.table.model.rowCount() == before[1] and before[0] > 0
    figures = session.derived.figures
    later = session.derived.now + timedelta(minutes=10)
    session._look_at(later, 0)
    window.turns.finish()
    assert counted(panel, Queue.NEW) == 0 and counted(panel, Queue.NOT_PICKED_UP) == sum(before)
    assert page.table.model.rowCount() == sum(before)
    assert session.scene.now == later and session.scene.cases is not None and int(session.scene.cases.sum()) == sum(before)
    assert session.derived.figures is figures, "what the clock does not change is not worked out again"


def test_the_clock_of_a_demo_county_stands_still_and_another_goes_on(window: Window) -> None:
    session, _, _ = opened(window)
    now = session.derived.now
    session.move_clock()
    assert session.derived.now == now
    window.perform(edits.change_settings(fixed_now=""))
    window.tasks.wait()
    shown = session.derived.now
    assert shown > now
    session.move_clock()
    assert session.derived.now > shown


def test_the_last_days_of_the_filter_move_along(window: Window) -> None:
    session, _, _ = opened(window)
    session.set_filter(CaseFilter(start=since(session.derived.now, 7)))
    later = session.derived.now + timedelta(days=1)
    session._look_at(later, 0)
    assert session.filter == CaseFilter(start=since(later, 7))


def test_one_says_whom_one_works_for_and_it_is_remembered(window: Window, qtbot: QtBot) -> None:
    session, panel, _ = opened(window)
    click(qtbot, panel, f"queue-{Queue.MINE}")
    assert session.filter.is_empty and panel._choice is not None, "it asks first"
    cases = session.state.cases
    body = int(cases.body[session.derived.queues[Queue.OVERDUE]][0])
    panel._choice.words.insert(session.state.bodies[body].name)  # keyClicks knows no Chinese
    panel._choice.words.textEdited.emit(panel._choice.words.text())
    qtbot.keyClick(panel._choice.words, Qt.Key.Key_Return)
    assert session.derived.mine == body and counted(panel, Queue.MINE) == int(session.derived.queues[Queue.MINE].sum()) > 0
    click(qtbot, panel, f"queue-{Queue.MINE}")
    assert set(cases.body[session.shown_cases()].tolist()) == {body}
    window.perform(edits.route_cases())
    window.tasks.wait()
    assert session.derived.mine == body
    window.switch_language()
    window.turns.finish()
    assert window.session is not None and window.session.derived.mine == body
    assert window.preferences.body_of(session.county.store.name) == body


def test_appeals_are_listed_with_what_was_returned(window: Window) -> None:
    session, _, _ = opened(window)
    events = session.county.store.rows_by("events", "kind", ["appealed"], ["case_id"])["case_id"]
    assert len(events) and np.array_equal(session.derived.appealed, np.unique(events))
    rows = session.county.store.rows_by("events", "kind", ["returned"], ["case_id", "time"])
    assert session.derived.returned == {case: max(rows["time"][rows["case_id"] == case]) for case in rows["case_id"].tolist()}


def test_a_filter_is_saved_applied_renamed_and_deleted(window: Window, qtbot: QtBot) -> None:
    session, _, panel = opened(window)
    for saved in saved_filters(session.county.store):
        assert panel.findChild(QPushButton, f"saved-{saved.id}") is not None
    assert not panel.keep.isEnabled(), "there is nothing to save"
    session.set_filter(CaseFilter(kind=2, states=frozenset({0, 1, 2})))
    wanted, count = session.filter, int(session.shown_cases().sum())
    press(qtbot, panel, "Save this filter …")
    panel.name.insert("求助未办结")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    window.tasks.wait()
    saved = saved_filters(session.county.store)[-1]
    assert saved.name == "求助未办结" and dict(saved.content) == {"kind": 2, "states": [0, 1, 2]}
    session.set_filter(CaseFilter())
    row = click(qtbot, panel, f"saved-{saved.id}")
    assert session.filter == wanted and row.accessibleName() == f"求助未办结: {count}" and row.isChecked()
    panel._ask(saved.id, saved.name)
    panel.name.clear()
    panel.name.insert("求助")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    window.tasks.wait()
    assert saved_filters(session.county.store)[-1].name == "求助"
    qtbot.mouseClick(panel.findChild(QToolButton, f"saved-more-{saved.id}"), Qt.MouseButton.LeftButton)
    menu = next(menu for menu in panel.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text() == "Delete").trigger()
    menu.close()
    window.tasks.wait()
    assert saved.id not in [one.id for one in saved_filters(session.county.store)]
    assert panel.findChild(QPushButton, f"saved-{saved.id}") is None or not panel.findChild(QPushButton, f"saved-{saved.id}").isVisible()


def test_what_is_remembered_of_counties_outlives_the_program(tmp_path: Path) -> None:
    county = tmp_path / "county.gpkg"
    county.touch()
    first = Preferences(tmp_path / "window.ini")
    first.remember_body(str(county), 7)
    first.remember_draft(str(county), 3)
    first.alarm = False
    first.save()
    again = Preferences(tmp_path / "window.ini")
    assert (again.body_of(str(county)), again.draft_of(str(county)), again.alarm) == (7, 3, False)
    again.remember_body(str(county), 0)
    assert again.body_of(str(county)) == 0 and again.body_of("elsewhere.gpkg") == 0
