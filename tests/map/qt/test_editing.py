"""Tools that draw, by real events on the canvas: what they show, and what becomes of an edit."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.references import Reference, ReferenceKind
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, Arc, neighbours, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.refusal import Refusal
from gis_app.language import msg
from gis_app.map.palette import LIGHT
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.preview_picture import differing_stretch, picture_of, word_boxes
from gis_app.map.qt.previewing import Preview
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.reference.style import colour_of
from gis_app.map.scene import Scene, Selection, default_layers
from tests.map.reference.made import shelf
from tests.map.reference.test_vectors import geojson
from tests.map.synthetic import NOW, synthetic_state
from tests.map.walk import after

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture(scope="module")
def county() -> CountyState:
    return synthetic_state(cells=120, villages=12, townships=3, households=6000, cases=300, bends=8)


@pytest.fixture
def canvas(qtbot: QtBot, county: CountyState) -> Iterator[MapCanvas]:
    window = QWidget()
    qtbot.addWidget(window)
    widget = MapCanvas(window)
    window.resize(800, 600)
    widget.resize(800, 600)
    widget.set_scene(Scene(county, LIGHT, NOW, default_layers("plan")))
    window.show()
    widget.wait_until_drawn()
    widget.drawing.awaited_snapper(county)
    yield widget
    widget.editing.previewing.close()
    widget.drawing.clear()


@pytest.fixture
def cell(canvas: MapCanvas) -> int:
    """A cell in the middle, selected and shown large."""
    found = canvas.cell_at(400, 300)
    canvas.set_selection(Selection({"units": (found,)}))
    canvas.zoom_to_units((found,))
    canvas.set_viewport(canvas.viewport.zoomed(0.5, 400, 300))
    canvas.wait_until_drawn()
    return found


def shown(canvas: MapCanvas) -> QImage:
    return canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def colours(canvas: MapCanvas) -> set[str]:
    image = shown(canvas)
    return {f"#{value & 0xFFFFFF:06X}" for value in np.unique(image_pixels(image)).tolist()}


def place(canvas: MapCanvas, x: float, y: float) -> QPoint:
    return QPointF(*canvas.viewport.to_screen(x, y)).toPoint()


def across(canvas: MapCanvas, cell: int, beyond: float = 60.0) -> tuple[QPoint, QPoint]:
    """Return two places of the widget left and right of a cell, with its middle between them."""
    shape = polygons(canvas.state.coverage, [cell])[cell]
    west, _, east, _ = shape.bounds
    y = shape.representative_point().y
    return place(canvas, west - beyond, y), place(canvas, east + beyond, y)


def a_vertex(state: CountyState, cell: int) -> tuple[Vertex, tuple[float, float]]:
    """Return a vertex in the middle of a border of a cell that is not the county's own."""
    for signed in state.coverage.cells[cell][0][0]:
        arc = state.coverage.arcs[abs(signed)]
        if OUTSIDE not in (arc.left, arc.right):
            index = len(arc.points) // 2
            return Vertex(abs(signed), index), tuple(arc.points[index].tolist())
    raise AssertionError("the cell has no inner border")


def test_a_drawn_line_previews_the_split_and_a_double_click_wants_it(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    wanted: list[BoundaryEdit] = []
    previews: list[Preview | None] = []
    canvas.edit_wanted.connect(wanted.append)
    canvas.previewed.connect(previews.append)
    canvas.set_tool("split")
    start, end = across(canvas, cell)
    qtbot.mouseMove(canvas, start)
    qtbot.mouseClick(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.waitUntil(lambda: bool(previews) and previews[-1] is not None and isinstance(previews[-1].tried, Edited))
    assert previews[-1] is not None
    assert {found.cell for found in previews[-1].consequences} == {cell, max(canvas.state.units) + 1}
    assert LIGHT.hotspot in colours(canvas), "the sketched line"
    qtbot.mouseClick(canvas, LEFT, pos=end)
    qtbot.mouseDClick(canvas, LEFT, pos=end)
    qtbot.mouseRelease(canvas, LEFT, pos=end)
    assert [edit.verb for edit in wanted] == ["split_cell"]
    assert canvas.editing.pending, "what it makes stays in sight"


def test_a_committed_edit_stays_in_sight_until_the_map_shows_it(canvas: MapCanvas, cell: int) -> None:
    vertex, _ = a_vertex(canvas.state, cell)
    edit = boundary_edits.move_vertices([vertex], (4.0, 4.0))
    before = shown(canvas)
    assert canvas.commit(edit)
    assert canvas.editing.pending and shown(canvas) != before
    scene = canvas.scene
    assert scene is not None
    edited = edit.attempt(scene.state)
    assert isinstance(edited, Edited)
    following = after(scene.state, edited)
    canvas.drawing.follow(following)
    canvas.set_scene(replace(scene, state=following))
    assert canvas.editing.pending, "the picture beneath is still the old one"
    canvas.wait_until_drawn()
    assert not canvas.editing.pending and shown(canvas) != before


def test_a_draft_with_the_same_borders_is_still_to_be_edited(canvas: MapCanvas, cell: int) -> None:
    vertex, _ = a_vertex(canvas.state, cell)
    assert canvas.commit(boundary_edits.move_vertices([vertex], (4.0, 4.0)))
    scene = canvas.scene
    assert scene is not None
    arcs = {number: replace(arc) for number, arc in scene.state.coverage.arcs.items()}
    canvas.set_scene(replace(scene, state=replace(scene.state, coverage=replace(scene.state.coverage, arcs=arcs))))
    canvas.wait_until_drawn()
    assert canvas.editing.pending
    canvas.forget_edit()
    assert not canvas.editing.pending


def test_a_merger_that_moves_no_border_is_not_shown_for_ever(canvas: MapCanvas, cell: int) -> None:
    scene = canvas.scene
    assert scene is not None
    coverage = scene.state.coverage
    apart = next(other for other in sorted(coverage.cells) if other != cell and other not in neighbours(coverage)[cell])
    edit = boundary_edits.merge_cells([cell, apart], cell)
    assert canvas.commit(edit)
    edited = edit.attempt(scene.state)
    assert isinstance(edited, Edited)
    following = after(scene.state, edited)
    canvas.drawing.follow(following)
    canvas.set_scene(replace(scene, state=following))
    canvas.wait_until_drawn()
    assert not canvas.editing.pending


def test_an_edit_that_is_undone_before_it_was_drawn_is_shown_no_longer(canvas: MapCanvas, cell: int) -> None:
    scene = canvas.scene
    vertex, _ = a_vertex(canvas.state, cell)
    edit = boundary_edits.move_vertices([vertex], (4.0, 4.0))
    assert canvas.commit(edit) and scene is not None
    canvas.edit_performed(boundary_edits.move_vertices([vertex], (4.0, 4.0)))
    assert canvas.editing.pending, "that was another one"
    canvas.set_scene(replace(scene))  # the same county again: done and undone
    canvas.edit_performed(edit)
    canvas.wait_until_drawn()
    assert not canvas.editing.pending


def test_what_is_refused_is_said_at_the_pointer_and_its_place_is_ringed(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    wanted: list[BoundaryEdit] = []
    canvas.edit_wanted.connect(wanted.append)
    at = canvas.viewport.to_map(300, 200)

    def attempt(_: CountyState) -> Refusal:
        return Refusal("no", msg("Not here."), at)

    refused = BoundaryEdit("split_cell", attempt, lambda *_: msg("Not here."))
    assert LIGHT.danger not in colours(canvas)
    qtbot.mouseMove(canvas, QPoint(400, 300))
    assert not canvas.commit(refused)
    assert wanted == [] and not canvas.editing.pending
    assert str(canvas.editing.message) == "Not here." and canvas.editing.refused_at == at
    assert LIGHT.danger in colours(canvas)
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(700, 500))
    assert canvas.editing.message is None and LIGHT.danger not in colours(canvas)


def test_a_refused_proposal_says_why_while_it_is_made(canvas: MapCanvas) -> None:
    refused = BoundaryEdit("move_node", lambda _: Refusal("no", msg("Not here."), None), lambda *_: msg("Not here."))
    canvas.propose(refused)
    canvas.editing.previewing.finish()
    assert str(canvas.editing.message) == "Not here."
    canvas.propose(None)
    assert canvas.editing.message is None


def test_a_line_under_way_is_not_blamed_for_not_being_finished(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    canvas.set_tool("split")
    start, end = across(canvas, cell)
    qtbot.mouseMove(canvas, start)
    qtbot.mouseClick(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, (start + end) / 2)
    canvas.editing.previewing.finish()
    preview = canvas.editing.preview
    assert preview is not None and isinstance(preview.tried, Refusal) and preview.tried.code == "ends_inside"
    assert canvas.editing.message is None and canvas.editing.refused_at is None
    qtbot.mouseClick(canvas, LEFT, pos=(start + end) / 2)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert "ends here" in str(canvas.editing.message) and canvas.editing.refused_at is not None


def test_land_that_leaves_the_county_looks_as_what_lies_beyond(canvas: MapCanvas) -> None:
    canvas.zoom_to_whole()
    canvas.wait_until_drawn()
    arc = max((arc for arc in canvas.state.coverage.arcs.values() if OUTSIDE in (arc.left, arc.right)), key=lambda arc: len(arc.points))
    x, y = arc.points[len(arc.points) // 2].tolist()
    size = 60 * canvas.viewport.resolution
    leaves = shapely.box(x - size, y - size, x + size, y + size)
    canvas.propose(boundary_edits.cut_county(shapely.get_coordinates(leaves.exterior)))
    canvas.editing.previewing.finish()
    preview = canvas.editing.preview
    assert preview is not None and isinstance(preview.tried, Edited)
    gone = shapely.union_all([piece.shape for piece in preview.tried.pieces if piece.owner == OUTSIDE])
    inner = shapely.maximum_inscribed_circle(gone).coords[0]
    assert shown(canvas).pixelColor(place(canvas, *inner)).name().upper() == LIGHT.map_ground


def test_the_households_of_two_cells_are_not_written_over_one_another(canvas: MapCanvas, cell: int) -> None:
    inside = polygons(canvas.state.coverage, [cell])[cell].representative_point().buffer(40 * canvas.viewport.resolution)
    canvas.propose(boundary_edits.split_by_polygon(cell, shapely.get_coordinates(inside.exterior)))
    canvas.editing.previewing.finish()
    preview = canvas.editing.preview
    assert preview is not None
    picture = picture_of(preview, canvas.scene, None)  # type: ignore[arg-type]
    assert picture is not None and len(picture.words) == 2
    stacked = replace(picture, words=tuple((*picture.words[0][:2], *words[2:]) for words in picture.words))
    boxes = word_boxes(stacked, canvas.viewport)
    assert len(boxes) == 2 and not boxes[0].intersects(boxes[1])
    assert abs(boxes[0].center().y() - boxes[1].center().y()) < 40


def test_what_is_traced_stays_in_sight_while_cells_are_previewed(canvas: MapCanvas, cell: int, tmp_path: Path) -> None:
    shape = polygons(canvas.state.coverage, [cell])[cell]
    middle, (west, south, east, north) = shape.representative_point(), shape.bounds
    low = south + (north - south) / 5  # below the words on the cells
    geojson(tmp_path / "road.geojson", [np.array([(west, low), (east, low)])], ["省道"])
    road, own = Reference(1, "道路", ReferenceKind.VECTOR, "road.geojson"), shelf(tmp_path)
    own.open(road)
    scene = canvas.scene
    assert scene is not None
    canvas.set_scene(replace(scene, state=replace(scene.state, references={1: road}), shelf=own))
    canvas.wait_until_drawn()

    def road_pixels() -> int:
        return int((image_pixels(shown(canvas)) & 0xFFFFFF == int(colour_of(road, None, LIGHT)[1:], 16)).sum())

    before = road_pixels()
    assert before > 100
    inside = middle.buffer(60 * canvas.viewport.resolution)
    canvas.propose(boundary_edits.split_by_polygon(cell, shapely.get_coordinates(inside.exterior)))
    canvas.editing.previewing.finish()
    assert isinstance(canvas.editing.preview, Preview) and isinstance(canvas.editing.preview.tried, Edited)
    assert road_pixels() > 0.5 * before
    own.close()


def test_the_newest_proposal_wins_and_one_taken_back_is_not_shown(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    vertex, _ = a_vertex(canvas.state, cell)
    first, second = (boundary_edits.move_vertices([vertex], (by, 1.0)) for by in (1.0, 2.0))
    canvas.propose(first)
    canvas.propose(second)
    qtbot.waitUntil(lambda: canvas.editing.previewing.preview is not None)
    preview = canvas.editing.previewing.preview
    assert preview is not None and preview.edit is second
    slow = replace(first, verb="paint_cells")  # a verb that is tried beside the window
    canvas.propose(slow)
    canvas.propose(None)
    qtbot.wait(120)
    assert canvas.editing.previewing.preview is None
    canvas.propose(slow)
    qtbot.waitUntil(lambda: canvas.editing.previewing.preview is not None)
    preview = canvas.editing.previewing.preview
    assert preview is not None and preview.edit is slow


def test_cells_that_a_tool_has_chosen_are_outlined(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    canvas.set_selection(Selection())
    assert LIGHT.selection not in colours(canvas)
    canvas.set_tool("merge")
    qtbot.mouseClick(canvas, LEFT, pos=QPoint(400, 300))
    assert canvas.editing.sketch is not None and canvas.editing.sketch.cells == (canvas.cell_at(400, 300),)
    assert LIGHT.selection in colours(canvas)
    qtbot.mouseClick(canvas, RIGHT, pos=QPoint(400, 300))
    assert LIGHT.selection not in colours(canvas)


def test_dragging_a_vertex_moves_both_sides_live(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    wanted: list[BoundaryEdit] = []
    canvas.edit_wanted.connect(wanted.append)
    canvas.set_tool("edit_nodes")
    _, at = a_vertex(canvas.state, cell)
    start = place(canvas, *at)
    qtbot.mouseMove(canvas, start + QPoint(9, 9))
    qtbot.mouseMove(canvas, start)
    assert LIGHT.selection in colours(canvas), "the handles"
    qtbot.mousePress(canvas, LEFT, pos=start)
    for step in (3, 6, 9):
        qtbot.mouseMove(canvas, start + QPoint(step, step))
    canvas.editing.previewing.finish()
    preview = canvas.editing.previewing.preview
    assert preview is not None and isinstance(preview.tried, Edited)
    assert {found.cell for found in preview.consequences} <= preview.tried.cells and len(preview.consequences) == 2
    qtbot.mouseRelease(canvas, LEFT, pos=start + QPoint(9, 9))
    assert [edit.verb for edit in wanted] == ["move_vertices"]


def test_keys_that_a_tool_wants_are_not_shortcuts(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    from PySide6.QtGui import QKeySequence, QShortcut

    window = canvas.window()
    pressed: list[str] = []
    shortcut = QShortcut(QKeySequence("2"), window)
    shortcut.activated.connect(lambda: pressed.append("2"))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_2)
    assert pressed == ["2"]
    canvas.set_tool("split")
    start, _ = across(canvas, cell)
    qtbot.mouseMove(canvas, start)
    qtbot.keyClick(canvas, Qt.Key.Key_2)
    assert pressed == ["2"], "the tool makes two equal parts of it"
    assert canvas.editing.sketch is not None
    canvas.set_tool("select")
    assert canvas.editing.sketch is None and canvas.editing.keys == ""


def test_undo_takes_back_a_point_while_a_line_is_drawn(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    from PySide6.QtGui import QKeySequence, QShortcut

    window = canvas.window()
    undone: list[str] = []
    QShortcut(QKeySequence("Ctrl+Z"), window).activated.connect(lambda: undone.append("edit"))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    canvas.setFocus()
    canvas.set_tool("split")
    start, end = across(canvas, cell)
    for at in (start, (start + end) / 2):
        qtbot.mouseMove(canvas, at)
        qtbot.mouseClick(canvas, LEFT, pos=at)
    for left in (1, 0):
        qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert len(canvas.editing.sketch.points if canvas.editing.sketch is not None else ()) == left and not undone
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == ["edit"], "with nothing drawn it is the window's"
    canvas.set_tool("edit_nodes")
    _, vertex = a_vertex(canvas.state, cell)
    qtbot.mouseMove(canvas, place(canvas, *vertex))
    qtbot.mousePress(canvas, LEFT, pos=place(canvas, *vertex))
    qtbot.mouseMove(canvas, place(canvas, *vertex) + QPoint(12, 12))
    assert not canvas.editing.draws_line
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(canvas, LEFT, pos=place(canvas, *vertex))


def test_the_right_button_is_the_tools_and_else_opens_a_menu(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    from PySide6.QtGui import QContextMenuEvent

    asked: list[object] = []
    canvas.context_requested.connect(lambda *told: asked.append(told))
    at = QPoint(300, 300)
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, canvas.mapToGlobal(at))
    QApplication.sendEvent(canvas, menu)
    assert len(asked) == 1
    canvas.set_tool("split")
    start, end = across(canvas, cell)
    qtbot.mouseMove(canvas, start)
    qtbot.mouseClick(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    assert canvas.editing.sketch is not None and canvas.editing.sketch.points
    qtbot.mouseClick(canvas, RIGHT, pos=end)
    QApplication.sendEvent(canvas, menu)
    assert len(asked) == 1, "no menu"
    assert canvas.editing.sketch is None or not canvas.editing.sketch.points, "the last point was taken back"


def test_a_half_drawn_line_survives_zoom_and_pan(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    canvas.set_tool("split")
    start, end = across(canvas, cell)
    qtbot.mouseMove(canvas, start)
    qtbot.mouseClick(canvas, LEFT, pos=start)
    qtbot.mouseMove(canvas, end)
    assert canvas.editing.sketch is not None
    points = canvas.editing.sketch.points
    canvas.zoom_out()
    qtbot.mousePress(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(300, 200))
    qtbot.mouseMove(canvas, QPoint(340, 230))
    qtbot.mouseRelease(canvas, Qt.MouseButton.MiddleButton, pos=QPoint(340, 230))
    assert canvas.editing.sketch is not None and canvas.editing.sketch.points == points
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool == "split", "the first Escape drops the line"
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.tool == "select"


def test_a_hovered_cell_that_is_gone_is_forgotten(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    qtbot.mouseMove(canvas, QPoint(402, 302))
    qtbot.mouseMove(canvas, QPoint(400, 300))
    hit = canvas.hit_at(400, 300)
    assert hit is not None and hit.id == cell
    scene = canvas.scene
    assert scene is not None
    edited = boundary_edits.delete_cell(cell).attempt(scene.state)
    assert isinstance(edited, Edited)
    following = after(scene.state, edited)
    canvas.set_scene(replace(scene, state=following))
    assert not canvas.grab().isNull(), "painted with a selection that is gone"
    canvas.wait_until_drawn()
    hit = canvas.hit_at(400, 300)
    assert hit is not None and hit.id != cell and hit.id in following.units
    assert canvas.unit_extent((cell,)) is None
    canvas.zoom_to_units((cell,))
    assert canvas.selected_cells == ()


def test_a_large_area_is_previewed_beside_the_window(qtbot: QtBot, canvas: MapCanvas, cell: int) -> None:
    west, south, east, north = polygons(canvas.state.coverage, [cell])[cell].bounds
    disc = shapely.Point(east, (south + north) / 2).buffer((east - west) / 3)
    canvas.propose(boundary_edits.paint_cells(disc, cell))
    qtbot.waitUntil(lambda: canvas.editing.previewing.preview is not None, timeout=5000)
    assert not canvas.grab().isNull()


def test_only_the_stretch_that_moves_is_shown_as_gone() -> None:
    line = np.array([(float(x), 0.0) for x in range(10)])
    moved, longer = line.copy(), np.insert(line, 4, (3.5, 1.0), axis=0)
    moved[5] = (5.0, 2.0)
    before, after, inserted = (Arc(1, 2, 3, 4, points) for points in (line, moved, longer))
    assert differing_stretch(before, after).tolist() == line[4:7].tolist()
    assert differing_stretch(before, inserted).tolist() == line[3:5].tolist()
    assert differing_stretch(before, None) is line
    turned = Arc(1, 2, 3, 4, line[::-1].copy())
    assert differing_stretch(before, turned).tolist() == line.tolist()
