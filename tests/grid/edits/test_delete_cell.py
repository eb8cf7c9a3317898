import numpy as np
import shapely
from hypothesis import given

from gis_app.grid.coverage import Coverage, areas
from gis_app.grid.edits.delete_cell import delete_cell, longest_neighbour
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, counties, of
from tests.grid.edits.drawn import a_cell, assert_parted_well, rngs

ELEVEN = shapely.Polygon([(0, 0), (100, 0), (100, 100), (60, 100), (0, 100)])
COUNTY = of([ELEVEN, shapely.box(100, 0, 200, 100), shapely.box(0, 100, 60, 200), shapely.box(500, 0, 600, 100)])
"""11, to its east 22 (100 m of border), to its north 33 (60 m), and far away the island 44."""


def test_the_neighbour_with_the_longest_border_inherits() -> None:
    result = delete_cell(COUNTY, 11)
    assert isinstance(result, Edited)
    assert_good_edit(COUNTY, result)
    assert areas(result.coverage) == {22: 20000, 33: 6000, 44: 10000}
    assert result.removed == {11}


def test_the_chosen_heir_inherits_even_from_afar() -> None:
    for heir, pieces in ((33, 1), (44, 2)):
        result = delete_cell(COUNTY, 11, heir)
        assert isinstance(result, Edited)
        assert_good_edit(COUNTY, result)
        assert len(result.coverage.cells[heir]) == pieces
        assert len(result.warnings) == pieces - 1


def test_an_enclave_falls_to_the_cell_around_it() -> None:
    county = of(RING)
    assert longest_neighbour(county, 33) == 22
    assert longest_neighbour(county, 22) == 11


def test_what_cannot_be_deleted() -> None:
    for cell, heir, code in ((44, None, "no_neighbour"), (11, 11, "one_cell"), (99, None, "no_such_cell"), (11, 99, "no_such_cell")):
        refusal = delete_cell(COUNTY, cell, heir)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs)
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator) -> None:
    heir = a_cell(county, rng) if rng.uniform() < 0.3 else None
    assert_parted_well(county, delete_cell(county, a_cell(county, rng), heir))
