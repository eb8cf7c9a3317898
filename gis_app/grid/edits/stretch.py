"""The stretch of borders that runs from one place to another: what a drawn line replaces."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, snap
from gis_app.grid.noding import distinct
from gis_app.grid.overlay import arcs_of, cells_near

Floats = NDArray[np.float64]
Way = tuple[int, ...]
"""Signed arcs in walking order; the first one is walked from a contact on, the last one up to another."""

ON = 1.5 * GRID
"""A place that is no farther than this from a border lies on it: half the diagonal of a grid step, and as much again for rounding."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A place on the border: which arcs are there, and how far along each."""

    at: tuple[float, float]
    arcs: Mapping[int, float]


def contacts(coverage: Coverage, line: Floats, among: Collection[int] | None, reach: float) -> tuple[Floats, Contact, Contact] | None:
    """Return a line cut to the part from where it first meets a border to where it last does, and these two places.

    `among`: the arcs that count (None: all). An end of the line that is no farther than `reach` from a border is carried on to it.
    None where the line meets no border, or one place of it alone.
    """
    west, south = line.min(axis=0) - reach
    east, north = line.max(axis=0) + reach
    near = [arc for arc in arcs_of(coverage, cells_near(coverage, (west, south, east, north))) if among is None or arc in among]
    if not near:
        return None
    points = [coverage.arcs[arc].points for arc in near]
    borders = shapely.linestrings(np.concatenate(points), indices=np.repeat(np.arange(len(points)), [len(p) for p in points]))
    drawn = shapely.LineString(line)
    met = shapely.get_coordinates(shapely.intersection(borders, drawn))
    first, last = _end(borders, line[0], reach), _end(borders, line[-1], reach)
    along = shapely.line_locate_point(drawn, shapely.points(met)) if len(met) else np.zeros(0)
    places = shapely.line_locate_point(drawn, shapely.points(line))
    places[-1] = drawn.length
    if first is not None:
        head, before = 0.0, [first]
    elif len(met):
        head, before = float(along.min()), [met[int(np.argmin(along))]]
    else:
        return None
    if last is not None:
        tail, after = float(drawn.length), [last]
    elif len(met):
        tail, after = float(along.max()), [met[int(np.argmax(along))]]
    else:
        return None
    inner = line[((places > head) | (places == 0.0) & (first is not None)) & ((places < tail) | (places == tail) & (last is not None))]
    whole = distinct(snap(np.concatenate([before, inner, after]))) if head < tail else line[:1]
    if len(whole) < 2 or (whole[0] == whole[-1]).all():
        return None
    return whole, _contact(near, borders, whole[0]), _contact(near, borders, whole[-1])


def _end(borders: NDArray[np.object_], place: Floats, reach: float) -> Floats | None:
    """Return the nearest place on a border that is within reach, None if there is none."""
    point = shapely.Point(place)
    distances = shapely.distance(borders, point)
    nearest = int(np.argmin(distances))
    if distances[nearest] > reach:
        return None
    return np.asarray(shapely.get_coordinates(shapely.shortest_line(borders[nearest], point))[0])


def _contact(numbers: Sequence[int], borders: NDArray[np.object_], place: Floats) -> Contact:
    point = shapely.Point(place)
    here = np.flatnonzero(shapely.distance(borders, point) <= ON)
    along = shapely.line_locate_point(borders[here], point)
    x, y = place.tolist()
    return Contact((x, y), {numbers[k]: float(d) for k, d in zip(here.tolist(), along, strict=True)})


def ways(coverage: Coverage, start: Contact, end: Contact, among: Collection[int] | None) -> list[Way]:
    """Return the stretches of border from one contact to another that a line between them may be meant to replace.

    That is the arc that both are on; else both ways around a cell whose border both are on; else the shortest way along borders. With
    `among`, these arcs alone are walked, both ways around where they run around.
    """
    if among is None:
        around = [way for cell in _sides(coverage, start) & _sides(coverage, end) for way in _around(coverage, cell, start, end)]
        direct = [way for way in around if len(way) == 1 and coverage.arcs[abs(way[0])].start != coverage.arcs[abs(way[0])].end]
        if around:
            return list(dict.fromkeys(direct or around))
    found: list[Way] = []
    shortest = _shortest(coverage, start, end, among)
    if shortest is not None:
        found.append(shortest)
        other = None if among is None else _shortest(coverage, start, end, among, shortest)
        found += [other] if other is not None else []
    return found


def _sides(coverage: Coverage, contact: Contact) -> set[int]:
    return {side for arc in contact.arcs for side in (coverage.arcs[arc].left, coverage.arcs[arc].right)} - {OUTSIDE}


def _around(coverage: Coverage, cell: int, start: Contact, end: Contact) -> list[Way]:
    """Return both ways from one contact to the other along each ring of a cell that both are on."""
    found: list[Way] = []
    for ring in (ring for part in coverage.cells[cell] for ring in part):
        for way in (ring, tuple(-arc for arc in reversed(ring))):
            heads = [k for k, arc in enumerate(way) if abs(arc) in start.arcs]
            tails = [k for k, arc in enumerate(way) if abs(arc) in end.arcs]
            for i in heads:
                for j in tails:
                    if i == j and _is_ahead(coverage, way[i], start, end):
                        found.append((way[i],))
                    else:
                        found.append(_trimmed(coverage, way[i : j + 1] if i < j else way[i:] + way[: j + 1], start, end))
    return found


def _is_ahead(coverage: Coverage, signed: int, start: Contact, end: Contact) -> bool:
    """Tell whether the end contact comes after the start contact when an arc that both are on is walked."""
    arc, length = coverage.arcs[abs(signed)], _length(coverage, abs(signed))
    from_, to = start.arcs[abs(signed)], end.arcs[abs(signed)]
    if arc.start == arc.end:  # what is at its node is at both ends
        from_ = (0.0 if signed > 0 else length) if min(from_, length - from_) <= ON else from_
        to = (length if signed > 0 else 0.0) if min(to, length - to) <= ON else to
    return (to - from_) * signed > 0


def _trimmed(coverage: Coverage, way: Way, start: Contact, end: Contact) -> Way:
    """Return a way of several arcs without a first and last one that the contacts leave nothing of."""
    first, last = way[0], way[-1]
    if len(way) > 1 and (_length(coverage, first) - start.arcs[first] if first > 0 else start.arcs[-first]) <= ON:
        way = way[1:]
    if len(way) > 1 and (end.arcs[last] if last > 0 else _length(coverage, -last) - end.arcs[-last]) <= ON:
        way = way[:-1]
    return way


def _shortest(coverage: Coverage, start: Contact, end: Contact, among: Collection[int] | None, other_than: Way = ()) -> Way | None:
    """Return the shortest way along arcs (E. W. Dijkstra, A note on two problems in connexion with graphs, 1959).

    `other_than`: a way that is not to be taken again; neither are its arcs, but for the ends that the contacts are on.
    """
    without = {abs(arc) for arc in other_than[1:-1]}
    leaving: dict[int, list[int]] = {}
    for number in coverage.arcs if among is None else among:
        if number not in without:
            leaving.setdefault(coverage.arcs[number].start, []).append(number)
            leaving.setdefault(coverage.arcs[number].end, []).append(-number)
    queue: list[tuple[float, Way]] = []

    def go(so_far: float, way: Way, signed: int) -> None:
        if signed not in other_than[:1] and abs(signed) not in without:
            heappush(queue, (so_far, (*way, signed)))

    for arc, along in start.arcs.items():
        for signed in (arc, -arc):
            go(_length(coverage, arc) - along if signed > 0 else along, (), signed)
            if arc in end.arcs and _is_ahead(coverage, signed, start, end) and signed not in other_than[:1]:
                heappush(queue, (abs(end.arcs[arc] - along), (signed, 0)))
    done: set[int] = set()
    while queue:
        so_far, way = heappop(queue)
        if way[-1] == 0:
            return _trimmed(coverage, way[:-1], start, end)
        last = coverage.arcs[abs(way[-1])]
        node = last.end if way[-1] > 0 else last.start
        if node in done:
            continue
        done.add(node)
        for signed in leaving.get(node, ()):
            if abs(signed) in end.arcs and signed not in other_than:
                along = end.arcs[abs(signed)]
                heappush(queue, (so_far + (along if signed > 0 else _length(coverage, abs(signed)) - along), (*way, signed, 0)))
            go(so_far + _length(coverage, abs(signed)), way, signed)
    return None


def _length(coverage: Coverage, arc: int) -> float:
    return float(np.hypot(*np.diff(coverage.arcs[arc].points, axis=0).T).sum())


def points_of(way: Way, chains: Mapping[int, Floats], start: Contact, end: Contact) -> list[Floats]:
    """Return the points of a way, one array (n, 2) an arc (the first and the last one cut at the contacts), in walking order.

    `chains` are the points of the arcs; a contact is at the vertex nearest to it, or cuts a segment.
    """
    pieces = [chains[abs(arc)] if arc > 0 else chains[abs(arc)][::-1] for arc in way]
    if len(way) == 1:
        return [_between(pieces[0], np.array(start.at), np.array(end.at))]
    pieces[0] = _between(pieces[0], np.array(start.at), None)
    pieces[-1] = _between(pieces[-1], None, np.array(end.at))
    return pieces


def _between(points: Floats, start: Floats | None, end: Floats | None) -> Floats:
    """Return the points of a line from one place on it to another (None: its own ends)."""
    line = shapely.LineString(points)
    places = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    closed = bool((points[0] == points[-1]).all())
    head = 0.0 if start is None or (closed and (start == points[0]).all()) else float(shapely.line_locate_point(line, shapely.Point(start)))
    whole = end is None or (closed and (end == points[0]).all())
    tail = line.length if whole else float(shapely.line_locate_point(line, shapely.Point(end)))
    inner = points[(places > head + GRID / 4) & (places < tail - GRID / 4)]
    first = points[:1] if start is None else start[None]
    last = points[-1:] if end is None else end[None]
    return np.concatenate([first, inner, last])
