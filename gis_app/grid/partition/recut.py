"""Cut pairs of neighbouring cells anew, each along the line that gives the most compact pair, or along a road or river.

As recombination does for districts (D. DeFord, M. Duchin and J. Solomon, Recombination: A Family of Markov Chains for Redistricting,
Harvard Data Science Review 3.1, 2021), but for the better only, and on the land itself: both sides stay in one piece, and no building is
cut.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, neighbours, polygons, unions
from gis_app.grid.edits.parted import parted
from gis_app.grid.overlay import overlay
from gis_app.grid.partition.cuts import FOLLOWED, Cut, Houses, Limits, Task, along, straight
from gis_app.grid.partition.lines import Lines
from gis_app.grid.refusal import Refusal
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pair = tuple[int, int]

SWEEPS = 4
"""How often all pairs are looked at; from the second time on only those of which a cell has changed."""

_TURN = np.pi / 24

_BETTER = 0.004
"""What a cut must gain, in compactness (0 … 1) of one cell, to be made."""


def recutting(cells: Coverage, houses: Houses, owner: Ints, limits: Limits, lines: Lines | None = None) -> Steps[tuple[Coverage, Ints]]:
    """Cut pairs anew; return the coverage and the cell of each place (n).

    Only pairs that lie in one piece of land together are cut; other pieces of theirs stay with them.
    """
    now, owner = cells, owner.copy()
    worth = {cell: _compactness(shape) for cell, shape in polygons(now).items()}
    tried: dict[Pair, Pair] = {}
    version = dict.fromkeys(now.cells, 0)
    for sweep in range(SWEEPS):
        pairs = [(one, other) for one, others in neighbours(now).items() for other in others if OUTSIDE < one < other]
        pairs.sort(key=lambda pair: (worth[pair[0]] + worth[pair[1]], pair))
        changed = False
        for at, (one, other) in enumerate(pairs):
            yield Progress((sweep + at / len(pairs)) / SWEEPS, msg("Drawing borders"))
            stamp = version[one], version[other]
            if tried.get((one, other)) == stamp:
                continue
            tried[one, other] = stamp
            made = _cut_anew(now, houses, owner, (one, other), worth[one] + worth[other], limits, lines, (sweep % 2) * _TURN)
            if made is None:
                continue
            now, owner = made
            changed = True
            for cell, shape in polygons(now, (one, other)).items():
                version[cell] += 1
                worth[cell] = _compactness(shape)
        if not changed and sweep:
            break
    return now, owner


def _compactness(shape: shapely.Geometry) -> float:
    return 4 * np.pi * shape.area / shape.length**2 if shape.length else 0.0


def _cut_anew(
    cells: Coverage, houses: Houses, owner: Ints, pair: Pair, worth: float, limits: Limits, lines: Lines | None, turn: float
) -> tuple[Coverage, Ints] | None:
    """Return the coverage with a better border between two cells, None where there is none."""
    land, in_pieces = _land(cells, pair)
    rows = np.flatnonzero((owner == pair[0]) | (owner == pair[1]))
    if land is None or not len(rows):
        return None
    here = shapely.intersects_xy(land, houses.places[rows]) if in_pieces else np.ones(len(rows), np.bool_)
    rows, elsewhere = rows[here], rows[~here]
    if not len(rows):
        return None
    apart = np.array([houses.weights[elsewhere[owner[elsewhere] == cell]].sum() for cell in pair], np.float64)
    loads = apart + [houses.weights[rows[owner[rows] == cell]].sum() for cell in pair]
    worth -= float(limits.uneven(loads).sum())
    task = Task(land, houses.of(rows), apart, float(limits.off(loads).sum()), limits)
    found = [straight(task, turn)]
    if lines is not None:
        found.append(along(task, lines))
        worth += FOLLOWED * lines.share(_border(cells, pair))
    best = max((cut for cut in found if cut is not None), key=lambda cut: cut.worth, default=None)
    if best is None or best.worth < worth + _BETTER:
        return None
    return _taken(cells, houses, owner, pair, land, rows, best)


def _land(cells: Coverage, pair: Pair) -> tuple[shapely.Polygon | None, bool]:
    """Return the largest piece of the land of two cells, if it is the largest piece of both, and whether there are others."""
    parts = shapely.get_parts(unions(cells, {0: pair})[0])
    main = parts[int(np.argmax(shapely.area(parts)))]
    if all(len(cells.cells[cell]) == 1 for cell in pair):
        return (main, False) if len(parts) == 1 else (None, False)
    largest = sum(float(shapely.area(shapely.get_parts(shape)).max()) for shape in polygons(cells, pair).values())
    return (main if main.area >= largest * (1 - 1e-9) else None), True


def _border(cells: Coverage, pair: Pair) -> shapely.MultiLineString:
    """Return the border that two cells share."""
    arcs = {abs(arc) for part in cells.cells[pair[0]] for ring in part for arc in ring}
    shared = [cells.arcs[arc] for arc in sorted(arcs) if pair[1] in (cells.arcs[arc].left, cells.arcs[arc].right)]
    return shapely.multilinestrings([shapely.LineString(arc.points) for arc in shared])


def _taken(
    cells: Coverage, houses: Houses, owner: Ints, pair: Pair, land: shapely.Polygon, rows: Ints, cut: Cut
) -> tuple[Coverage, Ints] | None:
    """Return the coverage with a cut as the border of a pair; where both may be below it, as many households as possible stay."""
    stays = [int(houses.weights[rows[cut.below == (owner[rows] == pair[way])]].sum()) for way in cut.first]
    under, above = pair if cut.first[int(np.argmax(stays))] == 0 else pair[::-1]
    drawn = overlay(cells, pair, [cut.path])
    inside = shapely.get_coordinates(shapely.point_on_surface(np.array([face.shape for face in drawn.faces], object)))
    ours, below = shapely.intersects_xy(land, inside), cut.is_below(inside)
    sides = [under if is_below else above for is_below in below.tolist()]
    made = parted(drawn, [side if mine else face.origin for side, mine, face in zip(sides, ours.tolist(), drawn.faces, strict=True)])
    if isinstance(made, Refusal) or made.removed:
        return None
    owner = owner.copy()
    owner[rows] = np.where(cut.below, under, above)
    return made.coverage, owner
