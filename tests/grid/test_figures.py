from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis_app.grid.coverage import build_coverage
from gis_app.grid.figures import compactness, density, floors, household_counts, load, member_counts, resident_counts, tally
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from tests.grid.test_households import at


def test_figures_come_in_the_order_of_the_ids() -> None:
    households = at([(0, 0)] * 5, cell=[7, 3, 7, 0, 7])
    assert household_counts([3, 5, 7], households).tolist() == [1, 0, 3]
    assert household_counts(np.array([7, 3]), households).tolist() == [3, 1]
    assert member_counts([7], households).tolist() == [9]
    assert household_counts([1, 2], at([])).tolist() == [0, 0]
    assert tally([], np.array([1])).tolist() == []


def test_load_against_the_floor_of_each_kind() -> None:
    units = Hierarchy(
        [Unit(1, Level.CELL, UnitKind.RURAL_CELL, "", ""), Unit(2, Level.CELL, UnitKind.COMMUNITY_CELL, "", "")],
    )
    floor = floors([1, 2, 9], units, 50, 100)
    assert floor.tolist() == [50, 100, 50]
    assert load(np.array([25, 150, 5]), floor).tolist() == [0.5, 1.5, 0.1]
    assert np.isnan(load(np.array([3]), np.array([0]))).all()


def test_density_and_compactness() -> None:
    circle = shapely.Point(0, 0).buffer(1000, quad_segs=64)
    coverage = build_coverage([4, 6], [shapely.box(5000, 0, 7000, 1000), circle])
    area = np.array([3.1403, 2.0, np.nan])
    assert density(np.array([10, 10, 10]), area) == pytest.approx([3.184, 5.0, np.nan], abs=1e-3, nan_ok=True)
    assert compactness([6, 4, 9], coverage) == pytest.approx([1.0, 0.6981, np.nan], abs=1e-3, nan_ok=True)


def test_residents_are_counted_apart() -> None:
    homes = replace(at([(0, 0)] * 5, cell=[7, 3, 7, 0, 7]), resident=np.array([True, False, True, True, False]))
    assert household_counts([3, 7], homes).tolist() == [1, 3]
    assert resident_counts([3, 7], homes).tolist() == [0, 2]
