"""The tools that look at the map, and the ways to move over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gis_app.gui import going
from gis_app.gui.operations.operation import COUNTY, PLAN, Operation, Run, county, selected
from gis_app.language import msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def taking(name: str) -> tuple[Run, Callable[[Window], bool]]:
    """Return what takes a tool into the hand, and what tells whether it is there."""
    return (lambda w: w.set_tool(name)), (lambda w: w.tool == name)


def map_tools() -> tuple[Operation, ...]:
    """Return the tools that look, the first of the tool row."""
    select, pan, box = taking("select"), taking("pan"), taking("zoom_box")
    seen = COUNTY
    rest = tuple(workspace for workspace in COUNTY if workspace not in PLAN)
    return (
        Operation("select", msg("Select"), "mouse-pointer-2", select[0], ("V",), row=seen, is_on=select[1], why_not=county),
        Operation("pan", msg("Pan the map"), "hand", pan[0], ("H",), row=seen, is_on=pan[1], why_not=county, short=msg("Pan"), bare=True),
        Operation(
            "box",
            msg("Zoom to a box"),
            "scan-search",
            box[0],
            ("Z",),
            row=rest,
            is_on=box[1],
            why_not=county,
            short=msg("Box"),
            bare=True,
        ),
    )


def looking() -> tuple[Operation, ...]:
    """Return what measures and moves over the map."""
    measure = taking("measure")
    rest = tuple(workspace for workspace in COUNTY if workspace not in PLAN)
    return (
        Operation("measure", msg("Measure"), "ruler", measure[0], ("D",), row=COUNTY, is_on=measure[1], why_not=county, bare=True),
        Operation("zoom_in", msg("Zoom in"), "zoom-in", lambda w: w.canvas.zoom_in(), ("+", "="), why_not=county),
        Operation("zoom_out", msg("Zoom out"), "zoom-out", lambda w: w.canvas.zoom_out(), ("-",), why_not=county),
        Operation(
            "whole",
            msg("Whole county"),
            "maximize",
            lambda w: w.canvas.zoom_to_whole(),
            ("0",),
            row=rest,
            why_not=county,
            short=msg("Whole"),
        ),
        Operation("zoom_selection", msg("Zoom to the selection"), "focus", lambda w: w.zoom_to_selection(), (".",), why_not=selected),
        Operation("go_to", msg("Go to coordinates"), "crosshair", going.ask_place, ("Ctrl+G",), why_not=county),
        Operation("deselect", msg("Select nothing"), "x", lambda w: w.deselect(), ("Esc",), why_not=county),
    )
