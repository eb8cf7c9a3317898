"""The households that are in the register no more, in place of the inspector: when and why each left, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLineEdit

from gis_app.county.changes import Changes
from gis_app.county.household_edits import HouseholdReport, restore_household
from gis_app.county.registered import Retired, retired_households
from gis_app.gui import work
from gis_app.gui.session import Session
from gis_app.gui.side_panel import SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.widgets import button, row
from gis_app.gui.words import goes_by
from gis_app.language import format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 500
"""So many rows are listed at most."""


def number_of(one: Retired) -> str:
    """Return by what a retired household is known: its code, or what the program calls it."""
    return one.code or tr("Household {id}", id=one.id)


def fate(one: Retired) -> str:
    """Say when and why a household left the register, and into which other one it was merged."""
    if not one.merged_into:
        return tr("retired on {day}: {why}", day=one.day or "–", why=one.why or "–")
    into = one.kept_code or (tr("Household {id}", id=one.kept) if one.kept else "–")
    told = {"code": into, "day": one.day or "–"}
    return tr("merged into {code} on {day}: {why}", **told, why=one.why) if one.why else tr("merged into {code} on {day}", **told)


def retired_line(session: Session, one: Retired) -> TwoLines:
    """Return a retired household in two lines: number, head and address; what became of it."""
    first = " · ".join(part for part in (number_of(one), session.name(one.head), one.address) if part)
    told = fate(one)
    return TwoLines(one.id, first, told, f"{first}\n{told}")


class RetiredPanel(SidePanel):
    """Lists who is in the register no more, the last first; words narrow the list down, and the button in the foot brings one back."""

    def __init__(self, window: Window, household: int = 0) -> None:
        super().__init__(window, tr("Retired households"))
        self.rows: dict[int, Retired] = {}
        self.words = QLineEdit()
        self.words.setPlaceholderText(tr("Name, number or pinyin"))
        self.words.setAccessibleName(tr("Name, number or pinyin"))
        self.words.setClearButtonEnabled(True)
        self._told = said("")
        self.list = TwoLineList(tr("Retired households"), most=11)
        self.names = button("", self._switch_names, "link")
        self.show_body([self._told, row(self.names, None), self.words, self.list, None])
        self.back = button(tr("Bring back"), self.bring_back, "primary")
        self.kept = button(tr("Show the kept household"), self.show_kept)
        self.show_foot([row(self.back, self.kept, None)])
        self.words.textChanged.connect(lambda _: self.show_rows())
        self.list.currentItemChanged.connect(lambda *_: self._offer())
        self.list.wanted.connect(self.look)
        self._session.county_changed.connect(self._follow)
        self._session.names_changed.connect(self.show_rows)
        self.read(household)

    def read(self, household: int = 0) -> None:
        """Read the retired households anew, and choose one of them."""
        session = self._session
        self.rows = {one.id: one for one in retired_households(session.county.store, session.state)}
        self.show_rows(household)
        if household:
            self.look(household)

    def _follow(self, changes: object) -> None:
        if isinstance(changes, Changes) and changes.touches("retired_households", "households") and self.is_shown:
            self.read()

    def show_rows(self, household: int = 0) -> None:
        """List those that go by the words."""
        asked = self.words.text()
        found = [one for one in self.rows.values() if goes_by(asked, one.head, one.code, one.address, one.why)]
        self.list.show_rows([retired_line(self._session, one) for one in found[:MOST]], household or self.list.chosen)
        self.list.setVisible(bool(found))
        count = tr("{count} households left the register. Their whistles still name them.", count=format_number(len(self.rows)))
        none = tr("Nobody and nothing goes by these words here.") if self.rows else tr("No household has left the register.")
        self._told.setText(count if found else none)
        shown = self._session.names_shown
        self.names.setText(tr("Hide names and phones in tables") if shown else tr("Show names and phones in tables"))
        self._offer()

    def _switch_names(self) -> None:
        self._window.actions_by_id["show_names"].trigger()

    @property
    def chosen(self) -> Retired | None:
        """The chosen household."""
        return self.rows.get(self.list.chosen)

    def _offer(self) -> None:
        """Offer what can be done with the chosen one."""
        from gis_app.gui.operations.household_operations import register

        one, reason = self.chosen, register(self._window)
        self.back.setEnabled(one is not None and reason is None)
        self.back.setToolTip(str(reason) if reason is not None else "")
        self.kept.setVisible(one is not None and one.kept != 0)

    def look(self, household: int) -> None:
        """Show on the map where a household lived."""
        rows = self._session.county.store.rows("retired_households", np.array([household], np.int64), ["geom"])
        page = self._window.page
        if page is not None and len(rows["id"]) and np.isfinite(rows["geom"][0]).all():
            x, y = (float(value) for value in rows["geom"][0])
            page.view.show_place(x, y)
            page.view.mark(x, y)

    def bring_back(self) -> None:
        """Take the chosen household into the register again, and select it."""
        one, window = self.chosen, self._window
        if one is None:
            return
        edit = restore_household(self._session.county.store, one.id)

        def done(changes: Changes) -> None:
            report = changes.report
            if isinstance(report, HouseholdReport) and window.session is not None:
                window.session.select("households", *report.households)
            work.tell_step(window, tr("Done: {what}.", what=changes.title), changes.title)

        window.perform(edit, done)

    def show_kept(self) -> None:
        """Go to the household that the chosen one was merged into."""
        one, page = self.chosen, self._window.page
        if one is not None and one.kept and page is not None:
            self.close_panel()
            page.zoom_to("households", one.kept)
