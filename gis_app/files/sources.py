"""What is in a path that a user names: one file, a folder that is a geodatabase, or an archive with several data sets in it.

An archive is unpacked into a temporary folder, and a text that GDAL cannot decode is written anew as UTF-8 there, so that everything
after this can open an ordinary file.
"""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePosixPath

from gis_app.files import encodings, shapefile
from gis_app.files.errors import FileError
from gis_app.language import Message, msg


class FileKind(StrEnum):
    """How a file is read."""

    VECTOR = "vector"
    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Source:
    """One data set that can be opened: `name` is the user's file, `data` the real file or folder, `driver` what it is.

    `encoding` is "" where the format itself says it. `layers` are all that the user may choose from, `layer` the one that is meant.
    `inner` is GDAL's own name of the layer.
    """

    name: str
    data: Path
    kind: FileKind
    driver: str
    layer: str = ""
    inner: str = ""
    layers: tuple[str, ...] = ()
    encoding: str = ""
    warnings: tuple[Message, ...] = ()


DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".geojsonl": "GeoJSONSeq",
    ".topojson": "TopoJSON",
    ".kml": "KML",
    ".kmz": "LIBKML",
    ".dxf": "DXF",
    ".gdb": "OpenFileGDB",
    ".gml": "GML",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".fgb": "FlatGeobuf",
    ".sqlite": "SQLite",
    ".dbf": "ESRI Shapefile",
    ".csv": "CSV",
    ".txt": "CSV",
    ".tsv": "CSV",
    ".xlsx": "XLSX",
    ".xlsm": "XLSX",
}
"""Suffix → format; the content decides where they differ."""
_TEXT_DRIVERS = ("GeoJSON", "GeoJSONSeq", "TopoJSON", "KML", "GML", "DXF")
_NAMES = {"OpenFileGDB": "FileGDB", "ESRI Shapefile": "Shapefile", "GPKG": "GeoPackage", "LIBKML": "KML", "XLSX": "Excel"}


def format_name(driver: str) -> str:
    """Return the usual name of a format."""
    return _NAMES.get(driver, driver)


@contextmanager
def opening(path: Path, layer: str | None = None, encoding: str | None = None) -> Iterator[Source]:
    """Find out what `path` is and yield the data set to read; temporary files are gone afterwards. Raises `FileError`."""
    path = Path(path)
    if encoding and not encodings.known_name(encoding):
        raise FileError(msg("There is no encoding {encoding}; use for example UTF-8 or GB18030.", encoding=encoding))
    if not path.exists():
        raise FileError(msg("{file} does not exist; check the path.", file=str(path)))
    with tempfile.TemporaryDirectory(prefix="gis-app-") as folder:
        try:
            yield _source(path, Path(folder), layer, encoding)
        except PermissionError as error:
            raise FileError(
                msg("{file} may not be read; check its permissions, or close the program that holds it.", file=path.name)
            ) from error


def _source(path: Path, folder: Path, layer: str | None, encoding: str | None) -> Source:
    members = _unpacked(path, folder / "zip") if _is_archive(path) else [path]
    if not members:
        raise FileError(
            msg(
                "{file}: there is no data in the archive that can be read; it should hold for example a .shp with its parts.",
                file=path.name,
            )
        )
    found: dict[str, tuple[Path, str, str, str]] = {}
    for number, member in enumerate(members):
        driver = _driver(member, path.name)
        whole = len(members) == 1
        if driver == "ESRI Shapefile" and member.suffix.lower() == ".shp":
            shapefile.check_whole(member, path.name)
        data, text_encoding = _as_utf8(member, driver, folder / str(number), encoding)
        for inner in _layers(data, driver, path.name):
            single = driver in ("ESRI Shapefile", "CSV") or not inner
            label = inner if whole and inner else member.stem if single else f"{member.stem}/{inner}"
            found[label] = (data, driver, inner, text_encoding)
    if layer is not None and layer not in found:
        raise FileError(msg("{file} has no layer {layer}; it has: {layers}.", file=path.name, layer=layer, layers=", ".join(found) or "–"))
    if not found:
        raise FileError(msg("{file} holds no layer with data.", file=path.name))
    label = layer if layer is not None else next(iter(found))
    data, driver, inner, text_encoding = found[label]
    kind = FileKind.CSV if driver == "CSV" else FileKind.XLSX if driver == "XLSX" else FileKind.VECTOR
    source = Source(path.name, data, kind, driver, label, inner, tuple(found), text_encoding)
    if layer is None and len(found) > 1:
        source = replace(
            source, warnings=(msg("{file} has {count} layers; {layer} is read.", file=path.name, count=len(found), layer=label),)
        )
    return _with_encoding(source, encoding)


def _is_archive(path: Path) -> bool:
    if path.is_dir() or path.suffix.lower() in (".xlsx", ".xlsm", ".kmz"):
        return False
    if not zipfile.is_zipfile(path):
        if path.suffix.lower() == ".zip":
            raise FileError(msg("{file} is no whole zip archive (an incomplete copy or download); fetch the file again.", file=path.name))
        return False
    return True


def _unpacked(path: Path, folder: Path) -> list[Path]:
    """Unpack an archive and return the data sets in it (.shp, .gdb folder, .gpkg, …)."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
            if "xl/workbook.xml" in names:  # a spreadsheet under another name
                return [path]
            for info in archive.infolist():
                name = info.filename
                if not info.flag_bits & 0x800:  # not UTF-8: Chinese Windows packs names in GBK; zipfile takes code page 437
                    name = _chinese(name)
                parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("..", "/", ".")]
                if info.is_dir() or not parts or parts[0] == "__MACOSX":
                    continue
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(info) as content, target.open("wb") as file:
                    while block := content.read(1 << 20):
                        file.write(block)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise FileError(
            msg("{file} cannot be unpacked (damaged, or locked with a password); fetch or pack it again.", file=path.name)
        ) from error
    databases = sorted(p for p in folder.rglob("*.gdb") if p.is_dir())
    loose = (p for p in folder.rglob("*") if p.is_file() and not any(d in p.parents for d in databases))
    files = sorted(p for p in loose if p.suffix.lower() in DRIVERS)
    stems = {p.with_suffix("") for p in files if p.suffix.lower() in (".shp", ".tab")}
    return databases + [p for p in files if not (p.suffix.lower() == ".dbf" and p.with_suffix("") in stems)]


def _chinese(name: str) -> str:
    try:
        return name.encode("cp437").decode("gb18030")
    except UnicodeError:
        return name


def _driver(path: Path, name: str) -> str:
    """Decide by content, and by the suffix where the content may be several things."""
    if path.is_dir():
        if path.suffix.lower() == ".gdb" or next(path.glob("*.gdbtable"), None):
            return "OpenFileGDB"
        raise FileError(msg("{file} is a folder; name the file in it.", file=name))
    if path.stat().st_size == 0:
        raise FileError(msg("{file} is empty; fetch the file again.", file=name))
    with path.open("rb") as file:
        start = file.read(4096)
    suffix = path.suffix.lower()
    by_suffix = DRIVERS.get(suffix, "")
    if start.startswith(b"SQLite format 3"):
        return "GPKG" if by_suffix != "SQLite" else "SQLite"
    if start.startswith(b"\x00\x00\x27\x0a"):
        return "ESRI Shapefile"
    if start.startswith(b"PK"):
        return by_suffix if by_suffix in ("LIBKML",) else "XLSX"
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileError(msg("{file} is an old Excel workbook (.xls); open it in Excel or WPS and save it as .xlsx.", file=name))
    text = start.decode(encodings.text_encoding(start), errors="replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        if by_suffix == "GeoJSONSeq":
            return by_suffix
        return "TopoJSON" if '"Topology"' in text or by_suffix == "TopoJSON" else "GeoJSON"
    if text.startswith("<"):
        return "KML" if "<kml" in text.lower() else by_suffix or "GML"
    if by_suffix in ("GeoJSON", "TopoJSON", "KML", "GPKG", "XLSX") or (by_suffix == "ESRI Shapefile" and suffix == ".shp"):
        raise FileError(
            msg("{file} is no {format} file, whatever its name says; fetch the file again.", file=name, format=format_name(by_suffix))
        )
    if by_suffix:
        return by_suffix
    if re.match(r"\s*(999\b|0\s*\r?\n\s*SECTION)", text):
        return "DXF"
    if b"\0" in start and encodings.text_encoding(start) == "latin-1":
        raise FileError(
            msg("{file} is of no kind that can be read; use GeoPackage, Shapefile, GeoJSON, KML, DXF, FileGDB, CSV or XLSX.", file=name)
        )
    return "CSV"


def _layers(path: Path, driver: str, name: str) -> list[str]:
    if driver == "CSV":
        return [path.stem]
    if driver == "XLSX":
        from gis_app.files.spreadsheets import sheet_names

        return sheet_names(path, name)
    from gis_app.files.vector import layer_names

    return layer_names(path, driver, name)


def _as_utf8(path: Path, driver: str, folder: Path, wanted: str | None) -> tuple[Path, str]:
    """Return (file to open, encoding it was found in) of a text format; what is not UTF-8 is written anew in a folder.

    A comma-separated table stays as it is, other formats have no encoding ("").
    """
    if driver != "CSV" and driver not in _TEXT_DRIVERS:
        return path, ""
    with path.open("rb") as file:
        found = encodings.text_encoding(file.read(encodings.SAMPLE))
    chosen = encodings.known_name(wanted) if wanted and not found.startswith("utf-16") else found
    if driver == "CSV" or chosen in ("utf-8", "utf-8-sig", "ascii"):
        return path, chosen
    folder.mkdir(parents=True, exist_ok=True)
    text = path.read_bytes().decode(chosen, errors="replace").lstrip("\ufeff")
    text = re.sub(r'^(<\?xml[^>]*encoding=["\'])[^"\']+', r"\1UTF-8", text, count=1)
    data = folder / path.name
    data.write_text(text, encoding="utf-8", newline="")
    return data, chosen


def _with_encoding(source: Source, wanted: str | None) -> Source:
    """Add the encoding of a shapefile, and a warning where a file is not in the encoding that it should be in."""
    warnings = source.warnings
    if source.driver == "ESRI Shapefile":
        dbf = source.data if source.data.suffix.lower() == ".dbf" else shapefile.sidecar(source.data, ".dbf")
        if dbf is None:
            return source
        found, declared = shapefile.table_encoding(dbf, source.name)
        chosen = encodings.known_name(wanted) if wanted else found
        if not wanted and found not in ("ascii", "utf-8", declared):
            text = msg(
                "{file} does not say its encoding, or says a wrong one; it is read as {encoding}.", file=source.name, encoding=found.upper()
            )
            warnings = (*warnings, text)
        return replace(source, encoding="utf-8" if chosen == "ascii" else chosen, warnings=warnings)
    if source.driver in _TEXT_DRIVERS and source.driver != "DXF" and source.encoding not in ("utf-8", "utf-8-sig", "ascii"):
        text = msg(
            "{file} is not in UTF-8 as this format demands; it is read as {encoding}.", file=source.name, encoding=source.encoding.upper()
        )
        return replace(source, warnings=(*warnings, text))
    return source
