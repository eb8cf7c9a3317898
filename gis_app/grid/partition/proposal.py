"""Propose cells for the land of one village."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, areas, build_coverage, perimeters, polygons, unions
from gis_app.grid.partition.borders import straightening
from gis_app.grid.partition.cuts import Houses, Limits
from gis_app.grid.partition.exact import FEW, exactly
from gis_app.grid.partition.ground import Ground, gathered, ground
from gis_app.grid.partition.lines import Lines
from gis_app.grid.partition.power import balanced, quartered, scattered
from gis_app.grid.partition.recut import recutting
from gis_app.grid.partition.regions import Regions
from gis_app.language import Message, msg
from gis_app.progress import Progress, Steps, part

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STARTS = 5
"""So many beginnings are tried where the first one leaves a cell below the floor."""

SMALL, MANY_STARTS = 40, 40
"""Up to so many buildings many beginnings are tried: each takes a few milliseconds."""

LARGE = 600
"""Buildings from which on two beginnings are all: one cell less is found sooner than a division without any slack."""

TIGHT = 0.25
"""So much of a building each cell must have to spare, where there are many, for that number of cells to be tried at all."""

NEAR = 0.15
"""Cells further from their mean than this share of it are said to be uneven."""

BAND = 0.08
"""Cells are made equal to within this share of their mean, where buildings let them."""


class Aim(StrEnum):
    """What a proposal is about, where several are possible."""

    COMPACT = "compact"  # short borders; loads within some percent of each other
    BALANCED = "balanced"  # loads as equal as possible
    FAITHFUL = "faithful"  # near to the cells that there are, and no more of them


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: at least `floor` and (0: no limit) at most `most` households a cell; `cells` of them, 0 for as many as fit."""

    floor: int
    most: int = 0
    cells: int = 0
    aim: Aim = Aim.COMPACT
    tolerance: float = 0.0  # how far a border goes to follow a line
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Cells proposed for a piece of land, numbered from 1 in `coverage`.

    `building`: the cell of each place; `loads`: households of each cell; `compactness`: 4πA/P² of each (as `grid.figures.compactness`);
    `cut`: the length of the borders between cells. `problem`: why a cell is below the floor or above the most, None where none is.
    `remarks`: what else a planner should know.
    """

    coverage: Coverage
    building: Ints
    loads: Ints
    compactness: Floats
    cut: float
    wanted: Wanted
    problem: Message | None = None
    remarks: tuple[Message, ...] = field(default=())

    @property
    def below(self) -> int:
        """Return how many cells are below the floor."""
        return int((self.loads < self.wanted.floor).sum())

    @property
    def spread(self) -> float:
        """Return how far a cell is from the mean at most, as a share of the mean."""
        mean = self.loads.mean() if len(self.loads) else 0.0
        return float(np.abs(self.loads - mean).max() / mean) if mean else 0.0

    @property
    def borders(self) -> list[Floats]:
        """Return the borders between cells, each (n, 2)."""
        return [arc.points for arc in self.coverage.arcs.values() if OUTSIDE not in (arc.left, arc.right)]


def propose(
    land: shapely.Geometry,
    places: Floats,
    weights: Ints,
    wanted: Wanted,
    *,
    lines: Sequence[Floats] = (),
    present: Ints | None = None,
    building: Ints | None = None,
) -> Steps[Proposal]:
    """Divide land (Polygon, MultiPolygon) with `places` (n, 2) that hold `weights` households (n) into cells.

    Each cell is of one piece, but for pieces of land too small to be a cell, which go with the nearest cell. Places of one `building` (n,
    its number; each place by itself by default) stay together unless others lie between them. Where no division with all cells at or above
    the floor was found, the best one is returned, and `problem` says so. `lines`: roads and rivers; `present`: the cell of each place now
    (0: none), which `Aim.FAITHFUL` keeps near to.

    Raises ValueError for land without an area and for a floor below 1.
    """
    if wanted.floor < 1 or shapely.area(land) <= 0:
        raise ValueError("land with an area and a floor of at least one household are needed")
    yield Progress(0.0, msg("Looking at buildings"))
    spots, weights_at, of = _distinct(places, weights)
    present_at = None if present is None else _of_spots(present, of, len(spots))
    whole = ground(land, spots, weights_at, None if building is None else _of_spots(building, of, len(spots)))
    least = max(1, min(wanted.floor, int(weights_at.sum())))
    laid = gathered(whole, least, wanted.cells)
    yield Progress(0.2, msg("Finding cells of equal weight"))
    best: _Shared | None = None
    for at, k in enumerate(_counts(laid, wanted, 0 if present is None else len(np.unique(present[present > 0])))):
        for shared in _shared_out(laid, k, wanted, present_at):
            yield Progress(0.2 + 0.05 * at, msg("Finding cells of equal weight"))
            if shared is not None and (best is None or shared.missing < best.missing):
                best = shared
        if best is not None and best.missing == 0:
            break
    assert best is not None
    owner = np.maximum(best.owner[laid.leader], 0)  # land without any household is one cell
    cells, cell = _coverage(whole, owner), owner[whole.building] + 1
    cells = yield from part(_drawn(cells, spots, cell), 0.6, 0.7)
    if wanted.aim != Aim.FAITHFUL and len(cells.cells) > 1:
        cells, cell = yield from part(_recut(cells, Houses(spots, weights_at, whole.building), cell, wanted, lines), 0.7, 0.9)
    cells = yield from part(_drawn(cells, spots, cell, lines, wanted.tolerance), 0.9, 1.0)
    return _measured(cells, cell[of], weights, wanted, (*_split(whole, laid), *_said_uneven(laid, len(cells.cells))))


def _drawn(cells: Coverage, spots: Floats, cell: Ints, lines: Sequence[Floats] = (), tolerance: float = 0.0) -> Steps[Coverage]:
    """Return the coverage with straighter borders, or as it is where these would not be sound."""
    bent = yield from straightening(cells, spots, lines, tolerance)
    return bent if _holds(bent, spots, cell) else cells


def _recut(cells: Coverage, houses: Houses, cell: Ints, wanted: Wanted, lines: Sequence[Floats]) -> Steps[tuple[Coverage, Ints]]:
    """Return the coverage with pairs of cells cut anew, and the cell of each place."""
    mean = float(houses.weights.sum()) / len(cells.cells)
    even = wanted.aim == Aim.BALANCED
    lined = wanted.tolerance > 0 and len(lines) > 0
    band = BAND / 2 if even else NEAR if lined else 1.5 * BAND  # a road rarely parts households just so
    limits = Limits(max(wanted.floor, mean * (1 - band)), min(wanted.most or np.inf, mean * (1 + band)), mean, 8.0 if even else 0.5)
    made = yield from recutting(cells, houses, cell, limits, Lines(lines) if lined else None)
    return made if _holds(made[0], houses.places, made[1]) else (cells, cell)


def _distinct(places: Floats, weights: Ints) -> tuple[Floats, Ints, Ints]:
    """Return the places that differ, their weights, and which of them each is."""
    spots, of = np.unique(np.round(np.asarray(places, np.float64).reshape(-1, 2), 3), axis=0, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    return spots, np.bincount(of, weights, len(spots)).astype(np.int64), of


def _of_spots(numbers: Ints, of: Ints, count: int) -> Ints:
    """Return the number of each of `count` places that differ."""
    found = np.zeros(count, np.int64)
    found[of] = numbers
    return found


def _counts(laid: Ground, wanted: Wanted, present: int) -> list[int]:
    """Return the numbers of cells to try, the one asked for first; never more than there are buildings, nor than the `present` ones for
    `Aim.FAITHFUL`."""
    heavy = int((laid.weights > 0).sum())
    total = int(laid.weights.sum())
    if wanted.cells:
        return [max(1, min(wanted.cells, heavy))]
    most = max(1, min(total // wanted.floor, heavy))
    most = min(most, present) if present and wanted.aim == Aim.FAITHFUL else most
    if most > 1 and heavy > LARGE and _slack(laid, most, wanted.floor) < TIGHT:
        most -= 1
    counts = list(range(most, max(0, most - 6), -1))
    if wanted.aim != Aim.FAITHFUL:
        counts.sort(key=lambda k: _uneven(laid, k) > 0)  # as many as fit, all of them near to the mean where that is possible
    fewer = min(counts)
    while fewer > 1:  # one cell is always enough for the floor: the fewer, the easier
        fewer = fewer * 4 // 5
        counts.append(fewer)
    return [k for k in counts if not wanted.most or total <= k * wanted.most] or counts[:1]


def _slack(laid: Ground, k: int, floor: int) -> float:
    """Return how much a cell may have above the floor if k cells are equal, in households of a building."""
    heavy = laid.weights[laid.weights > 0]
    return float(heavy.sum() / k - floor) * len(heavy) / max(int(heavy.sum()), 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """The cell of each face from 0 on (-1 for those that follow another), and how many households cells lack or have too many."""

    owner: Ints
    missing: float


def _shared_out(laid: Ground, k: int, wanted: Wanted, present: Ints | None) -> Iterator[_Shared | None]:
    """Yield ways to share the faces out among k cells, None between them, until one lacks nothing."""
    pieces = _pieces_with_cells(laid, k, wanted.floor)
    heavy = int((laid.weights > 0).sum())
    large = 1 if _slack(laid, k, wanted.floor) < 2 * TIGHT else 2
    for start in range(large if heavy > LARGE else STARTS if heavy > SMALL else MANY_STARTS):
        rng = np.random.default_rng((wanted.seed, start))
        owner = np.full(len(laid), -1, np.int64)
        first, missing = 0, 0.0
        for faces, number in pieces:
            regions = _begun(laid, faces, number, wanted, start, rng, present)
            for _ in _improved(regions, wanted):
                yield None
            if start == 0 and regions.missing(wanted.floor, wanted.most or np.inf) and number > 1 and len(faces) <= FEW:
                regions = _every_way_tried(laid, faces, number, wanted) or regions
            owner[faces] = np.array(regions.owner)[faces] + first
            first += number
            missing += regions.missing(wanted.floor, wanted.most or np.inf)
        yield _Shared(owner, missing)
        if missing == 0:
            return


def _pieces_with_cells(laid: Ground, k: int, floor: int) -> list[tuple[Ints, int]]:
    """Return the pieces of land with how many of the k cells each gets: by weight, at least one, and as many as its weight allows."""
    heavy = np.flatnonzero(laid.weights > 0)
    groups = [heavy[laid.piece[heavy] == piece] for piece in np.unique(laid.piece[heavy]).tolist()]
    loads = np.array([laid.weights[faces].sum() for faces in groups], np.float64)
    number = np.ones(len(groups), np.int64)
    while number.sum() < k:
        open_ = np.array([n < len(faces) for n, faces in zip(number.tolist(), groups, strict=True)])
        if not open_.any():
            break
        per_cell = np.where(open_, loads / (number + 1), -1.0)
        number[int(np.argmax(per_cell))] += 1
    return list(zip(groups, number.tolist(), strict=True))


def _begun(laid: Ground, faces: Ints, k: int, wanted: Wanted, start: int, rng: np.random.Generator, present: Ints | None) -> Regions:
    """Return a first division of one piece of land: the present one, or a balanced power diagram."""
    places, weights = laid.middles[faces], laid.weights[faces]
    if present is not None and wanted.aim == Aim.FAITHFUL and start == 0:
        cells = _present_cells(laid, faces, k, present)
    else:
        cells = balanced(places, weights, scattered(places, weights, k, rng) if start else quartered(places, weights, k))
    owner = np.full(len(laid), -1, np.int64)
    owner[faces] = _none_empty(cells, places, k)
    regions = Regions(laid.weights, laid.middles, laid.beside, owner, k)
    regions.connect()
    return regions


def _every_way_tried(laid: Ground, faces: Ints, k: int, wanted: Wanted) -> Regions | None:
    """Return a division of one piece of land with few buildings that lacks nothing, None where there is none."""
    row = {face: at for at, face in enumerate(faces.tolist())}
    beside = [{row[other]: length for other, length in laid.beside[face].items() if other in row} for face in row]
    found = exactly(laid.weights[faces].tolist(), beside, k, wanted.floor, wanted.most or np.inf)
    if found is None:
        return None
    owner = np.full(len(laid), -1, np.int64)
    owner[faces] = found
    return Regions(laid.weights, laid.middles, laid.beside, owner, k)


def _present_cells(laid: Ground, faces: Ints, k: int, present: Ints) -> Ints:
    """Return k cells (0 … k - 1) that are near to the present ones: the largest of them are kept, the heaviest are halved where there are
    too few, and what is in none of them goes with the nearest place that is."""
    now = np.zeros(len(laid), np.int64)
    np.maximum.at(now, laid.leader[laid.building], present)
    cell, places, weights = now[faces], laid.middles[faces], laid.weights[faces]
    known = np.unique(cell[cell > 0])
    kept = known[np.argsort([-weights[cell == one].sum() for one in known], kind="stable")][:k]
    found = np.full(len(faces), -1, np.int64)
    for number, one in enumerate(kept.tolist()):
        found[cell == one] = number
    inside = np.flatnonzero(found >= 0)
    if not len(inside):
        return balanced(places, weights, quartered(places, weights, k))
    loose = np.flatnonzero(found < 0)
    if len(loose):
        nearest = shapely.STRtree(shapely.points(places[inside])).nearest(shapely.points(places[loose]))
        found[loose] = found[inside[nearest]]
    for number in range(len(kept), k):
        heaviest = int(np.argmax(np.bincount(found, weights)))
        rows = np.flatnonzero(found == heaviest)
        halves = balanced(places[rows], weights[rows], quartered(places[rows], weights[rows], 2))
        found[rows[halves == 1]] = number
    return found


def _none_empty(cells: Ints, places: Floats, k: int) -> Ints:
    """Return the cells with those that got nothing given the place farthest from the middle of the fullest one."""
    found = cells.copy()
    for cell in np.flatnonzero(np.bincount(found, minlength=k) == 0).tolist():
        full = int(np.argmax(np.bincount(found, minlength=k)))
        rows = np.flatnonzero(found == full)
        away = ((places[rows] - places[rows].mean(axis=0)) ** 2).sum(axis=1)
        found[rows[int(np.argmax(away))]] = cell
    return found


def _improved(regions: Regions, wanted: Wanted) -> Iterator[None]:
    """Bring the cells within the band, above the floor, and give them short borders."""
    mean = sum(regions.load) / len(regions.load)
    most = float(wanted.most) if wanted.most else float("inf")
    band = {Aim.BALANCED: BAND / 4, Aim.COMPACT: BAND, Aim.FAITHFUL: NEAR}[wanted.aim]
    low, high = max(wanted.floor, mean * (1 - band)), min(most, mean * (1 + band))
    yield from regions.level(low, high)
    yield from regions.lift(wanted.floor, most)
    wide = BAND / 2 if wanted.aim == Aim.BALANCED else 1.5 * BAND
    yield from regions.shorten(max(wanted.floor, mean * (1 - wide)), min(most, mean * (1 + wide)))


def _coverage(whole: Ground, owner: Ints) -> Coverage:
    groups: dict[int, list[int]] = {}
    for face, cell in enumerate(owner.tolist()):
        groups.setdefault(cell + 1, []).append(face + 1)
    shapes = unions(whole.coverage, dict(sorted(groups.items())))
    return build_coverage(list(shapes), list(shapes.values()))


def _holds(cells: Coverage, spots: Floats, cell: Ints) -> bool:
    """Tell whether the borders are sound: every cell valid, every building in its cell, and no land lost."""
    shapes = polygons(cells)
    found = np.array(list(shapes.values()), object)
    if not shapely.is_valid(found).all():
        return False
    numbers = {number: at for at, number in enumerate(shapes)}
    mine = found[[numbers[one] for one in cell.tolist()]]
    inside = shapely.intersects(mine, shapely.points(spots))
    return bool((inside | (shapely.distance(mine, shapely.points(spots)) < 1.0)).all())


def _split(whole: Ground, laid: Ground) -> tuple[Message, ...]:
    """Say how many pieces of land are too small to be cells and go with others."""
    before, after = len(np.unique(whole.piece)), len(np.unique(laid.piece[laid.weights > 0]))
    if before > after:
        return (msg("Pieces of land with too few households, which go with the nearest cell: {count}.", count=before - after),)
    return ()


def _uneven(laid: Ground, k: int) -> int:
    """Return how many pieces of land hold so many households that no number of cells in them is near to the mean of k cells."""
    heavy = np.flatnonzero(laid.weights > 0)
    loads = np.bincount(laid.piece[heavy], laid.weights[heavy]) if len(heavy) else np.zeros(0)
    loads, mean = loads[loads > 0], float(laid.weights.sum()) / max(k, 1)
    number = np.maximum(np.floor(loads / mean), 1)
    off = np.minimum(np.abs(loads / number - mean), np.abs(loads / (number + 1) - mean)) > NEAR * mean
    return int(off.sum()) if len(loads) > 1 else 0


def _said_uneven(laid: Ground, k: int) -> tuple[Message, ...]:
    """Say how many pieces of land make cells uneven."""
    count = _uneven(laid, k)
    return (msg("Pieces of land apart whose cells cannot be as large as the others: {count}.", count=count),) if count else ()


def _measured(cells: Coverage, building: Ints, weights: Ints, wanted: Wanted, remarks: tuple[Message, ...]) -> Proposal:
    size = len(cells.cells)
    loads = np.bincount(building - 1, weights, size).astype(np.int64)
    area, around = areas(cells), perimeters(cells)
    compactness = np.array([4 * np.pi * area[cell] / around[cell] ** 2 if around[cell] else 0.0 for cell in cells.cells])
    cut = sum(float(np.hypot(*np.diff(arc.points, axis=0).T).sum()) for arc in cells.arcs.values() if OUTSIDE not in (arc.left, arc.right))
    return Proposal(cells, building, loads, compactness, cut, wanted, _problem(loads, wanted), remarks)


def _problem(loads: Ints, wanted: Wanted) -> Message | None:
    total, below = int(loads.sum()), int((loads < wanted.floor).sum())
    above = int((loads > wanted.most).sum()) if wanted.most else 0
    if below and len(loads) == 1:
        return msg("It has {count} households, fewer than the floor of {floor}; it stays one cell.", count=total, floor=wanted.floor)
    if below and wanted.cells and total < wanted.floor * len(loads):
        return msg(
            "{count} households do not suffice for {cells} cells of {floor}; {below} are below the floor.",
            count=total,
            cells=len(loads),
            floor=wanted.floor,
            below=below,
        )
    if below:
        return msg("No division with every cell at the floor of {floor} was found; {below} are below it.", floor=wanted.floor, below=below)
    if above:
        return msg("No division with every cell at most {most} households was found; {above} are above it.", most=wanted.most, above=above)
    return None
