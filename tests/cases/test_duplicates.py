"""Which whistles may be the same: against a loop over all pairs, and by hand."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import OPEN_STATES, Cases, State
from gis_app.cases.duplicates import near
from tests.cases import samples

NOW = datetime(2020, 5, 10, tzinfo=UTC)
NOW64 = np.datetime64("2020-05-10T00:00:00", "s")

COLUMNS = st.lists(
    st.tuples(
        st.one_of(st.just(math.nan), st.floats(-500, 500)),
        st.floats(-500, 500),
        st.integers(0, 3),
        st.sampled_from(list(State)),
        st.integers(0, 2),
        st.one_of(st.none(), st.integers(-30 * 86400, 30 * 86400)),
    ),
    max_size=30,
)


def made(columns: list[tuple[float, float, int, State, int, int | None]]) -> Cases:
    x, y, category, state, household, ago = ([row[at] for row in columns] for at in range(6))
    blown = [np.datetime64("NaT", "s") if seconds is None else NOW64 - np.timedelta64(seconds, "s") for seconds in ago]
    return samples.cases(
        len(columns),
        x=np.array(x, float),
        y=np.array(y, float),
        category=np.array(category, np.int64),
        state=np.array([int(one) for one in state], np.int64),
        household=np.array(household, np.int64),
        blown=np.array(blown, "datetime64[s]"),
    )


def one_by_one(cases: Cases, x: float, y: float, category: int, household: int, metres: float, days: float, unit: float) -> set[int]:
    found = set()
    for row in range(len(cases)):
        if cases.state[row] == State.DUPLICATE:
            continue
        apart = None if np.isnat(cases.blown[row]) else abs((cases.blown[row] - NOW64).item() / timedelta(days=1))
        away = math.hypot(cases.x[row] - x, cases.y[row] - y) * unit
        alike = category > 0 and cases.category[row] == category and away <= metres and apart is not None and apart <= days
        same_home = household > 0 and cases.household[row] == household and State(int(cases.state[row])) in OPEN_STATES
        if alike or same_home:
            found.add(row)
    return found


@given(
    COLUMNS,
    st.one_of(st.just(math.nan), st.floats(-500, 500)),
    st.integers(0, 3),
    st.integers(0, 2),
    st.floats(0, 600),
    st.floats(0, 20),
    st.sampled_from([1.0, 0.3048]),
)
def test_the_same_as_one_by_one(
    columns: list[tuple[float, float, int, State, int, int | None]],
    x: float,
    category: int,
    household: int,
    metres: float,
    days: float,
    unit: float,
) -> None:
    cases = made(columns)
    found = near(cases, x, 20.0, category, NOW, metres, days, household=household, unit_metres=unit)
    assert len(found) == len(set(found.row.tolist()))
    assert set(found.row.tolist()) == one_by_one(cases, x, 20.0, category, household, metres, days, unit)
    assert not (np.diff(found.at_home.astype(int)) > 0).any(), "those of the same household come first"
    for at_home in (True, False):
        away = found.distance[found.at_home == at_home]
        known = away[~np.isnan(away)]
        assert (np.diff(known) >= 0).all(), "the nearest first"


def test_one_street_lamp_is_reported_twice() -> None:
    cases = samples.cases(
        4,
        x=np.array([0.0, 100.0, 249.0, 251.0]),
        y=np.zeros(4),
        category=np.array([samples.LIGHTS, samples.BUILDING, samples.LIGHTS, samples.LIGHTS]),
        blown=samples.times("2020-05-09T12:00", "2020-05-09T12:00", "2020-04-27T00:00", "2020-05-09T12:00"),
    )
    found = near(cases, 0.0, 0.0, samples.LIGHTS, NOW, 250, 14)
    assert cases.id[found.row].tolist() == [1, 3]
    assert found.distance.tolist() == [0.0, 249.0]
    assert found.days.tolist() == [0.5, 13.0]


def test_what_is_merged_already_and_what_is_over_at_home_is_left_out() -> None:
    states = [State.DUPLICATE, State.DONE, State.SUSPENDED]
    cases = samples.cases(3, household=np.full(3, 71), state=np.array([int(state) for state in states]))
    found = near(cases, math.nan, math.nan, 0, NOW, 250, 14, household=71)
    assert cases.id[found.row].tolist() == [3]
    assert np.isnan(found.distance).all() and found.at_home.all()
