"""The list of what is wrong with the register of households, in place of the inspector: by kind, with what mends all of a kind at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QComboBox, QPushButton

from gis_app.county.changes import Changes
from gis_app.county.household_quality import FAULT_TEXTS, MEND_TEXTS, checking, mending, still_there
from gis_app.grid.household_quality import Fault, Finding, Mend
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, label, row
from gis_app.language import format_number, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 500
"""So many rows are listed at most."""


class QualityPanel(SidePanel):
    """Looks at all households beside the window, and again after every change of them."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Quality of the households"))
        self.findings: tuple[Finding, ...] = ()
        self._fault: Fault | None = None
        self._looked = False
        self._told = said(tr("Looking at the households …"))
        self.list = TwoLineList(tr("What is wrong"), most=12)
        self.list.wanted.connect(self.go)
        self._session.county_changed.connect(self._follow)
        self._session.names_changed.connect(self._show)
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(tr("Kind"))
        self.kinds.currentIndexChanged.connect(lambda _: self.choose(self.kinds.currentData()))
        self._ways = {way: self._mending(way) for way in Mend if way}
        self.show_body([self.kinds, self._told, self.list, None])
        self.show_foot([label(tr("Mend all that are listed"), "secondary"), *(row(made, None) for made in self._ways.values())])
        self._show()
        self.look()

    def look(self) -> None:
        """Look at the households again, beside the window."""
        county, window = self._session.county, self._window
        state = county.working
        window.tasks.run(Task(msg("Looking at the households"), lambda: checking(county.store, state), self._found))

    def _found(self, findings: tuple[Finding, ...]) -> None:
        if self.is_shown:
            self._looked, self.findings = True, still_there(self._session.county.working, findings)
            self._show()

    def _follow(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.touches("households", "settings") and self.is_shown:
            self.findings = still_there(self._session.county.working, self.findings)
            self._show()
            self._window.turns.add(lambda: self.look() if self.is_shown else None)

    @property
    def listed(self) -> tuple[Finding, ...]:
        """The findings of the chosen kind."""
        return tuple(one for one in self.findings if self._fault in (None, one.fault))

    def choose(self, fault: object) -> None:
        """List one kind alone, or (None) all."""
        self._fault = Fault(fault) if isinstance(fault, str) else None
        self._show()

    def _show(self) -> None:
        counts = {fault: sum(one.fault == fault for one in self.findings) for fault in Fault}
        if self._fault is not None and not counts[self._fault]:
            self._fault = None
        self._fill_kinds(counts)
        listed = self.listed
        some, none = tr("{count} things deserve a look.", count=format_number(len(listed))), tr("Nothing is wrong with the households.")
        self._told.setText(some if listed else none if self._looked else tr("Looking at the households …"))
        self.list.show_rows(self._rows(listed[:MOST]))
        for way, made in self._ways.items():
            count = sum(one.mend == way for one in listed)
            made.setText(tr("{what} ({count})", what=MEND_TEXTS[way], count=format_number(count)))
            made.setVisible(count > 0)
        holder = self.foot.parentWidget()
        if holder is not None:
            holder.setVisible(any(one.mend for one in listed))

    def _fill_kinds(self, counts: Mapping[Fault, int]) -> None:
        self.kinds.blockSignals(True)
        self.kinds.clear()
        every = tr("All kinds")
        self.kinds.addItem(f"{every} ({format_number(len(self.findings))})", None)
        for fault, count in counts.items():
            if count:
                self.kinds.addItem(f"{FAULT_TEXTS[fault]} ({format_number(count)})", fault)
                if fault == self._fault:
                    self.kinds.setCurrentIndex(self.kinds.count() - 1)
        self.kinds.blockSignals(False)

    def _mending(self, way: Mend) -> QPushButton:
        return button("", lambda: self.mend(way))

    def mend(self, way: Mend) -> None:
        """Mend all listed findings that can be mended in one way; one step to undo."""
        found = [one for one in self.listed if one.mend == way]
        if found:
            self._window.perform(mending(self._session.county.store, found))

    def _rows(self, listed: tuple[Finding, ...]) -> list[TwoLines]:
        if not listed:
            return []
        first = np.array([one.ids[0] for one in listed], np.int64)
        rows = self._session.county.store.rows("households", first, ["head", "address"])
        return [
            TwoLines(
                at,
                " · ".join(part for part in (str(FAULT_TEXTS[one.fault]), self._session.name(str(head)), str(address)) if part),
                str(one.text),
                str(one.text),
            )
            for at, (one, head, address) in enumerate(zip(listed, rows["head"].tolist(), rows["address"].tolist(), strict=True), 1)
        ]

    def go(self, at: int) -> None:
        """Select the households of a row, and show them on the map."""
        finding = self.listed[at - 1]
        self._session.select("households", *finding.ids)
        rows = np.searchsorted(self._session.state.households.id, finding.ids[0])
        homes = self._session.state.households
        if np.isfinite(homes.x[rows]) and self._window.page is not None:
            self._window.page.view.show_place(float(homes.x[rows]), float(homes.y[rows]))
