"""Two networks that other offices of a demo county had before there was one grid: the party's and the police's, with a few errors each."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.county.content import objects
from gis_app.county.former import crosswalk, crosswalk_rows
from gis_app.county.former_edits import COLOURS
from gis_app.county.state import CountyState
from gis_app.demo.names import people, phones
from gis_app.demo.units import Land
from gis_app.grid.coverage import GRID
from gis_app.grid.former import FormerUnits
from gis_app.grid.pinyin import initials
from gis_app.grid.units import Unit
from gis_app.progress import Steps

PARTY, POLICE = 1, 2
_CELLS_OF_A_GROUP = 4
_DETAIL = 2_000.0
"""What a corner of the police's map may be off: the area (m²) of the triangle that it makes with its neighbours."""


def former_columns(state: CountyState, land: Land, rng: np.random.Generator) -> Steps[dict[str, Columns]]:
    """Return the rows of two former grids, of their units, and of where these went in the county `state`.

    The party's groups are unions of about four cells of a village. The police's beats are the halves of villages on a coarser map. One of
    each covers a neighbour's land, too, one has a wrong outline, and one code comes twice.
    """
    villages = [unit for unit in land.units if np.any(land.village == unit.id)]
    groups, beats = _groups(land, villages), _beats(land, villages)
    units = _with_people([*groups, *beats], rng)
    columns: list[Columns] = []
    for grid in (PARTY, POLICE):
        went = yield from crosswalk(state, units.of(grid))
        columns.append(crosswalk_rows(state, grid, went))
    pairs = {name: np.concatenate([rows[name] for rows in columns]) for name in columns[0]}
    names = units.name.tolist()
    return {
        "former_grids": _grid_columns(state),
        "former_units": {
            **{name: getattr(units, name) for name in ("id", "grid", "code", "name", "contact", "phone", "remark")},
            "geom": units.shapes,
            "pinyin": objects([initials(name) for name in names]),
        },
        "crosswalk": {**pairs, "id": np.arange(1, len(pairs["grid"]) + 1)},
    }


def _grid_columns(state: CountyState) -> Columns:
    loaded = np.datetime64(state.settings.now().replace(tzinfo=None), "s")
    return {
        "id": np.array([PARTY, POLICE]),
        "name": objects(["党建网格", "公安警务网格"]),
        "office": objects(["县委组织部", "县公安局"]),
        "source": objects(["党建网格.gpkg", "警务区.shp"]),
        "loaded": np.array([loaded, loaded]),
        "visible": np.array([False, False]),
        "colour": objects(list(COLOURS[:2])),
        "note": objects(["2019年党建网格划分", "2018年社区警务区划分，比例尺较小"]),
    }


Row = tuple[int, str, str, shapely.Geometry]
"""Grid, code, name and outline of a unit."""


def _groups(land: Land, villages: list[Unit]) -> list[Row]:
    """Return the party's groups: cells of a village that lie beside one another from west to east."""
    rows: list[Row] = []
    for number, village in enumerate(villages, start=1):
        cells = np.flatnonzero(land.village == village.id)
        cells = cells[np.argsort(land.seeds[cells, 0], kind="stable")]
        parts = np.array_split(cells, max(1, round(len(cells) / _CELLS_OF_A_GROUP)))
        for group, part in enumerate(parts, start=1):
            shape = shapely.coverage_union_all(land.polygons[part])
            rows.append((PARTY, f"DJ{number:03}-{group}", f"{village.name}第{group}党小组", shape))
    return _spoilt(rows)


def _beats(land: Land, villages: list[Unit]) -> list[Row]:
    """Return the police's beats: villages on a coarser map, the larger ones halved by a line."""
    outlines = [shapely.coverage_union_all(land.polygons[land.village == village.id]) for village in villages]
    coarse = shapely.coverage_simplify(np.array(outlines, object), np.sqrt(_DETAIL))
    median = float(np.median(shapely.area(coarse)))
    cuts = [_cut(shape) if shape.area >= median else None for shape in coarse.tolist()]
    lines = [
        *shapely.boundary(coarse).tolist(),
        *(shapely.intersection(cut, shape) for cut, shape in zip(cuts, coarse, strict=True) if cut),
    ]
    faces = np.array(shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(lines, grid_size=GRID)))), object)
    places = shapely.point_on_surface(faces)
    face, village = shapely.STRtree(coarse).query(places, predicate="within")
    rows: list[Row] = []
    for number, (unit, cut) in enumerate(zip(villages, cuts, strict=True), start=1):
        own = face[village == number - 1]
        second = np.zeros(len(own), np.bool_)
        if cut is not None:  # right of the line, or below it
            (x, y), (end, _) = shapely.get_coordinates(cut)
            second = shapely.get_x(places[own]) > x if x == end else shapely.get_y(places[own]) < y
        for side in (0, 1) if second.any() else (0,):
            name = f"{unit.name}第{side + 1}警务区" if second.any() else f"{unit.name}警务区"
            shape = shapely.union_all(faces[own[second == bool(side)]], grid_size=GRID)
            rows.append((POLICE, f"JW{number:03}{side + 1 if second.any() else 0}", name, shape))
    return _spoilt(rows)


def _cut(shape: shapely.Geometry) -> shapely.LineString:
    """Return the line that halves a village, across its longer side."""
    west, south, east, north = shape.bounds
    middle = shape.centroid
    if east - west > north - south:
        return shapely.LineString([(middle.x, south - 1), (middle.x, north + 1)])
    return shapely.LineString([(west - 1, middle.y), (east + 1, middle.y)])


def _spoilt(rows: list[Row]) -> list[Row]:
    """Return units with the errors that old maps have: land that two claim, an outline that crosses itself, a code given twice."""
    made = list(rows)
    grid, code, name, shape = made[1]
    made[1] = grid, code, name, shape.buffer(25.0, join_style="mitre")
    grid, _, name, shape = made[-1]
    made[-1] = grid, made[-2][1], name, shape
    grid, code, name, shape = made[3]
    made[3] = grid, code, name, _crossing(shape)
    return made


def _crossing(shape: shapely.Geometry) -> shapely.Geometry:
    """Return an outline with two neighbouring corners in the wrong order, so that it crosses itself."""
    part = max(shapely.get_parts(shape).tolist(), key=lambda polygon: float(polygon.area))
    ring = shapely.get_coordinates(part.exterior)
    for at in range(1, len(ring) - 2):
        turned = ring.copy()
        turned[[at, at + 1]] = turned[[at + 1, at]]
        wrong = shapely.Polygon(turned)
        if not wrong.is_valid:
            return wrong
    return part


def _with_people(rows: list[Row], rng: np.random.Generator) -> FormerUnits:
    """Return units with invented contacts."""
    count = len(rows)
    grids, codes, names, outlines = zip(*rows, strict=True)
    shapes: NDArray[np.object_] = objects(
        [shape if isinstance(shape, shapely.MultiPolygon) else shapely.MultiPolygon([shape]) for shape in outlines]
    )
    remarks = ["" if row % 40 else "边界以村组实际管理范围为准" for row in range(count)]
    return FormerUnits(
        np.arange(1, count + 1),
        np.array(grids),
        objects(list(codes)),
        objects(list(names)),
        people(count, rng)[0],
        phones(count, rng),
        objects(remarks),
        shapes,
    )
