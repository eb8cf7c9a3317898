"""A small county on a map without a window: nine square cells of 100 m, and a hand that sends events at county coordinates."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import shapely

from gis_app.county.boundary_edits import BoundaryEdit
from gis_app.county.changes import Refusal
from gis_app.county.state import CountyState, Settings
from gis_app.grid.coverage import build_coverage, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.households import Households
from gis_app.grid.locate import Locator
from gis_app.grid.plans import Plan, PlanStatus
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.language import Message
from gis_app.map.snapping import References, Snap, Snapper
from gis_app.map.tools.events import Button, EventKind, MapEvent, MapView, Place, Sketch, Tool
from gis_app.map.viewport import Viewport
from tests.map.synthetic import synthetic_state

EAST, NORTH = 500_000.0, 5_300_000.0
SIDE = 100.0
CELLS = tuple(range(11, 20))
"""11 12 13 in the south, 14 15 16 in the middle, 17 18 19 in the north, each row from west to east."""

TEMPLATE = Unit(11, Level.CELL, UnitKind.RURAL_CELL, "230225101201011", "永安村第11网格", 2)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def small_state() -> CountyState:
    """Return the county: one township, one village, nine cells, and a household in the middle of each quarter of every cell."""
    shapes = [box(c * SIDE, r * SIDE, (c + 1) * SIDE, (r + 1) * SIDE) for r in range(3) for c in range(3)]
    units = [
        Unit(1, Level.TOWNSHIP, UnitKind.TOWN, "230225101", "东风镇"),
        Unit(2, Level.VILLAGE, UnitKind.VILLAGE, "230225101201", "永安村", 1),
        *(Unit(cell, Level.CELL, UnitKind.RURAL_CELL, f"230225101201{cell:03}", f"永安村第{cell}网格", 2) for cell in CELLS),
    ]
    quarters = (np.arange(6) + 0.5) * SIDE / 2
    x, y = (axis.ravel() for axis in np.meshgrid(EAST + quarters, NORTH + quarters))
    count = len(x)
    column, row = ((x - EAST) // SIDE).astype(np.int64), ((y - NORTH) // SIDE).astype(np.int64)
    homes = Households(
        np.arange(1, count + 1), x, y, np.full(count, 3), 11 + column + 3 * row, np.zeros(count, np.bool_), np.zeros(count, np.int64),
        np.zeros(count), np.ones(count, np.bool_), np.zeros(count, np.int64),
    )  # fmt: skip
    plan = Plan(1, "草案", PlanStatus.DRAFT)
    settings = Settings(name="甘南县", code="230225", rural_floor=1)
    elsewhere = synthetic_state(cells=9, villages=1, townships=1, households=9, cases=8).cases
    coverage = build_coverage(CELLS, shapes)
    return CountyState(settings, Hierarchy(units), coverage, homes, {}, {}, {}, {}, elsewhere, {}, plan=1, plans={1: plan})


class Board:
    """A map view that performs edits on its own state at once, and notes what tools ask for."""

    def __init__(self, references: tuple[shapely.Geometry, ...] = ()) -> None:
        self.state = small_state()
        self.snapper: Snapper | None = Snapper(self.state.coverage, References.of(references) if references else None)
        self.viewport = Viewport(EAST + 150, NORTH + 150, 0.5, 800, 800)
        self.selected_cells: tuple[int, ...] = ()
        self.clicks: list[MapEvent] = []
        self.double_clicks: list[MapEvent] = []
        self.boxes: list[object] = []
        self.sketch: Sketch | None = None
        self.snap: Snap | None = None
        self.proposal: BoundaryEdit | None = None
        self.committed: list[BoundaryEdit] = []
        self.refused: list[Refusal] = []
        self.said: Message | None = None
        self.keys = ""
        self.left = 0
        self.gripping = False
        self.drops: list[Place] = []
        self.areas: list[tuple[Place, ...]] = []

    def set_viewport(self, viewport: Viewport) -> None:
        self.viewport = viewport

    def click(self, event: MapEvent) -> None:
        self.clicks.append(event)

    def double_click(self, event: MapEvent) -> None:
        self.double_clicks.append(event)

    def grips(self, event: MapEvent) -> bool:
        return self.gripping

    def drop(self, place: Place) -> None:
        self.drops.append(place)

    def pick(self, area: tuple[Place, ...]) -> None:
        self.areas.append(area)

    def show_box(self, box: tuple[float, float, float, float] | None) -> None:
        self.boxes.append(box)

    def cell_at(self, x: float, y: float) -> int:
        rank = {cell: self.state.units[cell].code for cell in self.state.coverage.cells}
        return Locator(self.state.coverage, rank).cell_at(*self.viewport.to_map(x, y))

    def show_sketch(self, sketch: Sketch | None) -> None:
        self.sketch = sketch

    def show_snap(self, snap: Snap | None) -> None:
        self.snap = snap

    def propose(self, edit: BoundaryEdit | None) -> None:
        self.proposal = edit

    def commit(self, edit: BoundaryEdit) -> bool:
        self.proposal = None
        tried = edit.attempt(self.state)
        if isinstance(tried, Refusal):
            self.refused.append(tried)
            return False
        added = [replace(TEMPLATE, id=cell, code=f"230225101201{cell:03}") for cell in sorted(tried.cells) if cell not in self.state.units]
        gone = tried.removed
        units = Hierarchy([*(unit for unit in self.state.units.values() if unit.id not in gone), *added])
        self.state = replace(self.state, coverage=tried.coverage, units=units)
        self.snapper = self.snapper.updated(tried.coverage) if self.snapper is not None else None
        self.committed.append(edit)
        return True

    def say(self, message: Message | None, at: Place | None = None) -> None:
        self.said = message

    def take_keys(self, keys: str) -> None:
        self.keys = keys

    def leave(self) -> None:
        self.left += 1

    # what a test asks

    def shape(self, cell: int) -> shapely.MultiPolygon:
        """Return a cell's land, counted from the county's south-western corner."""
        return shapely.transform(polygons(self.state.coverage, [cell])[cell], lambda xy: xy - (EAST, NORTH))

    def tried(self) -> Edited:
        """Return what the proposal would do."""
        assert self.proposal is not None
        tried = self.proposal.attempt(self.state)
        assert isinstance(tried, Edited), tried
        return tried

    def verbs(self) -> list[str]:
        return [edit.verb for edit in self.committed]

    def sound(self) -> None:
        """Assert that the county is whole: nothing lost, nothing doubled."""
        shapes = list(polygons(self.state.coverage).values())
        assert shapely.coverage_is_valid(shapes, gap_width=0.0)
        assert sum(shape.area for shape in shapes) == pytest.approx(shapely.union_all(shapes).area, rel=1e-9)


class Hand:
    """Sends events to a tool at places counted from the county's south-western corner, in metres."""

    def __init__(self, board: Board, tool: Callable[[MapView], Tool]) -> None:
        self.board = board
        self._tool = tool(board)
        self.at = (0.0, 0.0)
        next(self._tool)

    def send(self, kind: EventKind, button: Button = Button.NONE, text: str = "", **held: bool) -> None:
        x, y = self.board.viewport.to_screen(EAST + self.at[0], NORTH + self.at[1])
        self._tool.send(MapEvent(kind, x, y, button, held.get("shift", False), held.get("control", False), held.get("alt", False), text))

    def move(self, x: float, y: float, **held: bool) -> None:
        self.at = (x, y)
        self.send(EventKind.MOVE, **held)

    def press(self, x: float, y: float, **held: bool) -> None:
        self.at = (x, y)
        self.send(EventKind.PRESS, Button.LEFT, **held)

    def release(self, **held: bool) -> None:
        self.send(EventKind.RELEASE, Button.LEFT, **held)

    def click(self, *places: Place, **held: bool) -> None:
        for x, y in places:
            self.move(x, y, **held)
            self.press(x, y, **held)
            self.release(**held)

    def double_click(self, x: float, y: float) -> None:
        """Click twice, as a mouse tells it: the second press comes as a double click."""
        self.click((x, y))
        self.send(EventKind.DOUBLE_CLICK, Button.LEFT)
        self.release()

    def right_click(self) -> None:
        self.send(EventKind.PRESS, Button.RIGHT)
        self.send(EventKind.RELEASE, Button.RIGHT)

    def drag(self, *places: Place, **held: bool) -> None:
        self.press(*places[0], **held)
        for x, y in places[1:]:
            self.move(x, y, **held)
        self.release(**held)

    def key(self, *texts: str) -> None:
        for text in texts:
            assert text in self.board.keys, f"the tool does not want {text!r}"
            self.send(EventKind.KEY, text=text)

    def escape(self) -> None:
        self.send(EventKind.ESCAPE)

    def put_down(self) -> None:
        self._tool.close()
