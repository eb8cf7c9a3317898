"""The tool in the hand: what mouse and keys do, told to it as plain events."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from gis_app.map.tools.events import BACKSPACE, DELETE, ENTER, Button, EventKind, MapEvent, MapView, Tool
from gis_app.map.tools.pan import pan
from gis_app.map.tools.registry import TOOLS, Pointer, ToolSpec

BUTTONS = {
    Qt.MouseButton.LeftButton: Button.LEFT,
    Qt.MouseButton.MiddleButton: Button.MIDDLE,
    Qt.MouseButton.RightButton: Button.RIGHT,
    Qt.MouseButton.NoButton: Button.NONE,
}
CURSORS = {
    Pointer.ARROW: Qt.CursorShape.ArrowCursor,
    Pointer.HAND: Qt.CursorShape.OpenHandCursor,
    Pointer.CROSS: Qt.CursorShape.CrossCursor,
    Pointer.POINTING: Qt.CursorShape.PointingHandCursor,
    Pointer.POINTING: Qt.CursorShape.PointingHandCursor,
    Pointer.NONE: Qt.CursorShape.BlankCursor,
}
KEYS = {
    Qt.Key.Key_Return: ENTER,
    Qt.Key.Key_Enter: ENTER,
    Qt.Key.Key_Backspace: BACKSPACE,
    Qt.Key.Key_Delete: DELETE,
}
MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt)


def typed(event: QKeyEvent) -> str:
    """Return what a key types, as tools hear of it; nothing with Ctrl or Alt."""
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier)
    return "" if held else KEYS.get(Qt.Key(event.key()), event.text())


class Hand:
    """One tool of `TOOLS`, and panning, which the middle button and the space bar offer with every tool."""

    def __init__(self, view: MapView) -> None:
        self._view = view
        self._panning: Tool | None = None
        self._space = False
        self._feeding = False
        self._held = False
        self._place = QPointF(0, 0)
        self.tool = "select"
        self._running = _started(TOOLS["select"].run(view))

    def take(self, tool: str) -> None:
        """Take another tool; the one in use ends, if need be when it has done what it is doing."""
        left, self.tool = self._running, tool
        if not left.gi_running:  # type: ignore[attr-defined]  # else it asked for this itself
            left.close()  # before the next one begins: it clears the map of what it showed
        self._running = _started(self.spec.run(self._view))

    @property
    def spec(self) -> ToolSpec:
        """Return what is known of the tool in use."""
        return TOOLS[self.tool]

    @property
    def pans(self) -> bool:
        """Tell whether the map is being dragged by the middle button or the space bar."""
        return self._panning is not None

    @property
    def rests(self) -> bool:
        """Tell whether no button is held: what lies under the pointer is of interest."""
        return not self._held

    @property
    def cursor(self) -> Qt.CursorShape:
        """Return the cursor for what the hand does."""
        if self._panning is not None:
            return Qt.CursorShape.ClosedHandCursor
        return Qt.CursorShape.OpenHandCursor if self._space else CURSORS[self.spec.pointer]

    def hold_space(self, held: bool) -> None:
        """Note whether the space bar is held."""
        self._space = held

    def press(self, event: QMouseEvent) -> None:
        """Follow a button that goes down; the right one is left to menus by tools that do not draw."""
        if event.button() == Qt.MouseButton.RightButton and not self.spec.draws:
            return
        self._held = True
        if event.button() == Qt.MouseButton.MiddleButton or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._panning = _started(pan(self._view))
        self._feed(EventKind.PRESS, event)

    def move(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        self._feed(EventKind.MOVE, event)

    def release(self, event: QMouseEvent) -> None:
        """Follow a button that goes up."""
        if event.button() == Qt.MouseButton.RightButton and not self.spec.draws:
            return
        self._held = False
        self._feed(EventKind.RELEASE, event)
        if self._panning is not None and event.button() != Qt.MouseButton.RightButton:
            self._panning.close()
            self._panning = None
            self.again(event.modifiers())

    def double_click(self, event: QMouseEvent) -> None:
        """Follow a double click of the left button; of another one it is a press."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._feed(EventKind.DOUBLE_CLICK, event)
        else:
            self.press(event)

    def key(self, text: str) -> None:
        """Tell the tool what was typed (where the pointer is)."""
        self._tell(EventKind.KEY, Qt.KeyboardModifier.NoModifier, Button.NONE, text)

    def again(self, modifiers: Qt.KeyboardModifier) -> None:
        """Tell a tool that draws where the pointer is: other keys are held, or the map went on beneath it."""
        if self.spec.draws and self._panning is None:
            self._tell(EventKind.MOVE, modifiers)

    def escape(self) -> None:
        """Drop what is under way."""
        self._send(self._panning or self._running, MapEvent(EventKind.ESCAPE, self._place.x(), self._place.y()))

    def _feed(self, kind: EventKind, event: QMouseEvent) -> None:
        self._place = event.position()
        self._tell(kind, event.modifiers(), BUTTONS.get(event.button(), Button.NONE))

    def _tell(self, kind: EventKind, modifiers: Qt.KeyboardModifier, button: Button = Button.NONE, text: str = "") -> None:
        held = (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier)
        shift, control, alt = (bool(modifiers & key) for key in held)
        told = MapEvent(kind, self._place.x(), self._place.y(), button, shift, control, alt, text)
        self._send(self._panning or self._running, told)

    def _send(self, tool: Tool, event: MapEvent) -> None:
        if self._feeding:  # a tool changed the map, or laid itself down: it knows
            return
        self._feeding = True
        try:
            tool.send(event)
        finally:
            self._feeding = False
            if tool is not self._running and tool is not self._panning:
                tool.close()


def _started(tool: Tool) -> Tool:
    next(tool)
    return tool
