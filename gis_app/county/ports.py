"""What a county needs of its storage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """An entry of the history that was undone or made again: its title, the row changes made, and what the window showed at the edit."""

    title: Message
    rows: Sequence[RowChange]
    view: Mapping[str, object] = field(default_factory=dict)


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

    def write(
        self,
        rows: Sequence[RowChange],
        title: Message,
        *,
        founding: bool = False,
        lasting: bool = False,
        plan: int = 0,
        view: Mapping[str, object] | None = None,
    ) -> Sequence[RowChange]:
        """Write row changes and a history entry (with its inverse, computed here) in one transaction; durable when it returns.

        `plan` is the draft whose history the entry belongs to, 0 for the county's own. A `founding` change leaves no entry and ends every
        history: nothing can be undone then. A `lasting` change leaves no entry either, and touches no history. A new entry ends what could
        be made again; one of a draft also ends that of the county, since it may be the publication of this very draft. Inserted rows whose
        id is 0 get the next free one; returns the row changes with every id as written.
        """

    def undo(self, plan: int = 0) -> Turned | None:
        """Apply the inverse of the newest entry of a history that is not undone, in one transaction.

        Where that takes a plan away, all its rows go (and come back with `redo`), whatever was done to it since.
        """

    def redo(self, plan: int = 0) -> Turned | None:
        """Apply the oldest undone entry of a history again, in one transaction."""

    def history(self, limit: int = 100, plan: int = 0) -> list[HistoryEntry]:
        """Return the newest entries of a history, newest first."""

    def plan_rows(self, table: str, plan: int) -> Columns:
        """Read the rows of a plan from one of the tables of plans, by id."""

    def rows(self, table: str, ids: NDArray[np.int64] | None = None, columns: Sequence[str] | None = None) -> Columns:
        """Read columns (all by default, `id` always) of rows (all by default), in the order of `ids` (else by id)."""

    def rows_by(self, table: str, column: str, values: Sequence[int] | Sequence[str], columns: Sequence[str] | None = None) -> Columns:
        """Read columns (all by default, `id` always) of the rows whose `column` holds one of `values`, by id."""

    def events(self, case: int) -> Columns:
        """Read the events of one case, oldest first."""

    def beginning(self, table: str, column: str, text: str) -> list[str]:
        """Return the values of a text column that begin with `text`, in any order."""

    def order(self, table: str, column: str, *, descending: bool = False) -> NDArray[np.int64]:
        """Return all ids of a table in the order of one of its columns."""

    def matching(self, table: str, words: str) -> NDArray[np.int64]:
        """Return the ids of rows any of whose text columns contains `words` (case-insensitive), ascending."""

    def search(self, words: str, limit: int = 20) -> list[Hit]:
        """Find units, workers, households, bodies and cases by name, code, number, address or pinyin initials; best first."""

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
