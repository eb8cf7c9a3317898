"""Grids proposed by the program: for one village, some or all; and the edit that makes a proposal the division of the draft.

A proposed cell takes the number of the present cell with which it shares most households, so that workers, pinned households and open
whistles follow by the rules of every other edit (`county.following`); further cells get numbers that no plan ever gave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.boundary_edits import BoundaryEdit, boundary_edit, with_locks
from gis_app.county.changes import Edit, Refusal
from gis_app.county.comparison import workers_of
from gis_app.county.content import next_id
from gis_app.county.locks import lock_of, locked, named
from gis_app.county.ports import CountyStore
from gis_app.county.state import CountyState
from gis_app.grid.coverage import label_points, polygons, unions
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.parted import parted
from gis_app.grid.overlay import overlay
from gis_app.grid.partition.buildings import buildings
from gis_app.grid.partition.lines import Lines
from gis_app.grid.partition.proposal import Aim, Proposal, Wanted, propose
from gis_app.grid.units import Level, Unit, UnitKind
from gis_app.grid.workers import teams
from gis_app.language import Message, format_number, msg
from gis_app.progress import Progress, Steps, part

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BEYOND = 0.05
"""Borders are drawn so far (units of the coordinates) beyond the border of the village, so that they meet it for certain."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a planner asks for. `floor` and `most` 0: what the settings say for each village; `cells` 0: as many as fit.

    `lines`: roads and rivers (each (n, 2)) that borders follow where they run within `tolerance` (units of the coordinates).
    """

    floor: int = 0
    most: int = 0
    cells: int = 0
    aim: Aim = Aim.COMPACT
    tolerance: float = 0.0
    lines: tuple[Floats, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class VillageProposal:
    """What is proposed for one village. `free`: the present cells whose land it divides (locked ones are left alone).

    `keeps`: proposed cell → the present cell whose number it takes, those that get a new number are not in it. `other_worker`: households
    that would come to a cell whose workers are others than those of their cell now. `along`: the length of the borders that run along the
    lines they were to follow; None where there were none to follow.
    """

    village: int
    free: tuple[int, ...]
    proposal: Proposal
    keeps: Mapping[int, int]
    other_worker: int
    along: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One way to divide villages, and what it is like on the whole."""

    aim: Aim
    villages: tuple[VillageProposal, ...]

    @property
    def loads(self) -> Ints:
        """The households of all cells."""
        return np.concatenate([one.proposal.loads for one in self.villages])

    @property
    def below(self) -> int:
        """Cells below the floor."""
        return sum(one.proposal.below for one in self.villages)

    @property
    def spread(self) -> float:
        """How far a cell is from the mean of its village at most: the mean of all villages, as a share."""
        return float(np.mean([one.proposal.spread for one in self.villages]))

    @property
    def compactness(self) -> float:
        """The mean of all cells."""
        return float(np.concatenate([one.proposal.compactness for one in self.villages]).mean())

    @property
    def cut(self) -> float:
        """The length of all borders between the cells of a village."""
        return sum(one.proposal.cut for one in self.villages)

    @property
    def along(self) -> float | None:
        """The length of the borders that run along the lines they were to follow; None where there were none to follow."""
        lengths = [one.along for one in self.villages if one.along is not None]
        return sum(lengths) if lengths else None

    @property
    def other_worker(self) -> int:
        """Households that would come to a cell with other workers."""
        return sum(one.other_worker for one in self.villages)

    @property
    def worst_first(self) -> tuple[VillageProposal, ...]:
        """The villages: those with most cells below the floor first, then those with another problem, then by their spread."""

        def badness(one: VillageProposal) -> tuple[int, bool, float]:
            return one.proposal.below, one.proposal.problem is not None, one.proposal.spread

        return tuple(sorted(self.villages, key=badness, reverse=True))

    def of(self, village: int) -> "Alternative":
        """Return what it is like for one village alone."""
        return Alternative(self.aim, tuple(one for one in self.villages if one.village == village))


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """Several ways to divide the same villages. `left_out`: villages that none of them divides → why not."""

    found: tuple[Alternative, ...]
    left_out: Mapping[int, Message]


def floor_of(state: CountyState, village: Unit, asked: Asked) -> tuple[int, int]:
    """Return the floor and the most (0: none) of households in a cell of a village."""
    settings, town = state.settings, village.kind == UnitKind.COMMUNITY
    floor = asked.floor or (settings.community_floor if town else settings.rural_floor)
    return max(1, floor), asked.most or (settings.community_maximum if town else settings.rural_maximum)


def proposing(
    store: CountyStore,
    state: CountyState,
    villages: Sequence[int],
    asked: Asked = Asked(),
) -> Steps[tuple[VillageProposal, ...] | Refusal]:
    """Propose cells for villages, in the order given. Writes nothing.

    Refusals "no_village" (a unit that is none), "no_land" (a village without cells that are drawn), "locked" (it is locked, or all its
    cells are), "floor" (above the most).
    """
    names, guides = _building_names(store), Lines(asked.lines if asked.tolerance > 0 else ())
    found: list[VillageProposal] = []
    for at, village in enumerate(villages):
        made = yield from part(_proposing(state, village, asked, names, guides), at / len(villages), (at + 1) / len(villages))
        if isinstance(made, Refusal):
            return made
        found.append(made)
    return tuple(found)


def proposing_ways(
    store: CountyStore, state: CountyState, villages: Sequence[int], asked: Asked, aims: Sequence[Aim]
) -> Steps[Alternatives | Refusal]:
    """Propose cells for villages in several ways, one after the other; `asked.aim` is not looked at. Writes nothing.

    Of several villages those that cannot be divided are left out, and it is said why. What is kept of a way is what is drawn and compared:
    which building comes to which cell is not, so that a whole county in three ways takes some megabytes. Refusals as of `proposing`.
    """
    left_out = {one: refused.reason for one in villages if (refused := _not_divisible(state, one)) is not None}
    kept = [one for one in villages if one not in left_out] or list(villages[:1])
    found: list[Alternative] = []
    for at, aim in enumerate(aims):
        steps = proposing(store, state, kept, replace(asked, aim=aim))
        made = yield from part(_named(steps, at, len(aims)), at / len(aims), (at + 1) / len(aims))
        if isinstance(made, Refusal):
            return made
        slim = (replace(one, proposal=replace(one.proposal, building=np.zeros(0, np.int64))) for one in made)
        found.append(Alternative(aim, tuple(slim)))
    return Alternatives(tuple(found), left_out)


def _named(steps: Steps[tuple[VillageProposal, ...] | Refusal], at: int, ways: int) -> Steps[tuple[VillageProposal, ...] | Refusal]:
    """Say of several ways which one is being worked out."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            result: tuple[VillageProposal, ...] | Refusal = stop.value
            return result
        text = msg("{way} of {ways}: {what}", way=at + 1, ways=ways, what=progress.text) if ways > 1 else progress.text
        yield Progress(progress.fraction, text)


def _not_divisible(state: CountyState, village: int) -> Refusal | None:
    """Return why a village cannot be divided, None where it can."""
    unit = state.units.get(village)
    if unit is None or unit.level != Level.VILLAGE:
        return Refusal("no_village", msg("Choose a village, community or direct unit; cells are proposed within one."))
    if (lock := lock_of(state, village)) is not None:
        return locked(lock)
    cells = [cell for cell in state.units.cells(village) if cell.id in state.coverage.cells]
    if not cells:
        return Refusal("no_land", msg("{village} has no cells with land yet; draw or import its boundary first.", village=named(unit)))
    if all(cell.locked for cell in cells):
        return Refusal("locked", msg("All cells of {village} are locked; unlock those that may change.", village=named(unit)))
    return None


def _proposing(
    state: CountyState, village: int, asked: Asked, names: NDArray[np.object_], guides: Lines
) -> Steps[VillageProposal | Refusal]:
    if (refused := _not_divisible(state, village)) is not None:
        return refused
    unit = state.units[village]
    yield Progress(0.0, msg("Dividing {village}", village=unit.name))
    free = tuple(cell.id for cell in state.units.cells(village) if cell.id in state.coverage.cells and not cell.locked)
    land = unions(state.coverage, {1: free})[1]
    homes = state.households
    rows = np.flatnonzero(np.isin(homes.cell, free) & np.isfinite(homes.x) & ~homes.pinned)
    places = np.stack([homes.x[rows], homes.y[rows]], axis=1)
    floor, most = floor_of(state, unit, asked)
    if 0 < most < floor:
        return Refusal("floor", msg("A cell cannot have at least {floor} and at most {most} households.", floor=floor, most=most))
    wanted, lines = Wanted(floor, most, asked.cells, asked.aim, asked.tolerance, asked.seed), guides.near(land, asked.tolerance)
    made = yield from propose(
        land,
        places,
        homes.resident[rows].astype(np.int64),
        wanted,
        lines=lines,
        present=homes.cell[rows],
        building=buildings(places, names[rows].tolist()),
    )
    proposal = _told(made, unit)
    keeps = _keeping(proposal.building, homes.cell[rows], free, len(proposal.loads))
    others = _with_other_worker(state, proposal.building, homes.cell[rows], keeps)
    along = Lines(lines).length(shapely.multilinestrings([*map(shapely.LineString, proposal.borders)])) if guides else None
    return VillageProposal(village, free, proposal, keeps, others, along)


def _told(proposal: Proposal, village: Unit) -> Proposal:
    """Return a proposal whose problem names the village."""
    if proposal.problem is None:
        return proposal
    return replace(proposal, problem=msg("{village}: {problem}", village=village.name, problem=proposal.problem))


def _building_names(store: CountyStore) -> NDArray[np.object_]:
    """Return the name of the building of every household, in the order of their ids."""
    names: NDArray[np.object_] = store.rows("households", columns=["building"])["building"].astype(object)
    return names


def _keeping(proposed: Ints, present: Ints, free: Sequence[int], count: int) -> dict[int, int]:
    """Return which proposed cell takes the number of which present one: as many households as possible stay (an optimal assignment)."""
    from scipy.optimize import linear_sum_assignment

    column = {cell: at for at, cell in enumerate(free)}
    shared = np.zeros((count, len(free)), np.int64)
    np.add.at(shared, (proposed - 1, np.array([column[cell] for cell in present.tolist()], np.int64)), 1)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    pairs = {int(row) + 1: free[at] for row, at in zip(rows, columns, strict=True) if shared[row, at] > 0}
    return pairs or {1: free[0]}  # a village without households keeps a number, too


def _with_other_worker(state: CountyState, proposed: Ints, present: Ints, keeps: Mapping[int, int]) -> int:
    workers = workers_of(state)
    after = [workers.get(keeps.get(cell, 0), ()) for cell in proposed.tolist()]
    return sum(one != workers.get(cell, ()) for one, cell in zip(after, present.tolist(), strict=True))


# ------------------------------------------------------------ accepting


def proposed_division(proposals: Sequence[VillageProposal]) -> BoundaryEdit:
    """Return the edit of the coverage that gives villages their proposed cells."""
    return with_locks("partition", lambda state: _divided(state, proposals), lambda state, edited: _title(state, edited, proposals))


def accept(proposals: Sequence[VillageProposal]) -> Edit:
    """Return the edit that makes proposals the division of the draft, in one step. Refusals as of `boundary_edit`; "changed" where a
    village was divided in another way since it was proposed."""
    return boundary_edit(proposed_division(proposals))


def staffing(state: CountyState, villages: Sequence[int]) -> tuple[int, int]:
    """Return how many cells of villages have no grid worker, and how many have several."""
    cells, people = [cell.id for village in villages for cell in state.units.cells(village)], teams(state.workers)
    count = [len(people.get(cell, ())) for cell in cells]
    return count.count(0), sum(one > 1 for one in count)


def _title(state: CountyState, _: Edited, proposals: Sequence[VillageProposal]) -> Message:
    cells = sum(len(one.proposal.loads) for one in proposals)
    if len(proposals) == 1:
        return msg("Divide {village} into {cells} cells as proposed", village=state.units[proposals[0].village].name, cells=cells)
    villages = format_number(len(proposals))
    return msg("Divide {villages} villages into {cells} cells as proposed", villages=villages, cells=format_number(cells))


def _divided(state: CountyState, proposals: Sequence[VillageProposal]) -> Edited | Refusal:
    free = [cell for one in proposals for cell in one.free]
    if any(cell not in state.coverage.cells for cell in free):
        return Refusal("changed", msg("The division has changed since this was proposed; propose it again."))
    overlaid = overlay(state.coverage, free, [line for one in proposals for line in _lines(one)])
    new = next_id(state, "units")
    shapes: list[shapely.Geometry] = []
    owners: list[int] = []
    village: list[int] = []
    for one in proposals:
        order = _in_reading_order(one)
        drawn = polygons(one.proposal.coverage)
        for cell in order:
            shapes.append(drawn[cell])
            village.append(one.village)
            if cell in one.keeps:
                owners.append(one.keeps[cell])
            else:
                owners.append(new)
                new += 1
    return parted(overlaid, _owners(state, [(face.origin, face.shape) for face in overlaid.faces], shapes, owners, village))


def _lines(one: VillageProposal) -> list[Floats]:
    """Return the borders of a proposal; where one ends at the border of the village it goes on a little."""
    coverage = one.proposal.coverage
    rim = {node for arc in coverage.arcs.values() if 0 in (arc.left, arc.right) for node in (arc.start, arc.end)}
    found = []
    for arc in coverage.arcs.values():
        if 0 in (arc.left, arc.right):
            continue
        points = arc.points
        if arc.start in rim:
            points = np.concatenate([[_beyond(points[1], points[0])], points])
        if arc.end in rim:
            points = np.concatenate([points, [_beyond(points[-2], points[-1])]])
        found.append(points)
    return found


def _beyond(before: Floats, end: Floats) -> Floats:
    way = end - before
    length = float(np.hypot(*way))
    further: Floats = end + way * (_BEYOND / length) if length else end
    return further


def _in_reading_order(one: VillageProposal) -> list[int]:
    """Return the proposed cells from north to south and west to east, as new numbers are given."""
    places = label_points(polygons(one.proposal.coverage))
    return sorted(places, key=lambda cell: (-places[cell][1], places[cell][0]))


def _owners(
    state: CountyState,
    faces: Sequence[tuple[int, shapely.Polygon]],
    shapes: Sequence[shapely.Geometry],
    owners: Sequence[int],
    village: Sequence[int],
) -> list[int]:
    """Return the owner of each face: the proposed cell of its own village in which a point inside it lies, else the nearest."""
    inside = shapely.point_on_surface(np.array([shape for _, shape in faces], object))
    tree = shapely.STRtree(np.array(shapes, object))
    face, shape = tree.query(inside, predicate="intersects")
    found: dict[int, int] = {}
    for one, other in zip(face.tolist(), shape.tolist(), strict=True):
        if village[other] == state.units[faces[one][0]].parent:
            found.setdefault(one, owners[other])
    for at, (origin, _) in enumerate(faces):
        if at not in found:
            mine = [k for k, parent in enumerate(village) if parent == state.units[origin].parent]
            found[at] = owners[min(mine, key=lambda k: shapely.distance(shapes[k], inside[at]))]
    return [found[at] for at in range(len(faces))]
