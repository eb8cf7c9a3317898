"""What a leader watches, who is called back, who often let time pass."""

from datetime import UTC, datetime

import numpy as np
import pytest

from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.display import is_open
from gis_app.cases.queue import queues
from gis_app.cases.schedule import Delays, duties_of
from gis_app.cases.shares import Average
from gis_app.cases.watching import (
    Candidate,
    Line,
    Load,
    bodies_of,
    by_attempts,
    candidates,
    known_line,
    line_content,
    line_of,
    loads,
    rated,
    to_call_back,
    watched,
    within,
    worst_first,
)
from tests.cases.samples import EAST, HOUSING, LAND, WEST, bodies, cases, cell_at, hierarchy, shanghai
from tests.cases.test_clocks import GARAGES
from tests.cases.test_clocks import HOUSING as STORY_HOUSING
from tests.cases.test_clocks import LAND as STORY_LAND

NOW = shanghai("2020-05-10T09:00")


def utc(day: int, hour: int = 0) -> np.datetime64:
    return np.datetime64(f"2020-05-{day:02}T{hour:02}:00:00", "s")


def test_a_line_of_departments_sees_what_they_hold_and_a_line_of_townships_what_lies_there_or_is_held_there() -> None:
    south_west, north_east = cell_at(0, 0), cell_at(3, 3)
    found = cases(
        5, body=[HOUSING, LAND, 511, HOUSING, 501], cell=[south_west, south_west, south_west, north_east, 0], unit=[0, 0, 0, 0, WEST]
    )

    def seen(**line: frozenset[int]) -> list[bool]:
        marked: list[bool] = within(found, Line("Li", **line), bodies(), hierarchy()).tolist()
        return marked

    assert seen(bodies=frozenset({HOUSING})) == [True, False, False, True, False]
    assert seen(units=frozenset({WEST})) == [True, True, True, False, True], "the last names the township, and has no cell"
    assert seen(units=frozenset({EAST})) == [False, False, False, True, True], "the last is held by the township of the east"
    assert seen(bodies=frozenset({LAND}), units=frozenset({EAST})) == [False, True, False, True, True]
    assert seen() == [False] * 5


def test_the_bodies_of_a_township_are_its_own_and_those_of_its_villages() -> None:
    assert bodies_of(Line("Li", units=frozenset({WEST})), bodies(), hierarchy()) == {502, 511, 512}
    assert bodies_of(Line("Li", frozenset({HOUSING, 12345})), bodies(), hierarchy()) == {HOUSING}


def test_a_line_is_kept_as_plain_values_and_loses_what_is_gone() -> None:
    line = Line("李县长", frozenset({LAND, HOUSING}), frozenset({EAST, 77}))
    assert line_content(line) == {"name": "李县长", "bodies": [HOUSING, LAND], "units": [EAST, 77]}
    assert line_of(line_content(line)) == line
    assert known_line(line, bodies(), hierarchy()) == Line("李县长", frozenset({LAND, HOUSING}), frozenset({EAST}))
    assert line_of({"name": 3, "bodies": "all", "units": ["x", 5]}) == Line("", units=frozenset({5}))
    assert Line("Li").is_empty
    assert not line.is_empty


def test_the_loads_of_bodies_count_open_whistles_and_the_worst_stands_first() -> None:
    found = cases(
        5,
        state=[State.WAITING, State.WAITING, State.IN_PROGRESS, State.DONE, State.WAITING],
        body=[HOUSING, LAND, LAND, LAND, LAND],
        blown=[utc(10, 0), utc(1), utc(9), utc(1), utc(10, 0)],
        arrived=[utc(10, 0), utc(1), utc(9), utc(1), utc(10, 0)],
        urged=[False, True, False, True, True],
    )
    masks = queues(found, NOW)
    assert loads(found, masks, is_open(found)) == (Load(LAND, 3, 2, 1, 2), Load(HOUSING, 1, 1, 0, 0))
    assert loads(found, masks, np.zeros(5, np.bool_)) == ()
    assert watched(found, masks).tolist() == [1, 4], "the longest open first; what is done is not watched any more"


def test_those_done_longest_ago_are_called_back_first() -> None:
    states = [State.DONE, State.VERIFIED, State.RATED, State.DONE, State.IN_PROGRESS, State.DONE]
    never = np.datetime64("NaT", "s")
    found = cases(6, state=states, done=[utc(9), utc(8), utc(7), never, never, utc(1)])
    assert to_call_back(found, NOW).tolist() == [5, 1, 0, 3], "without a time last, and never one that is rated or open"
    assert to_call_back(found, NOW, days=7).tolist() == [1, 0]
    mine = np.array([True, False, True, True, True, True])
    assert to_call_back(found, NOW, where=mine).tolist() == [5, 0, 3]
    rows = to_call_back(found, NOW)
    assert by_attempts(rows, found.id, {int(found.id[5]): 2, int(found.id[1]): 1}).tolist() == [0, 3, 1, 5], "not reached: later"
    assert by_attempts(rows, found.id, {}).tolist() == rows.tolist()


MAY = (shanghai("2020-05-01T00:00"), shanghai("2020-06-01T00:00"))


def test_candidates_are_those_who_let_robot_calls_and_deadlines_pass() -> None:
    """The garages: 14 minutes at housing without a pick-up, and a day and a half at natural resources."""
    found = duties_of(GARAGES, Delays(), 72)
    both = candidates(found, *MAY, NOW, least=1)
    assert both == (Candidate(STORY_HOUSING, 1, 1, 0), Candidate(STORY_LAND, 1, 1, 0))
    assert both[0].missed == 1
    assert (both[0].share.part, both[0].share.whole) == (1, 1)
    assert candidates(found, *MAY, NOW, least=2) == ()
    assert candidates(found, *MAY, NOW, least=1, only=[STORY_LAND]) == both[1:]
    assert candidates(found, shanghai("2020-04-01T00:00"), MAY[0], NOW, least=1) == ()


def test_what_is_not_due_yet_makes_nobody_a_candidate() -> None:
    told = [Event(1, EventKind.BLOWN, shanghai("2020-05-01T12:00"), target=HOUSING)]
    found = duties_of(told, Delays(), 72)
    assert candidates(found, *MAY, shanghai("2020-05-01T12:05"), least=1) == ()
    assert candidates(found, *MAY, shanghai("2020-05-01T12:10"), least=1) == (Candidate(HOUSING, 1, 1, 0),)
    assert candidates(found, *MAY, shanghai("2020-05-04T12:00"), least=2) == (Candidate(HOUSING, 1, 1, 1),), "three days: the deadline too"


@pytest.mark.parametrize("hours", [1.0, 72.0])
def test_a_deadline_counts_in_the_month_in_which_it_passed(hours: float) -> None:
    told = [Event(1, EventKind.BLOWN, datetime(2020, 4, 30, 15, 30, tzinfo=UTC), target=HOUSING)]  # 23:30 in Gannan
    found = duties_of(told, Delays(), hours)
    assert candidates(found, *MAY, NOW, least=1) == (Candidate(HOUSING, 0, 0, 1),), "it arrived in April"


def test_few_ratings_look_few() -> None:
    one = rated(HOUSING, Average(5, 1), Average(5, 1), Average(5, 1))
    many = rated(LAND, Average(200, 50), Average(200, 50), Average(225, 50))
    assert one is not None and many is not None
    assert (one.mean, one.is_few, many.is_few) == (5, True, False)
    assert many.mean == pytest.approx((4 + 4 + 4.5) / 3)
    assert one.low < 2 and one.high == 5, "a single rating says next to nothing"
    assert many.low > 3.5
    assert many.low < many.mean < many.high
    assert worst_first([one, many]) == (many, one), "five stars of one whistler lead no ranking"
    assert rated(HOUSING, Average(0, 0), Average(0, 0), Average(0, 0)) is None


def test_bodies_with_enough_ratings_are_ranked_by_their_mean() -> None:
    def body(id: int, stars: int, count: int) -> object:
        return rated(id, *(Average(stars * count, count) for _ in range(3)))

    found = [body(1, 5, 20), body(2, 2, 20), body(3, 1, 2), body(4, 3, 4)]
    assert [one.body for one in worst_first(found)] == [2, 1, 4, 3]  # type: ignore[arg-type]
