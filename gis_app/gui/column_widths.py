"""How wide the columns of a table are: as wide as their titles and what stands in them, in any language, and the rest shared."""

from collections.abc import Sequence

from PySide6.QtGui import QFontMetrics

from gis_app.gui.rows_model import RowsModel
from gis_app.gui.theme import SMALL, font

MARGIN = 24
"""Pixels around a text in its column."""

SIGN = 20
"""Pixels for the sign of a state."""

SAMPLE = 48
"""So many rows are looked at; they are read anyway to be shown."""


def needed(model: RowsModel) -> tuple[list[int], list[int]]:
    """Return for every column the pixels that its title needs, and those that title and texts need (long texts may be cut)."""
    titles, texts = QFontMetrics(font(SMALL)), QFontMetrics(font())
    least, wanted, first = [], [], model.first_texts()[:SAMPLE]
    for at, column in enumerate(model.rows.columns):
        title = max(titles.horizontalAdvance(f"{column.title} ↓") + MARGIN, column.least)
        shown = [row[at] for row in first]
        longest = max((texts.horizontalAdvance(text) for text in set(shown)), default=0) + MARGIN
        if column.title.text == "State":
            longest += SIGN
        least.append(title)
        wanted.append(max(title, min(longest, 2 * column.width)))
    return least, wanted


def shared(least: Sequence[int], wanted: Sequence[int], weights: Sequence[int], room: int) -> list[int]:
    """Share `room` pixels: what is left over goes to the columns by their weights; what is missing is taken from the longest first.

    No column falls below `least`: where even that does not fit, the table scrolls.
    """
    spare = room - sum(wanted)
    if spare >= 0:
        return [width + spare * weight // sum(weights) for width, weight in zip(wanted, weights, strict=True)]
    slack = [width - low for width, low in zip(wanted, least, strict=True)]
    left, kept = max(sum(slack) + spare, 0), [0] * len(slack)
    for done, at in enumerate(sorted(range(len(slack)), key=slack.__getitem__)):  # all keep the same, or what they have
        kept[at] = min(slack[at], left // (len(slack) - done))
        left -= kept[at]
    return [low + part for low, part in zip(least, kept, strict=True)]
