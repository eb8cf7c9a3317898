"""What is wrong or thin in the county's grid, with counts; a click goes from one to the next on the map and in the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from gis_app.grid.checks import Issue, IssueKind
from gis_app.grid.households import Unassigned
from gis_app.grid.units import Level
from gis_app.gui.derived import Derived
from gis_app.gui.icons import icon
from gis_app.gui.session import Session
from gis_app.gui.widgets import Section, button, clear, counted, label
from gis_app.language import Message, format_number, msg, tr

ISSUES: Mapping[IssueKind, Message] = {
    IssueKind.INVALID_RING: msg("Invalid outline"),
    IssueKind.DUPLICATE: msg("Cell drawn twice"),
    IssueKind.OVERLAP: msg("Overlap"),
    IssueKind.GAP: msg("Gap"),
    IssueKind.MISSING_VERTEX: msg("Missing vertex on a shared border"),
    IssueKind.SLIVER: msg("Sliver"),
    IssueKind.UNIT_WITHOUT_PARENT: msg("Unit without an upper unit"),
    IssueKind.VILLAGE_OUTSIDE_TOWNSHIP: msg("Village outside its township"),
    IssueKind.CODE_WRONG: msg("Wrong code"),
    IssueKind.CODE_REPEATED: msg("Code used twice"),
    IssueKind.EMPTY_CELL: msg("Cell without households"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One row to look at: its table and id (0 for none), and the place on the map where there is one."""

    table: str
    id: int
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem and everything that has it. `grave`: it has to be put right; else it deserves attention."""

    key: str
    text: Message
    findings: tuple[Finding, ...]
    grave: bool = False


def figures_problems(derived: Derived) -> list[Problem]:
    """Return what the figures of the county say: cells below the floor or without a worker, households without a cell."""
    state, figures = derived.state, derived.figures
    cells = state.units.at_level(Level.CELL)
    below = tuple(Finding("units", c.id) for c in cells if figures[c.id].households < figures[c.id].floor) if len(state.households) else ()
    vacant = tuple(Finding("units", c.id) for c in cells if not figures[c.id].workers) if state.workers else ()
    lost = state.households.reason
    found = [
        Problem("below_floor", msg("Too few households"), below),
        Problem("vacant", msg("No grid worker"), vacant),
        Problem("outside", msg("Households outside"), _households(derived, lost == Unassigned.OUTSIDE_COUNTY), True),
        Problem("no_place", msg("Households without place"), _households(derived, lost == Unassigned.NO_COORDINATES), True),
        Problem("not_assigned", msg("Households not assigned"), _households(derived, lost == Unassigned.NOT_YET), True),
    ]
    return [problem for problem in found if problem.findings]


def _households(derived: Derived, mask: NDArray[np.bool_]) -> tuple[Finding, ...]:
    return tuple(Finding("households", int(i)) for i in derived.state.households.id[mask])


def issue_problems(issues: Sequence[Issue]) -> list[Problem]:
    """Return the issues of a check as problems, one a kind."""
    kinds: dict[IssueKind, list[Issue]] = {}
    for issue in issues:
        kinds.setdefault(issue.kind, []).append(issue)
    return [
        Problem(str(kind), ISSUES[kind], tuple(Finding("units", i.units[0] if i.units else 0, i.at) for i in found), True)
        for kind, found in kinds.items()
    ]


class ProblemsPanel(Section):
    """Problems of the grid; pressing one goes to the next place that has it."""

    wanted = Signal(object)  # Finding

    def __init__(self, session: Session, issues: Sequence[Issue] | None) -> None:
        super().__init__(tr("Problems"), session.palette)
        self._session = session
        self._issues = issues
        self._at: dict[str, int] = {}
        self._last = ""
        self.check_wanted = button(
            tr("Check the whole county"), lambda: None, "link", icon("shield-check", session.palette, session.palette.accent)
        )
        session.county_changed.connect(lambda _: self.refresh())
        self.problems: list[Problem] = []
        self.refresh()

    def show_issues(self, issues: Sequence[Issue]) -> None:
        """Show what a check of the county has found."""
        self._issues = issues
        self.fold(False)
        self.refresh()

    def refresh(self) -> None:
        """Show the problems of now."""
        self.problems = figures_problems(self._session.derived) + issue_problems(self._issues or ())
        self.check_wanted.setParent(None)
        clear(self.body)
        for problem in self.problems:
            self.body.addWidget(self._row(problem))
        total = sum(len(problem.findings) for problem in self.problems)
        self.set_title(tr("Problems ({count})", count=format_number(total)) if total else tr("Problems"))
        if self._issues is not None and not self._issues:
            self.body.addWidget(label(tr("The division is sound: no gap, no overlap, every code right."), "success", wrap=True))
        elif not self.problems:
            self.body.addWidget(label(tr("None is known. A check looks for gaps, overlaps and wrong codes."), "secondary", wrap=True))
        self.body.addWidget(self.check_wanted)

    def _row(self, problem: Problem) -> QPushButton:
        palette = self._session.palette
        shown = icon("circle-alert" if problem.grave else "triangle-alert", palette, palette.danger if problem.grave else palette.warning)
        count = label(format_number(len(problem.findings)), "secondary")
        return counted(str(problem.text), count, lambda: self.go(problem.key), shown.pixmap(16, 16), tr("Go to the next one"))

    def go(self, key: str) -> None:
        """Go to the next place that has a problem."""
        problem = next((p for p in self.problems if p.key == key), None)
        if problem is not None:
            at = (self._at.get(key, -1) + 1) % len(problem.findings)
            self._at[key], self._last = at, key
            self.wanted.emit(problem.findings[at])

    def next(self) -> bool:
        """Go to the next problem of any kind; tell whether there is one."""
        keys = [problem.key for problem in self.problems]
        if not keys:
            return False
        at = keys.index(self._last) if self._last in keys else 0
        done = self._at.get(keys[at], -1) + 1 >= len(self.problems[at].findings)
        self.go(keys[(at + 1) % len(keys)] if done and self._last in keys else keys[at])
        return True
