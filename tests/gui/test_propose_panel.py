"""The program proposes a grid: alternatives side by side, over the map, and one of them taken over and undone."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from gis_app import bootstrap, language
from gis_app.county.edits import change_settings
from gis_app.county.proposals import Asked, proposing_ways, staffing
from gis_app.county.unit_edits import lock_unit
from gis_app.grid.partition.proposal import Aim
from gis_app.grid.units import Level, UnitKind
from gis_app.gui.assign_panel import AssignPanel
from gis_app.gui.proposal_overlay import ProposalOverlay
from gis_app.gui.propose_panel import ProposePanel, limits_text, scopes, staffing_text
from gis_app.gui.window import Window
from gis_app.gui.words import unit_name
from gis_app.language import format_number
from gis_app.map.reference.vectors import VectorLayer
from gis_app.progress import finish
from tests.gui.conftest import press
from tests.gui.test_window import texts


def opened(window: Window) -> ProposePanel:
    assert window.page is not None
    window.actions_by_id["propose"].trigger()
    panel = window.page.right.currentWidget()
    assert isinstance(panel, ProposePanel)
    return panel


def overlays(window: Window) -> list[ProposalOverlay]:
    return [one for one in window.canvas.findChildren(ProposalOverlay) if not one.isHidden()]


def largest(window: Window) -> int:
    assert window.session is not None
    units = window.session.state.units
    return max(units.at_level(Level.VILLAGE), key=lambda unit: len(units.cells(unit.id))).id


def settle(window: Window) -> None:
    window.tasks.wait()
    window.turns.finish()


def test_a_village_is_divided_and_undone(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    village = largest(window)
    session.select("units", village)
    panel = opened(window)
    assert panel.villages == (village,)
    panel.floor.setValue(20)
    panel.run()
    settle(window)
    assert [one.aim for one in panel.alternatives] == list(Aim)
    assert [(head.text(), head.isChecked()) for head in panel.heads] == [("Compact", True), ("Equal", False), ("Present", False)]
    assert len(overlays(window)) == 1 and len(overlays(window)[0].loads) == len(panel.alternatives[0].loads)
    panel.heads[1].click()
    settle(window)
    assert panel.heads[1].isChecked()
    chosen = panel.alternatives[1]
    assert len(overlays(window)[0].loads) == len(chosen.loads)
    window.canvas.grab()  # it is painted
    panel.take()
    settle(window)
    assert session.drafting and len(session.state.units.cells(village)) == len(chosen.loads)
    assert not panel.alternatives and not overlays(window), "what was proposed is the division now"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    assert len(session.state.units.cells(village)) == len(session.county.state.units.cells(village))


def test_an_empty_box_says_what_counts(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    units, settings = session.state.units, session.state.settings
    kinds = {units[unit.id].kind == UnitKind.COMMUNITY: unit.id for unit in units.at_level(Level.VILLAGE)}
    assert limits_text(session.state, [kinds[False]])[0] == f"{settings.rural_floor} (from the settings)"
    assert limits_text(session.state, [kinds[True]])[0] == f"{settings.community_floor} (from the settings)"
    finish(session.county.performing(change_settings(community_maximum=300)))
    settle(window)
    both = limits_text(session.state, list(kinds.values()))
    assert both == ("50 / 100 (from the settings)", "no limit / 300 (from the settings)")
    session.select("units", kinds[True])
    panel = opened(window)
    assert panel.floor.text() == "" and panel.floor.lineEdit().placeholderText() == "100 (from the settings)"
    assert panel.most.lineEdit().placeholderText() == "300 (from the settings)"
    panel.floor.setFocus()
    qtbot.keyClicks(panel.floor, "60")
    assert panel.floor.value() == 60
    panel.floor.selectAll()
    qtbot.keyClick(panel.floor, Qt.Key.Key_Delete)
    qtbot.keyClick(panel.floor, Qt.Key.Key_Tab)
    assert panel.floor.value() == 0 and panel.floor.text() == ""


def test_what_cannot_be_is_said(window: Window) -> None:
    session = window.session
    assert session is not None
    session.select("units", largest(window))
    panel = opened(window)
    panel.floor.setValue(90_000)
    panel.run()
    settle(window)
    assert panel.alternatives[0].below == 1
    assert any("fewer than the floor" in text for text in texts(panel))
    panel.most.setValue(3)
    panel.run()
    assert any("at least 90000 and at most 3" in text for text in texts(window.banner))
    panel.close_panel()
    settle(window)
    assert not overlays(window)


def test_several_villages_are_compared_and_walked_through(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    township = session.state.units.at_level(Level.TOWNSHIP)[0]
    below = [unit.id for unit in session.state.units.children(township.id)]
    finish(session.county.performing(lock_unit(below[0], True)))
    settle(window)
    session.select("units", township.id)
    panel = opened(window)
    panel.ways[Aim.BALANCED].setChecked(False)
    panel.run()
    settle(window)
    assert [one.aim for one in panel.alternatives] == [Aim.COMPACT, Aim.FAITHFUL]
    assert list(panel.found.left_out) == below[:1], "a locked village does not stop the others"
    for one in panel.alternatives:
        assert [village.village for village in one.villages] == below[1:]
        assert format_number(len(one.loads)) in texts(panel) and format_number(one.other_worker) in texts(panel)
    table, first = panel.table, panel.alternatives[0]
    assert table is not None
    rows = [int(table.topLevelItem(at).data(0, Qt.ItemDataRole.UserRole)) for at in range(table.topLevelItemCount())]
    assert rows == [one.village for one in first.worst_first] + below[:1]
    assert "not divided" in table.topLevelItem(len(rows) - 1).text(0) and "locked" in table.topLevelItem(len(rows) - 1).toolTip(0)
    table.setFocus()
    table.setCurrentItem(table.topLevelItem(0))
    settle(window)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    settle(window)
    assert session.selected == ("units", rows[1]), "the arrow keys go from village to village"
    alone = first.of(rows[1])
    assert f"{alone.compactness:.2f}" in texts(panel) and unit_name(session.state.units[rows[1]]) in texts(panel)
    press(qtbot, panel, "All villages")
    settle(window)
    assert f"All {len(below) - 1} villages" in texts(panel)
    panel.take()
    settle(window)
    assert all(len(session.state.units.cells(one.village)) == len(one.proposal.loads) for one in first.villages)


def divided(window: Window, village: int) -> ProposePanel:
    """Divide a village into three cells more than it has, so that some of them want workers."""
    assert window.session is not None
    window.session.select("units", village)
    panel = opened(window)
    panel.cells.setValue(len(window.session.state.units.cells(village)) + 3)
    panel.floor.setValue(5)
    panel.run()
    settle(window)
    panel.take()
    settle(window)
    return panel


def test_after_taking_over_workers_are_assigned_where_they_are_wanting(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    village = largest(window)
    panel = divided(window, village)
    vacant, shared = staffing(session.state, [village])
    assert vacant >= 3
    told = staffing_text(vacant, shared)
    assert any(" ".join(told) in text for text in texts(window.banner)) and told[0] in texts(panel)
    assert panel.area.verticalScrollBar().maximum() == 0, "the button stands above the fold"
    other = next(unit.id for unit in session.state.units.at_level(Level.VILLAGE) if unit.id != village)
    session.select("units", other)
    press(qtbot, window.banner, "Assign workers by the program")
    settle(window)
    assert window.page is not None
    assigning = window.page.right.currentWidget()
    assert isinstance(assigning, AssignPanel) and assigning.village == village, "for the village that was divided, whatever is selected"
    assert assigning.proposal is not None and {row.village for row in assigning.proposal.rows} == {village}
    assert not window.banner.isVisible()
    press(qtbot, assigning, "Accept all")
    settle(window)
    assert sum(staffing(session.state, [village])) < vacant + shared


def test_what_is_said_of_workers_is_said_no_more_once_it_is_undone(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    village = largest(window)
    before = staffing_text(*staffing(session.state, [village]))
    panel = divided(window, village)
    told = staffing_text(*staffing(session.state, [village]))
    assert told != before and set(told) <= set(texts(panel))
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(window)
    assert not set(told) & set(texts(panel)), "the village is divided as before"
    assert any(button.text() == "Propose" and not button.isHidden() for button in panel.findChildren(QPushButton))


@pytest.mark.parametrize(("lang", "gap"), [("en", " "), ("zh_CN", "")])
def test_sentences_stand_one_after_another_as_the_language_has_them(window: Window, lang: str, gap: str) -> None:
    session = window.session
    assert session is not None
    village = largest(window)
    language.use(lang)
    divided(window, village)
    first, second = staffing_text(*staffing(session.state, [village]))
    assert any(f"{first}{gap}{second}" in text for text in texts(window.banner))


def test_a_proposal_is_taken_over_on_a_draft_whose_borders_have_other_numbers(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_app.gui.performing._same_arcs", lambda *_: False)  # as after a publication
    session = window.session
    assert session is not None and not session.drafting
    village = largest(window)
    session.select("units", village)
    panel = opened(window)
    panel.floor.setValue(20)
    panel.run()
    settle(window)
    cells = len(panel.alternatives[0].loads)
    panel.take()
    settle(window)
    assert session.drafting and len(session.state.units.cells(village)) == cells
    assert not any("numbered differently" in text for text in texts(window.banner))


def test_a_refusal_is_gone_once_what_was_wrong_is_put_right(window: Window) -> None:
    session = window.session
    assert session is not None
    session.select("units", largest(window))
    panel = opened(window)
    panel.floor.setValue(60)
    panel.most.setValue(50)
    panel.run()
    assert not window.banner.isHidden()
    panel.most.setValue(0)
    panel.run()
    settle(window)
    assert window.banner.isHidden() and panel.alternatives


def test_what_would_divide_a_locked_cell_is_forgotten(window: Window) -> None:
    session = window.session
    assert session is not None
    village = largest(window)
    session.select("units", village)
    panel = opened(window)
    panel.run()
    settle(window)
    assert panel.alternatives
    cells = session.state.units.cells(village)
    other = next(cell for cell in session.state.units.at_level(Level.CELL) if cell.parent != village)
    finish(session.county.performing(lock_unit(other.id, True)))
    settle(window)
    assert panel.alternatives, "a cell of another village is not divided by it"
    finish(session.county.performing(lock_unit(cells[0].id, True)))
    settle(window)
    assert not panel.alternatives and not overlays(window)
    panel.run()
    settle(window)
    assert cells[0].id not in panel.alternatives[0].villages[0].free


def test_workers_are_assigned_in_all_villages_that_were_divided(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    township = session.state.units.at_level(Level.TOWNSHIP)[0]
    some = tuple(unit.id for unit in session.state.units.children(township.id))[:2]
    session.select("units", *some)
    panel = opened(window)
    assert panel.villages == some
    panel.floor.setValue(20)
    for aim in (Aim.BALANCED, Aim.FAITHFUL):
        panel.ways[aim].setChecked(False)
    panel.run()
    settle(window)
    panel.take()
    settle(window)
    assert sum(staffing(session.state, some)) > 0
    press(qtbot, panel, "Assign workers by the program")
    settle(window)
    assert window.page is not None
    assigning = window.page.right.currentWidget()
    assert isinstance(assigning, AssignPanel) and assigning.where.currentText() == "2 selected villages"
    assert assigning.proposal is not None and {row.village for row in assigning.proposal.rows} <= set(some)


def test_what_is_stopped_leaves_nothing_and_can_be_begun_again(window: Window) -> None:
    session = window.session
    assert session is not None
    panel = opened(window)
    history, stopped = len(session.history), list[str]()
    window.tasks.progressed.connect(lambda _, text: (stopped.append(text), window.tasks.cancel()) if not stopped else None)
    panel.run()
    settle(window)
    assert stopped and not panel.alternatives and not overlays(window) and len(session.history) == history
    assert session.scene.unnamed == frozenset()
    panel.run()
    settle(window)
    assert len(panel.alternatives) == 3


def test_of_many_villages_one_way_is_worked_out_unless_more_are_asked_for(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_app.gui.propose_panel.SEVERAL", 2)
    panel = opened(window)
    assert len(panel.villages) > 2 and [aim for aim, box in panel.ways.items() if box.isChecked()] == [Aim.COMPACT]
    panel.ways[Aim.COMPACT].setChecked(False)
    panel.run()
    assert any("at least one way" in text for text in texts(window.banner)) and not panel.alternatives


def test_borders_follow_the_layers_that_are_ticked(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    panel = opened(window)
    qtbot.waitUntil(lambda: any("borders run straight" in text for text in texts(panel)))
    finish(bootstrap.building_references(session.county, tmp_path / "maps.gpkg"))
    settle(window)
    qtbot.waitUntil(lambda: panel.layers.count() == 2)
    names = [panel.layers.item(at).text() for at in range(2)]
    assert names == ["河流", "道路"] and len(panel.layers.ticked) == 2, "lines, no buildings"
    rivers = panel.layers.item(0)
    qtbot.mouseClick(panel.layers.viewport(), Qt.MouseButton.LeftButton, pos=panel.layers.visualItemRect(rivers).center())
    assert rivers.checkState() == Qt.CheckState.Unchecked
    ticked = panel.layers.ticked
    asked: list[Asked] = []

    def noting(*given: object) -> object:
        asked.append(given[3])  # type: ignore[arg-type]
        return proposing_ways(*given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gis_app.gui.propose_panel.proposing_ways", noting)
        session.select("units", largest(window))
        panel.run()
        settle(window)
    layer = session.shelf.found(next(one for one in session.state.references.values() if one.name == "道路"))
    assert isinstance(layer, VectorLayer) and len(asked[0].lines) == len(layer.lines()) and asked[0].tolerance == 30.0
    again = opened(window)
    qtbot.waitUntil(lambda: again.layers.count() == 2)
    assert again.layers.ticked == ticked, "it is remembered"


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_panel_fits_an_old_screen(window: Window, qtbot: QtBot, tmp_path: Path, lang: str) -> None:
    session = window.session
    assert session is not None
    finish(bootstrap.building_references(session.county, tmp_path / "maps.gpkg"))
    settle(window)
    language.use(lang)
    session.select("units", largest(window))
    panel = opened(window)
    qtbot.waitUntil(lambda: panel.layers.count() == 2)
    assert (window.width(), window.height()) == (1366, 768)
    assert panel.area.verticalScrollBar().maximum() == 0, "nothing is asked for under the fold"
    panel.run()
    settle(window)
    QCoreApplication.processEvents()
    assert panel.area.verticalScrollBar().maximum() == 0, "all that was found is seen"
    button = next(one for one in panel.findChildren(QPushButton) if one.property("role") == "primary" and one.isVisible())
    assert panel.rect().contains(button.mapTo(panel, button.rect().bottomRight()))
    assert panel.body.sizeHint().width() <= panel.area.viewport().width(), "nothing is cut at the right"


def test_what_is_selected_says_what_may_be_divided(window: Window) -> None:
    session = window.session
    assert session is not None
    state = session.state
    township = state.units.at_level(Level.TOWNSHIP)[0]
    villages = tuple(unit.id for unit in state.units.children(township.id))
    cell = state.units.cells(villages[0])[0].id
    assert scopes(state, [cell])[0][1] == (villages[0],)
    assert villages in [below for _, below in scopes(state, [township.id])]
    assert len(scopes(state, [])[-1][1]) == len(state.units.at_level(Level.VILLAGE))
