"""What the inspector says of a unit in the workspace Plan: what could be done about its size, locks, actions, and its own history."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from gis_app.county import boundary_edits
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.consequences import consequences
from gis_app.county.locks import lock_of
from gis_app.county.problem_edits import merger, neighbour
from gis_app.county.state import CountyState
from gis_app.grid.refusal import Refusal
from gis_app.grid.units import Level, Unit
from gis_app.gui.history_rows import steps_of, time_of
from gis_app.gui.icons import icon
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.task import aside
from gis_app.gui.unit_figures import UnitFigures
from gis_app.gui.widgets import ElidedLabel, button, card, column, holding, label, row
from gis_app.gui.words import unit_name
from gis_app.language import format_number, tr

Page = list[QWidget | QLayout]

MOST_PARTS = 5
"""A cell is never advised to be split into more parts at once."""

PATIENCE = 250
"""Milliseconds that a cell has to stay selected before it is thought about."""

MOST_STEPS = 4
"""So many steps of a unit's own history are shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What could be done about the size of a cell, found true: in words, the edit, and what its button says."""

    text: str
    edit: BoundaryEdit
    verb: str


class Adviser(QObject):
    """Works an advice out beside the window and hands it to the page that asked."""

    found = Signal(object)  # Advice | None


def advice_on(state: CountyState, unit: Unit, figures: UnitFigures) -> Advice | None:
    """Return what could be done about a cell that holds twice the floor or more, or less than the floor; None where nothing is sure.

    A split is tried before it is advised: every part has to reach the floor.
    """
    if not figures.floor or lock_of(state, unit.id) is not None:
        return None
    parts = min(figures.residents // figures.floor, MOST_PARTS)
    if parts >= 2:
        edit = boundary_edits.split_equally(unit.id, parts)
        tried = edit.attempt(state)
        if isinstance(tried, Refusal):
            return None
        after = [
            one.after for one in consequences(state, tried) if one.after is not None and one.cell in {unit.id, *tried.added(state.coverage)}
        ]
        if len(after) != parts or min(figure.households for figure in after) < figures.floor:
            return None
        times, floor = format_number(figures.load, 1), format_number(figures.floor)
        text = tr(
            "Holds {times} times the floor: {parts} cells of at least {floor} resident households are possible.",
            times=times,
            parts=parts,
            floor=floor,
        )
        return Advice(text, edit, tr("Split equally"))
    return _merging(state, unit, figures) if figures.residents < figures.floor else None


def _merging(state: CountyState, unit: Unit, figures: UnitFigures) -> Advice | None:
    """Advise to merge a cell that is too small with the neighbour in its village that has the fewest households."""
    other = neighbour(state, unit.id)
    if not other:
        return None
    together = figures.residents + int(state.households.resident[state.households.cell == other].sum())
    text = tr(
        "{missing} resident households below the floor. Together with {other} it would have {count}.",
        missing=format_number(figures.floor - figures.residents),
        other=unit_name(state.units[other]),
        count=format_number(together),
    )
    return Advice(text, merger(state, unit.id, other), tr("Merge"))


def advice_place(panel: Inspector, unit: Unit, figures: UnitFigures) -> QWidget:
    """Return a place in a page that fills itself with an advice when one is found."""
    place: QVBoxLayout = column()
    made = holding(place)
    made.hide()
    if unit.level != Level.CELL or panel.session.workspace != "plan":
        return made
    state = panel.session.state
    adviser = Adviser(made)

    def show(advice: Advice | None) -> None:
        if advice is not None and panel.session.state is state:
            do = button(advice.verb, lambda: panel.edit_wanted.emit(advice.edit), "primary")
            see = button(tr("See how"), lambda: panel.preview_wanted.emit(advice.edit))
            place.addWidget(card(label(tr("Advice"), "value"), label(advice.text, wrap=True), row(do, see, None)))
            made.show()

    adviser.found.connect(show)
    waiting = QTimer(made, singleShot=True, interval=PATIENCE)  # who clicks from cell to cell wants no advice on each
    waiting.timeout.connect(lambda: aside(lambda: advice_on(state, unit, figures), adviser.found.emit))
    waiting.start()
    return made


def locked_line(panel: Inspector, unit: Unit) -> Page:
    """Say that a unit is locked, and by which lock."""
    lock = lock_of(panel.session.state, unit.id)
    if lock is None:
        return []
    own = lock.id == unit.id
    return [panel.advice(tr("Locked against editing.") if own else tr("Locked with {unit}.", unit=unit_name(lock)))]


def actions_row(panel: Inspector, unit: Unit) -> Page:
    """Return the buttons of what is done with a unit without drawing."""
    if panel.session.workspace != "plan":
        return []
    palette, accent = panel.session.palette, panel.session.palette.accent
    does = [
        ("rename", "pencil", tr("Rename")),
        ("lock", "lock-open" if unit.locked else "lock", tr("Unlock") if unit.locked else tr("Lock")),
    ]
    if unit.level == Level.CELL:
        does.append(("vertices", "table-properties", tr("Vertices")))
    else:
        does.append(("renumber", "list-ordered", tr("Renumber")))
    made = [button(text, partial(panel.operation_wanted.emit, name), "link", icon(sign, palette, accent)) for name, sign, text in does]
    return [row(*made, None, spacing=14)]


def own_history(panel: Inspector, unit: Unit) -> Page:
    """List the newest steps that changed a unit."""
    if panel.session.workspace != "plan":
        return []
    steps = steps_of(panel.session, unit.code, MOST_STEPS)
    if not steps:
        return []
    lines: Page = [heading(tr("History"))]
    for step in steps:
        line = ElidedLabel(str(step.title))
        line.setToolTip(f"{step.title}\n{time_of(step)}")
        lines.append(line)
    return lines
