"""What the window has learned of the county's own whistles, to suggest categories: learned beside it, when it is first asked for."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from gis_app.cases.suggestion import MOST, Learned, Suggestion, learn, suggest
from gis_app.county.county import County
from gis_app.gui.task import aside

AGAIN = 1.1
"""So many times the whistles that it was learned from make it worth learning again."""


class CategoryVoice(QObject):
    """Suggests categories by keywords at once, and by what was learned as soon as that is ready."""

    ready = Signal()
    _learned = Signal(object, int)  # Learned | None, how many whistles there were: from the thread that learned

    def __init__(self, county: County, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._county = county
        self._known: Learned | None = None
        self._count = -1
        self._busy = False
        self._learned.connect(self._take)

    def prepare(self) -> None:
        """Begin to learn, unless that was done with about as many whistles."""
        count = len(self._county.state.cases)
        if not self._busy and (self._count < 0 or count > self._count * AGAIN):
            self._busy = True
            aside(self._learn, lambda found: self._learned.emit(*found))

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Return the categories that a text may belong to, the likeliest first."""
        return suggest(text, self._county.state.categories, self._known)

    def _learn(self) -> tuple[Learned | None, int]:
        cases = self._county.state.cases
        with_one = cases.id[cases.category > 0]
        newest = np.sort(with_one[np.argsort(cases.blown[cases.category > 0], kind="stable")][-MOST:])
        rows = self._county.store.rows("cases", newest, ("text", "category"))
        return learn(rows["text"].tolist(), np.asarray(rows["category"], np.int64)), len(cases)

    def _take(self, found: Learned | None, count: int) -> None:
        self._known, self._count, self._busy = found, count, False
        self.ready.emit()
