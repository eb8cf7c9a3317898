"""Whistles out of the county, for other systems: Open311 (GeoReport v2) as JSON or CSV, or a table or map file of our own columns.

Masked unless private content may go out: names and phones are masked, households are left out, and of reports of wrongdoing neither the
text leaves the program nor who made them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import OPEN_STATES, CaseKind, Event, State, Urgency
from gis_app.cases.times import from_utc64, utc64
from gis_app.county.case_edits import events_of
from gis_app.county.changes import Columns
from gis_app.county.county import County
from gis_app.county.registered import ever_registered
from gis_app.county.state import CountyState
from gis_app.files import case_history
from gis_app.files.errors import FileError
from gis_app.files.export import cases_table, with_coordinates
from gis_app.files.open311 import FIELDS, OWN
from gis_app.files.writers import write_json, write_table
from gis_app.grid.datum import from_county
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

Ints = NDArray[np.int64]
FORMATS = (".json", ".csv", ".xlsx", ".gpkg")
"""Endings of the files that can be written."""

_MORE = ("closed_datetime", "case_state")
"""What a CSV file says beside the fields of the specification, which has no time of closing and knows only open and closed."""


def export_cases(
    county: County,
    path: Path,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    show_private: bool = False,
    only: Ints | None = None,
) -> Steps[int]:
    """Write the whistles that were blown from `start` to `end` (excluded; None: all) and return how many there are.

    `only`: of these ids alone (None: of all).

    `.json` and `.csv` hold the fields of Open311, coordinates in WGS 84; JSON also all events, so that reading it gives the same cases.
    `.xlsx` and `.gpkg` are as in `files.export`. The file appears whole or not at all. Raises `FileError`.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise FileError(msg("{file}: the name must end in one of {suffixes}.", file=path.name, suffixes=", ".join(FORMATS)))
    if not path.parent.is_dir():
        raise FileError(msg("The folder {folder} does not exist; make it first.", folder=str(path.parent)))
    yield Progress(0.0, msg("Reading {what}", what="cases"))
    ids = _chosen(county.state, start, end)
    if only is not None:
        ids = ids[np.isin(ids, only)]
    if suffix in (".xlsx", ".gpkg"):
        table = cases_table(county, show_private, ids)
        columns = with_coordinates(table, county.state.settings.crs)
        yield from part(write_table(path, "cases", columns, table.geometry, "Point", county.state.settings.crs), 0.3, 1.0)
        return len(ids)
    requests = _Requests(county, ids, show_private)
    yield Progress(0.4, msg("Writing {file}", file=path.name))
    if suffix == ".json":
        yield from part(write_json(path, requests.with_events(), len(ids)), 0.4, 1.0)
    else:
        flat = _columns(requests)
        yield from part(write_table(path, "requests", flat, _nowhere(len(ids)), "Point", "EPSG:4326"), 0.4, 1.0)
    return len(ids)


def _chosen(state: CountyState, start: datetime | None, end: datetime | None) -> Ints:
    """Return the ids of the cases that were blown in a period, in order."""
    cases = state.cases
    inside = np.ones(len(cases), np.bool_)
    if start is not None:
        inside &= cases.blown >= utc64(start)
    if end is not None:
        inside &= cases.blown < utc64(end)
    return np.sort(cases.id[inside])


@dataclass(frozen=True, slots=True)
class _Names:
    """What ids stand for."""

    bodies: Mapping[int, str]
    units: Mapping[int, str]
    workers: Mapping[int, str]
    households: Mapping[int, str]
    numbers: Mapping[int, str]


class _Requests:
    """The chosen cases as requests of the specification."""

    def __init__(self, county: County, ids: Ints, show_private: bool) -> None:
        self.state, self.private = county.state, show_private
        self.rows = county.store.rows("cases", ids)
        self.events = _events(county, ids)
        self.names = _names(county, self.rows)
        xy = np.asarray(self.rows["geom"], np.float64).reshape(-1, 2)
        lon, lat = from_county(xy[:, 0], xy[:, 1], county.state.settings.crs)
        self.degrees = np.around(np.column_stack([lon, lat]), 8)

    def __len__(self) -> int:
        return len(self.rows["id"])

    def with_events(self) -> Iterator[dict[str, Any]]:
        """Yield each case as a request, with our own attributes and events."""
        for at in range(len(self)):
            events = case_history.written(self.events.get(self.case(at), []), self.names.bodies, self.names.numbers, self.private)
            ours = {**{name: value for name, value in self.own(at).items() if value != ""}, "events": events}
            yield {**self.request(at), "extended_attributes": {case_history.KEY: ours}}

    def case(self, at: int) -> int:
        """Return the id of a case."""
        return int(self.rows["id"][at])

    def _text(self, name: str, at: int) -> str:
        return str(self.rows[name][at])

    def hidden(self, at: int) -> bool:
        """Tell whether a case is a report of wrongdoing that may not show who made it, nor what he wrote."""
        return not self.private and int(self.rows["kind"][at]) == CaseKind.REPORT

    def request(self, at: int) -> dict[str, Any]:
        """Return the fields of the specification."""
        category = self.state.categories.get(int(self.rows["category"][at]))
        events = self.events.get(self.case(at), [])
        lon, lat = self.degrees[at].tolist()
        values: dict[str, Any] = dict.fromkeys(FIELDS, "")
        return values | {
            "service_request_id": self.names.numbers[self.case(at)],
            "status": "open" if State(int(self.rows["state"][at])) in OPEN_STATES else "closed",
            "status_notes": self._text("result", at),
            "service_name": category.name if category else "",
            "service_code": category.code or category.name if category else "",
            "description": "" if self.hidden(at) else self._text("text", at),
            "agency_responsible": self.names.bodies.get(int(self.rows["body"][at]), ""),
            "requested_datetime": case_history.w3_time(from_utc64(self.rows["blown"][at])),
            "updated_datetime": case_history.w3_time(max((event.time for event in events), default=None)),
            "expected_datetime": case_history.w3_time(from_utc64(self.rows["deadline"][at])),
            "address": self._text("address", at),
            "lat": None if np.isnan(lat) else lat,
            "long": None if np.isnan(lon) else lon,
        }

    def own(self, at: int) -> dict[str, Any]:
        """Return what we know beside the specification; "" for nothing."""
        hidden, accuracy = self.hidden(at), float(self.rows["accuracy"][at])
        contact, phone = self._text("contact", at), self._text("phone", at)
        household = self.names.households.get(int(self.rows["household"][at]), "") if self.private else ""
        return {
            "kind": CaseKind(int(self.rows["kind"][at])).name.lower() if self.rows["kind"][at] else "",
            "urgency": Urgency(int(self.rows["urgency"][at])).name.lower() if self.rows["urgency"][at] else "",
            "whistler": "" if hidden else self._text("whistler", at),
            "worker": "" if hidden else self.names.workers.get(int(self.rows["worker"][at]), ""),
            "contact": contact if self.private else "" if hidden else mask_name(contact),
            "phone": phone if self.private else "" if hidden else mask_phone(phone),
            "unit": self.names.units.get(int(self.rows["unit"][at]), ""),
            "household": household,
            "accuracy": "" if np.isnan(accuracy) else accuracy,
        }

    def more(self, at: int) -> dict[str, str]:
        """Return what a CSV file says in place of the events."""
        state = State(int(self.rows["state"][at]))
        ended = [event.time for event in self.events.get(self.case(at), []) if event.kind.value in ("done", "returned", "duplicate")]
        closed = case_history.w3_time(max(ended, default=None)) if state not in OPEN_STATES else ""
        return {"closed_datetime": closed, "case_state": state.name.lower()}


def _events(county: County, ids: Ints) -> dict[int, list[Event]]:
    rows = county.store.rows("events")
    chosen = np.isin(rows["case_id"], ids)
    found: dict[int, list[Event]] = {}
    for event in events_of({name: values[chosen] for name, values in rows.items()}):
        found.setdefault(event.case, []).append(event)
    return found


def _names(county: County, rows: Columns) -> _Names:
    state = county.state
    asked = np.unique(rows["household"].astype(np.int64))
    households = ever_registered(county.store, asked[asked > 0], ["code"])
    cases = county.store.rows("cases", columns=["number"])
    workers = list(state.workers.values())
    times = Counter(worker.name for worker in workers)
    return _Names(
        {body.id: body.name for body in state.bodies.values()},
        {unit.id: unit.code for unit in (*state.closed.values(), *state.units.values())},
        {worker.id: worker.code or (worker.name if times[worker.name] == 1 else "") for worker in workers},
        dict(zip(households["id"].tolist(), households["code"].tolist(), strict=True)),
        {case: number or str(case) for case, number in zip(cases["id"].tolist(), cases["number"].tolist(), strict=True)},
    )


def _columns(requests: _Requests) -> dict[str, NDArray[Any]]:
    """Return requests as columns of a table."""
    rows = [{**requests.request(at), **requests.more(at), **requests.own(at)} for at in range(len(requests))]
    return {name: _column([row[name] for row in rows]) for name in (*FIELDS, *_MORE, *OWN)}


def _column(values: list[Any]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _nowhere(count: int) -> NDArray[np.object_]:
    return np.full(count, None, dtype=object)
