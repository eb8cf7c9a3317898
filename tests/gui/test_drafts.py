"""A planner works on a draft: it is made by the first edit, closed, opened, renamed, discarded."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from gis_app.grid.units import Level
from gis_app.gui import unit_work
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from tests.gui.conftest import press


def session_of(window: Window) -> Session:
    assert window.session is not None and window.page is not None
    return window.session


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
    cell = max(session.state.units.at_level(Level.CELL), key=lambda unit: session.derived.figures[unit.id].households)
    session.select("units", cell.id)
    unit_work.split_equally(window, 2)
    window.tasks.wait()
    assert session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells) + 1
    assert len(session.selection.ids["units"]) == 2 and cell.id in session.selection.ids["units"]
    assert "Draft" in window.status.saved.text() and "1 changes" in window.status.saved.text()
    window.set_workspace("cases")
    window.tasks.wait()
    assert not session.drafting and len(session.state.coverage.cells) == len(session.county.state.coverage.cells)
    window.set_workspace("plan")
    window.tasks.wait()
    assert session.drafting
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert len(session.state.coverage.cells) == len(session.county.state.coverage.cells)
    assert session.selection.ids == {"units": (cell.id,)}, "the selection of before is back"
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
