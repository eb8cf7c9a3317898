"""Messages: one a stay and kind, tried again after longer and longer pauses, and silent about who blew the whistle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gis_app import language
from gis_app.cases.bodies import Body, BodyKind
from gis_app.cases.case import CaseKind
from gis_app.cases.outbox import (
    ATTEMPTS,
    Message,
    MessageState,
    about,
    addressee,
    delivered,
    failed,
    message_state_text,
    pause,
    wording,
)
from gis_app.cases.schedule import ReminderKind

NOW = datetime(2020, 5, 1, 4, 34, tzinfo=UTC)
SMS = Message(1, 7, ReminderKind.SMS, 3, NOW, None, NOW, "周杰", "13800000000", "text", next_try=NOW)
LAND = Body(3, BodyKind.DEPARTMENT, "自然资源局", receiver="周杰", receiver_phone="138", leader="孙丽", leader_phone=" 139 ")


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause(attempts) // timedelta(minutes=1) for attempts in (1, 2, 3, 4, 6, 7, 8, 100)] == [1, 2, 4, 8, 32, 60, 60, 60]


def test_a_message_that_fails_is_tried_again_and_given_up_in_the_end() -> None:
    message, time = SMS, NOW
    for attempt in range(1, ATTEMPTS):
        message = failed(message, time, "webhook", "refused")
        assert (message.state, message.attempts, message.error) == (MessageState.FAILED, attempt, "refused")
        assert message.next_try == time + pause(attempt)
        time = message.next_try
    message = failed(message, time, "webhook", "refused")
    assert (message.state, message.next_try, message.attempts) == (MessageState.GIVEN_UP, None, ATTEMPTS)
    assert timedelta(hours=4) < time - NOW < timedelta(hours=5)
    assert failed(message, time, "webhook", "refused") is message


def test_what_was_delivered_stays_delivered() -> None:
    sent = delivered(failed(SMS, NOW, "file", "full"), NOW, "file")
    assert (sent.state, sent.sent, sent.attempts, sent.error, sent.channel) == (MessageState.SENT, NOW, 2, "", "file")
    assert delivered(sent, NOW + timedelta(hours=1), "webhook") is sent and failed(sent, NOW, "webhook", "late") is sent
    cancelled = replace(SMS, state=MessageState.CANCELLED)
    assert failed(cancelled, NOW, "file", "full") is cancelled
    assert delivered(cancelled, NOW, "file").state == MessageState.SENT, "it went out before it was called off: that is the truth"


def test_a_key_names_one_message() -> None:
    assert SMS.key == "7-sms-20200501T043400Z"
    other = replace(SMS, kind=ReminderKind.OVERDUE, deadline=NOW + timedelta(days=1))
    assert other.key == "7-overdue-20200501T043400Z-20200502T043400Z"


def test_leaders_are_told_what_is_theirs() -> None:
    assert addressee(ReminderKind.SMS, LAND) == addressee(ReminderKind.DUE_SOON, LAND) == ("周杰", "138")
    assert addressee(ReminderKind.REVIEW, LAND) == addressee(ReminderKind.OVERDUE, LAND) == ("孙丽", "139")
    assert addressee(ReminderKind.OVERDUE, replace(LAND, leader_phone=" ")) == ("周杰", "138")
    assert addressee(ReminderKind.ROBOT_CALL, replace(LAND, receiver_phone="")) == ("孙丽", "139")
    assert addressee(ReminderKind.SMS, replace(LAND, receiver_phone="", leader_phone="")) == ("", "")


def test_a_report_of_wrongdoing_does_not_say_where() -> None:
    assert str(about(CaseKind.COMPLAIN, "Illegal building", "东风社区")) == "Complaint, Illegal building, 东风社区"
    assert str(about(CaseKind.REPORT, "Illegal building", "东风社区")) == "Report of wrongdoing, Illegal building"
    assert str(about(CaseKind.HELP, "", "")) == "Request for help"


@pytest.mark.parametrize("kind", list(ReminderKind))
def test_every_kind_is_worded_in_both_languages(kind: ReminderKind) -> None:
    what = about(CaseKind.COMPLAIN, "违法建设", "东风社区")
    text = wording(kind, body="自然资源局", number="20200501-007", what=what, arrived=NOW, picked_up=NOW, falls_due=NOW)
    for chosen in language.LANGUAGES:
        language.use(chosen)
        words = str(text)
        assert all(part in words for part in ("自然资源局", "20200501-007", "违法建设", "2020-05-01 12:34"))
        assert ("请" in words or "，" in words) == (chosen == "zh_CN")


@pytest.mark.parametrize("state", list(MessageState))
def test_every_state_has_a_word(state: MessageState) -> None:
    assert str(message_state_text(state))
