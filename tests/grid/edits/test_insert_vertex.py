import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.insert_vertex import insert_vertex
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_result, counties, frozen, of

PAIR = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
SHARED = next(number for number, arc in PAIR.arcs.items() if OUTSIDE not in (arc.left, arc.right))


def test_both_sides_get_the_point() -> None:
    result = insert_vertex(PAIR, SHARED, 0, (100, 40))
    assert isinstance(result, Edited)
    assert result.cells == {11, 22}
    assert not result.pieces
    assert all(shapely.get_num_coordinates(shape) == 6 for shape in polygons(result.coverage).values())


def test_a_point_beside_the_border_bends_it() -> None:
    result = insert_vertex(PAIR, SHARED, 0, (110, 50))
    assert isinstance(result, Edited)
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(22, 11, 500)]


@pytest.mark.parametrize(
    ("arc", "segment", "at", "code"),
    [
        (99, 0, (100, 50), "no_such_border"),
        (SHARED, 1, (100, 50), "no_such_point"),
        (SHARED, -1, (100, 50), "no_such_point"),
        (SHARED, 0, (100, 100), "too_few_points"),
        (SHARED, 0, (200, 50), "crossing"),
        (SHARED, 0, (300, 50), "crossing"),
    ],
)
def test_refusals(arc: int, segment: int, at: tuple[float, float], code: str) -> None:
    refusal = insert_vertex(PAIR, arc, segment, at)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


@given(counties(), st.data())
def test_inserted_points_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    arc = data.draw(st.sampled_from(sorted(county.arcs)))
    points = county.arcs[arc].points
    segment = data.draw(st.integers(0, len(points) - 2))
    share, aside = data.draw(st.floats(0, 1)), data.draw(st.sampled_from((0.0, 0.01, 3.0, 60.0)))
    step = points[segment + 1] - points[segment]
    at = points[segment] + share * step + aside * np.array([-step[1], step[0]]) / np.hypot(*step)
    kept = frozen(county)
    result = insert_vertex(county, arc, segment, at)
    assert_result(county, result, same_land=OUTSIDE not in (county.arcs[arc].left, county.arcs[arc].right))
    assert frozen(county) == kept
    if isinstance(result, Edited):
        assert len(result.coverage.arcs[arc].points) == len(points) + 1
