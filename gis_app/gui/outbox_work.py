"""The outbox while the window is open: once a minute, what is due is queued and sent, in a thread of its own.

Sending takes its time, and a server may be away: nothing in the window waits for it. What is written into the county goes through the tasks
of the window, one after the other with what the user does, so that neither ever finds the county busy.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer, Signal

from gis_app.channels.channel import Channel, ChannelError
from gis_app.channels.delivery import Round, delivering
from gis_app.channels.settings import load_settings, open_channel
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.gui.in_turn import InTurn, Stopped
from gis_app.gui.task import Task, Tasks
from gis_app.language import Message, msg

LOG = logging.getLogger(__name__)
MINUTE = 60_000


class Outbox(QObject):
    """Sends what is due of one county while it is open."""

    finished = Signal(object)  # Round
    troubled = Signal(object)  # Message: why messages do not go out; told once until they do again
    _wanted = Signal(object, object)  # Edit, what to do with its result: from the thread to the window's

    def __init__(self, county: County, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._county, self._tasks = county, tasks
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._trouble = ""
        self._wanted.connect(self._perform)
        self.finished.connect(self._ended)
        self._timer = QTimer(self, interval=MINUTE)
        self._timer.timeout.connect(self.run)
        self._timer.start()

    def run(self) -> None:
        """Begin a round, unless the last one is still at work."""
        if (self._thread is None or not self._thread.is_alive()) and not self._stop.is_set():
            self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)
            self._thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """End with the message that is being sent (when the county is closed); what was sent by then is sent."""
        self._timer.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _perform(self, edit: Edit, answer: Callable[[Changes | Refusal], None]) -> None:
        """Perform an edit of the outbox among the tasks of the window (in the window's thread)."""

        def failed(reason: Message) -> None:
            answer(Refusal("failed", reason))

        self._tasks.run(Task(edit.title, lambda: self._county.performing(edit), answer, failed, quiet=True))

    def _work(self) -> None:
        """Do one round (in a thread of its own)."""
        with suppress(Stopped, RuntimeError):  # RuntimeError: this object is gone, with the window
            try:
                self.finished.emit(self._round(open_channel(load_settings())))
            except UserError as error:
                self.finished.emit(Round(trouble=error.message))
            except Exception:
                LOG.exception("the outbox failed")

    def _round(self, channel: Channel | None) -> Round:
        county = InTurn(self._county, self._wanted.emit, self._stop)
        if channel is not None and channel.leaves_machine and county.state.settings.fixed_now:
            channel = None  # the people of a demo county are invented: their messages wait
        steps = delivering(county, channel)
        while True:
            try:
                next(steps)
            except StopIteration as ended:
                found = ended.value
                if not isinstance(found, Round):
                    raise ChannelError(msg("The outbox did not come to an end.")) from ended
                return found
            if self._stop.is_set():
                steps.close()
                raise Stopped

    def _ended(self, found: Round) -> None:
        said = str(found.trouble) if found.trouble is not None else ""
        if said and said != self._trouble:
            self.troubled.emit(found.trouble)
        self._trouble = said
