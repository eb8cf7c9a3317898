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
from gis_app.grid.partition.proposal import Aim, Proposal, Wanted, propose
from gis_app.grid.units import Level, Unit, UnitKind
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
    that would come to a cell whose workers are others than those of their cell now.
    """

    village: int
    free: tuple[int, ...]
    proposal: Proposal
    keeps: Mapping[int, int]
    other_worker: int


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
    names = _building_names(store)
    found: list[VillageProposal] = []
    for at, village in enumerate(villages):
        made = yield from part(_proposing(state, village, asked, names), at / len(villages), (at + 1) / len(villages))
        if isinstance(made, Refusal):
            return made
        found.append(made)
    return tuple(found)


def _proposing(state: CountyState, village: int, asked: Asked, names: NDArray[np.object_]) -> Steps[VillageProposal | Refusal]:
    unit = state.units.get(village)
    if unit is None or unit.level != Level.VILLAGE:
        return Refusal("no_village", msg("Choose a village, community or direct unit; cells are proposed within one."))
    yield Progress(0.0, msg("Dividing {village}", village=unit.name))
    if (lock := lock_of(state, village)) is not None:
        return locked(lock)
    cells = [cell.id for cell in state.units.cells(village) if cell.id in state.coverage.cells]
    free = tuple(cell for cell in cells if not state.units[cell].locked)
    if not cells:
        return Refusal("no_land", msg("{village} has no cells with land yet; draw or import its boundary first.", village=named(unit)))
    if not free:
        return Refusal("locked", msg("All cells of {village} are locked; unlock those that may change.", village=named(unit)))
    land = unions(state.coverage, {1: free})[1]
    homes = state.households
    rows = np.flatnonzero(np.isin(homes.cell, free) & np.isfinite(homes.x) & ~homes.pinned)
    places = np.stack([homes.x[rows], homes.y[rows]], axis=1)
    floor, most = floor_of(state, unit, asked)
    if 0 < most < floor:
        return Refusal("floor", msg("A cell cannot have at least {floor} and at most {most} households.", floor=floor, most=most))
    wanted = Wanted(floor, most, asked.cells, asked.aim, asked.tolerance, asked.seed)
    near = _near(asked.lines, land, asked.tolerance)
    made = yield from propose(
        land,
        places,
        homes.resident[rows].astype(np.int64),
        wanted,
        lines=near,
        present=homes.cell[rows],
        building=buildings(places, names[rows].tolist()),
    )
    proposal = _told(made, unit)
    keeps = _keeping(proposal.building, homes.cell[rows], free, len(proposal.loads))
    return VillageProposal(village, free, proposal, keeps, _with_other_worker(state, proposal.building, homes.cell[rows], keeps))


def _told(proposal: Proposal, village: Unit) -> Proposal:
    """Return a proposal whose problem names the village."""
    if proposal.problem is None:
        return proposal
    return replace(proposal, problem=msg("{village}: {problem}", village=village.name, problem=proposal.problem))


def _building_names(store: CountyStore) -> NDArray[np.object_]:
    """Return the name of the building of every household, in the order of their ids."""
    names: NDArray[np.object_] = store.rows("households", columns=["building"])["building"].astype(object)
    return names


def _near(lines: Sequence[Floats], land: shapely.Geometry, tolerance: float) -> list[Floats]:
    """Return the lines that come near to land."""
    if not lines or tolerance <= 0:
        return []
    shapes = np.array([shapely.LineString(line) for line in lines], object)
    return [lines[at] for at in np.flatnonzero(shapely.dwithin(shapes, land, tolerance)).tolist()]


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
