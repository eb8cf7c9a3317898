"""What an edit would do, worked out while a person draws: at most once a frame, and never so that the window waits.

A verb that took little time the last time is tried in the window's own thread (a dragged vertex follows the pointer at once); any other one
in a thread of its own, where the newest proposal wins.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter, thread_time

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.consequences import CellConsequence, Consequences
from gis_app.county.state import CountyState
from gis_app.grid.coverage import Arc
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal

AT_ONCE = 0.006
"""Seconds of CPU that an edit with its consequences may take in the window's thread."""

FRAME = 0.014
"""Seconds from one preview to the next at least."""

SMALL_VERBS = ("move_node", "move_vertices", "insert_vertex", "remove_vertex", "remove_vertices")
"""Verbs that are expected to be quick before they were ever measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """An edit tried on a state: what it would do, or why it cannot be, and what that means for the cells that it touches."""

    edit: BoundaryEdit
    state: CountyState
    tried: Edited | Refusal
    consequences: tuple[CellConsequence, ...] = ()

    def is_still_to_come(self, state: CountyState) -> bool:
        """Tell whether a state has the borders of before the edit (in a draft that was made meanwhile they are other objects)."""
        if not isinstance(self.tried, Edited) or state.coverage is self.state.coverage:
            return state.coverage is self.state.coverage
        before, after, now = self.state.coverage.arcs, self.tried.coverage.arcs, state.coverage.arcs
        replaced = [number for number, arc in before.items() if after.get(number) is not arc]
        same = (number in now and _same(now[number], before[number]) for number in replaced)
        return bool(replaced) and all(same) and len(now) == len(before)


def _same(one: Arc, other: Arc) -> bool:
    """Tell whether two borders run the same way between the same cells (cells that do not touch merge without any border moving)."""
    return (one.left, one.right) == (other.left, other.right) and np.array_equal(one.points, other.points)


class Previewing(QObject):
    """Tries the newest proposal on the state, and keeps the preview that came out last."""

    changed = Signal()
    _worked = Signal(object, object, float)  # Preview or exception, the proposal, seconds: from the thread beside the window

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.preview: Preview | None = None
        self._proposed: BoundaryEdit | None = None  # the newest
        self._wanted: tuple[BoundaryEdit, CountyState] | None = None  # the newest, until somebody works on it
        self._running = False
        self._seconds: dict[str, float] = dict.fromkeys(SMALL_VERBS, 0.0)
        self._figures: dict[str, Consequences] = {}  # by thread: they remember the cells that they were asked for last
        self._thread: ThreadPoolExecutor | None = None
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._work)
        self._worked.connect(self._take)

    def forget(self) -> None:
        """Show nothing any more."""
        self._proposed = self._wanted = None
        self._timer.stop()
        self._show(None)

    def propose(self, edit: BoundaryEdit, state: CountyState) -> None:
        """Want the preview of an edit."""
        self._proposed = edit
        self._wanted = (edit, state)
        if not self._timer.isActive():
            self._timer.start(max(0, round((self._last + FRAME - perf_counter()) * 1000)))

    def result(self, edit: BoundaryEdit, state: CountyState) -> Preview:
        """Return the preview of an edit now: the one that is shown, if it is of this edit, else it is tried."""
        known = self.preview
        if known is not None and known.edit is edit and known.state is state:
            return known
        return tried(edit, state, self._consequences("window", state))

    def finish(self) -> None:
        """Work out what is wanted at one go, for tests and pictures."""
        if self._wanted is not None:
            self._timer.stop()
            self._show(self.result(*self._wanted))
            self._wanted = None

    def close(self) -> None:
        """End the thread; nothing is shown any more."""
        self._wanted = None
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None

    def _consequences(self, thread: str, state: CountyState) -> Consequences:
        known = self._figures.get(thread)
        if known is None or known.state is not state:
            known = self._figures[thread] = Consequences(state)
        return known

    def _work(self) -> None:
        if self._wanted is None:
            return
        edit, state = self._wanted
        if self._seconds.get(edit.verb, 1.0) <= AT_ONCE:
            self._wanted = None
            start = thread_time()
            preview = tried(edit, state, self._consequences("window", state))
            self._seconds[edit.verb] = thread_time() - start
            self._last = perf_counter()
            self._show(preview)
        elif not self._running:
            self._wanted = None
            self._running = True
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, thread_name_prefix="preview")
            figures = self._consequences("beside", state)
            self._thread.submit(_working, edit, state, figures, self._worked.emit)

    def _take(self, result: Preview | BaseException, edit: BoundaryEdit, seconds: float) -> None:
        """Show what was worked out beside the window, and go on with what was proposed meanwhile."""
        self._running = False
        self._last = perf_counter()
        self._seconds[edit.verb] = seconds
        if isinstance(result, BaseException):
            raise result
        if self._proposed is not None:  # else the proposal was taken back meanwhile
            self._show(result)
        if self._wanted is not None:
            self._work()

    def _show(self, preview: Preview | None) -> None:
        if preview is not self.preview:
            self.preview = preview
            self.changed.emit()


def tried(edit: BoundaryEdit, state: CountyState, figures: Consequences) -> Preview:
    """Try an edit on a state and say what it means."""
    edited = edit.attempt(state)
    if isinstance(edited, Refusal):
        return Preview(edit, state, edited)
    return Preview(edit, state, edited, figures.of(edited))


def _working(
    edit: BoundaryEdit, state: CountyState, figures: Consequences, tell: Callable[[Preview | BaseException, BoundaryEdit, float], object]
) -> None:
    start = thread_time()
    result: Preview | BaseException
    try:
        result = tried(edit, state, figures)
    except Exception as error:
        result = error
    with suppress(RuntimeError):  # the map is gone
        tell(result, edit, thread_time() - start)
