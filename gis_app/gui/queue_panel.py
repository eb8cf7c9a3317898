"""The left panel of the Cases workspace: the queue, the states, and the filters."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QPushButton

from gis_app.cases.case import CaseKind
from gis_app.cases.display import kind_text
from gis_app.cases.queue import Queue, queue_explanation, queue_text
from gis_app.grid.units import Level
from gis_app.gui.body_choice import BodyChoice
from gis_app.gui.case_filter import LAST_DAYS, CaseFilter, since
from gis_app.gui.icons import state_icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, button, clear, combo, counted, label, row, small_button
from gis_app.gui.words import category_name, unit_name
from gis_app.language import current, format_number, tr
from gis_app.map.legend import STATE_TEXTS
from gis_app.map.values import STATES

URGENT = {Queue.NOT_PICKED_UP: "danger", Queue.OVERDUE: "danger", Queue.DUE_SOON: "warning", Queue.PLACE: "warning"}


class QueuePanel(Section):
    """What waits for somebody, with counts that follow the clock; a click shows only these whistles, another one all."""

    chosen = Signal()
    work_for = Signal(int)  # the body that this computer works for was chosen

    def __init__(self, session: Session) -> None:
        super().__init__(tr("To do"), session.palette)
        self._session = session
        self._rows: dict[Queue, QPushButton] = {}
        self._counts: dict[Queue, QLabel] = {}
        self._choice: BodyChoice | None = None
        settings = session.state.settings
        for queue in Queue:
            tip = str(queue_explanation(queue, soon_hours=settings.soon_hours, days=settings.rate_days))
            made = self._row(queue, str(queue_text(queue, settings.robot_call_minutes)), tip)
            self.body.addWidget(made) if queue != Queue.MINE else self.body.addLayout(self._mine(made))
        session.county_changed.connect(self.refresh)
        session.filter_changed.connect(self.refresh)
        session.clock_moved.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the counts of now and which queue is chosen."""
        session = self._session
        robot = session.state.settings.robot_call_minutes
        of_line, line = session.cases_of_line(), session.line
        self.set_title(tr("To do") if line is None else tr("To do in the line of {name}", name=line.name or tr("mine")))
        for queue, mask in session.derived.queues.items():
            count, number, made = int(np.count_nonzero(mask & of_line)), self._counts[queue], self._rows[queue]
            role = URGENT.get(queue, "value") if count else "secondary"
            if number.property("role") != role:
                number.setProperty("role", role)
                number.setStyleSheet("font-weight: 700;" if count else "")
            number.setText(format_number(count))
            made.setAccessibleName(f"{queue_text(queue, robot)}: {format_number(count)}")
            made.setChecked(session.filter.queue == queue)
        mine = session.state.bodies.get(session.derived.mine)
        self._rows[Queue.MINE].setToolTip(
            mine.name if mine else tr("Say which body this computer works for; its open whistles stand here.")
        )

    def _row(self, queue: Queue, text: str, tip: str) -> QPushButton:
        self._counts[queue] = label("", "secondary")
        made = counted(text, self._counts[queue], lambda: self._choose(queue), None, tip)
        made.setCheckable(True)
        made.setObjectName(f"queue-{queue}")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys to the map, where Tab goes to the next whistle
        self._rows[queue] = made
        return made

    def _mine(self, made: QPushButton) -> QHBoxLayout:
        """Return the row of one's own whistles, with the way to say whose they are."""
        across = row(made, small_button(self._session.palette, "settings", tr("I work for …"), self.ask_body), spacing=2)
        across.setStretch(0, 1)
        return across

    def ask_body(self) -> None:
        """Ask below the queues which body this computer works for, or leave that again."""
        if self._choice is not None:
            self._choice.hide()
            self._choice.deleteLater()
            self._choice = None
            return
        session = self._session
        self._choice = choice = BodyChoice(tr("I work for …"), session.state.bodies, chosen=session.derived.mine)
        choice.confirmed.connect(self._take_body)
        choice.list.itemClicked.connect(lambda _: self._take_body())
        self.body.addWidget(choice)
        choice.words.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_body(self) -> None:
        if self._choice is not None:
            body = self._choice.body
            self.ask_body()
            self.work_for.emit(body)

    def _choose(self, queue: Queue) -> None:
        if queue == Queue.MINE and not self._session.derived.mine:
            self._rows[queue].setChecked(False)
            if self._choice is None:
                self.ask_body()
            return
        chosen = None if self._session.filter.queue == queue else queue
        self._session.set_filter(replace(self._session.filter, queue=chosen))
        self.refresh()
        if not self._rows[queue].hasFocus():
            self.chosen.emit()


class StatesPanel(Section):
    """The four states of the map, each with its sign, its count and a box to hide it."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("States"), session.palette)
        self._session = session
        self._boxes: list[QCheckBox] = []
        self._counts: list[QLabel] = []
        for at, state in enumerate(STATES):
            box = QCheckBox(str(STATE_TEXTS[at]))
            box.setIcon(state_icon(state, session.palette))
            box.setChecked(True)
            box.toggled.connect(self._chosen)
            self._boxes.append(box)
            self._counts.append(label("", "secondary"))
            self.body.addLayout(row(box, None, self._counts[-1]))
        session.county_changed.connect(self.refresh)
        session.filter_changed.connect(self.refresh)
        session.clock_moved.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the counts of what the other filters leave."""
        session = self._session
        display = session.derived.display[session.cases_of_any_state()]
        for at, count in enumerate(np.bincount(display, minlength=4).tolist()):
            self._counts[at].setText(format_number(count))
            self._boxes[at].blockSignals(True)
            self._boxes[at].setChecked(at in session.filter.states)
            self._boxes[at].blockSignals(False)

    def _chosen(self, _: bool) -> None:
        states = frozenset(at for at, box in enumerate(self._boxes) if box.isChecked())
        self._session.set_filter(replace(self._session.filter, states=states))


class FilterPanel(Section):
    """Filters of whistles: time, kind, category, receiving body and unit."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Filter"), session.palette)
        self._session = session
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.body.addLayout(self._grid)
        self._footer = QHBoxLayout()
        self.body.addLayout(self._footer)
        self._reset = button(tr("Show all whistles"), lambda: session.set_filter(CaseFilter()), "link")
        self._footer.addWidget(self._reset)
        self._footer.addStretch(1)
        session.county_changed.connect(self.refresh)
        session.filter_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the present filter."""
        clear(self._grid)
        for at, (text, items, field) in enumerate(self._fields()):
            chosen = getattr(self._session.filter, field) if field != "period" else self._period()
            made = combo(text, items, chosen, lambda value, field=field: self._set(field, value))  # type: ignore[misc]
            made.setMaxVisibleItems(24)
            self._grid.addWidget(label(text, "secondary"), at, 0)
            self._grid.addWidget(made, at, 1)
        self._reset.setEnabled(not self._session.filter.is_empty)

    def _fields(self) -> list[tuple[str, list[tuple[str, object]], str]]:
        state = self._session.state
        everything: list[tuple[str, object]] = [(tr("All"), 0)]
        kinds: list[tuple[str, object]] = [(str(kind_text(kind)), int(kind)) for kind in CaseKind]
        categories: list[tuple[str, object]] = [(category_name(state, i), i) for i in state.categories]
        holders = set(np.unique(state.cases.body).tolist())
        bodies: list[tuple[str, object]] = [(body.name, body.id) for body in state.bodies.values() if body.id in holders]
        units: list[tuple[str, object]] = []
        for township in state.units.at_level(Level.TOWNSHIP):
            units.append((unit_name(township), township.id))
            units.extend((f"    {unit_name(village)}", village.id) for village in state.units.children(township.id))
        return [
            (tr("Time"), self._periods(), "period"),
            (tr("Kind"), everything + kinds, "kind"),
            (tr("Category"), everything + categories, "category"),
            (tr("Held by"), everything + bodies, "body"),
            (tr("In"), everything + units, "unit"),
        ]

    def _periods(self) -> list[tuple[str, object]]:
        now, state = self._session.derived.now, self._session.state
        found: list[tuple[str, object]] = [(tr("All"), (None, None))]
        for days in LAST_DAYS:
            found.append((tr("last {days} days", days=days) if days > 1 else tr("last 24 hours"), (since(now, days), None)))
        for period in state.periods.values():
            name = period.name_en if current() == "en" and period.name_en else period.name
            ends = (np.datetime64(period.start.replace(tzinfo=None), "s"), np.datetime64(period.end.replace(tzinfo=None), "s"))
            found.append((name, ends))
        if self._period() not in [value for _, value in found]:
            found.append((tr("as on the time slider"), self._period()))
        return found

    def _period(self) -> object:
        return (self._session.filter.start, self._session.filter.end)

    def _set(self, field: str, value: object) -> None:
        if field == "period" and isinstance(value, tuple):
            self._session.set_filter(replace(self._session.filter, start=value[0], end=value[1]))
        elif field != "period":
            self._session.set_filter(replace(self._session.filter, **{field: value}))  # type: ignore[arg-type]
