"""A table's texts in memory, for searching as one types: finding a word is one scan of a long string, whatever the database.

Texts are compared without regard to case and width (NFKC: ２３０ is 230). 120,000 households take some 20 MB and 0.3 s to read once; a
search then takes milliseconds, where LIKE over the table takes 0.1 to 0.3 s.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_END = "\n"  # before, between and after the values of a column; replaced by a space within them


class Match(IntEnum):
    """How well a value matches a word; lower is better."""

    EXACT = 0
    PREFIX = 1
    SUBSTRING = 2


@dataclass(frozen=True, slots=True, eq=False)
class ColumnText:
    """The values of one column in one string, and where each begins."""

    text: str
    starts: NDArray[np.int64]

    def rows(self, word: str, match: Match, limit: int | None = None) -> Iterator[int]:
        """Yield the rows whose value matches a folded word, in order, at most `limit`; each row once."""
        needle = {Match.EXACT: f"{_END}{word}{_END}", Match.PREFIX: f"{_END}{word}", Match.SUBSTRING: word}[match]
        lead = match != Match.SUBSTRING
        at, found = self.text.find(needle), 0
        while at >= 0 and (limit is None or found < limit):
            row = int(np.searchsorted(self.starts, at + lead, side="right")) - 1
            yield row
            found += 1
            if row + 1 >= len(self.starts):
                return
            at = self.text.find(needle, int(self.starts[row + 1]) - lead)

    def containing(self, word: str) -> NDArray[np.int64]:
        """Return all rows whose value contains a folded word; a row may come twice."""
        at = np.fromiter((hit.start() for hit in re.finditer(re.escape(word), self.text)), np.int64)
        rows: NDArray[np.int64] = np.searchsorted(self.starts, at, side="right") - 1
        return rows


@dataclass(frozen=True, slots=True, eq=False)
class TextIndex:
    """The text columns of one table."""

    ids: NDArray[np.int64]
    columns: dict[str, ColumnText]

    def containing(self, words: str) -> NDArray[np.int64]:
        """Return the ids of rows that contain every word in any column, ascending; all ids for no words."""
        found = np.ones(len(self.ids), np.bool_)
        for word in fold(words).split():
            here = np.zeros(len(self.ids), np.bool_)
            for column in self.columns.values():
                here[column.containing(word)] = True
            found &= here
        return np.sort(self.ids[found])


def fold(text: str) -> str:
    """Return a text as it is compared."""
    return unicodedata.normalize("NFKC", text).lower()


def column_text(values: Sequence[str]) -> ColumnText:
    """Return the index of one column."""
    joined = _END.join(values)
    if joined.count(_END) != max(len(values) - 1, 0):  # some value has one within
        joined = _END.join(str(value).replace(_END, " ") for value in values)
    joined = fold(joined)
    text = f"{_END}{joined}{_END}"
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return ColumnText(text, np.flatnonzero(points == ord(_END))[:-1] + 1)


def text_index(ids: NDArray[np.int64], columns: Iterable[tuple[str, Sequence[str]]]) -> TextIndex:
    """Return the index of a table: its ids and the values of its text columns, one after the other."""
    return TextIndex(ids, {name: column_text(values) for name, values in columns})
