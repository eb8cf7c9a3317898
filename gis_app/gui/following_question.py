"""The question who goes where after a split or merge: pinned households, workers and open whistles, with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gis_app.county.consequences import consequences
from gis_app.county.following import Following, open_rows, rows_in
from gis_app.county.state import CountyState
from gis_app.grid.edits.edited import Edited
from gis_app.gui.widgets import facts, holding
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
    workers = sum(worker.cell in cells for worker in state.workers.values())
    return pinned, workers, len(open_rows(state.cases, rows_in(state.cases.cell, cells)))


def undecided(state: CountyState, edited: Edited) -> bool:
    """Tell whether an edit makes or removes cells and leaves somebody of whom the land alone does not decide."""
    return bool(edited.removed or edited.added(state.coverage)) and any(counts(state, edited))


def ask_following(window: Window, state: CountyState, edited: Edited, chosen: Callable[[Following], object]) -> None:
    """Ask where pinned households, workers and open whistles go: by location, or all to one of the cells."""
    if window.page is None:
        return
    pinned, workers, whistles = (format_number(count) for count in counts(state, edited))
    shown = holding(
        facts([(tr("Pinned households"), pinned), (tr("Grid workers"), workers), (tr("Open whistles"), whistles)]),
    )
    choices: list[tuple[str, Callable[[], object]]] = [(tr("By location"), lambda: chosen(Following()))]
    for one in [found for found in consequences(state, edited) if found.after is not None][:MOST_CHOICES]:
        rule = Following(one.cell, one.cell, one.cell)
        choices.append((tr("All to {cell}", cell=one.name or one.code), lambda rule=rule: chosen(rule)))  # type: ignore[misc]
    said = tr("Households that are not pinned go with the land. Who goes where of the others?")
    window.page.view.question.ask(tr("Who goes where?"), said, choices, (shown,), window.canvas.forget_edit)
