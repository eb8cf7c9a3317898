"""Lines, areas and points of a map file in county coordinates: what planners trace, split along and paint by."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.files import crs as systems
from gis_app.files.errors import FileError
from gis_app.files.rows import read_rows
from gis_app.files.shapes import usual_bounds
from gis_app.language import Message, msg
from gis_app.map.reference.rasters import Extent
from gis_app.map.snapping import References
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]

_LIMIT = 1e9
_NAMES = ("name", "名称", "名字", "mc", "label", "title", "road", "道路", "河流")


@dataclass(frozen=True, eq=False)
class VectorLayer:
    """The features of a file: `shapes` (shapely geometries in county coordinates, none empty), `names` ("" for none), and their system.

    `left_out` counts features without a usable place; `remark` says how the coordinate system was told where the file did not say it.
    """

    name: str
    shapes: NDArray[np.object_]
    names: NDArray[np.object_]
    crs: str
    left_out: int = 0
    remark: Message | None = None

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The index of the features."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def bounds(self) -> Floats:
        """(n, 4): xmin, ymin, xmax, ymax of every feature."""
        return np.asarray(shapely.bounds(self.shapes), np.float64)

    @cached_property
    def dimensions(self) -> NDArray[np.int64]:
        """0 for points, 1 for lines, 2 for areas."""
        return np.asarray(shapely.get_dimensions(self.shapes), np.int64)

    @cached_property
    def traced(self) -> NDArray[np.object_]:
        """The features as a person sees them: pieces of one road or river (lines of one name) that meet end to end are one line."""
        whole = (self.dimensions != 1) | (self.names == "")
        joined = [self.shapes[whole]]
        groups: dict[str, list[int]] = {}
        for at in np.flatnonzero(~whole).tolist():
            groups.setdefault(self.names[at], []).append(at)
        for group in groups.values():
            pieces = _as_lines(self.shapes[group])
            joined.append(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces))))
        return np.concatenate(joined)

    @cached_property
    def references(self) -> References:
        """The same as lines to snap to."""
        return References.of(self.traced)

    @cached_property
    def blocks(self) -> NDArray[np.object_]:
        """The areas as single valid polygons: what a brush paints by, what a border must not cut through."""
        parts = shapely.get_parts(self.shapes[self.dimensions == 2])
        broken = ~shapely.is_valid(parts)
        parts[broken] = shapely.make_valid(parts[broken], method="structure", keep_collapsed=False)
        parts = shapely.get_parts(parts)
        found: NDArray[np.object_] = parts[shapely.get_type_id(parts) == 3]
        return found

    def extent(self) -> Extent | None:
        """Return what the features cover, None for none."""
        if not len(self.shapes):
            return None
        low, high = self.bounds[:, :2].min(axis=0), self.bounds[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def within(self, extent: Extent) -> NDArray[np.int64]:
        """Return the positions of the features whose bounds meet an extent, in their order."""
        xmin, ymin, xmax, ymax = extent
        b = self.bounds
        return np.flatnonzero((b[:, 0] <= xmax) & (b[:, 2] >= xmin) & (b[:, 1] <= ymax) & (b[:, 3] >= ymin))

    def lines(self, extent: Extent | None = None) -> list[Floats]:
        """Return the lines, and the rings of areas, that meet an extent, each as points (n, 2)."""
        chosen = self.shapes if extent is None else self.shapes[self.within(extent)]
        return [shapely.get_coordinates(line) for line in _as_lines(chosen)]

    def feature_at(self, x: float, y: float, reach: float) -> int | None:
        """Return the position of the line or area whose outline is nearest to a place, within `reach`; None for none."""
        near = self.within((x - reach, y - reach, x + reach, y + reach))
        near = near[self.dimensions[near] > 0]
        if not len(near):
            return None
        shapes = self.shapes[near].copy()
        areas = self.dimensions[near] == 2
        shapes[areas] = shapely.boundary(shapes[areas])
        distances = shapely.distance(shapes, shapely.Point(x, y))
        best = int(np.argmin(distances))
        return int(near[best]) if distances[best] <= reach else None

    def lines_of(self, feature: int) -> list[Floats]:
        """Return the lines of one feature, joined where they meet end to end: what a cell is split along."""
        parts = _as_lines(self.shapes[feature : feature + 1])
        joined = shapely.line_merge(shapely.multilinestrings(parts)) if len(parts) > 1 else parts[0]
        return [shapely.get_coordinates(line) for line in shapely.get_parts(joined)]

    def whole_line(self, feature: int) -> list[Floats]:
        """Return the joined lines of all features that bear the name of one (rivers come in pieces); of a nameless one, its own."""
        name = self.names[feature]
        if not name:
            return self.lines_of(feature)
        same = np.flatnonzero((self.names == name) & (self.dimensions == self.dimensions[feature]))
        joined = shapely.line_merge(shapely.multilinestrings(_as_lines(self.shapes[same])))
        return [shapely.get_coordinates(line) for line in shapely.get_parts(joined)]


def _as_lines(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return single lines: areas as their rings, collections as their parts; points are left out."""
    parts = shapely.get_parts(shapes)
    while (shapely.get_type_id(parts) == 7).any():
        parts = shapely.get_parts(parts)
    areas = np.isin(shapely.get_type_id(parts), (3, 6))
    parts[areas] = shapely.boundary(parts[areas])
    parts = shapely.get_parts(parts)
    found: NDArray[np.object_] = parts[np.isin(shapely.get_type_id(parts), (1, 2))]
    return found


def reading_vectors(
    path: Path, county_crs: str, county_bounds: Extent | None = None, *, layer: str = "", encoding: str = "", crs: str = ""
) -> Steps[VectorLayer]:
    """Read a map file as a reference layer: any format of the import, in whatever system; `crs` is what the user named.

    Raises `FileError` where it cannot be read, holds no lines, areas or points, or its coordinate system cannot be told.
    """
    rows = yield from read_rows(path, layer or None, encoding or None)
    if rows.geometry is None:
        raise FileError(
            msg("{file} is a table without lines or areas; choose a map file (Shapefile, GeoPackage, GeoJSON …).", file=path.name)
        )
    yield Progress(0.6, msg("Placing {file}", file=path.name))
    guess = systems.named_or_guessed(crs, usual_bounds(rows), rows.crs, county_crs, county_bounds)
    if not guess.crs:
        raise FileError(
            msg(
                "{file} does not say its coordinate system ({reason}); name it, for example EPSG:4549.", file=path.name, reason=guess.reason
            )
        )
    shapes = rows.geometry.copy()
    good = (shapely.get_type_id(shapes) >= 0) & ~shapely.is_empty(shapes)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    xy = xy[:, ::-1] if guess.swapped else xy
    wrong = ~(np.isfinite(xy).all(axis=1) & (np.abs(xy) < _LIMIT).all(axis=1))
    moved = systems.transform(np.ascontiguousarray(np.where(wrong[:, None], 0.0, xy)), guess.crs, county_crs)
    wrong |= ~(np.isfinite(moved).all(axis=1) & (np.abs(moved) < _LIMIT).all(axis=1))
    good[owner[wrong]] = False
    shapes = shapes[good]
    shapely.set_coordinates(shapes, np.round(moved[good[owner]], 3))
    if not len(shapes):
        raise FileError(msg("{file} holds no lines, areas or points that can be shown.", file=path.name))
    remark = None
    if not guess.declared:
        remark = msg("Coordinates are taken as {crs}: {reason}.", crs=systems.shown_name(guess.crs), reason=guess.reason)
    column = _name_column(list(rows.columns))
    names = rows.texts(column)[good] if column else np.array([""] * len(shapes), dtype=object)
    return VectorLayer(path.name, shapes, names, guess.crs, int((~good).sum()), remark)


def _name_column(columns: list[str]) -> str:
    plain = {column.strip().casefold(): column for column in columns}
    for name in _NAMES:
        if name in plain:
            return plain[name]
    return next((column for key, column in plain.items() for name in _NAMES if name in key), "")
