"""The three stories that the county tells, in the window: every step by keys and clicks, times typed, to the minute."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.clocks import case_clock, legs
from gis_app.county.calling import body_called, unit_called
from gis_app.county.case_edits import events_of
from gis_app.county.responsible import category_of
from gis_app.gui.body_choice import BodyChoice
from gis_app.gui.case_form import StepForm
from gis_app.gui.case_steps import STEPS
from gis_app.gui.intake_panel import IntakePanel
from gis_app.gui.preferences import Preferences
from gis_app.gui.window import Window
from gis_app.progress import finish
from tests.gui.test_window import texts


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "small.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    return path


@pytest.fixture
def window(qtbot: QtBot, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    path = tmp_path / "county.gpkg"
    path.write_bytes(built.read_bytes())
    preferences = Preferences(tmp_path / "window.ini")
    preferences.language = "en"
    made = Window(preferences)
    made.resize(1366, 768)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.show_county(bootstrap.open_county(path))
    made.tasks.wait()
    made.set_workspace("cases")
    made.tasks.wait()
    made.canvas.setFocus()
    yield made
    made.close()


def blown(window: Window, unit: str, category: str, body: str, time: str, *, kind: CaseKind, text: str, **who: str) -> int:
    """Take a call down in the window: W, the unit, what it is about, who blows, when, and another body than the rules name if need be."""
    session, page = window.session, window.page
    assert session is not None and page is not None
    QTest.keyClick(window.canvas, Qt.Key.Key_W)
    panel = page.right.currentWidget()
    assert isinstance(panel, IntakePanel)
    write(panel.where.line, unit)
    place = unit_called(session.state, unit).id
    offered = panel.where.list
    wait_until(lambda: offered.isVisible() and any(offered.item(at).toolTip().startswith(f"{unit}\n") for at in range(offered.count())))
    while not offered.currentItem().toolTip().startswith(f"{unit}\n"):
        QTest.keyClick(panel.where.line, Qt.Key.Key_Down)
    QTest.keyClick(panel.where.line, Qt.Key.Key_Return)
    assert panel.call.spot.place.unit == place
    write(panel.text, text)
    for box, value in ((panel.category, category_of(session.state, category)), (panel.kind, kind), (panel.whistler, who["whistler"])):
        choose(box, value)
    write(panel.time.line, time)
    if "contact" in who:
        write(panel.contact, who["contact"])
    wanted = body_called(session.state, body).id
    if panel.route().body != wanted:
        press(panel, "another body …")
        choice = panel.findChild(BodyChoice)
        assert choice is not None
        write(choice.words, body)
        QTest.keyClick(choice.words, Qt.Key.Key_Return)
        assert panel.call.body == wanted
    for _ in range(2):  # where the rules name another body, or anything is doubtful, it asks once
        if panel.registered is None:
            QTest.keyClick(panel.time.line, Qt.Key.Key_Return)
            window.tasks.wait()
    assert panel.registered is not None, "\n".join(texts(panel))
    press(panel, "Open the card")
    QCoreApplication.processEvents()
    assert session.selected == ("cases", panel.registered.case)
    window.canvas.setFocus()
    return panel.registered.case


def press(parent: QWidget, text: str) -> None:
    """Press the button with a text."""
    QCoreApplication.processEvents()
    found = [one for one in parent.findChildren(QPushButton) if one.isVisible() and text in (one.text(), one.accessibleName())]
    assert found, f"no button {text!r}"
    QTest.mouseClick(found[0], Qt.MouseButton.LeftButton)


def choose(box: QComboBox, value: object) -> None:
    """Choose an item of a list by the arrow keys."""
    box.setFocus()
    wanted = box.findData(value)
    assert wanted >= 0
    while box.currentIndex() != wanted:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < wanted else Qt.Key.Key_Up)


def wait_until(true: Callable[[], bool]) -> None:
    """Handle events until something is true."""
    for _ in range(200):
        if true():
            return
        QTest.qWait(20)
    raise AssertionError("it did not come true")


def write(widget: QWidget, text: str) -> None:
    """Type a text as a person does: Chinese by an input method, the rest by keys."""
    widget.setFocus()
    if text.isascii():
        QTest.keyClicks(widget, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(widget, event)


def step(window: Window, kind: EventKind, time: str, **fields: object) -> None:
    """Press the key of a step, fill in its form, and confirm with Enter."""
    key = QKeySequence(STEPS[kind].key)[0]
    focus = QApplication.focusWidget()
    assert focus is not None and window.page is not None
    QTest.keyClick(focus, key.key(), key.keyboardModifiers())
    form = window.page.inspector.steps.form
    assert isinstance(form, StepForm)
    QCoreApplication.processEvents()
    if "to" in fields:
        write(form.target.words, str(fields["to"]))
    for stars, many in zip(form.stars.rows if "stars" in fields else (), str(fields.get("stars")), strict=False):
        stars.setFocus()
        QTest.keyClicks(stars, many)
    write(form.time.line, time)
    for name, field in (("actor", form.actor), ("note", form.note)):
        if name in fields:
            write(field, str(fields[name]))
    QTest.keyClick(form.time.line, Qt.Key.Key_Return)
    window.tasks.wait()
    QCoreApplication.processEvents()
    said = "" if window.page.inspector.steps.form is None else "\n".join(texts(window.page.inspector.steps))
    assert window.page.inspector.steps.form is None, said


def card(window: Window) -> str:
    assert window.page is not None
    return "\n".join(texts(window.page.inspector))


def stored(window: Window, case: int) -> tuple[State, list[str], timedelta]:
    """The state, the kinds of the events and the case clock, as the file has them."""
    session = window.session
    assert session is not None
    events = events_of(session.county.store.events(case))
    row = session.county.store.rows("cases", np.array([case]), ["state"])
    return State(int(row["state"][0])), [event.kind.value for event in events], case_clock(events, session.state.settings.now())


def in_chinese(window: Window) -> str:
    """What the card says in Chinese; the window goes back to English."""
    window.switch_language()
    window.tasks.wait()
    said = card(window)
    window.switch_language()
    window.tasks.wait()
    return said


def test_the_garages(window: Window) -> None:
    """Story A: 53 h 17 min from the whistle to the end; 14 min at housing, 32 h 53 min and 20 h 10 min at natural resources."""
    case = blown(
        window, "东风社区", "违法建设", "住建局", "2020-05-01 12:20",
        kind=CaseKind.COMPLAIN, text="利丰小区内有违建车库和仓房", whistler="worker",
    )  # fmt: skip
    step(window, EventKind.HANDED_OVER, "2020-05-01 12:34", to="自然资源", note="属自然资源局职责")
    assert "Not picked up: robot call due at 2020-05-01 12:44." in card(window)
    step(window, EventKind.PICKED_UP, "2020-05-02 21:27", actor="现场核查人")
    step(window, EventKind.DONE, "2020-05-03 17:37", note="违建已拆除")
    step(window, EventKind.RATED, "2020-05-03 18:05", stars="555", note="很满意")

    said = card(window)
    for words in ("14 min", "picked up after 32 h 53 min, then 20 h 10 min", "53 h 17 min", "违建已拆除", "★★★★★"):
        assert words in said, words
    assert "2020-05-01 12:44  Robot call due" in said and "left without being picked up" in said
    chinese = in_chinese(window)
    for words in ("14 分", "32 小时 53 分", "20 小时 10 分", "53 小时 17 分", "2020-05-01 12:44"):
        assert words in chinese, words

    state, kinds, whole = stored(window, case)
    assert (state, whole) == (State.RATED, timedelta(hours=53, minutes=17))
    assert kinds == ["blown", "handed_over", "picked_up", "done", "rated"]
    assert window.session is not None
    housing, land = legs(events_of(window.session.county.store.events(case)), window.session.state.settings.now())
    assert (housing.clock, land.to_pick_up, land.handling) == (
        timedelta(minutes=14),
        timedelta(hours=32, minutes=53),
        timedelta(hours=20, minutes=10),
    )


def test_the_fire(window: Window) -> None:
    """Story B: an anti-poverty whistle of a worker; the village team verifies, and 18,000 yuan of insurance are the result."""
    case = blown(
        window, "富国村", "防贫", "富国村民委员会", "2020-05-12 08:40",
        kind=CaseKind.HELP, text="防贫哨：住房失火，有致贫风险", whistler="worker",
    )  # fmt: skip
    step(window, EventKind.PICKED_UP, "2020-05-12 08:52", note="村工作队入户核实")
    step(window, EventKind.STARTED, "2020-05-12 09:30")
    step(window, EventKind.DONE, "2020-05-18 15:20", note="防贫保险理赔 18000 元")
    step(window, EventKind.VERIFIED, "2020-05-18 16:00", actor="县党群服务中心")
    step(window, EventKind.RATED, "2020-05-18 17:00", stars="555")
    step(window, EventKind.CLOSED, "2020-05-19 09:00")
    said = card(window)
    assert "防贫保险理赔 18000 元" in said and "picked up after 12 min, then" in said and "6 d 6 h" in said
    assert "村工作队入户核实" in said and "Robot call due" in said, "twelve minutes are more than ten"
    state, kinds, whole = stored(window, case)
    assert (state, whole) == (State.CLOSED, timedelta(days=6, hours=6, minutes=40))
    assert kinds == ["blown", "picked_up", "started", "done", "verified", "rated", "closed"]


def test_blue_honeysuckle(window: Window) -> None:
    """Story C: a helper asks the agronomist of the township; answered within minutes, closed on the same day."""
    case = blown(
        window, "富国村", "E01", "城关镇人民政府", "2020-05-22 09:15",
        kind=CaseKind.CONSULT, text="蓝靛果如何栽植", whistler="helper", contact="帮扶责任人",
    )  # fmt: skip
    step(window, EventKind.PICKED_UP, "2020-05-22 09:21", actor="农业技术员")
    step(window, EventKind.DONE, "2020-05-22 15:40", note="已到地头指导")
    step(window, EventKind.RATED, "2020-05-22 19:30", stars="554")
    step(window, EventKind.CLOSED, "2020-05-22 19:31")
    said = card(window)
    assert "picked up after 6 min, then 6 h 19 min" in said and "6 h 25 min" in said and "Robot call" not in said
    assert "帮*" in said and "Helper" in said
    state, kinds, whole = stored(window, case)
    assert (state, kinds[-1], whole) == (State.CLOSED, "closed", timedelta(hours=6, minutes=25))


def test_what_cannot_follow_is_not_offered_and_says_what_can(window: Window) -> None:
    blown(window, "富国村", "E01", "城关镇人民政府", "2020-05-22 09:15", kind=CaseKind.CONSULT, text="x", whistler="helper")
    assert window.page is not None
    offered = {button.objectName() for button in window.page.inspector.steps.findChildren(QPushButton) if button.isVisible()}
    assert "step-picked_up" in offered and "step-done" not in offered
    action = window.actions_by_id["case_done"]
    assert not action.isEnabled() and "Possible are: " in action.toolTip()
