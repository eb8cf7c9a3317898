"""Being told when something falls due, at most once a minute; and the outbox that runs beside the window."""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind
from gis_app.cases.queue import Queue
from gis_app.channels.channel import ChannelError
from gis_app.channels.delivery import Round
from gis_app.channels.settings import ChannelKind, ChannelSettings, save_settings
from gis_app.county import edits
from gis_app.county.case_edits import Registered, register_case
from gis_app.county.outbox_edits import messages_of
from gis_app.gui import outbox_work
from gis_app.gui.alarm import Alarm
from gis_app.gui.outbox_work import Outbox
from gis_app.gui.session import Session
from gis_app.gui.window import Window


def opened(window: Window) -> tuple[Session, Alarm]:
    assert window.session is not None and window.alarm is not None
    window.set_workspace("cases")
    return window.session, window.alarm


def later(session: Session, minutes: float) -> datetime:
    """Let the clock of the window go on."""
    now = session.derived.now + timedelta(minutes=minutes)
    session._look_at(now, session.derived.mine)
    return now


def test_a_robot_call_that_falls_due_is_told_and_leads_to_the_case(window: Window, qtbot: QtBot) -> None:
    session, alarm = opened(window)
    waiting = session.derived.queues[Queue.NEW].copy()
    fallen = int(waiting.sum())
    assert fallen and not window.banner.isVisible()
    later(session, 11)
    assert window.banner.isVisible() and window.banner.text == alarm.said and "Robot call" in alarm.said
    assert f"and {fallen - 1} more" in alarm.said or fallen == 1
    QCoreApplication.processEvents()
    show = next(button for button in window.banner.findChildren(QPushButton) if button.text() == "Show")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    table, case = session.selected
    assert table == "cases" and case in session.state.cases.id[waiting]
    number = session.county.store.rows("cases", np.array([case]), ("number",))["number"][0]
    assert number in alarm.said


def test_never_more_than_one_message_a_minute_and_none_is_lost(window: Window) -> None:
    session, alarm = opened(window)
    arrived = np.sort(session.state.cases.arrived[session.derived.queues[Queue.NEW]])
    first = arrived[0] + np.timedelta64(601, "s") - np.datetime64(session.derived.now.replace(tzinfo=None), "s")
    later(session, first.astype(int) / 60)
    told = alarm.said
    assert told
    later(session, 0.5)
    assert alarm.said == told, "half a minute later it says nothing, whatever has fallen due"
    later(session, 12)
    assert alarm.said != told and (f"and {len(arrived) - 2} more" in alarm.said or len(arrived) == 2)


def test_it_can_be_switched_off_and_keeps_quiet_about_others(window: Window) -> None:
    session, alarm = opened(window)
    assert window.actions_by_id["alarm"].isChecked()
    window.actions_by_id["alarm"].trigger()
    assert not window.preferences.alarm and not window.actions_by_id["alarm"].isChecked()
    later(session, 11)
    assert not alarm.said and not window.banner.isVisible()
    window.actions_by_id["alarm"].trigger()
    later(session, 1)
    assert not alarm.said, "what fell due while it was off is not told afterwards"


def test_it_tells_of_the_body_that_this_computer_works_for(window: Window) -> None:
    session, alarm = opened(window)
    new = session.derived.queues[Queue.NEW]
    holders = set(session.state.cases.body[new].tolist())
    idle = next(body for body in session.state.bodies if body not in set(session.state.cases.body.tolist()))
    session.work_for(idle)
    later(session, 11)
    assert holders and not alarm.said


def test_the_window_hears_of_it_also_in_the_other_language(window: Window) -> None:
    session, alarm = opened(window)
    window.switch_language()
    window.turns.finish()
    later(session, 11)
    assert "机器人" in alarm.said or "电话" in alarm.said


def registered(window: Window) -> int:
    session = window.session
    assert session is not None
    found: list[int] = []

    def done(changes: object) -> None:
        report = changes.report  # type: ignore[attr-defined]
        assert isinstance(report, Registered)
        found.append(report.case)

    category = next(iter(session.state.categories))
    window.perform(register_case(session.county.store, kind=CaseKind.HELP, category=category, text="灯不亮"), done)
    window.tasks.wait()
    return found[0]


def test_the_outbox_sends_what_is_due_while_the_window_is_open(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "messages.jsonl"
    save_settings(ChannelSettings(ChannelKind.FILE, path=str(target)))
    session, outbox = window.session, window.outbox
    assert session is not None and outbox is not None
    case = registered(window)
    with qtbot.waitSignal(outbox.finished, timeout=20_000) as ended:
        outbox.run()
    assert isinstance(ended.args[0], Round) and ended.args[0].sent >= 1 and ended.args[0].trouble is None
    window.tasks.wait()
    assert [message.sent is not None for message in messages_of(session.county.store, [case])] == [True]
    written = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert len(written) == ended.args[0].sent


class _Stuck:
    """A server that never answers, until the test lets it."""

    name = "webhook"
    leaves_machine = False

    def __init__(self) -> None:
        self.asked, self.freed = threading.Event(), threading.Event()

    def send(self, message: object) -> None:
        self.asked.set()
        self.freed.wait(20)
        raise ChannelError(outbox_work.msg("The message server does not answer."))


def test_a_server_that_does_not_answer_holds_up_nobody(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = _Stuck()
    monkeypatch.setattr(outbox_work, "open_channel", lambda _: stuck)
    session, outbox = window.session, window.outbox
    assert session is not None and outbox is not None
    registered(window)
    outbox.run()
    qtbot.waitUntil(stuck.asked.is_set, timeout=20_000)
    case = registered(window)
    assert case in session.state.cases.id, "a call is taken meanwhile"
    window.perform(edits.change_settings(overdue_hours=70))
    window.tasks.wait()
    assert session.state.settings.overdue_hours == 70
    with qtbot.waitSignal(outbox.troubled, timeout=20_000):
        stuck.freed.set()
    assert "does not answer" in window.banner.text


def test_closing_does_not_wait_for_a_server(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = _Stuck()
    monkeypatch.setattr(outbox_work, "open_channel", lambda _: stuck)
    outbox = window.outbox
    assert isinstance(outbox, Outbox)
    registered(window)
    outbox.run()
    qtbot.waitUntil(stuck.asked.is_set, timeout=20_000)
    window.show_start()
    assert window.session is None and window.outbox is None
    stuck.freed.set()
    thread = outbox._thread
    assert thread is not None
    thread.join(5)
    assert not thread.is_alive()
