"""Rows of households, grid workers and departments."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import BodyKind
from gis_app.cases.times import from_utc64
from gis_app.county.changes import Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects
from gis_app.county.responsible import locator_of
from gis_app.files import words
from gis_app.files.household_details import members_of, tell_wrong_phones
from gis_app.files.numbers import as_numbers
from gis_app.files.table import Table
from gis_app.grid.coverage import snap
from gis_app.grid.households import Households, Unassigned, assign_households
from gis_app.grid.units import Level, UnitKind
from gis_app.language import ZONE, msg, plural
from gis_app.progress import Progress, Steps

Key = tuple[Any, ...]


def household_rows(table: Table) -> Steps[Outcome | Refusal]:
    """Make households; each goes to its cell at once where there are cells."""
    yield Progress(0.0, msg("Checking {count} rows", count=len(table)))
    table.tell_without_coordinates()
    found = table.points()
    codes, heads, addresses, phones = table.codes("code"), table.texts("head"), table.texts("address"), table.texts("phone")
    xy = snap(found.xy)
    keys: list[Key] = [
        ("code", code) if code else ("row", head, address, *(_rounded(x), _rounded(y)))
        for code, head, address, x, y in zip(codes, heads, addresses, xy[:, 0].tolist(), xy[:, 1].tolist(), strict=True)
    ]
    empty = ~np.isfinite(xy[:, 0]) & np.array([not (c or h or a) for c, h, a in zip(codes, heads, addresses, strict=True)], dtype=np.bool_)
    for at in np.flatnonzero(empty).tolist():
        table.reject(at, msg("the row has neither code, head, address nor coordinates"))
    yield Progress(0.3, msg("Comparing with the households of the county"))
    table.leave_out(keys, _known_households(table))
    kept = table.kept()
    first = next_id(table.state, "households")
    count = len(kept)
    members = members_of(table, kept)
    resident = np.array([words.yes(text) for text in table.texts("resident")[kept]], dtype=np.bool_)
    new = Households(
        id=np.arange(first, first + count),
        x=xy[kept, 0],
        y=xy[kept, 1],
        members=members,
        cell=np.zeros(count, np.int64),
        pinned=np.zeros(count, np.bool_),
        reason=np.full(count, Unassigned.NOT_YET, np.int64),
        distance=np.zeros(count),
        resident=resident,
        flags=np.zeros(count, np.int64),
    )
    columns: dict[str, Any] = {
        "id": new.id,
        "geom": xy[kept],
        "code": objects([codes[at] for at in kept]),
        "head": heads[kept],
        "address": addresses[kept],
        "phone": objects([_phone(text) for text in phones[kept]]),
        "members": members,
        "resident": resident,
        "flags": objects([_flags(text) for text in table.texts("flags")[kept]]),
        "building": table.texts("building")[kept],
        "notes": table.texts("notes")[kept],
        "cell": new.cell,
        "reason": new.reason,
        "distance": new.distance,
        "datum": objects([found.datum if np.isfinite(x) else "" for x in new.x.tolist()]),
    }
    if table.state.coverage.cells and count:
        yield Progress(0.6, msg("Putting {count} households into their cells", count=count))
        assigned = assign_households(new, locator_of(table.state.coverage, table.state.units))
        columns |= {"cell": assigned.cell, "reason": assigned.reason, "distance": assigned.distance}
    tell_wrong_phones(table, columns["phone"].tolist())
    yield Progress(1.0, msg("Checking {count} rows", count=len(table)))
    rows = (RowChange("households", insert=columns),) if count else ()
    return Outcome(rows, report=table.report(count))


def _rounded(value: float) -> float | None:
    return round(value, 3) if np.isfinite(value) else None


def _known_households(table: Table) -> set[Key]:
    if table.store is None or not len(table.state.households):
        return set()
    stored = table.store.rows("households", columns=["code", "head", "address", "geom"])
    geom = np.asarray(stored["geom"], dtype=np.float64)
    columns = (stored["code"].tolist(), stored["head"].tolist(), stored["address"].tolist(), geom[:, 0].tolist(), geom[:, 1].tolist())
    return {
        ("code", code) if code else ("row", head, address, _rounded(x), _rounded(y))
        for code, head, address, x, y in zip(*columns, strict=True)
    }


def _phone(text: str) -> str:
    """Return a phone number as text; a number of a spreadsheet may have got a decimal point."""
    return text.removesuffix(".0").replace(" ", "")


def _flags(text: str) -> str:
    for mark in ("、", "，", ";", "；", "|", "/"):
        text = text.replace(mark, ",")
    return ",".join(part.strip() for part in text.split(",") if part.strip())


def worker_rows(table: Table) -> Steps[Outcome | Refusal]:
    """Make grid workers; villages and cells are named by code or name."""
    yield Progress(0.0, msg("Checking {count} rows", count=len(table)))
    xy = snap(table.points().xy)
    codes, names, phones = table.codes("code"), table.texts("name"), [_phone(text) for text in table.texts("phone")]
    villages, (cells, more) = _unit_ids(table, "village", Level.VILLAGE), _cell_ids(table)
    capacities, days = _capacities(table), {name: _days(table, name) for name in ("since", "until", "absent_from", "absent_until")}
    _in_order(table, days["since"], days["until"])
    _in_order(table, days["absent_from"], days["absent_until"])
    for at in np.flatnonzero(names == "").tolist():
        table.reject(at, msg("the row has no name"))
    there: set[Key] = {("code", w.code) for w in table.state.workers.values() if w.code}
    there |= {("row", w.name, w.phone) for w in table.state.workers.values()}
    keys: list[Key] = [("code", c) if c else ("row", n, p) for c, n, p in zip(codes, names, phones, strict=True)]
    table.leave_out(keys, there)
    kept = table.kept()
    for at in kept.tolist():
        if cells[at] and not villages[at]:
            villages[at] = table.state.units[int(cells[at])].parent
    if "village" not in table.columns and "cell" not in table.columns and table.state.coverage.cells:
        located = locator_of(table.state.coverage, table.state.units).cells_at(xy)
        villages = np.array([table.state.units[cell].parent if cell else 0 for cell in located.tolist()], dtype=np.int64)
    first = next_id(table.state, "workers")
    columns = {
        "id": np.arange(first, first + len(kept)),
        "geom": xy[kept],
        "code": objects([codes[at] for at in kept]),
        "name": names[kept],
        "phone": objects([phones[at] for at in kept]),
        "village": villages[kept],
        "cell": cells[kept],
        "more_cells": objects([more[at] for at in kept.tolist()]),
        "skills": objects([_flags(text) for text in table.texts("skills")[kept]]),
        "capacity": capacities[kept],
        **{name: objects([found[at] for at in kept.tolist()]) for name, found in days.items()},
        "substitute": _substitutes(table, codes, names, kept, first),
        "notes": table.texts("notes")[kept],
    }
    yield Progress(1.0, msg("Checking {count} rows", count=len(table)))
    return Outcome((RowChange("workers", insert=columns),) if len(kept) else (), report=table.report(len(kept)))


def _unit_ids(table: Table, name: str, level: Level) -> NDArray[np.int64]:
    """Return the ids of units that a column names; an unknown one rejects its row where the user named the column."""
    units = table.units(level)
    ids = np.zeros(len(table), np.int64)
    unknown: list[str] = []
    for at, text in enumerate(table.codes(name)):
        unit = units.get(text)
        if unit is not None:
            ids[at] = unit.id
        elif text and name in table.named:
            table.reject(at, msg("the county has no unit {unit}", unit=text))
        elif text:
            unknown.append(text)
    if unknown:
        known = {"count": len(unknown), "unit": unknown[0]}
        one = msg("{count} row names a unit that the county does not have: {unit}.", **known)
        many = msg("{count} rows name a unit that the county does not have, for example {unit}.", **known)
        table.notes.append(plural(len(unknown), one, many))
    return ids


def _cell_ids(table: Table) -> tuple[NDArray[np.int64], list[list[int]]]:
    """Return the cell of each row, and further cells where a row names several."""
    units, ids = table.units(Level.CELL), np.zeros(len(table), np.int64)
    more: list[list[int]] = [[] for _ in range(len(table))]
    if "cell" in table.columns and any(_SEVERAL.search(str(text)) for text in table.texts("cell")):
        for at, text in enumerate(table.texts("cell").tolist()):
            parts = [part.strip() for part in _SEVERAL.split(text) if part.strip()]
            found = [units[part].id for part in parts if part in units]
            for part in (part for part in parts if part not in units):
                table.reject(at, msg("the county has no unit {unit}", unit=part))
            ids[at] = found[0] if found else 0
            more[at] = list(dict.fromkeys(found[1:]))
        return ids, more
    return _unit_ids(table, "cell", Level.CELL), more


_SEVERAL = re.compile(r"[、，,;；|]")


def _capacities(table: Table) -> NDArray[np.int64]:
    """Return what each can bear at most, 0 where nothing is said; what is no number of households rejects its row."""
    texts = table.texts("capacity")
    found = as_numbers(texts)
    for at in np.flatnonzero((texts != "") & ~(np.isfinite(found) & (found >= 0))).tolist():
        table.reject(at, msg("{value} is no number of households", value=texts[at]))
    return np.maximum(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), 0).astype(np.int64)


def _days(table: Table, name: str) -> list[date | None]:
    """Return days; what is none rejects its row."""
    times, wrong = table.times(name)
    texts = table.texts(name)
    for at in np.flatnonzero(wrong).tolist():
        table.reject(at, msg("{value} is no day; write it as 2022-05-01", value=texts[at]))
    return [None if (time := from_utc64(value)) is None else time.astimezone(ZONE).date() for value in times]


def _in_order(table: Table, first: list[date | None], last: list[date | None]) -> None:
    for at, (one, other) in enumerate(zip(first, last, strict=True)):
        if one is not None and other is not None and other < one:
            table.reject(at, msg("the last day, {last}, is before the first, {first}", last=other, first=one))


def _substitutes(table: Table, codes: Sequence[str], names: NDArray[Any], kept: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """Return who stands in for each, by number or (where it is the only one of it) by name; of the file or of the county."""
    known: dict[str, set[int]] = {}
    for worker in table.state.workers.values():
        for text in (worker.code, worker.name):
            known.setdefault(text, set()).add(worker.id)
    for number, at in enumerate(kept.tolist()):
        for text in (codes[at], str(names[at])):
            known.setdefault(text, set()).add(first + number)
    found, unknown = np.zeros(len(kept), np.int64), []
    for number, text in enumerate(table.texts("substitute")[kept].tolist()):
        meant = known.get(text, set()) - {first + number} if text else set()
        if len(meant) == 1:
            (found[number],) = meant
        elif text:
            unknown.append(text)
    if unknown:
        named = {"count": len(unknown), "name": unknown[0]}
        one = msg("{count} row names a substitute who is not the only one of the name, or nobody: {name}.", **named)
        many = msg("{count} rows name a substitute who is not the only one of the name, or nobody, for example {name}.", **named)
        table.notes.append(plural(len(unknown), one, many))
    return found


CENTRES = ("县党群服务中心", "党群服务中心", "县中心", "county centre", "county center")
"""What the county centre is called."""


def _body_kinds(table: Table, names: Sequence[str], kept: NDArray[np.int64]) -> tuple[list[str], list[int]]:
    """Return what each row is and the unit that it governs: a body that is called like a township or village is that unit's."""
    units = {**table.units(Level.VILLAGE), **table.units(Level.TOWNSHIP)}
    taken = {body.unit for body in table.state.bodies.values()}
    kinds: list[str] = []
    governed: list[int] = []
    for at in kept.tolist():
        unit = units.get(names[at])
        if unit is not None and unit.id not in taken:
            level_kind = BodyKind.COMMUNITY if unit.kind == UnitKind.COMMUNITY else BodyKind.VILLAGE
            kinds.append((BodyKind.TOWNSHIP if unit.level == Level.TOWNSHIP else level_kind).value)
            governed.append(unit.id)
            taken.add(unit.id)
        else:
            kinds.append((BodyKind.CENTRE if names[at].casefold() in CENTRES else BodyKind.DEPARTMENT).value)
            governed.append(0)
    return kinds, governed


def department_rows(table: Table) -> Steps[Outcome | Refusal]:
    """Make departments with their receivers and leaders; also the bodies of townships and villages, known by the names of these."""
    yield Progress(0.0, msg("Checking {count} rows", count=len(table)))
    codes, names = table.codes("code"), table.texts("name")
    for at in np.flatnonzero(names == "").tolist():
        table.reject(at, msg("the row has no name"))
    there: set[Key] = set(_named(body.name for body in table.state.bodies.values()))
    table.leave_out(_named(names.tolist()), there)
    kept = table.kept()
    first = next_id(table.state, "bodies")
    kinds, governed = _body_kinds(table, names.tolist(), kept)
    columns: dict[str, Any] = {
        "id": np.arange(first, first + len(kept)),
        "kind": objects(kinds),
        "unit": np.array(governed, dtype=np.int64),
        "name": names[kept],
        "code": objects([codes[at] for at in kept]),
        "category": objects([words.department_category(text) for text in table.texts("category")[kept]]),
        "receiver": table.texts("receiver")[kept],
        "receiver_phone": objects([_phone(text) for text in table.texts("receiver_phone")[kept]]),
        "leader": table.texts("leader")[kept],
        "leader_phone": objects([_phone(text) for text in table.texts("leader_phone")[kept]]),
    }
    yield Progress(1.0, msg("Checking {count} rows", count=len(table)))
    return Outcome((RowChange("bodies", insert=columns),) if len(kept) else (), report=table.report(len(kept)))


def _named(names: Iterable[str]) -> list[Key]:
    return [("name", name) for name in names]
