"""Watching: who the leader is and what he answers for, how his bodies stand, what is marked for attention; and marking more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from gis_app.cases.bodies import BodyKind, DepartmentCategory
from gis_app.cases.case import Event, EventKind, State
from gis_app.cases.display import department_category_text, is_open
from gis_app.cases.transitions import allowed
from gis_app.cases.watching import Line, loads, watched
from gis_app.county.case_edits import events_of, record_event, record_many
from gis_app.grid.units import Level
from gis_app.gui.case_fields import NoteField
from gis_app.gui.case_view import chosen_cases, rows_of
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.session import Session
from gis_app.gui.side_panel import Figures, SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import aside
from gis_app.gui.watched_line import keep_line, kept_line, line_text
from gis_app.gui.widgets import button, clear, column, holding, label, row
from gis_app.gui.words import body_name, unit_name
from gis_app.language import format_duration, format_number, format_time, tr

if TYPE_CHECKING:
    from gis_app.county.changes import Changes
    from gis_app.gui.window import Window

MOST = 200
"""So many watched whistles are listed."""


def switch_line(window: Window) -> None:
    """Show only the line of the leader, or everything again; ask for the line where there is none."""
    session = window.session
    if session is None:
        return
    line = kept_line(window.preferences, session)
    if line.is_empty:
        show(window)
        window.banner.news(tr("Say first which departments and townships you answer for."))
        return
    keep_line(window.preferences, session, line, only=session.line is None)
    window.refresh_actions()


class WatchPanel(SidePanel):
    """The view of a county leader, or of the centre where no line was chosen."""

    _read = Signal(object)  # dict of notes by case: from the thread that read

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Watch"))
        self._notes: dict[int, str] = {}
        self._rows = np.empty(0, np.int64)
        self.form: LineForm | None = None
        self._read.connect(self._show_notes)
        palette = self._session.palette
        self._who = column(spacing=6)
        self._sums = label("", "secondary", wrap=True)
        titles = (tr("Body"), tr("Open"), tr("Late"), tr("Not taken"))
        tips = (
            "",
            tr("Open whistles that the body holds"),
            tr("Open beyond the deadline"),
            tr("Not picked up, although the robot call is due"),
        )
        self.bodies = Figures(tr("How the bodies stand"), titles, tips, most=7)
        self.bodies.wanted.connect(self._show_body)
        self.watched = TwoLineList(tr("Marked for attention"), 5)
        self.watched.wanted.connect(self._show_case)
        self._watched_title = heading("")
        self._nothing = said(tr("Nothing open is marked. Select whistles on the map or in the table and mark them below."))
        stand = heading(tr("How the bodies stand"))
        self.show_body([self._who, self._watched_title, self.watched, self._nothing, stand, self._sums, self.bodies, None])
        self.note = NoteField(tr("What is to be done, and by when"), lines=1)
        self.note.setPlaceholderText(tr("What is to be done, and by when"))
        self.note.confirmed.connect(self.mark)
        self._chosen = label("", "secondary", wrap=True)
        self.mark_button = button(tr("Mark for attention"), self.mark, "primary", icon("triangle-alert", palette, palette.accent_text))
        self.show_foot([self._chosen, self.note, self.mark_button])
        for signal in (self._session.county_changed, self._session.filter_changed):
            signal.connect(self.refresh)
        self._session.clock_moved.connect(self.refresh)
        self._session.selection_changed.connect(self._offer)
        self.refresh()

    @property
    def line(self) -> Line:
        """The line of the leader at this computer."""
        return kept_line(self._window.preferences, self._session)

    def refresh(self, _: object = None) -> None:
        """Show how everything stands now."""
        if self.form is None:
            self._show_who()
        session = self._session
        state, derived, of_line = session.state, session.derived, session.cases_of_line()
        queues = {queue: mask & of_line for queue, mask in derived.queues.items()}
        found = loads(state.cases, queues, is_open(state.cases) & of_line)
        rows = [(one.body, body_name(state, one.body), (one.opened, one.overdue, one.not_picked_up)) for one in found]
        colours = ("", session.palette.danger, session.palette.danger)
        self.bodies.show_rows(rows, session.filter.body, colours)
        opened, overdue, late = (sum(row[2][at] for row in rows) for at in range(3))
        counts = (format_number(opened), format_number(len(found)), format_number(overdue), format_number(late))
        self._sums.setText(
            tr(
                "{open} open at {bodies} bodies; {overdue} overdue, {late} not picked up in time.",
                open=counts[0],
                bodies=counts[1],
                overdue=counts[2],
                late=counts[3],
            )
        )
        self._rows = watched(state.cases, queues)[:MOST]
        self._watched_title.setText(tr("Marked for attention ({count})", count=format_number(len(self._rows))))
        self._list_watched()
        self._read_notes()
        self._offer()

    # ------------------------------------------------------------ who

    def _show_who(self) -> None:
        clear(self._who)
        self.form = None
        session, line = self._session, self.line
        change = button(tr("Change …"), self.ask_line, "link")
        if line.is_empty:
            self._who.addWidget(
                said(tr("The county centre sees everything. A county leader says here which departments and townships are his."))
            )
            self._who.addLayout(row(button(tr("Say what I answer for …"), self.ask_line), None))
            return
        self._who.addLayout(row(label(line.name or tr("My line"), "value"), None, change))
        self._who.addWidget(said(line_text(session, line)))
        only = QCheckBox(tr("Only my line in map, table and queue"))
        only.setObjectName("only-line")
        only.setChecked(session.line is not None)
        only.toggled.connect(self._switch)
        self._who.addWidget(only)

    def _switch(self, only: bool) -> None:
        keep_line(self._window.preferences, self._session, self.line, only=only)
        self._window.refresh_actions()

    def ask_line(self) -> None:
        """Ask who the leader is and what he answers for."""
        clear(self._who)
        self.form = LineForm(self._session, self.line)
        self.form.wanted.connect(self._take_line)
        self.form.left.connect(self._leave_line)
        self._who.addWidget(self.form)
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_line(self) -> None:
        self.form = None
        self.refresh()

    def _take_line(self, line: Line) -> None:
        self.form = None
        keep_line(self._window.preferences, self._session, line, only=not line.is_empty)
        self._window.refresh_actions()
        self.refresh()

    # ------------------------------------------------------------ what is watched

    def _list_watched(self) -> None:
        session = self._session
        state, ids = session.state, session.state.cases.id[self._rows]
        stored = session.county.store.rows("cases", ids, ["number", "text"])
        known = {
            int(id): (number, text)
            for id, number, text in zip(stored["id"], stored["number"].tolist(), stored["text"].tolist(), strict=True)
        }
        display, palette = session.derived.display, session.palette
        rows = []
        for at, case in zip(self._rows.tolist(), ids.tolist(), strict=True):
            number, text = known.get(case, ("", ""))
            holder = body_name(state, int(state.cases.body[at]))
            second = self._notes.get(case, "")
            rows.append(
                TwoLines(
                    case,
                    f"{holder} · {text or number}",
                    second or number,
                    f"{number}\n{text}\n{second}",
                    palette.danger if display[at] == 0 else "",
                )
            )
        self.watched.show_rows(rows, session.selected[1] if session.selected[0] == "cases" else 0)
        self.watched.setVisible(bool(rows))
        self._nothing.setVisible(not rows)

    def _read_notes(self) -> None:
        """Read beside the window who marked what is watched, and whether anything has happened since."""
        store, now = self._session.county.store, self._session.derived.now
        cases = [int(case) for case in self._session.state.cases.id[self._rows]]
        if cases:
            aside(lambda: _notes(events_of(store.rows_by("events", "case_id", cases)), now), self._read.emit)

    def _show_notes(self, notes: dict[int, str]) -> None:
        if notes != self._notes:
            self._notes = notes
            self._list_watched()

    def _show_case(self, case: int) -> None:
        if self._window.page is not None:
            self._window.page.zoom_to("cases", case)

    def _show_body(self, body: int) -> None:
        session = self._session
        session.set_filter(replace(session.filter, body=0 if session.filter.body == body else body))

    # ------------------------------------------------------------ marking

    def _markable(self) -> list[int]:
        state = self._session.state.cases.state
        cases = chosen_cases(self._session)
        rows = rows_of(self._session, cases)
        return [int(self._session.state.cases.id[at]) for at in rows if EventKind.URGED in allowed(State(int(state[at])))]

    def _offer(self, _: object = None) -> None:
        """Say what would be marked."""
        cases, markable = chosen_cases(self._session), self._markable()
        for part in (self.note, self.mark_button):
            part.setVisible(bool(markable))
        if not cases:
            self._chosen.setText(tr("Select whistles on the map or in the table to mark them for attention."))
        elif not markable:
            self._chosen.setText(tr("What is selected is over and cannot be marked for attention."))
        elif len(markable) == 1:
            number = self._session.county.store.rows("cases", np.array(markable, np.int64), ["number"])["number"][0]
            self._chosen.setText(tr("Mark {number} for attention; its holder sees it.", number=number))
        else:
            self._chosen.setText(
                tr("Mark {count} selected whistles for attention; their holders see it.", count=format_number(len(markable)))
            )

    def mark(self) -> None:
        """Mark the selected whistles for attention, in the name of the leader."""
        cases = self._markable()
        if not cases:
            return
        store, actor = self._session.county.store, self.line.name or self._window.preferences.actor
        if len(cases) == 1:
            edit = record_event(store, cases[0], EventKind.URGED, note=self.note.text, actor=actor)
        else:
            edit = record_many(store, cases, EventKind.URGED, note=self.note.text, actor=actor)
        self.record(edit, self._marked)

    def _marked(self, _: Changes) -> None:
        self.note.clear()


def _notes(events: list[Event], now: datetime) -> dict[int, str]:
    """Return who marked a case last, when and why, and whether anybody did anything since; by case."""
    last: dict[int, Event] = {}
    after: dict[int, bool] = {}
    for event in events:
        if event.kind == EventKind.URGED:
            last[event.case], after[event.case] = event, False
        elif event.case in last and event.kind not in (EventKind.TOLD, EventKind.NOTED):
            after[event.case] = True
    return {case: _note(event, after[case], now) for case, event in last.items()}


def _note(event: Event, reacted: bool, now: datetime) -> str:
    since = tr("acted on since") if reacted else tr("nothing for {duration}", duration=format_duration(now - event.time))
    return " · ".join(part for part in (since, format_time(event.time), event.actor, event.note) if part)


class LineForm(QWidget):
    """Asks for the name of a leader and what he answers for: departments by category, townships."""

    wanted = Signal(object)  # Line
    left = Signal()

    def __init__(self, session: Session, line: Line) -> None:
        super().__init__()
        self.name = QLineEdit(line.name)
        self.name.setAccessibleName(tr("Name of the leader"))
        self.name.setPlaceholderText(tr("Name of the leader"))
        self.name.returnPressed.connect(self.confirm)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr("Departments and townships of the line"))
        self.tree.setFixedHeight(280)
        self.tree.setStyleSheet("QTreeView::item { min-height: 24px; }")
        self._items: list[QTreeWidgetItem] = []
        self._fill(session, line)
        keep = button(tr("Keep"), self.confirm, "primary")
        everything = button(tr("See everything"), lambda: self.wanted.emit(Line(self.name.text().strip())), "link")
        foot = row(keep, everything, None, button(tr("Cancel"), self.left.emit, "link"))
        self.setLayout(
            column(self.name, said(tr("Tick what you answer for: a group, or single ones.")), self.tree, holding(foot), spacing=6)
        )

    def _fill(self, session: Session, line: Line) -> None:
        state = session.state
        townships = [(unit.id, unit_name(unit)) for unit in state.units.at_level(Level.TOWNSHIP)]
        self._group(tr("Townships"), "units", townships, line.units)
        for category in DepartmentCategory:
            named = [
                (body.id, body.name) for body in state.bodies.values() if body.category == category and body.kind == BodyKind.DEPARTMENT
            ]
            self._group(str(department_category_text(category)), "bodies", named, line.bodies)
        other = [
            (body.id, body.name)
            for body in state.bodies.values()
            if body.kind == BodyKind.DEPARTMENT and body.category not in set(DepartmentCategory)
        ]
        self._group(tr("Other departments"), "bodies", other, line.bodies)

    def _group(self, title: str, table: str, named: list[tuple[int, str]], ticked: frozenset[int]) -> None:
        if not named:
            return
        top = QTreeWidgetItem([f"{title} ({len(named)})"])
        top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
        self.tree.addTopLevelItem(top)
        for id, name in named:
            item = QTreeWidgetItem(top, [name])
            item.setData(0, Qt.ItemDataRole.UserRole, (table, id))
            item.setCheckState(0, Qt.CheckState.Checked if id in ticked else Qt.CheckState.Unchecked)
            self._items.append(item)
        top.setExpanded(any(id in ticked for id, _ in named))

    @property
    def line(self) -> Line:
        """The line as it is filled in."""
        found: dict[str, set[int]] = {"units": set(), "bodies": set()}
        for item in self._items:
            if item.checkState(0) == Qt.CheckState.Checked:
                table, id = item.data(0, Qt.ItemDataRole.UserRole)
                found[table].add(id)
        return Line(self.name.text().strip(), frozenset(found["bodies"]), frozenset(found["units"]))

    def confirm(self) -> None:
        """Tell the line."""
        self.wanted.emit(self.line)


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = WatchPanel(window)
        window.page.show_right(panel, panel.ended)
