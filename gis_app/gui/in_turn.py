"""A county for work in a thread of its own: what it writes takes its turn among the tasks of the window."""

import threading
from collections.abc import Callable

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.progress import Progress, Steps


class Stopped(Exception):
    """Whoever asked is to end: the county is being closed, or the user cancelled."""


class InTurn:
    """A county whose edits are performed by the tasks of the window, in the order in which they come; asked for from another thread."""

    def __init__(self, county: County, ask: Callable[[Edit, Callable[[Changes | Refusal], None]], None], stop: threading.Event) -> None:
        self._county, self._ask, self._stop = county, ask, stop

    @property
    def state(self) -> CountyState:
        """The county as it stands."""
        return self._county.state

    @property
    def store(self) -> CountyStore:
        """Its storage."""
        return self._county.store

    def performing(self, edit: Edit) -> Steps[Changes | Refusal]:
        """Perform an edit when its turn comes; it is done as a whole, or not begun."""
        yield Progress(0.0, edit.title)
        return self.perform(edit)

    def perform(self, edit: Edit) -> Changes | Refusal:
        """Perform an edit when its turn comes. Raises `Stopped` where nobody waits for it any more."""
        answered, found = threading.Event(), []

        def answer(result: Changes | Refusal) -> None:
            found.append(result)
            answered.set()

        self._ask(edit, answer)
        while not answered.wait(0.1):
            if self._stop.is_set():
                raise Stopped
        return found[0]
