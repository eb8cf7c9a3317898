import numpy as np
import shapely
from hypothesis import given

from gis_app.grid.coverage import OUTSIDE, Coverage, areas, outline
from gis_app.grid.edits.cut_county import cut_county
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, counties, of
from tests.grid.edits.drawn import an_outline, assert_parted_well, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])


def cut(polygon: shapely.Geometry, county: Coverage = COUNTY) -> Edited:
    result = cut_county(county, polygon)
    assert isinstance(result, Edited)
    assert_good_edit(county, result, same_land=False)
    assert {piece.owner for piece in result.pieces} == {OUTSIDE}
    return result


def test_land_at_the_border_is_cut_off() -> None:
    result = cut(shapely.box(50, -50, 150, 50))
    assert areas(result.coverage) == {11: 7500, 22: 7500}
    assert result.warnings == ()


def test_land_in_the_middle_leaves_a_hole_with_a_warning() -> None:
    result = cut(shapely.box(50, 40, 150, 60))
    assert len(outline(result.coverage).geoms[0].interiors) == 1
    assert len(result.warnings) == 1


def test_a_whole_cell_is_cut_off_with_a_warning() -> None:
    result = cut(shapely.box(-10, -10, 100.2, 110))
    assert (result.removed, areas(result.coverage)) == ({11}, {22: 10000})
    assert len(result.warnings) == 1


def test_a_cut_through_the_middle_leaves_two_pieces() -> None:
    result = cut(shapely.box(40, -10, 60, 110))
    assert len(result.coverage.cells[11]) == 2
    assert len(result.warnings) == 1


def test_what_cannot_be_cut_off() -> None:
    for polygon, code in (
        (shapely.box(300, 0, 310, 10), "beyond"),
        (shapely.box(-1, -1, 500, 500), "no_cell_left"),
        (shapely.Polygon(), "no_area"),
    ):
        refusal = cut_county(COUNTY, polygon)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs)
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator) -> None:
    result = cut_county(county, an_outline(county, rng))
    assert_parted_well(county, result, beyond=True)
