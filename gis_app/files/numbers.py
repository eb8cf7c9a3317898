"""Numbers as tables write them."""

import numpy as np
from numpy.typing import NDArray

from gis_app.files.rows import Texts

_DIGITS = str.maketrans("０１２３４５６７８９．－，", "0123456789.-,")


def as_numbers(texts: Texts) -> NDArray[np.float64]:
    """Return texts as numbers, NaN where they are none: "1,015,467", full-width digits and a degree sign behind are understood."""
    try:
        return texts.astype(np.float64)  # quick where all is plain
    except (ValueError, TypeError):
        return np.fromiter((_number(text) for text in texts.tolist()), np.float64, len(texts))


def _number(text: str) -> float:
    plain = text.translate(_DIGITS).replace(",", "").strip().rstrip("°EeNn度")
    try:
        return float(plain)
    except ValueError:
        return np.nan
