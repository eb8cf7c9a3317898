import numpy as np
import shapely
from hypothesis import given

from gis_app.grid.coverage import OUTSIDE, Coverage, areas
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.extend_county import extend_county
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, counties, of
from tests.grid.edits.drawn import a_cell, an_outline, assert_parted_well, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])


def extended(polygon: shapely.Geometry, county: Coverage = COUNTY, cell: int = 11) -> Edited:
    result = extend_county(county, polygon, cell)
    assert isinstance(result, Edited)
    assert_good_edit(county, result, same_land=False)
    assert {(piece.origin, piece.owner) for piece in result.pieces} == {(OUTSIDE, cell)}
    return result


def test_land_beyond_the_border_joins_the_cell_and_no_cell_loses_any() -> None:
    result = extended(shapely.box(50, -50, 150, 50))
    assert areas(result.coverage) == {11: 15000, 22: 10000}
    assert result.cells == {11, 22}  # 22 has a node more


def test_a_narrow_gap_is_closed_and_a_wide_one_remains_with_a_warning() -> None:
    for depth, area, warned in ((0.4, 15000, 0), (10, 14250, 1)):
        gap = [(100, 0), (90, 0), (85, -depth), (15, -depth), (10, 0)]
        result = extended(shapely.Polygon([(0, 0), (0, -50), (100, -50), *gap]))
        assert areas(result.coverage)[11] == area
        assert len(result.warnings) == warned


def test_an_unsettled_hole_is_taken_in() -> None:
    county = of([shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))])
    result = extended(shapely.box(30, 30, 70, 70), county)
    assert areas(result.coverage) == {11: 10000}
    assert len(result.coverage.cells[11][0]) == 1


def test_land_apart_from_the_cell_makes_it_one_of_two_pieces() -> None:
    result = extended(shapely.box(300, 0, 310, 10))
    assert len(result.coverage.cells[11]) == 2
    assert len(result.warnings) == 1


def test_where_all_land_has_its_cell_nothing_can_be_added() -> None:
    for polygon, cell, code in (
        (shapely.box(10, 10, 190, 90), 11, "nothing_beyond"),
        (shapely.box(10, -0.2, 190, 90), 11, "nothing_beyond"),
        (shapely.box(10, -50, 50, 0), 99, "no_such_cell"),
        (shapely.Polygon(), 11, "no_area"),
    ):
        refusal = extend_county(COUNTY, polygon, cell)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs)
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator) -> None:
    cell = a_cell(county, rng)
    result = extend_county(county, an_outline(county, rng), cell)
    assert_parted_well(county, result, beyond=True)
    if isinstance(result, Edited):
        assert {(piece.origin, piece.owner) for piece in result.pieces} == {(OUTSIDE, cell)}
