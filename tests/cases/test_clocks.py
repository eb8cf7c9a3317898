"""Story A (the garages) to the minute, and the two clocks of all cases."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import Event, EventKind
from gis_app.cases.clocks import Reminders, case_clock, clocks, legs, reminders
from gis_app.language import format_duration, format_time
from tests.cases.samples import cases, patient, shanghai, times

HOUSING, LAND = 1, 2

GARAGES = [
    Event(1, EventKind.BLOWN, shanghai("2020-05-01T12:20"), target=HOUSING),
    Event(1, EventKind.HANDED_OVER, shanghai("2020-05-01T12:34"), body=HOUSING, target=LAND),
    Event(1, EventKind.PICKED_UP, shanghai("2020-05-02T21:27"), body=LAND),
    Event(1, EventKind.DONE, shanghai("2020-05-03T17:37"), body=LAND),
    Event(1, EventKind.RATED, shanghai("2020-05-03T18:00"), stars=(5, 5, 5)),
]
LATER = datetime(2020, 6, 1, tzinfo=UTC)


def test_the_garages() -> None:
    housing, land = legs(GARAGES, LATER)
    assert (housing.body, land.body) == (HOUSING, LAND)
    assert format_duration(housing.clock) == "14 min"
    assert format_duration(land.to_pick_up) == "32 h 53 min"
    assert format_duration(land.handling) == "20 h 10 min"
    assert land.clock == land.to_pick_up + land.handling
    assert format_duration(case_clock(GARAGES, LATER)) == "53 h 17 min"
    assert (housing.ending, land.ending) == (EventKind.HANDED_OVER, EventKind.DONE)


def test_the_robot_calls_natural_resources_at_12_44() -> None:
    _, land = legs(GARAGES, LATER)
    due = reminders(land, sms_minutes=0, robot_call_minutes=10)
    assert due.robot_call is not None and due.sms is not None
    assert format_time(due.sms) == "2020-05-01 12:34"
    assert format_time(due.robot_call) == "2020-05-01 12:44"


def test_a_quick_pick_up_calls_the_reminder_off() -> None:
    events = [GARAGES[0], Event(1, EventKind.PICKED_UP, shanghai("2020-05-01T12:30"))]
    (leg,) = legs(events, LATER)
    assert reminders(leg, 5, 10) == Reminders(shanghai("2020-05-01T12:25"), None)


def test_clocks_run_while_the_case_is_open() -> None:
    now = shanghai("2020-05-01T12:46")
    housing, land = legs(GARAGES[:2], now)
    assert (housing.clock, land.clock) == (timedelta(minutes=14), timedelta(minutes=12))
    assert land.to_pick_up == timedelta(minutes=12) and land.handling == timedelta()
    assert case_clock(GARAGES[:2], now) == timedelta(minutes=26)
    assert case_clock([], now) == timedelta()


@patient
@given(st.lists(st.sampled_from([EventKind.HANDED_OVER, EventKind.PASSED_UP, EventKind.PICKED_UP, EventKind.PROMISED]), max_size=10))
def test_body_clocks_add_up_to_the_case_clock(kinds: list[EventKind]) -> None:
    events = [Event(1, kind, LATER + timedelta(minutes=7 * i), target=i) for i, kind in enumerate([EventKind.BLOWN, *kinds])]
    now = LATER + timedelta(days=1)
    passed = legs(events, now)
    assert sum((leg.clock for leg in passed), timedelta()) == case_clock(events, now) == now - LATER
    assert all(leg.to_pick_up + leg.handling == leg.clock for leg in passed)


def test_clocks_of_columns() -> None:
    several = cases(
        3,
        state=[1, 4, 6],
        blown=times("2020-05-01T04:20", "2020-05-01T04:20", "2020-05-01T04:20"),
        arrived=times("2020-05-01T04:34", "2020-05-01T04:34", "2020-05-01T04:34"),
        done=times("", "2020-05-03T09:37", ""),
    )
    read = clocks(several, shanghai("2020-05-01T12:46"))
    assert read.body.astype("timedelta64[m]").astype(object)[:2].tolist() == [timedelta(minutes=12), timedelta(hours=53, minutes=3)]
    assert read.case.astype("timedelta64[m]").astype(object)[:2].tolist() == [timedelta(minutes=26), timedelta(hours=53, minutes=17)]
    assert np.isnat(read.body[2]) and np.isnat(read.case[2])
