"""When reminders are due: the garages to the minute, the walk step by step as an oracle, and a replay that never knows the future."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.cases.case import OPEN_STATES, Cases, Event, EventKind, State
from gis_app.cases.life_cycle import fold
from gis_app.cases.schedule import (
    KINDS,
    Delays,
    Duties,
    Hours,
    ReminderKind,
    due_between,
    duties,
    duties_of,
    reminder_text,
    replay,
    standing,
)
from gis_app.cases.times import utc64
from gis_app.cases.transitions import TRANSITIONS, allowed
from gis_app.language import format_time
from tests.cases.samples import cases, patient, shanghai
from tests.cases.test_clocks import GARAGES, HOUSING, LAND
from tests.cases.test_life_cycle import columns, some_event

START = datetime(2020, 5, 1, tzinfo=UTC)
USUAL = Delays()
K = ReminderKind
Listed = tuple[int, int, datetime, str, datetime, datetime | None]


def listed(found: Duties) -> list[Listed]:
    """Return duties as plain tuples: case, body, arrived, kind, due, deadline."""

    def plain(times: np.ndarray) -> list[datetime | None]:
        return [None if time is None else time.replace(tzinfo=UTC) for time in times.astype("datetime64[s]").astype(object).tolist()]

    kinds = [KINDS[code].value for code in found.kind.tolist()]
    times = (plain(found.arrived), kinds, plain(found.due), plain(found.deadline))
    return list(zip(found.case.tolist(), found.body.tolist(), *times, strict=True))  # type: ignore[arg-type]


def firing(found: Duties) -> list[Listed]:
    return sorted(listed(found.take(found.fires)), key=str)


def fired(events: Iterable[Event], delays: Delays = USUAL, hours: float = 72) -> list[tuple[int, str, str]]:
    """Return what fires in the life of a case: body, kind, instant in Shanghai."""
    found = duties_of(events, delays, hours)
    return [(body, kind, format_time(due)) for _, body, _, kind, due, _ in listed(found.take(found.fires))]


def test_the_garages() -> None:
    assert fired(GARAGES) == [
        (HOUSING, "sms", "2020-05-01 12:20"),
        (HOUSING, "sms_again", "2020-05-01 12:25"),
        (HOUSING, "robot_call", "2020-05-01 12:30"),
        (LAND, "sms", "2020-05-01 12:34"),
        (LAND, "sms_again", "2020-05-01 12:39"),
        (LAND, "robot_call", "2020-05-01 12:44"),
        (LAND, "due_soon", "2020-05-03 12:34"),
    ], "picked up on 2 May at 21:27 and done on 3 May at 17:37: no review was outstanding, and it was not yet overdue"


def test_a_slower_garage_is_due_soon_and_overdue() -> None:
    found = fired(GARAGES, hours=30)
    assert found[6:] == [(LAND, "due_soon", "2020-05-02 03:34"), (LAND, "overdue", "2020-05-02 18:34")], "15 hours are half of 30"
    assert (LAND, "due_soon", "2020-05-02 06:34") in fired(GARAGES, hours=36), "18 hours are half of 36"
    assert (LAND, "due_soon", "2020-05-02 16:34") in fired(GARAGES, hours=52), "24 hours before the end of 52"


def walk(*steps: tuple[EventKind, str], deadline: str = "", target: int = 2) -> list[Event]:
    until = shanghai(deadline) if deadline else None
    return [
        Event(1, kind, shanghai(f"2020-05-{time}"), target=target if TRANSITIONS[kind].moves else 0, deadline=until) for kind, time in steps
    ]


BLOWN, PICKED = (EventKind.BLOWN, "01T08:00"), (EventKind.PICKED_UP, "01T08:03")


def later(events: list[Event]) -> list[tuple[str, str]]:
    """Return what fires at the body that the case ends with, but the first SMS."""
    return [(kind, due[5:]) for body, kind, due in fired(events) if body == events[0].target][1:]


def test_a_leader_who_does_not_review_is_reminded() -> None:
    assert later(walk(BLOWN, PICKED))[0] == ("review", "05-02 08:03")
    assert later(walk(BLOWN, PICKED, (EventKind.SUBMITTED, "01T09:00")))[0] == ("review", "05-02 08:03"), "submitted is not reviewed"
    for step in (EventKind.REVIEWED, EventKind.STARTED, EventKind.DONE, EventKind.RETURNED):
        assert "review" not in dict(later(walk(BLOWN, PICKED, (step, "02T08:03")))), "it was looked at in the very minute"
        assert "review" in dict(later(walk(BLOWN, PICKED, (step, "02T08:04"))))


def test_a_promise_moves_the_deadline_and_each_missed_one_is_told() -> None:
    promised = walk(BLOWN, PICKED, (EventKind.PROMISED, "01T10:00"), deadline="2020-05-06T18:00")
    assert later(promised) == [("due_soon", "05-05 18:00"), ("overdue", "05-06 18:00")]
    again = Event(1, EventKind.PROMISED, shanghai("2020-05-07T09:00"), deadline=shanghai("2020-05-08T18:00"))
    same = Event(1, EventKind.PROMISED, shanghai("2020-05-07T10:00"), deadline=shanghai("2020-05-08T18:00"))
    more = [("due_soon", "05-07 18:00"), ("overdue", "05-08 18:00")]
    assert later([*promised, again, same]) == later(promised) + more, "a deadline that is promised twice is told once"


def test_suspended_and_closed_cases_are_quiet() -> None:
    suspended = walk(BLOWN, PICKED, (EventKind.SUSPENDED, "01T10:00"), deadline="2020-05-20T18:00")
    assert later(suspended) == [("overdue", "05-20 18:00")], "nothing before its end, and then it is not forgotten"
    assert later([*suspended, Event(1, EventKind.RESUMED, shanghai("2020-05-10T09:00"))]) == [("overdue", "05-10 09:00")]
    for closing in (EventKind.DONE, EventKind.RETURNED, EventKind.DUPLICATE):
        assert later(walk(BLOWN, PICKED, (closing, "01T10:00"))) == []
    reopened = walk(BLOWN, PICKED, (EventKind.DONE, "01T10:00"), (EventKind.REOPENED, "03T10:00"), target=5)
    assert [due for _, kind, due in fired(reopened) if kind == "sms"] == ["2020-05-01 08:00", "2020-05-03 10:00"]


def test_settings_turn_reminders_off() -> None:
    off = Delays(sms_minutes=3, sms_again_minutes=0, robot_call_minutes=30, review_hours=0, soon_hours=0)
    assert [kind for _, kind, _ in fired(walk(BLOWN), off)] == ["sms", "robot_call", "overdue"]
    assert fired(walk(BLOWN, PICKED), off)[0][1] == "overdue", "picked up in the minute of the SMS: no SMS"


def test_hours_are_those_of_each_case() -> None:
    told = columns([Event(case, EventKind.BLOWN, START, target=9) for case in (1, 2, 3)])
    found = duties(told, USUAL, Hours(np.array([1, 3]), np.array([2.0, 5.0]), 72.0))
    hours = (found.falls_due - found.arrived)[found.kind == KINDS.index(K.OVERDUE)].astype("timedelta64[h]").astype(int)
    assert sorted(hours.tolist()) == [2, 5, 72]
    half = found.due[(found.case == 1) & (found.kind == KINDS.index(K.DUE_SOON))]
    assert half.tolist() == [datetime(2020, 5, 1, 1)], "after half of the two hours"


# ------------------------------------------------------------------ the same, step by step


def oracle(events: list[Event], delays: Delays, hours: float) -> list[Listed]:
    """Walk through the events of one case and keep what fires."""
    ordered = sorted(events, key=lambda event: event.time)
    found: dict[tuple[object, ...], Listed] = {}
    for at, event in enumerate(ordered):
        if TRANSITIONS[event.kind].moves and event.target > 0:
            rest = ordered[at + 1 :]
            moved = next((i for i, step in enumerate(rest) if TRANSITIONS[step.kind].moves), len(rest))
            over = rest[moved].time if moved < len(rest) else None
            _stay(event, rest[:moved], over, delays, hours, found)
    return sorted(found.values(), key=str)


def _stay(
    event: Event, steps: list[Event], over: datetime | None, delays: Delays, hours: float, found: dict[tuple[object, ...], Listed]
) -> None:
    def after(step: Event) -> State | None:
        return TRANSITIONS[step.kind].after

    closing = next((i for i, step in enumerate(steps) if after(step) and after(step) not in OPEN_STATES), None)
    if closing is not None:
        over, steps = steps[closing].time, steps[:closing]

    def fire(kind: K, due: datetime, off: datetime | None, deadline: datetime | None = None) -> None:
        ends = [time for time in (off, over) if time is not None]
        key = (event.case, event.time, at, kind, deadline)
        if (not ends or due < min(ends)) and (key not in found or due < found[key][4]):
            found[key] = (event.case, event.target, event.time, kind.value, due, deadline)

    at = id(event)
    reacted = next((step.time for step in steps if after(step)), None)
    fire(K.SMS, event.time + timedelta(minutes=delays.sms_minutes), reacted)
    if delays.sms_again_minutes:
        fire(K.SMS_AGAIN, event.time + timedelta(minutes=delays.sms_again_minutes), reacted)
    fire(K.ROBOT_CALL, event.time + timedelta(minutes=delays.robot_call_minutes), reacted)
    picked = next((i for i, step in enumerate(steps) if step.kind == EventKind.PICKED_UP), None)
    if picked is not None and delays.review_hours:
        waits = (None, State.PICKED_UP, State.UNDER_REVIEW)
        decided = next((step.time for step in steps[picked + 1 :] if after(step) not in waits), None)
        fire(K.REVIEW, steps[picked].time + timedelta(hours=delays.review_hours), decided)
    dated = [step for step in steps if step.kind in (EventKind.PROMISED, EventKind.SUSPENDED, EventKind.RESUMED)]
    for step, following in zip([event, *dated], [*dated, None], strict=True):
        until = following.time if following else None
        named = step.deadline if step.kind in (EventKind.PROMISED, EventKind.SUSPENDED) else None
        if step.kind == EventKind.SUSPENDED and named is None:
            continue
        falls = named or event.time + timedelta(hours=hours)
        fire(K.OVERDUE, max(falls, step.time), until, named)
        lead = min(timedelta(hours=delays.soon_hours), timedelta(seconds=(falls - event.time).total_seconds() // 2))
        if lead > timedelta() and step.kind != EventKind.SUSPENDED:
            fire(K.DUE_SOON, max(falls - lead, step.time), falls if until is None else min(until, falls), named)


some_delays = st.builds(
    Delays,
    sms_minutes=st.sampled_from([0, 5, 90]),
    sms_again_minutes=st.sampled_from([0, 5, 60]),
    robot_call_minutes=st.sampled_from([0, 10, 300]),
    review_hours=st.sampled_from([0, 1, 3]),
    soon_hours=st.sampled_from([0, 1, 2]),
)


@patient
@given(st.lists(some_event, max_size=40), some_delays, st.sampled_from([1, 5, 9]))
def test_all_cases_at_once_agree_with_each_alone_and_with_the_walk(events: list[Event], delays: Delays, hours: int) -> None:
    together = duties(columns(events), delays, hours)
    assert (np.diff(together.due.astype(np.int64)) >= 0).all()
    alone, expected = [], []
    for case in sorted({event.case for event in events}):
        own = [event for event in events if event.case == case]
        alone += listed(duties_of(own, delays, hours))
        expected += oracle(own, delays, hours)
    assert sorted(listed(together), key=str) == sorted(alone, key=str)
    assert firing(together) == sorted(expected, key=str)


@patient
@given(st.lists(some_event, max_size=30), some_delays, st.sampled_from([7, 60, 600]))
def test_a_replay_knows_nothing_of_the_future_and_gives_what_was_asked_at_once(events: list[Event], delays: Delays, minutes: int) -> None:
    whole = duties(columns(events), delays, 6)
    end = START + timedelta(days=3)
    at_once = listed(due_between(whole, START, end))
    for tick in (None, timedelta(minutes=minutes)):
        steps = list(replay(whole, START, end, tick))
        assert [time for time, _ in steps] == sorted({time for time, _ in steps})
        assert [duty for _, some in steps for duty in listed(some)] == at_once
        for time, some in steps:
            due = some.due.astype("datetime64[s]").astype(object).tolist()
            assert all(timedelta() <= time.replace(tzinfo=None) - moment < (tick or timedelta(seconds=1)) for moment in due)
    seen, step = [], timedelta(hours=9)
    for i in range(8):  # a scheduler that looks at the events there are, again and again
        now = START + i * step
        so_far = duties(columns([event for event in events if event.time < now + step]), delays, 6)
        seen += listed(due_between(so_far, now, now + step))
    assert seen == at_once


def of_walk(data: st.DataObject) -> list[Event]:
    """Draw the events of a case that keeps to the transition table."""
    events: list[Event] = []
    state: State | None = None
    time = START
    for _ in range(data.draw(st.integers(1, 9))):
        steps = allowed(state)
        if not steps:
            break
        kind = data.draw(st.sampled_from(steps))
        deadline = time + timedelta(hours=data.draw(st.integers(1, 30)))
        events.append(Event(1, kind, time, target=data.draw(st.integers(1, 3)), deadline=deadline, data={"of": 2}))
        state = fold(events).state
        time += timedelta(minutes=data.draw(st.sampled_from([0, 3, 30, 200, 2000])))
    return events


def row_of(events: list[Event]) -> Cases:
    where = fold(events)
    never = np.datetime64("NaT", "s")

    def column(value: datetime | None) -> list[np.datetime64]:
        return [never if value is None else utc64(value)]

    times = {name: column(getattr(where, name)) for name in ("blown", "arrived", "picked_up", "done", "deadline")}
    return cases(1, state=[int(where.state)], body=[where.body], **times)


@patient
@given(st.data(), some_delays, st.integers(0, 5000))
def test_what_stands_in_the_columns_is_what_the_events_say(data: st.DataObject, delays: Delays, minutes: int) -> None:
    events = of_walk(data)
    now = max(events[-1].time, START + timedelta(minutes=minutes))
    from_columns = standing(row_of(events), delays, 20, now)
    from_events = duties_of(events, delays, 20)
    holds = from_events.fires & (from_events.due <= utc64(now)) & ~(from_events.called_off <= utc64(now))

    def keys(found: Duties) -> list[tuple[object, ...]]:
        return sorted(((case, body, arrived, kind, deadline) for case, body, arrived, kind, _, deadline in listed(found)), key=str)

    fired_before = keys(from_events.take(from_events.fires & (from_events.due <= utc64(now))))
    assert set(keys(from_columns)) <= set(fired_before)
    assert set(keys(from_events.take(holds))) <= set(keys(from_columns))
    kinds = from_columns.kind.tolist()
    assert len(kinds) == len(set(kinds)), "one of each kind for where the case stands"
    if not any(event.kind in (EventKind.PROMISED, EventKind.RESUMED) for event in events):
        assert listed(from_columns) == listed(from_events.take(holds)), "to the second, where no date came back"


def test_nobody_and_nothing_is_due_nothing() -> None:
    assert len(duties_of([], USUAL, 72)) == 0
    assert len(duties_of([Event(1, EventKind.BLOWN, START, target=0)], USUAL, 72)) == 0, "nobody can be told"
    unknown = Event(1, EventKind.BLOWN, datetime.min.replace(tzinfo=UTC), target=3)
    assert len(duties_of([unknown], USUAL, 72)) == 0, "when it came is not known"
    assert len(standing(cases(1, body=[0]), USUAL, 72, START)) == 0
    assert list(replay(duties_of([], USUAL, 72), START, START + timedelta(days=1))) == []


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_every_kind_has_a_word(kind: ReminderKind) -> None:
    assert str(reminder_text(kind))
