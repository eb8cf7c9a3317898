"""The canvas as a person uses it."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gis_app.grid.locate import Locator
from gis_app.map.legend import classify
from gis_app.map.palette import DARK
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.painter import image_pixels
from gis_app.map.scene import LayerKind, MapHit, Scene, Selection

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot: QtBot, plan: Scene) -> Iterator[MapCanvas]:
    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(640, 480)
    widget.set_scene(plan)
    widget.show()
    widget.wait_until_drawn()
    yield widget
    widget.drawing.clear()


def colours(canvas: MapCanvas) -> set[str]:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return {f"#{value & 0xFFFFFF:06X}" for value in np.unique(image_pixels(image)).tolist()}


def drag(qtbot: QtBot, canvas: MapCanvas, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT) -> None:
    qtbot.mousePress(canvas, button, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, button, pos=end)


def wheel(canvas: MapCanvas, at: QPointF, steps: int) -> None:
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_the_whole_county_is_shown_first_in_the_colours_of_the_legend(canvas: MapCanvas, plan: Scene) -> None:
    assert canvas.is_drawn()
    shown = colours(canvas)
    classes = classify(plan)
    assert {c for c, n in zip(classes.colours, classes.counts, strict=True) if n} <= shown
    assert plan.palette.map_ground in shown


def test_a_click_tells_the_cell_that_the_locator_finds(qtbot: QtBot, canvas: MapCanvas, plan: Scene) -> None:
    locator = Locator(plan.state.coverage)
    clicked: list[MapHit | None] = []
    canvas.clicked.connect(lambda found, _: clicked.append(found))
    for x, y in ((320, 240), (200, 300), (430, 120)):
        qtbot.mouseClick(canvas, LEFT, pos=QPoint(x, y))
        assert clicked[-1] is not None and clicked[-1].table == "units"
        assert clicked[-1].id == locator.cell_at(*canvas.viewport.to_map(x, y))
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(2, 2))
    assert clicked[-1] is None


def test_dragging_pans_and_selects_nothing(qtbot: QtBot, canvas: MapCanvas) -> None:
    before = canvas.viewport
    clicked: list[object] = []
    canvas.clicked.connect(lambda *told: clicked.append(told))
    drag(qtbot, canvas, QPoint(300, 200), QPoint(360, 170))
    assert canvas.viewport == before.moved(60, -30)
    assert clicked == []


def test_the_map_is_drawn_anew_where_the_base_ends(qtbot: QtBot, canvas: MapCanvas) -> None:
    drag(qtbot, canvas, QPoint(600, 400), QPoint(20, 30))
    with qtbot.waitSignal(canvas.drawn, timeout=5000):
        pass
    assert canvas.is_drawn()


def test_the_middle_button_pans_with_every_tool(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_tool("zoom_box")
    before = canvas.viewport
    drag(qtbot, canvas, QPoint(300, 200), QPoint(330, 210), Qt.MouseButton.MiddleButton)
    assert canvas.viewport == before.moved(30, 10)


def test_the_wheel_zooms_about_the_pointer(canvas: MapCanvas) -> None:
    at = QPointF(400, 130)
    under = canvas.viewport.to_map(at.x(), at.y())
    before = canvas.viewport.resolution
    wheel(canvas, at, 3)
    assert canvas.viewport.resolution < before / 1.5
    assert canvas.viewport.to_map(at.x(), at.y()) == pytest.approx(under)
    canvas.wait_until_drawn()
    assert canvas.is_drawn()


def test_the_wheel_stops_at_both_ends(canvas: MapCanvas) -> None:
    for _ in range(60):
        wheel(canvas, QPointF(300, 200), 3)
    assert canvas.viewport.resolution == pytest.approx(0.05)
    for _ in range(60):
        wheel(canvas, QPointF(300, 200), -3)
    farthest = canvas.viewport
    wheel(canvas, QPointF(300, 200), -3)
    assert canvas.viewport.resolution == farthest.resolution


def test_keys_pan_zoom_and_show_the_whole(qtbot: QtBot, canvas: MapCanvas) -> None:
    whole = canvas.viewport
    qtbot.keyClick(canvas, Qt.Key.Key_Plus)
    assert canvas.viewport.resolution == pytest.approx(whole.resolution / 1.5)
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert canvas.viewport.x < whole.x
    qtbot.keyClick(canvas, Qt.Key.Key_Minus)
    qtbot.keyClick(canvas, Qt.Key.Key_0)
    assert canvas.viewport == whole


def test_space_pans_while_it_is_held(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.set_tool("zoom_box")
    before = canvas.viewport
    qtbot.keyPress(canvas, Qt.Key.Key_Space)
    drag(qtbot, canvas, QPoint(300, 200), QPoint(340, 220))
    qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.viewport == before.moved(40, 20)


def test_double_click_zooms_to_the_unit_there(qtbot: QtBot, canvas: MapCanvas, plan: Scene) -> None:
    told: list[MapHit | None] = []
    canvas.double_clicked.connect(told.append)
    cell = canvas.cell_at(320, 240)
    before = canvas.viewport.resolution
    qtbot.mouseDClick(canvas, LEFT, pos=QPoint(320, 240))
    qtbot.mouseRelease(canvas, LEFT, pos=QPoint(320, 240))  # Qt's test would hold the button into the next test
    assert canvas.viewport.resolution < before / 1.3
    assert told and told[0] is not None and told[0].id == cell
    xmin, ymin, xmax, ymax = canvas.viewport.extent
    unit = canvas.unit_extent((cell,))
    assert unit is not None and xmin <= unit[0] and ymin <= unit[1] and xmax >= unit[2] and ymax >= unit[3]


def test_hovering_tells_the_cell_and_leaving_tells_nothing(qtbot: QtBot, canvas: MapCanvas) -> None:
    hovered: list[MapHit | None] = []
    canvas.hovered.connect(hovered.append)
    for x, y in ((200, 300), (430, 120)):  # the pointer may rest on one of them already
        qtbot.mouseMove(canvas, QPoint(x, y))
        qtbot.wait(20)
    assert hovered[-1] is not None and hovered[-1].id == canvas.cell_at(430, 120)
    canvas.leaveEvent(None)
    assert hovered[-1] is None


def test_selecting_draws_over_the_base_without_drawing_it_anew(canvas: MapCanvas, plan: Scene) -> None:
    drawn: list[int] = []
    canvas.drawn.connect(lambda: drawn.append(1))
    assert plan.palette.selection not in colours(canvas)
    canvas.set_selection(Selection({"units": (canvas.cell_at(320, 240),), "households": (1, 2)}))
    assert plan.palette.selection in colours(canvas)
    assert canvas.is_drawn() and not drawn


def test_a_village_is_outlined_along_its_own_border_only(canvas: MapCanvas, plan: Scene) -> None:
    from gis_app.map.qt.overlay import outline
    from gis_app.map.qt.places import prepared_network

    network = prepared_network(canvas.drawing, plan)
    arcs = outline(network, plan.state.units, (100,))
    inside = {cell.id for cell in plan.state.units.cells(100)}
    assert len(arcs)
    assert all((int(network.left[i]) in inside) != (int(network.right[i]) in inside) for i in arcs)


def test_a_cluster_of_whistles_opens_by_zooming(qtbot: QtBot, canvas: MapCanvas, whistles: Scene) -> None:
    canvas.set_scene(whistles)
    canvas.wait_until_drawn()
    clusters = canvas.drawing.clusters(whistles, canvas.viewport.resolution)
    crowd = int(np.argmax(clusters.count))
    x, y = canvas.viewport.to_screen(float(clusters.x[crowd]), float(clusters.y[crowd]))
    before = canvas.viewport.resolution
    clicked: list[object] = []
    canvas.clicked.connect(lambda *told: clicked.append(told))
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(round(x), round(y)))
    assert canvas.viewport.resolution < before and not clicked


def test_another_palette_is_another_map(canvas: MapCanvas, plan: Scene) -> None:
    canvas.set_scene(replace(plan, palette=DARK))
    canvas.wait_until_drawn()
    shown = set(classify(plan).colours)
    assert DARK.map_ground in colours(canvas) and not shown & colours(canvas)


def test_a_hidden_fill_leaves_the_ground(canvas: MapCanvas, plan: Scene) -> None:
    canvas.set_scene(plan.with_layer(LayerKind.CELLS, visible=False))
    canvas.wait_until_drawn()
    assert not set(classify(plan).colours) & colours(canvas)


def test_resizing_keeps_the_centre(qtbot: QtBot, canvas: MapCanvas) -> None:
    canvas.zoom_in()
    before = canvas.viewport
    canvas.resize(500, 400)
    assert (canvas.viewport.x, canvas.viewport.y, canvas.viewport.resolution) == (before.x, before.y, before.resolution)
    assert (canvas.viewport.width, canvas.viewport.height) == (500, 400)
    canvas.wait_until_drawn()
    assert canvas.is_drawn()


def test_an_empty_county_and_no_county_are_painted(qtbot: QtBot, plan: Scene) -> None:
    from gis_app.grid.coverage import Coverage

    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    assert not widget.grab().isNull()
    widget.set_scene(replace(plan, state=replace(plan.state, coverage=Coverage())))
    widget.wait_until_drawn()
    assert plan.palette.map_ground in colours(widget)
    widget.drawing.clear()


def test_frames_are_finished_while_time_plays(qtbot: QtBot, canvas: MapCanvas, whistles: Scene) -> None:
    canvas.set_scene(whistles)
    canvas.wait_until_drawn()
    frames: list[int] = []
    canvas._base.changed.connect(lambda: frames.append(1))
    period = np.arange(len(whistles.state.cases))
    for first in range(0, 800, 10):  # each step comes before a picture can be drawn
        canvas.set_scene(replace(whistles, cases=(period >= first) & (period < first + 200)))
        QApplication.processEvents()
    assert len(frames) > 3
    qtbot.waitUntil(canvas.is_drawn)
    shown = canvas.grab().toImage()
    assert canvas.scene is not None
    canvas.set_scene(replace(canvas.scene))
    canvas.wait_until_drawn()
    assert canvas.grab().toImage() == shown, "the last period is what is seen in the end"


def test_closing_while_a_redraw_waits_ends_it_quietly(qtbot: QtBot, plan: Scene) -> None:
    """What classes and surfaces wait for is given up when the window closes: the redraw ends, and nothing is raised in its timer."""
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    canvas.show()
    busy, waiting = threading.Event(), threading.Event()

    def blocking() -> object:
        waiting.set()
        return busy.wait(10)

    canvas.drawing.aside("locator of another", (), blocking)  # so that the classes of the map stand behind it
    assert waiting.wait(5)
    with qtbot.captureExceptions() as raised:
        canvas.set_scene(plan)
        qtbot.wait(50)
        assert not canvas.is_drawn()
        canvas.drawing.clear()
        busy.set()
        qtbot.wait(50)
    assert not raised
