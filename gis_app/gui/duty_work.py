"""What a person does with the duties of grid workers: give and take cells, swap, write absences, relieve; each is one edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis_app.county.worker_edits import give_cells, hand_over_cells, swap_workers
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker
from gis_app.gui.question import Choice
from gis_app.gui.words import unit_name
from gis_app.language import listed, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def selected_worker(window: Window) -> Worker | None:
    """Return the worker that is selected."""
    if window.session is None:
        return None
    table, found = window.session.selected
    return window.session.state.workers.get(found) if table == "workers" else None


def selected_cell(window: Window) -> int:
    """Return the cell that is selected, 0 for none."""
    if window.session is None:
        return 0
    table, found = window.session.selected
    unit = window.session.state.units.get(found) if table == "units" else None
    return unit.id if unit is not None and unit.level == Level.CELL else 0


# ------------------------------------------------------------ giving


def besides(window: Window, worker: int, cell: int) -> None:
    """Give a worker a cell beside those that he has; who has it already shares it with him."""
    if window.session is not None:
        known = window.session.state.workers[worker]
        window.perform(give_cells(worker, (*known.cells, cell)))


def instead(window: Window, worker: int, cell: int) -> None:
    """Give a worker a cell in place of those that he has."""
    window.perform(give_cells(worker, (cell,)))


def give(window: Window, worker: int, cell: int) -> None:
    """Give a worker a cell; where he has others, or somebody else has it, ask what is meant."""
    from gis_app.gui.operations.operation import planning

    if (reason := planning(window)) is not None:
        window.banner.problem(str(reason))
        return
    assert window.session is not None and window.page is not None
    state = window.session.state
    known, unit = state.workers.get(worker), state.units.get(cell)
    if known is None or unit is None:
        return
    names = {"name": mask_name(known.name), "cell": unit_name(unit)}
    if cell in known.cells:
        window.banner.news(tr("{name} looks after {cell} already.", **names))
        return
    holders = [state.workers[other] for other in window.session.derived.figures[cell].workers]
    if not holders and not known.cells:
        instead(window, worker, cell)
        return
    window.page.view.question.ask(
        tr("Give {cell} to {name}", **names), _told(window, known, holders), _choices(window, known, cell, holders)
    )


def _told(window: Window, worker: Worker, holders: list[Worker]) -> str:
    assert window.session is not None
    parts = []
    if worker.cells:
        mine = listed(unit_name(window.session.state.units.get(cell)) for cell in worker.cells)
        parts.append(tr("{name} looks after {cells} now.", name=mask_name(worker.name), cells=mine))
    if holders:
        parts.append(tr("The cell is looked after by {names} now.", names=listed(mask_name(other.name) for other in holders)))
    return " ".join(parts)


def _choices(window: Window, worker: Worker, cell: int, holders: list[Worker]) -> list[Choice]:
    """Return the ways to give a cell: the gentlest first."""
    found: list[Choice] = []
    state = window.session.state if window.session is not None else None
    same = state is not None and state.units[cell].parent in {worker.village, 0}
    if holders and (same or not worker.cells):
        other = holders[0]
        name = mask_name(other.name)
        found.append((tr("Take it over from {name}", name=name), lambda: window.perform(hand_over_cells(other.id, worker.id, (cell,)))))
        found.append((tr("Share it with {name}", name=name), lambda: besides(window, worker.id, cell)))
        if worker.cells and other.village == worker.village:
            found.append((tr("Swap with {name}", name=name), lambda: window.perform(swap_workers(worker.id, other.id))))
        return found
    if same and worker.cells:
        found.append((tr("Beside the cells of now"), lambda: besides(window, worker.id, cell)))
    found.append((tr("In place of the cells of now"), lambda: instead(window, worker.id, cell)))
    return found


# ------------------------------------------------------------ panels


def ask_cell(window: Window) -> None:
    """Let a cell be chosen for the selected worker."""
    from gis_app.gui.duty_panel import DutyPanel, cells_for

    worker, session, page = selected_worker(window), window.session, window.page
    if worker is None or session is None or page is None:
        return
    about = tr("A cell for {name}: of the branch, vacant ones first.", name=mask_name(worker.name))
    panel = DutyPanel(
        window,
        tr("Give a cell"),
        about,
        lambda words: cells_for(session, worker.id, words),
        lambda cell: page.view.duty.show_duty(session, worker.id, (cell,)),
        tr("Give this cell"),
        lambda cell: give(window, worker.id, cell),
    )
    page.show_right(panel, panel.ended)


def ask_worker(window: Window, cell: int = 0) -> None:
    """Let a worker be chosen for a cell (the selected one)."""
    from gis_app.gui.duty_panel import DutyPanel, workers_for

    session, page, wanted = window.session, window.page, cell or selected_cell(window)
    if session is None or page is None or not wanted:
        return
    about = tr("A grid worker for {cell}: of the branch, those without a cell first.", cell=unit_name(session.state.units[wanted]))
    panel = DutyPanel(
        window,
        tr("Give this cell to …"),
        about,
        lambda words: workers_for(session, wanted, words),
        lambda worker: page.view.duty.show_duty(session, worker, (wanted,)),
        tr("Give the cell"),
        lambda worker: give(window, worker, wanted),
    )
    page.show_right(panel, panel.ended)
    panel.words.setFocus()


def ask_swap(window: Window) -> None:
    """Let a colleague be chosen with whom the selected worker changes places."""
    from gis_app.gui.duty_panel import DutyPanel, colleagues_of

    worker, session, page = selected_worker(window), window.session, window.page
    if worker is None or session is None or page is None:
        return
    panel = DutyPanel(
        window,
        tr("Swap"),
        tr("{name} and a colleague change places.", name=mask_name(worker.name)),
        lambda words: colleagues_of(session, worker.id, words),
        lambda other: page.view.duty.show_duty(session, worker.id, session.state.workers[other].cells),
        tr("Swap"),
        lambda other: window.perform(swap_workers(worker.id, other)),
    )
    page.show_right(panel, panel.ended)


def take_away(window: Window) -> None:
    """Take a cell from the selected worker; of several, ask which."""
    worker, session, page = selected_worker(window), window.session, window.page
    if worker is None or session is None or page is None:
        return
    if len(worker.cells) == 1:
        window.perform(give_cells(worker.id, ()))
        return

    def left(gone: int) -> None:
        window.perform(give_cells(worker.id, tuple(cell for cell in worker.cells if cell != gone)))

    choices: list[Choice] = [(unit_name(session.state.units.get(cell)), lambda cell=cell: left(cell)) for cell in worker.cells[:4]]  # type: ignore[misc]
    page.view.question.ask(tr("Take a cell away"), tr("Which cell does {name} give up?", name=mask_name(worker.name)), choices)


def relieve(window: Window) -> None:
    """Show what would relieve the selected worker."""
    from gis_app.gui.duty_panel import ReliefPanel

    worker = selected_worker(window)
    if worker is not None and window.page is not None:
        panel = ReliefPanel(window, worker.id)
        window.page.show_right(panel, panel.ended)


def add(window: Window) -> None:
    """Show the form of a new worker, for the village of what is selected."""
    from gis_app.gui.worker_form import WorkerForm, show

    if window.session is None:
        return
    table, found = window.session.selected
    village = window.session.state.units.ancestor(found, Level.VILLAGE) if table == "units" else None
    worker = selected_worker(window)
    show(window, WorkerForm(window, None, village.id if village is not None else worker.village if worker is not None else 0))


def edit(window: Window) -> None:
    """Show the form of the selected worker."""
    from gis_app.gui.worker_form import WorkerForm, show

    worker = selected_worker(window)
    if worker is not None and window.session is not None:
        show(window, WorkerForm(window, window.session.county.state.workers.get(worker.id, worker)))


def absence(window: Window) -> None:
    """Show the form of the absence of the selected worker."""
    from gis_app.gui.worker_form import AbsenceForm, show

    worker = selected_worker(window)
    if worker is not None:
        show(window, AbsenceForm(window, worker))


def assign(window: Window) -> None:
    """Let the program match workers with cells, for the village of what is selected or the whole county."""
    from gis_app.gui.assign_panel import show

    show(window)
