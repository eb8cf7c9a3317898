"""The panel that has the program propose a grid for a village, a township or the county: ways side by side, and one of them taken over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QLabel, QLayout, QPushButton, QSpinBox, QTreeWidgetItem

from gis_app.county.changes import Changes, Refusal
from gis_app.county.locks import lock_of
from gis_app.county.proposals import Alternative, Alternatives, Asked, VillageProposal, accept, floor_of, proposing_ways, staffing
from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.partition.proposal import Aim
from gis_app.grid.units import Level
from gis_app.gui import assign_panel
from gis_app.gui.count_box import CountBox
from gis_app.gui.guide_list import GuideList
from gis_app.gui.icons import icon
from gis_app.gui.performing import Told, perform_division
from gis_app.gui.proposal_figures import AIMS, SHORT, WHY, VillageTable, side_by_side
from gis_app.gui.proposal_overlay import ProposalOverlay
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.task import Task, aside
from gis_app.gui.widgets import ElidedLabel, Section, button, clear, column, combo, holding, label, row
from gis_app.gui.words import unit_name
from gis_app.language import format_number, msg, plural, tr
from gis_app.map.reference.guides import Guide, followed, guides, lines_of
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window

SEVERAL = 20
"""Up to so many villages are divided in all ways, unless somebody chooses otherwise; of more, in one: each takes half a minute."""

AT_ONCE = 6
"""So many villages are drawn in one turn of the window."""

NOTHING = Alternatives((), {})


class ProposePanel(SidePanel):
    """Asks, shows what was found over the map, and takes one of the alternatives over in a single edit."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Propose a grid"))
        state = self._session.state
        self._scopes = scopes(state, self._session.selection.ids.get("units", ()))
        self._scope = 0
        self.floor = CountBox(tr("Households at least"), "")
        self.most = CountBox(tr("Households at most"), "")
        self.cells = CountBox(tr("Cells of each village"), tr("all that fit"), 999)
        self.ways = {aim: _way(aim) for aim in Aim}
        self.reach = QSpinBox()
        self.reach.setAccessibleName(tr("Metres"))
        self.reach.setRange(5, 500)
        self.reach.setValue(30)
        self.reach.setSuffix(tr(" m"))
        self.reach.setFixedWidth(72)
        self.layers = GuideList()
        self.layers.chosen.connect(self._choose_layer)
        self._no_layers = said(tr("No layer of roads or rivers yet; borders run straight."))
        self.found: Alternatives = NOTHING
        self.heads: list[QPushButton] = []
        self.table: VillageTable | None = None
        self._staffing: tuple[list[str], tuple[int, ...]] = ([], ())  # of what was taken over: what is to be said, and of which villages
        self._chosen = 0
        self._village = 0  # the one of several that is looked at
        self._overlay: ProposalOverlay | None = None
        self._compared = column(spacing=4)
        self._results = column(spacing=6)
        self._asked = Section(tr("What is asked for"), self._session.palette)
        self._session.county_changed.connect(self._follow)
        self._session.references_changed.connect(self._ask_layers)
        self._fill()
        self._use_scope()
        self._show_layers(())
        self._ask_layers()
        self._show_found()

    def _fill(self) -> None:
        named = [(text, at) for at, (text, _) in enumerate(self._scopes)]
        self._asked.body.setSpacing(6)
        about = said(tr("Cells with enough resident households each; buildings stay whole, locked cells stay as they are."))
        boxes = row(*self.ways.values(), None, spacing=10)
        for part in (about, combo(tr("What is divided"), named, self._scope, self._set_scope)):
            self._asked.body.addWidget(part)
        for text, box in (
            (tr("Households at least"), self.floor),
            (tr("Households at most"), self.most),
            (tr("Cells of each village"), self.cells),
        ):
            self._asked.body.addLayout(_field(text, box))
        self._asked.body.addLayout(boxes)
        self._asked.body.addLayout(_field(tr("Borders follow, within"), self.reach))
        self._asked.body.addWidget(self.layers)
        self._asked.body.addWidget(self._no_layers)
        self.show_body([self._asked, holding(self._results)])
        self.body.setStretch(1, 1)

    def _set_scope(self, at: object) -> None:
        self._scope = int(str(at))
        self._staffing = [], ()
        self._forget()
        self._window.turns.add(self._use_scope, self._show_found)

    def _use_scope(self) -> None:
        """Offer what suits the villages that would be divided."""
        floors, mosts = limits_text(self._session.state, self.villages)
        self.floor.say_otherwise(floors)
        self.most.say_otherwise(mosts)
        for aim, box in self.ways.items():
            box.setChecked(aim == Aim.COMPACT or len(self.villages) <= SEVERAL)

    @property
    def villages(self) -> tuple[int, ...]:
        """The villages that would be divided."""
        return self._scopes[self._scope][1]

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """What was found, one for each way."""
        return self.found.found

    # ------------------------------------------------------------ layers that borders follow

    def _ask_layers(self) -> None:
        shelf, references = self._session.shelf, self._session.county.state.references
        aside(lambda: guides(shelf, references), self._show_layers)

    def _show_layers(self, known: Sequence[Guide]) -> None:
        self.layers.show_guides(known, self._remembered)
        self.layers.setVisible(bool(known))
        self._no_layers.setVisible(not known)
        self.reach.setEnabled(bool(known))

    @property
    def _remembered(self) -> dict[str, bool]:
        return self._window.preferences.guides_of(self._session.county.store.name)

    def _choose_layer(self, key: str, followed: bool) -> None:
        chosen = {**self._remembered, key: followed}
        self._window.preferences.remember_guides(self._session.county.store.name, chosen)

    # ------------------------------------------------------------ proposing

    def run(self) -> None:
        """Work the alternatives out beside the window, one after the other."""
        session, villages, remembered = self._session, self.villages, self._remembered
        store, state, shelf, references = session.county.store, session.state, session.shelf, session.county.state.references
        aims = tuple(aim for aim, box in self.ways.items() if box.isChecked())
        floor, most, cells = self.floor.value(), self.most.value(), self.cells.value()
        tolerance = self.reach.value() / metres_per_unit(state.settings.crs)
        if not aims:
            self._window.banner.problem(tr("Choose at least one way to divide: compact, equal, or near to the present cells."))
            return
        if floor and most and most < floor:
            text = tr("A cell cannot have at least {floor} and at most {most} households.", floor=floor, most=most)
            self._window.banner.problem(text)
            return
        self._window.banner.hide()  # what was wrong before is put right

        def steps() -> Steps[Alternatives | Refusal]:
            lines = lines_of(followed(guides(shelf, references), remembered))
            asked = Asked(floor, most, cells, tolerance=tolerance, lines=lines)
            return (yield from proposing_ways(store, state, villages, asked, aims))

        self._window.tasks.run(Task(msg("Proposing a grid"), steps, self._show))

    def _show(self, found: Alternatives | Refusal) -> None:
        if not self.is_shown:
            return
        if isinstance(found, Refusal):
            self._window.banner.problem(str(found.reason))
            return
        self.found, self._chosen, self._village, self._staffing = found, 0, 0, ([], ())
        self._show_found()
        self._draw()

    def _show_found(self) -> None:
        """Show the alternatives, and what the chosen one is like; the questions fold away for them."""
        clear(self._results)
        palette = self._session.palette
        self.table, self.heads = None, []
        self._asked.fold(bool(self.alternatives or self._staffing[0]))
        if not self.alternatives:
            sparkles = icon("sparkles", palette, palette.accent_text)
            self.show_foot([button(tr("Propose"), self.run, "primary", sparkles)])
            self._show_staffing()
            self._results.addStretch(1)
            return
        take = button(tr("Take it over"), self.take, "primary", icon("check", palette, palette.accent_text))
        again = row(take, button(tr("Propose again"), self.run))
        again.setStretch(0, 1)
        self.show_foot([again])
        self._compared = column(spacing=2)
        self._results.addLayout(self._compared)
        self._compare()
        chosen = self.alternatives[self._chosen]
        if len(chosen.villages) + len(self.found.left_out) > 1:
            self.table = VillageTable(self._session.state, chosen, self.found.left_out, palette)
            self.table.wanted.connect(self._look)
            self.table.currentItemChanged.connect(self._walk)
            self._results.addWidget(self.table, 1)
            return
        (only,) = chosen.villages
        if only.proposal.problem is not None:
            wrong = label(str(only.proposal.problem), wrap=True)
            wrong.setStyleSheet(f"color: {palette.danger};")
            self._results.addWidget(wrong)
        for remark in only.proposal.remarks:
            self._results.addWidget(said(str(remark)))
        self._results.addStretch(1)

    def _show_staffing(self) -> None:
        """Say of what was taken over which cells want other workers."""
        sentences, villages = self._staffing
        for one in sentences:
            self._results.addWidget(label(one, wrap=True))
        if sentences:
            assign = button(tr("Assign workers by the program"), partial(self._assign, villages))
            self._results.addLayout(row(assign, None))

    def _compare(self) -> None:
        """Set the ways beside each other: for all villages, or for the one that is looked at."""
        clear(self._compared)
        shown = [one.of(self._village) for one in self.alternatives] if self._village else list(self.alternatives)
        grid, self.heads = side_by_side(shown, self._chosen, self._choose, self._session.palette)
        if len(self.alternatives[0].villages) > 1:
            units = self._session.state.units
            every = tr("All {count} villages", count=format_number(len(self.alternatives[0].villages)))
            title = ElidedLabel(unit_name(units[self._village]) if self._village else every, "value")
            back = [button(tr("All villages"), partial(self._look, 0), "link")] if self._village else []
            top = row(title, *back)
            top.setStretch(0, 1)
            self._compared.addLayout(top)
        self._compared.addLayout(grid)

    def _choose(self, at: int) -> None:
        self._chosen = at
        self._window.turns.add(self._show_found, self._draw)

    def _walk(self, item: QTreeWidgetItem | None, _: object = None) -> None:
        if item is not None:
            self._look(int(item.data(0, 0x100)))

    def _look(self, village: int) -> None:
        """Show a village with its proposed cells (0: all of them again)."""
        known = {one.village for one in self.alternatives[0].villages} if self.alternatives else set()
        if village == self._village:
            return
        self._village = village if village in known else 0
        self._window.turns.add(self._compare)
        page = self._window.page
        if village and page is not None:
            self._session.select("units", village)
            page.view.show_row("units", village)
        elif page is not None:
            page.canvas.zoom_to_units(self.villages)
            if self.table is not None:
                self.table.clearSelection()

    def _draw(self) -> None:
        if self._overlay is not None:
            self._overlay.hide()
            self._overlay.deleteLater()
            self._overlay = None
        page = self._window.page
        if page is not None and self.alternatives:
            shown = self.alternatives[self._chosen].villages
            self._overlay = overlay = ProposalOverlay(page.canvas, self._session.palette)
            for at in range(0, len(shown), AT_ONCE):
                self._window.turns.add(partial(self._draw_more, overlay, shown[at : at + AT_ONCE]))
            self._session.hide_names(cell for one in shown for cell in one.free)

    def _draw_more(self, overlay: ProposalOverlay, shown: Sequence[VillageProposal]) -> None:
        if overlay is self._overlay:  # else another alternative was chosen meanwhile
            overlay.add(shown)

    # ------------------------------------------------------------ taking over

    def take(self) -> None:
        """Make the chosen alternative the division of the draft; where none is open, one is made."""
        if self.alternatives:
            chosen = self.alternatives[self._chosen].villages
            perform_division(self._window, accept(chosen), lambda _: self._told(tuple(one.village for one in chosen)))

    def _told(self, villages: tuple[int, ...]) -> Told:
        """Say which cells want other workers: they follow their homes, so that some cells have none by now, and some several."""
        vacant, shared = staffing(self._session.county.working, villages)
        sentences = staffing_text(vacant, shared)
        if not sentences:
            return (), None
        self._staffing = sentences, villages
        self._window.turns.add(self._show_found)
        return sentences, (tr("Assign workers by the program"), partial(self._assign, villages))

    def _assign(self, villages: tuple[int, ...]) -> None:
        self._window.banner.hide()
        assign_panel.show(self._window, villages)

    def _follow(self, changes: Changes) -> None:
        """What was proposed is of no use any more once the division is another one."""
        if changes.touches("reference_layers"):
            self._ask_layers()
        if self.alternatives and (changes.coverage or (changes.touches("units") and self._locked_since())):
            self._forget()
            self._show_found()
        if self._staffing[0] and (changes.coverage or changes.touches("workers")):
            self._window.turns.add(self._count_staff)

    def _locked_since(self) -> bool:
        """Return whether a cell that is divided, or what it belongs to, was locked since: it would have to stay as it is."""
        state = self._session.county.working
        free = (cell for one in self.alternatives[0].villages for cell in one.free if cell in state.units)
        return any(lock_of(state, cell) is not None for cell in free)

    def _count_staff(self) -> None:
        """Say how it is by now with the workers of what was taken over: it may have been undone, or they have been assigned."""
        _, villages = self._staffing
        if villages and self.is_shown:
            sentences = staffing_text(*staffing(self._session.county.working, villages))
            self._staffing = sentences, villages if sentences else ()
            self._show_found()

    def _forget(self) -> None:
        self.found, self._village = NOTHING, 0
        self._remove_overlay()

    def _remove_overlay(self) -> None:
        if self._overlay is not None:
            self._overlay.hide()
            self._overlay.deleteLater()
            self._overlay = None
            self._session.hide_names(())

    def ended(self) -> None:
        """Take the proposed cells off the map."""
        self._remove_overlay()


def _way(aim: Aim) -> QCheckBox:
    box = QCheckBox(str(SHORT[aim]))
    box.setToolTip(f"{AIMS[aim]}\n{WHY[aim]}")
    box.setAccessibleName(str(AIMS[aim]))
    return box


def staffing_text(vacant: int, shared: int) -> list[str]:
    """Say how many cells have no grid worker, and how many have several."""
    said, counts = [], {"vacant": format_number(vacant), "shared": format_number(shared)}
    if vacant:
        one, many = msg("{vacant} cell has no grid worker.", **counts), msg("{vacant} cells have no grid worker.", **counts)
        said.append(str(plural(vacant, one, many)))
    if shared:
        one, many = msg("{shared} cell has several grid workers.", **counts), msg("{shared} cells have several grid workers.", **counts)
        said.append(str(plural(shared, one, many)))
    return said


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


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = ProposePanel(window)
        window.page.show_right(panel, panel.ended)
