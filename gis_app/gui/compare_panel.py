"""The page that compares two plans: which, what differs in sum, the crosswalk; the cells stand in the table below the map."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from gis_app.county.changes import Changes
from gis_app.county.comparison import Comparison, Fate, comparing, residents_of
from gis_app.county.state import CountyState
from gis_app.files.crosswalk import write_crosswalk
from gis_app.files.residents import write_residents
from gis_app.grid.plans import Plan
from gis_app.gui import drafts
from gis_app.gui.comparison_overlay import CHANGED, GAINED, LOST, ComparisonOverlay, brush_of, colour_of
from gis_app.gui.comparison_rows import Compared, extent_of
from gis_app.gui.icons import icon
from gis_app.gui.inspector import heading
from gis_app.gui.task import Task
from gis_app.gui.widgets import button, clear, column, combo, facts, holding, label, row, scrolled, small_button
from gis_app.language import format_number, msg, tr
from gis_app.map.palette import Palette
from gis_app.progress import Steps, part

if TYPE_CHECKING:
    from gis_app.gui.window import Window


class ComparePanel(QWidget):
    """Compares two plans of the county and shows the difference on the map and in the table, until it is closed."""

    def __init__(self, window: Window, before: int = 0, after: int = 0) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self.compared: Compared | None = None
        self._overlay: ComparisonOverlay | None = None
        self._outdated = holding(
            column(
                label(tr("The draft was changed since it was compared."), "warning", wrap=True),
                row(button(tr("Compare again"), self.compare, "", icon("refresh-cw", self._session.palette)), None),
                spacing=6,
            )
        )
        self._outdated.hide()
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Compare two plans"))
        plans = list(self._session.county.state.plans.values())
        usual = usual_pair(self._session.county.state, self._session.open_plan)
        self._before, self._after = before or usual[0], after or usual[1]
        self._named = _names(plans)
        self._gone = False
        self._found = column(spacing=6)
        self._build(plans)
        self._session.county_changed.connect(self._follow)
        if self._window.page is not None:
            self._window.page.table.compared_chosen.connect(self._choose_cell)
            self._window.page.table.compared_wanted.connect(self._zoom)
        self.compare()

    def _build(self, plans: list[Plan]) -> None:
        palette = self._session.palette
        named = [(tr("{name} ({status})", name=plan.name or "–", status=drafts.STATUS[plan.status]), plan.id) for plan in plans]
        before = combo(tr("The earlier plan"), named, self._before, self._set_before)
        after = combo(tr("The later plan"), named, self._after, self._set_after)
        close = small_button(palette, "x", tr("Close"), self.close_page)
        body = column(
            row(label(tr("Compare two plans"), "heading"), None, close),
            heading(tr("From")),
            before,
            heading(tr("To")),
            after,
            8,
            self._outdated,
            self._found,
            None,
            spacing=6,
            margins=(16, 16, 16, 16),
        )
        self.setLayout(column(scrolled(holding(body))))

    def _set_before(self, plan: object) -> None:
        self._before = int(str(plan))
        self.compare()

    def _set_after(self, plan: object) -> None:
        self._after = int(str(plan))
        self.compare()

    def _follow(self, _: Changes) -> None:
        """Say that what is shown is old where a plan is another one now; go where one of the two is no longer there."""
        plans, session = self._session.county.state.plans, self._session
        if self._before not in plans or self._after not in plans:
            self.close_page()
            return
        if self._named != _names(plans.values()):  # one was renamed, or published
            self._window.turns.add(lambda: show(self._window, self._before, self._after))
            return
        if self.compared is None:
            return
        now = {state.plan: state for state in (session.county.state, session.county.draft) if state is not None}
        shown = {self._before: self.compared.before, self._after: self.compared.after}
        if any(plan in now and not _same_division(now[plan], state) for plan, state in shown.items()):
            self._outdated.show()

    def compare(self) -> None:
        """Compare the two plans beside the window."""
        county, before, after = self._session.county, self._before, self._after
        self._outdated.hide()
        clear(self._found)
        self._found.addWidget(label(tr("Comparing …"), "secondary"))

        def state_of(plan: int) -> Steps[CountyState]:
            if plan == county.state.plan:
                return county.state
            return (yield from county.reading_plan(plan))

        def steps() -> Steps[Compared]:
            one = yield from part(state_of(before), 0.0, 0.3)
            two = yield from part(state_of(after), 0.3, 0.6)
            found: Comparison = yield from part(comparing(one, two), 0.6, 1.0)
            return Compared(one, two, found)

        self._window.tasks.run(Task(msg("Comparing the plans"), steps, self._show))

    def _show(self, compared: Compared) -> None:
        """Show the difference: its sums here, the land on the map, the cells in the table."""
        page = self._window.page
        if page is None or self._gone:  # closed meanwhile
            return
        self.compared = compared
        self._remove_overlay()
        self._overlay = ComparisonOverlay(page.canvas, self._session, compared)
        page.table.show_comparison(compared)
        page.unfold("bottom")
        clear(self._found)
        for widget in self._summary(compared):
            self._found.addWidget(widget)

    def _choose_cell(self, cell: int) -> None:
        if self._overlay is not None:
            self._overlay.choose(cell)

    def _zoom(self, cell: int) -> None:
        """Show a cell of one of the two plans as large as possible."""
        extent = extent_of(self.compared, cell) if self.compared is not None else None
        if extent is not None and self._window.page is not None:
            self._window.canvas.zoom_to(extent, 0.12)

    def _summary(self, compared: Compared) -> list[QWidget]:
        comparison, palette = compared.comparison, self._session.palette
        fates = {fate: sum(cell.fate == fate for cell in comparison.cells) for fate in Fate}
        residents = residents_of(compared.after, comparison.other_worker)
        area = sum(exchange.area for exchange in comparison.exchanges) / 1e6
        figures = facts(
            [
                (tr("New cells"), format_number(fates[Fate.NEW])),
                (tr("Cells that are gone"), format_number(fates[Fate.CLOSED])),
                (tr("Redrawn cells"), format_number(fates[Fate.CHANGED])),
                (tr("Renamed or moved"), format_number(fates[Fate.MOVED])),
                (tr("Land"), tr("{area} km² changed hands", area=format_number(area, 2))),
                (tr("All households"), tr("{count} come to another cell", count=format_number(len(comparison.moved)))),
                (tr("Resident households"), tr("{count} get another grid worker", count=format_number(residents))),
            ]
        )
        if not comparison.differing:
            return [label(tr("The two plans are the same."), "secondary", wrap=True)]
        signs = [
            _sign(CHANGED, tr("changed hands"), palette),
            _sign(GAINED, tr("the selected cell gained"), palette),
            _sign(LOST, tr("the selected cell lost"), palette),
        ]
        crosswalk, residents_title = tr("Write the crosswalk"), tr("Write who gets another worker")
        writes = [button(crosswalk, lambda: self._choose(crosswalk, self.write), "", icon("download", palette))]
        if len(comparison.other_worker):
            chosen = button(residents_title, lambda: self._choose(residents_title, self.write_residents), "", icon("download", palette))
            writes.append(chosen)
        return [
            holding(figures),
            heading(tr("On the map")),
            *signs,
            label(tr("Select a cell or a village to see what it gained and lost."), "secondary", wrap=True),
            heading(tr("Tables")),
            *(holding(row(write, None)) for write in writes),
        ]

    # ------------------------------------------------------------ tables

    def _choose(self, title: str, write: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self, title, "", "*.xlsx *.gpkg *.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda path: write(Path(path)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write which old cell went to which new one, beside the window."""
        compared = self.compared
        if compared is not None:
            self._write(path, write_crosswalk(compared.before, compared.after, compared.comparison, path))

    def write_residents(self, path: Path) -> None:
        """Write which households get another worker, with masked names, beside the window."""
        compared, store = self.compared, self._session.county.store
        if compared is not None:
            self._write(path, write_residents(store, compared.before, compared.after, compared.comparison, path))

    def _write(self, path: Path, steps: Steps[int]) -> None:
        window = self._window

        def ended(count: int) -> None:
            window.banner.news(tr("Written: {path}", path=path))

        window.tasks.run(Task(msg("Writing {name}", name=path.name), lambda: steps, ended))

    # ------------------------------------------------------------ the end

    def ended(self) -> None:
        """Show map and table as they were."""
        self._gone = True
        self._remove_overlay()
        if self._window.page is not None:
            self._window.page.table.show_comparison(None)

    def _remove_overlay(self) -> None:
        if self._overlay is not None:
            self._overlay.setParent(None)
            self._overlay.deleteLater()
            self._overlay = None

    def close_page(self) -> None:
        """Show the inspector again, and the map and the table as they were."""
        if self._window.page is not None:
            self._window.page.show_right(None)


def _names(plans: Iterable[Plan]) -> list[tuple[int, str, str]]:
    return [(plan.id, plan.name, plan.status) for plan in plans]


def _same_division(one: CountyState, other: CountyState) -> bool:
    """Tell whether two states of one plan divide the county alike: what a comparison shows is the same."""
    return all(getattr(one, name) is getattr(other, name) for name in ("units", "coverage", "workers", "households"))


def _sign(role: str, text: str, palette: Palette) -> QWidget:
    """Return a line of the legend: how such land is filled, and what it is."""
    picture = QPixmap(QSize(44, 28))
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    try:
        tint = colour_of(role, palette)
        painter.setPen(QPen(tint, 1.2))
        painter.setBrush(brush_of(role, palette))
        painter.drawRect(QRectF(1, 1, 20, 12))
    finally:
        painter.end()
    sign = QLabel()
    sign.setPixmap(picture)
    return holding(row(sign, label(text), None, spacing=8))


def usual_pair(state: CountyState, draft: int) -> tuple[int, int]:
    """Return the plans that are compared where nobody chose: what was with what is, or what is with what is to be.

    The published plan with the open draft (0: none is open), else with the newest draft; where there is none, the plan before it with it.
    """
    live = drafts.published(state)
    known = sorted(state.plans)
    published = live.id if live is not None else known[0]
    planned = draft or max((plan.id for plan in drafts.draft_plans(state)), default=0)
    if planned:
        return published, planned
    past = [plan for plan in state.plans.values() if plan.id != published]
    before = max(past, key=lambda plan: (str(plan.valid_to or ""), plan.id), default=None)
    return before.id if before is not None else published, published


def show(window: Window, before: int = 0, after: int = 0) -> None:
    """Show the page in place of the inspector; where nobody chose for the usual pair."""
    if window.page is not None and window.session is not None:
        panel = ComparePanel(window, before, after)
        window.page.show_right(panel, panel.ended)
