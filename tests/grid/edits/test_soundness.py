"""What no edit may leave behind is found in the touched cells, with its place."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import event, given
from hypothesis import strategies as st

from gis_app.grid.coverage import OUTSIDE, Arc, Coverage, build_coverage, polygons, snap
from gis_app.grid.edits.replaced import with_points
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.edits.vertices import cells_beside
from tests.grid.edits.counties import borders, counties
from tests.grid.samples import merged, wiggly


def changed(coverage: Coverage, corner: tuple[float, float], to: tuple[float, float]) -> Coverage:
    """Move whatever vertex is at a corner somewhere else, and ask nobody."""
    hit = {number: (arc.points == corner).all(axis=1)[:, None] for number, arc in coverage.arcs.items()}
    arcs = {number: replace(arc, points=np.where(hit[number], to, arc.points)) for number, arc in coverage.arcs.items()}
    nodes = {node: to if place == corner else place for node, place in coverage.nodes.items()}
    return Coverage(nodes, arcs, coverage.cells)


def build(*shapes: shapely.Geometry) -> Coverage:
    return build_coverage(range(1, len(shapes) + 1), shapes)


SIDE_BY_SIDE = build(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(20, 0, 30, 10))
RING = build(
    shapely.Polygon([(0, 0), (20, 0), (20, 20), (0, 20)], [[(5, 5), (5, 15), (15, 15), (15, 5)]]),
    shapely.Polygon([(5, 5), (15, 5), (15, 15), (5, 15)]),
)


@pytest.mark.parametrize("seed", range(8))
def test_a_sound_coverage_is_found_sound(seed: int) -> None:
    shapes = merged(40, 8, seed, 0.2)
    coverage = build(*shapes)
    for cell in coverage.cells:
        assert unsound(coverage, [cell]) is None
    assert unsound(coverage, coverage.cells) is None


def test_a_county_is_sound_cell_by_cell() -> None:
    coverage = wiggly(60, 3)
    assert all(unsound(coverage, [cell]) is None for cell in coverage.cells)


def test_cells_that_are_not_there_and_none_at_all_are_nothing_to_check() -> None:
    assert unsound(SIDE_BY_SIDE, []) is None
    assert unsound(SIDE_BY_SIDE, [99]) is None


def test_a_cell_without_land_is_refused() -> None:
    coverage = Coverage(SIDE_BY_SIDE.nodes, SIDE_BY_SIDE.arcs, {**SIDE_BY_SIDE.cells, 4: ()})
    refusal = unsound(coverage, [1, 4])
    assert refusal is not None
    assert refusal.code == "no_area"


def test_two_vertices_in_one_place() -> None:
    coverage = changed(build(shapely.Polygon([(0, 0), (10, 0), (12, 5), (10, 10), (0, 10)])), (12, 5), (10, 10))
    refusal = unsound(coverage, [1])
    assert refusal is not None
    assert (refusal.code, refusal.at) == ("too_few_points", (10, 10))


def test_two_nodes_in_one_place() -> None:
    coverage = changed(SIDE_BY_SIDE, (10.0, 10.0), (20.0, 10.0))
    refusal = unsound(coverage, [1, 2])
    assert refusal is not None
    assert refusal.at == (20, 10)


def test_borders_that_cross() -> None:
    coverage = changed(SIDE_BY_SIDE, (10.0, 10.0), (25.0, 5.0))
    refusal = unsound(coverage, [1, 2])
    assert refusal is not None
    assert refusal.code == "crossing"
    assert refusal.at is not None
    assert refusal.at[0] == pytest.approx(20)


def test_an_enclave_that_touches_the_border_around_it() -> None:
    for to in ((20.0, 12.0), (20.0, 20.0)):  # in the middle of a segment, and at a vertex
        refusal = unsound(changed(RING, (15.0, 15.0), to), [1, 2])
        assert refusal is not None
        assert (refusal.code, refusal.at) == ("crossing", to)


def test_an_enclave_moved_out_of_its_hole() -> None:
    coverage = RING
    for corner in ((5.0, 5.0), (5.0, 15.0), (15.0, 15.0), (15.0, 5.0)):
        coverage = changed(coverage, corner, (corner[0] + 100, corner[1]))
    refusal = unsound(coverage, [1])
    assert refusal is not None
    assert refusal.code == "overlap"


def test_a_cell_turned_inside_out() -> None:
    coverage = changed(build(shapely.Polygon([(0, 0), (10, 0), (5, 5)])), (5.0, 5.0), (5.0, -5.0))
    refusal = unsound(coverage, [1])
    assert refusal is not None
    assert refusal.code == "turned_over"


def test_an_island_moved_onto_the_county_that_it_was_not_part_of() -> None:
    island = shapely.box(30, 2, 34, 6)
    coverage = build(shapely.box(0, 0, 20, 20), island)
    for x, y in ((30.0, 2.0), (30.0, 6.0), (34.0, 2.0), (34.0, 6.0)):
        coverage = changed(coverage, (x, y), (x - 25, y))
    refusal = unsound(coverage, [2])
    assert refusal is not None
    assert refusal.code == "overlap"
    assert refusal.at is not None


def test_a_county_that_swallows_an_island() -> None:
    coverage = changed(build(shapely.box(0, 0, 20, 20), shapely.box(21, 10, 22, 11)), (20.0, 20.0), (60.0, 20.0))
    refusal = unsound(coverage, [1])
    assert refusal is not None
    assert refusal.code == "overlap"


def test_outer_borders_that_come_to_touch() -> None:
    coverage = build(shapely.box(0, 0, 10, 10), shapely.box(12, 0, 22, 10))
    along = changed(changed(coverage, (10.0, 0.0), (12.0, 0.0)), (10.0, 10.0), (12.0, 10.0))
    at_a_point = changed(coverage, (10.0, 10.0), (12.0, 5.0))
    for county in (along, at_a_point):
        refusal = unsound(county, [1])
        assert refusal is not None
        assert refusal.code == "crossing"
    assert all(OUTSIDE in (arc.left, arc.right) for arc in coverage.arcs.values())


def test_rings_that_meet_at_a_node_are_sound() -> None:
    shapes = [shapely.box(0, 0, 2, 2), shapely.box(2, 2, 4, 4), shapely.Polygon([(2, 2), (1, 3), (0, 5)])]
    coverage = build(*shapes)
    assert unsound(coverage, [1, 2, 3]) is None


def is_sound_as_a_whole(coverage: Coverage) -> bool:
    """Tell the same of all cells from their polygons: are they valid, do they run the right way round, meet in common vertices alone?"""
    if len(set(coverage.nodes.values())) < len(coverage.nodes):
        return False
    if any((arc.points[1:] == arc.points[:-1]).all(axis=1).any() for arc in coverage.arcs.values()):
        return False
    shapes = polygons(coverage)
    every = np.array(list(shapes.values()), object)
    rings = [(ring, k == 0) for parts in shapes.values() for part in parts.geoms for k, ring in enumerate([part.exterior, *part.interiors])]
    if not shapely.is_valid(every).all() or any(ring.is_ccw != is_shell for ring, is_shell in rings):
        return False
    one, other = shapely.STRtree(every).query(every, predicate="intersects")
    beside = one < other
    if shapely.relate_pattern(every[one[beside]], every[other[beside]], "T********").any():
        return False
    return bool(shapely.coverage_is_valid(every)) and borders(build_coverage(list(shapes), every.tolist())) == borders(coverage)


@given(counties(), st.data())
def test_the_touched_cells_tell_of_the_whole_county(county: Coverage, data: st.DataObject) -> None:
    corners = sorted({(x, y) for arc in county.arcs.values() for x, y in arc.points.tolist()})
    corner = data.draw(st.sampled_from(corners))
    onto = data.draw(st.one_of(st.none(), st.sampled_from(corners)))
    reach = data.draw(st.sampled_from((0.01, 10.0, 100.0, 500.0)))
    to = onto or tuple(np.round(np.array(corner) + [data.draw(st.floats(-reach, reach)) for _ in range(2)], 3).tolist())
    moved = changed(county, corner, to)
    touched = [cell for cell in county.cells if any((arc.points == corner).all(axis=1).any() for arc in _arcs_of(county, cell))]
    event(f"sound {unsound(moved, touched) is None}")
    assert (unsound(moved, touched) is None) == is_sound_as_a_whole(moved)


@given(counties(), st.data())
def test_a_moved_group_of_vertices_tells_of_the_whole_county(county: Coverage, data: st.DataObject) -> None:
    cell = data.draw(st.sampled_from(sorted(county.cells)))
    by = np.array([data.draw(st.sampled_from((-700.0, -90.0, -7.0, 0.0, 7.0, 90.0, 700.0))) for _ in range(2)])
    mine = {(x, y) for arc in _arcs_of(county, cell) for x, y in arc.points.tolist()}
    points: dict[int, np.ndarray] = {}
    for number, arc in county.arcs.items():
        line = [tuple(point) for point in arc.points.tolist()]
        if mine & set(line) and by.any():
            points[number] = np.array([snap(np.array(place) + by) if place in mine else place for place in line])
    nodes = {node: tuple(snap(np.array(place) + by).tolist()) for node, place in county.nodes.items() if place in mine}
    moved = with_points(county, points, nodes)
    touched = cells_beside(county, points)
    event(f"sound {unsound(moved, touched) is None}")
    assert (unsound(moved, touched) is None) == is_sound_as_a_whole(moved)


def _arcs_of(coverage: Coverage, cell: int) -> list[Arc]:
    return [coverage.arcs[abs(arc)] for part in coverage.cells[cell] for ring in part for arc in ring]
