"""What an edit of the coverage means for the cells that it touches: figures before and after, fast enough to show while dragging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely

from gis_app.county.following import Following, Ints, decided, follow, located, open_rows, rows_in, touched_rows
from gis_app.county.numbering import shown_units
from gis_app.county.state import CountyState
from gis_app.grid.coverage import polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.edits.edited import Edited
from gis_app.grid.figures import floors, tally
from gis_app.grid.units import Hierarchy, Unit


@dataclass(frozen=True, slots=True)
class CellFigures:
    """What one cell has: resident households (pinned ones too), people in all its households, the floor of its kind, area in m²,
    Polsby-Popper compactness (1 for a circle), open whistles, workers, the maximum of its kind (0: none was chosen)."""

    households: int
    members: int
    floor: int
    area: float
    compactness: float
    whistles: int
    workers: int
    most: int = 0

    @property
    def above_maximum(self) -> bool:
        """Tell whether the cell has more households than the county allows one of its kind."""
        return 0 < self.most < self.households

    @property
    def below_floor(self) -> bool:
        """Tell whether the cell has fewer households than a cell of its kind should have."""
        return self.households < self.floor


@dataclass(frozen=True, slots=True)
class CellConsequence:
    """One touched cell: its figures before the edit (None for a new cell) and after it (None for one that is gone)."""

    cell: int
    code: str
    name: str
    before: CellFigures | None
    after: CellFigures | None


@lru_cache(maxsize=1)  # the title and the report of an edit ask for the same
def consequences(state: CountyState, edited: Edited) -> tuple[CellConsequence, ...]:
    """Return the figures of every touched cell before and after an edit, in the order of their codes, removed cells last.

    Unpinned households and open whistles are counted where they lie, pinned households and workers where the default of
    `Following` puts them. Cells whose figures stay as they are (they got a vertex where a border ends) are left out.
    """
    return Consequences(state).of(edited)


class Consequences:
    """`consequences` for one state, asked again and again while a tool drags: what the state alone decides is looked up once."""

    def __init__(self, state: CountyState) -> None:
        self.state = state
        self._key: object = None
        self._rows: tuple[Ints, Ints] = (np.empty(0, np.int64), np.empty(0, np.int64))
        self._before: dict[int, CellFigures] = {}

    def of(self, edited: Edited) -> tuple[CellConsequence, ...]:
        """Return the consequences of one edit of the state's coverage."""
        state = self.state
        old = sorted(cell for cell in edited.cells | edited.removed if cell in state.coverage.cells)
        key = (tuple(old), any(piece.origin == 0 for piece in edited.pieces))
        if key != self._key:
            self._key, self._rows, self._before = key, touched_rows(state, edited), _figures_before(state, old)
        made = shown_units(state, edited)
        after = _figures_after(state, edited, made, self._rows)
        units = {cell: made.get(cell) or state.units.get(cell) for cell in (*after, *old)}
        shown = []
        for cell in sorted(units, key=lambda cell: (cell in edited.removed, _code(units[cell]), cell)):
            one, other, unit = self._before.get(cell), after.get(cell), units[cell]
            if one is None or other is None or not _same(one, other):
                shown.append(CellConsequence(cell, _code(unit), unit.name if unit else "", one, other))
        return tuple(shown)


def _code(unit: Unit | None) -> str:
    return unit.code if unit else ""


def _same(one: CellFigures, other: CellFigures) -> bool:
    """Tell whether two figures of a cell differ by less than a vertex on a border can make."""
    counts = (one.households, one.members, one.whistles, one.workers) == (other.households, other.members, other.whistles, other.workers)
    return counts and abs(one.area - other.area) < 0.5 and abs(one.compactness - other.compactness) < 1e-4


def _figures_before(state: CountyState, cells: Sequence[int]) -> dict[int, CellFigures]:
    homes = rows_in(state.households.cell, cells)
    cases = open_rows(state.cases, rows_in(state.cases.cell, cells))
    workers = np.array([cell for worker in state.workers.values() for cell in worker.cells], np.int64)
    shapes = list(polygons(state.coverage, cells).values())
    return _figures(state, cells, shapes, state.units, homes, state.households.cell[homes], state.cases.cell[cases], workers)


def _figures_after(state: CountyState, edited: Edited, made: Mapping[int, Unit], rows: tuple[Ints, Ints]) -> dict[int, CellFigures]:
    cells = sorted(edited.cells)
    rule = follow(state, edited, made, Following())
    where = located(state, edited, made, rule.pinned, rows)
    homes = state.households
    pinned = rows_in(homes.cell, (*cells, *edited.removed))
    pinned = pinned[homes.pinned[pinned]]
    kept = np.array([rule.pinned.get(int(homes.id[row]), int(homes.cell[row])) for row in pinned], np.int64)
    ruled = open_rows(state.cases, rows_in(state.cases.cell, (*cells, *edited.removed)))
    ruled = ruled[decided(state, ruled)]
    whistles = [rule.cases.get(int(state.cases.id[row]), int(state.cases.cell[row])) for row in ruled]
    case_cells = np.concatenate([where.case_cells, np.array(whistles, np.int64)])
    touched, moved = {*cells, *edited.removed}, rule.workers
    found = [worker for worker in state.workers.values() if worker.id in moved or not touched.isdisjoint(worker.cells)]
    workers = np.array([cell for worker in found for cell in rule.cells_of(worker)], np.int64)
    units = Hierarchy([*(state.units[cell] for cell in cells if cell in state.units), *made.values()])
    shapes = list(polygons(edited.coverage, cells).values())
    all_homes = np.concatenate([where.households, pinned])
    return _figures(state, cells, shapes, units, all_homes, np.concatenate([where.household_cells, kept]), case_cells, workers)


def _figures(
    state: CountyState,
    cells: Sequence[int],
    shapes: Sequence[shapely.Geometry],
    units: Hierarchy,
    homes: Ints,
    home_cells: Ints,
    case_cells: Ints,
    worker_cells: Ints,
) -> dict[int, CellFigures]:
    """Count what `cells` have: `homes` are rows of households, `home_cells` their cells, and so on."""
    metres = metres_per_unit(state.settings.crs)
    area, length = shapely.area(shapes), shapely.length(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        compact = 4 * np.pi * area / length**2
    columns = (
        tally(cells, home_cells[state.households.resident[homes]]),
        tally(cells, home_cells, state.households.members[homes]),
        floors(cells, units, state.settings.rural_floor, state.settings.community_floor),
        area * metres**2,
        compact,
        tally(cells, case_cells),
        tally(cells, worker_cells),
        floors(cells, units, state.settings.rural_maximum, state.settings.community_maximum),
    )
    lists = (column.tolist() for column in columns)
    return {cell: CellFigures(*values) for cell, *values in zip(cells, *lists, strict=True)}
