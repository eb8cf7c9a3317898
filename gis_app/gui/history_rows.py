"""What was done, step by step, as a table; the steps of one unit."""

import numpy as np

from gis_app.county.ports import HistoryEntry
from gis_app.gui.rows import Column, Extent, Ids, Rows, sorted_ids
from gis_app.gui.session import Session
from gis_app.language import format_code, format_time, msg, tr


class HistoryRows(Rows):
    """What was done in the plan that is worked on, newest first; steps that were undone are faint."""

    columns = (Column(msg("What was done"), 460), Column(msg("When"), 160), Column(msg("State"), 140))
    first_order = (1, True)
    stays = True  # else a step back would close the list of steps

    def _entries(self) -> dict[int, HistoryEntry]:
        found = {entry.id: entry for entry in self.session.history}
        if found and self.session.drafting:
            found[0] = _beginning(self.session)
        return found

    def ids(self) -> Ids:  # noqa: D102
        return np.array(sorted(self._entries()), np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        entries = sorted(self._entries().values(), key=lambda entry: entry.id)
        ids = np.array([entry.id for entry in entries], np.int64)
        return sorted_ids(ids, [(str(entry.title), entry.id, entry.undone)[column] for entry in entries], descending)

    def matching(self, words: str) -> Ids:  # noqa: D102
        found = [entry.id for entry in self.session.history if words.casefold() in str(entry.title).casefold()]
        return np.array(sorted(found), np.int64)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        entries, now = self._entries(), current_step(self.session)
        return [_written(entries[int(i)], now) for i in ids]

    def count(self, ids: Ids) -> int:  # noqa: D102
        return int(np.count_nonzero(ids))

    def is_faint(self, row_id: int) -> bool:  # noqa: D102
        entry = self._entries().get(row_id)
        return entry is not None and entry.undone

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        return self.ids()

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        codes = [self.session.state.units[int(cell)].code for cell in cells if int(cell) in self.session.state.units]
        return np.array(sorted(entry.id for entry in self.session.history if any(tells_of(entry, code) for code in codes)), np.int64)


def current_step(session: Session) -> int:
    """Return the step that was done last and not undone, 0 where there is none."""
    return max((entry.id for entry in session.history if not entry.undone), default=0)


def _beginning(session: Session) -> HistoryEntry:
    """Return the row before the first step of a draft: going there undoes everything."""
    plan = session.state.plans[session.plan_shown]
    made = np.datetime64(plan.created.replace(tzinfo=None), "s") if plan.created is not None else np.datetime64("NaT", "s")
    return HistoryEntry(0, msg("The draft as it was made"), made)


def _written(entry: HistoryEntry, now: int) -> tuple[str, ...]:
    state = tr("undone") if entry.undone else tr("● now") if entry.id == now else tr("done")
    return str(entry.title), time_of(entry), state


def time_of(entry: HistoryEntry) -> str:
    """Return when a step was done."""
    return "" if np.isnat(entry.time) else format_time(entry.time.astype("datetime64[s]").item())


def tells_of(entry: HistoryEntry, code: str) -> bool:
    """Tell whether a step names a code: the titles of edits name the codes of what they changed."""
    return bool(code) and format_code(code) in str(entry.title)


def steps_of(session: Session, code: str, most: int) -> list[HistoryEntry]:
    """Return the newest steps that name a code, those that were undone left out."""
    found = [entry for entry in session.history if not entry.undone and tells_of(entry, code)]
    return sorted(found, key=lambda entry: -entry.id)[:most]
