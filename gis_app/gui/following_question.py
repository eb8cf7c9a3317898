"""The question who goes where after a split or merge: pinned households, workers and open whistles, with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gis_app.county.consequences import consequences
from gis_app.county.following import Following, open_rows, rows_in
from gis_app.county.state import CountyState
from gis_app.grid.edits.edited import Edited
from gis_app.gui.widgets import combo, facts, holding
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST_CHOICES = 4
"""So many cells are offered at most; an edit of more goes by location."""


def counts(state: CountyState, edited: Edited) -> tuple[int, int, int]:
    """Return how many pinned households, workers and open whistles the cells have whose land an edit parts or takes."""
    cells = {piece.origin for piece in edited.pieces if piece.origin in state.units} | set(edited.removed)
    homes = rows_in(state.households.cell, cells)
    pinned = int(state.households.pinned[homes].sum())
    workers = sum(any(cell in cells for cell in worker.cells) for worker in state.workers.values())
    return pinned, workers, len(open_rows(state.cases, rows_in(state.cases.cell, cells)))


def undecided(state: CountyState, edited: Edited) -> bool:
    """Tell whether an edit makes or removes cells and leaves somebody of whom the land alone does not decide."""
    return bool(edited.removed or edited.added(state.coverage)) and any(counts(state, edited))


def ask_following(window: Window, state: CountyState, edited: Edited, chosen: Callable[[Following], object]) -> None:
    """Ask where pinned households, workers and open whistles go: each by location or to one of the cells, or all to one of them."""
    if window.page is None:
        return
    cells = [found for found in consequences(state, edited) if found.after is not None][:MOST_CHOICES]
    places: list[tuple[str, object]] = [(tr("By location"), 0), *((one.name or one.code, one.cell) for one in cells)]
    rule = {"households": 0, "workers": 0, "cases": 0}
    texts = (tr("Pinned households"), tr("Grid workers"), tr("Open whistles"))
    asked: list[tuple[str, str | QWidget]] = []
    for text, kind, count in zip(texts, rule, counts(state, edited), strict=True):
        if count:
            name = f"{text}: {format_number(count)}"
            asked.append((name, combo(name, places, 0, lambda cell, kind=kind: rule.update({kind: cell}))))  # type: ignore[misc]
    choices: list[tuple[str, Callable[[], object]]] = [(tr("As chosen"), lambda: chosen(Following(**rule)))]
    for one in cells:
        whole = Following(one.cell, one.cell, one.cell)
        choices.append((tr("All to {cell}", cell=one.name or one.code), lambda whole=whole: chosen(whole)))  # type: ignore[misc]
    said = tr("Households that are not pinned go with the land. Who goes where of the others?")
    window.page.view.question.ask(tr("Who goes where?"), said, choices, (holding(facts(asked)),), window.canvas.forget_edit)
