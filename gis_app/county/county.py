"""One opened county and the one door for every change."""

from collections.abc import Callable

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.progress import Steps, finish

Listener = Callable[[Changes], None]


class County:
    """A county that is open: its state, and `perform`, the only way to change it.

    State is an immutable value that is replaced as a whole, so a reader in another thread keeps a whole one.
    """

    def __init__(self, store: CountyStore) -> None:
        self.store = store
        self.state: CountyState = store.load()
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change (in the thread that performs it); returns the way to end that."""
        raise NotImplementedError

    def performing(self, edit: Edit) -> Steps[Changes | Refusal]:
        """Plan, check, store in one transaction and tell: durable when it returns. Closing the generator before its end changes nothing."""
        raise NotImplementedError

    def perform(self, edit: Edit) -> Changes | Refusal:
        """Perform an edit at one go."""
        return finish(self.performing(edit))

    def undo(self) -> Changes | None:
        """Undo the newest edit; None if there is none."""
        raise NotImplementedError

    def redo(self) -> Changes | None:
        """Redo the edit that was undone last; None if there is none."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the store."""
        self.store.close()
