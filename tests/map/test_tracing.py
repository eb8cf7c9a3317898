from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gis_app.grid.coverage import Coverage, build_coverage
from gis_app.map.tracing import LONGEST_DETOUR, SHORT, OnBorder, Tracer
from tests.grid.samples import wiggly

TWO = build_coverage([1, 2], [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 300, 100)])
BETWEEN = next(number for number, arc in TWO.arcs.items() if {arc.left, arc.right} == {1, 2})


@pytest.fixture(scope="module")
def county() -> Coverage:
    return wiggly(40, 8, vertices=5)


def on(coverage: Coverage, arc: int, share: float) -> OnBorder:
    """Return the place at a share of the vertices of an arc."""
    points = coverage.arcs[arc].points
    at = share * (len(points) - 1)
    segment = min(int(at), len(points) - 2)
    x, y = (points[segment] + (at - segment) * (points[segment + 1] - points[segment])).tolist()
    return OnBorder(arc, segment, x, y)


def length(line: np.ndarray) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def test_within_one_border_the_way_runs_along_it_both_ways(county: Coverage) -> None:
    arc = next(iter(county.arcs))
    points = county.arcs[arc].points
    one, other = on(county, arc, 0.2), on(county, arc, 0.9)
    way, back = Tracer(county).way(one, other), Tracer(county).way(other, one)
    assert way is not None and back is not None
    assert way.tolist() == back[::-1].tolist()
    assert way[1:-1].tolist() == points[one.segment + 1 : other.segment + 1].tolist()


def test_a_place_is_its_own_way() -> None:
    here = on(TWO, BETWEEN, 0.5)
    way = Tracer(TWO).way(here, here)
    assert way is not None and way.tolist() == [[100, 50]]


def test_a_ring_without_a_node_is_followed_the_shorter_way_round() -> None:
    disc = shapely.Point(0, 0).buffer(100, quad_segs=16)
    ring = build_coverage([1], [disc])
    (arc,) = ring.arcs
    near_the_end, near_the_beginning = on(ring, arc, 0.95), on(ring, arc, 0.05)
    way = Tracer(ring).way(near_the_end, near_the_beginning)
    assert way is not None and length(way) < 100


def test_islands_are_joined_by_no_border() -> None:
    islands = build_coverage([1, 2], [shapely.box(0, 0, 10, 10), shapely.box(50, 0, 60, 10)])
    one, other = (on(islands, arc, 0.5) for arc in islands.arcs)
    assert Tracer(islands).way(one, other) is None


def test_a_huge_detour_is_no_way() -> None:
    comb = build_coverage([1], [shapely.Polygon([(0, 0), (9000, 0), (9000, 10), (20, 10), (20, 20), (9000, 20), (9000, 30), (0, 30)])])
    (arc,) = comb.arcs
    snapped = comb.arcs[arc].points.tolist()
    lower, upper = snapped.index([9000, 10]), snapped.index([9000, 20])
    share = 1 / (len(snapped) - 1)
    assert Tracer(comb).way(on(comb, arc, lower * share), on(comb, arc, upper * share)) is None


SHARES = st.sampled_from([0.0, 0.3, 0.5, 0.77, 1.0])
PLACES = st.tuples(st.integers(0, 10**6), SHARES)


@given(one=PLACES, other=PLACES)
def test_the_way_is_the_shortest_there_is(county: Coverage, one: tuple[int, float], other: tuple[int, float]) -> None:
    arcs = sorted(county.arcs)
    start, end = (on(county, arcs[number % len(arcs)], share) for number, share in (one, other))
    number_of: dict[tuple[float, float], int] = {}
    edges: list[tuple[int, int, float]] = []
    for number, arc in county.arcs.items():
        for segment, (a, b) in enumerate(pairwise(arc.points.tolist())):
            between = {(place.x, place.y) for place in (start, end) if (place.arc, place.segment) == (number, segment)} - {
                tuple(a),
                tuple(b),
            }
            stops = [tuple(a), *sorted(between, key=lambda place, a=a: np.hypot(place[0] - a[0], place[1] - a[1])), tuple(b)]
            for p, q in pairwise(stops):
                ends = [number_of.setdefault(place, len(number_of)) for place in (p, q)]
                edges.append((ends[0], ends[1], float(np.hypot(q[0] - p[0], q[1] - p[1]))))
    rows, columns, weights = zip(*edges, strict=True)
    graph = coo_array((weights, (rows, columns)), shape=(len(number_of), len(number_of))).tocsr()
    begin, goal = number_of[(start.x, start.y)], number_of[(end.x, end.y)]
    expected = float(dijkstra(graph, directed=False, indices=begin)[goal])
    allowed = max(LONGEST_DETOUR * np.hypot(end.x - start.x, end.y - start.y), SHORT)
    way = Tracer(county).way(start, end)
    if expected > allowed:
        assert way is None
        return
    assert way is not None
    assert length(way) == pytest.approx(expected, abs=1e-6)
    assert way[0].tolist() == [start.x, start.y] and way[-1].tolist() == [end.x, end.y]
    joined = {frozenset(edge[:2]) for edge in edges}
    assert all(frozenset((number_of[tuple(a)], number_of[tuple(b)])) in joined for a, b in pairwise(way.tolist()))
