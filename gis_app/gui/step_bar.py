"""The foot of the card: the possible steps of the selected whistles as buttons, the rest behind "More", and the form of the chosen one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton, QWidget

from gis_app.cases.case import EventKind, State
from gis_app.cases.transitions import allowed
from gis_app.county.changes import Changes, Edit
from gis_app.gui.case_form import CaseForm, StepForm
from gis_app.gui.case_steps import STEPS, CaseStep, Offered, offered, operation_of
from gis_app.gui.case_view import Wanted, open_to, read_case, rows_of, states_of
from gis_app.gui.correct_form import CorrectForm, PlaceForm
from gis_app.gui.flow import Flow
from gis_app.gui.icons import icon
from gis_app.gui.widgets import button, clear, column, holding
from gis_app.language import Message, format_number, tr

if TYPE_CHECKING:
    from gis_app.gui.inspector import Inspector

TALLEST = 0.68
"""The share of the inspector's height that a form may take; a taller one is scrolled."""


MOST_BUTTONS = 4
"""So many steps of several whistles stand as buttons."""


class StepBar(QWidget):
    """Stands below the card and does not scroll away. A form that is open stays while the same whistles are selected."""

    def __init__(self, panel: Inspector) -> None:
        super().__init__()
        self.setObjectName("stepBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Possible steps"))
        self._panel = panel
        self._cases: tuple[int, ...] = ()
        self._before: QWidget | None = None  # had the focus when the form was opened
        self.form: CaseForm | None = None
        self._begun: tuple[object, ...] = ()  # what stood in the form when it was opened
        self._kept: dict[tuple[int, ...], tuple[CaseForm, tuple[object, ...]]] = {}  # half-filled forms of whistles that are not selected
        self._flow = Flow(spacing=6, company=True)
        self.buttons = holding(self._flow)
        self._place = column(spacing=0)
        self.setLayout(column(holding(self._place), self.buttons, spacing=8, margins=(12, 8, 12, 10)))
        self.hide()

    # ------------------------------------------------------------ what is offered

    def show_cases(self, cases: Sequence[int]) -> None:
        """Offer the steps of the selected whistles; a form of others goes, and comes back with them if something was filled in."""
        if tuple(cases) != self._cases:
            self._keep()
            self._cases = tuple(cases)
            self._take_up()
        shown = self._offer()
        self.setVisible(bool(shown))

    def _offer(self) -> int:
        """Build the buttons anew; return how many steps there are."""
        clear(self._flow)
        session = self._panel.session
        if session.workspace != "cases":
            return 0
        counts, many = Counter[EventKind](), 0
        for state, count in states_of(session, self._cases).items():
            counts.update(dict.fromkeys(allowed(state), count))
            many += count
        if not many:
            return 0
        found = self._of_one(self._cases[0]) if many == 1 else _of_many(counts, many)
        for at, step in enumerate(found.buttons):
            self._flow.addWidget(self._button(step, counts[step.kind], many, primary=at == 0 and found.likely))
        if found.more:
            self._flow.addWidget(self._more(found.more, counts, many))
        return len(found.buttons) + len(found.more)

    def _of_one(self, case: int) -> Offered:
        cases = self._panel.session.state.cases
        row = int(rows_of(self._panel.session, (case,))[0])
        return offered(State(int(cases.state[row])), held=bool(cases.body[row]))

    def _button(self, step: CaseStep, count: int, of: int, *, primary: bool) -> QPushButton:
        made = button(_words(step, count, of), lambda: self._ask(step.kind), "primary" if primary else "step", tip=_tip(step))
        made.setObjectName(f"step-{step.kind.value}")
        return made

    def _more(self, steps: Sequence[CaseStep], counts: Counter[EventKind], of: int) -> QToolButton:
        palette = self._panel.session.palette
        made = QToolButton()
        made.setIcon(icon("ellipsis", palette))
        made.setIconSize(QSize(18, 18))
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        made.setToolTip(tr("More steps"))
        made.setAccessibleName(tr("More steps"))
        made.setObjectName("step-more")
        menu = QMenu(made)
        menu.setToolTipsVisible(True)
        for step in steps:
            action = menu.addAction(icon(step.icon, palette), f"{_words(step, counts[step.kind], of)}\t{_keys(step)}")
            action.triggered.connect(lambda _=False, kind=step.kind: self._ask(kind))
        made.setMenu(menu)
        return made

    def _ask(self, kind: EventKind) -> None:
        self._panel.operation_wanted.emit(operation_of(kind))

    # ------------------------------------------------------------ forms

    def begin(self, kind: EventKind) -> None:
        """Open the form of a step of the selected whistles."""
        session, actor = self._panel.session, self._panel.actor
        cases = open_to(session, self._cases, kind)
        if not cases:
            return
        if kind == EventKind.CORRECTED:
            self._open(CorrectForm(session, read_case(session, cases[0]), actor, private=self._panel.private))
        else:
            self._open(StepForm(session, STEPS[kind], [read_case(session, cases[0])], cases, actor))

    def begin_place(self, x: float, y: float, note: str = "") -> None:
        """Ask whether the selected whistle lies at a place in county coordinates; `note`: why, where that is known."""
        if len(self._cases) == 1:
            session = self._panel.session
            self._open(PlaceForm(session, read_case(session, self._cases[0]), x, y, self._panel.actor, note))

    def _open(self, form: CaseForm) -> None:
        self._drop()
        self._before = QApplication.focusWidget()
        self._begun = form.filled()
        form.wanted.connect(self._confirmed)
        form.left.connect(self.leave)
        self._place_form(form)
        form.begin()

    def _place_form(self, form: CaseForm) -> None:
        self.form = form
        self._place.addWidget(form)
        form.show()
        self.buttons.hide()
        self.show()
        form.ensurePolished()
        QTimer.singleShot(0, form, self.fit)
        self.fit()

    def _keep(self) -> None:
        """Put a half-filled form aside, for when its whistles are selected again; one that nothing was written into goes."""
        form = self.form
        if form is None or form.passing or form.filled() == self._begun:
            self._drop()
            return
        self._kept[self._cases] = (form, self._begun)
        self._place.removeWidget(form)
        form.hide()
        self.form = None
        self.buttons.show()

    def _forget(self, form: CaseForm) -> None:
        """Let go of a form that was put aside and has been recorded since."""
        for cases, (kept, _) in list(self._kept.items()):
            if kept is form:
                del self._kept[cases]
                form.deleteLater()

    def _take_up(self) -> None:
        """Show the form again that was put aside for the selected whistles, as long as its step is possible for each of them."""
        form, begun = self._kept.pop(self._cases, (None, ()))
        if form is None:
            return
        if open_to(self._panel.session, self._cases, form.kind) != list(form.cases):
            form.deleteLater()
            return
        self._before, self._begun = None, begun
        self._place_form(form)

    def fit(self) -> None:
        """Give the form the height that it needs, as far as the panel has it."""
        if self.form is not None:
            self.form.fit(int(self._panel.height() * TALLEST))

    def leave(self) -> None:
        """Close the form without recording anything, and give the focus back."""
        before = self._before
        self._drop()
        self._offer()
        self._panel.focus_given_back.emit(before)

    def _drop(self) -> None:
        self.form = None
        clear(self._place)
        self.buttons.show()

    def _confirmed(self, edit: Edit) -> None:
        self.perform(edit, self.form)

    def perform(self, edit: Edit, form: CaseForm | None = None) -> None:
        """Have an edit performed; what refuses it is said in the form that asked for it, else by the window."""
        if form is not None:
            form.confirm_button.setEnabled(False)
            if isinstance(form, StepForm) and form.step.kind not in (EventKind.RATED, EventKind.APPEALED):
                self._panel.remember_actor(form.actor.text().strip())

        def done(_: Changes) -> None:
            if form is not None and form is self.form:
                self.leave()
            elif form is not None:  # other whistles were selected meanwhile
                self._forget(form)

        def refused(reason: Message) -> None:
            if form is not None and form is self.form:
                form.confirm_button.setEnabled(True)
                form.say({"": reason})
                self.fit()
            else:
                if form is not None:
                    form.confirm_button.setEnabled(True)
                self._panel.problem.emit(reason)

        self._panel.case_edit_wanted.emit(Wanted(edit, done, refused))


def _of_many(counts: Counter[EventKind], of: int) -> Offered:
    """Return the steps that are possible for all of several whistles as buttons, those for some of them behind."""
    possible = [step for step in STEPS.values() if step.many and counts[step.kind]]
    ordered = sorted(possible, key=lambda step: (counts[step.kind] < of, step.rare))
    buttons = tuple(step for step in ordered if counts[step.kind] == of and not step.rare)[:MOST_BUTTONS]
    return Offered(buttons, tuple(step for step in ordered if step not in buttons))


def _words(step: CaseStep, count: int, of: int) -> str:
    if of == 1:
        return str(step.verb)
    if count == of:
        return tr("{step} ({count})", step=step.verb, count=format_number(count))
    return tr("{step} ({count} of {all})", step=step.verb, count=format_number(count), all=format_number(of))


def _keys(step: CaseStep) -> str:
    return QKeySequence(step.key).toString(QKeySequence.SequenceFormat.NativeText)


def _tip(step: CaseStep) -> str:
    return f"{step.verb} ({_keys(step)})"
