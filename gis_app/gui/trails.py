"""What the events of all whistles tell (`cases.chains.Trails`), read beside the window when a panel first asks, and kept up to date."""

from collections.abc import Callable
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from gis_app.cases.chains import Trails
from gis_app.county.case_figures import read_trails, trails_after
from gis_app.county.changes import Changes
from gis_app.county.ports import CountyStore
from gis_app.gui.task import aside

MOST = 2000
"""Where more cases than these changed, everything is read again."""


class TrailReader(QObject):
    """Reads trails for whoever asks. Nothing is read while nobody does: half a second for 20,000 whistles."""

    arrived = Signal()
    _read = Signal(object)  # Trails: from the thread that read

    def __init__(self, store: CountyStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._known: Trails | None = None
        self._changed: set[int] = set()
        self._reading = False
        self._lock = Lock()
        self._read.connect(self._take)

    def ask(self) -> Trails | None:
        """Return what is known; where something is missing, it is read, and `arrived` tells when it is there."""
        if not self._reading and (self._known is None or self._changed):
            self._reading = True
            work = self._work()
            aside(work, self._read.emit)
        return self._known

    def _work(self) -> Callable[[], Trails]:
        with self._lock:
            changed, self._changed = self._changed, set()
        known, store = self._known, self._store
        if known is None or len(changed) > MOST:
            return lambda: read_trails(store)
        return lambda: trails_after(store, known, np.array(sorted(changed), np.int64))

    def follow(self, changes: Changes) -> None:
        """Note which cases an edit changed (in any thread)."""
        if changes.touches("events"):
            with self._lock:
                self._changed |= set(_cases(changes.ids.get("cases")))

    def _take(self, found: Trails) -> None:
        self._known, self._reading = found, False
        self.arrived.emit()


def _cases(ids: NDArray[np.int64] | None) -> list[int]:
    """Return the cases that an edit changed; every step of a case changes its row, too."""
    return [] if ids is None else [int(case) for case in ids]
