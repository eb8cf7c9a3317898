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

    def serves(self, day: date) -> bool:
        """Tell whether a day lies between his first and his last day of work."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def works_on(self, day: date) -> bool:
        """Tell whether he serves on a day and is there."""
        return self.serves(day) and not self.is_absent(day)

    def is_absent(self, day: date) -> bool:
        """Tell whether he is away on a day; an absence with one end only lasts from or until that day."""
        if self.absent_from is None and self.absent_until is None:
            return False
        return (self.absent_from is None or self.absent_from <= day) and (self.absent_until is None or day <= self.absent_until)


def teams(workers: Mapping[int, Worker], day: date | None = None) -> dict[int, tuple[int, ...]]:
    """Return the workers of every cell that has any, the lowest id first; with a day, only those who serve then (absent ones too)."""
    found: dict[int, list[int]] = {}
    for worker in workers.values():
        if day is None or worker.serves(day):
            for cell in worker.cells:
                found.setdefault(cell, []).append(worker.id)
    return {cell: tuple(sorted(ids)) for cell, ids in found.items()}


def stand_in(workers: Mapping[int, Worker], worker: Worker, day: date) -> int:
    """Return who does the work of a worker on a day: himself, else the nearest of the chain of substitutes who is there; 0 for nobody."""
    seen: set[int] = set()
    one: Worker | None = worker
    while one is not None and one.id not in seen:
        if not one.serves(day):
            return 0
        if not one.is_absent(day):
            return one.id
        seen.add(one.id)
        one = workers.get(one.substitute)
    return 0


def answering(workers: Mapping[int, Worker], day: date) -> dict[int, int]:
    """Return cell → the worker who answers for it on a day; a cell that nobody answers for is left out.

    Of several workers of a cell the one with the lowest id who is there himself answers; where all are absent, the substitute of the first.
    """
    found: dict[int, int] = {}
    for cell, team in teams(workers, day).items():
        there = [id for id in team if not workers[id].is_absent(day)]
        who = there[0] if there else next((one for id in team if (one := stand_in(workers, workers[id], day))), 0)
        if who:
            found[cell] = who
    return found


def in_charge(workers: Mapping[int, Worker], cell: int, day: date) -> int:
    """Return the worker who answers for a cell on a day, 0 for nobody."""
    return answering(workers, day).get(cell, 0)


def vacancies(workers: Mapping[int, Worker], hierarchy: Hierarchy, day: date) -> list[Unit]:
    """Return the cells that nobody answers for on a day, in the order of their codes."""
    held = answering(workers, day)
    return [cell for cell in hierarchy.at_level(Level.CELL) if cell.id not in held]


def absences(workers: Mapping[int, Worker], day: date) -> list[tuple[Worker, Worker | None]]:
    """Return who is absent on a day and who stands in for him (None: nobody does), those without a substitute first, then by code."""
    away = [worker for worker in workers.values() if worker.serves(day) and worker.is_absent(day)]
    found = [(worker, workers.get(stand_in(workers, worker, day))) for worker in away]
    return sorted(found, key=lambda pair: (pair[1] is not None, pair[0].code, pair[0].id))


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
