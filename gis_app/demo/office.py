"""What else lies in a demo county's office: messages, tasks for workers, talks, saved filters, and drawings in the place of photos."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.case import CaseKind, EventKind, State
from gis_app.cases.display import is_open
from gis_app.cases.limits import limit_hours
from gis_app.cases.outbox import MessageState, pause
from gis_app.cases.schedule import KINDS, Delays, Duties, Hours, ReminderKind, duties
from gis_app.county.changes import Columns
from gis_app.county.state import CountyState
from gis_app.demo import texts
from gis_app.demo.bodies import TOPICS
from gis_app.demo.loop import Texts
from gis_app.demo.people import People
from gis_app.demo.tessellation import Ints
from gis_app.demo.units import Land

Times = NDArray[np.datetime64]
_NEVER = np.datetime64("NaT", "s")
_OFFSET = np.timedelta64(8, "h")
_HIGHER_UP = (ReminderKind.REVIEW, ReminderKind.OVERDUE)


def message_columns(
    state: CountyState, bodies: Columns, numbers: NDArray[np.generic], events: Columns, rng: np.random.Generator
) -> Columns:
    """Return what bodies were told of the cases of `state` that are open: all that was due has gone out, but for one message that waits
    and one that failed some times. `numbers`: what the cases are called; `bodies`: rows whose ids are 1, 2, …
    """
    cases, settings = state.cases, state.settings
    now = np.datetime64(settings.now().replace(tzinfo=None), "s")
    opened = cases.id[is_open(cases)]
    theirs = {name: column[np.isin(events["case_id"], opened)] for name, column in events.items()}
    delays = Delays(**{field.name: getattr(settings, field.name) for field in fields(Delays)})
    hours = Hours(cases.id, limit_hours(cases, state.limits.values(), settings.overdue_hours))
    found = duties(theirs, delays, hours)
    found = found.take(found.fires & (found.due <= now))
    n, kind = len(found), [KINDS[code] for code in found.kind.tolist()]
    sent = _sent(found, theirs, rng)
    waits = ~(sent <= now) | (np.arange(n) == n - 1)
    failed = np.flatnonzero(~waits & np.isin(found.kind, [KINDS.index(k) for k in _HIGHER_UP]))[-1:]
    words = np.full(n, MessageState.SENT.value, object)
    words[waits], words[failed] = MessageState.WAITING.value, MessageState.FAILED.value
    attempts = np.where(waits, 0, 1)
    attempts[failed] = 4
    next_try = np.where(waits, found.due, _NEVER)
    next_try[failed] = now + np.timedelta64(int(pause(4).total_seconds() / 2), "s")
    error = np.full(n, "", object)
    error[failed] = texts.NO_ANSWER
    at, leader = found.body - 1, np.isin(found.kind, [KINDS.index(k) for k in _HIGHER_UP])
    return {
        "id": np.arange(1, n + 1),
        "case_id": found.case,
        "kind": np.array([k.value for k in kind], object),
        "body": found.body,
        "arrived": found.arrived,
        "deadline": found.deadline,
        "due": found.due,
        "recipient": np.where(leader, bodies["leader"][at], bodies["receiver"][at]),
        "phone": np.where(leader, bodies["leader_phone"][at], bodies["receiver_phone"][at]),
        "text": _wordings(state, bodies, numbers, found),
        "channel": np.where(waits, "", "webhook").astype(object),
        "state": words,
        "attempts": attempts,
        "next_try": next_try,
        "sent": np.where(words == MessageState.SENT.value, sent, _NEVER),
        "error": error,
    }


def _sent(found: Duties, events: Columns, rng: np.random.Generator) -> Times:
    """Return when messages go out: the first one when the body was told (NaT: not yet), the others seconds after they were due."""
    told = events["kind"] == EventKind.TOLD.value
    known: dict[int, list[np.datetime64]] = {}
    for case, time in zip(events["case_id"][told].tolist(), events["time"][told], strict=True):
        known.setdefault(case, []).append(time)
    sent: Times = found.due + rng.integers(2, 20, len(found)).astype("timedelta64[s]")
    for row in np.flatnonzero(found.kind == KINDS.index(ReminderKind.SMS)).tolist():
        sent[row] = min((time for time in known.get(int(found.case[row]), ()) if time >= found.arrived[row]), default=_NEVER)
    return sent


def _wordings(state: CountyState, bodies: Columns, numbers: NDArray[np.generic], found: Duties) -> Texts:
    rows = np.searchsorted(state.cases.id, found.case)
    told = np.empty(len(found), object)
    for i, (row, code, body) in enumerate(zip(rows.tolist(), found.kind.tolist(), found.body.tolist(), strict=True)):
        about = "举报" if state.cases.kind[row] == CaseKind.REPORT else state.categories[int(state.cases.category[row])].name
        due = _clock(found.falls_due[i])
        told[i] = texts.MESSAGES[KINDS[code].value].format(
            body=bodies["name"][body - 1], number=numbers[row], about=about, arrived=_clock(found.arrived[i]), due=due
        )
    return told


def _clock(time: np.datetime64) -> str:
    return "" if np.isnat(time) else str((time + _OFFSET).astype("datetime64[m]")).replace("T", " ")


def task_columns(land: Land, people: People, bodies: Columns, now: np.datetime64, rng: np.random.Generator) -> tuple[Columns, Columns]:
    """Return what county, townships and villages asked of workers in the last weeks, and the cells that it was asked of."""
    office = {unit: row for row, unit in enumerate(bodies["unit"].tolist()) if unit}
    inside = {unit.id: unit for unit in land.units}
    township = np.array([inside[village].parent for village in land.village.tolist()])
    centre = int(np.flatnonzero(bodies["kind"] == BodyKind.CENTRE)[0])
    rows: list[tuple[int, texts.TaskText, Ints]] = []
    for told in texts.TASKS:
        if told.by == "county":
            rows.append((centre, told, np.arange(len(land.cells))))
        else:
            of = township if told.by == "township" else land.village
            unit = int(rng.choice(np.unique(of)))
            rows.append((office[unit], told, np.flatnonzero(of == unit)))
    created = np.array([now - np.timedelta64(told.days * 24 * 60 - 25, "m") for _, told, _ in rows], "datetime64[s]")
    due = np.array([np.datetime64(c + _OFFSET, "D") + told.term for c, (_, told, _) in zip(created, rows, strict=True)], "datetime64[s]")
    due = due + np.timedelta64(18, "h") - _OFFSET
    closed = np.array([d if told.reported == 1 else _NEVER for d, (_, told, _) in zip(due, rows, strict=True)], "datetime64[s]")
    tasks = {
        "id": np.arange(1, len(rows) + 1),
        "body": np.array([bodies["id"][row] for row, _, _ in rows], np.int64),
        "title": np.array([told.title for _, told, _ in rows], object),
        "text": np.array([told.text for _, told, _ in rows], object),
        "actor": np.array([bodies["leader"][row] for row, _, _ in rows], object),
        "created": created,
        "due": due,
        "closed": closed,
    }
    ends = np.minimum(due, now)
    parts = [_asked(land, people, at, told, created[at - 1], ends[at - 1], cells, rng) for at, (_, told, cells) in enumerate(rows, 1)]
    asked = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return tasks, {"id": np.arange(1, len(asked["task"]) + 1), **asked}


def _asked(
    land: Land,
    people: People,
    task: int,
    told: texts.TaskText,
    start: np.datetime64,
    end: np.datetime64,
    cells: Ints,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.generic]]:
    n = len(cells)
    reported = rng.random(n) < told.reported
    span = (end - start).astype(np.int64) / 1.02
    time = start + (span * rng.beta(1.5, 2.0, n)).astype(np.int64).astype("timedelta64[s]")
    note = np.array(told.reports, object)[rng.integers(0, len(told.reports), n)]
    counts = rng.integers(1, 40, n).tolist()
    return {
        "task": np.full(n, task),
        "cell": land.cells[cells],
        "worker": np.array([people.worker_of.get(cell, 0) for cell in land.cells[cells].tolist()], np.int64),
        "reported": np.where(reported, time, _NEVER),
        "done": reported & (rng.random(n) < 0.93),
        "note": np.where(reported, np.array([text.format(n=k) for text, k in zip(note, counts, strict=True)], object), "").astype(object),
    }


def talk_columns(state: CountyState, bodies: Columns) -> Columns:
    """Return the talks that were held: in each of some months the department whose case took longest, more seriously where it was slow
    again."""
    cases = state.cases
    took = cases.done - cases.blown
    at_department = np.isin(cases.body, bodies["id"][bodies["kind"] == BodyKind.DEPARTMENT])
    month = (cases.done + _OFFSET).astype("datetime64[M]")
    found: list[tuple[int, texts.TalkText]] = []
    for told in texts.TALKS:
        mine = np.flatnonzero(at_department & (month == np.datetime64(told.month)))
        found += [(row, told) for row in mine[np.argsort(took[mine])][-1:].tolist()]
    rows = np.array([row for row, _ in found], np.int64)
    following = np.array([told.month for _, told in found], "datetime64[M]") + 1
    return {
        "id": np.arange(1, len(found) + 1),
        "body": cases.body[rows],
        "case_id": cases.id[rows],
        "month": np.array([told.month for _, told in found], object),
        "time": following.astype("datetime64[s]") + np.timedelta64(_TALK_HOURS, "h") - _OFFSET,
        "held_by": np.array([told.held_by for _, told in found], object),
        "actor": np.array([told.actor for _, told in found], object),
        "note": np.array([told.note for _, told in found], object),
    }


_TALK_HOURS = 4 * 24 + 10
"""A talk is held in the morning of the fifth of the month that follows."""


def filter_columns(bodies: Columns) -> Columns:
    """Return the filters that the centre has saved."""
    category = {topic.code: i for i, topic in enumerate(TOPICS, start=1)}
    housing = int(bodies["id"][np.flatnonzero(bodies["name"] == "县住建局")[0]])
    saved: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("超期未办结", {"queue": "overdue"}),
        ("供热未办结", {"category": category["A05"], "states": [0, 1, 2]}),
        ("住建局在办", {"body": housing, "states": [0, 1, 2]}),
    )
    content: Texts = np.empty(len(saved), object)
    content[:] = [dict(wanted) for _, wanted in saved]
    return {"id": np.arange(1, len(saved) + 1), "name": np.array([name for name, _ in saved], object), "content": content}


def attachment_columns(state: CountyState, story: int) -> Columns:
    """Return the pictures: two of the garages (`story`: its case), before and after, and one of the newest case that is in hand."""
    cases = state.cases
    in_hand = cases.id[np.isin(cases.state, (State.PICKED_UP, State.IN_PROGRESS, State.PROMISED))]
    told = [
        (story, "利丰小区车库-拆除前.png", "现场情况", 20, _garages(True)),
        (story, "利丰小区车库-拆除后.png", "拆除后", 54 * 60, _garages(False)),
    ]
    told += [(int(case), "现场.png", "哨主提供", 6, _road()) for case in in_hand[-1:]]
    blown = cases.blown[np.searchsorted(cases.id, [case for case, *_ in told])]
    contents: Texts = np.empty(len(told), object)
    contents[:] = [picture for *_, picture in told]
    return {
        "id": np.arange(1, len(told) + 1),
        "case_id": np.array([case for case, *_ in told], np.int64),
        "name": np.array([name for _, name, *_ in told], object),
        "media_type": np.full(len(told), "image/png", object),
        "size": np.array([len(picture) for *_, picture in told], np.int64),
        "added": blown + np.array([minutes for *_, minutes, _ in told], "timedelta64[m]"),
        "note": np.array([note for _, _, note, *_ in told], object),
        "content": contents,
    }


Picture = NDArray[np.uint8]


def _scene() -> Picture:
    """Return sky and ground, (240, 320, 3)."""
    picture = np.zeros((240, 320, 3), np.uint8)
    picture[:140] = np.linspace((150, 190, 225), (215, 230, 240), 140).astype(np.uint8)[:, None]
    picture[140:] = np.linspace((150, 145, 135), (120, 115, 108), 100).astype(np.uint8)[:, None]
    return picture


def _garages(standing: bool) -> bytes:
    """Draw a block of flats, with a row of garages before it or with rubble where they stood."""
    picture = _scene()
    picture[30:150, 20:300] = (198, 178, 150)
    for y in range(42, 140, 28):
        for x in range(34, 290, 34):
            picture[y : y + 16, x : x + 18] = (92, 112, 130)
    for x in range(30, 290, 52) if standing else ():
        picture[118:178, x : x + 46] = (70, 104, 150)
        picture[128:178, x + 6 : x + 40] = (206, 210, 214)
        picture[134:178:8, x + 6 : x + 40] = (160, 166, 172)
    if not standing:
        picture[172:178, 30:290:3] = (140, 124, 106)
    return png(picture)


def _road() -> bytes:
    """Draw a road with a hole in it."""
    picture = _scene()
    y, x = np.mgrid[140:240, 0:320]
    half = (y - 130) * 1.2
    picture[140:][np.abs(x - 160) < half] = (84, 86, 90)
    picture[140:][(np.abs(x - 160) < half / 24) & (y // 10 % 2 == 0)] = (225, 225, 220)
    picture[140:][((x - 205) / 34) ** 2 + ((y - 200) / 12) ** 2 < 1] = (46, 42, 40)
    return png(picture)


def png(picture: Picture) -> bytes:
    """Return a picture (height, width, 3) as a PNG file (ISO/IEC 15948, 8 bits a colour, no filter)."""
    height, width, _ = picture.shape
    lines = np.zeros((height, 1 + width * 3), np.uint8)
    lines[:, 1:] = picture.reshape(height, -1)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)) + chunk(b"IEND", b"")
