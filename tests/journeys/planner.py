"""A planner at the window: what the hands do with mouse and keys, and what the eyes see. The stories of planning are told with it."""

from collections.abc import Mapping
from pathlib import Path

import shapely
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QInputMethodEvent, QKeyEvent, QKeySequence, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.county.county import County
from gis_app.county.state import CountyState
from gis_app.grid.coverage import Coverage, polygons
from gis_app.grid.plans import PlanStatus
from gis_app.grid.units import Unit
from gis_app.gui.county_page import CountyPage
from gis_app.gui.plan_button import PlanButton
from gis_app.gui.preferences import Preferences
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.qt.shapes import image_pixels
from gis_app.map.tools.events import Sketch
from gis_app.progress import finish

LEFT, RIGHT, MIDDLE, NO_BUTTON = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
    Qt.MouseButton.NoButton,
)
ALT, CONTROL, SHIFT, PLAIN = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
HELD = {ALT: Qt.Key.Key_Alt, CONTROL: Qt.Key.Key_Control, SHIFT: Qt.Key.Key_Shift}
Place = tuple[float, float]


class Planner:
    """Somebody who works at a window with mouse and keyboard."""

    def __init__(self, qtbot: QtBot, window: Window, preferences: Path) -> None:
        self.qtbot, self.window, self._preferences = qtbot, window, preferences
        self._held = PLAIN

    # what is on the screen

    @property
    def session(self) -> Session:
        """What the window shows."""
        assert self.window.session is not None
        return self.window.session

    @property
    def page(self) -> CountyPage:
        """The opened county."""
        assert self.window.page is not None
        return self.window.page

    @property
    def canvas(self) -> MapCanvas:
        """The map."""
        return self.window.canvas

    @property
    def state(self) -> CountyState:
        """The county in the plan that is shown."""
        return self.session.state

    @property
    def shapes(self) -> Mapping[int, shapely.Polygon | shapely.MultiPolygon]:
        """The polygons of all cells that are shown."""
        return polygons(self.state.coverage)

    def words(self, part: QWidget | None = None) -> str:
        """Everything that is written on a part of the window (all of it, with what is said at the pointer), line by line."""
        QCoreApplication.processEvents()
        parts = (part or self.window).findChildren(QWidget)
        written = [one.text() for one in parts if isinstance(one, QLabel | QPushButton) and one.isVisible()]
        said = self.canvas.editing.message if part is None and self.window.page is not None else None
        return "\n".join([*written, *([str(said)] if said is not None else [])])

    @property
    def inspector(self) -> str:
        """What the inspector says."""
        return self.words(self.page.inspector)

    @property
    def live(self) -> str:
        """What the panel beside the pointer says, "" while it is not shown."""
        return self.page.view.live.words() if self.page.view.live.isVisible() else ""

    @property
    def bubble(self) -> str:
        """What is said at the pointer."""
        return str(self.canvas.editing.message or "")

    @property
    def snapped(self) -> str:
        """To what the pointer snaps, "" for nothing."""
        return self.canvas.editing.snap.kind if self.canvas.editing.snap is not None else ""

    @property
    def sketch(self) -> Sketch:
        """What the tool has drawn on the map."""
        return self.canvas.editing.sketch or Sketch()

    def colours(self) -> set[str]:
        """The colours that the map has now."""
        image = self.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return {f"#{value & 0xFFFFFF:06X}" for value in set(image_pixels(image).ravel().tolist())}

    def tab(self, text: str) -> list[dict[str, str]]:
        """Turn to a tab of the table below the map, and read its first rows: what stands under each title."""
        panel = self.page.table
        at = next(at for at in range(panel.bar.count()) if panel.bar.tabText(at).startswith(text))
        self.qtbot.mouseClick(panel.bar, LEFT, pos=panel.bar.tabRect(at).center())
        assert panel.bar.currentIndex() == at
        model = panel.model
        QCoreApplication.processEvents()
        titles = [str(model.headerData(at, Qt.Orientation.Horizontal)).rstrip(" ↑↓") for at in range(model.columnCount())]
        rows = range(min(model.rowCount(), 100))
        return [{title: str(model.index(row, at).data()) for at, title in enumerate(titles)} for row in rows]

    def history(self) -> list[str]:
        """Read what was done, the newest first, off the panel of the history; "✗" before what was undone."""
        return [("✗ " if row["State"] == "undone" else "") + row["What was done"] for row in self.tab("History")]

    def unit(self, name: str) -> Unit:
        """The unit of a name."""
        return next(unit for unit in self.state.units.values() if unit.name == name)

    def area(self, unit: int) -> float:
        """The area of a unit as its cells have it, in m²."""
        return sum(self.shapes[cell.id].area for cell in self.state.units.cells(unit))

    # the eyes go elsewhere

    def look_around(self, *places: Place, margin: float = 600.0) -> None:
        """Bring places and so many metres around them onto the map."""
        xs, ys = zip(*places, strict=True)
        self.canvas.zoom_to((min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin))
        self.settle()

    def look_at(self, *units: int, share: float = 0.5) -> None:
        """Bring units into the middle of the map so that they fill a share of it."""
        self.canvas.zoom_to_units(units)
        viewport = self.canvas.viewport
        self.canvas.set_viewport(viewport.zoomed(share, self.canvas.width() / 2, self.canvas.height() / 2))
        self.settle()

    def settle(self) -> None:
        """Wait until the work is done, the map drawn, and the borders can be snapped to."""
        self.window.tasks.wait()
        QCoreApplication.processEvents()
        self.canvas.wait_until_drawn()
        self.qtbot.waitUntil(lambda: self.canvas.snapper is not None and self.canvas.snapper.coverage is self.state.coverage)

    def pixel(self, x: float, y: float) -> QPoint:
        """Where a place of the county lies on the map."""
        return QPointF(*self.canvas.viewport.to_screen(x, y)).toPoint()

    # the mouse

    def _mouse(self, kind: QEvent.Type, at: QPoint, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        assert self.canvas.rect().contains(at), f"{at} is not on the map"
        place = QPointF(at)
        event = QMouseEvent(kind, place, QPointF(self.canvas.mapToGlobal(at)), button, buttons, self._held)
        QApplication.sendEvent(self.canvas, event)

    def point(self, x: float, y: float, *, held: Qt.MouseButton = NO_BUTTON) -> None:
        """Move the pointer to a place of the county (beside it first: a pointer never jumps without passing by)."""
        at = self.pixel(x, y)
        for step in (QPoint(5, 4), QPoint(0, 0)):
            self._mouse(QEvent.Type.MouseMove, at + step, NO_BUTTON, held)

    def click(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        """Click on a place of the county."""
        self.point(x, y)
        at = self.pixel(x, y)
        self._mouse(QEvent.Type.MouseButtonPress, at, button, button)
        self._mouse(QEvent.Type.MouseButtonRelease, at, button, NO_BUTTON)

    def double_click(self, x: float, y: float) -> None:
        """Click twice on a place of the county."""
        self.click(x, y)
        at = self.pixel(x, y)
        self._mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT)
        self._mouse(QEvent.Type.MouseButtonRelease, at, LEFT, NO_BUTTON)

    def take_hold(self, x: float, y: float) -> None:
        """Press the left button on a place of the county, and keep it down."""
        self.point(x, y)
        self._mouse(QEvent.Type.MouseButtonPress, self.pixel(x, y), LEFT, LEFT)

    def drag_on(self, *places: Place) -> None:
        """Move on through places with the left button down, in steps of a hand."""
        for place in places:
            self.point(*place, held=LEFT)

    def let_go(self, x: float, y: float) -> None:
        """Let the left button go at a place."""
        self._mouse(QEvent.Type.MouseButtonRelease, self.pixel(x, y), LEFT, NO_BUTTON)

    def drag(self, *places: Place) -> None:
        """Drag from the first place through the others to the last."""
        self.take_hold(*places[0])
        self.drag_on(*places[1:])
        self.let_go(*places[-1])

    def pan(self, right: int, down: int) -> None:
        """Drag the map by the middle button, so many pixels."""
        start = self.canvas.rect().center()
        end = start + QPoint(right, down)
        self._mouse(QEvent.Type.MouseButtonPress, start, MIDDLE, MIDDLE)
        for at in (start + QPoint(right // 2, down // 2), end):
            self._mouse(QEvent.Type.MouseMove, at, NO_BUTTON, MIDDLE)
        self._mouse(QEvent.Type.MouseButtonRelease, end, MIDDLE, NO_BUTTON)

    def wheel(self, steps: int, x: float, y: float) -> None:
        """Turn the wheel over a place: positive steps magnify."""
        place = QPointF(self.pixel(x, y))
        turned = QPoint(0, 120 * steps)
        at = QPointF(self.canvas.mapToGlobal(place.toPoint()))
        event = QWheelEvent(place, at, QPoint(), turned, NO_BUTTON, self._held, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(self.canvas, event)

    # the keyboard

    def hold(self, modifier: Qt.KeyboardModifier) -> None:
        """Press Alt, Ctrl or Shift and keep it down."""
        self._held = modifier
        QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyPress, HELD[modifier], PLAIN))

    def release(self) -> None:
        """Let Alt, Ctrl or Shift go."""
        held, self._held = self._held, PLAIN
        QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyRelease, HELD[held], held))

    def key(self, keys: str) -> None:
        """Press a key or a combination on the map: "S", "Ctrl+Z", "Esc"."""
        pressed = QKeySequence(keys)[0]
        self.canvas.setFocus()
        self.qtbot.keyClick(self.canvas, pressed.key(), pressed.keyboardModifiers())
        self.window.tasks.wait()

    def type(self, text: str) -> None:
        """Type characters, one by one, over the map; signs of a Chinese keyboard, too."""
        self.canvas.setFocus()
        for letter in text:
            if letter.isascii():
                self.qtbot.keyClicks(self.canvas, letter)
            else:
                QApplication.sendEvent(self.canvas, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, PLAIN, letter))

    def write(self, field: QWidget, text: str) -> None:
        """Write into a field; Chinese comes from an input method, as it does on every desk of a county office."""
        if text.isascii():
            self.qtbot.keyClicks(field, text)
        else:
            event = QInputMethodEvent()
            event.setCommitString(text)
            QApplication.sendEvent(field, event)

    # buttons, menus, questions

    def button(self, text: str, part: QWidget | None = None) -> QAbstractButton:
        """The visible button of a text (or accessible name)."""
        QCoreApplication.processEvents()
        found = (part or self.window).findChildren(QAbstractButton)
        seen = [one for one in found if one.isVisible() and text in (one.text(), one.accessibleName())]
        assert seen, f"no button {text!r} among {[one.text() for one in found if one.isVisible()]}"
        return seen[0]

    def press(self, text: str, part: QWidget | None = None) -> None:
        """Press a button."""
        button = self.button(text, part)
        assert button.isEnabled(), f"{text!r} cannot be pressed"
        self.qtbot.mouseClick(button, LEFT, pos=QPoint(8, button.height() // 2))
        self.window.tasks.wait()

    def take(self, tool: str) -> None:
        """Take a tool from the tool row into the hand, by the name of its operation."""
        button = self.window.findChild(QToolButton, f"tool-{tool}")
        assert button is not None and button.isVisible() and button.isEnabled(), tool
        self.qtbot.mouseClick(button, LEFT)
        assert button.isChecked()

    def choose(self, menu: QMenu, text: str) -> None:
        """Open a menu and click one of its entries."""
        menu.popup(self.window.mapToGlobal(QPoint(40, 80)))
        entry = next((action for action in menu.actions() if action.text().startswith(text)), None)
        assert entry is not None and entry.isEnabled(), (text, [action.text() for action in menu.actions()])
        self.qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())
        self.window.activateWindow()  # as window managers do when a menu is gone
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.window.tasks.wait()

    def choose_more(self, text: str) -> None:
        """Choose one of the tools that are wanted less often."""
        button = self.window.findChild(QToolButton, "tool-more")
        assert button is not None and button.isVisible()
        self.choose(button.menu(), text)

    def choose_plan(self, text: str) -> None:
        """Choose from the menu of plans."""
        button = self.window.findChild(PlanButton)
        assert button is not None and button.isVisible()
        self.choose(button.menu(), text)

    def answer(self, text: str) -> None:
        """Write an answer into the question over the map."""
        question = self.page.view.question
        assert question.isVisible() and question.field is not None
        question.field.selectAll()
        self.write(question.field, text)
        self.qtbot.keyClick(question.field, Qt.Key.Key_Return)
        self.window.tasks.wait()

    def choose_file(self, path: Path) -> None:
        """Choose a file in the dialog that asks for one."""
        dialog = next(found for found in self.window.findChildren(QFileDialog) if found.isVisible())
        dialog.selectFile(str(path))
        dialog.accept()  # type: ignore[call-arg]
        self.window.tasks.wait()

    def make_draft(self, name: str) -> None:
        """Begin a draft of the published plan."""
        self.key("Ctrl+D")
        self.answer(name)
        self.settle()
        assert self.session.drafting

    # another day

    def close(self) -> None:
        """Close the window."""
        self.window.close()
        QCoreApplication.processEvents()

    def come_back(self) -> None:
        """Start the program again and open the county that was opened last."""
        self.close()
        size = self.window.size()
        self.window = Window(Preferences(self._preferences))
        self.window.resize(size)
        self.qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.press(self.window.preferences.recent[0])
        self.settle()


# what is in the file


def stored(path: Path) -> County:
    """Open the file of a county whose window is closed."""
    return bootstrap.open_county(path)


def draft_in(county: County, name: str) -> CountyState:
    """Read a draft of a county."""
    plan = next(plan for plan in county.state.plans.values() if plan.name == name and plan.status == PlanStatus.DRAFT)
    return finish(county.reading_plan(plan.id))


ROUNDING = 0.2
"""So many m² a new point on the county's own border may take or give: it lies on the 1 mm grid, its border had not run quite there."""


def assert_sound(coverage: Coverage, area: float) -> None:
    """Check that the cells lie side by side without gap or overlap, and together have an area (m²)."""
    shapes = list(polygons(coverage).values())
    assert all(shape.is_valid for shape in shapes)
    assert shapely.coverage_is_valid(shapes, gap_width=0.5)
    assert abs(sum(shape.area for shape in shapes) - area) < ROUNDING


def same_borders(one: Coverage, other: Coverage) -> bool:
    """Tell whether two coverages have the same cells with the very same points."""
    mine, theirs = polygons(one), polygons(other)
    return mine.keys() == theirs.keys() and all(shapely.equals_exact(mine[cell].normalize(), theirs[cell].normalize()) for cell in mine)
