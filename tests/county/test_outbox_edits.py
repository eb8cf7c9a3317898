"""The outbox: what is due is queued once, called off in time, recorded with the telling of the body; a case never waits for it."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app import language
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.life_cycle import fold_columns, not_allowed
from gis_app.cases.outbox import Message, MessageState
from gis_app.cases.schedule import KINDS, ReminderKind, due_between
from gis_app.cases.times import utc64
from gis_app.county.case_edits import Registered, record_event, register_case
from gis_app.county.changes import Changes, Edit, Refusal, RowChange
from gis_app.county.content import objects, settings_change
from gis_app.county.county import County
from gis_app.county.edits import change_settings
from gis_app.county.outbox_edits import (
    Attempt,
    Attempted,
    Queued,
    due_now,
    duties_of_county,
    messages_of,
    queue_due,
    record_attempts,
    reminders_of,
    send_again,
    to_send,
)
from tests.cases.samples import shanghai
from tests.county.samples import edit, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)  # of the sample county
HOUSING, VILLAGE, CENTRE = 3, 1, 4
K, S = ReminderKind, MessageState


def with_phones(path: Path) -> County:
    """Return the sample county: two bodies have phones, and its old whistle is over."""
    made = make(path)
    ids = np.array([VILLAGE, HOUSING])
    phones = {"receiver_phone": objects(["13800000001", "13800000003"]), "leader_phone": objects(["13900000001", ""])}
    over = RowChange("cases", update={"id": np.array([10]), "state": np.array([int(State.CLOSED)])})
    assert isinstance(made.perform(edit(RowChange("bodies", update={"id": ids, **phones}), over)), Changes)
    return made


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = with_phones(tmp_path / "county.gpkg")
    yield made
    made.close()


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def blow(county: County, minutes: float, body: int = HOUSING, kind: CaseKind = CaseKind.HELP) -> int:
    done = county.perform(
        register_case(county.store, kind=kind, category=1, text="张三举报", contact="张三", blown=minutes_ago(minutes), body=body)
    )
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    return done.report.case


def performed(county: County, wanted: Edit) -> object:
    done = county.perform(wanted)
    assert isinstance(done, Changes), done
    return done.report


def queue(county: County, at: datetime | None = None) -> Queued:
    report = performed(county, queue_due(county.store, at))
    assert isinstance(report, Queued)
    return report


def told(county: County, case: int) -> list[tuple[str, str]]:
    return [(message.kind.value, message.state.value) for message in messages_of(county.store, [case])]


def step(county: County, case: int, kind: EventKind, minutes: float = 0, **more: object) -> None:
    performed(county, record_event(county.store, case, kind, time=minutes_ago(minutes), **more))  # type: ignore[arg-type]


def attempt(county: County, message: Message, error: str = "", at: datetime = NOW) -> Attempted:
    report = performed(county, record_attempts(county.store, [Attempt(message.id, at, "file", error)]))
    assert isinstance(report, Attempted)
    return report


def test_what_is_due_is_queued_once(county: County) -> None:
    case = blow(county, 7)
    queue(county, minutes_ago(7))
    assert told(county, case) == [("sms", "waiting")]
    queue(county, minutes_ago(3))
    queue(county)
    assert told(county, case) == [("sms", "waiting"), ("sms_again", "waiting")]
    sms, again = messages_of(county.store, [case])
    assert (sms.body, sms.recipient, sms.phone, sms.arrived, sms.due) == (HOUSING, "周杰", "13800000003", minutes_ago(7), minutes_ago(7))
    assert (sms.deadline, sms.next_try, sms.attempts) == (None, minutes_ago(7), 0)
    assert (again.due, again.next_try) == (minutes_ago(2), NOW)
    assert not county.perform(queue_due(county.store)).ids  # type: ignore[union-attr]


def test_a_long_absence_queues_what_still_holds_and_the_second_sms_not_beside_the_first(county: County) -> None:
    case, picked_up, gone = blow(county, 60 * 80, VILLAGE), blow(county, 60 * 30), blow(county, 300)
    step(county, picked_up, EventKind.PICKED_UP, 60 * 29)
    step(county, gone, EventKind.HANDED_OVER, 200, target=VILLAGE)
    queue(county)
    assert told(county, case) == [("sms", "waiting"), ("sms_again", "cancelled"), ("robot_call", "waiting"), ("overdue", "waiting")]
    assert told(county, picked_up) == [("review", "waiting")], "nobody needs an SMS for what was picked up long ago"
    assert {message.body for message in messages_of(county.store, [gone])} == {VILLAGE}
    leader = next(message for message in messages_of(county.store, [case]) if message.kind == K.OVERDUE)
    assert leader.phone == "13900000001", "the leader is told of an overdue case"


def test_a_pick_up_calls_off_what_was_not_sent_yet(county: County) -> None:
    case = blow(county, 12)
    queue(county, minutes_ago(11))
    (sms,) = messages_of(county.store, [case])
    attempt(county, sms, "refused", minutes_ago(11))
    step(county, case, EventKind.PICKED_UP, 1)
    assert queue(county) == Queued(0, 1, ())
    assert told(county, case) == [("sms", "cancelled")] and not to_send(county.store, NOW)


def test_the_first_message_that_arrives_records_that_the_body_was_told(county: County) -> None:
    case = blow(county, 12)
    queue(county)
    before = county.state.cases
    first, *others = to_send(county.store, NOW)
    assert attempt(county, first).told == (case,)
    events = county.store.events(case)
    assert events["kind"].tolist() == ["blown", "told"] and events["data"].tolist()[1] == {"message": first.kind.value}
    assert (events["body"][1], events["time"][1]) == (HOUSING, np.datetime64("2020-06-01T00:00:00"))
    assert county.state.cases is before and fold_columns(events).state[0] == State.WAITING, "telling is not handling"
    assert others and attempt(county, others[0]).told == ()
    assert told(county, case)[0] == ("sms", "sent")
    step(county, case, EventKind.HANDED_OVER, target=VILLAGE)
    queue(county)
    (sms,) = to_send(county.store, NOW)
    assert sms.body == VILLAGE and attempt(county, sms).told == (case,), "another stay, another telling"
    assert not county.undo() or "told" in county.store.events(case)["kind"].tolist(), "what happened is lasting"


def test_a_case_that_went_on_meanwhile_is_not_said_to_be_told(county: County) -> None:
    case = blow(county, 12)
    queue(county, minutes_ago(12))
    (sms,) = to_send(county.store, NOW)
    step(county, case, EventKind.HANDED_OVER, 5, target=VILLAGE)
    assert attempt(county, sms).told == ()
    assert told(county, case) == [("sms", "sent")] and "told" not in county.store.events(case)["kind"].tolist()
    late = blow(county, 4)
    queue(county, minutes_ago(4))
    (sms,) = [message for message in to_send(county.store, NOW) if message.case == late]
    step(county, late, EventKind.PICKED_UP, 1)
    assert attempt(county, sms, at=minutes_ago(3)).told == (), "events stay in the order of their times"


def test_failures_never_touch_the_case(county: County) -> None:
    case = blow(county, 2)
    queue(county)
    before, time = county.state.cases, minutes_ago(2)
    (sms,) = to_send(county.store, NOW)
    for _ in range(20):
        attempt(county, sms, "no line", time)
    (sms,) = messages_of(county.store, [case])
    assert (sms.state, sms.attempts, sms.error, sms.channel) == (S.GIVEN_UP, 10, "no line", "file")
    assert county.state.cases is before and county.store.events(case)["kind"].tolist() == ["blown"]
    assert not to_send(county.store, NOW) and queue(county) == Queued(0, 0, ())
    performed(county, send_again(county.store, sms.id))
    assert [(message.id, message.attempts) for message in to_send(county.store, NOW)] == [(sms.id, 0)]


def test_failed_messages_wait_longer_and_longer(county: County) -> None:
    blow(county, 2)
    queue(county)
    (sms,) = to_send(county.store, NOW)
    attempt(county, sms, "busy", minutes_ago(2))
    assert not to_send(county.store, minutes_ago(1.1)) and to_send(county.store, minutes_ago(1))
    attempt(county, sms, "busy", minutes_ago(1))
    assert not to_send(county.store, NOW) and to_send(county.store, NOW + timedelta(minutes=1))


def test_who_has_no_phone_is_told_once_he_has_one(county: County) -> None:
    case = blow(county, 2, CENTRE)
    assert queue(county) == Queued(0, 0, (CENTRE,)) and not told(county, case)
    performed(county, edit(RowChange("bodies", update={"id": np.array([CENTRE]), "receiver_phone": objects(["13700000000"])})))
    assert queue(county).queued == 1 and told(county, case) == [("sms", "waiting")]


def test_settings_decide(county: County) -> None:
    case = blow(county, 12)
    performed(county, change_settings(sms_minutes=15, sms_again_minutes=0, robot_call_minutes=12))
    queue(county)
    assert told(county, case) == [("robot_call", "waiting")]
    performed(county, change_settings(robot_call_minutes=30))
    assert queue(county).cancelled == 1, "not due any more"


@pytest.mark.parametrize("chosen", language.LANGUAGES)
def test_texts_never_name_who_reported(county: County, chosen: str) -> None:
    language.use(chosen)
    case = blow(county, 60 * 100, VILLAGE, CaseKind.REPORT)
    queue(county)
    number = county.store.rows("cases", np.array([case]), ["number"])["number"][0]
    for message in messages_of(county.store, [case]):
        assert number in message.text and "永安村" in message.text
        assert "张三" not in message.text and "一组" not in message.text


def test_refusals(county: County) -> None:
    case = blow(county, 2)
    queue(county)
    (sms,) = messages_of(county.store, [case])

    def code(wanted: Edit) -> str:
        refused = county.perform(wanted)
        assert isinstance(refused, Refusal)
        return refused.code

    later = NOW + timedelta(minutes=1)
    assert code(queue_due(county.store, later)) == code(record_attempts(county.store, [Attempt(sms.id, later, "file")])) == "later"
    assert code(record_attempts(county.store, [Attempt(99, NOW, "file")])) == code(send_again(county.store, 99)) == "no_message"
    assert code(send_again(county.store, sms.id)) == "not_open"
    attempt(county, sms, "no line")
    performed(county, edit(RowChange("bodies", update={"id": np.array([HOUSING]), "receiver_phone": objects([""])})))
    assert code(send_again(county.store, sms.id)) == "no_phone"


def garages(county: County) -> int:
    """Tell story A up to the hand-over: housing at 12:20, the village's body for natural resources at 12:34."""
    performed(county, edit(settings_change(fixed_now="2020-05-01T04:44:00+00:00")))
    done = performed(
        county, register_case(county.store, kind=CaseKind.COMPLAIN, category=1, blown=shanghai("2020-05-01T12:20"), body=HOUSING)
    )
    assert isinstance(done, Registered)
    performed(
        county,
        record_event(county.store, done.case, EventKind.HANDED_OVER, time=shanghai("2020-05-01T12:34"), target=VILLAGE),
    )
    return done.case


def test_the_garages(county: County) -> None:
    case = garages(county)
    assert county.state.settings.now() == shanghai("2020-05-01T12:44")
    queue(county)
    assert [(m.kind.value, m.body, m.due) for m in messages_of(county.store, [case]) if m.state == S.WAITING] == [
        ("sms", VILLAGE, shanghai("2020-05-01T12:34")),
        ("robot_call", VILLAGE, shanghai("2020-05-01T12:44")),
    ]
    for message in to_send(county.store, county.state.settings.now()):
        if message.case == case:
            attempt(county, message, at=county.state.settings.now())
    reminders = reminders_of(county.store, county.state, case, county.state.settings.now())
    assert [(one.body, one.kind.value, language.format_time(one.due)[11:], one.sent is not None) for one in reminders] == [
        (HOUSING, "sms", "12:20", False),
        (HOUSING, "sms_again", "12:25", False),
        (HOUSING, "robot_call", "12:30", False),
        (VILLAGE, "sms", "12:34", True),
        (VILLAGE, "sms_again", "12:39", False),
        (VILLAGE, "robot_call", "12:44", True),
    ]
    until = shanghai("2020-05-01T12:43")
    assert len(reminders_of(county.store, county.state, case, until)) == 5


def test_columns_and_events_say_the_same_of_a_whole_county(county: County) -> None:
    for minutes in (2, 7, 60, 60 * 30, 60 * 100):
        case = blow(county, minutes, VILLAGE)
        if minutes > 50:
            step(county, case, EventKind.PICKED_UP, minutes / 2)
    found = duties_of_county(county.store, county.state)
    fired = due_between(found, NOW - timedelta(days=9), NOW + timedelta(seconds=1))
    holds = fired.take(np.isnat(fired.called_off))
    now = due_now(county.state, NOW)
    recent = now.take(now.case > 30)  # the sample's own whistles have columns that no events made
    assert len(recent) == 5
    for name in ("case", "body", "arrived", "kind", "due"):
        assert getattr(recent, name).tolist() == getattr(holds.take(holds.case > 30), name).tolist()


def test_bodies_that_support_a_joint_meeting_are_told_at_once_like_its_lead(county: County) -> None:
    case = blow(county, 30, CENTRE)
    step(county, case, EventKind.MEETING, 2, target=HOUSING, data={"supporting": [VILLAGE, CENTRE]})
    queue(county)
    found = messages_of(county.store, [case])
    assert [(m.kind.value, m.body, m.state, m.due) for m in found] == [
        ("sms", HOUSING, S.WAITING, minutes_ago(2)),
        ("invited", VILLAGE, S.WAITING, minutes_ago(2)),
    ], "the centre has no phone, and nobody who supports has a clock of his own"
    notice = found[1]
    assert (notice.phone, county.state.bodies[HOUSING].name in notice.text, "张三" in notice.text) == ("13800000001", True, False)
    assert len({message.key for message in found}) == 2
    step(county, case, EventKind.PICKED_UP, 1)
    assert queue(county).queued == 0, "a notice goes out once, also where the lead was quicker"
    assert told(county, case) == [("sms", "cancelled"), ("invited", "waiting")]
    attempt(county, notice)
    assert [event for event in county.store.events(case)["kind"].tolist() if event == "told"] == [], "only the lead is asked to pick up"
    assert [(one.kind, one.body, one.sent) for one in reminders_of(county.store, county.state, case, NOW)][-1] == (K.INVITED, VILLAGE, NOW)


def test_notices_of_a_meeting_are_called_off_where_the_case_is_over(county: County) -> None:
    case = blow(county, 30, CENTRE)
    step(county, case, EventKind.MEETING, 2, target=HOUSING, data={"supporting": [VILLAGE]})
    queue(county)
    step(county, case, EventKind.PICKED_UP, 1)
    step(county, case, EventKind.HANDED_OVER, 0.5, target=CENTRE)
    queue(county)
    assert dict(told(county, case))["invited"] == "cancelled"


STEPS = ("blow", "pick_up", "pick_up", "hand_over", "promise", "suspend", "resume", "done", "reopen", *["round"] * 8)
KIND_OF = {
    "pick_up": EventKind.PICKED_UP,
    "hand_over": EventKind.HANDED_OVER,
    "promise": EventKind.PROMISED,
    "suspend": EventKind.SUSPENDED,
    "resume": EventKind.RESUMED,
    "done": EventKind.DONE,
    "reopen": EventKind.REOPENED,
}


some_walk = st.lists(
    st.tuples(st.sampled_from(STEPS), st.sampled_from([0, 3, 6, 60, 1500, 4000]), st.integers(0, 1)), min_size=10, max_size=30
)


@settings(max_examples=25)
@given(some_walk, st.randoms())
def test_whatever_happens_each_duty_is_told_once_and_only_while_it_holds(walk: list[tuple[str, int, int]], random: Random) -> None:
    """Let cases live through weeks while an unreliable channel is tried now and then."""
    clock = NOW - timedelta(days=60)
    with tempfile.TemporaryDirectory() as folder:
        county = with_phones(Path(folder) / "county.gpkg")
        store, cases = county.store, []
        try:
            for what, minutes, chosen in [("blow", 0, 0), ("blow", 1, 1), *walk]:
                clock += timedelta(minutes=minutes)
                if what == "blow":
                    done = county.perform(register_case(store, kind=CaseKind.HELP, blown=clock, body=(VILLAGE, HOUSING)[chosen]))
                    cases.append(done.report.case)  # type: ignore[union-attr]
                elif what == "round":
                    queue(county, clock)
                    tried = [Attempt(one.id, clock, "file", random.choice(["", "no line"])) for one in to_send(store, clock)]
                    before = county.state.cases
                    performed(county, record_attempts(store, tried))
                    assert county.state.cases is before
                elif cases:
                    until = clock + timedelta(hours=30)
                    case = cases[chosen % len(cases)]
                    county.perform(
                        record_event(store, case, KIND_OF[what], time=clock, target=(VILLAGE, HOUSING)[chosen], note="why", deadline=until)
                    )  # refused where the step is not open
            messages = messages_of(store, cases)
            assert len({message.key for message in messages}) == len(messages)
            duties = duties_of_county(store, county.state)
            for message in messages:
                same = (duties.case == message.case) & (duties.body == message.body) & (duties.arrived == utc64(message.arrived))
                own = duties.take(same & (duties.kind == KINDS.index(message.kind)) & duties.fires)
                assert len(own) and own.due.min() <= utc64(clock)
                if message.sent is not None:
                    sent = utc64(message.sent)
                    assert ((own.due <= sent) & (np.isnat(own.called_off) | (sent <= own.called_off))).any()
            for case in cases:
                events = store.events(case)
                assert fold_columns(events).state[0] == county.state.cases.state[np.searchsorted(county.state.cases.id, case)]
                stays = np.cumsum(np.isin(events["kind"], ("blown", "handed_over", "reopened")))
                told_in = stays[events["kind"] == "told"]
                assert len(told_in) == len(set(told_in.tolist())), "a body is told once a stay"
                assert not not_allowed(events).any()
        finally:
            county.close()
