"""What is done with former grids: the networks of other offices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui import former_compare, former_work
from gis_app.gui.operations.operation import PLAN, Operation, idle, planning
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _some(window: Window) -> Message | None:
    reason = planning(window) or idle(window)
    if reason is not None or window.session is None:
        return reason
    return None if window.session.county.state.former_grids else msg("No grid of another office is loaded yet.")


def former_operations() -> tuple[Operation, ...]:
    """Return what loads former grids, lays them over one another and writes where their units went."""
    return (
        Operation(
            "load_former",
            msg("Load a grid of another office"),
            "file-input",
            former_work.ask_files,
            (),
            PLAN,
            why_not=idle,
            short=msg("Former grid"),
            more=PLAN,
        ),
        Operation(
            "overlay_former", msg("Lay former grids over one another"), "combine", former_compare.show, (), PLAN, why_not=_some, more=PLAN
        ),
        Operation("write_former", msg("Write where the former units went"), "table-2", former_work.show_crosswalk, (), PLAN, why_not=_some),
        Operation(
            "renew_former", msg("Work out where the former units went anew"), "refresh-cw", former_work.renew, (), PLAN, why_not=_some
        ),
    )
