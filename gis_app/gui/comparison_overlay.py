"""The land that changed hands between two plans, over the map: what the selected cells gained and lost, else all of it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen

from gis_app.county.comparison import Exchange
from gis_app.gui.comparison_rows import Compared
from gis_app.gui.map_overlay import MapOverlay
from gis_app.gui.session import Session
from gis_app.map.palette import Palette
from gis_app.map.qt.canvas import MapCanvas

GAINED, LOST, CHANGED = "gained", "lost", "changed"


def colour_of(role: str, palette: Palette) -> QColor:
    """Return the colour of land that was gained (blue), lost (orange), or changed hands between cells that are not selected."""
    return QColor({GAINED: palette.info, LOST: palette.warning}.get(role, palette.accent))


def brush_of(role: str, palette: Palette) -> QBrush:
    """Return how such land is filled: told apart by the direction of the hatching, too, not by colour alone."""
    pattern = {GAINED: Qt.BrushStyle.BDiagPattern, LOST: Qt.BrushStyle.FDiagPattern}.get(role, Qt.BrushStyle.DiagCrossPattern)
    return QBrush(colour_of(role, palette), pattern)


class ComparisonOverlay(MapOverlay):
    """The pieces of land, and what each is to the selection."""

    def __init__(self, canvas: MapCanvas, session: Session, compared: Compared) -> None:
        super().__init__(canvas)
        self._session = session
        self._compared = compared
        self.exchanges = compared.comparison.exchanges
        self._chosen = 0  # a cell that the map does not show: it is in another plan
        self._sides: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())
        self._concerned = False  # the selection gained or lost something
        self._paths = [self.path_of(exchange.shape) for exchange in self.exchanges]
        self._bounds = [exchange.shape.bounds for exchange in self.exchanges]
        session.selection_changed.connect(self._follow)
        self._follow(None)

    def choose(self, cell: int) -> None:
        """Show what a cell gained and lost that the map does not show, until something else is selected; 0 chooses none."""
        self._chosen = cell
        self._follow(None)

    def _follow(self, selection: object) -> None:
        """Note which cells are selected, with those of selected villages and townships, in the one plan and in the other."""
        if selection is not None and self._session.selection.ids:
            self._chosen = 0
        ids = {*self._session.selection.ids.get("units", ()), self._chosen}
        states = self._compared.before, self._compared.after
        one, two = (frozenset(cell.id for unit in ids for cell in state.units.cells(unit)) for state in states)
        self._sides = one, two
        self._concerned = any(self._role(exchange) for exchange in self.exchanges)
        self.update()

    def _role(self, exchange: Exchange) -> str:
        before, after = exchange.before in self._sides[0], exchange.after in self._sides[1]
        return "" if before == after else GAINED if after else LOST

    def role_of(self, exchange: Exchange) -> str:
        """Return what a piece of land is to the selection; where that gained and lost nothing, all land that changed hands is shown."""
        return self._role(exchange) if self._concerned else CHANGED

    def paintEvent(self, _: QPaintEvent) -> None:
        """Fill every piece of land that is in view."""
        viewport, palette = self._canvas.viewport, self._session.palette
        west, south, east, north = viewport.extent
        placed = self.placed()
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for exchange, path, (left, low, right, high) in zip(self.exchanges, self._paths, self._bounds, strict=True):
                role = self.role_of(exchange)
                if not role or left > east or right < west or low > north or high < south:
                    continue
                tint = colour_of(role, palette)
                edge = QPen(tint, 1.6)
                shown = placed.map(path)
                tint.setAlphaF(0.25)
                painter.fillPath(shown, tint)
                painter.setPen(edge)
                painter.setBrush(brush_of(role, palette))
                painter.drawPath(shown)
        finally:
            painter.end()
