"""What all tools have in common that draw a line: the one that splits stands for them."""

import pytest

from gis_app.map.snapping import SnapKind
from gis_app.map.tools.events import BACKSPACE, ENTER, Button, EventKind
from gis_app.map.tools.split import split
from tests.map.tools.bench import EAST, NORTH, Board, Hand


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def hand(board: Board) -> Hand:
    return Hand(board, split)


def drawn(board: Board) -> list[tuple[float, float]]:
    """Return the points of the line, counted from the county's corner."""
    return [(round(x - EAST, 3), round(y - NORTH, 3)) for x, y in board.sketch.points] if board.sketch is not None else []


def test_clicks_add_points_and_the_line_goes_on_to_the_pointer(board: Board, hand: Hand) -> None:
    hand.click((150, 90), (150, 120))
    hand.move(150, 140)
    assert drawn(board) == [(150, 90), (150, 120)]
    assert board.sketch is not None and board.sketch.cursor == (EAST + 150, NORTH + 140)
    assert "20.0 m · 0.0°" in board.sketch.text


def test_nothing_is_measured_while_the_pointer_is_on_the_last_point(board: Board, hand: Hand) -> None:
    hand.click((150, 90))
    hand.move(150, 90)
    assert board.sketch is not None and board.sketch.text == ""
    hand.key("5")
    assert board.sketch.text.startswith("5▏")


def test_a_double_click_ends_the_line_without_a_point_more(board: Board, hand: Hand) -> None:
    hand.click((150, 80))
    hand.double_click(150, 220)
    assert board.verbs() == ["split_cell"]
    assert drawn(board) == []
    board.sound()
    assert len(board.state.coverage.cells) == 10
    assert board.shape(15).area == pytest.approx(5000)


def test_two_clicks_at_once_in_two_places_are_two_points(board: Board, hand: Hand) -> None:
    hand.click((150, 80))
    hand.at = (150, 220)
    hand.send(EventKind.DOUBLE_CLICK, Button.LEFT)  # a hurried hand, far from the last point
    hand.release()
    assert board.verbs() == ["split_cell"]


def test_right_click_and_backspace_take_the_last_point_back(board: Board, hand: Hand) -> None:
    hand.click((150, 90), (140, 120), (130, 140))
    hand.right_click()
    assert drawn(board) == [(150, 90), (140, 120)]
    hand.key(BACKSPACE)
    assert drawn(board) == [(150, 90)]
    hand.right_click()
    hand.right_click()
    assert drawn(board) == [] and board.left == 0


def test_escape_drops_the_line_and_then_leaves_the_tool(board: Board, hand: Hand) -> None:
    hand.click((150, 90), (150, 120))
    hand.escape()
    assert drawn(board) == [] and board.left == 0 and board.proposal is None
    hand.escape()
    assert board.left == 1


def test_what_is_shown_goes_when_the_tool_is_put_down(board: Board, hand: Hand) -> None:
    hand.click((150, 90), (150, 120))
    hand.put_down()
    assert board.sketch is None and board.snap is None and board.proposal is None and board.keys == ""


def test_a_line_stays_where_it_is_while_the_map_moves_and_zooms(board: Board, hand: Hand) -> None:
    hand.click((150, 80), (150, 120))
    board.set_viewport(board.viewport.zoomed(2.0, 100, 100).moved(30, -40))
    hand.move(150, 130)
    assert drawn(board) == [(150, 80), (150, 120)]
    hand.double_click(150, 220)
    assert board.verbs() == ["split_cell"]


def test_a_refused_line_stays_to_be_corrected(board: Board, hand: Hand) -> None:
    hand.click((120, 140), (150, 150))
    hand.key(ENTER)
    assert len(board.refused) == 1 and drawn(board) == [(120, 140), (150, 150)]
    hand.right_click()
    hand.right_click()
    hand.click((150, 90))
    hand.double_click(150, 210)
    assert board.verbs() == ["split_cell"]


def test_points_snap_to_borders_and_alt_lets_them_not(board: Board, hand: Hand) -> None:
    hand.move(152, 103)
    assert board.snap is not None and board.snap.kind == SnapKind.BORDER
    hand.click((152, 103))
    hand.click((152, 103), alt=True)
    assert drawn(board) == [(152, 100), (152, 103)]
    hand.move(101, 102)
    assert board.snap is not None and board.snap.kind == SnapKind.NODE


def test_the_foot_of_the_perpendicular_from_the_last_point_is_offered(board: Board, hand: Hand) -> None:
    hand.click((150, 130))
    hand.move(153, 199)
    assert board.snap is not None and board.snap.kind == SnapKind.PERPENDICULAR
    hand.click((153, 199))
    assert drawn(board) == [(150, 130), (150, 200)]


def test_shift_keeps_to_steps_of_fifteen_degrees(board: Board, hand: Hand) -> None:
    hand.click((150, 130))
    hand.click((151, 160), shift=True)
    (_, _), (x, y) = drawn(board)
    assert x == 150 and y == pytest.approx(160, abs=0.1)


def test_control_follows_the_border(board: Board, hand: Hand) -> None:
    hand.click((150, 100))
    hand.move(200, 150, control=True)
    assert board.sketch is not None and [(x - EAST, y - NORTH) for x, y in board.sketch.trail] == [(200, 100)]
    hand.click((200, 150), control=True)
    assert drawn(board) == [(150, 100), (200, 100), (200, 150)]
    hand.right_click()
    assert drawn(board) == [(150, 100)], "what was followed goes at once"


def test_a_length_is_typed(board: Board, hand: Hand) -> None:
    hand.click((150, 110))
    hand.move(150, 140)
    hand.key("2", "5")
    assert board.sketch is not None and board.sketch.cursor == (EAST + 150, NORTH + 135) and board.sketch.text.startswith("25▏")
    hand.key(ENTER)
    assert drawn(board) == [(150, 110), (150, 135)]


def test_a_length_and_a_direction_are_typed(board: Board, hand: Hand) -> None:
    hand.click((150, 110))
    hand.key(*"20<90", ENTER)
    hand.key(*"10<@-90", ENTER)
    assert drawn(board) == [(150, 110), (170, 110), (170, 120)]
    hand.key(*"@-5,2.5", ENTER)
    assert drawn(board)[-1] == (165, 122.5)


def test_backspace_and_escape_take_back_what_is_typed_first(board: Board, hand: Hand) -> None:
    hand.click((150, 110))
    hand.key("1", "2", BACKSPACE)
    assert board.sketch is not None and board.sketch.text.startswith("1▏")
    hand.escape()
    assert drawn(board) == [(150, 110)] and board.sketch is not None and "▏" not in board.sketch.text


def test_the_line_is_back_at_the_pointer_when_what_is_typed_is_dropped(board: Board, hand: Hand) -> None:
    hand.click((150, 90))
    hand.move(150, 120)
    before = board.sketch
    hand.key("7")
    hand.escape()
    assert before is not None and board.sketch is not None
    assert board.sketch.cursor == before.cursor and board.sketch.text == before.text


def test_digits_belong_to_the_map_while_nothing_is_drawn_that_they_could_be_for(board: Board, hand: Hand) -> None:
    assert "0" not in board.keys
    hand.click((150, 110))
    assert "0" in board.keys


def test_a_second_click_at_one_place_adds_nothing(board: Board, hand: Hand) -> None:
    hand.click((150, 110), (150, 110))
    assert drawn(board) == [(150, 110)]


def test_nothing_snaps_while_the_snapper_is_being_made(board: Board, hand: Hand) -> None:
    board.snapper = None
    hand.click((150, 101))
    hand.move(160, 101, control=True)
    assert drawn(board) == [(150, 101)] and board.snap is None


def test_a_hurried_press_that_slides_is_a_click(board: Board, hand: Hand) -> None:
    before = board.viewport
    hand.drag((150, 110), (158, 118))
    assert drawn(board) == [(150, 110)] and board.viewport == before
