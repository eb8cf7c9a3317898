"""The way from one place on the borders to another along the borders: A* over the arcs of a coverage."""

from dataclasses import dataclass
from heapq import heappop, heappush
from math import hypot

import numpy as np
from numpy.typing import NDArray

from gis_app.grid.coverage import Coverage

Floats = NDArray[np.float64]
Place = tuple[float, float]

LONGEST_DETOUR = 8.0
"""A way longer than this many times the straight line (and than `SHORT`) is not what a person means."""

SHORT = 500.0
"""Ways up to this length are offered however roundabout they are, in units of the coordinates."""


@dataclass(frozen=True, slots=True)
class OnBorder:
    """A place on a border: its arc, the segment that it lies on (from vertex `segment` to the next), and its coordinates."""

    arc: int
    segment: int
    x: float
    y: float


class Tracer:
    """Finds ways along the borders of one coverage."""

    def __init__(self, coverage: Coverage) -> None:
        self._coverage = coverage
        self._lengths: dict[int, float] = {}  # of the arcs that a search has come to
        self._leaving: dict[int, list[tuple[int, int]]] = {}
        for number, arc in coverage.arcs.items():
            self._leaving.setdefault(arc.start, []).append((number, arc.end))
            self._leaving.setdefault(arc.end, []).append((-number, arc.start))

    def way(self, start: OnBorder, end: OnBorder) -> Floats | None:
        """Return the points (n, 2) of the shortest way along borders, both ends included; None where there is none, or a huge detour."""
        direct = hypot(end.x - start.x, end.y - start.y)
        best, best_length = self._along_one(start, end)
        longest = min(best_length, max(direct * LONGEST_DETOUR, SHORT))
        over_nodes = self._over_nodes(start, end, longest)
        if over_nodes is not None:
            best, best_length = over_nodes
        return best if best is not None and best_length <= max(direct * LONGEST_DETOUR, SHORT) else None

    def _along_one(self, start: OnBorder, end: OnBorder) -> tuple[Floats | None, float]:
        """Return the way within one arc and its length."""
        if start.arc != end.arc:
            return None, float("inf")
        points = self._coverage.arcs[start.arc].points
        forwards = (start.segment, _along(points, start)) <= (end.segment, _along(points, end))
        first, last = (start, end) if forwards else (end, start)
        way = _joined((first.x, first.y), points[first.segment + 1 : last.segment + 1], (last.x, last.y))
        return (way if forwards else way[::-1]), _length(way)

    def _over_nodes(self, start: OnBorder, end: OnBorder, longest: float) -> tuple[Floats, float] | None:
        """Return the shortest way that passes a node and is not longer than `longest`, and its length."""
        nodes = self._coverage.nodes
        goals: dict[int, tuple[Floats, float]] = {}
        for node, line, length in self._to_ends(end):  # of a ring without other nodes, both ends are the same one
            if node not in goals or length < goals[node][1]:
                goals[node] = (line, length)
        queue: list[tuple[float, float, int]] = []
        reached: dict[int, tuple[float, int, int]] = {}  # node: length so far, arc that led here (0: from the start), node before
        heads: dict[int, Floats] = {}
        for node, line, length in self._to_ends(start):
            if node not in reached or length < reached[node][0]:
                reached[node] = (length, 0, 0)
                heads[node] = line
                x, y = nodes[node]
                heappush(queue, (length + hypot(x - end.x, y - end.y), length, node))
        best: tuple[float, int] | None = None
        while queue:
            estimate, length, node = heappop(queue)
            if estimate > (best[0] if best is not None else longest):
                break
            if length > reached[node][0]:
                continue
            if node in goals and (best is None or length + goals[node][1] < best[0]) and length + goals[node][1] <= longest:
                best = (length + goals[node][1], node)
            for arc, other in self._leaving[node]:
                further = length + self._length_of(abs(arc))
                if other not in reached or further < reached[other][0]:
                    reached[other] = (further, arc, node)
                    x, y = nodes[other]
                    heappush(queue, (further + hypot(x - end.x, y - end.y), further, other))
        if best is None:
            return None
        length, node = best
        pieces = [goals[node][0][::-1]]
        while reached[node][1]:
            arc = reached[node][1]
            points = self._coverage.arcs[abs(arc)].points
            pieces.append(points if arc > 0 else points[::-1])
            node = reached[node][2]
        pieces.append(heads[node])
        way = np.concatenate(pieces[::-1])
        return way[np.append(True, (np.diff(way, axis=0) != 0).any(axis=1))], length

    def _length_of(self, arc: int) -> float:
        if arc not in self._lengths:
            self._lengths[arc] = _length(self._coverage.arcs[arc].points)
        return self._lengths[arc]

    def _to_ends(self, place: OnBorder) -> list[tuple[int, Floats, float]]:
        """Return the nodes at the ends of a place's arc, each with the way there (n, 2) and its length."""
        arc = self._coverage.arcs[place.arc]
        at = (place.x, place.y)
        back = _joined(at, arc.points[: place.segment + 1][::-1])
        on = _joined(at, arc.points[place.segment + 1 :])
        return [(arc.start, back, _length(back)), (arc.end, on, _length(on))]


def _along(points: Floats, place: OnBorder) -> float:
    """Return how far a place is from the beginning of its segment."""
    x, y = points[place.segment].tolist()
    return hypot(place.x - x, place.y - y)


def _joined(first: Place, middle: Floats, last: Place | None = None) -> Floats:
    """Return a line through some points, none of them twice in a row."""
    line = np.concatenate([[first], middle, [last] if last is not None else np.empty((0, 2))])
    result: Floats = line[np.append(True, (np.diff(line, axis=0) != 0).any(axis=1))]
    return result


def _length(line: Floats) -> float:
    return float(np.hypot(*np.diff(line, axis=0).T).sum())
