"""The forms of a grid worker, in place of the inspector: who he is, and when he is absent. What is wrong is said below each field.

The form shows name and phone unmasked, since it edits them: opening it is asking for them. Colleagues are masked in both.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLayout, QLineEdit, QWidget

from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.worker_edits import add_worker, change_worker, set_absence
from gis_app.grid.privacy import mask_name
from gis_app.grid.units import Level
from gis_app.grid.workers import Worker
from gis_app.gui.case_fields import Field, NoteField
from gis_app.gui.map_view import MapView
from gis_app.gui.search_choice import Option, SearchChoice
from gis_app.gui.session import Session
from gis_app.gui.side_panel import SidePanel, said
from gis_app.gui.widgets import button, column, row
from gis_app.gui.words import unit_name
from gis_app.language import Message, listed, msg, tr
from gis_app.progress import finish

if TYPE_CHECKING:
    from gis_app.gui.window import Window

FIELD_OF = {
    "no_name": "name",
    "code_taken": "code",
    "no_village": "village",
    "dates": "until",
    "substitute": "substitute",
    "negative": "capacity",
}
"""The field that a refusal is about."""

NO_DAY = msg("This is no day; write it as 2020-05-01.")
NO_PLACE = msg("Write the place as two numbers, east and north, or choose it on the map.")
NO_SUCH_WORKER = msg("No grid worker goes by this name alone; choose one of the list.")
NO_COUNT = msg("This is no whole number of households.")


def day_of(text: str) -> date | Message | None:
    """Return the day that is written (2020-05-01, 2020.5.1, 2020年5月1日, 20200501), None for nothing, or what is wrong."""
    plain = text.strip()
    if not plain:
        return None
    parts = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain) or re.fullmatch(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?", plain)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else NO_DAY
    except ValueError:
        return NO_DAY


def place_of(text: str) -> tuple[float, float] | Message | None:
    """Return the place that is written in county coordinates, None for nothing, or what is wrong."""
    plain = text.replace("，", ",").strip()
    if not plain:
        return None
    try:
        x, y = (float(part) for part in plain.split(","))
    except ValueError:
        return NO_PLACE
    return x, y


def chooser(name: str, options: list[Option], chosen: int) -> SearchChoice:
    """Return a box of many names among which one is found by typing a part of the name, its pinyin initials or its number."""
    made = SearchChoice(name, options, chosen, strict=True)
    made.setProperty("role", "")  # as high as the lines beside it
    return made


def chosen_in(box: SearchChoice) -> int | None:
    """Return what is chosen in a box; None where something is typed that it does not know."""
    value = box.value
    return value if isinstance(value, int) else None


def substitutes(session: Session, worker: int, village: int) -> list[Option]:
    """Return whom may be chosen as a substitute: colleagues of the branch first.

    They are found by their names, which are masked to be read; cells and numbers tell them apart.
    """
    others = [one for one in session.state.workers.values() if one.id != worker]
    units = session.state.units
    others.sort(key=lambda one: (one.village != village, one.code, one.id))
    places = (unit_name(units.get(one.cell or one.village)) for one in others)
    named = [
        Option(" · ".join((mask_name(one.name), place, one.code or str(one.id))), one.id, one.code, one.name)
        for one, place in zip(others, places, strict=True)
    ]
    return [Option(tr("nobody"), 0), *named]


class RosterPanel(SidePanel):
    """What both forms share: fields, what is wrong with them, and a button that performs the edit."""

    def __init__(self, window: Window, title: str) -> None:
        super().__init__(window, title)
        self.fields: dict[str, Field] = {}
        self.problem = said("")
        self.problem.setProperty("role", "danger")

    def line(self, name: str, title: str, text: str, hint: str = "") -> QLineEdit:
        """Add a line to be written."""
        made = QLineEdit(text)
        made.setAccessibleName(title)
        made.setPlaceholderText(hint)
        made.returnPressed.connect(self.confirm)
        self.fields[name] = Field(title, made)
        return made

    def box(self, name: str, title: str, options: list[Option], chosen: int) -> SearchChoice:
        """Add a box of names, of which one is chosen by typing."""
        made = chooser(title, options, chosen)
        made.entered.connect(self.confirm)
        self.fields[name] = Field(title, made)
        return made

    @abstractmethod
    def confirm(self) -> None:
        """Say what is wrong, or perform the edit."""

    def take(self, problems: dict[str, Message], edit: Callable[[], Edit], done: Callable[[Changes], object]) -> None:
        """Say what is wrong field by field; where nothing is, try the edit, say what it refuses beside its field, or perform it."""
        if not problems:
            wanted = edit()
            tried = finish(wanted.plan(self._session.county.state))
            if not isinstance(tried, Refusal):
                self._say(problems, None)
                self._window.perform(wanted, lambda changes: self._done(changes, wanted, done), self._refused)
                return
            if tried.code not in FIELD_OF or FIELD_OF[tried.code] not in self.fields:
                self._say({}, tried.reason)
                return
            problems = {FIELD_OF[tried.code]: tried.reason}
        self._say(problems, None)
        first = next(name for name in self.fields if name in problems)
        self.fields[first].inner.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, problems: dict[str, Message], other: Message | None) -> None:
        for name, field in self.fields.items():
            field.say(problems.get(name))
        self.problem.setText("" if other is None else str(other))
        self.problem.setVisible(other is not None)

    def _refused(self, reason: Message) -> None:
        self._say({}, reason)

    def _done(self, changes: Changes, edit: Edit, done: Callable[[Changes], object]) -> None:
        from gis_app.gui import work

        work.tell_step(self._window, tr("Done: {what}.", what=edit.title), edit.title)
        if self.is_shown:
            self.close_panel()
        done(changes)


class WorkerForm(RosterPanel):
    """Asks for everything that is known of a worker; without one, for a new one."""

    def __init__(self, window: Window, worker: Worker | None = None, village: int = 0) -> None:
        super().__init__(window, tr("Edit a grid worker") if worker is not None else tr("A new grid worker"))
        self.worker = worker
        known = worker or Worker(0, "", "", village=village)
        units = self._session.state.units
        villages = [
            Option(" › ".join(unit_name(step) for step in units.path(unit.id)), unit.id, unit.code)
            for unit in units.at_level(Level.VILLAGE)
        ]
        self.name = self.line("name", tr("Full name"), known.name)
        self.code = self.line("code", tr("Number"), known.code)
        self.phone = self.line("phone", tr("Phone"), known.phone)
        self.village = self.box("village", tr("Village or community"), [Option(tr("none"), 0), *villages], known.village)
        self.skills = self.line("skills", tr("Languages, skills (commas between them)"), listed(known.skills.split(",")))
        unlimited = tr("empty: as the settings say")
        self.capacity = self.line("capacity", tr("Can bear, in households"), str(known.capacity or ""), unlimited)
        self.since = self.line("since", tr("First day of work"), _day_text(known.since), tr("2020-05-01"))
        self.until = self.line("until", tr("Last day of work"), _day_text(known.until), tr("empty: open"))
        others = substitutes(self._session, known.id, known.village)
        self.substitute = self.box("substitute", tr("Substitute"), others, known.substitute)
        self.home = self.line("home", tr("Home, in county coordinates"), _place_text(known.home), tr("east, north"))
        self.pick = button(tr("Choose on the map"), self.begin_pick, "link")
        self.notes = NoteField(tr("Notes"), known.notes, lines=3)
        self.notes.confirmed.connect(self.confirm)
        self.fields["notes"] = Field(tr("Notes"), self.notes)
        self._build()

    def _build(self) -> None:
        field = self.fields
        parts: list[QWidget | QLayout] = [
            field["name"],
            field["code"],
            field["phone"],
            field["village"],
            field["skills"],
            field["capacity"],
            field["since"],
            field["until"],
            field["substitute"],
            column(field["home"], row(self.pick, None), spacing=0),
            field["notes"],
        ]
        self.problem.hide()
        self.show_body([*parts, self.problem, None])
        verb = tr("Apply") if self.worker is not None else tr("Add")
        self.apply = button(verb, self.confirm, "primary")
        self.show_foot([row(self.apply, None, button(tr("Cancel"), self.close_panel, "link"))])

    @property
    def _view(self) -> MapView | None:
        return self._window.page.view if self._window.page is not None else None

    def begin_pick(self) -> None:
        """Take the next click on the map as the home."""
        if self._view is not None:
            self._view.picked = self._take_place
            self.pick.setText(tr("Click on the map …"))

    def _take_place(self, x: float, y: float) -> None:
        self.home.setText(_place_text((x, y)))
        self.ended()
        self.pick.setText(tr("Choose on the map"))

    def ended(self) -> None:
        """Let the map select again."""
        if self._view is not None and self._view.picked == self._take_place:
            self._view.picked = None

    def _read(self) -> tuple[dict[str, object], dict[str, Message]]:
        """Return what is filled in by field of `Worker`, and what is wrong with it."""
        capacity = self.capacity.text().strip()
        skills = ",".join(word.strip() for word in re.split("[,，、;；]", self.skills.text()) if word.strip())
        values: dict[str, object] = {
            "name": self.name.text().strip(),
            "code": self.code.text().strip(),
            "phone": self.phone.text().strip(),
            "village": chosen_in(self.village),
            "skills": skills,
            "capacity": int(capacity or 0) if (capacity or "0").isdecimal() else NO_COUNT,
            "since": day_of(self.since.text()),
            "until": day_of(self.until.text()),
            "substitute": chosen_in(self.substitute),
            "home": place_of(self.home.text()),
            "notes": self.notes.text,
        }
        problems = {name: value for name, value in values.items() if isinstance(value, Message)}
        if values["village"] is None:
            problems["village"] = msg("No village or community goes by this name; choose one of the list.")
        if values["substitute"] is None:
            problems["substitute"] = NO_SUCH_WORKER
        if not values["name"]:
            problems["name"] = msg("A grid worker needs a name; write it.")
        return values, problems

    def confirm(self) -> None:
        """Say what is wrong field by field, or add the worker, or change what was changed."""
        values, problems = self._read()
        worker = self.worker
        if worker is None:
            self.take(problems, lambda: add_worker(replace(Worker(0, "", ""), **values)), self._added)  # type: ignore[arg-type]
            return
        changed = {name: value for name, value in values.items() if getattr(worker, name) != value}
        if _place_text(worker.home) == self.home.text().strip():  # written to the metre only
            changed.pop("home", None)
        if not problems and not changed:
            self.close_panel()
            return
        self.take(problems, lambda: change_worker(worker.id, **changed), lambda _: None)

    def _added(self, changes: Changes) -> None:
        if isinstance(changes.report, int) and self._window.page is not None:
            self._session.select("workers", changes.report)


class AbsenceForm(RosterPanel):
    """Asks from when until when a worker is absent, and who stands in."""

    def __init__(self, window: Window, worker: Worker) -> None:
        super().__init__(window, tr("Absence"))
        self.worker = worker
        day = self._session.state.settings.today()
        first = worker.absent_from or day
        self.first = self.line("absent_from", tr("First day of absence"), _day_text(first), tr("2020-05-01"))
        self.last = self.line("until", tr("Last day of absence"), _day_text(worker.absent_until), tr("empty: until further notice"))
        others = substitutes(self._session, worker.id, worker.village)
        self.substitute = self.box("substitute", tr("Who stands in"), others, worker.substitute)
        who = said(tr("{name} keeps the cells; who stands in answers for them on these days.", name=mask_name(worker.name)))
        self.problem.hide()
        self.show_body([who, self.fields["absent_from"], self.fields["until"], self.fields["substitute"], self.problem, None])
        back: list[QWidget] = []
        if worker.absent_from is not None:
            back.append(button(tr("Is back"), self.come_back))
        self.apply = button(tr("Apply"), self.confirm, "primary")
        self.show_foot([row(self.apply, *back, None, button(tr("Cancel"), self.close_panel, "link"))])

    def confirm(self) -> None:
        """Say what is wrong field by field, or write the absence down."""
        first, last, other = day_of(self.first.text()), day_of(self.last.text()), chosen_in(self.substitute)
        problems: dict[str, Message] = {}
        if first is None:
            problems["absent_from"] = msg("Say from which day on.")
        if isinstance(first, Message):
            problems["absent_from"] = first
        if isinstance(last, Message):
            problems["until"] = last
        if other is None:
            problems["substitute"] = NO_SUCH_WORKER
        start, end = (day if isinstance(day, date) else None for day in (first, last))
        self.take(problems, lambda: set_absence(self.worker.id, start, end, other or 0), lambda _: None)

    def come_back(self) -> None:
        """End the absence."""
        self.take({}, lambda: set_absence(self.worker.id, None), lambda _: None)


def _day_text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _place_text(place: tuple[float, float] | None) -> str:
    return f"{place[0]:.0f}, {place[1]:.0f}" if place is not None else ""


def show(window: Window, panel: WorkerForm | AbsenceForm) -> None:
    """Show a form in place of the inspector, the cursor in its first field."""
    if window.page is not None:
        window.page.show_right(panel, panel.ended)
        next(iter(panel.fields.values())).inner.setFocus(Qt.FocusReason.OtherFocusReason)


__all__ = ["AbsenceForm", "WorkerForm", "day_of", "place_of", "show"]
