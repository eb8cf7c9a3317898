import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from gis_app.county.state import CountyState
from gis_app.grid.coverage import areas, build_coverage, polygons
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.map.labels import centroids, preparing_anchors
from gis_app.map.network import CELL, OUTER, TOWNSHIP, VILLAGE, Detail, Network, preparing_network, tolerance_for


def network_of(state: CountyState) -> Network:
    return [step for step in preparing_network(state.coverage, state.units) if step is not None][-1]


@pytest.fixture(scope="module")
def network(state: CountyState) -> Network:
    return network_of(state)


def test_unsimplified_cells_are_the_polygons_of_the_coverage(state: CountyState, network: Network) -> None:
    shapes = polygons(state.coverage)
    xy, ends = Detail(network, 0.0).vertices(network.cells, np.arange(len(network.cell_ids)))
    for position, cell in enumerate(network.cell_ids.tolist()):
        ring = xy[ends[position] : ends[position + 1]]
        assert (ring[0] == ring[-1]).all()
        assert shapely.equals(shapely.polygons(ring), shapes[cell])


def test_simplified_neighbours_still_share_their_border(network: Network) -> None:
    detail = Detail(network, 64.0)
    xy, ends = detail.vertices(network.cells, np.arange(len(network.cell_ids)))
    assert len(xy) < len(network.xy)
    shapes = [shapely.polygons(xy[ends[i] : ends[i + 1]]) for i in range(len(network.cell_ids))]
    outer = shapely.union_all(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(outer.area, rel=1e-9)
    assert outer.geom_type == "Polygon" and len(outer.interiors) == 0


def test_asking_for_a_part_first_gives_the_same_vertices(network: Network) -> None:
    whole, ends = Detail(network, 16.0).vertices(network.cells, np.arange(10))
    detail = Detail(network, 16.0)
    detail.vertices(network.cells, np.array([7, 3]))
    again, ends_again = detail.vertices(network.cells, np.arange(10))
    assert (whole == again).all() and (ends == ends_again).all()


def test_lines_of_all_ranks_hold_every_border_once(network: Network) -> None:
    detail = Detail(network, 0.0)
    total = 0.0
    for rank in (OUTER, TOWNSHIP, VILLAGE, CELL):
        recipes = network.lines[rank]
        xy, ends = detail.vertices(recipes, np.arange(len(recipes)))
        for i in range(len(recipes)):
            total += float(np.hypot(*np.diff(xy[ends[i] : ends[i + 1]], axis=0).T).sum())
    every, ends = detail.vertices(network.borders, np.arange(len(network.borders)))
    single = sum(float(np.hypot(*np.diff(every[ends[i] : ends[i + 1]], axis=0).T).sum()) for i in range(len(network.borders)))
    assert total == pytest.approx(single)
    assert len(network.lines[OUTER]) == 1, "the outer border is one chain, so that dashes run through"


def test_centroids_are_those_of_the_polygons(state: CountyState, network: Network) -> None:
    area, x, y = centroids(network, np.arange(len(network.cell_ids))).T
    known = areas(state.coverage)
    shapes = polygons(state.coverage)
    for position, cell in enumerate(network.cell_ids.tolist()):
        assert area[position] == pytest.approx(known[cell], rel=1e-6)
        assert shapes[cell].centroid.distance(shapely.Point(x[position], y[position])) < 0.01


def test_a_cell_with_a_hole_is_drawn_with_it() -> None:
    outer = Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(40, 40), (60, 40), (60, 60), (40, 60)]])
    inner = Polygon([(40, 40), (60, 40), (60, 60), (40, 60)])
    coverage = build_coverage([1, 2], [outer, inner])
    units = Hierarchy([Unit(i, Level.CELL, UnitKind.RURAL_CELL, str(i), f"cell {i}") for i in (1, 2)])
    network = [step for step in preparing_network(coverage, units) if step is not None][-1]
    area, x, y = centroids(network, np.arange(len(network.cell_ids))).T
    assert area.tolist() == pytest.approx([9600, 400])
    assert (x.tolist(), y.tolist()) == (pytest.approx([50, 50]), pytest.approx([50, 50]))


def test_anchors_name_every_unit_once(state: CountyState, network: Network) -> None:
    anchors = [step for step in preparing_anchors(network, state.units) if step is not None][-1]
    assert sorted(anchors.units.tolist()) == sorted(state.units)
    cell = next(i for i, level in enumerate(anchors.levels) if level == Level.CELL)
    assert anchors.texts[cell].startswith("第"), "the village's name in front is left out"


def test_a_county_without_cells_has_an_empty_network() -> None:
    network = [step for step in preparing_network(build_coverage([], []), Hierarchy()) if step is not None][-1]
    assert len(network.cells) == 0 and len(network.borders) == 0


def test_tolerance_follows_the_zoom(network: Network) -> None:
    assert tolerance_for(network, 0.001) == 0.0
    assert 0.35 <= tolerance_for(network, 100.0) / 100.0 <= 0.9
