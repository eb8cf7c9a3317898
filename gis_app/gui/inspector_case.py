"""The page of the inspector about a whistle: clocks, what happened, why this body, the ladder above it."""

from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QSizePolicy, QWidget

from gis_app.cases.case import OPEN_STATES, CaseKind, Event, EventKind
from gis_app.cases.clocks import case_clock, legs, reminders
from gis_app.cases.display import event_text, kind_text, state_text, whistler_text
from gis_app.cases.routing import Place, Route
from gis_app.county.changes import Columns
from gis_app.gui.inspector import Inspector, heading
from gis_app.gui.rows import positions
from gis_app.gui.widgets import card, column, facts, label, row
from gis_app.gui.words import body_name, category_name, path_text, unit_name
from gis_app.language import format_duration, format_time, tr
from gis_app.map.legend import STATE_TEXTS

Page = list[QWidget | QLayout]
CHIPS = ("chipDanger", "chipWarning", "chipInfo", "chip")


def case_page(panel: Inspector, case: int) -> Page:
    """Show a whistle with everything that belongs to it."""
    session, state = panel.session, panel.session.state
    at = int(positions(state.cases.id, np.array([case]))[0])
    rows = session.county.store.rows("cases", np.array([case], np.int64))
    events = read_events(session.county.store.events(case))
    display = int(session.derived.display[at])
    chips = row(
        label(str(STATE_TEXTS[display]), CHIPS[display]),
        label(str(kind_text(int(state.cases.kind[at]))), "chipAccent"),
        None,
    )
    route = session.derived.router.route(_place(panel, at), int(state.cases.category[at]), int(state.cases.kind[at]))
    page: Page = [chips, panel.title(str(rows["text"][0]) or tr("(no text)"))]
    page.append(label(str(rows["number"][0]), "secondary", selectable=True))
    page += _where(panel, at, str(rows["address"][0]))
    page.append(_clocks(panel, events, at))
    page.append(facts(_case_facts(panel, at, rows)))
    page.append(row(panel.private_button(), None))
    if state.cases.urged[at]:
        page.append(panel.advice(tr("Marked for attention by a county leader.")))
    page += [heading(tr("What happened")), Timeline(panel, events, secret=is_secret(panel, at))]
    page += _why(panel, at, route)
    page.append(row(panel.zoom_button("cases", case), None))
    return page


def read_events(columns: Columns) -> list[Event]:
    """Return the events of one case as values, oldest first."""
    found = []
    for at, kind in enumerate(columns["kind"].tolist()):
        stars = tuple(int(columns[name][at]) for name in ("attitude", "speed", "outcome"))
        deadline = columns["deadline"][at]
        found.append(
            Event(
                int(columns["case_id"][at]),
                EventKind(str(kind)),
                _utc(columns["time"][at]) or datetime.fromtimestamp(0, UTC),
                str(columns["actor"][at]),
                int(columns["body"][at]),
                int(columns["target"][at]),
                str(columns["note"][at]),
                _utc(deadline),
                stars if any(stars) else None,  # type: ignore[arg-type]
            )
        )
    return found


def _utc(value: np.generic) -> datetime | None:
    found = value.item()
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None


def _place(panel: Inspector, at: int) -> Place:
    cases = panel.session.state.cases
    return Place(float(cases.x[at]), float(cases.y[at]), float(cases.accuracy[at]), int(cases.household[at]), int(cases.unit[at]))


def _where(panel: Inspector, at: int, address: str) -> Page:
    state = panel.session.state
    cell = int(state.cases.cell[at])
    found: Page = []
    if cell in state.units:
        found.append(panel.link(" › ".join(unit_name(u) for u in state.units.path(cell)), "units", cell))
    elif past := path_text(state, cell):
        found.append(label(tr("{path} (this cell is no longer there)", path=past), wrap=True))
    else:
        found.append(panel.advice(tr("It lies in no cell of the county.")))
    if address:
        found.append(label(address, "secondary", wrap=True))
    return found


def _clocks(panel: Inspector, events: list[Event], at: int) -> QFrame:
    """Show the two clocks, and what the rule of the robot call says while nobody has picked the whistle up."""
    session = panel.session
    passed, now = legs(events, session.derived.now), session.derived.now
    if not passed:
        return card(label(tr("Nothing is known of its times."), "secondary"))
    closed = int(session.state.cases.state[at]) not in OPEN_STATES
    number = label(format_duration(passed[-1].clock), "number")
    if not closed and session.derived.display[at] == 0:
        number.setProperty("role", "number")
        number.setStyleSheet(f"color: {session.palette.danger};")
    body = column(label(tr("Clock of the body"), "secondary"), number, spacing=0)
    whole = column(label(tr("Clock of the case"), "secondary"), label(format_duration(case_clock(events, now)), "number"), spacing=0)
    parts: list[QHBoxLayout | QLabel] = [row(body, None, whole, None, spacing=4)]
    settings = session.state.settings
    due = reminders(passed[-1], settings.sms_minutes, settings.robot_call_minutes).robot_call
    if not closed and passed[-1].picked_up is None and due is not None:
        text = tr("Not picked up: robot call due at {time}.", time=format_time(due))
        parts.append(label(text, "warning", wrap=True))
    if closed:
        parts.append(label(tr("The clocks stand still: the case is closed."), "secondary", wrap=True))
    return card(*parts)


def _case_facts(panel: Inspector, at: int, rows: Columns) -> list[tuple[str, str | QWidget]]:
    state, cases = panel.session.state, panel.session.state.cases
    body, household, worker = int(cases.body[at]), int(cases.household[at]), int(cases.worker[at])
    found: list[tuple[str, str | QWidget]] = [
        (tr("State"), str(state_text(int(cases.state[at])))),
        (tr("Category"), category_name(state, int(cases.category[at]))),
        (tr("With"), panel.link(body_name(state, body), "bodies", body) if body else tr("nobody")),
    ]
    if is_secret(panel, at):
        found.append((tr("Blown by"), tr("protected")))
        worker = household = 0
    else:
        found.append((tr("Blown by"), str(whistler_text(str(rows["whistler"][0]))) or "–"))
    if worker in state.workers:
        found.append((tr("Grid worker"), panel.link(panel.name(state.workers[worker].name), "workers", worker)))
    if household:
        head = panel.session.county.store.rows("households", np.array([household], np.int64), ("head",))["head"]
        name = panel.name(str(head[0])) if len(head) else ""
        found.append((tr("Household"), panel.link(name or tr("show"), "households", household)))
    deadline = _utc(cases.deadline[at])
    if deadline is not None:
        found.append((tr("Promised for"), format_time(deadline)))
    if rows["result"][0]:
        found.append((tr("Result"), str(rows["result"][0])))
    return found


def is_secret(panel: Inspector, at: int) -> bool:
    """Tell whether the whistler is hidden: who reports a wrongdoing is shown only when it is asked for."""
    return int(panel.session.state.cases.kind[at]) == CaseKind.REPORT and not panel.private


def _why(panel: Inspector, at: int, route: Route) -> Page:
    state = panel.session.state
    holder = int(state.cases.body[at])
    page: Page = [heading(tr("Why {body}", body=body_name(state, route.body)))]
    page += [label(f"· {reason}", "secondary", wrap=True) for reason in route.reasons]
    if holder and holder != route.body:
        note = tr("By the rules it would begin with {body}; it was handed over since.", body=body_name(state, route.body))
        page.append(label(note, "secondary", wrap=True))
    if route.ladder:
        page.append(heading(tr("The ladder")))
        for step, body in enumerate(route.ladder):
            mark = "●" if body == holder else str(step + 1)
            page.append(row(label(mark, "secondary"), panel.link(body_name(state, body), "bodies", body), None, spacing=4))
    return page


class Timeline(QWidget):
    """What happened to a case, oldest first: a dot and a line at the left, time and step at the right."""

    def __init__(self, panel: Inspector, events: list[Event], *, secret: bool) -> None:
        super().__init__()
        self._palette = panel.session.palette
        self._events = events
        self._rows: list[QLabel] = []
        layout = column(spacing=6, margins=(20, 0, 0, 0))
        for event in events:
            head = label(f"{format_time(event.time)}  {event_text(event.kind)}", "value", wrap=True)
            layout.addWidget(head)
            self._rows.append(head)
            if detail := _detail(panel, event, secret=secret and event.kind == EventKind.BLOWN):
                layout.addWidget(label(detail, "secondary", wrap=True, selectable=True))
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: D102
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            centres = [row_.geometry().top() + 9 for row_ in self._rows]
            painter.setPen(QPen(QColor(self._palette.hairline), 2))
            if len(centres) > 1:
                painter.drawLine(6, centres[0], 6, centres[-1])
            painter.setPen(Qt.PenStyle.NoPen)
            for event, y in zip(self._events, centres, strict=True):
                painter.setBrush(QColor(self._colour(event.kind)))
                painter.drawEllipse(QRectF(2, y - 4, 8, 8))
        finally:
            painter.end()

    def _colour(self, kind: EventKind) -> str:
        palette = self._palette
        moved = {EventKind.HANDED_OVER: palette.waiting, EventKind.PASSED_UP: palette.waiting, EventKind.URGED: palette.overdue}
        closed = {EventKind.DONE: palette.success, EventKind.RATED: palette.success, EventKind.RETURNED: palette.done}
        return {**moved, **closed, EventKind.PICKED_UP: palette.in_progress, EventKind.PROMISED: palette.in_progress}.get(
            kind, palette.done
        )


def _detail(panel: Inspector, event: Event, *, secret: bool) -> str:
    """Return who acted, to whom it went, and what was written."""
    state = panel.session.state
    parts = []
    actor = panel.name(event.actor) if event.actor and not secret else ""
    who = " · ".join(part for part in (body_name(state, event.body) if event.body else "", actor) if part)
    if event.target:
        parts.append(f"{who} → {body_name(state, event.target)}" if who else f"→ {body_name(state, event.target)}")
    elif who:
        parts.append(who)
    if event.deadline:
        parts.append(tr("by {time}", time=format_time(event.deadline)))
    if event.stars:
        attitude, speed, result = ("★" * star for star in event.stars)
        stars = tr("attitude {attitude} speed {speed} result {result}", attitude=attitude, speed=speed, result=result)
        parts.append(stars.replace(" ★", "\u00a0★"))
    if event.note:
        parts.append(event.note)
    return "\n".join(parts)
