"""The units of a demo county: what the land is divided into, in the order of their codes."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from gis_app.demo.places import COUNTY_CODE, Size, TownshipSpec
from gis_app.demo.tessellation import Ints, Points
from gis_app.grid.units import Level, Unit, UnitKind

PUBLISHED = date(2020, 4, 1)
"""The day from which all units are valid."""


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """Units, polygons of the cells and what households need: all cells in the order of their codes.

    `seeds`: a point in each cell; `settlement`: the nearest settlement of its village; `village`: unit id; `urban`: a cell of a community.
    """

    units: tuple[Unit, ...]
    cells: Ints  # unit ids
    polygons: NDArray[np.object_]  # shapely MultiPolygon
    seeds: Points
    settlements: Points
    village: Ints
    urban: NDArray[np.bool_]


@dataclass(slots=True, eq=False)
class VillagePlan:
    """One unit of level 2 while it is being planned: the samples of its land, its settlements, fixed seeds and number of cells."""

    spec: TownshipSpec
    kind: UnitKind
    centre: Points
    samples: Points
    heart: bool = False
    settlements: Points = field(default_factory=lambda: np.empty((0, 2)))
    fixed: Points = field(default_factory=lambda: np.empty((0, 2)))
    share: float = 1.0
    cells: int = 0


def reading_order(points: Points) -> Ints:
    """Return the order in which a map is read: rows from north to south, in each from west to east."""
    rows = max(1, round(np.sqrt(len(points))))
    top, bottom = points[:, 1].max(), points[:, 1].min()
    row = np.minimum(((top - points[:, 1]) / max(top - bottom, 1.0) * rows).astype(np.int64), rows - 1)
    return np.asarray(np.lexsort((points[:, 0], row)), np.int64)


_KINDS = {UnitKind.COMMUNITY: (0, "communities"), UnitKind.VILLAGE: (200, "villages"), UnitKind.DIRECT_UNIT: (400, "direct")}


def number_units(parts: list[list[shapely.Polygon]], seeds: Points, owner: Ints, villages: list[VillagePlan], size: Size) -> Land:
    """Number and name all units, and put the cells into the order of their codes."""
    townships: list[Unit] = []
    seconds: list[tuple[Unit, int]] = []
    for spec in size.townships:
        townships.append(Unit(0, Level.TOWNSHIP, spec.kind, COUNTY_CODE + spec.code, spec.name, 0, PUBLISHED))
        for kind, (base, names) in _KINDS.items():
            members = [i for i, v in enumerate(villages) if v.spec is spec and v.kind == kind]
            if not members:
                continue
            centres = np.array([villages[i].centre for i in members])
            order = reading_order(centres).tolist()
            for number, (name, at) in enumerate(zip(_by_compass(getattr(spec, names), centres[order]), order, strict=True), start=1):
                code = f"{COUNTY_CODE}{spec.code}{base + number:03d}"
                seconds.append((Unit(0, Level.VILLAGE, kind, code, name, 0, PUBLISHED), members[at]))
    townships.sort(key=lambda u: u.code)
    seconds.sort(key=lambda pair: pair[0].code)
    townships = [replace(unit, id=i) for i, unit in enumerate(townships, start=1)]
    parent = {unit.code: unit.id for unit in townships}
    middles = shapely.centroid([shapely.MultiPolygon(p) for p in parts])
    points = shapely.get_coordinates(middles)
    village_units, cell_units, places = [], [], []
    next_id = len(townships) + len(seconds) + 1
    for number, (unit, index) in enumerate(seconds, start=len(townships) + 1):
        village = replace(unit, id=number, parent=parent[unit.code[:9]])
        village_units.append(village)
        kind = UnitKind.COMMUNITY_CELL if unit.kind == UnitKind.COMMUNITY else UnitKind.RURAL_CELL
        own_cells = np.flatnonzero(owner == index)
        for sequence, cell in enumerate(own_cells[reading_order(points[own_cells])].tolist(), start=1):
            name = f"{unit.name}第{chinese(sequence)}网格"
            cell_units.append(Unit(next_id, Level.CELL, kind, f"{unit.code}{sequence:03d}", name, number, PUBLISHED))
            places.append(cell)
            next_id += 1
    settlements = np.zeros((len(places), 2))
    for row, cell in enumerate(places):
        own = villages[owner[cell]].settlements
        settlements[row] = own[np.hypot(*(own - seeds[cell]).T).argmin()]
    polygons = np.empty(len(places), object)
    polygons[:] = [shapely.MultiPolygon(parts[cell]) for cell in places]
    return Land(
        units=(*townships, *village_units, *cell_units),
        cells=np.array([u.id for u in cell_units]),
        polygons=polygons,
        seeds=seeds[places],
        settlements=settlements,
        village=np.array([u.parent for u in cell_units]),
        urban=np.array([u.kind == UnitKind.COMMUNITY_CELL for u in cell_units]),
    )


_COMPASS = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}
_DIRECTED = re.compile("([东西南北])郊|[岭渠]([东西南])|江(北)|([东西])河")


def _by_compass(names: tuple[str, ...], centres: Points) -> list[str]:
    """Return a name for each place: those with a direction where they are true (东郊 lies in the east), the others in their own order."""
    found = [_DIRECTED.match(name) for name in names]
    directed = [i for i, match in enumerate(found) if match]
    directions = np.array([_COMPASS[next(filter(None, match.groups()))] for match in found if match]).reshape(-1, 2)
    away = centres - centres.mean(axis=0)
    places = linear_sum_assignment(-(directions @ away.T))[1].tolist() if directed else []
    taken = {place: names[i] for i, place in zip(directed, places, strict=True)}
    others = iter([name for i, name in enumerate(names) if i not in directed])
    return [taken[place] if place in taken else next(others) for place in range(len(names))]


def chinese(number: int) -> str:
    """Write 1 to 99 in Chinese: 三, 十二, 二十."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    text = digits[ones] if ones or not tens else ""
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + text
