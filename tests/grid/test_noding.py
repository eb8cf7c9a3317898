"""After noding, lines and borders meet in common vertices alone, and nothing moved by more than a grid step."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, snap
from gis_app.grid.noding import HOT, distinct, noded

Floats = NDArray[np.float64]


def points(*places: tuple[float, float]) -> Floats:
    return np.array(places, np.float64)


def segments(chains: list[Floats]) -> NDArray[np.object_]:
    """Return each undirected segment of chains once."""
    found = {tuple(sorted((tuple(a), tuple(b)))) for chain in chains for a, b in zip(chain[:-1].tolist(), chain[1:].tolist(), strict=True)}
    return np.array([shapely.LineString(ends) for ends in sorted(found)], object)


def assert_noded(chains: list[Floats]) -> None:
    """Assert that segments meet at common ends alone."""
    lines = segments(chains)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    assert not shapely.crosses(lines[one], lines[other]).any()
    meets = shapely.intersection(lines[one], lines[other])
    assert (shapely.get_dimensions(meets) == 0).all()
    ends = [{tuple(end) for end in shapely.get_coordinates(line).tolist()} for line in lines]
    for a, b, place in zip(one.tolist(), other.tolist(), shapely.get_coordinates(meets).tolist(), strict=True):
        assert tuple(place) in ends[a] & ends[b]


def assert_near(before: Floats, after: Floats) -> None:
    """Assert that a chain went nowhere else, and lies on the grid."""
    assert (after == snap(after)).all()
    one, other = shapely.LineString(before), shapely.LineString(after)
    assert shapely.hausdorff_distance(one, other) <= 4 * GRID or len(before) == 0


def test_a_crossing_becomes_a_vertex_of_both() -> None:
    (border,), (line,) = noded([points((0, 0), (10, 0))], [points((3, -1), (3, 1))])
    assert border.tolist() == [[0, 0], [3, 0], [10, 0]]
    assert line.tolist() == [[3, -1], [3, 0], [3, 1]]


def test_an_end_on_a_border_becomes_a_vertex_of_it() -> None:
    (border,), (line,) = noded([points((0, 0), (10, 1))], [points((3, 0.3), (3, 5))])
    assert [3, 0.3] in border.tolist()
    assert line.tolist() == [[3, 0.3], [3, 5]]


def test_lines_that_run_along_one_another_share_their_vertices() -> None:
    (border,), (line,) = noded([points((0, 0), (5, 0), (10, 0))], [points((2, 0), (8, 0))])
    assert border.tolist() == [[0, 0], [2, 0], [5, 0], [8, 0], [10, 0]]
    assert line.tolist() == [[2, 0], [5, 0], [8, 0]]


def test_a_line_that_crosses_itself() -> None:
    _, (line,) = noded([], [points((0, 0), (10, 0), (10, 10), (5, 10), (5, -10))])
    assert line.tolist().count([5, 0]) == 2


def test_borders_that_no_line_meets_keep_every_bit() -> None:
    borders = [points((0, 0), (1, 7), (10, 0)), points((0, 0.0004), (10, 0.0004))]
    (one, other), _ = noded(borders, [points((100, 100), (200, 200))])
    assert one.tobytes() == borders[0].tobytes()
    assert other.tobytes() == borders[1].tobytes()


def test_repeated_points_go() -> None:
    assert distinct(points((0, 0), (0, 0), (1, 1), (1, 1), (0, 0))).tolist() == [[0, 0], [1, 1], [0, 0]]
    assert len(distinct(points((1, 1)))) == 1
    _, (line, point) = noded([], [points((0, 0), (0.0001, 0.0002), (5, 5)), points((1, 1), (1, 1))])
    assert line.tolist() == [[0, 0], [5, 5]]
    assert len(point) == 1
    assert noded([], []) == ([], [])


def test_the_diagonals_of_a_grid_step() -> None:
    _, after = noded([], [points((0, 0), (0.001, 0.001)), points((0, 0.001), (0.001, 0))])
    assert_noded(after)
    _, (line,) = noded([], [points((0, 0), (0.001, 0.001), (0.001, 0), (0, 0.001))])
    assert_noded([line])


@pytest.mark.parametrize("size", [0.02, 5.0, 1000.0])
@given(seed=st.integers(0, 10**6))
def test_lines_at_random(size: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = [distinct(snap(rng.uniform(0, size, (rng.integers(2, 9), 2)))) for _ in range(rng.integers(1, 6))]
    lines = [line for line in lines if len(line) > 1]
    _, after = noded([], lines)
    assert_noded(after)
    for line, result in zip(lines, after, strict=True):
        if size > 1:
            assert_near(line, result)


@given(st.integers(0, 10**6))
def test_lines_that_nearly_touch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    border = distinct(snap(np.column_stack([np.linspace(0, 50, 12), rng.uniform(0, 3, 12)])))
    along = border[2:9] + rng.normal(0, rng.choice([0.0, 0.0003, HOT, 0.002, 0.1]), (7, 2))
    borders, lines = noded([border], [along, rng.uniform(0, 50, (3, 2))])
    assert_noded([*borders, *lines])
    assert_near(border, borders[0])
