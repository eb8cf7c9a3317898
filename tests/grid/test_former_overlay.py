"""Two networks laid over one another: what they share, where they agree, where they differ; dirty ones, too."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis_app.grid.former_overlay import Network, Overlaid, overlaying
from gis_app.progress import finish

BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(west, south, east, north)


def laid(one: Sequence[object], other: Sequence[object], xy: Sequence[tuple[float, float]] = ()) -> Overlaid:
    """Lay units 1, 2, … over units 11, 12, …, with households at places."""
    first = Network.measured(np.arange(1, len(one) + 1), one)
    second = Network.measured(np.arange(11, len(other) + 11), other)
    x, y = np.array(xy, np.float64).reshape(-1, 2).T
    return finish(overlaying(first, second, (first.locate(x, y), second.locate(x, y))))


HALVES = [box(0, 0, 100, 100), box(100, 0, 200, 100)]


def test_the_same_division_agrees_wholly() -> None:
    found = laid(HALVES, HALVES, [(50, 50), (150, 50)])
    assert found.agreement.area == found.agreement.households == found.agreement.one_in_other == found.agreement.other_in_one == 1
    assert [(pair.one, pair.other, pair.matched) for pair in found.pairs] == [(1, 11, True), (2, 12, True)]
    assert found.differences == ()


def test_a_shifted_border_is_where_they_differ() -> None:
    found = laid(HALVES, [box(0, 0, 80, 100), box(80, 0, 200, 100)], [(50, 50), (90, 50), (95, 50), (150, 50)])
    assert found.agreement.area == pytest.approx(18_000 / 20_000)
    assert found.agreement.households == pytest.approx(2 / 4)
    (piece,) = found.differences
    assert (piece.one, piece.other, piece.area, piece.households) == (1, 12, pytest.approx(2000), 2)
    assert piece.shape.equals(box(80, 0, 100, 100))
    pair = next(pair for pair in found.pairs if (pair.one, pair.other) == (1, 12))
    assert pair.area_share_one == pytest.approx(0.2) and pair.area_share_other == pytest.approx(2000 / 12_000)
    assert pair.household_share_one == pytest.approx(2 / 3) and pair.household_share_other == pytest.approx(2 / 3)


def test_small_units_are_nested_in_a_large_one_and_agree_little() -> None:
    quarters = [box(x, 0, x + 50, 100) for x in (0, 50, 100, 150)]
    found = laid(quarters, [box(0, 0, 200, 100)])
    assert found.agreement.one_in_other == pytest.approx(1)
    assert found.agreement.other_in_one == pytest.approx(0.25) and found.agreement.area == pytest.approx(0.25)
    assert sum(pair.matched for pair in found.pairs) == 1
    assert found.differences == (), "no border of the one crosses one of the other"
    assert math.isnan(found.agreement.households), "there are no households to agree on"


def test_land_that_only_one_network_covers_differs() -> None:
    found = laid(HALVES, HALVES[:1], [(150, 50)])
    (piece,) = found.differences
    assert (piece.one, piece.other, piece.area, piece.households) == (2, 0, pytest.approx(10_000), 1)
    assert found.agreement.area == pytest.approx(0.5) and found.agreement.households == 0


def test_overlaps_count_once_and_for_the_first() -> None:
    found = laid([box(0, 0, 120, 100), box(80, 0, 200, 100)], [box(0, 0, 200, 100)], [(100, 50)])
    assert sum(pair.area for pair in found.pairs) == pytest.approx(20_000)
    assert [(pair.one, pair.area, pair.households) for pair in found.pairs] == [(1, pytest.approx(12_000), 1), (2, pytest.approx(8000), 0)]


@pytest.mark.parametrize("inner", [box(20, 20, 60, 60), box(0, 0, 100, 100)])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_unit_within_another_or_just_like_it_counts_once(inner: shapely.Polygon, swapped: bool) -> None:
    units = [inner, HALVES[0]] if swapped else [HALVES[0], inner]
    found = laid([*units, HALVES[1]], [box(0, 0, 200, 100)])
    assert sum(pair.area for pair in found.pairs) == pytest.approx(20_000)
    assert next((pair.area for pair in found.pairs if pair.one == 2), 0) == pytest.approx(10_000 - inner.area if swapped else 0)


@pytest.mark.parametrize("broken", [None, shapely.Polygon(), BOW_TIE])
def test_broken_outlines_are_measured_as_far_as_they_have_land(broken: object) -> None:
    found = laid([broken, HALVES[1]], HALVES)
    assert any(pair.one == 2 and pair.matched for pair in found.pairs)
    assert sum(pair.area for pair in found.pairs if pair.one == 1) == pytest.approx(5000 if broken is BOW_TIE else 0)


def test_two_drawings_of_one_border_are_no_place_to_look_at() -> None:
    found = laid(HALVES, [box(0, 0, 99, 100), box(99, 0, 200, 100)])
    assert found.differences == () and found.agreement.area == pytest.approx(19_900 / 20_000)


def test_networks_without_units_have_nothing_in_common() -> None:
    found = laid([], [])
    assert found.pairs == () and math.isnan(found.agreement.area)
    assert laid([], HALVES).agreement.area == 0


@given(st.lists(st.integers(1, 199), max_size=6, unique=True), st.lists(st.integers(1, 199), max_size=6, unique=True))
def test_all_land_is_told_and_the_agreement_is_symmetric(cuts: list[int], others: list[int]) -> None:
    def strips(places: list[int]) -> list[shapely.Polygon]:
        ends = [0, *sorted(places), 200]
        return [box(west, 0, east, 100) for west, east in pairwise(ends)]

    forth, back = laid(strips(cuts), strips(others)), laid(strips(others), strips(cuts))
    assert sum(pair.area for pair in forth.pairs) == pytest.approx(20_000)
    assert forth.agreement.area == pytest.approx(back.agreement.area)
    assert forth.agreement.area <= min(forth.agreement.one_in_other, forth.agreement.other_in_one) + 1e-9
    assert (forth.agreement.area == pytest.approx(1)) == (set(cuts) == set(others))
    matched = [pair for pair in forth.pairs if pair.matched]
    assert len({pair.one for pair in matched}) == len(matched) == len({pair.other for pair in matched})


def test_land_that_only_one_network_covers_comes_after_what_both_have() -> None:
    far = [(1000.0 + 10 * at, 50.0) for at in range(9)]  # most households live where the other network has no unit
    found = laid([*HALVES, box(900, 0, 1200, 100)], [box(0, 0, 80, 100), box(80, 0, 200, 100)], [(90, 50), *far])
    assert [(piece.one, piece.other, piece.households) for piece in found.differences] == [(1, 12, 1), (3, 0, 9)]
