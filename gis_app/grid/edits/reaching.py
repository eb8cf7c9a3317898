"""Drawn lines that are to part cells: carried on to the border where that is plain."""

from collections.abc import Collection, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, polygons, snap
from gis_app.grid.edits.hugging import hugging
from gis_app.grid.overlay import Overlay, arcs_of, overlay
from gis_app.grid.refusal import Refusal
from gis_app.language import msg

Floats = NDArray[np.float64]
Place = tuple[float, float]

REACH = 100.0
"""A line that ends so near to the border (units of the coordinates), or nearer, is carried on to it."""

_STEP = 0.002
"""A line looks for borders from so far beyond its end on."""


def reaching(
    coverage: Coverage, cells: Collection[int], lines: Sequence[Floats], reach: float = REACH, free: int = OUTSIDE, *, strict: bool = True
) -> Overlay | Refusal:
    """Lay lines over cells; one that ends inside a cell (other than `free`) is carried on straight ahead, to the next border or line.

    That is plain where the way is not longer than `reach`, nor than the line itself. A short tail beyond a crossing is left alone, where
    the lines part something without it and the way ahead is longer. Other ends are refused with their place (`ends_inside`), if not
    `strict` only where the lines part nothing. Of a freehand line the direction is that of its last quarter of `reach`.
    """
    drawn = hugging(coverage, cells, [clean for line in lines if len(clean := _clean(line)) > 1])
    overlaid = overlay(coverage, cells, drawn)
    hanging = _inside(coverage, [cell for cell in cells if cell != free], overlaid)
    if not hanging:
        return overlaid
    parts = len(overlaid.faces) > len(overlay(coverage, cells, []).faces)
    obstacles = [coverage.arcs[arc].points for arc in arcs_of(coverage, cells)] + drawn
    around = shapely.multilinestrings([shapely.LineString(line) for line in obstacles])
    longer = list(drawn)
    for k, line in enumerate(drawn):
        for end in (0, -1):
            place = (float(line[end, 0]), float(line[end, 1]))
            if place not in hanging:
                continue
            tail = hanging[place]
            ahead = _ahead(line if end else line[::-1], around, reach)
            way = np.inf if ahead is None else float(np.hypot(*(ahead - line[end])))
            if parts and ((tail < way and tail <= reach) or (ahead is None and not strict)):
                continue
            if ahead is None:
                return Refusal("ends_inside", msg("The line ends here, inside the cell; draw it on to the border."), place)
            longer[k] = np.concatenate([longer[k], [ahead]]) if end else np.concatenate([[ahead], longer[k]])
    return overlay(coverage, cells, longer)


def _clean(line: Floats) -> Floats:
    """Return the points of a line on the grid, those alone that are numbers and other than the one before."""
    points = snap(np.asarray(line, np.float64).reshape(-1, 2))
    points = points[np.isfinite(points).all(axis=1)]
    kept: Floats = points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))[: len(points)]]
    return kept


def _inside(coverage: Coverage, cells: Collection[int], overlaid: Overlay) -> dict[Place, float]:
    """Return the loose ends that lie inside a cell, with their tails."""
    if not overlaid.loose:
        return {}
    x, y = np.array(overlaid.loose).T
    inside = np.zeros(len(x), np.bool_)
    for shape in polygons(coverage, [cell for cell in cells if cell in coverage.cells]).values():
        inside |= shapely.contains_xy(shape, x, y)
    return {place: tail for place, tail, hit in zip(overlaid.loose, overlaid.tails, inside.tolist(), strict=True) if hit}


def _ahead(line: Floats, around: shapely.Geometry, reach: float) -> Floats | None:
    """Return the first place straight ahead of the end of a line where something lies, if it is within reach."""
    whole = shapely.LineString(line)
    back = shapely.get_coordinates(shapely.line_interpolate_point(whole, max(whole.length - reach / 4, 0.0)))[0]
    direction = line[-1] - back
    length = float(np.hypot(*direction))
    if not length:
        return None
    direction = direction / length
    way = min(reach, whole.length)
    ray = shapely.LineString([line[-1] + _STEP * direction, line[-1] + way * direction])
    met = shapely.get_coordinates(shapely.intersection(ray, around))
    if not len(met):
        return None
    nearest: Floats = snap(met[np.argmin(np.hypot(*(met - line[-1]).T))])
    return nearest
