"""Grid workers assigned by the program, in place of the inspector: what it proposes row by row, why, and what of it is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSpinBox

from gis_app.county.changes import Refusal
from gis_app.county.state import CountyState
from gis_app.county.worker_edits import AssignmentProposal, Matched, accept_assignment, propose_assignment
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level
from gis_app.gui.duty_panel import metres_text
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, combo, facts, label, row
from gis_app.gui.words import unit_name
from gis_app.language import format_number, listed, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

LINES = 92
"""Pixels of a row: who, from where to where, ways and loads, why."""

SEVERAL = -1
"""Chosen in place of a village: all those that were asked for."""

KEEP = 200
"""Metres that another worker has to live nearer before a cell goes to him, unless something else is said."""


class AssignPanel(SidePanel):
    """Proposes, shows before and after of every row, and accepts all or what is ticked; each time in one step."""

    def __init__(self, window: Window, villages: Sequence[int] = ()) -> None:
        super().__init__(window, tr("Assign by the program"))
        self._several = tuple(villages)  # that were asked for
        self.proposal: AssignmentProposal | None = None
        self._busy = False
        places = [(tr("Whole county"), 0)]
        self.village = villages[0] if len(villages) == 1 else 0 if villages else self._village()
        if len(villages) > 1:
            self.village = SEVERAL
            places.insert(0, (tr("{count} selected villages", count=format_number(len(villages))), SEVERAL))
        elif self.village:
            places.insert(0, (unit_name(self._session.state.units[self.village]), self.village))
        self.where = combo(tr("Where"), places, self.village, self._set_where)
        self.where.setMinimumContentsLength(12)
        self.keep = QSpinBox()
        self.keep.setRange(0, 99_999)
        self.keep.setMinimumHeight(30)
        self.keep.setSingleStep(50)
        self.keep.setValue(KEEP)
        self.keep.setSuffix(" " + tr("{length} m", length="").strip())
        self.keep.setToolTip(tr("A worker stays, unless another has this much less to go"))
        self.keep.setAccessibleName(tr("A worker stays, unless another has this much less to go"))
        self.start = button(tr("Propose"), self.propose, "primary")
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Proposed assignments"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(3 * LINES)
        self.list.setWordWrap(True)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemChanged.connect(lambda _: self._count())
        self.sums = label("", "secondary", wrap=True)
        self.told = said(tr("The least way from home to the households, within the branch and what each can bear. Nothing is changed yet."))
        asked = facts([(tr("Where"), self.where), (tr("Nearer by"), self.keep)])
        self.show_body([self.told, asked, row(self.start, None), self.sums, self.list, None])
        self.body.setStretchFactor(self.list, 8)
        self.list.hide()
        self.all = button(tr("Accept all"), lambda: self.accept(None), "primary")
        self.some = button("", self.accept_ticked)
        self.show_foot([row(self.all, self.some, None)])
        self._count()

    def _village(self) -> int:
        """Return the village of what is selected, 0 for none."""
        table, found = self._session.selected
        state = self._session.state
        if table == "workers":
            return state.workers[found].village
        village = state.units.ancestor(found, Level.VILLAGE) if table == "units" else None
        return village.id if village is not None else 0

    def _set_where(self, village: object) -> None:
        self.village = int(str(village))

    # ------------------------------------------------------------ proposing

    def propose(self) -> None:
        """Work the proposal out beside the window."""
        if self._busy:
            return
        self._busy = True
        self.start.setEnabled(False)
        state, keep = self._session.state, float(self.keep.value())
        villages = set(self._several) if self.village == SEVERAL else {self.village} if self.village else None

        def ended(found: AssignmentProposal | Refusal) -> None:
            if not self.is_shown:
                return
            self._ready()
            if isinstance(found, Refusal):
                self._window.banner.problem(str(found.reason))
            else:
                self._take(found)

        task = Task(
            msg("Matching workers with cells"),
            lambda: propose_assignment(state, villages, keep),
            ended,
            lambda reason: self._failed(str(reason)),
        )
        self._window.tasks.run(task)

    def _failed(self, reason: str) -> None:
        self._ready()
        self._window.banner.problem(reason)

    def _ready(self) -> None:
        self._busy = False
        self.start.setEnabled(True)

    def _take(self, proposal: AssignmentProposal) -> None:
        self.proposal = proposal
        self.list.blockSignals(True)
        self.list.clear()
        for matched in proposal.rows:
            self.list.addItem(self._item(matched))
        self.list.blockSignals(False)
        self.list.setVisible(bool(proposal.rows))
        ways = {"before": format_number(proposal.metres_before), "after": format_number(proposal.metres_after)}
        vacant = {"before": format_number(proposal.vacant_before), "after": format_number(proposal.vacant_after)}
        if proposal.rows:
            told = [
                tr("{count} workers would have other cells.", count=format_number(len(proposal.rows))),
                tr("Mean way: {before} m → {after} m.", **ways),
                tr("Cells without a worker: {before} → {after}.", **vacant),
            ]
            self.sums.setText("\n".join(told))
        else:
            self.sums.setText(tr("Nobody would be better off elsewhere: everything can stay as it is."))
        self._count()
        if proposal.rows:
            self.list.setCurrentRow(0)

    def _item(self, matched: Matched) -> QListWidgetItem:
        state = self._session.state
        worker = state.workers[matched.worker]
        before, after = (_names(state, matched.village, cells) for cells in (matched.before, matched.after))
        way = _way(matched)
        load = tr("load {before} → {after}", before=format_number(matched.load_before, 1), after=format_number(matched.load_after, 1))
        text = (
            f"{mask_name(worker.name)} · {unit_name(state.units.get(matched.village))} · {before} → {after}\n{way} · {load}\n{matched.why}"
        )
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, matched.worker)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked)
        item.setSizeHint(QSize(10, LINES))
        item.setToolTip(f"{text}\n{worker.code}")
        if matched.metres_after > matched.metres_before:
            item.setForeground(QColor(self._session.palette.secondary))
        return item

    # ------------------------------------------------------------ accepting

    @property
    def ticked(self) -> list[int]:
        """The workers whose rows are ticked."""
        items = [self.list.item(at) for at in range(self.list.count())]
        return [int(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _count(self) -> None:
        count, every = len(self.ticked), self.list.count()
        self.some.setText(tr("Accept the ticked ({count})", count=format_number(count)))
        self.some.setEnabled(bool(count))
        self.all.setEnabled(bool(every))
        for part in (self.all, self.some):
            part.setVisible(bool(every))
        holder = self.foot.parentWidget()
        if holder is not None:
            holder.setVisible(bool(every))

    def accept_ticked(self) -> None:
        """Take what is ticked."""
        self.accept(self.ticked)

    def accept(self, workers: list[int] | None) -> None:
        """Take rows of the proposal (None: all) in one step; what is left is proposed anew."""
        if self.proposal is None:
            return
        proposal = self.proposal

        def done(changes: object) -> None:
            from gis_app.gui import work

            title = edit.title
            work.tell_step(self._window, tr("Done: {what}.", what=title), title)
            if self.is_shown and workers is not None and len(workers) < len(proposal.rows):
                self.propose()
            elif self.is_shown:
                self.close_panel()

        edit = accept_assignment(proposal, workers)
        self._window.perform(edit, done)

    # ------------------------------------------------------------ the map

    def _show(self, at: int) -> None:
        if self.proposal is None or not 0 <= at < len(self.proposal.rows) or self._window.page is None:
            return
        matched, page = self.proposal.rows[at], self._window.page
        self._session.select("units", *matched.after) if matched.after else self._session.select("workers", matched.worker)
        page.view.duty.show_duty(self._session, matched.worker, matched.after)

    def ended(self) -> None:
        """Take the line off the map."""
        if self._window.page is not None:
            self._window.page.view.duty.follow(self._session)


def _names(state: CountyState, village: int, cells: Sequence[int]) -> str:
    """Return the names of cells without the name of their village before them."""
    above = unit_name(state.units.get(village))
    return listed(unit_name(state.units.get(cell)).removeprefix(above) for cell in cells) or tr("no cell")


def _way(matched: Matched) -> str:
    """Say how far it is from home to the households, before and after."""
    if not np.isfinite(matched.metres_before):
        return metres_text(matched.metres_after)
    return tr("{before} m → {after} m", before=format_number(matched.metres_before), after=format_number(matched.metres_after))


def show(window: Window, villages: Sequence[int] = ()) -> None:
    """Show the panel, for some villages or for that of what is selected, and propose at once."""
    if window.page is not None and window.session is not None:
        panel = AssignPanel(window, villages)
        window.page.show_right(panel, panel.ended)
        if panel.village:
            panel.propose()
