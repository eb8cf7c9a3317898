"""Edits of cases: register a whistle, record what happens to it, route those that nobody holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, CaseKind, Cases, Event, EventKind, State, Urgency
from gis_app.cases.life_cycle import Standing, fold, in_order, objection, repeated
from gis_app.cases.routing import Place, Route
from gis_app.cases.statistics import local_days
from gis_app.cases.times import as_utc, from_utc64, utc64
from gis_app.cases.transitions import TRANSITIONS, refusal
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects
from gis_app.county.ports import CountyStore
from gis_app.county.responsible import Routers, router_of
from gis_app.county.state import CountyState
from gis_app.grid.units import Level
from gis_app.language import ZONE, Message, msg
from gis_app.progress import Progress, Steps, part


@dataclass(frozen=True, slots=True)
class Registered:
    """A whistle that became a case: its id and number, and who is responsible for it, with the reasons."""

    case: int
    number: str
    route: Route


@dataclass(frozen=True, slots=True)
class Recorded:
    """A step that was recorded: the event as it stands now, and where the case stands after it."""

    event: Event
    standing: Standing


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction, whom the rules name now, and who holds the case (`body`): where they differ, somebody should hand it over."""

    event: Event
    route: Route
    body: int

    @property
    def another_body(self) -> bool:
        """Tell whether the rules name another body than the one that holds the case."""
        return self.route.body not in (0, self.body)


def register_case(
    store: CountyStore,
    *,
    kind: CaseKind,
    category: int = 0,
    urgency: Urgency = Urgency.NOT_SAID,
    text: str = "",
    place: Place | None = None,
    address: str = "",
    blown: datetime | None = None,
    number: str = "",
    whistler: str = "resident",
    worker: int = 0,
    contact: str = "",
    phone: str = "",
    actor: str = "",
    body: int = 0,
    source: str = "",
    original: Mapping[str, object] | None = None,
    routers: Routers | None = None,
) -> Edit:
    """Register a whistle in the county of `store`: it is routed and reaches a body at once. Report: `Registered`. Lasting: a whistle is
    never taken back.

    `place`: a point in county coordinates, a household, a unit, or nothing; `blown`: an instant (now by default); `number`: given by day
    and order if empty, never one that a case of the store has; `body`: chosen by hand (0: by the rules); `worker`: the id of the worker
    who blew it; `contact` and `phone`: who else did. Who registers many whistles keeps `routers`: making a router takes longer than asking
    it. Refusals "no_category", "no_body", "no_worker", "no_place" (household or unit that there is not), "later" (an instant that has not
    come yet), "number" (another case has it).
    """
    where = place or Place()

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.2, msg("Finding who is responsible"))
        now = state.settings.now()
        time = _second(blown or now)
        refused = _unknown(state, category, body, worker, where)
        if refused:
            return refused
        if time > now:
            return Refusal("later", msg("A whistle cannot be blown at a time that has not come yet."))
        route = (routers or Routers()).of(state).route(where, category, kind, urgency, time.astimezone(ZONE).date())
        case = next_id(state, "cases")
        called = number.strip() or _next_number(store, time)
        if number.strip() and called in store.beginning("cases", "number", called):
            return Refusal("number", msg("Another whistle has the number {number} already.", number=called))
        event = Event(case, EventKind.BLOWN, time, actor=actor, target=body or route.body, note=text)
        texts = {"number": called, "text": text, "address": address, "whistler": whistler}
        texts |= {"contact": contact, "phone": phone, "source": source}
        numbers = {"kind": kind, "category": category, "urgency": urgency, "cell": route.cell}
        numbers |= {"household": where.household, "worker": worker, "unit": where.unit}
        row = {
            "id": np.array([case], np.int64),
            "geom": np.array([[where.x, where.y]]),
            "accuracy": np.array([where.accuracy]),
            "border": np.array([route.border_distance]),
            "original": objects([dict(original) if original else None]),
            **{name: objects([value]) for name, value in texts.items()},
            **{name: np.array([int(value)], np.int64) for name, value in numbers.items()},
            **standing_columns(fold([event])),
        }
        changes = (RowChange("cases", insert=row), RowChange("events", insert=event_columns([event])))
        return Outcome(changes, report=Registered(case, called, route))

    return Edit(msg("Register a whistle"), plan, lasting=True)


def _unknown(state: CountyState, category: int, body: int, worker: int, place: Place) -> Refusal | None:
    if category and category not in state.categories:
        return Refusal("no_category", msg("There is no category {id}.", id=category))
    if body and body not in state.bodies:
        return Refusal("no_body", msg("There is no receiving body {id}.", id=body))
    if worker and worker not in state.workers:
        return Refusal("no_worker", msg("There is no worker {id}.", id=worker))
    if place.unit and place.unit not in state.units:
        return Refusal("no_place", msg("There is no unit {id}.", id=place.unit))
    if place.household and not np.isin(place.household, state.households.id):
        return Refusal("no_place", msg("There is no household {id}.", id=place.household))
    return None


def _next_number(store: CountyStore, time: datetime) -> str:
    """Return the day (in the county's zone) and the next number of that day that no case has, whenever it was blown: 20200501-007."""
    day = f"{time.astimezone(ZONE):%Y%m%d}-"
    given = (number.removeprefix(day) for number in store.beginning("cases", "number", day))
    return f"{day}{max((int(text) for text in given if text.isdecimal()), default=0) + 1:03d}"


_STAYS = frozenset({EventKind.MEETING, EventKind.APPEALED, EventKind.REOPENED})
"""Steps that bring a case to its present body anew where no other is named."""


def record_event(
    store: CountyStore,
    case: int,
    kind: EventKind,
    *,
    time: datetime | None = None,
    actor: str = "",
    target: int = 0,
    note: str = "",
    deadline: datetime | None = None,
    stars: tuple[int, int, int] | None = None,
    data: Mapping[str, object] | None = None,
) -> Edit:
    """Record what happened to a case of the county in `store`, as far as `cases.life_cycle.objection` allows. Report: `Recorded`.

    The events of the case so far are read from the store, and the derived columns become the fold of all of them. The acting body is the
    one that holds the case. A case that repeats one which is a duplicate itself repeats the first of all; what repeats a case that is
    merged now is merged along with it. Lasting: what happened is never undone, only corrected (`correct_case`). Refusals "no_case",
    "not_open" (the step is not open in this state), "no_body" (the `target`, or a supporting body of a meeting, is none), "objection" (all
    else: before the last step or in the future, or a promise, return, rating … that lacks what it needs).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Recording the step"))
        if not np.isin(case, state.cases.id):
            return _no_case(case)
        told = events_of(store.events(case))
        before = fold(told)
        now = state.settings.now()
        goes = target or (before.body if kind in _STAYS else 0)
        event = Event(case, kind, _second(time or now), actor, before.body, goes, note, deadline, stars, dict(data or {}))
        if kind == EventKind.DUPLICATE:
            event = replace(event, data={**event.data, "of": first_of(state.cases, repeated(event))})
        refused = _refusal(state, told, before, event, now)
        if refused is not None:
            return refused
        along = _merged_along(store, state, event) if kind == EventKind.DUPLICATE else ()
        return Outcome((*step_rows([*told, event], event), *along), report=Recorded(event, fold([*told, event])))

    return Edit(msg("Record a step of a case"), plan, lasting=True)


@dataclass(frozen=True, slots=True)
class RecordedMany:
    """What became of one step of many cases: those for which it was recorded, and those for which it was refused, each with why."""

    recorded: tuple[Recorded, ...]
    refused: tuple[tuple[int, Refusal], ...]


def recording_all(state: CountyState, steps: Sequence[tuple[int, Edit]], nothing: Message) -> Steps[Outcome | Refusal]:
    """Plan steps of different cases as one change. Report: `RecordedMany`, with those that refuse left out; where all do, the reason of the
    first is the refusal, and `nothing` where there is no step."""
    rows: list[RowChange] = []
    recorded: list[Recorded] = []
    refused: list[tuple[int, Refusal]] = []
    for at, (case, step) in enumerate(steps):
        outcome = yield from part(step.plan(state), at / len(steps), (at + 1) / len(steps))
        if isinstance(outcome, Refusal):
            refused.append((case, outcome))
        elif isinstance(outcome.report, Recorded):
            rows += outcome.rows
            recorded.append(outcome.report)
    if not recorded:
        return refused[0][1] if refused else Refusal("no_case", nothing)
    return Outcome(tuple(rows), report=RecordedMany(tuple(recorded), tuple(refused)))


def record_many(
    store: CountyStore,
    cases: Sequence[int],
    kind: EventKind,
    *,
    time: datetime | None = None,
    actor: str = "",
    target: int = 0,
    note: str = "",
    deadline: datetime | None = None,
    stars: tuple[int, int, int] | None = None,
    data: Mapping[str, object] | None = None,
) -> Edit:
    """Record the same step of many cases in one transaction; values as in `record_event`, one event each. Report: `RecordedMany`.

    A case that refuses the step is left out, and reported with the reason; where all refuse, the reason of the first is the refusal.
    Cases are merged one by one: ValueError for a duplicate.
    """
    if kind == EventKind.DUPLICATE:
        raise ValueError("cases are merged one by one")
    values = {"time": time, "actor": actor, "target": target, "note": note, "deadline": deadline, "stars": stars, "data": data}
    listed = tuple(dict.fromkeys(cases))

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.0, msg("Recording the step of {count} whistles", count=len(listed)))
        steps = [(case, record_event(store, case, kind, **values)) for case in listed]  # type: ignore[arg-type]
        return (yield from recording_all(state, steps, msg("Choose the whistles first.")))

    return Edit(msg("Record a step of {count} whistles", count=len(listed)), plan, lasting=True)


def first_of(cases: Cases, case: int) -> int:
    """Return the case that one repeats, itself where it repeats none; of a chain (as somebody's file may hold) the last link."""
    passed: set[int] = set()
    while case not in passed:
        passed.add(case)
        row = np.searchsorted(cases.id, case)
        case = int(cases.duplicate[row]) or case if row < len(cases) and cases.id[row] == case else case
    return case


def repeats_of(cases: Cases, case: int) -> tuple[int, ...]:
    """Return the cases that repeat a case, by id, also those that repeat one of them."""
    found: set[int] = set()
    asked = [case]
    while asked:
        new = {int(id) for id in cases.id[np.isin(cases.duplicate, asked)]} - found - {case}
        found |= new
        asked = sorted(new)
    return tuple(sorted(found))


def _merged_along(store: CountyStore, state: CountyState, event: Event) -> Iterator[RowChange]:
    """Merge what repeats a case that is merged itself now with the case that both repeat: an event each."""
    for case in repeats_of(state.cases, event.case):
        told = events_of(store.events(case))
        before = fold(told)
        if before.state == State.DUPLICATE:
            time = max(event.time, told[-1].time)
            follows = replace(event, case=case, time=time, body=before.body)
            yield from step_rows([*told, follows], follows)


def step_rows(events: list[Event], event: Event, more: Mapping[str, NDArray[np.generic]] | None = None) -> tuple[RowChange, ...]:
    """Return the rows of one more event of a case: `events` are all of it, `more` other columns of the case that change with it."""
    columns: dict[str, NDArray[np.generic]] = {"id": np.array([event.case], np.int64), **standing_columns(fold(events)), **(more or {})}
    if event.kind == EventKind.DONE and event.note:
        columns["result"] = objects([event.note])
    return (RowChange("cases", update=columns), RowChange("events", insert=event_columns([event])))


def _no_case(case: int) -> Refusal:
    return Refusal("no_case", msg("There is no case {id}.", id=case))


def _second(time: datetime) -> datetime:
    return as_utc(time).replace(microsecond=0)


def _refusal(state: CountyState, told: list[Event], before: Standing, event: Event, now: datetime) -> Refusal | None:
    """Say why an event cannot come after those that are told already."""
    if (reason := refusal(before.state if told else None, event.kind)) is not None:
        return Refusal("not_open", reason)
    supporting = event.data.get("supporting", ())
    named = [event.target] if TRANSITIONS[event.kind].moves else []
    named += [body for body in supporting if isinstance(body, int)] if isinstance(supporting, list | tuple) else []
    if any(body not in state.bodies for body in named):
        return Refusal("no_body", msg("Choose the body that the case goes to."))
    if event.kind == EventKind.DUPLICATE:
        if repeated(event) not in (0, event.case) and not np.isin(repeated(event), state.cases.id):
            return _no_case(repeated(event))
        if repeated(event) == before.duplicate != 0:
            return Refusal("objection", msg("This case is merged with that one already."))
    reason = objection(before if told else None, event, now, _last(told))
    return None if reason is None else Refusal("objection", reason)


def _last(told: list[Event]) -> datetime | None:
    """Return when somebody did something last. That a body was told is written down by the minute, steps often hours after they were done:
    a pick-up at 12:40 may be recorded after a robot called at 12:44."""
    return next((event.time for event in reversed(told) if event.kind != EventKind.TOLD), None)


_CORRECTABLE: Mapping[str, Message] = {
    "kind": msg("Kind"),
    "category": msg("Category"),
    "urgency": msg("Urgency"),
    "text": msg("Text"),
    "address": msg("Address"),
    "contact": msg("Contact"),
    "phone": msg("Phone"),
    "result": msg("Result"),
    "place": msg("Place"),
    "cell": msg("Cell"),
}
"""What a correction may change, with the words for it."""


_OF_A_STEP: Mapping[str, Message] = {"time": msg("When"), "note": msg("Note")}
"""What the correction of a step may change (`step_correction`)."""


def correction_text(field: str) -> Message:
    """Return the word for what was corrected; an unknown one stays as it is."""
    return _CORRECTABLE.get(field) or _OF_A_STEP.get(field) or Message(field)


def correct_case(
    store: CountyStore,
    case: int,
    *,
    note: str,
    actor: str = "",
    time: datetime | None = None,
    place: Place | None = None,
    cell: int = 0,
    routers: Routers | None = None,
    **values: int | str,
) -> Edit:
    """Say what is right where something was recorded wrongly: an event that keeps what stood there before. Report: `Corrected`.

    `values`: new values of the other fields of `_CORRECTABLE`; `place`: where the whistle really lies, which finds its cell and border
    anew; `cell`: in which cell it lies where its place is too uncertain to tell (also the one that was found: then it is confirmed).
    Who holds the case goes on holding it: the report says whom the rules name now. Lasting. Refusals as of `record_event` and
    `register_case`; ValueError for a field, a kind or an urgency that there is not.
    """
    CaseKind(int(values.get("kind", CaseKind.HELP))), Urgency(int(values.get("urgency", Urgency.NOT_SAID)))
    if unknown := set(values) - (set(_CORRECTABLE) - {"place", "cell"}):
        raise ValueError(f"a correction knows no fields {sorted(unknown)}")

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Recording the correction"))
        if not np.isin(case, state.cases.id):
            return _no_case(case)
        refused = _unknown(state, int(values.get("category", 0)), 0, 0, place or Place())
        if refused:
            return refused
        if cell and (cell not in state.units or state.units[cell].level != Level.CELL):
            return Refusal("no_place", msg("There is no unit {id}.", id=cell))
        row = store.rows("cases", np.array([case], np.int64))
        new = {name: value for name, value in values.items() if row[name][0] != value}
        where = place or _place_of(row)
        route = _route_again(state, row, new, where, routers or Routers())
        changes = {name: [_plain(row[name][0]), value] for name, value in new.items()}
        columns = {name: np.array([value], np.int64) if isinstance(value, int) else objects([value]) for name, value in new.items()}
        if place is not None and _place_values(place) != _place_values(_place_of(row)):
            changes["place"] = [_place_values(_place_of(row)), _place_values(place)]
            columns |= _place_columns(place, route)
        if cell:
            changes["cell"] = [int(columns["cell"][0] if "cell" in columns else row["cell"][0]), cell]
            columns["cell"] = np.array([cell], np.int64)
            route = _route_again(state, row, new, Place(unit=cell), routers or Routers())
        told = events_of(store.events(case))
        before, now = fold(told), state.settings.now()
        data: dict[str, object] = {"changes": changes} if changes else {}
        event = Event(case, EventKind.CORRECTED, _second(time or now), actor, before.body, note=note, data=data)
        refused = _refusal(state, told, before, event, now)
        if refused is not None:
            return refused
        return Outcome(step_rows([*told, event], event, columns), report=Corrected(event, route, before.body))

    return Edit(msg("Correct a case"), plan, lasting=True)


def _route_again(state: CountyState, row: Columns, new: Mapping[str, int | str], where: Place, routers: Routers) -> Route:
    """Return whom the rules name for a case as it stands after a correction, on the day when it was blown."""
    category, kind, urgency = (int(new.get(name, row[name][0])) for name in ("category", "kind", "urgency"))
    blown = from_utc64(row["blown"][0]) or state.settings.now()
    return routers.of(state).route(where, category, kind, urgency, blown.astimezone(ZONE).date())


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


def _place_values(place: Place) -> dict[str, float]:
    """Return a place as plain JSON values, without what is not known."""
    values = {"x": place.x, "y": place.y, "accuracy": place.accuracy, "household": place.household, "unit": place.unit}
    return {name: value for name, value in values.items() if np.isfinite(value) and value}


def _place_of(row: Columns) -> Place:
    """Return the place of a case from its row."""
    x, y = row["geom"][0].tolist()
    return Place(x, y, float(row["accuracy"][0]), int(row["household"][0]), int(row["unit"][0]))


def _place_columns(place: Place, route: Route) -> dict[str, NDArray[np.generic]]:
    return {
        "geom": np.array([[place.x, place.y]]),
        "accuracy": np.array([place.accuracy]),
        "border": np.array([route.border_distance]),
        "cell": np.array([route.cell], np.int64),
        "household": np.array([place.household], np.int64),
        "unit": np.array([place.unit], np.int64),
    }


def events_of(rows: Columns) -> list[Event]:
    """Return rows of the table `events` as events, oldest first."""
    names = ("case_id", "kind", "actor", "body", "target", "note", "attitude", "speed", "outcome", "data")
    columns = {name: rows[name].tolist() for name in names}
    return in_order(
        Event(case, EventKind(kind), _instant(time), actor, body, target, note, from_utc64(deadline), (a, s, o) if a else None, data or {})
        for case, kind, actor, body, target, note, a, s, o, data, time, deadline in zip(
            *columns.values(), rows["time"], rows["deadline"], strict=True
        )
    )


def _instant(value: np.datetime64) -> datetime:
    """Return the time of an event; one that somebody's file left without a time happened before all others."""
    return from_utc64(value) or datetime.min.replace(tzinfo=UTC)


def standing_columns(standing: Standing) -> dict[str, NDArray[np.generic]]:
    """Return where a case stands as its derived columns, one row."""
    columns: dict[str, NDArray[np.generic]] = {}
    for field in fields(standing):
        value = getattr(standing, field.name)
        if field.name in ("state", "body", "duplicate"):
            columns[field.name] = np.array([int(value)], np.int64)
        elif field.name == "urged":
            columns[field.name] = np.array([value], np.bool_)
        else:
            columns[field.name] = _instants([value])
    return columns


def _instants(values: list[datetime | None]) -> NDArray[np.datetime64]:
    return np.array([None if value is None else value.astimezone(UTC).replace(tzinfo=None) for value in values], "datetime64[s]")


def event_columns(events: list[Event]) -> Columns:
    """Return events as rows of the table `events`; the store gives them their ids."""
    stars = np.array([event.stars or (0, 0, 0) for event in events], np.int64).reshape(-1, 3)
    return {
        "id": np.zeros(len(events), np.int64),
        "case_id": np.array([event.case for event in events], np.int64),
        "kind": objects([event.kind.value for event in events]),
        "time": _instants([event.time for event in events]),
        "actor": objects([event.actor for event in events]),
        "body": np.array([event.body for event in events], np.int64),
        "target": np.array([event.target for event in events], np.int64),
        "note": objects([event.note for event in events]),
        "deadline": _instants([event.deadline for event in events]),
        "attitude": stars[:, 0],
        "speed": stars[:, 1],
        "outcome": stars[:, 2],
        "data": objects([dict(event.data) or None for event in events]),
    }


def route_cases() -> Edit:
    """Find the cell of cases that have none, a body for those that nobody holds, and the distance to the border where it is not known.

    A case keeps the cell that it lay in when it was blown and the body that holds it. An open case of nobody is handed over now, by an
    event like any other: the clock of its body starts today. A closed one stays as it is: who handled it is not known, and nobody has to.
    Refusal "no_cells".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if not state.coverage.cells:
            return Refusal("no_cells", msg("The county has no cells yet; import boundaries first."))
        cases = state.cases
        yield Progress(0.1, msg("Finding who is responsible"))
        placed = np.isfinite(cases.x) & np.isfinite(cases.y)
        adrift = (cases.body == 0) & np.isin(cases.state, list(OPEN_STATES))
        rows = np.flatnonzero((cases.cell == 0) | adrift | (placed & np.isnan(cases.border)))
        routes = router_of(state).route_many(
            cases.x[rows],
            cases.y[rows],
            accuracy=cases.accuracy[rows],
            household=cases.household[rows],
            unit=cases.unit[rows],
            category=cases.category[rows],
            kind=cases.kind[rows],
            urgency=cases.urgency[rows],
            day=local_days(cases.blown[rows]),
        )
        cell = np.where(cases.cell[rows] == 0, routes.cell, cases.cell[rows])
        border = np.where(np.isnan(cases.border[rows]), routes.border_distance, cases.border[rows])
        same_border = (border == cases.border[rows]) | np.isnan(border)
        new = ~((cell == cases.cell[rows]) & same_border)
        changes = [RowChange("cases", update={"id": cases.id[rows][new], "cell": cell[new], "border": border[new]})] if new.any() else []
        taken = adrift[rows] & (routes.body > 0)
        return Outcome((*changes, *_handed_over(state, rows[taken], routes.body[taken])))

    return Edit(msg("Route whistles"), plan)


def _handed_over(state: CountyState, rows: NDArray[np.int64], bodies: NDArray[np.int64]) -> tuple[RowChange, ...]:
    """Bring open cases of nobody (rows of the state) to bodies: an event each, and the columns that it changes."""
    if not len(rows):
        return ()
    cases, count = state.cases, len(rows)
    known = np.stack([getattr(cases, name)[rows] for name in ("blown", "arrived", "picked_up")])
    time = np.fmax(np.fmax.reduce(known), utc64(state.settings.now()))  # never before a step that somebody's file dates later
    never = np.datetime64("NaT", "s")
    columns: dict[str, NDArray[np.generic]] = {
        "id": cases.id[rows],
        "state": np.full(count, int(State.WAITING)),
        "body": bodies,
        "arrived": time,
        "picked_up": np.full(count, never),
        "done": np.full(count, never),
        "deadline": np.full(count, never),
    }
    events: dict[str, NDArray[np.generic]] = {
        "id": np.zeros(count, np.int64),
        "case_id": cases.id[rows],
        "kind": objects([EventKind.HANDED_OVER.value] * count),
        "time": time,
        "target": bodies,
    }
    return (RowChange("cases", update=columns), RowChange("events", insert=events))
