import pytest

from gis_app.map.tools.events import BACKSPACE, ENTER
from gis_app.map.tools.measure import measure
from tests.map.tools.bench import Board, Hand


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def hand(board: Board) -> Hand:
    return Hand(board, measure)


def text(board: Board) -> str:
    return board.sketch.text if board.sketch is not None else ""


def test_the_length_of_the_whole_line_is_told_on_the_way(board: Board, hand: Hand) -> None:
    hand.click((110, 110), (110, 140))
    hand.move(150, 140)
    assert text(board).startswith("70.0 m")


def test_from_three_points_on_the_area_is_told(board: Board, hand: Hand) -> None:
    hand.click((110, 110), (190, 110), (190, 190))
    hand.key(ENTER)
    assert text(board) == "160.0 m · area 3,200 m²"
    hand.move(20, 20)
    assert text(board) == "160.0 m · area 3,200 m²", "it stays until the next click"


def test_the_first_point_closes_the_area(board: Board, hand: Hand) -> None:
    hand.click((0, 0), (300, 0), (300, 300), (0, 300), (0, 0))
    assert text(board) == "1.200 km · area 9.00 ha"


def test_the_next_click_begins_anew(board: Board, hand: Hand) -> None:
    hand.click((110, 110))
    hand.double_click(110, 150)
    assert text(board) == "40.0 m"
    hand.click((210, 110))
    assert board.sketch is not None and len(board.sketch.points) == 1


def test_a_point_is_taken_back_and_escape_drops_the_line_and_then_the_tool(board: Board, hand: Hand) -> None:
    hand.click((110, 110), (110, 150), (150, 150))
    hand.key(BACKSPACE)
    hand.right_click()
    assert board.sketch is not None and len(board.sketch.points) == 1
    hand.escape()
    assert board.sketch is not None and board.sketch.points == () and board.left == 0
    hand.escape()
    assert board.left == 1


def test_a_length_is_typed(board: Board, hand: Hand) -> None:
    hand.click((110, 110))
    hand.key(*"50<0")
    assert text(board).startswith("50<0▏")
    hand.key(ENTER, ENTER)
    assert text(board) == "50.0 m"
