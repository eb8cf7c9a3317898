"""One opened county and the one door for every change."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from gis_app.county import content
from gis_app.county.changes import Changes, Edit, Outcome, Refusal, RowChange
from gis_app.county.integrity import check_ids, check_references
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.errors import UserError
from gis_app.grid.coverage import Coverage
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, finish, part

Listener = Callable[[Changes], None]
_PLANNED = 0.8  # the part of an edit's progress that its planning takes


class CountyBusy(UserError):
    """Undo or redo was asked for while a change is being made."""


class County:
    """A county that is open: its state, and `perform`, the only way to change it.

    State is an immutable value that is replaced as a whole, so a reader in another thread keeps a whole one. Any thread may perform an
    edit; a second one that comes while the first is still being made is refused (`Refusal.code` "busy"), so that no edit is planned on a
    state that is gone.
    """

    def __init__(self, store: CountyStore) -> None:
        self.store = store
        self.state: CountyState = store.load()
        self._listeners: list[Listener] = []
        self._door = threading.Lock()
        self._doing: Message | None = None
        # Coverages around the edits of this session, so that undoing does not rebuild them: (before, after), aligned with the history.
        self._undone_to: list[tuple[Coverage, Coverage]] = []
        self._redone_to: list[tuple[Coverage, Coverage]] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change (in the thread that performs it); returns the way to end that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def performing(self, edit: Edit) -> Steps[Changes | Refusal]:
        """Plan, check, store in one transaction and tell: durable when it returns. Closing the generator before its end changes nothing.

        An edit that changes no row is not stored. Raises what the plan raises (`UserError` for a bad file), `integrity.InvalidChange` for
        an edit with a bug, and the store's errors; the county is as before then.
        """
        if not self._door.acquire(blocking=False):
            return self._busy()
        try:
            self._doing = edit.title
            outcome = yield from part(edit.plan(self.state), 0.0, _PLANNED)
            if isinstance(outcome, Refusal):
                return outcome
            yield Progress(_PLANNED, msg("Saving"))
            changes = self._store(edit, outcome)
        finally:
            self._doing = None
            self._door.release()
        self._tell(changes)
        return changes

    def _busy(self) -> Refusal:
        return Refusal("busy", msg("Another change is still being made ({title}); wait for it or cancel it.", title=self._doing or ""))

    def _store(self, edit: Edit, outcome: Outcome) -> Changes:
        rows = tuple(change for change in map(content.completed, outcome.rows) if change.insert or change.update or len(change.delete))
        before = self.state
        if not rows:
            return Changes(edit.title, {}, report=outcome.report)
        check_ids(before, rows)
        after = content.apply(before, rows, outcome.coverage)  # an insert without id is only ever an event, which the state does not hold
        check_references(after, rows)
        stored = self.store.write(rows, edit.title, founding=edit.founding)
        self.state = after
        self._redone_to.clear()
        if edit.founding:
            self._undone_to.clear()
        else:
            self._undone_to.append((before.coverage, after.coverage))
        return _changes(edit.title, rows if stored is None else stored, before, after, outcome.report)

    def perform(self, edit: Edit) -> Changes | Refusal:
        """Perform an edit at one go."""
        return finish(self.performing(edit))

    def undo(self) -> Changes | None:
        """Undo the newest edit; None if there is none. Raises `CountyBusy` while an edit is being made."""
        with self._alone():
            done = self.store.undo()
            if done is None:
                return None
            after = self.state.coverage
            known = self._undone_to.pop()[0] if self._undone_to else None  # an edit of an earlier session: rebuilt
            changes = self._follow(*done, known)
            self._redone_to.append((self.state.coverage, after))
        self._tell(changes)
        return changes

    def redo(self) -> Changes | None:
        """Redo the edit that was undone last; None if there is none. Raises `CountyBusy` while an edit is being made."""
        with self._alone():
            done = self.store.redo()
            if done is None:
                return None
            before = self.state.coverage
            known = self._redone_to.pop()[1] if self._redone_to else None
            changes = self._follow(*done, known)
            self._undone_to.append((before, self.state.coverage))
        self._tell(changes)
        return changes

    def _follow(self, title: Message, rows: Iterable[RowChange], coverage: Coverage | None) -> Changes:
        before = self.state
        self.state = content.apply(before, rows, coverage)
        return _changes(title, rows, before, self.state, None)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._door.acquire(blocking=False):
            raise CountyBusy(self._busy().reason)
        try:
            yield
        finally:
            self._door.release()

    def _tell(self, changes: Changes) -> None:
        for listener in tuple(self._listeners):
            listener(changes)

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def _changes(title: Message, rows: Iterable[RowChange], before: CountyState, after: CountyState, report: object) -> Changes:
    ids: dict[str, list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]]] = {}
    for change in rows:
        found = [change.delete, *(np.asarray(columns["id"], np.int64) for columns in (change.update, change.insert) if columns)]
        ids.setdefault(change.table, []).extend(found)
    touched = {table: np.unique(np.concatenate(found)) for table, found in ids.items()}
    return Changes(title, touched, before.coverage is not after.coverage, report)
