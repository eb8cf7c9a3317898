"""The program proposes a grid: alternatives side by side, over the map, and one of them taken over and undone."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gis_app.county.edits import change_settings
from gis_app.grid.partition.proposal import Aim
from gis_app.grid.units import Level, UnitKind
from gis_app.gui.proposal_overlay import ProposalOverlay
from gis_app.gui.propose_panel import ProposePanel, limits_text, scopes
from gis_app.gui.window import Window
from gis_app.progress import finish
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
    assert [one.aim for one in panel.alternatives] == list(Aim) and panel.list is not None and panel.list.count() == 3
    assert len(overlays(window)) == 1 and len(overlays(window)[0].loads) == len(panel.alternatives[0].loads)
    panel.list.wanted.emit(1)
    settle(window)
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
    assert panel.problems is not None and "fewer than the floor" in panel.problems.item(0).text()
    panel.most.setValue(3)
    panel.run()
    assert any("at least 90000 and at most 3" in text for text in texts(window.banner))
    panel.close_panel()
    settle(window)
    assert not overlays(window)


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
