from dataclasses import replace

import numpy as np
import pytest

from gis_app.cases.case import CaseKind, State
from gis_app.output import whistles
from tests.output import made

HOURS = 72


def test_open_whistles_and_those_of_the_last_90_days_are_drawn() -> None:
    cases = made.some_cases(400, range(1, 17))
    shown = whistles.published(cases, made.NOW, HOURS)
    still_open = np.isin(cases.state, (State.WAITING, State.PICKED_UP, State.PROMISED))
    recent = cases.blown >= np.datetime64("2020-03-03T00:00:00")
    np.testing.assert_array_equal(shown, still_open | recent)
    assert (~shown).any()


def test_a_choice_of_somebody_is_drawn_as_it_is() -> None:
    cases = made.some_cases(400, range(1, 17))
    old = np.arange(400) > 380
    np.testing.assert_array_equal(whistles.published(cases, made.NOW, HOURS, old), old)


def test_reports_of_wrongdoing_and_whistles_without_a_place_are_never_drawn() -> None:
    cases = made.some_cases(8, range(1, 17), kinds=(CaseKind.HELP, CaseKind.REPORT))
    cases = replace(cases, x=np.where(np.arange(8) == 0, np.nan, cases.x))
    shown = whistles.published(cases, made.NOW, HOURS, np.ones(8, np.bool_))
    assert shown.tolist() == [False, False, True, False, True, False, True, False]


def test_whistles_of_one_square_are_one_spot_with_the_worst_first() -> None:
    cases = made.some_cases(4, [1])
    together = replace(cases, x=np.full(4, 535_010.0), y=np.full(4, 5_305_090.0))
    (spot,) = whistles.spots(together, made.NOW, HOURS, np.ones(4, np.bool_))
    assert (spot.x, spot.y) == (535_050.0, 5_305_050.0)
    assert spot.count == 4
    assert spot.state == 1  # waiting: the newest came now
    assert spot.cases == (0, 1, 2, 3)


def test_places_are_rounded() -> None:
    cases = made.some_cases(50, range(1, 17))
    found = whistles.spots(cases, made.NOW, HOURS, np.ones(50, np.bool_))
    assert sum(spot.count for spot in found) == 50
    for spot in found:
        assert spot.x % 100 == 50
        assert spot.y % 100 == 50
        assert len(spot.cases) <= whistles.LISTED


def test_too_many_spots_leave_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whistles, "MOST_SPOTS", 3)
    cases = made.some_cases(16, range(1, 17))
    found = whistles.spots(cases, made.NOW, HOURS, np.ones(16, np.bool_))
    assert [spot.cases[0] for spot in found] == [0, 1, 2]


def test_months_are_those_of_the_county() -> None:
    assert whistles.month(np.datetime64("2020-04-30T16:30:00")) == "2020-05"
    assert whistles.month(np.datetime64("NaT")) == ""


def test_heat_counts_in_squares() -> None:
    cases = made.some_cases(20, range(1, 17))
    squares = whistles.heat(cases, np.ones(20, np.bool_), 500.0)
    assert sum(count for _, _, count in squares) == 20
    assert whistles.heat(cases, np.zeros(20, np.bool_), 500.0) == []
    assert whistles.spots(cases, made.NOW, HOURS, np.zeros(20, np.bool_)) == []
