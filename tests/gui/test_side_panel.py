"""Panels in place of the inspector: once they are gone, nothing that happens in the county reaches them."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.task import wait_aside
from gis_app.gui.tasks_panel import TasksPanel
from gis_app.gui.window import Window


def shown_and_closed(window: Window, operation: str) -> None:
    """Open a panel, close it, and let Qt take it away."""
    assert window.page is not None
    window.actions_by_id[operation].trigger()
    panel = window.page.right.currentWidget()
    assert panel is not window.page.inspector
    if isinstance(panel, TasksPanel):
        panel.begin()
    window.page.show_right(None)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("operation", ["watch", "tasks", "call_back", "talks", "call", "rules", "try_rules", "elsewhere", "bulletin"])
def test_a_closed_panel_hears_of_nothing(window: Window, qtbot: QtBot, operation: str) -> None:
    window.set_workspace("cases")
    window.tasks.wait()
    session = window.session
    assert session is not None
    shown_and_closed(window, operation)
    with qtbot.captureExceptions() as raised:
        session.set_filter(CaseFilter(states=frozenset({0})))
        session.select("cases", int(session.state.cases.id[0]))
        session.select("units", next(iter(session.state.coverage.cells)))
        session.move_clock()
        wait_aside()
        QCoreApplication.processEvents()
        window.canvas.wait_until_drawn()
    assert not raised
