"""What holds for every tool, whatever a hand does with it."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.map.tools.events import BACKSPACE, DELETE, ENTER, Button, EventKind
from gis_app.map.tools.registry import TOOLS
from tests.map.tools.bench import EAST, NORTH, Board, Hand

ROAD = shapely.LineString([(EAST - 50, NORTH + 130), (EAST + 160, NORTH + 170), (EAST + 400, NORTH + 120)])
BLOCKS = shapely.box(EAST + 210, NORTH + 210, EAST + 240, NORTH + 240)

PLACES = st.tuples(
    st.sampled_from([-30, 0, 50, 97, 100, 140, 150, 200, 203, 260, 300, 330]), st.sampled_from([-20, 0, 60, 100, 104, 150, 199, 250, 300])
)
HELD = st.fixed_dictionaries({"shift": st.booleans(), "control": st.booleans(), "alt": st.booleans()})
KEYS = st.sampled_from([*"0123456789.,-<@[]", ENTER, BACKSPACE, DELETE])
DEEDS = st.one_of(
    st.tuples(st.just("move"), PLACES, HELD),
    st.tuples(st.just("click"), PLACES, HELD),
    st.tuples(st.just("click"), PLACES, st.just({})),
    st.tuples(st.just("drag"), st.tuples(PLACES, PLACES, PLACES), HELD),
    st.tuples(st.just("double"), PLACES, st.just({})),
    st.tuples(st.just("right"), PLACES, st.just({})),
    st.tuples(st.just("key"), KEYS, st.just({})),
    st.tuples(st.just("escape"), st.none(), st.just({})),
    st.tuples(st.just("press"), PLACES, st.just({})),  # and the release never comes
    st.tuples(st.just("select"), st.sets(st.integers(11, 19), max_size=3), st.just({})),
    st.tuples(st.just("zoom"), st.floats(0.3, 3.0), st.just({})),
)


def do(hand: Hand, deed: tuple[str, object, dict[str, bool]]) -> None:
    what, about, held = deed
    board = hand.board
    if what == "move":
        hand.move(*about, **held)
    elif what == "click":
        hand.click(about, **held)
    elif what == "drag":
        hand.drag(*about, **held)
    elif what == "double":
        hand.double_click(*about)
    elif what == "right":
        hand.move(*about)
        hand.right_click()
    elif what == "key" and about in board.keys:
        hand.key(about)
    elif what == "escape":
        hand.escape()
    elif what == "press":
        hand.press(*about)
    elif what == "select":
        board.selected_cells = tuple(cell for cell in sorted(about) if cell in board.state.coverage.cells)
    elif what == "zoom":
        board.set_viewport(board.viewport.zoomed(about, 300, 300))
        hand.send(EventKind.MOVE)


@pytest.mark.parametrize("name", TOOLS)
@settings(max_examples=25)
@given(deeds=st.lists(DEEDS, max_size=14), snapping=st.booleans())
def test_no_hand_breaks_a_tool_or_the_county(name: str, deeds: list[tuple[str, object, dict[str, bool]]], snapping: bool) -> None:
    board = Board((ROAD, BLOCKS))
    if not snapping:
        board.snapper = None
    hand = Hand(board, TOOLS[name].run)
    for deed in deeds:
        do(hand, deed)
    hand.put_down()
    board.sound()
    assert board.sketch is None and board.snap is None and board.proposal is None and board.keys == ""
    assert all(str(refusal.reason) for refusal in board.refused)
    assert not board.committed or TOOLS[name].edits


@pytest.mark.parametrize("name", [name for name, spec in TOOLS.items() if spec.draws])
def test_escape_always_gets_out(name: str) -> None:
    board = Board()
    board.selected_cells = (15,)
    hand = Hand(board, TOOLS[name].run)
    hand.click((120, 120), (180, 150))
    hand.press(150, 180)
    for _ in range(4):
        hand.escape()
    assert board.left >= 1


@pytest.mark.parametrize("name", [name for name, spec in TOOLS.items() if spec.draws])
def test_the_middle_of_a_drag_may_be_all_that_a_tool_ever_sees(name: str) -> None:
    board = Board()
    hand = Hand(board, TOOLS[name].run)
    hand.send(EventKind.RELEASE, Button.LEFT)
    hand.send(EventKind.DOUBLE_CLICK, Button.LEFT)
    hand.send(EventKind.RELEASE, Button.RIGHT)
    hand.put_down()
    board.sound()


def test_every_tool_says_what_to_do() -> None:
    assert all(str(spec.hint).endswith(".") for spec in TOOLS.values())
    assert {name for name, spec in TOOLS.items() if spec.edits} == {
        "edit_nodes", "reshape", "split", "split_polygon", "split_feature", "merge", "transfer", "draw_cell", "paint", "delete_cell",
        "extend_county", "cut_county", "smooth", "simplify",
    }  # fmt: skip
