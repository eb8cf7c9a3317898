import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.smooth_border import smooth_border
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, assert_result, counties, frozen, of
from tests.grid.samples import wiggly


def turns(points: np.ndarray) -> float:
    """Return the sharpest turn of a line, in degrees."""
    steps = np.diff(points, axis=0)
    angles = np.degrees(np.arctan2(*steps.T[::-1]))
    return float(np.abs((np.diff(angles) + 180) % 360 - 180).max(initial=0))


def test_corners_become_gentle_and_nodes_stay() -> None:
    county = wiggly(20, 2, 1000.0, 9)
    arcs = [arc for arc, value in county.arcs.items() if OUTSIDE not in (value.left, value.right)]
    result = smooth_border(county, arcs, 3)
    assert isinstance(result, Edited)
    assert not result.warnings
    assert_good_edit(county, result)
    assert result.coverage.nodes == county.nodes
    sharpest = [(turns(county.arcs[arc].points), turns(result.coverage.arcs[arc].points)) for arc in arcs]
    assert all(after < before for before, after in sharpest if before > 30)


def test_a_ring_without_neighbours_is_smoothed_all_around() -> None:
    county = of(RING)
    inner = next(arc for arc, value in county.arcs.items() if {value.left, value.right} == {22, 33})
    result = smooth_border(county, [inner], 1)
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    assert len(result.coverage.arcs[inner].points) == 9  # an octagon


def test_a_border_that_would_cross_another_is_smoothed_less_or_stays() -> None:
    # the corner of the upper border nearly holds a tooth of the lower one: cut off, it would cross it
    tooth = [(0, 0), (40, 0), (50, 97), (60, 0), (100, 0)]
    roof = [(0, 50), (10, 50), (50, 100), (90, 50), (100, 50)]
    between = shapely.Polygon([*tooth, *roof[::-1]])
    above = shapely.Polygon([*roof, (100, 200), (0, 200)])
    county = of([between, above])
    shared = next(arc for arc, value in county.arcs.items() if OUTSIDE not in (value.left, value.right))
    result = smooth_border(county, [shared], 2)
    assert isinstance(result, Refusal)
    assert result.code == "crossing"
    everything = smooth_border(county, sorted(county.arcs), 1)
    assert isinstance(everything, Edited)
    assert_good_edit(county, everything, same_land=False)


def test_refusals() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    straight = next(arc for arc, value in county.arcs.items() if OUTSIDE not in (value.left, value.right))
    for arcs, code in (([99], "no_such_border"), ([straight], "nothing_to_do"), ([], "nothing_to_do")):
        refusal = smooth_border(county, arcs)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@pytest.mark.parametrize("rounds", [-1, 0, 1, 5, 50])
def test_any_number_of_rounds_is_taken_within_reason(rounds: int) -> None:
    county = of(RING)
    result = smooth_border(county, sorted(county.arcs), rounds)
    assert isinstance(result, Edited)
    assert max(len(arc.points) for arc in result.coverage.arcs.values()) <= 5 * 2**5 + 1


@given(counties(), st.data())
def test_smoothed_borders_keep_the_county_sound(county: Coverage, data: st.DataObject) -> None:
    arcs = data.draw(st.lists(st.sampled_from(sorted(county.arcs)), min_size=1, max_size=8))
    kept = frozen(county)
    result = smooth_border(county, arcs, data.draw(st.integers(1, 3)))
    outer = any(OUTSIDE in (county.arcs[arc].left, county.arcs[arc].right) for arc in arcs)
    assert_result(county, result, same_land=not outer)
    assert frozen(county) == kept
