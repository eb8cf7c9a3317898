"""What is wrong or thin in the plan that is shown, always current: gone through one by one, explained, repaired, or ignored with a note."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget
from shiboken6 import isValid

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.changes import Edit
from gis_app.county.problem_edits import EXPLANATIONS, KINDS, REPAIRS, heed_problem, repair_of
from gis_app.county.problems import SEVERITIES, Problem, ProblemKind, Severity
from gis_app.gui.icons import icon
from gis_app.gui.live_problems import stops
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, button, card, clear, column, counted, holding, label, row, small_button
from gis_app.language import format_number, tr

SIGNS = {Severity.ERROR: "circle-alert", Severity.WARNING: "triangle-alert", Severity.HINT: "info"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is gone to: a row of a table (id 0: none), and the place on the map where there is one; `whole`: the row is shown whole."""

    table: str
    id: int
    at: tuple[float, float] | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The problems of one kind, as stops to go to one after the other: the problem, and its row."""

    kind: ProblemKind
    stops: tuple[tuple[Problem, int], ...]


def groups_of(problems: Sequence[Problem]) -> list[Group]:
    """Return the problems by kind, the worst kinds first."""
    found: dict[ProblemKind, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.kind, []).append(problem)
    return [Group(kind, tuple(stops(of))) for kind, of in found.items()]


class ProblemsPanel(Section):
    """Lists the problems by kind; pressing a kind goes to the next place that has it, and says there what it means and what can be done."""

    wanted = Signal(object)  # Finding: go there
    repair_wanted = Signal(object)  # BoundaryEdit | Edit to perform
    preview_wanted = Signal(object)  # BoundaryEdit to show on the map
    ignore_wanted = Signal(object)  # Problem: ask why, and ignore it
    check_wanted = Signal()
    limits_wanted = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Problems"), session.palette)
        self._session = session
        self._at: dict[ProblemKind, str] = {}  # the problem that was gone to last, by kind: its key and row
        self._open: ProblemKind | None = None
        self._ignored_shown = False
        self._shown: QFrame | None = None
        self.groups: list[Group] = []
        self._built: tuple[object, ...] = ()
        session.problems_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the problems of now; nothing is rebuilt while nothing changed."""
        live = self._session.problems
        built = (live.listed, live.set_aside, live.known.complete, self._open, dict(self._at), self._ignored_shown)
        if built == self._built:
            return
        self._built = built
        self.groups = groups_of(live.listed)
        clear(self.body)
        self._shown = None
        for group in self.groups:
            self.body.addWidget(self._row(group))
            if group.kind == self._open:
                self._shown = self._card(group)
                self.body.addWidget(self._shown)
        total = sum(len(group.stops) for group in self.groups)
        self.set_title(tr("Problems ({count})", count=format_number(total)) if total else tr("Problems"))
        if not live.known.complete:
            self.body.addWidget(label(tr("The rest of the county is checked as soon as nothing else is done."), "secondary", wrap=True))
        elif not self.groups:
            self.body.addWidget(
                label(tr("Nothing is wrong: no gap, no overlap, every code right, every cell within its limits."), "success", wrap=True)
            )
        if live.set_aside:
            self._show_ignored()
        palette = self._session.palette
        self.body.addWidget(
            button(tr("Check the whole county"), self.check_wanted.emit, "link", icon("shield-check", palette, palette.accent))
        )
        self.body.addWidget(button(tr("Floors and limits …"), self.limits_wanted.emit, "link", icon("settings", palette, palette.accent)))

    # ------------------------------------------------------------ parts

    def _colour(self, kind: ProblemKind) -> str:
        palette = self._session.palette
        severity = SEVERITIES[kind]
        return {Severity.ERROR: palette.danger, Severity.WARNING: palette.warning, Severity.HINT: palette.secondary}[severity]

    def _row(self, group: Group) -> QWidget:
        palette = self._session.palette
        sign = icon(SIGNS[SEVERITIES[group.kind]], palette, self._colour(group.kind)).pixmap(16, 16)
        count = label(format_number(len(group.stops)), "secondary")
        return counted(str(KINDS[group.kind]), count, lambda: self.go(group.kind), sign, tr("Go to the next one"))

    def _card(self, group: Group) -> QFrame:
        """Say of the problem that was gone to what it means, and offer what can be done."""
        palette, at = self._session.palette, self._position(group)
        problem, _ = group.stops[at]
        place = tr("{number} of {count}", number=format_number(at + 1), count=format_number(len(group.stops)))
        back = small_button(palette, "chevron-left", tr("The one before"), lambda: self.go(group.kind, -1))
        on = small_button(palette, "chevron-right", tr("The next one"), lambda: self.go(group.kind))
        parts: list[QWidget] = [
            holding(row(label(place, "secondary"), None, back, on, spacing=2)),
            label(str(problem.text), wrap=True),
            label(str(EXPLANATIONS[problem.kind]), "secondary", wrap=True),
        ]
        edit = repair_of(problem, self._session.state)
        if edit is not None:
            repairs = button(str(REPAIRS[problem.repair]), lambda: self.repair_wanted.emit(edit), tip=str(REPAIRS[problem.repair]))
            repairs.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # a long word must not widen the panel
            parts.append(repairs)
        ways: list[QWidget] = []
        if isinstance(edit, BoundaryEdit):
            ways.append(button(tr("See how"), lambda: self.preview_wanted.emit(edit), "link"))
        ways.append(button(tr("Ignore …"), lambda: self.ignore_wanted.emit(problem), "link", tip=tr("List it no longer, and note why")))
        parts.append(holding(row(*ways, None)))
        made = card(*parts)
        made.setAccessibleName(str(KINDS[group.kind]))
        return made

    def _show_ignored(self) -> None:
        kept = self._session.problems.set_aside
        self.body.addWidget(button(tr("Ignored ({count})", count=format_number(len(kept))), self._turn_ignored, "link"))
        for problem, ignored in kept if self._ignored_shown else ():
            again = button(tr("List it again"), lambda ignored=ignored: self._heed(ignored.row), "link")  # type: ignore[misc]
            said = label(tr("Note: {note}", note=ignored.note), "secondary", wrap=True)
            self.body.addWidget(card(label(str(problem.text), wrap=True), said, holding(column(again))))

    def _turn_ignored(self) -> None:
        self._ignored_shown = not self._ignored_shown
        self.refresh()

    def _heed(self, row_id: int) -> None:
        edit: Edit = heed_problem(row_id)
        self.repair_wanted.emit(edit)

    # ------------------------------------------------------------ going

    def open(self) -> None:
        """Unfold the list and bring it into view."""
        self.fold(False)
        self.refresh()
        self._bring(self)

    def go(self, kind: ProblemKind, steps: int = 1) -> None:
        """Go to the next place that has a kind of problem (or the one before), and say there what it means."""
        group = next((group for group in self.groups if group.kind == kind), None)
        if group is None:
            return
        at = (self._position(group, -1 if steps > 0 else 0) + steps) % len(group.stops)
        problem, found = group.stops[at]
        self._at[kind], self._open = _name(problem, found), kind
        self.refresh()
        shown = [
            part for part in self.findChildren(QFrame) if part.accessibleName() == str(KINDS[kind]) and part.property("role") == "card"
        ]
        if shown:
            self._bring(shown[-1])
        self.wanted.emit(Finding(problem.table, found, problem.at, kind == ProblemKind.NOT_CONTIGUOUS))

    def next(self) -> bool:
        """Go to the next problem of any kind; tell whether there is one."""
        if not self.groups:
            return False
        kinds = [group.kind for group in self.groups]
        if self._open not in kinds:
            self.go(kinds[0])
            return True
        group = self.groups[kinds.index(self._open)]
        last = self._position(group) + 1 >= len(group.stops)
        following = kinds[(kinds.index(self._open) + 1) % len(kinds)]
        if last:
            self._at.pop(following, None)
        self.go(following if last else self._open)
        return True

    def _position(self, group: Group, unknown: int = 0) -> int:
        """Return the position of the problem that was gone to last."""
        names = [_name(problem, found) for problem, found in group.stops]
        last = self._at.get(group.kind)
        return names.index(last) if last in names else unknown

    def _bring(self, part: QWidget) -> None:
        """Scroll the panel around so that a part is seen, as soon as it has its size."""

        def bring() -> None:
            above = self.parentWidget() if isValid(self) and isValid(part) else None
            while above is not None and not isinstance(above, QScrollArea):
                above = above.parentWidget()
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(part, 0, 8)

        self._session.turns.add(lambda: self._session.turns.add(bring))  # after the turn that lays it out


def _name(problem: Problem, found: int) -> str:
    return f"{problem.key} {found}"
