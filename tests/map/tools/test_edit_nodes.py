import numpy as np
import pytest
import shapely

from gis_app.county.changes import Refusal
from gis_app.map.snapping import References, SnapKind
from gis_app.map.tools.edit_nodes import edit_nodes
from gis_app.map.tools.events import BACKSPACE, DELETE, ENTER, Button, EventKind
from tests.map.tools.bench import EAST, NORTH, Board, Hand


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def hand(board: Board) -> Hand:
    return Hand(board, edit_nodes)


def handles(board: Board) -> set[tuple[float, float]]:
    assert board.sketch is not None
    return {(x - EAST, y - NORTH) for x, y in board.sketch.handles.tolist()}


def marked(board: Board) -> set[tuple[float, float]]:
    assert board.sketch is not None
    return {(round(x - EAST, 3), round(y - NORTH, 3)) for x, y in board.sketch.marked.tolist()}


def test_the_points_of_the_cell_at_the_pointer_are_offered(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    assert handles(board) == {(100, 100), (200, 100), (200, 200), (100, 200)}
    hand.move(101, 150)  # on the border to 14: the cell that was pointed at stays
    assert handles(board) == {(100, 100), (200, 100), (200, 200), (100, 200)}
    assert board.snap is not None and board.snap.kind == SnapKind.BORDER
    hand.move(50, 150)
    assert (0, 100) in handles(board)


def test_the_points_of_the_selected_cells_are_offered_wherever_the_pointer_is(board: Board, hand: Hand) -> None:
    board.selected_cells = (11, 12)
    hand.move(250, 250)
    assert handles(board) == {(0, 0), (100, 0), (200, 0), (0, 100), (100, 100), (200, 100)}


def test_points_out_of_sight_are_not_offered(board: Board, hand: Hand) -> None:
    board.set_viewport(board.viewport.zoomed(8.0, *board.viewport.to_screen(EAST + 100, NORTH + 100)))
    hand.move(110, 110)
    assert handles(board) == {(100, 100)}


def test_a_node_is_dragged_and_all_cells_around_it_follow(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.press(101, 99)
    hand.move(111, 109)
    hand.move(121, 119)
    assert board.tried().cells == {11, 12, 14, 15}
    hand.release()
    assert board.verbs() == ["move_vertices"]
    assert shapely.get_coordinates(board.shape(11)).max() == 121, "to where the pointer was let go"
    board.sound()


def test_a_dragged_point_does_not_snap_to_borders(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.press(100, 100)
    hand.move(104, 130)  # near the border of 14 and 15
    assert board.snap is None
    assert board.sketch is not None and board.sketch.cursor == (EAST + 104, NORTH + 130)


def test_a_dragged_point_snaps_to_reference_lines_unless_alt_is_held(board: Board, hand: Hand) -> None:
    road = shapely.LineString([(EAST + 120, NORTH - 50), (EAST + 120, NORTH + 400)])
    assert board.snapper is not None
    board.snapper = board.snapper.with_references(References.of([road]))
    hand.move(150, 150)
    hand.press(100, 100)
    hand.move(118, 110)
    assert board.snap is not None and board.snap.kind == SnapKind.REFERENCE_LINE
    assert marked(board) == {(120, 110)}
    hand.move(118, 110, alt=True)
    assert marked(board) == {(118, 110)}
    hand.move(118, 101, shift=True)
    assert marked(board) == {(118, 100)}


def test_escape_puts_a_dragged_point_back(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.press(100, 100)
    hand.move(120, 120)
    hand.escape()
    assert board.proposal is None and board.committed == [] and board.left == 0
    hand.release()
    assert board.committed == []


def test_a_refused_move_leaves_the_point_where_it_was(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.drag((100, 100), (150, 150), (250, 260))
    assert board.committed == [] and len(board.refused) == 1 and board.proposal is None


def test_a_border_is_clicked_to_insert_a_point_or_dragged_to_pull_one_out(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.click((101, 150))
    assert board.verbs() == ["insert_vertex"] and (100, 150) in handles(board)
    hand.move(150, 150)
    hand.press(150, 101)
    hand.move(150, 120)
    assert board.tried().cells >= {12, 15}
    hand.release()
    assert board.verbs() == ["insert_vertex", "insert_vertex"]
    assert board.shape(15).area == pytest.approx(10_000 - 100 * 20 / 2)
    board.sound()


def test_delete_removes_the_point_at_the_pointer_and_so_does_a_double_click(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.drag((150, 101), (150, 120))
    hand.drag((101, 150), (120, 150))
    hand.move(120, 150)
    hand.key(DELETE)
    hand.click((150, 120))
    hand.send(EventKind.DOUBLE_CLICK, Button.LEFT)
    hand.release()
    assert board.verbs()[2:] == ["remove_vertex", "remove_vertex"]
    assert board.shape(15).equals(shapely.box(100, 100, 200, 200))


def test_a_double_click_on_a_border_inserts_one_point(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.double_click(150, 101)
    assert board.verbs() == ["insert_vertex"]


def test_delete_at_nothing_says_what_to_do(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.key(DELETE)
    assert board.said is not None and board.committed == []


def test_a_node_cannot_be_removed(board: Board, hand: Hand) -> None:
    hand.move(150, 150)
    hand.move(100, 100)
    hand.key(DELETE)
    assert [refusal.code for refusal in board.refused] == ["node"]


def test_a_lasso_chooses_points_and_a_drag_moves_them_all(board: Board, hand: Hand) -> None:
    board.selected_cells = (14, 15, 16)
    hand.move(50, 50)
    hand.drag((60, 60), (160, 60), (240, 60), (240, 130), (60, 130), shift=True)
    assert marked(board) == {(100, 100), (200, 100)}
    hand.press(200, 100)
    hand.move(200, 110)
    assert marked(board) == {(100, 110), (200, 110)}
    hand.release()
    assert board.verbs() == ["move_vertices"]
    assert board.shape(12).area == pytest.approx(11_000)
    hand.drag((100, 110), (100, 120))  # they are still chosen
    assert board.shape(12).area == pytest.approx(12_000)
    board.sound()


def test_shift_and_click_adds_a_point_and_takes_it_out(board: Board, hand: Hand) -> None:
    board.selected_cells = (15,)
    hand.click((100, 100), (200, 100), shift=True)
    assert marked(board) == {(100, 100), (200, 100)}
    hand.click((100, 100), shift=True)
    assert marked(board) == {(200, 100)}
    hand.escape()
    assert marked(board) == set() and board.left == 0
    hand.escape()
    assert board.left == 1


def test_all_chosen_points_are_removed_at_once(board: Board, hand: Hand) -> None:
    board.selected_cells = (15,)
    for x in (120, 150, 180):
        hand.click((x, 100))
    hand.drag((110, 90), (190, 90), (190, 110), (110, 110), shift=True)
    assert len(marked(board)) == 3
    hand.key(DELETE)
    assert board.verbs()[3:] == ["remove_vertices"]
    assert marked(board) == set() and len(handles(board)) == 4


def test_a_click_elsewhere_selects_and_a_drag_elsewhere_moves_the_map(board: Board, hand: Hand) -> None:
    before = board.viewport
    hand.click((150, 150))
    assert len(board.clicks) == 1
    hand.drag((150, 150), (170, 150))
    assert board.viewport != before and len(board.clicks) == 1


def test_chosen_points_that_are_gone_are_forgotten(board: Board, hand: Hand) -> None:
    board.selected_cells = (15,)
    hand.click((150, 100))
    hand.click((150, 100), shift=True)
    assert len(marked(board)) == 1
    fresh = Board()
    board.state, board.snapper = fresh.state, fresh.snapper  # undone
    hand.move(150, 150)
    assert marked(board) == set()


def test_with_too_many_points_only_nodes_are_shown(board: Board, hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_app.map.tools.edit_nodes.MOST_HANDLES", 4)
    board.selected_cells = (15,)
    hand.click((150, 100))
    hand.move(150, 150)
    assert len(handles(board)) == 4


def test_nothing_is_offered_while_the_snapper_is_being_made(board: Board, hand: Hand) -> None:
    board.snapper = None
    hand.click((100, 100))
    assert len(board.clicks) == 1
    assert board.sketch is not None and np.size(board.sketch.handles) == 0


def test_cells_too_small_to_be_pointed_at_offer_no_points(board: Board, hand: Hand) -> None:
    board.set_viewport(board.viewport.zoomed(0.1, 400, 400))
    hand.move(150, 150)
    assert handles(board) == set() and board.snap is None
    assert board.sketch is not None and board.sketch.text == "Zoom in to see the points"
    hand.click((150, 150))
    assert len(board.clicks) == 1 and board.committed == []


def test_chosen_points_are_moved_by_what_is_typed(board: Board, hand: Hand) -> None:
    board.selected_cells = (15,)
    hand.move(150, 150)
    assert "5" not in board.keys
    hand.drag((90, 190), (210, 190), (210, 210), (90, 210), shift=True)
    hand.key(*"@10,5.25")
    assert marked(board) == {(110, 205.25), (210, 205.25)}
    assert board.proposal is not None and board.sketch is not None and board.sketch.text == "@10,5.25▏ → 2 points"
    hand.key(ENTER)
    assert board.verbs() == ["move_vertices"] and marked(board) == {(110, 205.25), (210, 205.25)}
    hand.key(*"7<180", BACKSPACE)
    hand.escape()
    assert len(marked(board)) == 2 and board.left == 0, "what is typed goes first"
    hand.key(*"5.25<180", ENTER)
    assert marked(board) == {(110, 200), (210, 200)}
    board.sound()


def test_an_edit_that_was_asked_for_before_the_last_one_was_done_moves_no_wrong_point(board: Board, hand: Hand) -> None:
    board.selected_cells = (15,)
    hand.click((150, 100))
    hand.press(150, 100)
    hand.move(150, 90)
    moving = board.proposal
    hand.escape()
    before = board.state
    hand.click((120, 100), (180, 100))  # the point has another number now, whichever way the border runs
    assert moving is not None and not isinstance(moving.attempt(before), Refusal)
    tried = moving.attempt(board.state)
    assert isinstance(tried, Refusal) and tried.code == "changed" and tried.at == (EAST + 150, NORTH + 100)
