"""The stays of all whistles at once are the legs of each; chains, flows and repeats count what happened."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import Event, EventKind
from gis_app.cases.chains import CODES, Flow, Trails, flows, ping_pong, repeats, replaced, trails
from gis_app.cases.clocks import legs
from gis_app.cases.times import from_utc64
from gis_app.county.case_edits import event_columns
from tests.cases.samples import patient, shanghai, times
from tests.cases.test_loop_properties import NOW, stories


def trails_of(*events: Event) -> Trails:
    return trails(event_columns(list(events)))


def way(*bodies: int, case: int = 1, kind: EventKind = EventKind.HANDED_OVER) -> list[Event]:
    """Return a case that goes through bodies, an hour at each."""
    start = shanghai("2020-05-01T12:20")
    kinds = [EventKind.BLOWN, *[kind] * (len(bodies) - 1)]
    return [Event(case, one, start + timedelta(hours=at), target=body) for at, (one, body) in enumerate(zip(kinds, bodies, strict=True))]


@patient
@given(st.lists(stories(), max_size=4))
def test_stays_are_the_legs_of_every_case(told: list[list[Event]]) -> None:
    events = [replace(event, case=number) for number, story in enumerate(told, 1) for event in story]
    stays = trails_of(*events).stays
    wanted = [(number, leg) for number, story in enumerate(told, 1) for leg in legs(story, NOW)]
    assert stays.case.tolist() == [number for number, _ in wanted]
    assert stays.body.tolist() == [leg.body for _, leg in wanted]
    assert [from_utc64(time) for time in stays.arrived] == [leg.arrived for _, leg in wanted]
    assert [from_utc64(time) for time in stays.picked_up] == [leg.picked_up for _, leg in wanted]
    assert [from_utc64(time) for time in stays.left] == [leg.ended for _, leg in wanted]
    assert stays.ended.tolist() == [-1 if leg.ending is None else CODES[leg.ending.value] for _, leg in wanted]
    before = {(at, leg.body) for at, (_, leg) in enumerate(wanted)}
    for at, (number, leg) in enumerate(wanted):
        known = any((earlier, leg.body) in before and wanted[earlier][0] == number for earlier in range(at))
        assert stays.back[at] == (known and bool(stays.forwarded[at]))


def test_no_events() -> None:
    found = trails_of()
    assert len(found.stays) == 0 and len(found.ratings.case) == 0
    assert ping_pong(found.stays) == [] and flows(found.stays) == []


def test_the_last_rating_of_a_case_counts() -> None:
    start = shanghai("2020-05-01T12:20")
    first, second = (Event(1, EventKind.RATED, start + timedelta(days=day), stars=(day, 4, 5)) for day in (1, 2))
    found = trails_of(*way(7), second, first, *way(8, case=2)).ratings
    assert (found.case.tolist(), found.attitude.tolist(), found.speed.tolist(), found.outcome.tolist()) == ([1], [2], [4], [5])


def test_ping_pong_is_coming_back_to_a_body_that_had_it() -> None:
    events = [*way(1, 2, 1, 2), *way(1, 2, 3, case=2), *way(3, 4, 5, 3, case=3)]
    stays = trails_of(*events).stays
    found = ping_pong(stays)
    assert [(chain.case, chain.bodies, chain.returns) for chain in found] == [(1, (1, 2, 1, 2), 2), (3, (3, 4, 5, 3), 1)]
    early = stays.arrived < np.datetime64("2020-05-01T07:00")
    assert [(chain.case, chain.bodies) for chain in ping_pong(stays, early)] == [(1, (1, 2, 1))]


def test_a_reopened_case_has_not_come_back() -> None:
    done = Event(1, EventKind.DONE, shanghai("2020-05-01T13:00"))
    again = Event(1, EventKind.REOPENED, shanghai("2020-05-02T13:00"), target=1)
    stays = trails_of(*way(1), done, again).stays
    assert stays.body.tolist() == [1, 1] and not stays.back.any() and flows(stays) == []


def test_flows_count_what_went_between_two_bodies() -> None:
    stays = trails_of(*way(1, 2, 1), *way(1, 2, case=2), *way(1, 3, case=3, kind=EventKind.PASSED_UP)).stays
    assert flows(stays) == [Flow(1, 2, 2), Flow(1, 3, 1), Flow(2, 1, 1)]
    assert flows(stays, stays.case == 3) == [Flow(1, 3, 1)]


def test_a_joint_meeting_is_no_flow() -> None:
    assert flows(trails_of(*way(1, 2, kind=EventKind.MEETING)).stays) == []


@patient
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 60), st.booleans()), max_size=12), st.integers(1, 30))
def test_repeats_are_those_after_another_within_the_days(told: list[tuple[int, int, int, bool]], days: int) -> None:
    place, category, day = (np.array([one[i] for one in told], np.int64) for i in range(3))
    which = np.array([one[3] for one in told], np.bool_)
    blown = np.datetime64("2020-01-01", "s") + day * np.timedelta64(1, "D")
    found = repeats(place, category, blown, days, which)
    for where in {(p, c) for p, c, _, counted in told if p and c and counted}:
        days_there = sorted(d for p, c, d, counted in told if (p, c) == where and counted)
        wanted = sum(later - earlier <= days for earlier, later in pairwise(days_there))
        assert found[(place == where[0]) & (category == where[1])].sum() == wanted
    assert not found[~which | (place == 0) | (category == 0)].any()


def test_a_whistle_without_a_time_repeats_nothing() -> None:
    one = np.ones(3, np.int64)
    assert not repeats(one, one, times("2020-01-01", "", ""), 30, one > 0).any()


@patient
@given(st.lists(stories(), min_size=1, max_size=5), st.data())
def test_trails_of_changed_cases_are_put_in_the_place_of_what_was_known(told: list[list[Event]], data: st.DataObject) -> None:
    whole = [replace(event, case=number) for number, story in enumerate(told, 1) for event in story]
    known = {number: data.draw(st.integers(0, len(story))) for number, story in enumerate(told, 1)}
    before = [event for number, story in enumerate(told, 1) for event in [replace(e, case=number) for e in story[: known[number]]]]
    changed = np.array([number for number, story in enumerate(told, 1) if known[number] < len(story)], np.int64)
    now = trails_of(*(event for event in whole if event.case in changed))
    found, wanted = replaced(trails_of(*before), changed, now), trails_of(*whole)
    for name in wanted.stays.__slots__:
        np.testing.assert_array_equal(getattr(found.stays, name), getattr(wanted.stays, name))
    for name in wanted.ratings.__slots__:
        np.testing.assert_array_equal(getattr(found.ratings, name), getattr(wanted.ratings, name))
