"""Which plans are compared where nobody chose, and what "Undo" on a page takes back."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gis_app.county import edits
from gis_app.gui import drafts, unit_work
from gis_app.gui.compare_panel import ComparePanel, usual_pair
from gis_app.gui.publish_panel import PublishPanel
from gis_app.gui.window import Window
from tests.gui.conftest import press
from tests.gui.test_drafts import fullest, session_of


def test_what_was_is_compared_with_what_is_after_publishing(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    old = session.county.state.plan
    unit_work.split_equally(window, 2, fullest(session))
    window.tasks.wait()
    window.actions_by_id["publish"].trigger()
    publishing = window.findChild(PublishPanel)
    assert publishing is not None
    press(qtbot, publishing, "Publish")
    window.tasks.wait()
    undo = next(button for button in publishing.findChildren(QPushButton) if button.text() == "Undo")
    assert undo.isEnabled()
    window.perform(edits.change_settings(rural_floor=51))
    window.tasks.wait()
    assert not undo.isEnabled(), "what it would undo is another step by now"
    window.actions_by_id["compare"].trigger()
    window.tasks.wait()
    panel = window.findChild(ComparePanel)
    assert panel is not None and panel.compared is not None
    assert (panel.compared.before.plan, panel.compared.after.plan) == (old, session.county.state.plan)
    drafts.make(window, "下一稿")
    window.tasks.wait()
    assert usual_pair(session.county.state, session.open_plan) == (session.county.state.plan, session.open_plan)
    assert usual_pair(session.county.state, 0) == (session.county.state.plan, session.open_plan)
