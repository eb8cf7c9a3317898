import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import Coverage, areas
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.paint_cells import paint_cells
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit, counties, of
from tests.grid.edits.drawn import a_cell, anywhere, assert_parted_well, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
BLOCKS = [shapely.box(100, 0, 130, 30), shapely.box(130, 0, 160, 30), shapely.box(100, 30, 130, 60)]


def painted(brush: shapely.Geometry, blocks: list[shapely.Geometry] | None = None) -> dict[int, int]:
    result = paint_cells(COUNTY, brush, 11, blocks)
    assert isinstance(result, Edited)
    assert_good_edit(COUNTY, result)
    return {cell: round(area) for cell, area in areas(result.coverage).items()}


def test_what_is_painted_joins_the_cell() -> None:
    assert painted(shapely.box(50, 50, 120, 70)) == {11: 10400, 22: 9600}


def test_whole_blocks_join_where_more_than_half_is_painted() -> None:
    assert painted(shapely.box(90, 0, 140, 20), BLOCKS) == {11: 10900, 22: 9100}
    assert painted(shapely.box(90, 0, 150, 50), BLOCKS) == {11: 13100, 22: 6900}


def test_between_blocks_the_brush_counts_as_it_is() -> None:
    assert painted(shapely.box(100, 60, 120, 80), BLOCKS) == {11: 10400, 22: 9600}


def test_blocks_that_miss_the_border_by_a_little_make_no_slivers() -> None:
    assert painted(shapely.box(90, 0, 130, 30), [shapely.box(100.3, -0.2, 130, 30)]) == {11: 10900, 22: 9100}


def test_what_cannot_be_painted() -> None:
    for brush, into, blocks, code in (
        (shapely.box(10, 10, 20, 20), 11, None, "beyond"),
        (shapely.box(101, 1, 103, 3), 11, BLOCKS, "no_block"),
        (shapely.box(101, 1, 103, 3), 99, None, "no_such_cell"),
        (shapely.Polygon(), 11, None, "no_area"),
    ):
        refusal = paint_cells(COUNTY, brush, into, blocks)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs, st.booleans())
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator, blocked: bool) -> None:
    brush = shapely.LineString(anywhere(county, rng, 3)).buffer(rng.uniform(2, 100))
    blocks = [shapely.Point(place).buffer(60, quad_segs=1) for place in anywhere(county, rng, 12)] if blocked else None
    assert_parted_well(county, paint_cells(county, brush, a_cell(county, rng), blocks))
