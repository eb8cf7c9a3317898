"""Photos and documents of cases, kept in the county file. What leaves the program goes through `files.photos.stripped` first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gis_app.cases.case import EventKind
from gis_app.cases.times import from_utc64, utc64
from gis_app.county.case_edits import Recorded, record_event
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.language import format_number, msg
from gis_app.progress import Steps

MEGABYTE = 1_000_000
_COLUMNS = ("case_id", "name", "media_type", "size", "added", "note")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a case, without its content: `size` in bytes, `added` in UTC."""

    id: int
    case: int
    name: str
    media_type: str
    size: int
    added: datetime | None
    note: str


def attach(
    store: CountyStore,
    case: int,
    name: str,
    media_type: str,
    content: bytes,
    note: str = "",
    *,
    actor: str = "",
    time: datetime | None = None,
) -> Edit:
    """Add a file to a case, as it is, and note that in its events. Report: `Recorded`; the id is in `Changes.ids["attachments"]`. Lasting.

    Refusals "too_large" (the settings say how many megabytes), "empty", "no_name", and those of `record_event`.
    """

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        called = name.strip()
        refused = _unfit(state, called, content)
        if refused:
            return refused
        step = record_event(store, case, EventKind.NOTED, time=time, actor=actor, note=note, data={"attachment": called})
        outcome = yield from step.plan(state)
        if isinstance(outcome, Refusal):
            return outcome
        assert isinstance(outcome.report, Recorded)
        row: Columns = {
            "id": np.zeros(1, np.int64),
            "case_id": np.array([case], np.int64),
            "name": objects([called]),
            "media_type": objects([media_type]),
            "size": np.array([len(content)], np.int64),
            "added": np.array([utc64(outcome.report.event.time)]),
            "note": objects([note]),
            "content": objects([bytes(content)]),
        }
        return Outcome((*outcome.rows, RowChange("attachments", insert=row)), report=outcome.report)

    return Edit(msg("Attach {name}", name=name), plan, lasting=True)


def _unfit(state: CountyState, name: str, content: bytes) -> Refusal | None:
    most = state.settings.attachment_megabytes
    if not name:
        return Refusal("no_name", msg("An attachment needs the name of its file."))
    if not content:
        return Refusal("empty", msg("{name} is empty.", name=name))
    if len(content) > most * MEGABYTE:
        size = format_number(len(content) / MEGABYTE, 1)
        return Refusal("too_large", msg("{name} has {size} MB; an attachment may have {most} MB at most.", name=name, size=size, most=most))
    return None


def attachments_of(store: CountyStore, case: int) -> tuple[Attachment, ...]:
    """Return the files of a case, oldest first, without reading their contents."""
    return tuple(_attachments(store.rows_by("attachments", "case_id", [case], _COLUMNS)))


def attachment(store: CountyStore, id: int) -> Attachment | None:
    """Return one file without its content, None where there is none."""
    return next(_attachments(store.rows("attachments", np.array([id], np.int64), _COLUMNS)), None)


def content_of(store: CountyStore, id: int) -> bytes | None:
    """Return the content of a file as it was attached, None where there is none."""
    found = store.rows("attachments", np.array([id], np.int64), ["content"])["content"]
    return bytes(found[0]) if len(found) and found[0] is not None else None


def _attachments(rows: Columns) -> Iterator[Attachment]:
    names = ("id", "case_id", "name", "media_type", "size", "note")
    for (id, case, name, media_type, size, note), added in zip(
        zip(*(rows[n].tolist() for n in names), strict=True), rows["added"], strict=True
    ):
        yield Attachment(id, case, name, media_type, size, from_utc64(added), note)
