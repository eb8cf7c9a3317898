"""One round of the outbox: queue what is due, send it, record what came of it. A channel that fails holds up no case."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gis_app.cases.outbox import PENDING, Message, MessageState
from gis_app.channels.channel import Channel, ChannelError
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.outbox_edits import Attempt, Attempted, Queued, messages_in, queue_due, record_attempts, to_send
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import Message as Text
from gis_app.language import msg
from gis_app.progress import Progress, Steps

BATCH = 20
"""So many messages are sent before it is recorded, and before it is looked whether the next ones are still needed."""

PATIENCE = 3
"""After so many failures running the channel is left alone until the next round."""

_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did: counts of messages; `left`: how many are still to go out, now or later; `trouble`: why it ended early."""

    queued: int = 0
    cancelled: int = 0
    sent: int = 0
    failed: int = 0
    given_up: int = 0
    left: int = 0
    unreachable: tuple[int, ...] = ()
    trouble: Text | None = None


class Outgoing(Protocol):
    """What a round needs of a county: it may be the county itself, or whoever performs edits for it one after the other."""

    @property
    def state(self) -> CountyState:
        """Return the county as it stands."""

    @property
    def store(self) -> CountyStore:
        """Return its storage."""

    def perform(self, edit: Edit) -> Changes | Refusal:
        """Perform an edit at one go."""


def delivering(county: Outgoing, channel: Channel | None, at: datetime | None = None) -> Steps[Round]:
    """Queue what has fallen due up to `at` (the county's now by default) and send it by `channel`; with none, messages wait.

    To be run in a thread of its own: sending takes its time. Stopping it records what was sent by then. `ChannelError` where a demo
    county's messages would leave this machine; `UserError` where what was sent could not be recorded.
    """
    if channel is not None and channel.leaves_machine and county.state.settings.fixed_now:
        raise ChannelError(
            msg("The phone numbers of a demo county are invented and may be somebody's: its messages go to a file, or to this machine.")
        )
    clock: Callable[[], datetime] = (lambda: at) if at is not None else county.state.settings.now
    counts = dict.fromkeys(("queued", "cancelled", "sent", "failed", "given_up"), 0)
    unreachable: tuple[int, ...] = ()
    trouble: Text | None = None
    total, running = 0, 0
    while True:
        yield Progress(0.0, msg("Looking what has fallen due"))
        queued = _performed(county, queue_due(county.store, at)).report
        assert isinstance(queued, Queued)
        counts["queued"] += queued.queued
        counts["cancelled"] += queued.cancelled
        unreachable = queued.unreachable
        batch = to_send(county.store, clock()) if channel is not None else ()
        total = max(total, len(batch))
        if channel is None or not batch or trouble is not None:
            break
        attempts: list[Attempt] = []
        try:
            for message in batch[:BATCH]:
                yield Progress(1 - len(batch) / (total + 1), msg("Sending messages"))
                error = _error(channel, message)
                attempts.append(Attempt(message.id, clock(), channel.name, str(error) if error else ""))
                running = running + 1 if error else 0
                if error and running >= PATIENCE:
                    trouble = error
                    break
        finally:
            if attempts:
                _count(counts, _performed(county, record_attempts(county.store, attempts)).report)
    left = len(messages_in(county.store, PENDING))
    return Round(**counts, left=left, unreachable=unreachable, trouble=trouble)


def _error(channel: Channel, message: Message) -> Text | None:
    """Send one message; return why that failed, None where it did not."""
    try:
        channel.send(message)
    except ChannelError as error:
        return error.message
    return None


def _count(counts: dict[str, int], report: object) -> None:
    assert isinstance(report, Attempted)
    states = [message.state for message in report.messages]
    for state in (MessageState.SENT, MessageState.FAILED, MessageState.GIVEN_UP):
        counts[state.value] += states.count(state)


def _performed(county: Outgoing, edit: Edit) -> Changes:
    """Perform an edit of the outbox, waiting while another edit is being made."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        result = county.perform(edit)
        if isinstance(result, Changes):
            return result
        if not _is_busy(result) or time.monotonic() > until:
            raise ChannelError(result.reason)
        time.sleep(0.05)


def _is_busy(refusal: Refusal) -> bool:
    return refusal.code == "busy"
