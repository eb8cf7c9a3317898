"""A table whose columns are known: what the makers of rows work on."""

import re
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.files.dates import as_times
from gis_app.files.errors import FileError
from gis_app.files.mapping import Mapped
from gis_app.files.places import Points, points
from gis_app.files.registers import Register
from gis_app.files.report import ImportReport, Rejection, Repair
from gis_app.files.rows import FileRows, Texts
from gis_app.grid.codes import clean_codes
from gis_app.grid.units import Level, Unit
from gis_app.language import Message, msg

TOTALS = frozenset({"合计", "总计", "小计", "共计", "累计", "total", "subtotal", "grandtotal", "sum"})
"""What the first filled cell of a row of totals says."""


@dataclass(slots=True, eq=False)
class Table:
    """The rows of a file with the columns of fields; collects what is rejected, mended and decided while rows are made.

    `named` are the fields that the user named: only these may reject a row. Of cases: `register` is the known system that the file comes
    from; `source` is what its cases are said to come from, "" where the user does not say.
    """

    rows: FileRows
    columns: Mapped
    named: frozenset[str]
    state: CountyState
    store: CountyStore | None
    timezone: str
    create_bodies: bool
    datum: str
    register: Register | None = None
    source: str = ""
    create_categories: bool = True
    rejected: dict[int, Message] = field(default_factory=dict)
    repaired: list[Repair] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    skipped: set[int] = field(default_factory=set)
    updated: set[int] = field(default_factory=set)
    kept_here: set[int] = field(default_factory=set)  # changed at their source, and corrected here: these stay as they are
    lenient: bool = False  # places that fit nothing are none, instead of ending the import

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, name: str) -> Texts:
        """Return a field as text; "" everywhere where no column holds it."""
        if name in self.columns:
            return self.rows.texts(self.columns[name])
        empty = np.empty(len(self), dtype=object)
        empty[:] = ""
        return empty

    def codes(self, name: str) -> list[str]:
        """Return a field of codes, the damage of spreadsheets undone."""
        if name not in self.columns:
            return [""] * len(self)
        return clean_codes(self.rows.columns[self.columns[name]].tolist())

    def times(self, name: str) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
        """Return a field as (times in UTC, where something stands that is no time)."""
        if name not in self.columns:
            return np.full(len(self), np.datetime64("NaT", "s")), np.zeros(len(self), np.bool_)
        return as_times(self.rows.columns[self.columns[name]], self.timezone)

    def points(self) -> Points:
        """Return where the rows lie, in the county's system."""
        try:
            found = points(self.rows, self.columns.get("x", ""), self.columns.get("y", ""), self.datum, self.state)
        except FileError:
            if not self.lenient:
                raise
            found = Points(np.full((len(self), 2), np.nan), "")
        self.notes.extend(found.notes)
        return found

    def tell_without_coordinates(self) -> None:
        """Say that nobody gets a place where no columns hold coordinates: nothing else would show it."""
        if "x" not in self.columns and self.rows.geometry is None:
            self.notes.append(msg("No columns hold coordinates that can be read, so no row gets a place; name them with x and y."))

    def reject_totals(self) -> None:
        """Leave out rows that sum others up, which stand below many Chinese tables: a total is the first thing that they say."""
        first = list(self.rows.columns)[:3]
        for at, cells in enumerate(zip(*(self.rows.texts(name).tolist() for name in first), strict=True)):
            said = next((cell for cell in cells if cell), "")
            if re.sub(r"[\s:：]", "", said).casefold() in TOTALS:
                self.reject(at, msg("the row is a total"))

    def reject(self, position: int, problem: Message) -> None:
        """Leave out a row; its first problem is the one that is told."""
        self.rejected.setdefault(position, problem)

    def leave_out(self, keys: Sequence[Hashable], there: AbstractSet[Hashable]) -> None:
        """Leave out rows whose key the county has already (they are no fault), and reject those that stand in the file twice."""
        first: dict[Hashable, int] = {}
        for at, key in enumerate(keys):
            if at in self.rejected:
                continue
            if key in there:
                self.skipped.add(at)
            elif key in first:
                self.reject(at, msg("the same as row {row}", row=self.number(first[key])))
            else:
                first[key] = at

    def number(self, position: int) -> int:
        """Return the row number that the user sees."""
        return int(self.rows.numbers[position])

    def kept(self) -> NDArray[np.int64]:
        """Return the positions of rows that are neither rejected nor known."""
        wrong = np.zeros(len(self), np.bool_)
        wrong[[*self.rejected, *self.skipped]] = True
        return np.flatnonzero(~wrong)

    def originals(self, rows: NDArray[np.int64]) -> list[dict[str, Any]]:
        """Return all that the file says of rows, as it says it."""
        if self.rows.originals:
            return [dict(self.rows.originals[at]) for at in rows.tolist()]
        names = list(self.rows.columns)
        texts = [self.rows.texts(name)[rows].tolist() for name in names]
        return [{name: text for name, text in zip(names, row, strict=True) if text} for row in zip(*texts, strict=True)]

    def units(self, level: Level | None = None) -> dict[str, Unit]:
        """Return the units (of a level) by code, and by name where only one has it."""
        chosen = [unit for unit in self.state.units.values() if level in (None, unit.level)]
        chosen.sort(key=lambda unit: -unit.level)  # a cell named like its village: the village counts
        names: dict[str, list[Unit]] = {}
        for unit in chosen:
            names.setdefault(unit.name, []).append(unit)
        found = {name: units[-1] for name, units in names.items() if len({u.level for u in units}) == len(units)}
        return {**found, **{unit.code: unit for unit in chosen}}

    def report(self, imported: int) -> ImportReport:
        """Return the report of the import."""
        known = len(self.skipped) - len(self.updated)
        if known:
            self.notes.append(msg("{count} rows are in the county already and stay as they are.", count=known))
        if self.updated:
            self.notes.append(
                msg("{count} whistles of the county have moved on in the file; what is new was added.", count=len(self.updated))
            )
        rejected = tuple(Rejection(self.number(at), problem) for at, problem in sorted(self.rejected.items()))
        notes = (*self.rows.warnings, *self.notes)
        return ImportReport(
            len(self), imported, rejected, tuple(self.repaired), known, (), notes, len(self.updated), kept=len(self.kept_here)
        )
