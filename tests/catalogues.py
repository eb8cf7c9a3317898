"""The Chinese catalogues against the texts in the code: `python -m tests.catalogues [--update]`.

Each room has one catalogue, `resources/locale/zh_CN/<room>.po`; the room of a text is the package (or module) that it stands in.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
KEYWORDS = {"tr": None, "msg": None}
ROOMS = ("grid", "cases", "county", "storage", "demo", "files", "channels", "map", "output", "gui", "cli", "language", "bootstrap")
TIMES = (b'"POT-Creation-Date', b'"PO-Revision-Date')


def room_of(path: Path) -> str:
    """Return the room of a source file."""
    first = path.relative_to(ROOT / "gis_app").parts[0]
    return first.removesuffix(".py").split("_")[0]  # cli_plan.py belongs to the room cli


def texts_in_code() -> dict[str, dict[str, list[str]]]:
    """Return room → text → places (file:line) of every text in the code."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted((ROOT / "gis_app").rglob("*.py")):
        for line, text, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            if isinstance(text, str):
                found.setdefault(room_of(path), {}).setdefault(text, []).append(f"{path.relative_to(ROOT)}:{line}")
    return found


def catalogue_path(room: str) -> Path:
    """Return the Chinese catalogue of a room."""
    return ROOT / "resources" / "locale" / "zh_CN" / f"{room}.po"


def read_catalogue(room: str) -> Catalog:
    """Read the catalogue of a room; an empty one where there is no file."""
    path = catalogue_path(room)
    if not path.exists():
        return Catalog(locale="zh_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", abort_invalid=True)


def update() -> None:
    """Write every catalogue anew: texts that are in the code, in the code's order, with the translations there are."""
    known = {m.id: m.string for room in ROOMS for m in read_catalogue(room) if m.id and m.string}
    for room, texts in texts_in_code().items():
        catalogue = Catalog(locale="zh_CN", project="gis_app", fuzzy=False)
        for text, places in texts.items():
            files = sorted({place.rsplit(":", 1)[0] for place in places})
            catalogue.add(text, known.get(text, ""), locations=[(file, 0) for file in files])
        written = io.BytesIO()
        write_po(written, catalogue, width=140, omit_header=False, include_lineno=False)
        # without the time of writing: a catalogue changes only where a text does
        lines = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(TIMES)]
        catalogue_path(room).write_bytes(b"".join(lines))


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    for room, texts in texts_in_code().items():
        done = {m.id for m in read_catalogue(room) if m.id and m.string}
        print(f"{room}: {len(texts)} texts, {len(texts.keys() - done)} without Chinese")
