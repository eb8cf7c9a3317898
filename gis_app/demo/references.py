"""Reference layers for a demo county: rivers, roads and buildings that fit its borders and its people, as one GeoPackage to trace from."""

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from gis_app.county.state import CountyState
from gis_app.demo.places import SIZES
from gis_app.grid.coverage import extent, label_points, unions
from gis_app.grid.locate import Locator
from gis_app.grid.units import Level
from gis_app.language import msg
from gis_app.progress import Progress, Steps

Floats = NDArray[np.float64]
Lines = list[tuple[str, Floats]]

MAIN_RIVER = "诺河"
_STREAMS = ["东沟河", "西沟河", "柳条河", "白石河", "小清河", "长渠", "双泉河", "鱼亮河", "北引渠", "榆树河", "石桥河", "三道河"]


def write_references(state: CountyState, path: Path, seed: int = 1) -> Steps[dict[str, int]]:
    """Write the layers "rivers", "roads" and "buildings" of a demo county into a new GeoPackage; returns how many features each has.

    The main river follows the border between the townships of its banks, where the demo has one; streams and roads run through cells, as
    real ones do: there a cell can be split along them. Every home is a building.
    """
    import pyogrio.raw

    rng = np.random.default_rng([seed, 7])
    yield Progress(0.0, msg("Drawing rivers and roads"))
    rivers = _rivers(state, rng)
    yield Progress(0.3, msg("Drawing rivers and roads"))
    roads = _roads(state, rng)
    yield Progress(0.5, msg("Drawing rivers and roads"))
    houses = _buildings(state, rng)
    written = {}
    for name, lines in (("rivers", rivers), ("roads", roads)):
        shapes = shapely.to_wkb(np.array([shapely.LineString(np.round(line, 2)) for _, line in lines]))
        names = np.array([title for title, _ in lines], dtype=object)
        _write(pyogrio.raw, path, name, shapes, names, "LineString", state.settings.crs)
        written[name] = len(lines)
    yield Progress(0.7, msg("Drawing rivers and roads"))
    _write(
        pyogrio.raw, path, "buildings", shapely.to_wkb(houses), np.array([""] * len(houses), dtype=object), "Polygon", state.settings.crs
    )
    written["buildings"] = len(houses)
    return written


def _write(raw: object, path: Path, layer: str, shapes: NDArray[np.object_], names: NDArray[np.object_], kind: str, crs: str) -> None:
    raw.write(path, shapes, [names], ["name"], layer=layer, geometry_type=kind, crs=crs, driver="GPKG", append=path.exists())  # type: ignore[attr-defined]


def _rivers(state: CountyState, rng: np.random.Generator) -> Lines:
    main = _banks(state)
    if not main:
        xmin, ymin, xmax, ymax = extent(state.coverage)
        ends = np.array([[(xmin + xmax) / 2, ymax + 300.0], [(xmin + xmax) / 2 + (xmax - xmin) * 0.1, ymin - 300.0]])
        main = [_meander(ends[0], ends[1], rng, 0.05)]
    lines: Lines = [(MAIN_RIVER, line) for line in main]
    water = cKDTree(np.vstack(main))
    seats = _seats(state, Level.VILLAGE)
    far = water.query(seats)[0]
    springs = seats[np.argsort(-far)][: max(len(seats) * 2 // 3, 2)]
    streams: list[shapely.LineString] = []
    for spring in springs[rng.permutation(len(springs))]:
        mouth = water.data[int(water.query(spring)[1])]
        line = _meander(spring + rng.normal(0, 150, 2), mouth, rng, 0.07)
        course = shapely.LineString(line)
        if len(streams) < len(_STREAMS) and not any(course.distance(other) < 800 for other in streams):  # streams do not cross
            streams.append(course)
            lines.append((_STREAMS[len(streams) - 1], line))
    return lines


def _banks(state: CountyState) -> list[Floats]:
    """Return the border between the townships of the two banks as lines; none where the demo has no river."""
    size = SIZES.get(str(state.settings.metadata.get("demo", "")))
    if size is None or not size.west:
        return []
    western = {spec.name for spec in size.townships[: size.west]}
    west = {unit.id for unit in state.units.at_level(Level.TOWNSHIP) if unit.name in western}
    side = {cell.id: state.units.path(cell.id)[0].id in west for cell in state.units.at_level(Level.CELL)}
    found = []
    for arc in state.coverage.arcs.values():
        if arc.left in side and arc.right in side and side[arc.left] != side[arc.right]:
            found.append(arc.points)
    if not found:
        return []
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(found)))
    return [shapely.get_coordinates(line) for line in merged if shapely.length(line) > 2_000 and not shapely.is_closed(line)]


def _seats(state: CountyState, level: Level) -> Floats:
    groups = {unit.id: [cell.id for cell in state.units.cells(unit.id)] for unit in state.units.at_level(level)}
    return np.array(list(label_points(unions(state.coverage, groups)).values()))


def _roads(state: CountyState, rng: np.random.Generator) -> Lines:
    """Return roads: the shortest net between the townships, and between the villages."""
    lines: Lines = []
    for level, prefix in ((Level.TOWNSHIP, "省道S"), (Level.VILLAGE, "乡道Y")):
        seats = _seats(state, level)
        if len(seats) < 2:
            continue
        distance = np.hypot(*(seats[:, None] - seats[None]).transpose(2, 0, 1))
        tree = minimum_spanning_tree(csr_matrix(distance)).tocoo()
        for number, (a, b) in enumerate(zip(tree.row.tolist(), tree.col.tolist(), strict=True), start=1):
            lines.append((f"{prefix}{300 + number}", _meander(seats[a], seats[b], rng, 0.015)))
    return lines


def _meander(start: Floats, end: Floats, rng: np.random.Generator, width: float) -> Floats:
    """Return a winding line between two places, a vertex about every 60 m; it swings by `width` of its length to either side."""
    length = max(float(np.hypot(*(end - start))), 1.0)
    share = np.linspace(0.0, 1.0, int(np.clip(length / 60, 12, 1500)))
    swing = np.zeros_like(share)
    for wave in (1.5, 3.5, 8.0):
        swing += rng.uniform(0.4, 1.0) / wave * np.sin(share * wave * 2 * np.pi + rng.uniform(0, 2 * np.pi))
    swing *= np.sin(share * np.pi) * width * length
    across = np.array([-(end - start)[1], (end - start)[0]]) / length
    return start + share[:, None] * (end - start) + swing[:, None] * across


def _buildings(state: CountyState, rng: np.random.Generator) -> NDArray[np.object_]:
    """Return a house of about 12 × 8 m for every place where a household lives, those of one spot taken as one.

    Nobody builds on a border: a house beside one is smaller, and one that would stand on it all the same is left out.
    """
    homes = state.households
    known = np.isfinite(homes.x) & np.isfinite(homes.y)
    xy = np.column_stack([homes.x[known], homes.y[known]])
    _, first = np.unique(np.floor(xy / 16.0).astype(np.int64), axis=0, return_index=True)
    xy = xy[np.sort(first)]
    turn = rng.uniform(-0.2, 0.2, len(xy))
    wide, deep = rng.uniform(5, 7, len(xy)), rng.uniform(3, 4.5, len(xy))
    room = Locator(state.coverage).border_distances(xy) / np.hypot(wide, deep) * 0.9
    wide, deep = wide * np.minimum(room, 1), deep * np.minimum(room, 1)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    x, y = corners[:, 0] * wide[:, None], corners[:, 1] * deep[:, None]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    rings = np.stack([xy[:, :1] + x * cos - y * sin, xy[:, 1:] + x * sin + y * cos], axis=-1)
    houses: NDArray[np.object_] = shapely.polygons(np.round(rings, 2)[room > 0.3])
    return houses
