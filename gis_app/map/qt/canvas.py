"""The map in the window: one opaque widget over a cached base picture that is redrawn in short slices."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from gis_app.grid.datum import metres_per_unit
from gis_app.grid.units import Level
from gis_app.language import tr
from gis_app.map import hits
from gis_app.map.measure import scale_bar
from gis_app.map.network import Ints, Network
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.furniture import draw_north_arrow, draw_scale_bar
from gis_app.map.qt.overlay import cosmetic, draw_box, draw_outline, draw_path, draw_rings, outline, selected_points
from gis_app.map.qt.painter import rendering
from gis_app.map.scene import MapHit, Scene, Selection
from gis_app.map.tools.events import Button, EventKind, MapEvent, Tool
from gis_app.map.tools.measure import measure
from gis_app.map.tools.pan import pan
from gis_app.map.tools.select import select
from gis_app.map.tools.zoom_box import zoom_box
from gis_app.map.viewport import Viewport

Extent = tuple[float, float, float, float]

MARGIN = 256
"""Logical pixels of map beyond every edge of the widget in the base picture."""

SLICE = 0.004
"""Seconds that the redraw may take before events are handled again."""

REST = 60
"""Milliseconds without another step of the wheel before the map is redrawn at its new zoom."""

KEY_STEP = 90
FINEST = 0.05  # metres per pixel
TOOLS = {"select": select, "pan": pan, "zoom_box": zoom_box, "measure": measure}
KEYBOARD_FOCUS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
    Qt.MouseButton.NoButton: Button.NONE,
}


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """A finished picture of a scene, and the viewport that it shows."""

    image: QImage
    viewport: Viewport


class MapCanvas(QWidget):
    """The map. It shows a `Scene` through a `Viewport`; what happens on it is told by signals, and it changes nothing itself."""

    hovered = Signal(object)  # MapHit | None
    clicked = Signal(object, object)  # MapHit | None, Qt.KeyboardModifier
    double_clicked = Signal(object)  # MapHit | None
    context_requested = Signal(object, QPoint)  # MapHit | None, global place
    viewport_changed = Signal(object)  # Viewport
    pointer_moved = Signal(float, float)  # county coordinates
    tool_changed = Signal(str)
    drawn = Signal()  # the base picture shows the scene and the viewport as they are

    def __init__(self, parent: QWidget | None = None, drawing: Drawing | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(tr("Map"))
        self.drawing = drawing or Drawing()
        self.furniture = True
        self._scene: Scene | None = None
        self._viewport = Viewport(0.0, 0.0, 100.0, max(self.width(), 1), max(self.height(), 1))
        self._placed = False  # somebody chose what to show
        self._extent: Extent | None = None
        self._selection = Selection()
        self._outline: tuple[object, Ints] | None = None
        self._base: Base | None = None
        self._redraw: Iterator[QImage | None] | None = None
        self._redrawn = self._viewport
        self._stale = True
        self._hover: MapHit | None = None
        self._box: Extent | None = None
        self._path: tuple[tuple[float, float], ...] = ()
        self._space = False
        self._keyboard_focus = False
        self._tool_name = "select"
        self._tool: Tool = _started(select(self))
        self._panning: Tool | None = None
        self._slices = QTimer(self)
        self._slices.setSingleShot(True)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._run_slice)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST)
        self._rest.timeout.connect(self._begin_redraw)

    # what is shown

    @property
    def scene(self) -> Scene | None:
        """Return the scene."""
        return self._scene

    def set_scene(self, scene: Scene) -> None:
        """Show a scene; the first one is shown as a whole unless a viewport was set."""
        known = self._scene
        if scene is known:
            return
        self._scene = scene
        if known is None or known.state.coverage is not scene.state.coverage:
            self._extent = _extent_of(scene)
            if not self._placed:
                self._viewport = Viewport.fitting(self._extent, self.width(), self.height())
                self.viewport_changed.emit(self._viewport)
        if known is None or known.state.coverage is not scene.state.coverage or known.state.units is not scene.state.units:
            self._outline = None
        self._stale = True
        self._begin_redraw()
        self.update()

    @property
    def viewport(self) -> Viewport:
        """Return what is seen."""
        return self._viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Show another part of the map; its size becomes the widget's, its resolution stays within reason."""
        resolution = min(max(viewport.resolution, FINEST), self._coarsest())
        viewport = replace(viewport, resolution=resolution, width=max(self.width(), 1), height=max(self.height(), 1))
        self._placed = True
        if viewport == self._viewport:
            return
        zoomed = viewport.resolution != self._viewport.resolution
        self._viewport = viewport
        if zoomed:
            self._rest.start()
        elif self._base is None or not self._covers(self._redrawn if self._redraw is not None else self._base.viewport, MARGIN / 2):
            self._begin_redraw()
        self.viewport_changed.emit(viewport)
        self.update()

    def zoom_to(self, extent: Extent, margin: float = 0.06) -> None:
        """Show an extent of county coordinates (xmin, ymin, xmax, ymax) as large as possible."""
        xmin, ymin, xmax, ymax = extent
        least = 60.0 * FINEST * 20  # a point has no extent: show some sixty metres around it
        if xmax - xmin < least and ymax - ymin < least:
            x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
            xmin, ymin, xmax, ymax = x - least, y - least, x + least, y + least
        self.set_viewport(Viewport.fitting((xmin, ymin, xmax, ymax), self.width(), self.height(), margin))

    def zoom_to_whole(self) -> None:
        """Show the whole county."""
        if self._extent is not None:
            self.zoom_to(self._extent, 0.04)

    def zoom_to_units(self, ids: tuple[int, ...]) -> None:
        """Show some units as large as possible; unknown ones are left out."""
        extent = self.unit_extent(ids)
        if extent is not None:
            self.zoom_to(extent, 0.12)

    def unit_extent(self, ids: tuple[int, ...]) -> Extent | None:
        """Return the extent of some units, or None where they have no cells."""
        if self._scene is None:
            return None
        network = self._prepared_network()
        cells = [cell.id for unit in ids for cell in self._scene.state.units.cells(unit)]
        bounds = network.cells.bounds[network.cell_positions(cells)]
        if not len(bounds):
            return None
        low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def zoom_in(self) -> None:
        """Magnify by a half about the middle."""
        self.set_viewport(self._viewport.zoomed(1.5, self.width() / 2, self.height() / 2))

    def zoom_out(self) -> None:
        """Show half as much again around the middle."""
        self.set_viewport(self._viewport.zoomed(1 / 1.5, self.width() / 2, self.height() / 2))

    @property
    def selection(self) -> Selection:
        """Return what is selected."""
        return self._selection

    def set_selection(self, selection: Selection) -> None:
        """Mark what is selected; the base picture stays."""
        self._selection = selection
        self._outline = None
        self.update()

    @property
    def tool(self) -> str:
        """Return the name of the tool in use."""
        return self._tool_name

    def set_tool(self, name: str) -> None:
        """Take another tool: "select", "pan", "zoom_box" or "measure"."""
        self._tool.close()
        self._tool_name = name
        self._tool = _started(TOOLS[name](self))
        self._show_cursor()
        self.tool_changed.emit(name)

    def is_drawn(self) -> bool:
        """Tell whether the base picture shows the scene and the viewport as they are."""
        return self._redraw is None and not self._stale and not self._rest.isActive()

    def wait_until_drawn(self) -> None:
        """Finish the redraw at one go, for pictures and tests."""
        if self._scene is None:
            return
        if self._rest.isActive() or (self._redraw is None and (self._stale or self._base is None)):
            self._rest.stop()
            self._begin_redraw()
        while self._redraw is not None:
            self._step()
        self.drawing.awaited_locator(self._scene.state)
        self.repaint()

    # redraw

    def _begin_redraw(self) -> None:
        """Begin to draw the base picture anew; a redraw under way is dropped."""
        self._rest.stop()
        self._end_redraw()
        if self._scene is None or self.width() < 2 or self.height() < 2:
            return
        self._redrawn = replace(self._viewport, width=self.width() + 2 * MARGIN, height=self.height() + 2 * MARGIN)
        self._redraw = rendering(self._scene, self._redrawn, scale=self.devicePixelRatioF(), drawing=self.drawing)
        self._stale = False
        self._slices.start()

    def _end_redraw(self) -> None:
        if self._redraw is not None:
            self._redraw.close()  # type: ignore[attr-defined]  # ends its painter
            self._redraw = None
        self._slices.stop()

    def _run_slice(self) -> None:
        end = perf_counter() + SLICE
        while self._redraw is not None and perf_counter() < end:
            self._step()
        if self._redraw is not None:
            self._slices.start()

    def _step(self) -> None:
        assert self._redraw is not None
        try:
            image = next(self._redraw)
        except BaseException:
            self._end_redraw()
            raise
        if image is None:
            return
        self._redraw = None
        image.setDevicePixelRatio(self.devicePixelRatioF())
        self._base = Base(image, self._redrawn)
        self.update()
        if self._scene is not None:
            self.drawing.locator(self._scene.state)
        if not self._covers(self._redrawn, 0):
            self._begin_redraw()  # the map went on while it was drawn
            return
        self.drawn.emit()

    def _covers(self, base: Viewport, margin: float) -> bool:
        """Tell whether a base viewport shows all that is seen and `margin` pixels around it, at the same zoom."""
        seen, whole = self._viewport.extent, base.extent
        spare = margin * self._viewport.resolution
        same = base.resolution == self._viewport.resolution
        return (
            same
            and seen[0] - spare >= whole[0] - 1e-6
            and seen[1] - spare >= whole[1] - 1e-6
            and seen[2] + spare <= whole[2] + 1e-6
            and seen[3] + spare <= whole[3] + 1e-6
        )

    def _coarsest(self) -> float:
        if self._extent is None:
            return float("inf")
        return Viewport.fitting(self._extent, max(self.width(), 1), max(self.height(), 1)).resolution * 4

    def _prepared_network(self) -> Network:
        assert self._scene is not None
        network: Network | None = None
        for network in self.drawing.network(self._scene.state):  # noqa: B007
            pass
        assert network is not None
        return network

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Blit the base picture (scaled while the zoom is another one) and draw what lies over it."""
        painter = QPainter(self)
        try:
            self._paint_base(painter)
            if self._scene is not None:
                self._paint_overlay(painter, self._scene)
        finally:
            painter.end()

    def _paint_base(self, painter: QPainter) -> None:
        base, scene = self._base, self._scene
        ground = QColor(scene.palette.map_ground) if scene is not None else self.palette().window().color()
        if base is None:
            painter.fillRect(self.rect(), ground)
            return
        left, top = self._viewport.to_screen(*base.viewport.to_map(0, 0))
        ratio = base.viewport.resolution / self._viewport.resolution
        target = QRectF(left, top, base.viewport.width * ratio, base.viewport.height * ratio)
        if not target.contains(QRectF(self.rect())):
            painter.fillRect(self.rect(), ground)
        if abs(ratio - 1) < 1e-9:
            pixel = self.devicePixelRatioF()
            painter.drawImage(QPointF(round(left * pixel) / pixel, round(top * pixel) / pixel), base.image)
            return
        seen = target.intersected(QRectF(self.rect()))
        factor = base.image.devicePixelRatio() / ratio
        source = QRectF((seen.left() - left) * factor, (seen.top() - top) * factor, seen.width() * factor, seen.height() * factor)
        painter.drawImage(seen, base.image, source)

    def _paint_overlay(self, painter: QPainter, scene: Scene) -> None:
        palette, viewport = scene.palette, self._viewport
        network = self.drawing.found("network", (scene.state.coverage, scene.state.units))
        if isinstance(network, Network):
            pixel = self.devicePixelRatioF()
            shapes = self.drawing.shapes(network, viewport.resolution / pixel)
            hover = self._hover
            if hover is not None and hover.table == "units":
                arcs = outline(network, scene.state.units, (hover.id,))
                draw_outline(painter, network, shapes, arcs, viewport, (cosmetic(palette.label, 1.8 * pixel, 0.75),))
            selected = self._selected_arcs(network, scene)
            if len(selected):
                pens = (cosmetic(palette.label_halo, 5.0 * pixel, 0.8), cosmetic(palette.selection, 2.6 * pixel))
                draw_outline(painter, network, shapes, selected, viewport, pens)
        draw_rings(painter, selected_points(scene, self._selection), viewport, palette)
        if self._box is not None:
            draw_box(painter, self._box, palette)
        unit = metres_per_unit(scene.state.settings.crs)
        if self._path:
            draw_path(painter, self._path, viewport, palette, unit)
        if self.furniture:
            bar = scale_bar(viewport.resolution, scene.state.settings.crs, 130)
            draw_scale_bar(painter, bar, palette, 12, self.height() - 14)
            draw_north_arrow(painter, palette, self.width() - 32, 34)
        if self._keyboard_focus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _selected_arcs(self, network: Network, scene: Scene) -> Ints:
        if self._outline is None or self._outline[0] is not network:
            self._outline = (network, outline(network, scene.state.units, self._selection.ids.get("units", ())))
        return self._outline[1]

    # what tools ask for (MapView)

    def click(self, event: MapEvent) -> None:
        """Tell what was clicked; a cluster of whistles is zoomed to, unless all lie on one spot."""
        found = self.hit_at(event.x, event.y)
        modifiers = Qt.KeyboardModifier.NoModifier
        if event.shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
        if event.control:
            modifiers |= Qt.KeyboardModifier.ControlModifier
        if found is not None and found.members and self._open_cluster(found):
            return
        self.clicked.emit(found, modifiers)

    def double_click(self, event: MapEvent) -> None:
        """Zoom to the largest unit at a place that brings the map clearly nearer, and tell."""
        found = self.hit_at(event.x, event.y)
        if self._scene is not None and found is not None:
            cell = self.cell_at(event.x, event.y)
            for unit in self._scene.state.units.path(cell):
                extent = self.unit_extent((unit.id,))
                if extent is not None:
                    nearer = Viewport.fitting(extent, self.width(), self.height(), 0.12)
                    if nearer.resolution < self._viewport.resolution / 1.4 or unit.level == Level.CELL:
                        self.set_viewport(nearer)
                        break
        self.double_clicked.emit(found)

    def show_box(self, box: Extent | None) -> None:
        """Show a rubber band, or none."""
        self._box = box
        self.update()

    def show_path(self, points: tuple[tuple[float, float], ...]) -> None:
        """Show a measured line, or none."""
        self._path = points
        self.update()

    # hits

    def hit_at(self, x: float, y: float) -> MapHit | None:
        """Return what lies at a place of the widget."""
        scene = self._scene
        if scene is None:
            return None
        clusters = self.drawing.clusters(scene, self._viewport.resolution)
        return hits.hit(scene, self._viewport, x, y, locator=self.drawing.locator(scene.state), clusters=clusters)

    def cell_at(self, x: float, y: float) -> int:
        """Return the cell at a place of the widget, 0 outside the county or while the map is being prepared."""
        if self._scene is None:
            return 0
        locator = self.drawing.locator(self._scene.state)
        return locator.cell_at(*self._viewport.to_map(x, y)) if locator is not None else 0

    def _open_cluster(self, cluster: MapHit) -> bool:
        """Zoom to the whistles of a cluster; False where no zoom can part them."""
        assert self._scene is not None
        cases = self._scene.state.cases
        position = {int(i): n for n, i in enumerate(cases.id)}
        where = [position[i] for i in cluster.members]
        x, y = cases.x[where], cases.y[where]
        extent = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
        nearer = Viewport.fitting(extent, self.width(), self.height(), 0.2)
        if max(extent[2] - extent[0], extent[3] - extent[1]) < 1.0 or nearer.resolution >= self._viewport.resolution:
            return False
        self.set_viewport(nearer)
        return True

    # Qt events

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(900, 600)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep the centre; before anybody chose what to show, the whole county."""
        width, height = max(self.width(), 1), max(self.height(), 1)
        if self._extent is not None and not self._placed:
            self._viewport = Viewport.fitting(self._extent, width, height)
        else:
            self._viewport = self._viewport.resized(width, height)
        self.viewport_changed.emit(self._viewport)
        if self._base is None or not self._covers(self._redrawn if self._redraw is not None else self._base.viewport, 0):
            self._rest.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Feed the tool; the middle button or the space bar pan with every tool."""
        if event.button() == Qt.MouseButton.RightButton:
            return
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self._panning = _started(pan(self))
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._feed(EventKind.PRESS, event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Feed the tool and tell what the pointer is over."""
        place = event.position()
        self._feed(EventKind.MOVE, event)
        self.pointer_moved.emit(*self._viewport.to_map(place.x(), place.y()))
        if event.buttons() == Qt.MouseButton.NoButton:
            self._hover_at(place.x(), place.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Feed the tool."""
        if event.button() == Qt.MouseButton.RightButton:
            return
        self._feed(EventKind.RELEASE, event)
        if self._panning is not None:
            self._panning.close()
            self._panning = None
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Feed the tool."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._feed(EventKind.DOUBLE_CLICK, event)

    def leaveEvent(self, event: object) -> None:
        """Nothing is hovered any more."""
        self._set_hover(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell where a menu is wanted, by the mouse or by the keyboard (then in the middle)."""
        at = event.pos() if event.reason() == QContextMenuEvent.Reason.Mouse else self.rect().center()
        self.context_requested.emit(self.hit_at(at.x(), at.y()), self.mapToGlobal(at))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        steps = event.angleDelta().y() or event.pixelDelta().y() * 4
        if steps:
            place = event.position()
            factor = 2 ** (steps / 360)
            resolution = min(max(self._viewport.resolution / factor, FINEST), self._coarsest())
            self.set_viewport(self._viewport.zoomed(self._viewport.resolution / resolution, place.x(), place.y()))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, 0 shows the whole county, Space pans while it is held, Escape drops what is under way."""
        key = event.key()
        step = {
            Qt.Key.Key_Left: (KEY_STEP, 0),
            Qt.Key.Key_Right: (-KEY_STEP, 0),
            Qt.Key.Key_Up: (0, KEY_STEP),
            Qt.Key.Key_Down: (0, -KEY_STEP),
        }.get(Qt.Key(key))
        if step is not None:
            self.set_viewport(self._viewport.moved(*step))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key in (Qt.Key.Key_Minus, Qt.Key.Key_Underscore):
            self.zoom_out()
        elif key == Qt.Key.Key_0:
            self.zoom_to_whole()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif key == Qt.Key.Key_Escape:
            busy = self._box is not None or bool(self._path) or self._panning is not None
            (self._panning or self._tool).send(MapEvent(EventKind.ESCAPE, 0, 0))
            if not busy:
                event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space no longer pans."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring where the focus came by the keyboard."""
        self._keyboard_focus = event.reason() in KEYBOARD_FOCUS
        self.update()

    def focusOutEvent(self, _event: QFocusEvent) -> None:
        """Hide the focus ring."""
        self._keyboard_focus = self._space = False
        self.update()

    def _feed(self, kind: EventKind, event: QMouseEvent) -> None:
        place, modifiers = event.position(), event.modifiers()
        (self._panning or self._tool).send(
            MapEvent(
                kind,
                place.x(),
                place.y(),
                BUTTONS.get(event.button(), Button.NONE),
                bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
                bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            )
        )

    def _hover_at(self, x: float, y: float) -> None:
        self._set_hover(self.hit_at(x, y))

    def _set_hover(self, found: MapHit | None) -> None:
        before = self._hover
        self._hover = found
        if (before and (before.table, before.id)) != (found and (found.table, found.id)):
            self.update()
            self.hovered.emit(found)

    def _show_cursor(self) -> None:
        shapes = {"pan": Qt.CursorShape.OpenHandCursor, "zoom_box": Qt.CursorShape.CrossCursor, "measure": Qt.CursorShape.CrossCursor}
        self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else shapes.get(self._tool_name, Qt.CursorShape.ArrowCursor))


def _started(tool: Tool) -> Tool:
    next(tool)
    return tool


def _extent_of(scene: Scene) -> Extent:
    from gis_app.grid.coverage import extent

    if scene.state.coverage.arcs:
        xmin, ymin, xmax, ymax = extent(scene.state.coverage)
        return xmin, ymin, xmax, ymax
    return (0.0, 0.0, 10_000.0, 10_000.0)
