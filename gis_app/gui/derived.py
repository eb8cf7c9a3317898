"""What follows from one county state: figures, queues, finders. What an edit left as it was is taken over from the state before."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.display import display_states
from gis_app.cases.queue import Queue, queues
from gis_app.cases.routing import Router
from gis_app.county.limits import hours_of
from gis_app.county.responsible import locator_of, router_of
from gis_app.county.state import CountyState
from gis_app.county.worker_edits import Fairness, burdens_of, fairness, loads_of
from gis_app.grid.coverage import Coverage, areas, perimeters, polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.difference import difference
from gis_app.grid.load import Burden, CellLoads
from gis_app.grid.locate import Locator
from gis_app.grid.pinyin import initials
from gis_app.grid.units import Level
from gis_app.grid.workers import answering
from gis_app.gui.unit_figures import CellColumns, UnitFigures, cell_columns, figures_after, unit_figures
from gis_app.language import ZONE, msg
from gis_app.progress import Progress, Steps

OF_THE_CLOCK = ("display", "queues")
"""What is another a minute later."""

OF_THE_DAY = ("router", "answering", "burdens", "_fairness")
"""What is another the next day: who is absent, and who has begun or ended."""

OF_THE_ROUTER = ("units", "coverage", "workers", "bodies", "categories", "rules", "households", "settings")
"""The parts of a state that say who is responsible."""


OF_THE_LOADS = ("units", "cases", "households", "flag_sets", "settings")
"""The parts of a state that say how much work a cell is."""


def passing(before: datetime, now: datetime) -> tuple[str, ...]:
    """Return the names of what is another after time has passed from one instant to another."""
    if before == now:
        return ()
    same_day = before.astimezone(ZONE).date() == now.astimezone(ZONE).date()
    return OF_THE_CLOCK if same_day else (*OF_THE_CLOCK, *OF_THE_DAY)


class Derived:
    """What follows from one county state, each worked out when it is first asked for, or taken over from the state before."""

    def __init__(self, state: CountyState, before: "Derived | None" = None) -> None:
        self.state = state
        self.now: datetime = state.settings.now()
        self.mine = 0  # the body that this computer works for
        self.appealed: NDArray[np.int64] = np.empty(0, np.int64)  # cases whose return was ever appealed
        self.returned: Mapping[int, np.datetime64] = {}  # when cases were returned last
        if before is not None:
            self.mine, self.appealed, self.returned = before.mine, before.appealed, before.returned
            self._take_over(before)

    def at(
        self,
        now: datetime,
        mine: int | None = None,
        appealed: NDArray[np.int64] | None = None,
        returned: Mapping[int, np.datetime64] | None = None,
    ) -> "Derived":
        """Return the same at another instant, or for another body; what neither changes is kept, and nothing is worked out here."""
        moved = copy(self)
        moved.now = now
        moved.mine = self.mine if mine is None else mine
        moved.appealed = self.appealed if appealed is None else appealed
        moved.returned = self.returned if returned is None else returned
        for name in {*OF_THE_CLOCK, *passing(self.now, now)}:
            moved.__dict__.pop(name, None)
        return moved

    def _take_over(self, before: "Derived") -> None:
        """Take over what is known before and has not changed; nothing is made here that was not made before."""
        known, mine, state = before.__dict__, self.__dict__, self.state
        late = passing(before.now, self.now)
        if (
            "router" in known
            and "router" not in late
            and all(getattr(before.state, name) is getattr(state, name) for name in OF_THE_ROUTER)
        ):
            mine["router"] = known["router"]  # whistles come and go without touching it
        if "loads" in known and all(getattr(before.state, name) is getattr(state, name) for name in OF_THE_LOADS):
            mine["loads"] = known["loads"]
        changed = difference(before.state.coverage, state.coverage)
        if not changed.is_small(state.coverage):
            return
        if not changed:
            mine.update({name: known[name] for name in ("areas", "perimeters", "boxes") if name in known})
        else:
            new = {cell: shape for cell, shape in polygons(state.coverage, changed.cells).items() if shape}
            for name, measure in (("areas", shapely.area), ("perimeters", shapely.length)):
                if name in known:
                    kept = {cell: value for cell, value in known[name].items() if cell not in changed.lost_cells}
                    mine[name] = kept | {cell: float(measure(shape)) for cell, shape in new.items()}
            if "boxes" in known:
                touched = changed.cells | changed.lost_cells
                rows = known["boxes"][~np.isin(known["boxes"][:, 0], np.array(list(touched), np.float64))]
                mine["boxes"] = np.concatenate([rows, [(cell, *shape.bounds) for cell, shape in new.items()]]) if new else rows
        if "locator" in known:
            same = not changed and before.state.units is state.units
            ranks = {unit.id: rank for rank, unit in enumerate(state.units.at_level(Level.CELL))}  # a tie goes to the lowest code
            mine["locator"] = known["locator"] if same else known["locator"].updated(state.coverage, changed.cells, ranks)
        if "figures" in known and "areas" in mine and "perimeters" in mine:
            mine["columns"] = cell_columns(state, self.areas, self.perimeters)
            mine["figures"] = figures_after(state, self.columns, (before.state, before.columns, before.figures))

    @cached_property
    def areas(self) -> Mapping[int, float]:
        """The area of every cell, in square units of the county's coordinates."""
        return areas(self.state.coverage)

    @cached_property
    def perimeters(self) -> Mapping[int, float]:
        """The perimeter of every cell."""
        return perimeters(self.state.coverage)

    @cached_property
    def columns(self) -> CellColumns:
        """What every cell holds."""
        return cell_columns(self.state, self.areas, self.perimeters)

    @cached_property
    def figures(self) -> Mapping[int, UnitFigures]:
        """The figures of every unit."""
        return unit_figures(self.state, self.areas, self.perimeters)

    @cached_property
    def metres(self) -> float:
        """How long a unit of the county's coordinates is."""
        return metres_per_unit(self.state.settings.crs)

    @cached_property
    def loads(self) -> CellLoads:
        """How much work every cell is."""
        return loads_of(self.state)

    @cached_property
    def burdens(self) -> Mapping[int, Burden]:
        """The load of every worker against that of the branch."""
        return burdens_of(self.state, self.loads)

    @cached_property
    def answering(self) -> Mapping[int, int]:
        """The worker who answers for each cell today."""
        return answering(self.state.workers, self.state.settings.today())

    @cached_property
    def _fairness(self) -> dict[Level, dict[int, Fairness]]:
        return {}

    def fairness(self, level: Level) -> dict[int, Fairness]:
        """Return how fairly work is shared out in every village or township, by its id."""
        if level not in self._fairness:
            self._fairness[level] = {one.unit: one for one in fairness(self.state, level)}
        return self._fairness[level]

    @cached_property
    def display(self) -> NDArray[np.int8]:
        """The display state of every case: 0 overdue, 1 waiting, 2 in progress, 3 done."""
        return np.asarray(display_states(self.state.cases, self.now, hours_of(self.state)), np.int8)

    @cached_property
    def queues(self) -> Mapping[Queue, NDArray[np.bool_]]:
        """The queues of the county centre (what has to be looked at now) and their masks."""
        settings = self.state.settings
        return queues(
            self.state.cases,
            self.now,
            robot_call_minutes=settings.robot_call_minutes,
            hours=hours_of(self.state),
            soon_hours=settings.soon_hours,
            rate_days=settings.rate_days,
            mine=self.mine,
            appealed=self.appealed,
            returned=self.returned,
        )

    @cached_property
    def locator(self) -> Locator:
        """The finder of cells by place."""
        locator = locator_of(self.state.coverage, self.state.units)
        locator.index()
        return locator

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """(id, xmin, ymin, xmax, ymax) of every cell that has land."""
        return boxes(self.state.coverage)

    def follow(self) -> None:
        """Work out at once what every panel asks for (in the thread that made the change)."""
        for name in ("figures", "boxes", "display", "queues"):
            getattr(self, name)

    def prepare(self) -> Steps[None]:
        """Work out ahead what the first click would have to wait for."""
        for at, name in enumerate(("figures", "columns", "boxes", "locator", "router")):
            yield Progress(at / 5, msg("Preparing the county"))
            getattr(self, name)
        initials("网格")  # loads the dictionary of pinyin
        if len(self.state.coverage.cells):
            self.locator.border_distances(np.zeros((1, 2)))

    @cached_property
    def router(self) -> Router:
        """The finder of the responsible."""
        return router_of(self.state, self.locator)


def boxes(coverage: Coverage) -> NDArray[np.float64]:
    """Return (id, xmin, ymin, xmax, ymax) of every cell that has land, from its arcs."""
    arcs = [(cell, abs(arc)) for cell, parts in coverage.cells.items() for part in parts for ring in part for arc in ring]
    if not arcs:
        return np.empty((0, 5))
    numbers = list(coverage.arcs)
    lengths = np.array([len(coverage.arcs[number].points) for number in numbers])
    first = np.cumsum(lengths) - lengths
    points = np.concatenate([coverage.arcs[number].points for number in numbers])
    place = dict(zip(numbers, range(len(numbers)), strict=True))
    cells, of = np.array([cell for cell, _ in arcs], np.int64), np.array([place[arc] for _, arc in arcs], np.int64)
    begins = np.flatnonzero(np.diff(cells, prepend=-1))
    low, high = np.minimum.reduceat(points, first)[of], np.maximum.reduceat(points, first)[of]
    return np.column_stack([cells[begins], np.minimum.reduceat(low, begins), np.maximum.reduceat(high, begins)])
