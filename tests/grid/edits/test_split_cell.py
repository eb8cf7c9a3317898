import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import Coverage, areas, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.split_cell import split_cell
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import a_cell, a_line, anywhere, assert_parted_well, line, rngs

COUNTY = of([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
"""Two squares side by side: the cells 11 and 22."""


def split(*lines: list[tuple[float, float]], county: Coverage = COUNTY, cell: int = 11, **more: object) -> Edited:
    result = split_cell(county, cell, [line(*points) for points in lines], 50, **more)  # type: ignore[arg-type]
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    return result


def refused(*lines: list[tuple[float, float]], county: Coverage = COUNTY, cell: int = 11, **more: object) -> Refusal:
    result = split_cell(county, cell, [line(*points) for points in lines], 50, **more)  # type: ignore[arg-type]
    assert isinstance(result, Refusal)
    return result


def test_a_line_parts_a_cell_and_the_neighbour_gets_the_node() -> None:
    result = split([(-5, 40), (105, 40)])
    assert areas(result.coverage) == {11: 6000, 22: 10000, 50: 4000}
    assert result.cells == {11, 22, 50}
    assert [(piece.origin, piece.owner, piece.shape.area) for piece in result.pieces] == [(11, 50, 4000)]
    assert (100, 40) in result.coverage.nodes.values()
    assert shapely.coverage_is_valid(list(polygons(result.coverage).values()), gap_width=1)


def test_the_part_with_more_households_keeps_the_number() -> None:
    homes = np.array([(10.0, 10.0), (20.0, 10.0), (50.0, 90.0)])
    result = split([(0, 40), (100, 40)], points=homes)
    assert areas(result.coverage)[11] == 4000
    assert [(piece.owner, piece.shape.area) for piece in result.pieces] == [(50, 6000)]


def test_new_numbers_run_from_west_to_east() -> None:
    result = split([(25, 0), (25, 100)], [(70, -1), (70, 101)], [(90, 0), (90, 100)])
    west = {cell: shape.bounds[0] for cell, shape in polygons(result.coverage).items()}
    assert west == {50: 0, 11: 25, 51: 70, 52: 90, 22: 100}


def test_a_line_that_comes_back_makes_several_parts() -> None:
    result = split([(20, -10), (30, 150), (70, 150), (80, -10)])
    assert sorted(areas(result.coverage)) == [11, 22, 50, 51]


def test_a_line_that_crosses_itself_cuts_out_the_loop() -> None:
    result = split([(0, 50), (80, 50), (80, 20), (50, 20), (50, 100)])
    assert areas(result.coverage) == {11: 6600, 22: 10000, 50: 2500, 51: 900}


def test_a_closed_line_makes_an_enclave() -> None:
    result = split([(20, 20), (80, 20), (80, 80), (20, 80), (20, 20)])
    assert result.cells == {11, 50}
    assert len(result.coverage.cells[11][0]) == 2


def test_lines_that_nearly_reach_the_border_are_carried_on() -> None:
    result = split([(5, 40), (90, 40)])
    assert areas(result.coverage) == {11: 6000, 22: 10000, 50: 4000}


def test_lines_meet_in_the_middle() -> None:
    result = split([(-1, 50), (101, 50)], [(50, 101), (50, 55)])
    assert sorted(areas(result.coverage).values()) == [2500, 2500, 5000, 10000]


def test_a_line_that_ends_far_inside_is_refused_with_the_place() -> None:
    refusal = refused([(-5, 40), (60, 40)], reach=30)
    assert (refusal.code, refusal.at) == ("ends_inside", (60, 40))
    assert refused([(40, 40), (45, 40)]).code == "ends_inside"  # the way to the border is longer than the line


def test_a_short_tail_beyond_a_crossing_is_left_alone() -> None:
    result = split([(20, 20), (80, 20), (50, 60), (30, 10)])  # a loop that was closed a little too far
    assert result.cells == {11, 50}
    assert areas(result.coverage)[50] == pytest.approx(920)


def test_a_line_along_the_border_parts_nothing() -> None:
    for points in ([(0, 0), (100, 0)], [(0, 0.0003), (100, 0.0003)], [(0, 0), (0, 100), (100, 100)], [(120, 0), (150, 100)]):
        assert refused(points).code == "not_parted"


def test_a_line_nearly_along_the_border_is_the_border() -> None:
    assert refused([(-1, 0.2), (101, 0.2)]).code == "not_parted"
    bent = split([(-1, 0.2), (50, 0.2), (50, 50), (101, 50)])
    assert {cell: round(area) for cell, area in areas(bent.coverage).items()} == {11: 7500, 22: 10000, 50: 2500}
    assert polygons(bent.coverage)[50].bounds == (50, 0, 100, 50)


def test_what_is_no_line_and_what_is_no_cell() -> None:
    assert refused().code == "not_parted"
    assert refused([(50, 50)]).code == "not_parted"
    assert refused([(50, float("nan")), (50, 50)]).code == "not_parted"
    assert refused([(0, 50), (100, 50)], cell=99).code == "no_such_cell"


def test_a_cell_with_an_enclave_splits_around_it() -> None:
    county = of(RING)
    result = split([(-1, 500), (1001, 500)], county=county)
    assert result.cells == {11, 22, 50}
    assert {cell: len(parts) for cell, parts in result.coverage.cells.items()} == {11: 1, 22: 1, 33: 1, 50: 1}


def test_pieces_that_no_line_meets_stay_with_the_number() -> None:
    county = of([shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(300, 0, 310, 10)]), shapely.box(100, 0, 200, 100)])
    result = split([(40, -1), (40, 101)], county=county)
    assert len(result.coverage.cells[11]) == 2
    assert areas(result.coverage) == {11: 6100, 22: 10000, 50: 4000}


@given(counties(), rngs, st.sampled_from((0.0, 100.0, 1000.0)))
def test_split_counties_stay_sound(county: Coverage, rng: np.random.Generator, reach: float) -> None:
    cell, kept = a_cell(county, rng), frozen(county)
    homes = anywhere(county, rng, 60) if rng.uniform() < 0.5 else None
    result = split_cell(county, cell, [a_line(county, rng) for _ in range(rng.integers(1, 4))], 5000, homes, reach)
    assert frozen(county) == kept
    assert_parted_well(county, result)
    if isinstance(result, Edited):
        assert result.added(county) == tuple(range(5000, 5000 + len(result.added(county))))
        assert {piece.origin for piece in result.pieces} == {cell}
        assert not result.removed
