"""The outbox: what bodies are, or are to be, told about their cases. A message lives apart from its case and never changes its state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from gis_app.cases.bodies import Body
from gis_app.cases.case import CaseKind
from gis_app.cases.display import kind_text
from gis_app.cases.schedule import ReminderKind
from gis_app.language import Listing, format_time, msg
from gis_app.language import Message as Text

ATTEMPTS = 10
"""So often is a message tried before it is given up: over some four hours, see `pause`."""

LONGEST_PAUSE = timedelta(hours=1)


class MessageState(StrEnum):
    """How far a message is: to be sent, delivered, failed and to be tried again, given up, or called off before it was sent."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


PENDING = (MessageState.WAITING, MessageState.FAILED)
"""The states of messages that are still to go out."""

_STATES: Mapping[MessageState, Text] = {
    MessageState.WAITING: msg("To be sent"),
    MessageState.SENT: msg("Sent"),
    MessageState.FAILED: msg("Failed, will be tried again"),
    MessageState.GIVEN_UP: msg("Given up"),
    MessageState.CANCELLED: msg("Called off"),
}


def message_state_text(state: MessageState | str) -> Text:
    """Return the word for how far a message is."""
    return _STATES[MessageState(state)]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a row of the table `messages`. Times are aware, in UTC.

    `arrived`: when the case reached `body`: which of its stays it is about; `deadline`: which promised deadline or end of a suspension,
    None for none. `due`: when the duty fell due; `next_try`: when it may be sent (again); `sent`: when it was delivered. `channel` sent it,
    or failed to; `error`: why the last attempt failed.
    """

    id: int
    case: int
    kind: ReminderKind
    body: int
    arrived: datetime
    deadline: datetime | None
    due: datetime
    recipient: str
    phone: str
    text: str
    channel: str = ""
    state: MessageState = MessageState.WAITING
    attempts: int = 0
    next_try: datetime | None = None
    sent: datetime | None = None
    error: str = ""

    @property
    def key(self) -> str:
        """Return what names the message for good, also to the other end.

        There is one a case, stay, kind and deadline; of a notice of a joint meeting one a supporting body.
        """
        parts = [str(self.case), self.kind.value, f"{self.arrived:%Y%m%dT%H%M%SZ}"]
        if self.kind == ReminderKind.INVITED:
            parts.append(str(self.body))
        return "-".join([*parts, f"{self.deadline:%Y%m%dT%H%M%SZ}"] if self.deadline else parts)


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1, 2, 4, 8 … minutes, an hour at most."""
    return min(timedelta(minutes=2 ** min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)


def delivered(message: Message, time: datetime, channel: str) -> Message:
    """Return a message that was delivered at `time`, whatever had become of it meanwhile."""
    if message.state == MessageState.SENT:
        return message
    return replace(message, state=MessageState.SENT, channel=channel, attempts=message.attempts + 1, next_try=None, sent=time, error="")


def failed(message: Message, time: datetime, channel: str, error: str) -> Message:
    """Return a message that could not be delivered at `time`: it is tried again after a pause, and given up in the end.

    One that was called off, given up or delivered meanwhile stays so.
    """
    if message.state not in PENDING:
        return message
    attempts = message.attempts + 1
    over = attempts >= ATTEMPTS
    return replace(
        message,
        state=MessageState.GIVEN_UP if over else MessageState.FAILED,
        channel=channel,
        attempts=attempts,
        next_try=None if over else time + pause(attempts),
        error=error,
    )


_TO_LEADER = frozenset({ReminderKind.REVIEW, ReminderKind.OVERDUE})


def addressee(kind: ReminderKind, body: Body) -> tuple[str, str]:
    """Return name and phone of whom a reminder goes to: the leader for a review and an overdue case, else the receiver.

    Where that one has no phone, the other one is told; both empty where neither has.
    """
    receiver, leader = (body.receiver, body.receiver_phone.strip()), (body.leader, body.leader_phone.strip())
    first, second = (leader, receiver) if kind in _TO_LEADER else (receiver, leader)
    return first if first[1] else second if second[1] else ("", "")


def about(kind: CaseKind | int, category: str, place: str) -> Listing:
    """Return in a few words what a case is about: its kind, its category, and the village or community that it lies in.

    Never who blew the whistle, nor what they wrote; of a report of wrongdoing not even the place, which may betray them.
    """
    parts = [category, "" if kind == CaseKind.REPORT else place]
    return Listing((kind_text(kind), *(part for part in parts if part)))


def wording(
    kind: ReminderKind,
    *,
    body: str,
    number: str,
    what: Listing,
    arrived: datetime,
    picked_up: datetime | None = None,
    falls_due: datetime | None = None,
    lead: str = "",
) -> Text:
    """Return the text of a message about a whistle called `number`; `what` as `about` says it, `lead` leads the joint meeting."""
    since, taken, due = (format_time(time) if time else "–" for time in (arrived, picked_up, falls_due))
    match kind:
        case ReminderKind.SMS:
            return msg(
                "{body}: whistle {number} ({what}) reached you at {time}. Please pick it up.",
                body=body,
                number=number,
                what=what,
                time=since,
            )
        case ReminderKind.SMS_AGAIN:
            return msg(
                "{body}: whistle {number} ({what}) has been with you since {time} and is not picked up yet. Please pick it up.",
                body=body,
                number=number,
                what=what,
                time=since,
            )
        case ReminderKind.ROBOT_CALL:
            return msg(
                "This is an automatic call to {body}. Whistle {number} ({what}) reached you at {time} and is still not picked up. "
                "Please pick it up now.",
                body=body,
                number=number,
                what=what,
                time=since,
            )
        case ReminderKind.REVIEW:
            return msg(
                "{body}: whistle {number} ({what}) was picked up at {time} and waits for the leader's review.",
                body=body,
                number=number,
                what=what,
                time=taken,
            )
        case ReminderKind.DUE_SOON:
            return msg("{body}: whistle {number} ({what}) is due at {time}.", body=body, number=number, what=what, time=due)
        case ReminderKind.OVERDUE:
            return msg(
                "{body}: whistle {number} ({what}) was due at {time} and is overdue. The leader is asked to see to it.",
                body=body,
                number=number,
                what=what,
                time=due,
            )
        case ReminderKind.INVITED:
            return msg(
                "{body}: at {time} a joint meeting was called about whistle {number} ({what}). "
                "{lead} has the lead; you are asked to support it.",
                body=body,
                number=number,
                what=what,
                time=since,
                lead=lead,
            )
