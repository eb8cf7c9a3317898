"""The problems of the plan that is shown, always current: what an edit touched is looked at at once, the whole county in idle time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import sleep
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gis_app.county.problems import Problem, Problems, checking, quickly, rechecked, touched
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE
from gis_app.grid.difference import difference
from gis_app.grid.shape_checks import Buildings
from gis_app.gui.task import aside
from gis_app.map.reference.vectors import VectorLayer
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.session import Session

IDLE = 700
"""Milliseconds without a change after which the whole county is checked."""

BREATH = 0.004
"""Seconds that the check of the whole county leaves to the window after each of its steps."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A problem that somebody ignores: its row in the table `ignored_problems`, and why."""

    row: int
    note: str


class LiveProblems(QObject):
    """What is known to be wrong with the plan that a session shows. It says so by the session's `problems_changed`."""

    _checked = Signal(object, object, object)  # Problems (None: given up), the state and the buildings that were looked at

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._state = session.state
        self._layers: list[VectorLayer] = []
        self._buildings: Buildings | None = None
        self.known = quickly(self._state)
        self.ignored: dict[str, Ignored] = {}
        self._of: tuple[Problems, object, tuple[tuple[Problem, ...], tuple[tuple[Problem, Ignored], ...]]] | None = None
        self._stop = threading.Event()
        self._running = False
        self._idle = QTimer(self, singleShot=True, interval=IDLE)
        self._idle.timeout.connect(self._begin)
        self._checked.connect(self._take)
        self._read_ignored()
        self._idle.start()

    @property
    def listed(self) -> tuple[Problem, ...]:
        """The problems that nobody ignores, the worst first."""
        return self._sorted()[0]

    @property
    def set_aside(self) -> tuple[tuple[Problem, Ignored], ...]:
        """The problems that somebody ignores and that are still there, with the note."""
        return self._sorted()[1]

    def _sorted(self) -> tuple[tuple[Problem, ...], tuple[tuple[Problem, Ignored], ...]]:
        """Return what is listed and what is ignored; found once for what is known."""
        if self._of is None or self._of[0] is not self.known or self._of[1] is not self.ignored:
            found, ignored = self.known.all(), self.ignored
            kept = tuple(problem for problem in found if problem.key not in ignored)
            ignored_ones = tuple((problem, ignored[problem.key]) for problem in found if problem.key in ignored)
            self._of = (self.known, ignored, (kept, ignored_ones))
        return self._of[2]

    def follow(self) -> None:
        """Look at what changed since the last time; milliseconds for an edit."""
        before, self._state = self._state, self._session.state
        self._read_ignored()
        self.follow_references()
        if before is not self._state:
            self.known = _again(self.known, before, self._state, self._buildings)
            if not self.known.complete:
                self._idle.start()
        self._session.turns.add(self._session.problems_changed.emit)  # the panel is built in a turn of its own

    def follow_references(self) -> None:
        """Look for borders through buildings where a layer of buildings came or went."""
        layers = self._session.shelf.buildings(self._session.state.references)
        if [id(layer) for layer in layers] != [id(layer) for layer in self._layers]:
            self._layers = layers
            self._buildings = _buildings_of(layers)
            self.known = Problems(self.known.cells, self.known.counted, self.known.whole)
            self._idle.start()

    def steps(self) -> Steps[Problems]:
        """Check the whole county, for a task that shows how far it is; `checked` takes the result."""
        return checking(self._session.state, self._buildings)

    def checked(self, found: Problems, state: CountyState) -> None:
        """Take what a check of a whole state found, and look again at what changed meanwhile."""
        self._idle.stop()
        self.known = _again(found, state, self._state, self._buildings)
        if not self.known.complete:
            self._idle.start()
        self._session.problems_changed.emit()

    def finish(self) -> None:
        """Know everything now, for pictures and tests."""
        self.stop()
        state, steps = self._session.state, self.steps()
        while True:
            try:
                next(steps)
            except StopIteration as stop:
                self._state = state
                self.checked(stop.value, state)
                return

    def stop(self) -> None:
        """Check no further."""
        self._idle.stop()
        self._stop.set()

    def _begin(self) -> None:
        """Check the whole county beside the window."""
        if self._running:
            self._idle.start()
            return
        self._session.shelf.opening_buildings(self._session.state.references)
        self._running, self._stop = True, threading.Event()
        state, buildings, stop = self._session.state, self._buildings, self._stop

        def work() -> Problems | None:
            steps = checking(state, buildings)
            while not stop.is_set():
                try:
                    next(steps)
                except StopIteration as done:
                    found: Problems = done.value
                    return found
                sleep(BREATH)
            return None

        aside(work, lambda found: self._checked.emit(found, state, buildings))

    def _take(self, found: Problems | None, state: CountyState, buildings: Buildings | None) -> None:
        self._running = False
        if found is not None and buildings is self._buildings:
            self.checked(found, state)

    def _read_ignored(self) -> None:
        rows = self._session.county.store.rows("ignored_problems")
        self.ignored = {
            str(key): Ignored(int(row), str(note)) for row, key, note in zip(rows["id"], rows["key"], rows["note"], strict=True)
        }


def _again(known: Problems, before: CountyState, after: CountyState, buildings: Buildings | None) -> Problems:
    """Return the problems of a state from what is known of another one."""
    cells = touched(before, after)
    if cells is not None and len(cells) * 4 <= max(len(after.coverage.cells), 100):
        found = rechecked(known, after, cells, buildings)
        sure = len(found.whole) == len(known.whole) and not _outline_changed(before, after)
        return found if sure else replace(found, complete=False)
    glance = quickly(after)
    return Problems(glance.cells, glance.counted, known.whole if before.coverage is after.coverage else ())


def _outline_changed(before: CountyState, after: CountyState) -> bool:
    """Tell whether the border of the county is another one: then there may be a hole, which only the check of the whole county finds."""
    changed = difference(before.coverage, after.coverage)
    arcs = [after.coverage.arcs[number] for number in changed.arcs]
    arcs += [before.coverage.arcs[number] for number in changed.lost_arcs]
    return any(OUTSIDE in (arc.left, arc.right) for arc in arcs)


def _buildings_of(layers: Sequence[VectorLayer]) -> Buildings | None:
    shapes = [layer.blocks for layer in layers]
    together = np.concatenate(shapes) if shapes else np.empty(0, object)
    return Buildings(together) if len(together) else None


def stops(problems: Sequence[Problem]) -> list[tuple[Problem, int]]:
    """Return what there is to go to, one after the other: a problem of many households is gone through household by household."""
    found: list[tuple[Problem, int]] = []
    for problem in problems:
        rows = problem.ids if problem.table == "households" else problem.ids[:1]
        found += [(problem, row) for row in rows or (0,)]
    return found
