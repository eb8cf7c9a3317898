"""What can be done about problems: repair by one click, ignore with a note, and what each kind means in words."""

from collections.abc import Mapping

import numpy as np
import shapely

from gis_app.county.boundary_edits import BoundaryEdit, merge_cells, transfer_area
from gis_app.county.changes import Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.edits import assign_households, repair_coverage
from gis_app.county.locks import lock_of
from gis_app.county.numbering import shared_borders, used_codes
from gis_app.county.problems import Problem, ProblemKind, Repair, called
from gis_app.county.state import CountyState
from gis_app.county.unit_edits import recode_unit
from gis_app.grid.codes import CodeError, next_code
from gis_app.grid.coverage import OUTSIDE, Coverage, ring_points
from gis_app.grid.units import Level, Unit
from gis_app.grid.workers import teams
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps


def repair_of(problem: Problem, state: CountyState) -> Edit | BoundaryEdit | None:
    """Return the edit that puts a problem right as far as one click can; None where nothing can be done at once."""
    match problem.repair:
        case Repair.COVERAGE:
            return repair_coverage()
        case Repair.HOUSEHOLDS:
            return assign_households()
        case Repair.WORKERS:
            return _worker(problem, state)
        case Repair.CODE:
            return _code(problem, state)
        case Repair.GIVE_PART:
            return _smallest_part(problem.ids[0], state)
        case Repair.MERGE:
            found = neighbour(state, problem.ids[0])
            return merger(state, problem.ids[0], found) if found else None
        case _:
            return None


REPAIRS: Mapping[Repair, Message] = {
    Repair.COVERAGE: msg("Repair boundaries"),
    Repair.HOUSEHOLDS: msg("Assign households"),
    Repair.WORKERS: msg("Assign a free worker"),
    Repair.CODE: msg("Give the next code"),
    Repair.GIVE_PART: msg("Give it to its neighbour"),
    Repair.MERGE: msg("Merge with the neighbour"),
}
"""What the buttons say."""


def neighbour(state: CountyState, cell: int) -> int:
    """Return the neighbour that a cell that is too small is best merged with, 0 where there is none.

    One of the same village and kind that is not locked: that with the fewest households, of several the one with the longest border.
    """
    if cell not in state.coverage.cells or cell not in state.units:
        return 0
    own = state.units[cell]
    lengths = {
        other: length
        for other, length in shared_borders(state.coverage, cell).items()
        if other != OUTSIDE and _goes_with(state.units[other], own) and lock_of(state, other) is None
    }
    counts = {other: int(np.count_nonzero(state.households.cell == other)) for other in lengths}
    return min(lengths, key=lambda other: (counts[other], -lengths[other], other), default=0)


def _goes_with(other: Unit, own: Unit) -> bool:
    return other.parent == own.parent and other.kind == own.kind


def merger(state: CountyState, cell: int, other: int) -> BoundaryEdit:
    """Merge two cells into the one with more households, which keeps its number."""
    more = np.count_nonzero(state.households.cell == cell) > np.count_nonzero(state.households.cell == other)
    into = cell if more else other
    return merge_cells([into, other if more else cell], into)


def assign_worker(worker: int, cell: int) -> Edit:
    """Give a cell a worker, who leaves the cell that he had. Refusals "no_worker", "no_cell"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Assigning the worker"))
        if worker not in state.workers:
            return Refusal("no_worker", msg("There is no worker {id}.", id=worker))
        if cell not in state.units or state.units[cell].level != Level.CELL:
            return Refusal("no_cell", msg("A worker looks after cells only; choose one on the map."))
        row = {"id": np.array([worker]), "cell": np.array([cell]), "village": np.array([state.units[cell].parent])}
        title = msg("Give {unit} the grid worker {code}", unit=called(state.units[cell]), code=state.workers[worker].code or worker)
        return Outcome((RowChange("workers", update=row),), title=title)

    return Edit(msg("Assign a worker to a cell"), plan, division=True)


def _worker(problem: Problem, state: CountyState) -> Edit | None:
    today = state.settings.today()
    held = teams(state.workers, today)
    if problem.kind == ProblemKind.CELL_WITHOUT_WORKER:
        cell = state.units[problem.ids[0]]
        free = (
            worker.id for worker in state.workers.values() if not worker.cell and worker.village == cell.parent and worker.serves(today)
        )
        worker = next(free, 0)
        return assign_worker(worker, cell.id) if worker else None
    village = state.workers[problem.ids[0]].village
    vacant = next((cell.id for cell in state.units.children(village) if cell.level == Level.CELL and cell.id not in held), 0)
    return assign_worker(problem.ids[0], vacant) if vacant else None


def _code(problem: Problem, state: CountyState) -> Edit | None:
    """The last of the units with one code gets the next free one."""
    unit = state.units[problem.ids[-1]]
    parent = state.units.get(unit.parent)
    above = parent.code if parent else state.settings.code
    try:
        return recode_unit(unit.id, next_code(state.settings.code_scheme, unit.level, above, used_codes(state), unit.kind))
    except CodeError:
        return None


def _smallest_part(cell: int, state: CountyState) -> BoundaryEdit | None:
    """The smallest part goes to the cell around it with the longest common border, one of the same village first."""
    coverage = state.coverage
    parts = coverage.cells.get(cell, ())
    if len(parts) < 2:
        return None
    shells = [ring_points(coverage, part[0]) for part in parts]
    smallest = min(range(len(parts)), key=lambda k: shapely.Polygon(shells[k]).area)
    lengths = _lengths(coverage, parts[smallest][0])
    village = state.units[cell].parent
    target = max(lengths, key=lambda other: (state.units[other].parent == village, lengths[other]), default=0)
    return transfer_area(shells[smallest], target, cell) if target else None


def _lengths(coverage: Coverage, ring: tuple[int, ...]) -> dict[int, float]:
    lengths: dict[int, float] = {}
    for arc in ring:
        value = coverage.arcs[abs(arc)]
        other = value.right if arc > 0 else value.left
        if other != OUTSIDE:
            lengths[other] = lengths.get(other, 0.0) + float(np.hypot(*np.diff(value.points, axis=0).T).sum())
    return lengths


# Ignoring


def ignore_problem(problem: Problem, note: str) -> Edit:
    """List a problem no longer, as long as it is the same one; the note says why. Refusal "no_note"."""

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Ignoring a problem"))
        if not note.strip():
            return Refusal("no_note", msg("Write why this is no problem; who comes after you will ask."))
        now = np.array([state.settings.now().replace(tzinfo=None)], "datetime64[s]")
        return Outcome(
            (RowChange("ignored_problems", insert={"key": objects([problem.key]), "note": objects([note.strip()]), "time": now}),)
        )

    return Edit(msg("Ignore: {problem}", problem=problem.text), plan)


def heed_problem(row: int) -> Edit:
    """List a problem again that was ignored; `row` is its id in the table `ignored_problems`."""

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        yield Progress(0.5, msg("Listing a problem again"))
        return Outcome((RowChange("ignored_problems", delete=np.array([row], np.int64)),))

    return Edit(msg("List an ignored problem again"), plan)


_K = ProblemKind
EXPLANATIONS: Mapping[ProblemKind, Message] = {
    _K.INVALID_RING: msg(
        "The outline crosses itself, or the cell has no outline. Its area is not certain. Repairing keeps the land that it encloses."
    ),
    _K.DUPLICATE: msg("Two cells have the same outline. One of them should go: delete it, or draw it where it belongs."),
    _K.OVERLAP: msg("The same land lies in two cells: two workers would be sent, or none. Repairing gives it to one of them."),
    _K.GAP: msg(
        "No cell holds this land: who lives here has no worker. Repairing gives narrow gaps to a neighbour; a wide one may be foreign land."
    ),
    _K.MISSING_VERTEX: msg(
        "Two cells have a border in common, but not the same points. Moving it would open a gap. Repairing adds the points."
    ),
    _K.SLIVER: msg("A part of the cell is only centimetres wide, as careless drawing leaves it. Repairing gives it to the neighbour."),
    _K.UNIT_WITHOUT_PARENT: msg("The unit belongs to no unit above it, so it is missing in every figure of the village or township."),
    _K.VILLAGE_OUTSIDE_TOWNSHIP: msg("Part of the village lies beyond the township that it belongs to by its code."),
    _K.CODE_WRONG: msg("The code does not follow the standard (6 digits county, 3 township, 3 village, 3 cell)."),
    _K.CODE_REPEATED: msg("Two units have one code, so what comes from other systems goes to the wrong one."),
    _K.EMPTY_CELL: msg("Nobody lives in this cell, yet it needs a worker. Merge it with a neighbour, or move its border."),
    _K.HOUSEHOLD_NOT_ASSIGNED: msg("These households have not been put into cells since they came in."),
    _K.HOUSEHOLD_OUTSIDE: msg(
        "These households lie outside every cell: a wrong place, another datum, or land that is missing in the county."
    ),
    _K.HOUSEHOLD_WITHOUT_PLACE: msg("These households came without coordinates, so no cell is found for them; pin them to a cell by hand."),
    _K.BELOW_FLOOR: msg("A rural cell needs at least 50 resident households and a community cell 100, unless the settings say otherwise."),
    _K.ABOVE_MAXIMUM: msg("The cell has more households than the county allows one worker. Split it into equal parts, or move its border."),
    _K.CELL_WITHOUT_WORKER: msg("Nobody looks after this cell: its whistles go to the village. Give it a worker of the village."),
    _K.WORKER_WITHOUT_CELL: msg("The worker is on the list but looks after no cell."),
    _K.CUTS_BUILDING: msg("The standard says that borders never cut through a building: its households would have two workers."),
    _K.NOT_CONTIGUOUS: msg("The cell lies in several parts. Enclaves are real; but often a part was left over by drawing."),
    _K.NARROW_NECK: msg(
        "Two areas hang together by a narrow strip: on the ground they are two. Perhaps one of them belongs to the neighbour."
    ),
    _K.NOT_COMPACT: msg(
        "The cell is long or ragged, so ways in it are long. 4πA/P² after Polsby and Popper: a circle has 1, a square 0.79."
    ),
    _K.FAR_HOUSEHOLD: msg(
        "The household is far from all others of its cell: a wrong place, or a farmstead that another worker reaches sooner."
    ),
}
"""What each kind of problem means, why it matters, and what can be done."""

KINDS: Mapping[ProblemKind, Message] = {
    _K.INVALID_RING: msg("Invalid outline"),
    _K.DUPLICATE: msg("Cell drawn twice"),
    _K.OVERLAP: msg("Overlap"),
    _K.GAP: msg("Gap"),
    _K.MISSING_VERTEX: msg("Missing vertex on a shared border"),
    _K.SLIVER: msg("Sliver"),
    _K.UNIT_WITHOUT_PARENT: msg("Unit without an upper unit"),
    _K.VILLAGE_OUTSIDE_TOWNSHIP: msg("Village outside its township"),
    _K.CODE_WRONG: msg("Wrong code"),
    _K.CODE_REPEATED: msg("Code used twice"),
    _K.EMPTY_CELL: msg("Cell without households"),
    _K.HOUSEHOLD_NOT_ASSIGNED: msg("Households not assigned"),
    _K.HOUSEHOLD_OUTSIDE: msg("Households outside"),
    _K.HOUSEHOLD_WITHOUT_PLACE: msg("Households without place"),
    _K.BELOW_FLOOR: msg("Too few households"),
    _K.ABOVE_MAXIMUM: msg("Too many households"),
    _K.CELL_WITHOUT_WORKER: msg("No grid worker"),
    _K.WORKER_WITHOUT_CELL: msg("Worker without a cell"),
    _K.CUTS_BUILDING: msg("Border through a building"),
    _K.NOT_CONTIGUOUS: msg("Not contiguous"),
    _K.NARROW_NECK: msg("Narrow neck"),
    _K.NOT_COMPACT: msg("Not compact"),
    _K.FAR_HOUSEHOLD: msg("Household far from the rest"),
}
"""What the list calls each kind."""
