import numpy as np
import shapely
from hypothesis import given

from gis_app.grid.coverage import OUTSIDE, Coverage, areas
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.merge_cells import merge_cells
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import a_cell, assert_parted_well, rngs

COUNTY = of([shapely.box(x, y, x + 100, y + 100) for x in (0, 100) for y in (0, 100)])
"""Four squares: 11 south-west, 22 north-west, 33 south-east, 44 north-east."""


def merged(county: Coverage, cells: list[int], into: int) -> Edited:
    result = merge_cells(county, cells, into)
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    return result


def test_two_neighbours_become_one() -> None:
    result = merged(COUNTY, [11, 22], 22)
    assert areas(result.coverage) == {22: 20000, 33: 10000, 44: 10000}
    assert (result.cells, result.removed, result.warnings) == ({22}, {11}, ())
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(11, 22, 10000)]


def test_all_cells_become_one() -> None:
    result = merged(COUNTY, [11, 22, 33, 44], 33)
    assert len(result.coverage.arcs) == 1
    (arc,) = result.coverage.arcs.values()
    assert {arc.left, arc.right} == {33, OUTSIDE}


def test_cells_that_do_not_touch_become_one_in_two_pieces() -> None:
    result = merged(COUNTY, [11, 44], 11)
    assert len(result.coverage.cells[11]) == 2
    assert len(result.warnings) == 1


def test_an_enclave_and_the_cell_around_it() -> None:
    county = of(RING)
    result = merged(county, [22, 33], 22)
    assert len(result.coverage.cells[22][0]) == 1
    assert merged(county, [11, 33], 11).warnings
    assert len(merged(county, [11, 22], 11).coverage.cells[11][0]) == 2


def test_the_cell_that_gets_all_need_not_be_named() -> None:
    assert merged(COUNTY, [11], 22).removed == {11}


def test_what_cannot_be_merged() -> None:
    for cells, into, code in (([11], 11, "one_cell"), ([], 11, "one_cell"), ([11, 99], 11, "no_such_cell"), ([11, 22], 0, "no_such_cell")):
        refusal = merge_cells(COUNTY, cells, into)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs)
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator) -> None:
    kept = frozen(county)
    result = merge_cells(county, [a_cell(county, rng) for _ in range(rng.integers(1, 5))], a_cell(county, rng))
    assert frozen(county) == kept
    assert_parted_well(county, result)
