"""Rows of cases: each becomes a case with its events, routed as if it had been blown here; one that is known goes on where it stood."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind, Category
from gis_app.cases.case import CaseKind, Event
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.routing import Routes
from gis_app.cases.statistics import local_days
from gis_app.county.case_edits import event_columns
from gis_app.county.changes import Outcome, Refusal, RowChange
from gis_app.county.content import full, next_id, objects, value_rows
from gis_app.county.responsible import Routers
from gis_app.files import case_history, words
from gis_app.files.case_amendments import Said, amendments_of, changed_at_source
from gis_app.files.case_news import news_of
from gis_app.files.case_register import Numbers, identified
from gis_app.files.case_steps import Course, course_of
from gis_app.files.errors import FileError
from gis_app.files.numbers import as_numbers
from gis_app.files.report import ImportReport
from gis_app.files.table import Table
from gis_app.grid.coverage import snap
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Ints = NDArray[np.int64]


@dataclass(slots=True)
class _Directory:
    """Bodies and categories by what files call them, and those that the import makes."""

    bodies: dict[str, int]
    categories: dict[str, int]
    codes: dict[str, int]
    new_bodies: list[Body] = field(default_factory=list)
    new_categories: list[Category] = field(default_factory=list)


def case_rows(table: Table, routers: Routers | None = None) -> Steps[Outcome | Refusal]:
    """Make cases and their events; unknown categories and bodies are made where that is asked for. Report: `ImportReport`."""
    yield Progress(0.0, msg("Checking {count} rows", count=len(table)))
    if "blown" not in table.columns:
        raise FileError(msg("No column of {file} is known as the time of blowing; name it with the field blown.", file=table.rows.name))
    numbers = _numbers(table)
    course = course_of(table)
    yield Progress(0.2, msg("Comparing with the whistles of the county"))
    known = identified(table, numbers, course.blown)
    directory = _directory(table)
    body = _bodies(table, directory)
    kept = table.kept()
    own = _own_events(table, numbers, known, directory)
    changed = changed_at_source(table, known, own)
    category = _categories(table, directory, np.sort(np.append(kept, np.array(list(changed), np.int64))))
    kind, urgency = _kinds(table), _urgencies(table)
    household, unit, worker = _households(table), _units(table), _workers(table)
    xy = snap(table.points().xy)
    yield Progress(0.5, msg("Finding who is responsible for {count} whistles", count=len(kept)))
    router = (routers or Routers()).of(table.state)
    routes = router.route_many(
        xy[kept, 0],
        xy[kept, 1],
        household=household[kept],
        unit=unit[kept],
        category=category[kept],
        kind=kind[kept],
        urgency=urgency[kept],
        day=local_days(course.blown[kept]),
    )
    holder = np.where(body[kept] > 0, body[kept], routes.body)
    yield Progress(0.7, msg("Writing down what happened to {count} whistles", count=len(kept)))
    first = next_id(table.state, "cases")
    ids = np.arange(first, first + len(kept), dtype=np.int64)
    events = _all_events(course, own, kept, ids, holder)
    standing = _standing(events, ids)
    columns: dict[str, Any] = {
        "id": ids,
        "geom": xy[kept],
        "number": objects([numbers[at] for at in kept]),
        **{name: table.texts(name)[kept] for name in ("text", "address", "result", "contact", "phone")},
        "whistler": objects([words.whistler(text) for text in table.texts("whistler")[kept]]),
        "accuracy": as_numbers(table.texts("accuracy")[kept]),
        "border": routes.border_distance,
        "kind": kind[kept],
        "category": category[kept],
        "urgency": urgency[kept],
        "cell": routes.cell,
        "household": household[kept],
        "worker": worker[kept],
        "unit": unit[kept],
        "source": objects([table.source or table.rows.name] * len(kept)),
        "original": objects(table.originals(kept)),
        **standing,
    }
    yield Progress(0.9, msg("Checking {count} rows", count=len(table)))
    news = news_of(table, known, course, own)
    said = Said(table.texts("text"), table.texts("address"), category, xy)
    amended = amendments_of(table, known, changed, said, router, news.events)
    changes: list[RowChange] = []
    if directory.new_bodies:
        changes.append(RowChange("bodies", insert=value_rows("bodies", directory.new_bodies)))
    if directory.new_categories:
        changes.append(RowChange("categories", insert=value_rows("categories", directory.new_categories)))
    if len(kept):
        changes.append(RowChange("cases", insert=columns))
    if news.cases:
        changes.append(RowChange("cases", update=news.cases))
    if amended.cases:
        changes.append(RowChange("cases", update=amended.cases))
    later = [*news.events, *amended.events]
    if len(kept) or later:
        changes.append(RowChange("events", insert=_together(events, later)))
    report = _routed(table, directory, standing["body"], routes, len(kept))
    return Outcome(tuple(changes), report=report)


def _routed(table: Table, directory: _Directory, holder: Ints, routes: Routes, count: int) -> ImportReport:
    """Return the report, with how many of the new cases each body receives."""
    names = {body.id: body.name for body in (*table.state.bodies.values(), *directory.new_bodies)}
    ids, counts = np.unique(holder, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    routed = tuple((names.get(key, ""), number) for key, number in zip(ids[order].tolist(), counts[order].tolist(), strict=True))
    return replace(table.report(count), routed=routed, outside=int((routes.cell == 0).sum()))


def _numbers(table: Table) -> list[str]:
    """Return the number of each case: its id in the file, else file and row. A register that is known gives every case a number."""
    codes = table.codes("id")
    if table.register is not None:
        for at in (at for at, code in enumerate(codes) if not code):
            table.reject(at, msg("the row has no number"))
    return [code or f"{table.rows.name}#{number}" for code, number in zip(codes, table.rows.numbers.tolist(), strict=True)]


def _own_events(table: Table, numbers: Sequence[str], known: Ints, directory: _Directory) -> dict[int, list[Event]]:
    """Return all events of the rows that carry them, as our own exports do, by row."""
    if not table.rows.originals:
        return {}
    first = next_id(table.state, "cases")
    there = {numbers[at]: int(known[at]) for at in np.flatnonzero(known).tolist()}
    there |= {numbers[at]: first + order for order, at in enumerate(table.kept().tolist())}
    stored = Numbers.of(table)
    found = {}
    for at, original in enumerate(table.rows.originals):
        events = case_history.events_in(
            original,
            lambda name: _body_called(table, directory, name) if name else 0,
            lambda number: there.get(number, 0) or stored.called(number),
        )
        if events:
            found[at] = events
    return found


def _all_events(course: Course, own: dict[int, list[Event]], kept: Ints, ids: Ints, holder: Ints) -> dict[str, Any]:
    """Return the rows of the table `events` of new cases: those that the file tells in full, and those made of its columns."""
    told: list[Event] = []
    for at, case, body in zip(kept.tolist(), ids.tolist(), holder.tolist(), strict=True):
        for event in own.get(at, ()):
            begins = event.kind.value == "blown" and not event.target
            told.append(replace(event, case=case, target=body if begins else event.target))
    plain = np.array([at not in own for at in kept.tolist()], np.bool_)
    return _together(course.columns(kept[plain], ids[plain], holder[plain]), told)


def _together(made: dict[str, Any], told: Sequence[Event]) -> dict[str, Any]:
    """Return rows of the table `events` and events as rows of one change: the store numbers what stands in one."""
    if not told:
        return made
    parts = [full("events", made), full("events", event_columns(list(told)))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _directory(table: Table) -> _Directory:
    bodies = {body.code: body.id for body in table.state.bodies.values() if body.code}
    bodies |= {body.name: body.id for body in table.state.bodies.values()}
    categories: dict[str, int] = {}
    for category in table.state.categories.values():
        for word in (category.code, category.name_en, category.name):
            if word:
                categories[word] = category.id
    codes = {category.code: category.id for category in table.state.categories.values() if category.code}
    return _Directory(bodies, categories, codes)


def _body_called(table: Table, directory: _Directory, name: str) -> int:
    """Return the body of a name, made where that is asked for; 0 for an unknown one."""
    if name not in directory.bodies and table.create_bodies:
        new = Body(next_id(table.state, "bodies") + len(directory.new_bodies), BodyKind.DEPARTMENT, name)
        directory.new_bodies.append(new)
        directory.bodies[name] = new.id
    return directory.bodies.get(name, 0)


def _bodies(table: Table, directory: _Directory) -> Ints:
    """Return the receiving body that the file names, 0 for none."""
    ids = np.zeros(len(table), np.int64)
    unknown: set[str] = set()
    for at, text in enumerate(table.texts("body").tolist()):
        if not text or at in table.rejected or at in table.skipped:
            continue
        ids[at] = _body_called(table, directory, text)
        if ids[at]:
            continue
        if "body" in table.named:
            problem = msg("the county has no receiving body {body}; import its departments first, or let the import make bodies", body=text)
            table.reject(at, problem)
        else:
            unknown.add(text)
    if directory.new_bodies:
        table.notes.append(msg("New departments: {count}.", count=len(directory.new_bodies)))
    if unknown:
        text = ", ".join(sorted(unknown)[:5])
        table.notes.append(
            msg("{count} receiving bodies are not known, so the county's rules decide: {bodies}.", count=len(unknown), bodies=text)
        )
    return ids


def _categories(table: Table, directory: _Directory, kept: Ints) -> Ints:
    """Return the category of each row, by its name, or by its code where no name stands; unknown ones are made if they may be."""
    texts, codes = table.texts("category"), table.texts("category_code")
    ids = np.zeros(len(table), np.int64)
    unknown: dict[str, int] = {}
    for at in kept.tolist():
        text, code = texts[at], codes[at]
        if not text and code in directory.codes:
            ids[at] = directory.codes[code]
            continue
        text = text or code
        if not text:
            continue
        if text not in directory.categories and table.create_categories:
            _make_category(table, directory, text, code)
        ids[at] = directory.categories.get(text, 0)
        if not ids[at]:
            unknown[text] = unknown.get(text, 0) + 1
    if directory.new_categories:
        table.notes.append(msg("New categories: {count}.", count=len(directory.new_categories)))
    if unknown:
        names = ", ".join(sorted(unknown, key=lambda name: -unknown[name])[:5])
        text = msg("{count} categories are not known, so their whistles have none: {categories}.", count=len(unknown), categories=names)
        table.notes.append(text)
    return ids


def _make_category(table: Table, directory: _Directory, name: str, code: str) -> None:
    number = next_id(table.state, "categories") + len(directory.new_categories)
    chosen = code if code and code not in directory.codes else "" if code else name
    directory.new_categories.append(Category(number, chosen, name, name if name.isascii() else ""))
    directory.categories[name] = number
    if chosen:
        directory.codes[chosen] = number


def _kinds(table: Table) -> Ints:
    """Return the kind of each case; a file that does not say holds requests for help."""
    texts = table.texts("kind")
    known = {text: words.case_kind(text) for text in set(texts.tolist())}
    return np.array([int(known[text] or CaseKind.HELP) for text in texts.tolist()], dtype=np.int64)


def _urgencies(table: Table) -> Ints:
    """Return how urgent each case is; 0 where the file does not say."""
    texts = table.texts("urgency")
    known = {text: int(words.urgency(text)) for text in set(texts.tolist())}
    return np.array([known[text] for text in texts.tolist()], dtype=np.int64)


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
    texts = table.texts("worker" if "worker" in table.columns else "whistler")
    return np.array([known.get(text, 0) for text in texts.tolist()], dtype=np.int64)


def _standing(events: dict[str, Any], ids: Ints) -> dict[str, Any]:
    folded = fold_columns(events)
    assert len(folded) == len(ids)
    names = ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged", "duplicate")
    return {name: getattr(folded, name) for name in names}
