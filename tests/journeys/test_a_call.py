"""A resident calls the service centre. The clerk never takes a hand from the keyboard, and is done in under thirty seconds; or clicks."""

import shutil
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.cases.bodies import BodyKind, Rule
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.county.case_edits import events_of
from gis_app.county.rule_edits import add_rule
from gis_app.gui.intake_panel import IntakePanel
from gis_app.gui.preferences import Preferences
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from gis_app.language import ZONE, format_time
from gis_app.progress import finish

SAID = "Refuse: 垃圾5天没人清运"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("call") / "small.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    return path


@pytest.fixture
def window(qtbot: QtBot, county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    preferences = Preferences(tmp_path / "window.ini")
    preferences.language = "en"
    window = Window(preferences)
    window.resize(1366, 768)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_county(bootstrap.open_county(Path(shutil.copy(county, tmp_path / "county.gpkg"))))
    window.tasks.wait()
    window.set_workspace("cases")
    window.canvas.wait_until_drawn()
    yield window
    window.close()


class Clerk:
    """Types into whatever has the focus, and counts the keys."""

    def __init__(self, window: Window, qtbot: QtBot) -> None:
        self.window, self.qtbot, self.keys = window, qtbot, 0

    def press(self, keys: str) -> None:
        """Press one key with its modifiers, given to what has the focus: a shortcut of the window, or an input."""
        self.keys += 1
        combination = QKeySequence(keys)[0]
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
        QApplication.processEvents()

    def type(self, text: str) -> None:
        """Write a text letter by letter; Chinese as an input method commits it, two keys a character."""
        for letter in text:
            target = QApplication.focusWidget()
            if letter.isascii():
                self.keys += 1
                QTest.keyClicks(target, letter)
            else:
                self.keys += 2
                assert isinstance(target, QPlainTextEdit)
                target.insertPlainText(letter)
        QApplication.processEvents()


def parts(window: Window) -> tuple[Session, IntakePanel]:
    assert window.session is not None and window.page is not None
    panel = window.page.right.currentWidget()
    assert isinstance(panel, IntakePanel)
    return window.session, panel


def read(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def a_home(session: Session) -> tuple[int, str, str]:
    """Return a household with a point, its address and its phone number."""
    homes = session.state.households
    at = int(np.flatnonzero((homes.cell > 0) & ~homes.pinned & np.isfinite(homes.x))[25])
    rows = session.county.store.rows("households", homes.id[at : at + 1], ("head", "address", "phone"))
    return int(homes.id[at]), str(rows["address"][0]), str(rows["phone"][0])


def test_a_call_by_keyboard_alone(window: Window, qtbot: QtBot) -> None:
    """W, the caller's phone number, Enter, what it is about, Alt+1, Ctrl+Enter: four keys beside the words themselves."""
    session, clerk = window.session, Clerk(window, qtbot)
    assert session is not None
    home, address, phone = a_home(session)
    cases = len(session.state.cases)
    window.canvas.setFocus()

    clerk.press("W")
    _, panel = parts(window)
    assert panel.where.line.hasFocus()
    clerk.type(phone)
    clerk.press("Return")
    qtbot.waitUntil(lambda: panel.call.spot.place.household == home)
    assert panel.text.hasFocus() and panel.where.line.text() == address and panel.call.phone == phone
    state = session.state
    cell = int(state.households.cell[np.searchsorted(state.households.id, home)])
    assert state.units[cell].name in read(panel), "the cell is said at once"
    assert panel._mark.place is not None and panel._mark.isVisible()

    clerk.type(SAID)
    qtbot.waitUntil(lambda: panel.findChild(QPushButton, "chip-1") is not None)
    assert panel.call.category == 0, "nothing is decided silently"
    chip = panel.findChild(QPushButton, "chip-1")
    assert isinstance(chip, QPushButton) and "Refuse collection" in chip.text() and "垃圾" in chip.toolTip()
    before = panel.answers.body_text
    clerk.press("Alt+1")
    category = next(one.id for one in state.categories.values() if one.name_en == "Refuse collection")
    assert panel.call.category == category
    clerk.press("Ctrl+Return")
    window.tasks.wait()

    assert clerk.keys == len(phone) + sum(1 if letter.isascii() else 2 for letter in SAID) + 4
    assert panel.registered is not None and before
    state = session.state
    assert len(state.cases) == cases + 1
    row = int(np.searchsorted(state.cases.id, panel.registered.case))
    assert (state.cases.household[row], state.cases.category[row], state.cases.kind[row]) == (home, category, CaseKind.HELP)
    assert state.cases.body[row] == panel.registered.route.body and state.cases.cell[row] == cell
    stored = session.county.store.rows("cases", state.cases.id[row : row + 1])
    assert (stored["text"][0], stored["address"][0], stored["phone"][0]) == (SAID, address, phone)
    seen = read(panel)
    assert panel.registered.number in seen and state.bodies[panel.registered.route.body].name in seen

    clerk.press("W")
    _, again = parts(window)
    assert again is panel and panel.registered is None and panel.where.line.hasFocus() and panel.where.line.text() == ""
    clerk.press("Esc")
    assert window.page is not None and not isinstance(window.page.right.currentWidget(), IntakePanel)


def test_tab_goes_through_the_form_and_enter_registers_from_anywhere(window: Window, qtbot: QtBot) -> None:
    clerk = Clerk(window, qtbot)
    window.canvas.setFocus()
    clerk.press("W")
    session, panel = parts(window)
    first = (panel.where.line, panel.text, panel.category, panel.kind, panel.urgency, panel.whistler)
    stops = (*first, panel.contact, panel.phone, panel.time.line, panel.go)
    for stop in stops:
        assert stop.hasFocus(), stop.accessibleName()
        if stop is panel.text:
            clerk.type("lamp")
        if stop is panel.kind:
            clerk.press("Down")
        clerk.press("Tab")
    assert panel.call.kind == CaseKind.REPORT
    panel.phone.setFocus()
    count = len(session.state.cases)
    clerk.press("Return")
    assert "No category is chosen" in panel.said.text() and len(session.state.cases) == count, "it asks first"
    clerk.press("Return")
    window.tasks.wait()
    assert panel.registered is not None and len(session.state.cases) == count + 1


def test_a_call_by_a_click_on_the_map(window: Window, qtbot: QtBot) -> None:
    window.actions_by_id["call"].trigger()
    session, panel = parts(window)
    homes = session.state.households
    at = int(np.flatnonzero((homes.cell > 0) & ~homes.pinned & np.isfinite(homes.x))[40])
    window.page.view.show_place(float(homes.x[at]), float(homes.y[at]))  # type: ignore[union-attr]
    window.canvas.wait_until_drawn()
    selected = session.selection
    middle = QPoint(window.canvas.width() // 2, window.canvas.height() // 2)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=middle)
    place = panel.call.spot.place
    metres = window.canvas.viewport.resolution
    assert abs(place.x - homes.x[at]) < 3 * metres and abs(place.y - homes.y[at]) < 3 * metres
    assert session.selection == selected, "a click says where; it selects nothing"
    route = panel.route()
    assert route.cell == homes.cell[at] and session.state.units[route.cell].name in read(panel)
    worker = session.state.workers.get(route.worker)
    assert worker is None or f"{worker.name[0]}*" in read(panel)
    assert panel.text.hasFocus()
    panel.text.insertPlainText("路灯不亮")
    panel.category.setCurrentIndex(2)
    panel.register()
    window.tasks.wait()
    assert panel.registered is not None
    row = int(np.searchsorted(session.state.cases.id, panel.registered.case))
    assert session.state.cases.x[row] == place.x and session.state.cases.accuracy[row] == place.accuracy > 0
    case = panel.registered.case
    QApplication.processEvents()
    look = next(button for button in panel.findChildren(QPushButton) if button.text() == "Open the card")
    qtbot.mouseClick(look, Qt.MouseButton.LeftButton)
    assert session.selected == ("cases", case)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(middle.x() + 60, middle.y() + 60))
    assert session.selected not in (("cases", case), ("", 0)), "the map selects again"


def test_somebody_calls_about_what_is_known_already(window: Window, qtbot: QtBot) -> None:
    """The same street lamp a day later: both are kept, the second repeats the first, and both people are known."""
    session = window.session
    assert session is not None
    cases = session.state.cases
    fresh = np.isfinite(cases.x) & (cases.category > 0) & (cases.state == State.WAITING)
    at = int(np.flatnonzero(fresh)[-1])
    first = int(cases.id[at])
    window.actions_by_id["call"].trigger()
    _, panel = parts(window)
    panel._pick(float(cases.x[at]) + 60.0, float(cases.y[at]))
    assert not panel.answers.duplicates.isVisible()
    panel.text.insertPlainText("还是那件事")
    panel.category.setCurrentIndex(panel.category.findData(int(cases.category[at])))
    QApplication.processEvents()
    same = panel.findChild(QPushButton, f"same-{first}")
    assert isinstance(same, QPushButton) and "60 m" in read(panel.answers) and "Perhaps known already" in panel.known.text()
    panel._area.ensureWidgetVisible(same)
    QApplication.processEvents()
    qtbot.mouseClick(same, Qt.MouseButton.LeftButton)
    window.tasks.wait()
    assert panel.registered is not None and "Merged with" in read(panel)
    state = session.state
    row = int(np.searchsorted(state.cases.id, panel.registered.case))
    assert (state.cases.state[row], state.cases.duplicate[row]) == (State.DUPLICATE, first)
    told = events_of(session.county.store.events(panel.registered.case))
    assert [event.kind for event in told] == [EventKind.BLOWN, EventKind.DUPLICATE] and told[-1].data["of"] == first


def test_what_was_written_is_not_lost_by_one_key(window: Window, qtbot: QtBot) -> None:
    clerk = Clerk(window, qtbot)
    window.canvas.setFocus()
    clerk.press("W")
    _, panel = parts(window)
    panel.text.setFocus()
    clerk.type("lamp")
    clerk.press("Esc")
    assert panel.isVisible() and "Esc once more" in panel.said.text()
    clerk.type("s")
    clerk.press("Esc")
    assert panel.isVisible(), "writing on took the question back"
    clerk.press("Esc")
    assert not panel.isVisible() and window.page is not None and window.page.view.picked is None


def test_an_address_that_nobody_knows_stays_in_words(window: Window, qtbot: QtBot) -> None:
    clerk = Clerk(window, qtbot)
    window.canvas.setFocus()
    clerk.press("W")
    session, panel = parts(window)
    clerk.type("behind the old mill")
    clerk.press("Return")
    qtbot.waitUntil(panel.text.hasFocus)
    clerk.type("smoke")
    panel.category.setCurrentIndex(3)
    clerk.press("Return")
    assert "No place is known" in panel.said.text()
    clerk.press("Return")
    window.tasks.wait()
    assert panel.registered is not None
    stored = session.county.store.rows("cases", np.array([panel.registered.case]), ("address", "cell"))
    assert (stored["address"][0], stored["cell"][0]) == ("behind the old mill", 0)


def test_a_body_chosen_by_hand_gets_it(window: Window, qtbot: QtBot) -> None:
    window.actions_by_id["call"].trigger()
    session, panel = parts(window)
    by_rules = panel.route().body
    other = next(body for body in session.state.bodies.values() if body.id != by_rules and body.code)
    panel._ask_body()
    QApplication.processEvents()
    QTest.keyClicks(QApplication.focusWidget(), other.code)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert panel.call.body == other.id and panel.answers.body_text == other.name
    assert "by the rules it would go to" in read(panel.answers)
    panel.text.insertPlainText("x")
    panel.category.setCurrentIndex(1)
    panel.register()  # says that no place is known
    panel.register()
    window.tasks.wait()
    assert panel.registered is not None
    row = int(np.searchsorted(session.state.cases.id, panel.registered.case))
    assert session.state.cases.body[row] == other.id


def test_a_call_that_is_written_down_later_is_answered_as_of_then(window: Window, qtbot: QtBot) -> None:
    """Who gets it, and what it may repeat, are those of the time at which it was blown; the field says what it is for."""
    session = window.session
    assert session is not None
    cases = session.state.cases
    at = int(np.flatnonzero(np.isfinite(cases.x) & (cases.category > 0) & (cases.state != State.DUPLICATE))[0])
    old, category = int(cases.id[at]), int(cases.category[at])
    assert session.derived.now - cases.blown[at].item().replace(tzinfo=UTC) > timedelta(days=20)
    other = next(body for body in session.state.bodies.values() if body.kind == BodyKind.DEPARTMENT and body.id != cases.body[at])
    day = cases.blown[at].item().replace(tzinfo=UTC).astimezone(ZONE).date()
    rule = Rule(0, category, body=other.id, unit=session.state.units[int(cases.cell[at])].parent or 0, valid_from=day, valid_to=day)
    window.perform(add_rule(rule))
    window.tasks.wait()

    window.actions_by_id["call"].trigger()
    _, panel = parts(window)
    assert "Blown at" in read(panel)
    panel._pick(float(cases.x[at]), float(cases.y[at]))
    panel.category.setCurrentIndex(panel.category.findData(category))
    QApplication.processEvents()
    assert panel.answers.body_text != other.name and panel.findChild(QPushButton, f"same-{old}") is None
    panel.time.line.setFocus()
    QTest.keyClicks(panel.time.line, format_time(cases.blown[at].item().replace(tzinfo=UTC)))
    qtbot.waitUntil(lambda: panel.answers.body_text == other.name)
    assert f"same-{old}" in [one.objectName() for one in panel.answers.findChildren(QPushButton)]
    panel.text.insertPlainText("还是那件事")
    panel.register()
    window.tasks.wait()
    assert panel.registered is not None and panel.registered.route.body == other.id
    panel.begin()
    panel.time.line.setText("tomorrow")
    assert panel.route().body == panel.router.route(panel.call.spot.place, 0, panel.call.kind, panel.call.urgency).body, "no time: now"
