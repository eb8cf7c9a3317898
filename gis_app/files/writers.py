"""Tables into files: written under a temporary name beside the target and moved when whole, so that nobody ever sees half a file."""

import csv
import itertools
import json
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.files.errors import FileError
from gis_app.grid.datum import from_county
from gis_app.language import msg
from gis_app.progress import Progress, Steps

FORMATS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile", ".csv": "CSV", ".xlsx": "XLSX"}
"""Suffix → format."""

SHORT_NAMES = {"village_code": "vill_code", "village_name": "vill_name", "township_code": "town_code", "township_name": "town_name"}
"""Names of columns in shapefiles, which allow ten characters, where ours are longer."""
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx")
_SHAPEFILE_TEXT = 254
_CHUNK = 5000


def write_table(
    path: Path, name: str, columns: Mapping[str, NDArray[Any]], geometry: NDArray[np.object_], kind: str, crs: str
) -> Steps[None]:
    """Write a table; `name` is that of the layer or sheet, `kind` the geometry type. Raises `FileError` where it cannot be written."""
    driver = FORMATS[path.suffix.lower()]
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            if driver == "CSV":
                yield from _write_csv(temporary, columns)
            elif driver == "XLSX":
                yield from _write_xlsx(temporary, name, columns)
            else:
                _write_map(temporary, driver, name, columns, geometry, kind, crs)
            if driver == "ESRI Shapefile":
                for suffix in _SHAPEFILE_PARTS:
                    path.with_suffix(suffix).unlink(missing_ok=True)
            for part in sorted(Path(folder).iterdir()):
                part.replace(path.parent / part.name)
    except OSError as error:
        raise _cannot(path, error) from error


def write_json(path: Path, rows: Iterable[Mapping[str, Any]], count: int) -> Steps[None]:
    """Write a list of `count` objects, one a line. Raises `FileError` where it cannot be written."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                for done, row in enumerate(rows):
                    file.write("[\n" if done == 0 else ",\n")
                    json.dump(row, file, ensure_ascii=False, allow_nan=False)
                    if done % _CHUNK == _CHUNK - 1:
                        yield Progress(done / count, msg("Writing {file}", file=path.name))
                file.write("\n]\n" if count else "[]\n")
            temporary.replace(path)
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> FileError:
    reason = error.strerror or str(error)
    sentence = msg(
        "{file} cannot be written ({reason}); choose another place, or close the program that holds it.", file=str(path), reason=reason
    )
    return FileError(sentence)


def _write_map(
    path: Path, driver: str, name: str, columns: Mapping[str, NDArray[Any]], geometry: NDArray[np.object_], kind: str, crs: str
) -> None:
    import pyogrio.raw

    names, values = list(columns), [_plain(column) for column in columns.values()]
    options: dict[str, Any] = {}
    if driver == "ESRI Shapefile":
        names = [SHORT_NAMES.get(column, column)[:10] for column in names]
        values = [_cut(column) for column in values]
        options["encoding"] = "UTF-8"
        kind = kind.removeprefix("Multi")  # a shapefile polygon may always have several parts
    else:
        options["layer"] = name
    if driver == "GeoJSON":
        geometry = shapely.transform(geometry, lambda xy: _degrees(xy, crs))
        crs = "EPSG:4326"
        options["RFC7946"] = "NO"  # as it is: rings in our order; coordinates are WGS 84 already
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # texts were cut to the width of the format above
        pyogrio.raw.write(
            path,
            shapely.to_wkb(geometry),
            values,
            names,
            geometry_type=kind,
            crs=crs,
            driver=driver,
            promote_to_multi=False,
            **options,
        )


def _degrees(xy: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Return longitude and latitude to a millimetre."""
    lon, lat = from_county(xy[:, 0], xy[:, 1], crs)
    return np.around(np.column_stack([lon, lat]), 8).astype(np.float64)


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    return column.astype(object) if column.dtype.kind in "US" else column


def _cut(column: NDArray[Any]) -> NDArray[Any]:
    """Cut texts to the bytes that a shapefile holds, between characters."""
    if column.dtype != object:
        return column
    result = column.copy()
    for at, text in enumerate(column.tolist()):
        if isinstance(text, str) and len(text.encode()) > _SHAPEFILE_TEXT:
            result[at] = text.encode()[:_SHAPEFILE_TEXT].decode("utf-8", errors="ignore")
    return result


def _rows(columns: Mapping[str, NDArray[Any]]) -> Any:
    """Yield rows of plain values; nothing where a number is unknown."""
    lists = [
        [None if value != value else value for value in column.tolist()] if column.dtype.kind == "f" else column.tolist()  # noqa: PLR0124
        for column in columns.values()
    ]
    return zip(*lists, strict=True)


def _write_csv(path: Path, columns: Mapping[str, NDArray[Any]]) -> Steps[None]:
    """Write CSV with the byte-order mark without which Excel takes Chinese for something else."""
    count = max((len(column) for column in columns.values()), default=0)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        rows = _rows(columns)
        done = 0
        while chunk := list(itertools.islice(rows, _CHUNK)):
            writer.writerows(chunk)
            done += len(chunk)
            yield Progress(done / count, msg("Writing {file}", file=path.name))


def _write_xlsx(path: Path, name: str, columns: Mapping[str, NDArray[Any]]) -> Steps[None]:
    """Write a workbook; texts stay texts, so that codes keep their zeros and nothing becomes a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    count = max((len(column) for column in columns.values()), default=0)
    for done, row in enumerate(_rows(columns), start=1):
        cells: list[Any] = []
        for value in row:
            if isinstance(value, str) and value.startswith("="):
                cell = WriteOnlyCell(sheet, value)
                cell.data_type = "s"
                cells.append(cell)
            else:
                cells.append(_legal(value))
        sheet.append(cells)
        if done % _CHUNK == 0:
            yield Progress(done / count, msg("Writing {file}", file=path.name))
    book.save(path)


def _legal(value: Any) -> Any:
    """Leave out control characters, which a workbook cannot hold."""
    if isinstance(value, str) and not value.isprintable():
        return "".join(char for char in value if char >= " " or char in "\t\n\r")
    return value
