"""Pinyin initials, by which the search box finds Chinese names."""

import unicodedata
from functools import cache


def initials(text: str) -> str:
    """Return the first letters of Chinese characters, and Latin letters and digits as they are, in lower case: 永安村 → yac, 3组A → 3za.

    Everything else is left out. Each character is read by itself (the usual reading), so 120,000 names take some tenths of a second.
    """
    return "".join(map(_initial, text))


@cache
def _initial(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).lower()
    if plain.isascii():
        return plain if plain.isalnum() else ""
    from pypinyin import Style, pinyin  # loads its dictionary: only when a name is Chinese

    letters = pinyin(plain, style=Style.FIRST_LETTER, errors="ignore", strict=False)
    return "".join(letter for (letter, *_) in letters).lower()
