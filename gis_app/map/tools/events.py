"""What happens to the map, and what a tool may do with it: plain values, so that tools are tested without a window."""

from collections.abc import Generator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gis_app.map.viewport import Viewport


class EventKind(StrEnum):
    """What the pointer or the keyboard did."""

    PRESS = "press"
    MOVE = "move"
    RELEASE = "release"
    DOUBLE_CLICK = "double_click"
    ESCAPE = "escape"


class Button(StrEnum):
    """A button of the mouse; NONE for a move without one."""

    NONE = "none"
    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class MapEvent:
    """One event at a place in logical pixels of the viewport."""

    kind: EventKind
    x: float
    y: float
    button: Button = Button.NONE
    shift: bool = False
    control: bool = False


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

    def show_box(self, box: tuple[float, float, float, float] | None) -> None:
        """Show a rubber band (left, top, right, bottom in pixels), or none."""

    def show_path(self, points: tuple[tuple[float, float], ...]) -> None:
        """Show a line through places in county coordinates with its length, or none where there are no points."""


Tool = Generator[None, MapEvent, None]
"""A running tool: sent events one by one; it never ends by itself."""

CLICK_DISTANCE = 4.0
"""A press that moves less than this many pixels is a click."""


def far(press: MapEvent, event: MapEvent) -> bool:
    """Tell whether the pointer has gone too far from a press to be a click."""
    return max(abs(event.x - press.x), abs(event.y - press.y)) >= CLICK_DISTANCE
