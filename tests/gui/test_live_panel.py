"""The panel that says, beside the pointer, what an edit would mean."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gis_app import language
from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.consequences import CellConsequence, CellFigures
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.refusal import Refusal
from gis_app.gui.banner import Banner
from gis_app.gui.live_panel import LivePanel, broken, crosses, place_beside, row_of
from gis_app.language import msg
from gis_app.map.palette import LIGHT
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.marks import font
from gis_app.map.scene import Scene, default_layers
from gis_app.map.tools.events import Sketch
from tests.map.synthetic import NOW, synthetic_state

STATE = synthetic_state(cells=60, villages=9, townships=3, households=3000, cases=200, bends=8)
ROOM = QRect(6, 6, 988, 588)


def figures(households: int, area: float = 500_000.0, whistles: int = 0) -> CellFigures:
    return CellFigures(households, 3 * households, 50, area, 0.61, whistles, 1)


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[MapCanvas]:
    window = QWidget()
    qtbot.addWidget(window)
    widget = MapCanvas(window)
    window.resize(1000, 600)
    widget.resize(1000, 600)
    widget.set_scene(Scene(STATE, LIGHT, NOW, default_layers("plan")))
    window.show()
    widget.wait_until_drawn()
    yield widget
    widget.editing.previewing.close()
    widget.drawing.clear()


def test_a_row_tells_before_and_after_and_warns_below_the_floor() -> None:
    row = row_of(CellConsequence(1, "1", "Cell 1", figures(108, 770_000.0, 2), figures(47, 350_000.0, 2)))
    assert (row.households, row.verdict, row.warns) == ("108 → 47 resident", "below 50", True)
    assert row.details == "0.77 → 0.35 km² · compactness 0.61 · open whistles 2"
    new = row_of(CellConsequence(2, "2", "Cell 2", None, figures(61)))
    assert (new.households, new.verdict, new.warns) == ("61 resident", "✓", False)
    gone = row_of(CellConsequence(3, "3", "Cell 3", figures(12), None))
    assert gone.households == "12 → none" and not gone.details
    crowded = row_of(CellConsequence(1, "1", "Cell 1", figures(80), replace(figures(120), most=100)))
    assert (crowded.verdict, crowded.warns) == ("above 100", True)
    language.use("zh_CN")
    assert row_of(CellConsequence(1, "1", "一", figures(108), figures(47))).verdict == "低于 50 户"


@pytest.mark.parametrize(
    "text", ["Equal parts were not possible, because households share a place", "住户共用同一地点，无法完全等分各部分", "a"]
)
def test_a_long_remark_takes_several_lines_and_loses_nothing(qtbot: QtBot, text: str) -> None:
    metrics = QFontMetricsF(font(12))
    lines = broken(text, metrics, 120.0)
    assert all(metrics.horizontalAdvance(line) <= 120.0 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert (len(lines) > 1) == (len(text) > 1)


def test_it_shows_what_is_proposed_and_hides_what_is_not(canvas: MapCanvas) -> None:
    panel = LivePanel(canvas, LIGHT)
    arc = next(number for number, arc in STATE.coverage.arcs.items() if arc.left and arc.right)
    canvas.editing.pointer = QPointF(500, 300)
    canvas.propose(boundary_edits.move_vertices([Vertex(arc, 4)], (30.0, 20.0)))
    canvas.editing.previewing.finish()
    assert panel.isVisible() and panel.title == "Preview of the border" and len(panel.rows) == 2
    assert panel.accessibleName() == panel.words() and "km²" in panel.words()
    assert not panel.grab().isNull()
    assert not panel.geometry().contains(QPoint(500, 300)) and canvas.rect().contains(panel.geometry())
    refused = BoundaryEdit("move_node", lambda _: Refusal("no", msg("Not here."), None), lambda *_: msg("Not here."))
    canvas.propose(refused)
    canvas.editing.previewing.finish()
    assert not panel.isVisible(), "the bubble says why"


@pytest.mark.parametrize("pointer", [QPointF(500, 300), QPointF(930, 560), QPointF(30, 30), QPointF(960, 20)])
def test_it_covers_nothing_of_what_is_written_at_the_pointer(canvas: MapCanvas, pointer: QPointF) -> None:
    panel = LivePanel(canvas, LIGHT)
    arc = next(number for number, arc in STATE.coverage.arcs.items() if arc.left and arc.right)
    canvas.editing.pointer = pointer
    canvas.editing.show_sketch(Sketch(text="1.487 km · 168.1° · area 2.08 km²"))
    canvas.propose(boundary_edits.move_vertices([Vertex(arc, 4)], (30.0, 20.0)))
    canvas.editing.previewing.finish()
    words = canvas.editing.words_at_pointer(canvas.viewport)
    assert words.width() > 150 and panel.isVisible() and not panel.geometry().intersects(words.toAlignedRect())


@pytest.mark.parametrize("line", [[(200, 200), (300, 420), (500, 300)], [(900, 100), (800, 500), (700, 420), (500, 300)]])
def test_it_does_not_lie_over_the_line_that_is_drawn(line: list[tuple[int, int]]) -> None:
    size, words = QSize(300, 110), QRect(516, 316, 160, 20)
    drawn = np.array(line, np.float64)
    box = QRect(place_beside(QRect(-500, -500, 3000, 3000), QPoint(500, 300), size, ROOM, words, drawn), size)
    assert ROOM.contains(box) and not crosses(drawn, box) and not box.intersects(words)
    assert crosses(drawn, QRect(480, 280, 40, 40)) and not crosses(np.empty((0, 2)), box)


def test_it_is_not_hidden_by_what_a_banner_says(canvas: MapCanvas) -> None:
    panel, banner = LivePanel(canvas, LIGHT), Banner(LIGHT, canvas.window())
    banner.news("Done: the edit before this one.")
    banner.move(140, 10)
    seen = 0
    for number, arc in STATE.coverage.arcs.items():
        x, y = canvas.viewport.to_screen(*arc.points[4].tolist())
        if arc.left and arc.right and canvas.rect().contains(QPoint(round(x), round(y))):
            canvas.editing.pointer = QPointF(x, y)
            canvas.propose(boundary_edits.move_vertices([Vertex(number, 4)], (3.0, 2.0)))
            canvas.editing.previewing.finish()
            seen += panel.isVisible()
            assert not panel.isVisible() or not panel.geometry().intersects(banner.geometry())
    assert seen > 20


@pytest.mark.parametrize("busy", [QRect(), QRect(300, 200, 200, 150), QRect(-500, -500, 3000, 3000)])
@pytest.mark.parametrize("pointer", [QPoint(500, 300), QPoint(8, 8), QPoint(990, 590), QPoint(990, 8), QPoint(400, 220)])
def test_it_never_lies_under_the_pointer(busy: QRect, pointer: QPoint) -> None:
    size = QSize(280, 130)
    box = QRect(place_beside(busy, pointer, size, ROOM), size)
    assert ROOM.contains(box) and not box.contains(pointer)
    if busy == QRect(300, 200, 200, 150) and busy.adjusted(-300, -300, 300, 300).contains(pointer):
        assert not box.intersects(busy), "beside what is edited"
