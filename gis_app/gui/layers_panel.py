"""The layers of the map: what is shown, how opaque, in which order, and what the fill of the cells says."""

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QLabel, QWidget

from gis_app.grid.units import Level
from gis_app.gui.icons import draw_state
from gis_app.gui.session import Session
from gis_app.gui.widgets import ElidedLabel, Section, Slide, clear, column, combo, holding, label, row, small_button
from gis_app.gui.words import STYLES
from gis_app.language import format_number, tr
from gis_app.map.legend import FIGURE_TITLES, LAYER_TITLES
from gis_app.map.palette import Palette
from gis_app.map.scene import DisplayState, Layer, LayerKind


def swatch(kind: LayerKind, palette: Palette) -> QPixmap:
    """Draw how a layer looks on the map, 20 × 12 logical pixels."""
    made = QPixmap(40, 24)
    made.setDevicePixelRatio(2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_swatch(painter, kind, palette)
    finally:
        painter.end()
    return made


def _draw_swatch(painter: QPainter, kind: LayerKind, palette: Palette) -> None:
    lines = {
        LayerKind.CELL_BORDERS: QPen(QColor(palette.cell_border), 1.2),
        LayerKind.VILLAGE_BORDERS: QPen(QColor(palette.village_border), 1.6),
        LayerKind.TOWNSHIP_BORDERS: QPen(QColor(palette.township_border), 2, Qt.PenStyle.DashLine),
    }
    fills = {LayerKind.CELLS: "#93C5BF" if palette.name == "light" else "#34696C", LayerKind.HOTSPOT_CELLS: palette.hotspot}
    if kind in lines:
        painter.setPen(lines[kind])
        painter.drawLine(1, 6, 19, 6)
    elif kind in fills:
        painter.setPen(QPen(QColor(palette.cell_border), 1))
        painter.setBrush(QColor(fills[kind]))
        painter.drawRoundedRect(QRectF(2, 1, 16, 10), 2, 2)
    elif kind == LayerKind.DENSITY:
        painter.setPen(Qt.PenStyle.NoPen)
        for radius, alpha in ((6, 60), (4, 90), (2, 140)):
            colour = QColor(palette.hotspot)
            colour.setAlpha(alpha)
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(10 - radius, 6 - radius, 2 * radius, 2 * radius))
    elif kind == LayerKind.HOUSEHOLDS:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.household))
        for x, y in ((5, 4), (10, 8), (14, 3), (9, 3), (15, 9)):
            painter.drawEllipse(QRectF(x - 1.1, y - 1.1, 2.2, 2.2))
    elif kind == LayerKind.FLOWS:
        painter.setPen(QPen(QColor(palette.info), 2))
        painter.setBrush(QColor(palette.info))
        painter.drawLine(2, 6, 13, 6)
        painter.drawPolygon([QPoint(12, 3), QPoint(18, 6), QPoint(12, 9)])
    elif kind == LayerKind.CASES:
        draw_state(painter, DisplayState.WAITING, palette, QRectF(1, 2, 8, 8))
        draw_state(painter, DisplayState.IN_PROGRESS, palette, QRectF(11, 2, 8, 8))
    else:
        painter.setPen(QColor(palette.text))
        found = painter.font()
        found.setPixelSize(11)
        found.setBold(True)
        painter.setFont(found)
        painter.drawText(QRectF(0, 0, 20, 12), Qt.AlignmentFlag.AlignCenter, "A")


class LayersPanel(Section):
    """A list of layers, the uppermost first; a row opens to show its opacity, its place and its options."""

    def __init__(self, session: Session) -> None:
        super().__init__(tr("Layers"), session.palette)
        self._session = session
        self._opened: LayerKind | None = None
        self._built: tuple[object, ...] = ()
        session.scene_changed.connect(self.refresh)
        self.refresh()

    def refresh(self, _: object = None) -> None:
        """Show the layers of the present scene; nothing is rebuilt while only an opacity moves."""
        layers = self._session.scene.layers
        built = (self._session.workspace, self._opened, id(self._session.state), *((x.kind, x.visible, x.figure, x.style) for x in layers))
        if built == self._built:
            return
        self._built = built
        clear(self.body)
        for layer in reversed(layers):
            self.body.addWidget(self._row(layer))

    def _count(self, kind: LayerKind) -> str:
        state = self._session.state
        counts = {
            LayerKind.CELL_BORDERS: len(state.units.at_level(Level.CELL)),
            LayerKind.VILLAGE_BORDERS: len(state.units.at_level(Level.VILLAGE)),
            LayerKind.TOWNSHIP_BORDERS: len(state.units.at_level(Level.TOWNSHIP)),
            LayerKind.HOUSEHOLDS: len(state.households),
            LayerKind.CASES: len(state.cases),
        }
        return format_number(counts[kind]) if kind in counts else ""

    def _row(self, layer: Layer) -> QWidget:
        palette, opened = self._session.palette, self._opened == layer.kind
        box = QCheckBox()
        box.setChecked(layer.visible)
        box.setAccessibleName(str(LAYER_TITLES[layer.kind]))
        box.toggled.connect(lambda shown: self._session.set_layer(layer.kind, visible=shown))
        picture = QLabel()
        picture.setPixmap(swatch(layer.kind, palette))
        name = ElidedLabel(str(LAYER_TITLES[layer.kind]))
        name.setBuddy(box)
        tip = (
            tr("Close the options of {layer}", layer=LAYER_TITLES[layer.kind])
            if opened
            else tr("Options of {layer}", layer=LAYER_TITLES[layer.kind])
        )
        more = small_button(palette, "chevron-up" if opened else "chevron-down", tip, lambda: self._open(layer.kind))
        top = row(box, picture, name, label(self._count(layer.kind), "secondary"), more, spacing=6)
        top.setStretch(2, 1)
        return holding(column(top, self._options(layer))) if opened else holding(top)

    def _options(self, layer: Layer) -> QWidget:
        palette, session = self._session.palette, self._session
        slider = Slide(Qt.Orientation.Horizontal)
        slider.setRange(10, 100)
        slider.setValue(round(layer.opacity * 100))
        slider.setAccessibleName(tr("Opacity"))
        slider.valueChanged.connect(lambda value: session.set_layer(layer.kind, opacity=value / 100))
        up = small_button(palette, "arrow-up", tr("Draw higher"), lambda: session.move_layer(layer.kind, 1))
        down = small_button(palette, "arrow-down", tr("Draw lower"), lambda: session.move_layer(layer.kind, -1))
        parts = column(row(label(tr("Opacity"), "secondary"), slider, up, down), margins=(23, 0, 0, 4))
        if layer.kind == LayerKind.CELLS:
            figures = [(str(text), figure) for figure, text in FIGURE_TITLES.items()]
            parts.addWidget(combo(tr("Figure"), figures, layer.figure, lambda figure: session.set_layer(layer.kind, figure=figure)))
        if layer.kind == LayerKind.CASES:
            styles = [(str(text), style) for style, text in STYLES.items()]
            parts.addWidget(combo(tr("Colours"), styles, layer.style, lambda style: session.set_layer(layer.kind, style=style)))
        return holding(parts)

    def _open(self, kind: LayerKind) -> None:
        self._opened = None if self._opened == kind else kind
        self.refresh()
