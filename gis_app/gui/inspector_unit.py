"""The pages of the inspector about units, households, workers, bodies, and the county as a whole."""

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QLayout, QWidget

from gis_app.cases.bodies import Body
from gis_app.cases.case import CaseKind
from gis_app.cases.display import body_kind_text, department_category_text
from gis_app.cases.statistics import definitions
from gis_app.cases.statistics import figures as case_figures
from gis_app.grid.households import Unassigned
from gis_app.grid.units import Level, Unit
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.inspector_division import actions_row, advice_place, locked_line, own_history
from gis_app.gui.inspector_whistles import whistle_links
from gis_app.gui.inspector_worker import answering
from gis_app.gui.rows import how_placed
from gis_app.gui.unit_figures import UnitFigures
from gis_app.gui.widgets import button, card, column, facts, label, row
from gis_app.gui.words import UNIT_KINDS, households_text, unit_name
from gis_app.language import Message, format_code, format_number, format_time, msg, tr

Page = list[QWidget | QLayout]


def county_page(panel: Inspector) -> Page:
    """Say what the county holds, and what to do to see more."""
    session, state = panel.session, panel.session.state
    figures = case_figures(state.cases)
    rate = "–" if figures.completion_rate is None else f"{figures.completion_rate:.1%}"
    units = " · ".join(format_number(len(state.units.at_level(level))) for level in Level)
    households = households_text(len(state.households), int(state.households.resident.sum()))
    area = sum(session.derived.figures[u.id].area for u in state.units.at_level(Level.TOWNSHIP))
    counts = (format_number(figures.received), format_number(figures.reasonable), format_number(figures.completed), rate)
    defined = [(str(name), str(tip)) for name, tip in definitions()[:4]]
    whistles = facts([(name, value) for (name, _), value in zip(defined, counts, strict=True)], dict(defined))
    known: Page = [
        label(state.settings.plan_name or tr("County"), "secondary"),
        panel.title(state.settings.name or tr("Unnamed county")),
        label(format_code(state.settings.code), "secondary"),
        facts(
            [
                (tr("Townships · villages · cells"), units),
                (tr("Households"), label(households, "value", wrap=True)),
                (tr("Grid workers"), format_number(len(state.workers))),
                (tr("Area"), tr("{area} km²", area=format_number(area, 0))),
            ]
        ),
    ]
    if len(state.cases):
        known += [heading(tr("Whistles")), whistles]
    hint = tr("Click a cell, a household or a whistle on the map to see what belongs to it. Ctrl+K finds anything.")
    return [*known, heading(tr("Nothing is selected")), label(hint, "secondary", wrap=True)]


def unit_page(panel: Inspector, unit_id: int) -> Page:
    """Show a township, village or cell: its figures, who answers for it, and what deserves attention."""
    session, state = panel.session, panel.session.state
    unit, figures = state.units[unit_id], session.derived.figures[unit_id]
    upper = state.units.path(unit_id)[:-1]
    above = row(*(panel.link(unit_name(u) + " ›", "units", u.id) for u in upper), None, spacing=2) if upper else column()
    page: Page = [above] if upper else []
    page += [
        panel.title(unit_name(unit)),
        label(f"{format_code(unit.code)} · {UNIT_KINDS[unit.kind]}", "secondary", selectable=True),
        facts(_unit_facts(panel, unit, figures)),
    ]
    notes = _unit_notes(panel, unit, figures)
    if notes:
        page.append(card(*notes))
    page += [*locked_line(panel, unit), advice_place(panel, unit, figures), *actions_row(panel, unit)]
    page += [*_whistles_of(panel, unit, figures), *own_history(panel, unit)]
    children = state.units.children(unit_id)
    if children:
        count = format_number(len(children))
        villages = unit.level == Level.TOWNSHIP
        page.append(
            heading(tr("Villages and communities in it: {count}", count=count) if villages else tr("Cells in it: {count}", count=count))
        )
        page += [panel.link(unit_name(child), "units", child.id) for child in children[:40]]
    if unit.remark:
        page += [heading(tr("Remark")), label(unit.remark, wrap=True)]
    page.append(row(panel.zoom_button("units", unit_id), None))
    return page


def units_page(panel: Inspector, ids: tuple[int, ...]) -> Page:
    """Show several units at once: what they hold together, and each of them."""
    known = panel.session.derived.figures
    figures = [known[i] for i in ids]
    households = households_text(sum(f.households for f in figures), sum(f.residents for f in figures))
    people = format_number(sum(f.people for f in figures))
    whistles = tr(
        "{open} open of {all}", open=format_number(sum(f.open_cases for f in figures)), all=format_number(sum(f.cases for f in figures))
    )
    area = tr("{area} km²", area=format_number(sum(f.area for f in figures), 2))
    return [
        panel.title(tr("{count} units together", count=len(ids))),
        facts(
            [
                (tr("Households"), label(households, "value", wrap=True)),
                (tr("People"), people),
                (tr("Area"), area),
                (tr("Whistles"), whistles),
            ]
        ),
        heading(tr("Which they are")),
        *(_line_of(panel, i, known[i]) for i in ids[:40]),
    ]


def _line_of(panel: Inspector, unit_id: int, figures: UnitFigures) -> QLayout:
    """Return one of several units, a line each: its name, what it holds, and what is too little."""
    count = households_text(figures.households, figures.residents)
    area = tr("{area} km²", area=format_number(figures.area, 2))
    unit = panel.session.state.units[unit_id]
    below = unit.level == Level.CELL and figures.residents < figures.floor
    said: list[QWidget] = []
    if below:
        said.append(label(tr("below {floor}", floor=format_number(figures.floor)), "danger"))
    if unit.level == Level.CELL and not figures.workers:
        said.append(label(tr("(vacant)"), "warning"))
    told: list[QWidget | QLayout] = [label(f"{count} · {area}", "secondary"), *([row(*said, None, spacing=10)] if said else [])]
    return column(panel.link(unit_name(unit), "units", unit_id), *told, spacing=0)


def _unit_facts(panel: Inspector, unit: Unit, figures: UnitFigures) -> list[tuple[str, str | QWidget]]:
    state = panel.session.state
    found: list[tuple[str, str | QWidget]] = [
        (tr("Households"), label(households_text(figures.households, figures.residents), "value", wrap=True)),
        (tr("People"), format_number(figures.people)),
        (tr("Area"), tr("{area} km²", area=format_number(figures.area, 2))),
    ]
    if unit.level == Level.CELL:
        found.append((tr("Compactness"), format_number(figures.compactness, 2)))
        found += _looking_after(panel, unit.id)
    else:
        found.append((tr("Cells"), format_number(figures.cells)))
        found.append((tr("Grid workers"), format_number(len(figures.workers))))
    body = next((b for b in state.bodies.values() if b.unit == unit.id), None)
    if body is not None:
        found.append((tr("Receiving body"), panel.link(body.name, "bodies", body.id)))
    load = tr("{load} × the floor of {floor}", load=format_number(figures.load, 2), floor=format_number(figures.floor))
    found.append((tr("Load"), load))
    return found


def _looking_after(panel: Inspector, cell: int) -> list[tuple[str, str | QWidget]]:
    """Say who looks after a cell (three at most), and who answers today where that is another."""
    workers = [panel.session.state.workers[worker] for worker in panel.session.derived.figures[cell].workers]
    found: list[tuple[str, str | QWidget]] = [
        (tr("Grid worker"), panel.link(f"{panel.name(worker.name)} · {panel.phone(worker.phone)}", "workers", worker.id))
        for worker in workers[:3]
    ]
    return [*(found or [(tr("Grid worker"), label(tr("(vacant)"), "warning"))]), *answering(panel, cell)]


def _unit_notes(panel: Inspector, unit: Unit, figures: UnitFigures) -> Page:
    notes: Page = []
    if unit.level == Level.CELL and figures.residents < figures.floor:
        missing = figures.floor - figures.residents
        notes.append(panel.advice(tr("{missing} resident households below the floor of {floor}.", missing=missing, floor=figures.floor)))
    elif unit.level == Level.CELL and figures.floor and figures.load >= 2 and panel.session.workspace != "plan":
        times = format_number(figures.load, 1)
        notes.append(panel.advice(tr("Holds {times} times the floor: it could be two cells.", times=times)))
    if unit.level == Level.CELL and not figures.workers:
        notes.append(panel.advice(tr("Nobody looks after this cell."), "danger"))
    if unit.level != Level.CELL:
        cells = panel.session.state.units.cells(unit.id)
        below = sum(panel.session.derived.figures[c.id].residents < panel.session.derived.figures[c.id].floor for c in cells)
        if below:
            notes.append(
                panel.advice(tr("{below} of {cells} cells are below the floor of resident households.", below=below, cells=len(cells)))
            )
    return notes


def _whistles_of(panel: Inspector, unit: Unit, figures: UnitFigures) -> Page:
    """List the newest open whistles of a unit."""
    session, cases = panel.session, panel.session.state.cases
    cells = np.array([c.id for c in session.state.units.cells(unit.id)], np.int64)
    page: Page = [heading(tr("Open whistles: {open} of {all}", open=format_number(figures.open_cases), all=format_number(figures.cases)))]
    if not figures.cases:
        return [*page, label(tr("No whistle has been blown here."), "secondary")]
    return [*page, *whistle_links(panel, np.isin(cases.cell, cells), only_open=True)]


def household_page(panel: Inspector, household: int) -> Page:
    """Show a household: its people (masked), its cell and who looks after it."""
    session, state = panel.session, panel.session.state
    rows = session.county.store.rows("households", np.array([household], np.int64))
    homes = state.households  # where it belongs is told by the plan that is open
    at = int(np.searchsorted(homes.id, household))
    cell, reason = int(homes.cell[at]), int(homes.reason[at])
    name = panel.name(str(rows["head"][0])) or tr("Household {id}", id=household)
    flags = str(rows["flags"][0]) if panel.private else ("***" if rows["flags"][0] else "–")
    notes = (str(rows["notes"][0]) if panel.private else ("***" if rows["notes"][0] else "–")) or "–"
    page: Page = [
        label(tr("Household"), "secondary"),
        panel.title(name),
        label(str(rows["code"][0]), "secondary"),
        facts(
            [
                (tr("Address"), str(rows["address"][0]) or "–"),
                (tr("Phone"), panel.phone(str(rows["phone"][0])) or "–"),
                (tr("People"), format_number(int(rows["members"][0]))),
                (tr("Building"), str(rows["building"][0]) or "–"),
                (tr("Lives here"), tr("yes") if rows["resident"][0] else tr("no")),
                (tr("Flags"), flags),
                (tr("Notes"), notes),
                (tr("How placed"), how_placed(homes, at)),
            ]
        ),
        row(panel.private_button(), None),
    ]
    if reason == Unassigned.OUTSIDE_COUNTY:
        page.append(panel.advice(tr("Lies {distance} m outside the county.", distance=format_number(float(homes.distance[at])))))
    if reason == Unassigned.NO_COORDINATES:
        page.append(panel.advice(tr("It has no coordinates, so no cell is known. Put it on the map, or pin it to a cell.")))
    if session.workspace == "plan":
        verbs = [*HOUSEHOLD_VERBS, *([UNPIN] if homes.pinned[at] else [])]
        page += [row(*(_does(panel, name, text) for name, text in verbs), None, spacing=6)]
        if not np.isfinite(homes.x[at]):
            page += [row(_does(panel, "place_household", msg("Put on the map")), None)]
    if cell in state.units:
        page += [heading(tr("Where it belongs")), *_chain(panel, cell)]
    if cell in session.derived.figures:
        page += [heading(tr("Who looks after it")), facts(_looking_after(panel, cell))]
    told = (state.cases.kind != CaseKind.REPORT) | panel.private  # who reports a wrongdoing is shown only when it is asked for
    whistles = whistle_links(panel, (state.cases.household == household) & told)
    if whistles:
        page += [heading(tr("Its whistles")), *whistles]
    if reason != Unassigned.NO_COORDINATES:
        page.append(row(panel.zoom_button("households", household), None))
    return page


HOUSEHOLD_VERBS = (("edit_household", msg("Edit")), ("pin_households", msg("Pin to a cell")), ("retire_households", msg("Retire")))
UNPIN = ("unpin_households", msg("Unpin"))


def _does(panel: Inspector, operation: str, text: Message) -> QWidget:
    return button(str(text), lambda: panel.operation_wanted.emit(operation))


def households_page(panel: Inspector, households: tuple[int, ...]) -> Page:
    """Show several selected households: how many they are, in which cells, and what can be done with them."""
    state = panel.session.state
    homes = state.households
    at = np.searchsorted(homes.id, np.array(households, np.int64))
    cells, counts = np.unique(homes.cell[at], return_counts=True)
    most = sorted(zip(counts.tolist(), cells.tolist(), strict=True), reverse=True)[:8]
    page: Page = [
        label(tr("Selection"), "secondary"),
        panel.title(tr("{count} households", count=format_number(len(households)))),
        facts(
            [
                (tr("Live here"), format_number(int(homes.resident[at].sum()))),
                (tr("People"), format_number(int(homes.members[at].sum()))),
                (tr("set by hand"), format_number(int(homes.pinned[at].sum()))),
            ]
        ),
    ]
    if panel.session.workspace == "plan":
        verbs = [("pin_households", msg("Pin to a cell")), ("unpin_households", msg("Unpin"))]
        more = [("merge_households", msg("Merge")), ("retire_households", msg("Retire"))]
        page += [row(*(_does(panel, name, text) for name, text in line), None, spacing=6) for line in (verbs, more)]
    page.append(heading(tr("Cells")))
    nowhere = tr("without a cell")
    page += [
        panel.link(f"{unit_name(state.units.get(cell))} · {format_number(count)}", "units", cell)
        if cell
        else label(f"{nowhere} · {format_number(count)}")
        for count, cell in most
    ]
    return page


def _chain(panel: Inspector, cell: int) -> Page:
    """Link the cell of something and the units above it."""
    return [panel.link(unit_name(unit), "units", unit.id) for unit in reversed(panel.session.state.units.path(cell))]


def body_page(panel: Inspector, body_id: int) -> Page:
    """Show a receiving body: its people, and how it does."""
    state = panel.session.state
    body: Body = state.bodies[body_id]
    cases = state.cases
    mine = cases.body == body_id
    kind = str(body_kind_text(body.kind))
    category = f" · {department_category_text(body.category)}" if body.category else ""
    page: Page = [
        label(kind + category, "secondary"),
        panel.title(body.name),
        label(body.code, "secondary"),
        facts(
            [
                (tr("Receiver"), f"{panel.name(body.receiver)} · {panel.phone(body.receiver_phone)}"),
                (tr("Leader"), f"{panel.name(body.leader)} · {panel.phone(body.leader_phone)}"),
            ]
        ),
        row(panel.private_button(), None),
        heading(tr("Whistles with this body")),
        *(whistle_links(panel, mine) or [label(tr("None so far."), "secondary")]),
    ]
    if mine.any() and panel.session.workspace in ("cases", "analyse"):
        wanted = replace(panel.session.filter, body=body_id)
        page.append(row(button(tr("Show only these"), lambda: panel.session.set_filter(wanted), "link"), None))
    if mine.any():
        page.append(label(tr("Newest: {time}", time=format_time(cases.blown[mine].max().item())), "secondary"))
    if body.unit in state.units:
        page += [heading(tr("Governs")), panel.link(unit_name(state.units[body.unit]), "units", body.unit)]
    return page
