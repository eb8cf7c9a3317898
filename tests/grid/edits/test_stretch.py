"""Which stretch of border lies between two places."""

import numpy as np
import shapely

from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.stretch import contacts, points_of, ways
from tests.grid.edits.counties import of

GRID_OF_NINE = of([shapely.box(x, y, x + 100, y + 100) for x in (0, 100, 200) for y in (0, 100, 200)])


def stretches(county: Coverage, line: list[tuple[float, float]], among: frozenset[int] | None = None) -> list[list[tuple[float, float]]]:
    cut = contacts(county, np.array(line, np.float64), among, 0.01)
    assert cut is not None
    _, start, end = cut
    chains = {number: arc.points for number, arc in county.arcs.items()}
    found = []
    for way in ways(county, start, end, among):
        points = np.concatenate(points_of(way, chains, start, end))
        found.append([(x, y) for k, (x, y) in enumerate(points.tolist()) if k == 0 or (x, y) != tuple(points[k - 1])])
    return found


def around(county: Coverage, cells: set[int]) -> frozenset[int]:
    return frozenset(number for number, arc in county.arcs.items() if (arc.left in cells) != (arc.right in cells))


def test_on_one_arc_it_is_the_arc() -> None:
    assert stretches(GRID_OF_NINE, [(100, 20), (150, 50), (100, 80)]) == [[(100, 20), (100, 80)]]
    assert stretches(GRID_OF_NINE, [(100, 80), (150, 50), (100, 20)]) == [[(100, 80), (100, 20)]]


def test_on_two_borders_of_a_cell_it_is_either_way_around_it() -> None:
    found = stretches(GRID_OF_NINE, [(100, 50), (150, 100)])
    assert sorted(found, key=len) == [
        [(100, 50), (100, 100), (150, 100)],
        [(100, 50), (100, 0), (200, 0), (200, 100), (150, 100)],
    ]


def test_far_apart_it_is_the_shortest_way() -> None:
    assert stretches(GRID_OF_NINE, [(100, 90), (150, 150), (100, 210)]) == [[(100, 90), (100, 100), (100, 200), (100, 210)]]


def test_among_some_borders_it_is_both_ways_around_them() -> None:
    west = around(GRID_OF_NINE, {11, 22, 33})
    found = stretches(GRID_OF_NINE, [(100, 50), (120, 150), (100, 250)], west)
    assert found[0] == [(100, 50), (100, 100), (100, 200), (100, 250)]
    assert found[1][:2] == [(100, 50), (100, 0)]
    assert found[1][-2:] == [(100, 300), (100, 250)]
    corner = stretches(GRID_OF_NINE, [(100, 100), (120, 150), (100, 200)], west)
    assert corner[0] == [(100, 100), (100, 200)]
    assert len(corner[1]) == 8


def test_a_line_that_begins_at_a_node_begins_there() -> None:
    assert [(100, 100), (100, 150)] in stretches(GRID_OF_NINE, [(100, 100), (120, 120), (100, 150)])
    assert stretches(GRID_OF_NINE, [(100, 100), (130, 150), (100, 200)]) == [[(100, 100), (100, 200)]]


def test_lines_are_cut_where_they_first_and_last_meet_a_border() -> None:
    cut = contacts(
        GRID_OF_NINE, np.array([(50.0, 50.0), (150.0, 50.0), (150.0, 150.0), (50.0, 150.0)]), around(GRID_OF_NINE, {11, 22, 33}), 0.01
    )
    assert cut is not None
    assert cut[0].tolist() == [[100, 50], [150, 50], [150, 150], [100, 150]]


def test_lines_that_meet_borders_once_or_never_are_no_reshaping() -> None:
    for line in ([(10, 10), (90, 90)], [(50, 50), (150, 50)], [(-50, 500), (-10, 400)], [(100, 50), (130, 20), (130, 80), (100, 50)]):
        assert contacts(GRID_OF_NINE, np.array(line, np.float64), around(GRID_OF_NINE, {11, 22, 33}), 0.01) is None
