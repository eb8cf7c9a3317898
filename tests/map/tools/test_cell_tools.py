"""The tools that part, join, paint and delete cells, each as a planner uses it."""

import pytest
import shapely

from gis_app.map.snapping import References
from gis_app.map.tools.areas import cut_county, draw_cell, extend_county
from gis_app.map.tools.delete_cell import delete_cell
from gis_app.map.tools.events import BACKSPACE, ENTER
from gis_app.map.tools.merge import merge
from gis_app.map.tools.paint import paint
from gis_app.map.tools.split import split, split_by_feature, split_by_polygon
from gis_app.map.tools.transfer import transfer
from tests.map.tools.bench import EAST, NORTH, Board, Hand


@pytest.fixture
def board() -> Board:
    return Board()


# split


def test_the_cell_that_most_of_the_line_runs_through_is_split(board: Board) -> None:
    hand = Hand(board, split)
    hand.click((150, 95))  # begins in the neighbour, and snaps to the border
    hand.move(150, 190)
    assert board.tried().cells >= {15}
    hand.click((150, 205))
    hand.key(ENTER)
    assert board.verbs() == ["split_cell"]
    assert len(board.state.coverage.cells) == 10 and board.shape(12).area == 10_000
    board.sound()


def test_of_the_cells_along_the_line_the_selected_one_is_split(board: Board) -> None:
    board.selected_cells = (12,)
    hand = Hand(board, split)
    hand.click((150, -5), (150, 250))
    hand.key(ENTER)
    assert board.shape(12).area == pytest.approx(5000) and board.shape(15).area == 10_000


def test_a_line_beyond_the_county_says_so_and_stays(board: Board) -> None:
    hand = Hand(board, split)
    hand.click((-20, -20), (-20, -60))
    hand.key(ENTER)
    assert board.said is not None and board.committed == []
    assert board.sketch is not None and len(board.sketch.points) == 2


def test_a_number_and_enter_split_the_cell_at_the_pointer_into_equal_parts(board: Board) -> None:
    hand = Hand(board, split)
    hand.move(150, 150)
    hand.key("2")
    assert board.proposal is not None and board.proposal.verb == "split_equally"
    assert board.sketch is not None and board.sketch.cells == (15,) and "2 equal parts" in board.sketch.text
    hand.move(250, 250)
    assert board.proposal is not None, "the proposal stays while the pointer goes to look at it"
    hand.key(ENTER)
    assert board.verbs() == ["split_equally"] and len(board.state.coverage.cells) == 10
    board.sound()


def test_escape_forgets_equal_parts_and_a_press_draws_instead(board: Board) -> None:
    hand = Hand(board, split)
    hand.move(150, 150)
    hand.key("3")
    hand.escape()
    assert board.proposal is None and board.left == 0
    hand.key("3")
    hand.click((150, 100))
    assert board.sketch is not None and len(board.sketch.points) == 1
    hand.escape()
    hand.escape()
    assert board.left == 1


def test_equal_parts_need_a_cell(board: Board) -> None:
    hand = Hand(board, split)
    hand.move(-50, -50)
    hand.key("2")
    hand.key(ENTER)
    assert board.said is not None and board.committed == []


def test_a_polygon_in_a_cell_becomes_a_cell(board: Board) -> None:
    hand = Hand(board, split_by_polygon)
    hand.click((120, 120), (180, 120), (180, 180), (120, 180))
    hand.click((121, 121))  # at the first point: the polygon is done
    assert board.verbs() == ["split_by_polygon"]
    assert sorted(board.shape(cell).area for cell in board.state.coverage.cells)[0] == pytest.approx(3600)
    board.sound()


def test_a_polygon_may_be_drawn_by_one_drag(board: Board) -> None:
    hand = Hand(board, split_by_polygon)
    hand.drag((120, 120), (150, 120), (180, 120), (180, 150), (180, 180), (120, 180))
    assert board.verbs() == ["split_by_polygon"]


RIVER = shapely.LineString([(EAST + 140 + 10 * (k % 2), NORTH + 10 * k) for k in range(-5, 40)])


def test_a_cell_is_split_along_a_river(board: Board) -> None:
    assert board.snapper is not None
    board.snapper = board.snapper.with_references(References.of([RIVER]))
    hand = Hand(board, split_by_feature)
    hand.move(170, 150)
    assert board.sketch is None and board.proposal is None
    hand.move(146, 150)
    assert board.proposal is not None and board.sketch is not None and board.sketch.cells == (15,)
    hand.click((146, 150))
    assert board.verbs() == ["split_cell"]
    assert 4000 < board.shape(15).area < 6000 and board.shape(12).area == 10_000
    board.sound()


def test_without_a_reference_line_the_tool_says_what_it_needs(board: Board) -> None:
    hand = Hand(board, split_by_feature)
    hand.click((150, 150))
    assert board.said is not None
    hand.escape()
    assert board.left == 1


# merge


def test_cells_are_clicked_and_enter_merges_them_into_the_first(board: Board) -> None:
    hand = Hand(board, merge)
    hand.click((150, 150), (250, 150), (150, 250))
    assert board.sketch is not None and board.sketch.cells == (15, 16, 18)
    hand.right_click()
    assert board.tried().removed == {16}
    hand.key(ENTER)
    assert board.verbs() == ["merge_cells"] and board.shape(15).area == 20_000 and 16 not in board.state.coverage.cells
    assert board.sketch is None
    board.sound()


def test_merging_begins_with_what_is_selected_and_ends_with_a_second_click(board: Board) -> None:
    board.selected_cells = (14,)
    hand = Hand(board, merge)
    assert board.sketch is not None and board.sketch.cells == (14,)
    hand.double_click(150, 150)
    assert board.verbs() == ["merge_cells"] and board.shape(14).area == 20_000
    assert board.sketch is None, "the second half of the double click adds nothing"


def test_merging_one_cell_says_what_is_missing(board: Board) -> None:
    hand = Hand(board, merge)
    hand.click((150, 150))
    hand.key(ENTER)
    assert board.said is not None and board.committed == []
    hand.key(BACKSPACE)
    assert board.sketch is None
    hand.escape()
    assert board.left == 1


def test_a_drag_while_merging_moves_the_map(board: Board) -> None:
    before = board.viewport
    hand = Hand(board, merge)
    hand.drag((150, 150), (180, 150))
    assert board.viewport != before and board.sketch is None


# transfer


def test_a_lasso_from_a_cell_and_back_gives_it_the_land(board: Board) -> None:
    hand = Hand(board, transfer)
    hand.drag((195, 120), (220, 120), (260, 120), (260, 180), (220, 180), (195, 175))
    assert board.verbs() == ["transfer_area"]
    assert board.shape(15).area > 12_000 and board.shape(16).area < 8_000
    board.sound()


def test_the_selected_cell_gets_the_land_around_which_is_clicked(board: Board) -> None:
    board.selected_cells = (15,)
    hand = Hand(board, transfer)
    hand.click((190, 120), (250, 120), (250, 180))
    hand.move(190, 180)
    assert board.proposal is not None
    hand.click((190, 180), (191, 121))
    assert board.verbs() == ["transfer_area"] and board.shape(15).area == pytest.approx(13_000)
    board.sound()


def test_a_line_cuts_land_off_and_a_click_says_who_gets_it(board: Board) -> None:
    hand = Hand(board, transfer)
    hand.click((250, 100), (250, 200))
    hand.key(ENTER)
    assert board.committed == [] and board.sketch is not None and board.sketch.text == "Click the cell that gets this land"
    hand.move(150, 150)
    assert board.sketch is not None and board.sketch.cells == (15,)
    assert board.tried().cells >= {15, 16}
    hand.click((150, 150))
    assert board.verbs() == ["transfer_area"] and board.shape(15).area == pytest.approx(15_000)
    board.sound()


def test_a_cut_that_nobody_gets_yet_is_dropped_by_escape_or_a_right_click(board: Board) -> None:
    hand = Hand(board, transfer)
    for drop in (hand.escape, hand.right_click):
        hand.click((250, 100), (250, 200))
        hand.key(ENTER)
        drop()
        assert board.sketch is None or board.sketch.points == ()
        assert board.proposal is None and board.left == 0
    hand.escape()
    assert board.left == 1


def test_the_selected_cell_gives_where_the_land_lies_in_it(board: Board) -> None:
    board.selected_cells = (16,)
    hand = Hand(board, transfer)
    hand.click((250, 100), (250, 200))
    hand.key(ENTER)
    hand.click((150, 150))
    assert board.shape(16).area == pytest.approx(5_000)


# draw, extend, cut


def test_a_new_cell_is_cut_out_of_those_below(board: Board) -> None:
    hand = Hand(board, draw_cell)
    hand.click((150, 150), (250, 150), (250, 250))
    hand.double_click(150, 250)
    assert board.verbs() == ["draw_cell"] and len(board.state.coverage.cells) == 10
    assert board.shape(15).area == pytest.approx(7_500)
    board.sound()


def test_a_new_cell_may_lie_beyond_the_county(board: Board) -> None:
    hand = Hand(board, draw_cell)
    hand.click((300, 100), (350, 100), (350, 200))
    hand.double_click(300, 200)
    assert board.verbs() == ["draw_cell"] and len(board.state.coverage.cells) == 10
    board.sound()


def test_land_beyond_the_county_joins_the_cell_that_the_polygon_lies_in(board: Board) -> None:
    hand = Hand(board, extend_county)
    hand.click((250, 120), (340, 120), (340, 180))
    hand.double_click(250, 180)
    assert board.verbs() == ["extend_county"] and board.shape(16).area == pytest.approx(12_400)
    board.sound()


def test_land_beyond_the_county_joins_the_cell_whose_border_the_polygon_touches(board: Board) -> None:
    hand = Hand(board, extend_county)
    hand.click((300, 120), (340, 120), (340, 180))
    hand.double_click(300, 180)
    assert board.shape(16).area == pytest.approx(12_400)


def test_land_that_no_cell_borders_on_cannot_join(board: Board) -> None:
    hand = Hand(board, extend_county)
    hand.click((320, 120), (340, 120))
    hand.double_click(340, 180)
    assert board.committed == [] and board.said is not None


def test_land_leaves_the_county(board: Board) -> None:
    hand = Hand(board, cut_county)
    hand.click((270, 120), (320, 120), (320, 180))
    hand.double_click(270, 180)
    assert board.verbs() == ["cut_county"] and board.shape(16).area == pytest.approx(8_200)
    board.sound()


# paint


def test_the_selected_cell_is_painted_into_its_neighbour(board: Board) -> None:
    board.selected_cells = (15,)
    hand = Hand(board, paint)
    hand.press(190, 150)
    hand.move(230, 150)
    assert board.sketch is not None and board.sketch.painted is not None and board.sketch.radius == 24
    assert board.tried().cells == {15, 16}
    hand.move(240, 150)
    hand.release()
    assert board.verbs() == ["paint_cells"] and board.shape(15).area > 10_500
    board.sound()


def test_a_click_chooses_the_cell_to_paint(board: Board) -> None:
    hand = Hand(board, paint)
    hand.click((150, 150))
    assert board.sketch is not None and board.sketch.cells == (15,) and board.committed == []
    hand.drag((230, 150), (215, 150), (205, 150))
    assert board.shape(15).area > 10_000
    hand.escape()
    assert board.left == 0
    hand.escape()
    assert board.left == 1


def test_the_brush_is_sized(board: Board) -> None:
    hand = Hand(board, paint)
    hand.move(150, 150)
    hand.key("]", "]")
    assert board.sketch is not None and board.sketch.radius == pytest.approx(37.5)
    hand.key(*"[" * 30)
    assert board.sketch is not None and board.sketch.radius == 4


def test_escape_drops_a_stroke(board: Board) -> None:
    hand = Hand(board, paint)
    hand.press(150, 150)
    hand.move(230, 150)
    hand.escape()
    hand.release()
    assert board.committed == [] and board.proposal is None and board.left == 0


# delete


def test_a_cell_is_deleted_into_the_neighbour_that_is_clicked(board: Board) -> None:
    hand = Hand(board, delete_cell)
    hand.click((150, 150))
    assert board.tried().removed == {15}
    hand.move(250, 150)
    assert board.tried().removed == {15}
    hand.click((250, 150))
    assert board.verbs() == ["delete_cell"] and board.shape(16).area == 20_000
    board.sound()


def test_enter_deletes_the_selected_cell_into_the_neighbour_with_the_longest_border(board: Board) -> None:
    board.selected_cells = (11,)
    hand = Hand(board, delete_cell)
    hand.key(ENTER)
    assert board.verbs() == ["delete_cell"] and 11 not in board.state.coverage.cells
    hand.escape()
    assert board.left == 1


def test_the_first_click_says_which_cell_goes_whatever_is_selected(board: Board) -> None:
    board.selected_cells = (11,)
    hand = Hand(board, delete_cell)
    hand.click((150, 150))
    assert board.committed == [] and board.sketch is not None and board.sketch.cells == (15,)
    hand.click((150, 150))
    assert 15 not in board.state.coverage.cells and 11 in board.state.coverage.cells


def test_a_wrong_choice_is_taken_back(board: Board) -> None:
    hand = Hand(board, delete_cell)
    hand.click((150, 150))
    hand.right_click()
    assert board.sketch is None and board.proposal is None
    hand.click((50, 50))
    hand.escape()
    assert board.sketch is None and board.left == 0
