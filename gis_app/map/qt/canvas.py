"""The map in the window: one opaque widget over a cached base picture."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.language import tr
from gis_app.map.qt.base_picture import BasePicture
from gis_app.map.qt.drawing import Drawing
from gis_app.map.qt.hand import MODIFIERS, Hand, typed
from gis_app.map.qt.overlay import Overlay
from gis_app.map.qt.places import Extent, cell_at, county_extent, hit_at, nearer_unit, opened_cluster, unit_extent, widened
from gis_app.map.qt.tool_view import ToolView
from gis_app.map.scene import MapHit, Scene, Selection
from gis_app.map.tools.events import BACKSPACE, MapEvent, Place
from gis_app.map.viewport import Viewport

KEY_STEP = 90
FINEST = 0.05
"""Metres per pixel below which nobody zooms."""

KEYBOARD_FOCUS = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)


class MapCanvas(ToolView):
    """The map. It shows a `Scene` through a `Viewport`; what happens on it is told by signals, and it changes nothing itself."""

    hovered = Signal(object)  # MapHit | None
    clicked = Signal(object, object)  # MapHit | None, Qt.KeyboardModifier
    double_clicked = Signal(object)  # MapHit | None
    context_requested = Signal(object, QPoint)  # MapHit | None, global place
    viewport_changed = Signal(object)  # Viewport
    pointer_moved = Signal(float, float)  # county coordinates
    tool_changed = Signal(str)
    dropped = Signal(float, float)  # county coordinates: where the whistle `movable` was carried to
    area_picked = Signal(object)  # corners of an area, county coordinates: whistles in it are to be selected
    drawn = Signal()  # the base picture shows the scene and the viewport as they are

    def __init__(self, parent: QWidget | None = None, drawing: Drawing | None = None) -> None:
        super().__init__(parent, drawing or Drawing())
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(120, 90)
        self.setAccessibleName(tr("Map"))
        self._viewport = Viewport(0.0, 0.0, 100.0, max(self.width(), 1), max(self.height(), 1))
        self._placed = False  # somebody chose what to show
        self._extent: Extent | None = None
        self._base = BasePicture(self.drawing, self._viewport, self)
        self._base.changed.connect(self.update)
        self._base.drawn.connect(self.drawn)
        self._over = Overlay(self.drawing)
        self.movable = 0  # the whistle or household that may be carried to another place, 0 for none
        self.movable_table = "cases"
        self._base.changed.connect(self._base_changed)
        self._hand = Hand(self)

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
            self._extent = county_extent(self.drawing, scene)
            self._forget_hover_of_gone(scene)
            if not self._placed:
                self._viewport = Viewport.fitting(self._extent, self.width(), self.height())
                self.viewport_changed.emit(self._viewport)
        self._base.set_scene(scene, self._viewport, self.devicePixelRatioF())
        self.update()

    @property
    def viewport(self) -> Viewport:
        """Return what is seen."""
        return self._viewport

    def set_viewport(self, viewport: Viewport) -> None:
        """Show another part of the map; its size becomes the widget's, its resolution stays within reason."""
        viewport = replace(
            viewport, resolution=self._within_reason(viewport.resolution), width=max(self.width(), 1), height=max(self.height(), 1)
        )
        self._placed = True
        if viewport == self._viewport:
            return
        self._viewport = viewport
        self._base.look(viewport, self.devicePixelRatioF())
        self.viewport_changed.emit(viewport)
        self.update()
        self._hand.again(QApplication.keyboardModifiers())

    def zoom_to(self, extent: Extent, margin: float = 0.06) -> None:
        """Show an extent of county coordinates (xmin, ymin, xmax, ymax) as large as possible."""
        self.set_viewport(Viewport.fitting(widened(extent, self._scene), self.width(), self.height(), margin))

    def zoom_to_whole(self) -> None:
        """Show the whole county."""
        if self._scene is not None and self._extent is not None:
            self.zoom_to(county_extent(self.drawing, self._scene), 0.04)

    def zoom_to_units(self, ids: tuple[int, ...]) -> None:
        """Show some units as large as possible; unknown ones are left out."""
        extent = self.unit_extent(ids)
        if extent is not None:
            self.zoom_to(extent, 0.12)

    def unit_extent(self, ids: tuple[int, ...]) -> Extent | None:
        """Return the extent of some units, or None where they have no cells."""
        return unit_extent(self.drawing, self._scene, ids) if self._scene is not None else None

    def zoom_in(self) -> None:
        """Magnify by a half about the middle."""
        self.set_viewport(self._viewport.zoomed(1.5, self.width() / 2, self.height() / 2))

    def zoom_out(self) -> None:
        """Show half as much again around the middle."""
        self.set_viewport(self._viewport.zoomed(1 / 1.5, self.width() / 2, self.height() / 2))

    @property
    def selection(self) -> Selection:
        """Return what is selected."""
        return self._over.selection

    def set_selection(self, selection: Selection) -> None:
        """Mark what is selected; the base picture stays."""
        self._over.selection = selection
        self.update()

    @property
    def furniture(self) -> bool:
        """Return whether scale bar and north arrow are shown."""
        return self._over.furniture

    @furniture.setter
    def furniture(self, shown: bool) -> None:
        self._over.furniture = shown
        self.update()

    @property
    def tool(self) -> str:
        """Return the name of the tool in use."""
        return self._hand.tool

    def set_tool(self, name: str) -> None:
        """Take another tool, one of `map.tools.registry.TOOLS`."""
        self.editing.clear()
        self._hand.take(name)
        self._show_cursor()
        self.tool_changed.emit(name)

    def is_drawn(self) -> bool:
        """Tell whether the base picture shows the scene and the viewport as they are."""
        return self._base.is_drawn()

    def wait_until_drawn(self) -> None:
        """Finish the redraw at one go, for pictures and tests."""
        if self._scene is None:
            return
        self._base.wait()
        self.drawing.awaited_locator(self._scene.state)
        self.repaint()

    def _within_reason(self, resolution: float) -> float:
        """Return the resolution (units of the coordinate system per pixel) that is allowed nearest to a wanted one."""
        finest, coarsest = FINEST / (self._scene.metres if self._scene is not None else 1.0), float("inf")
        if self._extent is not None:
            coarsest = Viewport.fitting(self._extent, max(self.width(), 1), max(self.height(), 1)).resolution * 4
        return min(max(resolution, finest), coarsest)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lay the base picture and draw what lies over it.

        Qt paints what lies under the live panel by itself, after the rest: what is not there need not be drawn again.
        """
        scene = self._scene
        painter = QPainter(self)
        try:
            ground = QColor(scene.palette.map_ground) if scene is not None else self.palette().window().color()
            self._base.paint(painter, QRectF(self.rect()), ground)
            if scene is not None:
                exposed = QRectF(event.region().boundingRect())
                self._over.paint(painter, scene, self._viewport, self.devicePixelRatioF(), self.editing, exposed)
        finally:
            painter.end()

    # what tools ask for (MapView)

    def click(self, event: MapEvent) -> None:
        """Tell what was clicked; a cluster of whistles is zoomed to, unless all lie on one spot."""
        found = self.hit_at(event.x, event.y)
        modifiers = Qt.KeyboardModifier.NoModifier
        if event.shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
        if event.control:
            modifiers |= Qt.KeyboardModifier.ControlModifier
        nearer = opened_cluster(self._scene, self._viewport, found) if self._scene is not None and found is not None else None
        if nearer is not None:
            self.set_viewport(nearer)
        else:
            self.clicked.emit(found, modifiers)

    def double_click(self, event: MapEvent) -> None:
        """Zoom to the largest unit at a place that brings the map clearly nearer, and tell."""
        found = self.hit_at(event.x, event.y)
        if self._scene is not None and found is not None:
            nearer = nearer_unit(self.drawing, self._scene, self._viewport, self.cell_at(event.x, event.y))
            if nearer is not None:
                self.set_viewport(nearer)
        self.double_clicked.emit(found)

    def grips(self, event: MapEvent) -> bool:
        """Tell whether a press takes hold of the whistle or household that may be moved: it is there, and not one of a cluster."""
        found = self.hit_at(event.x, event.y) if self.movable else None
        return found is not None and found.table == self.movable_table and found.id == self.movable and not found.members

    def drop(self, place: Place) -> None:
        """Tell where the whistle or household was carried to."""
        self.dropped.emit(*place)

    def pick(self, area: tuple[Place, ...]) -> None:
        """Tell the area in which whistles are to be selected."""
        self.area_picked.emit(area)

    def show_box(self, box: Extent | None) -> None:
        """Show a rubber band, or none."""
        self._over.box = box
        if isValid(self):
            self.update()

    # hits

    def hit_at(self, x: float, y: float) -> MapHit | None:
        """Return what lies at a place of the widget."""
        return hit_at(self.drawing, self._scene, self._viewport, x, y) if self._scene is not None else None

    def cell_at(self, x: float, y: float) -> int:
        """Return the cell at a place of the widget, 0 outside the county or while the map is being prepared."""
        return cell_at(self.drawing, self._scene, self._viewport, x, y) if self._scene is not None else 0

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
        self._base.resize(self._viewport, self.devicePixelRatioF())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Feed the tool; the middle button or the space bar pan with every tool."""
        self.editing.say(None)
        self._hand.press(event)
        self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Feed the tool and tell what the pointer is over."""
        place = event.position()
        self.editing.pointer = place
        self._hand.move(event)
        if self.editing.message is not None or self._hand.spec.draws:
            self.update()
        self.pointer_moved.emit(*self._viewport.to_map(place.x(), place.y()))
        if event.buttons() == Qt.MouseButton.NoButton:
            self._set_hover(self._cell_hit(place) if self._hand.spec.draws else self.hit_at(place.x(), place.y()))

    def _cell_hit(self, place: QPointF) -> MapHit | None:
        """Return the cell at a place: who draws on cells does not point at what lies in them."""
        cell = self.cell_at(place.x(), place.y())
        return MapHit("units", cell, *self._viewport.to_map(place.x(), place.y())) if cell else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Feed the tool."""
        self._hand.release(event)
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Feed the tool."""
        self._hand.double_click(event)

    def leaveEvent(self, event: object) -> None:
        """Nothing is hovered any more."""
        self.editing.pointer = None
        self._set_hover(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell where a menu is wanted: by the mouse, unless its right button is the tool's, or by the keyboard (then in the middle)."""
        if event.reason() == QContextMenuEvent.Reason.Mouse and self._hand.spec.draws:
            return
        at = event.pos() if event.reason() == QContextMenuEvent.Reason.Mouse else self.rect().center()
        self.context_requested.emit(self.hit_at(at.x(), at.y()), self.mapToGlobal(at))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        steps = event.angleDelta().y() or event.pixelDelta().y() * 4
        if steps:
            place = event.position()
            factor = 2 ** (steps / 360)
            resolution = self._within_reason(self._viewport.resolution / factor)
            self.set_viewport(self._viewport.zoomed(self._viewport.resolution / resolution, place.x(), place.y()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Take the keys that the tool wants before they are shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_wanted(event):
            event.accept()
            return True
        return super().event(event)

    def _is_wanted(self, event: QKeyEvent) -> bool:
        text = self._typed(event)
        return bool(text) and text in self.editing.keys

    def _typed(self, event: QKeyEvent) -> str:
        """Return what a key types for the tool; Ctrl+Z takes back a point of the line under way, before it undoes what was done."""
        undo = event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        return BACKSPACE if undo and self.editing.draws_line else typed(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows pan, + and - zoom, 0 shows the whole county, Space pans while it is held, Escape drops what is under way.

        Keys that the tool wants are the tool's.
        """
        key = event.key()
        if key in MODIFIERS:
            self._hand.again(event.modifiers())
        if self._is_wanted(event):
            self._hand.key(self._typed(event))
            return
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
            self._hold_space(True)
        elif key == Qt.Key.Key_Escape:
            busy = self._over.box is not None or self._hand.pans or self._hand.spec.draws
            self.editing.say(None)
            self._hand.escape()
            if not busy:
                event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space no longer pans."""
        if event.key() in MODIFIERS:
            self._hand.again(event.modifiers())
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hold_space(False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring where the focus came by the keyboard."""
        self._over.focus_ring = event.reason() in KEYBOARD_FOCUS
        self.update()

    def focusOutEvent(self, _event: QFocusEvent) -> None:
        """Hide the focus ring."""
        self._over.focus_ring = False
        self._hand.hold_space(False)
        self.update()

    def _hold_space(self, held: bool) -> None:
        self._hand.hold_space(held)
        self._show_cursor()

    def _show_cursor(self) -> None:
        if self.cursor().shape() != self._hand.cursor:
            self.setCursor(QCursor(self._hand.cursor))

    def edit_performed(self, edit: BoundaryEdit) -> None:
        """Show what an edit does no longer than until the picture is that of the scene of now, which knows of it."""
        self.editing.performed(edit)
        if self._base.shown is not None and self.is_drawn():
            self.editing.drawn(self._base.shown, self._base.shown is self._scene)

    def _base_changed(self) -> None:
        """Show no longer what the picture shows by now; what lies under a resting pointer may be another cell."""
        if self._base.shown is not None:
            self.editing.drawn(self._base.shown, self._base.shown is self._scene)
        if self.editing.pointer is not None and self._hand.rests:
            self._set_hover(self.hit_at(self.editing.pointer.x(), self.editing.pointer.y()))

    def _forget_hover_of_gone(self, scene: Scene) -> None:
        hover = self._over.hover
        if hover is not None and hover.table == "units" and hover.id not in scene.state.units:
            self._set_hover(None)

    def _set_hover(self, found: MapHit | None) -> None:
        before = self._over.hover
        self._over.hover = found
        if (before and (before.table, before.id)) != (found and (found.table, found.id)):
            self.update()
            self.hovered.emit(found)
