"""The page of an opened county: left panel, map, inspector, table; every panel folds away and remembers its size."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gis_app.gui.hotspots_panel import HotspotsPanel
from gis_app.gui.inspector import Inspector
from gis_app.gui.layers_panel import LayersPanel
from gis_app.gui.legend_panel import LegendPanel
from gis_app.gui.map_view import MapView
from gis_app.gui.preferences import Preferences
from gis_app.gui.problems_panel import ProblemsPanel
from gis_app.gui.queue_panel import FilterPanel, QueuePanel, StatesPanel
from gis_app.gui.session import Session
from gis_app.gui.table_panel import TablePanel
from gis_app.gui.widgets import column, drop, holding, scrolled
from gis_app.language import tr

Extent = tuple[float, float, float, float]


class CountyPage(QWidget):
    """Everything about one opened county, but for the rows above and below."""

    context_wanted = Signal(object, QPoint)

    def __init__(self, session: Session, preferences: Preferences, issues: object) -> None:
        super().__init__()
        self._session, self._preferences = session, preferences
        self.view = MapView(session)
        self.canvas = self.view.canvas
        self.inspector = Inspector(session)
        self.right = QStackedWidget()
        self.right.addWidget(self.inspector)
        self.table = TablePanel(session)
        self.problems = ProblemsPanel(session, issues)  # type: ignore[arg-type]
        self.hotspots = HotspotsPanel(session)
        self.left = self._left()
        self._split()
        self._connect()
        self.turn(session.workspace)

    def _left(self) -> QWidget:
        session = self._session
        self._sections = {
            "queue": QueuePanel(session),
            "states": StatesPanel(session),
            "layers": LayersPanel(session),
            "legend": LegendPanel(session),
            "problems": self.problems,
            "filter": FilterPanel(session),
            "hotspots": self.hotspots,
        }
        self._order = column(spacing=0, margins=(16, 14, 12, 12))
        self._order.addStretch(1)
        area = scrolled(holding(self._order))
        left = holding(column(area), "leftPanel")
        left.setMinimumWidth(208)
        left.setAccessibleName(tr("Layers, legend and lists"))
        return left

    def turn(self, workspace: str) -> None:
        """Show the sections of a workspace in its order."""
        orders = {
            "plan": ("layers", "legend", "problems"),
            "cases": ("queue", "states", "filter", "layers", "legend"),
            "analyse": ("hotspots", "filter", "legend", "layers"),
            "maps": ("layers", "legend"),
        }
        for section in self._sections.values():
            self._order.removeWidget(section)
            section.setParent(None)
        for at, name in enumerate(orders[workspace]):
            self._order.insertWidget(at, self._sections[name])
            self._sections[name].show()
        self._sections["legend"].refresh()  # type: ignore[attr-defined]

    def _split(self) -> None:
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.down = QSplitter(Qt.Orientation.Vertical)
        for splitter in (self.across, self.down):
            splitter.setHandleWidth(3)
            splitter.setChildrenCollapsible(False)
        for widget in (self.left, self.view, self.right):
            self.across.addWidget(widget)
        self.down.addWidget(self.across)
        self.down.addWidget(self.table)
        self.across.setStretchFactor(1, 1)
        self.down.setStretchFactor(0, 1)
        self.table.setMinimumHeight(110)
        self.across.setSizes([268, 1000, 300])
        self.down.setSizes([560, 170])
        for name, splitter in (("across", self.across), ("down", self.down)):
            if (sizes := self._preferences.sizes(name)) is not None:
                splitter.restoreState(sizes)
            splitter.splitterMoved.connect(
                lambda *_, name=name, splitter=splitter: self._preferences.remember_sizes(name, splitter.saveState())
            )
        for name, panel in self._panels().items():
            panel.setVisible(not self._preferences.is_folded(name))
        self.setLayout(column(self.down))

    def _panels(self) -> dict[str, QWidget]:
        return {"left": self.left, "right": self.right, "bottom": self.table}

    def fold(self, name: str) -> None:
        """Fold a panel away ("left", "right", "bottom"), or open it again."""
        panel = self._panels()[name]
        folded = not panel.isHidden()
        panel.setVisible(not folded)
        self._preferences.remember_folded(name, folded)

    def unfold(self, name: str) -> None:
        """Open a panel that may be folded away."""
        if self._panels()[name].isHidden():
            self.fold(name)

    def _connect(self) -> None:
        session, canvas = self._session, self.canvas
        canvas.viewport_changed.connect(lambda viewport: self.table.show_extent(viewport.extent))
        canvas.context_requested.connect(self.context_wanted)
        self.inspector.zoom_wanted.connect(self.zoom_to)
        self.table.zoom_wanted.connect(self.zoom_to)
        self.problems.wanted.connect(self._show_finding)
        self.hotspots.wanted.connect(self._show_cells)
        session.workspace_changed.connect(self.turn)
        self.table.show_extent(canvas.viewport.extent)

    def _show_finding(self, finding: object) -> None:
        from gis_app.gui.problems_panel import Finding

        assert isinstance(finding, Finding)
        if finding.id:
            self._session.select(finding.table, finding.id)
        if finding.at is not None:
            self.view.show_place(*finding.at)
        elif finding.id:
            self.zoom_to(finding.table, finding.id)

    def _show_cells(self, cells: tuple[int, ...]) -> None:
        self._session.select("units", *cells)
        self.canvas.zoom_to_units(cells)
        self.canvas.set_viewport(self.canvas.viewport.zoomed(0.6, self.canvas.width() / 2, self.canvas.height() / 2))

    def zoom_to(self, table: str, row_id: int) -> None:
        """Show a row on the map as large as its surroundings allow, and select it."""
        self._session.select(table, row_id)
        self.view.show_row(table, row_id)

    def show_responsible(self, x: float, y: float) -> None:
        """Show who is responsible at a place."""
        self.show_right(None)
        self.unfold("right")
        self.inspector.show_place(x, y)

    def show_right(self, panel: QWidget | None) -> None:
        """Show another panel in place of the inspector, or the inspector again."""
        while self.right.count() > 1:
            drop(self.right, 1)
        if panel is not None:
            self.right.addWidget(panel)
            self.right.setCurrentWidget(panel)
            self.unfold("right")
