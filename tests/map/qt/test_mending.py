"""A picture that is mended after an edit is the one that would be drawn anew."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, polygons
from gis_app.map.palette import LIGHT
from gis_app.map.qt import mending as module
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.mending import comparable, mending
from gis_app.map.qt.painter import rendering
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.scene import Figure, LayerKind, Scene, default_layers
from gis_app.map.viewport import Viewport
from tests.map.synthetic import NOW, synthetic_state
from tests.map.walk import walk


@pytest.fixture(scope="module")
def county() -> CountyState:
    return synthetic_state(cells=200, villages=20, townships=3, households=6000, cases=100, bends=12)


@pytest.fixture
def drawing(qtbot: QtBot) -> Iterator[Drawing]:
    made = Drawing()
    yield made
    made.clear()


def last(steps: Iterator[QImage | None]) -> QImage:
    return [step for step in steps if step is not None][-1]


def alike(one: QImage, other: QImage) -> bool:
    """Tell whether pictures are the same but for antialiasing, and for dashes that Qt lays a little otherwise on a line cut elsewhere."""
    channels = [np.stack([image_pixels(image) >> shift & 0xFF for shift in (0, 8, 16)]).astype(int) for image in (one, other)]
    differs = np.abs(channels[0] - channels[1]).max(axis=0)
    return bool((differs > 3).mean() < 0.001)


def scene_of(state: CountyState) -> Scene:
    return Scene(state, LIGHT, NOW, default_layers("plan"))


@pytest.mark.parametrize(("zoom", "scale"), [(1.0, 1.0), (5.0, 1.0), (5.0, 1.5), (14.0, 2.0)])
def test_a_mended_picture_is_the_one_drawn_anew(
    county: CountyState, drawing: Drawing, zoom: float, scale: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1.0)
    monkeypatch.setattr(module, "MOST_PARTS", 100)
    whole = Viewport.fitting(extent(county.coverage), 700, 500)
    before = scene_of(county)
    drawing.follow(county)
    mended = 0
    for following in walk(county, 7, 12):
        scene = scene_of(following)
        assert comparable(before, scene)
        changed = sorted(
            set(following.coverage.cells) - {c for c, p in before.state.coverage.cells.items() if following.coverage.cells.get(c) is p}
        )
        at = polygons(following.coverage, changed[:1] or sorted(following.coverage.cells)[:1]).popitem()[1].centroid
        viewport = replace(whole, x=at.x + 3.3, y=at.y + 7.7, resolution=whole.resolution / zoom)
        picture = last(rendering(before, viewport, scale=scale, drawing=drawing))
        picture.setDevicePixelRatio(scale)
        drawing.follow(following)
        found = last(mending(picture, before, scene, viewport, scale, drawing))
        expected = last(rendering(scene, viewport, scale=scale, drawing=drawing))
        mended += found is picture
        assert alike(found, expected)
        before = scene
    assert mended > 6, "it was mended, not drawn anew"


def test_what_shows_more_than_the_division_is_not_mended(county: CountyState) -> None:
    following = next(iter(walk(county, 3, 5)))
    scene, other = scene_of(county), scene_of(following)
    assert comparable(scene, other)
    assert not comparable(scene, scene), "something else made it untrue"
    assert not comparable(scene, other.with_layer(LayerKind.CELLS, figure=Figure.AREA))
    assert not comparable(scene.with_layer(LayerKind.CASES, visible=True), other.with_layer(LayerKind.CASES, visible=True))


def test_other_classes_draw_everything(county: CountyState, drawing: Drawing) -> None:
    following = next(iter(walk(county, 3, 5)))
    scene = scene_of(county).with_layer(LayerKind.CELLS, figure=Figure.COMPACTNESS)
    other = replace(scene, state=replace(following, settings=county.settings))
    viewport = Viewport.fitting(extent(county.coverage), 400, 300)
    picture = last(rendering(scene, viewport, drawing=drawing))
    drawing.follow(following)
    found = last(mending(picture, scene, other, viewport, 1.0, drawing))
    expected = last(rendering(other, viewport, drawing=drawing))
    assert alike(found, expected)
