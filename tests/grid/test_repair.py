import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.checks import IssueKind, check_polygons
from gis_app.grid.coverage import polygons
from gis_app.grid.repair import Repaired, repair_polygons
from gis_app.progress import finish
from tests.grid.samples import merged, wiggly

B = shapely.box


def repaired(*shapes: shapely.Geometry | None, gap_width: float = 100.0) -> Repaired:
    return finish(repair_polygons(range(1, len(shapes) + 1), shapes, gap_width))


def kinds(result: Repaired) -> set[str]:
    return {issue.kind.value for issue in finish(check_polygons(list(result.polygons), list(result.polygons.values())))}


def test_a_sound_coverage_stays_as_it_is() -> None:
    shapes = list(polygons(wiggly(100, 5)).values())
    result = repaired(*shapes)
    assert result.exchanges == ()
    assert all(shapely.equals_exact(shapes, list(result.polygons.values())))


def test_an_overlap_goes_to_one_of_both() -> None:
    result = repaired(B(0, 0, 20, 20), B(18, 0, 40, 20))
    (change,) = result.exchanges
    assert {change.unit_from, change.unit_to} == {1, 2}
    assert change.area == pytest.approx(40)
    assert 18 < change.at[0] < 20
    assert kinds(result) == set()


def test_a_gap_is_filled_and_a_wide_hole_is_left() -> None:
    ring = shapely.Polygon(B(0, 0, 300, 300).exterior, [B(100, 100, 250, 250).exterior])
    beside = shapely.difference(B(300, 0, 600, 300), B(300, 100, 310, 200))
    result = repaired(ring, beside)
    (change,) = result.exchanges
    assert (change.unit_from, change.area) == (0, pytest.approx(1000))
    assert sum(shape.area for shape in result.polygons.values()) == pytest.approx(180000 - 22500)


def test_a_duplicate_is_removed_in_favour_of_the_first() -> None:
    result = repaired(B(0, 0, 20, 20), B(20, 0, 40, 20), B(0, 0, 20, 20))
    assert result.removed == (3,)
    assert list(result.polygons) == [1, 2]
    assert [(change.unit_from, change.unit_to, change.area) for change in result.exchanges] == [(3, 1, 400)]


def test_crossing_rings_and_missing_vertices_are_mended() -> None:
    bow = shapely.Polygon([(0, 0), (20, 20), (20, 0), (0, 20), (0, 0)])
    result = repaired(bow, B(20, 0, 40, 10), B(20, 10, 40, 20))
    assert kinds(result) == set()
    assert result.polygons[1].area == pytest.approx(200)


def test_nothing_at_all() -> None:
    assert repaired().polygons == {}
    assert repaired(None, B(0, 0, 10, 10)).polygons[1].is_empty


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 40), st.integers(2, 10), st.integers(0, 10**6), st.sampled_from([0.002, 0.05, 3.0]))
def test_shaken_coverages_become_sound_and_every_area_is_accounted_for(count: int, groups: int, seed: int, shake: float) -> None:
    rng = np.random.default_rng(seed)
    shapes = [shapely.transform(shape, lambda xy: xy + rng.normal(0, shake, 2)) for shape in merged(count, groups, seed)]
    result = repaired(*shapes)
    after = [result.polygons.get(k, shapely.MultiPolygon()) for k in range(1, len(shapes) + 1)]
    assert shapely.is_valid(after).all()
    assert shapely.coverage_is_valid(after)
    issues = finish(check_polygons(list(result.polygons), list(result.polygons.values())))
    assert not {IssueKind.OVERLAP, IssueKind.DUPLICATE, IssueKind.MISSING_VERTEX} & {issue.kind for issue in issues}
    whole = shapely.union_all(after).area
    nobody = sum(change.area for change in result.exchanges if change.unit_from == 0)
    lost = sum(change.area for change in result.exchanges if change.unit_to == 0)
    # vertices move by a millimetre when they snap to the grid, along borders of some kilometres in all
    assert whole == pytest.approx(shapely.union_all(shapes).area + nobody - lost, abs=0.01 * shapely.length(shapes).sum())


def test_real_tracts_are_repaired_and_sound(shared_data) -> None:
    import geopandas

    tracts = geopandas.read_file(f"zip://{shared_data}/nyc/tracts.zip").geometry
    result = repaired(*tracts)
    assert len(result.polygons) == len(tracts)
    assert "overlap" not in kinds(result)
    assert "missing_vertex" not in kinds(result)
    assert 0 < sum(change.area for change in result.exchanges) < 1


def test_the_trap_is_repaired(shared_data) -> None:
    import geopandas

    result = repaired(*geopandas.read_file(shared_data / "traps" / "gap_overlap_duplicate.gpkg").geometry)
    assert len(result.removed) == 1
    assert kinds(result) == {"gap"}  # the city that the county lies around
    assert len(result.exchanges) == 2


def test_a_crack_that_is_open_to_the_outside_is_filled() -> None:
    result = repaired(B(0, 0, 100, 100), shapely.Polygon([(100, 0), (200, 0), (200, 100), (100.4, 100)]))
    (change,) = result.exchanges
    assert (change.unit_from, change.area) == (0, pytest.approx(20, abs=0.1))
    assert kinds(result) == set()
    assert shapely.union_all(list(result.polygons.values())).area == pytest.approx(20000, abs=0.1)


def test_cells_that_were_drawn_one_by_one_come_to_fit() -> None:
    rng = np.random.default_rng(3)
    drawn = [shapely.transform(shape, lambda xy: xy + rng.normal(0, 0.3, 2)) for shape in polygons(wiggly(40, 6, size=10000)).values()]
    result = repaired(*drawn)
    assert kinds(result) <= {"sliver"}
    assert shapely.union_all(list(result.polygons.values())).area == pytest.approx(1e8, rel=1e-4)
