import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.coverage import (
    OUTSIDE,
    Coverage,
    CoverageError,
    arc_levels,
    areas,
    build_coverage,
    extent,
    label_points,
    neighbours,
    outline,
    perimeters,
    polygons,
    ring_points,
    snap,
    unions,
)
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from tests.grid.samples import merged, wiggly


def same(one: list, two: list) -> bool:
    """Tell whether polygons have the same vertices, wherever their rings begin and however they run."""
    return all(shapely.equals_exact(shapely.normalize(one), shapely.normalize(two)))


def build(*shapes: shapely.Geometry | None) -> Coverage:
    return build_coverage(range(1, len(shapes) + 1), shapes)


def multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    return shape if isinstance(shape, shapely.MultiPolygon) else shapely.MultiPolygon([shape])


def test_two_cells_share_one_arc() -> None:
    coverage = build(shapely.box(0, 0, 1, 1), shapely.Polygon([(1, 0), (2, 0), (2, 1), (1, 1)]))
    assert len(coverage.arcs) == 3
    assert len(coverage.nodes) == 2
    (shared,) = [arc for arc in coverage.arcs.values() if OUTSIDE not in (arc.left, arc.right)]
    assert {shared.left, shared.right} == {1, 2}
    assert shared.points.tolist() in ([[1, 0], [1, 1]], [[1, 1], [1, 0]])
    assert not shared.points.flags.writeable


def test_an_island_in_a_hole_is_one_ring_without_natural_nodes() -> None:
    island = shapely.box(2, 2, 3, 3)
    ground = shapely.Polygon(shapely.box(0, 0, 5, 5).exterior, [shapely.box(2, 2, 3, 3).exterior])
    coverage = build(ground, island)
    assert len(coverage.arcs) == 2
    arc = next(arc for arc in coverage.arcs.values() if OUTSIDE not in (arc.left, arc.right))
    assert arc.start == arc.end
    assert same(list(polygons(coverage).values()), [multi(ground), multi(island)])
    assert neighbours(coverage) == {1: {2}, 2: {1}}
    assert outline(coverage).equals(shapely.box(0, 0, 5, 5))


def test_coordinates_move_to_the_grid_and_repeated_vertices_go() -> None:
    coverage = build(shapely.Polygon([(0, 0), (1.00004, 0), (1.0004, 0), (1, 1.0004), (1, 1.00049), (0, 1)]))
    assert polygons(coverage)[1].equals(shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)]))
    assert shapely.get_num_coordinates(polygons(coverage)[1]) == 5


def test_what_the_grid_makes_disappear_is_a_cell_without_parts() -> None:
    hair = shapely.Polygon([(0, 0), (1, 0), (1, 0.0001)])
    coverage = build(shapely.box(0, 0, 1, 1), hair, None)
    assert coverage.cells[2] == coverage.cells[3] == ()
    assert polygons(coverage)[2].is_empty
    assert areas(coverage) == {1: 1.0, 2: 0, 3: 0}


def test_an_empty_coverage() -> None:
    coverage = build_coverage([], [])
    assert polygons(coverage) == {}
    assert np.isnan(extent(coverage)).all()
    assert outline(coverage).is_empty


@pytest.mark.parametrize("coordinate", [np.nan, np.inf, 1e308, 1e10])
def test_impossible_coordinates_are_refused(coordinate: float) -> None:
    with np.errstate(invalid="ignore"):
        shape = shapely.Polygon([(0, 0), (coordinate, 0), (1, 1), (0, 1)])
    with pytest.raises(CoverageError):
        build(shape)


def test_ids_must_be_positive_and_distinct() -> None:
    for ids in ([1, 1], [0, 1], [1]):
        with pytest.raises(ValueError, match="ids"):
            build_coverage(ids, [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])


def test_overlaps_and_duplicates_are_kept_as_they_are() -> None:
    shapes = [shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), shapely.box(0, 0, 2, 2), shapely.box(0.5, 0.5, 1, 1)]
    coverage = build(*shapes)
    assert same(list(polygons(coverage).values()), [multi(shape) for shape in shapes])
    assert unions(coverage, {1: [1, 2], 2: [1, 3], 3: [1, 4]})[1].area == 6
    assert outline(coverage).equals(shapely.box(0, 0, 3, 2))


def test_a_union_that_touches_itself_at_corners_is_valid() -> None:
    checkers = [shapely.box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
    coverage = build(*checkers)
    black = [k + 1 for k in range(16) if (k // 4 + k % 4) % 2]
    groups = {1: black, 2: [1, 2, 3, 4, 5, 8, 9, 12, 13, 14, 15, 16], 3: [1, 2, 3, 5, 7, 9, 10]}
    made = unions(coverage, groups)
    for group, cells in groups.items():
        assert made[group].is_valid
        assert made[group].equals(shapely.union_all([checkers[cell - 1] for cell in cells]))


def sides_are_right(coverage: Coverage) -> bool:
    """Tell whether a point just beside the middle of each arc lies in the cell on that side."""
    shapes = polygons(coverage)
    for arc in coverage.arcs.values():
        steps = np.diff(arc.points, axis=0)
        k = int(np.argmax(np.hypot(*steps.T)))
        length = np.hypot(*steps[k])
        if length < 0.05:
            continue
        normal = np.array([-steps[k][1], steps[k][0]]) / length * 1e-4
        middle = arc.points[k] + steps[k] / 2
        for side, point in ((arc.left, middle + normal), (arc.right, middle - normal)):
            inside = [cell for cell, shape in shapes.items() if shapely.intersects_xy(shape, *point)]
            if inside != ([side] if side else []):
                return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(1, 12), st.integers(0, 10**6), st.sampled_from([0.0, 0.1, 0.3]))
def test_random_coverages_come_back_as_they_were(count: int, groups: int, seed: int, drop: float) -> None:
    shapes = merged(count, groups, seed, drop)
    coverage = build(*shapes)
    assert same(list(polygons(coverage).values()), shapes)
    assert sides_are_right(coverage)
    assert sum(areas(coverage).values()) == pytest.approx(shapely.area(shapes).sum())
    assert perimeters(coverage) == pytest.approx({k: shape.length for k, shape in enumerate(shapes, start=1)})
    shared = sum(1 for arc in coverage.arcs.values() if OUTSIDE not in (arc.left, arc.right))
    assert sum(len(ring) for parts in coverage.cells.values() for part in parts for ring in part) == len(coverage.arcs) + shared


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(2, 20), st.integers(0, 10**6), st.sampled_from([0.0, 0.1, 0.3]))
def test_unions_are_what_shapely_finds(count: int, groups: int, seed: int, drop: float) -> None:
    shapes = merged(count, groups, seed, drop)
    coverage = build(*shapes)
    rng = np.random.default_rng(seed)
    asked = {k: rng.choice(len(shapes), rng.integers(1, len(shapes) + 1), replace=False) + 1 for k in range(1, 5)}
    made = unions(coverage, {k: cells.tolist() for k, cells in asked.items()})
    for k, cells in asked.items():
        expected = shapely.union_all([shapes[cell - 1] for cell in cells])
        assert made[k].is_valid
        assert made[k].area == pytest.approx(expected.area)
        assert shapely.symmetric_difference(made[k], expected).area < 1e-6
    assert outline(coverage).area == pytest.approx(shapely.union_all(shapes).area)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=12))
def test_any_boxes_come_back_however_they_overlap(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = [multi(shapely.box(x, y, x + width, y + height)) for x, y, width, height in boxes]
    coverage = build(*shapes)
    assert same(list(polygons(coverage).values()), shapes)
    assert outline(coverage).area == pytest.approx(shapely.union_all(shapes).area)


def test_a_whole_county_comes_back_and_its_units_are_sound() -> None:
    coverage = wiggly(300, 4)
    shapes = polygons(coverage)
    again = build_coverage(list(shapes), list(shapes.values()))
    assert len(again.arcs) == len(coverage.arcs)
    assert same(list(polygons(again).values()), list(shapes.values()))
    groups = {k: [cell for cell in shapes if cell % 7 == k] for k in range(7)}
    made = unions(again, groups)
    assert shapely.is_valid(list(made.values())).all()
    assert sum(shape.area for shape in made.values()) == pytest.approx(sum(areas(again).values()))
    points = label_points(shapes)
    assert all(shapely.contains_xy(shapes[cell], *point) for cell, point in points.items())
    assert extent(again) == pytest.approx(tuple(shapely.total_bounds(list(shapes.values()))))


def test_levels_of_arcs() -> None:
    coverage = build(*(shapely.box(x, 0, x + 1, 1) for x in range(4)))
    units = [
        Unit(101, Level.TOWNSHIP, UnitKind.TOWN, "a", "A"),
        Unit(102, Level.TOWNSHIP, UnitKind.TOWN, "b", "B"),
        Unit(11, Level.VILLAGE, UnitKind.VILLAGE, "a1", "A1", 101),
        Unit(12, Level.VILLAGE, UnitKind.VILLAGE, "a2", "A2", 101),
        Unit(13, Level.VILLAGE, UnitKind.VILLAGE, "b1", "B1", 102),
        *(Unit(k, Level.CELL, UnitKind.RURAL_CELL, f"c{k}", "", parent) for k, parent in ((1, 11), (2, 11), (3, 12), (4, 13))),
    ]
    levels = arc_levels(coverage, Hierarchy(units))
    found = {tuple(sorted((arc.left, arc.right))): levels[number] for number, arc in coverage.arcs.items()}
    assert found[1, 2] == Level.CELL
    assert found[2, 3] == Level.VILLAGE
    assert found[3, 4] == Level.TOWNSHIP
    assert found[0, 1] == 0


def test_rings_run_with_their_cell_on_the_left() -> None:
    coverage = build(shapely.Polygon(shapely.box(0, 0, 5, 5).exterior, [shapely.box(2, 2, 3, 3).exterior]))
    ((shell, hole),) = coverage.cells[1]
    assert shapely.LinearRing(ring_points(coverage, shell)).is_ccw
    assert not shapely.LinearRing(ring_points(coverage, hole)).is_ccw


def test_real_tracts_come_back_in_spite_of_their_defects(shared_data) -> None:
    import geopandas

    tracts = geopandas.read_file(f"zip://{shared_data}/nyc/tracts.zip").geometry.to_numpy()
    coverage = build(*tracts)
    shapes = list(polygons(coverage).values())
    expected = [multi(shapely.remove_repeated_points(shapely.transform(tract, snap))) for tract in tracts]
    assert all(shapely.equals(shapes, expected))
    assert shapely.is_valid(shapes).all()
    assert outline(coverage).is_valid


def test_real_villages_make_real_towns(shared_data) -> None:
    import geopandas

    villages = geopandas.read_file(shared_data / "chiayi" / "villages.geojson").to_crs(3826)
    coverage = build(*villages.geometry)
    codes = sorted(set(villages["TOWNCODE"]))
    groups = {k: (np.flatnonzero(villages["TOWNCODE"] == code) + 1).tolist() for k, code in enumerate(codes)}
    made = unions(coverage, groups)
    assert len(made) == 18
    assert shapely.is_valid(list(made.values())).all()
    assert sum(shape.area for shape in made.values()) == pytest.approx(sum(areas(coverage).values()))
