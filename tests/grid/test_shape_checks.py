import numpy as np
import pytest
import shapely
from shapely import box

from gis_app.grid.shape_checks import Buildings, cut_buildings, narrow_neck, polsby_popper, smaller_parts


def multi(*parts: shapely.Polygon) -> shapely.MultiPolygon:
    return shapely.MultiPolygon(list(parts))


def test_a_circle_is_most_compact() -> None:
    assert polsby_popper(shapely.Point(0, 0).buffer(100, quad_segs=64)) == pytest.approx(1, abs=1e-3)
    assert polsby_popper(box(0, 0, 10, 10)) == pytest.approx(np.pi / 4)
    assert polsby_popper(shapely.MultiPolygon()) == 0


def test_every_part_but_the_largest_is_told() -> None:
    assert smaller_parts(multi(box(0, 0, 10, 10))) == []
    assert smaller_parts(multi(box(20, 0, 22, 2), box(0, 0, 10, 10), box(30, 0, 33, 3))) == [(31.5, 1.5), (21.0, 1.0)]
    touching = multi(box(0, 0, 10, 10), box(10, 10, 12, 12))
    assert len(smaller_parts(touching)) == 1


def test_a_neck_is_found_where_it_is() -> None:
    dumbbell = shapely.union_all([box(0, 0, 100, 100), box(100, 48, 140, 52), box(140, 0, 240, 100)])
    at = narrow_neck(multi(dumbbell), 10)
    assert at is not None and 100 <= at[0] <= 140 and 45 <= at[1] <= 55
    assert narrow_neck(multi(dumbbell), 3) is None  # four metres are not narrow then
    assert narrow_neck(multi(box(0, 0, 100, 5)), 10) is None  # thin all over: not compact, but no neck
    spike = shapely.union_all([box(0, 0, 100, 100), box(100, 49, 160, 51)])
    assert narrow_neck(multi(spike), 10) is None  # a tongue hangs together with nothing
    assert narrow_neck(multi(box(0, 0, 100, 100), box(200, 0, 300, 100)), 10) is None  # two parts are no neck


def test_the_neck_of_a_bent_cell_is_not_where_its_arms_come_near_one_another() -> None:
    # two arms whose ends nearly meet at (100, 20); the neck is far above, at (100, 302)
    bent = shapely.union_all([box(0, 0, 98, 304), box(102, 0, 200, 304), box(98, 300, 102, 304)])
    at = narrow_neck(multi(bent), 10)
    assert at is not None
    assert shapely.contains_xy(bent, *at)
    assert at[1] > 290


def test_the_neck_of_an_hourglass() -> None:
    hourglass = shapely.Polygon([(0, 0), (100, 0), (52, 50), (100, 100), (0, 100), (48, 50)])
    at = narrow_neck(multi(hourglass), 10)
    assert at is not None
    assert at == pytest.approx((50, 50), abs=3)
    assert narrow_neck(multi(hourglass), 2) is None


def test_a_border_cuts_only_buildings_that_lie_on_both_sides() -> None:
    cell = multi(box(0, 0, 100, 100))
    buildings = Buildings(np.array([box(95, 10, 105, 20), box(100, 30, 110, 40), box(50, 50, 60, 60), box(99.9, 70, 110, 80)], object))
    assert cut_buildings(cell, buildings) == [(100.0, 15.0)]
    assert cut_buildings(multi(box(200, 200, 300, 300)), buildings) == []
