"""Watching a line, marking for attention, tasks to cells, talks, call-backs: as a leader and a clerk do it, by clicks and keys."""

from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.cases.case import EventKind, State
from gis_app.cases.display import is_open
from gis_app.cases.queue import Queue
from gis_app.cases.watching import Line, candidates, to_call_back, within
from gis_app.county.case_edits import events_of
from gis_app.county.outbox_edits import duties_of_county
from gis_app.county.talk_edits import talks_of
from gis_app.county.task_edits import task_cells_of, tasks_of
from gis_app.grid.units import Level
from gis_app.gui.call_back_panel import CallBackPanel
from gis_app.gui.preferences import Preferences
from gis_app.gui.talks_panel import TalksPanel, bounds, months_of
from gis_app.gui.task import wait_aside
from gis_app.gui.task_form import found_units, givers
from gis_app.gui.task_overlay import DONE, LATE, NOT_REPORTED, REPORTED
from gis_app.gui.tasks_panel import TasksPanel
from gis_app.gui.watch_panel import WatchPanel
from gis_app.gui.window import Window
from tests.gui.conftest import press

Panel = TypeVar("Panel", bound=QWidget)


def opened(window: Window, operation: str, kind: type[Panel]) -> Panel:
    """Open a panel by its operation, as the tool row and the palette do."""
    window.set_workspace("cases")
    window.actions_by_id[operation].trigger()
    settle(window)
    assert window.page is not None
    panel = window.page.right.currentWidget()
    assert isinstance(panel, kind)
    return panel


def settle(window: Window) -> None:
    window.tasks.wait()
    wait_aside()
    QApplication.processEvents()


def typed(widget: QWidget, text: str) -> None:
    """Type a text as an input method commits it: Chinese comes in by no key."""
    widget.setFocus()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


def queue_count(window: Window, queue: Queue) -> int:
    assert window.page is not None
    panel = window.page._section("queue")
    return int(panel._counts[queue].text().replace("\u2009", "").replace(",", ""))  # type: ignore[attr-defined]


# ------------------------------------------------------------------ the line


def test_a_leader_says_what_he_answers_for_and_sees_only_that(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None and window.page is not None
    panel = opened(window, "watch", WatchPanel)
    press(qtbot, panel, "Say what I answer for …")
    form = panel.form
    assert form is not None
    typed(form.name, "李志强")
    group = next(
        form.tree.topLevelItem(at) for at in range(form.tree.topLevelItemCount()) if "Livelihood" in form.tree.topLevelItem(at).text(0)
    )
    group.setCheckState(0, Qt.CheckState.Checked)
    press(qtbot, panel, "Keep")
    settle(window)
    departments = frozenset(body.id for body in session.state.bodies.values() if body.category == "livelihood")
    line = Line("李志强", departments)
    mine = within(session.state.cases, line, session.state.bodies, session.state.units)
    assert session.line == line
    assert 0 < mine.sum() < len(mine)
    assert window.page.table.model.rowCount() == mine.sum()
    assert session.scene.cases is not None and session.scene.cases.sum() == mine.sum()
    for queue in (Queue.OVERDUE, Queue.TO_RATE, Queue.NEW):
        assert queue_count(window, queue) == (session.derived.queues[queue] & mine).sum()
    assert "李志强" in window.page._section("queue").header.text()  # type: ignore[attr-defined]
    shown = sum(panel.bodies.topLevelItem(at).data(1, Qt.ItemDataRole.UserRole) for at in range(panel.bodies.topLevelItemCount()))
    assert shown == (is_open(session.state.cases) & mine).sum()


def test_the_switch_shows_everything_again_and_is_remembered(window: Window, qtbot: QtBot, county_path: Path, tmp_path: Path) -> None:
    session = window.session
    assert session is not None and window.page is not None
    township = session.state.units.at_level(Level.TOWNSHIP)[0].id
    department = next(body.id for body in session.state.bodies.values() if body.category == "livelihood")
    panel = opened(window, "watch", WatchPanel)
    panel._take_line(Line("Li", frozenset({department})))
    settle(window)
    few = window.page.table.model.rowCount()
    box = panel.findChild(QCheckBox, "only-line")
    assert box is not None and box.isChecked()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    settle(window)
    every = window.page.table.model.rowCount()
    assert session.line is None
    assert few < every == len(session.state.cases)
    window.actions_by_id["only_line"].trigger()
    settle(window)
    assert window.page.table.model.rowCount() == few
    assert window.actions_by_id["only_line"].isChecked()
    window.switch_language()
    assert window.session is session and session.line == Line("Li", frozenset({department}))
    window.preferences.save()
    window.show_start()
    again = Preferences(tmp_path / "window.ini")
    other = Window(again)
    qtbot.addWidget(other)
    other.show_county(bootstrap.open_county(county_path))
    other.tasks.wait()
    assert other.session is not None
    assert other.session.line == Line("Li", frozenset({department}))
    other.session.watch_line(Line("Li", units=frozenset({township})))
    assert other.session.shown_cases().sum() > few
    other.close()


def test_without_a_line_the_switch_asks_for_one(window: Window) -> None:
    window.set_workspace("cases")
    window.actions_by_id["only_line"].trigger()
    assert window.session is not None and window.session.line is None
    assert window.page is not None and isinstance(window.page.right.currentWidget(), WatchPanel)
    assert "departments and townships" in window.banner.text


def test_the_filter_stays_when_only_the_line_is_shown(window: Window) -> None:
    from gis_app.gui.case_filter import CaseFilter

    session = window.session
    assert session is not None
    window.set_workspace("cases")
    township = session.state.units.at_level(Level.TOWNSHIP)[0].id
    session.set_filter(CaseFilter(states=frozenset({3})))
    session.watch_line(Line("Li", units=frozenset({township})))
    assert session.filter == CaseFilter(states=frozenset({3}))
    assert (session.derived.display[session.shown_cases()] == 3).all()
    session.set_filter(CaseFilter())
    assert session.line is not None, "all whistles of the line, not of the county"
    assert session.is_limited


def test_the_alarm_is_about_the_line_alone(window: Window) -> None:
    session, alarm = window.session, window.alarm
    assert session is not None and alarm is not None
    window.set_workspace("cases")
    new = session.derived.queues[Queue.NEW]
    holders = set(session.state.cases.body[new].tolist())
    idle = next(body for body in session.state.bodies if body not in set(session.state.cases.body[is_open(session.state.cases)].tolist()))
    session.watch_line(Line("Li", frozenset({idle})))
    session._look_at(session.derived.now + timedelta(minutes=11), 0)
    assert holders and alarm.said == "", "robot calls are due, of others"
    session.watch_line(None)
    session._look_at(session.derived.now + timedelta(days=30), 0)
    assert alarm.said


# ------------------------------------------------------------------ marking for attention


def test_a_leader_marks_selected_whistles_and_the_holder_sees_why(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    cases = session.state.cases
    chosen = [int(id) for id in cases.id[is_open(cases) & ~cases.urged][:2]]
    over = int(cases.id[cases.state == State.CLOSED][0])
    panel = opened(window, "watch", WatchPanel)
    before = panel.watched.count()
    session.select("cases", over)
    assert not panel.mark_button.isVisible()
    session.select("cases", *chosen, over)
    assert panel.mark_button.isVisible()
    typed(panel.note, "今天下班前报进展")
    press(qtbot, panel, "Mark for attention")
    settle(window)
    for case in chosen:
        event = events_of(session.county.store.events(case))[-1]
        assert (event.kind, event.note) == (EventKind.URGED, "今天下班前报进展")
    assert events_of(session.county.store.events(over))[-1].kind != EventKind.URGED, "what is over is left alone"
    assert panel.watched.count() == before + 2
    assert queue_count(window, Queue.URGED) == before + 2
    wait_aside()
    QApplication.processEvents()
    texts = [panel.watched.item(at).text() for at in range(panel.watched.count())]
    assert sum("今天下班前报进展" in text for text in texts) == 2
    assert panel.note.text == "", "the next note is another one"


def test_a_body_in_the_list_narrows_the_map_to_what_it_holds(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "watch", WatchPanel)
    body = panel.bodies.topLevelItem(0).data(0, Qt.ItemDataRole.UserRole)
    rect = panel.bodies.visualItemRect(panel.bodies.topLevelItem(0))
    qtbot.mouseClick(panel.bodies.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert session.filter.body == body
    panel.bodies.wanted.emit(body)
    assert session.filter.body == 0


# ------------------------------------------------------------------ tasks


def test_the_list_counts_who_has_reported(window: Window) -> None:
    panel = opened(window, "tasks", TasksPanel)
    for task in tasks_of(panel._session.county.store, panel._session.derived.now):
        tile = panel.findChild(QWidget, f"task-{task.id}")
        assert (tile is not None) == (task.closed is None), "closed ones only when asked for"
        if tile is not None:
            assert f"{task.reported} of {task.given} reported, {task.done} done" in tile.accessibleName()


def test_a_task_shows_its_cells_on_the_map_and_takes_a_report_by_phone(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "tasks", TasksPanel)
    store = session.county.store
    task = next(one for one in panel.tasks() if one.closed is None and one.overdue == 0 and one.reported < one.given)
    qtbot.mouseClick(panel.findChild(QWidget, f"task-{task.id}"), Qt.MouseButton.LeftButton)
    settle(window)
    overlay = panel.overlay
    assert overlay is not None
    cells = task_cells_of(store, task.id)
    assert overlay.roles == {one.cell: DONE if one.done else REPORTED if one.reported else NOT_REPORTED for one in cells}
    silent = next(one for one in cells if one.reported is None and one.worker)
    session.select("units", silent.cell)  # as a click on the map does
    worker = session.state.workers[silent.worker]
    assert worker.phone not in panel._phone.text()
    press(qtbot, panel, "Show")
    assert worker.phone in panel._phone.text(), "on purpose"
    typed(panel.note, "全部走访完毕")
    press(qtbot, panel, "Report as done")
    settle(window)
    now = next(one for one in task_cells_of(store, task.id) if one.cell == silent.cell)
    assert now.done and "全部走访完毕" in now.note
    assert panel.overlay is not None and panel.overlay.roles[silent.cell] == DONE
    assert panel.task == task.id


def test_only_what_is_late_has_the_colour_of_a_warning(window: Window) -> None:
    panel = opened(window, "tasks", TasksPanel)
    assert window.session is not None
    warning, tints = window.session.palette.warning, {}
    for task in panel.tasks():
        card = panel.findChild(QWidget, f"task-{task.id}")
        if card is not None:
            bar = card.findChild(QProgressBar)
            assert bar is not None
            tints[task.overdue > 0] = warning in bar.styleSheet()
    assert tints == {True: True, False: False}


def test_what_is_late_is_late_on_the_map_too(window: Window) -> None:
    panel = opened(window, "tasks", TasksPanel)
    task = next(one for one in panel.tasks() if one.overdue)
    panel.show_task(task.id)
    settle(window)
    assert panel.overlay is not None
    assert sum(role == LATE for role in panel.overlay.roles.values()) == task.overdue
    overlay = panel.overlay
    panel.close_panel()
    assert overlay.parent() is None, "the map is as it was"


def test_a_task_is_given_to_cells_chosen_on_the_map_and_by_name(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    state, store = session.state, session.county.store
    villages = state.units.at_level(Level.VILLAGE)
    cell = state.units.cells(villages[0].id)[0]
    panel = opened(window, "tasks", TasksPanel)
    press(qtbot, panel, "Give a task …")
    form = panel.form
    assert form is not None
    press(qtbot, panel, "Give the task")
    assert form.fields["title"].wrong.text() and form.fields["cells"].wrong.text(), "said beside both fields"
    typed(form.title, "夏季防汛巡查")
    session.select("units", cell.id)
    press(qtbot, panel, f"Add {cell.name}, selected on the map")
    typed(form.words, villages[1].name)
    qtbot.keyClick(form.words, Qt.Key.Key_Return)
    typed(form.due.line, "2022-04-20 18:00")
    press(qtbot, panel, "Give the task")
    settle(window)
    task = max(tasks_of(store, session.derived.now), key=lambda one: one.id)
    assert task.title == "夏季防汛巡查"
    given = {one.cell for one in task_cells_of(store, task.id)}
    assert given == {cell.id, *(one.id for one in state.units.cells(villages[1].id))}
    assert panel.task == task.id, "it is shown at once"


def test_a_refused_task_says_why_in_the_form(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "tasks", TasksPanel)
    before = len(panel.tasks())
    panel.begin()
    form = panel.form
    assert form is not None
    villages = [body for body in givers(session.state.bodies) if session.state.units.ancestor(body.unit, Level.VILLAGE)]
    form._set_body(villages[0].id)
    form.add(villages[1].unit)
    typed(form.title, "不该下达")
    form.confirm()
    settle(window)
    assert "can give it no tasks" in form.fields["cells"].wrong.text()
    assert panel.form is form and len(panel.tasks()) == before


def test_closing_a_task_is_asked_once(window: Window, qtbot: QtBot) -> None:
    panel = opened(window, "tasks", TasksPanel)
    task = next(one for one in panel.tasks() if one.closed is None)
    panel.show_task(task.id)
    settle(window)
    press(qtbot, panel, "Close the task")
    assert next(one for one in panel.tasks() if one.id == task.id).closed is None
    press(qtbot, panel, "Close it for good")
    settle(window)
    assert next(one for one in panel.tasks() if one.id == task.id).closed is not None


def test_units_are_found_by_name_code_and_pinyin(window: Window) -> None:
    assert window.session is not None
    units = window.session.state.units
    township = units.at_level(Level.TOWNSHIP)[0]
    assert found_units(units, township.name)[0] == township
    assert found_units(units, township.code)[0] == township
    assert found_units(units, "") == []
    assert found_units(units, "no such place") == []
    assert len(found_units(units, "网格")) == 6


# ------------------------------------------------------------------ accountability


def test_candidates_and_talks_of_a_month_and_a_new_talk_about_a_whistle(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    store, state = session.county.store, session.state
    panel = opened(window, "talks", TalksPanel)
    QApplication.processEvents()
    assert panel.month == "2022-03"
    expected = candidates(duties_of_county(store, state), *bounds("2022-03"), session.derived.now)
    assert expected, "some body of the demo let time pass"
    assert panel.candidates.topLevelItemCount() == len(expected)
    assert panel.candidates.topLevelItem(0).text(0) == state.bodies[expected[0].body].name
    panel._choose(expected[0].body)
    case = int(state.cases.id[5])
    number = str(store.rows("cases", np.array([case]), ["number"])["number"][0])
    session.select("cases", case)
    press(qtbot, panel, "Record a talk …")
    form = panel.form
    assert form is not None and form.case.text() == number and form.body.body == expected[0].body
    press(qtbot, panel, "Record the talk")
    assert "what the talk was about" in form.fields["note"].wrong.text()
    typed(form.note, "限期整改")
    qtbot.keyClick(form.note, Qt.Key.Key_Return)
    settle(window)
    talk = talks_of(store, expected[0].body, "2022-03")[-1]
    assert (talk.case, talk.note, talk.held_by) == (case, "限期整改", "superior")
    assert any("限期整改" in panel.talks.item(at).text() for at in range(panel.talks.count()))
    assert panel.candidates.topLevelItem(0).text(3) == "1"


def test_a_wrong_number_and_no_body_are_said_beside_their_fields(window: Window, qtbot: QtBot) -> None:
    panel = opened(window, "talks", TalksPanel)
    panel.begin()
    form = panel.form
    assert form is not None
    typed(form.case, "19990101-001")
    form.confirm()
    assert form.fields["case"].wrong.text() and form.fields["body"].wrong.text() and form.fields["note"].wrong.text()
    assert panel.form is form


def test_how_often_is_often_can_be_said(window: Window) -> None:
    panel = opened(window, "talks", TalksPanel)
    few = len(panel.found())
    panel._set_least(10)
    assert 0 < len(panel.found()) < few
    assert all(one.missed >= 10 for one in panel.found())
    assert panel.candidates.topLevelItemCount() == len(panel.found())


def test_months_begin_and_end_where_people_live() -> None:
    start, end = bounds("2021-12")
    assert (start.isoformat(), end.isoformat()) == ("2021-12-01T00:00:00+08:00", "2022-01-01T00:00:00+08:00")
    blown = np.array(["2021-11-30T16:30", "NaT"], "datetime64[s]")  # 1 December, 00:30
    assert months_of(blown, bounds("2022-02")[0]) == ["2022-02", "2022-01", "2021-12"]
    assert months_of(blown[1:], bounds("2022-02")[0]) == ["2022-02"]


# ------------------------------------------------------------------ calling back


def test_a_whistler_rates_by_phone_with_five_keys_and_the_next_is_asked(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "call_back", CallBackPanel)
    waiting = [int(id) for id in session.state.cases.id[to_call_back(session.state.cases, session.derived.now, 7)]]
    assert panel.case == waiting[0]
    for key in "543":
        focused = QApplication.focusWidget()
        assert focused is not None
        qtbot.keyClicks(focused, key)
    assert QApplication.focusWidget() is panel.note, "the comment comes after the stars"
    typed(panel.note, "态度好")
    qtbot.keyClick(panel.note, Qt.Key.Key_Return)
    settle(window)
    event = events_of(session.county.store.events(waiting[0]))[-1]
    assert (event.kind, event.stars, event.note) == (EventKind.RATED, (5, 4, 3), "态度好")
    assert panel.case == waiting[1]
    assert panel.stars.stars == (0, 0, 0)
    assert QApplication.focusWidget() is panel.stars.rows[0], "and so on, without the mouse"


def test_stars_that_are_missing_are_asked_for(window: Window, qtbot: QtBot) -> None:
    panel = opened(window, "call_back", CallBackPanel)
    case = panel.case
    panel.stars.rows[0].set_stars(4)
    panel.rate()
    settle(window)
    assert panel.case == case
    assert "one to five stars" in panel.field.wrong.text()
    assert QApplication.focusWidget() is panel.stars.rows[1]


def test_what_was_typed_stays_while_the_filter_follows_the_clock(window: Window) -> None:
    from gis_app.gui.case_filter import CaseFilter, since

    session = window.session
    assert session is not None
    session.set_filter(CaseFilter(start=since(session.derived.now, 7)))
    panel = opened(window, "call_back", CallBackPanel)
    panel.stars.rows[0].set_stars(4)
    typed(panel.note, "还在说")
    session._look_at(session.derived.now + timedelta(minutes=1), 0)
    settle(window)
    assert panel.stars.stars[0] == 4
    assert panel.note.text == "还在说"
    case = panel.case
    idle = next(body for body in session.state.bodies if body not in set(session.state.cases.body.tolist()))
    session.watch_line(Line("Li", frozenset({idle})))
    settle(window)
    assert case and panel.case == 0, "nobody of this line waits"


def test_a_line_that_somebody_spoilt_in_the_file_is_none(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "window.ini")
    county = tmp_path / "county.gpkg"
    county.touch()
    preferences.remember_line(str(county), {"name": "Li", "only": True})
    assert preferences.line_of(str(county)) == {"name": "Li", "only": True}
    for spoilt in ("{", "[1]", '{"' + str(county) + '": 3}'):
        preferences._settings.setValue("lines", spoilt)
        assert preferences.line_of(str(county)) == {}


def test_who_is_not_reached_is_asked_again_after_all_others(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "call_back", CallBackPanel)
    first, whole = panel.case, window.canvas.viewport
    qtbot.keyClick(panel.stars.rows[0], Qt.Key.Key_0)
    settle(window)
    event = events_of(session.county.store.events(first))[-1]
    assert (event.kind, event.data) == (EventKind.NOTED, {"call_back": "not_reached"})
    assert panel.case != first and panel._list[-1] == first
    assert window.canvas.viewport == whole, "the key is not the map's meanwhile"
    second = panel.case
    qtbot.keyClick(panel.stars.rows[0], Qt.Key.Key_PageDown)
    assert panel.case not in (first, second)
    window.actions_by_id["call_back"].trigger()
    assert window.page is not None
    again = window.page.right.currentWidget()
    assert isinstance(again, CallBackPanel) and again.case == second and again._list[-1] == first, "what is noted stays, a skip does not"


def test_phone_and_name_are_masked_until_they_are_asked_for(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "call_back", CallBackPanel)
    found = session.county.store.rows("cases", np.array([panel.case]), ["contact", "phone", "worker"])
    worker = session.state.workers.get(int(found["worker"][0]))
    phone = str(found["phone"][0]) or (worker.phone if worker else "")
    assert phone

    def texts() -> str:
        from PySide6.QtWidgets import QLabel

        return " ".join(one.text() for one in panel.findChildren(QLabel) if one.isVisible())

    assert phone not in texts()
    panel.stars.rows[0].set_stars(5)
    panel._show_phone()
    QApplication.processEvents()
    assert phone in texts()
    assert panel.stars.stars[0] == 5, "what was given stays"
    panel.skip()
    assert not panel._shown, "the next one is masked again"


def test_averages_say_how_many_and_few_look_few(window: Window) -> None:
    session = window.session
    assert session is not None
    panel = opened(window, "call_back", CallBackPanel)
    panel._period = 0
    panel.tabs.setCurrentIndex(1)
    settle(window)
    found = panel._rated
    assert found
    few = [one.is_few for one in found]
    assert any(few) and not all(few)
    assert few == sorted(few), "those with few ratings stand last, unranked"
    ranked = [one.mean for one in found if not one.is_few]
    assert ranked == sorted(ranked)
    rated_cases = np.isin(session.state.cases.state, (State.RATED, State.CLOSED))
    assert 0 < sum(one.count for one in found) <= rated_cases.sum() + len(found)
    from PySide6.QtWidgets import QLabel

    words = [one.text() for one in panel.findChildren(QLabel)]
    assert sum(text.startswith("only ") for text in words) == sum(few)


@pytest.mark.parametrize("operation", ["watch", "tasks", "call_back", "talks"])
def test_esc_leaves_the_panel(window: Window, qtbot: QtBot, operation: str) -> None:
    panel = opened(window, operation, QWidget)
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert window.page is not None and window.page.right.currentWidget() is window.page.inspector
