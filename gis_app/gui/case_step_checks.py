"""What is wrong with a step that is about to be recorded, said field by field before anybody tries."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gis_app.cases.case import Event, EventKind
from gis_app.cases.life_cycle import Standing, objection
from gis_app.language import Message

MOST = 6


def objections(standing: Standing, event: Event, now: datetime, last: datetime | None) -> Mapping[str, Message]:
    """Return what `cases.life_cycle.objection` says against a step, by the field that it is about ("" for none of them).

    A field is to blame where a sound value in its place would do away with the objection; then the next one is looked for.
    """
    found: dict[str, Message] = {}
    for _ in range(MOST):
        wrong = objection(standing, event, now, last)
        if wrong is None:
            break
        blamed = next(((name, other) for name, other in _sound(event, now) if objection(standing, other, now, last) != wrong), None)
        if blamed is None:
            return {**found, "": wrong}
        found[blamed[0]], event = wrong, blamed[1]
    return found


def _sound(event: Event, now: datetime) -> Iterator[tuple[str, Event]]:
    """Yield the event with one field after the other made sound."""
    yield "target", replace(event, target=-1)
    yield "deadline", replace(event, deadline=max(event.time, now) + timedelta(days=1))
    yield "note", replace(event, note=event.note.strip() or "-")
    yield "stars", replace(event, stars=(5, 5, 5))
    if event.kind == EventKind.DUPLICATE:
        yield "other", replace(event, data={**event.data, "of": -1})
    yield "time", replace(event, time=now)
