"""The random counties are as they should be, so that what edits do to them means something."""

from hypothesis import given

from gis_app.grid.coverage import Coverage
from tests.grid.edits.counties import RING, assert_well_made, counties, is_valid, of


@given(counties())
def test_random_counties_are_sound(county: Coverage) -> None:
    assert county.cells
    assert_well_made(county)
    assert is_valid(county, 0.0)


def test_rings_in_rings_meet_no_other_border() -> None:
    assert all(arc.start == arc.end for arc in of(RING).arcs.values())
