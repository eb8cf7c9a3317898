"""Going to coordinates that a person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui.places import NOT_UNDERSTOOD, place_of
from gis_app.gui.search import Found
from gis_app.language import Message, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def ask_place(window: Window) -> None:
    """Ask for coordinates and go there."""
    session = window.session
    if session is None or window.page is None:
        return

    def answered(words: str) -> Message | None:
        place = place_of(words, session.state.settings.crs)
        if isinstance(place, Message):
            return place
        go_to(window, *place)
        return None

    said = tr("Longitude and latitude, or X and Y: 123.5127, 47.9016 or 538310 5307220.")
    window.page.view.question.ask_text(tr("Go to coordinates"), said, "", tr("Go"), answered)


def go_to(window: Window, x: float, y: float) -> None:
    """Show a place of the map in the middle, and mark it."""
    if window.page is not None:
        window.page.view.show_place(x, y)
        window.page.view.mark(x, y)


def found_place(window: Window, words: str) -> list[Found]:
    """Return the place that is written in the search box as something to choose; none where it is no place."""
    session = window.session
    place = place_of(words, session.state.settings.crs) if session is not None else NOT_UNDERSTOOD
    if isinstance(place, Message):
        return []
    x, y = place
    return [Found("cases", tr("Go to this place"), f"X {x:.3f}  Y {y:.3f}", lambda: go_to(window, x, y))]
