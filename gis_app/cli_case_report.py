"""What `gis-app case` tells about a case: where it stands, its clocks and legs, what its bodies were reminded of, and its events."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from gis_app.cases.case import CaseKind, Event, EventKind, State, Urgency
from gis_app.cases.clocks import Leg, case_clock, legs
from gis_app.cases.display import event_text, kind_text, state_text, urgency_text, whistler_text
from gis_app.cases.life_cycle import Standing, fold
from gis_app.cases.schedule import ReminderKind, reminder_text
from gis_app.cases.transitions import allowed
from gis_app.cli_case import command_of
from gis_app.county.attachments import attachments_of
from gis_app.county.case_edits import correction_text, events_of
from gis_app.county.outbox_edits import Reminder, reminders_of
from gis_app.county.whistlers import OWN_STEPS, PERSONAL, Whistler, whistlers_of, without_whistler
from gis_app.grid.privacy import mask_actor, mask_name, mask_phone
from gis_app.language import ZONE, format_duration, format_time, tr

if TYPE_CHECKING:
    from gis_app.county.changes import Columns
    from gis_app.county.county import County
    from gis_app.county.state import CountyState


def body_name(state: "CountyState", body: int) -> str:
    """Return the name of a body, "" for none."""
    return state.bodies[body].name if body in state.bodies else ""


def written(time: datetime | None) -> str | None:
    """Write an instant as ISO 8601 on the county's clock, None for none."""
    return None if time is None else time.astimezone(ZONE).isoformat()


def standing_of(county: "County", case: int) -> dict[str, Any]:
    """Return where a case stands now, and the commands of the steps that are possible."""
    standing = fold(events_of(county.store.events(case)))
    number = county.store.rows("cases", np.array([case], np.int64), ["number"])["number"]
    return {"case": case, "number": str(number[0]), **_standing(county.state, standing)}


def _standing(state: "CountyState", standing: Standing) -> dict[str, Any]:
    steps = (command_of(kind.value) for kind in allowed(standing.state))
    return {
        "state": standing.state.name.lower(),
        "holder": body_name(state, standing.body) or None,
        "deadline": written(standing.deadline),
        "possible": [name for name in steps if name],
    }


def standing_lines(report: dict[str, Any]) -> list[str]:
    """Return the report of a recorded step in words."""
    lines = [
        tr("{number}: {state}, with {body}", number=report["number"], state=_state(report), body=report["holder"] or tr("nobody")),
    ]
    if report["deadline"]:
        lines.append(tr("Promised for {time}", time=_shown(report["deadline"])))
    return lines


def _state(report: dict[str, Any]) -> str:
    return str(state_text(State[report["state"].upper()]))


def _shown(time: str) -> str:
    return format_time(datetime.fromisoformat(time))


def described(county: "County", case: int, now: datetime, *, private: bool) -> dict[str, Any]:
    """Return all that is to be told of a case as it stood at an instant; names and phones masked unless `private`.

    Who reported a wrongdoing is not told at all then.
    """
    state, store = county.state, county.store
    row = store.rows("cases", np.array([case], np.int64))
    told = [event for event in events_of(store.events(case)) if event.time <= now]
    passed, standing = legs(told, now), fold(told)
    waiting, fired = whistlers_of(store, state, case), reminders_of(store, state, case, now)
    secret = next((one.secret for one in waiting if one.case == case), False) and not private
    seen = without_whistler(told) if secret else told
    return {
        "case": case,
        "number": str(row["number"][0]),
        **_standing(state, standing),
        **_about(state, row, standing, secret),
        "source": str(row["source"][0]) or None,
        **({"original": row["original"][0] or None} if private else {}),
        "case_seconds": round(case_clock(told, now).total_seconds()),
        "legs": [_leg(state, leg) for leg in passed],
        "reminders": _reminders(state, fired, now, to_pick_up=True),
        "deadlines": _reminders(state, fired, now, to_pick_up=False),
        "events": [_event(state, event, private=private) for event in seen],
        "whistlers": [_whistler(one, private=private) for one in waiting],
        "attachments": [
            {"id": one.id, "name": one.name, "size": one.size, "added": written(one.added), "note": one.note or None}
            for one in attachments_of(store, case)
            if one.added is None or one.added <= now
        ],
    }


def _about(state: "CountyState", row: "Columns", standing: Standing, secret: bool) -> dict[str, Any]:
    kind, category, urgency, cell = (int(row[name][0]) for name in ("kind", "category", "urgency", "cell"))
    return {
        "kind": CaseKind(kind).name.lower() if kind else None,
        "category": state.categories[category].code if category in state.categories else None,
        "urgency": Urgency(urgency).name.lower() if urgency else None,
        "text": str(row["text"][0]),
        "address": None if secret else str(row["address"][0]) or None,
        "cell": state.units[cell].code if cell in state.units else None,
        "result": (str(row["result"][0]) or None) if standing.done else None,
        "duplicate_of": standing.duplicate or None,
        "urged": standing.urged,
    }


def _leg(state: "CountyState", leg: Leg) -> dict[str, Any]:
    """Return one stay: `seconds_held` is all of it, `seconds_handled` what came after the pick-up."""
    return {
        "body": body_name(state, leg.body) or None,
        "arrived": written(leg.arrived),
        "picked_up": written(leg.picked_up),
        "left": written(leg.ended),
        "how": None if leg.ending is None else leg.ending.value,
        "seconds_to_pick_up": None if leg.picked_up is None else round(leg.to_pick_up.total_seconds()),
        "seconds_held": round(leg.clock.total_seconds()),
        "seconds_handled": None if leg.picked_up is None else round(leg.handling.total_seconds()),
    }


_TO_PICK_UP = {ReminderKind.SMS: "sms", ReminderKind.SMS_AGAIN: "sms", ReminderKind.ROBOT_CALL: "robot_call"}


def _reminders(state: "CountyState", fired: Sequence[Reminder], now: datetime, *, to_pick_up: bool) -> list[dict[str, Any]]:
    """Return what fell due until `now` and when the outbox sent it: texts and calls to pick up, or all that is about deadlines."""
    return [
        {
            "kind": _TO_PICK_UP.get(reminder.kind, reminder.kind.value),
            **({"again": reminder.kind == ReminderKind.SMS_AGAIN} if to_pick_up else {}),
            "body": body_name(state, reminder.body) or None,
            "arrived": written(reminder.arrived),
            "due": written(reminder.due),
            "sent": written(reminder.sent) if reminder.sent is not None and reminder.sent <= now else None,
        }
        for reminder in fired
        if (reminder.kind in _TO_PICK_UP) == to_pick_up
    ]


def _event(state: "CountyState", event: Event, *, private: bool) -> dict[str, Any]:
    masked = event.kind in OWN_STEPS and not private
    data = dict(event.data)
    if isinstance(data.get("supporting"), list):
        data["supporting"] = [body_name(state, body) for body in data["supporting"] if isinstance(body, int)]  # type: ignore[attr-defined]
    changes = data.get("changes")
    if isinstance(changes, dict) and not private:
        data["changes"] = {name: [_masked(name, value) for value in values] for name, values in changes.items()}
    return {
        "kind": event.kind.value,
        "time": written(event.time),
        "actor": (mask_actor(event.actor, {one.name for one in state.bodies.values()}) if masked else event.actor) or None,
        "body": body_name(state, event.body) or None,
        "target": body_name(state, event.target) or None,
        "note": event.note or None,
        "deadline": written(event.deadline),
        "stars": list(event.stars) if event.stars else None,
        **data,
    }


def _masked(name: str, value: object) -> object:
    return (mask_phone(str(value)) if name == "phone" else mask_name(str(value))) if name in PERSONAL else value


def _whistler(one: Whistler, *, private: bool) -> dict[str, Any]:
    hidden = one.secret and not private
    return {
        "case": one.case,
        "number": one.number,
        "whistler": None if hidden else one.whistler or None,
        "name": None if hidden else (one.name if private else mask_name(one.name)) or None,
        "phone": None if hidden else (one.phone if private else mask_phone(one.phone)) or None,
        "hidden": hidden,
    }


def described_lines(report: dict[str, Any]) -> list[str]:
    """Return the report of a case in words."""

    def duration(seconds: int | None) -> str:
        return "–" if seconds is None else format_duration(timedelta(seconds=seconds))

    kind, urgency = report["kind"], report["urgency"]
    facts = (
        kind and kind_text(CaseKind[kind.upper()]),
        report["category"],
        urgency and urgency_text(Urgency[urgency.upper()]),
        report["cell"],
    )
    lines = [*standing_lines(report), " · ".join(str(fact) for fact in facts if fact)]
    lines += [text for text in (report["text"], report["address"]) if text]
    lines += [_whistler_line(one) for one in report["whistlers"]]
    lines.append(tr("Clock of the case: {time}", time=duration(report["case_seconds"])))
    for leg in report["legs"]:
        lines.append(
            tr(
                "{body}: arrived {arrived}, held {held}, to pick-up {to_pick_up}",
                body=leg["body"] or tr("nobody"),
                arrived=_shown(leg["arrived"]),
                held=duration(leg["seconds_held"]),
                to_pick_up=duration(leg["seconds_to_pick_up"]),
            )
        )
    told = sorted([*report["reminders"], *report["deadlines"]], key=lambda reminder: str(reminder["due"]))
    lines += [_reminder_line(reminder) for reminder in told]
    lines += [tr("Attachment {id}: {name}", id=one["id"], name=one["name"]) for one in report["attachments"]]
    return lines + [_event_line(event) for event in report["events"]]


def _whistler_line(one: dict[str, Any]) -> str:
    if one["hidden"]:
        return tr("{number}: who blew it is hidden", number=one["number"])
    known = (str(whistler_text(one["whistler"])) if one["whistler"] else "", one["name"], one["phone"])
    return tr("{number}: blown by {whistler}", number=one["number"], whistler=" ".join(part for part in known if part))


def _reminder_line(reminder: dict[str, Any]) -> str:
    kind = ReminderKind.SMS_AGAIN if reminder.get("again") else ReminderKind(reminder["kind"])
    words = {"kind": reminder_text(kind), "body": reminder["body"] or tr("nobody"), "due": _shown(reminder["due"])}
    if reminder["sent"]:
        return tr("{kind} to {body}, due {due}, sent {sent}", **words, sent=_shown(reminder["sent"]))
    return tr("{kind} to {body}, due {due}, not sent", **words)


def _event_line(event: dict[str, Any]) -> str:
    stars = "/".join(str(star) for star in event["stars"]) if event["stars"] else ""
    changed = (
        tr("Corrected: {fields}", fields="、".join(str(correction_text(name)) for name in event["changes"])) if "changes" in event else ""
    )
    arrow = f"→ {event['target']}" if event["target"] else ""
    if event.get("supporting"):
        arrow = tr("{target} (with {bodies})", target=arrow, bodies="、".join(event["supporting"]))
    parts = (_shown(event["time"]), str(event_text(EventKind(event["kind"]))), arrow, event["actor"], stars, changed, event["note"])
    return "  ".join(part for part in parts if part)
