"""What is laid down about whistles, beside the map: rules, time limits, categories, a test bench, what the rules would send elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from gis_app.gui.elsewhere_page import ElsewherePage
from gis_app.gui.limits_page import CategoriesPage, LimitsPage
from gis_app.gui.route_bench import RouteBench
from gis_app.gui.rules_page import RulesPage
from gis_app.gui.widgets import column, label, row, small_button
from gis_app.language import Message, msg, tr

if TYPE_CHECKING:
    from gis_app.gui.window import Window

WIDTH = 0.48
"""The part of the window that the panel takes: a table needs room."""

TABS: dict[str, Message] = {
    "rules": msg("Rules"),
    "limits": msg("Time limits"),
    "categories": msg("Categories"),
    "bench": msg("Try out"),
    "elsewhere": msg("Rules name another body"),
}


class RulesPanel(QWidget):
    """Five pages, each built when it is first shown."""

    def __init__(self, window: Window, tab: str = "rules") -> None:
        super().__init__()
        assert window.session is not None
        self._window = window
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Rules"))
        self.pages: dict[str, QWidget] = {}
        self._makers: dict[str, Callable[[Window], QWidget]] = {
            "rules": RulesPage, "limits": LimitsPage, "categories": CategoriesPage, "bench": RouteBench, "elsewhere": ElsewherePage,
        }  # fmt: skip
        self.tabs = QTabBar()
        self.tabs.setAccessibleName(tr("Rules"))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        for text in TABS.values():
            self.tabs.addTab(str(text))
        self.stack = QStackedWidget()
        close = small_button(window.session.palette, "x", tr("Close"), self.close_panel)
        head = row(label(tr("Rules"), "heading"), None, close)
        self.setLayout(column(head, self.tabs, self.stack, spacing=6, margins=(16, 12, 12, 12)))
        self.tabs.currentChanged.connect(self._turn)
        self.show_tab(tab)

    def show_tab(self, tab: str) -> None:
        """Show a page by its name."""
        at = list(TABS).index(tab)
        if self.tabs.currentIndex() == at:
            self._turn(at)
        self.tabs.setCurrentIndex(at)

    def _turn(self, at: int) -> None:
        name = list(TABS)[at]
        if name not in self.pages:
            self.pages[name] = made = self._makers[name](self._window)
            self.stack.addWidget(made)
            if isinstance(made, RouteBench):
                made.rule_wanted.connect(self.show_rule)
        self.stack.setCurrentWidget(self.pages[name])
        if name != "bench" and self._window.page is not None:
            self._window.page.view.place_mark.forget()

    def show_rule(self, rule: int) -> None:
        """Show a rule in the table."""
        self.show_tab("rules")
        page = self.pages["rules"]
        assert isinstance(page, RulesPage)
        page.search.clear()
        page.category.choose(0)
        page.body.choose(0)
        page.refresh()
        page.table.select_id(rule)

    def close_panel(self) -> None:
        """Show the inspector again."""
        if self._window.page is not None:
            self._window.page.show_right(None)
            self._window.canvas.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: D102
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)


def show(window: Window, tab: str = "rules") -> RulesPanel | None:
    """Open the panel beside the map at one of its pages, wide enough for a table; the widths of before come back with the inspector."""
    page = window.page
    if page is None or window.session is None:
        return None
    if window.session.workspace != "cases":
        window.set_workspace("cases")
    present = page.right.currentWidget()
    if isinstance(present, RulesPanel):
        present.show_tab(tab)
        return present
    panel = RulesPanel(window, tab)
    sizes = page.across.sizes()

    def ended() -> None:
        page.view.place_mark.forget()
        page.across.setSizes(sizes)

    page.show_right(panel, ended)
    left, middle, right = page.across.sizes()
    wanted = max(right, round(sum(sizes) * WIDTH))
    page.across.setSizes([left, max(middle + right - wanted, 320), wanted])
    return panel
