"""Change many borders at once, each as far as the coverage stays sound."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import Arc, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.replaced import pieces_between, with_points
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.edits.vertices import cells_beside, no_such_border
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]
Way = Callable[[Arc, bool], Floats]
"""From an arc, and whether it is a ring that meets no other border, to the points that it should get (on the grid; nodes stay)."""


def gently(coverage: Coverage, arcs: Sequence[int], ways: Sequence[Way]) -> Edited | Refusal:
    """Give arcs the points of the first way that keeps the coverage sound, trying from the strongest way to the weakest for each.

    All arcs are tried together first; where that fails, halves of them, down to the single arc that is in the way. An arc that no way
    is sound for stays. The result warns of arcs that got less. Refused for arcs that there are not, with `nothing_to_do` where no way
    changes anything, and with the reason of the first failure where nothing can be changed.
    """
    numbers = list(dict.fromkeys(arcs))
    if any(number not in coverage.arcs for number in numbers):
        return no_such_border()
    alone = _rings_alone(coverage, numbers)
    after, failure = coverage, None
    changed: list[int] = []
    less = 0
    waiting: list[tuple[list[int], int]] = [(numbers, 0)]
    while waiting:
        batch, strength = waiting.pop()
        points = {number: ways[strength](coverage.arcs[number], number in alone) for number in batch}
        points = {number: line for number, line in points.items() if not np.array_equal(line, coverage.arcs[number].points)}
        if not points:
            continue
        places = {coverage.arcs[k].start: (float(line[0, 0]), float(line[0, 1])) for k, line in points.items() if k in alone}
        tried = with_points(after, points, places)
        refusal = unsound(tried, cells_beside(coverage, points))
        if refusal is None:
            after = tried
            changed += points
            less += len(points) if strength else 0
        elif len(points) > 1:
            failing = list(points)
            middle = len(failing) // 2
            waiting += [(failing[middle:], strength), (failing[:middle], strength)]
        else:
            failure = failure or refusal
            if strength + 1 < len(ways):
                waiting.append((list(points), strength + 1))
            else:
                less += 1
    if not changed:
        return failure or Refusal("nothing_to_do", msg("These borders would not change; choose others, or change them more."))
    warnings = (msg("{count} borders were changed less, because they would cross others.", count=less),) if less else ()
    return Edited(after, cells_beside(coverage, changed), pieces=pieces_between(coverage, after, changed), warnings=warnings)


def _rings_alone(coverage: Coverage, numbers: Sequence[int]) -> frozenset[int]:
    """Return the arcs that are rings and meet no other border: their node may lie anywhere on them."""
    closed = {coverage.arcs[number].start: number for number in numbers if coverage.arcs[number].start == coverage.arcs[number].end}
    if not closed:
        return frozenset()
    ends: dict[int, int] = {}
    for arc in coverage.arcs.values():
        for node in (arc.start, arc.end):
            if node in closed:
                ends[node] = ends.get(node, 0) + 1
    return frozenset(number for node, number in closed.items() if ends[node] == 2)
