"""The outbox of a county: queue what has fallen due, record what was delivered and what failed. Lasting; no case changes its state.

Whoever delivers (`channels.delivery`) asks for `to_send`, sends outside of any edit, and records with `record_attempts` what came of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases import outbox
from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.display import category_name, is_open
from gis_app.cases.life_cycle import fold, objection
from gis_app.cases.outbox import PENDING, Message, MessageState
from gis_app.cases.schedule import KINDS, Delays, Duties, Hours, ReminderKind, duties, standing
from gis_app.cases.times import from_utc64, utc64
from gis_app.cases.transitions import TRANSITIONS
from gis_app.county.case_edits import event_columns, events_of
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.limits import hours_of
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState, Settings
from gis_app.grid.units import Level
from gis_app.language import Listing, msg
from gis_app.progress import Progress, Steps


def delays_of(settings: Settings) -> Delays:
    """Return how long after what each reminder is due in a county."""
    return Delays(settings.sms_minutes, settings.sms_again_minutes, settings.robot_call_minutes, settings.review_hours, settings.soon_hours)


def duties_of_county(store: CountyStore, state: CountyState) -> Duties:
    """Return what was, is and will be due for all cases of a county, as far as their events tell (reads all of them)."""
    columns = store.rows("events", None, ["case_id", "kind", "time", "target", "deadline"])
    return duties(columns, delays_of(state.settings), _hours(state))


def _hours(state: CountyState) -> Hours:
    return Hours(state.cases.id, hours_of(state), state.settings.overdue_hours)


def due_now(state: CountyState, now: datetime) -> Duties:
    """Return what has fallen due by `now` and still holds, without reading anything."""
    return standing(state.cases, delays_of(state.settings), hours_of(state), now)


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of one case that fired: the body, when the case reached it, when it was due; `message` where there is one."""

    kind: ReminderKind
    body: int
    arrived: datetime
    due: datetime
    message: Message | None

    @property
    def sent(self) -> datetime | None:
        """Return when it was delivered, None where it was not."""
        return self.message.sent if self.message else None


def reminders_of(store: CountyStore, state: CountyState, case: int, until: datetime) -> tuple[Reminder, ...]:
    """Return the reminders of a case that fired up to `until`, whether or not a message went out, in the order in which they were due."""
    found = duties(store.events(case), delays_of(state.settings), _hours(state))
    found = found.take(found.fires & (found.due <= utc64(until)))
    messages = messages_of(store, [case])
    known = {_key(message): message for message in messages}
    reminders = [
        Reminder(KINDS[key[1]], body, _utc(arrived), _utc(due), known.get(key))
        for key, body, arrived, due in zip(_keys(found), found.body.tolist(), found.arrived, found.due, strict=True)
    ]
    invited = (one for one in messages if one.kind == ReminderKind.INVITED and one.due <= until)
    reminders += [Reminder(one.kind, one.body, one.arrived, one.due, one) for one in invited]
    return tuple(sorted(reminders, key=lambda one: one.due))


def messages_of(store: CountyStore, cases: Iterable[int]) -> tuple[Message, ...]:
    """Return the messages about some cases, oldest first."""
    return _messages(store.rows_by("messages", "case_id", [int(case) for case in cases]))


def messages_in(store: CountyStore, states: Iterable[MessageState]) -> tuple[Message, ...]:
    """Return the messages of some states, oldest first."""
    return _messages(store.rows_by("messages", "state", [state.value for state in states]))


def to_send(store: CountyStore, now: datetime) -> tuple[Message, ...]:
    """Return the messages that may go out at `now`, the longest due first."""
    found = (message for message in messages_in(store, PENDING) if message.next_try is None or message.next_try <= now)
    return tuple(sorted(found, key=lambda message: (message.due, message.id)))


# ------------------------------------------------------------------ queueing


@dataclass(frozen=True, slots=True)
class Queued:
    """What became due: how many messages were queued and called off, and the bodies that cannot be told since nobody there has a phone."""

    queued: int
    cancelled: int
    unreachable: tuple[int, ...]


def queue_due(store: CountyStore, now: datetime | None = None) -> Edit:
    """Queue a message for all that has fallen due up to `now` and still holds, and call off those that nobody needs any more.

    However long nobody asked: what was missed and still holds is queued, once. What was called off meanwhile (picked up, handed over) is
    not: nobody needs to hear of it; `cases.schedule.replay` tells what should have gone out. A second SMS that would go out together with
    the first is called off at once. Bodies that support the lead of a joint meeting are told
    once. Who has no phone is told later, once he has one. Report: `Queued`. Refusal "later".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.2, msg("Looking what has fallen due"))
        clock = state.settings.now()
        at = now or clock
        if at > clock:
            return Refusal("later", msg("What will fall due is not sent yet; choose a time that has come."))
        found = due_now(state, at)
        keys = _keys(found)
        reachable = {body for body in set(found.body.tolist()) if any(_phones(state, body))}
        known = {_key(message): message for message in messages_of(store, sorted(set(found.case.tolist())))}
        yield Progress(0.6, msg("Writing messages"))
        new = [row for row, key in enumerate(keys) if key not in known and int(found.body[row]) in reachable]
        written = tuple(_together(_written(store, state, found.take(np.array(new, np.int64)), at)))
        invitations = _invitations(store, state, at)
        written += tuple(_notices(store, state, invitations, at))
        still = {*keys, *(_key_of(*one) for one in invitations)}
        off = [message for message in messages_in(store, PENDING) if message.due <= at and _key(message) not in still]
        rows = [RowChange("messages", insert=_rows(written))] if written else []
        if off:
            rows.append(_update([replace(message, state=MessageState.CANCELLED, next_try=None) for message in off]))
        unreachable = tuple(sorted(set(found.body.tolist()) - reachable))
        return Outcome(tuple(rows), report=Queued(len(written), len(off), unreachable))

    return Edit(msg("Queue what has fallen due"), plan, lasting=True)


_Invitation = tuple[int, int, datetime]
"""A case, a body that supports the lead of its joint meeting, and when that was called."""

_HOLDS = np.timedelta64(1, "D")
"""So long after a joint meeting was called are supporting bodies told, also where the lead has picked the case up by then."""


def _invitations(store: CountyStore, state: CountyState, now: datetime) -> list[_Invitation]:
    """Return whom joint meetings ask for support: of open cases that wait for their lead, or that came to it within a day."""
    cases = state.cases
    lately = (cases.state == State.MEETING) | (is_open(cases) & (utc64(now) - cases.arrived < _HOLDS))
    events = events_of(store.rows_by("events", "case_id", cases.id[lately].tolist()))
    arrived = dict(zip(cases.id[lately].tolist(), cases.arrived[lately], strict=True))
    found: list[_Invitation] = []
    for event in events:
        named = event.data.get("supporting")
        if event.kind == EventKind.MEETING and isinstance(named, list) and utc64(event.time) == arrived[event.case] <= utc64(now):
            found += [(event.case, body, event.time) for body in named if isinstance(body, int) and body in state.bodies]
    return found


def _notices(store: CountyStore, state: CountyState, invitations: Sequence[_Invitation], now: datetime) -> Iterator[Message]:
    """Return the messages to supporting bodies that have a phone and were not told yet."""
    known = {_key(message) for message in messages_of(store, sorted({case for case, _, _ in invitations}))}
    new = [one for one in invitations if _key_of(*one) not in known and any(_phones(state, one[1]))]
    about = _Subjects(store, state, np.unique(np.array([case for case, _, _ in new], np.int64)))
    for case, id, time in new:
        body, lead = state.bodies[id], state.bodies.get(int(state.cases.body[about.row(case)]))
        text = outbox.wording(
            ReminderKind.INVITED,
            body=body.name,
            number=about.number(case),
            what=about.what(case),
            arrived=time,
            lead=lead.name if lead else "–",
        )
        name, phone = outbox.addressee(ReminderKind.INVITED, body)
        yield Message(0, case, ReminderKind.INVITED, id, time, None, time, name, phone, str(text), next_try=now)


class _Subjects:
    """What messages call some cases (ascending ids), and what they say that these are about."""

    def __init__(self, store: CountyStore, state: CountyState, cases: NDArray[np.int64]) -> None:
        self._state = state
        numbers = store.rows("cases", cases, ["number"])["number"].tolist() if len(cases) else []
        self._numbers = dict(zip(cases.tolist(), numbers, strict=True))

    def row(self, case: int) -> int:
        """Return the row of a case in the state."""
        return int(np.searchsorted(self._state.cases.id, case))

    def number(self, case: int) -> str:
        """Return what people call a case."""
        return self._numbers[case] or str(case)

    def what(self, case: int) -> Listing:
        """Return in a few words what a case is about."""
        state, row = self._state, self.row(case)
        category = state.categories.get(int(state.cases.category[row]))
        village = state.units.ancestor(int(state.cases.cell[row]), Level.VILLAGE)
        name = category_name(category) if category else ""
        return outbox.about(int(state.cases.kind[row]), name, village.name if village else "")


def _phones(state: CountyState, body: int) -> tuple[str, str]:
    known = state.bodies.get(body)
    return (known.receiver_phone.strip(), known.leader_phone.strip()) if known else ("", "")


def _written(store: CountyStore, state: CountyState, found: Duties, now: datetime) -> Iterator[Message]:
    """Return the messages of duties, to be sent at once."""
    cases, about = state.cases, _Subjects(store, state, np.unique(found.case))
    for at, case in enumerate(found.case.tolist()):
        kind, body = KINDS[int(found.kind[at])], state.bodies[int(found.body[at])]
        text = outbox.wording(
            kind,
            body=body.name,
            number=about.number(case),
            what=about.what(case),
            arrived=_utc(found.arrived[at]),
            picked_up=from_utc64(cases.picked_up[about.row(case)]),
            falls_due=from_utc64(found.falls_due[at]),
        )
        name, phone = outbox.addressee(kind, body)
        stay = (_utc(found.arrived[at]), from_utc64(found.deadline[at]), _utc(found.due[at]))
        yield Message(0, case, kind, body.id, *stay, name, phone, str(text), next_try=now)


def _together(messages: Iterable[Message]) -> Iterator[Message]:
    """Call a second SMS off where the first one goes out with it."""
    listed = tuple(messages)
    first = {(message.case, message.arrived) for message in listed if message.kind == ReminderKind.SMS}
    for message in listed:
        doubled = message.kind == ReminderKind.SMS_AGAIN and (message.case, message.arrived) in first
        yield replace(message, state=MessageState.CANCELLED, next_try=None) if doubled else message


# ------------------------------------------------------------------ recording


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver a message: when and by which channel; `error` says why it failed, "" that it was delivered."""

    message: int
    time: datetime
    channel: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What became of attempts: messages as they stand now, and the cases whose body was told by them for the first time."""

    messages: tuple[Message, ...]
    told: tuple[int, ...]


def record_attempts(store: CountyStore, attempts: Sequence[Attempt]) -> Edit:
    """Record what came of attempts to deliver messages. The first message of a stay that is delivered also records that the body was told.

    That is an event of the case (`EventKind.TOLD`), in the same transaction, as far as the case is still where it was and a step of that
    time may be recorded. Neither changes the state of a case. Report: `Attempted`. Refusals "no_message", "later".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Recording what was delivered"))
        now = state.settings.now()
        known = {message.id: message for message in _messages(store.rows("messages", _ids(attempt.message for attempt in attempts)))}
        for attempt in attempts:
            if attempt.message not in known:
                return _no_message(attempt.message)
            if attempt.time > now:
                return Refusal("later", msg("A message cannot have been sent at a time that has not come yet."))
            known[attempt.message] = _tried(known[attempt.message], attempt)
        delivered = [known[attempt.message] for attempt in attempts if not attempt.error]
        told = list(_told(store, state, delivered, now))
        rows = [_update(list(known.values()))] if known else []
        if told:
            rows.append(RowChange("events", insert=event_columns(told)))
        return Outcome(tuple(rows), report=Attempted(tuple(known.values()), tuple(event.case for event in told)))

    return Edit(msg("Record what was delivered"), plan, lasting=True)


def _tried(message: Message, attempt: Attempt) -> Message:
    time = attempt.time.astimezone(UTC).replace(microsecond=0)
    if attempt.error:
        return outbox.failed(message, time, attempt.channel, attempt.error)
    return outbox.delivered(message, time, attempt.channel)


def _told(store: CountyStore, state: CountyState, delivered: Iterable[Message], now: datetime) -> Iterator[Event]:
    """Return the events that say that a body was told for the first time of a case that is still with it."""
    done: set[int] = set()
    for message in delivered:
        if message.case in done or message.sent is None or not np.isin(message.case, state.cases.id):
            continue
        events = events_of(store.events(message.case))
        where = fold(events)
        event = Event(message.case, EventKind.TOLD, message.sent, body=message.body, data={"message": message.kind.value})
        came = max((at for at, known in enumerate(events) if TRANSITIONS[known.kind].moves), default=0)
        before = any(known.kind == EventKind.TOLD for known in events[came:])
        same = where.arrived == message.arrived and where.body == message.body
        if same and not before and objection(where, event, now, events[-1].time) is None:
            done.add(message.case)
            yield event


def send_again(store: CountyStore, message: int) -> Edit:
    """Let a message that failed or was given up go out once more, to whoever is to be told now. Refusals "no_message", "not_open"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Writing messages"))
        found = _messages(store.rows("messages", _ids([message])))
        if not found:
            return _no_message(message)
        known = found[0]
        if known.state not in (MessageState.FAILED, MessageState.GIVEN_UP):
            return Refusal("not_open", msg("Only a message that could not be delivered is sent again."))
        body = state.bodies.get(known.body)
        name, phone = outbox.addressee(known.kind, body) if body else ("", "")
        if not phone:
            return Refusal("no_phone", msg("{body} has no phone number; enter one first.", body=body.name if body else known.body))
        again = replace(known, recipient=name, phone=phone, state=MessageState.WAITING, attempts=0, next_try=state.settings.now(), error="")
        columns = {"recipient": objects([name]), "phone": objects([phone])}
        return Outcome((RowChange("messages", update={**_update([again]).update, **columns}),))

    return Edit(msg("Send a message again"), plan, lasting=True)


def _no_message(message: int) -> Refusal:
    return Refusal("no_message", msg("There is no message {id}.", id=message))


# ------------------------------------------------------------------ rows

_Key = tuple[int, int, int, int]
"""Case, kind, and in seconds the stay and the deadline: there is one message for each."""

_NONE = int(np.datetime64("NaT", "s").astype(np.int64))


def _keys(found: Duties) -> list[_Key]:
    numbers = (found.case, found.kind, found.arrived.astype(np.int64), found.deadline.astype(np.int64))
    return list(zip(*(column.tolist() for column in numbers), strict=True))


def _key(message: Message) -> _Key:
    if message.kind == ReminderKind.INVITED:
        return _key_of(message.case, message.body, message.arrived)
    deadline = _NONE if message.deadline is None else int(message.deadline.timestamp())
    return message.case, KINDS.index(message.kind), int(message.arrived.timestamp()), deadline


def _key_of(case: int, body: int, called: datetime) -> _Key:
    """Return the key of a notice of a joint meeting: one a supporting body."""
    return case, -body, int(called.timestamp()), _NONE


def _ids(ids: Iterable[int]) -> NDArray[np.int64]:
    return np.unique(np.array(list(ids), np.int64))


def _utc(value: np.datetime64) -> datetime:
    return from_utc64(value) or datetime.min.replace(tzinfo=UTC)


def _times(values: Sequence[datetime | None]) -> NDArray[np.datetime64]:
    return np.array([np.datetime64("NaT", "s") if value is None else utc64(value) for value in values], "datetime64[s]")


def _messages(rows: Columns) -> tuple[Message, ...]:
    """Return rows of the table `messages`."""
    return tuple(
        Message(
            id=int(rows["id"][i]),
            case=int(rows["case_id"][i]),
            kind=ReminderKind(str(rows["kind"][i])),
            body=int(rows["body"][i]),
            arrived=_utc(rows["arrived"][i]),
            deadline=from_utc64(rows["deadline"][i]),
            due=_utc(rows["due"][i]),
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


def _progress_columns(messages: Sequence[Message]) -> dict[str, NDArray[np.generic]]:
    """Return what changes while a message is on its way."""
    return {
        "channel": objects([message.channel for message in messages]),
        "state": objects([message.state.value for message in messages]),
        "attempts": np.array([message.attempts for message in messages], np.int64),
        "next_try": _times([message.next_try for message in messages]),
        "sent": _times([message.sent for message in messages]),
        "error": objects([message.error for message in messages]),
    }


def _rows(messages: Sequence[Message]) -> Columns:
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
        **_progress_columns(messages),
    }


def _update(messages: Sequence[Message]) -> RowChange:
    return RowChange("messages", update={"id": np.array([message.id for message in messages], np.int64), **_progress_columns(messages)})
