"""What changes or checks the county, and switches of the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gis_app.gui import problem_work
from gis_app.gui.operations.operation import NO_COUNTY, Operation, Run, county, idle, redoable, undoable
from gis_app.language import Message, msg
from gis_app.map.scene import LayerKind

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _switch(kind: LayerKind) -> tuple[Run, Callable[[Window], bool]]:
    return (lambda w: w.switch_layer(kind)), (lambda w: w.shows_layer(kind))


def _whistles(window: Window) -> Message | None:
    """Refuse where the map shows no whistles."""
    if window.session is None:
        return NO_COUNTY
    return None if window.session.workspace in ("cases", "analyse") else msg("Turn to the workspace Cases or Analyse first.")


def _switch_flows(window: Window) -> None:
    """Show the hand-overs, and the whole county with the bodies beside it; or hide them."""
    window.switch_layer(LayerKind.FLOWS)
    if window.shows_layer(LayerKind.FLOWS):
        window.canvas.zoom_to_whole()


def history_steps() -> tuple[Operation, ...]:
    """Return the two ways through the history."""
    both = ("plan", "cases")
    redo = ("Ctrl+Y", "Ctrl+Shift+Z")
    return (
        Operation("undo", msg("Undo"), "undo-2", lambda w: w.undo(), ("Ctrl+Z",), row=both, why_not=undoable, group=True, bare=True),
        Operation("redo", msg("Redo"), "redo-2", lambda w: w.redo(), redo, row=both, why_not=redoable, bare=True),
    )


def county_work() -> tuple[Operation, ...]:
    """Return what changes or checks the county."""
    density, clusters = _switch(LayerKind.DENSITY), _switch(LayerKind.HOTSPOT_CELLS)
    flows = _switch(LayerKind.FLOWS)
    hot = ("cases", "analyse")
    return (
        Operation(
            "assign_households",
            msg("Assign all households to cells"),
            "house",
            lambda w: w.perform_named("assign_households"),
            why_not=idle,
            short=msg("Assign households"),
            more=("plan",),
        ),
        Operation(
            "assign_workers",
            msg("Assign grid workers to cells"),
            "user-check",
            lambda w: w.perform_named("assign_workers"),
            why_not=idle,
            short=msg("Assign workers"),
            more=("plan",),
        ),
        Operation(
            "check",
            msg("Check the whole county"),
            "shield-check",
            lambda w: w.check(),
            ("F8",),
            row=("plan",),
            why_not=idle,
            short=msg("Check"),
        ),
        Operation("limits", msg("Floors and limits"), "settings", problem_work.show_limits, why_not=county, more=("plan",)),
        Operation(
            "route",
            msg("Route all whistles without a receiving body"),
            "route",
            lambda w: w.perform_named("route_cases"),
            row=("cases",),
            why_not=idle,
            short=msg("Route"),
            group=True,
        ),
        Operation(
            "density",
            msg("Density of whistles"),
            "flame",
            density[0],
            row=hot,
            is_on=density[1],
            why_not=county,
            short=msg("Density"),
            group=True,
        ),
        Operation(
            "clusters",
            msg("Significant clusters"),
            "crosshair",
            clusters[0],
            row=hot,
            is_on=clusters[1],
            why_not=county,
            short=msg("Clusters"),
        ),
        Operation(
            "flows",
            msg("Hand-overs between bodies"),
            "waypoints",
            _switch_flows,
            ("Shift+F",),
            row=("analyse",),
            is_on=flows[1],
            why_not=_whistles,
            short=msg("Hand-overs"),
            more=("cases",),
        ),
        Operation(
            "time",
            msg("Time slider"),
            "clock",
            lambda w: w.toggle_time(),
            ("Shift+T",),
            row=hot,
            is_on=lambda w: w.shows_time,
            why_not=county,
            short=msg("Time"),
        ),
        Operation("next", msg("Next problem or whistle"), "arrow-right", lambda w: w.go_next(), ("Ctrl+J",), why_not=county),
        Operation("find", msg("Find in table"), "table-2", lambda w: w.find_in_table(), ("F",), why_not=county),
    )
