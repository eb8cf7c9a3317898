"""Taking calls, and being told when something falls due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui.operations.operation import EVERYWHERE, Operation, county
from gis_app.language import msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _take_call(window: Window) -> None:
    from gis_app.gui.intake_panel import take_call

    take_call(window)


def _switch_alarm(window: Window) -> None:
    window.preferences.alarm = not window.preferences.alarm


def intake_operations() -> tuple[Operation, ...]:
    """Return what a service centre does all day."""
    return (
        Operation(
            "call",
            msg("Register a whistle"),
            "phone",
            _take_call,
            ("W",),
            row=("cases",),
            main=True,
            why_not=county,
            short=msg("New whistle"),
        ),
        Operation(
            "alarm", msg("Alarm when something falls due"), "timer", _switch_alarm, (), EVERYWHERE, is_on=lambda w: w.preferences.alarm
        ),
    )
