import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Coverage, areas
from gis_app.grid.edits.draw_cell import draw_cell
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import an_outline, assert_parted_well, line, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])


def test_a_drawn_cell_is_cut_out_of_those_below() -> None:
    result = draw_cell(COUNTY, line((80, 20), (220, 20), (220, 40), (80, 40)), 50)
    assert isinstance(result, Edited)
    assert_good_edit(COUNTY, result)
    assert areas(result.coverage) == {11: 9600, 22: 8000, 50: 2400}


def test_a_drawn_cell_may_take_land_beyond_the_county() -> None:
    result = draw_cell(COUNTY, line((80, 20), (220, 20), (220, 40), (80, 40)), 50, outside=True)
    assert isinstance(result, Edited)
    assert_good_edit(COUNTY, result, same_land=False)
    assert areas(result.coverage) == {11: 9600, 22: 8000, 50: 2800}
    assert [piece.shape.area for piece in result.pieces if piece.origin == OUTSIDE] == [400]


def test_a_cell_drawn_into_an_unsettled_place_fills_it() -> None:
    county = of([shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))])
    result = draw_cell(county, shapely.box(39.9, 39.8, 60, 60.2), 50, outside=True)
    assert isinstance(result, Edited)
    assert_good_edit(county, result, same_land=False)
    assert areas(result.coverage) == {11: 9600, 50: 400}


def test_a_cell_that_is_covered_whole_is_gone_with_a_warning() -> None:
    result = draw_cell(COUNTY, shapely.box(90, -5, 205, 105), 50)
    assert isinstance(result, Edited)
    assert result.removed == {22}
    assert len(result.warnings) == 1


def test_a_cell_drawn_where_no_land_is_is_refused() -> None:
    refusal = draw_cell(COUNTY, shapely.box(300, 0, 350, 50), 50)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "beyond"
    assert refusal.at is not None
    island = draw_cell(COUNTY, shapely.box(300, 0, 350, 50), 50, outside=True)
    assert isinstance(island, Edited)
    assert island.cells == {50}


@given(counties(), rngs, st.booleans())
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator, outside: bool) -> None:
    kept = frozen(county)
    result = draw_cell(county, an_outline(county, rng), 5000, outside=outside)
    assert frozen(county) == kept
    assert_parted_well(county, result, beyond=outside)
    if isinstance(result, Edited):
        assert {piece.owner for piece in result.pieces} == {5000}
