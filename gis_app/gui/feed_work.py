"""Fetching whistles from a server while the window is used: in a thread of its own, each page in turn with what the user does."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, Signal

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.feed_edits import Feed
from gis_app.errors import UserError
from gis_app.files.feeds import Fetched, fetching
from gis_app.files.open311_server import WAITS
from gis_app.gui.in_turn import InTurn, Stopped
from gis_app.gui.task import Task, Tasks
from gis_app.language import Message, msg

LOG = logging.getLogger(__name__)


class FeedWork(QObject):
    """Fetches from one server at a time; what was fetched stays when it is cancelled, and the next fetching goes on there."""

    progressed = Signal(float, str)
    ended = Signal(int, object)  # feed; Fetched, a Message that says why not, or None where it was cancelled
    _wanted = Signal(object, object)  # Edit, what to do with its result: from the thread to the window's
    _finished = Signal(object)  # as the second of `ended`: from the thread to the window's

    def __init__(self, county: County, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._county, self._tasks = county, tasks
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.feed: Feed | None = None
        self.waits = WAITS  # seconds before a server that is away is asked again
        self._wanted.connect(self._perform)
        self._finished.connect(self._end)

    def start(self, feed: Feed) -> None:
        """Begin to fetch, unless something is being fetched."""
        if self.feed is None:
            self.feed, self._stop = feed, threading.Event()
            self._thread = threading.Thread(target=self._work, args=(feed, self._stop), name="feed", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Stop at the next page."""
        self._stop.set()

    def stop(self, seconds: float = 2.0) -> None:
        """End (when the county is closed); pages that were fetched by then are there."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _perform(self, edit: Edit, answer: Callable[[Changes | Refusal], None]) -> None:
        """Store a page among the tasks of the window (in the window's thread)."""

        def failed(reason: Message) -> None:
            answer(Refusal("failed", reason))

        self._tasks.run(Task(edit.title, lambda: self._county.performing(edit), answer, failed, quiet=True))

    def _work(self, feed: Feed, stop: threading.Event) -> None:
        """Fetch (in a thread of its own)."""
        with suppress(RuntimeError):  # this object is gone, with the window
            found: Fetched | Message | None = None
            try:
                found = self._fetch(feed, stop)
            except Stopped:
                pass
            except UserError as error:
                found = error.message
            except Exception as error:
                LOG.exception("fetching failed")
                found = msg(
                    "Fetching ended because of an error in the program ({error}). What was fetched before stays.", error=repr(error)
                )
            self._finished.emit(found)

    def _fetch(self, feed: Feed, stop: threading.Event) -> Fetched:
        county = InTurn(self._county, self._wanted.emit, stop)
        steps = fetching(county, feed, waits=self.waits)
        while True:
            try:
                progress = next(steps)
            except StopIteration as ended:
                found: Fetched = ended.value
                return found
            if stop.is_set():
                steps.close()
                raise Stopped
            self.progressed.emit(progress.fraction, str(progress.text))

    def _end(self, found: object) -> None:
        feed, self.feed = self.feed, None
        self.ended.emit(feed.id if feed is not None else 0, found)
