"""What happened to a case, as our own Open311 exports write it beside the fields of the specification, and as it is read again.

GeoReport v2 knows only "open" and "closed"; a request may carry `extended_attributes`, and ours are under the key `gis_app`.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gis_app.cases.case import Event, EventKind
from gis_app.language import ZONE

KEY = "gis_app"
"""The name of our own attributes within `extended_attributes`."""

_PLAIN = ("message",)
_PRIVATE = ("changes",)
"""Fields of an event's data that are copied as they are: always, and where private content may go out."""


def written(events: Sequence[Event], bodies: Mapping[int, str], numbers: Mapping[int, str], show_private: bool) -> list[dict[str, Any]]:
    """Return events as plain JSON values: bodies by name, other cases by number. Without `show_private` actors and notes are left out."""
    return [_written(event, bodies, numbers, show_private) for event in events]


def _written(event: Event, bodies: Mapping[int, str], numbers: Mapping[int, str], show_private: bool) -> dict[str, Any]:
    supporting = event.data.get("supporting", ())
    values: dict[str, Any] = {
        "kind": event.kind.value,
        "time": w3_time(event.time),
        "body": bodies.get(event.body, ""),
        "target": bodies.get(event.target, ""),
        "deadline": w3_time(event.deadline),
        "stars": list(event.stars) if event.stars else None,
        "of": numbers.get(int(str(event.data["of"])), "") if "of" in event.data else "",
        "supporting": [bodies[body] for body in supporting if body in bodies] if isinstance(supporting, list | tuple) else [],
        **{name: event.data[name] for name in (*_PLAIN, *(_PRIVATE if show_private else ())) if name in event.data},
    }
    if show_private:
        values |= {"actor": event.actor, "note": event.note}
    return {name: value for name, value in values.items() if value not in ("", None, [])}


def w3_time(time: datetime | None) -> str:
    """Return an instant as the specification wants it (2020-05-01T12:20:00+08:00), in the county's zone; "" for none."""
    return "" if time is None else time.astimezone(ZONE).isoformat(timespec="seconds")


def events_in(request: Mapping[str, Any], body: Callable[[str], int], case: Callable[[str], int]) -> list[Event]:
    """Return the events that one of our own requests carries, of the case 0; none where it carries none that can be read.

    `body` and `case` find ids by the names and numbers that stand there.
    """
    attributes = request.get("extended_attributes")
    ours = attributes.get(KEY) if isinstance(attributes, Mapping) else None
    told = ours.get("events") if isinstance(ours, Mapping) else None
    try:
        events = [_read(one, body, case) for one in told] if isinstance(told, list) else []
    except (KeyError, TypeError, ValueError, AttributeError):  # written by somebody else, or damaged: the standard's fields are enough
        return []
    return events if events and events[0].kind is EventKind.BLOWN else []


def _read(told: Mapping[str, Any], body: Callable[[str], int], case: Callable[[str], int]) -> Event:
    stars = told.get("stars")
    data: dict[str, object] = {name: told[name] for name in (*_PLAIN, *_PRIVATE) if name in told}
    if told.get("of"):
        data["of"] = case(str(told["of"]))
    if told.get("supporting"):
        data["supporting"] = [found for found in map(body, told["supporting"]) if found]
    return Event(
        0,
        EventKind(told["kind"]),
        _instant(told["time"]),
        str(told.get("actor", "")),
        body(str(told.get("body", ""))),
        body(str(told.get("target", ""))),
        str(told.get("note", "")),
        _instant(told["deadline"]) if told.get("deadline") else None,
        (int(stars[0]), int(stars[1]), int(stars[2])) if stars else None,
        data,
    )


def _instant(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=ZONE)
