"""What happens to the map, and what a tool may do with it: plain values, so that tools are tested without a window."""

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.state import CountyState
from gis_app.language import Message
from gis_app.map.snapping import Snap, Snapper
from gis_app.map.viewport import Viewport

Place = tuple[float, float]
"""A place in county coordinates."""


class EventKind(StrEnum):
    """What the pointer or the keyboard did.

    A MOVE is told without a movement, too: when Shift, Ctrl or Alt goes down or up, and after the map was zoomed or dragged beneath a tool
    that draws, so that what it shows stays true. A DOUBLE_CLICK comes in place of the second PRESS, and a RELEASE follows it.
    """

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    DOUBLE_CLICK = "double_click"
    ESCAPE = "escape"
    KEY = "key"  # only those that the tool asked for by `MapView.take_keys`


class Button(StrEnum):
    """A button of the mouse; NONE for a move without one. Presses of the right one reach only tools that draw (`registry.ToolSpec`)."""

    NONE = "none"
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


ENTER, BACKSPACE, DELETE = "\r", "\b", "\x7f"
"""Keys that type no character, as `MapEvent.text` and in `MapView.take_keys`."""


@dataclass(frozen=True, slots=True)
class MapEvent:
    """One event at a place in logical pixels of the viewport; `text` is the character typed, or one of the keys above.

    The place of a KEY is where the pointer is.
    """

    kind: EventKind
    x: float
    y: float
    button: Button = Button.NONE
    shift: bool = False
    control: bool = False
    alt: bool = False
    text: str = ""


def _no_places() -> NDArray[np.float64]:
    return np.empty((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What a tool has in its hand, in county coordinates; it is drawn over the map, so panning and zooming do not disturb it.

    `points` is the line drawn so far, `trail` the places that it runs through on its way to `cursor` (a border that it follows), where the
    next point would be; `closed` lines go back to their beginning; `freehand` ones have no handles at their points.
    `handles` (n, 2) are vertices that can be taken hold of, `marked` (m, 2) those that are chosen. `cells` are outlined as chosen.
    `painted` is an area under work; `radius` the brush about `cursor`, in pixels. `text` stands beside the pointer.
    """

    points: tuple[Place, ...] = ()
    trail: tuple[Place, ...] = ()
    cursor: Place | None = None
    closed: bool = False
    freehand: bool = False
    handles: NDArray[np.float64] = field(default_factory=_no_places)
    marked: NDArray[np.float64] = field(default_factory=_no_places)
    cells: tuple[int, ...] = ()
    painted: shapely.Geometry | None = None
    radius: float = 0.0
    text: str = ""


class MapView(Protocol):
    """What a tool may do with the map."""

    @property
    def viewport(self) -> Viewport:
        """Return what is seen."""

    def set_viewport(self, viewport: Viewport) -> None:
        """Show something else."""

    def click(self, event: MapEvent) -> None:
        """Select or act at the place of an event."""

    def double_click(self, event: MapEvent) -> None:
        """Zoom to what lies at the place of an event."""

    def grips(self, event: MapEvent) -> bool:
        """Tell whether a press at the place of an event takes hold of the one whistle that may be moved."""

    def drop(self, place: Place) -> None:
        """Tell where that whistle was carried to; nothing is moved yet."""

    def pick(self, area: tuple[Place, ...]) -> None:
        """Select the whistles in an area (its corners in order, not closed)."""

    def show_box(self, box: tuple[float, float, float, float] | None) -> None:
        """Show a rubber band (left, top, right, bottom in pixels), or none."""

    # what tools that draw and edit need

    @property
    def state(self) -> CountyState:
        """Return the county in the division that is shown (the draft where one is open)."""

    @property
    def snapper(self) -> Snapper | None:
        """Return what snaps to the borders of `state`; None while it is being made: then nothing snaps."""

    @property
    def selected_cells(self) -> tuple[int, ...]:
        """Return the selected cells, in the order in which they were selected (no villages, no townships)."""

    def cell_at(self, x: float, y: float) -> int:
        """Return the cell at a place in pixels, 0 outside the county."""

    def show_sketch(self, sketch: Sketch | None) -> None:
        """Show what the tool has in its hand, or nothing."""

    def show_snap(self, snap: Snap | None) -> None:
        """Mark the place to which the pointer snaps, or none."""

    def propose(self, edit: BoundaryEdit | None) -> None:
        """Show what an edit would do (new borders, consequences, or the reason why not), as soon as there is time; None: nothing.

        The newest proposal holds; older ones that were not worked out yet are forgotten.
        """

    def commit(self, edit: BoundaryEdit) -> bool:
        """Have an edit performed; what it makes stays in sight until the map shows it, also when nothing is proposed any more.

        False where it is refused: why is shown, and the tool keeps what was drawn.
        """

    def say(self, message: Message | None, at: Place | None = None) -> None:
        """Say something in a bubble at the pointer and mark the place that it is about, until the next press; None takes it back."""

    def take_keys(self, keys: str) -> None:
        """Want these characters and keys as KEY events from now on, instead of what they do elsewhere; "" for none."""

    def leave(self) -> None:
        """Lay the tool down and take "select"; the generator is closed when it yields next."""


Tool = Generator[None, MapEvent, None]
"""A running tool: sent events one by one; it never ends by itself."""

CLICK_DISTANCE = 4.0
"""A press that moves less than this many pixels is a click."""


def far(press: MapEvent, event: MapEvent) -> bool:
    """Tell whether the pointer has gone too far from a press to be a click."""
    return max(abs(event.x - press.x), abs(event.y - press.y)) >= CLICK_DISTANCE
