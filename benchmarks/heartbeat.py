"""How long a window did not answer while something was done: the longest gap between two beats of a timer."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QTimer

BEAT = 5
"""Milliseconds between two beats."""

CALM = 0.25
"""Seconds that the window must have answered, after what was waited for, before the beats are no longer counted."""

STACK_EVERY = 0.004


class Heartbeat(QObject):
    """Beats while the event loop runs.

    `longest` is the longest gap so far in milliseconds, less the beat itself. It counts also what other threads and other programs took;
    `busiest` is the most that the window's thread itself worked between two beats, in milliseconds of CPU.
    """

    def __init__(self) -> None:
        super().__init__()
        self.longest = self.busiest = 0.0
        self.last, self._worked = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.longest = max(self.longest, (now - self.last) * 1000 - BEAT)
        self.busiest = max(self.busiest, (worked - self._worked) * 1000)
        self.last, self._worked = now, worked

    def begin(self) -> None:
        """Forget what was measured."""
        self.longest = self.busiest = 0.0
        self.last, self._worked = time.perf_counter(), time.thread_time()

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()


def longest_freeze(action: Callable[[], object], until: Callable[[], bool] = lambda: True, watcher: "Watcher | None" = None) -> Heartbeat:
    """Do something in the event loop, go on until `until` holds and the window is calm, and return how the heart beat meanwhile."""
    heart = Heartbeat()
    settle(0.05)
    heart.begin()
    if watcher is not None:
        watcher.follow(heart)
    loop = QEventLoop()
    QTimer.singleShot(0, action)
    QTimer.singleShot(0, loop.quit)
    loop.exec()
    while not until():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    settle(CALM)
    if watcher is not None:
        watcher.follow(None)
    heart.stop()
    return heart


def settle(seconds: float) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class Watcher(threading.Thread):
    """Looks at the stacks of all threads while the window does not answer, to say what it was doing (`--why`)."""

    def __init__(self, more_than: float = 30.0) -> None:
        super().__init__(daemon=True)
        self._heart: Heartbeat | None = None
        self._more_than = more_than / 1000
        self._window = threading.main_thread().ident
        self.seen: Counter[str] = Counter()
        self.start()

    def follow(self, heart: Heartbeat | None) -> None:
        """Watch a heart, and forget what was seen before; None: stop."""
        if heart is not None:
            self.seen.clear()
        self._heart = heart

    def run(self) -> None:
        """Sample until the process ends."""
        while True:
            time.sleep(STACK_EVERY)
            heart = self._heart
            if heart is not None and time.perf_counter() - heart.last > self._more_than:
                for thread, frame in sys._current_frames().items():
                    if thread != self.ident:
                        self.seen[("window " if thread == self._window else "beside ") + told(frame)] += 1

    def report(self, most: int = 12) -> str:
        """Write what was seen most often."""
        return "\n".join(f"    {count:4d} {stack}" for stack, count in self.seen.most_common(most))


def told(frame: FrameType | None, most: int = 9) -> str:
    """Write a stack in one line, the innermost call first."""
    parts: list[str] = []
    while frame is not None and len(parts) < most:
        parts.append(f"{frame.f_code.co_filename.rsplit('/', 1)[-1].removesuffix('.py')}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(parts)
