"""What is wrong with a register of households, row by row, and what can be put right at once.

Everything is told from columns; 120,000 households take about a second.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.codes import clean_code
from gis_app.grid.households import Households, Unassigned
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps

Texts = NDArray[Any]
"""Object array of str, one entry a household; "" where nothing is known."""

SETTLEMENT = 3
"""A household is far from every settlement where fewer than so many other places of households are within the distance."""
CROWD = 5
"""So many households at one point are many, unless they are one building."""
_SURE = 0.9  # share of codes that have to be of one length before a shorter one has lost its leading zeros


class Fault(StrEnum):
    """What may be wrong with a household, worst first."""

    DUPLICATE = "duplicate"
    NO_PLACE = "no_place"
    OUTSIDE = "outside"
    FAR = "far"
    CROWDED = "crowded"
    PHONE = "phone"
    CODE = "code"


class Mend(StrEnum):
    """What one click can do about it."""

    NONE = ""
    MERGE = "merge"  # make one household of the duplicates
    PLACE = "place"  # put it where the others of its building are
    BUILDING = "building"  # say that all at this point are one building
    PHONE = "phone"  # write the number as numbers are written
    CODE = "code"  # give the code its digits back


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the households that it is about, a sentence, and how it can be mended (`value`: the text to write)."""

    fault: Fault
    ids: tuple[int, ...]
    text: Message
    mend: Mend = Mend.NONE
    value: str = ""
    place: tuple[float, float] | None = None  # where it is to be put


@dataclass(frozen=True, slots=True, eq=False)
class HouseholdTexts:
    """What the file knows of households in words, in the order of the columns of `Households`."""

    code: Texts
    head: Texts
    phone: Texts
    address: Texts
    building: Texts


def checking(homes: Households, texts: HouseholdTexts, far: float, metres: float = 1.0) -> Steps[tuple[Finding, ...]]:
    """List what is wrong with households, the worst first; `far` is in metres (0: distances are not looked at).

    `metres` says how long a unit of the coordinates is.
    """
    yield Progress(0.0, msg("Looking for duplicates"))
    found = list(duplicates(homes, texts))
    yield Progress(0.4, msg("Looking at places"))
    found += without_place(homes, texts)
    found += outside(homes, metres)
    found += far_away(homes, far, metres)
    found += crowded(homes, texts)
    yield Progress(0.8, msg("Looking at phones and codes"))
    found += wrong_phones(homes, texts.phone)
    found += damaged_codes(homes, texts.code)
    return tuple(found)


def duplicates(homes: Households, texts: HouseholdTexts) -> Iterator[Finding]:
    """Find households with the same head at the same place, or with the same head and phone; groups that meet are one."""
    owner: dict[tuple[object, ...], int] = {}
    parent = list(range(len(homes)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    columns = zip(_names(texts.head), texts.phone.tolist(), homes.x.tolist(), homes.y.tolist(), strict=True)
    for row, (head, phone, x, y) in enumerate(columns):
        keys: list[tuple[object, ...]] = []
        if head and isfinite(x):
            keys.append((head, round(x, 2), round(y, 2)))
        if head and phone and (number := digits_of(phone)):
            keys.append((head, number))
        for key in keys:
            one, other = root(owner.setdefault(key, row)), root(row)
            parent[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for row in range(len(homes)):
        if (first := root(row)) != row:
            groups.setdefault(first, [first]).append(row)
    for rows in groups.values():
        same_place = len({(round(float(homes.x[row]), 2), round(float(homes.y[row]), 2)) for row in rows}) == 1
        text = (
            msg("{count} households have the same head at the same place.", count=len(rows))
            if same_place
            else msg("{count} households have the same head and phone.", count=len(rows))
        )
        yield Finding(Fault.DUPLICATE, tuple(homes.id[rows].tolist()), text, Mend.MERGE)


def _names(heads: Texts) -> list[str]:
    return [head.strip() for head in heads.tolist()]


def without_place(homes: Households, texts: HouseholdTexts) -> Iterator[Finding]:
    """Find households that nobody knows where to look for; one whose building stands somewhere can be put there."""
    lost = np.flatnonzero(~(np.isfinite(homes.x) & np.isfinite(homes.y)))
    named = {building for building in texts.building[lost].tolist() if building}
    places: dict[str, set[tuple[float, float]]] = {}
    if named:
        known = np.flatnonzero(np.isin(texts.building, list(named)) & np.isfinite(homes.x))
        for row in known.tolist():
            places.setdefault(texts.building[row], set()).add((float(homes.x[row]), float(homes.y[row])))
    for row in lost.tolist():
        where = places.get(texts.building[row], set())
        ids = (int(homes.id[row]),)
        if len(where) == 1:
            text = msg("It has no coordinates, but its building {building} has.", building=texts.building[row])
            yield Finding(Fault.NO_PLACE, ids, text, Mend.PLACE, place=next(iter(where)))
        else:
            yield Finding(Fault.NO_PLACE, ids, msg("It has no coordinates; put it on the map."))


def outside(homes: Households, metres: float = 1.0) -> Iterator[Finding]:
    """Find households beyond the outer border."""
    for row in np.flatnonzero(homes.reason == Unassigned.OUTSIDE_COUNTY).tolist():
        distance = round(float(homes.distance[row]) * metres)
        text = msg("It lies outside the county, {distance} m from the nearest cell.", distance=distance)
        if distance >= 10_000:
            text = msg("It lies outside the county, {km} km from the nearest cell.", km=round(distance / 1000))
        yield Finding(Fault.OUTSIDE, (int(homes.id[row]),), text)


def far_away(homes: Households, far: float, metres: float = 1.0) -> Iterator[Finding]:
    """Find households with fewer than `SETTLEMENT` other places of households within `far` metres: by the distance to the third nearest."""
    from scipy.spatial import cKDTree

    known = np.flatnonzero(np.isfinite(homes.x) & np.isfinite(homes.y) & (homes.reason != Unassigned.OUTSIDE_COUNTY))
    xy, back = np.unique(np.round(np.stack([homes.x[known], homes.y[known]], axis=1), 2), axis=0, return_inverse=True)
    if far <= 0 or len(xy) <= SETTLEMENT:
        return
    distance = cKDTree(xy).query(xy, k=SETTLEMENT + 1)[0][:, SETTLEMENT][back.ravel()] * metres
    for at in np.flatnonzero(distance > far).tolist():
        text = msg(
            "It lies far from every settlement: fewer than {count} other places within {far} m (the next ones are {distance} m away).",
            count=SETTLEMENT,
            far=round(far),
            distance=round(float(distance[at])),
        )
        yield Finding(Fault.FAR, (int(homes.id[known[at]]),), text)


def crowded(homes: Households, texts: HouseholdTexts) -> Iterator[Finding]:
    """Find points with `CROWD` households or more that are not one building: a village office's point for all who have none, as a rule."""
    known = np.flatnonzero(np.isfinite(homes.x) & np.isfinite(homes.y))
    xy = np.round(np.stack([homes.x[known], homes.y[known]], axis=1), 2)
    _, back, counts = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(back.ravel(), kind="stable")
    starts = np.cumsum(counts) - counts
    for place in np.flatnonzero(counts >= CROWD).tolist():
        rows = known[order[starts[place] : starts[place] + counts[place]]]
        buildings = set(texts.building[rows].tolist())
        if len(buildings) == 1 and "" not in buildings:
            continue
        name = _building_of(texts.building[rows].tolist(), texts.address[rows].tolist(), int(homes.id[rows[0]]))
        text = msg("{count} households lie at one point and are not one building.", count=len(rows))
        yield Finding(Fault.CROWDED, tuple(homes.id[rows].tolist()), text, Mend.BUILDING, name)


def _building_of(buildings: Sequence[str], addresses: Sequence[str], household: int) -> str:
    """Return how a building is called: as most of its households say, else by what their addresses have in common."""
    if named := Counter(building for building in buildings if building).most_common(1):
        return named[0][0]
    written = [address for address in addresses if address]
    common = ""
    for letters in zip(*written, strict=False):
        if len(set(letters)) > 1:
            break
        common += letters[0]
    return common.rstrip("0123456789 -·") or f"#{household}"


# Phones

_MOBILE, _LANDLINE = re.compile(r"1[3-9]\d{9}"), re.compile(r"(0\d{2,3})?[2-8]\d{6,7}")


def digits_of(phone: str) -> str:
    """Return a phone number as its digits alone, without the country's prefix and what spreadsheets and forms put between them."""
    text = clean_code(unicodedata.normalize("NFKC", phone))
    text = re.sub(r"[\s\-–—()（）.·]", "", text.removesuffix(".0"))
    text = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", text)
    return text if text.isascii() and text.isdigit() else ""


def normal_phone(phone: str) -> str | None:
    """Return a phone number as it is written: 13812341234, or 0456-5562345 and 5562345 without the hyphen; None for what is none."""
    digits = digits_of(phone)
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else None


def wrong_phones(homes: Households, phones: Texts) -> Iterator[Finding]:
    """Find phone numbers that are none, or are written otherwise than with digits."""
    for row, phone in enumerate(phones.tolist()):
        if not phone or _MOBILE.fullmatch(phone) or _LANDLINE.fullmatch(phone.replace("-", "", 1)):
            continue
        number, ids = normal_phone(phone), (int(homes.id[row]),)
        if number is None:
            text = msg("Its phone is no phone number: a mobile one has 11 digits and begins with 1.")
            yield Finding(Fault.PHONE, ids, text)
        else:
            yield Finding(Fault.PHONE, ids, msg("Its phone is written with signs that are no digits."), Mend.PHONE, number)


# Codes


def damaged_codes(homes: Households, codes: Texts) -> Iterator[Finding]:
    """Find codes that went through a spreadsheet as numbers: with a decimal point, an exponent, an apostrophe, or without leading zeros."""
    values = codes.tolist()
    length = _length_of(values)
    used = Counter(values)
    for row, code in enumerate(values):
        if not code or not _suspicious(code, length):
            continue
        mended, ids = clean_code(code, length), (int(homes.id[row]),)
        if re.fullmatch(r"\d+(\.\d+)?[eE]\+?\d+", mended):
            text = msg("Its code {code} lost digits in a spreadsheet; look it up in the register.", code=code)
            yield Finding(Fault.CODE, ids, text)
        elif mended != code and mended:
            free = not used[mended]
            used[mended] += 1
            text = (
                msg("Its code {code} was damaged by a spreadsheet; it was {mended}.", code=code, mended=mended)
                if free
                else msg("Its code {code} was damaged by a spreadsheet; {mended} belongs to another household.", code=code, mended=mended)
            )
            yield Finding(Fault.CODE, ids, text, Mend.CODE if free else Mend.NONE, mended if free else "")


def _suspicious(code: str, length: int | None) -> bool:
    if not code.isalnum() or not code.isascii():
        return True
    return (code.isdigit() and length is not None and len(code) < length) or re.fullmatch(r"\d+[eE]\d+", code) is not None


def _length_of(codes: Sequence[str]) -> int | None:
    """Return how many digits codes have, where nearly all have as many and some begin with zero; else None."""
    digits = [code for code in codes if code.isascii() and code.isdigit()]
    if not digits:
        return None
    length, count = Counter(map(len, digits)).most_common(1)[0]
    zero = any(code[0] == "0" for code in digits if len(code) == length)
    return length if zero and count >= _SURE * len(digits) else None
