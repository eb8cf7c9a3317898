"""A round of the outbox on a real county and a real server: what fails is tried again, and no case waits for it."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from gis_app.cases.case import CaseKind, EventKind
from gis_app.cases.outbox import Message, MessageState
from gis_app.channels import delivery
from gis_app.channels.channel import ChannelError
from gis_app.channels.delivery import Round, delivering
from gis_app.channels.file import FileChannel
from gis_app.channels.webhook import WebhookChannel, is_genuine
from gis_app.county.case_edits import Registered, record_event, register_case
from gis_app.county.changes import Changes, Edit, Outcome, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.outbox_edits import messages_of
from gis_app.county.state import CountyState
from gis_app.language import msg
from gis_app.progress import Progress, Steps, finish
from tests.channels.server import listening
from tests.county.samples import edit, make

NOW = datetime(2020, 6, 1, tzinfo=UTC)
SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """Open the sample county; its old whistle is closed, and everybody has a phone."""
    made = make(tmp_path / "county.gpkg")
    over = RowChange("cases", update={"id": np.array([10]), "state": np.array([12])})
    ids = np.arange(1, 5)
    phones = objects([f"1380000000{i}" for i in ids])
    made.perform(edit(RowChange("bodies", update={"id": ids, "receiver_phone": phones, "leader_phone": phones}), over))
    yield made
    made.close()


def blow(county: County, minutes: float = 0, body: int = 3) -> int:
    done = county.perform(register_case(county.store, kind=CaseKind.HELP, blown=NOW - timedelta(minutes=minutes), body=body))
    assert isinstance(done, Changes) and isinstance(done.report, Registered)
    return done.report.case


def states(county: County, case: int) -> list[str]:
    return [message.state.value for message in messages_of(county.store, [case])]


class Refusing:
    """A channel that fails, but for some messages."""

    name, leaves_machine = "refusing", False

    def __init__(self, *taken: int) -> None:
        self.taken, self.asked = taken, [0][:0]

    def send(self, message: Message) -> None:
        self.asked.append(message.case)
        if message.case not in self.taken:
            raise ChannelError(msg("no line"))


def test_messages_reach_the_server_and_the_case_is_told(county: County) -> None:
    case = blow(county, 11)
    with listening(200) as server:
        done = finish(delivering(county, WebhookChannel(server.address, SECRET)))
        assert done == Round(queued=3, cancelled=0, sent=2)
        assert finish(delivering(county, WebhookChannel(server.address, SECRET))) == Round()
    assert [json.loads(body)["kind"] for _, _, body in server.requests] == ["sms", "robot_call"]
    assert states(county, case) == ["sent", "cancelled", "sent"], "the second SMS would have come together with the first"
    assert county.store.events(case)["kind"].tolist() == ["blown", "told"]
    assert all(is_genuine(SECRET, headers, body, NOW.timestamp()) is False for _, headers, body in server.requests), "signed today"


def test_an_error_of_the_server_is_tried_again_later(county: County) -> None:
    case = blow(county, 5, body=1)
    with listening(500, 200) as server:
        channel = WebhookChannel(server.address, SECRET)
        early = finish(delivering(county, channel, NOW - timedelta(minutes=4)))
        assert (early.failed, early.sent, early.left, early.trouble) == (1, 0, 1, None)
        assert states(county, case) == ["failed"] and county.store.events(case)["kind"].tolist() == ["blown"]
        assert finish(delivering(county, channel, NOW - timedelta(minutes=3, seconds=1))).sent == 0, "the minute is not over"
        assert finish(delivering(county, channel, NOW - timedelta(minutes=3))).sent == 1
    keys = [json.loads(body)["key"] for _, _, body in server.requests]
    assert len(keys) == 2 and len(set(keys)) == 1, "the other end knows it again"
    assert states(county, case) == ["sent"] and county.store.events(case)["kind"].tolist() == ["blown", "told"]


def test_a_channel_that_is_down_is_left_alone_and_no_case_waits(county: County) -> None:
    cases = [blow(county) for _ in range(7)]
    channel = Refusing()
    done = finish(delivering(county, channel))
    assert (done.queued, done.failed, done.left) == (7, 3, 7) and str(done.trouble) == "no line"
    assert channel.asked == cases[:3]
    done = finish(delivering(county, channel))
    assert channel.asked == cases[:6], "those that failed wait; the others have their turn"
    assert isinstance(county.perform(record_event(county.store, cases[0], EventKind.PICKED_UP)), Changes)
    assert finish(delivering(county, channel)).cancelled == 1


def test_one_bad_message_does_not_stop_the_others(county: County) -> None:
    cases = [blow(county) for _ in range(30)]
    bad = cases[::4]
    done = finish(delivering(county, Refusing(*(set(cases) - set(bad)))))
    assert (done.queued, done.sent, done.failed, done.trouble) == (30, 22, 8, None)
    assert [states(county, case)[0] for case in cases[:5]] == ["failed", "sent", "sent", "sent", "failed"]


def test_without_a_channel_messages_wait(county: County) -> None:
    case = blow(county)
    assert finish(delivering(county, None)) == Round(queued=1, left=1)
    assert states(county, case) == ["waiting"]


def test_a_case_that_is_picked_up_while_others_are_sent_gets_no_message(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 1)
    first, second = blow(county, 2), blow(county, 1)

    class PicksUp(Refusing):
        def send(self, message: Message) -> None:
            super().send(message)
            county.perform(record_event(county.store, second, EventKind.PICKED_UP))

    channel = PicksUp(first, second)
    finish(delivering(county, channel))
    assert channel.asked == [first] and states(county, second) == ["cancelled"]


def test_stopping_records_what_was_sent(county: County) -> None:
    cases = [blow(county) for _ in range(3)]
    channel = Refusing(*cases)
    steps = delivering(county, channel)
    while len(channel.asked) < 2:
        next(steps)
    steps.close()
    assert [states(county, case)[0] for case in cases] == ["sent", "sent", "waiting"]


def test_an_edit_under_way_is_waited_for(county: County) -> None:
    case, sending, made = blow(county), threading.Event(), threading.Event()

    def plan(_: CountyState) -> Steps[Outcome]:
        sending.wait(20)
        yield Progress(0.5, msg("Saving"))
        made.wait(0.2)
        return Outcome(())

    other = threading.Thread(target=lambda: county.perform(Edit(msg("Save"), plan)))  # type: ignore[arg-type]

    class Meanwhile(Refusing):
        def send(self, message: Message) -> None:
            super().send(message)
            other.start()
            while not county._doing:
                made.wait(0.005)
            sending.set()

    assert finish(delivering(county, Meanwhile(case))).sent == 1
    other.join()
    assert states(county, case) == ["sent"]


def test_a_demo_county_calls_nobody(county: County, tmp_path: Path) -> None:
    case = blow(county)
    with pytest.raises(ChannelError, match="phone numbers of a demo county"):
        finish(delivering(county, WebhookChannel("https://sms.example.org/send", SECRET)))
    assert states(county, case) == []
    assert finish(delivering(county, FileChannel(tmp_path / "out.jsonl"))).sent == 1


def test_a_time_that_has_not_come_is_refused(county: County) -> None:
    with pytest.raises(ChannelError, match="has come"):
        finish(delivering(county, None, NOW + timedelta(minutes=1)))


def test_given_up_in_the_end(county: County) -> None:
    case, channel = blow(county, 600, body=1), Refusing()
    time, rounds = NOW - timedelta(minutes=600), 0
    while MessageState.GIVEN_UP.value not in states(county, case) and rounds < 20:
        done = finish(delivering(county, channel, time))
        sms = messages_of(county.store, [case])[0]
        time, rounds = sms.next_try or time, rounds + 1
    assert (rounds, done.given_up, sms.attempts, sms.error) == (10, 1, 10, "no line")
