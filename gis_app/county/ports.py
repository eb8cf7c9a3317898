"""What a county needs of its storage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns, RowChange
from gis_app.county.state import CountyState
from gis_app.language import Message


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One performed edit as the history panel shows it. `undone` entries can be redone."""

    id: int
    title: Message
    time: np.datetime64
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that a search found: its table and id, what to show, and a second line."""

    table: str
    id: int
    text: str
    detail: str


class CountyStore(Protocol):
    """One county in a file or a database. All writing happens in one transaction a call; readers see whole transactions only."""

    @property
    def name(self) -> str:
        """Return the path or address, as a person would write it."""

    def load(self) -> CountyState:
        """Read the state: all units, workers, bodies, rules, the coverage, and the numeric columns of households and cases."""

    def write(self, rows: Sequence[RowChange], title: Message, *, founding: bool = False) -> Sequence[RowChange]:
        """Write row changes and a history entry (with its inverse, computed here) in one transaction; durable when it returns.

        A `founding` change leaves no entry and ends the history: nothing can be undone then.
        Inserted rows whose id is 0 get the next free one; returns the row changes with every id as written.
        """

    def undo(self) -> tuple[Message, Sequence[RowChange]] | None:
        """Apply the inverse of the newest entry that is not undone, in one transaction; return its title and the row changes made."""

    def redo(self) -> tuple[Message, Sequence[RowChange]] | None:
        """Apply the oldest undone entry again, in one transaction; return its title and the row changes made."""

    def history(self, limit: int = 100) -> list[HistoryEntry]:
        """Return the newest entries, newest first."""

    def rows(self, table: str, ids: NDArray[np.int64] | None = None, columns: Sequence[str] | None = None) -> Columns:
        """Read columns (all by default, `id` always) of rows (all by default), in the order of `ids` (else by id)."""

    def events(self, case: int) -> Columns:
        """Read the events of one case, oldest first."""

    def order(self, table: str, column: str, *, descending: bool = False) -> NDArray[np.int64]:
        """Return all ids of a table in the order of one of its columns."""

    def matching(self, table: str, words: str) -> NDArray[np.int64]:
        """Return the ids of rows any of whose text columns contains `words` (case-insensitive), ascending."""

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Find units, workers, households, bodies and cases by name, code, number, address or pinyin initials; best first."""

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
