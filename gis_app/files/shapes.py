"""Geometries of a file on their way to the county: rejected with a reason, mended where that is certain, moved to the county's system."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.files import crs as systems
from gis_app.files.errors import FileError
from gis_app.files.report import Rejection, Repair
from gis_app.files.rows import FileRows
from gis_app.grid.coverage import snap
from gis_app.grid.datum import metres_per_unit
from gis_app.language import Message, msg

_LIMIT = 1e9
"""No coordinate in degrees or in metres of a projection is larger; a value like 1e308 is damage."""


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """The areas of a file in the county's system on the 1 mm grid: a MultiPolygon a row, None for a rejected one."""

    polygons: NDArray[np.object_]
    rejected: tuple[Rejection, ...]
    repaired: tuple[Repair, ...]
    notes: tuple[Message, ...]


def usual_bounds(rows: FileRows) -> systems.Bounds | None:
    """Return where most vertices of a file are."""
    if rows.geometry is None:
        return None
    xy = shapely.get_coordinates(rows.geometry)
    return systems.usual_bounds(xy[:, 0], xy[:, 1])


def area_shapes(rows: FileRows, named_crs: str, county_crs: str, county_bounds: systems.Bounds | None, *, repair: bool) -> Shapes:
    """Return the areas of a file.

    `named_crs` is what the user says (also a datum such as "gcj02"), "" to trust the file and its numbers. With `repair`, rings that cross
    themselves become valid areas; without, they come in as they are and the checks list them. Raises `FileError` where the coordinate
    system cannot be told.
    """
    assert rows.geometry is not None
    bounds = usual_bounds(rows)
    guess = systems.named_or_guessed(named_crs, bounds, rows.crs, county_crs, county_bounds)
    if not guess.crs:
        raise FileError(
            msg(
                "{file} does not say its coordinate system ({reason}); name it when importing, for example EPSG:4549.",
                file=rows.name,
                reason=guess.reason,
            )
        )
    notes: list[Message] = []
    if not guess.declared:
        notes.append(msg("Coordinates are taken as {crs}: {reason}.", crs=systems.shown_name(guess.crs), reason=guess.reason))
    polygons, rejected, repaired = _areas(rows)
    return _moved(rows, polygons, rejected, repaired, notes, guess.crs, county_crs, swapped=guess.swapped, repair=repair)


def _areas(rows: FileRows) -> tuple[NDArray[np.object_], list[Rejection], list[Repair]]:
    """Return areas as they are in the file; closed lines become areas (drawings know nothing else)."""
    assert rows.geometry is not None
    shapes = rows.geometry.copy()
    types = shapely.get_type_id(shapes)
    rejected: list[Rejection] = []
    repaired: list[Repair] = []
    for index in np.flatnonzero((types != 3) & (types != 6)).tolist():
        shape, row = shapes[index], int(rows.numbers[index])
        area = None if shape is None else _area_of(shape)
        shapes[index] = area
        if shape is None:
            rejected.append(Rejection(row, msg("the row has no geometry")))
        elif area is None:
            problem = _no_area(shape)
            rejected.append(Rejection(row, problem))
        elif types[index] != 7:
            repaired.append(Repair(row, msg("a closed line became an area")))
    for index in np.flatnonzero(shapely.is_empty(shapes) & (shapely.get_type_id(shapes) >= 0)).tolist():
        shapes[index] = None
        rejected.append(Rejection(int(rows.numbers[index]), msg("the geometry is empty")))
    return shapes, rejected, repaired


def _no_area(shape: shapely.Geometry) -> Message:
    if shape.is_empty:
        return msg("the geometry is empty")
    if shape.geom_type in ("Point", "MultiPoint"):
        return msg("the geometry is a point, not an area")
    if "Line" in shape.geom_type:
        return msg("the geometry is an open line, not an area")
    return msg("the geometry holds no area")


def _area_of(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return what is area in a geometry that is none itself: closed lines, or the areas of a collection."""
    parts = shapely.get_parts(shape)
    if shape.geom_type == "GeometryCollection":
        areas = [part for part in parts if part.geom_type in ("Polygon", "MultiPolygon") and not part.is_empty]
        return shapely.union_all(areas) if areas else None
    if shape.geom_type in ("LineString", "LinearRing", "MultiLineString"):
        closed = [part for part in parts if part.is_closed and shapely.get_num_coordinates(part) >= 4]
        if closed and len(closed) == len(parts):
            return shapely.MultiPolygon([shapely.Polygon(part) for part in closed])
    return None


def _moved(
    rows: FileRows,
    shapes: NDArray[np.object_],
    rejected: list[Rejection],
    repaired: list[Repair],
    notes: list[Message],
    crs: str,
    county_crs: str,
    *,
    swapped: bool,
    repair: bool,
) -> Shapes:
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    if swapped:
        xy = xy[:, ::-1]
    wrong = ~(np.isfinite(xy).all(axis=1) & (np.abs(xy) < _LIMIT).all(axis=1))
    if crs.lower() in systems.DATUM_NAMES or systems.parse_crs(crs).is_geographic:
        wrong |= (np.abs(xy[:, 0]) > 180) | (np.abs(xy[:, 1]) > 90)
    xy = np.where(wrong[:, None], 0.0, xy)
    moved = systems.transform(np.ascontiguousarray(xy), crs, county_crs)
    wrong |= ~(np.isfinite(moved).all(axis=1) & (np.abs(moved) < _LIMIT).all(axis=1))
    for index in np.unique(owner[wrong]).tolist():
        shapes[index] = None
        count = int((owner[wrong] == index).sum())
        rejected.append(
            Rejection(int(rows.numbers[index]), msg("{count} coordinates are impossible (no number, or out of range)", count=count))
        )
    kept = ~np.isin(owner, np.unique(owner[wrong]))
    shapely.set_coordinates(shapes, snap(moved[kept]))
    if repair:
        repaired.extend(_made_valid(rows, shapes, metres_per_unit(county_crs)))
    polygons = _multi(shapes)
    flat = np.flatnonzero((shapely.area(polygons) == 0) & (shapely.get_type_id(polygons) >= 0))
    for index in flat.tolist():
        polygons[index] = None
        rejected.append(Rejection(int(rows.numbers[index]), msg("the geometry has no area")))
    rejected.sort(key=lambda rejection: rejection.row)
    return Shapes(polygons, tuple(rejected), tuple(repaired), tuple(notes))


def _made_valid(rows: FileRows, shapes: NDArray[np.object_], metres: float) -> list[Repair]:
    """Make invalid areas valid in place; rings that cross themselves keep all that they enclose."""
    found: list[Repair] = []
    for index in np.flatnonzero(~shapely.is_valid(shapes) & (shapely.get_type_id(shapes) >= 0)).tolist():
        before = shapes[index]
        mended = _area_of(shapely.GeometryCollection([shapely.make_valid(before, method="structure", keep_collapsed=False)]))
        shapes[index] = mended
        area = abs((mended.area if mended is not None else 0.0) - before.area) * metres**2
        found.append(Repair(int(rows.numbers[index]), msg("the boundary crossed itself and was made valid"), area))
    return found


def _multi(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    result = np.empty(len(shapes), dtype=object)
    for index, shape in enumerate(shapes):
        result[index] = shapely.MultiPolygon([shape]) if shape is not None and shape.geom_type == "Polygon" else shape
    return result


def best_parents(children: dict[int, shapely.Geometry], parents: list[shapely.Geometry]) -> dict[int, tuple[int, float]]:
    """Return child → (position of the parent that has the largest share of its area, that share), for children that touch any parent."""
    if not children or not parents:
        return {}
    ids = list(children)
    shapes = np.array([shapely.make_valid(children[child]) for child in ids], dtype=object)
    areas = np.array([shapely.make_valid(parent) for parent in parents], dtype=object)
    child, parent = shapely.STRtree(areas).query(shapes, predicate="intersects")
    shapely.prepare(areas)
    whole = shapely.covers(areas[parent], shapes[child])
    shared = np.where(whole, shapely.area(shapes[child]), 0.0)
    rest = np.flatnonzero(~whole)
    shared[rest] = shapely.area(shapely.intersection(areas[parent[rest]], shapes[child[rest]]))
    best: dict[int, tuple[int, float]] = {}
    for at in np.lexsort((parent, -shared)).tolist():
        share = float(shared[at] / max(shapely.area(shapes[child[at]]), 1e-12))
        if share > 0:
            best.setdefault(ids[int(child[at])], (int(parent[at]), share))
    return best
