"""Messages of the outbox as rows of the table `messages`, and back."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.outbox import Message, MessageState
from gis_app.cases.schedule import ReminderKind
from gis_app.cases.times import from_utc64, utc64
from gis_app.county.changes import Columns
from gis_app.county.content import objects


def instant(value: np.datetime64) -> datetime:
    """Return a time of the table, aware; one that is not known is before all others."""
    return from_utc64(value) or datetime.min.replace(tzinfo=UTC)


def _times(values: Sequence[datetime | None]) -> NDArray[np.datetime64]:
    return np.array([np.datetime64("NaT", "s") if value is None else utc64(value) for value in values], "datetime64[s]")


def messages_from(rows: Columns) -> tuple[Message, ...]:
    """Return rows of the table `messages`."""
    return tuple(
        Message(
            id=int(rows["id"][i]),
            case=int(rows["case_id"][i]),
            kind=ReminderKind(str(rows["kind"][i])),
            body=int(rows["body"][i]),
            arrived=instant(rows["arrived"][i]),
            deadline=from_utc64(rows["deadline"][i]),
            due=instant(rows["due"][i]),
            recipient=str(rows["recipient"][i]),
            phone=str(rows["phone"][i]),
            text=str(rows["text"][i]),
            channel=str(rows["channel"][i]),
            state=MessageState(str(rows["state"][i])),
            attempts=int(rows["attempts"][i]),
            next_try=from_utc64(rows["next_try"][i]),
            sent=from_utc64(rows["sent"][i]),
            error=str(rows["error"][i]),
        )
        for i in range(len(rows["id"]))
    )


def progress_columns(messages: Sequence[Message]) -> dict[str, NDArray[np.generic]]:
    """Return what changes while a message is on its way."""
    return {
        "channel": objects([message.channel for message in messages]),
        "state": objects([message.state.value for message in messages]),
        "attempts": np.array([message.attempts for message in messages], np.int64),
        "next_try": _times([message.next_try for message in messages]),
        "sent": _times([message.sent for message in messages]),
        "error": objects([message.error for message in messages]),
    }


def message_rows(messages: Sequence[Message]) -> Columns:
    """Return new messages as rows; the store gives them their ids."""
    return {
        "id": np.zeros(len(messages), np.int64),
        "case_id": np.array([message.case for message in messages], np.int64),
        "kind": objects([message.kind.value for message in messages]),
        "body": np.array([message.body for message in messages], np.int64),
        "arrived": _times([message.arrived for message in messages]),
        "deadline": _times([message.deadline for message in messages]),
        "due": _times([message.due for message in messages]),
        "recipient": objects([message.recipient for message in messages]),
        "phone": objects([message.phone for message in messages]),
        "text": objects([message.text for message in messages]),
        **progress_columns(messages),
    }
