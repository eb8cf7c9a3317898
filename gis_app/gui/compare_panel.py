"""The page that compares two plans: which, what differs in sum, the crosswalk; the cells stand in the table below the map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from gis_app.county.comparison import Comparison, Fate, comparing
from gis_app.county.state import CountyState
from gis_app.files.crosswalk import write_crosswalk
from gis_app.grid.plans import Plan
from gis_app.gui import drafts
from gis_app.gui.comparison_overlay import CHANGED, GAINED, LOST, ComparisonOverlay, brush_of, colour_of
from gis_app.gui.comparison_rows import Compared
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

    def __init__(self, window: Window) -> None:
        super().__init__()
        assert window.session is not None
        self._window, self._session = window, window.session
        self.compared: Compared | None = None
        self._overlay: ComparisonOverlay | None = None
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Compare two plans"))
        plans = list(self._session.county.state.plans.values())
        live = drafts.published(self._session.county.state)
        self._before = live.id if live is not None else plans[0].id
        others = [plan.id for plan in sorted(plans, key=lambda plan: -plan.id) if plan.id != self._before]
        self._after = self._session.open_plan or (others[0] if others else self._before)
        self._found = column(spacing=6)
        self._build(plans)
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

    def compare(self) -> None:
        """Compare the two plans beside the window."""
        county, before, after = self._session.county, self._before, self._after
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
        if page is None or page.right.indexOf(self) < 0:  # closed meanwhile
            return
        self.compared = compared
        comparison = compared.comparison
        self._remove_overlay()
        self._overlay = ComparisonOverlay(page.canvas, self._session, comparison.exchanges)
        page.table.show_comparison(compared)
        page.unfold("bottom")
        clear(self._found)
        for widget in self._summary(compared):
            self._found.addWidget(widget)

    def _summary(self, compared: Compared) -> list[QWidget]:
        comparison, palette = compared.comparison, self._session.palette
        fates = {fate: sum(cell.fate == fate for cell in comparison.cells) for fate in Fate}
        members = compared.after.households.members
        residents = int(members[np.searchsorted(compared.after.households.id, comparison.other_worker)].sum())
        area = sum(exchange.area for exchange in comparison.exchanges) / 1e6
        figures = facts(
            [
                (tr("New cells"), format_number(fates[Fate.NEW])),
                (tr("Cells that are gone"), format_number(fates[Fate.CLOSED])),
                (tr("Redrawn cells"), format_number(fates[Fate.CHANGED])),
                (tr("Renamed or moved"), format_number(fates[Fate.MOVED])),
                (tr("Land"), tr("{area} km² changed hands", area=format_number(area, 2))),
                (tr("Households"), tr("{count} come to another cell", count=format_number(len(comparison.moved)))),
                (tr("Residents"), tr("{count} get another grid worker", count=format_number(residents))),
            ]
        )
        if not comparison.differing:
            return [label(tr("The two plans are the same."), "secondary", wrap=True)]
        signs = [
            _sign(CHANGED, tr("changed hands"), palette),
            _sign(GAINED, tr("the selected cell gained"), palette),
            _sign(LOST, tr("the selected cell lost"), palette),
        ]
        write = button(tr("Write the crosswalk"), self._choose, "", icon("download", palette))
        return [
            holding(figures),
            heading(tr("On the map")),
            *signs,
            label(tr("Select a cell to see what it gained and lost."), "secondary", wrap=True),
            heading(tr("Crosswalk of old and new cells")),
            holding(row(write, None)),
        ]

    # ------------------------------------------------------------ the crosswalk

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Write the crosswalk"), "", "*.xlsx *.gpkg *.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(lambda path: self.write(Path(path)))
        dialog.open()

    def write(self, path: Path) -> None:
        """Write which old cell went to which new one, beside the window."""
        compared, window = self.compared, self._window
        if compared is None:
            return

        def ended(count: int) -> None:
            window.banner.news(tr("Written: {path}", path=path))

        steps = write_crosswalk(compared.before, compared.after, compared.comparison, path)
        window.tasks.run(Task(msg("Writing {name}", name=path.name), lambda: steps, ended))

    # ------------------------------------------------------------ the end

    def ended(self) -> None:
        """Show map and table as they were."""
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


def show(window: Window) -> None:
    """Show the page in place of the inspector."""
    if window.page is not None and window.session is not None:
        panel = ComparePanel(window)
        window.page.show_right(panel, panel.ended)
