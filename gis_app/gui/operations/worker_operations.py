"""Grid workers: the roster, absences, and who looks after which cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.gui import duty_work
from gis_app.gui.operations.operation import PLAN, Operation, county, planning
from gis_app.language import Message, msg

if TYPE_CHECKING:
    from gis_app.gui.window import Window

NO_WORKER = msg("Select a grid worker first, in the table or by the search.")


def _worker(window: Window) -> Message | None:
    """Refuse where no worker is selected."""
    return county(window) or (None if duty_work.selected_worker(window) is not None else NO_WORKER)


def _dividing(window: Window) -> Message | None:
    """Refuse outside of Plan, and where no worker is selected."""
    return planning(window) or _worker(window)


def _with_cells(window: Window) -> Message | None:
    reason = _dividing(window)
    worker = duty_work.selected_worker(window)
    return reason if reason is not None or worker is None or worker.cells else msg("The grid worker has no cell yet.")


def _overloaded(window: Window) -> Message | None:
    reason = _with_cells(window)
    worker = duty_work.selected_worker(window)
    if reason is not None or worker is None or window.session is None:
        return reason
    return None if window.session.derived.burdens[worker.id].over else msg("The grid worker is not overloaded.")


def _cell(window: Window) -> Message | None:
    reason = planning(window)
    return reason if reason is not None or duty_work.selected_cell(window) else msg("Select a cell first.")


def worker_operations() -> tuple[Operation, ...]:
    """Return what is done with grid workers."""
    return (
        Operation("worker_add", msg("Add a grid worker"), "plus", duty_work.add, (), PLAN, more=PLAN, why_not=county, group=True),
        Operation("worker_edit", msg("Edit the grid worker"), "square-pen", duty_work.edit, (), PLAN, why_not=_worker),
        Operation("worker_absence", msg("Absence of the grid worker"), "clock", duty_work.absence, (), PLAN, why_not=_worker),
        Operation("worker_give", msg("Give the grid worker a cell"), "map-pinned", duty_work.ask_cell, (), PLAN, why_not=_dividing),
        Operation("worker_take", msg("Take a cell from the grid worker"), "x", duty_work.take_away, (), PLAN, why_not=_with_cells),
        Operation(
            "worker_swap", msg("Let the grid worker swap with a colleague"), "refresh-cw", duty_work.ask_swap, (), PLAN, why_not=_with_cells
        ),
        Operation("worker_relieve", msg("Relieve the overloaded grid worker"), "users", duty_work.relieve, (), PLAN, why_not=_overloaded),
        Operation(
            "cell_worker", msg("Give this cell to …"), "user-check", duty_work.ask_worker, ("Shift+J",), PLAN, more=PLAN, why_not=_cell
        ),
        Operation(
            "worker_assign",
            msg("Assign grid workers by the program …"),
            "sparkles",
            duty_work.assign,
            ("Shift+O",),
            PLAN,
            more=PLAN,
            why_not=planning,
        ),
    )
