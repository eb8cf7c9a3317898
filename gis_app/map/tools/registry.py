"""Every tool by its name: how it runs, how the pointer looks, whether it draws, and what the status line says about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gis_app.language import Message, msg
from gis_app.map.tools.events import MapView, Tool
from gis_app.map.tools.measure import measure
from gis_app.map.tools.pan import pan
from gis_app.map.tools.select import select
from gis_app.map.tools.zoom_box import zoom_box


class Pointer(StrEnum):
    """How the pointer looks."""

    ARROW = "arrow"
    HAND = "hand"
    CROSS = "cross"
    NONE = "none"  # the tool shows something in its place


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool. One that `draws` gets presses of the right button and every Escape (it leaves by itself); `edits` ask for a draft."""

    run: Callable[[MapView], Tool]
    pointer: Pointer
    hint: Message
    draws: bool = False
    edits: bool = False


TOOLS: Mapping[str, ToolSpec] = {
    "select": ToolSpec(
        select,
        Pointer.ARROW,
        msg("Click selects, drag moves the map, Shift and drag zooms to a box, double click zooms to what is there."),
    ),
    "pan": ToolSpec(pan, Pointer.HAND, msg("Drag moves the map; the wheel zooms.")),
    "zoom_box": ToolSpec(zoom_box, Pointer.CROSS, msg("Drag a box to zoom to it; a click zooms in.")),
    "measure": ToolSpec(measure, Pointer.CROSS, msg("Click the points of the line; double click or Esc ends.")),
}
