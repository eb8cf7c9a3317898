"""Lines over cells make faces; faces with owners make a coverage in which only that is new that had to be."""

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, areas, neighbours, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.overlay import arcs_of, cells_near, overlay, rework
from tests.grid.edits.counties import RING, assert_good_edit, borders, counties, of
from tests.grid.edits.drawn import Rng, a_cell, a_line, an_outline, assert_parted_well, line, rngs

COUNTY = of([shapely.box(x, y, x + 100, y + 100) for x in (0, 100) for y in (0, 100)])
"""Four squares: 11 south-west, 22 north-west, 33 south-east, 44 north-east."""


def test_faces_know_their_cell() -> None:
    found = overlay(COUNTY, [11], [line((-1, 40), (101, 50))])
    assert sorted((face.origin, round(face.shape.area)) for face in found.faces) == [(11, 4500), (11, 5500)]
    assert set(found.loose) == {(-1, 40), (101, 50)}
    assert found.tails == pytest.approx((1.005, 1.005), abs=0.01)


def test_loose_ends_inside_have_the_length_of_their_tail() -> None:
    found = overlay(COUNTY, [11], [line((0, 40), (30, 40)), line((50, 0), (50, 100)), line((50, 50), (80, 50))])
    assert dict(zip(found.loose, found.tails, strict=True)) == {(30, 40): 30, (80, 50): 30}
    assert len(found.faces) == 2


def test_an_outline_over_four_cells() -> None:
    found = overlay(COUNTY, [11, 22, 33, 44], [line((80, 80), (120, 80), (120, 120), (80, 120), (80, 80))])
    assert len(found.faces) == 8
    result = rework(found, [50 if face.shape.area < 500 else face.origin for face in found.faces])
    assert_good_edit(COUNTY, result)
    assert result.cells == {11, 22, 33, 44, 50}
    assert areas(result.coverage)[50] == 1600
    back = overlay(result.coverage, [11, 50], [])
    joined = rework(back, [11] * len(back.faces))
    assert_good_edit(result.coverage, joined)
    assert joined.removed == {50}


def test_nothing_changed_is_nothing_made() -> None:
    for county in (COUNTY, of(RING)):
        found = overlay(county, county.cells, [])
        result = rework(found, [face.origin for face in found.faces])
        assert (result.cells, result.removed, result.pieces) == (frozenset(), frozenset(), ())
        assert all(result.coverage.arcs[number] is arc for number, arc in county.arcs.items())
        assert result.coverage.nodes == county.nodes
        assert result.coverage.cells == county.cells


def test_a_cell_given_away_beyond_the_county() -> None:
    found = overlay(COUNTY, [11], [])
    result = rework(found, [OUTSIDE])
    assert_good_edit(COUNTY, result, same_land=False)
    assert result.removed == {11}
    assert [(piece.origin, piece.owner) for piece in result.pieces] == [(11, OUTSIDE)]


def test_land_beyond_the_county_that_lines_enclose() -> None:
    found = overlay(COUNTY, [11, OUTSIDE], [line((0, 20), (-50, 20), (-50, 60), (0, 60))])
    beyond = [k for k, face in enumerate(found.faces) if face.origin == OUTSIDE]
    assert [found.faces[k].shape.area for k in beyond] == [2000]
    result = rework(found, [50 if k in beyond else face.origin for k, face in enumerate(found.faces)])
    assert_good_edit(COUNTY, result, same_land=False)
    assert neighbours(result.coverage)[50] == {11}


def test_a_neighbour_gets_the_vertex_where_a_border_ends() -> None:
    found = overlay(COUNTY, [11], [line((0, 40), (100, 40))])
    result = rework(found, [face.origin if face.shape.area > 5000 else 50 for face in found.faces])
    assert [100, 40] in shapely.get_coordinates(polygons(result.coverage)[33]).tolist()
    assert 33 in result.cells
    assert 22 not in result.cells


def test_arcs_that_lie_closer_than_the_grid_are_joined() -> None:
    """Found by chance: a line through the tip of a wedge that is a grid step wide brings its two sides to lie on one another."""
    west = shapely.Polygon([(0, 0), (50, 0), (50.001, 100), (0, 100)])
    wedge = shapely.Polygon([(50, 0), (50.002, 0), (50.001, 100)])
    east = shapely.Polygon([(50.002, 0), (100, 0), (100, 100), (50.001, 100)])
    county = of([west, wedge, east])
    found = overlay(county, county.cells, [line((-10, 80), (110, 80)), line((-10, 90), (110, 90))])
    assert found.joined
    result = rework(found, [face.origin if face.shape.centroid.y < 80 else 10 * face.origin for face in found.faces])
    assert_good_edit(county, result)


def test_cells_near_are_those_whose_box_meets() -> None:
    assert cells_near(COUNTY, (10, 10, 20, 20)) == [11]
    assert cells_near(COUNTY, (100, 10, 120, 20)) == [11, 33]
    assert cells_near(COUNTY, (-50, -50, 500, 500)) == [11, 22, 33, 44]
    assert cells_near(COUNTY, (300, 300, 301, 301)) == []
    assert cells_near(Coverage(), (0, 0, 1, 1)) == []


def test_nothing_over_nothing() -> None:
    assert overlay(Coverage(), [], []).faces == ()
    empty = of([shapely.MultiPolygon(), shapely.box(0, 0, 1, 1)])
    assert overlay(empty, [11], []).faces == ()


def test_arcs_of_several_cells_come_once() -> None:
    assert len(arcs_of(COUNTY, [11, 33])) == len(set(arcs_of(COUNTY, [11, 33]))) == 7 - 2  # outer corners are no nodes


def reworked(county: Coverage, rng: Rng, new_id: int) -> Edited | None:
    """Lay lines over some cells that lie together and give the faces to owners at random: stay, change hands, or a new cell."""
    beside = neighbours(county)
    cells = {a_cell(county, rng)}
    for _ in range(rng.integers(0, 5)):
        cells |= set(rng.permutation(sorted(set().union(*(beside[cell] for cell in cells)) - cells))[:1].tolist())
    lines = [(a_line if rng.uniform() < 0.7 else an_outline)(county, rng) for _ in range(rng.integers(0, 3))]
    touched = sorted(cells)
    if rng.uniform() < 0.3:
        for points in lines:
            cells |= set(cells_near(county, (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())))
        touched = [*sorted(cells), OUTSIDE]
    found = overlay(county, touched, lines)
    owners = []
    for face in found.faces:
        chance = rng.uniform()
        new_id += chance >= 0.8
        owners.append(face.origin if chance < 0.6 else int(rng.choice(touched)) if chance < 0.8 else new_id)
    result = rework(found, owners)
    if unsound(result.coverage, result.cells) is not None:  # every edit refuses this; only a cell without width may bring it about
        assert without_width(county, result.coverage, touched)
        return None
    return result if result.coverage.cells else None


def without_width(before: Coverage, after: Coverage, touched: list[int]) -> bool:
    """Tell whether a new vertex came to lie on a border that the overlay was not given: a cell between them has no width there."""
    given = set(arcs_of(before, touched))
    beyond = shapely.MultiLineString([arc.points for number, arc in before.arcs.items() if number not in given])
    old = {tuple(point) for arc in before.arcs.values() for point in arc.points.tolist()}
    new = {tuple(point) for arc in after.arcs.values() for point in arc.points.tolist()} - old
    return bool((shapely.distance(shapely.points(sorted(new)), beyond) < GRID).any())


@given(counties(), rngs)
def test_counties_at_random(county: Coverage, rng: Rng) -> None:
    result = reworked(county, rng, 10_000)
    if result is not None:
        assert_parted_well(county, result, beyond=True)


@settings(max_examples=10)
@given(counties(), rngs, st.integers(5, 40))
def test_walks_at_random(county: Coverage, rng: Rng, steps: int) -> None:
    for step in range(steps):
        result = reworked(county, rng, 10_000 * (step + 1))
        if result is not None:
            assert_parted_well(county, result, beyond=True)
            if len(result.coverage.cells) < 80:
                county = result.coverage


@given(counties(), rngs)
def test_what_was_drawn_and_joined_again_is_what_it_was(county: Coverage, rng: Rng) -> None:
    cell = a_cell(county, rng)
    found = overlay(county, [cell], [a_line(county, rng)])
    owners = [cell if k == 0 else 10_000 + k for k in range(len(found.faces))]
    there = rework(found, owners).coverage
    again = overlay(there, owners, [])
    back = rework(again, [cell] * len(again.faces)).coverage
    kept = [border for border in borders(back) if cell not in border[:2]]
    assert [border[:2] for border in kept] == [border[:2] for border in borders(county) if cell not in border[:2]]
    assert len(back.cells[cell]) == len(county.cells[cell])
