"""The map in the middle: the canvas with what lies over it — the path under the pointer, the time slider."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QWidget

from gis_app.cases.display import DONE
from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.grid.privacy import mask_name
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.duty_mark import DutyMark
from gis_app.gui.live_panel import LivePanel
from gis_app.gui.place_mark import PlaceMark
from gis_app.gui.question import Question
from gis_app.gui.rows import positions
from gis_app.gui.rows_model import dragged_worker
from gis_app.gui.session import Session
from gis_app.gui.time_slider import TimeSlider
from gis_app.gui.widgets import button, column, image, label, row
from gis_app.gui.words import category_name, path_text
from gis_app.language import format_number, msg, plural, tr
from gis_app.map.legend import STATE_TEXTS
from gis_app.map.qt.canvas import MapCanvas
from gis_app.map.scene import Figure, LayerKind, MapHit, Selection
from gis_app.map.tools.registry import TOOLS

SCALE_BAR = 176
"""Pixels at the lower left that the scale bar takes."""

NEAR = 250.0
"""Half the width of what is shown around a point, in units of the county's coordinates."""


def whistles_in(x: NDArray[np.float64], y: NDArray[np.float64], area: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
    """Mark the points that lie in an area (its corners); what has no point does not."""
    if len(area) < 3:
        return np.zeros(len(x), np.bool_)
    shape = shapely.make_valid(shapely.Polygon(area))
    found: NDArray[np.bool_] = shapely.contains_xy(shape, x, y)
    return found


class MapView(QWidget):
    """The canvas of a session: it shows the session's scene and selection, and selects what is clicked."""

    next_wanted = Signal()
    place_clicked = Signal(float, float)  # county coordinates
    resized = Signal()
    duty_wanted = Signal(int, int)  # a worker and the cell that he is to get

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.canvas = MapCanvas(self, session.drawing)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # on the map Tab goes to the next problem: who tabs past must not be caught
        self.setLayout(column(self.canvas, spacing=0))
        self.setMinimumWidth(320)
        self._path = QFrame(self)
        self._path.setProperty("role", "overlay")
        self.path = label("")
        self._path.setLayout(row(self.path, margins=(10, 5, 10, 5)))
        self._path.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._path.hide()
        self._empty = self._hint()
        self.narrowed = self._narrowed()
        self.question = Question(self)
        self.place_mark = PlaceMark(self.canvas, session.palette)
        self.duty = DutyMark(self.canvas, session.palette)
        self.duty.moved_over.connect(self._say_duty)
        self.duty.given.connect(self.duty_wanted)
        self.setAcceptDrops(True)
        self._shown = session.selection.ids
        self._previewed = False  # an edit is shown that nobody draws
        self.picked: Callable[[float, float], object] | None = None  # who wants a click as a place, in county coordinates
        self._once: Callable[[float, float], object] | None = None  # who wants but the next one
        self._pressed = (0.0, 0.0)
        self.live = LivePanel(self.canvas, session.palette)
        self.time: TimeSlider | None = None
        self.canvas.installEventFilter(self)
        self.canvas.hovered.connect(self._hover)
        self.canvas.clicked.connect(self._click)
        self.canvas.area_picked.connect(self._pick)
        session.workspace_changed.connect(lambda _: self._let_move())
        session.scene_changed.connect(self._show_scene)
        session.selection_changed.connect(self._select)
        session.filter_changed.connect(lambda _: self._recount())
        session.workspace_changed.connect(lambda _: self._recount())
        session.county_changed.connect(lambda _: self._recount())
        self.canvas.set_scene(session.scene)
        self.canvas.set_selection(self._with_bodies(session.selection))
        self._recount()
        self.duty.follow(session)

    def _hint(self) -> QFrame:
        frame = QFrame(self)
        frame.setProperty("role", "overlay")
        palette = self._session.palette
        title = label(tr("This county has no cells yet"), "heading")
        text = label(
            tr("Import a boundary file (Ctrl+I), or drop one on the window: GeoPackage, Shapefile, GeoJSON, KML, DXF …"),
            "secondary",
            wrap=True,
        )
        text.setMinimumWidth(300)
        frame.setLayout(row(image("import", palette.accent, 24), column(title, text), spacing=16, margins=(20, 16, 20, 16)))
        return frame

    def _narrowed(self) -> QFrame:
        """Return the remark that only some whistles count, for workspaces that do not show the filter itself."""
        frame, session = QFrame(self), self._session
        frame.setProperty("role", "overlay")
        self._counted = label("", "secondary")
        every = button(tr("Show all whistles"), self._show_all, "link")
        sign = image("list-filter", session.palette.accent, 14)
        frame.setLayout(row(sign, self._counted, every, spacing=8, margins=(10, 5, 10, 5)))
        return frame

    def _show_all(self) -> None:
        self._session.watch_line(None)
        self._session.set_filter(CaseFilter())

    def _recount(self) -> None:
        """Show the hint of an empty county, and the remark about the filter where it cannot be seen otherwise."""
        session = self._session
        self._empty.setVisible(not session.state.coverage.cells)
        hidden = session.is_limited and session.workspace in ("plan", "maps")
        self.narrowed.setVisible(hidden)
        if hidden:
            count, every = format_number(int(session.shown_cases().sum())), format_number(len(session.state.cases))
            self._counted.setText(tr("Filtered: {count} of {all} whistles", count=count, all=every))
        self._place()

    def _show_scene(self, scene: object) -> None:
        known = self.canvas.scene
        self.canvas.set_scene(scene)  # type: ignore[arg-type]
        if known is not None and not known.state.coverage.cells and self._session.state.coverage.cells:
            self.canvas.zoom_to_whole()

    def set_time_shown(self, shown: bool) -> None:
        """Show or hide the time slider."""
        if shown and self.time is None:
            self.time = TimeSlider(self._session, self)
        if self.time is not None:
            self.time.setVisible(shown)
        self._place()

    @property
    def shows_time(self) -> bool:
        """Whether the time slider is shown."""
        return self.time is not None and not self.time.isHidden()

    def resizeEvent(self, _: object) -> None:  # noqa: D102
        self._place()
        self.resized.emit()

    def _place(self) -> None:
        self._path.adjustSize()
        self._path.move(12, 12)
        self._path.raise_()
        self.narrowed.adjustSize()
        self.narrowed.move(12, 52)
        self.narrowed.raise_()
        if self.time is not None:
            self.time.setFixedWidth(max(min(620, self.width() - SCALE_BAR - 60), self.time.minimumSizeHint().width()))
            self.time.adjustSize()
            self.time.move(
                max((self.width() - self.time.width()) // 2, min(SCALE_BAR, self.width() - self.time.width())),
                self.height() - self.time.height() - 14,
            )
            self.time.raise_()
        if not self.question.isHidden():
            self.question.place()
        self._empty.adjustSize()
        self._empty.move((self.width() - self._empty.width()) // 2, (self.height() - self._empty.height()) // 2)
        self._empty.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tab on the map goes to the next problem or whistle; Shift+Tab leaves the map."""
        if watched is self.canvas and isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = (event.position().x(), event.position().y())
        if (
            watched is self.canvas
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Tab
        ):
            self.next_wanted.emit()
            return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ workers carried to cells

    def _say_duty(self, worker: int, cell: int) -> None:
        """Say at the upper left which cell the worker would get."""
        state = self._session.state
        known = state.workers.get(worker)
        self._path.setVisible(bool(cell) and known is not None)
        if cell and known is not None:
            self.path.setText(tr("Give {cell} to {name}", cell=path_text(state, cell), name=mask_name(known.name)))
            self._place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: D102
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: D102
        worker = dragged_worker(event.mimeData())
        if not worker or self._session.workspace != "plan":
            event.ignore()
            return
        cell = self._cell_under(event)
        self._say_duty(worker, cell)
        event.acceptProposedAction()

    def dragLeaveEvent(self, _: QDragLeaveEvent) -> None:  # noqa: D102
        self._say_duty(0, 0)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: D102
        worker, cell = dragged_worker(event.mimeData()), self._cell_under(event)
        self._say_duty(0, 0)
        if worker and cell:
            event.acceptProposedAction()
            self.duty_wanted.emit(worker, cell)

    def _cell_under(self, event: QDropEvent) -> int:
        at = self.canvas.mapFrom(self, event.position().toPoint())
        return self.canvas.cell_at(at.x(), at.y())

    # ------------------------------------------------------------ the pointer

    def _hover(self, hit: MapHit | None) -> None:
        shown = hit is not None and not TOOLS[self.canvas.tool].draws  # then what is drawn says what it touches
        self._path.setVisible(shown)
        if hit is not None and shown:
            self.path.setText(self.words(hit))
            self._place()

    def words(self, hit: MapHit) -> str:
        """Say what lies under the pointer: township › village › cell, with the figure or the whistle that it is."""
        session, state = self._session, self._session.state
        if hit.table == "units":
            return " · ".join(part for part in (path_text(state, hit.id), self._figure(hit.id)) if part)
        if hit.table == "households":
            at = positions(state.households.id, np.array([hit.id]))[0]
            return " · ".join(part for part in (tr("Household"), path_text(state, int(state.households.cell[at]))) if part)
        if len(hit.members) > 1:
            return tr("{count} whistles", count=format_number(len(hit.members)))
        at = positions(state.cases.id, np.array([hit.id]))[0]
        words = (
            category_name(state, int(state.cases.category[at])),
            str(STATE_TEXTS[session.derived.display[at]]),
            path_text(state, int(state.cases.cell[at])),
        )
        return " · ".join(word for word in words if word)

    def _figure(self, unit: int) -> str:
        """Say of a unit what its fill says; where cells have no fill, how many whistles it has."""
        session = self._session
        figures, cells = session.derived.figures.get(unit), session.scene.layer(LayerKind.CELLS)
        if figures is None:
            return ""
        shown = cells.figure if cells is not None and cells.visible else Figure.NONE
        if shown == Figure.NONE and session.workspace in ("cases", "analyse"):
            shown = Figure.CASES
        if shown == Figure.LOAD:
            return tr("{load} × the floor of {floor}", load=format_number(figures.load, 2), floor=format_number(figures.floor))
        if shown in (Figure.OPEN_CASES, Figure.CASES):
            return tr("open whistles: {open} of {all}", open=format_number(figures.open_cases), all=format_number(figures.cases))
        if shown == Figure.AREA:
            return tr("{area} km²", area=format_number(figures.area, 2))
        if shown == Figure.DENSITY:
            return tr("{count} households per km²", count=format_number(figures.households / figures.area if figures.area else 0.0, 1))
        if shown == Figure.WORKLOAD:
            loads = session.derived.loads
            return tr("workload {load}", load=format_number(float(loads.load[loads.cells == unit].sum()), 1))
        if shown == Figure.COMPACTNESS:
            return tr("compactness {value}", value=format_number(figures.compactness, 2))
        return str(
            plural(
                figures.households,
                msg("{count} household", count=format_number(figures.households)),
                msg("{count} households", count=format_number(figures.households)),
            )
        )

    def _click(self, hit: MapHit | None, held: Qt.KeyboardModifier) -> None:
        several = held & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        if self.picked is not None:
            self.picked(*self.canvas.viewport.to_map(*self._pressed))
            return
        self.place_clicked.emit(*self.canvas.viewport.to_map(*self._pressed))
        if hit is not None and several:
            chosen = self._beside(hit)
            self._session.select(hit.table, *((id for id in chosen if id != hit.id) if hit.id in chosen else (*chosen, hit.id)))
        elif hit is None:
            self._session.select("")
        else:
            self._session.select(hit.table, hit.id)

    def ask_place(self, then: Callable[[float, float], object]) -> None:
        """Take the next click as a place (county coordinates); `leave_place` forgets it."""

        def once(x: float, y: float) -> None:
            self.picked = self._once = None
            then(x, y)

        self.picked = self._once = once

    def leave_place(self) -> bool:
        """Select with the next click again; returns whether it was asked for as a place."""
        asked = self._once is not None and self.picked == self._once
        if asked:
            self.picked = None
        self._once = None
        return asked

    def _beside(self, hit: MapHit) -> tuple[int, ...]:
        """Return what is selected already and can be dealt with together with a hit: of units those of its level."""
        chosen, units = self._session.selection.ids.get(hit.table, ()), self._session.state.units
        return tuple(id for id in chosen if hit.table != "units" or units[id].level == units[hit.id].level)

    def _pick(self, area: tuple[tuple[float, float], ...]) -> None:
        """Select the whistles in an area, as far as they pass the filter (in Plan the households), and take the select tool again."""
        if self._session.workspace == "plan":
            homes = self._session.state.households
            self._session.select("households", *homes.id[whistles_in(homes.x, homes.y, area)].tolist())
            self.canvas.set_tool("select")
            return
        cases = self._session.state.cases
        found = whistles_in(cases.x, cases.y, area) & self._session.shown_cases()
        self._session.select("cases", *(int(id) for id in cases.id[found]))
        self.canvas.set_tool("select")

    def _let_move(self) -> None:
        """Let the one selected whistle be carried to another place where whistles are dealt with, and the household where one plans."""
        table = {"cases": "cases", "plan": "households"}.get(self._session.workspace, "")
        chosen = self._session.selection.ids.get(table, ())
        self.canvas.movable_table = table
        self.canvas.movable = chosen[0] if len(chosen) == 1 else 0

    # ------------------------------------------------------------ where to look

    def _select(self, selection: Selection) -> None:
        """Show what was selected; where none of it is in view, move the map to it at the scale that it has.

        The same selection is told again after every change of the county: the map stays where it is then.
        """
        self.forget_preview()
        known, self._shown = self._shown, selection.ids
        self.canvas.set_selection(self._with_bodies(selection))
        self.duty.follow(self._session)
        self._let_move()
        if known == selection.ids:
            return
        found = self.extent_of(*self._session.selected)
        viewport = self.canvas.viewport
        seen = viewport.extent
        if found is not None and (found[0] > seen[2] or found[2] < seen[0] or found[1] > seen[3] or found[3] < seen[1]):
            self.canvas.set_viewport(replace(viewport, x=(found[0] + found[2]) / 2, y=(found[1] + found[3]) / 2))

    def _with_bodies(self, selection: Selection) -> Selection:
        """Return what the map marks: of workers their cells, of bodies what they govern, and their unfinished whistles."""
        bodies, session = selection.ids.get("bodies", ()), self._session
        if workers := selection.ids.get("workers", ()):
            cells = {cell: None for worker in workers for cell in session.state.workers[worker].cells}
            return Selection({**selection.ids, "units": tuple(cells)})
        if not bodies:
            return selection
        state, open_ = session.state, session.derived.display != DONE
        theirs = np.isin(state.cases.body, bodies) & open_ & session.shown_cases()
        units = tuple(state.bodies[body].unit for body in bodies if state.bodies[body].unit in state.units)
        return Selection({**selection.ids, "units": units, "cases": tuple(state.cases.id[theirs].tolist())})

    def extent_of(self, table: str, row_id: int) -> tuple[float, float, float, float] | None:
        """Return where a unit, household or whistle lies; None for what has no place."""
        state = self._session.state
        if table == "units":
            return self.canvas.unit_extent((row_id,))
        if table == "workers":
            worker = state.workers[row_id]
            return self.canvas.unit_extent(worker.cells) if worker.cells else (*worker.home, *worker.home) if worker.home else None
        if table in ("households", "cases"):
            columns = state.households if table == "households" else state.cases
            at = int(positions(columns.id, np.array([row_id]))[0])
            x, y = float(columns.x[at]), float(columns.y[at])
            return (x, y, x, y) if np.isfinite(x) and np.isfinite(y) else None
        return None

    def show_place(self, x: float, y: float) -> None:
        """Zoom to a point and its surroundings."""
        self.canvas.zoom_to((x - NEAR, y - NEAR, x + NEAR, y + NEAR))

    def preview(self, edit: BoundaryEdit) -> None:
        """Show what an edit would do, without doing it, until something else is selected."""
        self._previewed = True
        self.canvas.propose(edit)

    def forget_preview(self) -> bool:
        """Show no longer what an edit would do; tell whether that was shown."""
        shown, self._previewed = self._previewed, False
        if shown:
            self.canvas.propose(None)
        return shown

    def mark_in_view(self, x: float, y: float) -> None:
        """Mark a place; where it is not in view, move the map to it at the scale that it has."""
        west, south, east, north = self.canvas.viewport.extent
        if not (west <= x <= east and south <= y <= north):
            self.canvas.set_viewport(replace(self.canvas.viewport, x=x, y=y))
        self.mark(x, y)

    def show_refused(self, x: float, y: float) -> None:
        """Show the place that something is refused for, at the scale that the map has."""
        self.mark_in_view(x, y)

    def mark(self, x: float, y: float) -> None:
        """Mark a place, and say its coordinates, until the map is pressed."""
        self.place_mark.mark(x, y, tr("X {x}  Y {y}", x=f"{x:.3f}", y=f"{y:.3f}"))

    def show_row(self, table: str, row_id: int) -> None:
        """Zoom to a row: a unit as large as possible, a point with its surroundings; what has no place shows its cell or unit."""
        state = self._session.state
        if table in ("households", "cases"):
            columns = state.households if table == "households" else state.cases
            at = int(positions(columns.id, np.array([row_id]))[0])
            x, y, cell = float(columns.x[at]), float(columns.y[at]), int(columns.cell[at])
            if np.isfinite(x) and np.isfinite(y):
                self.show_place(x, y)
            elif cell:
                self.show_row("units", cell)
        elif table == "units":
            self.canvas.zoom_to_units((row_id,))
        elif table == "workers":
            worker = state.workers[row_id]
            if worker.cells:
                self.canvas.zoom_to_units(worker.cells)
            elif worker.home is not None:
                self.show_place(*worker.home)
        elif table == "bodies" and state.bodies[row_id].unit:
            self.show_row("units", state.bodies[row_id].unit)
