import numpy as np
import pytest
import shapely

from gis_app.grid.coverage import build_coverage
from gis_app.grid.households import Households, Unassigned, assign_households
from gis_app.grid.locate import Locator


def at(places: list[tuple[float, float]], cell: list[int] | None = None, pinned: list[bool] | None = None) -> Households:
    """Return households at places, as they are before anybody assigned them."""
    count = len(places)
    x, y = np.array(places, np.float64).reshape(-1, 2).T
    return Households(
        id=np.arange(1, count + 1) * 10,
        x=x,
        y=y,
        members=np.full(count, 3),
        cell=np.array(cell or [0] * count, np.int64),
        pinned=np.array(pinned or [False] * count, np.bool_),
        reason=np.full(count, Unassigned.NOT_YET.value),
        distance=np.zeros(count),
        resident=np.ones(count, np.bool_),
        flags=np.zeros(count, np.int64),
    )


@pytest.fixture
def locator() -> Locator:
    return Locator(build_coverage([1, 2], [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]), {2: 0, 1: 1})


def test_households_come_to_the_cell_that_they_lie_in(locator: Locator) -> None:
    result = assign_households(at([(0.5, 0.5), (1, 0.5), (5, 0.5), (np.nan, 0.5), (1.5, 0.5)]), locator)
    assert result.cell.tolist() == [1, 2, 0, 0, 2]
    assert result.reason.tolist() == [0, 0, Unassigned.OUTSIDE_COUNTY, Unassigned.NO_COORDINATES, 0]
    assert result.distance.tolist() == [0, 0, 3, 0, 0]


def test_who_was_pinned_by_hand_stays_as_long_as_the_cell_exists(locator: Locator) -> None:
    households = at([(0.5, 0.5), (0.5, 0.5), (np.nan, np.nan), (9, 9)], cell=[2, 77, 2, 0], pinned=[True, True, True, True])
    result = assign_households(households, locator)
    assert result.cell.tolist() == [2, 1, 2, 0]
    assert result.reason.tolist() == [0, 0, 0, Unassigned.OUTSIDE_COUNTY]


def test_only_some_are_assigned(locator: Locator) -> None:
    households = at([(0.5, 0.5), (1.5, 0.5), (5, 5)])
    result = assign_households(households, locator, only=np.array([20]))
    assert result.cell.tolist() == [0, 2, 0]
    assert result.reason.tolist() == [Unassigned.NOT_YET, 0, Unassigned.NOT_YET]
    assert result.changed(households).tolist() == [1]
    assert households.cell.tolist() == [0, 0, 0]


def test_nobody_and_nowhere() -> None:
    empty = Locator(build_coverage([], []))
    assert len(assign_households(at([]), empty).cell) == 0
    result = assign_households(at([(1, 1)]), empty)
    assert result.reason.tolist() == [Unassigned.OUTSIDE_COUNTY]
    assert result.distance.tolist() == [0]
