"""The histories of a county file: one of the county, one of every draft. An entry holds what takes its edit back, or makes it again."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from gis_app.county.changes import RowChange
from gis_app.county.ports import HistoryEntry
from gis_app.language import Message
from gis_app.storage import database, deltas
from gis_app.storage.columns import to_json
from gis_app.storage.schema import HISTORY

COUNTY = 0
"""The history of the county itself, beside those of its drafts."""


def add(connection: Connection, plan: int, title: Message, back: Sequence[RowChange], view: Mapping[str, object]) -> None:
    """Add an entry to a history."""
    number = (connection.execute(select(func.max(HISTORY.c.id))).scalar() or 0) + 1
    entry = {"id": number, "time": _now(), "title": title_to_json(title), "undone": 0, "delta": deltas.pack(back), "plan": plan}
    connection.execute(HISTORY.insert().values({**entry, "view": to_json(dict(view)) if view else None}))


def forget(connection: Connection, plan: int | None) -> None:
    """End what could be made again after an edit in a history, or (None) every history."""
    if plan is None:
        connection.execute(HISTORY.delete())
        return
    connection.execute(HISTORY.delete().where(HISTORY.c.undone == 1, HISTORY.c.plan.in_({plan, COUNTY})))


def next_to_turn(connection: Connection, plan: int, *, undone: bool) -> Any:
    """Return the entry (id, title, delta, view) that is to be undone next, or to be made again; None for none."""
    which = func.max(HISTORY.c.id) if undone else func.min(HISTORY.c.id)
    there = select(which).where(HISTORY.c.plan == plan, HISTORY.c.undone == int(not undone)).scalar_subquery()
    columns = (HISTORY.c.id, HISTORY.c.title, HISTORY.c.delta, HISTORY.c.view)
    return connection.execute(select(*columns).where(HISTORY.c.id == there)).one_or_none()


def turned(connection: Connection, plan: int, entry: int, back: Sequence[RowChange], *, undone: bool) -> None:
    """Note that an entry was undone or made again; a draft that changed so ends what could be made again in the county."""
    connection.execute(HISTORY.update().where(HISTORY.c.id == entry).values(undone=int(undone), delta=deltas.pack(back)))
    if plan != COUNTY:
        connection.execute(HISTORY.delete().where(HISTORY.c.undone == 1, HISTORY.c.plan == COUNTY))


def newest(connection: Connection, plan: int, limit: int) -> list[HistoryEntry]:
    """Return the newest entries of a history, newest first."""
    columns = (HISTORY.c.id, HISTORY.c.title, HISTORY.c.time, HISTORY.c.undone)
    found = database.fetch(connection, select(*columns).where(HISTORY.c.plan == plan).order_by(HISTORY.c.id.desc()).limit(limit))
    return [
        HistoryEntry(entry, title_from_json(title), np.datetime64(time[:19], "s"), bool(undone)) for entry, title, time, undone in found
    ]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def title_to_json(title: Message) -> str:
    """Write a title so that it can be read in either language later."""

    def plain(value: object) -> object:
        if isinstance(value, Message):
            return {"text": value.text, "values": {name: plain(inner) for name, inner in value.values.items()}}
        return value if isinstance(value, str | int | float) else str(value)

    return to_json(plain(title))


def title_from_json(text: str) -> Message:
    """Read what `title_to_json` wrote."""

    def message(entry: dict[str, dict[str, object]]) -> Message:
        values = {name: message(value) if isinstance(value, dict) else value for name, value in entry["values"].items()}
        return Message(str(entry["text"]), values)

    return message(json.loads(text))
