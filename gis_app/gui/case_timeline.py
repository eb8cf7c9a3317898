"""What happened to a whistle, in words: steps, corrections with what stood there before, and what bodies were told by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gis_app.cases.case import CaseKind, Event, EventKind, Urgency
from gis_app.cases.display import event_text, kind_text, urgency_text
from gis_app.cases.life_cycle import repeated
from gis_app.cases.outbox import MessageState, message_state_text
from gis_app.cases.schedule import ReminderKind, reminder_text
from gis_app.county.case_edits import correction_text
from gis_app.county.outbox_edits import Reminder, reminders_of
from gis_app.county.whistlers import OWN_STEPS, PERSONAL, without_whistler
from gis_app.gui.case_view import CaseView
from gis_app.gui.inspector import Inspector
from gis_app.gui.widgets import column, label
from gis_app.gui.words import body_name, category_name, path_text
from gis_app.language import Listing, format_time, tr
from gis_app.map.palette import Palette


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: when, what, the details, and the colour role of its dot ("" for a reminder, which has a ring)."""

    time: datetime
    head: str
    detail: str
    colour: str


_COLOURS: Mapping[EventKind, str] = {
    EventKind.HANDED_OVER: "waiting",
    EventKind.PASSED_UP: "waiting",
    EventKind.MEETING: "waiting",
    EventKind.URGED: "overdue",
    EventKind.DONE: "success",
    EventKind.VERIFIED: "success",
    EventKind.RATED: "success",
    EventKind.PICKED_UP: "in_progress",
    EventKind.STARTED: "in_progress",
    EventKind.PROMISED: "in_progress",
    EventKind.RESUMED: "in_progress",
}


def timeline(panel: Inspector, view: CaseView) -> list[Line]:
    """Return what happened, oldest first. Reminders stand between the steps; what the whistler is called is masked, or hidden."""
    session = panel.session
    hidden = view.secret and not panel.private
    events = without_whistler(view.events) if hidden else view.events
    reminders = reminders_of(session.county.store, session.state, view.case, session.derived.now)
    sent = {(one.kind.value, one.body, one.sent): one for one in reminders if one.sent is not None}
    numbers = _numbers(panel, events)
    lines, shown = [], set[int]()
    for event in events:
        by = sent.get((str(event.data.get("message")), event.body, event.time)) if event.kind == EventKind.TOLD else None
        if by is not None:
            shown.add(id(by))
        lines.append(_line(panel, event, numbers, by, hidden=hidden))
    lines += [_reminded(panel, one) for one in reminders if id(one) not in shown]
    return sorted(lines, key=lambda line: line.time)


def _numbers(panel: Inspector, events: Sequence[Event]) -> Mapping[int, str]:
    """Return the numbers of the whistles that these events say are repeated."""
    others = sorted({repeated(event) for event in events if event.kind == EventKind.DUPLICATE} - {0})
    if not others:
        return {}
    rows = panel.session.county.store.rows("cases", np.array(others, np.int64), ["number"])
    return dict(zip(rows["id"].tolist(), rows["number"].tolist(), strict=True))


def _line(panel: Inspector, event: Event, numbers: Mapping[int, str], by: Reminder | None, *, hidden: bool) -> Line:
    parts = [_who(panel, event, hidden=hidden)]
    parts += [str(part) for part in _told_by(panel, event, by)]
    if event.kind == EventKind.DUPLICATE:
        parts.append(tr("repeats {number}", number=numbers.get(repeated(event), str(repeated(event)))))
    parts += _supporting(panel, event)
    if event.deadline:
        until = event.kind == EventKind.SUSPENDED
        time = format_time(event.deadline)
        parts.append(tr("until {time}", time=time) if until else tr("by {time}", time=time))
    if event.stars:
        attitude, speed, result = ("★" * star for star in event.stars)
        stars = tr("attitude {attitude} speed {speed} result {result}", attitude=attitude, speed=speed, result=result)
        parts.append(stars.replace(" ★", "\u00a0★"))
    parts += changed(panel, event)
    if event.note and not (hidden and event.kind == EventKind.BLOWN):
        parts.append(event.note)
    return Line(event.time, str(event_text(event.kind)), "\n".join(part for part in parts if part), _COLOURS.get(event.kind, "done"))


def _who(panel: Inspector, event: Event, *, hidden: bool) -> str:
    """Return who acted, and to whom it went."""
    state = panel.session.state
    hides = hidden and event.kind in OWN_STEPS
    actor = "" if hides else panel.actor_name(event.actor)
    body = body_name(state, event.body) if event.body and event.kind != EventKind.TOLD else ""
    who = " · ".join(part for part in (body, actor) if part)
    if not event.target:
        return who
    return f"{who} → {body_name(state, event.target)}" if who else f"→ {body_name(state, event.target)}"


def _told_by(panel: Inspector, event: Event, by: Reminder | None) -> list[str]:
    """Return whom a body was told through, and by what."""
    kind = event.data.get("message")
    if event.kind != EventKind.TOLD:
        return []
    known = kind in set(ReminderKind)
    return [
        " · ".join((body_name(panel.session.state, event.body), *([str(reminder_text(str(kind)))] if known else []), *_delivery(panel, by)))
    ]


def _delivery(panel: Inspector, by: Reminder | None) -> list[str]:
    """Return what became of the message of a reminder: to whom, how far it is, and why it failed."""
    if by is None or by.message is None:
        return []
    message = by.message
    state = str(message_state_text(message.state))
    done = f"{state} {format_time(message.sent)}" if message.state == MessageState.SENT and message.sent else state
    return [part for part in (panel.name(message.recipient), done, message.error) if part]


def _reminded(panel: Inspector, one: Reminder) -> Line:
    """Return the line of a reminder that fell due."""
    parts = (body_name(panel.session.state, one.body), *_delivery(panel, one))
    return Line(one.due, tr("{reminder} due", reminder=reminder_text(one.kind)), " · ".join(parts), "")


def _supporting(panel: Inspector, event: Event) -> list[str]:
    named = event.data.get("supporting")
    if not isinstance(named, list) or not named:
        return []
    names = tuple(body_name(panel.session.state, body) for body in named if isinstance(body, int))
    return [tr("with {bodies}", bodies=Listing(names))]


def changed(panel: Inspector, event: Event) -> list[str]:
    """Return what a correction changed, before → after, in words; of what tells who the whistler is, only that it was changed."""
    found = event.data.get("changes")
    if event.kind != EventKind.CORRECTED or not isinstance(found, dict):
        return []
    lines = []
    for name, values in found.items():
        title = str(correction_text(str(name)))
        if name in PERSONAL and not panel.private:
            lines.append(tr("{field}: changed", field=title))
        elif isinstance(values, list) and len(values) == 2:
            before, after = (_value(panel, str(name), value) for value in values)
            same = name == "cell" and before == after
            text = tr("{field} confirmed: {value}", field=title, value=after)
            lines.append(text if same else tr("{field}: {before} → {after}", field=title, before=before, after=after))
        else:
            lines.append(tr("{field}: changed", field=title))
    return lines


def _value(panel: Inspector, name: str, value: object) -> str:
    """Return the value of a field in words."""
    state = panel.session.state
    if name == "place":
        return _place(panel, value)
    if name == "time":
        return format_time(datetime.fromisoformat(str(value)))
    if isinstance(value, int):
        if name == "cell":
            return path_text(state, value) or "–"
        if name == "category":
            return category_name(state, value)
        if name == "kind" and value in set(CaseKind):
            return str(kind_text(value))
        if name == "urgency" and value in set(Urgency):
            return str(urgency_text(Urgency(value)))
    return str(value) or "–"


def _place(panel: Inspector, value: object) -> str:
    """Return a recorded place: its coordinates, else the unit; that there was a household is all that is said of one."""
    if not isinstance(value, dict) or not value:
        return "–"
    if "x" in value and "y" in value:
        return f"X {value['x']:.0f} Y {value['y']:.0f}"
    if "unit" in value:
        return path_text(panel.session.state, int(value["unit"])) or "–"
    return tr("by its household")


class Timeline(QWidget):
    """Lines one below the other: a dot and a line at the left, time and step at the right."""

    def __init__(self, palette: Palette, lines: Sequence[Line]) -> None:
        super().__init__()
        self._palette, self._lines = palette, tuple(lines)
        self._rows: list[QLabel] = []
        layout = column(spacing=2, margins=(20, 0, 0, 0))
        for line in self._lines:
            head = label(f"{format_time(line.time)}  {line.head}", "value" if line.colour else "secondary", wrap=True)
            layout.addWidget(head)
            self._rows.append(head)
            if line.detail:
                layout.addWidget(label(line.detail, "secondary", wrap=True, selectable=True))
            layout.addSpacing(4)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            centres = [row.geometry().top() + 9 for row in self._rows]
            painter.setPen(QPen(QColor(self._palette.hairline), 2))
            if len(centres) > 1:
                painter.drawLine(6, centres[0], 6, centres[-1])
            for line, y in zip(self._lines, centres, strict=True):
                if line.colour:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(getattr(self._palette, line.colour)))
                else:
                    painter.setPen(QPen(QColor(self._palette.secondary), 1.4))
                    painter.setBrush(QColor(self._palette.panel))
                painter.drawEllipse(QRectF(2, y - 4, 8, 8))
        finally:
            painter.end()
