"""Taking a call: where, what, who; the program answers at once who gets it and what is known already. By keyboard alone, or by a click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QStackedWidget, QWidget

from gis_app.cases.case import CaseKind, EventKind, Urgency
from gis_app.cases.display import kind_text, urgency_text, whistler_text
from gis_app.cases.duplicates import near
from gis_app.cases.routing import Place, Route, Router
from gis_app.cases.suggestion import Suggestion
from gis_app.county.case_edits import Registered, record_event, register_case
from gis_app.county.changes import Changes, Edit
from gis_app.grid.datum import metres_per_unit
from gis_app.gui.body_choice import BodyChoice, Suggested, without_doubles
from gis_app.gui.case_fields import NoteField, TimeField
from gis_app.gui.icons import icon
from gis_app.gui.intake_answers import Answers, place_lines
from gis_app.gui.intake_place import Spot, WhereBox
from gis_app.gui.place_mark import PlaceMark
from gis_app.gui.theme import font
from gis_app.gui.widgets import ElidedLabel, button, card, clear, column, combo, drop, holding, label, row, scrolled, small_button
from gis_app.gui.words import body_name, category_name, unit_name
from gis_app.language import ZONE, Message, format_number, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

PIXELS = 6.0
"""How far beside what was meant a click on the map may lie: the accuracy of its place follows from the scale."""

COARSE = 10.0
"""Metres a pixel beyond which no houses are seen: the map then comes nearer to the place of a call."""

SAID = ("text", "contact", "phone")
"""What neither who gets the whistle nor what it repeats depends on."""

CHIPS = 3
WHISTLERS = ("resident", "worker", "helper")


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of a call so far."""

    spot: Spot = field(default_factory=lambda: Spot(Place()))
    text: str = ""
    category: int = 0
    kind: CaseKind = CaseKind.HELP
    urgency: Urgency = Urgency.NORMAL
    whistler: str = "resident"
    contact: str = ""
    phone: str = ""
    body: int = 0  # chosen by hand, 0: by the rules

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was written or chosen that would be lost."""
        return not (self.text or self.category or self.body or self.contact or self.phone or self.spot != Spot(Place()))


def take_call(window: Window) -> None:
    """Open the panel for a call, or begin the next one where one was registered; what is being written stays."""
    page = window.page
    if window.session is None or page is None:
        return
    if window.session.workspace != "cases":
        window.set_workspace("cases")
    shown = page.right.currentWidget()
    if isinstance(shown, IntakePanel):
        shown.begin()
        return
    panel = IntakePanel(window)
    page.show_right(panel, panel.ended)
    panel.begin()


class IntakePanel(QWidget):
    """The form of one call after the other, in place of the inspector."""

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None and window.page is not None
        self._window, self._session, self._page = window, window.session, window.page
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Register a whistle"))
        self.call = Call()
        self._warned = ""  # what was said before Enter registers all the same, or Esc throws away
        self._suggested: tuple[Suggestion, ...] = ()
        self._marked = ""
        self._mark = PlaceMark(self._page.canvas, self._session.palette, stays=True)
        self._page.view.picked = self._pick
        self._later = QTimer(self, singleShot=True, interval=150)
        self._later.timeout.connect(self._suggest)
        self._redate = QTimer(self, singleShot=True, interval=150)
        self._redate.timeout.connect(self._answer_anew)
        self._stack = QStackedWidget()
        self.setLayout(column(self._stack, spacing=0))
        self._session.voice.ready.connect(self._suggest)
        self._session.voice.prepare()
        for at in range(CHIPS):
            keys = QShortcut(QKeySequence(f"Alt+{at + 1}"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(partial(self._take_suggestion, at))
        self._build()

    # ------------------------------------------------------------ the form

    def _build(self) -> None:
        """Lay out an empty form."""
        self.call, self._warned, self._suggested = Call(), "", ()
        session = self._session
        self.where = WhereBox(session)
        self.where.chosen.connect(self._at)
        self.where.changed.connect(self._no_longer_there)
        self.text = NoteField(tr("What it is about"), lines=3)
        self.text.setPlaceholderText(tr("What it is about"))
        self.text.confirmed.connect(self.register)
        self.text.textChanged.connect(self._written)
        self.where.done.connect(self.text.setFocus)
        self._place = column(spacing=2)
        self.chips = column(spacing=4)
        categories = [(category_name(session.state, i), i) for i in session.state.categories]
        self.category = self._combo(tr("Category"), [(tr("Category not chosen yet"), 0), *categories], 0, "category")
        self.kind = self._combo(tr("Kind"), [(str(kind_text(kind)), kind) for kind in CaseKind], self.call.kind, "kind")
        urgencies = [(str(urgency_text(urgency)), urgency) for urgency in Urgency if urgency]
        self.urgency = self._combo(tr("Urgency"), urgencies, self.call.urgency, "urgency")
        self.whistler = self._combo(tr("Blown by"), [(str(whistler_text(one)), one) for one in WHISTLERS], self.call.whistler, "whistler")
        self.contact, self.phone = self._line(tr("Name of the caller"), "contact"), self._line(tr("Phone"), "phone")
        self.time = TimeField(tr("Blown at"), session.state.settings.now)  # calls are often written down later
        self.time.confirmed.connect(self.register)
        self.time.line.textChanged.connect(lambda _: self._redate.start())
        when = label(tr("Blown at"), "secondary")
        when.setBuddy(self.time.line)
        self.answers = Answers(session, self._ask_body)
        self.answers.merge_wanted.connect(self._merge)
        self.answers.show_wanted.connect(lambda case: self._page.view.show_row("cases", case))
        self._bodies = column()
        self.said = label("", "danger", wrap=True)
        self.said.hide()
        self.go = button(tr("Register"), self.register, "primary", icon("check", session.palette, session.palette.accent_text))
        self.go.setToolTip(tr("Enter; from the text Ctrl+Enter too"))
        blown = row(when, self.time)
        blown.setStretch(1, 1)
        wants = row(self.kind, self.urgency)
        wants.setStretch(0, 3)
        wants.setStretch(1, 2)
        body = column(
            self._heading(tr("Register a whistle")),
            self.where,
            self._place,
            4,
            self.text,
            self.chips,
            self.category,
            wants,
            self.whistler,
            row(self.contact, self.phone),
            blown,
            4,
            self.answers,
            self._bodies,
            None,
            spacing=6,
            margins=(14, 12, 12, 8),
        )
        self._area = scrolled(holding(body))
        self.summary = ElidedLabel("", "value")
        self.known = button("", lambda: self._area.ensureWidgetVisible(self.answers.duplicates), "link")
        self.known.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        answered = row(self.summary, self.known)
        answered.setStretch(0, 1)
        foot = holding(column(answered, self.said, self.go, spacing=6, margins=(14, 8, 12, 10)), "stepBar")
        self._put(holding(column(self._area, foot, spacing=0)))
        self._order()
        self._answer()

    def _heading(self, text: str) -> QWidget:
        return holding(row(label(text, "heading"), None, small_button(self._session.palette, "x", tr("Close"), self._close)))

    def _combo(self, name: str, items: Sequence[tuple[str, object]], chosen: object, field: str) -> QComboBox:
        made = combo(name, items, chosen, lambda value: self._set(**{field: value}))
        made.setMaxVisibleItems(24)
        made.setMinimumContentsLength(4)
        made.currentIndexChanged.connect(lambda at: self._set(**{field: made.itemData(at)}))  # the arrow keys choose without opening it
        made.installEventFilter(self)
        return made

    def _line(self, name: str, field: str) -> QLineEdit:
        made = QLineEdit()
        made.setAccessibleName(name)
        made.setPlaceholderText(name)
        made.textEdited.connect(lambda text: self._set(**{field: text.strip()}))
        made.installEventFilter(self)
        return made

    def _put(self, page: QWidget) -> None:
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        while self._stack.count() > 1:
            drop(self._stack, 0)

    def _order(self) -> None:
        """Let Tab go through the form from above, whatever was built when."""
        stops = (
            self.where.line,
            self.text,
            self.category,
            self.kind,
            self.urgency,
            self.whistler,
            self.contact,
            self.phone,
            self.time.line,
            self.go,
        )
        for one, after in pairwise(stops):
            QWidget.setTabOrder(one, after)

    def begin(self) -> None:
        """Put the cursor into the first line: of the call that is being taken, or of the next one."""
        if self.registered is not None:
            self.registered = None
            self._mark.forget()
            self._build()
        self.where.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.where.line.selectAll()

    registered: Registered | None = None
    """The case that the last call became, until the next one is begun."""

    # ------------------------------------------------------------ what is filled in

    def _set(self, **values: object) -> None:
        """Take over what was filled in, and answer it."""
        changed = replace(self.call, **values)  # type: ignore[arg-type]
        if changed != self.call:
            asked = [name for name in values if name not in SAID]
            self.call = changed
            self._say("")
            if asked:
                self._answer()

    def _at(self, spot: Spot) -> None:
        """Take over where the call comes from, and who calls where somebody of that household does."""
        call, before = self.call, self.call.spot
        contact = spot.contact if call.contact in ("", before.contact) else call.contact
        phone = spot.phone if call.phone in ("", before.phone) else call.phone
        self.contact.setText(contact)
        self.phone.setText(phone)
        self._set(spot=spot, contact=contact, phone=phone)

    def _no_longer_there(self) -> None:
        if self.call.spot != Spot(Place()):
            self._at(Spot(Place()))

    def _pick(self, x: float, y: float) -> None:
        """Take a place that was clicked on the map; it is as accurate as the map's scale lets one aim."""
        metres = metres_per_unit(self._session.state.settings.crs)
        accuracy = max(PIXELS * self._page.canvas.viewport.resolution * metres, 1.0)
        self.where.show_text("")
        self._at(Spot(Place(x, y, accuracy), self.call.spot.address if not self.call.spot.place.household else ""))
        self.text.setFocus()

    def _written(self) -> None:
        self._set(text=self.text.text)
        self._later.start()

    def _suggest(self) -> None:
        """Offer the likeliest categories; which one it is the clerk says."""
        if self.registered is not None:
            return
        found = self._session.voice.suggest(self.call.text)
        if found == self._suggested and self.chips.count():
            return
        self._suggested = found
        clear(self.chips)
        for at, one in enumerate(found):
            made = button(f"{at + 1}  {category_name(self._session.state, one.category)}", partial(self._take_suggestion, at), "quick")
            made.setObjectName(f"chip-{at + 1}")
            made.setToolTip(tr("Alt+{number}: {why}", number=at + 1, why=one.why))
            made.setCheckable(True)
            made.setChecked(one.category == self.call.category)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            why = label(str(one.why), "secondary", wrap=True)
            across = row(made, why)
            across.setStretch(1, 1)
            self.chips.addLayout(across)

    def _take_suggestion(self, at: int) -> None:
        if self.registered is None and at < len(self._suggested):
            category = self._suggested[at].category
            self.category.setCurrentIndex(self.category.findData(category))
            self._mark_chips()

    def _mark_chips(self) -> None:
        for at, one in enumerate(self._suggested):
            chip = self.findChild(QPushButton, f"chip-{at + 1}")
            if isinstance(chip, QPushButton):
                chip.setChecked(one.category == self.call.category)

    # ------------------------------------------------------------ what the program answers

    @property
    def router(self) -> Router:
        """The finder of the responsible."""
        return self._session.derived.router

    @property
    def blown(self) -> datetime:
        """When the whistle was blown: now, until another time is written that can be read."""
        written = self.time.line.text().strip() and self.time.moment
        return written if isinstance(written, datetime) else self._session.derived.now

    def route(self) -> Route:
        """Return who would get the whistle as it stands, by the rules of the day on which it was blown."""
        call, day = self.call, self.blown.astimezone(ZONE).date()
        return self.router.route(call.spot.place, call.category, call.kind, call.urgency, day)

    def _answer_anew(self) -> None:
        """Answer what was filled in as of another time."""
        if self.registered is None:
            self._say("")
            self._answer()

    def _answer(self) -> None:
        """Show the place, the body and the possible duplicates of what is filled in."""
        session, call, route = self._session, self.call, self.route()
        clear(self._place)
        for text, role in place_lines(session, route, call.spot.place, self.router):
            self._place.addWidget(label(text, role, wrap=True))
        self.answers.show_route(route, call.body)
        settings, place = session.state.settings, call.spot.place
        similar = near(
            session.state.cases, place.x, place.y, call.category, self.blown, settings.duplicate_metres, settings.duplicate_days,
            household=place.household, unit_metres=metres_per_unit(settings.crs),
        )  # fmt: skip
        self.answers.show_similar(similar)
        self.summary.setText(f"→ {self.answers.body_text}")
        self.summary.setToolTip(self.answers.body_text)
        self.known.setText(tr("Perhaps known already: {count}", count=format_number(len(similar))))
        self.known.setVisible(len(similar) > 0)
        self._mark_chips()
        is_worker = call.whistler == "worker"
        self.contact.setVisible(not is_worker)
        self.phone.setVisible(not is_worker)
        self._show_on_map(route)

    def _show_on_map(self, route: Route) -> None:
        """Mark the place, or the middle of its unit, with its cell, and bring it into view, near enough to see the houses."""
        found = self._point()
        if found is None:
            self._mark.forget()
            return
        name = unit_name(self._session.state.units.get(route.cell or route.village))
        if (self._mark.place, self._marked) == (found, name):
            return
        self._marked = name
        canvas, metres = self._page.canvas, metres_per_unit(self._session.state.settings.crs)
        west, south, east, north = canvas.viewport.extent
        if canvas.viewport.resolution * metres > COARSE:
            self._page.view.show_place(*found)
        elif not (west <= found[0] <= east and south <= found[1] <= north):
            canvas.set_viewport(replace(canvas.viewport, x=found[0], y=found[1]))
        self._mark.mark(*found, name)

    def _point(self) -> tuple[float, float] | None:
        """Return where the place is marked: its point, that of its household, the middle of its unit; None where it has none."""
        place, view = self.call.spot.place, self._page.view
        if np.isfinite(place.x) and np.isfinite(place.y):
            return place.x, place.y
        found = view.extent_of("households", place.household) if place.household else None
        found = found or (view.extent_of("units", place.unit) if place.unit else None)
        return ((found[0] + found[2]) / 2, (found[1] + found[3]) / 2) if found else None

    def _ask_body(self) -> None:
        """Ask for another body than the rules name, or take their one again."""
        if self._bodies.count():
            clear(self._bodies)
            return
        route = self.route()
        suggested = without_doubles(
            [Suggested(route.body, msg("by the rules")), *(Suggested(body, msg("of its ladder")) for body in route.ladder)]
        )
        choice = BodyChoice(tr("Receiving body"), self._session.state.bodies, suggested, chosen=self.call.body)

        def taken() -> None:
            body = choice.body
            clear(self._bodies)
            self._set(body=body if body != route.body else 0)
            self.go.setFocus()

        choice.confirmed.connect(taken)
        choice.list.itemClicked.connect(lambda _: taken())
        self._bodies.addWidget(choice)
        choice.words.setFocus()
        self._area.ensureWidgetVisible(choice)

    # ------------------------------------------------------------ registering

    def _say(self, text: str, role: str = "danger") -> None:
        self._warned = text
        self.said.setProperty("role", role)
        self.said.style().polish(self.said)
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _doubt(self) -> str:
        """Say what is missing that may be missing; Enter once more registers all the same."""
        call = self.call
        if not call.category and self._suggested:
            name = category_name(self._session.state, self._suggested[0].category)
            return tr("No category is chosen: Alt+1 takes “{name}”. Enter once more registers without one.", name=name)
        if not call.category:
            return tr("No category is chosen. Enter once more registers without one.")
        if call.spot.place == Place():
            return tr("No place is known. Enter once more registers without one.")
        return ""

    def register(self, merge: int = 0) -> None:
        """Register the whistle, unless something is missing; `merge`: the case that it repeats."""
        if self.registered is not None or not self.go.isEnabled():
            return
        if self._later.isActive():
            self._later.stop()
            self._suggest()
        if not self.call.text:
            self._say(tr("Write what it is about."))
            self.text.setFocus()
            return
        moment = self.time.moment
        if isinstance(moment, Message):
            self._say(str(moment))
            self.time.setFocus()
            return
        doubt = self._doubt() if not merge else ""
        if doubt and self._warned != doubt:
            self._say(doubt, "warning")
            return
        self._say("")
        self.go.setEnabled(False)
        self._window.perform(self._edit(), lambda changes: self._recorded(changes, merge), self._refused)

    def _merge(self, case: int) -> None:
        self.register(merge=case)

    def _edit(self) -> Edit:
        call, session = self.call, self._session
        by_worker = call.whistler == "worker"
        return register_case(
            session.county.store,
            kind=call.kind,
            category=call.category,
            urgency=call.urgency,
            text=call.text,
            blown=self.blown if self.time.line.text().strip() else None,
            place=call.spot.place,
            address=call.spot.address or self.where.line.text().strip(),
            whistler=call.whistler,
            worker=self.route().worker if by_worker else 0,
            contact="" if by_worker else call.contact,
            phone="" if by_worker else call.phone,
            body=call.body,
            routers=session.routers,
        )

    def _refused(self, reason: object) -> None:
        self.go.setEnabled(True)
        self._say(str(reason))

    def _recorded(self, changes: Changes, merge: int) -> None:
        report = changes.report
        assert isinstance(report, Registered)
        if not merge:
            self._done(report, "")
            return
        session = self._session
        number = str(session.county.store.rows("cases", np.array([merge], np.int64), ("number",))["number"][0])
        edit = record_event(session.county.store, report.case, EventKind.DUPLICATE, data={"of": merge})
        merged = partial(self._done, report, tr("Merged with {number}.", number=number))
        self._window.perform(edit, lambda _: merged(), lambda reason: self._done(report, str(reason)))

    def _done(self, report: Registered, more: str) -> None:
        """Show the number in large, and the way on: the next call, or the card."""
        self.registered = report
        state = self._session.state
        number = label(report.number, "title", selectable=True)
        number.setFont(font(28))
        number.setStyleSheet("font-size: 28px; font-weight: 700;")
        number.setAccessibleName(tr("Number of the whistle"))
        body = body_name(state, self.call.body or report.route.body)
        palette = self._session.palette
        following = button(tr("Next call (W)"), self.begin, "primary", icon("phone", palette, palette.accent_text))
        look = button(tr("Open the card"), lambda: self._open(report.case))
        parts: list[QWidget] = [label(tr("Registered"), "secondary"), number]
        parts.append(label(tr("It is with {body} now.", body=body), "value", wrap=True))
        if more:
            parts.append(label(more, "secondary", wrap=True))
        heading = self._heading(tr("Register a whistle"))
        page = column(heading, card(*parts), following, look, None, spacing=10, margins=(14, 12, 12, 14))
        self._put(holding(page))
        following.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, case: int) -> None:
        page = self._page
        page.show_right(None)
        page.zoom_to("cases", case)

    # ------------------------------------------------------------ keys, and the end

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter registers from every field that needs it for nothing else."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.register()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def leave(self) -> None:
        """Close the panel; what was written is thrown away only at the second time."""
        lost = tr("Esc once more throws away what was written.")
        if self.registered is None and not self.call.is_empty and self._warned != lost:
            self._say(lost, "warning")
            return
        self._close()

    def _close(self) -> None:
        page = self._page
        page.show_right(None)
        page.canvas.setFocus()

    def ended(self) -> None:
        """Let go of the map."""
        self._page.view.picked = None
        self._mark.forget()
        self._mark.deleteLater()
        self._session.voice.ready.disconnect(self._suggest)
