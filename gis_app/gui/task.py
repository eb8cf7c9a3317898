"""Long work beside the window: a `Steps` generator in a worker thread, one after the other, that can be cancelled."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, Qt, QThreadPool, Signal

from gis_app.errors import UserError
from gis_app.gui import garbage
from gis_app.gui.turns import Turns
from gis_app.language import Message, msg
from gis_app.progress import Steps

T = TypeVar("T")
LOG = logging.getLogger(__name__)


def _nothing(_: Any) -> None:
    pass


class _Relay(QObject):
    """Brings what was looked up in a thread of the pool to the window's thread, where no panel is deleted while it is told."""

    arrived = Signal(object, object)  # whom to tell, what was found

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self.arrived.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @staticmethod
    def of_application() -> "_Relay":
        """Return the one of the application; call it in the window's thread."""
        app = QCoreApplication.instance()
        found = app.findChild(_Relay) if app is not None else None
        return found if isinstance(found, _Relay) else _Relay(app)

    def _tell(self, tell: Callable[[Any], object], found: Any) -> None:
        with suppress(RuntimeError):  # the panel that asked was deleted meanwhile
            tell(found)


def aside(work: Callable[[], T], tell: Callable[[T], object]) -> None:
    """Do something short in a thread of the pool; `tell` is called in the window's thread. For looking up, never for changing."""
    relay = _Relay.of_application()

    def run() -> None:
        found = work()
        with suppress(RuntimeError):  # the application has ended
            relay.arrived.emit(tell, found)

    QThreadPool.globalInstance().start(run)


def wait_aside(milliseconds: int = 5000) -> None:
    """Wait until nothing is looked up any more (before a county is closed)."""
    QThreadPool.globalInstance().waitForDone(milliseconds)


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work: its title, how to begin it, and what to do with its result in the window's thread. `quiet` shows no bar."""

    title: Message
    begin: Callable[[], Steps[Any]]
    done: Callable[[Any], None] = _nothing
    failed: Callable[[Message], None] | None = None
    quiet: bool = False


class Tasks(QObject):
    """Runs tasks one at a time in a worker thread and tells the window how far they are."""

    started = Signal(object)  # Task
    progressed = Signal(float, str)
    ended = Signal(object)  # Task
    failed = Signal(object)  # Message
    _reported = Signal(object, str, object)  # task, outcome, value: from the worker to the window's thread

    def __init__(self, parent: QObject | None = None, turns: Turns | None = None) -> None:
        super().__init__(parent)
        self._turns = turns
        self._waiting: deque[Task] = deque()
        self._running: Task | None = None
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None
        self._reported.connect(self._report)

    @property
    def running(self) -> Task | None:
        """The task at work, or None."""
        return self._running

    def run(self, task: Task) -> None:
        """Begin a task, or put it behind those that wait."""
        self._waiting.append(task)
        self._next()

    def cancel(self) -> None:
        """Ask the task at work to stop; it leaves nothing half done."""
        self._cancel.set()

    def stop(self, seconds: float = 10.0) -> None:
        """Cancel everything and wait for the worker to end (when the window closes)."""
        self._waiting.clear()
        self._cancel.set()
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None
        stopped, self._running = self._running, None
        if stopped is not None:
            self.ended.emit(stopped)

    def wait(self) -> None:
        """Handle the window's events until no task is left and every panel has heard of it (for tests and pictures)."""
        self._settle()
        while self._running is not None or self._waiting:
            loop = QEventLoop()
            self.ended.connect(loop.quit)
            loop.exec()
            self.ended.disconnect(loop.quit)
            self._settle()

    def _settle(self) -> None:
        if self._turns is not None:
            self._turns.finish()

    def _next(self) -> None:
        if self._running is None and self._waiting:
            self._running = self._waiting.popleft()
            self._cancel = threading.Event()
            self.started.emit(self._running)
            self._thread = threading.Thread(target=self._work, args=(self._running, self._cancel), name="task", daemon=True)
            self._thread.start()

    def _work(self, task: Task, cancel: threading.Event) -> None:
        """Iterate the task (in the worker thread); its outcome goes to the window by a queued signal."""
        try:
            steps, told = task.begin(), 0.0
            while True:
                try:
                    progress = next(steps)
                except StopIteration as stop:
                    self._reported.emit(task, "done", stop.value)
                    return
                if cancel.is_set():
                    steps.close()
                    self._reported.emit(task, "cancelled", None)
                    return
                if time.monotonic() - told > 0.05:
                    told = time.monotonic()
                    self.progressed.emit(progress.fraction, str(progress.text))
        except UserError as error:
            self._reported.emit(task, "failed", error.message)
        except Exception as error:
            LOG.exception("a task failed")
            problem = msg(
                "This could not be finished because of an error in the program ({error}). Nothing was changed.", error=repr(error)
            )
            self._reported.emit(task, "failed", problem)
        finally:
            garbage.give_back()

    def _report(self, task: Task, outcome: str, value: object) -> None:
        if task is not self._running:  # it was stopped, and nobody waits for it any more
            return
        self._running = None
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        try:
            if outcome == "done":
                task.done(value)
            elif outcome == "failed" and isinstance(value, Message):
                (task.failed or self.failed.emit)(value)
        finally:
            self.ended.emit(task)
            self._next()
