"""Arrows of hand-overs in a picture and on a page."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gis_app.cases.chains import Flow
from gis_app.grid.coverage import extent
from gis_app.map.flows import flow_map, unit_seats, with_room
from gis_app.map.legend import legend
from gis_app.map.palette import LIGHT
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.flow_arrows import arrow_width
from gis_app.map.qt.painter import rendering
from gis_app.map.qt.places import county_extent
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.scene import LayerKind, Scene, default_layers
from gis_app.map.viewport import Viewport
from gis_app.output.qt.pages import write_map
from gis_app.progress import finish
from tests.map.test_flows import EAST, HOUSING, LAND, WEST, county


def scene(*flows: Flow, shown: bool = True) -> Scene:
    state = county()
    layers = tuple(replace(layer, visible=layer.kind == LayerKind.FLOWS and shown) for layer in default_layers("cases"))
    return Scene(state, LIGHT, datetime(2020, 6, 1, tzinfo=UTC), layers, flows=flow_map(state, flows, unit_seats(state)))


def blue(found: Scene) -> np.ndarray:
    """Return which pixels of a picture are as blue as an arrow."""
    drawing = Drawing()
    viewport = Viewport.fitting(with_room(extent(found.state.coverage)), 640, 360)
    image = [step for step in rendering(found, viewport, drawing=drawing) if step is not None][-1]
    pixels = image_pixels(image).copy()
    drawing.clear()
    channels = np.stack([(pixels >> shift) & 0xFF for shift in (16, 8, 0)]).astype(int)
    wanted = QColor(LIGHT.info)
    return np.abs(channels - np.array([wanted.red(), wanted.green(), wanted.blue()])[:, None, None]).max(axis=0) < 60


def test_the_wider_the_more() -> None:
    assert arrow_width(100, 100) > arrow_width(50, 100) > arrow_width(1, 100) > 1
    assert arrow_width(0, 0) > 0


def test_arrows_are_drawn_where_the_layer_is_shown(qtbot: QtBot) -> None:
    nothing, few = blue(scene()), blue(scene(Flow(WEST, HOUSING, 5)))
    many = blue(scene(Flow(WEST, HOUSING, 5), Flow(HOUSING, WEST, 5), Flow(HOUSING, LAND, 4)))
    hidden = blue(scene(Flow(WEST, HOUSING, 5), shown=False))
    assert nothing.sum() == hidden.sum() == 0
    assert 200 < few.sum() < many.sum()


def test_there_and_back_lie_on_two_sides(qtbot: QtBot) -> None:
    there, back = blue(scene(Flow(WEST, EAST, 5))), blue(scene(Flow(EAST, WEST, 5)))
    both = there & back
    assert both.sum() < 0.5 * min(there.sum(), back.sum())


def test_the_whole_county_makes_room_for_who_stands_beside_it(qtbot: QtBot) -> None:
    shown, hidden = (county_extent(Drawing(), scene(shown=one)) for one in (True, False))
    assert shown[2] > hidden[2] and shown[:2] == hidden[:2] and shown[3] == hidden[3]


def test_the_legend_explains_the_width() -> None:
    texts = [str(entry.text) for entry in legend(scene(Flow(WEST, EAST, 7)))]
    assert any("the widest: 7" in text for text in texts)


def test_a_page_shows_them_with_their_legend(qtbot: QtBot, tmp_path: Path) -> None:
    finish(write_map(scene(Flow(WEST, HOUSING, 5), Flow(HOUSING, LAND, 4)), tmp_path / "flows.svg"))
    text = (tmp_path / "flows.svg").read_text(encoding="utf-8")
    assert "Hand-overs between bodies" in text and "the widest: 5" in text and "Housing" in text
