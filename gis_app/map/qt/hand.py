"""The tool in the hand: what the mouse does, told to it as plain events."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent

from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Tool
from gis_app.map.tools.measure import measure
from gis_app.map.tools.pan import pan
from gis_app.map.tools.select import select
from gis_app.map.tools.zoom_box import zoom_box

TOOLS = {"select": select, "pan": pan, "zoom_box": zoom_box, "measure": measure}
BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
    Qt.MouseButton.NoButton: Button.NONE,
}
CURSORS = {"pan": Qt.CursorShape.OpenHandCursor, "zoom_box": Qt.CursorShape.CrossCursor, "measure": Qt.CursorShape.CrossCursor}


class Hand:
    """One tool of `TOOLS`, and panning, which the middle button and the space bar offer with every tool."""

    def __init__(self, view: MapView) -> None:
        self._view = view
        self._panning: Tool | None = None
        self._space = False
        self.tool = "select"
        self._running = _started(select(view))

    def take(self, tool: str) -> None:
        """Take another tool; the one in use ends."""
        self._running.close()
        self.tool = tool
        self._running = _started(TOOLS[tool](self._view))

    @property
    def pans(self) -> bool:
        """Tell whether the map is being dragged by the middle button or the space bar."""
        return self._panning is not None

    @property
    def cursor(self) -> Qt.CursorShape:
        """Return the cursor for what the hand does."""
        if self._panning is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self._space else CURSORS.get(self.tool, Qt.CursorShape.ArrowCursor)

    def hold_space(self, held: bool) -> None:
        """Note whether the space bar is held."""
        self._space = held

    def press(self, event: QMouseEvent) -> None:
        """Follow a button that goes down; the right one is left to menus."""
        if event.button() == Qt.MouseButton.RightButton:
            return
        if event.button() == Qt.MouseButton.MiddleButton or self._space:
            self._panning = _started(pan(self._view))
        self._feed(EventKind.PRESS, event)

    def move(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._feed(EventKind.MOVE, event)

    def release(self, event: QMouseEvent) -> None:
        """Follow a button that goes up."""
        if event.button() == Qt.MouseButton.RightButton:
            return
        self._feed(EventKind.RELEASE, event)
        if self._panning is not None:
            self._panning.close()
            self._panning = None

    def double_click(self, event: QMouseEvent) -> None:
        """Follow a double click of the left button."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._feed(EventKind.DOUBLE_CLICK, event)

    def escape(self) -> None:
        """Drop what is under way."""
        (self._panning or self._running).send(MapEvent(EventKind.ESCAPE, 0, 0))

    def _feed(self, kind: EventKind, event: QMouseEvent) -> None:
        place, modifiers = event.position(), event.modifiers()
        shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        button = BUTTONS.get(event.button(), Button.NONE)
        told = MapEvent(kind, place.x(), place.y(), button, bool(modifiers & shift), bool(modifiers & control))
        (self._panning or self._running).send(told)


def _started(tool: Tool) -> Tool:
    next(tool)
    return tool
