"""The small form of a step inside the card of a whistle: what it needs, who did it and when. Enter confirms, Esc leaves."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isnan

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QPlainTextEdit, QWidget

from gis_app.cases.case import Event, EventKind
from gis_app.cases.duplicates import near
from gis_app.county.calling import case_called
from gis_app.county.case_edits import record_event, record_many
from gis_app.county.changes import Edit
from gis_app.errors import UserError
from gis_app.grid.datum import metres_per_unit
from gis_app.gui.body_choice import BodyChoice
from gis_app.gui.case_fields import Field, NoteField, StarRows, TimeField
from gis_app.gui.case_step_checks import objections
from gis_app.gui.case_steps import CaseStep
from gis_app.gui.case_view import CaseView, suggested_bodies, usual_body
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedButton, button, column, holding, label, row, scrolled
from gis_app.language import Message, format_number, msg, tr

MOST_OTHERS = 4
"""So many whistles are offered to merge with."""

WIDEST = 165
"""Pixels that the words on the button may take; longer ones are told by its tip."""

NEEDS_NOTE = frozenset(
    {EventKind.RETURNED, EventKind.SUSPENDED, EventKind.APPEALED, EventKind.REOPENED, EventKind.NOTED, EventKind.CORRECTED, EventKind.DONE}
)
"""Steps whose note comes before everything but what they ask for: it is what they are about."""


class CaseForm(QFrame):
    """A form in the card: a title, fields, and what confirms or leaves it. `wanted` tells the edit once nothing is wrong."""

    wanted = Signal(object)  # Edit
    left = Signal()
    kind = EventKind.CORRECTED
    """The step that it records."""
    cases: tuple[int, ...] = ()
    """The whistles that it is about."""
    passing = False
    """Whether it is about something that is gone with the selection, such as a place that was pointed at."""

    def __init__(self, title: str, verb: str, remark: str = "") -> None:
        super().__init__()
        self.setProperty("role", "form")
        self.setAccessibleName(title)
        self.fields: dict[str, Field] = {}
        self.title = label(title, "value", wrap=True)
        self._remark = label(remark, "secondary", wrap=True)
        self._remark.setVisible(bool(remark))
        self.wrong = label("", "danger", wrap=True)
        self.wrong.hide()
        self.confirm_button = button(verb, self.confirm, "primary")
        self.confirm_button.setObjectName("confirm")
        self._body = column(spacing=8)
        foot = row(self.confirm_button, None, button(tr("Cancel"), self.left.emit, "link"))
        self._area = scrolled(holding(self._body), "formBody")
        self.setLayout(column(self.title, self._remark, self._area, self.wrong, foot, spacing=6, margins=(12, 10, 10, 10)))

    def add(self, name: str, title: str, inner: QWidget) -> Field:
        """Add a field."""
        field = Field(title, inner)
        self.fields[name] = field
        self._body.addWidget(field)
        confirmed = getattr(inner, "confirmed", None)
        if confirmed is not None:
            confirmed.connect(self.confirm)
        elif isinstance(inner, QLineEdit):
            inner.returnPressed.connect(self.confirm)
        return field

    def add_beside(self, *fields: tuple[str, str, QWidget]) -> None:
        """Add fields in one row."""
        made = []
        for name, title, inner in fields:
            self.add(name, title, inner)
            made.append(self.fields[name])
        line = row(*made, spacing=8)
        for at in range(len(made)):
            line.setStretch(at, 1)
            line.setAlignment(made[at], Qt.AlignmentFlag.AlignTop)
        self._body.addLayout(line)

    def fit(self, height: int) -> None:
        """Be as high as the fields need, but not higher than so many pixels: then they are scrolled, and what confirms stays in sight."""
        inner = self._area.widget()
        layout = self.layout()
        if inner is None or layout is None:
            return
        width = max(self._area.viewport().width(), 120)
        wanted = inner.heightForWidth(width) if inner.hasHeightForWidth() else inner.sizeHint().height()
        rest = sum(part.heightForWidth(width) for part in (self.title, self._remark, self.wrong) if not part.isHidden()) + 84
        self._area.setFixedHeight(max(min(wanted, height - rest), 60))

    def begin(self) -> None:
        """Put the cursor where the work begins: into the first field, or on the button that confirms."""
        first = next(iter(self.fields.values()), None)
        (first.inner if first is not None else self.confirm_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def filled(self) -> tuple[object, ...]:
        """Return what is filled in, to be compared with what stood there before."""
        found: list[object] = [line.text() for line in self.findChildren(QLineEdit)]
        found += [note.toPlainText() for note in self.findChildren(QPlainTextEdit)]
        found += [choice.currentIndex() for choice in self.findChildren(QComboBox)]
        found += [(choice.body, choice.bodies) for choice in self.findChildren(BodyChoice)]
        found += [rows.stars for rows in self.findChildren(StarRows)]
        return tuple(found)

    def say(self, problems: Mapping[str, Message]) -> None:
        """Say beside each field what is wrong with it; what belongs to none stands above the buttons."""
        for name, field in self.fields.items():
            field.say(problems.get(name))
        rest = [str(problem) for name, problem in problems.items() if name not in self.fields]
        self.wrong.setText("\n".join(rest))
        self.wrong.setVisible(bool(rest))
        first = next((field for name, field in self.fields.items() if name in problems), None)
        if first is not None:
            first.inner.setFocus(Qt.FocusReason.OtherFocusReason)

    @abstractmethod
    def confirm(self) -> None:
        """Tell the edit that is wanted, or say what is wrong."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class StepForm(CaseForm):
    """Asks for what one step of one whistle needs, or of many whistles that it is possible for."""

    def __init__(self, session: Session, step: CaseStep, views: Sequence[CaseView], cases: Sequence[int], actor: str) -> None:
        many = len(cases) > 1
        title = tr("{step}: {count} whistles", step=step.verb, count=format_number(len(cases))) if many else str(step.verb)
        super().__init__(title, str(step.verb))
        self.step, self.kind, self.cases = step, step.kind, tuple(cases)
        self._session, self._view = session, views[0]
        self._state = session.state
        for name in step.asks:
            getattr(self, f"_ask_{name}")()
        first = step.kind in NEEDS_NOTE or "target" in step.asks
        if first:
            self._ask_note()
        self.actor = QLineEdit("" if step.kind in (EventKind.RATED, EventKind.APPEALED) else actor)
        self.actor.setAccessibleName(tr("Done by"))
        self.time = TimeField(tr("When"), session.state.settings.now)
        self.add_beside(("time", tr("When"), self.time), ("actor", tr("Done by"), self.actor))
        if not first:
            self._ask_note()
        self._name_target()

    def begin(self) -> None:
        """Begin in the first field that has to be filled in; a step that needs nothing waits for Enter on its button."""
        needed = self.step.asks or (("note",) if self.step.kind in NEEDS_NOTE else ())
        if needed:
            self.fields[needed[0]].inner.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.confirm_button.setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------ fields

    def _ask_target(self) -> None:
        kind = self.step.kind
        usual = usual_body(self._session, self._view, kind) if len(self.cases) == 1 else 0
        name = tr("Lead department") if kind == EventKind.MEETING else tr("Goes to")
        bodies = self._session.state.bodies
        self.target = BodyChoice(name, bodies, suggested_bodies(self._session, self._view, kind), chosen=usual)
        self.target.changed.connect(self._name_target)
        self.add("target", name, self.target)

    def _ask_supporting(self) -> None:
        name = tr("Supporting departments (Enter or Space ticks)")
        self.supporting = BodyChoice(name, self._session.state.bodies, many=True)
        self.supporting.rows = 3
        self.supporting.fit()
        self.add("supporting", name, self.supporting)

    def _ask_deadline(self) -> None:
        name = tr("Until") if self.step.kind == EventKind.SUSPENDED else tr("Deadline")
        self.deadline = TimeField(name, self._session.state.settings.now, ahead=True)
        self.add("deadline", name, self.deadline)

    def _ask_stars(self) -> None:
        self.stars = StarRows(self._session.palette)
        self.add("stars", tr("Stars of the whistler (keys 1 to 5)"), self.stars)

    def _ask_other(self) -> None:
        self.other = QLineEdit()
        self.other.setAccessibleName(tr("Number of the whistle that it repeats"))
        self.other.setPlaceholderText("20200501-007")
        field = self.add("other", tr("Number of the whistle that it repeats"), self.other)
        layout = field.layout()
        assert layout is not None
        for number, words in similar_cases(self._session, self._view):
            layout.addWidget(ElidedButton(words, lambda number=number: self.other.setText(number), words))  # type: ignore[misc]

    def _ask_note(self) -> None:
        self.note = NoteField(str(self.step.note))
        self.add("note", str(self.step.note), self.note)

    def _name_target(self) -> None:
        """Say on the button where the whistle will go."""
        known = self._session.state.bodies.get(self.target.body) if "target" in self.step.asks else None
        text = tr("{step} → {body}", step=self.step.verb, body=known.name) if known else str(self.step.verb)
        wide = self.confirm_button.fontMetrics().horizontalAdvance(text) > WIDEST
        self.confirm_button.setText(f"→ {known.name}" if known and wide else text)
        self.confirm_button.setToolTip(text)
        self.confirm_button.setAccessibleName(text)

    # ------------------------------------------------------------ what is wanted

    def confirm(self) -> None:
        """Say what is wrong field by field, or tell the edit that records the step."""
        problems: dict[str, Message] = {}
        event = self._event(problems)
        if event.target == 0 and "target" in self.step.asks:
            problems.setdefault("target", msg("Choose the body that it goes to."))
        now = self._session.state.settings.now()
        view = self._view
        checked = replace(event, target=event.target or -1) if "target" in problems else event
        for name, problem in objections(view.standing, checked, now, view.last if len(self.cases) == 1 else None).items():
            problems.setdefault(name, problem)
        self.say(problems)
        if not problems:
            self.wanted.emit(self._edit(event))

    def _event(self, problems: dict[str, Message]) -> Event:
        """Return the step as it is filled in; what cannot be read is a problem."""
        asks, data = self.step.asks, dict[str, object]()
        time = self._moment("time", self.time, problems) or self._session.state.settings.now()
        deadline = self._moment("deadline", self.deadline, problems) if "deadline" in asks else None
        if "supporting" in asks and self.supporting.bodies:
            data["supporting"] = [body for body in self.supporting.bodies if body != self.target.body]
        if "other" in asks:
            data["of"] = self._other(problems)
        stars = self.stars.stars if "stars" in asks else None
        target = self.target.body if "target" in asks else 0
        actor, note = self.actor.text().strip(), self.note.text
        return Event(self._view.case, self.step.kind, time, actor, self._view.standing.body, target, note, deadline, stars, data)

    @staticmethod
    def _moment(name: str, field: TimeField, problems: dict[str, Message]) -> datetime | None:
        moment = field.moment
        if isinstance(moment, Message):
            problems[name] = moment
            return None
        return moment

    def _other(self, problems: dict[str, Message]) -> int:
        if not self.other.text().strip():
            return 0
        try:
            return case_called(self._session.county.store, self.other.text())
        except UserError as error:
            problems["other"] = error.message
            return 0

    def _edit(self, event: Event) -> Edit:
        store = self._session.county.store
        if event.target:
            self._session.chose_body(event.target)
        typed = self.time.line.text().strip()
        values = {
            "time": event.time if typed else None,
            "actor": event.actor,
            "target": event.target,
            "note": event.note,
            "deadline": event.deadline,
            "stars": event.stars,
            "data": event.data,
        }
        if len(self.cases) > 1:
            return record_many(store, self.cases, self.step.kind, **values)  # type: ignore[arg-type]
        return record_event(store, self._view.case, self.step.kind, **values)  # type: ignore[arg-type]


def similar_cases(session: Session, view: CaseView) -> list[tuple[str, str]]:
    """Return number and description of the whistles that one may repeat, the likeliest first."""
    state, cases, settings, at = session.state, session.state.cases, session.state.settings, view.at
    found = near(
        cases,
        float(cases.x[at]),
        float(cases.y[at]),
        int(cases.category[at]),
        cases.blown[at],
        settings.duplicate_metres,
        settings.duplicate_days,
        household=int(cases.household[at]),
        unit_metres=metres_per_unit(state.settings.crs),
    )
    listed = [(int(row), float(metres)) for row, metres in zip(found.row, found.distance, strict=True) if row != at][:MOST_OTHERS]
    if not listed:
        return []
    rows = session.county.store.rows("cases", cases.id[[row for row, _ in listed]], ["number", "text"])
    numbers, texts = rows["number"].tolist(), rows["text"].tolist()
    return [(number, _described(number, metres, text)) for (_, metres), number, text in zip(listed, numbers, texts, strict=True)]


def _described(number: str, metres: float, text: str) -> str:
    away = [] if isnan(metres) else [tr("{metres} m away", metres=format_number(metres))]
    return " · ".join((number, *away, text))
