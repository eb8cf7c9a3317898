"""Households are added, edited, moved, merged, retired and pinned in the window, and what is wrong with them is listed."""

from datetime import date

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind
from gis_app.county.household_edits import add_household, change_households, merge_households, retire_households
from gis_app.county.problems import ProblemKind
from gis_app.county.worker_edits import change_worker
from gis_app.grid.household_quality import Fault, Mend
from gis_app.grid.pinyin import initials
from gis_app.grid.privacy import mask_phone
from gis_app.gui import household_work
from gis_app.gui.flags_form import FlagsForm
from gis_app.gui.household_form import HouseholdForm, MergePanel
from gis_app.gui.household_quality_panel import QualityPanel
from gis_app.gui.retired_panel import RetiredPanel
from gis_app.gui.rows import HouseholdRows
from gis_app.gui.window import Window
from gis_app.gui.words import unit_name
from gis_app.language import tr
from tests.gui.conftest import press


@pytest.fixture
def plan(window: Window) -> Window:
    """The window in the workspace Plan."""
    window.set_workspace("plan")
    window.tasks.wait()
    return window


def right(window: Window) -> object:
    assert window.page is not None
    return window.page.right.currentWidget()


def cell_of(window: Window, household: int) -> int:
    assert window.session is not None
    homes = window.session.state.households
    return int(homes.cell[np.searchsorted(homes.id, household)])


def stored(window: Window, household: int, field: str) -> object:
    assert window.session is not None
    return window.session.county.store.rows("households", np.array([household]), [field])[field][0]


def texts(window: Window) -> str:
    assert window.page is not None
    inspector = window.page.inspector
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return "\n".join(made.text() for made in inspector.findChildren(QLabel))


def test_a_household_is_added_by_a_click_on_the_map(plan: Window, qtbot: QtBot) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    before = set(session.state.households.id.tolist())
    plan.actions_by_id["add_household"].trigger()
    qtbot.mouseClick(plan.canvas, Qt.MouseButton.LeftButton, pos=plan.canvas.rect().center())
    form = right(plan)
    assert isinstance(form, HouseholdForm)
    form.fields["head"].setText("钱多多")
    form.flags["低保"].setChecked(True)
    form.resident.setChecked(False)
    qtbot.keyClick(form.fields["head"], Qt.Key.Key_Return)
    plan.tasks.wait()
    (new,) = set(session.state.households.id.tolist()) - before
    assert (stored(plan, new, "head"), stored(plan, new, "flags"), bool(stored(plan, new, "resident"))) == ("钱多多", "低保", False)
    assert cell_of(plan, new) == plan.canvas.cell_at(*(float(v) for v in plan.canvas.rect().center().toTuple()))
    assert session.selected == ("households", new)
    plan.undo()
    plan.tasks.wait()
    assert new not in session.state.households.id


def test_names_phones_flags_and_notes_are_masked_until_asked_for(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    plan.perform(
        change_households(session.county.store, {1: {"head": "欧阳天成", "flags": "低保", "notes": "每周走访", "phone": "13812341234"}})
    )
    plan.tasks.wait()
    session.select("households", 1)
    assert "欧*" in texts(plan) and "138****1234" in texts(plan)
    assert not any(secret in texts(plan) for secret in ("欧阳天成", "低保", "每周走访", "13812341234"))
    plan.page.inspector.toggle_private()
    assert all(secret in texts(plan) for secret in ("欧阳天成", "低保", "每周走访", "13812341234"))
    session.select("households", 2)
    session.select("households", 1)
    assert "欧阳天成" not in texts(plan)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(plan: Window) -> None:
    session = plan.session
    assert session is not None
    session.select("households", 1)
    plan.actions_by_id["edit_household"].trigger()
    form = right(plan)
    assert isinstance(form, HouseholdForm)
    form.fields["code"].setText(str(stored(plan, 2, "code")))
    form.keep()
    plan.tasks.wait()
    assert right(plan) is form and "already" in form.problem.text()
    form.fields["code"].setText("N1")
    form.keep()
    plan.tasks.wait()
    assert right(plan) is not form and stored(plan, 1, "code") == "N1"


def test_a_household_that_is_dropped_on_another_cell_moves_or_is_pinned(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    homes = session.state.households
    first = int(homes.id[homes.cell != 0][0])
    other = int(homes.id[(homes.cell != 0) & (homes.cell != cell_of(plan, first)) & ~homes.pinned][0])
    at = int(np.searchsorted(homes.id, other))
    place = (float(homes.x[at]), float(homes.y[at]))
    session.select("households", first)
    assert (plan.canvas.movable_table, plan.canvas.movable) == ("households", first)
    household_work.put_here(plan, first, *place)
    question = plan.page.view.question
    assert question.isVisible()
    answers = [made for made in question.findChildren(type(plan.page.inspector.private_button())) if made.text() == "It lives there"]
    answers[0].click()
    plan.tasks.wait()
    assert cell_of(plan, first) == cell_of(plan, other)
    assert float(session.state.households.x[np.searchsorted(session.state.households.id, first)]) == place[0]


def test_the_lasso_takes_households_which_are_pinned_and_let_go(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    homes = session.state.households
    cell = int(homes.cell[homes.cell != 0][0])
    mine = homes.id[(homes.cell == cell) & np.isfinite(homes.x)]
    session.select("units", cell)
    plan.actions_by_id["households_of_unit"].trigger()
    assert set(session.selection.ids["households"]) >= set(mine.tolist())
    x, y = homes.x[np.searchsorted(homes.id, mine[:3])], homes.y[np.searchsorted(homes.id, mine[:3])]
    west, south, east, north = x.min() - 1, y.min() - 1, x.max() + 1, y.max() + 1
    plan.canvas.area_picked.emit(((west, south), (east, south), (east, north), (west, north)))
    found = session.selection.ids["households"]
    assert set(mine[:3].tolist()) <= set(found)
    other = next(unit for unit in session.state.coverage.cells if unit != cell)
    household_work.pin(plan, other)
    plan.tasks.wait()
    assert {cell_of(plan, one) for one in found} == {other}
    plan.actions_by_id["unpin_households"].trigger()
    plan.tasks.wait()
    assert cell_of(plan, int(mine[0])) == cell


def test_a_household_without_a_place_is_put_on_the_map_with_a_click(plan: Window, qtbot: QtBot) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    plan.perform(add_household(session.county.store, None, head="钱多多"))
    plan.tasks.wait()
    new = int(session.state.households.id.max())
    session.select("households", new)
    press(qtbot, plan.page.inspector, "Put on the map")
    qtbot.keyClick(plan, Qt.Key.Key_Escape)
    assert plan.page.view.picked is None and session.selected == ("households", new), "Escape takes the question back, nothing else"
    press(qtbot, plan.page.inspector, "Put on the map")
    qtbot.mouseClick(plan.canvas, Qt.MouseButton.LeftButton, pos=plan.canvas.rect().center())
    plan.tasks.wait()
    assert cell_of(plan, new) == plan.canvas.cell_at(*(float(v) for v in plan.canvas.rect().center().toTuple())) != 0
    assert plan.page.view.picked is None and session.selected == ("households", new)
    assert not any(link.text() == "Put on the map" for link in plan.page.inspector.findChildren(QPushButton) if link.isVisible())
    plan.undo()
    plan.tasks.wait()
    assert cell_of(plan, new) == 0


def test_a_draft_shows_the_cell_that_a_household_is_pinned_to_in_it(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    homes = session.state.households
    first = int(homes.id[(homes.cell != 0) & ~homes.pinned][0])
    other = next(unit for unit in session.state.coverage.cells if unit != cell_of(plan, first))
    before, name = unit_name(session.state.units[cell_of(plan, first)]), unit_name(session.state.units[other])
    household_work.pin(plan, other, [first])  # the published plan stays as it is: this opens a draft
    plan.tasks.wait()
    assert session.drafting
    session.select("households", first)
    shown = [link.text() for link in plan.page.inspector.findChildren(QPushButton)]
    assert (name in shown, before in shown, tr("set by hand") in texts(plan)) == (True, False, True)
    (row,) = HouseholdRows(session).page(np.array([first]))
    assert row[4:] == (name, tr("set by hand"))


def test_the_card_of_a_household_names_who_answers_for_an_absent_worker(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    figures = next(f for cell, f in session.derived.figures.items() if cell in session.state.coverage.cells and len(f.workers) == 1)
    worker = session.state.workers[figures.workers[0]]
    other = next(one for one in session.state.workers.values() if one.id != worker.id and one.works_on(session.state.settings.today()))
    plan.perform(change_worker(worker.id, absent_from=date(2000, 1, 1), absent_until=None, substitute=other.id, notes="心脏病"))
    plan.tasks.wait()
    session.select("households", next(int(one) for one in session.state.households.id if cell_of(plan, int(one)) == worker.cells[0]))
    assert "Answers today" in texts(plan)
    shown = [link.text() for link in plan.page.inspector.findChildren(QPushButton)]
    assert any(text.endswith(mask_phone(other.phone)) for text in shown) and any(text.endswith(mask_phone(worker.phone)) for text in shown)
    session.select("workers", worker.id)
    assert "心脏病" not in texts(plan)
    plan.page.inspector.toggle_private()
    assert "心脏病" in texts(plan)


def test_duplicates_are_merged_side_by_side(plan: Window) -> None:
    session = plan.session
    assert session is not None
    plan.perform(change_households(session.county.store, {1: {"phone": ""}, 2: {"phone": "13712345678"}}))
    plan.tasks.wait()
    session.select("households", 1, 2)
    plan.actions_by_id["merge_households"].trigger()
    panel = right(plan)
    assert isinstance(panel, MergePanel)
    panel.choose("head", str(stored(plan, 2, "head")))
    head = stored(plan, 2, "head")
    panel.merge()
    plan.tasks.wait()
    assert 2 in session.state.retired and (stored(plan, 1, "phone"), stored(plan, 1, "head")) == ("13712345678", head)


def test_who_left_is_retired_with_a_reason(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    session.select("households", 1, 3)
    plan.actions_by_id["retire_households"].trigger()
    field = plan.page.view.question.field
    assert field is not None
    field.returnPressed.emit()
    assert plan.page.view.question.isVisible(), "a reason is needed"
    field.setText("举家迁走")
    field.returnPressed.emit()
    plan.tasks.wait()
    assert {1, 3} <= session.state.retired


def test_the_quality_list_mends_many_at_once(plan: Window) -> None:
    session = plan.session
    assert session is not None
    store = session.county.store
    changes = {1: {"phone": "138 1234 1234"}, 2: {"phone": "+86-13912341234"}, 3: {"phone": "none"}, 4: {"code": "2.0"}}
    plan.perform(change_households(store, changes))
    plan.tasks.wait()
    plan.actions_by_id["household_quality"].trigger()
    plan.tasks.wait()
    panel = right(plan)
    assert isinstance(panel, QualityPanel)
    panel.choose(Fault.PHONE)
    assert [one.ids for one in panel.listed] == [(1,), (2,), (3,)]
    panel.mend(Mend.PHONE)
    plan.tasks.wait()
    assert (stored(plan, 1, "phone"), stored(plan, 2, "phone")) == ("13812341234", "13912341234")
    assert [one.ids for one in panel.listed if one.mend == Mend.PHONE] == []
    panel.go(1)
    assert session.selected == ("households", 3)


def test_the_office_has_flags_of_its_own(plan: Window) -> None:
    session = plan.session
    assert session is not None
    plan.actions_by_id["household_flags"].trigger()
    form = right(plan)
    assert isinstance(form, FlagsForm)
    form.lines[0][0].setText("")
    word, english, weight = form.lines[-1]
    word.setText("低保")
    form.keep()
    assert "twice" in form.problem.text()
    word.setText("空巢老人")
    english.setText("empty nest")
    weight.setValue(1.5)
    form.keep()
    plan.tasks.wait()
    flags = session.state.settings.flags
    assert "防贫监测" not in flags and flags["空巢老人"] == {"name_en": "empty nest", "weight": 1.5}
    session.select("households", 1)
    plan.actions_by_id["edit_household"].trigger()
    edited = right(plan)
    assert isinstance(edited, HouseholdForm) and edited.flags["空巢老人"].text() == "Empty nest"
    plan.undo()
    plan.tasks.wait()
    assert "防贫监测" in session.state.settings.flags


def test_a_whistle_names_who_left_the_register_masked_and_without_a_link(plan: Window) -> None:
    session = plan.session
    assert session is not None
    cases = session.state.cases
    at = int(np.flatnonzero((cases.household != 0) & (cases.kind != CaseKind.REPORT))[0])
    household = int(cases.household[at])
    head = str(stored(plan, household, "head"))
    plan.perform(retire_households(session.county.store, [household], "举家迁走"))
    plan.tasks.wait()
    plan.set_workspace("cases")
    session.select("cases", int(cases.id[at]))
    plan.tasks.wait()
    QCoreApplication.processEvents()
    assert "no longer in the register" in texts(plan) and f"{head[0]}*" in texts(plan)
    assert head not in texts(plan)


def test_who_left_the_register_is_listed_and_brought_back(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    known = set(session.state.retired)
    code, head = str(stored(plan, 3, "code")), str(stored(plan, 3, "head"))
    plan.perform(retire_households(session.county.store, [3], "举家迁走", date(2030, 5, 20)))
    plan.tasks.wait()
    plan.page.table.show_choice("Households", "")
    assert plan.page.table.retired.isVisible() and plan.page.table.retired.text() == f"Retired: {len(known) + 1}"
    plan.page.table.retired.click()
    panel = right(plan)
    assert isinstance(panel, RetiredPanel)
    first = panel.list.item(0)
    assert panel.list.count() == len(known) + 1 and first is not None
    assert code in first.text() and "2030-05-20: 举家迁走" in first.text() and f"{head[0]}*" in first.text()
    assert head not in first.text() + first.toolTip()
    plan.actions_by_id["show_names"].trigger()
    assert head in panel.list.item(0).text()
    panel.words.setText(initials(head))
    assert panel.list.count() < len(known) + 1 and panel.rows[3].code == code
    panel.words.setText(code)
    panel.list.setCurrentRow(0)
    panel.back.click()
    plan.tasks.wait()
    QCoreApplication.processEvents()
    assert session.selected == ("households", 3) and session.state.retired == known and 3 not in panel.rows
    plan.undo()
    plan.tasks.wait()
    assert 3 in session.state.retired


def test_a_merged_household_shows_the_way_to_the_kept_one(plan: Window) -> None:
    session = plan.session
    assert session is not None and plan.page is not None
    plan.perform(merge_households(session.county.store, 1, [2]))
    plan.tasks.wait()
    household_work.show_retired(plan, 2)
    panel = right(plan)
    assert isinstance(panel, RetiredPanel) and panel.chosen is not None and panel.chosen.kept == 1
    assert panel.kept.isVisible() and str(stored(plan, 1, "code")) in panel.list.currentItem().text()
    panel.kept.click()
    assert session.selected == ("households", 1) and right(plan) is plan.page.inspector


def test_why_none_can_be_brought_back_is_said(plan: Window) -> None:
    session = plan.session
    assert session is not None
    code = str(stored(plan, 3, "code"))
    plan.perform(retire_households(session.county.store, [3], "举家迁走"))
    plan.tasks.wait()
    plan.perform(change_households(session.county.store, {1: {"code": code}}))
    plan.tasks.wait()
    household_work.show_retired(plan, 3)
    panel = right(plan)
    assert isinstance(panel, RetiredPanel)
    panel.bring_back()
    plan.tasks.wait()
    assert plan.banner.isVisible() and 3 in session.state.retired
    plan.set_workspace("cases")
    household_work.show_retired(plan, 3)
    panel = right(plan)
    assert isinstance(panel, RetiredPanel) and not panel.back.isEnabled() and "workspace Plan" in panel.back.toolTip()


def test_merging_side_by_side_masks_and_tells_apart_what_looks_the_same(plan: Window) -> None:
    session = plan.session
    assert session is not None
    known = {"head": "欧阳天成", "phone": "13812341234", "flags": "低保", "notes": "每周走访"}
    other = {"head": "欧阳地久", "phone": "13899991234", "flags": "重病", "notes": ""}
    plan.perform(change_households(session.county.store, {1: known, 2: other}))
    plan.tasks.wait()
    session.select("households", 1, 2)
    plan.actions_by_id["merge_households"].trigger()
    panel = right(plan)
    assert isinstance(panel, MergePanel)

    def written() -> list[str]:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return [box.itemText(at) for box in panel.findChildren(QComboBox) for at in range(box.count())]

    codes = [str(stored(plan, id, "code")) for id in (1, 2)]
    assert {f"欧* ({code})" for code in codes} <= set(written())
    assert not any(secret in text for secret in (*known.values(), *other.values()) if secret for text in written())
    panel.choose("head", "欧阳地久")
    panel.names.click()
    assert {"欧阳天成", "欧阳地久", "13812341234", "每周走访"} <= set(written())
    panel.merge()
    plan.tasks.wait()
    assert stored(plan, 1, "head") == "欧阳地久"


def test_cards_tell_all_households_from_the_resident_ones(plan: Window) -> None:
    session = plan.session
    assert session is not None
    homes = session.state.households
    cells, counts = np.unique(homes.cell[homes.cell != 0], return_counts=True)
    cell = int(cells[np.argmax(counts)])
    away = homes.id[(homes.cell == cell) & homes.resident][:3].tolist()
    plan.perform(change_households(session.county.store, {int(one): {"resident": False} for one in away}))
    plan.tasks.wait()
    homes = session.state.households
    every, resident = int((homes.cell == cell).sum()), int(((homes.cell == cell) & homes.resident).sum())
    assert every >= resident + 3
    session.select("units", cell)
    QCoreApplication.processEvents()
    assert f"{every} households, {resident} resident" in texts(plan)
    session.select("")
    QCoreApplication.processEvents()
    assert f"{len(homes):,} households, {int(homes.resident.sum()):,} resident" in texts(plan)
    plan.perform(change_households(session.county.store, {int(one): {"resident": False} for one in homes.id[homes.cell == cell].tolist()}))
    plan.tasks.wait()
    session.problems.finish()
    told = [str(problem.text) for problem in session.problems.listed if problem.kind == ProblemKind.BELOW_FLOOR]
    assert any("0 resident households, below the floor" in text for text in told)
