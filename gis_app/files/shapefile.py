"""What the bytes of a shapefile say, before GDAL opens it: GDAL opens a truncated one without an error, half its shapes missing."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis_app.files.encodings import field_encoding, known_name
from gis_app.files.errors import FileError
from gis_app.language import msg

_LANGUAGE_IDS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
"""Language ids of dBASE that name a Chinese code page; 0x00 (none) and 0x57 ("ANSI", whatever it was) say nothing."""
_SAMPLED_RECORDS = 5000


@dataclass(frozen=True, slots=True)
class TableHeader:
    """The header of a dBASE table: number of records, bytes of the header and of one record, and the fields (name, kind, width)."""

    records: int
    header_size: int
    record_size: int
    language_id: int
    fields: tuple[tuple[bytes, str, int], ...]


def sidecar(shp: Path, suffix: str) -> Path | None:
    """Return the file beside a .shp with a suffix in any case, or None."""
    exact = shp.with_suffix(suffix)
    if exact.exists():
        return exact
    return next((p for p in shp.parent.glob("*") if p.stem == shp.stem and p.suffix.lower() == suffix), None)


def check_whole(shp: Path, name: str) -> None:
    """Raise `FileError` where a part of a shapefile is missing, cut off, or does not fit the others.

    `name` is what the user calls the file.
    """
    shx, dbf = sidecar(shp, ".shx"), sidecar(shp, ".dbf")
    for part, suffix in ((shx, ".shx"), (dbf, ".dbf")):
        if part is None:
            raise FileError(
                msg(
                    "{file}: the part {part} is missing; a shapefile is whole only with .shp, .shx and .dbf, so fetch all of them.",
                    file=name,
                    part=shp.stem + suffix,
                )
            )
    assert shx is not None and dbf is not None
    index = shx.read_bytes()
    if len(index) < 100 or len(index) < 2 * struct.unpack(">i", index[24:28])[0] or (len(index) - 100) % 8:
        raise _cut_off(name, shx)
    records = np.frombuffer(index, dtype=">i4", offset=100).reshape(-1, 2).astype(np.int64) * 2  # 16-bit words → bytes
    size = shp.stat().st_size
    if size < 100 or (len(records) and int((records.sum(axis=1) + 8).max()) > size):
        raise _cut_off(name, shp)
    header = table_header(dbf, name)
    if dbf.stat().st_size < header.header_size + header.records * header.record_size:
        raise _cut_off(name, dbf)
    if header.records != len(records):
        raise FileError(
            msg(
                "{file}: the table has {rows} rows but there are {shapes} shapes, so its parts do not belong together; "
                "fetch all of them again.",
                file=name,
                rows=header.records,
                shapes=len(records),
            )
        )


def _cut_off(name: str, part: Path) -> FileError:
    return FileError(
        msg("{file}: the part {part} is cut off (an incomplete copy or download); fetch the file again.", file=name, part=part.name)
    )


def table_header(dbf: Path, name: str) -> TableHeader:
    """Read the header of a .dbf; raises `FileError` where it is none."""
    with dbf.open("rb") as file:
        start = file.read(32)
        if len(start) < 32:
            raise _cut_off(name, dbf)
        records, header_size, record_size = struct.unpack("<IHH", start[4:12])
        descriptors = file.read(max(header_size - 32, 0))
    if len(descriptors) < header_size - 33 or header_size < 33:
        raise _cut_off(name, dbf)
    fields = []
    for at in range(0, len(descriptors) - 31, 32):
        if descriptors[at] == 0x0D:
            break
        fields.append((descriptors[at : at + 11].split(b"\0")[0], chr(descriptors[at + 11]), descriptors[at + 16]))
    return TableHeader(records, header_size, record_size, start[29], tuple(fields))


def table_encoding(dbf: Path, name: str) -> tuple[str, str]:
    """Return (encoding, what the file declares about it) of a .dbf, judged by its field names and texts."""
    header = table_header(dbf, name)
    cpg = next((p for s in (".cpg", ".cst") if (p := sidecar(dbf, s)) is not None), None)
    declared = cpg.read_bytes()[:40].decode("latin-1").strip() if cpg else _LANGUAGE_IDS.get(header.language_id, "")
    texts = {field for field, _, _ in header.fields}
    with dbf.open("rb") as file:
        file.seek(header.header_size)
        count = min(header.records, _SAMPLED_RECORDS)
        data = np.frombuffer(file.read(count * header.record_size), np.uint8)
    data = data[: len(data) // max(header.record_size, 1) * header.record_size].reshape(-1, max(header.record_size, 1))
    at = 1
    for _, kind, width in header.fields:
        if kind == "C" and width:
            column = np.ascontiguousarray(data[:, at : at + width])
            texts.update(text.rstrip(b" \0") for text in np.unique(column.view(f"S{width}").ravel()).tolist())
        at += width
    return field_encoding(texts, declared), known_name(declared)
