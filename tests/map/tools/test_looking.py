"""The tools that look and select: they change nothing."""

from collections.abc import Callable

from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Tool
from gis_app.map.tools.lasso import lasso
from gis_app.map.tools.pan import pan
from gis_app.map.tools.select import select
from gis_app.map.tools.zoom_box import zoom_box
from gis_app.map.viewport import Viewport
from tests.map.tools.bench import EAST, NORTH, Board, Hand

START = Viewport(1000.0, 2000.0, 10.0, 800, 600)


def start(make: Callable[[MapView], Tool]) -> tuple[Board, Tool]:
    view = Board()
    view.viewport = START
    tool = make(view)
    next(tool)
    return view, tool


def press(x: float, y: float, button: Button = Button.LEFT, shift: bool = False) -> MapEvent:
    return MapEvent(EventKind.PRESS, x, y, button, shift)


def move(x: float, y: float) -> MapEvent:
    return MapEvent(EventKind.MOVE, x, y)


def release(x: float, y: float) -> MapEvent:
    return MapEvent(EventKind.RELEASE, x, y, Button.LEFT)


ESCAPE = MapEvent(EventKind.ESCAPE, 0, 0)


def test_a_press_that_hardly_moves_is_a_click() -> None:
    view, tool = start(select)
    for event in (press(100, 100), move(102, 101), release(102, 101)):
        tool.send(event)
    assert [(e.x, e.y) for e in view.clicks] == [(100, 100)]
    assert view.viewport == START


def test_a_drag_with_the_select_tool_moves_the_map_and_clicks_nothing() -> None:
    view, tool = start(select)
    for event in (press(100, 100), move(130, 90), move(150, 80), release(150, 80)):
        tool.send(event)
    assert view.clicks == []
    assert view.viewport == START.moved(50, -20)


def test_escape_puts_a_dragged_map_back() -> None:
    view, tool = start(pan)
    for event in (press(100, 100), move(300, 300), ESCAPE):
        tool.send(event)
    assert view.viewport == START
    tool.send(move(400, 400))
    assert view.viewport == START


def test_shift_and_drag_zooms_to_the_box() -> None:
    view, tool = start(select)
    for event in (press(200, 150, shift=True), move(600, 450), release(600, 450)):
        tool.send(event)
    assert view.viewport.resolution == START.resolution / 2
    assert (view.viewport.x, view.viewport.y) == START.to_map(400, 300)
    assert view.boxes[-1] is None and (200, 150, 600, 450) in view.boxes


def test_shift_and_click_is_a_click_with_shift() -> None:
    view, tool = start(select)
    tool.send(press(200, 150, shift=True))
    tool.send(release(200, 150))
    assert [e.shift for e in view.clicks] == [True]


def test_escape_drops_the_box() -> None:
    view, tool = start(zoom_box)
    for event in (press(200, 150), move(600, 450), ESCAPE, release(600, 450)):
        tool.send(event)
    assert view.viewport == START and view.boxes[-1] is None


def test_a_click_with_the_box_tool_zooms_in() -> None:
    view, tool = start(zoom_box)
    tool.send(press(200, 150))
    tool.send(release(200, 150))
    assert view.viewport == START.zoomed(2.0, 200, 150)


def test_double_click_is_told_once() -> None:
    view, tool = start(select)
    for event in (press(5, 5), release(5, 5), MapEvent(EventKind.DOUBLE_CLICK, 5, 5, Button.LEFT), release(5, 5)):
        tool.send(event)
    assert len(view.double_clicks) == 1 and len(view.clicks) == 1


def test_the_middle_button_pans_with_the_pan_tool() -> None:
    view, tool = start(pan)
    for event in (press(0, 0, Button.MIDDLE), move(40, 40), release(40, 40)):
        tool.send(event)
    assert view.viewport == START.moved(40, 40)


def test_a_whistle_that_may_be_moved_is_carried() -> None:
    board = Board()
    hand = Hand(board, select)
    board.gripping = True
    hand.press(100, 100)
    hand.move(150, 120)
    assert board.sketch is not None and board.sketch.cursor is not None
    hand.release()
    assert [(round(x - EAST), round(y - NORTH)) for x, y in board.drops] == [(150, 120)]
    assert board.sketch is None and not board.clicks
    hand.click((100, 100))
    assert len(board.clicks) == 1 and len(board.drops) == 1, "a click does not move it"
    hand.press(100, 100)
    hand.move(200, 200)
    hand.escape()
    hand.release()
    assert len(board.drops) == 1 and board.sketch is None


def test_whistles_are_selected_by_a_line_around_them_or_a_box() -> None:
    board = Board()
    hand = Hand(board, lasso)
    hand.drag((0, 0), (100, 0), (100, 100), (0, 100))
    hand.drag((10, 10), (60, 40), shift=True)
    line, box = ([(round(x - EAST), round(y - NORTH)) for x, y in area] for area in board.areas)
    assert line == [(0, 0), (100, 0), (100, 100), (0, 100)] and box == [(10, 10), (60, 10), (60, 40), (10, 40)]
    hand.press(0, 0)
    hand.move(50, 50)
    hand.escape()
    hand.release()
    hand.click((5, 5))
    assert len(board.areas) == 2 and len(board.clicks) == 1 and board.sketch is None
