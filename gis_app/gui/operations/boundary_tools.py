"""The tools that change boundaries: each draws on the map, shows what it would do, and does it."""

from __future__ import annotations

from gis_app.gui.operations.map_tools import taking
from gis_app.gui.operations.operation import PLAN, Operation, planning
from gis_app.language import Message, msg


def boundary_tools() -> tuple[Operation, ...]:
    """Return the tools of the workspace Plan in the order of its tool row; rarer ones stand in the menu behind them."""
    return (
        _tool("nodes", "edit_nodes", msg("Move, add and remove nodes of a border"), "waypoints", "N", msg("Nodes"), group=True),
        _tool("reshape", "reshape", msg("Reshape a border along a drawn line"), "spline", "R", msg("Reshape")),
        _tool("split", "split", msg("Split a cell by a drawn line"), "square-split-horizontal", "S", msg("Split")),
        _tool("merge", "merge", msg("Merge cells"), "combine", "M", msg("Merge")),
        _tool("transfer", "transfer", msg("Transfer land to another cell"), "lasso", "T", msg("Transfer")),
        _tool("brush", "paint", msg("Paint land into the selected cell"), "brush", "B", msg("Brush")),
        _tool("draw_cell", "draw_cell", msg("Draw a new cell"), "pentagon", "C", msg("Draw cell")),
        _tool("split_polygon", "split_polygon", msg("Split a cell by a polygon"), "square-pen", "Shift+S", more=True),
        _tool("split_feature", "split_feature", msg("Split a cell along a reference line (river, road)"), "slice", "Alt+S", more=True),
        _tool("smooth", "smooth", msg("Smooth a border"), "activity", "Shift+N", more=True),
        _tool("simplify", "simplify", msg("Simplify a border"), "minimize-2", "Alt+N", more=True),
        _tool("delete_cell", "delete_cell", msg("Delete a cell into its neighbour"), "trash-2", "Shift+Del", more=True),
        _tool("extend_county", "extend_county", msg("Extend the county"), "expand", "E", more=True),
        _tool("cut_county", "cut_county", msg("Cut land off the county"), "scissors", "X", more=True),
    )


def _tool(
    id_: str, tool: str, text: Message, icon: str, key: str, short: Message | None = None, *, more: bool = False, group: bool = False
) -> Operation:
    run, is_on = taking(tool)
    return Operation(id_, text, icon, run, (key,), PLAN, () if more else PLAN, False, planning, is_on, short, PLAN if more else (), group)
