"""The list of problems of a county's division, kept current: what an edit touched is checked at once, everything when there is time.

`checking` looks at the whole county in small steps; `rechecked` takes what is known and looks again only at the cells that changed, and at
what is quickly counted (workers, households without a cell). Every problem says what it is about, where, and how it can be put right.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.following import rows_in
from gis_app.county.retired_codes import retired_codes
from gis_app.county.state import CountyState, Settings
from gis_app.grid import shape_checks
from gis_app.grid.checks import check_county, check_units
from gis_app.grid.coverage import polygons
from gis_app.grid.datum import metres_per_unit
from gis_app.grid.difference import difference
from gis_app.grid.households import Unassigned
from gis_app.grid.issues import Issue, IssueKind
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.grid.workers import teams
from gis_app.language import Message, format_code, msg
from gis_app.progress import Progress, Steps, part

Ints = NDArray[np.int64]


class ProblemKind(StrEnum):
    """The kinds of problems: those of `grid.checks` under their own names, and what makes a division bad although it is sound."""

    INVALID_RING = "invalid_ring"
    DUPLICATE = "duplicate"
    OVERLAP = "overlap"
    GAP = "gap"
    MISSING_VERTEX = "missing_vertex"
    SLIVER = "sliver"
    UNIT_WITHOUT_PARENT = "unit_without_parent"
    VILLAGE_OUTSIDE_TOWNSHIP = "village_outside_township"
    CODE_WRONG = "code_wrong"
    CODE_REPEATED = "code_repeated"
    EMPTY_CELL = "empty_cell"
    HOUSEHOLD_NOT_ASSIGNED = "household_not_assigned"
    HOUSEHOLD_OUTSIDE = "household_outside"
    HOUSEHOLD_WITHOUT_PLACE = "household_without_place"
    BELOW_FLOOR = "below_floor"
    ABOVE_MAXIMUM = "above_maximum"
    CELL_WITHOUT_WORKER = "cell_without_worker"
    WORKER_WITHOUT_CELL = "worker_without_cell"
    CUTS_BUILDING = "cuts_building"
    NOT_CONTIGUOUS = "not_contiguous"
    NARROW_NECK = "narrow_neck"
    NOT_COMPACT = "not_compact"
    FAR_HOUSEHOLD = "far_household"


class Severity(IntEnum):
    """An error makes the division wrong, a warning breaks a rule of the county, a hint deserves a look."""

    ERROR = 0
    WARNING = 1
    HINT = 2


_K = ProblemKind
SEVERITIES: Mapping[ProblemKind, Severity] = {
    **dict.fromkeys((_K.INVALID_RING, _K.DUPLICATE, _K.OVERLAP, _K.GAP, _K.MISSING_VERTEX, _K.SLIVER), Severity.ERROR),
    **dict.fromkeys((_K.UNIT_WITHOUT_PARENT, _K.VILLAGE_OUTSIDE_TOWNSHIP, _K.CODE_WRONG, _K.CODE_REPEATED), Severity.ERROR),
    **dict.fromkeys((_K.HOUSEHOLD_NOT_ASSIGNED, _K.HOUSEHOLD_OUTSIDE, _K.HOUSEHOLD_WITHOUT_PLACE), Severity.WARNING),
    **dict.fromkeys((_K.BELOW_FLOOR, _K.ABOVE_MAXIMUM, _K.CELL_WITHOUT_WORKER, _K.CUTS_BUILDING, _K.EMPTY_CELL), Severity.WARNING),
    **dict.fromkeys((_K.WORKER_WITHOUT_CELL, _K.NOT_CONTIGUOUS, _K.NARROW_NECK, _K.NOT_COMPACT, _K.FAR_HOUSEHOLD), Severity.HINT),
}


class Repair(StrEnum):
    """What one click can do about a problem (`problem_edits.repair_of` makes the edit)."""

    NONE = ""
    COVERAGE = "coverage"  # close gaps, part overlaps, mend outlines
    HOUSEHOLDS = "households"  # put every household into the cell that it lies in
    WORKERS = "workers"  # give cells without a worker a free one of their village
    CODE = "code"  # give the unit the next free code
    GIVE_PART = "give_part"  # give the smaller parts of the cell to the cells around them
    MERGE = "merge"  # merge the cell into the neighbour of its village with the longest common border


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem: rows of `table` that it is about, the place on the map if there is one, the words, and what can be done at once.

    `key` stays the same as long as the problem does: who ignores it, ignores the key.
    """

    kind: ProblemKind
    table: str
    ids: tuple[int, ...]
    at: tuple[float, float] | None
    text: Message
    key: str
    repair: Repair = Repair.NONE

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SEVERITIES[self.kind]


@dataclass(frozen=True, slots=True, eq=False)
class Problems:
    """What is known: by cell, what is counted anew at every change, and (`whole`) what the check of the whole county found.

    `complete` tells whether the whole county has been looked at.
    """

    cells: Mapping[int, tuple[Problem, ...]] = field(default_factory=dict)
    counted: tuple[Problem, ...] = ()
    whole: tuple[Problem, ...] = ()
    complete: bool = False

    def all(self) -> tuple[Problem, ...]:
        """Return all problems, the worst kinds first, each once."""
        order = {kind: number for number, kind in enumerate(ProblemKind)}
        found = {problem.key: problem for problem in (*self.whole, *self.counted, *(p for cell in self.cells.values() for p in cell))}
        return tuple(sorted(found.values(), key=lambda problem: (problem.severity, order[problem.kind], problem.key)))


def checking(state: CountyState, buildings: "shape_checks.Buildings | None" = None) -> Steps[Problems]:
    """Check everything about a county's division, in small steps."""
    settings, metres = state.settings, metres_per_unit(state.settings.crs)
    issues = yield from part(
        check_county(state.units, state.coverage, state.households, settings.code_scheme, settings.code, metres=metres), 0.0, 0.6
    )
    whole = tuple(_of_issue(state, issue) for issue in issues if issue.kind not in _COUNTED)
    cells = [unit.id for unit in state.units.at_level(Level.CELL) if unit.id in state.coverage.cells]
    found: dict[int, tuple[Problem, ...]] = {}
    for at, group in enumerate(_groups(cells, 50)):
        yield Progress(0.6 + 0.4 * at * 50 / max(len(cells), 1), msg("Checking the cells"))
        found |= _cell_problems(state, group, buildings)
    return Problems(found, _counted(state), whole, True)


def rechecked(known: Problems, state: CountyState, cells: Collection[int], buildings: "shape_checks.Buildings | None" = None) -> Problems:
    """Return the problems after a change that touched `cells` (removed ones too); milliseconds for a few cells.

    What the check of the whole county found about these cells is dropped: an edit leaves what it touched sound.
    """
    touched = set(cells)
    there = [cell for cell in touched if cell in state.coverage.cells and cell in state.units]
    found = {cell: problems for cell, problems in known.cells.items() if cell not in touched}
    found |= _cell_problems(state, there, buildings)
    kept = tuple(p for p in known.whole if p.table != "units" or not touched & set(p.ids))
    return Problems(found, _counted(state), kept, known.complete)


def touched(before: CountyState, after: CountyState) -> frozenset[int] | None:
    """Return the cells of which another state may say something else (removed ones too); None: look at all of them anew.

    Found by comparing, like everything that follows an edit: borders, names and codes, households, workers.
    """
    if before.settings != after.settings or len(before.households) != len(after.households):
        return None
    changed = difference(before.coverage, after.coverage)
    if not changed.is_small(after.coverage):
        return None
    cells = set(changed.cells | changed.lost_cells)
    if before.units is not after.units:
        numbers = before.units.keys() | after.units.keys()
        cells |= {n for n in numbers if (one := before.units.get(n)) is not (other := after.units.get(n)) and one != other}
    if before.households is not after.households:
        was, now = before.households, after.households
        if not np.array_equal(was.id, now.id):
            return None
        moved = (was.cell != now.cell) | (was.pinned != now.pinned)
        moved |= np.isfinite(was.x) & np.isfinite(now.x) & ((was.x != now.x) | (was.y != now.y))
        moved |= np.isfinite(was.x) != np.isfinite(now.x)
        cells.update(np.union1d(was.cell[moved], now.cell[moved]).tolist())
    if before.workers is not after.workers:
        cells |= _of_workers(before, after)
    return frozenset(cells - {0})


def _of_workers(before: CountyState, after: CountyState) -> set[int]:
    """Return the cells of the workers that changed; of their villages also those that nobody looks after: a free one may be there now."""
    one, other = before.workers, after.workers
    others = [number for number in one.keys() | other.keys() if one.get(number) != other.get(number)]
    changed = [worker for number in others for worker in (one.get(number), other.get(number)) if worker is not None]
    villages, held = {worker.village for worker in changed}, teams(other, after.settings.today())
    vacant = {cell.id for cell in after.units.at_level(Level.CELL) if cell.parent in villages and cell.id not in held}
    return {cell for worker in changed for cell in worker.cells} | vacant


def quickly(state: CountyState) -> Problems:
    """Return what a glance at the columns tells, before anything was checked: floors, workers, households without a cell."""
    counts = _counts(state)
    cells: dict[int, tuple[Problem, ...]] = {}
    looked_after = teams(state.workers, state.settings.today())
    for unit in state.units.at_level(Level.CELL):
        found = tuple(_load_problems(state, unit, counts.get(unit.id, (0, 0)), unit.id in looked_after))
        if found:
            cells[unit.id] = found
    return Problems(cells, _counted(state))


def _groups(cells: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (cells[start : start + size] for start in range(0, len(cells), size))


def _counts(state: CountyState) -> dict[int, tuple[int, int]]:
    """Return by cell how many households it has, and how many of them are resident."""
    cells, place = np.unique(state.households.cell, return_inverse=True)
    counts, residents = (np.bincount(place[chosen], minlength=len(cells)).tolist() for chosen in (slice(None), state.households.resident))
    return dict(zip(cells.tolist(), zip(counts, residents, strict=True), strict=True))


# What an issue of the grid's checks is here

_COUNTED = {IssueKind.EMPTY_CELL, IssueKind.CODE_WRONG, IssueKind.CODE_REPEATED, IssueKind.UNIT_WITHOUT_PARENT}
"""Kinds that are counted anew at every change, or are found cell by cell."""


def _of_issue(state: CountyState, issue: Issue) -> Problem:
    names = "+".join(sorted(state.units[unit].code or str(unit) for unit in issue.units if unit in state.units))
    where = f"@{issue.at[0]:.0f},{issue.at[1]:.0f}" if issue.at and issue.kind in (IssueKind.GAP, IssueKind.OVERLAP) else ""
    repair = Repair.COVERAGE if issue.repairable else Repair.CODE if issue.kind == IssueKind.CODE_REPEATED else Repair.NONE
    return Problem(ProblemKind(issue.kind), "units", issue.units, issue.at, issue.message, f"{issue.kind}:{names}{where}", repair)


# What is counted anew at every change


def _counted(state: CountyState) -> tuple[Problem, ...]:
    settings = state.settings
    issues = (*check_units(state.units, settings.code_scheme, settings.code), *retired_codes(state))
    found = [_of_issue(state, issue) for issue in issues]
    found += _workers(state)
    reason = state.households.reason
    for kind, why, text, repair in _LOST:
        rows = np.flatnonzero(reason == int(why))
        if len(rows):
            words = Message(text.text, {"count": len(rows)})
            found.append(Problem(kind, "households", tuple(state.households.id[rows].tolist()), None, words, str(kind), repair))
    return tuple(found)


_LOST: tuple[tuple[ProblemKind, Unassigned, Message, Repair], ...] = (
    (_K.HOUSEHOLD_NOT_ASSIGNED, Unassigned.NOT_YET, msg("{count} households were never assigned to cells.", count=""), Repair.HOUSEHOLDS),
    (_K.HOUSEHOLD_OUTSIDE, Unassigned.OUTSIDE_COUNTY, msg("{count} households lie outside every cell.", count=""), Repair.NONE),
    (_K.HOUSEHOLD_WITHOUT_PLACE, Unassigned.NO_COORDINATES, msg("{count} households have no place on the map.", count=""), Repair.NONE),
)


def _workers(state: CountyState) -> Iterator[Problem]:
    held = teams(state.workers, state.settings.today())
    open_villages = {cell.parent for cell in state.units.at_level(Level.CELL) if cell.id not in held}
    kind = _K.WORKER_WITHOUT_CELL
    for worker in state.workers.values():
        if not worker.cell and worker.serves(state.settings.today()):
            repair = Repair.WORKERS if worker.village in open_villages else Repair.NONE
            text = msg("The grid worker {code} has no cell.", code=worker.code or str(worker.id))
            yield Problem(kind, "workers", (worker.id,), worker.home, text, f"{kind}:{worker.id}", repair)


# What is found cell by cell


def _cell_problems(state: CountyState, cells: Sequence[int], buildings: "shape_checks.Buildings | None") -> dict[int, tuple[Problem, ...]]:
    """Return the problems of some cells; a cell without any is left out."""
    shapes = polygons(state.coverage, cells)
    rows = _rows_by_cell(state, cells)
    looked_after = teams(state.workers, state.settings.today())
    metres = metres_per_unit(state.settings.crs)
    found: dict[int, tuple[Problem, ...]] = {}
    for cell in cells:
        unit = state.units[cell]
        problems = [
            *_load_problems(state, unit, _count_of(state, rows[cell]), cell in looked_after),
            *_shape_problems(unit, shapes[cell], state.settings, metres),
            *_far(state, unit, rows[cell], metres),
        ]
        if buildings is not None:
            problems += _cut_buildings(unit, shapes[cell], buildings)
        if problems:
            found[cell] = tuple(problems)
    return found


def _rows_by_cell(state: CountyState, cells: Sequence[int]) -> dict[int, Ints]:
    """Return the positions of the households of each cell."""
    column = state.households.cell
    rows = rows_in(column, cells) if len(cells) < 12 else np.flatnonzero(np.isin(column, cells))
    order = rows[np.argsort(column[rows], kind="stable")]
    starts = np.searchsorted(column[order], cells, "left")
    ends = np.searchsorted(column[order], cells, "right")
    return {cell: order[start:end] for cell, start, end in zip(cells, starts.tolist(), ends.tolist(), strict=True)}


def _problem(kind: ProblemKind, unit: Unit, at: tuple[float, float] | None, text: Message, repair: Repair = Repair.NONE) -> Problem:
    return Problem(kind, "units", (unit.id,), at, text, f"{kind}:{unit.code or unit.id}", repair)


def called(unit: Unit) -> str:
    """Return what texts call a unit: its name, else its code."""
    return unit.name or format_code(unit.code) or str(unit.id)


def limits(settings: Settings, unit: Unit) -> tuple[int, int]:
    """Return the least and the most households that a cell should have; a most of 0 is none."""
    if unit.kind == UnitKind.COMMUNITY_CELL:
        return settings.community_floor, settings.community_maximum
    return settings.rural_floor, settings.rural_maximum


def _count_of(state: CountyState, rows: Ints) -> tuple[int, int]:
    return len(rows), int(np.count_nonzero(state.households.resident[rows]))


def _load_problems(state: CountyState, unit: Unit, counts: tuple[int, int], has_worker: bool) -> Iterator[Problem]:
    """Say what is wrong with the number of households of a cell (all, and the resident ones, which floors count), and with its workers."""
    floor, most = limits(state.settings, unit)
    households, count = counts
    if len(state.households):
        if households == 0:
            text = msg("{unit} has no household; merge it with a neighbour, or draw it otherwise.", unit=called(unit))
            yield _problem(_K.EMPTY_CELL, unit, None, text, Repair.MERGE)
        elif count < floor:
            text = msg("{unit} has {count} resident households, below the floor of {floor}.", unit=called(unit), count=count, floor=floor)
            yield _problem(_K.BELOW_FLOOR, unit, None, text, Repair.MERGE)
        elif most and count > most:
            text = msg("{unit} has {count} resident households, above the maximum of {most}.", unit=called(unit), count=count, most=most)
            yield _problem(_K.ABOVE_MAXIMUM, unit, None, text)
    if state.workers and not has_worker:
        free = any(
            not worker.cell and worker.village == unit.parent and worker.serves(state.settings.today()) for worker in state.workers.values()
        )
        text = msg("{unit} has no grid worker.", unit=called(unit))
        yield _problem(_K.CELL_WITHOUT_WORKER, unit, None, text, Repair.WORKERS if free else Repair.NONE)


def _shape_problems(unit: Unit, shape: shapely.MultiPolygon, settings: Settings, metres: float) -> Iterator[Problem]:
    smaller = shape_checks.smaller_parts(shape)
    if smaller:
        text = msg("{unit} lies in {count} parts; give the smaller ones to their neighbours.", unit=called(unit), count=len(smaller) + 1)
        yield _problem(_K.NOT_CONTIGUOUS, unit, smaller[0], text, Repair.GIVE_PART)
    ratio = shape_checks.polsby_popper(shape)
    if ratio < settings.least_compactness:
        text = msg("{unit} is not compact: {ratio} (a circle has 1).", unit=called(unit), ratio=f"{ratio:.2f}")
        yield _problem(_K.NOT_COMPACT, unit, None, text)
    neck = shape_checks.narrow_neck(shape, settings.neck_width / metres) if settings.neck_width else None
    if neck is not None:
        text = msg("{unit} is less than {width} m wide here.", unit=called(unit), width=f"{settings.neck_width:g}")
        yield _problem(_K.NARROW_NECK, unit, neck, text)


def _far(state: CountyState, unit: Unit, rows: Ints, metres: float) -> Iterable[Problem]:
    """Find the household that is farthest from every other one of its cell, if it is far."""
    from scipy.spatial import cKDTree  # 0.2 s and 40 MB that the start of the program need not wait for

    homes, limit = state.households, state.settings.far_household
    xy = np.column_stack([homes.x[rows], homes.y[rows]])
    placed = np.isfinite(xy).all(axis=1) & ~homes.pinned[rows]
    xy, rows = xy[placed], rows[placed]
    if not limit or len(rows) < 3:
        return
    apart = cKDTree(xy).query(xy, k=2)[0][:, 1] * metres
    for at in np.flatnonzero(apart > limit).tolist():
        text = msg("A household of {unit} lies {distance} m from the next one of its cell.", unit=called(unit), distance=round(apart[at]))
        place = (float(xy[at, 0]), float(xy[at, 1]))
        household = int(homes.id[rows[at]])
        yield Problem(_K.FAR_HOUSEHOLD, "households", (household,), place, text, f"{_K.FAR_HOUSEHOLD}:{household}")


def _cut_buildings(unit: Unit, shape: shapely.MultiPolygon, buildings: "shape_checks.Buildings") -> Iterable[Problem]:
    cut = shape_checks.cut_buildings(shape, buildings)
    if cut:
        text = msg("The border of {unit} cuts through {count} buildings.", unit=called(unit), count=len(cut))
        yield _problem(_K.CUTS_BUILDING, unit, cut[0], text)
