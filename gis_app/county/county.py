"""One opened county and the one door for every change."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from gis_app.county import content
from gis_app.county.changes import Changes, Edit, Outcome, Refusal, RowChange
from gis_app.county.divisions import follow, loading, to_plan
from gis_app.county.followers import derived, followed
from gis_app.county.former import former_content
from gis_app.county.integrity import check_ids, check_references
from gis_app.county.patches import Trail
from gis_app.county.ports import CountyStore, HistoryEntry, Turned
from gis_app.county.state import CountyState
from gis_app.county.tables import PLAN_TABLES
from gis_app.county.telling import changes_of, draft_changes, ids_of
from gis_app.errors import UserError
from gis_app.grid.coverage import Coverage, CoverageError
from gis_app.grid.plans import PlanStatus
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, finish, part

Listener = Callable[[Changes], None]
_PLANNED = 0.8  # the part of an edit's progress that its planning takes
_ALL = 1_000_000_000  # entries of a history


class CountyBusy(UserError):
    """Undo or redo was asked for while a change is being made."""


class PlanError(UserError):
    """There is no such plan, or it is not one that can be worked on."""


class County:
    """A county that is open: its state, and `perform`, the only way to change it.

    State is an immutable value that is replaced as a whole, so a reader in another thread keeps a whole one. Any thread may perform an
    edit; a second one that comes while the first is still being made is refused (`Refusal.code` "busy"), so that no edit is planned on a
    state that is gone.

    `state` shows the published plan. Where a draft is open, `draft` shows the same county divided as in the draft, edits of the division
    are planned on it and change it alone, and undo, redo and history are those of the draft; what is done to the county itself meanwhile
    stands in the history of the county, and is undone there.
    """

    def __init__(self, store: CountyStore) -> None:
        self.store = store
        self.state: CountyState = store.load()
        self.draft: CountyState | None = None
        self._listeners: list[Listener] = []
        self._door = threading.Lock()
        self._doing: Message | None = None
        self._trails: dict[int, Trail] = {}  # by history

    @property
    def working(self) -> CountyState:
        """Return what is worked on: the open draft, else the published state."""
        return self.state if self.draft is None else self.draft

    @property
    def _history(self) -> int:
        """Return which history undo and redo go by: that of the open draft, else (0) the county's."""
        return 0 if self.draft is None else self.draft.plan

    def _trail(self, history: int) -> Trail:
        return self._trails.setdefault(history, Trail())

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change (in the thread that performs it); returns the way to end that."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    # Plans

    def reading_plan(self, plan: int) -> Steps[CountyState]:
        """Return the county as a plan divides it, whatever its status; `PlanError` where there is none."""
        if self.draft is not None and plan == self.draft.plan:
            return self.draft
        if plan not in self.state.plans:
            raise PlanError(msg("There is no plan {id}.", id=plan))
        try:
            return (yield from loading(self.state, plan, self.store.plan_rows))
        except CoverageError as error:
            name = self.state.plans[plan].name
            words = msg("The plan {name} is damaged in the file ({error}); use a copy of the file.", name=name, error=str(error))
            raise PlanError(words) from error

    def opening_draft(self, plan: int) -> Steps[CountyState]:
        """Read a draft and work on it from now on; `PlanError` where it is none, `CountyBusy` while an edit is being made.

        Nobody is told: who asks for it shows it.
        """
        with self._alone():
            known = self.state.plans.get(plan)
            if known is None or known.status != PlanStatus.DRAFT:
                raise PlanError(msg("Plan {name} is not a draft; only drafts can be worked on.", name=known.name if known else plan))
            draft = yield from self.reading_plan(plan)
            self.close_draft()
            self.draft = draft
            return draft

    def close_draft(self) -> None:
        """Work on the published state again. The draft is kept as it stands."""
        if self.draft is not None:
            self._trails.pop(self.draft.plan, None)  # its coverage will be built anew
            self.draft = None

    # Edits

    def performing(self, edit: Edit) -> Steps[Changes | Refusal]:
        """Plan, check, store in one transaction and tell: durable when it returns. Closing the generator before its end changes nothing.

        An edit that changes no row is not stored. Raises what the plan raises (`UserError` for a bad file), `integrity.InvalidChange` for
        an edit with a bug, and the store's errors; the county is as before then.
        """
        if not self._door.acquire(blocking=False):
            return self._busy()
        try:
            self._doing = edit.title
            on_draft = edit.division and self.draft is not None
            state, start = self.working if on_draft else self.state, 0.0
            if edit.beside in state.plans:
                start = _PLANNED / 4
                state = replace(state, beside=(yield from part(self.reading_plan(edit.beside), 0.0, start)))
            if edit.with_former:
                state = replace(state, former=former_content(self.store))
            outcome = yield from part(edit.plan(state), start, _PLANNED)
            if isinstance(outcome, Refusal):
                return outcome
            yield Progress(_PLANNED, msg("Saving"))
            changes = self._store_division(edit, outcome) if on_draft else self._store(edit, outcome)
        finally:
            self._doing = None
            self._door.release()
        self._tell(changes)
        return changes

    def _busy(self) -> Refusal:
        return Refusal("busy", msg("Another change is still being made ({title}); wait for it or cancel it.", title=self._doing or ""))

    def _store(self, edit: Edit, outcome: Outcome) -> Changes:
        """Store what changes the county itself; an open draft follows."""
        rows, title, before = _completed(outcome), outcome.title or edit.title, self.state
        if not rows:
            return Changes(title, {}, report=outcome.report, plan=before.plan, view=edit.view)
        check_ids(before, rows)
        after = content.apply(before, rows, outcome.coverage)  # an insert without id is only ever an event, which the state does not hold
        check_references(after, rows)
        draft = self._draft_on(after, rows)
        stored = self.store.write(rows, title, founding=edit.founding, lasting=edit.lasting, view=edit.view)
        self.state = after
        self._take(draft)
        if edit.founding:
            self._trails.clear()
        elif not edit.lasting:  # which stands in no history: there is nothing to go back along
            self._trail(0).went(before.coverage, after.coverage)
        return changes_of(title, rows if stored is None else stored, before, after, outcome.report, edit.view)

    def _store_division(self, edit: Edit, outcome: Outcome) -> Changes:
        """Store what changes the open draft."""
        before, title = self.draft, outcome.title or edit.title
        assert before is not None
        rows = _completed(outcome)
        planned = to_plan(before, rows)
        if not planned:
            return Changes(title, {}, report=outcome.report, plan=before.plan, view=edit.view)
        check_ids(before, rows)
        state = content.apply(self.state, planned)  # it knows which ids are taken
        after = follow(state, before, planned, outcome.coverage)
        check_references(after, rows)
        self.store.write(planned, title, plan=before.plan, view=edit.view)
        self.state, self.draft = state, after
        self._trail(before.plan).went(before.coverage, after.coverage)
        self._trail(0).forget()
        return draft_changes(title, planned, before, after, outcome.report, edit.view)

    def _draft_on(self, state: CountyState, rows: Iterable[RowChange]) -> CountyState | None:
        """Return the open draft on another published state, None where there is none, or it is no draft there."""
        draft = self.draft
        if draft is None or draft.plan not in state.plans or state.plans[draft.plan].status != PlanStatus.DRAFT:
            return None
        ids = ids_of(rows)
        if "units" in ids or state.coverage is not self.state.coverage:
            return derived(state, draft.plan, draft.units, draft.coverage, draft.overrides)
        households, cases = (ids.get(table, np.empty(0, np.int64)).tolist() for table in ("households", "cases"))
        return followed(state, draft, draft.units, draft.coverage, draft.overrides, (), households, cases)

    def _take(self, draft: CountyState | None) -> None:
        if draft is None:
            self.close_draft()
        else:
            self.draft = draft

    def perform(self, edit: Edit) -> Changes | Refusal:
        """Perform an edit at one go."""
        return finish(self.performing(edit))

    # History

    def history(self, limit: int = 100) -> list[HistoryEntry]:
        """Return the newest entries of the history of what is worked on, newest first."""
        return self.store.history(limit, self._history)

    def undo(self, *, beside_draft: bool = False) -> Changes | None:
        """Undo the newest edit of what is worked on; None if there is none. Raises `CountyBusy` while an edit is being made.

        `beside_draft`: of the county itself, though a draft is open, which follows (and is closed where it is none any more).
        """
        return self._turn(back=True, beside_draft=beside_draft)

    def redo(self, *, beside_draft: bool = False) -> Changes | None:
        """Redo the edit that was undone last, as `undo` says; None if there is none."""
        return self._turn(back=False, beside_draft=beside_draft)

    def _turn(self, *, back: bool, beside_draft: bool) -> Changes | None:
        with self._alone():
            way = _Way(self, 0 if beside_draft else self._history, back=back)
            way.step()
            changes = way.arrive()
        if changes is not None:
            self._tell(changes)
        return changes

    def going_to(self, entry: int) -> Steps[Changes | None]:
        """Undo or redo until the entry `entry` is the newest that is done (0: none is); all that changed is told once, at the end.

        Stopping leaves the county at the step that it has reached. None where it is there already; `PlanError` for an unknown entry.
        """
        changes: Changes | None = None
        try:
            with self._alone():
                entries = self.store.history(_ALL, self._history)
                if entry and entry not in {known.id for known in entries}:
                    raise PlanError(msg("The history has no step {id}.", id=entry))
                back = sum(not known.undone and known.id > entry for known in entries)
                steps = back or sum(known.undone and known.id <= entry for known in entries)
                way = _Way(self, self._history, back=back > 0)
                try:
                    for step in range(steps):
                        yield Progress(step / steps, msg("Going through the history"))
                        way.step()
                finally:
                    changes = way.arrive()
        finally:
            if changes is not None:
                self._tell(changes)
        return changes

    def _arrive(self, done: list[Turned], history: int, coverage: Coverage | None) -> Changes:
        """Take the state to where the file has gone in a history; the coverage is built anew where nobody knows it."""
        rows, last, draft = [change for turned in done for change in turned.rows], done[-1], self.draft
        if draft is not None and history:
            self.state = content.apply(self.state, (change for change in rows if change.table == "plan_units"))
            self.draft = follow(self.state, draft, rows, coverage)
            self._trail(0).forget()
            return draft_changes(last.title, rows, draft, self.draft, None, last.view)
        before = self.state
        after = content.apply(before, rows, coverage)
        beside = self._draft_on(after, rows)
        self.state = after
        self._take(beside)
        if beside is not None and any(change.table in PLAN_TABLES for change in rows):  # maybe the draft's own: read anew
            self.close_draft()
            self.draft = finish(loading(after, beside.plan, self.store.plan_rows))
        return changes_of(last.title, rows, before, self.state, None, last.view)

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


class _Way:
    """Steps through one history, in the file first; the state follows once, at the end."""

    def __init__(self, county: County, history: int, *, back: bool) -> None:
        self._county, self._back = county, back
        self._trail, self._history = county._trail(history), history
        self._start = self._reached
        self._coverage: Coverage | None = self._start
        self._done: list[Turned] = []

    @property
    def _reached(self) -> Coverage:
        return (self._county.working if self._history else self._county.state).coverage

    def step(self) -> None:
        """Undo or redo one edit, if there is one."""
        store = self._county.store
        turned = store.undo(self._history) if self._back else store.redo(self._history)
        if turned is not None:
            self._done.append(turned)
            if self._coverage is not None:
                self._coverage = self._trail.back(self._coverage) if self._back else self._trail.forth(self._coverage)

    def arrive(self) -> Changes | None:
        """Take the state along."""
        if not self._done:
            return None
        changes = self._county._arrive(self._done, self._history, self._coverage)
        if self._coverage is None:
            self._trail.lost(self._start, self._reached, len(self._done), back=self._back)
        return changes


def _completed(outcome: Outcome) -> tuple[RowChange, ...]:
    return tuple(change for change in map(content.completed, outcome.rows) if change.insert or change.update or len(change.delete))
