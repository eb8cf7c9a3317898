"""Correcting when a step was done, or what was written about it: an event of its own that keeps what stood there before."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from gis_app.cases.case import Event, EventKind
from gis_app.cases.life_cycle import fold, objection
from gis_app.cases.times import as_utc, utc64
from gis_app.cases.transitions import TRANSITIONS
from gis_app.county.case_edits import events_of, step_rows
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import format_time, msg
from gis_app.progress import Progress, Steps


@dataclass(frozen=True, slots=True)
class CorrectedStep:
    """A correction of a step: the event that records it, and the step as it stands now."""

    event: Event
    step: Event


def correct_step(
    store: CountyStore, case: int, step: int, *, reason: str, time: datetime | None = None, note: str | None = None, actor: str = ""
) -> Edit:
    """Say when a step of a case was really done, or what is right about its note. Lasting. Report: `CorrectedStep`.

    `step`: its place among the steps of the case in the order of their times, from 1 on. The row of the step gets the right values, so
    that stays, clocks and duties are worked out with them; an event "corrected" keeps what stood there before. Messages of a stay that
    begins at another time now go with it. Steps keep their order. Refusals "no_step" (there is no such step, or it is a correction),
    "objection" (nothing changes, no reason, a time to come, another step lies between).
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.3, msg("Recording the correction"))
        rows = store.events(case)
        told, now = events_of(rows), state.settings.now().replace(microsecond=0)
        ids = _ids_in_order(rows)
        if not 1 <= step <= len(told) or told[step - 1].kind == EventKind.CORRECTED:
            return Refusal("no_step", msg("Case {case} has no step {step} that can be corrected.", case=case, step=step))
        before = told[step - 1]
        after = replace(
            before, time=as_utc(time).replace(microsecond=0) if time else before.time, note=before.note if note is None else note
        )
        events = [*told[: step - 1], after, *told[step:]]
        refused = _refused(events, ids, step - 1, now)
        if refused is not None:
            return refused
        data = {"step": before.kind.value, "changes": _changes(before, after)} if after != before else {}
        event = Event(case, EventKind.CORRECTED, max(now, events[-1].time), actor, fold(events).body, note=reason, data=data)
        reason_against = objection(fold(events), event, max(now, event.time), events[-1].time)
        if reason_against is not None:
            return Refusal("objection", reason_against)
        update = {"id": ids[step - 1 : step], "time": np.array([utc64(after.time)], "datetime64[s]"), "note": objects([after.note])}
        more = {"result": objects([after.note])} if _is_result(events, step - 1) else None
        changes = (RowChange("events", update=update), *step_rows([*events, event], event, more), *_messages(store, case, before, after))
        return Outcome(changes, report=CorrectedStep(event, after))

    return Edit(msg("Correct a step"), plan, lasting=True)


def _ids_in_order(rows: Columns) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the ids of events, oldest first, those of one instant in the order of their rows, as `events_of` does."""
    ids: np.ndarray[tuple[int], np.dtype[np.int64]] = np.asarray(rows["id"], np.int64)[np.argsort(rows["time"], kind="stable")]
    return ids


def _refused(events: list[Event], ids: np.ndarray[tuple[int], np.dtype[np.int64]], at: int, now: datetime) -> Refusal | None:
    """Say why a step cannot have the values that it is to have."""
    step = events[at]
    if step.time > now:
        return Refusal("objection", msg("This time has not come yet: {time}.", time=format_time(step.time)))
    order = np.lexsort((ids, np.array([utc64(event.time) for event in events])))
    if order.tolist() != list(range(len(events))):
        before, after = events[at - 1] if at else None, events[at + 1] if at + 1 < len(events) else None
        first, last = (format_time(one.time) if one else "–" for one in (before, after))
        text = msg("The steps before and after it were at {first} and {last}; this one lies between them.", first=first, last=last)
        return Refusal("objection", text)
    reason = objection(fold(events[:at]) if at else None, step, now)
    return None if reason is None else Refusal("objection", reason)


def _changes(before: Event, after: Event) -> dict[str, object]:
    changes: dict[str, object] = {}
    if after.time != before.time:
        changes["time"] = [before.time.isoformat(), after.time.isoformat()]
    if after.note != before.note:
        changes["note"] = [before.note, after.note]
    return changes


def _is_result(events: list[Event], at: int) -> bool:
    """Tell whether the note of a step is the result of the case: that of the last step that recorded one."""
    return at == max((row for row, event in enumerate(events) if event.kind == EventKind.DONE and event.note), default=-1)


def _messages(store: CountyStore, case: int, before: Event, after: Event) -> Iterator[RowChange]:
    """Let the messages of a stay keep to it where it begins at another time now."""
    if after.time == before.time or not TRANSITIONS[before.kind].moves:
        return
    rows = store.rows_by("messages", "case_id", [case], ["arrived"])
    ids = rows["id"][rows["arrived"] == utc64(before.time)]
    if len(ids):
        arrived = np.full(len(ids), utc64(after.time), "datetime64[s]")
        yield RowChange("messages", update={"id": ids, "arrived": arrived})
