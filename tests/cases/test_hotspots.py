"""A density that keeps the number of whistles, and Gi* that finds what was planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases import hotspots as hot
from gis_app.cases.hotspots import Measure, adjusted, counts_per_cell, density, gi_star, hotspots
from tests.cases.samples import patient

SIDE = 40
CELLS = np.arange(1, SIDE * SIDE + 1)
EXTENT = (0.0, 0.0, 40_000.0, 30_000.0)


def neighbours() -> dict[int, set[int]]:
    """Return who touches whom on a board of squares, across sides and corners."""
    found: dict[int, set[int]] = {}
    for cell in CELLS.tolist():
        row, column = divmod(cell - 1, SIDE)
        around = [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
        found[cell] = {r * SIDE + c + 1 for r, c in around if 0 <= r < SIDE and 0 <= c < SIDE}
    return found


BOARD = neighbours()
PLANTED = [{row * SIDE + column + 1 for row in rows for column in columns} for rows, columns in (
    (range(5, 8), range(5, 8)), (range(20, 23), range(30, 33)), (range(33, 36), range(10, 13)),
)]  # fmt: skip


def county(seed: int, times: float) -> tuple[np.ndarray, np.ndarray]:
    """Return whistles and households per cell: towns hold four times the households, and the planted cells whistle `times` as much."""
    rng = np.random.default_rng(seed)
    households = np.clip(rng.lognormal(4, 0.35, len(CELLS)), 5, None).astype(np.int64)
    households[(CELLS - 1) // SIDE // 5 == 3] *= 4
    rate = households * rng.lognormal(0, 0.3, len(CELLS))
    rate[np.isin(CELLS, list(set.union(*PLANTED)))] *= times
    return rng.poisson(rate / rate.sum() * 20_000), households


def test_gi_star_is_that_of_ord_and_getis() -> None:
    counts, _ = county(1, 4)
    found = gi_star(CELLS, counts, BOARD, measure=Measure.COUNT)
    assert found.measure == Measure.COUNT
    n, mean, deviation = len(counts), counts.mean(), counts.std()
    for cell in (1, 20, 777, n):
        around = [cell - 1, *(near - 1 for near in BOARD[cell])]
        w = len(around)
        z = (counts[around].sum() - w * mean) / (deviation * np.sqrt((n * w - w * w) / (n - 1)))
        assert found.z[cell - 1] == pytest.approx(z)


def test_a_constant_added_to_all_cells_changes_nothing() -> None:
    counts, _ = county(1, 4)
    assert gi_star(CELLS, counts, BOARD).z == pytest.approx(gi_star(CELLS, counts + 100, BOARD).z)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_excess_finds_the_planted_hotspots_and_hardly_others(seed: int) -> None:
    counts, households = county(seed, 4)
    found = gi_star(CELLS, counts, BOARD, households)
    assert found.measure == Measure.EXCESS
    spots = hotspots(found, BOARD)
    strongest = [set(spot.cells) for spot in spots[:3]]
    for group in PLANTED:
        assert max(len(group & spot) for spot in strongest) >= 7  # of 9: at a corner fewer than half of the neighbours belong to it
    others = {cell for spot in spots for cell in spot.cells} - set.union(*PLANTED)
    assert len(others) <= 10
    assert all(spot.ratio > 2 and spot.p < 0.05 for spot in spots[:3])
    assert [spot.z for spot in spots] == sorted((spot.z for spot in spots), reverse=True)


def test_counts_take_the_town_for_a_hotspot() -> None:
    counts, households = county(1, 4)
    town = (CELLS - 1) // SIDE // 5 == 3
    assert gi_star(CELLS, counts, BOARD, households, measure=Measure.COUNT).hot[town].mean() > 0.5
    assert gi_star(CELLS, counts, BOARD, households).hot[town].mean() < 0.2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_nothing_is_planted_nearly_nothing_is_found(seed: int) -> None:
    counts, households = county(seed, 1)
    assert gi_star(CELLS, counts, BOARD, households).significant.sum() <= 8


@pytest.mark.parametrize("counts", [np.zeros(9, np.int64), np.full(9, 7)])
def test_equal_cells_have_no_hotspot(counts: np.ndarray) -> None:
    found = gi_star(np.arange(1, 10), counts, BOARD, np.full(9, 60))
    assert not found.significant.any() and not hotspots(found, BOARD)
    assert (found.z == 0).all() and (found.p == 1).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_tiny_counties(n: int) -> None:
    cells = np.arange(1, n + 1)
    found = gi_star(cells, np.arange(n), {cell: set(cells.tolist()) - {cell} for cell in cells.tolist()})
    assert len(found.z) == n and np.isfinite(found.z).all()


def test_excess_is_that_of_assuncao_and_reis() -> None:
    from esda.smoothing import assuncao_rate

    counts, households = county(1, 4)
    expected = np.asarray(assuncao_rate(counts, households))
    assert hot.excess(counts, households.astype(float)) == pytest.approx(expected)


@patient
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 500)), min_size=1, max_size=30))
def test_excess_has_the_sign_of_the_surplus(cells: list[tuple[int, int]]) -> None:
    counts, population = np.array(cells).T
    found = hot.excess(counts, population.astype(float))
    assert np.isfinite(found).all()
    surplus = counts / population - counts.sum() / population.sum()
    clear = np.abs(surplus) > 1e-9
    assert (np.sign(found[clear]) == np.sign(surplus[clear])).all()


def test_a_cell_without_households_does_not_shout() -> None:
    counts, households = county(1, 1)
    households[500], counts[500] = 0, 1
    found = gi_star(CELLS, counts, BOARD, households)
    assert np.isfinite(found.z).all() and not found.hot[500]


def test_cells_on_islands_count_alone() -> None:
    counts, _ = county(1, 1)
    counts[0] = 5000
    apart = {cell: near - {1} for cell, near in BOARD.items()} | {1: set()}
    found = gi_star(CELLS, counts, apart)
    assert found.hot[0] and not found.hot[1]
    assert hotspots(found, apart)[0].cells == (1,)


def test_a_county_in_two_parts() -> None:
    counts, households = county(1, 4)
    border = SIDE * SIDE // 2
    apart = {cell: {other for other in near if (other > border) == (cell > border)} for cell, near in BOARD.items()}
    assert len(hotspots(gi_star(CELLS, counts, apart, households), apart)) >= 3


def test_counting_per_cell() -> None:
    assert counts_per_cell([30, 10, 20], np.array([10, 10, 30, 0, 99])).tolist() == [1, 2, 0]
    assert counts_per_cell([], np.array([1])).tolist() == []


points = st.lists(st.tuples(st.floats(8000, 30_000), st.floats(8000, 22_000)), min_size=1, max_size=50)


@patient
@given(points, st.sampled_from([250.0, 400.0]))
def test_density_keeps_the_number_of_whistles(xy: list[tuple[float, float]], cell_size: float) -> None:
    x, y = np.array(xy).T
    surface = density(x, y, EXTENT, cell_size, 1000)
    assert surface.values.min() >= 0
    assert surface.values.sum() * (cell_size / 1000) ** 2 == pytest.approx(len(x), rel=1e-6)


def test_density_is_highest_where_the_whistles_are() -> None:
    surface = density(np.full(9, 10_100.0), np.full(9, 25_100.0), EXTENT, 200, 1000)
    row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
    assert surface.values.shape == (150, 200) and surface.extent == EXTENT
    assert (column * 200 + 100, 30_000 - (row * 200 + 100)) == (10_100, 25_100)
    assert surface.values.max() == pytest.approx(9 / (2 * np.pi), rel=0.02)


def test_density_at_the_edge_reflects_nothing_and_knows_who_is_beyond() -> None:
    corner = density(np.array([0.0]), np.array([0.0]), EXTENT, 250, 1000)
    assert corner.values.sum() / 16 == pytest.approx(0.25, abs=0.06)
    beyond = density(np.array([-500.0, np.nan, 1e9]), np.array([15_000.0, 5.0, 1e9]), EXTENT, 250, 1000)
    assert 0.2 < beyond.values.sum() / 16 < 0.5


def test_density_in_feet_is_still_per_square_kilometre() -> None:
    foot = 0.3048
    metres = density(np.array([5000.0]), np.array([5000.0]), (0, 0, 10_000, 10_000), 200, 800)
    feet = density(
        np.array([5000 / foot]), np.array([5000 / foot]), (0, 0, 10_000 / foot, 10_000 / foot), 200 / foot, 800 / foot, metres=foot
    )
    assert feet.values.max() == pytest.approx(metres.values.max(), rel=0.01)


def test_no_whistles_no_density() -> None:
    nothing = np.empty(0)
    assert not density(nothing, nothing, EXTENT, 500, 1000).values.any()
    assert hot.suggested_bandwidth(nothing, nothing) == 1.0
    assert hot.suggested_bandwidth(np.ones(5), np.ones(5)) == 1.0


def test_the_legend_explains() -> None:
    counts, households = county(1, 4)
    texts = [str(hot.gi_star_text(gi_star(CELLS, counts, BOARD, households, measure=measure))) for measure in Measure]
    assert all("5 %" in text for text in texts) and len(set(texts)) == 3
    spot = hot.Hotspot((1, 2), 42, 10.0, 9.0, 0.001)
    assert str(hot.hotspot_text(spot)) == "2 cells with 42 whistles; 10 were expected (4.2 times)."
    assert str(hot.hotspot_text(hot.Hotspot((1,), 9, 3.0, 9.0, 0.001))).startswith("One cell with 9 whistles")
    assert "1,000 m" in str(hot.density_text(density(np.ones(1), np.ones(1), EXTENT, 500, 1000)))


@given(st.integers(3, 60), st.integers(0, 10**6))
def test_scores_are_those_of_esda(count: int, seed: int) -> None:
    from esda.getisord import G_Local
    from libpysal.weights import W

    rng = np.random.default_rng(seed)
    counts = rng.poisson(5, count) + 1
    near = {cell: set(rng.choice(count, min(count, 3), replace=False).tolist()) - {cell} for cell in range(count)}
    ours = gi_star(np.arange(count), counts, near, measure=Measure.COUNT).z
    weights = W({cell: sorted(near[cell] | {cell}) for cell in near}, id_order=list(range(count)), silence_warnings=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = np.asarray(G_Local(counts.astype(float), weights, transform="B", permutations=0, star=True).Zs)
    assert np.allclose(ours, np.nan_to_num(theirs, posinf=0.0, neginf=0.0), atol=1e-9)


@given(st.lists(st.floats(0, 1), max_size=40))
def test_adjusted_p_values_are_those_of_scipy(values: list[float]) -> None:
    from scipy.stats import false_discovery_control

    p = np.array(values, np.float64)
    assert np.allclose(adjusted(p), false_discovery_control(p) if len(p) else p)
