"""The card of a whistle: what it says, and every step of the loop by buttons and keys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind, Event, EventKind, State
from gis_app.cases.life_cycle import Standing
from gis_app.cases.routing import Place
from gis_app.cases.transitions import TRANSITIONS, allowed
from gis_app.county.case_edits import Registered, events_of, record_event, register_case
from gis_app.county.changes import Changes
from gis_app.files.points import PointOptions, point_edit
from gis_app.grid.datum import from_county
from gis_app.gui.body_choice import Suggested, found_bodies
from gis_app.gui.case_fields import Stars
from gis_app.gui.case_form import StepForm
from gis_app.gui.case_step_checks import objections
from gis_app.gui.case_steps import STEPS, offered
from gis_app.gui.correct_form import CorrectForm, PlaceForm
from gis_app.gui.operations import all_operations
from gis_app.gui.task import wait_aside
from gis_app.gui.window import Window
from gis_app.language import msg
from tests.gui.conftest import press
from tests.gui.test_window import texts

NOW = datetime(2022, 4, 1, 1, 0, tzinfo=UTC)
"""What the clock of the demo county shows."""


@pytest.fixture
def cases(window: Window, qtbot: QtBot) -> Window:
    """A window on the demo township in the workspace Cases."""
    window.set_workspace("cases")
    window.tasks.wait()
    window.canvas.wait_until_drawn()
    window.canvas.setFocus()
    return window


def register(window: Window, hours: float = 2, **more: object) -> int:
    """A whistle that was blown so many hours ago, selected."""
    session = window.session
    assert session is not None
    values: dict[str, object] = {"kind": CaseKind.HELP, "text": "路灯不亮", "blown": NOW - timedelta(hours=hours), **more}
    done = session.county.perform(register_case(session.county.store, **values))  # type: ignore[arg-type]
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    window.tasks.wait()
    session.select("cases", done.report.case)
    return done.report.case


def step(window: Window, case: int, kind: EventKind, **more: object) -> None:
    assert window.session is not None
    done = window.session.county.perform(record_event(window.session.county.store, case, kind, **more))  # type: ignore[arg-type]
    assert isinstance(done, Changes), done
    window.tasks.wait()


def events(window: Window, case: int) -> list[Event]:
    assert window.session is not None
    return events_of(window.session.county.store.events(case))


def state_of(window: Window, case: int) -> State:
    assert window.session is not None
    cases = window.session.state.cases
    return State(int(cases.state[np.searchsorted(cases.id, case)]))


def bar(window: Window) -> QWidget:
    assert window.page is not None
    return window.page.inspector.steps


def form(window: Window) -> StepForm:
    assert window.page is not None
    found = window.page.inspector.steps.form
    assert isinstance(found, StepForm)
    QCoreApplication.processEvents()  # what was just opened is laid out and shown
    return found


def write(widget: QWidget, text: str) -> None:
    """Type a text as a person does: Chinese by an input method, the rest by keys."""
    if text.isascii():
        QTest.keyClicks(widget, text)
        return
    event = QInputMethodEvent()
    event.setCommitString(text)
    QCoreApplication.sendEvent(widget, event)


def confirm(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    window.tasks.wait()


def card(window: Window) -> str:
    assert window.page is not None
    return "\n".join(texts(window.page.inspector))


def key(window: Window, qtbot: QtBot, kind: EventKind) -> None:
    """Press the key of a step where the focus is."""
    combination = QKeySequence(STEPS[kind].key)[0]
    qtbot.keyClick(window.focusWidget(), combination.key(), combination.keyboardModifiers())


def test_an_imported_whistle_says_where_it_comes_from_and_who_was_named_there(cases: Window, tmp_path: Path) -> None:
    session = cases.session
    assert session is not None
    path = tmp_path / "list.csv"
    path.write_text("编号,内容,吹哨时间,接哨主体,办结时间\n7,路灯不亮,2022-03-31 10:00,路灯所,2022-03-31 12:00\n", encoding="utf-8")
    options = PointOptions(source="市民热线", create_bodies=True)
    assert isinstance(session.county.perform(point_edit(path, "cases", options, session.county.store)), Changes)
    cases.tasks.wait()
    session.select("cases", int(session.county.state.cases.id[-1]))
    said = card(cases)
    assert "市民热线" in said and "When it was blown, 路灯所 was named." in said
    assert "handed over since" not in said


def test_keys_work_from_the_table(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    table = cases.page.table.table  # type: ignore[union-attr]
    table.setFocus()
    key(cases, qtbot, EventKind.PICKED_UP)
    confirm(cases, qtbot)
    assert state_of(cases, case) == State.PICKED_UP and table.hasFocus(), "the focus goes back to where it was"


# What is offered


@pytest.mark.parametrize("state", list(State))
def test_every_possible_step_is_offered_once(state: State) -> None:
    found = offered(state)
    kinds = [one.kind for one in (*found.buttons, *found.more)]
    assert sorted(kinds) == sorted(set(allowed(state)) & STEPS.keys()) and len(set(kinds)) == len(kinds)
    assert len(found.buttons) <= 4 and found.likely == (state not in (State.RETURNED, State.CLOSED, State.DUPLICATE))
    assert all(kind in STEPS for kind in TRANSITIONS if kind != EventKind.BLOWN)


def test_the_likely_step_comes_first_and_what_nobody_holds_is_handed_over() -> None:
    assert [offered(state).buttons[0].kind for state in (State.WAITING, State.IN_PROGRESS, State.DONE, State.SUSPENDED)] == [
        EventKind.PICKED_UP, EventKind.DONE, EventKind.VERIFIED, EventKind.RESUMED,
    ]  # fmt: skip
    unheld = offered(State.WAITING, held=False)
    assert unheld.buttons[0].kind == EventKind.HANDED_OVER
    assert EventKind.PICKED_UP not in [one.kind for one in (*unheld.buttons, *unheld.more)]


def test_keys_do_not_meet_in_any_workspace(cases: Window) -> None:
    register(cases)
    for workspace in ("cases", "plan"):
        cases.set_workspace(workspace)
        able = [o for o in all_operations() if o.why_not(cases) is None]
        keys = [k for o in able for k in o.keys]
        assert len(keys) == len(set(keys)), workspace


def test_a_step_that_is_not_possible_says_why_and_what_is(cases: Window, qtbot: QtBot) -> None:
    register(cases)
    found = {one.text: one.detail for one in cases.find_commands("")}
    assert "Possible are: " in found["Record result"] and "Pick-up" in found["Record result"]
    assert found["Pick up"] == "Key: P"
    cases.session.select("")  # type: ignore[union-attr]
    assert {one.text: one.detail for one in cases.find_commands("")}["Pick up"] == "Select a whistle first."
    cases.set_workspace("plan")
    assert "workspace Cases" in {one.text: one.detail for one in cases.find_commands("")}["Pick up"]


# Steps


def test_a_pick_up_by_two_keys(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    assert bar(cases).findChild(QPushButton, "step-picked_up").toolTip() == "Pick up (P)"
    key(cases, qtbot, EventKind.PICKED_UP)
    confirm(cases, qtbot)
    assert state_of(cases, case) == State.PICKED_UP and events(cases, case)[-1].time == NOW
    assert "Picked up" in card(cases) and cases.page.inspector.steps.form is None  # type: ignore[union-attr]
    assert cases.session.selected == ("cases", case) and cases.canvas.hasFocus()  # type: ignore[union-attr]
    assert cases.banner.isHidden() or "Undo" not in [b.text() for b in cases.banner.findChildren(QPushButton)]


def test_a_click_an_earlier_time_and_a_name_that_is_remembered(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, hours=20)
    press(qtbot, bar(cases), "Pick up")
    write(form(cases).time.line, "2022-03-31 22:15")
    write(form(cases).actor, "王接哨")
    press(qtbot, form(cases), "Pick up")
    cases.tasks.wait()
    last = events(cases, case)[-1]
    assert (last.kind, last.time, last.actor) == (EventKind.PICKED_UP, datetime(2022, 3, 31, 14, 15, tzinfo=UTC), "王接哨")
    assert "2022-03-31 22:15  Pick-up" in card(cases) and "王*" in card(cases) and "王接哨" not in card(cases)
    key(cases, qtbot, EventKind.SUBMITTED)
    assert form(cases).actor.text() == "王接哨"


def test_what_is_wrong_stands_beside_its_field(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, hours=20)
    step(cases, case, EventKind.PICKED_UP, time=NOW - timedelta(hours=10))
    key(cases, qtbot, EventKind.SUSPENDED)
    write(form(cases).time.line, "2022-03-31 13:10")
    confirm(cases, qtbot)
    said = {name: field.wrong.text() for name, field in form(cases).fields.items() if not field.wrong.isHidden()}
    assert set(said) == {"deadline", "note", "time"}
    assert "needs a reason" in said["note"] and "The last step was recorded at 2022-03-31 23:00" in said["time"]
    assert state_of(cases, case) == State.PICKED_UP
    press(qtbot, form(cases), "3 days")
    form(cases).time.line.clear()
    form(cases).note.setFocus()
    write(form(cases).note, "waits for a spare part")
    confirm(cases, qtbot)
    last = events(cases, case)[-1]
    assert state_of(cases, case) == State.SUSPENDED and last.deadline == datetime(2022, 4, 4, 9, 0, tzinfo=UTC)
    assert "until 2022-04-04 17:00" in card(cases) and "waits for a spare part" in card(cases)


def test_escape_leaves_and_nothing_happens(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    key(cases, qtbot, EventKind.URGED)
    qtbot.keyClick(cases.focusWidget(), Qt.Key.Key_Escape)
    assert cases.page.inspector.steps.form is None and len(events(cases, case)) == 1  # type: ignore[union-attr]
    assert cases.session.selected == ("cases", case)  # type: ignore[union-attr]


def test_an_unfinished_form_outlives_a_change_of_the_county(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    key(cases, qtbot, EventKind.HANDED_OVER)
    write(form(cases).target.words, "zrzy")
    before = form(cases)
    other = cases.session.county.perform(register_case(cases.session.county.store, kind=CaseKind.HELP))  # type: ignore[union-attr]
    assert isinstance(other, Changes)
    cases.tasks.wait()
    assert form(cases) is before and before.target.words.text() == "zrzy"
    cases.session.select("cases", other.report.case)  # type: ignore[union-attr]
    assert cases.page.inspector.steps.form is None and len(events(cases, case)) == 1  # type: ignore[union-attr]
    key(cases, qtbot, EventKind.PICKED_UP)
    cases.session.select("cases", case)  # type: ignore[union-attr]
    assert form(cases) is before and before.target.words.text() == "zrzy", "what was typed waits for its whistle"
    cases.session.select("cases", other.report.case)  # type: ignore[union-attr]
    assert cases.page.inspector.steps.form is None, "nothing was written into that one"  # type: ignore[union-attr]
    step(cases, case, EventKind.PICKED_UP)
    step(cases, case, EventKind.DONE, note="settled")
    cases.tasks.wait()
    cases.session.select("cases", case)  # type: ignore[union-attr]
    assert cases.page.inspector.steps.form is None, "its step is possible no more"  # type: ignore[union-attr]


def test_a_hand_over_by_pinyin_says_where_it_goes(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    land = next(body for body in cases.session.state.bodies.values() if body.name.endswith("自然资源局"))  # type: ignore[union-attr]
    key(cases, qtbot, EventKind.HANDED_OVER)
    confirm(cases, qtbot)
    assert "Choose the body" in form(cases).fields["target"].wrong.text()
    write(form(cases).target.words, "zrzy")
    assert form(cases).confirm_button.text() == f"Hand over → {land.name}"
    confirm(cases, qtbot)
    assert events(cases, case)[-1].target == land.id and state_of(cases, case) == State.WAITING
    assert land.name in card(cases)


def test_passing_up_names_the_next_step_of_the_ladder(cases: Window, qtbot: QtBot) -> None:
    session = cases.session
    assert session is not None
    x, y = float(session.state.cases.x[0]), float(session.state.cases.y[0])
    village = session.derived.router.route(Place(x, y)).ladder
    case = register(cases, place=Place(x, y), body=village[0])
    key(cases, qtbot, EventKind.PASSED_UP)
    assert form(cases).target.body == village[1]
    confirm(cases, qtbot)
    assert events(cases, case)[-1].target == village[1]


def test_a_joint_meeting_has_a_lead_and_supporting_departments(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    bodies = cases.session.state.bodies  # type: ignore[union-attr]
    names = {body.name: body.id for body in bodies.values()}
    key(cases, qtbot, EventKind.MEETING)
    form(cases).target.setFocus()
    write(form(cases).target.words, "住建")
    form(cases).supporting.setFocus()
    for words in ("自然资源", "公安"):
        write(form(cases).supporting.words, words)
        qtbot.keyClick(form(cases).supporting.words, Qt.Key.Key_Return)
    confirm(cases, qtbot)
    last = events(cases, case)[-1]
    assert last.kind == EventKind.MEETING and bodies[last.target].name == "县住建局"
    assert last.data["supporting"] == [next(i for n, i in names.items() if w in n) for w in ("自然资源", "公安")]
    assert "with 县自然资源局" in card(cases) and "Joint meeting" in card(cases)


def test_stars_by_keys_and_clicks(cases: Window, qtbot: QtBot) -> None:
    case = register(cases)
    step(cases, case, EventKind.PICKED_UP)
    step(cases, case, EventKind.DONE, note="修好了")
    key(cases, qtbot, EventKind.RATED)
    attitude, speed, result = form(cases).findChildren(Stars)
    confirm(cases, qtbot)
    assert "one to five stars" in form(cases).fields["stars"].wrong.text()
    attitude.setFocus()
    qtbot.keyClick(attitude, Qt.Key.Key_5)
    assert speed.hasFocus()
    qtbot.keyClick(speed, Qt.Key.Key_Right)
    qtbot.mouseClick(result, Qt.MouseButton.LeftButton, pos=QPoint(3 * 26 + 4, 10))
    assert result.accessibleName() == "Result: 4 of 5 stars"
    confirm(cases, qtbot)
    assert events(cases, case)[-1].stars == (5, 1, 4) and state_of(cases, case) == State.RATED


def test_merging_by_number_names_the_other_whistle(cases: Window, qtbot: QtBot) -> None:
    first = register(cases, hours=5, place=Place(*_spot(cases)), category=1, contact="张三", phone="13812341234")
    second = register(cases, hours=3, place=Place(*_spot(cases)), category=1, contact="李四")
    number = cases.session.county.store.rows("cases", np.array([first]), ["number"])["number"][0]  # type: ignore[union-attr]
    key(cases, qtbot, EventKind.DUPLICATE)
    confirm(cases, qtbot)
    assert "which other case" in form(cases).fields["other"].wrong.text()
    write(form(cases).other, "20999999-001")
    confirm(cases, qtbot)
    assert "There is no whistle 20999999-001" in form(cases).fields["other"].wrong.text()
    form(cases).other.clear()
    offered_ = [b for b in form(cases).fields["other"].findChildren(QPushButton) if str(number) in b.accessibleName()]
    qtbot.mouseClick(offered_[0], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    press(qtbot, form(cases), "Merge with another whistle")
    cases.tasks.wait()
    assert state_of(cases, second) == State.DUPLICATE and f"repeats {number}" in card(cases)
    cases.session.select("cases", first)  # type: ignore[union-attr]
    assert "2 people wait for the answer." in card(cases) and "138****1234" in card(cases) and "张*" in card(cases)
    press(qtbot, cases.page.inspector, "Show names and phones")  # type: ignore[union-attr]
    assert "13812341234" in card(cases) and "李四" in card(cases)


def _spot(window: Window) -> tuple[float, float]:
    cases = window.session.state.cases  # type: ignore[union-attr]
    return float(cases.x[0]), float(cases.y[0])


# Corrections


def test_a_correction_tells_before_and_after(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, category=1, place=Place(*_spot(cases)), contact="张三", phone="13812341234")
    state = cases.session.state  # type: ignore[union-attr]
    key(cases, qtbot, EventKind.CORRECTED)
    found = cases.page.inspector.steps.form  # type: ignore[union-attr]
    assert isinstance(found, CorrectForm)
    press(qtbot, found, "Record the correction")
    assert "Nothing was changed yet." in texts(found)
    chosen = found._lists["category"]
    chosen.setFocus()
    chosen.lineEdit().selectAll()  # type: ignore[union-attr]
    write(chosen.lineEdit(), next(iter(list(state.categories.values())[1:2])).name_en)
    chosen.activated.emit(chosen.currentIndex())
    press(qtbot, found, "Record the correction")
    assert "needs a reason" in found.fields["note"].wrong.text()
    found.note.setFocus()
    write(found.note, "misheard")
    confirm(cases, qtbot)
    last = events(cases, case)[-1]
    before, after = list(state.categories.values())[:2]
    assert last.data["changes"] == {"category": [before.id, after.id]}, "what is masked stays what it was"
    assert f"Category: {before.name_en} → {after.name_en}" in card(cases) and "misheard" in card(cases)
    row = cases.session.county.store.rows("cases", np.array([case]), ["phone", "contact"])  # type: ignore[union-attr]
    assert (row["phone"][0], row["contact"][0]) == ("13812341234", "张三")


def test_the_pin_is_moved_when_the_card_has_said_what_changes(cases: Window, qtbot: QtBot) -> None:
    state = cases.session.state  # type: ignore[union-attr]
    case = register(cases, place=Place(*_spot(cases), accuracy=5.0))
    row = int(np.searchsorted(cases.session.state.cases.id, case))  # type: ignore[union-attr]
    cell = int(cases.session.state.cases.cell[row])  # type: ignore[union-attr]
    other = int(np.flatnonzero((state.cases.cell != cell) & (state.cases.cell > 0) & np.isfinite(state.cases.x))[0])
    x, y = float(state.cases.x[other]), float(state.cases.y[other])
    from gis_app.gui import case_work

    case_work.put_here(cases, x, y)
    found = cases.page.inspector.steps.form  # type: ignore[union-attr]
    assert isinstance(found, PlaceForm)
    said = "\n".join(texts(found))
    assert "Moves by" in said and state.units[int(state.cases.cell[other])].name in said and "Grid worker: number" in said
    assert len(events(cases, case)) == 1
    write(found.note, "the caller meant the other lamp")
    confirm(cases, qtbot)
    assert (cases.session.state.cases.x[row], cases.session.state.cases.cell[row]) == (x, state.cases.cell[other])  # type: ignore[union-attr]
    assert f"X {x:.0f} Y {y:.0f}" in card(cases)


def test_which_cell_is_asked_once_near_a_border(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, place=Place(*_spot(cases), accuracy=5000.0))
    row = int(np.searchsorted(cases.session.state.cases.id, case))  # type: ignore[union-attr]
    assert "Which cell?" in card(cases) and card(cases).count("Grid worker: ") >= 2
    choices = [b for b in cases.page.inspector.findChildren(QPushButton) if b.toolTip() == "It lies in this cell"]  # type: ignore[union-attr]
    assert len(choices) == 2
    name = choices[1].text()
    qtbot.mouseClick(choices[1], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    cases.tasks.wait()
    cell = int(cases.session.state.cases.cell[row])  # type: ignore[union-attr]
    assert cases.session.state.units[cell].name in name and "Which cell?" not in card(cases)  # type: ignore[union-attr]
    assert events(cases, case)[-1].kind == EventKind.CORRECTED


def test_where_the_rules_name_another_body_one_click_hands_over(cases: Window, qtbot: QtBot) -> None:
    session = cases.session
    assert session is not None
    route = session.derived.router.route(Place(*_spot(cases)), 1, CaseKind.HELP)
    wrong = next(body for body in session.state.bodies if body != route.body)
    case = register(cases, place=Place(*_spot(cases)), category=1, body=wrong)
    name = session.state.bodies[route.body].name
    press(qtbot, cases.page.inspector, f"Hand over to {name}")  # type: ignore[union-attr]
    cases.tasks.wait()
    assert events(cases, case)[-1].target == route.body
    assert not any("Hand over to" in text for text in texts(cases.page.inspector))  # type: ignore[union-attr]


def test_what_is_done_by_one_click_leaves_an_open_form_alone(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, place=Place(*_spot(cases), accuracy=5000.0))
    key(cases, qtbot, EventKind.URGED)
    write(form(cases).note, "half a sentence")
    choices = [b for b in cases.page.inspector.findChildren(QPushButton) if b.toolTip() == "It lies in this cell"]  # type: ignore[union-attr]
    qtbot.mouseClick(choices[0], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    cases.tasks.wait()
    assert events(cases, case)[-1].kind == EventKind.CORRECTED
    assert form(cases).note.text == "half a sentence" and form(cases).confirm_button.isEnabled()


# Undo


def test_a_step_is_not_undone(cases: Window, qtbot: QtBot) -> None:
    session = cases.session
    assert session is not None
    cases.perform_named("assign_workers")
    cases.tasks.wait()
    done = session.done_count
    case = register(cases)
    key(cases, qtbot, EventKind.PICKED_UP)
    confirm(cases, qtbot)
    qtbot.keyClick(cases.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    cases.tasks.wait()
    assert "A step of a whistle is not undone; record a correction" in cases.banner.text
    assert session.done_count == done and state_of(cases, case) == State.PICKED_UP
    undo = [b for b in cases.banner.findChildren(QPushButton) if b.text().startswith("Undo “")]
    qtbot.mouseClick(undo[0], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    cases.tasks.wait()
    assert session.done_count == done - 1 and state_of(cases, case) == State.PICKED_UP


# Several


def test_a_step_of_several_tells_what_was_refused(cases: Window, qtbot: QtBot) -> None:
    listed = [register(cases, hours=hours) for hours in (6, 5, 4)]
    step(cases, listed[1], EventKind.PICKED_UP)
    cases.session.select("cases", *listed)  # type: ignore[union-attr]
    assert "3 whistles" in card(cases)
    words = [b.text() for b in bar(cases).findChildren(QPushButton) if b.isVisible()]
    assert "Urge (3)" in words and not any(word.startswith("Pick up") for word in words)
    menu = [action.text().split("\t")[0] for action in cases.findChildren(QWidget, "step-more")[-1].menu().actions()]  # type: ignore[attr-defined]
    assert "Pick up (2 of 3)" in menu and not any("Merge" in text for text in menu)
    key(cases, qtbot, EventKind.PICKED_UP)
    assert form(cases).title.text() == "Pick up: 2 whistles"
    write(form(cases).time.line, "2022-04-01 03:30")
    confirm(cases, qtbot)
    assert [state_of(cases, case) for case in listed] == [State.PICKED_UP, State.PICKED_UP, State.WAITING], "blown after 03:30"
    assert "Recorded for 1 whistle. 1 were refused:" in cases.banner.text and "cannot have been at" in cases.banner.text


# Photos


def test_a_photo_is_dropped_shown_and_saved_without_its_place(cases: Window, qtbot: QtBot, tmp_path: Path) -> None:
    from PIL import Image

    from gis_app.files.photos import position
    from gis_app.gui.attachment_list import AttachmentList

    case = register(cases, place=Place(*_spot(cases)))
    taken = tmp_path / "lamp.jpg"
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 54.0, 0.0), 3: "E", 4: (123.0, 30.0, 0.0)})
    Image.new("RGB", (80, 60), (200, 30, 30)).save(taken, exif=exif)
    assert position(taken.read_bytes()) == (123.5, 47.9)

    def files() -> AttachmentList:
        return cases.page.inspector.findChildren(AttachmentList)[-1]  # type: ignore[union-attr]

    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(taken))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    files().dragEnterEvent(QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    files().dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))
    cases.tasks.wait()
    assert "lamp.jpg" in card(cases) and events(cases, case)[-1].data == {"attachment": "lamp.jpg"}
    press(qtbot, files(), "lamp.jpg")
    pictures = [label for label in files().findChildren(QLabel) if label.accessibleName() == "lamp.jpg"]
    assert pictures and not pictures[0].pixmap().isNull()
    qtbot.waitUntil(lambda: "Put the whistle where it was taken" in texts(files()))
    files().save(files().files[0], tmp_path / "out.jpg")
    assert position((tmp_path / "out.jpg").read_bytes()) is None and position(taken.read_bytes())


def test_a_photo_that_is_none_is_refused_in_one_sentence(cases: Window, tmp_path: Path) -> None:
    from gis_app.gui.attachment_list import AttachmentList

    case = register(cases, place=Place(*_spot(cases)))
    before = len(events(cases, case))
    (tmp_path / "lamp.jpg").write_bytes(b"no picture at all")
    cases.page.inspector.findChildren(AttachmentList)[-1].add([tmp_path / "lamp.jpg"])  # type: ignore[union-attr]
    cases.tasks.wait()
    assert "lamp.jpg is no picture, or a damaged one: it cannot be read." in texts(cases.banner)
    assert len(events(cases, case)) == before


def test_a_photo_offers_its_place_to_a_whistle_that_lies_elsewhere(cases: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """At once, with how far it is and a reason; no longer when the whistle lies there."""
    from PIL import Image

    from gis_app.gui.attachment_list import AttachmentList

    x, y = _spot(cases)
    lon, lat = (float(value[0]) for value in from_county(np.array([x]), np.array([y]), cases.session.state.settings.crs))  # type: ignore[union-attr]
    case = register(cases, place=Place(x + 400.0, y))
    exif, taken = Image.Exif(), tmp_path / "lamp.jpg"
    exif.get_ifd(0x8825).update({1: "N", 2: (int(lat), 0.0, lat % 1 * 3600), 3: "E", 4: (int(lon), 0.0, lon % 1 * 3600)})
    Image.new("RGB", (80, 60), (200, 30, 30)).save(taken, exif=exif)

    def files() -> AttachmentList:
        return cases.page.inspector.findChildren(AttachmentList)[-1]  # type: ignore[union-attr]

    files().add([taken])
    cases.tasks.wait()
    qtbot.waitUntil(lambda: "The photo was taken 400 m from the place of the whistle." in texts(files()))
    press(qtbot, files(), "Put the whistle where it was taken")
    asked = cases.page.inspector.steps.form  # type: ignore[union-attr]
    assert isinstance(asked, PlaceForm) and asked.note.text == "Taken over from the photo lamp.jpg"
    confirm(cases, qtbot)
    state = cases.session.state.cases  # type: ignore[union-attr]
    at = int(np.flatnonzero(state.id == case)[0])
    assert abs(state.x[at] - x) < 1 and abs(state.y[at] - y) < 1
    assert events(cases, case)[-1].kind == EventKind.CORRECTED
    wait_aside()
    QCoreApplication.processEvents()
    assert "Put the whistle where it was taken" not in texts(files())


def test_a_photo_gives_a_whistle_without_a_point_its_place(cases: Window, qtbot: QtBot, tmp_path: Path) -> None:
    from PIL import Image

    from gis_app.gui.attachment_list import AttachmentList

    register(cases)
    exif, taken = Image.Exif(), tmp_path / "lamp.jpg"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 54.0, 0.0), 3: "E", 4: (123.0, 30.0, 0.0)})
    Image.new("RGB", (80, 60), (200, 30, 30)).save(taken, exif=exif)
    files = lambda: cases.page.inspector.findChildren(AttachmentList)[-1]  # type: ignore[union-attr]  # noqa: E731
    files().add([taken])
    cases.tasks.wait()
    qtbot.waitUntil(lambda: "The photo says where it was taken; the whistle has no point on the map." in texts(files()))


# Small parts


def test_bodies_are_found_by_name_code_and_initials(cases: Window) -> None:
    bodies = cases.session.state.bodies  # type: ignore[union-attr]
    land = next(body for body in bodies.values() if body.name == "县自然资源局")
    for words in ("自然资源", "zrzy", "xzrzy", land.code):
        assert found_bodies(bodies, words)[0] == land.id, words
    assert found_bodies(bodies, "", (Suggested(land.id, msg("why")),))[0] == land.id
    assert len(found_bodies(bodies, "")) == len(bodies) and not found_bodies(bodies, "没有这个单位")


def test_every_field_is_told_its_own_objection() -> None:
    at = datetime(2020, 5, 1, 12, tzinfo=UTC)
    standing = Standing(State.PICKED_UP, 3, at, at, at)
    wrong: Callable[[Event], set[str]] = lambda event: set(objections(standing, event, at + timedelta(hours=9), at))  # noqa: E731
    assert wrong(Event(1, EventKind.PROMISED, at + timedelta(hours=1))) == {"deadline"}
    assert wrong(Event(1, EventKind.PROMISED, at + timedelta(hours=99))) == {"time", "deadline"}
    assert wrong(Event(1, EventKind.RETURNED, at - timedelta(hours=1))) == {"note", "time"}
    assert wrong(Event(1, EventKind.HANDED_OVER, at, target=3)) == {"target"}
    assert wrong(Event(1, EventKind.VERIFIED, at)) == {""}
    assert not wrong(Event(1, EventKind.DONE, at))


# On the map and in the table


def _screen(window: Window, case: int) -> QPoint:
    cases = window.session.state.cases  # type: ignore[union-attr]
    row = int(np.searchsorted(cases.id, case))
    x, y = window.canvas.viewport.to_screen(float(cases.x[row]), float(cases.y[row]))
    return QPoint(round(x), round(y))


def test_the_pin_is_dragged_on_the_map(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, place=Place(*_spot(cases), accuracy=5.0))
    cases.page.zoom_to("cases", case)  # type: ignore[union-attr]
    cases.canvas.wait_until_drawn()
    start = _screen(cases, case)
    end = start + QPoint(70, 40)
    qtbot.mousePress(cases.canvas, Qt.MouseButton.LeftButton, pos=start)
    for share in (0.3, 0.7, 1.0):
        qtbot.mouseMove(cases.canvas, start + QPoint(round(70 * share), round(40 * share)))
    qtbot.mouseRelease(cases.canvas, Qt.MouseButton.LeftButton, pos=end)
    found = cases.page.inspector.steps.form  # type: ignore[union-attr]
    assert isinstance(found, PlaceForm), "the map was not dragged"
    assert (found.place.x, found.place.y) == pytest.approx(cases.canvas.viewport.to_map(end.x(), end.y()), abs=1.5)
    press(qtbot, found, "Record the place")
    assert "needs a reason" in found.fields["note"].wrong.text() and len(events(cases, case)) == 1
    write(found.note, "wrong house")
    confirm(cases, qtbot)
    assert "place" in events(cases, case)[-1].data["changes"]  # type: ignore[operator]


def test_whistles_are_selected_by_a_line_around_them(cases: Window, qtbot: QtBot) -> None:
    case = register(cases, place=Place(*_spot(cases)))
    cases.page.zoom_to("cases", case)  # type: ignore[union-attr]
    cases.canvas.wait_until_drawn()
    middle = _screen(cases, case)
    cases.actions_by_id["lasso"].trigger()
    corners = [middle + QPoint(x, y) for x, y in ((-60, -60), (60, -60), (60, 60), (-60, 60))]
    qtbot.mousePress(cases.canvas, Qt.MouseButton.LeftButton, pos=corners[0])
    for corner in corners[1:]:
        qtbot.mouseMove(cases.canvas, corner)
    qtbot.mouseRelease(cases.canvas, Qt.MouseButton.LeftButton, pos=corners[-1])
    session = cases.session
    assert session is not None
    x, y = _spot(cases)
    reach = 60 * cases.canvas.viewport.resolution
    state = session.state.cases
    inside = (np.abs(state.x - x) < reach - 1) & (np.abs(state.y - y) < reach - 1)
    assert set(session.selection.ids["cases"]) == set(state.id[inside].tolist()) and case in session.selection.ids["cases"]
    assert cases.tool == "select"


def test_rows_are_selected_with_control(cases: Window, qtbot: QtBot) -> None:
    session, page = cases.session, cases.page
    assert session is not None and page is not None
    table = page.table.table

    def click(row: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = table.visualRect(page.table.model.index(row, 1)).center()
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, at)

    ids = [int(i) for i in page.table.model.ids[:3]]
    click(0)
    click(2, Qt.KeyboardModifier.ControlModifier)
    assert sorted(session.selection.ids["cases"]) == sorted((ids[0], ids[2])) and "2 whistles" in card(cases)
    click(0, Qt.KeyboardModifier.ControlModifier)
    assert session.selection.ids["cases"] == (ids[2],)
    click(1)
    assert session.selection.ids["cases"] == (ids[1],)
    session.select("cases", *ids)
    assert len(table.selectionModel().selectedRows()) == 3


def test_the_list_goes_on_where_it_was(cases: Window, qtbot: QtBot) -> None:
    """A whistle that leaves the list by its step stays on the card; Tab goes to the one that followed it."""
    from dataclasses import replace

    from gis_app.cases.queue import Queue

    session, page = cases.session, cases.page
    assert session is not None and page is not None
    for hours in (0.1, 0.2, 0.3, 0.4):
        register(cases, hours=hours)
    session.set_filter(replace(session.filter, queue=Queue.NEW))
    first, second, third = (int(i) for i in page.table.model.ids[:3])
    page.zoom_to("cases", second)
    cases.canvas.setFocus()
    key(cases, qtbot, EventKind.PICKED_UP)
    confirm(cases, qtbot)
    assert session.selected == ("cases", second) and page.table.model.row_of(second) < 0
    qtbot.keyClick(cases.canvas, Qt.Key.Key_Tab)
    assert session.selected == ("cases", third) and first != third


def test_a_hand_over_proposes_departments_of_the_same_kind_and_those_chosen_last(cases: Window, qtbot: QtBot) -> None:
    session = cases.session
    assert session is not None
    bodies = session.state.bodies
    department = next(body for body in bodies.values() if body.category)
    alike = {body.id for body in bodies.values() if body.category == department.category} - {department.id}
    assert alike
    register(cases, body=department.id)
    key(cases, qtbot, EventKind.HANDED_OVER)
    listed = form(cases).target.list
    proposed = [listed.item(at).data(Qt.ItemDataRole.UserRole) for at in range(listed.count()) if "·" in listed.item(at).text()]
    assert alike & set(proposed)
    last = next(body.id for body in bodies.values() if body.id not in proposed and body.id != department.id)
    write(form(cases).target.words, bodies[last].name)
    write(form(cases).note, "theirs")
    confirm(cases, qtbot)
    register(cases, body=department.id)
    key(cases, qtbot, EventKind.HANDED_OVER)
    listed = form(cases).target.list
    assert any(bodies[last].name in listed.item(at).text() and "chosen last" in listed.item(at).text() for at in range(listed.count()))
    assert listed.height() <= 5 * listed.sizeHintForRow(0) + 2 * listed.frameWidth()
