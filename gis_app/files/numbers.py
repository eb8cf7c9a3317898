"""Numbers as tables write them."""

import re

import numpy as np
from numpy.typing import NDArray

from gis_app.files.rows import Texts

_DIGITS = str.maketrans("０１２３４５６７８９．－，", "0123456789.-,")

_SIDES = "[EWNSewns]|东经|西经|北纬|南纬"
_DEGREES = re.compile(
    rf"^(?P<before>{_SIDES})?\s*(?P<sign>-)?(?P<d>\d+(\.\d*)?)\s*"
    rf"(?:[°º度]\s*(?:(?P<m>\d+(\.\d*)?)\s*[′'’分]\s*(?:(?P<s>\d+(\.\d*)?)\s*(?:″|\"|”|''|′′|秒)\s*)?)?)?(?P<side>{_SIDES})?$"
)
_NEGATIVE = ("W", "w", "S", "s", "西经", "南纬")


def as_numbers(texts: Texts) -> NDArray[np.float64]:
    """Return texts as numbers, NaN where they are none.

    "1,015,467", full-width digits, degrees with a sign or a word (123.5°E, 北纬47.9度), and degrees, minutes and seconds are understood.
    """
    try:
        return texts.astype(np.float64)  # quick where all is plain
    except (ValueError, TypeError):
        return np.fromiter((number(text) for text in texts.tolist()), np.float64, len(texts))


def number(text: str) -> float:
    """Return one text as a number; NaN where it is none."""
    plain = text.translate(_DIGITS).replace(",", "").strip()
    try:
        return float(plain)
    except ValueError:
        match = _DEGREES.match(plain)
    if match is None:
        return np.nan
    degrees = float(match["d"]) + float(match["m"] or 0) / 60 + float(match["s"] or 0) / 3600
    return -degrees if match["sign"] or match["side"] in _NEGATIVE or match["before"] in _NEGATIVE else degrees
