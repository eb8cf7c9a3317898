"""Work of the window's own thread, cut into pieces: between two of them the window answers and paints."""

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

Piece = Callable[[], object]


class Turns(QObject):
    """Does pieces of work in the order in which they came, each in a turn of the event loop of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pieces: deque[Piece] = deque()
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._turn)

    def add(self, *pieces: Piece) -> None:
        """Put pieces behind those that wait."""
        self._pieces.extend(pieces)
        self._timer.start()

    def finish(self) -> None:
        """Do everything that waits now (for pictures and tests)."""
        while self._pieces:
            self._pieces.popleft()()

    def forget(self) -> None:
        """Do nothing of what waits: whom it was for is gone."""
        self._pieces.clear()

    def _turn(self) -> None:
        if self._pieces:
            try:
                self._pieces.popleft()()
            finally:
                if self._pieces:
                    self._timer.start()
