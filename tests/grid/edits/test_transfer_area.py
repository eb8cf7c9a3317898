import numpy as np
import pytest
import shapely
from hypothesis import given

from gis_app.grid.coverage import Coverage, areas
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.outlines import Shape
from gis_app.grid.edits.transfer_area import transfer_area
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import a_cell, a_line, an_outline, assert_parted_well, line, rngs

COUNTY = of([shapely.box(x, y, x + 100, y + 100) for x in (0, 100) for y in (0, 100)])
"""Four squares: 11 south-west, 22 north-west, 33 south-east, 44 north-east."""


def moved(shape: Shape, target: int, source: int | None = None, county: Coverage = COUNTY) -> dict[int, float]:
    result = transfer_area(county, shape, target, source)
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    assert {piece.owner for piece in result.pieces} == {target}
    return {cell: round(area) for cell, area in areas(result.coverage).items()}


def test_a_lasso_takes_from_all_neighbours() -> None:
    assert moved(line((80, 80), (120, 80), (120, 120), (80, 120), (80, 80)), 11) == {11: 11200, 22: 9600, 33: 9600, 44: 9600}


def test_a_lasso_takes_from_one_neighbour_alone() -> None:
    assert moved(shapely.box(80, 80, 120, 120), 11, 22) == {11: 10400, 22: 9600, 33: 10000, 44: 10000}


def test_a_lasso_drawn_a_hands_breadth_beside_the_borders_means_the_borders() -> None:
    assert moved(shapely.box(60, 100.3, 100.2, 150), 11) == {11: 12000, 22: 8000, 33: 10000, 44: 10000}


def test_a_lasso_apart_from_the_target_makes_an_enclave_with_a_warning() -> None:
    result = transfer_area(COUNTY, shapely.box(150, 150, 160, 160), 11)
    assert isinstance(result, Edited)
    assert len(result.coverage.cells[11]) == 2
    assert len(result.warnings) == 1


def test_a_whole_cell_in_the_lasso_is_gone_with_a_warning() -> None:
    result = transfer_area(COUNTY, shapely.box(-1, 99, 101, 201), 11)
    assert isinstance(result, Edited)
    assert result.removed == {22}
    assert len(result.warnings) == 1


def test_an_enclave_in_the_lasso_goes_with_it() -> None:
    assert moved(shapely.box(250, 250, 750, 750), 11, 22, of(RING)) == {11: 910000, 33: 40000}


@pytest.mark.parametrize("ends", [((-5, 150), (105, 150)), ((-5, 150), (98, 150)), ((105, 150), (-5, 150))])
def test_a_line_gives_the_target_what_lies_on_its_side(ends: tuple[tuple[float, float], ...]) -> None:
    assert moved(line(*ends), 11) == {11: 15000, 22: 5000, 33: 10000, 44: 10000}


def test_a_line_through_several_cells() -> None:
    assert moved(line((-5, 120), (205, 120)), 11) == {11: 14000, 22: 8000, 33: 10000, 44: 8000}
    assert moved(line((-5, 120), (205, 120)), 11, 22) == {11: 12000, 22: 8000, 33: 10000, 44: 10000}


def test_a_cell_in_which_a_line_only_ends_is_left_alone() -> None:
    county = of([shapely.box(x, y, x + 1000, y + 1000) for x in (0, 1000) for y in (0, 1000)])
    assert moved(line((-5, 1500), (1600, 1500)), 11, None, county) == {11: 1500000, 22: 500000, 33: 1000000, 44: 1000000}


def test_a_line_that_bulges_out_of_the_target_and_back() -> None:
    assert moved(line((20, 90), (20, 140), (60, 140), (60, 90)), 11) == {11: 11600, 22: 8400, 33: 10000, 44: 10000}


def test_a_line_that_cuts_off_nothing_that_borders_on_the_target() -> None:
    county = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    refusal = transfer_area(county, line((250, -1), (250, 101)), 11)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "apart"
    assert moved(line((150, -1), (150, 101)), 33, None, county) == {11: 10000, 22: 5000, 33: 15000}


def test_what_cannot_be_transferred() -> None:
    for shape, target, source, code in (
        (shapely.box(10, 10, 20, 20), 11, None, "beyond"),
        (shapely.box(500, 10, 600, 20), 11, None, "beyond"),
        (shapely.box(10, 10, 20, 20), 99, None, "no_such_cell"),
        (shapely.box(10, 10, 20, 20), 11, 99, "no_such_cell"),
        (shapely.box(10, 10, 20, 20), 11, 11, "one_cell"),
        (line((-5, 150), (20, 150)), 11, None, "ends_inside"),
        (line((10, 50), (90, 50)), 11, None, "beyond"),
        (line((0, 150), (0, 250)), 11, None, "not_parted"),
        (line((0, 150)), 11, None, "no_line"),
    ):
        refusal = transfer_area(COUNTY, shape, target, source)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code, shape


@given(counties(), rngs)
def test_lassos_keep_counties_sound(county: Coverage, rng: np.random.Generator) -> None:
    kept = frozen(county)
    source = a_cell(county, rng) if rng.uniform() < 0.3 else None
    result = transfer_area(county, an_outline(county, rng), a_cell(county, rng), source)
    assert frozen(county) == kept
    assert_parted_well(county, result)


@given(counties(), rngs)
def test_lines_keep_counties_sound(county: Coverage, rng: np.random.Generator) -> None:
    target, source = a_cell(county, rng), a_cell(county, rng) if rng.uniform() < 0.3 else None
    result = transfer_area(county, a_line(county, rng), target, source)
    assert_parted_well(county, result)
    if isinstance(result, Edited):
        assert source is None or {piece.origin for piece in result.pieces} == {source}
        assert len(result.coverage.cells[target]) <= len(county.cells[target])  # what goes to it borders on it
