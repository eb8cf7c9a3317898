"""Hand-overs between bodies on the map of the window: shown with a key, listed, and following the time slider."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gis_app.cases.chains import flows
from gis_app.gui.window import Window
from gis_app.map.flows import FlowMap
from gis_app.map.scene import LayerKind
from tests.gui.conftest import press


@pytest.fixture
def shown(window: Window, qtbot: QtBot) -> Window:
    """The workspace Analyse with the layer of hand-overs, its steps read."""
    window.set_workspace("analyse")
    window.tasks.wait()
    qtbot.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert window.session is not None and window.shows_layer(LayerKind.FLOWS)
    session = window.session
    qtbot.waitUntil(lambda: session.scene.flows is not None)
    return window


def drawn(window: Window) -> FlowMap:
    assert window.session is not None and window.session.scene.flows is not None
    return window.session.scene.flows


def test_the_map_shows_the_strongest_hand_overs(shown: Window) -> None:
    assert shown.session is not None
    trails = shown.session.trails.ask()
    assert trails is not None
    assert drawn(shown).flows == tuple(flows(trails.stays))
    assert {arrow.flow for arrow in drawn(shown).arrows} <= set(drawn(shown).flows) and drawn(shown).arrows


def test_the_arrows_follow_the_time_slider(shown: Window, qtbot: QtBot) -> None:
    session = shown.session
    assert session is not None and shown.page is not None
    every = sum(flow.count for flow in drawn(shown).flows)
    shown.toggle_time()
    time = shown.page.view.time
    assert time is not None
    counts = []
    for low in range(0, time.track.days, time.track.days // 5 + 1):
        time.track.set_range(low, min(low + time.track.days // 5 + 1, time.track.days))
        qtbot.waitUntil(lambda: not time._told.isActive())
        counts.append(sum(flow.count for flow in drawn(shown).flows))
    assert sum(counts) == every and all(0 < count < every for count in counts)


def test_playing_moves_whistles_and_arrows_along(shown: Window, qtbot: QtBot) -> None:
    session = shown.session
    assert session is not None and shown.page is not None
    shown.toggle_time()
    time = shown.page.view.time
    assert time is not None
    scenes = []
    session.scene_changed.connect(scenes.append)
    time.toggle_play()
    qtbot.waitUntil(lambda: len(scenes) > 4, timeout=10_000)
    time.toggle_play()
    assert all(scene.cases is not None and scene.flows is not None for scene in scenes)
    assert not np.array_equal(scenes[0].cases, scenes[-1].cases)
    assert scenes[0].flows.flows != scenes[-1].flows.flows


def test_the_filter_leaves_only_the_hand_overs_of_its_whistles(shown: Window) -> None:
    session = shown.session
    assert session is not None
    trails = session.trails.ask()
    assert trails is not None
    session.set_filter(replace(session.filter, kind=2))
    cases = session.state.cases
    assert drawn(shown).flows == tuple(flows(trails.stays, np.isin(trails.stays.case, cases.id[cases.kind == 2])))


def test_the_strongest_are_listed_and_lead_to_their_body(shown: Window, qtbot: QtBot) -> None:
    session = shown.session
    assert session is not None and shown.page is not None
    panel = shown.page._section("flows")
    first = drawn(shown).flows[0]
    names = [session.state.bodies[body].name for body in (first.source, first.target)]
    qtbot.waitUntil(lambda: any(" → " in one.accessibleName() for one in panel.findChildren(QPushButton)))
    row = next(one for one in panel.findChildren(QPushButton) if " → " in one.accessibleName())
    assert row.accessibleName() == f"{names[0]} → {names[1]}: {first.count}"
    row.click()
    assert session.selected == ("bodies", first.source)


def test_the_panel_says_how_to_see_them(window: Window, qtbot: QtBot) -> None:
    window.set_workspace("analyse")
    window.tasks.wait()
    assert window.page is not None and window.session is not None
    panel = window.page._section("flows")
    qtbot.waitUntil(lambda: any("Arrows show" in one.text() for one in panel.findChildren(QLabel)))
    press(qtbot, panel, "Show them on the map")
    assert window.shows_layer(LayerKind.FLOWS)


def test_in_the_workspace_plan_there_are_none(window: Window) -> None:
    operation = next(one for one in window.find_commands("Hand-overs between bodies"))
    assert "Cases or Analyse" in str(operation.detail)
