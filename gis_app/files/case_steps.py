"""What a file tells about the way of its cases, as events: blown, picked up, started, and how it ended."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import EventKind
from gis_app.county.content import objects
from gis_app.files import words
from gis_app.files.report import Repair
from gis_app.files.table import Table
from gis_app.files.words import Said
from gis_app.language import msg

Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]

_ENDS = {Said.DONE: EventKind.DONE, Said.RETURNED: EventKind.RETURNED, Said.DUPLICATE: EventKind.DUPLICATE}
_OPEN = frozenset({Said.WAITING, Said.PICKED_UP, Said.STARTED})


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """When the case of each row was blown, picked up, started and ended (datetime64[s] in UTC, NaT where it is not known or never was).

    `end` is the `EventKind` of its end, `note` what is written beside it. `reopened`: when a row was last changed that says that its case
    is open, NaT for others.
    """

    blown: Times
    picked_up: Times
    started: Times
    ended: Times
    end: NDArray[np.object_]
    note: NDArray[np.object_]
    reopened: Times

    def columns(self, rows: Ints, ids: Ints, holder: Ints) -> dict[str, Any]:
        """Return the events of rows that become the cases `ids`: blown to their body, and what it did as far as the file says so."""
        ends, notes = self.end[rows], self.note[rows]
        parts = []
        for kind, times in (
            (EventKind.BLOWN, self.blown[rows]),
            (EventKind.PICKED_UP, self.picked_up[rows]),
            (EventKind.STARTED, self.started[rows]),
            *((kind, np.where(ends == kind.value, self.ended[rows], np.datetime64("NaT", "s"))) for kind in _ENDS.values()),
        ):
            at = np.flatnonzero(~np.isnat(times))
            parts.append((kind, at, times[at]))
        positions = np.concatenate([at for _, at, _ in parts])
        count = len(positions)
        kinds = objects([kind.value for kind, at, _ in parts for _ in range(len(at))])
        is_blown, is_end = kinds == EventKind.BLOWN.value, np.isin(kinds.astype(str), [kind.value for kind in _ENDS.values()])
        note = objects([""] * count)
        note[is_end] = notes[positions[is_end]]
        return {
            "id": np.zeros(count, np.int64),  # the store numbers events
            "case_id": ids[positions],
            "kind": kinds,
            "time": np.concatenate([times for _, _, times in parts]),
            "body": np.where(is_blown, 0, holder[positions]),
            "target": np.where(is_blown, holder[positions], 0),
            "note": note,
            "deadline": np.full(count, np.datetime64("NaT", "s")),
        }


def course_of(table: Table) -> Course:
    """Return what the rows tell; one without a time of blowing is rejected, and no step is earlier than the one before it.

    A state without its own time ("assigned", "in progress") is taken to have begun when the row was last changed. So is an end, where the
    file has no column for the time of ends; where it has one that is empty, nobody knows when, and the case stays open.
    """
    blown, picked_up, done = _times(table)
    updated, _ = table.times("updated")
    updated = np.where(updated < blown, blown, updated)
    texts = table.texts("state")
    known = {text: words.said(text) for text in set(texts.tolist())}
    said = objects([known[text] for text in texts.tolist()])
    closed = np.isin(said.astype(str), [str(word) for word in _ENDS])
    untimed = closed & np.isnat(done)
    if "done" not in table.columns:
        done = np.where(untimed, updated, done)
        untimed = closed & np.isnat(done)
    told = [row for row in np.flatnonzero(untimed).tolist() if row not in table.rejected]
    if told:
        table.notes.append(msg("{count} rows are closed but do not say when; their whistles stay open.", count=len(told)))
    open_ = np.isnat(done)
    in_hand = open_ & np.isin(said.astype(str), [str(Said.PICKED_UP), str(Said.STARTED)])
    picked_up = np.where(in_hand & np.isnat(picked_up), updated, picked_up)
    started = np.where(open_ & (said == Said.STARTED), np.fmax(updated, picked_up), np.datetime64("NaT", "s"))
    end = objects([_ENDS.get(word, EventKind.DONE).value if word else EventKind.DONE.value for word in said.tolist()])
    results = table.texts("result")
    note = objects([result or (text if kind != EventKind.DONE else "") for result, text, kind in zip(results, texts, end, strict=True)])
    reopened = np.where(np.isin(said.astype(str), [str(word) for word in _OPEN]) & open_, updated, np.datetime64("NaT", "s"))
    return Course(blown, picked_up, started, done, end, note, reopened)


def _times(table: Table) -> tuple[Times, Times, Times]:
    """Return when cases were blown, picked up and done; a row without a time of blowing is rejected."""
    (blown, wrong), (picked_up, wrong_pick), (done, wrong_done) = (table.times(name) for name in ("blown", "picked_up", "done"))
    texts = table.texts("blown")
    for at in np.flatnonzero(np.isnat(blown)).tolist():
        problem = msg("{text} is no time", text=texts[at]) if wrong[at] else msg("the row has no time of blowing")
        table.reject(at, problem)
    for name, bad in (("picked_up", wrong_pick), ("done", wrong_done)):
        if name in table.named:
            said = table.texts(name)
            for at in np.flatnonzero(bad).tolist():
                table.reject(at, msg("{text} is no time", text=said[at]))
    for values in (picked_up, done):
        for at in np.flatnonzero(values < blown).tolist():
            values[at] = blown[at]
            table.repaired.append(Repair(table.number(at), msg("a step before the blowing was moved to it")))
    late = np.flatnonzero(picked_up > done)
    picked_up[late] = done[late]
    return blown, picked_up, done
