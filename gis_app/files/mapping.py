"""Which column of a file is which field: a guess from headers and values, and what the user chose for such a file before."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import numpy as np

from gis_app.files.headers import NAMES
from gis_app.files.numbers import number
from gis_app.files.rows import Texts

Mapped = dict[str, str]
"""Field → column of the file."""


class Target(StrEnum):
    """What the rows of a file become."""

    TOWNSHIP = "township"
    VILLAGE = "village"
    CELL = "cell"
    HOUSEHOLDS = "households"
    WORKERS = "workers"
    DEPARTMENTS = "departments"
    CASES = "cases"
    FORMER = "former"


_UPPER = ("village_code", "village_name", "township_code", "township_name")
FIELDS: Mapping[Target, tuple[str, ...]] = {
    Target.TOWNSHIP: ("code", "name", "kind"),
    Target.VILLAGE: ("code", "name", "kind", "township_code", "township_name"),
    Target.CELL: ("code", "name", "kind", *_UPPER),
    Target.HOUSEHOLDS: ("x", "y", "code", "head", "address", "building", "phone", "members", "resident", "flags", "notes"),
    Target.FORMER: ("code", "name", "contact", "phone", "remark"),
    Target.WORKERS: (
        "x", "y", "code", "name", "phone", "village", "cell", "skills", "capacity", "since", "until", "substitute", "absent_from",
        "absent_until", "notes",
    ),
    Target.DEPARTMENTS: ("code", "name", "category", "receiver", "receiver_phone", "leader", "leader_phone"),
    Target.CASES: (
        "x", "y", "id", "kind", "category", "body", "text", "address", "blown", "picked_up", "done", "result", "whistler",
        "unit", "household", "urgency", "contact", "phone", "state", "updated",
    ),
}  # fmt: skip
"""The fields that each target knows."""


def normalised(header: str) -> str:
    """Return a header without case, blanks and punctuation: "X Coordinate (State Plane)" → "xcoordinatestateplane"."""
    return re.sub(r"[\W_]+", "", header).casefold()


def guess(columns: Sequence[str], target: Target, values: Mapping[str, Texts] | None = None) -> Mapped:
    """Guess the column of each field of a target; a field without a likely column is left out, and no column serves two fields.

    A header that is a known word wins over one that contains it; of equals, the word that stands first in `headers.NAMES`. Values
    (some rows) keep a guess from columns whose content cannot be it: numbers as coordinates, times as times.
    """
    plain = {column: normalised(column) for column in columns}
    scored: list[tuple[int, int, str, str]] = []
    for order, field in enumerate(FIELDS[target]):
        for rank, word in enumerate(_words(field, target)):
            for column, header in plain.items():
                score = _score(header, word)
                if score and _possible(field, values.get(column) if values else None):
                    scored.append((-score + rank, order, field, column))
    found: Mapped = {}
    for _, _, field, column in sorted(scored, key=lambda item: item[:2]):
        if field not in found and column not in found.values():
            found[field] = column
    if ("x" in found) != ("y" in found):
        found.pop("x", None)
        found.pop("y", None)
    return {field: found[field] for field in FIELDS[target] if field in found}


def _words(field: str, target: Target) -> tuple[str, ...]:
    return NAMES.get(f"{target}.{field}", NAMES.get(field, (field,)))


def _score(header: str, word: str) -> int:
    if header == word:
        return 1000
    if len(header) >= (9 if header.isascii() else 5) and word.startswith(header):  # a shapefile cuts headers to ten bytes
        return 600
    if word.isascii():  # short English words stand in many others
        return 400 if len(word) >= 5 and (header.startswith(word) or header.endswith(word)) else 0
    return 500 if header.endswith(word) else 400 if len(word) >= 2 and word in header else 0


_TIME = re.compile(r"\d{1,4}\s*[-/.年]\s*\d{1,2}|^\d{5}(\.\d+)?$|^\d{8,14}$")


def _possible(field: str, values: Texts | None) -> bool:
    """Tell whether values may be those of a field; half of them are enough. An empty column is no place and names nothing."""
    if values is None:
        return True
    filled = [value for value in values.tolist() if value]
    if not filled:
        return field not in ("x", "y", "code", "name")  # units of all levels in one table leave the columns of their own level empty
    if field in ("x", "y", "members", "capacity"):
        return sum(bool(np.isfinite(number(value))) for value in filled) * 2 >= len(filled)
    if field in ("blown", "picked_up", "done", "updated", "since", "until", "absent_from", "absent_until"):
        return sum(bool(_TIME.search(value)) for value in filled) * 2 >= len(filled)
    return True


def signature(columns: Sequence[str]) -> str:
    """Return what tells a kind of file by its headers, in whatever order: the same for every month's export of one system."""
    return hashlib.sha256("\n".join(sorted(normalised(column) for column in columns)).encode()).hexdigest()[:24]


def mappings_file() -> Path:
    """Return the file in the user's configuration folder that remembers mappings."""
    import platformdirs

    return Path(platformdirs.user_config_dir("gis-app")) / "mappings.json"


def remember(columns: Sequence[str], target: Target, mapping: Mapping[str, str], path: Path | None = None) -> None:
    """Keep what the user chose for files with these headers."""
    path = path or mappings_file()
    known = _remembered(path)
    known[f"{target}:{signature(columns)}"] = dict(mapping)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(known, file, ensure_ascii=False, indent=1)
    Path(temporary).replace(path)


def recall(columns: Sequence[str], target: Target, path: Path | None = None) -> Mapped | None:
    """Return what the user chose for a file with these headers, or None. Only columns that are still there count."""
    mapping = _remembered(path or mappings_file()).get(f"{target}:{signature(columns)}")
    return None if mapping is None else {field: column for field, column in mapping.items() if column in columns}


def _remembered(path: Path) -> dict[str, Mapped]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # nothing yet, or damaged: a guess does as well
        return {}
    if not isinstance(content, dict):
        return {}
    return {str(key): {str(f): str(c) for f, c in value.items()} for key, value in content.items() if isinstance(value, dict)}
