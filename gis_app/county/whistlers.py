"""Who blew a whistle, also those whose own case was merged with it; and what of it is hidden from the body concerned."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from gis_app.cases.case import CaseKind, Event, EventKind
from gis_app.county.case_edits import first_of, repeats_of
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState

OWN_STEPS = frozenset({EventKind.BLOWN, EventKind.APPEALED, EventKind.RATED})
"""The steps whose actor may be the whistler."""

PERSONAL = frozenset({"contact", "phone"})
"""The fields of a correction that tell who the whistler is."""


@dataclass(frozen=True, slots=True)
class Whistler:
    """Who blew one case: `whistler` is worker, resident or helper; `worker` an id, 0 for none; `name` and `phone` as they were written.

    `secret`: the case reports a wrongdoing, so nobody but the county centre may see who did.
    """

    case: int
    number: str
    whistler: str
    worker: int
    name: str
    phone: str
    secret: bool


def whistlers_of(store: CountyStore, state: CountyState, case: int) -> tuple[Whistler, ...]:
    """Return who waits for the answer to a case: its own whistler first, then those of the cases that repeat it, by id.

    Of a duplicate, those of the case that it repeats. Nothing for a case that there is not.
    """
    first = first_of(state.cases, case)
    ids = np.array([first, *repeats_of(state.cases, first)], np.int64)
    rows = store.rows("cases", ids, ["number", "whistler", "worker", "contact", "phone", "kind"])
    names = ("id", "number", "whistler", "worker", "contact", "phone", "kind")
    return tuple(
        Whistler(id, number, whistler, worker, contact or _worker_name(state, worker), phone, kind == CaseKind.REPORT)
        for id, number, whistler, worker, contact, phone, kind in zip(*(rows[name].tolist() for name in names), strict=True)
    )


def _worker_name(state: CountyState, worker: int) -> str:
    return state.workers[worker].name if worker in state.workers else ""


def without_whistler(events: Iterable[Event]) -> list[Event]:
    """Return events as the body concerned may read them: without the whistler's name and without what corrections say of him."""
    return [_without(event) for event in events]


def _without(event: Event) -> Event:
    if event.kind in OWN_STEPS:
        return replace(event, actor="")
    changes = event.data.get("changes")
    if event.kind == EventKind.CORRECTED and isinstance(changes, dict):
        kept = {name: [] if name in PERSONAL else values for name, values in changes.items()}
        return replace(event, data={**event.data, "changes": kept})
    return event
