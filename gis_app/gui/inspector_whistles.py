"""The whistles of a unit, household, worker or body in the inspector: the most urgent first, then the newest, each a link with its sign."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QWidget

from gis_app.gui.icons import state_icon
from gis_app.gui.inspector import Inspector
from gis_app.gui.widgets import ElidedButton, label, row
from gis_app.language import format_number, tr
from gis_app.map.legend import STATE_TEXTS
from gis_app.map.values import STATES

MOST = 5
"""So many whistles are listed."""


def whistle_links(panel: Inspector, mine: NDArray[np.bool_], *, only_open: bool = False) -> list[QWidget | QLayout]:
    """Return how many of the whistles that `mine` marks are in which state, and links to the most urgent and newest ones."""
    session, cases = panel.session, panel.session.state.cases
    display = session.derived.display
    listed = mine & (display < 3) if only_open else mine
    counts = np.bincount(display[listed], minlength=4).tolist()
    if not sum(counts):
        return []
    words = " · ".join(f"{STATE_TEXTS[at]} {format_number(count)}" for at, count in enumerate(counts) if count)
    page: list[QWidget | QLayout] = [label(words, "secondary", wrap=True)]
    at = np.flatnonzero(listed)
    at = at[np.lexsort((-cases.blown[at].astype(np.int64), display[at]))][:MOST]
    ids = cases.id[at]
    rows = session.county.store.rows("cases", ids, ("number", "text"))
    for place, case in enumerate(ids.tolist()):
        number, text = str(rows["number"][place]), str(rows["text"][place])
        page.append(_line(panel, case, int(display[at[place]]), text or number, f"{number} {text}"))
    if sum(counts) > MOST:
        page.append(label(tr("and {count} more", count=format_number(sum(counts) - MOST)), "secondary"))
    return page


def _line(panel: Inspector, case: int, state: int, text: str, tip: str) -> QHBoxLayout:
    sign = QLabel()
    sign.setPixmap(state_icon(STATES[state], panel.session.palette).pixmap(14, 14))
    sign.setToolTip(str(STATE_TEXTS[state]))
    sign.setFixedWidth(18)
    link = ElidedButton(text, partial(panel.session.select, "cases", case), tip)
    link.setAccessibleName(f"{STATE_TEXTS[state]}: {text}")
    made = row(sign, link, spacing=2)
    made.setStretch(1, 1)
    return made
