"""The pictures of the chapter on editing: every tool in use on the demo county, by mouse and keys as a planner would use it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEventLoop, QPoint, QPointF, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton, QScrollArea, QTableView, QToolButton, QWidget

from gis_app.county import boundary_edits, unit_edits
from gis_app.county.former import former_called
from gis_app.county.former_edits import show_former_grid
from gis_app.county.problems import ProblemKind
from gis_app.county.reference_edits import show_reference
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, polygons
from gis_app.gui import drafts, performing
from gis_app.gui.context_menu import show_menu
from gis_app.gui.former_panel import FormerPanel
from gis_app.gui.former_unit_panel import show_unit
from gis_app.gui.layers_panel import LayersPanel
from gis_app.gui.legend_panel import LegendPanel
from gis_app.gui.reference_panel import ReferencePanel
from gis_app.gui.session import Session
from gis_app.language import tr
from gis_app.map.scene import MapHit

if TYPE_CHECKING:
    from gis_app.gui.window import Window

Floats = NDArray[np.float64]
Place = tuple[float, float]

SEEN = QSize(800, 470)
"""About so much of the map is on the picture of a tool."""

CELL, RIVER, EDGE = "230225100205012", "230225100005006", "230225500401003"
BEAT = "JW0121"
"""Codes of the cells that are edited: a full one of a village, one that a stream runs through, one at the county's border."""

ARROW = ((0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12))
"""The outline of a mouse pointer."""


def settle(milliseconds: int) -> None:
    """Let the window go on for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait_until(done: Callable[[], bool], seconds: float = 120.0) -> None:
    """Let the window go on until something is done."""
    for _ in range(int(seconds * 20)):
        if done():
            return
        settle(50)
    raise TimeoutError(done)


class Desk:
    """A planner at the window, with a draft open."""

    def __init__(self, window: "Window") -> None:
        assert window.session is not None
        self.window: Window = window
        self.session: Session = window.session
        self.at = QPoint()  # where the pointer is, on the map
        self.points = True  # whether the pointer is drawn

    # ------------------------------------------------------------ what there is

    @property
    def state(self) -> CountyState:
        """The county in the division that is shown."""
        return self.session.state

    @property
    def right(self) -> QWidget:
        """The panel at the right."""
        page = self.window.page
        assert page is not None
        found = page.right.currentWidget()
        assert found is not None
        return found

    def cell(self, code: str) -> int:
        """Return the cell of a code."""
        found = self.state.units.by_code(code)
        assert found is not None, code
        return found.id

    def shape(self, cell: int) -> shapely.Geometry:
        """Return the polygon of a cell."""
        return polygons(self.state.coverage, [cell])[cell]

    def across(self, cell: int, beyond: float = 0.04) -> tuple[Place, Place]:
        """Return two places beyond the western and eastern border of a cell, at the height of its homes."""
        shape, y = self.shape(cell), self.middle(cell)[1]
        west, _, east, _ = shape.bounds
        ends = shape.intersection(shapely.LineString([(west - 1, y), (east + 1, y)])).bounds
        return (ends[0] - beyond * (east - west), y), (ends[2] + beyond * (east - west), y)

    def middle(self, cell: int) -> Place:
        """Return the middle of the homes of a cell."""
        homes = self.state.households
        here = homes.cell == cell
        return float(np.median(homes.x[here])), float(np.median(homes.y[here]))

    def line_near(self, x: float, y: float) -> Place:
        """Return the place of a reference line that is nearest to a place."""
        wait_until(lambda: self.window.canvas.snapper is not None and self.window.canvas.snapper.references is not None)
        snapper = self.window.canvas.snapper
        assert snapper is not None and snapper.references is not None
        line = snapper.references.line_at(x, y, 1_000.0)
        assert line is not None
        near = shapely.shortest_line(shapely.LineString(line), shapely.Point(x, y))
        return _place(shapely.get_coordinates(near)[0])

    def neighbour(self, cell: int) -> int:
        """Return the cell with the longest common border."""
        shared: dict[int, float] = {}
        for arc in self.state.coverage.arcs.values():
            if cell in (arc.left, arc.right):
                other = arc.right if arc.left == cell else arc.left
                shared[other] = shared.get(other, 0.0) + float(np.hypot(*np.diff(arc.points, axis=0).T).sum())
        shared.pop(OUTSIDE, None)
        return max(shared, key=lambda other: shared[other])

    # ------------------------------------------------------------ what a planner does

    def look_at(self, *cells: int, share: float = 0.5, east: float = 0.0, north: float = 0.0) -> None:
        """Zoom so that cells take a share of the picture, moved aside by so many of its widths and heights."""
        west, south, right, top = shapely.union_all([self.shape(cell) for cell in cells]).bounds
        canvas = self.window.canvas
        resolution = max((right - west) / SEEN.width(), (top - south) / SEEN.height()) / share
        middle = ((west + right) / 2 - east * resolution * SEEN.width(), (south + top) / 2 - north * resolution * SEEN.height())
        canvas.set_viewport(replace(canvas.viewport, x=middle[0], y=middle[1], resolution=resolution))
        self.rest()

    def rest(self) -> None:
        """Wait until everything is done and drawn."""
        self.window.tasks.wait()
        self.window.turns.finish()
        for _ in range(3):
            settle(60)
            self.window.canvas.wait_until_drawn()

    def take(self, name: str) -> None:
        """Choose an operation as the tool row, menus and keys do."""
        self.window.actions_by_id[name].trigger()
        self.rest()

    def select(self, *cells: int) -> None:
        """Select cells."""
        self.session.select("units", *cells)
        self.rest()

    def pixel(self, place: Place) -> QPoint:
        """Return where a place is on the map."""
        return QPoint(*(round(value) for value in self.window.canvas.viewport.to_screen(*place)))

    def move(self, place: Place) -> None:
        """Move the pointer to a place."""
        self.move_pixel(self.pixel(place))

    def move_pixel(self, at: QPoint) -> None:
        """Move the pointer on the map."""
        self.at = at
        QTest.mouseMove(self.window.canvas, at)
        QCoreApplication.processEvents()

    def hold(self, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
        """Hold a key that says how a tool goes on."""
        QTest.keyPress(self.window.canvas, key, modifier)
        QCoreApplication.processEvents()

    def let_go(self, key: Qt.Key) -> None:
        """Let a key go that was held."""
        QTest.keyRelease(self.window.canvas, key)
        QCoreApplication.processEvents()

    def click(self, *places: Place) -> None:
        """Click one place after the other."""
        for place in places:
            self.move(place)
            QTest.mouseClick(self.window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at)
            QCoreApplication.processEvents()

    def press(self, place: Place, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press the left button at a place and hold it."""
        self.move(place)
        QTest.mousePress(self.window.canvas, Qt.MouseButton.LeftButton, modifier, self.at)

    def release(self) -> None:
        """Let the button go."""
        QTest.mouseRelease(self.window.canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at)
        self.rest()

    def drag(self, places: Sequence[Place], modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press at the first place and drag over the others; the button stays down."""
        self.press(places[0], modifier)
        for place in places[1:]:
            self.move(place)

    def type(self, text: str) -> None:
        """Type on the map."""
        QTest.keyClicks(self.window.canvas, text)
        QCoreApplication.processEvents()

    def enter(self) -> None:
        """Press Enter on the map and wait for what it does."""
        QTest.keyClick(self.window.canvas, Qt.Key.Key_Return)
        self.rest()

    def answer(self, text: str) -> None:
        """Write into the question over the map."""
        page = self.window.page
        assert page is not None and page.view.question.field is not None
        page.view.question.field.setText(text)

    def take_button(self, text: str) -> None:
        """Press a button of the panel at the right."""
        self.press_button(self.right, text)

    def press_button(self, panel: QWidget, text: str) -> None:
        """Press a button of a panel, called by its English text."""
        next(one for one in panel.findChildren(QPushButton) if one.text() == tr(text) and one.isVisible()).click()
        self.rest()

    def leave(self) -> None:
        """Let go of everything: the tool, questions, panels at the right, the selection."""
        for _ in range(4):
            QTest.keyClick(self.window.canvas, Qt.Key.Key_Escape)
        page = self.window.page
        assert page is not None
        page.view.question.leave()
        page.show_right(None)
        for area in page.left.findChildren(QScrollArea):
            area.verticalScrollBar().setValue(0)
        self.window.banner.hide()
        self.session.select("")
        self.points = True
        QTest.mouseMove(self.window, QPoint(790, 24))  # off the map
        self.rest()

    def begin(self) -> None:
        """Work on a draft."""
        if not self.session.drafting:
            drafts.make(self.window, drafts.free_name(self.session.county.state))
            self.rest()
            self.window.banner.hide()

    def undo_all(self) -> None:
        """Undo everything that was done in the draft."""
        while self.session.drafting and self.session.done_count:
            self.window.undo()
            self.rest()
        self.window.banner.hide()

    # ------------------------------------------------------------ pictures

    def whole(self) -> QImage:
        """Return the whole window."""
        self.rest()
        return self._pointed(self.window.grab().toImage(), self.window)

    def map(self) -> QImage:
        """Return the map with what lies over it."""
        self.rest()
        page = self.window.page
        assert page is not None
        return self._pointed(page.view.grab().toImage(), page.view)

    def top(self, height: int, width: int = SEEN.width()) -> QImage:
        """Return the middle of the upper edge of the map."""
        self.rest()
        page = self.window.page
        assert page is not None
        return page.view.grab(QRect((page.view.width() - width) // 2, 0, width, height)).toImage()

    def of(self, widget: QWidget, height: int = 0) -> QImage:
        """Return a part of the window, its upper `height` pixels (0: all of it)."""
        self.rest()
        place = QRect(widget.mapTo(self.window, QPoint(0, 0)), widget.size())
        return self.window.grab(place.adjusted(0, 0, 0, height - place.height() if height else 0)).toImage()

    def beside(self) -> QImage:
        """Return the map and the panel at its right."""
        page = self.window.page
        assert page is not None
        left = page.view.mapTo(self.window, QPoint(0, 0))
        return self.whole().copy(QRect(left, QSize(self.window.width() - left.x(), page.view.height())))

    def left(self) -> QImage:
        """Return the panel at the left and the map."""
        page = self.window.page
        assert page is not None
        corner = page.left.mapTo(self.window, QPoint(0, 0))
        return self.whole().copy(QRect(corner, QSize(page.left.width() + page.view.width() + 3, page.view.height())))

    def _pointed(self, image: QImage, over: QWidget) -> QImage:
        """Draw the mouse pointer, which no picture of a window has."""
        canvas = self.window.canvas
        shape = canvas.cursor().shape()
        if not self.points or shape == Qt.CursorShape.BlankCursor:
            return image
        at = QPointF(canvas.mapTo(over, self.at))
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if shape == Qt.CursorShape.CrossCursor:
            for width, colour in ((3.0, "white"), (1.2, "black")):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawLine(at - QPointF(9, 0), at + QPointF(9, 0))
                painter.drawLine(at - QPointF(0, 9), at + QPointF(0, 9))
        else:
            painter.setPen(QPen(QColor("white"), 1.2))
            painter.setBrush(QColor("black"))
            painter.drawPolygon(QPolygonF([at + QPointF(*corner) for corner in ARROW]))
        painter.end()
        return image


# ---------------------------------------------------------------- the tools


def whole_window(desk: Desk) -> QImage:
    """The window while a cell is split."""
    split(desk)
    return desk.whole()


def new_draft(desk: Desk) -> QImage:
    """The question for the name of a draft."""
    desk.look_at(desk.cell(CELL), share=0.6)
    desk.take("new_draft")
    return desk.top(250)


def plan_menu(desk: Desk) -> QImage:
    """The menu of plans."""
    plan = desk.window.findChild(QToolButton, "plan")
    assert plan is not None
    menu = plan.menu()
    menu.popup(plan.mapToGlobal(QPoint(0, plan.height())))
    desk.rest()
    image = menu.grab().toImage()
    menu.close()
    return image


def nodes(desk: Desk) -> QImage:
    """Some points of a border were chosen by a lasso and are dragged."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=1.6, east=0.25)
    desk.take("nodes")
    border = _border(desk, cell, desk.neighbour(cell))
    x, y = border[len(border) // 2].tolist()
    pixel = desk.window.canvas.viewport.resolution
    turn = np.linspace(0.0, 5.9, 30)
    lasso = np.array([x, y]) + 42 * pixel * np.column_stack([np.cos(turn), np.sin(turn)])
    desk.drag([_place(point) for point in lasso], Qt.KeyboardModifier.ShiftModifier)
    desk.release()
    desk.drag([(x, y), (x - 20 * pixel, y + 6 * pixel), (x - 44 * pixel, y + 14 * pixel)])
    return desk.map()


def reshape(desk: Desk) -> QImage:
    """A border is to follow a drawn line."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.look_at(cell, share=0.6)
    desk.take("reshape")
    border = _border(desk, cell, other)
    start, end = border[len(border) // 6], border[-len(border) // 6]
    middle, away = (start + end) / 2, np.array([-(end - start)[1], (end - start)[0]]) * 0.3
    inner = middle + away if shapely.contains_xy(desk.shape(other), *(middle + away)) else middle - away
    desk.click(*(_place(point) for point in (start, (start + 2 * inner) / 3, (end + 2 * inner) / 3)))
    desk.move(_place(end))
    return desk.map()


def split(desk: Desk) -> QImage:
    """A line is drawn through a cell."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split")
    start, end = desk.across(cell)
    desk.click(start, ((start[0] + end[0]) / 2, start[1] + 0.05 * (end[0] - start[0])))
    desk.move(end)
    return desk.map()


def split_equal(desk: Desk) -> QImage:
    """A number is typed with nothing drawn."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split")
    x, y = desk.middle(cell)
    desk.move((x, y - 60 * desk.window.canvas.viewport.resolution))
    desk.type("2")
    return desk.map()


def split_polygon(desk: Desk) -> QImage:
    """A polygon is drawn in a cell."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split_polygon")
    x, y = desk.middle(cell)
    size = 60 * desk.window.canvas.viewport.resolution
    desk.click((x - size, y), (x - 1.1 * size, y + size), (x + 0.4 * size, y + 1.3 * size))
    desk.move((x + size, y - 0.2 * size))
    return desk.map()


def split_feature(desk: Desk) -> QImage:
    """A stream is pointed at."""
    cell = desk.cell(RIVER)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split_feature")
    x, y = desk.middle(cell)
    desk.move(desk.line_near(x, y + 60 * desk.window.canvas.viewport.resolution))
    return desk.map()


def merge(desk: Desk) -> QImage:
    """Two cells are clicked."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.look_at(cell, other, share=0.7)
    desk.take("merge")
    desk.click(desk.middle(cell), desk.middle(other))
    return desk.map()


def transfer(desk: Desk) -> QImage:
    """A lasso is drawn around land of a neighbour."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.select(other)
    desk.look_at(cell, other, share=0.75)
    desk.take("transfer")
    border = _border(desk, cell, other)
    middle = border[len(border) // 2] * 0.6 + np.array(desk.middle(cell)) * 0.4
    size = 55 * desk.window.canvas.viewport.resolution
    turn = np.linspace(0.0, 5.8, 40)
    ring = middle + size * np.column_stack([np.cos(turn), 0.8 * np.sin(turn)])
    desk.drag([_place(point) for point in ring])
    return desk.map()


def brush(desk: Desk) -> QImage:
    """Land of a neighbour is painted over."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.select(other)
    desk.look_at(cell, other, share=0.75)
    desk.take("brush")
    border = _border(desk, cell, other)
    inner = np.array(desk.middle(cell))
    way = [border[at] + (inner - border[at]) * 0.2 for at in range(len(border) // 4, 3 * len(border) // 4, 2)]
    desk.drag([_place(point) for point in way])
    return desk.map()


def draw_cell(desk: Desk) -> QImage:
    """A new cell is drawn over two others."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.look_at(cell, other, share=0.75)
    desk.take("draw_cell")
    border = _border(desk, cell, other)
    x, y = border[len(border) // 2].tolist()
    size = 70 * desk.window.canvas.viewport.resolution
    desk.click((x - size, y - 0.6 * size), (x - 0.7 * size, y + 0.8 * size), (x + 0.6 * size, y + 0.9 * size))
    desk.move((x + size, y - 0.6 * size))
    return desk.map()


def delete_cell(desk: Desk) -> QImage:
    """A cell goes into the neighbour that is pointed at."""
    cell = desk.cell(CELL)
    other = desk.neighbour(cell)
    desk.look_at(cell, other, share=0.7)
    desk.take("delete_cell")
    desk.click(desk.middle(other))
    desk.move(desk.middle(cell))
    return desk.map()


def smooth(desk: Desk) -> QImage:
    """A border is pointed at, to be rounded."""
    return _eased(desk, "smooth")


def simplify(desk: Desk) -> QImage:
    """A border is pointed at, to have fewer points."""
    return _eased(desk, "simplify")


def _eased(desk: Desk, tool: str) -> QImage:
    cell = desk.cell(CELL)
    desk.look_at(cell, share=1.4)
    desk.take(tool)
    border = _border(desk, cell, desk.neighbour(cell))
    desk.move(_place(border[len(border) // 2]))
    desk.type("]]")
    return desk.map()


def extend_county(desk: Desk) -> QImage:
    """Land beyond the border of the county is drawn around."""
    return _at_the_edge(desk, "extend_county", 1.0)


def cut_county(desk: Desk) -> QImage:
    """Land inside the border of the county is drawn around."""
    return _at_the_edge(desk, "cut_county", -1.0)


def _at_the_edge(desk: Desk, tool: str, side: float) -> QImage:
    cell = desk.cell(EDGE)
    desk.look_at(cell, share=0.6)
    desk.take(tool)
    border = _border(desk, cell, OUTSIDE)
    start, end = border[len(border) // 4], border[3 * len(border) // 4]
    away = np.array([(end - start)[1], -(end - start)[0]]) * 0.4
    out = away if not shapely.contains_xy(desk.shape(cell), *((start + end) / 2 + away)) else -away
    within = 0.5 if side > 0 else 0.7
    points = (start - within * out * side, start + out * side, end + 0.8 * out * side)
    desk.click(*(_place(point) for point in points))
    desk.move(_place(end - within * out * side))
    return desk.map()


# ---------------------------------------------------------------- exact drawing


def tracing(desk: Desk) -> QImage:
    """The line follows borders to the pointer while Ctrl is held."""
    cell = desk.cell(CELL)
    desk.look_at(cell, share=0.6)
    desk.take("draw_cell")
    ring = shapely.get_coordinates(desk.shape(cell).geoms[0].exterior)
    desk.click(_place(ring[0]))
    desk.hold(Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)
    desk.move(_place(ring[len(ring) // 3]))
    image = desk.map()
    desk.let_go(Qt.Key.Key_Control)
    return image


def typed(desk: Desk) -> QImage:
    """A length and a direction are typed."""
    cell = desk.cell(CELL)
    desk.look_at(cell, share=0.6)
    desk.take("split")
    start, end = desk.across(cell)
    desk.click(start)
    desk.move(end)
    desk.type("1650<94")
    return desk.map()


def refused(desk: Desk) -> QImage:
    """A line that parts nothing is refused."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split")
    start, end = desk.across(cell)
    inner = (start[0] + 0.55 * (end[0] - start[0]), start[1])
    desk.click(start, inner)
    desk.enter()
    return desk.map()


def measure(desk: Desk) -> QImage:
    """A length and an area are measured."""
    cell = desk.cell(CELL)
    desk.look_at(cell, share=0.6)
    desk.take("measure")
    x, y = desk.middle(cell)
    size = 110 * desk.window.canvas.viewport.resolution
    desk.click((x - size, y - 0.4 * size), (x - 0.6 * size, y + 0.9 * size), (x + 0.8 * size, y + 0.8 * size))
    desk.move((x + 1.1 * size, y - 0.5 * size))
    return desk.map()


def go_to(desk: Desk) -> QImage:
    """Coordinates are asked for."""
    desk.look_at(desk.cell(CELL), share=0.6)
    desk.take("go_to")
    desk.answer("123.5127, 47.9016")
    return desk.top(260)


def vertices(desk: Desk) -> QImage:
    """The table of vertices beside the map, a row selected."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("vertices")
    page = desk.window.page
    assert page is not None
    table = desk.right.findChild(QTableView)
    assert table is not None
    table.selectRow(7)
    desk.points = False
    return desk.beside()


# ---------------------------------------------------------------- names, locks, history


def move_unit(desk: Desk) -> QImage:
    """The question to which village a cell is to go."""
    return _asked(desk, "move_unit")


def recode(desk: Desk) -> QImage:
    """The question for another code."""
    return _asked(desk, "recode")


def _asked(desk: Desk, operation: str) -> QImage:
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take(operation)
    desk.points = False
    return desk.top(300)


def menu(desk: Desk) -> QImage:
    """What the right mouse button offers on a cell."""
    cell = desk.cell(CELL)
    desk.look_at(cell, share=0.6)
    x, y = desk.middle(cell)
    show_menu(desk.window, MapHit("units", cell, x, y), desk.window.canvas.mapToGlobal(desk.pixel((x, y))))
    desk.rest()
    found = next(one for one in desk.window.findChildren(QMenu) if one.isVisible())
    image = found.grab().toImage()
    found.close()
    return image


def locked(desk: Desk) -> QImage:
    """A village is locked: the inspector says so, and a line through one of its cells is refused."""
    cell = desk.cell(CELL)
    village = desk.state.units[cell].parent
    desk.session.select("units", village)
    desk.take("lock")
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.take("split")
    start, end = desk.across(cell)
    desk.click(start, end)
    desk.enter()
    return desk.beside()


def following(desk: Desk) -> QImage:
    """The question who goes where."""
    cell = desk.cell(CELL)
    desk.select(cell)
    desk.look_at(cell, share=0.6)
    desk.window.preferences.following = "ask"
    desk.take("halve")
    desk.window.preferences.following = "location"
    return desk.top(330)


def some_edits(desk: Desk) -> int:
    """Split the cell, rename one of the parts, renumber the village; returns the cell."""
    cell = desk.cell(CELL)
    split(desk)
    desk.click(desk.across(cell)[1])
    desk.enter()
    desk.leave()
    performing.perform_division(desk.window, unit_edits.rename_unit(cell, "晓光村南网格"))
    desk.rest()
    performing.perform_boundary(desk.window, boundary_edits.delete_cell(desk.cell("230225100205011")))
    desk.rest()
    desk.select(cell)
    desk.take("renumber")
    desk.window.banner.hide()
    return cell


def history(desk: Desk) -> QImage:
    """The history of the draft in the table below the map."""
    cell = some_edits(desk)
    desk.look_at(cell, share=0.6)
    page = desk.window.page
    assert page is not None
    bar = page.table.bar
    tab = next(at for at in range(bar.count()) if bar.tabText(at).startswith(tr("History")))
    desk.window.undo()
    desk.rest()
    bar.setCurrentIndex(tab)
    desk.window.banner.hide()
    image = desk.of(page.bottom)
    bar.setCurrentIndex(0)
    return image


def references(desk: Desk) -> QImage:
    """Reference layers over the map, and their list."""
    buildings = next(one for one in desk.session.county.state.references.values() if one.options.get("layer") == "buildings")
    for shown in (True, False):
        desk.window.perform(show_reference(buildings.id, shown), lambda _: None)
        if shown:
            desk.look_at(desk.cell(RIVER), share=0.5)
            desk.points = False
            image = desk.left()
    desk.rest()
    return image


def former(desk: Desk) -> QImage:
    """A unit of a former grid: whom it had, where it went, and what using its borders would do."""
    county, reader = desk.session.county, desk.session.former
    police = next(grid.id for grid in county.state.former_grids.values() if grid.name == "公安警务网格")
    desk.window.perform(show_former_grid(police, True), lambda _: None)
    desk.rest()
    wait_until(lambda: police in reader.shown())
    panel = show_unit(desk.window, former_called(county.store, BEAT)[0].id)
    assert panel is not None
    desk.press_button(panel, "Show what would change")
    desk.points = False
    image = desk.whole()
    panel.close_panel()
    desk.window.perform(show_former_grid(police, False), lambda _: None)
    desk.rest()
    return image


def problems(desk: Desk) -> QImage:
    """The list of problems: a cell with too few households, what would put it right shown on the map."""
    page = desk.window.page
    assert page is not None
    folded = [section for of in (LayersPanel, ReferencePanel, FormerPanel, LegendPanel) for section in page.left.findChildren(of)]
    for section in folded:
        section.fold(True)
    wait_until(lambda: desk.session.problems.known.complete)
    page.problems.go(ProblemKind.BELOW_FLOOR)
    desk.rest()
    desk.look_at(desk.session.selected[1], share=0.35)
    desk.press_button(page.problems, "See how")
    desk.points = False
    image = desk.left()
    for section in folded:
        section.fold(False)
    return image


def limits(desk: Desk) -> QImage:
    """The form for floors and limits."""
    page = desk.window.page
    assert page is not None
    page.problems.limits_wanted.emit()
    return desk.of(page.right)


def compare(desk: Desk) -> QImage:
    """Two plans compared."""
    cell = some_edits(desk)
    desk.look_at(cell, share=0.4)
    desk.take("compare")
    desk.select(cell)
    desk.points = False
    return desk.whole()


def publish(desk: Desk) -> QImage:
    """The page that publishes."""
    some_edits(desk)
    desk.window.fold("bottom")
    desk.take("publish")
    desk.take_button("Check the draft")
    page = desk.window.page
    assert page is not None
    image = desk.of(page.right)
    desk.window.fold("bottom")
    return image


def _border(desk: Desk, cell: int, other: int) -> Floats:
    """Return the points of the border between two cells, its longest arc."""
    found = [arc.points for arc in desk.state.coverage.arcs.values() if {arc.left, arc.right} == {cell, other}]
    return max(found, key=len)


def _place(point: Floats) -> Place:
    x, y = point.tolist()
    return x, y


PICTURES: Mapping[str, Callable[[Desk], QImage]] = {
    "new-draft": new_draft,
    "window": whole_window,
    "plan-menu": plan_menu,
    "nodes": nodes,
    "reshape": reshape,
    "split": split,
    "split-equal": split_equal,
    "split-polygon": split_polygon,
    "split-river": split_feature,
    "merge": merge,
    "transfer": transfer,
    "brush": brush,
    "draw-cell": draw_cell,
    "delete-cell": delete_cell,
    "smooth": smooth,
    "simplify": simplify,
    "extend-county": extend_county,
    "cut-county": cut_county,
    "tracing": tracing,
    "typed": typed,
    "refused": refused,
    "measure": measure,
    "go-to": go_to,
    "vertices": vertices,
    "move-unit": move_unit,
    "recode": recode,
    "cell-menu": menu,
    "locked": locked,
    "following": following,
    "history": history,
    "references": references,
    "former": former,
    "problems": problems,
    "limits": limits,
    "compare": compare,
    "publish": publish,
}
"""The pictures of the chapter, by name."""


def take_all(window: "Window") -> Iterator[tuple[str, QImage]]:
    """Yield the pictures with their names; the first one is taken before there is a draft."""
    desk = Desk(window)
    window.set_workspace("plan")
    desk.rest()
    for name, picture in PICTURES.items():
        if picture is not new_draft:
            desk.begin()
        yield name, picture(desk)
        desk.leave()
        desk.undo_all()
