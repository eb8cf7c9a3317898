"""The outline of an old unit taken over: cells are parted along it, strips are not."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import areas, build_coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.edits.use_borders import use_borders
from gis_app.grid.refusal import Refusal

SQUARES = {
    1: shapely.box(0, 0, 100, 100),
    2: shapely.box(100, 0, 200, 100),
    3: shapely.box(0, 100, 100, 200),
    4: shapely.box(100, 100, 200, 200),
}
GRID = build_coverage(list(SQUARES), [shapely.MultiPolygon([shape]) for shape in SQUARES.values()])


def used(outline: shapely.Geometry, **options: object) -> Edited:
    result = use_borders(GRID, outline, 10, **options)  # type: ignore[arg-type]
    assert isinstance(result, Edited), result
    return result


def test_every_cell_that_is_crossed_is_parted_and_numbered_in_order() -> None:
    edited = used(shapely.box(-50, -50, 60, 250))
    assert edited.added(GRID) == (10, 11)
    assert {cell: round(area) for cell, area in areas(edited.coverage).items()} == {
        1: 6000,
        2: 10_000,
        3: 6000,
        4: 10_000,
        10: 4000,
        11: 4000,
    }


def test_the_half_with_most_households_keeps_the_number() -> None:
    edited = used(shapely.box(-50, -50, 60, 250), points={1: np.array([[80.0, 50.0]])})
    assert areas(edited.coverage)[1] == pytest.approx(4000) and areas(edited.coverage)[3] == pytest.approx(6000)


@pytest.mark.parametrize("east", [88.0, 100.0, 112.0])
def test_a_border_within_the_tolerance_is_the_present_one(east: float) -> None:
    result = use_borders(GRID, shapely.box(-50, -50, east, 250), 10)
    assert isinstance(result, Refusal) and result.code == "not_parted"


def test_a_narrow_tolerance_takes_the_border_as_it_is() -> None:
    edited = used(shapely.box(-50, -50, 88, 250), tolerance=5)
    assert areas(edited.coverage)[10] == pytest.approx(1200)


def test_an_outline_that_leaves_a_border_parts_from_where_it_leaves() -> None:
    """It runs 6 m beside the border of 1 and 2, and then turns into 2."""
    line = shapely.Polygon([(0, 0), (106, 0), (106, 50), (160, 50), (160, 100), (0, 100)])
    edited = used(line)
    shapes = polygons(edited.coverage)
    assert edited.added(GRID) == (10,) and shapes[1].area == pytest.approx(10_000)
    assert not shapely.covers(shapes[10], shapely.Point(103, 20)) or not shapely.covers(shapes[2], shapely.Point(103, 20))
    assert {round(shapes[2].area + shapes[10].area)} == {10_000}


def test_a_trifle_where_nobody_lives_stays_with_its_cell() -> None:
    corner = shapely.box(-50, -50, 17, 17)
    result = use_borders(GRID, corner, 10)
    assert isinstance(result, Refusal) and result.code == "not_parted"
    edited = used(corner, points={1: np.array([[8.0, 8.0]])})
    assert areas(edited.coverage)[10] == pytest.approx(10_000 - 17 * 17), "a household there makes it worth a cell"


def test_an_outline_within_one_cell_leaves_a_hole() -> None:
    edited = used(shapely.box(30, 30, 70, 70))
    assert areas(edited.coverage)[10] == pytest.approx(1600) and areas(edited.coverage)[1] == pytest.approx(8400)


@pytest.mark.parametrize("outline", [shapely.box(300, 300, 400, 400), shapely.box(-10, -10, 210, 210)])
def test_what_parts_nothing_is_refused(outline: shapely.Geometry) -> None:
    result = use_borders(GRID, outline, 10)
    assert isinstance(result, Refusal) and result.code == "not_parted"


def test_an_empty_outline_is_refused() -> None:
    result = use_borders(GRID, shapely.MultiPolygon(), 10)
    assert isinstance(result, Refusal) and result.code == "no_area"


@given(st.lists(st.tuples(st.integers(-20, 220), st.integers(-20, 220)), min_size=3, max_size=7))
def test_whatever_outline_the_coverage_stays_sound_and_whole(places: list[tuple[int, int]]) -> None:
    result = use_borders(GRID, np.array(places, np.float64), 10)
    if isinstance(result, Edited):
        assert unsound(result.coverage, result.coverage.cells) is None
        assert sum(areas(result.coverage).values()) == pytest.approx(40_000, abs=0.5)
        assert set(result.coverage.cells) >= set(GRID.cells)
