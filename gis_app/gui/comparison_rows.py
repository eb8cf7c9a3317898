"""The cells in which two plans differ, as a table: households, land, worker and compactness before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis_app.county.comparison import CellComparison, CellSide, Comparison, Fate, workers_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import polygons
from gis_app.grid.privacy import mask_name
from gis_app.gui.rows import Column, Extent, HouseholdRows, Ids, Rows, sorted_ids
from gis_app.gui.session import Session
from gis_app.gui.words import ALL_TIP, unit_name
from gis_app.language import Message, format_code, format_number, msg, tr

FATES: Mapping[Fate, Message] = {
    Fate.SAME: msg("unchanged"),
    Fate.MOVED: msg("renamed or moved"),
    Fate.CHANGED: msg("redrawn"),
    Fate.NEW: msg("new"),
    Fate.CLOSED: msg("gone"),
}
"""What became of a cell, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two plans and what differs between them."""

    before: CountyState
    after: CountyState
    comparison: Comparison


class ComparisonRows(Rows):
    """The cells that are not the same in two plans."""

    table = "units"
    columns = (
        Column(msg("Name"), 190),
        Column(msg("Code"), 160),
        Column(msg("What became of it"), 120),
        Column(msg("Households"), 110, True, ALL_TIP),
        Column(msg("Area km²"), 120, True),
        Column(msg("Gained km²"), 80, True),
        Column(msg("Lost km²"), 80, True),
        Column(msg("Compactness"), 110, True),
        Column(msg("Grid worker"), 130),
    )
    first_order = (1, False)

    def __init__(self, session: Session, compared: Compared) -> None:
        super().__init__(session)
        self.compared = compared
        self._cells = {cell.id: cell for cell in compared.comparison.differing}

    def ids(self) -> Ids:  # noqa: D102
        return np.array(sorted(self._cells), np.int64)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        def number(read: Callable[[CellSide], float]) -> Callable[[CellComparison], float]:
            return lambda cell: read(cell.after) if cell.after is not None else -1.0

        keys: tuple[Callable[[CellComparison], str | float], ...] = (
            lambda cell: unit_name(_side(cell).unit),
            lambda cell: _side(cell).unit.code,
            lambda cell: str(FATES[cell.fate]),
            number(lambda side: side.households),
            number(lambda side: side.area),
            lambda cell: cell.gained,
            lambda cell: cell.lost,
            number(lambda side: side.compactness),
            lambda cell: self._worker(cell.after, self.compared.after),
        )
        ids = self.ids()
        return sorted_ids(ids, [keys[column](self._cells[int(i)]) for i in ids], descending)

    def matching(self, words: str) -> Ids:  # noqa: D102
        wanted = words.casefold()
        found = [i for i, cell in self._cells.items() if any(wanted in text.casefold() for text in self._written(cell))]
        return np.array(sorted(found), np.int64)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [self._written(self._cells[int(i)]) for i in ids]

    def _written(self, cell: CellComparison) -> tuple[str, ...]:
        unit = _side(cell).unit

        def both(write: Callable[[CellSide], str]) -> str:
            return _change(*("–" if side is None else write(side) for side in (cell.before, cell.after)))

        return (
            both(lambda side: unit_name(side.unit)) if cell.before and cell.after else unit_name(unit),
            both(lambda side: format_code(side.unit.code)) if cell.before and cell.after else format_code(unit.code),
            str(FATES[cell.fate]),
            both(lambda side: format_number(side.households)),
            both(lambda side: format_number(side.area / 1e6, 2)),
            format_number(cell.gained / 1e6, 2),
            format_number(cell.lost / 1e6, 2),
            both(lambda side: format_number(side.compactness, 2)),
            _change(self._worker(cell.before, self.compared.before), self._worker(cell.after, self.compared.after)),
        )

    def _worker(self, side: CellSide | None, state: CountyState) -> str:
        if side is None:
            return "–"
        return workers_text(state, side.workers)

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        west, south, east, north = extent
        seen = []
        for cell in self._cells.values():
            state = self.compared.after if cell.after is not None else self.compared.before
            if cell.id in state.coverage.cells:
                left, low, right, high = polygons(state.coverage, [cell.id])[cell.id].bounds
                if left <= east and right >= west and low <= north and high >= south:
                    seen.append(cell.id)
        return np.array(sorted(seen), np.int64)

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        return np.array(sorted(set(cells.tolist()) & self._cells.keys()), np.int64)


class ResidentRows(HouseholdRows):
    """The households whose cell has another worker in the later plan: which cell and worker they had, and which they get."""

    columns = (
        Column(msg("Household"), 100),
        Column(msg("Address"), 240),
        Column(msg("Phone"), 130),
        Column(msg("People"), 70, True),
        Column(msg("Cell"), 260),
        Column(msg("Grid worker"), 180),
    )
    first_order = (4, False)

    def __init__(self, session: Session, compared: Compared) -> None:
        super().__init__(session)
        self.compared = compared
        self._teams = [(state, workers_of(state)) for state in (compared.before, compared.after)]

    def ids(self) -> Ids:  # noqa: D102
        known = self.session.state.households.id
        return np.intersect1d(self.compared.comparison.other_worker, known)

    def order(self, column: int, descending: bool) -> Ids:  # noqa: D102
        if column in (4, 5):
            ids = self.ids()
            return sorted_ids(ids, [self._moves(int(i))[column - 4] for i in ids], descending)
        return super().order(column, descending)

    def page(self, ids: Ids) -> list[tuple[str, ...]]:  # noqa: D102
        return [(*row[:4], *self._moves(int(i))) for i, row in zip(ids, super().page(ids), strict=True)]

    def _moves(self, household: int) -> tuple[str, str]:
        """Return the cell and the workers of a household, before and after."""
        cells, workers = [], []
        for state, teams in self._teams:
            cell = int(state.households.cell[np.searchsorted(state.households.id, household)])
            cells.append(unit_name(state.units.get(cell)))
            workers.append(workers_text(state, teams.get(cell, ())))
        return _change(cells[0], cells[1]), _change(workers[0], workers[1])

    def within(self, extent: Extent) -> Ids:  # noqa: D102
        return np.intersect1d(super().within(extent), self.ids())

    def in_cells(self, cells: Ids) -> Ids:  # noqa: D102
        return np.intersect1d(super().in_cells(cells), self.ids())


def workers_text(state: CountyState, workers: Sequence[int]) -> str:
    """Write the names of the workers of a cell, masked."""
    return "、".join(mask_name(state.workers[worker].name) for worker in workers) or tr("(vacant)")


def extent_of(compared: Compared, cell: int) -> Extent | None:
    """Return where a cell is that one of two plans has: in the later one, else in the earlier one."""
    for state in (compared.after, compared.before):
        if cell in state.coverage.cells:
            west, south, east, north = polygons(state.coverage, [cell])[cell].bounds
            return west, south, east, north
    return None


def _change(before: str, after: str) -> str:
    """Write what was and what is, once where it is the same."""
    return before if before == after else f"{before} → {after}"


def _side(cell: CellComparison) -> CellSide:
    """Return the later side of a cell that there is."""
    found = cell.after or cell.before
    assert found is not None
    return found
