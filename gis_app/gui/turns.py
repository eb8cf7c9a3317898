"""Work of the window's own thread, cut into pieces: between two of them the window answers and paints."""

from collections import deque
from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

Piece = Callable[[], object]

PATIENCE = 0.12
"""Seconds that pieces wait for the map at most."""


class Turns(QObject):
    """Does pieces of work in the order in which they came, each in a turn of the event loop of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: deque[tuple[Piece, bool]] = deque()  # and whether it gives way
        self._busy: Callable[[], bool] = lambda: False
        self._waiting = 0.0  # since when a piece gives way
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._turn)

    def give_way(self, busy: Callable[[], bool]) -> None:
        """Let the pieces wait, for a moment at most, while `busy` tells that the map is being drawn: the map answers first."""
        self._busy = busy

    def add(self, *pieces: Piece, first: bool = False) -> None:
        """Put pieces behind those that wait; `first`: they give way to nothing."""
        self._pieces.extend((piece, not first) for piece in pieces)
        self._timer.start(0)

    def finish(self) -> None:
        """Do everything that waits now (for pictures and tests)."""
        while self._pieces:
            self._pieces.popleft()[0]()

    def forget(self) -> None:
        """Do nothing of what waits: whom it was for is gone."""
        self._pieces.clear()
        self._busy = lambda: False

    def _turn(self) -> None:
        if self._pieces and self._pieces[0][1] and self._busy():
            self._waiting = self._waiting or perf_counter()
            if perf_counter() - self._waiting < PATIENCE:
                self._timer.start(2)
                return
        self._waiting = 0.0
        if self._pieces:
            try:
                self._pieces.popleft()[0]()
            finally:
                if self._pieces:
                    self._timer.start(0)
