"""What the former grids that are shown say of a place that was clicked: their units, and whom to call there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame

from gis_app.grid.former import FormerUnit
from gis_app.grid.privacy import mask_name, mask_phone
from gis_app.gui.former_panel import colour_of, swatch
from gis_app.gui.map_view import MapView
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, button, clear, column, holding, label, row, small_button
from gis_app.language import tr

WIDTH = 264


class FormerCard(QFrame):
    """A small card in the upper right corner of the map; it goes when a place without former units is clicked."""

    unit_wanted = Signal(int)

    def __init__(self, session: Session, view: MapView) -> None:
        super().__init__(view)
        self.setProperty("role", "overlay")
        self.setAccessibleName(tr("Former units here"))
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self._session, self._view = session, view
        self._body = column(spacing=6, margins=(12, 8, 8, 10))
        self.setLayout(self._body)
        self.setFixedWidth(WIDTH)
        view.place_clicked.connect(self.show_place)
        view.resized.connect(self._place)
        session.workspace_changed.connect(lambda _: self.hide())
        session.former.arrived.connect(self._follow)
        self.hide()

    def show_place(self, x: float, y: float) -> None:
        """Show the units of the shown grids at a place; the card hides where there are none."""
        found = [unit for read in self._session.former.shown().values() for unit in read.units_at(x, y)]
        if not found or self._session.workspace != "plan":
            self.hide()
            return
        clear(self._body)
        close = small_button(self._session.palette, "x", tr("Close"), self.hide)
        self._body.addLayout(row(label(tr("Former units here"), "secondary"), None, close))
        for unit in found:
            self._body.addWidget(self._unit(unit))
        self.show()
        self._place()
        self.raise_()

    def _unit(self, unit: FormerUnit) -> QFrame:
        grid = self._session.county.state.former_grids[unit.grid]
        held = QFrame()
        name = button(unit.called, lambda: self.unit_wanted.emit(unit.id), "link", tip=tr("Show the unit {unit}", unit=unit.called))
        where = " · ".join(part for part in (grid.name, unit.code) if part)
        who = " ".join(part for part in (mask_name(unit.contact), mask_phone(unit.phone)) if part)
        lines = [ElidedLabel(text, "secondary") for text in (where, who) if text]
        across = row(swatch(colour_of(grid, self._session.palette)), holding(column(row(name, None), *lines, spacing=0)), spacing=6)
        across.setStretch(1, 1)
        held.setLayout(across)
        return held

    def _follow(self) -> None:
        if not self._session.former.shown():
            self.hide()

    def _place(self) -> None:
        self.adjustSize()
        self.move(self._view.width() - self.width() - 12, 12)
