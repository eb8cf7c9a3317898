import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.remove_vertices import remove_vertices
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_result, counties, frozen, of

BENT = of(
    [
        shapely.Polygon([(0, 0), (100, 0), (120, 30), (120, 60), (100, 100), (0, 100)]),
        shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (120, 60), (120, 30)]),
    ]
)
SHARED = next(number for number, arc in BENT.arcs.items() if OUTSIDE not in (arc.left, arc.right))


def test_the_border_runs_straight_then() -> None:
    result = remove_vertices(BENT, [Vertex(SHARED, 1), Vertex(SHARED, 2), Vertex(SHARED, 1)])
    assert isinstance(result, Edited)
    assert result.cells == {11, 22}
    assert polygons(result.coverage)[11].equals(shapely.box(0, 0, 100, 100))


def test_nodes_among_them_stay_with_a_warning() -> None:
    result = remove_vertices(BENT, [Vertex(SHARED, 0), Vertex(SHARED, 1), Vertex(SHARED, 2)])
    assert isinstance(result, Edited)
    assert [str(warning) for warning in result.warnings] == ["1 points where borders meet stay."]
    assert polygons(result.coverage)[11].equals(shapely.box(0, 0, 100, 100))


@pytest.mark.parametrize(
    ("vertices", "code"),
    [
        ([], "no_such_point"),
        ([Vertex(SHARED, 0), Vertex(SHARED, 3)], "node"),
        ([Vertex(SHARED, 9)], "no_such_point"),
        ([Vertex(99, 1)], "no_such_border"),
    ],
)
def test_what_cannot_be_removed(vertices: list[Vertex], code: str) -> None:
    refusal = remove_vertices(BENT, vertices)
    assert isinstance(refusal, Refusal) and refusal.code == code


def test_a_ring_keeps_three_points() -> None:
    disc = of(
        [shapely.box(0, 0, 300, 300) - shapely.Point(150, 150).buffer(50, quad_segs=2), shapely.Point(150, 150).buffer(50, quad_segs=2)]
    )
    ring = next(number for number, arc in disc.arcs.items() if OUTSIDE not in (arc.left, arc.right))
    refusal = remove_vertices(disc, [Vertex(ring, k) for k in range(1, 7)])
    assert isinstance(refusal, Refusal) and refusal.code == "too_few_points"
    assert isinstance(remove_vertices(disc, [Vertex(ring, k) for k in range(1, 6)]), Edited)


@given(counties(), st.data())
def test_any_points_of_any_county(county: Coverage, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(sorted(county.arcs)))
    indices = data.draw(st.sets(st.integers(0, len(county.arcs[number].points) - 1), min_size=1, max_size=6))
    before = frozen(county)
    outer = OUTSIDE in (county.arcs[number].left, county.arcs[number].right)
    assert_result(county, remove_vertices(county, [Vertex(number, index) for index in sorted(indices)]), same_land=not outer)
    assert frozen(county) == before
