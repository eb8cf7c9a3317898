"""Shares and averages that say how sure they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.shares import Average, Share, spreads, wilson


def test_the_interval_of_wilson() -> None:
    low, high = wilson(8, 10) or (0, 0)  # Brown, Cai and DasGupta 2001: 0.490 to 0.943
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) is None
    assert wilson(5, 5) == (pytest.approx(0.566, abs=0.001), 1.0)


@given(st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_an_interval_holds_the_share_and_narrows_with_more(pair: tuple[int, int]) -> None:
    part, whole = pair
    low, high = wilson(part, whole) or (1, 0)
    more = wilson(part * 10, whole * 10) or (0, 1)
    assert 0 <= low <= part / whole <= high <= 1
    assert more[1] - more[0] < high - low


@given(st.lists(st.integers(1, 5), min_size=1, max_size=50))
def test_few_ratings_are_shown_as_few(stars: list[int]) -> None:
    average = Average(sum(stars), len(stars))
    low, high = average.interval or (0, 0)
    assert average.value == pytest.approx(np.mean(stars))
    assert 1 <= low <= np.mean(stars) + 1e-9 and np.mean(stars) - 1e-9 <= high <= 5
    if len(stars) < 5:
        assert high - low > 1, "nobody takes four stars of three people for a fact"


def test_nothing_to_divide_by() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval, Average(0, 0).value, Average(0, 0).interval) == (None, None, None, None)


@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 10**6))), max_size=30))
def test_spreads_are_the_quantiles_of_numpy(told: list[tuple[int, int | None]]) -> None:
    part = np.array([one for one, _ in told], np.int64)
    durations = np.array([np.timedelta64("NaT", "s") if seconds is None else np.timedelta64(seconds, "s") for _, seconds in told], "m8[s]")
    for number, spread in enumerate(spreads(part, 4, durations)):
        known = [seconds for one, seconds in told if one == number and seconds is not None]
        assert spread.count == len(known)
        if known:
            assert (spread.median, spread.p90) == (pytest.approx(np.median(known)), pytest.approx(np.percentile(known, 90)))
        else:
            assert (spread.median, spread.p90) == (None, None)
