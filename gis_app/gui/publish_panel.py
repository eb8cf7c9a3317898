"""The page that publishes a draft: from when, what is wrong, what will change; and afterwards what has."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtWidgets import QDateEdit, QWidget

from gis_app.county import plan_edits
from gis_app.county.changes import Changes
from gis_app.county.edits import check_county
from gis_app.county.plan_edits import Published
from gis_app.county.problems import ProblemKind, quickly
from gis_app.county.rerouting import held_elsewhere
from gis_app.grid.checks import Issue
from gis_app.gui import compare_panel, drafts
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.publish_figures import PublishFigures, publish_figures
from gis_app.gui.task import Task, aside
from gis_app.gui.widgets import button, clear, column, facts, holding, image, label, row, scrolled, small_button
from gis_app.gui.work import newest_step
from gis_app.language import Message, format_number, msg, plural, tr
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.gui.window import Window


class PublishPanel(QWidget):
    """Publishes the draft that is open, with a date. It covers nothing: the map stays there to be looked at."""

    _counted = Signal(object)  # PublishFigures: from the thread that counted
    _elsewhere = Signal(int)  # open whistles that the rules give to another body: from the thread that counted

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self._plan = self._session.plan_shown
        self._done = False  # published: what is shown is the report
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Publish the draft"))
        self._body = column(spacing=8, margins=(16, 16, 16, 16))
        self._foot = column(margins=(16, 8, 16, 16))  # what it is all about stays in sight
        self.setLayout(column(scrolled(holding(self._body)), holding(self._foot), spacing=0))
        self._counted.connect(self._show_figures)
        self._rerouted = column(spacing=6)
        self._elsewhere.connect(self._show_elsewhere)
        self._build()
        self._session.county_changed.connect(self._follow)
        self._count()

    def _build(self) -> None:
        palette = self._session.palette
        plan = self._session.county.state.plans[self._plan]
        now = self._session.state.settings.now()
        self.date = QDateEdit(QDate(now.year, now.month, now.day))
        self.date.setCalendarPopup(True)
        self.date.setDisplayFormat("yyyy-MM-dd")
        self.date.setAccessibleName(tr("Valid from"))
        self._figures, self._checked = column(spacing=6), column(spacing=6)
        self.check = button(tr("Check the draft"), self.run_check, "", icon("shield-check", palette))
        self.publish = button(tr("Publish"), self.run, "primary", icon("send", palette, palette.accent_text))
        close = small_button(palette, "x", tr("Close"), self._close)
        said = tr("Whistles and reports use the published plan from then on. Publishing checks everything first, and can be undone.")
        for item in (
            row(label(tr("Publish the draft"), "heading"), None, close),
            label(plan.name, "value", wrap=True),
            label(said, "secondary", wrap=True),
            heading(tr("Valid from")),
            self.date,
            heading(tr("What will change")),
            self._figures,
            heading(tr("Checks")),
            self._checked,
            row(self.check, None),
            None,
        ):
            if item is None:
                self._body.addStretch(1)
            elif isinstance(item, QWidget):
                self._body.addWidget(item)
            else:
                self._body.addLayout(item)
        self._foot.addWidget(self.publish)
        self._figures.addWidget(label(tr("Counting …"), "secondary"))
        self._checked.addWidget(label(tr("Not checked yet; publishing checks it anyway."), "secondary", wrap=True))

    def _follow(self, _: Changes) -> None:
        """Count again after an edit; go where the draft is no longer shown."""
        if self._done:
            self._undo.setEnabled(newest_step(self._window) == self._step)  # else something else would be undone
            return
        if self._session.plan_shown != self._plan:
            if self.publish.isEnabled():
                self._close()
            return
        self._count()

    def _count(self) -> None:
        """Count beside the window what would change."""
        published, draft = self._session.county.state, self._session.state

        def count() -> PublishFigures:
            known = Counter(problem.kind for problem in quickly(draft).all())
            below = known[ProblemKind.BELOW_FLOOR] + known[ProblemKind.EMPTY_CELL]
            return publish_figures(published, draft, below, known[ProblemKind.CELL_WITHOUT_WORKER])

        aside(count, self._counted.emit)

    def _show_figures(self, found: PublishFigures) -> None:
        if self._done:
            return
        clear(self._figures)
        if found.nothing:
            self._figures.addWidget(label(tr("Nothing: the draft is the same as the published plan."), "secondary", wrap=True))
        self._figures.addLayout(
            facts(
                [
                    (tr("New cells"), format_number(found.new)),
                    (tr("Cells that go"), format_number(found.gone)),
                    (tr("Redrawn cells"), format_number(found.redrawn)),
                    (tr("Renamed or moved"), format_number(found.renamed)),
                    (tr("All households"), tr("{count} come to another cell", count=format_number(found.households))),
                    (tr("Resident households"), tr("{count} get another grid worker", count=format_number(found.residents))),
                    (tr("Open whistles"), tr("{count} come to another cell", count=format_number(found.whistles))),
                ]
            )
        )
        for count, text in (
            (
                found.below_floor,
                str(
                    plural(
                        found.below_floor,
                        msg("{count} cell is below the floor of resident households.", count=format_number(found.below_floor)),
                        msg("{count} cells are below the floor of resident households.", count=format_number(found.below_floor)),
                    )
                ),
            ),
            (
                found.vacant,
                str(
                    plural(
                        found.vacant,
                        msg("{count} cell has no grid worker.", count=format_number(found.vacant)),
                        msg("{count} cells have no grid worker.", count=format_number(found.vacant)),
                    )
                ),
            ),
        ):
            if count:
                self._figures.addLayout(self._remark(text, "warning"))

    def _remark(self, text: str, role: str):  # type: ignore[no-untyped-def]
        palette = self._session.palette
        sign = "circle-check" if role == "success" else "triangle-alert"
        return row(column(image(sign, getattr(palette, role)), None), label(text, role, wrap=True), spacing=6)

    # ------------------------------------------------------------ checking and publishing

    def run_check(self) -> None:
        """Check the draft beside the window and list what is wrong."""
        state = self._session.state

        def steps() -> Steps[tuple[Issue, ...]]:
            return check_county(state)

        self._window.tasks.run(Task(msg("Checking the draft"), steps, self._show_issues))

    def _show_issues(self, issues: tuple[Issue, ...]) -> None:
        if issues and self._window.page is not None:
            self._window.page.problems.open()
        clear(self._checked)
        if issues:
            text = str(
                plural(
                    len(issues),
                    msg("The check found {count} issue.", count=len(issues)),
                    msg("The check found {count} issues.", count=len(issues)),
                )
            )
            self._checked.addLayout(self._remark(text, "danger"))
            self._checked.addWidget(label(tr("They are listed at the left, under Problems."), "secondary", wrap=True))
        else:
            self._checked.addLayout(self._remark(tr("The check found nothing wrong."), "success"))

    def run(self) -> None:
        """Publish the draft beside the window, and say what has changed."""
        chosen = self.date.date()
        day = date(chosen.year(), chosen.month(), chosen.day())
        window, plan = self._window, self._plan
        self.publish.setEnabled(False)

        def ended(changes: Changes) -> None:
            drafts.remember(window)
            window.status.say("")
            window.banner.news(tr("Done: {what}.", what=changes.title))
            self._show_report(changes)

        def refused(reason: Message) -> None:
            self.publish.setEnabled(True)
            window.banner.problem(str(reason))

        window.perform(plan_edits.publish(plan, day), ended, refused)

    def _show_report(self, changes: Changes) -> None:
        self._done = True
        clear(self._body)
        clear(self._foot)
        palette = self._session.palette
        close = small_button(palette, "x", tr("Close"), self._close)
        self._body.addLayout(row(label(tr("Published"), "heading"), None, close))
        self._body.addLayout(self._remark(str(changes.title), "success"))
        if isinstance(changes.report, Published):
            report = changes.report
            self._body.addLayout(facts(report_facts(report)))
            self._rerouted = column(spacing=6)
            self._body.addLayout(self._rerouted)
            self._count_elsewhere()
            look = button(
                tr("Compare with the plan before"),
                lambda: compare_panel.show(self._window, report.archived, report.plan),
                "",
                icon("git-compare", palette),
            )
            self._body.addLayout(row(look, None))
        self._undo = button(tr("Undo"), self._window.undo, "", icon("undo-2", palette))
        self._step = newest_step(self._window)
        self._body.addLayout(row(self._undo, None))
        self._body.addStretch(1)

    def _count_elsewhere(self) -> None:
        """Count beside the window which open whistles the rules give to another body, now that the plan is another one."""
        state = self._session.county.state
        aside(lambda: len(held_elsewhere(state).case), self._elsewhere.emit)

    def _show_elsewhere(self, count: int) -> None:
        clear(self._rerouted)
        if count == 0:
            self._rerouted.addWidget(label(tr("Every open whistle is with the body that the rules name."), "secondary", wrap=True))
            return
        text = tr("Open whistles that the rules now give to another body: {count}", count=format_number(count))
        self._rerouted.addLayout(self._remark(text, "warning"))
        self._rerouted.addLayout(row(button(tr("List them"), self._list_elsewhere, "link"), None))

    def _list_elsewhere(self) -> None:
        """Show these whistles where they can be handed over: in the Cases workspace."""
        from gis_app.gui import rules_panel

        rules_panel.show(self._window, "elsewhere")

    def _close(self) -> None:
        if self._window.page is not None:
            self._window.page.show_right(None)


def report_facts(report: Published) -> list[tuple[str, str | QWidget]]:
    """Return the figures of a report of publishing, in words."""
    figures = (
        (tr("New cells"), len(report.cells_new)),
        (tr("Cells that are gone"), len(report.cells_closed)),
        (tr("Redrawn cells"), len(report.cells_changed)),
        (tr("Renamed or moved"), len(report.cells_renamed)),
        (tr("Households in another cell"), report.households_moved),
        (tr("Households without a cell"), report.households_unassigned),
        (tr("Resident households with another grid worker"), report.residents_with_other_worker),
        (tr("Grid workers in another cell"), len(report.workers_moved)),
        (tr("Open whistles in another cell"), report.cases_moved),
        (tr("Bodies that govern another unit"), len(report.bodies_moved)),
    )
    return [(text, format_number(count)) for text, count in figures]


def show(window: Window) -> None:
    """Show the page in place of the inspector."""
    if window.page is not None and window.session is not None and window.session.drafting:
        window.page.show_right(PublishPanel(window))
