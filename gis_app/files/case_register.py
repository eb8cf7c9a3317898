"""Which rows of a file are cases that the county has already."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.case import CaseKind
from gis_app.files.table import Table
from gis_app.language import msg

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The cases of a county by what tells them apart."""

    numbered: dict[tuple[str, str], int]  # source, number
    dated: dict[tuple[str, str, Any], int]  # source, number, time of blowing
    worded: dict[tuple[str, Any, str], int]  # number, time of blowing, text: whatever the file was called
    timed: dict[tuple[str, Any], int]  # number, time of blowing
    reports: dict[tuple[str, Any], int]  # the same of reports of wrongdoing, whose text a masked export leaves out

    @classmethod
    def of(cls, table: Table) -> "Numbers":
        """Return the cases of the county that a table is imported into."""
        if table.store is None or not len(table.state.cases):
            return cls({}, {}, {}, {}, {})
        rows = table.store.rows("cases", columns=["number", "blown", "source", "text", "kind"])
        blown = rows["blown"].astype("datetime64[s]").tolist()
        numbered, dated, worded, timed, reports = {}, {}, {}, {}, {}
        columns = (rows[name].tolist() for name in ("id", "number", "source", "text", "kind"))
        for (case, number, source, text, kind), time in zip(zip(*columns, strict=True), blown, strict=True):
            numbered[source, number] = case
            dated[source, number, time] = case
            worded[number, time, text] = timed[number, time] = case
            if kind == CaseKind.REPORT:
                reports[number, time] = case
        return cls(numbered, dated, worded, timed, reports)

    def called(self, number: str) -> int:
        """Return a case of a number, whatever its source, 0 for none."""
        return next((case for (_, known), case in self.numbered.items() if known == number), 0)

    def find(self, table: Table, number: str, blown: Any, text: str) -> int:
        """Return the case that a row is, 0 for a new one.

        In a register whose numbers are given once, source and number tell it. Other lists number their rows anew every year: there the
        time of blowing counts as well. Where nobody says what system a file comes from, the same list may bear another name every month:
        then number, time and text tell it. A register whose numbers are given once needs no text for that (it may have been corrected
        since), nor does a report of wrongdoing that comes back from an export in which its text was hidden.
        """
        source = table.source or table.rows.name
        if table.register is not None and (case := self.numbered.get((source, number), 0)):
            return case
        if case := self.dated.get((source, number, blown), 0):
            return case
        if table.source:
            return 0
        if table.register is not None:
            return self.timed.get((number, blown), 0)
        return self.worded.get((number, blown, text), 0) or (0 if text else self.reports.get((number, blown), 0))


def identified(table: Table, numbers: Sequence[str], blown: NDArray[np.datetime64]) -> Ints:
    """Return the case of the county that each row is, 0 for a new one. Those are left out; what stands in the file twice is rejected."""
    there = Numbers.of(table)
    texts = table.texts("text").tolist()
    found = np.zeros(len(table), np.int64)
    first: dict[tuple[str, Any], int] = {}
    for at, (number, time, text) in enumerate(zip(numbers, blown.tolist(), texts, strict=True)):
        if at in table.rejected:
            continue
        key = (number, None if table.register is not None else time)
        if key in first:
            table.reject(at, msg("the same as row {row}", row=table.number(first[key])))
            continue
        first[key] = at
        found[at] = there.find(table, number, time, text)
        if found[at]:
            table.skipped.add(at)
    return found
