"""The published figures, half-open periods, and parts that add up to the whole."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gis_app.cases.case import State
from gis_app.cases.statistics import Figures, breakdown, definitions, figures, months, units_of
from gis_app.grid.units import Level
from tests.cases.samples import EAST, WEST, cases, hierarchy, patient, times

END = datetime(2020, 4, 28, 16, tzinfo=UTC)


def published() -> object:
    """183 received, 155 reasonable, 131 completed; and ten blown afterwards, thirteen completed too late."""
    state = [State.RETURNED] * 28 + [State.DONE] * 100 + [State.RATED] * 31 + [State.DONE] * 13 + [State.WAITING] * 11 + [State.DONE] * 10
    done = [""] * 28 + ["2020-04-20"] * 131 + ["2020-04-28T16:00"] * 13 + [""] * 11 + ["2020-05-02"] * 10
    blown = ["2020-04-02"] * 183 + ["2020-04-28T16:00"] * 10
    return cases(193, state=[int(s) for s in state], done=times(*done), blown=times(*blown))


def test_to_28_april_2020() -> None:
    found = figures(published(), end=END)  # type: ignore[arg-type]
    assert (found.received, found.reasonable, found.completed) == (183, 155, 131)
    assert f"{found.completion_rate:.1%}" == "84.5%"


def test_nothing_reasonable_has_no_rate() -> None:
    assert figures(cases(2, state=[6, 6])) == Figures(2, 0, 0, None)
    assert figures(cases(0)) == Figures(0, 0, 0, None)


def test_a_period_begins_with_its_start_and_ends_before_its_end() -> None:
    several = cases(3, blown=times("2020-04-30T23:59:59", "2020-05-01", "2020-06-01"), state=[2, 2, 2])
    assert figures(several, datetime(2020, 5, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)).received == 1
    assert figures(several, np.datetime64("2020-05-01")).received == 2


def test_cases_without_times() -> None:
    unknown = cases(2, blown=times("", "2020-05-01"), state=[4, 4])
    assert figures(unknown) == Figures(2, 2, 2, 1.0)
    assert figures(unknown, end=datetime(2021, 1, 1, tzinfo=UTC)) == Figures(1, 1, 0, 0.0)


@patient
@given(
    arrays.arrays(np.int64, 40, elements=st.integers(1, 6)),
    arrays.arrays(np.int64, 40, elements=st.integers(0, 5)),
    arrays.arrays(np.int64, (2, 40), elements=st.integers(0, 100)),
)
def test_parts_add_up(state: np.ndarray, keys: np.ndarray, days: np.ndarray) -> None:
    blown = np.datetime64("2020-01-01", "s") + days[0].astype("timedelta64[D]")
    done = np.where(np.isin(state, (4, 5)), blown + days[1].astype("timedelta64[D]"), np.datetime64("NaT", "s"))
    several = cases(40, state=state, blown=blown, done=done)
    start, end = np.datetime64("2020-01-20"), np.datetime64("2020-03-20")
    whole = figures(several, start, end)
    rows = breakdown(several, keys, start, end)
    assert [row.key for row in rows] == sorted(set(keys[(blown >= start) & (blown < end)].tolist()))
    assert sum(row.figures.received for row in rows) == whole.received
    assert sum(row.figures.reasonable for row in rows) == whole.reasonable
    assert sum(row.figures.completed for row in rows) == whole.completed
    assert whole.received >= whole.reasonable >= whole.completed
    for row in rows:
        assert row.figures == figures(several, start, end, where=keys == row.key)
        assert (row.to_done is None) == (row.figures.completed == 0)


def test_medians() -> None:
    several = cases(
        4,
        state=[4, 4, 4, 1],
        picked_up=times("2020-05-01T04:30", "2020-05-01T04:40", "2020-05-01T05:20", ""),
        done=times("2020-05-02T04:20", "2020-05-03T04:20", "2020-05-09T04:20", ""),
    )
    (row,) = breakdown(several, np.zeros(4, np.int64))
    assert (row.to_pick_up, row.to_done) == (20 * 60, 2 * 86400)


def test_cases_count_for_the_units_that_they_lie_in() -> None:
    several = cases(4, cell=[101, 104, 0, 0], unit=[0, 11, 14, 0])
    assert units_of(several, hierarchy(), Level.TOWNSHIP).tolist() == [WEST, EAST, EAST, 0]
    assert units_of(several, hierarchy(), Level.VILLAGE).tolist() == [11, 13, 14, 0]
    assert units_of(several, hierarchy(), Level.CELL).tolist() == [101, 104, 0, 0]


def test_months_are_those_of_the_county() -> None:
    assert months(times("2020-04-30T15:59", "2020-04-30T16:00", "", "2020-12-31T18:00")).tolist() == [202004, 202005, 0, 202101]
    assert months(times()).tolist() == []


def test_every_figure_is_defined() -> None:
    assert [str(name) for name, _ in definitions()][:4] == ["Received", "Reasonable", "Completed", "Completion rate"]
