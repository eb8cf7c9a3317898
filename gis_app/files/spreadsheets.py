"""Tables of text: CSV in any encoding and with any delimiter, and Excel workbooks; where their header is."""

import csv
import io
import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from gis_app.files.errors import FileError
from gis_app.files.sources import Source
from gis_app.language import msg

DELIMITERS = (",", "\t", ";", "|", "，")
_HEADER_SEARCH = 20
_NO_HEADER = -1


def delimiter_of(sample: str) -> str:
    """Return the delimiter that splits the first lines into the most columns that agree with one another."""
    lines = sample.splitlines()[:60]

    def score(delimiter: str) -> float:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if not widths:
            return 0.0
        usual = max(set(widths), key=widths.count)
        return widths.count(usual) / len(widths) * math.sqrt(usual - 1)

    return max(DELIMITERS, key=score)


def header_row(rows: Sequence[Sequence[object]]) -> int:
    """Return the index of the header among the first rows: the first that is as wide as the table and holds words only; -1 for none.

    A title that spans the sheet stands above many Chinese tables; it fills one cell.
    """
    filled = [sum(1 for cell in row if str(cell or "").strip()) for row in rows[:_HEADER_SEARCH]]
    if not filled:
        return _NO_HEADER
    width = max(filled)
    for index, count in enumerate(filled):
        if count and count >= min(width, max(2, 0.6 * width)):
            cells = [cell for cell in rows[index] if str(cell or "").strip()]
            return _NO_HEADER if any(_is_number(cell) for cell in cells) else index
    return 0


def _is_number(cell: object) -> bool:
    if isinstance(cell, int | float | datetime | date):
        return True
    try:
        float(str(cell).replace(",", ""))
    except ValueError:
        return False
    return True


def column_names(header: Sequence[object] | None, width: int) -> list[str]:
    """Return one name a column, each different; a column without a name is called by its number."""
    names: list[str] = []
    for index in range(width):
        name = " ".join(str(header[index]).split()) if header is not None and index < len(header) and header[index] is not None else ""
        name = name or f"column {index + 1}"
        copies = itertools.count(2)
        unique = name
        while unique in names:
            unique = f"{name} {next(copies)}"
        names.append(unique)
    return names


def csv_sample(source: Source) -> tuple[str, str, int]:
    """Return (text of the beginning, delimiter, header row) of a CSV file."""
    with source.data.open("rb") as file:
        data = file.read(256_000)
    import codecs

    text = codecs.getincrementaldecoder(source.encoding)("replace").decode(data, final=False)
    whole_lines = text if len(data) < 256_000 else text[: text.rfind("\n") + 1]
    if not whole_lines.strip("\ufeff \r\n\t\0"):
        raise FileError(msg("{file} holds no rows.", file=source.name))
    delimiter = delimiter_of(whole_lines)
    first = list(itertools.islice(_csv_reader(io.StringIO(whole_lines, newline=""), delimiter, source.name), _HEADER_SEARCH))
    return whole_lines, delimiter, header_row(first)


def _csv_reader(file: Any, delimiter: str, name: str) -> Iterator[list[str]]:
    csv.field_size_limit(10_000_000)
    try:
        yield from csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
    except csv.Error as error:
        raise FileError(
            msg("{file} is no table that can be read ({detail}); save it again as CSV in UTF-8.", file=name, detail=str(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileError(
            msg("{file} is not in the encoding {encoding}; name another one, for example GB18030.", file=name, encoding=error.encoding)
        ) from error


def csv_rows(source: Source) -> Iterator[list[str]]:
    """Yield all rows of a CSV file, the header and what stands above it included."""
    _, delimiter, _ = csv_sample(source)
    with source.data.open("r", encoding=source.encoding, newline="") as file:
        yield from _csv_reader(file, delimiter, source.name)


def _workbook(path: Path, name: str) -> Any:
    import warnings
    import zipfile

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that openpyxl leaves out
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, openpyxl.utils.exceptions.InvalidFileException) as error:
        raise FileError(msg("{file} is damaged or no Excel workbook, and cannot be read; save it again as .xlsx.", file=name)) from error


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_names(path: Path, name: str) -> list[str]:
    """Return the names of the sheets of a workbook that hold something, in their order; those that hold a table before notes.

    Only the list of sheets and the beginning of each is looked at: opening a workbook of 100,000 rows takes seconds.
    """
    import zipfile
    from xml.etree import ElementTree

    try:
        with zipfile.ZipFile(path) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
            targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
            names, notes = list[str](), list[str]()
            for sheet in book.iter(f"{_MAIN}sheet"):
                target = targets.get(sheet.get(_RELATION), "")
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                with archive.open(part) as content:
                    beginning = content.read(100_000)
                if _is_table(beginning):
                    names.append(sheet.get("name", ""))
                elif b"<c " in beginning:
                    notes.append(sheet.get("name", ""))
            names += notes
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError) as error:
        raise FileError(msg("{file} is damaged or no Excel workbook, and cannot be read; save it again as .xlsx.", file=name)) from error
    if not names:
        raise FileError(msg("{file} holds no rows.", file=name))
    return names


def _is_table(beginning: bytes) -> bool:
    """Tell whether the beginning of a sheet has two rows with two values; how to fill in a form often stands on the first sheet."""
    rows = beginning.split(b"<row")[1:]
    return sum(row.count(b"<v>") + row.count(b"<is>") + row.count(b"<v ") > 1 for row in rows) > 1


def sheet_rows(source: Source) -> Iterator[tuple[Any, ...]]:
    """Yield all rows of a sheet as the values that Excel stored."""
    book = _workbook(source.data, source.name)
    try:
        sheet = book[source.inner]
        sheet.reset_dimensions()  # some programs write a wrong extent; then rows would be missing
        for row in sheet.iter_rows(values_only=True):
            yield tuple(_plain(cell) for cell in row)
    finally:
        book.close()


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, time) else cell
