"""The land of a demo county: outline, river, townships, villages, settlements and cells, and the units that they are."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis_app.demo import tessellation
from gis_app.demo.places import CENTRE, COUNTY_CODE, Size, TownshipSpec
from gis_app.demo.tessellation import Ints, Points
from gis_app.grid.units import Level, Unit, UnitKind

PUBLISHED = date(2020, 4, 1)
"""The day from which all units are valid."""

_DENSITY = 14  # samples per km² that stand for land
_TOWN_RADIUS = 1_900.0  # of the county town, metres; smaller for fewer communities
_RIVER_STEP, _RIVER_SIDE = 1_150.0, 520.0  # metres between pairs of cells along the river, and from the river to their seeds


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
class _Village:
    spec: TownshipSpec
    kind: UnitKind
    centre: Points
    samples: Points
    heart: bool = False
    settlements: Points = field(default_factory=lambda: np.empty((0, 2)))
    fixed: Points = field(default_factory=lambda: np.empty((0, 2)))
    share: float = 1.0
    cells: int = 0


def make_land(size: Size, rng: np.random.Generator) -> Land:
    """Make the land of a county of some size; the same generator state gives the same land."""
    outline = _outline(size.area, rng)
    warp = _warp(rng)
    samples = _samples(outline, int(size.area / 1e6 * _DENSITY), rng)
    river = _river(outline, samples, size, rng)
    centres, township = _townships(samples, river, size, warp, rng)
    villages = [v for i, spec in enumerate(size.townships) for v in _villages(spec, samples[township == i], centres[i], warp, rng)]
    _share_cells(villages, size.cells - 1, river, outline, rng)  # one cell more is an island in another
    seeds = np.vstack([np.vstack([v.fixed, tessellation.spread(_dense(v, rng), v.cells - len(v.fixed), rng, v.fixed)]) for v in villages])
    owner = np.repeat(np.arange(len(villages)), [v.cells for v in villages])
    borders = tessellation.straight_borders(seeds, _ghosts(seeds, outline))
    owner = _connected(owner, borders, villages)
    owner = _enclaves(owner, borders, villages)
    shift = np.array(CENTRE)
    polygons, scale = tessellation.polygons(borders, len(seeds), size.vertices, rng, area=size.area, centre=shift)
    seeds = seeds * scale + shift
    for village in villages:
        village.settlements = village.settlements * scale + shift
    parts, seeds, owner = _islands([[p] for p in polygons], seeds, owner, villages, rng)
    return _units(parts, seeds, owner, villages, size)


def _outline(area: float, rng: np.random.Generator) -> Points:
    """Return a rounded, irregular ring of about `area` m² around the origin, as dense points."""
    angle = np.linspace(0, 2 * np.pi, 3600, endpoint=False)
    radius = np.ones_like(angle)
    for k in range(2, 12):
        radius += rng.normal(0, 0.3 / k**1.1) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(radius, 0.45)
    ring = np.column_stack([radius * np.cos(angle) * 0.92, radius * np.sin(angle) * 1.08])
    return ring * np.sqrt(area / shapely.Polygon(ring).area)


def _samples(outline: Points, count: int, rng: np.random.Generator) -> Points:
    polygon = shapely.Polygon(outline)
    low, high = outline.min(axis=0), outline.max(axis=0)
    points: Points = rng.uniform(low, high, (int(count * 1.1 * float(np.prod(high - low)) / polygon.area), 2))
    shapely.prepare(polygon)
    inside: NDArray[np.bool_] = shapely.contains_xy(polygon, points)
    kept: Points = points[inside]
    return kept


def _river(outline: Points, samples: Points, size: Size, rng: np.random.Generator) -> Points:
    """Return a river from north to south that leaves as much land in the west as its townships need; (0, 2) where there is none."""
    if not size.west:
        return np.empty((0, 2))
    y = np.linspace(outline[:, 1].max() * 1.1, outline[:, 1].min() * 1.1, 600)
    x = np.zeros_like(y)
    for wave, height in ((70e3, 3_500.0), (31e3, 2_000.0), (13e3, 1_000.0), (5.5e3, 350.0)):
        x += height * rng.uniform(0.7, 1.2) * np.sin(y / wave * 2 * np.pi + rng.uniform(0, 2 * np.pi))
    x -= y * 0.12
    weights = [_weight(spec) for spec in size.townships]
    side = samples[:, 0] - np.interp(samples[:, 1], y[::-1], x[::-1])
    return np.column_stack([x + np.quantile(side, sum(weights[: size.west]) / sum(weights)), y])


def _warp(rng: np.random.Generator) -> Callable[[Points], Points]:
    """Return a smooth bending of the plane by up to a few kilometres: borders that are straight in it are not so on the map."""
    waves = [(length, rng.uniform(0, 2 * np.pi, 4), rng.uniform(0, np.pi)) for length in (46e3, 23e3, 11e3, 5.5e3)]

    def bend(points: Points) -> Points:
        bent = points.copy()
        for length, phase, turn in waves:
            u = (points[:, 0] * np.cos(turn) + points[:, 1] * np.sin(turn)) * 2 * np.pi / length
            v = (points[:, 1] * np.cos(turn) - points[:, 0] * np.sin(turn)) * 2 * np.pi / length
            bent[:, 0] += 0.055 * length * (np.sin(v + phase[0]) + np.sin(u + phase[1]) / 2)
            bent[:, 1] += 0.055 * length * (np.sin(u + phase[2]) + np.sin(v + phase[3]) / 2)
        return bent

    return bend


def _weight(spec: TownshipSpec) -> float:
    return len(spec.villages) + len(spec.direct) * 1.3 + len(spec.communities) * 0.25


def _west_of(points: Points, river: Points) -> NDArray[np.bool_]:
    return np.asarray(points[:, 0] < np.interp(points[:, 1], river[::-1, 1], river[::-1, 0]))


def _townships(
    samples: Points, river: Points, size: Size, warp: Callable[[Points], Points], rng: np.random.Generator
) -> tuple[Points, Ints]:
    """Return the centre of every township and the township of every sample: power cells sized by weight, none across the river."""
    centres = np.zeros((len(size.townships), 2))
    township = np.zeros(len(samples), np.int64)
    everything = np.arange(len(samples))
    sides = [(everything, 0, len(size.townships))]
    if len(river):
        west = _west_of(samples, river)
        sides = [(np.flatnonzero(west), 0, size.west), (np.flatnonzero(~west), size.west, len(size.townships))]
    bent = warp(samples)
    for members, start, end in sides:
        points = bent[members]
        wanted = np.array([_weight(spec) for spec in size.townships[start:end]])
        wanted *= len(points) / wanted.sum()
        middle = tessellation.spread(points, end - start, rng, rounds=12)
        if start <= 4 < end:  # the county town lies near the middle of the county
            near = int(((middle - bent.mean(axis=0)) ** 2).sum(axis=1).argmin())
            middle[[4 - start, near]] = middle[[near, 4 - start]]
        power = np.zeros(end - start)
        for _ in range(40):
            distance = ((points[:, None, :] - middle[None]) ** 2).sum(axis=2)
            nearest = (distance - power).argmin(axis=1)
            counts = np.bincount(nearest, minlength=end - start)
            power += (wanted - counts) / wanted * 0.15 * float(np.median(distance.min(axis=1)))
            sums = np.column_stack([np.bincount(nearest, weights=points[:, axis], minlength=end - start) for axis in (0, 1)])
            middle = 0.7 * middle + 0.3 * sums / np.maximum(counts, 1)[:, None]
        township[members] = start + nearest
        for i in range(start, end):  # back from the bent plane: the sample that is nearest to the middle
            own = members[nearest == i - start]
            centres[i] = samples[own[int(((bent[own] - middle[i - start]) ** 2).sum(axis=1).argmin())]]
    return centres, township


def _villages(
    spec: TownshipSpec, land: Points, centre: Points, warp: Callable[[Points], Points], rng: np.random.Generator
) -> list[_Village]:
    """Divide the land of a township among its units of level 2; communities share the town, everybody else the country."""
    villages = []
    if spec.communities:
        radius = _TOWN_RADIUS * np.sqrt(len(spec.communities) / 8)
        angle, far = rng.uniform(0, 2 * np.pi, 1200), radius * np.sqrt(rng.uniform(0, 1, 1200))
        far[900:] = radius * rng.uniform(1.0, 1.75, 300)  # suburbs: fewer people, larger cells
        town = centre + np.column_stack([np.cos(angle) * far * 1.15, np.sin(angle) * far * 0.87])
        land = land[np.hypot(*((land - centre) / (1.15, 0.87)).T) > radius * 1.75]
        middles = tessellation.spread(town, len(spec.communities), rng)
        nearest = cKDTree(middles).query(town)[1]
        villages = [_Village(spec, UnitKind.COMMUNITY, m, town[nearest == i]) for i, m in enumerate(middles)]
    middles = tessellation.spread(land, len(spec.villages) + len(spec.direct), rng, rounds=3)
    nearest = cKDTree(warp(middles)).query(warp(land))[1]
    order = np.argsort(np.hypot(*(middles - centre).T))
    far_ones = set(order[len(spec.villages) :].tolist())  # units directly under a township lie at its edge
    for i, middle in enumerate(middles):
        kind = UnitKind.DIRECT_UNIT if i in far_ones else UnitKind.VILLAGE
        villages.append(_Village(spec, kind, middle, land[nearest == i], heart=i == order[0] and not spec.communities))
    for village in villages:
        village.share = float(rng.lognormal(0, 0.22))
        if village.kind == UnitKind.COMMUNITY:
            village.settlements = village.centre[None]
            village.share *= 0.95
            continue
        village.share *= 1.55 if village.heart else 0.55 if village.kind == UnitKind.DIRECT_UNIT else 1.0
        village.settlements = tessellation.spread(village.samples, int(rng.choice([1, 2, 3, 4], p=[0.15, 0.35, 0.35, 0.15])), rng, rounds=2)
        # a settlement is not where its land's middle is, but towards the village's own middle
        village.settlements = village.settlements + (village.centre - village.settlements) * rng.uniform(0.05, 0.3)
        if village.heart:
            village.settlements[0] = village.centre
    return villages


def _share_cells(villages: list[_Village], cells: int, river: Points, outline: Points, rng: np.random.Generator) -> None:
    """Give every village its number of cells, and its fixed ones: pairs along the river, so that borders follow it."""
    if len(river):
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(river, axis=0).T))])
        stations = np.arange(0, along[-1], _RIVER_STEP)
        stations = stations[(stations // 21_000) % 4 != 3]  # here and there the border leaves the river
        at = np.column_stack([np.interp(stations, along, river[:, axis]) for axis in (0, 1)])
        ahead = np.column_stack([np.interp(stations + 200, along, river[:, axis]) for axis in (0, 1)]) - at
        normal = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.hypot(*ahead.T)[:, None]
        polygon = shapely.Polygon(outline).buffer(-1_500)
        keep = shapely.contains_xy(polygon, at)
        pairs = np.vstack([at[keep] + normal[keep] * _RIVER_SIDE, at[keep] - normal[keep] * _RIVER_SIDE])
        rural = [i for i, v in enumerate(villages) if v.kind != UnitKind.COMMUNITY]
        samples = np.vstack([villages[i].samples for i in rural])
        label = np.repeat(rural, [len(villages[i].samples) for i in rural])
        is_west, sample_west = _west_of(pairs, river), _west_of(samples, river)
        for side in (True, False):
            mine = np.flatnonzero(sample_west == side)
            points = pairs[is_west == side]
            village = label[mine[cKDTree(samples[mine]).query(points)[1]]]
            for i in np.unique(village):
                villages[i].fixed = points[village == i]
    shares = np.array([v.share for v in villages])
    least = np.array([len(v.fixed) + 3 for v in villages])
    counts = np.maximum(np.round(shares / shares.sum() * cells).astype(np.int64), least)
    while (difference := int(counts.sum()) - cells) != 0:
        free = np.flatnonzero(counts > least) if difference > 0 else np.arange(len(counts))
        chosen = rng.choice(free, min(abs(difference), len(free)), replace=False)
        counts[chosen] -= int(np.sign(difference))
    for village, count in zip(villages, counts.tolist(), strict=True):
        village.cells = count


def _dense(village: _Village, rng: np.random.Generator) -> Points:
    """Return samples of a village, denser around its settlements: cells follow the people."""
    if village.kind == UnitKind.COMMUNITY:
        return village.samples
    share = 1.1 if village.heart else 0.55
    sizes = rng.dirichlet(np.full(len(village.settlements), 3.0)) * share * len(village.samples)
    width = float(np.sqrt(len(village.samples) / _DENSITY) * 1000 * 0.09)
    clouds = [rng.normal(s, width, (int(n), 2)) for s, n in zip(village.settlements, sizes, strict=True)]
    return np.vstack([village.samples, *clouds])


def _ghosts(seeds: Points, outline: Points) -> Points:
    """Return seeds of the outside: those near the outline, mirrored in it, so that the border between both follows it."""
    distance, nearest = cKDTree(outline).query(seeds)
    near = distance < 6_000
    mirrored: Points = 2 * outline[nearest[near]] - seeds[near]
    far = outline[::60] * 1.35
    return np.vstack([mirrored, far])


def _adjacency(borders: tessellation.Borders) -> dict[int, dict[int, float]]:
    beside: dict[int, dict[int, float]] = {}
    for one, other, length in tessellation.neighbours(borders):
        beside.setdefault(one, {})[other] = length
        beside.setdefault(other, {})[one] = length
    return beside


def _connected(owner: Ints, borders: tessellation.Borders, villages: list[_Village]) -> Ints:
    """Give cells that are cut off from their village to the neighbour that they touch most, within the township if they can."""
    beside, owner = _adjacency(borders), owner.copy()
    for village in range(len(villages)):
        left, pieces = set(np.flatnonzero(owner == village).tolist()), []
        while left:
            piece, front = set(), [left.pop()]
            while front:
                cell = front.pop()
                piece.add(cell)
                reached = left & beside[cell].keys()
                left -= reached
                front.extend(reached)
            pieces.append(piece)
        for piece in sorted(pieces, key=lambda p: (-len(p), min(p)))[1:]:
            for cell in sorted(piece):
                touched: Counter[int] = Counter()
                for other, length in beside[cell].items():
                    if owner[other] != village:
                        same = villages[owner[other]].spec is villages[village].spec
                        touched[int(owner[other])] += int(length * (100 if same else 1)) + 1
                if touched:
                    owner[cell] = touched.most_common(1)[0][0]
    return owner


def _enclaves(owner: Ints, borders: tessellation.Borders, villages: list[_Village]) -> Ints:
    """Give two cells in the middle of other villages to a village nearby, one of them to another township where there is one."""
    beside, owner = _adjacency(borders), owner.copy()
    touched: set[int] = set()
    for abroad in (True, False):
        for cell in range(len(owner)):
            host = int(owner[cell])
            if host in touched or villages[host].kind != UnitKind.VILLAGE or any(owner[n] != host for n in beside[cell]):
                continue
            near = {int(owner[m]) for n in beside[cell] for m in beside[n]} - {host}
            near = {v for v in near if villages[v].kind == UnitKind.VILLAGE}
            guests = [v for v in sorted(near) if (villages[v].spec is not villages[host].spec) == abroad]
            # the enclave must not touch its own village even at a corner
            guests = [v for v in guests if all(owner[n] != v for n in beside[cell])]
            if guests:
                owner[cell] = guests[0]
                touched |= {host, guests[0]}
                break
    return owner


def _islands(
    parts: list[list[shapely.Polygon]], seeds: Points, owner: Ints, villages: list[_Village], rng: np.random.Generator
) -> tuple[list[list[shapely.Polygon]], Points, Ints]:
    """Cut two islands out of the two roomiest village cells: one is a cell of another village, one a second part of a cell elsewhere."""
    rural = np.array([villages[v].kind == UnitKind.VILLAGE for v in owner])
    room = np.array([p[0].exterior.distance(shapely.Point(s)) for p, s in zip(parts, seeds, strict=True)])
    room[~rural] = 0
    hosts: list[int] = []
    for cell in np.argsort(-room).tolist():
        if all(owner[cell] != owner[h] for h in hosts):
            hosts.append(cell)
        if len(hosts) == 2:
            break
    for number, host in enumerate(hosts):
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = 1 + 0.12 * np.sin(3 * angle + rng.uniform(0, 6)) + rng.normal(0, 0.03, len(angle))
        ring = seeds[host] + np.column_stack([np.cos(angle), np.sin(angle)]) * (wave * room[host] * 0.45)[:, None]
        island = shapely.Polygon(np.round(ring, 3))
        parts[host] = [shapely.Polygon(parts[host][0].exterior, [island.exterior.coords[::-1]])]
        others = np.flatnonzero(rural & (owner[: len(rural)] != owner[host]))
        guest = int(others[np.hypot(*(seeds[others] - seeds[host]).T).argmin()])
        if number == 0:
            parts.append([island])
            seeds, owner = np.vstack([seeds, seeds[host]]), np.append(owner, owner[guest])
        else:
            parts[guest] = [*parts[guest], island]
        # households of the host cell live outside the island
        seeds[host] = seeds[host] + (0.75 * room[host], 0.0)
    return parts, seeds, owner


def reading_order(points: Points) -> Ints:
    """Return the order in which a map is read: rows from north to south, in each from west to east."""
    rows = max(1, round(np.sqrt(len(points))))
    top, bottom = points[:, 1].max(), points[:, 1].min()
    row = np.minimum(((top - points[:, 1]) / max(top - bottom, 1.0) * rows).astype(np.int64), rows - 1)
    return np.asarray(np.lexsort((points[:, 0], row)), np.int64)


_KINDS = {UnitKind.COMMUNITY: (0, "communities"), UnitKind.VILLAGE: (200, "villages"), UnitKind.DIRECT_UNIT: (400, "direct")}


def _units(parts: list[list[shapely.Polygon]], seeds: Points, owner: Ints, villages: list[_Village], size: Size) -> Land:
    """Number and name all units, and put the cells into the order of their codes."""
    townships: list[Unit] = []
    seconds: list[tuple[Unit, int]] = []
    for spec in size.townships:
        townships.append(Unit(0, Level.TOWNSHIP, spec.kind, COUNTY_CODE + spec.code, spec.name, 0, PUBLISHED))
        for kind, (base, names) in _KINDS.items():
            members = [i for i, v in enumerate(villages) if v.spec is spec and v.kind == kind]
            if not members:
                continue
            order = reading_order(np.array([villages[i].centre for i in members])).tolist()
            for number, (name, at) in enumerate(zip(getattr(spec, names), order, strict=True), start=1):
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


def chinese(number: int) -> str:
    """Write 1 to 99 in Chinese: 三, 十二, 二十."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    text = digits[ones] if ones or not tens else ""
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + text
