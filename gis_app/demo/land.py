"""The land of a demo county: outline, river, townships, villages, settlements and cells, and the units that they are."""

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis_app.demo import tessellation
from gis_app.demo.enclaves import connected, with_enclaves, with_islands
from gis_app.demo.places import CENTRE, Size, TownshipSpec
from gis_app.demo.tessellation import Ints, Points
from gis_app.demo.units import Land, VillagePlan, number_units
from gis_app.grid.units import UnitKind

_DENSITY = 14  # samples per km² that stand for land
_TOWN_RADIUS = 1_900.0  # of the county town, metres; smaller for fewer communities
_RIVER_STEP, _RIVER_SIDE = 1_150.0, 520.0  # metres between pairs of cells along the river, and from the river to their seeds


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
    borders = tessellation.straight_borders(seeds, _ghosts(outline, size.area / size.cells, rng))
    owner = connected(owner, borders, villages)
    owner = with_enclaves(owner, borders, villages)
    shift = np.array(CENTRE)
    polygons, scale = tessellation.polygons(borders, len(seeds), size.vertices, rng, area=size.area, centre=shift)
    seeds = seeds * scale + shift
    for village in villages:
        village.settlements = village.settlements * scale + shift
    parts, seeds, owner = with_islands([[p] for p in polygons], seeds, owner, villages, rng)
    return number_units(parts, seeds, owner, villages, size)


def _outline(area: float, rng: np.random.Generator) -> Points:
    """Return an irregular ring of about `area` m² around the origin, as dense points: some stretches wind, others run straighter."""
    angle = np.linspace(0, 2 * np.pi, 3600, endpoint=False)
    shape, wind, mask = np.ones_like(angle), np.zeros_like(angle), np.ones_like(angle)
    for k in range(2, 46):
        wave = rng.normal(0, 0.28 / k**1.2) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
        shape, wind = (shape + wave, wind) if k < 8 else (shape, wind + wave)
    for k in (1, 2, 3, 5):
        mask += rng.normal(0, 0.5) * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    radius = np.maximum(shape, 0.5) + wind * np.clip(mask, 0.15, 1.0)
    ring = np.column_stack([radius * np.cos(angle) * 1.12, radius * np.sin(angle) * 0.9])
    ring *= np.sqrt(area / float(shapely.Polygon(ring).area))
    return ring


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
    seat = int(np.argmax([len(spec.communities) for spec in size.townships]))
    for members, start, end in sides:
        points = bent[members]
        wanted = np.array([_weight(spec) for spec in size.townships[start:end]])
        wanted *= len(points) / wanted.sum()
        middle = tessellation.spread(points, end - start, rng, rounds=12)
        if start <= seat < end:  # the county town lies near the middle of the county
            near = int(((middle - bent.mean(axis=0)) ** 2).sum(axis=1).argmin())
            middle[[seat - start, near]] = middle[[near, seat - start]]
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
) -> list[VillagePlan]:
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
        villages = [VillagePlan(spec, UnitKind.COMMUNITY, m, town[nearest == i]) for i, m in enumerate(middles)]
    middles = tessellation.spread(land, len(spec.villages) + len(spec.direct), rng, rounds=3)
    nearest = cKDTree(warp(middles)).query(warp(land))[1]
    order = np.argsort(np.hypot(*(middles - centre).T))
    far_ones = set(order[len(spec.villages) :].tolist())  # units directly under a township lie at its edge
    for i, middle in enumerate(middles):
        kind = UnitKind.DIRECT_UNIT if i in far_ones else UnitKind.VILLAGE
        villages.append(VillagePlan(spec, kind, middle, land[nearest == i], heart=i == order[0] and not spec.communities))
    for village in villages:
        village.share = float(rng.lognormal(0, 0.22))
        if village.kind == UnitKind.COMMUNITY:
            village.settlements = village.centre[None]
            village.share *= 0.95 if len(spec.communities) > 2 else 0.5
            continue
        village.share *= 1.55 if village.heart else 0.55 if village.kind == UnitKind.DIRECT_UNIT else 1.0
        village.settlements = tessellation.spread(village.samples, int(rng.choice([1, 2, 3, 4], p=[0.15, 0.35, 0.35, 0.15])), rng, rounds=2)
        # a settlement is not where its land's middle is, but towards the village's own middle
        village.settlements = village.settlements + (village.centre - village.settlements) * rng.uniform(0.05, 0.3)
        if village.heart:
            village.settlements[0] = village.centre
    return villages


def _share_cells(villages: list[VillagePlan], cells: int, river: Points, outline: Points, rng: np.random.Generator) -> None:
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
    # with few other cells, those along the river would reach away from it as a fan of strips
    least = np.array([2 * len(v.fixed) + 3 for v in villages])
    counts = np.maximum(np.round(shares / shares.sum() * cells).astype(np.int64), least)
    while (difference := int(counts.sum()) - cells) != 0:
        free = np.flatnonzero(counts > least) if difference > 0 else np.arange(len(counts))
        chosen = rng.choice(free, min(abs(difference), len(free)), replace=False)
        counts[chosen] -= int(np.sign(difference))
    for village, count in zip(villages, counts.tolist(), strict=True):
        village.cells = count


def _dense(village: VillagePlan, rng: np.random.Generator) -> Points:
    """Return samples of a village, denser around its settlements: cells follow the people."""
    if village.kind == UnitKind.COMMUNITY:
        return village.samples
    share = 1.1 if village.heart else 0.55
    sizes = rng.dirichlet(np.full(len(village.settlements), 3.0)) * share * len(village.samples)
    width = float(np.sqrt(len(village.samples) / _DENSITY) * 1000 * 0.09)
    clouds = [rng.normal(s, width, (int(n), 2)) for s, n in zip(village.settlements, sizes, strict=True)]
    return np.vstack([village.samples, *clouds])


def _ghosts(outline: Points, cell: float, rng: np.random.Generator) -> Points:
    """Return seeds of the land around: spread there as cells (of about `cell` m²) are here, so that the county's border looks like any."""
    county = shapely.Polygon(outline)
    near, far = (shapely.get_coordinates(county.buffer(reach)) for reach in (0.25 * cell**0.5, 4 * cell**0.5))
    around = shapely.Polygon(far, [near])
    west, south, east, north = around.bounds
    points: Points = rng.uniform((west, south), (east, north), (int((east - west) * (north - south) / cell * 20), 2))
    shapely.prepare(around)
    points = points[shapely.contains_xy(around, points)]
    return np.vstack([tessellation.spread(points, round(around.area / cell), rng), outline[::60] * 1.6])
