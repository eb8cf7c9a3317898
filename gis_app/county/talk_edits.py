"""Accountability: the talks that were held with receiving bodies about what they left undone. Records, not automation."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from gis_app.cases.times import as_utc, from_utc64, utc64
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import ZONE, Message, msg
from gis_app.progress import Progress, Steps


class HeldBy(StrEnum):
    """Who held a talk: the superior body first, then the discipline and the organisation bodies."""

    SUPERIOR = "superior"
    DISCIPLINE = "discipline"
    ORGANISATION = "organisation"


def held_by_text(held_by: HeldBy | str) -> Message:
    """Return the word for who held a talk."""
    return {
        HeldBy.SUPERIOR: msg("Superior body"),
        HeldBy.DISCIPLINE: msg("Discipline body"),
        HeldBy.ORGANISATION: msg("Organisation body"),
    }[HeldBy(held_by)]


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk with a body about a month (2020-05), and the case that it was about, 0 for none; `time` in UTC."""

    id: int
    body: int
    case: int
    month: str
    time: datetime | None
    held_by: str
    actor: str
    note: str


def record_talk(
    store: CountyStore,
    body: int,
    month: str,
    *,
    held_by: HeldBy | str,
    note: str,
    case: int = 0,
    actor: str = "",
    time: datetime | None = None,
) -> Edit:
    """Record a talk that was held with a body about a month. Lasting.

    Refusals "no_body", "no_case", "month" (none, or one that has not begun), "held_by", "no_note" (what was said), "later".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Recording the talk"))
        now = state.settings.now()
        at = as_utc(time or now).replace(microsecond=0)
        refused = _wrong(state, body, month, held_by, note, case, at, now)
        if refused:
            return refused
        columns = {
            "id": np.zeros(1, np.int64),
            "body": np.array([body], np.int64),
            "case_id": np.array([case], np.int64),
            "month": objects([month]),
            "time": np.array([utc64(at)]),
            "held_by": objects([str(held_by)]),
            "actor": objects([actor]),
            "note": objects([note.strip()]),
        }
        return Outcome((RowChange("talks", insert=columns),))

    return Edit(msg("Record a talk"), plan, lasting=True)


def _wrong(state: CountyState, body: int, month: str, held_by: str, note: str, case: int, at: datetime, now: datetime) -> Refusal | None:
    if body not in state.bodies:
        return Refusal("no_body", msg("There is no receiving body {id}.", id=body))
    if case and not np.isin(case, state.cases.id):
        return Refusal("no_case", msg("There is no case {id}.", id=case))
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month) or month > f"{now.astimezone(ZONE):%Y-%m}":
        return Refusal("month", msg("{month} is no month that has begun; write it as 2020-05.", month=month))
    if held_by not in set(HeldBy):
        return Refusal("held_by", msg("A talk is held by the superior, the discipline or the organisation body."))
    if not note.strip():
        return Refusal("no_note", msg("Write what the talk was about."))
    if at > now:
        return Refusal("later", msg("A talk cannot have been held at a time that has not come yet."))
    return None


def talks_of(store: CountyStore, body: int = 0, month: str = "") -> tuple[Talk, ...]:
    """Return the talks with a body (0: all of them) about a month ("": any), in the order in which they were recorded."""
    rows = store.rows("talks")
    names = ("id", "body", "case_id", "month", "held_by", "actor", "note")
    found = (
        Talk(id, of, case, about, from_utc64(time), held_by, actor, note)
        for (id, of, case, about, held_by, actor, note), time in zip(
            zip(*(rows[name].tolist() for name in names), strict=True), rows["time"], strict=True
        )
    )
    return tuple(talk for talk in found if body in (0, talk.body) and month in ("", talk.month))
