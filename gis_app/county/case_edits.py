"""Edits of cases: register a whistle, record what happens to it, route those that nobody holds."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind, Event, EventKind, State
from gis_app.cases.life_cycle import Standing, advance, fold
from gis_app.cases.routing import Place, Route
from gis_app.cases.transitions import refusal
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import next_id, objects
from gis_app.county.responsible import router_of
from gis_app.county.state import CountyState
from gis_app.language import ZONE, msg
from gis_app.progress import Progress, Steps

_STANDING = ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged")


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
) -> Edit:
    """Register a whistle: it is routed and reaches a body at once. Report: `Registered`.

    `place`: a point in county coordinates, a household, a unit, or nothing; `blown`: an instant (now by default); `number`: given by day
    and order if empty; `body`: chosen by hand (0: by the rules); `worker`: the id of the worker who blew it. Refusals "no_category",
    "no_body", "no_worker", "no_place" (household or unit that there is not), "later" (an instant that has not come yet).
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
        route = router_of(state).route(where, category, kind)
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
    """Record what happened to a case, as far as its state allows (`cases.transitions`); its derived columns follow.

    The acting body is the one that holds the case. Refusals "no_case", "not_open" (the step is not open in this state), "no_body" (the
    `target` of a hand-over is none).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Recording the step"))
        row = int(np.searchsorted(state.cases.id, case))
        if row >= len(state.cases) or state.cases.id[row] != case:
            return Refusal("no_case", msg("There is no case {id}.", id=case))
        before = standing_of(state, row)
        if (reason := refusal(before.state, kind)) is not None:
            return Refusal("not_open", reason)
        if kind in (EventKind.HANDED_OVER, EventKind.PASSED_UP) and target not in state.bodies:
            return Refusal("no_body", msg("Choose the body that the case goes to."))
        moment = (time or state.settings.now()).astimezone(UTC).replace(microsecond=0)
        event = Event(case, kind, moment, actor, before.body, target, note, deadline, stars)
        columns: dict[str, NDArray[np.generic]] = {"id": np.array([case], np.int64), **_standing_columns(advance(before, event))}
        if kind == EventKind.DONE and note:
            columns["result"] = objects([note])
        return Outcome((RowChange("cases", update=columns), RowChange("events", insert=event_columns([event]))))

    return Edit(msg("Record a step of a case"), plan)


def standing_of(state: CountyState, row: int) -> Standing:
    """Return where the case in a row of `state.cases` stands."""
    values = {name: getattr(state.cases, name)[row].item() for name in _STANDING}
    for name in ("blown", "arrived", "picked_up", "done", "deadline"):
        values[name] = None if values[name] is None else values[name].replace(tzinfo=UTC)
    return Standing(**{**values, "state": State(values["state"])})


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
    """Find the cell of cases that have none, the body of those that nobody holds, and the distance to the border where it is not known.

    A case keeps the cell that it lay in when it was blown and the body that holds it. Refusal "no_cells".
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if not state.coverage.cells:
            return Refusal("no_cells", msg("The county has no cells yet; import boundaries first."))
        cases = state.cases
        yield Progress(0.1, msg("Finding who is responsible"))
        placed = np.isfinite(cases.x) & np.isfinite(cases.y)
        open_ones = np.flatnonzero((cases.cell == 0) | (cases.body == 0) | (placed & np.isnan(cases.border)))
        routes = router_of(state).route_many(
            cases.x[open_ones],
            cases.y[open_ones],
            accuracy=cases.accuracy[open_ones],
            household=cases.household[open_ones],
            unit=cases.unit[open_ones],
            category=cases.category[open_ones],
            kind=cases.kind[open_ones],
        )
        cell = np.where(cases.cell[open_ones] == 0, routes.cell, cases.cell[open_ones])
        body = np.where(cases.body[open_ones] == 0, routes.body, cases.body[open_ones])
        border = np.where(np.isnan(cases.border[open_ones]), routes.border_distance, cases.border[open_ones])
        same_border = (border == cases.border[open_ones]) | np.isnan(border)
        new = ~((cell == cases.cell[open_ones]) & (body == cases.body[open_ones]) & same_border)
        columns = {"id": cases.id[open_ones][new], "cell": cell[new], "body": body[new], "border": border[new]}
        return Outcome((RowChange("cases", update=columns),) if new.any() else ())

    return Edit(msg("Route whistles"), plan)
