"""Grid workers and the cells that they look after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gis_app.grid.units import Hierarchy, Level, Unit


@dataclass(frozen=True, slots=True)
class Worker:
    """One grid worker: belongs to a village, answers to its branch, looks after one cell in the ideal (`cell` 0: none).

    `home` is where he lives, in the county's coordinates, where that is known. `skills` are words separated by commas (languages too).
    `capacity` is the load that he can bear at most, in households (0: what the settings say). `since` and `until` are his first and last
    day of work, `absent_from` and `absent_until` of an absence, in which the worker `substitute` stands in. `more_cells` are further cells
    that he looks after.
    """

    id: int
    code: str
    name: str
    phone: str = ""
    village: int = 0
    cell: int = 0
    home: tuple[float, float] | None = None
    skills: str = ""
    capacity: int = 0
    since: date | None = None
    until: date | None = None
    substitute: int = 0
    absent_from: date | None = None
    absent_until: date | None = None
    notes: str = ""
    more_cells: tuple[int, ...] = ()

    @property
    def cells(self) -> tuple[int, ...]:
        """Return all cells that he looks after, the first of them being `cell`."""
        return (*((self.cell,) if self.cell else ()), *self.more_cells)

    def works_on(self, day: date) -> bool:
        """Tell whether he is employed and not absent on a day."""
        employed = (self.since is None or self.since <= day) and (self.until is None or day <= self.until)
        return employed and not self.is_absent_on(day)

    def is_absent_on(self, day: date) -> bool:
        """Tell whether he is absent on a day; an absence without a last day goes on."""
        return self.absent_from is not None and self.absent_from <= day and (self.absent_until is None or day <= self.absent_until)


def held(workers: Mapping[int, Worker]) -> dict[int, tuple[int, ...]]:
    """Return the workers (ids, the lowest first) of every cell that any worker has, whether or not he works today."""
    found: dict[int, list[int]] = {}
    for worker in workers.values():
        for cell in worker.cells:
            found.setdefault(cell, []).append(worker.id)
    return {cell: tuple(sorted(ids)) for cell, ids in found.items()}


def in_charge(workers: Mapping[int, Worker], day: date) -> dict[int, int]:
    """Return who answers for each cell on a day: its worker, or who stands in for him while he is absent; cells of nobody are left out.

    A substitute who is absent himself is stood in for by his own substitute, and so on.
    """
    found: dict[int, int] = {}
    for cell, ids in held(workers).items():
        for id in ids:
            worker = _standing_in(workers, id, day)
            if worker:
                found[cell] = worker
                break
    return found


def _standing_in(workers: Mapping[int, Worker], id: int, day: date) -> int:
    asked: set[int] = set()
    while id in workers and id not in asked:
        asked.add(id)
        worker = workers[id]
        if worker.works_on(day):
            return id
        if not worker.is_absent_on(day):
            return 0
        id = worker.substitute
    return 0


def assign_workers(workers: Mapping[int, Worker], hierarchy: Hierarchy) -> dict[int, int]:
    """Return the cell of every worker (0: he stays free): one worker a cell, inside his village.

    A worker keeps his cell where it exists and lies in his village (of two in one cell the lower code keeps it, and any code before
    none). The vacant cells of a village then go, in the order of their codes, to its free workers in the order of theirs.
    """
    assigned = dict.fromkeys(workers, 0)
    taken: set[int] = {cell for worker in workers.values() for cell in worker.more_cells}
    in_order = sorted(workers.values(), key=lambda worker: (not worker.code, worker.code, worker.id))
    for worker in in_order:
        if worker.cell not in taken and _may_keep(worker, hierarchy):
            assigned[worker.id] = worker.cell
            taken.add(worker.cell)
    vacant: dict[int, list[int]] = {}
    for cell in reversed(hierarchy.at_level(Level.CELL)):
        if cell.id not in taken:
            vacant.setdefault(cell.parent, []).append(cell.id)
    for worker in in_order:
        if assigned[worker.id] == 0 and vacant.get(worker.village):
            assigned[worker.id] = vacant[worker.village].pop()
    return assigned


def _may_keep(worker: Worker, hierarchy: Hierarchy) -> bool:
    cell = hierarchy.get(worker.cell)
    return cell is not None and cell.level == Level.CELL and worker.village in (0, cell.parent)


def vacant_cells(assigned: Mapping[int, int], hierarchy: Hierarchy) -> list[Unit]:
    """Return the cells that no worker looks after, in the order of their codes."""
    taken = set(assigned.values())
    return [cell for cell in hierarchy.at_level(Level.CELL) if cell.id not in taken]


def free_workers(assigned: Mapping[int, int], workers: Mapping[int, Worker]) -> list[Worker]:
    """Return the workers without a cell, in the order of their codes."""
    return sorted((worker for worker in workers.values() if not assigned.get(worker.id)), key=lambda worker: (worker.code, worker.id))
