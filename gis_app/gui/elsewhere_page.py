"""Open whistles whose rules name another body by now, and handing them over, one or all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from gis_app.cases.reasons import rule_sentence, target_text
from gis_app.county.case_edits import RecordedMany
from gis_app.county.changes import Changes
from gis_app.county.rerouting import Rerouted, hand_over_as_named, held_elsewhere
from gis_app.county.state import CountyState
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.small_table import Row, SmallModel, SmallTable
from gis_app.gui.task import aside
from gis_app.gui.widgets import Section, button, clear, column, counted, label, row
from gis_app.gui.words import body_name
from gis_app.language import format_number, msg, plural, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def _why(state: CountyState, rule: int) -> str:
    known = state.rules.get(rule)
    if known is None:
        return tr("No rule fits; the ladder decides.")
    return str(rule_sentence(known, state.categories, state.units, target_text(known, state.bodies)))


def looked_for(session: Session) -> Rerouted:
    """Return the open whistles that the rules would give to another body now (in any thread)."""
    return held_elsewhere(session.county.state)


class ElsewhereSection(Section):
    """One row in the left panel: how many open whistles the rules would give to another body; pressing it lists them."""

    wanted = Signal()
    _arrived = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Routed again"), session.palette)
        self._session = session
        self.count = 0
        self._arrived.connect(self._show)
        session.county_changed.connect(self._look)
        self._show(0)
        self._look()

    def _look(self, _: object = None) -> None:
        session = self._session
        aside(lambda: int(np.count_nonzero(~looked_for(session).handed_on)), self._arrived.emit)

    def _show(self, count: int) -> None:
        self.count = count
        clear(self.body)
        number = label(format_number(count), "warning" if count else "secondary")
        number.setStyleSheet("font-weight: 700;" if count else "")
        tip = tr("Open whistles that nobody has handed on yet, and whose rules name another body than the one that holds them.")
        self.body.addWidget(counted(tr("Rules name another body"), number, self.wanted.emit, None, tip))


class ElsewherePage(QWidget):
    """The list of these whistles; a row shows its whistle on the map and in the card's place when the panel is closed."""

    _arrived = Signal(object)

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self._found: Rerouted | None = None
        palette = self._session.palette
        titles = (tr("Number"), tr("Held by"), tr("The rules name"), tr("Rule"), tr("Moved before"))
        self.table = SmallTable(
            tr("Rules name another body"), SmallModel(titles, palette, frozenset({3})), (116, 144, 144, 50, 80), many=True
        )
        self.all = QCheckBox()
        self.all.toggled.connect(self.refresh)
        self.some = button(tr("Hand over the selected"), lambda: self._hand_over(self.table.ids), "", icon("corner-up-right", palette))
        self.every = button("", self._ask)
        self.sure: QPushButton | None = None
        self._asked = column(spacing=6)
        note = tr("Each is handed over by a step of its own, which lasts. A body chosen by hand may be right: look first.")
        self.said = label(tr("Counting …"), "secondary", wrap=True)
        for part in (self.all, self.some, self.every):
            part.hide()  # until it is known what they would do
        self.setLayout(
            column(self.said, self.table, self.all, row(self.some, self.every, None), self._asked, label(note, "secondary", wrap=True),
                   spacing=6, margins=(0, 4, 0, 0))
        )  # fmt: skip
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._show_case)
        self._arrived.connect(self._take)
        self._session.county_changed.connect(self._look)
        self._look()

    def _look(self, _: object = None) -> None:
        session = self._session
        aside(lambda: looked_for(session), self._arrived.emit)

    def _take(self, found: Rerouted) -> None:
        self._found = found
        self.refresh()

    @property
    def shown(self) -> Rerouted | None:
        """What the list shows."""
        if self._found is None or self.all.isChecked():
            return self._found
        return self._found.only(~self._found.handed_on)

    def refresh(self, _: object = None) -> None:
        """Show the list of now."""
        shown = self.shown
        if shown is None or self._found is None:
            return
        clear(self._asked)
        state, known = self._session.county.state, np.isin(shown.case, self._session.county.state.cases.id)
        shown = shown.only(known)
        numbers = self._session.county.store.rows("cases", shown.case, ["number"])
        called = dict(zip(numbers["id"].tolist(), numbers["number"].tolist(), strict=True))
        rows = [
            Row(
                case,
                (called.get(case, ""), body_name(state, holder), body_name(state, named), str(rule or ""), tr("Yes") if on else ""),
                tip=_why(state, rule),
            )
            for case, holder, named, rule, on in zip(
                *(getattr(shown, name).tolist() for name in ("case", "holder", "named", "rule", "handed_on")), strict=True
            )
        ]
        self.table.show_rows(rows)
        handed = int(np.count_nonzero(self._found.handed_on))
        self.all.setText(tr("Also those that somebody has handed on ({count})", count=format_number(handed)))
        self.all.setVisible(handed > 0)
        self.every.setText(tr("Hand over all {count}", count=format_number(len(rows))))
        self.every.setEnabled(bool(rows))
        self.some.show()
        self.every.show()
        none = tr("Every open whistle is with the body that the rules name, or was handed on by somebody.")
        self.said.setText(tr("The rules name another body for {count} open whistles.", count=format_number(len(rows))) if rows else none)
        self._chosen()

    def _chosen(self) -> None:
        ids = self.table.ids
        self.some.setEnabled(bool(ids))
        if self.isVisible() and ids:
            self._session.select("cases", *ids)

    def _show_case(self, case: int) -> None:
        if self._window.page is not None:
            self._window.page.zoom_to("cases", case)

    def _ask(self) -> None:
        """Ask once more before many steps are recorded that cannot be undone."""
        shown = self.shown
        if shown is None:
            return
        clear(self._asked)
        cases = tuple(shown.case.tolist())
        self.sure = button(
            str(
                plural(
                    len(cases),
                    msg("Yes, hand over {count} whistle", count=len(cases)),
                    msg("Yes, hand over {count} whistles", count=len(cases)),
                )
            ),
            lambda: self._hand_over(cases),
            "primary",
        )
        leave = button(tr("Cancel"), lambda: clear(self._asked))
        self._asked.addWidget(label(tr("This cannot be undone. Hand all of them over?"), "warning", wrap=True))
        self._asked.addLayout(row(self.sure, leave, None))

    def _hand_over(self, cases: tuple[int, ...]) -> None:
        window = self._window
        clear(self._asked)

        def done(changes: Changes) -> None:
            report = changes.report
            assert isinstance(report, RecordedMany)
            said = str(
                plural(
                    len(report.recorded),
                    msg("{count} whistle was handed over.", count=len(report.recorded)),
                    msg("{count} whistles were handed over.", count=len(report.recorded)),
                )
            )
            if report.refused:
                refusal = report.refused[0][1]
                said += " " + tr("{count} were not: {reason}", count=len(report.refused), reason=refusal.reason)
            window.banner.news(said)

        note = tr("The rules name this body now.")
        window.perform(hand_over_as_named(self._session.county.store, cases, actor=window.preferences.actor, note=note), done)
