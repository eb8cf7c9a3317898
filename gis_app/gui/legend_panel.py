"""The legend: what the fills and marks of the map mean, and how many there are of each."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel

from gis_app.gui.icons import draw_state
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, Section, clear, label, row
from gis_app.language import format_number, tr
from gis_app.map.legend import FIGURE_TITLES, LAYER_TITLES, LegendEntry, Symbol, legend
from gis_app.map.palette import Palette
from gis_app.map.scene import CaseStyle, DisplayState, Figure, LayerKind

EXPLAINED = {LayerKind.CELLS, LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY, LayerKind.CASES, LayerKind.FLOWS}
"""Layers whose marks need words; borders and households are shown in the list of layers."""

STATE_OF = {Symbol.TRIANGLE: DisplayState.OVERDUE, Symbol.DIAMOND: DisplayState.WAITING, Symbol.DOT: DisplayState.DONE}


def symbol(entry: LegendEntry, palette: Palette) -> QPixmap:
    """Draw the mark of a legend entry, 18 × 14 logical pixels."""
    made = QPixmap(36, 28)
    made.setDevicePixelRatio(2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw(painter, entry, palette)
    finally:
        painter.end()
    return made


def _draw(painter: QPainter, entry: LegendEntry, palette: Palette) -> None:
    colour, box = QColor(entry.colour), QRectF(1, 1.5, 16, 11)
    if entry.symbol in (Symbol.FILL, Symbol.GRADIENT):
        painter.setPen(QPen(QColor(palette.cell_border), 1))
        painter.setBrush(colour)
        if entry.symbol == Symbol.GRADIENT:
            gradient = QLinearGradient(QPointF(1, 0), QPointF(17, 0))
            clear_colour = QColor(colour)
            clear_colour.setAlpha(0)
            gradient.setColorAt(0, clear_colour)
            gradient.setColorAt(1, colour)
            painter.setBrush(gradient)
        painter.drawRoundedRect(box, 2, 2)
    elif entry.symbol in (Symbol.LINE, Symbol.DASH):
        painter.setPen(QPen(colour, 2, Qt.PenStyle.DashLine if entry.symbol == Symbol.DASH else Qt.PenStyle.SolidLine))
        painter.drawLine(1, 7, 17, 7)
    elif entry.symbol in STATE_OF:
        draw_state(painter, STATE_OF[entry.symbol], palette, QRectF(3, 1, 12, 12))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(9, 7), 4.5, 4.5)


class LegendPanel(Section):
    """The legend of what the map shows now."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Legend"), session.palette)
        self._session = session
        self._shown: tuple[LegendEntry, ...] | None = None
        session.scene_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the legend of the present scene."""
        scene, workspace = self._session.scene, self._session.workspace
        cells, cases = scene.layer(LayerKind.CELLS), scene.layer(LayerKind.CASES)
        states_elsewhere = workspace == "cases" and cases is not None and cases.style == CaseStyle.STATE
        found = legend(scene, classes=self._session.drawing.classified(scene))
        entries = tuple(e for e in found if e.layer in EXPLAINED and not (e.layer == LayerKind.CASES and states_elsewhere))
        if self.parentWidget() is not None:  # a widget without a parent would become a window of its own
            self.setVisible(bool(entries))
        if entries == self._shown:
            return
        self._shown = entries
        clear(self.body)
        titled: set[LayerKind] = set()
        for entry in entries:
            if entry.layer not in titled and entry.symbol != Symbol.GRADIENT:
                titled.add(entry.layer)
                figure = cells.figure if cells and entry.layer == LayerKind.CELLS else Figure.NONE
                title = str(FIGURE_TITLES[figure] if entry.layer == LayerKind.CELLS else LAYER_TITLES[entry.layer])
                heading = label(title, "secondary")
                heading.setContentsMargins(0, 4 if len(titled) > 1 else 0, 0, 2)
                self.body.addWidget(heading)
                if entry.layer == LayerKind.HOTSPOT_CELLS:
                    heading.setToolTip(method_text())
            self.body.addLayout(self._row(entry))
            if entry.layer == LayerKind.DENSITY:
                self.body.addWidget(label(density_words(), "secondary", wrap=True))
        if LayerKind.HOTSPOT_CELLS in titled and workspace != "analyse":  # there the list of hotspots explains it
            self.body.addWidget(label(method_text(), "secondary", wrap=True))

    def _row(self, entry: LegendEntry) -> QHBoxLayout:
        mark = QLabel()
        mark.setPixmap(symbol(entry, self._session.palette))
        count = "" if entry.count is None else format_number(entry.count)
        made = row(mark, ElidedLabel(str(entry.text)), label(count, "secondary"), spacing=8, margins=(0, 1, 0, 1))
        made.setStretch(1, 1)
        return made


def density_words() -> str:
    """Return in one sentence what the density surface says."""
    return tr("Whistles per km², smoothed; darkest where they lie closest. It shows where many are, not whether that is unusual.")


def method_text() -> str:
    """Return in two sentences how significant clusters are found."""
    return tr("Cells with clearly more whistles than their surroundings and households explain (Gi*, corrected for many tests).")
