"""Choosing beside the map: a worker for a cell, a cell for a worker, a colleague to swap with, and what would relieve somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLineEdit

from gis_app.county.relief import Relief, distances, reliefs
from gis_app.county.worker_edits import hand_over_cells
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker
from gis_app.gui import duty_work
from gis_app.gui.session import Session
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.widgets import button, column, row
from gis_app.gui.words import goes_by, unit_name
from gis_app.gui.worker_rows import SIGN, absence_text, cells_text
from gis_app.language import format_number, listed, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 60
"""So many workers or cells are listed."""

RELIEFS = 8
"""So many ways to relieve somebody are listed."""


def metres_text(metres: float | None) -> str:
    """Say how far somebody lives away."""
    if metres is None or not np.isfinite(metres):
        return tr("home not known")
    return (
        tr("{km} km from home", km=format_number(metres / 1000, 1)) if metres >= 1000 else tr("{metres} m from home", metres=round(metres))
    )


def worker_line(session: Session, worker: Worker, way: str = "") -> TwoLines:
    """Return a worker in two lines: name, load, way; cells or absence."""
    burden = session.derived.burdens[worker.id]
    load = f"{SIGN if burden.over else ''}" + tr("load {load}", load=format_number(burden.load, 1))
    first = " · ".join(part for part in (mask_name(worker.name), load, way) if part)
    second = " · ".join(
        part for part in (cells_text(session, worker) if worker.cells else tr("no cell yet"), absence_text(session, worker)) if part
    )
    return TwoLines(worker.id, first, second, f"{first}\n{second}\n{worker.code}")


def workers_for(session: Session, cell: int, words: str) -> list[TwoLines]:
    """Return who could get a cell: its branch first (without words only that), who has no cell before others, the nearest first."""
    if cell not in session.state.units:
        return []
    state, ways = session.state, distances(session.state, cell)
    village = state.units[cell].parent
    found = [w for w in state.workers.values() if cell not in w.cells and (words.strip() or w.village == village)]
    found = [w for w in found if goes_by(words, w.name, w.code, w.phone, unit_name(state.units.get(w.village)))]
    found.sort(key=lambda w: (w.village != village, bool(w.cells), ways.get(w.id, np.inf), w.code))
    return [worker_line(session, w, metres_text(ways.get(w.id))) for w in found[:MOST]]


def cells_for(session: Session, worker_id: int, words: str) -> list[TwoLines]:
    """Return which cells a worker could get: those of his branch, vacant ones first, the nearest first; by words any."""
    state = session.state
    worker = state.workers.get(worker_id)
    if worker is None:
        return []
    found = (
        state.units.at_level(Level.CELL) if words.strip() else state.units.cells(worker.village) if worker.village in state.units else []
    )
    chosen = [c for c in found if c.id not in worker.cells and goes_by(words, c.name, c.code)]
    figures, way = session.derived.figures, _ways_of(session, worker, [c.id for c in chosen][: 4 * MOST])
    chosen.sort(key=lambda c: (c.parent != worker.village, bool(figures[c.id].workers), way.get(c.id, np.inf), c.code))
    rows = []
    for cell in chosen[:MOST]:
        names = [mask_name(state.workers[other].name) for other in figures[cell.id].workers]
        told = listed(names) or tr("(vacant)")
        households = tr("{count} households", count=format_number(figures[cell.id].households))
        rows.append(TwoLines(cell.id, unit_name(cell), " · ".join((households, metres_text(way.get(cell.id)), told))))
    return rows


def _ways_of(session: Session, worker: Worker, cells: Sequence[int]) -> dict[int, float]:
    if worker.home is None:
        return {}
    boxes = session.derived.boxes
    rows = boxes[np.isin(boxes[:, 0], np.array(list(cells), np.float64))]
    x, y = (rows[:, 1] + rows[:, 3]) / 2, (rows[:, 2] + rows[:, 4]) / 2
    metres = session.derived.metres
    return dict(zip(rows[:, 0].astype(int).tolist(), (np.hypot(x - worker.home[0], y - worker.home[1]) * metres).tolist(), strict=True))


def colleagues_of(session: Session, worker_id: int, words: str) -> list[TwoLines]:
    """Return with whom a worker could swap: colleagues of the branch who have cells."""
    state = session.state
    worker = state.workers.get(worker_id)
    if worker is None:
        return []
    found = [w for w in state.workers.values() if w.id != worker.id and w.village == worker.village and w.cells]
    found = [w for w in found if goes_by(words, w.name, w.code)]
    return [worker_line(session, w) for w in sorted(found, key=lambda w: (w.code, w.id))]


class DutyPanel(SidePanel):
    """A list that words narrow down; a click shows the row on the map, the button in the foot does it."""

    def __init__(
        self,
        window: Window,
        title: str,
        about: str,
        listed: Callable[[str], list[TwoLines]],
        look: Callable[[int], object],
        verb: str,
        does: Callable[[int], object],
    ) -> None:
        super().__init__(window, title)
        self._listed, self._look, self._does = listed, look, does
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Name, number or pinyin"))
        self.words.setAccessibleName(tr("Name, number or pinyin"))
        self.words.setClearButtonEnabled(True)
        self.list = TwoLineList(title, 9)
        self.none = said(tr("Nobody and nothing goes by these words here."))
        self.show_body([said(about), self.words, self.list, self.none, None])
        self.do = button(verb, self.confirm, "primary")
        self.show_foot([row(self.do, None, button(tr("Cancel"), self.close_panel, "link"))])
        self.words.textChanged.connect(self.refresh)
        self.words.returnPressed.connect(self.confirm)
        self.list.wanted.connect(self._chosen)
        self.list.itemDoubleClicked.connect(lambda _: self.confirm())
        self._session.county_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """List what goes by the words now."""
        rows = self._listed(self.words.text())
        self.list.show_rows(rows, self.list.chosen)
        self.list.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.do.setEnabled(bool(rows))

    def _chosen(self, id: int) -> None:
        self._look(id)

    def confirm(self) -> None:
        """Do it with the chosen row; the first, where none is."""
        if not self.list.chosen and self.list.count():
            self.list.setCurrentRow(0)
        if self.list.chosen:
            chosen = self.list.chosen
            self.close_panel()
            self._does(chosen)

    def ended(self) -> None:
        """Take the line off the map."""
        if self._window.page is not None:
            self._window.page.view.duty.follow(self._session)


class ReliefPanel(SidePanel):
    """What can be done about a worker who has too much to do."""

    def __init__(self, window: Window, worker: int) -> None:
        super().__init__(window, tr("Relieve"))
        self.worker = worker
        self.ways: tuple[Relief, ...] = ()
        self.list = TwoLineList(tr("Colleagues who could help"), RELIEFS)
        self.list.wanted.connect(self._show)
        self._who = said("")
        self._none = said(tr("No colleague of the branch could take something without having more to do than this worker has now."))
        self._other = column(spacing=4)
        self.show_body([self._who, self.list, self._none, self._other, None])
        self.do = button(tr("Do this"), self.confirm, "primary")
        self.show_foot([row(self.do, None, button(tr("Cancel"), self.close_panel, "link"))])
        self.list.itemDoubleClicked.connect(lambda _: self.confirm())
        self._offer_other()
        self._session.county_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Work out anew who could help."""
        state, session = self._session.state, self._session
        if self.worker not in state.workers:
            self.close_panel()
            return
        burden = session.derived.burdens[self.worker]
        known = {"name": mask_name(state.workers[self.worker].name), "load": format_number(burden.load, 1), "share": f"{burden.share:.0%}"}
        self.ways = reliefs(state, self.worker, session.derived.loads)[:RELIEFS]
        bears = tr("{name} bears {load}, {share} of the mean of the branch.", **known)
        self._who.setText(" ".join([bears, tr("What would help most stands first:")] if self.ways else [bears]))
        self.list.show_rows([self._line(at, way) for at, way in enumerate(self.ways, 1)], self.list.chosen or 1)
        self.list.setVisible(bool(self.ways))
        self._none.setVisible(not self.ways)
        self.do.setEnabled(bool(self.ways))

    def _line(self, at: int, way: Relief) -> TwoLines:
        state = self._session.state
        named = {"name": mask_name(state.workers[way.colleague].name), "cell": unit_name(state.units[way.cell])}
        first = tr("{name} shares {cell}", **named) if way.shares else tr("{name} takes {cell}", **named)
        loads = {"mine": format_number(way.load_after, 1), "theirs": format_number(way.colleague_after, 1)}
        over = [tr("then overloaded, too")] if way.overloads else []
        second = " · ".join((tr("then {mine} and {theirs}", **loads), *over, metres_text(way.metres)))
        return TwoLines(at, first, second)

    def _offer_other(self) -> None:
        """Offer what changes the cells themselves."""
        self._other.addWidget(said(tr("Or change the cell itself:")))
        halve = button(tr("Split into two with equal households"), lambda: self._tool("halve"), "link")
        split = button(tr("Split the cell by a line"), lambda: self._tool("split"), "link")
        transfer = button(tr("Move part of it to a neighbour"), lambda: self._tool("transfer"), "link")
        for made in (halve, split, transfer):
            self._other.addLayout(row(made, None))
        if "propose" in self._window.actions_by_id:
            propose = button(tr("Propose a grid for the village"), self._propose, "link")
            self._other.addLayout(row(propose, None))

    def _heaviest(self) -> int:
        loads = self._session.derived.loads
        of = dict(zip(loads.cells.tolist(), loads.load.tolist(), strict=True))
        return max(self._session.state.workers[self.worker].cells, key=lambda cell: of.get(cell, 0.0), default=0)

    def _tool(self, name: str) -> None:
        cell = self._heaviest()
        if cell and self._window.page is not None:
            self.close_panel()
            self._window.page.zoom_to("units", cell)
            self._window.actions_by_id[name].trigger()

    def _propose(self) -> None:
        village = self._session.state.workers[self.worker].village
        self.close_panel()
        self._session.select("units", village)
        self._window.actions_by_id["propose"].trigger()

    def _show(self, at: int) -> None:
        way = self.ways[at - 1]
        if self._window.page is not None:
            self._window.page.view.duty.show_duty(self._session, way.colleague, (way.cell,))

    def confirm(self) -> None:
        """Let the chosen colleague take or share the cell."""
        at = self.list.chosen
        if not 1 <= at <= len(self.ways):
            return
        way, worker = self.ways[at - 1], self.worker
        self.close_panel()
        if way.shares:
            duty_work.besides(self._window, way.colleague, way.cell)
        else:
            self._window.perform(hand_over_cells(worker, way.colleague, (way.cell,)))

    def ended(self) -> None:
        """Take the line off the map."""
        if self._window.page is not None:
            self._window.page.view.duty.follow(self._session)
