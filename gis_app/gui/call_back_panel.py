"""Calling whistlers back for a rating, one after the other; and what the ratings say of each body."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLayout, QTabBar, QWidget

from gis_app.cases.case import Event, EventKind
from gis_app.cases.display import category_name as name_of_category
from gis_app.cases.display import whistler_text
from gis_app.cases.measures import Measures, measured
from gis_app.cases.times import from_utc64
from gis_app.cases.watching import FEW, Rated, by_attempts, rated, to_call_back, worst_first
from gis_app.county.case_edits import events_of, record_event
from gis_app.county.case_figures import By, basis_of, keys_by, read_trails
from gis_app.county.changes import Changes
from gis_app.county.whistlers import Whistler, whistlers_of
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.gui.case_fields import Field, NoteField, StarRows
from gis_app.gui.case_view import rows_of
from gis_app.gui.icons import icon
from gis_app.gui.rating_marks import RatingRow
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.task import aside
from gis_app.gui.widgets import button, card, combo, holding, label, row, small_button
from gis_app.gui.words import body_name, path_text
from gis_app.language import format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

MOST = 500
"""So many whistles wait in the list at most."""

NOT_REACHED = "not_reached"
"""What the data of a note say of a call in vain."""

PERIODS = (30, 90, 365, 0)
"""Days of whistles whose ratings are told; 0: all."""


def calls_in_vain(events: list[Event]) -> dict[int, list[Event]]:
    """Return the notes of calls that reached nobody, by case, oldest first."""
    found: dict[int, list[Event]] = {}
    for event in events:
        if event.kind == EventKind.NOTED and event.data.get("call_back") == NOT_REACHED:
            found.setdefault(event.case, []).append(event)
    return found


class CallBackPanel(SidePanel):
    """The next whistler to call: what was done for him, his phone on purpose, three times five stars, a comment; then the next."""

    _read = Signal(object)  # list[Rated]: from the thread that counted

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Call back for ratings"))
        self.case = 0  # the one that is called now
        self.days: float | None = float(self._session.state.settings.rate_days)
        self._period = PERIODS[1]
        self._line = self._session.line
        self._shown = False  # names and phones
        self._skipped: list[int] = []
        self._done = 0
        self._rated: list[Rated] | None = None
        self._read.connect(self._take_ratings)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab(tr("To call"))
        self.tabs.addTab(tr("Stars by body"))
        self.tabs.setAccessibleName(tr("Call back for ratings"))
        self.tabs.currentChanged.connect(lambda _: self._turn())
        layout = self.layout()
        assert layout is not None
        layout.insertWidget(1, holding(row(self.tabs, None, margins=(16, 0, 12, 6))))  # type: ignore[attr-defined]
        self._session.county_changed.connect(self._follow)
        self._session.filter_changed.connect(self._follow_line)
        self._turn()

    def begin(self) -> None:
        """Put the keys on the first stars."""
        if self.case:
            self.stars.rows[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn(self) -> None:
        if self.tabs.currentIndex() == 0:
            self._find()
            self._show_case()
        else:
            self._show_ratings()

    # ------------------------------------------------------------ the list

    def _find(self) -> None:
        """List who is to be called: those never called first, the longest done first."""
        session = self._session
        cases = session.state.cases
        rows = to_call_back(cases, session.derived.now, self.days, session.cases_of_line())[:MOST]
        ids = [int(case) for case in cases.id[rows]]
        stored = session.county.store.rows_by("events", "case_id", ids) if ids else None
        self._vain = calls_in_vain(events_of(stored)) if stored is not None else {}
        ordered = [int(case) for case in cases.id[by_attempts(rows, cases.id, {case: len(vain) for case, vain in self._vain.items()})]]
        self._list = [case for case in ordered if case not in self._skipped] + [case for case in self._skipped if case in ordered]
        if self.case not in self._list:
            self._shown = False
            self.case = self._list[0] if self._list else 0

    def _show_case(self) -> None:
        """Show who is called now, and the form of the rating."""
        session, palette = self._session, self._session.palette
        left = tr("{count} to call", count=format_number(len(self._list)))
        done = tr("{count} rated just now", count=format_number(self._done)) if self._done else ""
        older = QCheckBox(tr("Older ones too"))
        older.setToolTip(tr("Also those done more than {days} days ago", days=format_number(session.state.settings.rate_days)))
        older.setChecked(self.days is None)
        older.toggled.connect(self._set_older)
        head = holding(row(label(" · ".join(part for part in (left, done) if part), "secondary"), None, older))
        if not self.case:
            nothing = tr("Everybody has been asked. Whistles stand here when they are done, until they are rated.")
            self.show_body([head, said(nothing), None])
            self.show_foot([])
            return
        self.show_body([head, *self._about(), None])
        self.stars = StarRows(palette)
        self.note = NoteField(tr("Comment of the whistler"), lines=1)
        self.note.setPlaceholderText(tr("Comment, or why nobody was reached"))
        self.field = Field(tr("Stars (keys 1 to 5)"), self.stars)
        self.stars.confirmed.connect(self.rate)
        self.note.confirmed.connect(self.rate)
        rate = button(tr("Record, next"), self.rate, "primary", icon("star", palette, palette.accent_text))
        missed = button(tr("Not reached"), self.not_reached, tip=tr("Notes the call, and asks again after the others (key 0)"))
        later = button(tr("Skip"), self.skip, "link", tip=tr("Asks again after the others (Page Down)"))
        self.show_foot([self.field, self.note, row(rate, missed, None, later)])
        self.begin()

    def _about(self) -> list[QWidget | QLayout]:
        """Return what the clerk says on the phone: whose whistle, about what, who did what when."""
        session = self._session
        state, store = session.state, session.county.store
        at = rows_of(session, (self.case,))[0]
        found = store.rows("cases", np.array([self.case], np.int64), ["number", "text", "result", "kind"])
        number, text, result = (str(found[name][0]) for name in ("number", "text", "result"))
        category = state.categories.get(int(state.cases.category[at]))
        done = from_utc64(state.cases.done[at])
        items = [self._person(one, at_end=at_end) for at_end, one in self._people()]
        for event in self._vain.get(self.case, [])[-2:]:
            items.append(said(" · ".join(part for part in (tr("Not reached {time}", time=format_time(event.time)), event.note) if part)))
        by = tr("{body}, done {time}", body=body_name(state, int(state.cases.body[at])), time=format_time(done) if done else "–")
        place = path_text(state, int(state.cases.cell[at]))
        link = button(number, self._look, "link", tip=tr("Show it on the map"))
        about = [name_of_category(category) if category else "", place]
        return [
            *items,
            label(text, wrap=True, selectable=True),
            card(label(result or tr("No result was written down."), wrap=True, selectable=True), said(by)),
            row(link, None),
            said(" · ".join(part for part in about if part)),
        ]

    def _people(self) -> list[tuple[bool, Whistler]]:
        """Return who waits for the answer, and of whom the row ends with the button that shows name and phone."""
        found = whistlers_of(self._session.county.store, self._session.state, self.case)
        return [(at == 0, one) for at, one in enumerate(found)]

    def _person(self, one: Whistler, *, at_end: bool) -> QWidget:
        """Return whom to call: masked until it is asked for."""
        state, palette = self._session.state, self._session.palette
        worker = state.workers.get(one.worker)
        phone = one.phone or (worker.phone if worker else "")
        kind = str(whistler_text(one.whistler)) if one.whistler else ""
        tip = tr("Mask names and phones") if self._shown else tr("Show name and phone")
        toggle = small_button(palette, "eye-off" if self._shown else "eye", tip, self._show_phone)
        toggle.setObjectName("show-phone")
        end = [toggle] if at_end else []
        if one.secret and not self._shown:
            return holding(row(label(tr("protected: reports a wrongdoing"), "secondary"), None, *end))
        name = one.name if self._shown else mask_name(one.name)
        digits = (phone if self._shown else mask_phone(phone)) or tr("no phone")
        number = label(digits, "number" if self._shown and phone else "", selectable=self._shown)
        return holding(row(label(name or "–", "value"), number, label(kind, "secondary"), None, *end, spacing=8))

    def _set_older(self, older: bool) -> None:
        self.days = None if older else float(self._session.state.settings.rate_days)
        self._turn()

    def _show_phone(self) -> None:
        """Show name and phone on purpose, or mask them again; what was typed stays."""
        self._shown = not self._shown
        stars, text = self.stars.stars, self.note.toPlainText()
        focus = QApplication.focusWidget()
        again = next((at for at, one in enumerate(self.stars.rows) if one is focus), 0)
        self._show_case()
        for one, number in zip(self.stars.rows, stars, strict=True):
            one.set_stars(number)
        self.note.setPlainText(text)
        self.stars.rows[again].setFocus(Qt.FocusReason.OtherFocusReason)

    def _look(self) -> None:
        if self._window.page is not None:
            self._window.page.zoom_to("cases", self.case)

    # ------------------------------------------------------------ what came of the call

    def rate(self) -> None:
        """Record the stars and the comment; then the next."""
        if 0 in self.stars.stars:
            self.field.say(msg("Give one to five stars for each of the three."))
            self.stars.rows[self.stars.stars.index(0)].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        actor = self._window.preferences.actor
        data: dict[str, object] = {"called_by": actor} if actor else {}
        store = self._session.county.store
        self.record(
            record_event(store, self.case, EventKind.RATED, stars=self.stars.stars, note=self.note.text, data=data), self._rated_now
        )

    def _rated_now(self, _: Changes) -> None:
        self._done += 1
        self._rated = None
        self._next()

    def not_reached(self) -> None:
        """Note that nobody was reached: the whistle comes again after those that were called less often."""
        note = self.note.text or tr("Not reached by phone")
        actor, store = self._window.preferences.actor, self._session.county.store
        edit = record_event(store, self.case, EventKind.NOTED, note=note, actor=actor, data={"call_back": NOT_REACHED})
        self.record(edit, lambda _: self._next())

    def skip(self) -> None:
        """Go on to the next one without a word; this one comes last."""
        self._skipped = [*(case for case in self._skipped if case != self.case), self.case]
        self._next()

    def _next(self) -> None:
        self.case, self._shown = 0, False
        self._turn()

    def _follow_line(self, _: object = None) -> None:
        """List others where another line is shown; a filter changes nothing here, least of all what is being typed."""
        if self._session.line is not self._line:
            self._line, self._rated = self._session.line, None
            self._turn()

    def _follow(self, changes: Changes) -> None:
        """Go on where somebody else has rated the whistle, or a new one is done; never while stars are being given."""
        if self.tabs.currentIndex() == 0 and changes.touches("events", "cases") and self.case:
            before = self.case
            self._find()
            if self.case != before:
                self._show_case()
        elif self.tabs.currentIndex() == 1 and changes.touches("events"):
            self._rated = None
            self._show_ratings()

    # ------------------------------------------------------------ what the ratings say

    def _show_ratings(self) -> None:
        """Show the averages of each body, with how many ratings there are and how sure that is."""
        if self._rated is None:
            self._count()
        words = [(tr("whistles of the last {days} days", days=days) if days else tr("all whistles"), days) for days in PERIODS]
        choice = combo(tr("Period"), words, self._period, self._set_period)
        note = tr("The band is where the mean lies with 95 % confidence. Fewer than {few} ratings are pale and not ranked.", few=FEW)
        items: list[QWidget | QLayout] = [choice, said(note)]
        if self._rated is None:
            items.append(said(tr("Counting …")))
        elif not self._rated:
            items.append(said(tr("No whistle of this period is rated yet.")))
        state, palette = self._session.state, self._session.palette
        items += [RatingRow(body_name(state, one.body), one, palette) for one in self._rated or ()]
        self.show_body([*items, None])
        self.show_foot([])

    def _set_period(self, days: object) -> None:
        self._period = int(str(days))
        self._rated = None
        self._show_ratings()

    def _count(self) -> None:
        """Read the ratings beside the window."""
        session, days = self._session, self._period
        store, state, where = session.county.store, session.state, session.cases_of_line()
        start = session.derived.now - timedelta(days=days) if days else None

        def count() -> list[Rated]:
            found = read_trails(store)
            keys, stays = keys_by(state, found, By.BODY)
            return list(worst_first(_rated(measured(basis_of(state, found), keys, stays, start=start, where=where))))

        aside(count, self._read.emit)

    def _take_ratings(self, found: list[Rated]) -> None:
        self._rated = found
        if self.tabs.currentIndex() == 1:
            self._show_ratings()

    # ------------------------------------------------------------ keys

    def event(self, event: QEvent) -> bool:
        """Keep the keys of the panel from being shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_0 and self.case and self.tabs.currentIndex() == 0:
            self.not_reached()
        elif event.key() == Qt.Key.Key_PageDown and self.case and self.tabs.currentIndex() == 0:
            self.skip()
        else:
            super().keyPressEvent(event)


_KEYS = (Qt.Key.Key_0, Qt.Key.Key_PageDown)


def _rated(rows: list[Measures]) -> list[Rated]:
    found = (rated(one.key, one.attitude, one.speed, one.outcome) for one in rows if one.key)
    return [one for one in found if one is not None]


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = CallBackPanel(window)
        window.page.show_right(panel, panel.ended)
        panel.begin()
