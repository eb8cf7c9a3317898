"""The page of the inspector about a grid worker: how to reach him, his cells, how much work they are, his days, and what can be done."""

from functools import partial

import numpy as np
from PySide6.QtWidgets import QLayout, QWidget

from gis_app.grid.workers import Worker
from gis_app.gui.icons import icon
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.inspector_whistles import whistle_links
from gis_app.gui.widgets import button, card, column, facts, label, row
from gis_app.gui.words import households_text, unit_name
from gis_app.language import format_number, listed, msg, tr

Page = list[QWidget | QLayout]

ACTIONS = (
    (("worker_edit", "square-pen", msg("Edit")), ("worker_absence", "clock", msg("Absence")), ("worker_swap", "refresh-cw", msg("Swap"))),
    (("worker_give", "map-pinned", msg("Give a cell")), ("worker_take", "x", msg("Take a cell"))),
)
"""What is offered on the page, in two rows: operation, icon, word."""


def worker_page(panel: Inspector, worker_id: int) -> Page:
    """Show a grid worker with everything of his."""
    state = panel.session.state
    worker = state.workers[worker_id]
    people = [
        (tr("Phone"), panel.phone(worker.phone) or "–"),
        (
            tr("Village"),
            panel.link(unit_name(state.units[worker.village]), "units", worker.village) if worker.village in state.units else "–",
        ),
        (tr("Languages, skills"), label(listed(worker.skills.split(",")) or "–", "value", wrap=True)),
    ]
    page: Page = [
        label(tr("Grid worker"), "secondary"),
        panel.title(panel.name(worker.name)),
        label(worker.code, "secondary", selectable=True),
        facts(people),
        row(panel.private_button(), None),
        *_absence(panel, worker),
        *_actions(panel),
        heading(tr("Looks after")),
        *_cells(panel, worker),
    ]
    if worker.cells:
        page += [heading(tr("Load")), *_load(panel, worker)]
    page += [heading(tr("Days of work")), *_days(panel, worker)]
    if worker.notes:
        page += [heading(tr("Notes")), label(worker.notes if panel.private else "***", wrap=True)]
    whistles = whistle_links(panel, np.isin(state.cases.cell, worker.cells), only_open=True) if worker.cells else []
    if whistles:
        title = tr("Open whistles of the cell") if len(worker.cells) == 1 else tr("Open whistles of the cells")
        page += [heading(title), *whistles]
    if worker.cells or worker.home is not None:
        page.append(row(panel.zoom_button("workers", worker_id), None))
    return page


def _actions(panel: Inspector) -> Page:
    if panel.session.workspace != "plan":
        return []
    palette, accent = panel.session.palette, panel.session.palette.accent
    return [
        row(
            *(
                button(str(text), partial(panel.operation_wanted.emit, name), "link", icon(sign, palette, accent))
                for name, sign, text in line
            ),
            None,
            spacing=12,
        )
        for line in ACTIONS
    ]


def _absence(panel: Inspector, worker: Worker) -> Page:
    """Say that he is absent today (or will be), and who stands in."""
    state, day = panel.session.state, panel.session.state.settings.today()
    if worker.absent_from is None or (worker.absent_until is not None and worker.absent_until < day):
        return []
    until = worker.absent_until
    told = (
        tr("Absent from {first} until {last}.", first=worker.absent_from, last=until)
        if until is not None
        else tr("Absent from {first} on.", first=worker.absent_from)
    )
    other = state.workers.get(worker.substitute)
    if other is None:
        return [card(panel.advice(told, "warning"), label(tr("Nobody stands in; choose a substitute."), "danger", wrap=True))]
    stands = row(label(tr("Stands in:"), "secondary"), panel.link(panel.name(other.name), "workers", other.id), None)
    gone = [] if other.works_on(day) else [label(tr("The substitute does not work today either."), "danger", wrap=True)]
    return [card(panel.advice(told, "warning"), stands, *gone)]


def _cells(panel: Inspector, worker: Worker) -> Page:
    """Link every cell with its households."""
    session = panel.session
    if not worker.cells:
        return [panel.advice(tr("No cell yet. Give him one, or drag his row from the table onto a cell of the map."))]
    page: Page = []
    for cell in worker.cells:
        figures = session.derived.figures.get(cell)
        if figures is None:
            continue
        told = households_text(figures.households, figures.residents)
        others = [session.state.workers[other] for other in figures.workers if other != worker.id]
        if others:
            told += " · " + tr("together with {names}", names=listed(panel.name(other.name) for other in others))
        page.append(
            column(panel.link(unit_name(session.state.units.get(cell)), "units", cell), label(told, "secondary", wrap=True), spacing=0)
        )
    return page


def _load(panel: Inspector, worker: Worker) -> Page:
    """Say how much work his cells are, against the branch, and what it is made of."""
    session = panel.session
    settings, loads, burden = session.state.settings, session.derived.loads, session.derived.burdens[worker.id]
    at = np.flatnonzero(np.isin(loads.cells, worker.cells))
    kilometres = float(loads.kilometres[at].sum())
    cases = int(loads.cases[at].sum())
    made_of = [
        (tr("Resident households"), format_number(int(loads.residents[at].sum()))),
        (tr("What their flags add"), format_number(float(loads.flags[at].sum()), 1)),
        (tr("Open whistles"), _weighed(format_number(cases), cases, settings.case_weight)),
        (tr("Round"), _weighed(tr("{km} km", km=format_number(kilometres, 1)), kilometres, settings.walking_weight)),
    ]
    mean = tr("{load} · {share} of the mean of the branch", load=format_number(burden.load, 1), share=f"{burden.share:.0%}")
    page: Page = [label(mean, "value", wrap=True)]
    if burden.over:
        relieve = button(tr("Relieve …"), lambda: panel.operation_wanted.emit("worker_relieve"), "primary")
        offered = [row(relieve, None)] if session.workspace == "plan" else []
        page.append(card(panel.advice(_why_over(burden.load, burden.capacity, settings.overload_percent), "danger"), *offered))
    capacity = format_number(burden.capacity) if burden.capacity else tr("no limit")
    shared = [other for cell in worker.cells for other in session.derived.figures[cell].workers if other != worker.id]
    if shared:
        page.append(label(tr("What several workers look after is counted equally among them."), "secondary", wrap=True))
    return [*page, facts([*made_of, (tr("Can bear"), capacity)])]


def _weighed(shown: str, amount: float, weight: float) -> str:
    return tr("{amount} (counts {load})", amount=shown, load=format_number(amount * weight, 1))


def _why_over(load: float, capacity: float, percent: int) -> str:
    if capacity and load > capacity:
        return tr("Overloaded: more than the {capacity} that can be borne.", capacity=format_number(capacity))
    return tr("Overloaded: more than {percent} % of the mean of the branch.", percent=percent)


def _days(panel: Inspector, worker: Worker) -> Page:
    state = panel.session.state
    since = str(worker.since) if worker.since is not None else tr("not written down")
    until = str(worker.until) if worker.until is not None else tr("open")
    other = state.workers.get(worker.substitute)
    stands = panel.link(panel.name(other.name), "workers", other.id) if other is not None else tr("nobody")
    for_whom = [one for one in state.workers.values() if one.substitute == worker.id]
    lines: list[tuple[str, str | QWidget]] = [(tr("Since"), since), (tr("Until"), until), (tr("Substitute"), stands)]
    lines += [(tr("Substitute of"), panel.link(panel.name(one.name), "workers", one.id)) for one in for_whom[:4]]
    return [facts(lines)]


def answering(panel: Inspector, cell: int) -> list[tuple[str, str | QWidget]]:
    """Say who answers for a cell today, where that is not one of its workers."""
    state = panel.session.state
    today_s = panel.session.derived.answering.get(cell, 0)
    figures = panel.session.derived.figures[cell]
    if not figures.workers or (today_s in figures.workers and figures.workers[0] == today_s):
        return []
    if not today_s:
        return [(tr("Answers today"), label(tr("nobody: absent without a substitute"), "danger", wrap=True))]
    worker = state.workers[today_s]
    return [(tr("Answers today"), panel.link(f"{panel.name(worker.name)} · {panel.phone(worker.phone)}", "workers", worker.id))]
