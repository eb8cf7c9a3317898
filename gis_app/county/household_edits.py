"""Edits of the register of households: who is in it, where they live, and in which cell a planner keeps them.

What an office knows of a household is the county's (a draft follows); pins are part of the division and go to the draft where one is open.
A name never stands in a title: the history is read by everybody.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects
from gis_app.county.locks import lock_of, locked, named
from gis_app.county.ports import CountyStore
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState
from gis_app.county.tables import TABLES
from gis_app.grid.coverage import snap
from gis_app.grid.households import Assignment, Households, Unassigned
from gis_app.grid.households import assign_households as assigned_households
from gis_app.grid.units import Level
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

Ids = NDArray[np.int64]
Place = tuple[float, float]

EDITABLE = ("code", "head", "address", "phone", "members", "building", "resident", "flags", "notes")
"""The fields of a household that a person fills in; place, cell and pin have edits of their own."""
MOST_MEMBERS = 99


@dataclass(frozen=True, slots=True)
class HouseholdReport:
    """What an edit of households meant: the ids of those that it was about, and how many whistles name another household now."""

    households: tuple[int, ...]
    whistles: int = 0


def flag_words(text: str) -> tuple[str, ...]:
    """Return the flags of a household, of its text in the file or of one that was typed, each once."""
    for mark in ("、", "，", ";", "；", "|", "/"):
        text = text.replace(mark, ",")
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


# Who is in the register


def add_household(store: CountyStore, place: Place | None, **values: object) -> Edit:
    """Add a household at a place of the county coordinate system (None: nobody knows where); its cell follows from the place.

    `values` are `EDITABLE` fields; who is not said to live elsewhere is resident. Refusals "nothing", "members", "code_used".
    Raises ValueError for a field that there is not. Report: `HouseholdReport`.
    """
    given = _given(values)

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Adding the household"))
        row = {"members": 1, "resident": True, **given}
        if place is None and not any(row.get(name) for name in ("code", "head", "address")):
            return Refusal("nothing", msg("A household needs a place, a head, an address or a code."))
        if refused := _wrong(store, {0: row}):
            return refused
        household = next_id(state, "households")
        columns = _columns({household: row}, list(row))
        xy = snap(np.array([place if place is not None else (np.nan, np.nan)], np.float64))
        columns |= {"geom": xy, **_located(state, xy)}
        return Outcome((RowChange("households", insert=columns),), report=HouseholdReport((household,)))

    return Edit(msg("Add a household"), plan)


def change_households(store: CountyStore, changes: Mapping[int, Mapping[str, object]]) -> Edit:
    """Change `EDITABLE` fields of households: id → field → value. Refusals "no_household", "members", "code_used".

    Raises ValueError for a field that there is not. Report: `HouseholdReport`.
    """
    given = {int(household): _given(values) for household, values in changes.items()}
    names = [name for name in EDITABLE if any(name in values for values in given.values())]

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Changing the households"))
        if refused := _missing(state, given) or _wrong(store, given):
            return refused
        before = _stored(store, list(given), names)
        after = {household: {**before[household], **values} for household, values in given.items()}
        changed = {household: row for household, row in after.items() if row != before[household]}
        if not changed:
            return Outcome((), report=HouseholdReport(()))
        rows = RowChange("households", update=_columns(changed, names))
        return Outcome((rows,), report=HouseholdReport(tuple(changed)), title=_count_title(changed, _CHANGED))

    return Edit(msg("Change households"), plan)


def move_household(household: int, place: Place) -> Edit:
    """Bring a household to a place of the county coordinate system; its cell follows, unless it is pinned.

    Refusals "no_household", "no_place". Report: `HouseholdReport`.
    """
    return move_households({household: place})


def move_households(places: Mapping[int, Place]) -> Edit:
    """Bring households to other places; their cells follow, unless they are pinned. Refusals "no_household", "no_place"."""
    ids = np.array(sorted(places), np.int64)

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Moving the household"))
        if refused := _missing(state, places):
            return refused
        xy = snap(np.array([places[int(household)] for household in ids], np.float64).reshape(-1, 2))
        if not np.isfinite(xy).all():
            return Refusal("no_place", msg("This is no place on the map."))
        at = np.searchsorted(state.households.id, ids)
        free = ~state.households.pinned[at]
        where = _located(state, xy)
        columns = {"id": ids, "geom": xy, "datum": objects([""] * len(ids))}
        for name in ("cell", "reason", "distance"):
            columns[name] = np.where(free, where[name], getattr(state.households, name)[at])
        title = _moved_title(state, int(columns["cell"][0])) if len(ids) == 1 else msg("Move {count} households", count=len(ids))
        return Outcome((RowChange("households", update=columns),), report=HouseholdReport(tuple(ids.tolist())), title=title)

    return Edit(msg("Move a household"), plan)


def merge_households(store: CountyStore, kept: int, others: Collection[int], **values: object) -> Edit:
    """Make one household of several that are the same one: `kept` stays, with the `EDITABLE` values chosen side by side.

    The others go to the retired ones; whistles that name them name the kept one. Refusals "one", "no_household", "members", "code_used".
    Report: `HouseholdReport`.
    """
    given = _given(values)
    gone = sorted({int(household) for household in others} - {kept})

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Merging the households"))
        if not gone:
            return Refusal("one", msg("Choose at least two households to merge."))
        if refused := _missing(state, [kept, *gone]) or _wrong(store, {kept: given}, gone):
            return refused
        rows = list(_retired(store, state, gone, "", kept))
        if given:
            rows.append(RowChange("households", update=_columns({kept: given}, list(given))))
        cases = state.cases.id[np.isin(state.cases.household, gone)]
        if len(cases):
            rows.append(RowChange("cases", update={"id": cases, "household": np.full(len(cases), kept)}))
        return Outcome(tuple(rows), report=HouseholdReport((kept, *gone), len(cases)), title=_count_title([kept, *gone], _MERGED))

    return Edit(msg("Merge households"), plan)


def merge_groups(store: CountyStore, groups: Iterable[Sequence[int]]) -> Edit:
    """Make one household of each group of duplicates: the first of a group is kept, and gets what it lacks from the others.

    Refusals "one", "no_household". Report: `HouseholdReport` with the kept ones.
    """
    wanted = [tuple(dict.fromkeys(int(household) for household in group)) for group in groups]

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.2, msg("Merging the households"))
        several = [group for group in wanted if len(group) > 1]
        if not several:
            return Refusal("one", msg("Choose at least two households to merge."))
        every = [household for group in several for household in group]
        if refused := _missing(state, every):
            return refused
        known = _stored(store, every, EDITABLE)
        filled: dict[int, dict[str, Any]] = {}
        rows: list[RowChange] = []
        kept_of: dict[int, int] = {}
        for kept, *gone in several:
            filled[kept] = merged_values([known[household] for household in (kept, *gone)])
            kept_of.update(dict.fromkeys(gone, kept))
        yield Progress(0.6, msg("Merging the households"))
        rows.extend(_retired(store, state, sorted(kept_of), "", kept_of))
        rows.append(RowChange("households", update=_columns(filled, EDITABLE)))
        named_here = np.isin(state.cases.household, list(kept_of))
        if named_here.any():
            new = np.array([kept_of[int(one)] for one in state.cases.household[named_here]], np.int64)
            rows.append(RowChange("cases", update={"id": state.cases.id[named_here], "household": new}))
        return Outcome(tuple(rows), report=HouseholdReport(tuple(filled), int(named_here.sum())), title=_count_title(every, _MERGED))

    return Edit(msg("Merge households"), plan)


def merged_values(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a household has that others are merged into: the first filled value of each field; all flags and all notes."""
    found: dict[str, Any] = {}
    for name in EDITABLE:
        values = [row[name] for row in rows if row[name]]
        found[name] = values[0] if values else rows[0][name]
    found["flags"] = ",".join(dict.fromkeys(flag for row in rows for flag in flag_words(str(row["flags"]))))
    found["notes"] = "\n".join(dict.fromkeys(str(row["notes"]) for row in rows if row["notes"]))
    return found


def retire_households(store: CountyStore, households: Collection[int], why: str, day: date | None = None) -> Edit:
    """Take households out of the register, with a reason and a day (today by default); their rows are kept, and can be restored.

    Whistles that name them go on naming them. Refusals "none", "why", "no_household". Report: `HouseholdReport`.
    """
    gone = sorted({int(household) for household in households})

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Retiring the households"))
        if not gone:
            return Refusal("none", msg("Choose the households first."))
        if not why.strip():
            return Refusal("why", msg("Say why the household is no longer in the register."))
        if refused := _missing(state, gone):
            return refused
        rows = tuple(_retired(store, state, gone, why.strip(), 0, day))
        return Outcome(rows, report=HouseholdReport(tuple(gone)), title=_count_title(gone, _RETIRED))

    return Edit(msg("Retire households"), plan)


def restore_household(store: CountyStore, household: int) -> Edit:
    """Take a retired household into the register again, under its old id. Refusals "not_retired", "code_used".

    Report: `HouseholdReport`.
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Restoring the household"))
        if household not in state.retired:
            return Refusal("not_retired", msg("There is no retired household {id}.", id=household))
        row = store.rows("retired_households", np.array([household], np.int64))
        if refused := _wrong(store, {household: {"code": str(row["code"][0])}}):
            return refused
        columns: dict[str, NDArray[Any]] = {"id": np.array([household], np.int64), **{name: row[name] for name in TABLES["households"]}}
        cell = int(columns["cell"][0])
        if not (columns["pinned"][0] and cell in state.units and state.units[cell].level == Level.CELL):
            columns |= {"pinned": np.zeros(1, np.bool_), **_located(state, np.asarray(columns["geom"], np.float64))}
        rows = (RowChange("retired_households", delete=np.array([household], np.int64)), RowChange("households", insert=columns))
        return Outcome(rows, report=HouseholdReport((household,)))

    return Edit(msg("Restore a household"), plan)


# In which cell a planner keeps them


def pin_households(households: Collection[int], cell: int | None) -> Edit:
    """Keep households in `cell` wherever they lie, or (None) let their places decide again; nothing happens to one that is there already.

    Refusals "none", "no_household", "no_cell", "locked" (the cell, or one that a household would leave). Report: `HouseholdReport`.
    """
    ids = np.array(sorted({int(household) for household in households}), np.int64)

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Moving the household"))
        if refused := _missing(state, ids.tolist()) or _no_target(state, cell):
            return refused
        at = np.searchsorted(state.households.id, ids)
        pinned, now = state.households.pinned[at], state.households.cell[at]
        chosen = np.flatnonzero(pinned) if cell is None else np.flatnonzero(~pinned | (now != cell))
        where = _by_place(state, at[chosen]) if cell is None else _kept_in(cell, len(chosen))
        changing = now[chosen] != where.cell
        if refused := _locked(state, np.unique(np.concatenate([now[chosen][changing], where.cell[changing]])).tolist()):
            return refused
        if not len(chosen):
            return Outcome((), report=HouseholdReport(()))
        columns = {"id": ids[chosen], "pinned": np.full(len(chosen), cell is not None)}
        columns |= {"cell": where.cell, "reason": where.reason, "distance": where.distance}
        title = _pin_title(state, where.cell, cell is not None)
        return Outcome((RowChange("households", update=columns),), report=HouseholdReport(tuple(ids[chosen].tolist())), title=title)

    return Edit(msg("Pin households to a cell") if cell is not None else msg("Unpin households"), plan, division=True)


def unpin_households(households: Collection[int]) -> Edit:
    """Let the places of households decide again in which cell they are; see `pin_households`."""
    return pin_households(households, None)


def in_building(store: CountyStore, building: str) -> Ids:
    """Return the households of a building, ascending; none for ""."""
    if not building.strip():
        return np.empty(0, np.int64)
    return np.asarray(store.rows_by("households", "building", [building.strip()], ["building"])["id"], np.int64)


def in_street(store: CountyStore, part: str) -> Ids:
    """Return the households whose address holds a text (a street, an estate, a lane), ascending; none for ""."""
    wanted = part.strip()
    if not wanted:
        return np.empty(0, np.int64)
    near = store.matching("households", wanted)
    rows = store.rows("households", near, ["address"])
    return np.array([int(id) for id, address in zip(near.tolist(), rows["address"].tolist(), strict=True) if wanted in address], np.int64)


def of_codes(store: CountyStore, codes: Iterable[str]) -> tuple[Ids, tuple[str, ...]]:
    """Return the households of a list of codes, ascending, and the codes that none of them has."""
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    rows = store.rows_by("households", "code", wanted, ["code"]) if wanted else {"id": np.empty(0, np.int64), "code": objects([])}
    known = set(rows["code"].tolist())
    return np.asarray(rows["id"], np.int64), tuple(code for code in wanted if code not in known)


# What they share


def _given(values: Mapping[str, object]) -> dict[str, Any]:
    """Return values of fields as the file holds them; ValueError for a field that there is not."""
    if unknown := set(values) - set(EDITABLE):
        raise ValueError(f"a household has no fields {sorted(unknown)}")
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name == "members":
            found[name] = int(value) if isinstance(value, (int, np.integer)) else -1
        elif name == "resident":
            found[name] = bool(value)
        elif name == "flags":
            found[name] = ",".join(flag_words(value if isinstance(value, str) else ",".join(map(str, value)))) if value else ""  # type: ignore[call-overload]
        else:
            found[name] = str(value).strip()
    return found


def _wrong(store: CountyStore, rows: Mapping[int, Mapping[str, Any]], gone: Collection[int] = ()) -> Refusal | None:
    """Refuse values that no household may have; `gone` are households whose codes become free."""
    for row in rows.values():
        if not 0 <= row.get("members", 0) <= MOST_MEMBERS:
            return Refusal("members", msg("The members of a household are a number from 0 to {most}.", most=MOST_MEMBERS))
    codes = [row["code"] for row in rows.values() if row.get("code")]
    if not codes:
        return None
    asked = {household for household, row in rows.items() if "code" in row}
    stored = store.rows_by("households", "code", codes, ["code"])
    used = [c for i, c in zip(stored["id"].tolist(), stored["code"].tolist(), strict=True) if i not in asked and i not in gone]
    used += [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    return Refusal("code_used", msg("Another household has the code {code} already.", code=used[0])) if used else None


def _missing(state: CountyState, households: Iterable[int]) -> Refusal | None:
    ids = np.fromiter(households, np.int64)
    if not len(ids):
        return Refusal("none", msg("Choose the households first."))
    unknown = ids[~np.isin(ids, state.households.id)]
    return Refusal("no_household", msg("There is no household {id}.", id=int(unknown[0]))) if len(unknown) else None


def _no_target(state: CountyState, cell: int | None) -> Refusal | None:
    if cell is not None and (cell not in state.units or state.units[cell].level != Level.CELL):
        return Refusal("no_cell", msg("A household can be pinned to a cell only; choose one on the map."))
    return None


def _locked(state: CountyState, cells: Iterable[int]) -> Refusal | None:
    locks = (lock_of(state, cell) for cell in cells if cell in state.units)
    return next((locked(lock) for lock in locks if lock is not None), None)


def _stored(store: CountyStore, households: Sequence[int], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    rows = store.rows("households", np.array(households, np.int64), list(names))
    lists = [rows[name].tolist() for name in names]
    return {household: dict(zip(names, values, strict=True)) for household, *values in zip(households, *lists, strict=True)}


def _columns(rows: Mapping[int, Mapping[str, Any]], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return rows by id as columns of the table."""
    types: Mapping[str, Any] = {"members": np.int64, "resident": np.bool_}
    columns: dict[str, NDArray[Any]] = {"id": np.array(list(rows), np.int64)}
    for name in names:
        values = [row[name] for row in rows.values()]
        columns[name] = np.array(values, types[name]) if name in types else objects(values)
    return columns


def _retired(
    store: CountyStore, state: CountyState, gone: Sequence[int], why: str, into: int | Mapping[int, int], day: date | None = None
) -> Iterable[RowChange]:
    ids = np.array(gone, np.int64)
    rows = store.rows("households", ids)
    merged = [into if isinstance(into, int) else into[household] for household in gone]
    ended = day or state.settings.now().date()
    columns = {**rows, "id": ids, "retired": objects([ended] * len(ids)), "why": objects([why] * len(ids))}
    yield RowChange("households", delete=ids)
    yield RowChange("retired_households", insert={**columns, "merged_into": np.array(merged, np.int64)})


def _located(state: CountyState, xy: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Return cell, reason and distance of places."""
    zeros = np.zeros(len(xy), np.int64)
    homes = Households(
        zeros, xy[:, 0], xy[:, 1], zeros, zeros, zeros.astype(np.bool_), zeros + Unassigned.NOT_YET, np.zeros(len(xy)), zeros == 0, zeros
    )
    where = assigned_households(homes, locator_of(state.coverage, state.units)) if state.coverage.cells else homes
    return {"cell": where.cell, "reason": where.reason, "distance": where.distance}


def _by_place(state: CountyState, rows: Ids) -> Assignment:
    """Return where households (rows) belong by their places."""
    values = {field.name: getattr(state.households, field.name)[rows] for field in fields(Households)}
    homes = Households(**{**values, "pinned": np.zeros(len(rows), np.bool_)})
    return assigned_households(homes, locator_of(state.coverage, state.units))


def _kept_in(cell: int, count: int) -> Assignment:
    return Assignment(np.full(count, cell), np.full(count, int(Unassigned.NONE)), np.zeros(count))


# Titles: what the history says

_CHANGED = (msg("Change a household"), msg("Change {count} households", count=""))
_MERGED = (msg("Merge a household"), msg("Merge {count} households", count=""))
_RETIRED = (msg("Retire a household"), msg("Retire {count} households", count=""))


def _count_title(households: Collection[int], words: tuple[Message, Message]) -> Message:
    one, many = words
    return one if len(households) == 1 else Message(many.text, {"count": len(households)})


def _moved_title(state: CountyState, cell: int) -> Message:
    if cell not in state.units:
        return msg("Move a household; it lies in no cell")
    return msg("Move a household; it is in {cell} now", cell=named(state.units[cell]))


def _pin_title(state: CountyState, cells: Ids, pinned: bool) -> Message:
    """Say to which cell households come."""
    count, cell = len(cells), int(cells[0])
    if count == 1:
        if cell not in state.units:
            return msg("Unpin a household; it lies in no cell")
        place = named(state.units[cell])
        return msg("Pin a household to {cell}", cell=place) if pinned else msg("Unpin a household; its place is in {cell}", cell=place)
    if pinned:
        return msg("Pin {count} households to {cell}", count=count, cell=named(state.units[cell]))
    return msg("Unpin {count} households", count=count)
