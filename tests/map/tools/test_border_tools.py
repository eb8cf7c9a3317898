"""The tools that change whole borders: reshape, smooth, simplify."""

import pytest
import shapely

from gis_app.map.tools.ease import simplify, smooth
from gis_app.map.tools.edit_nodes import edit_nodes
from gis_app.map.tools.events import ENTER
from gis_app.map.tools.reshape import reshape
from tests.map.tools.bench import Board, Hand


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def bent(board: Board) -> Board:
    """Return a board on which the border between 15 and 16 has a sharp corner and a slight one."""
    hand = Hand(board, edit_nodes)
    hand.move(150, 150)
    hand.drag((199, 130), (230, 130))
    hand.drag((210, 170), (213, 171))
    hand.put_down()
    board.committed.clear()
    return board


def test_the_border_follows_the_line(board: Board) -> None:
    hand = Hand(board, reshape)
    hand.click((200, 120), (230, 150))
    hand.move(201, 180)
    assert board.tried().cells == {15, 16}
    hand.click((201, 180))
    hand.key(ENTER)
    assert board.verbs() == ["reshape_border"]
    assert board.shape(15).area == pytest.approx(10_900)
    board.sound()


def test_a_line_that_comes_to_no_border_stays_to_be_corrected(board: Board) -> None:
    hand = Hand(board, reshape)
    hand.click((200, 120), (230, 150))
    hand.key(ENTER)
    assert len(board.refused) == 1 and board.sketch is not None and len(board.sketch.points) == 2


def test_a_click_rounds_the_corners_of_a_border(bent: Board) -> None:
    before = bent.shape(15)
    hand = Hand(bent, smooth)
    hand.move(220, 152)
    assert bent.sketch is not None and len(bent.sketch.handles) == 4 and bent.sketch.text == "Smooth, 2 of 5"
    assert bent.tried().cells == {15, 16}
    hand.key("]")
    assert bent.sketch is not None and bent.sketch.text == "Smooth, 3 of 5"
    hand.click((220, 152))
    assert bent.verbs() == ["smooth_border"]
    assert len(shapely.get_coordinates(bent.shape(15))) > len(shapely.get_coordinates(before))
    bent.sound()


def test_a_click_leaves_out_points_that_hardly_matter(bent: Board) -> None:
    hand = Hand(bent, simplify)
    hand.move(220, 152)
    assert bent.sketch is not None and bent.sketch.text == "Simplify within 5 m"
    hand.key("]", "[")
    hand.click((220, 152))
    assert bent.verbs() == ["simplify_border"]
    bent.sound()


def test_a_click_in_the_selected_cell_means_all_of_its_borders(bent: Board) -> None:
    hand = Hand(bent, smooth)
    hand.move(150, 150)
    assert bent.proposal is None
    bent.selected_cells = (15,)
    hand.click((150, 150))
    assert bent.verbs() == ["smooth_border"]


def test_a_drag_moves_the_map_and_escape_leaves(bent: Board) -> None:
    before = bent.viewport
    hand = Hand(bent, smooth)
    hand.drag((220, 152), (240, 152))
    assert bent.viewport != before and bent.committed == []
    hand.escape()
    assert bent.left == 1
    hand.put_down()
    assert bent.sketch is None and bent.keys == ""


def test_the_border_around_the_selected_cells_moves_where_the_line_is_on_it(board: Board) -> None:
    board.selected_cells = (11, 14, 17)
    hand = Hand(board, reshape)
    hand.click((100, 50), (120, 60), (120, 240), (100, 250))
    hand.key(ENTER)
    assert board.verbs() == ["reshape_border"]
    assert [board.shape(cell).area > 10_000 for cell in (11, 14, 17)] == [True, True, True], "each takes what lies beside it"
    hand.click((200, 120), (230, 150), (200, 180))  # not their border
    hand.key(ENTER)
    assert board.verbs() == ["reshape_border"] * 2
    board.sound()
