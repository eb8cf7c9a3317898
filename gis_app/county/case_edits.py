"""Edits of cases: register a whistle, record what happens to it, route those that nobody holds."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind, Event, EventKind, State
from gis_app.cases.life_cycle import Standing, fold, in_order, objection
from gis_app.cases.routing import Place, Route
from gis_app.cases.times import from_utc64, utc64
from gis_app.cases.transitions import OPEN_STATES, TRANSITIONS, refusal
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects
from gis_app.county.ports import CountyStore
from gis_app.county.responsible import Routers, router_of
from gis_app.county.state import CountyState
from gis_app.language import ZONE, msg
from gis_app.progress import Progress, Steps


@dataclass(frozen=True, slots=True)
class Registered:
    """A whistle that became a case: its id and number, and who is responsible for it, with the reasons."""

    case: int
    number: str
    route: Route


def register_case(
    *,
    kind: CaseKind,
    category: int = 0,
    text: str = "",
    place: Place | None = None,
    address: str = "",
    blown: datetime | None = None,
    number: str = "",
    whistler: str = "resident",
    worker: int = 0,
    actor: str = "",
    body: int = 0,
    source: str = "",
    routers: Routers | None = None,
) -> Edit:
    """Register a whistle: it is routed and reaches a body at once. Report: `Registered`.

    `place`: a point in county coordinates, a household, a unit, or nothing; `blown`: an instant (now by default); `number`: given by day
    and order if empty; `body`: chosen by hand (0: by the rules); `worker`: the id of the worker who blew it. Who registers many whistles
    keeps `routers`: making a router takes longer than asking it. Refusals "no_category", "no_body", "no_worker", "no_place" (household or
    unit that there is not), "later" (an instant that has not come yet).
    """
    where = place or Place()

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.2, msg("Finding who is responsible"))
        now = state.settings.now()
        time = (blown or now).astimezone(UTC).replace(microsecond=0)
        refused = _unknown(state, category, body, worker, where)
        if refused:
            return refused
        if time > now:
            return Refusal("later", msg("A whistle cannot be blown at a time that has not come yet."))
        route = (routers or Routers()).of(state).route(where, category, kind)
        case = next_id(state, "cases")
        called = number.strip() or _next_number(state, time)
        event = Event(case, EventKind.BLOWN, time, actor=actor, target=body or route.body, note=text)
        row = {
            "id": np.array([case], np.int64),
            "geom": np.array([[where.x, where.y]]),
            "accuracy": np.array([where.accuracy]),
            "border": np.array([route.border_distance]),
            **{name: objects([value]) for name, value in _texts(called, text, address, whistler, source).items()},
            **{name: np.array([int(value)], np.int64) for name, value in _numbers(kind, category, route, where, worker).items()},
            **_standing_columns(fold([event])),
        }
        changes = (RowChange("cases", insert=row), RowChange("events", insert=event_columns([event])))
        return Outcome(changes, report=Registered(case, called, route))

    return Edit(msg("Register a whistle"), plan)


def _texts(number: str, text: str, address: str, whistler: str, source: str) -> dict[str, str]:
    return {"number": number, "text": text, "address": address, "whistler": whistler, "source": source}


def _numbers(kind: CaseKind, category: int, route: Route, place: Place, worker: int) -> dict[str, int]:
    return {
        "kind": kind,
        "category": category,
        "cell": route.cell,
        "household": place.household,
        "worker": worker,
        "unit": place.unit,
    }


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


def _next_number(state: CountyState, time: datetime) -> str:
    """Return the day (in the county's zone) and the place among the whistles of that day: 20200501-007."""
    start = time.astimezone(ZONE).replace(hour=0, minute=0, second=0)
    day = np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "s")
    that_day = (state.cases.blown >= day) & (state.cases.blown < day + np.timedelta64(86_400, "s"))
    return f"{start:%Y%m%d}-{int(that_day.sum()) + 1:03d}"


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
) -> Edit:
    """Record what happened to a case of the county in `store`, as far as `cases.life_cycle.objection` allows.

    The events of the case so far are read from the store, and the derived columns become the fold of all of them. The acting body is the
    one that holds the case. Refusals "no_case", "not_open" (the step is not open in this state), "no_body" (the `target` of a hand-over is
    none), "objection" (all else: before the last step or in the future, or a promise, return or rating that lacks what it needs).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Recording the step"))
        if not np.isin(case, state.cases.id):
            return Refusal("no_case", msg("There is no case {id}.", id=case))
        told = events_of(store.events(case))
        before = fold(told)
        now = state.settings.now()
        moment = (time or now).astimezone(UTC).replace(microsecond=0)
        event = Event(case, kind, moment, actor, before.body, target, note, deadline, stars)
        refused = _refusal(state, told, before, event, now)
        if refused is not None:
            return refused
        columns: dict[str, NDArray[np.generic]] = {"id": np.array([case], np.int64), **_standing_columns(fold([*told, event]))}
        if kind == EventKind.DONE and note:
            columns["result"] = objects([note])
        return Outcome((RowChange("cases", update=columns), RowChange("events", insert=event_columns([event]))))

    return Edit(msg("Record a step of a case"), plan)


def _refusal(state: CountyState, told: list[Event], before: Standing, event: Event, now: datetime) -> Refusal | None:
    """Say why an event cannot come after those that are told already."""
    if (reason := refusal(before.state if told else None, event.kind)) is not None:
        return Refusal("not_open", reason)
    if TRANSITIONS[event.kind].moves and event.target not in state.bodies:
        return Refusal("no_body", msg("Choose the body that the case goes to."))
    reason = objection(before if told else None, event, now, told[-1].time if told else None)
    return None if reason is None else Refusal("objection", reason)


def events_of(rows: Columns) -> list[Event]:
    """Return rows of the table `events` as events, oldest first."""
    columns = {name: rows[name].tolist() for name in ("case_id", "kind", "actor", "body", "target", "note", "attitude", "speed", "outcome")}
    return in_order(
        Event(case, EventKind(kind), _instant(time), actor, body, target, note, from_utc64(deadline), (a, s, o) if a else None)
        for case, kind, actor, body, target, note, a, s, o, time, deadline in zip(
            *columns.values(), rows["time"], rows["deadline"], strict=True
        )
    )


def _instant(value: np.datetime64) -> datetime:
    """Return the time of an event; one that somebody's file left without a time happened before all others."""
    return from_utc64(value) or datetime.min.replace(tzinfo=UTC)


def _standing_columns(standing: Standing) -> dict[str, NDArray[np.generic]]:
    columns: dict[str, NDArray[np.generic]] = {}
    for field in fields(standing):
        value = getattr(standing, field.name)
        if field.name in ("state", "body"):
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
