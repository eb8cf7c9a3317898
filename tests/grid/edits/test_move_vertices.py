import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, areas, extent, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.move_vertices import move_vertices
from gis_app.grid.edits.vertices import Vertex, cells_beside, moving_with, node_of, place_of, vertices_in
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, assert_result, counties, frozen, of

SQUARES = of([shapely.box(0, 0, 100, 100), shapely.Polygon([(100, 0), (200, 0), (200, 100), (100, 100), (100, 50)])])


def the_vertex(coverage: Coverage, place: tuple[float, float]) -> Vertex:
    """Return a vertex at a place."""
    return next(
        Vertex(number, index) for number, arc in coverage.arcs.items() for index, at in enumerate(arc.points.tolist()) if tuple(at) == place
    )


def test_both_sides_of_a_border_follow() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    shared = next(number for number, arc in county.arcs.items() if OUTSIDE not in (arc.left, arc.right))
    result = move_vertices(county, [Vertex(shared, 0)], (10, 0))
    assert isinstance(result, Edited)
    assert result.cells == {11, 22}
    assert areas(result.coverage) == {11: 10500, 22: 9500}
    (piece,) = result.pieces
    assert (piece.origin, piece.owner) == (22, 11)
    assert piece.shape.area == 500


def test_a_corner_of_the_county_takes_land_from_beyond() -> None:
    county = of([shapely.box(0, 0, 100, 100)])
    result = move_vertices(county, [the_vertex(county, (100, 100))], (50, 50))
    assert isinstance(result, Edited)
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(OUTSIDE, 11, 5000)]


def test_several_borders_move_as_one() -> None:
    county = of(RING)
    inner = vertices_in(county, shapely.box(250, 250, 750, 750))
    assert len(inner) == 8
    result = move_vertices(county, inner, (7.0004, -3))
    assert isinstance(result, Edited)
    assert result.cells == {11, 22, 33}
    assert_good_edit(county, result)
    assert shapely.equals_exact(
        shapely.normalize(polygons(result.coverage)[33]), shapely.normalize(shapely.MultiPolygon([shapely.box(407, 397, 607, 597)]))
    )


def test_each_vertex_can_have_its_own_step() -> None:
    county = of([shapely.box(0, 0, 100, 100)])
    corners = [the_vertex(county, (100, 100)), the_vertex(county, (100, 0))]
    result = move_vertices(county, corners, [(10, 0), (20, 0)])
    assert isinstance(result, Edited)
    assert areas(result.coverage)[11] == 11500


def test_nothing_moves_by_nothing() -> None:
    county = of(RING)
    for vertices, by in (([], (5, 5)), ([Vertex(1, 0)], (0, 0.0001))):
        result = move_vertices(county, vertices, by)
        assert isinstance(result, Edited)
        assert result.coverage is county
        assert not result.cells


@pytest.mark.parametrize("vertex", [Vertex(99, 0), Vertex(1, 99), Vertex(1, -1)])
def test_what_is_not_there_cannot_be_moved(vertex: Vertex) -> None:
    refusal = move_vertices(SQUARES, [vertex], (1, 1))
    assert isinstance(refusal, Refusal)
    assert refusal.code in ("no_such_border", "no_such_point")


def test_crossing_touching_and_meeting_are_refused_with_the_place() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    node = the_vertex(county, (100, 100))
    for by, code, at in (
        ((150, -50), "crossing", None),
        ((100, 0), "too_few_points", (200, 100)),
        ((100, -50), "crossing", (200, 50)),
        ((-100, 0), "too_few_points", (0, 100)),
    ):
        refusal = move_vertices(county, [node], by)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code
        assert refusal.at is not None
        assert at is None or refusal.at == at


def test_borders_that_come_to_lie_on_one_another_are_refused() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    refusal = move_vertices(county, [the_vertex(county, (100, 100)), the_vertex(county, (100, 0))], (100, 0))
    assert isinstance(refusal, Refusal)


@given(counties(), st.data())
def test_moved_vertices_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    arcs = sorted(county.arcs)
    picked = data.draw(st.lists(st.sampled_from(arcs), min_size=1, max_size=4))
    vertices = [Vertex(arc, data.draw(st.integers(0, len(county.arcs[arc].points) - 1))) for arc in picked]
    reach = data.draw(st.sampled_from((0.001, 1.0, 20.0, 150.0, 1000.0)))
    by = [data.draw(st.floats(-reach, reach)) for _ in range(2)]
    kept = frozen(county)
    result = move_vertices(county, vertices, by)
    inner = all(OUTSIDE not in (county.arcs[arc].left, county.arcs[arc].right) for arc in moving_with(county, vertices))
    assert_result(county, result, same_land=inner)
    assert frozen(county) == kept
    if isinstance(result, Edited) and result.cells:
        assert result.cells <= cells_beside(county, moving_with(county, vertices))
        expected = {vertex: np.round(np.array(place_of(county, vertex)) + by, 3) for vertex in vertices}
        assert all(np.allclose(place_of(result.coverage, vertex), place, atol=1.1e-3) for vertex, place in expected.items())


@given(counties(), st.data())
def test_a_lasso_finds_every_vertex_in_it_once(county: Coverage, data: st.DataObject) -> None:
    west, south, east, north = extent(county)
    lasso = shapely.Point(data.draw(st.floats(west, east)), data.draw(st.floats(south, north))).buffer(data.draw(st.floats(0.01, 1000)))
    found = vertices_in(county, lasso)
    places = [place_of(county, vertex) for vertex in found]
    assert len(places) == len(set(places))
    every = {tuple(point) for arc in county.arcs.values() for point in arc.points.tolist()}
    assert set(places) == {place for place in every if shapely.intersects_xy(lasso, *place)}
    nodes = [node for vertex in found if (node := node_of(county, vertex)) is not None]
    assert len(nodes) == len(set(nodes))
