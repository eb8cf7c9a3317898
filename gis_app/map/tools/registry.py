"""Every tool by its name: how it runs, how the pointer looks, whether it draws, and what the status line says about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gis_app.language import Message, msg
from gis_app.map.tools.areas import cut_county, draw_cell, extend_county
from gis_app.map.tools.delete_cell import delete_cell
from gis_app.map.tools.ease import simplify, smooth
from gis_app.map.tools.edit_nodes import edit_nodes
from gis_app.map.tools.events import MapView, Tool
from gis_app.map.tools.lasso import lasso
from gis_app.map.tools.measure import measure
from gis_app.map.tools.merge import merge
from gis_app.map.tools.paint import paint
from gis_app.map.tools.pan import pan
from gis_app.map.tools.reshape import reshape
from gis_app.map.tools.select import select
from gis_app.map.tools.split import split, split_by_feature, split_by_polygon
from gis_app.map.tools.transfer import transfer
from gis_app.map.tools.zoom_box import zoom_box


class Pointer(StrEnum):
    """How the pointer looks."""

    ARROW = "arrow"
    HAND = "hand"
    CROSS = "cross"
    POINTING = "pointing"  # cells or lines are clicked
    NONE = "none"  # the tool shows something in its place


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool. One that `draws` gets presses of the right button and every Escape (it leaves by itself); `edits`: it needs a draft.

    `needs_references`: it has something to do only where a reference layer of lines is shown.
    """

    run: Callable[[MapView], Tool]
    pointer: Pointer
    hint: Message
    draws: bool = False
    edits: bool = False
    needs_references: bool = False


def _edits(run: Callable[[MapView], Tool], pointer: Pointer, hint: Message, *, needs_references: bool = False) -> ToolSpec:
    return ToolSpec(run, pointer, hint, draws=True, edits=True, needs_references=needs_references)


TOOLS: Mapping[str, ToolSpec] = {
    "select": ToolSpec(
        select,
        Pointer.ARROW,
        msg("Click selects, drag moves the map, Shift and drag zooms to a box, double click zooms to what is there."),
    ),
    "pan": ToolSpec(pan, Pointer.HAND, msg("Drag moves the map; the wheel zooms.")),
    "zoom_box": ToolSpec(zoom_box, Pointer.CROSS, msg("Drag a box to zoom to it; a click zooms in.")),
    "lasso": ToolSpec(
        lasso,
        Pointer.CROSS,
        msg("Drag around whistles to select them, with Shift a box; Ctrl and click adds one or takes it out."),
    ),
    "measure": ToolSpec(
        measure,
        Pointer.CROSS,
        msg(
            "Click the points of a line or around an area; double click or Enter keeps the figures, right click takes the last point back."
        ),
        draws=True,
    ),
    "edit_nodes": _edits(
        edit_nodes,
        Pointer.ARROW,
        msg(
            "Drag a point to move it, drag or click a border to insert one, Delete removes it; Shift and drag chooses many; "
            "a click elsewhere selects a cell."
        ),
    ),
    "reshape": _edits(
        reshape,
        Pointer.CROSS,
        msg("Draw from one place of a border to another; double click or Enter ends. Ctrl follows borders; Alt: no snapping."),
    ),
    "split": _edits(
        split,
        Pointer.CROSS,
        msg(
            "Click the points of the line; right click takes the last one back; double click or Enter splits; Alt: no snapping. "
            "Or type 2 to 9 for equal parts."
        ),
    ),
    "split_polygon": _edits(
        split_by_polygon,
        Pointer.CROSS,
        msg("Click around the new cell, or drag around it; right click takes the last point back; double click or Enter splits."),
    ),
    "split_feature": _edits(
        split_by_feature,
        Pointer.POINTING,
        msg("Select the cell, then click the road, river or other reference line to split it along."),
        needs_references=True,
    ),
    "merge": _edits(
        merge,
        Pointer.POINTING,
        msg(
            "Click the cells one after the other; right click takes the last one out; Enter or another click on one merges into the first."
        ),
    ),
    "transfer": _edits(
        transfer,
        Pointer.CROSS,
        msg(
            "Drag around the land, or click the line that cuts it off and end with Enter; the selected cell gets it, or the one you click."
        ),
    ),
    "draw_cell": _edits(
        draw_cell,
        Pointer.CROSS,
        msg("Click around the new cell, or drag around it; right click takes the last point back; double click or Enter makes the cell."),
    ),
    "paint": _edits(
        paint,
        Pointer.NONE,
        msg("Click the cell that gets the land, then paint over its neighbours; [ and ] make the brush smaller and larger."),
    ),
    "delete_cell": _edits(
        delete_cell,
        Pointer.POINTING,
        msg("Click the cell to delete, then the neighbour that gets its land; Enter: the one with the longest border."),
    ),
    "extend_county": _edits(
        extend_county,
        Pointer.CROSS,
        msg("Draw around land beyond the county's border; it joins the selected cell, or the one that you begin in."),
    ),
    "cut_county": _edits(
        cut_county,
        Pointer.CROSS,
        msg("Draw around land at the county's border that is to leave the county; double click or Enter ends."),
    ),
    "smooth": _edits(
        smooth,
        Pointer.POINTING,
        msg("Click a border to round its corners, or into the selected cell for all of its borders; [ and ] for less and more."),
    ),
    "simplify": _edits(
        simplify,
        Pointer.POINTING,
        msg("Click a border to leave out points that hardly matter, or into the selected cell; [ and ] for less and more."),
    ),
}

GESTURES: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (msg("While drawing: do not snap"), ("Alt",)),
    (msg("While drawing: follow the border to the pointer"), ("Ctrl",)),
    (msg("While drawing: keep to steps of 15°"), ("Shift",)),
    (msg("While drawing: 120 m in the direction 45°, clockwise from north"), ("120<45",)),
    (msg("While drawing: 120 m, turned right by 90°"), ("120<@90",)),
    (msg("While drawing: 20 m east and 5 m south of the last point"), ("@20,-5",)),
    (msg("While drawing: take the last point back"), ("Backspace", "Ctrl+Z")),
    (msg("End the line"), ("Enter",)),
    (msg("Choose points of borders: draw around them"), ("N, Shift",)),
    (msg("Make the brush, the rounding or the tolerance smaller or larger"), ("[", "]")),
)
"""What keys do while a tool is in the hand, for the list of keys."""
