"""Rows of cases that the county has, whose text, address, category or place was changed at their source: taken over as a correction.

The correction is an event with the source as its actor, which keeps what stood there before. What somebody corrected here stays as it is
here. What a source says no longer (an empty field) is no news: masked exports leave much out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import Event, EventKind
from gis_app.cases.routing import Router
from gis_app.cases.statistics import local_days
from gis_app.cases.times import as_utc, from_utc64
from gis_app.county.content import objects
from gis_app.files.case_news import stored_events
from gis_app.files.table import Table
from gis_app.language import Message, msg, tr

Ints = NDArray[np.int64]

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "address": ("address",),
    "category": ("category", "category_code"),
    "place": ("x", "y"),
}
"""What is taken over, with the fields of a file that it stands in."""

_STORED = ("text", "address", "category", "geom", "border", "cell", "household", "unit", "body", "blown", "source")


@dataclass(frozen=True, slots=True)
class Amendments:
    """The columns of cases to update (empty for nothing), and the corrections to add."""

    cases: Mapping[str, NDArray[Any]]
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Said:
    """What the rows of a file say now: texts, addresses, categories (0: none that is known), and points in the county's system."""

    text: NDArray[np.object_]
    address: NDArray[np.object_]
    category: Ints
    xy: NDArray[np.float64]


def changed_at_source(table: Table, known: Ints, own: Mapping[int, Sequence[Event]]) -> dict[int, tuple[str, ...]]:
    """Return which fields of known cases (`known`: by row, 0 for others) the source tells otherwise than when they were last read.

    `own` rows carry their events, corrections among them, and are left out.
    """
    rows = [row for row in np.flatnonzero(known).tolist() if row not in table.rejected and row not in own]
    if not rows or table.store is None:
        return {}
    before = table.store.rows("cases", known[rows], ["original"])["original"].tolist()
    now = table.originals(np.array(rows, np.int64))
    found = {row: _differing(table, old, new) for row, old, new in zip(rows, before, now, strict=True) if old and old != new}
    return {row: fields for row, fields in found.items() if fields}


def _differing(table: Table, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    columns = {field: [table.columns[name] for name in names if name in table.columns] for field, names in _COLUMNS.items()}
    return tuple(field for field, names in columns.items() if any(_said(old, name) != _said(new, name) for name in names))


def _said(original: Mapping[str, Any], column: str) -> str:
    value = original.get(column)
    return "" if value is None else str(value).strip()


def amendments_of(
    table: Table, known: Ints, changed: Mapping[int, Sequence[str]], said: Said, router: Router, news: Sequence[Event]
) -> Amendments:
    """Return what brings cases to what their source says of them now (`changed`, of `changed_at_source`).

    Marks their rows as updated, or as kept as they are here.

    `news` are the events that the file adds to known cases: a correction comes after them. A case that moves keeps who holds it.
    """
    if not changed or table.store is None:
        return Amendments({}, ())
    rows = np.array(sorted(changed), np.int64)
    stored = table.store.rows("cases", known[rows], list(_STORED))
    columns: dict[str, NDArray[Any]] = {name: stored[name].copy() for name in ("id", *_STORED[:6])}
    columns["original"] = objects(table.originals(rows))
    times, _ = table.times("updated")
    added: dict[int, list[Event]] = {}
    for event in news:
        added.setdefault(event.case, []).append(event)
    events, moved = [], []
    events_by_case = stored_events(table, known[rows].tolist())
    for at, row in enumerate(rows.tolist()):
        told = events_by_case.get(int(known[row]), [])
        new = _values(said, row, changed[row], stored, at)
        ours = _corrected_here(told, str(stored["source"][at]))
        if new.keys() & ours:
            table.kept_here.add(row)
        new = {field: value for field, value in new.items() if field not in ours}
        if not new:
            continue
        for field, (_, value) in new.items():
            columns["geom" if field == "place" else field][at] = value
        if "place" in new:
            moved.append(at)
        after = [as_utc(event.time) for event in (*told, *added.get(int(known[row]), ()))]
        time = max([*after, from_utc64(times[row]) or as_utc(table.state.settings.now())])
        events.append(_correction(int(known[row]), int(stored["body"][at]), str(stored["source"][at]), time, new))
        table.updated.add(row)
    if moved:
        _place(columns, stored, np.array(moved, np.int64), router)
    if table.kept_here:
        table.notes.append(kept_text(len(table.kept_here)))
    return Amendments(columns, events)


def kept_text(count: int) -> Message:
    """Say how many whistles stay as they were corrected here although their source says something else."""
    return msg("Corrected here and changed at their source: {count}; these stay as they are here.", count=count)


def _values(said: Said, row: int, fields: Sequence[str], stored: Mapping[str, NDArray[Any]], at: int) -> dict[str, tuple[Any, Any]]:
    """Return what stands here and what the source says now, by field, where both differ and the source says something."""
    now: dict[str, Any] = {"text": said.text[row], "address": said.address[row], "category": int(said.category[row])}
    found = {field: (stored[field][at], now[field]) for field in fields if field in now and now[field] and stored[field][at] != now[field]}
    x, y = said.xy[row].tolist()
    if "place" in fields and np.isfinite([x, y]).all() and stored["geom"][at].tolist() != [x, y]:
        found["place"] = (stored["geom"][at].copy(), np.array([x, y]))
    return found


def _corrected_here(told: Sequence[Event], source: str) -> set[str]:
    """Return the fields that somebody here corrected, not the source itself."""
    found: set[str] = set()
    for event in told:
        changes = event.data.get("changes")
        if event.kind == EventKind.CORRECTED and event.actor != source and isinstance(changes, dict):
            found |= set(changes)
    return found | ({"place"} if "cell" in found else set())


def _correction(case: int, body: int, source: str, time: datetime, new: Mapping[str, tuple[Any, Any]]) -> Event:
    changes = {field: [_plain(before), _plain(after)] for field, (before, after) in new.items()}
    note = tr("Changed at its source")
    return Event(case, EventKind.CORRECTED, time.astimezone(UTC).replace(microsecond=0), source, body, note=note, data={"changes": changes})


def _plain(value: Any) -> Any:
    """Return a value as plain JSON; a point as corrections tell places."""
    if isinstance(value, np.ndarray):
        return {name: number for name, number in zip("xy", value.tolist(), strict=True) if np.isfinite(number)}
    return value.item() if isinstance(value, np.generic) else value


def _place(columns: dict[str, NDArray[Any]], stored: Mapping[str, NDArray[Any]], moved: Ints, router: Router) -> None:
    """Find the cells and the distances to the border of the cases that were moved."""
    routes = router.route_many(
        columns["geom"][moved, 0],
        columns["geom"][moved, 1],
        household=stored["household"][moved],
        unit=stored["unit"][moved],
        category=columns["category"][moved],
        day=local_days(stored["blown"][moved]),
    )
    columns["cell"][moved], columns["border"][moved] = routes.cell, routes.border_distance
