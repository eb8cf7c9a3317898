"""Borders between the proposed cells: as straight as the buildings let them, and along roads and rivers that run nearby."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from gis_app.grid.coverage import OUTSIDE, Coverage, snap
from gis_app.grid.partition.lines import Lines
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLEAR = 3.0
"""Units that a border keeps from a building, where there is room."""

_SHARE = 0.5
"""A road or river is followed where it runs along at least this share of a border."""


def straightening(cells: Coverage, places: Floats, lines: Sequence[Floats] = (), tolerance: float = 0.0) -> Steps[Coverage]:
    """Return a coverage whose borders between cells are straighter.

    No building at `places` (n, 2) changes sides, and no border crosses another. Of each border, as many points as possible are passed over,
    from one end to the other, as one pulls a string. Then a border runs along one of `lines` (each (n, 2)) that keeps within `tolerance` of
    it, where that leaves every building where it is. A border that runs along a line already stays as it is.
    """
    guides = Lines(lines) if tolerance > 0 and len(lines) else None
    tree = shapely.STRtree(shapely.points(places)) if len(places) else None
    bent = cells
    inner = [(number, arc) for number, arc in cells.arcs.items() if OUTSIDE not in (arc.left, arc.right) and arc.start != arc.end]
    for at, (number, arc) in enumerate(inner):
        yield Progress(at / len(inner), msg("Drawing borders"))
        if guides is not None and guides.share(shapely.LineString(arc.points)) >= _SHARE:
            continue
        obstacles = _others(bent, number)
        near = places[tree.query(shapely.box(*_box(arc.points, 2 * CLEAR)))] if tree is not None else places
        points = _pulled(arc.points, near, obstacles)
        followed = _along_lines(points, near, obstacles, lines, tolerance) if tolerance > 0 and len(lines) else None
        points = points if followed is None else followed
        if len(points) != len(arc.points) or not np.array_equal(points, arc.points):
            points.flags.writeable = False
            bent = replace(bent, arcs={**bent.arcs, number: replace(arc, points=points)})
    return bent


def _box(points: Floats, margin: float) -> tuple[float, float, float, float]:
    (west, south), (east, north) = points.min(axis=0) - margin, points.max(axis=0) + margin
    return float(west), float(south), float(east), float(north)


def _others(coverage: Coverage, number: int) -> shapely.Geometry:
    """Return the other borders of the two cells beside an arc."""
    arc = coverage.arcs[number]
    around = {abs(one) for cell in (arc.left, arc.right) for part in coverage.cells[cell] for ring in part for one in ring} - {number}
    found = shapely.multilinestrings([shapely.LineString(coverage.arcs[one].points) for one in sorted(around)])
    shapely.prepare(found)
    return found


def _pulled(points: Floats, places: Floats, obstacles: shapely.Geometry) -> Floats:
    """Return a polyline with as few of its points as possible."""
    kept, at, last = [0], 0, len(points) - 1
    clear = min(CLEAR, 0.9 * _distance(points, places)) if len(places) else 0.0
    while at < last:
        step = last
        while step > at + 1 and not _free(points[at : step + 1], places, obstacles, clear, first=at == 0, final=step == last):
            step = at + max(1, (step - at) * 3 // 4 if step - at > 4 else step - at - 1)
        kept.append(step)
        at = step
    found: Floats = points[kept]
    return found


def _distance(points: Floats, places: Floats) -> float:
    return float(shapely.distance(shapely.LineString(points), shapely.points(places)).min())


def _free(way: Floats, places: Floats, obstacles: shapely.Geometry, clear: float, *, first: bool, final: bool) -> bool:
    """Tell whether the straight line between the ends of a way passes no building by, and crosses nothing."""
    start, end = way[0], way[-1]
    length = float(np.hypot(*(end - start)))
    if length < 0.02:
        return False
    if len(places) and ((np.abs(_winding(way, places)) > 0.5).any() or _to_segment(places, start, end).min() < clear):
        return False
    ahead = (end - start) / length * 0.01
    shrunk = shapely.LineString([start + ahead if first else start, end - ahead if final else end])
    return not shapely.intersects(obstacles, shrunk)


def _winding(way: Floats, places: Floats) -> Floats:
    """Return how often the closed way goes around each place."""
    ring = np.concatenate([way, way[:1]])
    seen = ring[None, :, :] - places[:, None, :]
    angle = np.arctan2(seen[..., 1], seen[..., 0])
    turn = np.diff(angle, axis=1)
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    total: Floats = turn.sum(axis=1) / (2 * np.pi)
    return total


def _to_segment(places: Floats, start: Floats, end: Floats) -> Floats:
    along = end - start
    share = np.clip(((places - start) @ along) / (along @ along), 0.0, 1.0)
    found: Floats = np.hypot(*(places - start - share[:, None] * along).T)
    return found


def _along_lines(points: Floats, places: Floats, obstacles: shapely.Geometry, lines: Sequence[Floats], tolerance: float) -> Floats | None:
    """Return a border that follows a line nearby for most of its way, or None where none does."""
    border = shapely.LineString(points)
    corridor = shapely.buffer(border, tolerance, cap_style="flat")
    shapely.prepare(corridor)
    known = np.array([shapely.LineString(line) for line in lines], object)
    met = shapely.intersection(known[shapely.intersects(corridor, known)], corridor)
    parts = shapely.get_parts(shapely.line_merge(shapely.union_all(met))) if len(met) else np.array([], object)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    if not len(parts):
        return None
    longest = parts[int(np.argmax(shapely.length(parts)))]
    if shapely.length(longest) < _SHARE * border.length:
        return None
    trim = min(tolerance, 0.1 * longest.length)  # a border leaves its ends slantwise: these stay where they are
    along = shapely.get_coordinates(substring(longest, trim, longest.length - trim))
    if shapely.line_locate_point(border, shapely.Point(along[0])) > shapely.line_locate_point(border, shapely.Point(along[-1])):
        along = along[::-1]
    way = snap(np.concatenate([points[:1], along, points[-1:]]))
    way = way[np.append(True, (np.diff(way, axis=0) != 0).any(axis=1))]
    line = shapely.LineString(way)
    ring = np.concatenate([points, way[::-1]])
    if not line.is_simple or (len(places) and ((np.abs(_winding(ring, places)) > 0.5).any() or _distance(way, places) < 0.01)):
        return None
    return None if shapely.intersects(obstacles, substring(line, 0.01, line.length - 0.01)) else way
