"""Codes of units: the county's scheme, and the damage that spreadsheets do to codes.

"gbt": 6 digits of the county (GB/T 2260), 3 of the township (GB/T 10114), 3 of the village (statistical code), 3 of the cell, each code
beginning with that of its parent. "free": any text, unique in its level.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from math import isfinite

from gis_app.errors import UserError
from gis_app.grid.units import Level, UnitKind
from gis_app.language import Message, msg

SCHEMES = ("gbt", "free")

LENGTHS = {Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.CELL: 15}
"""Digits of a GB/T code at each level."""

_RANGES = {
    UnitKind.STREET: (1, 99),
    UnitKind.TOWN: (100, 199),
    UnitKind.TOWNSHIP: (200, 399),
    UnitKind.FARM: (400, 599),
    UnitKind.COMMUNITY: (1, 199),
    UnitKind.VILLAGE: (200, 399),
    UnitKind.DIRECT_UNIT: (400, 599),
}
_WHOLE = {Level.TOWNSHIP: (1, 599), Level.VILLAGE: (1, 599), Level.CELL: (1, 999)}


class CodeError(UserError):
    """There is no code left to give."""


def check_code(scheme: str, level: Level, code: str, parent_code: str = "") -> Message | None:
    """Return what is wrong with the code of a unit, or None. `parent_code` of a township is that of the county; "" is not compared."""
    if not code:
        return msg("The unit has no code; give it one.")
    if scheme == "free":
        return None
    length = LENGTHS[level]
    if not (code.isascii() and code.isdigit() and len(code) == length):
        return msg("The code {code} must have {length} digits; correct it.", code=code, length=length)
    if parent_code and not code.startswith(parent_code):
        return msg("The code {code} must begin with {parent}, the code above it; correct one of them.", code=code, parent=parent_code)
    low, high = _WHOLE[level]
    if not low <= int(code[-3:]) <= high:
        return msg("The last three digits of the code {code} must be {low} to {high}; correct them.", code=code, low=f"{low:03}", high=high)
    return None


def next_code(scheme: str, level: Level, parent_code: str, used: Collection[str], kind: UnitKind | None = None) -> str:
    """Return a new code below `parent_code`: one after the highest one used, in the range of `kind` (GB/T) if given.

    `used` must hold every code that was ever given, also retired ones, which are never given again. Raises `CodeError` when the
    range is full.
    """
    if scheme == "free":
        stem = f"{parent_code}-" if parent_code else ""
        numbers = [int(code[len(stem) :]) for code in used if code.startswith(stem) and code[len(stem) :].isdecimal()]
        return f"{stem}{max(numbers, default=0) + 1}"
    low, high = _RANGES.get(kind, _WHOLE[level]) if kind else _WHOLE[level]
    length = LENGTHS[level] - 3
    if len(parent_code) != length:
        above = parent_code or "-"
        raise CodeError(msg("No code can be made below {parent}, which should have {length} digits.", parent=above, length=length))
    taken = {int(code[-3:]) for code in used if len(code) == length + 3 and code.startswith(parent_code) and code[-3:].isdecimal()}
    taken = {number for number in taken if low <= number <= high}
    after = max(taken, default=low - 1) + 1
    if after > high:
        free = sorted(set(range(low, high + 1)) - taken)
        if not free:
            raise CodeError(msg("All codes below {parent} are used; ask for a new code range.", parent=parent_code))
        after = free[0]
    return f"{parent_code}{after:03}"


def clean_code(value: object, length: int | None = None) -> str:
    """Return a code as text, with the damage of spreadsheets undone where that is certain.

    Full-width digits become plain, spaces and a leading apostrophe go, 230225101201.0 and 2.30225101201e11 become 230225101201. A
    number that lost digits (2.30225E+11) stays as it is, for `check_code` to report. Leading zeros come back only where the `length` of
    codes is known.
    """
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(value))).lstrip("'‘’`").lstrip("\ufeff")
    text = _whole_number(text)
    if length is not None and text.isascii() and text.isdigit():
        text = text.zfill(length)
    return text


def _whole_number(text: str) -> str:
    """Write 123.0 and 1.23e2 as 123, where all digits of the number are there."""
    if re.fullmatch(r"\d+\.0+", text):
        return text.partition(".")[0]
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d{1,2}", text):
        try:
            number = Decimal(text)
        except InvalidOperation:  # pragma: no cover - the pattern is a number
            return text
        _, digits, exponent = number.as_tuple()
        if exponent == 0:
            return "".join(map(str, digits))
    return text


def clean_codes(values: Sequence[object]) -> list[str]:
    """Return a column of codes as text; a number that lost its leading zeros gets them back where the texts of the column prove the length.

    They prove it when all of them are digits of one length and some begin with zero.
    """
    cleaned = [clean_code(value) for value in values]
    texts = {code for value, code in zip(values, cleaned, strict=True) if isinstance(value, str) and code}
    lengths = {len(code) for code in texts}
    certain = len(lengths) == 1 and all(code.isascii() and code.isdigit() for code in texts) and any(code.startswith("0") for code in texts)
    if not certain:
        return cleaned
    length = lengths.pop()
    return [
        code.zfill(length) if code and code.isascii() and code.isdigit() and not isinstance(value, str) else code
        for value, code in zip(values, cleaned, strict=True)
    ]
