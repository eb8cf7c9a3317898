"""What a channel is: it takes one message out of the program, or says why it cannot."""

from datetime import UTC, datetime
from typing import Protocol

from gis_app.cases.outbox import Message
from gis_app.errors import UserError


class ChannelError(UserError):
    """A message could not be taken out, or a channel is set up wrongly: says what happened and what to do."""


class Channel(Protocol):
    """A way out for messages."""

    @property
    def name(self) -> str:
        """Return what messages say they went by."""

    @property
    def leaves_machine(self) -> bool:
        """Tell whether messages go to another machine: those of a demo county, whose phones are invented, must not."""

    def send(self, message: Message) -> None:
        """Take one message out; `ChannelError` where that fails or is not confirmed. Takes seconds at most."""


def content_of(message: Message) -> dict[str, object]:
    """Return what the other end is told, as plain JSON values: times as ISO 8601 in UTC.

    `key` names the message for good: whoever has seen it already need not act again. Nothing in it says who blew the whistle.
    """
    return {
        "key": message.key,
        "kind": message.kind.value,
        "case": message.case,
        "body": message.body,
        "recipient": message.recipient,
        "phone": message.phone,
        "text": message.text,
        "arrived": _iso(message.arrived),
        "due": _iso(message.due),
        "deadline": _iso(message.deadline) if message.deadline else None,
        "attempt": message.attempts + 1,
    }


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
