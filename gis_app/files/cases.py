"""Rows of cases: each becomes a case with its events, routed as if it had been blown here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind, Category
from gis_app.cases.case import CaseKind, EventKind
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Routes
from gis_app.county.changes import Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects, value_rows
from gis_app.county.responsible import router_of
from gis_app.files import words
from gis_app.files.errors import FileError
from gis_app.files.report import Repair
from gis_app.files.table import Table
from gis_app.grid.coverage import snap
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]


@dataclass(slots=True)
class _Directory:
    """Bodies and categories by what files call them, and those that the import makes."""

    bodies: dict[str, int]
    categories: dict[str, int]
    new_bodies: list[Body] = field(default_factory=list)
    new_categories: list[Category] = field(default_factory=list)


def case_rows(table: Table) -> Steps[Outcome | Refusal]:
    """Make cases and their events; unknown categories are made, unknown bodies where that is asked for."""
    yield Progress(0.0, msg("Checking {count} rows", count=len(table)))
    if "blown" not in table.columns:
        raise FileError(msg("No column of {file} is known as the time of blowing; name it with the field blown.", file=table.rows.name))
    blown, picked_up, done = _times(table)
    numbers = _numbers(table)
    yield Progress(0.2, msg("Comparing with the whistles of the county"))
    _leave_out(table, numbers, blown)
    directory = _directory(table)
    body = _bodies(table, directory)
    kept = table.kept()
    category = _categories(table, directory, kept)
    kind = _kinds(table)
    household, unit, worker = _households(table), _units(table), _workers(table)
    xy = snap(table.points().xy)
    yield Progress(0.5, msg("Finding who is responsible for {count} whistles", count=len(kept)))
    routes = _routes(table, xy[kept], household[kept], unit[kept], category[kept], kind[kept])
    holder = np.where(body[kept] > 0, body[kept], routes.body)
    yield Progress(0.7, msg("Writing down what happened to {count} whistles", count=len(kept)))
    first = next_id(table.state, "cases")
    ids = np.arange(first, first + len(kept), dtype=np.int64)
    result = table.texts("result")[kept]
    events = _events(ids, holder, blown[kept], picked_up[kept], done[kept], result)
    columns: dict[str, Any] = {
        "id": ids,
        "geom": xy[kept],
        "number": objects([numbers[at] for at in kept]),
        "text": table.texts("text")[kept],
        "address": table.texts("address")[kept],
        "result": result,
        "whistler": objects([words.whistler(text) for text in table.texts("whistler")[kept]]),
        "accuracy": np.full(len(kept), np.nan),
        "border": routes.border_distance,
        "kind": kind[kept],
        "category": category[kept],
        "cell": routes.cell,
        "household": household[kept],
        "worker": worker[kept],
        "unit": unit[kept],
        "source": objects([table.rows.name] * len(kept)),
        "original": _originals(table, kept),
        **_standing(events, ids),
    }
    yield Progress(1.0, msg("Checking {count} rows", count=len(table)))
    changes = []
    if directory.new_bodies:
        changes.append(RowChange("bodies", insert=value_rows("bodies", directory.new_bodies)))
    if directory.new_categories:
        changes.append(RowChange("categories", insert=value_rows("categories", directory.new_categories)))
    if len(kept):
        changes += [RowChange("cases", insert=columns), RowChange("events", insert=events)]
    return Outcome(tuple(changes), report=table.report(len(kept)))


def _times(table: Table) -> tuple[Times, Times, Times]:
    """Return when cases were blown, picked up and done; a row without a time of blowing is rejected."""
    (blown, wrong), (picked_up, wrong_pick), (done, wrong_done) = (table.times(name) for name in ("blown", "picked_up", "done"))
    texts = table.texts("blown")
    for at in np.flatnonzero(np.isnat(blown)).tolist():
        problem = msg("{text} is no time", text=texts[at]) if wrong[at] else msg("the row has no time of blowing")
        table.reject(at, problem)
    for name, bad in (("picked_up", wrong_pick), ("done", wrong_done)):
        if name in table.named:
            said = table.texts(name)
            for at in np.flatnonzero(bad).tolist():
                table.reject(at, msg("{text} is no time", text=said[at]))
    for values in (picked_up, done):
        for at in np.flatnonzero(values < blown).tolist():
            values[at] = blown[at]
            table.repaired.append(Repair(table.number(at), msg("a step before the blowing was moved to it")))
    late = np.flatnonzero(picked_up > done)
    picked_up[late] = done[late]
    return blown, picked_up, done


def _numbers(table: Table) -> list[str]:
    """Return the number of each case: its id in the file, else file and row."""
    return [code or f"{table.rows.name}#{number}" for code, number in zip(table.codes("id"), table.rows.numbers.tolist(), strict=True)]


def _leave_out(table: Table, numbers: Sequence[str], blown: Times) -> None:
    """Leave out cases that are there: the same number and the same time of blowing (running numbers begin anew every year)."""
    there: set[tuple[str, Any]] = set()
    if table.store is not None and len(table.state.cases):
        stored = table.store.rows("cases", columns=["number", "blown"])
        there = set(zip(stored["number"].tolist(), stored["blown"].astype("datetime64[s]").tolist(), strict=True))
    table.leave_out(list(zip(numbers, blown.tolist(), strict=True)), there)


def _directory(table: Table) -> _Directory:
    bodies = {body.code: body.id for body in table.state.bodies.values() if body.code}
    bodies |= {body.name: body.id for body in table.state.bodies.values()}
    categories: dict[str, int] = {}
    for category in table.state.categories.values():
        for word in (category.code, category.name_en, category.name):
            if word:
                categories[word] = category.id
    return _Directory(bodies, categories)


def _bodies(table: Table, directory: _Directory) -> Ints:
    """Return the receiving body that the file names, 0 for none."""
    ids = np.zeros(len(table), np.int64)
    unknown: set[str] = set()
    for at, text in enumerate(table.texts("body").tolist()):
        if not text or at in table.rejected or at in table.skipped:
            continue
        if text not in directory.bodies:
            if table.create_bodies:
                new = Body(next_id(table.state, "bodies") + len(directory.new_bodies), BodyKind.DEPARTMENT, text)
                directory.new_bodies.append(new)
                directory.bodies[text] = new.id
            elif "body" in table.named:
                problem = msg(
                    "the county has no receiving body {body}; import its departments first, or let the import make bodies", body=text
                )
                table.reject(at, problem)
                continue
            else:
                unknown.add(text)
                continue
        ids[at] = directory.bodies[text]
    if directory.new_bodies:
        table.notes.append(msg("{count} departments were made.", count=len(directory.new_bodies)))
    if unknown:
        text = ", ".join(sorted(unknown)[:5])
        table.notes.append(
            msg("{count} receiving bodies are not known, so the county's rules decide: {bodies}.", count=len(unknown), bodies=text)
        )
    return ids


def _categories(table: Table, directory: _Directory, kept: Ints) -> Ints:
    """Return the category of each row; those that nobody knows are made."""
    texts = table.texts("category")
    ids = np.zeros(len(table), np.int64)
    for at in kept.tolist():
        text = texts[at]
        if not text:
            continue
        if text not in directory.categories:
            number = next_id(table.state, "categories") + len(directory.new_categories)
            directory.new_categories.append(Category(number, text, text, text if text.isascii() else ""))
            directory.categories[text] = number
        ids[at] = directory.categories[text]
    if directory.new_categories:
        table.notes.append(msg("{count} categories were made.", count=len(directory.new_categories)))
    return ids


def _kinds(table: Table) -> Ints:
    """Return the kind of each case; a file that does not say holds requests for help."""
    texts = table.texts("kind")
    known = {text: words.case_kind(text) for text in set(texts.tolist())}
    return np.array([int(known[text] or CaseKind.HELP) for text in texts.tolist()], dtype=np.int64)


def _households(table: Table) -> Ints:
    """Return the household that each row names by its own code, 0 for none."""
    codes = table.codes("household")
    ids = np.zeros(len(table), np.int64)
    if table.store is None or not any(codes):
        return ids
    stored = table.store.rows("households", columns=["code"])
    by_code = {code: number for code, number in zip(stored["code"].tolist(), stored["id"].tolist(), strict=True) if code}
    return np.array([by_code.get(code, 0) for code in codes], dtype=np.int64)


def _units(table: Table) -> Ints:
    """Return the unit that each row names by code or name, 0 for none."""
    units = table.units()
    codes = table.codes("unit")
    lost = [code for code in codes if code and code not in units]
    if lost:
        table.notes.append(
            msg("{count} rows name a unit that the county does not have, for example {unit}.", count=len(lost), unit=lost[0])
        )
    return np.array([units[code].id if code in units else 0 for code in codes], dtype=np.int64)


def _workers(table: Table) -> Ints:
    """Return the worker who blew, where the file names one by code or by a name that only one has."""
    names: dict[str, list[int]] = {}
    for worker in table.state.workers.values():
        names.setdefault(worker.name, []).append(worker.id)
    known = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    known |= {worker.code: worker.id for worker in table.state.workers.values() if worker.code}
    return np.array([known.get(text, 0) for text in table.texts("whistler").tolist()], dtype=np.int64)


def _routes(table: Table, xy: NDArray[np.float64], household: Ints, unit: Ints, category: Ints, kind: Ints) -> Routes:
    state = table.state
    return router_of(state).route_many(xy[:, 0], xy[:, 1], household=household, unit=unit, category=category, kind=kind)


def _events(ids: Ints, holder: Ints, blown: Times, picked_up: Times, done: Times, result: NDArray[np.object_]) -> dict[str, Any]:
    """Return the events of cases: blown to their body, picked up and done by it where the file says so."""
    parts = []
    for kind, times in ((EventKind.BLOWN, blown), (EventKind.PICKED_UP, picked_up), (EventKind.DONE, done)):
        at = np.flatnonzero(~np.isnat(times))
        parts.append((kind, at, times[at]))
    positions = np.concatenate([at for _, at, _ in parts])
    count = len(positions)
    kinds = objects([kind.value for kind, at, _ in parts for _ in range(len(at))])
    is_blown, is_done = kinds == EventKind.BLOWN.value, kinds == EventKind.DONE.value
    note = objects([""] * count)
    note[is_done] = result[positions[is_done]]
    return {
        "id": np.zeros(count, np.int64),  # the store numbers events
        "case_id": ids[positions],
        "kind": kinds,
        "time": np.concatenate([times for _, _, times in parts]),
        "body": np.where(is_blown, 0, holder[positions]),
        "target": np.where(is_blown, holder[positions], 0),
        "note": note,
        "deadline": np.full(count, np.datetime64("NaT", "s")),
    }


def _standing(events: dict[str, Any], ids: Ints) -> dict[str, Any]:
    folded = fold_columns(events)
    assert len(folded) == len(ids)
    return {
        "state": folded.state,
        "body": folded.body,
        "blown": folded.blown,
        "arrived": folded.arrived,
        "picked_up": folded.picked_up,
        "done": folded.done,
        "deadline": folded.deadline,
        "urged": folded.urged,
    }


def _originals(table: Table, kept: Ints) -> NDArray[Any]:
    """Return all that the file says of each row, as it says it."""
    names = list(table.rows.columns)
    texts = [table.rows.texts(name)[kept].tolist() for name in names]
    return objects([{name: text for name, text in zip(names, row, strict=True) if text} for row in zip(*texts, strict=True)])
