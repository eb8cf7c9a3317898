"""The panel that has the program propose a grid for a village, a township or the county: ways side by side, and one of them taken over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QLayout, QSpinBox, QWidget

from gis_app.county.changes import Changes, Refusal
from gis_app.county.proposals import Asked, VillageProposal, accept, floor_of, proposing
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.partition.proposal import Aim
from gis_app.grid.units import Level
from gis_app.gui.count_box import CountBox
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.performing import perform_division
from gis_app.gui.proposal_overlay import ProposalOverlay
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, clear, column, combo, holding, label, row
from gis_app.gui.words import unit_name
from gis_app.language import Message, format_number, msg, tr
from gis_app.progress import Steps, part

if TYPE_CHECKING:
    from gis_app.gui.window import Window

SEVERAL = 3
"""Up to so many villages are divided in all ways at once; of more, in the one that was chosen."""

AIMS: dict[Aim, Message] = {
    Aim.COMPACT: msg("Compact"),
    Aim.BALANCED: msg("Equal"),
    Aim.FAITHFUL: msg("Near to the present cells"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One way to divide all the villages that were asked for."""

    aim: Aim
    villages: tuple[VillageProposal, ...]

    @property
    def loads(self) -> np.ndarray:
        """The households of all cells."""
        return np.concatenate([one.proposal.loads for one in self.villages])

    @property
    def below(self) -> int:
        """Cells below the floor."""
        return sum(one.proposal.below for one in self.villages)

    @property
    def spread(self) -> float:
        """How far a cell is from the mean of its village at most."""
        return max(one.proposal.spread for one in self.villages)

    @property
    def compactness(self) -> float:
        """The mean of all cells."""
        return float(np.concatenate([one.proposal.compactness for one in self.villages]).mean())


class ProposePanel(SidePanel):
    """Asks, shows what was found over the map, and takes one of the alternatives over in a single edit."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Propose a grid"))
        state = self._session.state
        self._scopes = scopes(state, self._session.selection.ids.get("units", ()))
        self._scope = 0
        self._aim = Aim.COMPACT
        self.floor = CountBox(tr("Households at least"), "")
        self.most = CountBox(tr("Households at most"), "")
        self.cells = CountBox(tr("Cells of each village"), tr("all that fit"), 999)
        self._say_settings()
        self.along = QCheckBox(tr("Along roads, rivers"))
        self.reach = QSpinBox()
        self.reach.setAccessibleName(tr("Metres"))
        self.reach.setRange(5, 500)
        self.reach.setFixedWidth(72)
        self.reach.setValue(30)
        self.reach.setSuffix(tr(" m"))
        layers = self._session.shelf.vectors(state.references)
        self.along.setEnabled(bool(layers))
        self.along.setToolTip("" if layers else tr("Add a layer of roads or rivers first (reference layers)."))
        self.list: TwoLineList | None = None
        self.problems: TwoLineList | None = None
        self.alternatives: tuple[Alternative, ...] = ()
        self._chosen = 0
        self._overlay: ProposalOverlay | None = None
        self._found = column(spacing=8)
        self.propose = button(
            tr("Propose"), self.run, "primary", icon("sparkles", self._session.palette, self._session.palette.accent_text)
        )
        self.accept = button(
            tr("Take it over"), self.take, "primary", icon("check", self._session.palette, self._session.palette.accent_text)
        )
        self._session.county_changed.connect(self._follow)
        self._build()

    def _build(self) -> None:
        named = [(text, at) for at, (text, _) in enumerate(self._scopes)]
        fields: list[QWidget | QLayout | int | None] = [
            said(tr("Every cell gets enough resident households; no building is parted, and locked cells stay as they are.")),
            combo(tr("What is divided"), named, self._scope, self._set_scope),
            _field(tr("Households at least"), self.floor),
            _field(tr("Households at most"), self.most),
            _field(tr("Cells of each village"), self.cells),
            row(self.along, None, self.reach),
        ]
        if len(self._scopes[self._scope][1]) > SEVERAL:
            fields.append(combo(tr("What matters most"), [(str(text), aim) for aim, text in AIMS.items()], self._aim, self._set_aim))
        self.show_body([*fields, holding(self._found), None])
        self._show_found()

    def _set_scope(self, at: object) -> None:
        self._scope = int(str(at))
        self._say_settings()
        self._forget()
        self._window.turns.add(self._build)

    def _set_aim(self, aim: object) -> None:
        self._aim = Aim(str(aim))

    def _say_settings(self) -> None:
        """Say in the empty boxes what the settings ask of the villages that would be divided."""
        floors, mosts = limits_text(self._session.state, self.villages)
        self.floor.say_otherwise(floors)
        self.most.say_otherwise(mosts)

    @property
    def villages(self) -> tuple[int, ...]:
        """The villages that would be divided."""
        return self._scopes[self._scope][1]

    # ------------------------------------------------------------ proposing

    def run(self) -> None:
        """Work the alternatives out beside the window."""
        session, villages = self._session, self.villages
        store, state = session.county.store, session.state
        aims = tuple(Aim) if len(villages) <= SEVERAL else (self._aim,)
        lines: tuple[np.ndarray, ...] = ()
        tolerance = 0.0
        if self.along.isChecked():
            layers = session.shelf.vectors(state.references)
            lines = tuple(line for layer in layers for line in layer.lines() if len(line) > 1)
            tolerance = self.reach.value() / metres_per_unit(state.settings.crs)
        floor, most, cells = self.floor.value(), self.most.value(), self.cells.value()
        if floor and most and most < floor:
            text = tr("A cell cannot have at least {floor} and at most {most} households.", floor=floor, most=most)
            self._window.banner.problem(text)
            return

        def steps() -> Steps[tuple[Alternative, ...] | Refusal]:
            found: list[Alternative] = []
            for at, aim in enumerate(aims):
                asked = Asked(floor, most, cells, aim, tolerance, lines)
                made = yield from part(proposing(store, state, villages, asked), at / len(aims), (at + 1) / len(aims))
                if isinstance(made, Refusal):
                    return made
                found.append(Alternative(aim, made))
            return tuple(found)

        self._window.tasks.run(Task(msg("Proposing a grid"), steps, self._show))

    def _show(self, found: tuple[Alternative, ...] | Refusal) -> None:
        if not self.is_shown:
            return
        if isinstance(found, Refusal):
            self._window.banner.problem(str(found.reason))
            return
        self.alternatives, self._chosen = found, 0
        self._show_found()
        self._draw()

    def _show_found(self) -> None:
        """Show the alternatives, and what the chosen one is like."""
        clear(self._found)
        palette = self._session.palette
        if not self.alternatives:
            self.list = self.problems = None
            self.show_foot([button(tr("Propose"), self.run, "primary", icon("sparkles", palette, palette.accent_text))])
            return
        take = button(tr("Take it over"), self.take, "primary", icon("check", palette, palette.accent_text))
        self.show_foot([take, row(button(tr("Propose again"), self.run), None)])
        rows = [TwoLines(at, str(AIMS[one.aim]), _figures(one), colour=self._colour(one)) for at, one in enumerate(self.alternatives)]
        self.list = TwoLineList(tr("Alternatives"), 3)
        self.list.wanted.connect(self._choose)
        self.list.show_rows(rows, self._chosen)
        chosen = self.alternatives[self._chosen]
        self._found.addWidget(heading(tr("Alternatives")))
        self._found.addWidget(self.list)
        self._found.addLayout(side_by_side(self.alternatives, self._chosen))
        state = self._session.state
        wrong = [one for one in chosen.villages if one.proposal.problem is not None]
        if wrong:
            self._found.addWidget(heading(tr("Villages with problems ({count})", count=format_number(len(wrong)))))
            self.problems = TwoLineList(tr("Villages with problems"), 5)
            self.problems.wanted.connect(self._go)
            colour = self._session.palette.danger
            self.problems.show_rows(
                [TwoLines(one.village, unit_name(state.units[one.village]), str(one.proposal.problem), colour=colour) for one in wrong], -1
            )
            self._found.addWidget(self.problems)
        for remark in dict.fromkeys(str(remark) for one in chosen.villages for remark in one.proposal.remarks):
            self._found.addWidget(label(remark, "secondary", wrap=True))

    def _colour(self, one: Alternative) -> str:
        return self._session.palette.danger if one.below else ""

    def _choose(self, at: int) -> None:
        self._chosen = at
        self._window.turns.add(self._show_found, self._draw)

    def _go(self, village: int) -> None:
        """Show a village with its proposed cells."""
        self._session.select("units", village)
        if self._window.page is not None:
            self._window.page.view.show_row("units", village)

    def _draw(self) -> None:
        self._remove_overlay()
        page = self._window.page
        if page is not None and self.alternatives:
            self._overlay = ProposalOverlay(page.canvas, self._session.palette, self.alternatives[self._chosen].villages)

    # ------------------------------------------------------------ taking over

    def take(self) -> None:
        """Make the chosen alternative the division of the draft; where none is open, one is made."""
        if self.alternatives:
            perform_division(self._window, accept(self.alternatives[self._chosen].villages))

    def _follow(self, changes: Changes) -> None:
        """What was proposed is of no use any more once the division is another one."""
        if changes.coverage and self.alternatives:
            self._forget()
            self._show_found()

    def _forget(self) -> None:
        self.alternatives = ()
        self._remove_overlay()

    def _remove_overlay(self) -> None:
        if self._overlay is not None:
            self._overlay.hide()
            self._overlay.deleteLater()
            self._overlay = None

    def ended(self) -> None:
        """Take the proposed cells off the map."""
        self._remove_overlay()


def scopes(state: CountyState, selected: Sequence[int]) -> list[tuple[str, tuple[int, ...]]]:
    """Return what may be divided, each with its name and its villages: that of what is selected first, then the whole county."""
    found: list[tuple[str, tuple[int, ...]]] = []
    villages = dict.fromkeys(unit.id for one in selected if (unit := state.units.ancestor(one, Level.VILLAGE)) is not None)
    if len(villages) == 1:
        village = next(iter(villages))
        found.append((unit_name(state.units[village]), (village,)))
    elif villages:
        found.append((tr("{count} selected villages", count=format_number(len(villages))), tuple(villages)))
    townships = dict.fromkeys(unit.id for one in selected if (unit := state.units.ancestor(one, Level.TOWNSHIP)) is not None)
    for township in townships:
        below = tuple(unit.id for unit in state.units.children(township))
        text = tr("{township}: all {count} villages", township=unit_name(state.units[township]), count=format_number(len(below)))
        found.append((text, below))
    every = tuple(unit.id for unit in state.units.at_level(Level.VILLAGE))
    found.append((tr("The whole county: {count} villages", count=format_number(len(every))), every))
    return [one for one in found if one[1]]


def limits_text(state: CountyState, villages: Sequence[int]) -> tuple[str, str]:
    """Return what the settings ask of the cells of villages, in words: the floor, and the most; the lower floor first."""
    limits = sorted({floor_of(state, state.units[one], Asked()) for one in villages})  # rural cells have the lower floor
    floors, mosts = (dict.fromkeys(one) for one in zip(*limits, strict=True))
    floor = tr("{count} (from the settings)", count=" / ".join(format_number(one) for one in floors))
    if not any(mosts):
        return floor, tr("no limit")
    each = " / ".join(format_number(one) if one else tr("no limit") for one in mosts)
    return floor, tr("{count} (from the settings)", count=each)


def _field(text: str, box: QSpinBox) -> QLayout:
    name = QLabel(text)
    name.setBuddy(box)
    return row(name, None, box)


def _figures(one: Alternative) -> str:
    loads = one.loads
    return tr(
        "{cells} cells · {least}–{most} households · ±{spread}",
        cells=format_number(len(loads)),
        least=format_number(int(loads.min())),
        most=format_number(int(loads.max())),
        spread=f"{one.spread:.0%}",
    )


def side_by_side(alternatives: Sequence[Alternative], chosen: int) -> QGridLayout:
    """Return the figures of all alternatives beside each other, those of the chosen one in bold."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 4, 0, 4)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    right = Qt.AlignmentFlag.AlignRight
    for at, one in enumerate(alternatives, start=1):
        grid.addWidget(label(str(SHORT[one.aim]), "value" if at == chosen + 1 else "secondary"), 0, at, right)
    for line, (title, figure) in enumerate(FIGURES, start=1):
        grid.addWidget(label(str(title), "secondary"), line, 0)
        for at, one in enumerate(alternatives, start=1):
            grid.addWidget(label(figure(one), "value" if at == chosen + 1 else ""), line, at, right)
    return grid


SHORT: dict[Aim, Message] = {Aim.COMPACT: msg("Compact"), Aim.BALANCED: msg("Equal"), Aim.FAITHFUL: msg("Present")}

FIGURES: tuple[tuple[Message, Callable[[Alternative], str]], ...] = (
    (msg("Cells"), lambda one: format_number(len(one.loads))),
    (msg("Fewest households"), lambda one: format_number(int(one.loads.min()))),
    (msg("Most households"), lambda one: format_number(int(one.loads.max()))),
    (msg("Below the floor"), lambda one: format_number(one.below)),
    (msg("Off the mean"), lambda one: f"{one.spread:.0%}"),
    (msg("Compactness"), lambda one: format_number(one.compactness, 2)),
    (msg("Borders, km"), lambda one: format_number(sum(village.proposal.cut for village in one.villages) / 1000, 1)),
    (msg("Change worker"), lambda one: format_number(sum(village.other_worker for village in one.villages))),
)
"""What alternatives are compared by."""


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = ProposePanel(window)
        window.page.show_right(panel, panel.ended)
