"""Watching and answering for it: the line of a leader, tasks to cells, call-backs, talks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui.operations.operation import Operation, county
from gis_app.language import msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _watch(window: Window) -> None:
    from gis_app.gui.watch_panel import show

    show(window)


def _only_line(window: Window) -> None:
    from gis_app.gui.watch_panel import switch_line

    switch_line(window)


def _tasks(window: Window) -> None:
    from gis_app.gui.tasks_panel import show

    show(window)


def _talks(window: Window) -> None:
    from gis_app.gui.talks_panel import show

    show(window)


def _call_back(window: Window) -> None:
    from gis_app.gui.call_back_panel import show

    show(window)


def _is_limited(window: Window) -> bool:
    return window.session is not None and window.session.line is not None


CASES = ("cases",)


def watch_operations() -> tuple[Operation, ...]:
    """Return what leaders and those who work for them do."""
    return (
        Operation(
            "watch",
            msg("Watch the bodies of a line"),
            "eye",
            _watch,
            ("Shift+W",),
            CASES,
            CASES,
            why_not=county,
            short=msg("Watch"),
            group=True,
        ),
        Operation("tasks", msg("Tasks for cells"), "list-checks", _tasks, ("Shift+K",), CASES, CASES, why_not=county, short=msg("Tasks")),
        Operation("call_back", msg("Call back for ratings"), "phone", _call_back, ("Shift+B",), CASES, more=CASES, why_not=county),
        Operation(
            "only_line",
            msg("Only my line"),
            "list-filter",
            _only_line,
            ("Shift+L",),
            ("cases", "analyse"),
            more=CASES,
            why_not=county,
            is_on=_is_limited,
        ),
        Operation("talks", msg("Accountability: talks with bodies"), "users", _talks, ("Shift+Y",), CASES, more=CASES, why_not=county),
    )
