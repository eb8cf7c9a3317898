"""Long work beside the window: progress, cancel, errors."""

import re
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from gis_app.county.changes import Edit, Outcome, Refusal
from gis_app.county.state import CountyState
from gis_app.errors import UserError
from gis_app.gui.task import Task, Tasks, aside
from gis_app.gui.window import Window
from gis_app.language import msg
from gis_app.progress import Progress, Steps
from tests.gui.conftest import press


def slow(steps: int, closed: list[str]) -> Steps[int]:
    try:
        for at in range(steps):
            time.sleep(0.01)
            yield Progress(at / steps, msg("Working"))
        return steps
    finally:
        closed.append("closed")


def test_tasks_run_one_after_the_other_and_tell_their_results(qtbot: QtBot) -> None:
    tasks, results = Tasks(), []
    for number in (3, 2):
        tasks.run(Task(msg("Count"), lambda number=number: slow(number, []), results.append))  # type: ignore[misc]
    tasks.wait()
    assert results == [3, 2]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give memory back by themselves")
def test_memory_goes_back_to_the_system_after_work(qtbot: QtBot) -> None:
    """Small blocks that are freed stay with the C library until it is told to give them back."""

    def work() -> Steps[int]:
        many = [np.ones(2000) for _ in range(4000)]  # 64 MB in pieces below the size that is given back at once
        kept.append(many[-1])
        yield Progress(0.5, msg("Working"))
        kept.append(resident())
        return len(many)

    kept: list[object] = []
    tasks, done = Tasks(), []
    tasks.run(Task(msg("Count"), work, done.append))
    tasks.wait()
    assert done == [4000] and isinstance(kept[1], int)
    qtbot.waitUntil(lambda: resident() < kept[1] - 40)  # type: ignore[operator]


def resident() -> int:
    """Return how many megabytes this process has in memory."""
    found = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


def test_the_window_lives_while_work_goes_on_and_cancel_ends_it(window: Window, qtbot: QtBot) -> None:
    closed: list[str] = []
    done: list[int] = []
    ticks: list[float] = []
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start()
    window.tasks.run(Task(msg("Count"), lambda: slow(1000, closed), done.append))
    qtbot.waitUntil(lambda: window.status.progress.isVisible() and len(ticks) > 10)
    press(qtbot, window.status, "Cancel")
    window.tasks.wait()
    assert closed == ["closed"] and not done and not window.status.progress.isVisible()


def test_what_a_user_did_wrong_is_one_sentence(window: Window) -> None:
    def failing() -> Steps[None]:
        yield Progress(0.0, msg("Working"))
        raise UserError(msg("Row 7 has no name. Give it one."))

    window.tasks.run(Task(msg("Count"), failing))
    window.tasks.wait()
    assert window.banner.isVisible() and window.banner.text == "Row 7 has no name. Give it one."


def test_a_bug_is_said_and_changes_nothing(window: Window) -> None:
    def broken() -> Steps[None]:
        yield Progress(0.0, msg("Working"))
        raise ZeroDivisionError

    window.tasks.run(Task(msg("Count"), broken))
    window.tasks.wait()
    assert "ZeroDivisionError" in window.banner.text


def test_a_refusal_is_said_where_it_is(window: Window) -> None:
    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.0, msg("Working"))
        return Refusal("no", msg("The county does not allow this."))

    window.perform(Edit(msg("Try"), plan))
    window.tasks.wait()
    assert window.banner.text == "The county does not allow this."


def test_edits_undo_and_redo_by_keys(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    before = session.state.households.cell.copy()
    press_tool = window.actions_by_id["assign_households"]
    press_tool.trigger()
    window.tasks.wait()
    assert "Undo" in window.banner.text or window.banner.text
    assert (session.state.households.cell == before).all()
    window.actions_by_id["check"].trigger()
    window.tasks.wait()
    assert window.session is not None and window.session.problems.known.complete


def test_what_was_looked_up_is_told_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    """Told in the thread that looked, a panel could be deleted in that moment: the program crashed now and then."""
    worked: list[threading.Thread] = []
    told: list[tuple[int, threading.Thread]] = []

    def work() -> int:
        worked.append(threading.current_thread())
        return 7

    aside(work, lambda found: told.append((found, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [(7, threading.main_thread())] and worked[0] is not threading.main_thread()
