import numpy as np
import shapely
from hypothesis import given

from gis_app.grid.coverage import Coverage, areas
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.split_by_polygon import split_by_polygon
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import a_cell, an_outline, anywhere, assert_parted_well, line, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])


def test_what_is_in_the_polygon_becomes_a_cell() -> None:
    result = split_by_polygon(COUNTY, 11, line((20, 20), (150, 20), (150, 40), (20, 40)), 50)
    assert isinstance(result, Edited)
    assert_good_edit(COUNTY, result)
    assert areas(result.coverage) == {11: 8400, 22: 10000, 50: 1600}
    assert result.cells == {11, 22, 50}


def test_the_half_with_more_households_keeps_the_number() -> None:
    polygon = shapely.box(20, 20, 40, 40)
    result = split_by_polygon(COUNTY, 11, polygon, 50, np.array([(30.0, 30.0), (31.0, 30.0), (90.0, 90.0)]))
    assert isinstance(result, Edited)
    assert areas(result.coverage) == {11: 400, 22: 10000, 50: 9600}


def test_a_polygon_with_a_hole_and_one_of_several_pieces_make_one_cell() -> None:
    holed = shapely.box(10, 10, 60, 60).difference(shapely.box(20, 20, 50, 50))
    for polygon, warned in ((holed, 1), (shapely.MultiPolygon([shapely.box(10, 10, 20, 20), shapely.box(60, 60, 70, 70)]), 1)):
        result = split_by_polygon(COUNTY, 11, polygon, 50)
        assert isinstance(result, Edited)
        assert_good_edit(COUNTY, result)
        assert areas(result.coverage)[50] == polygon.area
        assert len(result.warnings) == warned


def test_a_lasso_that_crosses_itself_means_all_that_it_encloses() -> None:
    result = split_by_polygon(COUNTY, 11, line((10, 10), (50, 50), (50, 10), (10, 50)), 50)
    assert isinstance(result, Edited)
    assert areas(result.coverage)[50] == 800


def test_polygons_that_part_nothing_are_refused() -> None:
    for polygon, code in (
        (shapely.box(-10, -10, 110, 110), "not_parted"),
        (shapely.box(0.1, 0.1, 99.9, 99.9), "not_parted"),  # as good as the whole cell
        (shapely.box(120, 10, 150, 50), "not_parted"),
        (line((10, 10), (50, 50)), "no_area"),
        (line((10, 10), (50, float("inf")), (0, 0)), "no_area"),
    ):
        refusal = split_by_polygon(COUNTY, 11, polygon, 50)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code
    assert isinstance(split_by_polygon(COUNTY, 99, shapely.box(0, 0, 1, 1), 50), Refusal)


@given(counties(), rngs)
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator) -> None:
    kept = frozen(county)
    result = split_by_polygon(county, a_cell(county, rng), an_outline(county, rng), 5000, anywhere(county, rng, 30))
    assert frozen(county) == kept
    assert_parted_well(county, result)
