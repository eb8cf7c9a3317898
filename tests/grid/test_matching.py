"""Matchings are optimal: against brute force on small cases."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.grid.matching import FORBIDDEN, matched, shared_out, travel


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_matching_is_the_best_of_all(workers: int, cells: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = np.where(rng.random((workers, cells)) < 0.25, FORBIDDEN, rng.integers(0, 100, (workers, cells)).astype(float))
    found = matched(costs)
    size, best = 0, 0.0
    places = [*range(cells), *[-1] * workers]
    for chosen in set(permutations(places, workers)):
        pairs = [(worker, cell) for worker, cell in enumerate(chosen) if cell >= 0]
        if all(np.isfinite(costs[pair]) for pair in pairs):
            cost = sum(float(costs[pair]) for pair in pairs)
            if len(pairs) > size or (len(pairs) == size and cost < best):
                size, best = len(pairs), cost
    assert int((found.worker >= 0).sum()) == size
    assert found.cost == pytest.approx(best)
    taken = found.worker[found.worker >= 0]
    assert len(set(taken.tolist())) == len(taken)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3), st.integers(1, 4), st.sampled_from([0, 1]), st.integers(0, 2**32 - 1))
def test_several_cells_each_are_shared_out_at_the_least_cost(workers: int, cells: int, least: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    costs = np.where(rng.random((workers, cells)) < 0.2, FORBIDDEN, rng.integers(0, 100, (workers, cells)).astype(float))
    loads, capacities = rng.integers(1, 10, cells).astype(float), rng.integers(0, 20, workers).astype(float)
    places = rng.integers(1, 4, workers)
    found = shared_out(costs, loads, capacities, places, least)
    size, best, all_have = 0, 0.0, False
    for chosen in product(range(-1, workers), repeat=cells):
        pairs = [(worker, cell) for cell, worker in enumerate(chosen) if worker >= 0]
        if not all(np.isfinite(costs[pair]) for pair in pairs):
            continue
        mine = [[cell for worker, cell in pairs if worker == one] for one in range(workers)]
        if any(len(its) > places[one] for one, its in enumerate(mine)):
            continue
        if any(
            capacities[one] > 0 and sum(min(loads[cell], capacities[one]) for cell in its) > capacities[one] + 1e-6
            for one, its in enumerate(mine)
        ):
            continue
        cost, have = sum(float(costs[pair]) for pair in pairs), bool(least) and all(mine)
        if (have, len(pairs), -cost) > (all_have, size, -best):
            size, best, all_have = len(pairs), cost, have
    assert int((found.worker >= 0).sum()) == size
    assert found.cost == pytest.approx(best)


def test_travel_is_the_mean_way_to_the_households() -> None:
    homes = np.array([[0.0, 0.0], [np.nan, np.nan]])
    ways = travel(homes, np.array([5, 6, 7]), np.array([5, 5, 6]), np.array([3.0, 0.0, 6.0]), np.array([4.0, 5.0, 8.0]))
    assert ways[0, :2].tolist() == [5.0, 10.0]
    assert ways[0, 2] == ways[1, 0] == ways[1, 1] == 7.5, "what is not known decides nothing"
