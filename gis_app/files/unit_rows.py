"""Rows of a boundary file as candidates for units: codes and names cleaned, rows of one unit joined, wrong ones rejected."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.files.report import Rejection, Repair
from gis_app.files.rows import FileRows, Texts
from gis_app.grid.codes import check_code, clean_codes
from gis_app.grid.units import Level, UnitKind
from gis_app.language import msg


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; "" for a column that the file does not have."""

    code: str = ""
    name: str = ""
    parent: str = ""
    kind: str = ""
    village_code: str = ""
    village_name: str = ""
    township_code: str = ""
    township_name: str = ""


@dataclass(slots=True)
class Candidate:
    """One unit of a file: the first of its rows, its code ("" if it is to be given one), and what the file says of the units above."""

    row: int
    code: str
    name: str
    kind: UnitKind | None = None
    village_code: str = ""
    village_name: str = ""
    township_code: str = ""
    township_name: str = ""
    shape: shapely.MultiPolygon | None = None
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Candidates:
    """All units of a file, and the rows that became none or were mended."""

    units: list[Candidate]
    rejected: list[Rejection]
    repaired: list[Repair]


_KIND_WORDS: dict[Level, tuple[tuple[UnitKind, tuple[str, ...]], ...]] = {
    Level.TOWNSHIP: (
        (UnitKind.STREET, ("街道", "street", "subdistrict")),
        (UnitKind.FARM, ("农场", "林场", "牧场", "渔场", "種畜場", "种畜场", "良种场", "farm")),
        (UnitKind.TOWN, ("镇", "鎮", "town")),
        (UnitKind.TOWNSHIP, ("乡", "鄉", "township")),
    ),
    Level.VILLAGE: (
        (UnitKind.DIRECT_UNIT, ("直属", "direct_unit", "direct unit")),
        (UnitKind.COMMUNITY, ("社区", "居委会", "居民委员会", "社區", "community")),
        (UnitKind.VILLAGE, ("村", "village")),
    ),
    Level.CELL: (
        (UnitKind.COMMUNITY_CELL, ("社区", "城市", "城镇", "community_cell", "community", "urban")),
        (UnitKind.RURAL_CELL, ("农村", "rural_cell", "rural")),
    ),
}


def unit_kind(level: Level, text: str, name: str = "") -> UnitKind | None:
    """Return the kind that a column says, else the one that the end of a name says (兴隆社区居委会, 音河乡), else None."""
    for kind, words in _KIND_WORDS[level]:
        if text and (text.casefold() in words or any(not word.isascii() and word in text for word in words)):
            return kind
    if level == Level.CELL:
        return None
    for kind, words in _KIND_WORDS[level]:
        if any(not word.isascii() and (name.endswith(word) or (len(word) > 1 and word in name)) for word in words):
            return kind
    return None


def candidates(rows: FileRows, columns: Columns, level: Level, shapes: NDArray[np.object_] | None) -> Candidates:
    """Make one candidate of each row that has an area (of each row at all without `shapes`), and one of several rows with the same code."""
    count = len(rows)
    codes = _codes(rows, columns.code)
    names = _texts(rows, columns.name)
    kinds = _texts(rows, columns.kind)
    above: dict[str, Sequence[str]] = {
        "village_code": _codes(rows, columns.village_code or (columns.parent if level == Level.CELL else "")),
        "village_name": _texts(rows, columns.village_name).tolist(),
        "township_code": _codes(rows, columns.township_code or (columns.parent if level == Level.VILLAGE else "")),
        "township_name": _texts(rows, columns.township_name).tolist(),
    }
    found = Candidates([], [], [])
    by_code: dict[str, Candidate] = {}
    for i in range(count):
        row = int(rows.numbers[i])
        shape = shapes[i] if shapes is not None else None
        if shapes is not None and shape is None:
            continue  # rejected with its reason already
        if columns.code and not codes[i]:
            found.rejected.append(Rejection(row, msg("the row has no code")))
            continue
        unit = Candidate(row, codes[i], names[i], unit_kind(level, kinds[i], names[i]), shape=shape, rows=[row])
        for key, values in above.items():
            setattr(unit, key, values[i])
        first = by_code.get(unit.code) if unit.code else None
        if first is None:
            found.units.append(unit)
            if unit.code:
                by_code[unit.code] = unit
        else:
            _join(first, unit, found)
    for unit in found.units:
        if len(unit.rows) > 1:
            assert unit.shape is not None
            parts = [part for part in shapely.get_parts(shapely.union_all(shapely.get_parts(unit.shape))) if part.geom_type == "Polygon"]
            unit.shape = shapely.MultiPolygon(parts)
            text = ", ".join(map(str, unit.rows[:10]))
            found.repaired.append(Repair(unit.row, msg("rows {rows} are parts of one unit, {code}", rows=text, code=unit.code)))
    return found


def _join(first: Candidate, other: Candidate, found: Candidates) -> None:
    """Add a further row with the same code: a part of the same unit, its duplicate, or a wrong code."""
    if first.shape is None or other.shape is None or first.name != other.name:
        problem = msg("code {code} is that of row {row} ({name}) already", code=other.code, row=first.row, name=first.name or "–")
        found.rejected.append(Rejection(other.row, problem))
    elif shapely.equals(shapely.make_valid(first.shape), shapely.make_valid(other.shape)):
        found.rejected.append(Rejection(other.row, msg("the same unit as row {row}, {code}", row=first.row, code=other.code)))
    else:
        first.shape = shapely.MultiPolygon([*first.shape.geoms, *other.shape.geoms])
        first.rows.append(other.row)


def _texts(rows: FileRows, column: str) -> Texts:
    if column:
        return rows.texts(column)
    empty = np.empty(len(rows), dtype=object)
    empty[:] = ""
    return empty


def _codes(rows: FileRows, column: str) -> Sequence[str]:
    if not column:
        return [""] * len(rows)
    return clean_codes(rows.columns[rows.find(column)].tolist())


def misfits(units: Sequence[Candidate], level: Level, scheme: str) -> dict[int, Rejection]:
    """Return position → what is wrong with the code of a candidate (its own, or one above it) under a scheme."""
    wrong: dict[int, Rejection] = {}
    for position, unit in enumerate(units):
        ladder = [(Level.TOWNSHIP, unit.township_code, ""), (Level.VILLAGE, unit.village_code, unit.township_code)]
        ladder = [step for step in ladder if step[0] < level] + [(level, unit.code, "")]
        if level == Level.CELL:
            ladder[-1] = (level, unit.code, unit.village_code)
        elif level == Level.VILLAGE:
            ladder[-1] = (level, unit.code, unit.township_code)
        problems = (check_code(scheme, lv, code, above) for lv, code, above in ladder if code)
        problem = next((p for p in problems if p is not None), None)
        if problem is not None:
            wrong[position] = Rejection(unit.row, problem)
    return wrong
