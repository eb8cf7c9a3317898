"""A synthetic county for the map's own tests and benchmark: a wiggled Voronoi coverage with households and whistles."""

from datetime import UTC, datetime

import numpy as np
from scipy.spatial import Voronoi, cKDTree

from gis_app.cases.bodies import Category
from gis_app.cases.case import Cases, State
from gis_app.county.state import CountyState, Settings
from gis_app.grid.coverage import OUTSIDE, Arc, Coverage
from gis_app.grid.households import Households
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind

NOW = datetime(2020, 5, 1, 12, tzinfo=UTC)
ORIGIN = (500_000.0, 5_300_000.0)
FIRST_CELL = 1000  # ids of villages lie below, so that the levels cannot be mixed up unseen


def synthetic_state(
    cells: int = 1939,
    villages: int = 127,
    townships: int = 12,
    households: int = 120_000,
    cases: int = 20_000,
    bends: int = 34,
    seed: int = 1,
) -> CountyState:
    """Return a county of about 70 × 70 km (scaled with the number of cells); `bends` is the number of vertices inside every border."""
    rng = np.random.default_rng(seed)
    size = 1570.0 * cells**0.5
    centres = _spread(rng, cells, size)
    coverage = _coverage(rng, centres, size, bends)
    village_of = cKDTree(_spread(rng, villages, size)).query(centres)[1]
    village_of = np.unique(village_of, return_inverse=True)[1]
    village_centres = np.stack([centres[village_of == v].mean(axis=0) for v in range(village_of.max() + 1)])
    township_of = cKDTree(_spread(rng, townships, size)).query(village_centres)[1]
    township_of = np.unique(township_of, return_inverse=True)[1]
    units = [
        Unit(t + 1, Level.TOWNSHIP, UnitKind.TOWNSHIP, f"230225{t + 200:03}", "双阳查哈兴隆长山平阳巨宝"[t % 6 * 2 :][:2] + "乡")
        for t in range(township_of.max() + 1)
    ]
    for v, township in enumerate(township_of.tolist()):
        code = f"{units[township].code}{v + 200:03}"
        name = "永富和兴胜立泉源"[v % 8] + "安新长双"[v // 8 % 4] + "村"
        units.append(Unit(v + 100, Level.VILLAGE, UnitKind.VILLAGE, code, name, township + 1))
    for c, village in enumerate(village_of.tolist()):
        parent = units[township_of.max() + 1 + village]
        name = f"{parent.name}第{c % 15 + 1}网格"
        units.append(Unit(c + FIRST_CELL, Level.CELL, UnitKind.RURAL_CELL, f"{parent.code}{c % 1000:03}", name, parent.id))
    tree = cKDTree(centres)
    return CountyState(
        settings=Settings(name="示例县", code="230225", fixed_now=NOW.isoformat()),
        units=Hierarchy(units),
        coverage=coverage,
        households=_households(rng, households, centres, tree, size),
        workers={},
        bodies={},
        categories={i: Category(i, str(i), name) for i, name in enumerate(("违法建设", "环境卫生", "民生求助"), start=1)},
        rules={},
        cases=_cases(rng, cases, centres, tree, size),
        periods={},
    )


def _spread(rng: np.random.Generator, count: int, size: float) -> np.ndarray:
    side = int(np.ceil(count**0.5))
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    points = (grid + 0.5 + rng.uniform(-0.42, 0.42, grid.shape)) / side
    return np.asarray(rng.permutation(points)[:count] * size + ORIGIN)


def _coverage(rng: np.random.Generator, centres: np.ndarray, size: float, bends: int) -> Coverage:
    low, high = np.array(ORIGIN), np.array(ORIGIN) + size
    mirrored = [centres]
    for axis in (0, 1):
        for side in (low, high):
            other = centres.copy()
            other[:, axis] = 2 * side[axis] - other[:, axis]
            mirrored.append(other)
    voronoi = Voronoi(np.concatenate(mirrored))
    count = len(centres)
    arcs: dict[int, Arc] = {}
    by_ends: dict[tuple[int, int], int] = {}
    nodes: dict[int, tuple[float, float]] = {}
    for (one, two), (a, b) in zip(voronoi.ridge_points.tolist(), voronoi.ridge_vertices, strict=True):
        if min(one, two) >= count:
            continue
        start, end = voronoi.vertices[a], voronoi.vertices[b]
        for node, at in ((a, start), (b, end)):
            nodes[node + 1] = (round(float(at[0]), 3), round(float(at[1]), 3))
        along, across = end - start, voronoi.points[one] - start
        side = along[0] * across[1] - along[1] * across[0]
        left, right = (one, two) if side > 0 else (two, one)
        points = _wiggle(rng, np.array(nodes[a + 1]), np.array(nodes[b + 1]), bends)
        number = len(arcs) + 1
        arcs[number] = Arc(a + 1, b + 1, *(i + FIRST_CELL if i < count else OUTSIDE for i in (left, right)), points)
        by_ends[(a, b)], by_ends[(b, a)] = number, -number
    cells = {}
    for cell in range(count):
        region = voronoi.regions[voronoi.point_region[cell]]
        ring = np.array([voronoi.vertices[v] for v in region])
        following = np.roll(ring, -1, axis=0)
        if (ring[:, 0] * following[:, 1] - ring[:, 1] * following[:, 0]).sum() < 0:
            region = region[::-1]
        cells[cell + FIRST_CELL] = ((tuple(by_ends[pair] for pair in zip(region, region[1:] + region[:1], strict=True)),),)
    return Coverage(nodes, arcs, cells)


def _wiggle(rng: np.random.Generator, start: np.ndarray, end: np.ndarray, bends: int) -> np.ndarray:
    along = np.linspace(0, 1, bends + 2)[:, None]
    length = float(np.hypot(*(end - start)))
    normal = np.array([start[1] - end[1], end[0] - start[0]]) / max(length, 1e-9)
    walk = np.cumsum(rng.normal(0, 1, bends + 2))
    bridge = (walk - walk[0] - along[:, 0] * (walk[-1] - walk[0])) * length * 0.008
    points = np.round(start + along * (end - start) + bridge[:, None] * normal, 3)
    points[0], points[-1] = start, end
    points.setflags(write=False)
    return points


def _households(rng: np.random.Generator, count: int, centres: np.ndarray, tree: cKDTree, size: float) -> Households:
    weights = rng.gamma(9.0, 1.0, len(centres))
    home = rng.choice(len(centres), count, p=weights / weights.sum())
    xy = np.clip(centres[home] + rng.normal(0, 140, (count, 2)), ORIGIN, np.array(ORIGIN) + size)
    return Households(
        id=np.arange(1, count + 1),
        x=xy[:, 0],
        y=xy[:, 1],
        members=rng.integers(1, 6, count),
        cell=tree.query(xy)[1].astype(np.int64) + FIRST_CELL,
        pinned=np.zeros(count, np.bool_),
        reason=np.zeros(count, np.int64),
        distance=np.zeros(count),
        resident=np.ones(count, np.bool_),
        flags=np.zeros(count, np.int64),
    )


def _cases(rng: np.random.Generator, count: int, centres: np.ndarray, tree: cKDTree, size: float) -> Cases:
    home = rng.integers(0, len(centres), count)
    home[: count // 8] = home[0]  # one hotspot
    xy = np.clip(centres[home] + rng.normal(0, 500, (count, 2)), ORIGIN, np.array(ORIGIN) + size)
    state = np.where(rng.uniform(size=count) < 0.03, rng.integers(1, 4, count), int(State.DONE))
    blown = np.datetime64(NOW.replace(tzinfo=None), "s") - rng.integers(0, 700 * 86400, count).astype("timedelta64[s]")
    fresh = state != State.DONE
    blown[fresh] = np.datetime64(NOW.replace(tzinfo=None), "s") - rng.integers(0, 5 * 86400, int(fresh.sum())).astype("timedelta64[s]")
    never = np.full(count, np.datetime64("NaT", "s"))
    zeros = np.zeros(count, np.int64)
    return Cases(
        id=np.arange(1, count + 1),
        x=xy[:, 0],
        y=xy[:, 1],
        accuracy=np.full(count, 10.0),
        border=np.full(count, 100.0),
        kind=rng.integers(1, 5, count),
        category=rng.integers(1, 4, count),
        state=state.astype(np.int64),
        body=zeros,
        cell=tree.query(xy)[1].astype(np.int64) + FIRST_CELL,
        household=zeros,
        worker=zeros,
        unit=zeros,
        blown=blown,
        arrived=blown,
        picked_up=np.where(state > 1, blown + np.timedelta64(3600, "s"), never),
        done=np.where(state == State.DONE, blown + np.timedelta64(7200, "s"), never),
        deadline=never,
        urged=np.zeros(count, np.bool_),
        urgency=zeros,
        duplicate=zeros,
    )
