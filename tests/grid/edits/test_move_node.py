import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.move_node import move_node
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_result, counties, frozen, of

QUARTERS = of([shapely.box(x, y, x + 100, y + 100) for x in (0, 100) for y in (0, 100)])


def node_at(coverage: Coverage, place: tuple[float, float]) -> int:
    return next(node for node, at in coverage.nodes.items() if at == place)


def test_four_cells_follow_their_common_corner() -> None:
    result = move_node(QUARTERS, node_at(QUARTERS, (100, 100)), (120, 110))
    assert isinstance(result, Edited)
    assert result.cells == {11, 22, 33, 44}
    assert result.coverage.nodes[node_at(QUARTERS, (100, 100))] == (120, 110)
    assert sorted((piece.origin, piece.owner) for piece in result.pieces) == [(22, 11), (33, 11), (44, 11), (44, 22), (44, 33)]


def test_the_place_comes_to_the_grid() -> None:
    result = move_node(QUARTERS, node_at(QUARTERS, (100, 100)), (120.00049, 110.0006))
    assert isinstance(result, Edited)
    assert result.coverage.nodes[node_at(QUARTERS, (100, 100))] == (120, 110.001)


def test_a_node_cannot_go_onto_another_node() -> None:
    refusal = move_node(QUARTERS, node_at(QUARTERS, (100, 100)), (100, 200))
    assert isinstance(refusal, Refusal)
    assert refusal.at == (100, 200)


def test_a_node_that_is_not_there() -> None:
    refusal = move_node(QUARTERS, 99, (0, 0))
    assert isinstance(refusal, Refusal)
    assert refusal.code == "no_such_point"


def test_a_place_without_numbers_is_refused() -> None:
    for to in ((np.nan, 0.0), (np.inf, 5.0)):
        refusal = move_node(QUARTERS, node_at(QUARTERS, (100, 100)), to)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "no_place"


@given(counties(), st.data())
def test_moved_nodes_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(sorted(county.nodes)))
    reach = data.draw(st.sampled_from((1.0, 30.0, 300.0)))
    to = np.array(county.nodes[node]) + [data.draw(st.floats(-reach, reach)) for _ in range(2)]
    kept = frozen(county)
    result = move_node(county, node, to)
    ends = [arc for arc in county.arcs.values() if node in (arc.start, arc.end)]
    assert_result(county, result, same_land=not any(OUTSIDE in (arc.left, arc.right) for arc in ends))
    assert frozen(county) == kept
