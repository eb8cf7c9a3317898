"""The land of a village as faces around its buildings, and which of them touch."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, build_coverage, neighbours, snap, unions

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LEAST = 1e-3
"""Faces smaller than this (square units) come of rounding and are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Faces, numbered from 0 (their cells in `coverage` are one higher), with the weight and the middle of each.

    `building`: the face of each place of a building. `beside`: for each face the faces that it shares a border with → how long that is.
    `piece`: which piece of the land each face lies in. `leader`: the face that each goes with, itself as a rule; faces that follow another
    one have no weight and no neighbours of their own.
    """

    coverage: Coverage
    weights: Ints
    middles: Floats
    building: Ints
    beside: tuple[dict[int, float], ...]
    piece: Ints
    leader: Ints

    def __len__(self) -> int:
        return len(self.weights)


def ground(land: shapely.Geometry, places: Floats, weights: Ints, building: Ints | None = None) -> Ground:
    """Part land (Polygon or MultiPolygon) around `places` (n, 2), distinct, with their weights.

    The faces are those of the Voronoi diagram (G. Voronoi 1908) within the land; what its border cuts off has no place and weighs nothing.
    A place that lies beyond the land counts for the nearest face. Faces of one `building` (n, its number; each place by itself by default)
    that touch are one.
    """
    shapes = _faces(land, places)
    coverage = build_coverage(range(1, len(shapes) + 1), list(shapes))
    if building is not None and len(np.unique(building)) < len(building):
        groups = _whole_buildings(coverage, _nearest(shapes, places), building)
        shapes = np.array(list(unions(coverage, groups).values()), object)
        coverage = build_coverage(range(1, len(shapes) + 1), list(shapes))
    return _ground(coverage, shapes, places, weights)


def _nearest(shapes: NDArray[np.object_], places: Floats) -> Ints:
    """Return the face of each place."""
    return np.asarray(shapely.STRtree(shapes).nearest(shapely.points(places)), np.int64) if len(places) else np.zeros(0, np.int64)


def _whole_buildings(coverage: Coverage, face: Ints, building: Ints) -> dict[int, list[int]]:
    """Return the cells of a coverage of faces in groups: those of one building that touch, and all others by themselves."""
    of = {int(one) + 1: int(number) for one, number in zip(face, building, strict=True)}
    beside = neighbours(coverage)
    groups: dict[int, list[int]] = {}
    left = dict.fromkeys(coverage.cells)
    while left:
        first = next(iter(left))
        del left[first]
        group = groups[first] = [first]
        for one in group:
            for other in sorted(beside.get(one, ()) & left.keys()) if one in of else ():
                if of.get(other) == of[one]:
                    del left[other]
                    group.append(other)
    return groups


def _ground(coverage: Coverage, shapes: NDArray[np.object_], places: Floats, weights: Ints) -> Ground:
    beside: tuple[dict[int, float], ...] = tuple({} for _ in shapes)
    for arc in coverage.arcs.values():
        if OUTSIDE not in (arc.left, arc.right) and arc.left != arc.right:
            length = float(np.hypot(*np.diff(arc.points, axis=0).T).sum())
            one, other = arc.left - 1, arc.right - 1
            beside[one][other] = beside[one].get(other, 0.0) + length
            beside[other][one] = beside[other].get(one, 0.0) + length
    building = _nearest(shapes, places)
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2)
    middles[building] = places
    return Ground(
        coverage,
        np.bincount(building, weights, len(shapes)).astype(np.int64),
        middles,
        building,
        beside,
        _pieces(beside),
        np.arange(len(shapes)),
    )


def gathered(whole: Ground, least: int, pieces: int = 0) -> Ground:
    """Let faces that weigh nothing follow the neighbour with the longest common border, and pieces of less than `least` a face elsewhere.

    A piece of land that is too small to be a cell goes with the nearest face of another piece, the smallest piece first; so it may come to
    be a part of a cell that lies in two pieces. The smallest pieces also go with others where there are more than `pieces` (0: as many as
    there are). What remains are faces that weigh something, in pieces that can be cells.
    """
    leader = whole.leader.copy()
    _light(whole, leader)
    _small(whole, leader, least, pieces)
    root = np.array([_root(leader, face) for face in range(len(whole))], np.int64)
    beside: tuple[dict[int, float], ...] = tuple({} for _ in range(len(whole)))
    for face, others in enumerate(whole.beside):
        for other, length in others.items():
            one, two = int(root[face]), int(root[other])
            if one != two:
                beside[one][two] = beside[one].get(two, 0.0) + length
    weights = np.bincount(root, whole.weights, len(whole)).astype(np.int64)
    return replace(whole, weights=weights, beside=beside, piece=_pieces(beside), leader=root)


def _root(leader: Ints, face: int) -> int:
    while int(leader[face]) != face:
        face = int(leader[face])
    return face


def _light(whole: Ground, leader: Ints) -> None:
    """Let each face without weight follow a neighbour, those beside heavy ones first."""
    waiting = [face for face in range(len(whole)) if whole.weights[face] == 0]
    settled = {face for face in range(len(whole)) if whole.weights[face] > 0}
    while waiting:
        later = []
        for face in waiting:
            there = {other: length for other, length in whole.beside[face].items() if other in settled}
            if there:
                leader[face] = max(there, key=lambda other: (there[other], -other))
            else:
                later.append(face)
        settled.update(face for face in waiting if int(leader[face]) != face)
        if len(later) == len(waiting):
            return
        waiting = later


def _small(whole: Ground, leader: Ints, least: int, pieces: int) -> None:
    """Let pieces that are too small go with the nearest building of another piece."""
    from scipy.spatial import cKDTree

    piece = whole.piece.copy()
    heavy = np.flatnonzero(whole.weights > 0)
    if not len(heavy):
        leader[:] = 0
        return
    while True:
        load = np.bincount(piece, whole.weights)
        present = np.unique(piece)
        if len(present) < 2:
            return
        small = [number for number in present.tolist() if load[number] < max(least, 1) or 0 < pieces < len(present)]
        if not small:
            return
        first = min(small, key=lambda number: (load[number], number))
        mine = np.flatnonzero(piece == first)
        others = heavy[piece[heavy] != first]
        own = mine[whole.weights[mine] > 0]
        own = own if len(own) else mine
        away, at = cKDTree(whole.middles[others]).query(whole.middles[own])
        anchor = int(others[at[int(np.argmin(away))]])
        lead = _root(leader, int(own[int(np.argmin(away))]))
        for face in {_root(leader, int(face)) for face in mine.tolist()} - {lead}:
            leader[face] = lead
        leader[lead] = _root(leader, anchor)
        piece[mine] = piece[anchor]


def _faces(land: shapely.Geometry, places: Floats) -> NDArray[np.object_]:
    """Return the faces, every border shared to the last digit: lines are noded before they are polygons."""
    if len(places) < 2:
        found = shapely.get_parts(land)
        return np.asarray(found[shapely.area(found) > _LEAST], object)
    edges = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=land, only_edges=True))
    shapely.prepare(land)
    within = shapely.contains_properly(land, edges)
    met = shapely.get_parts(shapely.get_parts(shapely.intersection(edges[~within & shapely.intersects(land, edges)], land)))
    met = met[shapely.get_type_id(met) == shapely.GeometryType.LINESTRING]
    border = shapely.get_parts(shapely.boundary(land))
    inner = shapely.transform(edges[within], snap)
    inner = inner[shapely.length(inner) > 0]
    rim = shapely.get_parts(shapely.unary_union(np.concatenate([met, border]), grid_size=0.001))  # the others meet at their ends only
    found = _polygonized(land, np.concatenate([inner, rim]))
    if abs(float(shapely.area(found).sum()) - land.area) > 1e-6 * land.area:  # rounding has made some cross
        found = _polygonized(land, shapely.get_parts(shapely.unary_union(np.concatenate([inner, met, border]), grid_size=0.001)))
    return found


def _polygonized(land: shapely.Geometry, linework: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the polygons between lines that lie in (prepared) land."""
    found = shapely.get_parts(shapely.polygonize(linework))
    inside = shapely.point_on_surface(found)
    found = found[shapely.contains_xy(land, shapely.get_x(inside), shapely.get_y(inside))]
    return np.asarray(found[shapely.area(found) > _LEAST], object)


def _pieces(beside: tuple[dict[int, float], ...]) -> Ints:
    """Return which connected piece each face lies in."""
    piece = np.full(len(beside), -1, np.int64)
    number = 0
    for start in range(len(beside)):
        if piece[start] >= 0:
            continue
        waiting = [start]
        piece[start] = number
        while waiting:
            for other in beside[waiting.pop()]:
                if piece[other] < 0:
                    piece[other] = number
                    waiting.append(other)
        number += 1
    return piece
