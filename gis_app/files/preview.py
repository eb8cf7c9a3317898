"""What a file looks like before it is imported: its columns, first rows, place and oddities; quick also for a large file."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from gis_app.files import crs as systems
from gis_app.files import mapping as columns_of
from gis_app.files import open311, spreadsheets, vector
from gis_app.files.errors import FileError
from gis_app.files.mapping import Mapped, Target
from gis_app.files.numbers import as_numbers
from gis_app.files.registers import recognised
from gis_app.files.rows import FileRows, as_rows, read_vector, table_rows
from gis_app.files.sources import FileKind, Source, format_name, opening
from gis_app.language import Message, msg
from gis_app.progress import finish

FIRST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as the import assistant shows it.

    `rows` are the first rows as text, in the order of `columns`. `count` is the number of rows, -1 where it is not known
    without reading everything. `geometry_type` is "" for a table. `crs` holds a guess for geometries, or for the columns that look
    like coordinates; `header` is the row number of the header (0: none).
    """

    path: Path
    format: str
    layers: tuple[str, ...]
    layer: str
    encoding: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    geometry_type: str
    crs: systems.CrsGuess
    delimiter: str = ""
    header: int = 0
    warnings: tuple[Message, ...] = field(default=())


def preview(
    path: Path, layer: str | None = None, encoding: str | None = None, county_crs: str = "", county_bounds: systems.Bounds | None = None
) -> Preview:
    """Look into a file, also into one of requests as Open311 servers answer (JSON, XML). Raises `FileError` for one that cannot be read."""
    if open311.format_of(Path(path)) == "open311":
        return _requests(Path(path), encoding, county_crs, county_bounds)
    with opening(path, layer, encoding) as source:
        if source.kind is FileKind.VECTOR:
            rows, count, geometry_type = _first_features(source)
            delimiter, header = "", 0
        else:
            rows, count, header = _first_rows(source)
            geometry_type = ""
            delimiter = spreadsheets.csv_sample(source)[1] if source.kind is FileKind.CSV else ""
        if not count:
            raise FileError(msg("{file} holds no rows.", file=source.name))
        guess = systems.guess(_bounds(rows), rows.crs, county_crs, county_bounds)
        texts = [rows.texts(column) for column in rows.columns]
        return Preview(
            path=Path(path),
            format=format_name(source.driver),
            layers=source.layers,
            layer=source.layer,
            encoding=source.encoding,
            columns=tuple(rows.columns),
            rows=tuple(zip(*(column.tolist()[:FIRST_ROWS] for column in texts), strict=True)),
            count=count,
            geometry_type=geometry_type,
            crs=guess,
            delimiter=delimiter,
            header=header,
            warnings=rows.warnings,
        )


def _requests(path: Path, encoding: str | None, county_crs: str, county_bounds: systems.Bounds | None) -> Preview:
    """Return what is in a file of requests, which has to be read as a whole."""
    rows = finish(open311.reading_requests(path, encoding or ""))
    if not len(rows):
        raise FileError(msg("{file} holds no rows.", file=path.name))
    texts = [rows.texts(column)[:FIRST_ROWS].tolist() for column in rows.columns]
    return Preview(
        path=path,
        format=f"Open311 {path.suffix[1:].upper()}",
        layers=(),
        layer="",
        encoding="",
        columns=tuple(rows.columns),
        rows=tuple(zip(*texts, strict=True)),
        count=len(rows),
        geometry_type="",
        crs=systems.guess(_bounds(rows), rows.crs, county_crs, county_bounds),
        warnings=rows.warnings,
    )


def guess_mapping(found: Preview, target: Target | str, *, remembered: bool = True) -> Mapped:
    """Return field → column for a target: what the user chose for such a file before, else a guess from headers and first rows."""
    target = Target(target)
    if remembered and (known := columns_of.recall(found.columns, target)) is not None:
        return known
    if target is Target.CASES and (register := recognised(found.columns)) is not None:
        mapped = register.mapping(found.columns)
        return {field: mapped[field] for field in columns_of.FIELDS[target] if field in mapped}
    values = {}
    for index, column in enumerate(found.columns):
        texts = np.empty(len(found.rows), dtype=object)
        texts[:] = [row[index] for row in found.rows]
        values[column] = texts
    return columns_of.guess(found.columns, target, values)


def _first_features(source: Source) -> tuple[FileRows, int, str]:
    about = vector.info(source)
    rows = read_vector(source, FIRST_ROWS)
    kinds = {shape.geom_type for shape in rows.geometry if shape is not None} if rows.geometry is not None else set()
    kind = about.geometry_type if about.geometry_type not in ("Unknown", "") else ", ".join(sorted(kinds))
    return rows, about.count, kind


def _first_rows(source: Source) -> tuple[FileRows, int, int]:
    rows, header = table_rows(source)
    content = list(itertools.islice(rows, FIRST_ROWS + header + 1))
    found = as_rows(source, content, header)
    if len(content) < FIRST_ROWS + header + 1:
        return found, len(found), header + 1
    if source.kind is FileKind.CSV and source.data.stat().st_size < 300_000_000 and not source.encoding.startswith("utf-16"):
        with source.data.open("rb") as file:  # lines, not records: near enough to show, and 20 times as fast
            lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 22), b""))
            file.seek(-1, 2)
            lines += file.read(1) != b"\n"
        return found, lines - header - 1, header + 1
    return found, -1, header + 1


def _bounds(rows: FileRows) -> systems.Bounds | None:
    if rows.geometry is not None:
        xy = shapely.get_coordinates(rows.geometry)
        return systems.usual_bounds(xy[:, 0], xy[:, 1])
    values = {column: rows.texts(column)[:FIRST_ROWS] for column in rows.columns}
    found = columns_of.guess(tuple(rows.columns), Target.HOUSEHOLDS, values)
    if "x" not in found:
        return None
    return systems.usual_bounds(as_numbers(values[found["x"]]), as_numbers(values[found["y"]]))
