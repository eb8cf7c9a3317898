import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.simplify_border import simplify_border
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, assert_result, counties, frozen, of
from tests.grid.samples import wiggly


def test_borders_move_by_no_more_than_the_tolerance() -> None:
    county = wiggly(20, 2, 1000.0, 9)
    result = simplify_border(county, sorted(county.arcs), 3.0)
    assert isinstance(result, Edited)
    assert_good_edit(county, result, same_land=False)
    assert result.coverage.nodes == county.nodes
    for number, arc in result.coverage.arcs.items():
        before = shapely.LineString(county.arcs[number].points)
        assert shapely.hausdorff_distance(before, shapely.LineString(arc.points)) <= 3.0 + 1e-9
    points = [sum(len(arc.points) for arc in coverage.arcs.values()) for coverage in (county, result.coverage)]
    assert points[1] < 0.8 * points[0]


def test_a_border_that_would_cross_another_is_simplified_less_with_a_warning() -> None:
    peak = [(0.0, 0.0), (40.0, 0.0), (50.0, 30.0), (60.0, 0.0), (100.0, 0.0)]
    over = [(0.0, 10.0), (30.0, 12.0), (50.0, 40.0), (70.0, 12.0), (100.0, 10.0)]
    county = of(
        [
            shapely.Polygon([*peak, (100, -100), (0, -100)]),
            shapely.Polygon([*peak, *over[::-1]]),
            shapely.Polygon([*over, (100, 200), (0, 200)]),
        ]
    )
    upper = next(arc for arc, value in county.arcs.items() if {value.left, value.right} == {22, 33})
    result = simplify_border(county, [upper], 50.0)  # straight, it would cut the peak below it off
    assert isinstance(result, Edited)
    assert len(result.warnings) == 1
    assert_good_edit(county, result)
    assert 2 < len(result.coverage.arcs[upper].points) < 5


def test_small_rings_survive() -> None:
    county = of(RING)
    result = simplify_border(county, sorted(county.arcs), 10_000.0)
    if isinstance(result, Edited):
        assert_good_edit(county, result, same_land=False)
        assert result.coverage.cells.keys() == county.cells.keys()


def test_refusals() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    for arcs, tolerance, code in (
        ([99], 1.0, "no_such_border"),
        ([1], 1.0, "nothing_to_do"),
        ([1], 0.0, "no_tolerance"),
        ([1], np.nan, "no_tolerance"),
    ):
        refusal = simplify_border(county, arcs, tolerance)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), st.data())
def test_simplified_borders_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    arcs = data.draw(st.lists(st.sampled_from(sorted(county.arcs)), min_size=1, max_size=8))
    kept = frozen(county)
    result = simplify_border(county, arcs, data.draw(st.sampled_from((0.01, 2.0, 30.0, 400.0))))
    outer = any(OUTSIDE in (county.arcs[arc].left, county.arcs[arc].right) for arc in arcs)
    assert_result(county, result, same_land=not outer)
    assert frozen(county) == kept
