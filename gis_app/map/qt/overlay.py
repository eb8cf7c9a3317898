"""What is drawn over the base picture in every frame: hover, selection, rubber band, measured line, scale bar and north arrow."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from gis_app.grid.units import Hierarchy
from gis_app.map.measure import scale_bar
from gis_app.map.network import Floats, Ints, Network
from gis_app.map.palette import Palette
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.editing import Editing
from gis_app.map.qt.furniture import draw_north_arrow, draw_scale_bar
from gis_app.map.qt.shapes import Shapes
from gis_app.map.scene import MapHit, Scene, Selection
from gis_app.map.viewport import Viewport

MOST_POINTS = 2000
"""So many selected households or whistles are ringed at most; a table can select 20,000."""


def outline(network: Network, units: Hierarchy, ids: tuple[int, ...]) -> Ints:
    """Return the positions of the arcs around some units: those with one side in them and the other not."""
    cells = np.unique(np.array([cell.id for unit in ids for cell in units.cells(unit)], np.int64))
    return np.flatnonzero(np.isin(network.left, cells) != np.isin(network.right, cells))


def draw_outline(painter: QPainter, network: Network, shapes: Shapes, arcs: Ints, viewport: Viewport, pens: tuple[QPen, ...]) -> None:
    """Stroke some arcs with each of the (cosmetic) pens."""
    bounds = network.borders.bounds[arcs]
    xmin, ymin, xmax, ymax = viewport.extent
    meets = (bounds[:, 0] <= xmax) & (bounds[:, 2] >= xmin) & (bounds[:, 1] <= ymax) & (bounds[:, 3] >= ymin)
    lines = [line for chunk in shapes.get(network.borders, arcs[meets]) for line in chunk]
    x, y = viewport.to_screen(*shapes.origin)
    factor = 1 / viewport.resolution
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(QTransform(factor, 0, 0, factor, x, y), True)
    for pen in pens:
        painter.setPen(pen)
        for line in lines:
            painter.drawPolyline(line)
    painter.restore()


def cosmetic(colour: str, width: float, opacity: float = 1.0) -> QPen:
    """Return a pen whose width, in device pixels, does not change with the zoom."""
    ink = QColor(colour)
    ink.setAlphaF(opacity)
    pen = QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    pen.setCosmetic(True)
    return pen


def selected_points(scene: Scene, selection: Selection) -> Floats:
    """Return the places (n, 2) of the selected households and whistles that have one."""
    state = scene.state
    found = [np.empty((0, 2))]
    for table, columns in (("households", state.households), ("cases", state.cases)):
        wanted = np.array(selection.ids.get(table, ()), np.int64)
        if len(wanted):
            which = np.flatnonzero(np.isin(columns.id, wanted) & np.isfinite(columns.x))[:MOST_POINTS]
            found.append(np.stack([columns.x[which], columns.y[which]], axis=1))
    return np.concatenate(found)


def draw_rings(painter: QPainter, places: Floats, viewport: Viewport, palette: Palette) -> None:
    """Ring every place."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    radius = 13.0 if len(places) <= 50 else 6.0
    for pen in (QPen(QColor(palette.label_halo), 4.0), QPen(QColor(palette.selection), 2.2)):
        painter.setPen(pen)
        for x, y in places.tolist():
            at = viewport.to_screen(x, y)
            if -radius <= at[0] <= viewport.width + radius and -radius <= at[1] <= viewport.height + radius:
                painter.drawEllipse(QPointF(*at), radius, radius)


def draw_box(painter: QPainter, box: tuple[float, float, float, float], palette: Palette) -> None:
    """Draw the rubber band of a box."""
    fill = QColor(palette.accent)
    fill.setAlphaF(0.12)
    painter.setPen(QPen(QColor(palette.accent), 1.5, Qt.PenStyle.DashLine))
    painter.setBrush(fill)
    painter.drawRect(QRectF(QPointF(box[0], box[1]), QPointF(box[2], box[3])))


class Overlay:
    """What lies over the base picture: `hover`, `selection`, rubber band `box` (pixels), furniture, focus ring."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._outlines: dict[str, tuple[object, tuple[int, ...], Ints]] = {}
        self.hover: MapHit | None = None
        self.selection = Selection()
        self.box: tuple[float, float, float, float] | None = None
        self.furniture = True
        self.focus_ring = False

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        viewport: Viewport,
        pixel: float,
        editing: Editing | None = None,
        exposed: QRectF | None = None,
    ) -> None:
        """Draw all of it, with what tools that draw show; `pixel` is the number of device pixels a logical one, `exposed` what is asked
        for of the widget."""
        palette, settings = scene.palette, scene.state.settings
        network = self._drawing.found("network", (scene.state.coverage, scene.state.units))
        previewing = editing is not None and editing.preview is not None
        if isinstance(network, Network) and not previewing:  # the outlines would be those of before
            chosen = editing.sketch.cells if editing is not None and editing.sketch is not None else ()
            self._paint_outlines(painter, scene, network, viewport, pixel, chosen)
        draw_rings(painter, selected_points(scene, self.selection), viewport, palette)
        if self.box is not None:
            draw_box(painter, self.box, palette)
        if self.furniture:
            bar = scale_bar(viewport.resolution, settings.crs, 130)
            draw_scale_bar(painter, bar, palette, 12, viewport.height - 14)
            draw_north_arrow(painter, palette, viewport.width - 32, 34)
        if editing is not None:
            editing.paint(painter, scene, viewport, pixel, exposed or QRectF(0, 0, viewport.width, viewport.height))
        if self.focus_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(QRectF(1, 1, viewport.width - 2, viewport.height - 2))

    def _paint_outlines(
        self, painter: QPainter, scene: Scene, network: Network, viewport: Viewport, pixel: float, chosen: tuple[int, ...]
    ) -> None:
        """Outline the cell at the pointer, the selection, and the cells that the tool in the hand has `chosen`."""
        palette = scene.palette
        shapes = self._drawing.shapes(network, viewport.resolution / pixel)
        if self.hover is not None and self.hover.table == "units":
            arcs = outline(network, scene.state.units, (self.hover.id,))
            draw_outline(painter, network, shapes, arcs, viewport, (cosmetic(palette.label, 1.8 * pixel, 0.75),))
        for name, ids, width in (("chosen", chosen, 2.0), ("selected", self.selection.ids.get("units", ()), 2.6)):
            arcs = self._arcs_around(name, network, scene, tuple(ids))
            if len(arcs):
                pens = (cosmetic(palette.label_halo, (width + 2.4) * pixel, 0.8), cosmetic(palette.selection, width * pixel))
                draw_outline(painter, network, shapes, arcs, viewport, pens)

    def _arcs_around(self, name: str, network: Network, scene: Scene, ids: tuple[int, ...]) -> Ints:
        known = self._outlines.get(name)
        if known is None or known[0] is not network or known[1] != ids:
            known = self._outlines[name] = (network, ids, outline(network, scene.state.units, ids))
        return known[2]
