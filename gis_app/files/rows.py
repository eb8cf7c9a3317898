"""The rows of a file in memory: columns by name, geometries, and the row number that the user sees in his own program."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.files import spreadsheets, vector
from gis_app.files.errors import FileError
from gis_app.files.sources import FileKind, Source, opening
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

Texts = NDArray[np.object_]
"""An object array of str."""
_CHUNK = 5000


@dataclass(frozen=True, slots=True, eq=False)
class FileRows:
    """All rows of one layer. `numbers` are row numbers as a spreadsheet shows them (a map file counts its features from 1).

    `crs` is what the file declares, "" for nothing. `geometry` holds shapely geometries or None. `originals` are the rows as the file has
    them, where the columns do not hold all of it.
    """

    name: str
    columns: Mapping[str, NDArray[Any]]
    numbers: NDArray[np.int64]
    geometry: NDArray[np.object_] | None = None
    crs: str = ""
    warnings: tuple[Message, ...] = field(default=())
    originals: tuple[Mapping[str, Any], ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def find(self, column: str) -> str:
        """Return the name of a column as the file writes it, in whatever case it is asked for; raises `FileError`."""
        if column in self.columns:
            return column
        same = [name for name in self.columns if name.strip().casefold() == column.strip().casefold()]
        if not same:
            raise FileError(
                msg(
                    "{file} has no column {column}; it has: {columns}.",
                    file=self.name,
                    column=column,
                    columns=", ".join(self.columns) or "–",
                )
            )
        return same[0]

    def texts(self, column: str) -> Texts:
        """Return a column as text: no blanks around it, "" for nothing, whole numbers without a decimal point."""
        return as_texts(self.columns[self.find(column)])


def as_texts(values: NDArray[Any]) -> Texts:
    """Return values as an object array of str; "" for None and NaN."""
    texts = np.empty(len(values), dtype=object)
    texts[:] = [_text(value) for value in values.tolist()]
    return texts


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value).strip()


def read_rows(path: Path, layer: str | None = None, encoding: str | None = None) -> Steps[FileRows]:
    """Read a file whole. Raises `FileError`, also for a file without any row."""
    yield Progress(0.0, msg("Reading {file}", file=Path(path).name))
    with opening(path, layer, encoding) as source:
        if source.kind is FileKind.VECTOR:
            rows = read_vector(source)
        else:
            rows = yield from _read_table(source)
    if not len(rows):
        raise FileError(msg("{file} holds no rows.", file=rows.name))
    return rows


def read_vector(source: Source, first: int | None = None) -> FileRows:
    """Read the features of a map file, all or the first so many."""
    columns, geometry, crs = vector.read(source, first)
    count = len(geometry) if geometry is not None else len(next(iter(columns.values()), []))
    rows = FileRows(source.name, columns, np.arange(1, count + 1), geometry, crs, source.warnings)
    if source.driver != "DXF":
        return rows
    from gis_app.files.drawings import with_labels

    return with_labels(rows)


def table_rows(source: Source) -> tuple[Iterator[Any], int]:
    """Return (all rows of a table, index of the header or -1)."""
    if source.kind is FileKind.CSV:
        return spreadsheets.csv_rows(source), spreadsheets.csv_sample(source)[2]
    rows = spreadsheets.sheet_rows(source)
    first = list(itertools.islice(rows, 20))
    return itertools.chain(first, rows), spreadsheets.header_row(first)


def _read_table(source: Source) -> Steps[FileRows]:
    rows, header = table_rows(source)
    content: list[Any] = []
    size = max(source.data.stat().st_size, 1)
    while chunk := list(itertools.islice(rows, _CHUNK)):
        content.extend(chunk)
        guess = len(content) * 60 / size
        yield Progress(min(0.9, guess), msg("Reading {file}: {count} rows", file=source.name, count=len(content)))
    return as_rows(source, content, header)


def as_rows(source: Source, content: list[Any], header: int) -> FileRows:
    """Make columns of the rows of a table; empty rows are left out, and what stands above the header."""
    body = content[header + 1 :]
    width = max((len(row) for row in body), default=0)
    head = content[header] if header >= 0 else None
    while head is not None and width < len(head):
        width = len(head)
    names = spreadsheets.column_names(head, width)
    numbers = np.array([n for n, row in enumerate(body, header + 2) if any(cell not in (None, "") for cell in row)], dtype=np.int64)
    kept = [body[number - header - 2] for number in numbers.tolist()]
    columns = dict(zip(names, itertools.zip_longest(*kept, fillvalue=None), strict=False))
    filled = {name: _objects(columns.get(name, (None,) * len(kept))) for name in names}
    named = {name: values for name, values in filled.items() if not name.startswith("column ") or any(v not in (None, "") for v in values)}
    return FileRows(source.name, named, numbers, None, "", source.warnings)


def _objects(values: tuple[Any, ...]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
