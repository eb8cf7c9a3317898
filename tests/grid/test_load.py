"""Loads of cells and workers, and how fairly they are shared out."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.households import Households
from gis_app.grid.load import Weights, burdens, cell_loads, flag_weights, gini, rounds, worker_loads
from gis_app.grid.workers import Worker, answering, teams

DAY = date(2022, 4, 1)


def homes(cell: list[int], resident: list[bool], flags: list[int], places: np.ndarray | None = None) -> Households:
    n = len(cell)
    xy = np.zeros((n, 2)) if places is None else places
    whole = np.zeros(n, np.int64)
    return Households(
        np.arange(1, n + 1), xy[:, 0], xy[:, 1], whole + 3, np.array(cell), whole.astype(bool), whole, np.zeros(n), np.array(resident),
        np.array(flags),
    )  # fmt: skip


def test_a_load_adds_up() -> None:
    weights = Weights(
        case=2.0, kilometre=0.0, flags=flag_weights(("", "低保", "低保,独居老人"), {"低保": {"weight": 0.5}, "独居老人": {"weight": 1}})
    )
    assert weights.flags == (0.0, 0.5, 1.5)
    found = cell_loads([7, 5, 9], homes([5, 5, 7, 5], [True, True, True, False], [0, 2, 1, 2]), np.array([5, 5, 4]), weights)
    assert found.residents.tolist() == [1, 2, 0] and found.cases.tolist() == [0, 2, 0]
    assert found.load.tolist() == [1.5, 2 + 1.5 + 4, 0.0]


def test_the_round_grows_with_the_land_and_the_houses() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2], 400)
    spread = np.concatenate([rng.uniform(0, 1000, (400, 2)), rng.uniform(0, 2000, (400, 2)), rng.uniform(0, 1000, (400, 2))])
    length = rounds(group, spread[:, 0], spread[:, 1], 4)
    expected = 0.7124 * np.sqrt(400 * 1000.0**2)
    assert length[0] == pytest.approx(expected, rel=0.15) and length[1] == pytest.approx(2 * length[0], rel=0.1) and length[3] == 0
    line = rounds(np.zeros(100, np.int64), np.linspace(0, 1000, 100), np.zeros(100), 1)
    assert 1000 < line[0] < 2000, "along one street: there and back, about"


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=30))
def test_gini_is_half_the_relative_mean_difference(values: list[float]) -> None:
    array = np.array(values)
    found = gini(values)
    assert -1e-9 <= found < 1
    if array.sum() > 1e-6:
        assert found == pytest.approx(np.abs(array[:, None] - array[None, :]).mean() / (2 * array.mean()), abs=1e-6)


def test_who_is_overloaded_against_his_branch_or_his_capacity() -> None:
    workers = {
        1: Worker(1, "a", "A", village=9, cell=5),
        2: Worker(2, "b", "B", village=9, cell=7),
        3: Worker(3, "c", "C", village=8, cell=6, capacity=3),
    }
    loads = cell_loads([5, 6, 7], homes([5] * 6 + [7] * 2 + [6] * 4, [True] * 12, [0] * 12), np.array([], np.int64), Weights(kilometre=0.0))
    of = worker_loads(workers, loads)
    assert of == {1: 6.0, 2: 2.0, 3: 4.0}
    found = burdens(workers, of, 130)
    assert found[1].over and found[1].share == 1.5 and not found[2].over
    assert found[3].over, "above his own capacity, whatever the branch has"
    assert not burdens(workers, of, 200, 0)[1].over and burdens(workers, of, 200, 5)[1].over


def test_a_worker_of_several_cells_bears_them_all() -> None:
    workers = {1: Worker(1, "a", "A", village=9, cell=5, more_cells=(7,)), 2: Worker(2, "b", "B", village=9, cell=7)}
    loads = cell_loads([5, 7], homes([5] * 3 + [7] * 4, [True] * 7, [0] * 7), np.array([], np.int64), Weights(kilometre=0.0))
    assert worker_loads(workers, loads) == {1: 3 + 2.0, 2: 2.0}
    assert teams(workers) == {5: (1,), 7: (1, 2)}


def test_who_answers_on_a_day() -> None:
    workers = {
        1: Worker(1, "a", "A", cell=5, absent_from=date(2022, 3, 30), absent_until=date(2022, 4, 2), substitute=2),
        2: Worker(2, "b", "B", cell=6, absent_from=date(2022, 4, 1), substitute=3),
        3: Worker(3, "c", "C", cell=7),
        4: Worker(4, "d", "D", cell=8, until=date(2022, 3, 31)),
        5: Worker(5, "e", "E", cell=9, since=date(2022, 5, 1)),
        6: Worker(6, "f", "F", cell=10, absent_from=date(2022, 1, 1), substitute=6),
    }
    assert answering(workers, DAY) == {5: 3, 6: 3, 7: 3}, "one stands in for the other; who left, begins later or has nobody does not"
    assert answering(workers, date(2022, 3, 29)) == {5: 1, 6: 2, 7: 3, 8: 4}
