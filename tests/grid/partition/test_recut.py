"""Cutting pairs of neighbouring cells anew."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.coverage import Coverage, build_coverage, polygons
from gis_app.grid.partition.cuts import Houses, Limits, halves
from gis_app.grid.partition.lines import Lines
from gis_app.grid.partition.recut import recutting
from gis_app.progress import finish


def compactness(cells: Coverage) -> np.ndarray:
    shapes = np.array(list(polygons(cells).values()), object)
    return 4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2


def households(land: shapely.Geometry, count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    places = np.round(rng.uniform(land.bounds[:2], land.bounds[2:], (8 * count, 2)), 3)
    return places[shapely.contains_xy(land, places[:, 0], places[:, 1])][:count]


def test_two_long_strips_become_two_squares() -> None:
    cells = build_coverage([1, 2], [shapely.box(0, 0, 200, 50), shapely.box(0, 50, 200, 100)])
    places = households(shapely.box(0, 0, 200, 100), 100, 1)
    owner = np.where(places[:, 1] < 50, 1, 2)
    houses = Houses(places, np.ones(100, np.int64), np.arange(100))
    found, cell = finish(recutting(cells, houses, owner, Limits(40, 60, 50.0, 0.5)))
    assert compactness(cells).max() < 0.51 and compactness(found).min() > 0.75
    assert np.bincount(cell)[1:].min() >= 40 and set(cell.tolist()) == {1, 2}
    shapes = polygons(found)
    assert all(shapely.intersects(shapes[one], shapely.Point(place)) for one, place in zip(cell.tolist(), places, strict=True))
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(20000, abs=0.5)


def test_a_piece_elsewhere_stays_with_its_cell_and_counts() -> None:
    """Cell 1 has most of its households on an island: a line that gives its other land away the wrong way round would starve it."""
    island, one, two = shapely.box(500, 0, 560, 60), shapely.box(0, 0, 200, 40), shapely.box(0, 40, 200, 100)
    cells = build_coverage([1, 2], [shapely.union(island, one), two])
    places = np.concatenate([households(island, 70, 2), households(one, 30, 3), households(two, 100, 4)])
    owner = np.repeat([1, 1, 2], [70, 30, 100])
    found, cell = finish(recutting(cells, Houses(places, np.ones(200, np.int64), np.arange(200)), owner, Limits(95, 105, 100.0, 0.5)))
    loads = np.bincount(cell)[1:]
    assert loads.min() >= 95 and loads.max() <= 105
    assert (cell[:70] == 1).all() and len(polygons(found)[1].geoms) == 2
    assert compactness(found).sum() >= compactness(cells).sum()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_a_line_would_give_is_what_it_gives(seed: int) -> None:
    """Compactness by the integral along the ring is that of the two polygons, also around holes."""
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 14))
    outer = np.stack([np.cos(angles), np.sin(angles)], axis=1) * rng.uniform(50, 100, (14, 1))
    land = shapely.make_valid(shapely.Polygon(outer)).difference(shapely.box(-4, -4, 4, 4))
    if land.geom_type != "Polygon":
        return
    centre = np.array([land.centroid.x, land.centroid.y])
    turn = rng.uniform(0, np.pi, 6)
    normals, offsets = np.stack([np.cos(turn), np.sin(turn)], axis=1), rng.uniform(-40, 40, 6)
    worth, whole = halves(land, centre, normals, offsets)
    for normal, offset, told, sound in zip(normals, offsets, worth, whole, strict=True):
        foot, along = centre + normal * offset, np.array([-normal[1], normal[0]]) * 500
        half = shapely.Polygon([foot - along, foot + along, foot + along - normal * 500, foot - along - normal * 500])
        sides = [land.intersection(half), land.difference(half)]
        if sound:
            assert [side.geom_type for side in sides] == ["Polygon", "Polygon"]
            assert told == pytest.approx(sum(4 * np.pi * side.area / side.length**2 for side in sides), rel=1e-6)


def test_a_road_through_two_cells_becomes_their_border() -> None:
    """It bends, and is a little less compact than the straight line between the halves, but planners and neighbours know it."""
    land = shapely.box(0, 0, 200, 100)
    cells = build_coverage([1, 2], [shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)])
    road = np.array([(92, -20), (92, 20), (108, 50), (97, 80), (104, 130)], np.float64)
    places = households(land, 400, 7)
    places = places[shapely.distance(shapely.LineString(road), shapely.points(places)) > 1][:300]
    owner = np.where(places[:, 0] < 100, 1, 2)
    houses = Houses(places, np.ones(len(places), np.int64), np.arange(len(places)))
    found, cell = finish(recutting(cells, houses, owner, Limits(120, 180, 150.0, 0.5), Lines([road])))
    shared = polygons(found)[1].intersection(polygons(found)[2])
    assert shared.intersection(shapely.buffer(shapely.LineString(road), 0.01)).length > 0.99 * shared.length > 90
    shapes = polygons(found)
    assert all(shapely.intersects(shapes[one], shapely.Point(place)) for one, place in zip(cell.tolist(), places, strict=True))
    again, _ = finish(recutting(found, houses, cell, Limits(120, 180, 150.0, 0.5), Lines([road])))
    assert polygons(again)[1].equals(polygons(found)[1]), "and stays it"


def test_stretches_of_lines_go_from_border_to_border() -> None:
    land = shapely.box(0, 0, 100, 100)
    through = np.array([(50, -10), (55, 50), (50, 110)], np.float64)
    broken = [np.array([(-10, 30), (40, 35)], np.float64), np.array([(40, 35), (120, 30)], np.float64)]
    dead_end = np.array([(10, -10), (10, 40)], np.float64)
    found = Lines([through, *broken, dead_end]).across(land)
    assert len(found) == 2
    assert Lines([through]).share(shapely.LineString([(50, -10), (55, 50), (115, 50)])) == pytest.approx(0.5, abs=0.01)
    assert Lines([dead_end]).across(land) == [] and Lines([dead_end]).share(shapely.LineString([(50, 0), (60, 9)])) == 0.0


def test_how_much_of_the_borders_runs_along_lines_is_measured() -> None:
    borders = shapely.MultiLineString([[(0, 0), (100, 0), (100, 50)], [(0, 80), (30, 80)]])
    river = np.array([[40.0, 0.0], [100.0, 0.0], [200.0, -100.0]])
    assert Lines([river]).length(borders) == pytest.approx(61, abs=1.1)
    assert Lines([river, river]).length(borders) == Lines([river]).length(borders), "twice the same line counts once"
    assert Lines([]).length(borders) == Lines([river]).length(shapely.MultiLineString()) == 0.0
