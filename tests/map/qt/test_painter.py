"""Pictures and vector pages."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from gis_app.grid.coverage import extent
from gis_app.map.legend import gi_star_colours
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.painter import image_pixels, paint_scene, rendering
from gis_app.map.qt.shapes import polygon_array, to_polygon
from gis_app.map.scene import CaseStyle, Figure, LayerKind, Scene
from gis_app.map.viewport import Viewport


def whole(scene: Scene, width: int = 500, height: int = 400) -> Viewport:
    return Viewport.fitting(extent(scene.state.coverage), width, height)


def picture(scene: Scene, viewport: Viewport, scale: float = 1.0, drawing: Drawing | None = None) -> np.ndarray:
    drawing = drawing or Drawing()
    image = [step for step in rendering(scene, viewport, scale=scale, drawing=drawing) if step is not None][-1]
    drawing.clear()
    return image_pixels(image).copy()


def test_arrays_become_polygons_and_back() -> None:
    xy = np.array([[0.5, 1.25], [3.0, -4.0], [1e7, 2e-3]])
    assert (polygon_array(to_polygon(xy)) == xy).all()
    assert to_polygon(np.empty((0, 2))).size() == 0


def test_the_same_scene_gives_the_same_picture_with_and_without_memory(qtbot: QtBot, whistles: Scene) -> None:
    drawing = Drawing()
    viewport = whole(whistles)
    first = [step for step in rendering(whistles, viewport, drawing=drawing) if step is not None][-1]
    again = [step for step in rendering(whistles, viewport, drawing=drawing) if step is not None][-1]
    drawing.clear()
    assert first == again
    assert (image_pixels(first) == picture(whistles, viewport)).all()


def test_twice_the_scale_shows_the_same_with_twice_the_pixels(qtbot: QtBot, plan: Scene) -> None:
    scene = plan.with_layer(LayerKind.LABELS, visible=False).with_layer(LayerKind.HOUSEHOLDS, visible=False)
    small, large = picture(scene, whole(plan)), picture(scene, whole(plan), 2.0)
    assert large.shape == (800, 1000)
    same = (small == large[::2, ::2]).mean()
    assert same > 0.8


def test_a_planted_heap_of_whistles_is_hot(qtbot: QtBot, whistles: Scene) -> None:
    scene = whistles.with_layer(LayerKind.HOTSPOT_CELLS, opacity=1.0).with_layer(LayerKind.DENSITY, visible=False)
    hot = int(gi_star_colours(scene)[3][1:], 16) | 0xFF000000
    assert (picture(scene, whole(scene)) == hot).any()


def test_density_tints_the_map(qtbot: QtBot, whistles: Scene) -> None:
    scene = whistles.with_layer(LayerKind.HOTSPOT_CELLS, visible=False)
    without = picture(scene.with_layer(LayerKind.DENSITY, visible=False), whole(scene))
    assert (picture(scene, whole(scene)) != without).mean() > 0.01


def test_categories_have_their_colours(qtbot: QtBot, whistles: Scene) -> None:
    by_category = whistles.with_layer(LayerKind.CASES, style=CaseStyle.CATEGORY)
    assert (picture(by_category, whole(whistles)) != picture(whistles, whole(whistles))).any()


def test_the_redraw_can_be_dropped_at_any_slice(qtbot: QtBot, plan: Scene) -> None:
    drawing = Drawing()
    for stop in (0, 1, 3, 10, 30):
        steps = rendering(plan, whole(plan), drawing=drawing)
        for _ in range(stop):
            next(steps)
        steps.close()  # type: ignore[attr-defined]
    drawing.clear()


@pytest.mark.parametrize("hotspots", [True, False])
@pytest.mark.parametrize("figure", [Figure.NONE, Figure.LOAD, Figure.CASES])
def test_kept_layers_look_as_if_drawn_anew(qtbot: QtBot, whistles: Scene, hotspots: bool, figure: Figure) -> None:
    scene = whistles.with_layer(LayerKind.CELLS, figure=figure, opacity=0.8).with_layer(LayerKind.TOWNSHIP_BORDERS, opacity=0.5)
    for kind in (LayerKind.DENSITY, LayerKind.HOTSPOT_CELLS):
        scene = scene.with_layer(kind, visible=hotspots)
    drawing, viewport = Drawing(), whole(scene)
    every = np.arange(len(scene.state.cases))
    for step in range(3):
        shown = replace(scene, cases=every % 3 == step)
        kept = [image for image in rendering(shown, viewport, scale=1.5, drawing=drawing, keeping=True) if image is not None][-1]
        anew = picture(shown, viewport, 1.5)
        difference = np.abs(anew.view(np.uint8).astype(int) - image_pixels(kept).copy().view(np.uint8).astype(int))
        assert difference.max() <= 4, "opacities are rounded twice"
    drawing.clear()


@pytest.mark.parametrize("workspace", ["plan", "whistles"])
def test_a_vector_page_keeps_names_as_text(qtbot: QtBot, request: pytest.FixtureRequest, workspace: str, tmp_path: Path) -> None:
    scene: Scene = request.getfixturevalue(workspace)
    path = tmp_path / "map.svg"
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setViewBox(QRectF(0, 0, 500, 400))
    paint(generator, scene, 1.0)
    text = path.read_text("utf-8")
    assert "<text" in text and "乡" in text
    assert "<polygon" in text or "<path" in text


def test_a_pdf_page_stays_small(qtbot: QtBot, plan: Scene) -> None:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(288)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    paint(writer, plan, 3.0)
    content = bytes(buffer.data().data())
    assert content.startswith(b"%PDF") and 10_000 < len(content) < 2_000_000


def paint(device: QImage | QPdfWriter | QSvgGenerator, scene: Scene, scale: float) -> None:
    drawing = Drawing()
    painter = QPainter(device)
    try:
        for _ in paint_scene(painter, scene, whole(scene), scale=scale, vector=True, drawing=drawing):
            pass
    finally:
        painter.end()
        drawing.clear()
