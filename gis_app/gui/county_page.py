"""The page of an opened county: left panel, map, inspector, table; every panel folds away and remembers its size.

The map is there at once; the panels around it are built one turn of the event loop after the other, or when somebody asks for one.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget
from shiboken6 import isValid

from gis_app.gui.elsewhere_page import ElsewhereSection
from gis_app.gui.figures_panel import FiguresPanel
from gis_app.gui.flows_panel import FlowsPanel
from gis_app.gui.former_card import FormerCard
from gis_app.gui.former_overlay import FormerOverlay
from gis_app.gui.former_panel import FormerPanel
from gis_app.gui.hotspots_panel import HotspotsPanel
from gis_app.gui.inspector import Inspector
from gis_app.gui.layers_panel import LayersPanel
from gis_app.gui.legend_panel import LegendPanel
from gis_app.gui.map_view import MapView
from gis_app.gui.preferences import Preferences
from gis_app.gui.problems_panel import ProblemsPanel
from gis_app.gui.queue_panel import FilterPanel, QueuePanel, StatesPanel
from gis_app.gui.reference_credit import ReferenceCredit
from gis_app.gui.reference_panel import ReferencePanel
from gis_app.gui.reference_snapping import ReferenceSnapping
from gis_app.gui.saved_filters import SavedFiltersPanel
from gis_app.gui.session import Session
from gis_app.gui.table_panel import TablePanel
from gis_app.gui.turns import Turns
from gis_app.gui.widgets import column, drop, holding, scrolled
from gis_app.language import tr

ORDERS: Mapping[str, tuple[str, ...]] = {
    "plan": ("layers", "references", "former", "legend", "problems"),
    "cases": ("queue", "elsewhere", "saved", "states", "filter", "layers", "references", "legend"),
    "analyse": ("figures", "hotspots", "flows", "filter", "legend", "layers", "references"),
    "maps": ("layers", "references", "legend"),
}
"""The sections of the left panel in every workspace."""

SECTIONS: Mapping[str, Callable[[Session], QWidget]] = {
    "states": StatesPanel,
    "layers": LayersPanel,
    "legend": LegendPanel,
    "filter": FilterPanel,
    "figures": FiguresPanel,
    "flows": FlowsPanel,
}
"""How the sections are made that need no more than the session."""


class CountyPage(QWidget):
    """Everything about one opened county, but for the rows above and below."""

    context_wanted = Signal(object, QPoint)
    check_wanted = Signal()
    reference_wanted = Signal(str, object)  # see `ReferencePanel.wanted`
    former_wanted = Signal(str, object)  # see `FormerPanel.wanted`; "unit": the id of a former unit
    edit_wanted = Signal(object)  # BoundaryEdit to perform
    operation_wanted = Signal(str)  # id of an operation
    filter_wanted = Signal(object)  # Edit of the saved filters to perform
    repair_wanted = Signal(object)  # BoundaryEdit | Edit that puts a problem right
    ignore_wanted = Signal(object)  # Problem
    limits_wanted = Signal()
    step_wanted = Signal(int)  # a step of the history to go to
    case_edit_wanted = Signal(object)  # case_work.Wanted
    problem = Signal(object)  # Message

    def __init__(self, session: Session, preferences: Preferences, turns: Turns) -> None:
        super().__init__()
        self._session, self._preferences = session, preferences
        session.work_for(preferences.body_of(session.county.store.name))
        self.view = MapView(session)
        self.canvas = self.view.canvas
        ReferenceSnapping(session, self.canvas)
        ReferenceCredit(session, self.canvas)
        self.former = FormerOverlay(self.canvas, session)
        self.former_card = FormerCard(session, self.view)
        self.former_card.unit_wanted.connect(lambda unit: self.former_wanted.emit("unit", unit))
        self.right = QStackedWidget()
        self._sections: dict[str, QWidget] = {}
        self._inspector: Inspector | None = None
        self._right_ended: Callable[[], object] | None = None
        self._table: TablePanel | None = None
        self.left = self._left()
        self.bottom = holding(column(), "tablePanel")
        self._split()
        self._connect()
        pieces = [lambda name=name: self._section(name) for name in ORDERS[session.workspace]]
        turns.give_way(lambda: not self.canvas.is_drawn())
        turns.add(*pieces, self.build, lambda: self.inspector, lambda: self.table)
        ahead = {name: None for order in ORDERS.values() for name in order if name not in ORDERS[session.workspace]}
        turns.add(*(lambda name=name: self._polish(name) for name in ahead))

    # ------------------------------------------------------------ panels, built when they are asked for

    @property
    def inspector(self) -> Inspector:
        """The panel of what is selected."""
        if self._inspector is None:
            self._inspector = Inspector(self._session, self._preferences)
            self._inspector.zoom_wanted.connect(self.zoom_to)
            self._inspector.edit_wanted.connect(self.edit_wanted)
            self._inspector.preview_wanted.connect(self.view.preview)
            self._inspector.operation_wanted.connect(self.operation_wanted)
            self._inspector.case_edit_wanted.connect(self.case_edit_wanted)
            self._inspector.problem.connect(self.problem)
            self._inspector.focus_given_back.connect(self._take_focus)
            self.right.insertWidget(0, self._inspector)
        return self._inspector

    @property
    def table(self) -> TablePanel:
        """The panel of tables."""
        if self._table is None:
            self._table = TablePanel(self._session)
            self._table.zoom_wanted.connect(self.zoom_to)
            self._table.step_wanted.connect(self.step_wanted)
            self._table.operation_wanted.connect(self.operation_wanted)
            self._table.show_extent(self.canvas.viewport.extent)
            layout = self.bottom.layout()
            assert layout is not None
            layout.addWidget(self._table)
        return self._table

    @property
    def problems(self) -> ProblemsPanel:
        """The list of problems."""
        found = self._section("problems")
        assert isinstance(found, ProblemsPanel)
        return found

    @property
    def hotspots(self) -> HotspotsPanel:
        """The list of hotspots."""
        found = self._section("hotspots")
        assert isinstance(found, HotspotsPanel)
        return found

    def _section(self, name: str) -> QWidget:
        """Return a section of the left panel; it is not shown before its workspace is."""
        if name not in self._sections:
            self._sections[name] = section = self._made(name)
            section.hide()
            self._order.addWidget(section)
        return self._sections[name]

    def _polish(self, name: str) -> None:
        """Build and style a section before its workspace is shown."""
        section = self._section(name)
        for part in (section, *section.findChildren(QWidget)):
            part.ensurePolished()

    def _made(self, name: str) -> QWidget:
        if name == "problems":
            problems = ProblemsPanel(self._session)
            problems.wanted.connect(self._show_finding)
            problems.check_wanted.connect(self.check_wanted)
            problems.preview_wanted.connect(self.view.preview)
            problems.repair_wanted.connect(self.repair_wanted)
            problems.ignore_wanted.connect(self.ignore_wanted)
            problems.limits_wanted.connect(self.limits_wanted)
            return problems
        if name == "references":
            references = ReferencePanel(self._session)
            references.wanted.connect(self.reference_wanted)
            return references
        if name == "former":
            former = FormerPanel(self._session)
            former.wanted.connect(self.former_wanted)
            return former
        if name == "hotspots":
            hotspots = HotspotsPanel(self._session)
            hotspots.wanted.connect(self._show_cells)
            return hotspots
        if name == "queue":
            queue = QueuePanel(self._session)
            queue.chosen.connect(self.canvas.setFocus)
            queue.work_for.connect(self._work_for)
            return queue
        if name == "elsewhere":
            elsewhere = ElsewhereSection(self._session)
            elsewhere.wanted.connect(lambda: self.operation_wanted.emit("elsewhere"))
            return elsewhere
        if name == "saved":
            saved = SavedFiltersPanel(self._session)
            saved.chosen.connect(self.canvas.setFocus)
            saved.edit_wanted.connect(self.filter_wanted)
            return saved
        return SECTIONS[name](self._session)

    def _work_for(self, body: int) -> None:
        self._preferences.remember_body(self._session.county.store.name, body)
        self._session.work_for(body)

    def _left(self) -> QWidget:
        self._order = column(spacing=0, margins=(16, 14, 12, 12))
        self._order.addStretch(1)
        area = scrolled(holding(self._order))
        left = holding(column(area), "leftPanel")
        left.setMinimumWidth(208)
        left.setAccessibleName(tr("Layers, legend and lists"))
        return left

    def turn(self, workspace: str) -> None:
        """Show the sections of a workspace in its order."""
        for name in ORDERS[workspace]:
            self._section(name)
        for name, section in self._sections.items():  # hidden, not taken out: what leaves the window would be styled anew
            self._order.removeWidget(section)
            if name not in ORDERS[workspace]:
                section.hide()
        for at, name in enumerate(ORDERS[workspace]):
            self._order.insertWidget(at, self._sections[name])
            self._sections[name].show()
        legend = self._sections["legend"]
        assert isinstance(legend, LegendPanel)
        legend.refresh()

    def build(self) -> None:
        """Show the sections of the present workspace."""
        self.turn(self._session.workspace)

    def _split(self) -> None:
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.down = QSplitter(Qt.Orientation.Vertical)
        for splitter in (self.across, self.down):
            splitter.setHandleWidth(3)
            splitter.setChildrenCollapsible(False)
        for widget in (self.left, self.view, self.right):
            self.across.addWidget(widget)
        self.down.addWidget(self.across)
        self.down.addWidget(self.bottom)
        self.across.setStretchFactor(1, 1)
        self.down.setStretchFactor(0, 1)
        self.bottom.setMinimumHeight(110)
        self.right.setMinimumWidth(280)
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
        return {"left": self.left, "right": self.right, "bottom": self.bottom}

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
        canvas.viewport_changed.connect(lambda viewport: self._table.show_extent(viewport.extent) if self._table is not None else None)
        canvas.context_requested.connect(self.context_wanted)
        session.workspace_changed.connect(self.turn)

    def _take_focus(self, before: QWidget | None) -> None:
        """Give the focus back to what had it before a form in the card, or to the map: Tab goes to the next whistle from there."""
        kept = before is not None and isValid(before) and before.isVisible() and not self.right.isAncestorOf(before)
        (before if kept and before is not None else self.canvas).setFocus()

    def _show_finding(self, finding: object) -> None:
        from gis_app.gui.problems_panel import Finding

        assert isinstance(finding, Finding)
        if finding.id:
            self._session.select(finding.table, finding.id)
        if finding.at is not None and not finding.whole:
            self.view.show_place(*finding.at)
        elif finding.id:
            self.zoom_to(finding.table, finding.id)
        if finding.at is not None:
            self.view.mark(*finding.at)

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

    def show_right(self, panel: QWidget | None, ended: Callable[[], object] | None = None) -> None:
        """Show another panel in place of the inspector, or the inspector again; `ended` is called when the panel goes."""
        if self._right_ended is not None:
            self._right_ended()
        self._right_ended = ended
        self.right.setCurrentWidget(self.inspector)
        while self.right.count() > 1:
            drop(self.right, 1)
        if panel is not None:
            self.right.addWidget(panel)
            self.right.setCurrentWidget(panel)
            self.unfold("right")
