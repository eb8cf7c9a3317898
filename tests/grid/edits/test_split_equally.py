from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.coverage import Coverage, perimeters, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.numbered import count_points
from gis_app.grid.edits.split_equally import split_equally
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import RING, assert_good_edit, counties, frozen, of
from tests.grid.edits.drawn import Floats, a_cell, assert_parted_well, rngs

SQUARE = of([shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 1200, 1000)])
COMB = of(
    [shapely.Polygon([(0, 0), (1000, 0), (1000, 800), (800, 800), (800, 200), (600, 200), (600, 800), (400, 800), (400, 200), (0, 200)])]
)
"""A bar with two teeth that point north."""
SNAKE = of(
    [shapely.LineString([(0, 0), (800, 0), (800, 200), (0, 200), (0, 400), (800, 400)]).buffer(60, cap_style="flat", join_style="mitre")]
)


def places_in(shape: shapely.Geometry, count: int, seed: int) -> Floats:
    """Return places at random in a shape, most of them in its south-west: nobody lives evenly."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shape.bounds
    found = np.zeros((0, 2))
    while len(found) < count:
        places = np.array([west, south]) + rng.uniform(size=(4 * count, 2)) ** 1.5 * np.array([east - west, north - south])
        found = np.vstack([found, places[shapely.contains_xy(shape, places[:, 0], places[:, 1])]])
    return found[:count]


def counts_of(county: Coverage, cells: list[int], points: Floats) -> list[int]:
    shapes = polygons(county)
    return count_points([shapes[cell] for cell in cells], points)


@pytest.mark.parametrize("county", [SQUARE, COMB, SNAKE, of(RING)], ids=["square", "comb", "snake", "ring"])
@pytest.mark.parametrize("parts", [2, 3, 5, 8])
def test_parts_are_equal_within_one_household_and_of_one_piece(county: Coverage, parts: int) -> None:
    for seed in range(4):
        homes = places_in(polygons(county)[11], 211, seed)
        result = split_equally(county, 11, homes, parts, 50)
        assert isinstance(result, Edited)
        assert_parted_well(county, result)
        cells = [11, *result.added(county)]
        assert len(cells) == parts
        counts = counts_of(result.coverage, cells, homes)
        assert sum(counts) == 211
        assert max(counts) - min(counts) <= 1
        assert all(len(result.coverage.cells[cell]) == 1 for cell in cells)
        assert not result.warnings, "parts as they were asked for are no reason to warn"
        told = str(result.news[0]).removeprefix("The parts have ").removesuffix(" households, resident or not.").split(" + ")
        assert told == [str(count) for count in counts], "in the order of the cells, as the history tells them"


def test_cuts_are_short() -> None:
    homes = places_in(shapely.box(0, 0, 1000, 300), 400, 1)
    county = of([shapely.box(0, 0, 1000, 300)])
    result = split_equally(county, 11, homes, 2, 50)
    assert isinstance(result, Edited)
    added = sum(perimeters(result.coverage).values()) - sum(perimeters(county).values())
    assert added < 2 * 320  # straight across, not along


def test_households_at_one_place_stay_together() -> None:
    block = np.repeat([[100.0, 100.0]], 60, axis=0)
    homes = np.vstack([block, places_in(shapely.box(200, 200, 900, 900), 40, 1)])
    result = split_equally(SQUARE, 11, homes, 2, 50)
    assert isinstance(result, Edited)
    assert sorted(counts_of(result.coverage, [11, 50], homes)) == [40, 60]
    assert "share a place" in str(result.warnings[0])
    (piece,) = result.pieces
    assert not shapely.contains_xy(piece.shape, 100, 100)  # the part with more households keeps the number


def test_numbers_run_from_west_to_east() -> None:
    homes = np.column_stack([np.linspace(10, 990, 99), np.tile([450.0, 500.0, 550.0], 33)])
    result = split_equally(SQUARE, 11, homes, 3, 50)
    assert isinstance(result, Edited)
    middles = [polygons(result.coverage)[cell].centroid.x for cell in (50, 51)]
    assert all(one < two for one, two in pairwise(middles))


def test_a_cell_in_two_pieces_is_split_too() -> None:
    shape = shapely.MultiPolygon([shapely.box(0, 0, 300, 300), shapely.box(400, 0, 700, 300)])
    county = of([shape])
    homes = np.vstack([places_in(part, 50, seed) for seed, part in enumerate(shape.geoms)])
    result = split_equally(county, 11, homes, 2, 50)
    assert isinstance(result, Edited)
    assert_good_edit(county, result)
    assert counts_of(result.coverage, [11, 50], homes) == [50, 50]


def test_what_cannot_be_split_equally() -> None:
    some = places_in(shapely.box(0, 0, 1000, 1000), 20, 1)
    for cell, points, parts, code in (
        (11, some, 1, "one_part"),
        (99, some, 2, "no_such_cell"),
        (11, some, 21, "few_points"),
        (11, np.zeros((0, 2)), 2, "few_points"),
        (11, np.repeat([[5.0, 5.0]], 90, axis=0), 2, "few_points"),
        (22, some, 2, "few_points"),  # none of them lives there
        (11, np.array([[np.nan, 1.0], [1.0, 1.0]]), 2, "few_points"),
    ):
        refusal = split_equally(SQUARE, cell, points, parts, 50)
        assert isinstance(refusal, Refusal)
        assert refusal.code == code


@given(counties(), rngs, st.integers(2, 8))
def test_counties_stay_sound(county: Coverage, rng: np.random.Generator, parts: int) -> None:
    cell, kept = a_cell(county, rng), frozen(county)
    shape = polygons(county)[cell]
    homes = places_in(shape, int(rng.integers(parts, 120)), int(rng.integers(1000)))
    result = split_equally(county, cell, homes, parts, 5000)
    assert frozen(county) == kept
    assert_parted_well(county, result)
    if isinstance(result, Edited):
        counts = counts_of(result.coverage, [cell, *result.added(county)], homes)
        assert len(counts) == parts
        assert min(counts) > 0
