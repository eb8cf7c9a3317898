"""The rules beside the map: seen, narrowed, added, changed, refused, removed, undone; tried out on a place; handing over by them."""

from datetime import date

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.cases.bodies import Rule, Step
from gis_app.cases.case import OPEN_STATES
from gis_app.cases.routing import specificity
from gis_app.county.rule_edits import add_rule, change_rule
from gis_app.gui import rule_words, rules_panel
from gis_app.gui.elsewhere_page import ElsewherePage, ElsewhereSection
from gis_app.gui.limits_page import CategoriesPage, LimitsPage, hours_text
from gis_app.gui.list_page import Form
from gis_app.gui.route_bench import RouteBench
from gis_app.gui.rules_page import RulesPage
from gis_app.gui.rules_panel import RulesPanel
from gis_app.gui.search_choice import Option, SearchChoice
from gis_app.gui.small_table import Row
from gis_app.gui.task import wait_aside
from gis_app.gui.window import Window
from gis_app.language import Message
from tests.gui.conftest import press


def settle(window: Window) -> None:
    """Let edits, looking aside and the turns after them come to their end."""
    for _ in range(3):
        window.tasks.wait()
        wait_aside()
        QCoreApplication.processEvents()


def opened(window: Window, tab: str = "rules") -> RulesPanel:
    window.set_workspace("cases")
    panel = rules_panel.show(window, tab)
    assert panel is not None
    settle(window)
    return panel


def page_of(window: Window) -> RulesPage:
    page = opened(window).pages["rules"]
    assert isinstance(page, RulesPage)
    return page


def cells(page: RulesPage | LimitsPage | CategoriesPage | ElsewherePage) -> list[list[str]]:
    model = page.table.model()
    return [[model.index(row, column).data() for column in range(model.columnCount())] for row in range(model.rowCount())]


def field(form: Form, name: str) -> QWidget:
    return next(w for w in (*form.findChildren(QComboBox), *form.findChildren(QLineEdit)) if w.accessibleName() == name)


def write(qtbot: QtBot, box: QWidget, words: str) -> None:
    """Type into a box that one can search in, and leave it."""
    line = box.lineEdit() if isinstance(box, QComboBox) else box
    assert isinstance(line, QLineEdit)
    line.setFocus()
    line.selectAll()
    if words.isascii():
        qtbot.keyClicks(line, words)
    else:  # as from an input method
        line.insert(words)
    if isinstance(box, SearchChoice):
        box.settle()


def texts(widget: QWidget) -> str:
    return "\n".join(found.text() for found in widget.findChildren(QLabel))


def form_of(page: RulesPage | LimitsPage | CategoriesPage) -> Form:
    form = page.form
    assert form is not None
    return form


def test_the_key_opens_the_rules_beside_the_map_and_esc_leaves_them(window: Window, qtbot: QtBot) -> None:
    page = window.page
    assert page is not None
    window.set_workspace("cases")
    before = page.across.sizes()
    window.canvas.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ShiftModifier)
    panel = page.right.currentWidget()
    assert isinstance(panel, RulesPanel) and page.right.width() > 500 and page.view.width() > 300, "a table needs room, and the map stays"
    qtbot.keyClick(panel.tabs, Qt.Key.Key_Escape)
    assert page.right.currentWidget() is page.inspector and page.across.sizes() == before


def test_within_a_category_the_rule_that_wins_stands_first(window: Window) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    rules = session.state.rules
    shown = [rules[int(row[0])] for row in cells(page)]
    assert len(shown) == len(rules) and "in all" in page.counted.text()
    assert shown == sorted(shown, key=lambda rule: (rule.category == 0, rule.category, specificity(rule)))
    assert shown[-1].category == 0
    decides = {int(row[0]): row[6] for row in cells(page)}
    ended = [rule.id for rule in rules.values() if rule.valid_to and rule.valid_to < date(2022, 4, 1)]
    assert ended and all(decides[id] == "Ended" for id in ended)
    assert decides[1] == "Yes"


def test_the_table_is_narrowed_by_words_category_and_body(window: Window, qtbot: QtBot) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    lights = next(c for c in session.state.categories.values() if c.code == "B02")
    write(qtbot, page.category, "B02")
    assert page.category.value == lights.id
    assert {int(row[0]) for row in cells(page)} == {r.id for r in session.state.rules.values() if r.category in (0, lights.id)} - {
        r.id for r in session.state.rules.values() if not r.category
    } and page.counted.text().startswith(f"{len(cells(page))} of {len(session.state.rules)}")
    write(qtbot, page.category, "")
    page.category.choose(0)
    page.refresh()
    qtbot.keyClicks(page.search, "zjj")  # 住建局
    assert cells(page) and all("住建局" in " ".join(row) for row in cells(page))


def test_a_rule_is_added_by_typing_and_undone(window: Window, qtbot: QtBot) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    before = dict(session.county.state.rules)
    press(qtbot, page, "Add a rule")
    form = form_of(page)
    write(qtbot, field(form, "Category"), "B02")
    write(qtbot, field(form, "Sends to"), "gaj")  # 公安局
    write(qtbot, field(form, "Last day"), "2022/12/31")
    assert "category “Street lighting”, until 2022-12-31 → 县公安局" in form.said.text()
    qtbot.keyClick(field(form, "Note"), Qt.Key.Key_Return)
    settle(window)
    (new,) = [rule for id, rule in session.county.state.rules.items() if id not in before]
    assert session.state.bodies[new.body].name == "县公安局" and new.valid_to == date(2022, 12, 31) and new.urgency == 0
    assert page.form is None and page.table.ids == (new.id,), "the new one is selected"
    press(qtbot, page, "Undo")
    settle(window)
    assert session.county.state.rules == before and str(new.id) not in {row[0] for row in cells(page)}


def test_a_rule_that_contradicts_another_is_refused_in_words(window: Window, qtbot: QtBot) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    before = session.county.state
    press(qtbot, page, "Add a rule")
    form = form_of(page)
    write(qtbot, field(form, "First day"), "yesterday")
    press(qtbot, form, "Save")
    assert form.problem.text() == "Write a day as 2020-05-01." and not form.problem.isHidden()
    write(qtbot, field(form, "First day"), "")
    field(form, "First day").clear()  # type: ignore[attr-defined]
    write(qtbot, field(form, "Category"), "A01")
    press(qtbot, form, "Save")
    settle(window)
    assert "Rule 1 sends the same whistles" in form.problem.text() and page.form is form
    assert session.county.state is before
    qtbot.keyClick(field(form, "Note"), Qt.Key.Key_Escape)
    assert page.form is None and window.page is not None and isinstance(window.page.right.currentWidget(), RulesPanel)


def test_a_rule_is_changed_and_removed_by_keys(window: Window, qtbot: QtBot) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    page.table.select_id(1)
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    form = form_of(page)
    kind = field(form, "Kind")
    assert isinstance(kind, QComboBox)
    kind.setCurrentIndex(kind.findData("report"))
    qtbot.keyClick(field(form, "Note"), Qt.Key.Key_Return)
    settle(window)
    assert session.county.state.rules[1].kind == "report"
    page.table.select_id(1)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    settle(window)
    assert 1 not in session.county.state.rules and "1" not in {row[0] for row in cells(page)}


def test_a_shadowed_rule_says_which_comes_first(window: Window) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    session.county.perform(add_rule(Rule(0, 1, body=session.state.rules[2].body, valid_from=date(2020, 1, 1))))
    settle(window)
    row = next(row for row in cells(page) if row[0] == "1")
    new = max(session.county.state.rules)
    assert row[6].startswith(f"Never decides: rule {new}")


def test_time_limits_and_categories_have_their_tabs(window: Window, qtbot: QtBot) -> None:
    panel, session = opened(window, "limits"), window.session
    assert session is not None
    limits = panel.pages["limits"]
    assert isinstance(limits, LimitsPage) and len(cells(limits)) == len(session.state.limits)
    press(qtbot, limits, "Add a time limit")
    form = form_of(limits)
    write(qtbot, field(form, "Category"), "B02")
    write(qtbot, field(form, "Hours"), "soon")
    press(qtbot, form, "Save")
    assert "Write the hours as a number" in form.problem.text()
    write(qtbot, field(form, "Hours"), "36")
    press(qtbot, form, "Save")
    settle(window)
    assert ["Street lighting", "Normal", "36 h"] in cells(limits)
    panel.show_tab("categories")
    categories = panel.pages["categories"]
    assert isinstance(categories, CategoriesPage)
    press(qtbot, categories, "Add a category")
    form = form_of(categories)
    write(qtbot, field(form, "Name of the category"), "窨井盖")
    write(qtbot, field(form, "Keywords"), "井盖，丢失")
    press(qtbot, form, "Save")
    settle(window)
    assert any(row[1:] == ["窨井盖", "", "井盖, 丢失"] for row in cells(categories))
    categories.remove(1)
    settle(window)
    assert "whistles are about it" in texts(window.banner) and 1 in session.county.state.categories


def test_what_would_happen_here_is_told_and_nothing_is_written(window: Window, qtbot: QtBot) -> None:
    panel, session = opened(window, "bench"), window.session
    assert session is not None and window.page is not None
    bench = panel.pages["bench"]
    assert isinstance(bench, RouteBench) and "Click on the map" in texts(bench)
    before, history = session.county.state, session.county.store.history()
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=window.canvas.rect().center())
    write(qtbot, bench.category, "A01")
    bench.show_route()
    told = texts(bench)
    house = session.state.bodies[session.state.rules[1].body].name
    assert house in told and "Category “Illegal building” → " in told and "Why not the others" in told
    assert "Rule 1 is for this category alone, this one for any." in told
    assert "only for kind “Complaint”" in told
    assert window.page.view.place_mark.place is not None
    bench.kind.setCurrentIndex(bench.kind.findData("complain"))
    bench.show_route()
    assert session.state.bodies[session.state.rules[37].body].name in texts(bench)
    write(qtbot, bench.day, "31 February")
    assert "Write a day as 2020-05-01." in texts(bench)
    assert session.county.state is before and session.county.store.history() == history


def test_the_bench_takes_the_selected_unit_or_whistle_and_shows_a_rule(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    window.set_workspace("cases")
    case = int(session.state.cases.id[5])
    session.select("cases", case)
    panel = opened(window, "bench")
    bench = panel.pages["bench"]
    assert isinstance(bench, RouteBench)
    assert bench.category.value == int(session.state.cases.category[5]) and "goes to" in texts(bench)
    link = next(b for b in bench.findChildren(QPushButton) if b.text().startswith("Rule ") and b.isVisible())
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton, pos=QPoint(5, link.height() // 2))
    page = panel.pages["rules"]
    assert isinstance(page, RulesPage) and page.isVisible() and link.text() == f"Rule {page.table.ids[0]}"


def test_what_the_rules_would_send_elsewhere_is_counted_listed_and_handed_over(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("cases")
    settle(window)
    section = page.findChild(ElsewhereSection)
    assert section is not None and section.count == 0
    cases = session.state.cases
    mine = np.isin(cases.state, list(OPEN_STATES)) & (cases.arrived == cases.blown) & (cases.body > 0)
    category = int(np.bincount(cases.category[mine]).argmax())
    rule = next(r for r in session.state.rules.values() if r.category == category and not (r.kind or r.urgency or r.unit or r.unit_kind))
    centre = next(body.id for body in session.state.bodies.values() if body.kind == "centre")
    session.county.perform(change_rule(Rule(rule.id, category, body=centre)))
    settle(window)
    assert section.count > 0
    press(qtbot, section, f"Rules name another body: {section.count}")
    settle(window)
    panel = page.right.currentWidget()
    assert isinstance(panel, RulesPanel)
    listed = panel.pages["elsewhere"]
    assert isinstance(listed, ElsewherePage) and len(cells(listed)) == section.count
    assert all(row[2] == session.state.bodies[centre].name and not row[4] for row in cells(listed))
    shown = listed.shown
    assert shown is not None
    ids = shown.case.tolist()
    press(qtbot, listed, f"Hand over all {section.count}")
    assert listed.sure is not None and "cannot be undone" in texts(listed)
    qtbot.mouseClick(listed.sure, Qt.MouseButton.LeftButton)
    settle(window)
    now = session.county.state.cases
    held = now.body[np.isin(now.id, ids)]
    left = {int(case) for case in now.id[np.isin(now.id, ids) & (now.body != centre)]}
    assert (held == centre).any() and section.count == len(left), "what refused (a suspended one) stays listed"


def test_nothing_can_be_pressed_before_it_is_known_what_the_rules_name(window: Window, qtbot: QtBot) -> None:
    page = ElsewherePage(window)
    qtbot.addWidget(page)
    page.show()
    assert not [part for part in page.findChildren(QAbstractButton) if part.isVisible()] and "Counting …" in texts(page)
    settle(window)
    found = {part.text(): part.isEnabled() for part in page.findChildren(QAbstractButton) if part.isVisible()}
    handing = {text: can for text, can in found.items() if text.startswith("Hand over")}
    assert handing == {"Hand over the selected": False, "Hand over all 0": False} and "" not in found


def test_the_place_page_asks_the_rules_of_now(window: Window) -> None:
    session = window.session
    assert session is not None
    before = session.derived.router
    session.county.perform(add_rule(Rule(0, 1, "help", step=Step.CENTRE)))
    settle(window)
    assert session.derived.router is not before and len(session.derived.router.rules) == len(before.rules) + 1


def test_a_choice_is_found_by_name_code_and_pinyin(qtbot: QtBot) -> None:
    told: list[object] = []
    box = SearchChoice("Body", [Option("any", 0), Option("县住建局", 1, "D101"), Option("县公安局", 2, "D102")], 2, told.append)
    qtbot.addWidget(box)
    assert box.value == 2
    for words, value in (("住建", 1), ("D102", 2), ("zjj", 1), ("", 0), ("县公安局", 2)):
        box.setEditText(words)
        assert box.value == value, words
    box.setEditText("nothing like it")
    assert box.value == 2 and box.currentText() == "县公安局", "what is not there changes nothing"
    assert told == [1, 2, 1, 0, 2]
    box.offer([Option("any", 0), Option("县公安局", 2)])
    assert box.value == 2
    box.offer([Option("any", 0)])
    assert box.value == 0


def test_enter_first_chooses_what_is_offered_then_keeps_the_form(window: Window, qtbot: QtBot) -> None:
    page, session = page_of(window), window.session
    assert session is not None
    before = len(session.county.state.rules)
    press(qtbot, page, "Add a rule")
    form = form_of(page)
    box = field(form, "Where")
    assert isinstance(box, SearchChoice)
    line, completer = box.lineEdit(), box.completer()
    assert line is not None and completer is not None
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "230225")  # the beginning of every code
    qtbot.waitUntil(completer.popup().isVisible)
    for _ in range(3):
        qtbot.keyClick(completer.popup(), Qt.Key.Key_Down)
    wanted = line.text()
    qtbot.keyClick(completer.popup(), Qt.Key.Key_Return)
    QCoreApplication.processEvents()
    assert page.form is form and not completer.popup().isVisible(), "only chosen so far"
    assert box.currentText() == wanted and isinstance(box.value, int) and box.value in session.state.units
    qtbot.keyClick(line, Qt.Key.Key_Return)
    settle(window)
    assert page.form is None and len(session.county.state.rules) == before + 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-05-01", date(2020, 5, 1)), ("2020/5/1", date(2020, 5, 1)), ("2020年5月1日", date(2020, 5, 1)),
        ("20200501", date(2020, 5, 1)), (" ", None),
    ],
)  # fmt: skip
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert rule_words.day_of(text) == day


@pytest.mark.parametrize("text", ["2020-02-31", "5-1", "tomorrow", "2020-13-01"])
def test_what_is_no_day_is_said(text: str) -> None:
    assert isinstance(rule_words.day_of(text), Message)


def test_rows_are_found_by_several_words_and_hours_read_well() -> None:
    row = Row(1, ("37", "违法建设", "县住建局"))
    assert row.holds("") and row.holds("住建 37") and row.holds("wfjs") and not row.holds("住建 38")
    assert [hours_text(hours) for hours in (0.5, 2, 24, 48, 168, 50)] == ["0.5 h", "2 h", "24 h", "2 d", "7 d", "50 h"]
