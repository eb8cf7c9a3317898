import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.remove_vertex import remove_vertex
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, assert_result, counties, frozen, of

BENT = of(
    [
        shapely.Polygon([(0, 0), (100, 0), (120, 50), (100, 100), (0, 100)]),
        shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (120, 50)]),
    ]
)
SHARED = next(number for number, arc in BENT.arcs.items() if OUTSIDE not in (arc.left, arc.right))


def test_the_border_runs_straight_then() -> None:
    result = remove_vertex(BENT, SHARED, 1)
    assert isinstance(result, Edited)
    assert result.cells == {11, 22}
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(11, 22, 1000)]
    assert polygons(result.coverage)[11].equals(shapely.box(0, 0, 100, 100))


@pytest.mark.parametrize("index", [0, 2])
def test_where_borders_meet_no_point_can_go(index: int) -> None:
    refusal = remove_vertex(BENT, SHARED, index)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "node"
    assert refusal.at in ((100, 0), (100, 100))
    assert str(refusal.reason).startswith("3 borders meet here")


def test_any_point_of_a_ring_that_meets_no_border_can_go() -> None:
    disc = shapely.Point(0, 0).buffer(100, quad_segs=3)
    county = of([disc - shapely.affinity.scale(disc, 0.5, 0.5), shapely.affinity.scale(disc, 0.5, 0.5)])
    for arc in county.arcs:
        for index in range(len(county.arcs[arc].points)):
            result = remove_vertex(county, arc, index)
            assert isinstance(result, Edited)
            assert_good_edit(county, result, same_land=OUTSIDE not in (county.arcs[arc].left, county.arcs[arc].right))
            assert len(result.coverage.arcs[arc].points) == len(county.arcs[arc].points) - 1


@pytest.mark.parametrize("index", range(4))
def test_a_triangle_keeps_its_points(index: int) -> None:
    refusal = remove_vertex(of([shapely.Polygon([(0, 0), (100, 0), (50, 80)])]), 1, index)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too_few_points"


def test_a_border_does_not_come_to_lie_on_another() -> None:
    county = of([shapely.Polygon([(0, 0), (100, 0), (50, 10)]), shapely.Polygon([(0, 0), (100, 0), (50, -10)])])
    for arc, value in county.arcs.items():
        if len(value.points) > 2:
            refusal = remove_vertex(county, arc, 1)
            assert isinstance(refusal, Refusal)
            assert refusal.code == "crossing"


def test_what_is_not_there_cannot_be_removed() -> None:
    for arc, index in ((99, 0), (SHARED, 3), (SHARED, -1)):
        assert isinstance(remove_vertex(BENT, arc, index), Refusal)


@given(counties(), st.data())
def test_removed_points_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    arc = data.draw(st.sampled_from(sorted(county.arcs)))
    index = data.draw(st.integers(0, len(county.arcs[arc].points) - 1))
    kept = frozen(county)
    result = remove_vertex(county, arc, index)
    assert_result(county, result, same_land=OUTSIDE not in (county.arcs[arc].left, county.arcs[arc].right))
    assert frozen(county) == kept
