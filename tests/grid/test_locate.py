import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis_app.grid import locate
from gis_app.grid.coverage import build_coverage, polygons
from gis_app.grid.locate import Locator
from tests.grid.samples import OFFSET, merged, points_on_borders, wiggly


@pytest.fixture(params=[0, 10**9], ids=["strips", "tree"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for the way of many points, and for that of few."""
    monkeypatch.setattr(locate, "FEW", request.param)


def expected(shapes: dict[int, shapely.Geometry], xy: np.ndarray, rank: dict[int, int]) -> np.ndarray:
    """Find the cells by brute force."""
    found = []
    for x, y in xy:
        touching = [cell for cell, shape in shapes.items() if shapely.intersects_xy(shape, x, y)]
        found.append(min(touching, key=lambda cell: rank[cell]) if touching else 0)
    return np.array(found)


@pytest.mark.parametrize("few", [0, 10**9])
@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.integers(1, 10), st.integers(0, 10**6))
def test_points_lie_in_the_cell_that_brute_force_finds(few: int, count: int, groups: int, seed: int) -> None:
    coverage = build_coverage(range(1, len(shapes := merged(count, groups, seed, 0.1)) + 1), shapes)
    rng = np.random.default_rng(seed)
    rank = dict(zip(coverage.cells, rng.permutation(len(coverage.cells)).tolist(), strict=True))
    xy = np.concatenate([rng.uniform(-100, 1100, (100, 2)), points_on_borders(coverage)[:100]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locate, "FEW", few)
        found = Locator(coverage, rank).cells_at(xy)
    assert found.tolist() == expected(polygons(coverage), xy, rank).tolist()


@pytest.mark.usefixtures("either_way")
def test_a_shared_corner_belongs_to_the_lowest_rank() -> None:
    coverage = build_coverage([5, 6, 7, 8], [shapely.box(x, y, x + 1, y + 1) for x in (0, 1) for y in (0, 1)])
    corner = np.array([[1.0, 1.0]])
    assert Locator(coverage).cells_at(corner).tolist() == [5]
    assert Locator(coverage, {5: 3, 6: 2, 7: 0, 8: 1}).cells_at(corner).tolist() == [7]
    assert Locator(coverage, {8: 0}).cells_at(corner).tolist() == [8]


@pytest.mark.usefixtures("either_way")
def test_points_without_coordinates_and_far_away_lie_nowhere() -> None:
    locator = Locator(build_coverage([1], [shapely.box(0, 0, 1, 1)]))
    xy = np.array([[np.nan, 0.5], [0.5, np.nan], [np.inf, 0.5], [0.5, -np.inf], [1e308, 1e308], [0.5, 0.5]])
    assert locator.cells_at(xy).tolist() == [0, 0, 0, 0, 0, 1]
    assert locator.cells_at(np.zeros((0, 2))).tolist() == []


@pytest.mark.usefixtures("either_way")
def test_an_empty_county_has_no_cells() -> None:
    locator = Locator(build_coverage([], []))
    assert locator.cells_at(np.array([[0.0, 0.0]])).tolist() == [0]
    assert locator.cell_at(0, 0) == 0
    cells, distances = locator.nearest(np.array([[0.0, 0.0]]))
    assert cells.tolist() == [0]
    assert np.isnan(distances).all()
    assert np.isnan(locator.border_distances(np.array([[0.0, 0.0]]))).all()


def test_one_point_at_a_time() -> None:
    locator = Locator(build_coverage([1, 2], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), {2: 0, 1: 1})
    assert [locator.cell_at(x, 0.5) for x in (0.5, 1.0, 1.5, 2.5, np.nan)] == [1, 2, 2, 0, 0]


def test_nearest_cell_and_distance() -> None:
    locator = Locator(build_coverage([1, 2], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), {2: 0, 1: 1})
    xy = np.array([[0.5, 0.5], [-3, 0.5], [1, 4], [np.nan, 0], [5, 5]])
    cells, distances = locator.nearest(xy)
    assert cells.tolist() == [1, 1, 2, 0, 2]
    assert distances == pytest.approx([0, 3, 3, np.nan, 5], nan_ok=True)


def test_distances_to_borders() -> None:
    coverage = wiggly(60, 2, size=10000)
    lines = shapely.MultiLineString([arc.points for arc in coverage.arcs.values()])
    xy = np.random.default_rng(1).uniform(-500, 10500, (300, 2)) + np.array(OFFSET)
    xy[7] = np.nan
    distances = Locator(coverage).border_distances(xy)
    assert np.isnan(distances[7])
    known = np.delete(np.arange(300), 7)
    assert distances[known] == pytest.approx(shapely.distance(shapely.points(xy[known]), lines))


def test_overlapping_cells_give_their_common_ground_to_the_lowest_rank() -> None:
    locator = Locator(build_coverage([1, 2], [shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)]), {2: 0, 1: 1})
    assert locator.cells_at(np.array([[1.5, 0.5], [0.5, 0.5]])).tolist() == [2, 1]


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 40), st.integers(2, 10), st.integers(0, 10**6))
def test_an_updated_locator_answers_as_one_made_anew(count: int, groups: int, seed: int) -> None:
    shapes = dict(enumerate(merged(count, groups, seed, 0.1), start=1))
    assume(len(shapes) > 1)
    before = build_coverage(list(shapes), list(shapes.values()))
    rng = np.random.default_rng(seed)
    xy = np.concatenate([rng.uniform(-100, 1100, (100, 2)), points_on_borders(before)[:100]])
    locator = Locator(before)
    locator.index()
    locator.border_distances(xy)
    one, other = rng.choice(list(shapes), 2, replace=False).tolist()
    changed = {**shapes, one: shapely.union(shapes[one], shapes.pop(other)), 99: shapely.box(2000, 2000, 2010, 2010)}
    changed.pop(other)
    after = build_coverage(list(changed), list(changed.values()))
    rank = dict(zip(after.cells, rng.permutation(len(after.cells)).tolist(), strict=True))
    updated, anew = locator.updated(after, [one, 99], rank), Locator(after, rank)
    assert updated.cells.tolist() == anew.cells.tolist()
    assert updated.cells_at(xy).tolist() == anew.cells_at(xy).tolist()
    assert [updated.cell_at(x, y) for x, y in xy.tolist()] == anew.cells_at(xy).tolist()
    assert updated.border_distances(xy) == pytest.approx(anew.border_distances(xy))
    assert updated.nearest(xy)[0].tolist() == anew.nearest(xy)[0].tolist()


def test_real_requests_lie_in_the_tracts_that_geopandas_finds(shared_data) -> None:
    import geopandas
    import pandas

    tracts = geopandas.read_file(f"zip://{shared_data}/nyc/tracts.zip")
    requests = pandas.read_csv(shared_data / "nyc" / "requests.csv", encoding="utf-8-sig", dtype=str)
    columns = [name for name in requests.columns if name.startswith(("X Coordinate", "Y Coordinate"))]
    xy = requests[columns].apply(lambda column: pandas.to_numeric(column.str.replace(",", ""))).to_numpy()
    known = np.isfinite(xy).all(axis=1)
    assert known.sum() > 6000
    found = Locator(build_coverage(range(1, len(tracts) + 1), tracts.geometry)).cells_at(xy)
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(*xy[known].T), crs=tracts.crs)
    joined = points.sjoin(tracts[["geometry"]], how="left", predicate="within")
    joined = joined[~joined.index.duplicated()]
    other = points.geometry[found[known] != joined["index_right"].fillna(-1).to_numpy() + 1]
    # geopandas has the borders as they came; on the 1 mm grid one request in 6,650 comes to lie exactly on one
    assert (tracts.distance(other.iloc[0]).nsmallest(2).max() < 0.001) if len(other) else True
    assert len(other) <= 1
    assert (found[~known] == 0).all()
