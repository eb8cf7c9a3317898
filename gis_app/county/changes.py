"""What an edit does to the tables of a county, and what everybody is told afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage
from gis_app.grid.refusal import Refusal
from gis_app.language import Message
from gis_app.progress import Steps

__all__ = ["Changes", "Columns", "Edit", "Outcome", "Refusal", "RowChange"]

Columns = Mapping[str, NDArray[np.generic]]
"""Column name → array, all of one length; types as in `county.tables`. `geom` of points is (n, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class RowChange:
    """Rows of one table to insert, update and delete (in the order delete, update, insert).

    `insert` must hold `id` and may leave out columns (they get the empty value of their type; `pinyin` is filled in). Only rows of
    `tables.NUMBERED` may have the id 0: the store gives them one. `update` holds `id` and the columns that change.
    """

    table: str
    insert: Columns = field(default_factory=dict)
    update: Columns = field(default_factory=dict)
    delete: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What an edit wants done: row changes, and the new coverage where it already has it (else it is rebuilt from the cells)."""

    rows: tuple[RowChange, ...]
    coverage: Coverage | None = None
    report: object = None  # handed through to the caller, e.g. an import report
    title: Message | None = None  # what the history says, where it tells more than the title of the edit ("61 + 58 households")


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a user does: a title for the history, and how it changes a state (a generator of `Progress`; pure: it writes nothing).

    A `founding` edit makes what a county is from the start, as the demo does: it cannot be undone, and what was before is forgotten.
    A `division` edit changes how the county is divided (units, their cells, who looks after them): where a draft is open it is planned on
    the draft and changes that alone. `view` is what the window showed when it was asked for, so that undoing can show it again.
    A `lasting` edit records what happened in the world (a step of a case, a message that was sent): it stands in no history and is never
    undone; what was wrong is corrected by another one.
    `beside` is a plan whose division the planning needs as well: it finds it in `CountyState.beside`. An edit `with_former` needs the units
    of the former grids, and finds them in `CountyState.former`.
    """

    title: Message
    plan: Callable[[CountyState], Steps[Outcome | Refusal]]
    founding: bool = False
    division: bool = False
    view: Mapping[str, object] = field(default_factory=dict)
    beside: int = 0
    lasting: bool = False
    with_former: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """What a performed edit changed: ids by table (inserted, updated and deleted alike), and whether the coverage is another one.

    `plan` is the plan whose state it changed: the published one's id, or a draft's. Of a draft, `ids` names units, households, workers and
    cases as they stand in its state. `view` is what the window showed when the edit was asked for.
    """

    title: Message
    ids: Mapping[str, NDArray[np.int64]]
    coverage: bool = False
    report: object = None
    plan: int = 0
    view: Mapping[str, object] = field(default_factory=dict)

    def touches(self, *tables: str) -> bool:
        """Tell whether any row of these tables changed."""
        return any(table in self.ids for table in tables)
