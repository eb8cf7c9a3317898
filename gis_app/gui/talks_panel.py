"""Accountability: who let time pass in a month, the talks that were held, and recording one. Records, not automation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from gis_app.cases.schedule import Duties
from gis_app.cases.statistics import months
from gis_app.cases.watching import OFTEN, Candidate, bodies_of, candidates
from gis_app.county.calling import case_called
from gis_app.county.changes import Changes
from gis_app.county.outbox_edits import duties_of_county
from gis_app.county.talk_edits import HeldBy, Talk, held_by_text, record_talk, talks_of
from gis_app.errors import UserError
from gis_app.gui.body_choice import BodyChoice, Suggested
from gis_app.gui.case_fields import Field, NoteField, TimeField
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.session import Session
from gis_app.gui.side_panel import Figures, SidePanel, TwoLineList, TwoLines, said
from gis_app.gui.task import aside
from gis_app.gui.widgets import button, column, combo, holding, label, row
from gis_app.gui.words import body_name
from gis_app.language import ZONE, Message, format_number, format_time, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

LEASTS = (OFTEN, 5, 10, 20)
"""How many calls and deadlines may be asked for before a body is a candidate."""

EVERY = ""
"""The month of a list of all talks."""


def bounds(month: str) -> tuple[datetime, datetime]:
    """Return when a month (2020-05) begins and ends in the county."""
    year, number = (int(part) for part in month.split("-"))
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=ZONE), datetime(*following, 1, tzinfo=ZONE)


def months_of(blown: np.ndarray[tuple[int], np.dtype[np.datetime64]], now: datetime) -> list[str]:
    """Return the months from the first whistle until now, the newest first."""
    known = months(blown)
    known = known[known > 0]
    here = now.astimezone(ZONE)
    year, number = here.year, here.month
    first = int(known.min()) if len(known) else year * 100 + number
    found = []
    while year * 100 + number >= first:
        found.append(f"{year}-{number:02}")
        year, number = (year - 1, 12) if number == 1 else (year, number - 1)
    return found


class TalksPanel(SidePanel):
    """The candidates and the talks of a month, or of one body, or all; and the form of a new talk."""

    _counted = Signal(object)  # Duties: from the thread that counted

    def __init__(self, window: Window) -> None:
        super().__init__(window, tr("Accountability"))
        self.form: TalkForm | None = None
        self.body_id = 0  # only talks with this body are listed; 0: all
        self.least = OFTEN
        self._duties: Duties | None = None
        self._talks: tuple[Talk, ...] = ()
        self._months = months_of(self._session.state.cases.blown, self._session.derived.now)
        self.month = self._months[min(1, len(self._months) - 1)]  # the last one that is over
        self._counted.connect(self._take_duties)
        self._session.county_changed.connect(self._follow)
        self._session.filter_changed.connect(self.refresh)
        self._build()
        self._count()

    def _build(self) -> None:
        """Show the lists."""
        self.form = None
        palette = self._session.palette
        choices = [*((month, month) for month in self._months), (tr("All months"), EVERY)]
        choice = combo(tr("Month"), choices, self.month, self._set_month)
        choice.setMaxVisibleItems(14)
        words = [(tr("{least} or more", least=least), least) for least in LEASTS]
        often = combo(tr("Robot calls and deadlines of a candidate"), words, self.least, self._set_least)
        often.setToolTip(tr("Robot calls and deadlines of a candidate"))
        self._title = heading("")
        self._why = said("")
        titles = (tr("Body"), tr("Calls"), tr("Late"), tr("Talks"))
        tips = (
            "",
            tr("Robot calls that became due at whistles that reached the body in the month"),
            tr("Deadlines that passed in the month"),
            tr("Talks held about the month"),
        )
        self.candidates = Figures(tr("Candidates for a talk"), titles, tips, most=7)
        self.candidates.wanted.connect(self._choose)
        self._held = heading("")
        self.talks = TwoLineList(tr("Talks held"), 5)
        self.talks.wanted.connect(self._show_talk)
        self._nothing = said("")
        self._every = button(tr("Talks with all bodies"), lambda: self._choose(0), "link")
        self.show_body(
            [
                row(choice, often, spacing=4),
                self._title,
                self._why,
                self.candidates,
                self._held,
                self.talks,
                self._nothing,
                holding(row(self._every, None)),
                None,
            ]
        )
        self.show_foot([button(tr("Record a talk …"), self.begin, "primary", icon("plus", palette, palette.accent_text))])
        self.refresh()

    def _count(self) -> None:
        """Work out beside the window what was due when."""
        store, state = self._session.county.store, self._session.county.state
        aside(lambda: duties_of_county(store, state), self._counted.emit)

    def _take_duties(self, found: Duties) -> None:
        self._duties = found
        self.refresh()

    def found(self) -> tuple[Candidate, ...]:
        """Return the candidates of the month; of the line, where only that is shown."""
        if self._duties is None or not self.month:
            return ()
        session, line = self._session, self._session.line
        only = None if line is None else bodies_of(line, session.state.bodies, session.state.units)
        return candidates(self._duties, *bounds(self.month), session.derived.now, least=self.least, only=only)

    def refresh(self, _: object = None) -> None:
        """List candidates and talks anew."""
        if self.form is not None:
            return
        session, palette = self._session, self._session.palette
        store, state = session.county.store, session.state
        known = talks_of(store, 0, self.month)
        self._talks = tuple(talk for talk in known if self.body_id in (0, talk.body))
        listed = self.found()
        rows = [(one.body, body_name(state, one.body), _numbers(one, known)) for one in listed]
        tips = [_share_text(body_name(state, one.body), one) for one in listed]
        self.candidates.show_rows(rows, self.body_id, (palette.warning, palette.danger), tips)
        self.candidates.setVisible(bool(rows))
        self._title.setText(tr("Let time pass in {month} ({count})", month=self.month, count=format_number(len(rows))))
        self._title.setVisible(bool(self.month))
        self._why.setVisible(bool(self.month))
        self._why.setText(self._explanation(bool(rows)))
        name = body_name(state, self.body_id) if self.body_id else ""
        self._held.setText(_held_title(self.month, name, len(self._talks)))
        self.talks.show_rows([_talk_row(session, talk, one_month=bool(self.month)) for talk in reversed(self._talks)])
        self.talks.setVisible(bool(self._talks))
        self._nothing.setText(tr("No talk is recorded here."))
        self._nothing.setVisible(not self._talks)
        self._every.setVisible(bool(self.body_id))

    def _explanation(self, some: bool) -> str:
        if self._duties is None:
            return tr("Counting …")
        if not some:
            return tr("No body let {least} or more robot calls and deadlines pass.", least=self.least)
        return tr(
            "At least {least} robot calls and missed deadlines. These are candidates: people decide who is talked to.", least=self.least
        )

    def _set_month(self, month: object) -> None:
        self.month = str(month)
        self.refresh()

    def _set_least(self, least: object) -> None:
        self.least = int(str(least))
        self.refresh()

    def _choose(self, body: int) -> None:
        """List only the talks with one body, or all again."""
        self.body_id = 0 if body == self.body_id else body
        self.refresh()

    def _show_talk(self, talk: int) -> None:
        """Show the whistle that a talk was about."""
        known = next((one for one in self._talks if one.id == talk), None)
        if known is not None and known.case and self._window.page is not None:
            self._window.page.zoom_to("cases", known.case)

    # ------------------------------------------------------------ a new talk

    def begin(self) -> None:
        """Open the form of a talk: about the chosen body, the month, the selected whistle."""
        case = self._session.selected[1] if self._session.selected[0] == "cases" else 0
        month = self.month or self._months[0]
        self.form = TalkForm(self._session, self._window.preferences.actor, month, self._months, self.body_id, case, self.found())
        self.form.wanted.connect(self._record)
        self.form.left.connect(self._build)
        self.show_body([label(tr("Record a talk"), "value"), self.form, None])
        self.show_foot([self.form.foot])
        self.form.begin()

    def _record(self, edit: object) -> None:
        from gis_app.county.changes import Edit

        assert isinstance(edit, Edit)
        form = self.form

        def refused(reason: Message) -> None:
            if form is not None and form is self.form:
                form.say(reason)

        def done(_: Changes) -> None:
            if form is not None and form is self.form:
                self.month = form.month
                self._build()

        self._window.perform(edit, done, refused)

    def _follow(self, changes: Changes) -> None:
        if changes.touches("events", "cases"):
            self._count()
        elif changes.touches("talks", "bodies"):
            self.refresh()


def _numbers(one: Candidate, talks: Sequence[Talk]) -> tuple[int, int, int]:
    """Return the figures of a candidate: robot calls, deadlines, talks."""
    return one.calls, one.overdue, sum(talk.body == one.body for talk in talks)


def _share_text(name: str, one: Candidate) -> str:
    """Return of how many arrivals the robot had to call."""
    share = one.share.value
    if share is None:
        return name
    counts = {"calls": format_number(one.calls), "arrivals": format_number(one.arrivals), "share": format_number(100 * share)}
    return "\n".join((name, tr("Robot call for {calls} of {arrivals} whistles that reached it ({share} %)", **counts)))


def _held_title(month: str, body: str, count: int) -> str:
    number = format_number(count)
    if body:
        return tr("Talks with {body} ({count})", body=body, count=number)
    return tr("Talks about {month} ({count})", month=month, count=number) if month else tr("All talks ({count})", count=number)


def _talk_row(session: Session, talk: Talk, *, one_month: bool) -> TwoLines:
    """Return a talk as a row: with whom, by whom, when; what was said, and about which whistle."""
    parts = [body_name(session.state, talk.body), str(held_by_text(talk.held_by)) if talk.held_by in set(HeldBy) else talk.held_by]
    if not one_month:
        parts.append(talk.month)
    time = format_time(talk.time) if talk.time is not None else ""
    number = ""
    if talk.case:
        found = session.county.store.rows("cases", np.array([talk.case], np.int64), ["number"])["number"]
        number = str(found[0]) if len(found) else ""
    more = tr("A click shows whistle {number}.", number=number) if number else ""
    tip = "\n".join(part for part in (" · ".join(parts), " · ".join(p for p in (time, talk.actor) if p), talk.note, more) if part)
    return TwoLines(talk.id, " · ".join(parts), " · ".join(part for part in (time[:10], number, talk.note) if part), tip)


class TalkForm(QWidget):
    """Asks with whom a talk was held, about which month, by whom, about which whistle, when, and what was said."""

    wanted = Signal(object)  # Edit
    left = Signal()

    def __init__(
        self, session: Session, actor: str, month: str, known: list[str], body: int, case: int, found: tuple[Candidate, ...]
    ) -> None:
        super().__init__()
        self._session, self.month, self.held_by = session, month, str(HeldBy.SUPERIOR)
        suggested = [Suggested(one.body, msg("{calls} calls, {late} late", calls=one.calls, late=one.overdue)) for one in found]
        number = ""
        if case:
            number = str(session.county.store.rows("cases", np.array([case], np.int64), ["number"])["number"][0])
        self.body = BodyChoice(tr("Body that was talked to"), session.state.bodies, suggested, chosen=body)
        self.case = QLineEdit(number)
        self.case.setAccessibleName(tr("About whistle (may be left out)"))
        self.case.setPlaceholderText("20200501-007")
        self.actor = QLineEdit(actor)
        self.actor.setAccessibleName(tr("Held by (name or office)"))
        self.time = TimeField(tr("When"), session.state.settings.now)
        self.note = NoteField(tr("What was said and agreed"), lines=3)
        held = combo(tr("Who held it"), [(str(held_by_text(one)), one.value) for one in HeldBy], self.held_by, self._set_held_by)
        about = combo(tr("About month"), [(one, one) for one in known], month, self._set_month)
        self.fields = {
            "body": Field(tr("Body that was talked to"), self.body),
            "held_by": Field(tr("Who held it"), holding(row(held, about))),
            "case": Field(tr("About whistle (may be left out)"), self.case),
            "note": Field(tr("What was said and agreed"), self.note),
            "time": Field(tr("When"), self.time),
            "actor": Field(tr("Held by (name or office)"), self.actor),
        }
        for line in (self.case, self.actor):
            line.returnPressed.connect(self.confirm)
        for field in (self.body, self.time, self.note):
            field.confirmed.connect(self.confirm)
        self.setLayout(column(*self.fields.values(), spacing=10))
        keep = button(tr("Record the talk"), self.confirm, "primary")
        self.foot = holding(row(keep, None, button(tr("Cancel"), self.left.emit, "link")))

    def begin(self) -> None:
        """Put the cursor into the first field that is to be filled in."""
        (self.note if self.body.body else self.body).setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_held_by(self, held_by: object) -> None:
        self.held_by = str(held_by)

    def _set_month(self, month: object) -> None:
        self.month = str(month)

    def say(self, reason: Message) -> None:
        """Say what was refused."""
        self.fields["note"].say(reason)

    def confirm(self) -> None:
        """Say what is wrong field by field, or tell the edit that records the talk."""
        problems: dict[str, Message] = {}
        if not self.body.body:
            problems["body"] = msg("Choose the body that was talked to.")
        if not self.note.text:
            problems["note"] = msg("Write what the talk was about.")
        time = self.time.moment
        if isinstance(time, Message):
            problems["time"] = time
        case = 0
        if self.case.text().strip():
            try:
                case = case_called(self._session.county.store, self.case.text())
            except UserError as error:
                problems["case"] = error.message
        for name, field in self.fields.items():
            field.say(problems.get(name))
        if problems:
            self.fields[min(problems, key=list(self.fields).index)].inner.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.wanted.emit(
            record_talk(
                self._session.county.store,
                self.body.body,
                self.month,
                held_by=self.held_by,
                note=self.note.text,
                case=case,
                actor=self.actor.text().strip(),
                time=time if isinstance(time, datetime) and self.time.line.text().strip() else None,
            )
        )


def show(window: Window) -> None:
    """Show the panel in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = TalksPanel(window)
        window.page.show_right(panel, panel.ended)
