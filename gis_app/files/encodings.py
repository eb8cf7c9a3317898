"""Which encoding the bytes of a file are in, decided by the bytes themselves.

Chinese offices exchange GBK files that say nothing, or say something wrong, about their encoding. UTF-8 that is not UTF-8 hardly ever
decodes by chance, so it is tried first, then GB18030 (which holds GBK and GB 2312), and only then what charset-normalizer believes.
"""

import codecs
from collections.abc import Iterable

import numpy as np

SAMPLE = 64_000_000
"""How many bytes of a text file are looked at."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def text_encoding(data: bytes) -> str:
    """Return the Python name of the encoding of a text file, given its beginning (it may end within a character)."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if b"\0" in data[:2000]:  # UTF-16 without a mark: every other byte of ASCII text is zero
        return "utf-16-le" if data[1:2000:2].count(0) >= data[0:2000:2].count(0) else "utf-16-be"
    if decodes(data, "utf-8") and not _chance(data):
        return "utf-8"
    if decodes(data, "gb18030"):
        return "gb18030"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    return best.encoding if best else "latin-1"


def _chance(data: bytes) -> bool:
    """Tell whether bytes that decode as UTF-8 may do so by chance: a few GBK characters (一 is D2 BB) look like Greek to Arabic letters.

    Chinese in UTF-8 has three bytes a character, the first E0 or above, and letters of western Europe begin with C2 to C8.
    """
    if data.isascii():
        return False
    values = np.frombuffer(data, np.uint8)
    return not bool((values >= 0xE0).any()) and bool((values >= 0xC9).any()) and decodes(data, "gb18030")


def decodes(data: bytes, encoding: str) -> bool:
    """Tell whether bytes are text in an encoding; a character that is cut off at the end is no fault."""
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(data, final=False)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def field_encoding(fields: Iterable[bytes], declared: str = "") -> str:
    """Return the encoding of the fixed-width fields of a dBASE table.

    Each field may end within a character, so each is tried alone. What the file declares counts only where it fits: a `.cpg`
    that says UTF-8 beside GBK bytes is a common export fault. "ascii" where there is nothing to decide.
    """
    texts = {field for field in fields if not field.isascii()}
    if not texts:
        return "ascii"
    candidates = [name for name in (known_name(declared),) if name and not name.startswith(("iso8859", "cp125", "latin"))]
    if not _chance(b" ".join(sorted(texts))):
        candidates.insert(0, "utf-8")
    for name in (*candidates, "gb18030", "utf-8", "big5"):
        if all(decodes(text, name) for text in texts):
            return name
    return known_name(declared) or "latin-1"


def known_name(name: str) -> str:
    """Return Python's name of an encoding as a .cpg file, a user or an XML declaration writes it ("936", "GBK", "UTF8"); "" if unknown."""
    plain = name.strip().strip("\0").lower().removeprefix("ansi ").removeprefix("ansi_").removeprefix("ldid/")
    if plain in ("936", "cp936", "gbk", "gb2312", "77", "0x4d", "gb18030"):
        return "gb18030"
    if plain.isdigit():
        plain = {"65001": "utf-8", "950": "big5", "88591": "latin-1"}.get(plain, f"cp{plain}")
    try:
        return codecs.lookup(plain).name
    except LookupError:
        return ""
