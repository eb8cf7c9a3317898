"""The people of a demo county: households in their settlements and town blocks, and the grid workers."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.county.changes import Columns
from gis_app.demo import names
from gis_app.demo.places import Size
from gis_app.demo.tessellation import Ints, Points, ragged
from gis_app.demo.units import Land
from gis_app.grid.households import Unassigned
from gis_app.grid.locate import Locator

_RURAL_FLOOR, _URBAN_FLOOR = 50, 100
_LOT = (27.0, 56.0)  # metres along and across a village street
_BLOCK = (34.0, 44.0)  # the same for buildings in town
_FLAGS = (
    ("脱贫户", 0.06), ("低保", 0.04), ("特困", 0.008), ("残疾", 0.05), ("独居老人", 0.045), ("留守儿童", 0.015), ("慢性病", 0.07),
    ("退役军人", 0.02), ("党员户", 0.06),
)  # fmt: skip
_DATUM = "cgcs2000"


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The rows of households and workers. `assigned` households come first, in the order of their cells; `counts` is one number a cell."""

    households: Columns
    workers: Columns
    assigned: int
    counts: Ints
    worker_of: dict[int, int]  # cell id → worker id


def make_people(land: Land, locator: Locator, size: Size, rng: np.random.Generator) -> People:
    """Settle a land: households lie in the cells where the locator sees them; a few have no coordinates, lie outside or are pinned."""
    missing, outside = max(3, size.households // 10_000), max(2, size.households // 13_000)
    counts = _counts(land, size.households - missing - outside, rng)
    xy, hamlet = _places(land, locator, counts, rng)
    row = np.repeat(np.arange(len(land.cells)), counts)
    cell = land.cells[row]
    address = _addresses(land, row, counts, hamlet, rng)
    pinned, cell = _pins(land, cell, xy, rng)

    beyond, distance = _outside(land, outside, rng)
    strays = rng.integers(0, len(row), missing + outside)
    n = len(row) + missing + outside
    where = np.vstack([xy, np.full((missing, 2), np.nan), beyond])
    heads, pinyin = names.people(n, rng)
    order = np.arange(n)
    code = np.array([f"H{i:07d}" for i in range(1, n + 1)], object)
    households: Columns = {
        "id": order + 1,
        "geom": where,
        "code": code,
        "head": heads,
        "pinyin": pinyin,
        "address": np.concatenate([address, address[strays]]),
        "phone": names.phones(n, rng),
        "members": rng.choice(np.arange(1, 8), n, p=[0.16, 0.31, 0.25, 0.16, 0.08, 0.03, 0.01]).astype(np.int64),
        "resident": rng.random(n) < 0.97,
        "flags": _flags(n, rng),
        "cell": np.concatenate([cell, np.zeros(missing + outside, np.int64)]),
        "pinned": np.concatenate([pinned, np.zeros(missing + outside, bool)]),
        "reason": np.concatenate([
            np.zeros(len(row), np.int64),
            np.full(missing, int(Unassigned.NO_COORDINATES), np.int64),
            np.full(outside, int(Unassigned.OUTSIDE_COUNTY), np.int64),
        ]),
        "distance": np.concatenate([np.zeros(len(row) + missing), distance]),
        "datum": np.concatenate([np.full(len(row), _DATUM, object), np.full(missing, "", object), np.full(outside, _DATUM, object)]),
    }
    workers, worker_of = _workers(land, counts, xy, rng)
    return People(households, workers, len(row), counts, worker_of)


def _counts(land: Land, total: int, rng: np.random.Generator) -> Ints:
    """Share the households among the cells: most above their floor, some below it, a few large ones."""
    n = len(land.cells)
    floor = np.where(land.urban, _URBAN_FLOOR, _RURAL_FLOOR)
    extra = rng.gamma(0.8, 2.0, n) * np.where(land.urban, 2.6, 1.0) + np.where(rng.random(n) < 0.03, rng.uniform(3, 9, n), 0)
    room = total - int(floor.sum())
    counts: Ints = floor + np.maximum(0, extra * (room / extra.sum() if room > 0 else 0)).astype(np.int64)
    if room <= 0 or total > 4 * floor.sum():  # few or very many households: shares follow the floors alone
        weights = floor * rng.lognormal(0, 0.25, n)
        counts = np.maximum(3, weights / weights.sum() * total).astype(np.int64)
    else:
        poor = rng.choice(n, max(2, n // 8), replace=False)
        counts[poor] = (floor[poor] * rng.uniform(0.66, 0.99, len(poor))).astype(np.int64)
    while (difference := total - int(counts.sum())) != 0:
        above = np.flatnonzero(counts > floor + 3) if difference < 0 and (counts > floor + 3).any() else np.arange(n)
        chosen = rng.choice(above, min(abs(difference), len(above)), replace=False)
        counts[chosen] += int(np.sign(difference))
    return counts


def _places(land: Land, locator: Locator, counts: Ints, rng: np.random.Generator) -> tuple[Points, NDArray[np.bool_]]:
    """Return a point for every household, cell by cell, and which cells live in a hamlet of their own.

    Houses stand on the lots of their settlement, in rows that all cells of the settlement share; each cell takes its lots that are nearest
    to its anchor: where the settlement is if it reaches there, else a hamlet in its middle.
    """
    anchor, hamlet = _anchors(land, locator, rng)
    turn = np.random.default_rng(int(rng.integers(2**32))).uniform(-0.5, 0.5, int(land.village.max()) + 1)[land.village]
    lot = np.where(land.urban[:, None], _BLOCK, _LOT)
    steps = _window(int(np.quantile(np.where(land.urban, counts / 3, counts), 0.95) * 4.5) + 80)
    along, across = np.column_stack([np.cos(turn), np.sin(turn)]), np.column_stack([-np.sin(turn), np.cos(turn)])
    origin = np.where(hamlet[:, None], anchor, land.settlements)
    local = anchor - origin
    first = np.round(np.column_stack([(local * along).sum(axis=1), (local * across).sum(axis=1)]) / lot)
    index = first[:, None, :] + steps[None]
    streets = index[..., 0] + (index[..., 0] // 9) * 0.6  # a lane after every ninth lot
    shift = rng.normal(0, 1.0, (*index.shape[:2], 2)) * (1.6, 4.0)
    u, v = streets * lot[:, None, 0] + shift[..., 0], index[..., 1] * lot[:, None, 1] + shift[..., 1]
    points = origin[:, None, :] + u[..., None] * along[:, None, :] + v[..., None] * across[:, None, :]
    points = np.round(points, 3)  # before asking where they lie: a tenth of a millimetre can be another cell
    flat = points.reshape(-1, 2)
    own = (locator.cells_at(flat) == np.repeat(land.cells, len(steps))).reshape(len(land.cells), -1)

    far = np.hypot((points[..., 0] - anchor[:, None, 0]), (points[..., 1] - anchor[:, None, 1]))
    far *= rng.lognormal(0, 0.42, far.shape)
    far[rng.random(far.shape) < 0.01] *= 0.15  # a farmstead by itself
    far[~own] = np.inf
    order = np.argsort(far, axis=1, kind="stable")
    free = own.sum(axis=1)
    lots = np.clip(np.where(land.urban, np.ceil(counts / 3), counts), 1, np.maximum(free, 1)).astype(np.int64)
    row, position = ragged(counts)
    chosen = order[row, position % lots[row]]
    xy = points[row, chosen]
    lost = free[row] == 0
    xy[lost] = np.round(land.seeds[row[lost]], 3)
    # neighbours in a register are neighbours in their lane: number them row by row
    key = np.lexsort((index[row, chosen, 0], index[row, chosen, 1], row))
    return xy[key], hamlet


def _anchors(land: Land, locator: Locator, rng: np.random.Generator) -> tuple[Points, NDArray[np.bool_]]:
    areas = shapely.area(land.polygons)
    way = land.settlements - land.seeds
    hamlet = np.hypot(*way.T) > rng.uniform(1.0, 1.9, len(areas)) * np.sqrt(areas)
    anchor = land.seeds.copy()
    moved = anchor + rng.normal(0, 0.2, anchor.shape) * np.sqrt(areas)[:, None]
    stays = locator.cells_at(moved) == land.cells
    anchor[stays] = moved[stays]
    found = np.zeros(len(anchor), bool)
    for share in (1.0, 0.85, 0.7, 0.55, 0.4, 0.25):
        candidate = land.seeds + way * share
        fits = ~found & ~hamlet & (locator.cells_at(candidate) == land.cells)
        anchor[fits], found = candidate[fits], found | fits
    return anchor, hamlet


def _window(count: int) -> Points:
    """Return the `count` lots nearest to a centre as (along, across) steps; settlements are longer than wide."""
    side = int(np.sqrt(count)) + 4
    i, j = np.meshgrid(np.arange(-2 * side, 2 * side + 1), np.arange(-side, side + 1))
    steps = np.column_stack([i.ravel(), j.ravel()]).astype(np.float64)
    nearest: Points = steps[np.argsort((steps[:, 0] * _LOT[0] * 0.75) ** 2 + (steps[:, 1] * _LOT[1]) ** 2, kind="stable")[:count]]
    return nearest


def _addresses(
    land: Land, row: Ints, counts: Ints, hamlet: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return the addresses: village, settlement and number in the country; community, estate, building and flat in town."""
    units = {unit.id: unit for unit in land.units}
    urban_villages = sorted({int(v) for v in land.village[land.urban]})
    estates = dict(zip(urban_villages, names.estates(len(urban_villages)), strict=True))
    prefix = np.empty(len(land.cells), object)
    for i, village in enumerate(land.village.tolist()):
        name = units[village].name
        if land.urban[i]:
            prefix[i] = name + estates[village][i % 3]
        elif hamlet[i]:
            prefix[i] = name + names.SURNAMES[int(rng.integers(60))] + names.HAMLET_ENDS[int(rng.integers(4))]
        else:
            prefix[i] = name + _settlement_name(land, i)
    base: NDArray[np.int64] = np.zeros(len(land.cells), np.int64)  # cells of one settlement go on counting where the last one stopped
    used: dict[str, int] = {}
    for i, name in enumerate(prefix.tolist()):
        base[i] = used.get(name, 0)
        used[name] = int(base[i] + counts[i])
    position = ragged(counts)[1] + base[row]
    numbers = np.array([str(i) for i in range(int(position.max()) + 2)], object)
    rural = numbers[position + 1] + "号"
    building, flat = position // 36 + 1, position % 36
    entrance, floor, door = numbers[flat // 12 + 1], numbers[(flat % 12) // 2 + 1], numbers[flat % 2 + 1]
    town = numbers[building] + "号楼" + entrance + "单元" + floor + "0" + door + "室"
    texts: NDArray[np.object_] = prefix[row] + np.where(land.urban[row], town, rural)
    return texts


def _settlement_name(land: Land, row: int) -> str:
    """Return what people call the settlement of a cell: by its direction from the others of its village; "" where it is alone."""
    others = np.unique(land.settlements[land.village == land.village[row]], axis=0)
    if len(others) == 1:
        return ""
    east, north = land.settlements[row] - others.mean(axis=0)
    if abs(east) > abs(north):
        return "东屯" if east > 0 else "西屯"
    return "后屯" if north > 0 else "前屯"


def _pins(land: Land, cell: Ints, xy: Points, rng: np.random.Generator) -> tuple[NDArray[np.bool_], Ints]:
    """Pin some households by hand to the second nearest cell of their village, as offices do for people who moved in with relatives."""
    pinned = np.zeros(len(cell), bool)
    chosen = rng.choice(len(cell), max(3, len(cell) // 5_000), replace=False)
    cell = cell.copy()
    for household in chosen.tolist():
        village = land.village[np.searchsorted(land.cells, cell[household])]
        others = np.flatnonzero((land.village == village) & (land.cells != cell[household]))
        if len(others):
            cell[household] = land.cells[others[np.hypot(*(land.seeds[others] - xy[household]).T).argmin()]]
            pinned[household] = True
    return pinned, cell


def _outside(land: Land, count: int, rng: np.random.Generator) -> tuple[Points, NDArray[np.float64]]:
    """Return points beyond the outer border, and how far each is from the nearest cell."""
    outline = shapely.coverage_union_all(land.polygons)
    ring = shapely.get_exterior_ring(shapely.get_geometry(shapely.buffer(outline, 1500), 0))
    at = shapely.get_coordinates(shapely.line_interpolate_point(ring, rng.uniform(0, 1, count), normalized=True))
    edge = shapely.get_coordinates(shapely.shortest_line(shapely.points(at), shapely.boundary(outline))).reshape(-1, 2, 2)[:, 1]
    points = np.round(edge + (at - edge) * rng.uniform(0.02, 0.9, (count, 1)), 3)
    return points, np.asarray(shapely.distance(shapely.points(points), outline))


def _flags(count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    flags = np.full(count, "", object)
    for word, share in _FLAGS:
        has = rng.random(count) < share
        flags[has] = np.where(flags[has] == "", word, flags[has] + "," + word)
    return flags


def _workers(land: Land, counts: Ints, xy: Points, rng: np.random.Generator) -> tuple[Columns, dict[int, int]]:
    """Return one worker a cell, but for three: two help a colleague and one is new and has no cell yet."""
    n = len(land.cells)
    cell, village = land.cells.copy(), land.village.copy()
    first = np.cumsum(counts) - counts
    home = xy[first + rng.integers(0, 1 << 30, n) % np.maximum(counts, 1)]
    vacant = np.sort(rng.choice(n, 3, replace=False))
    for i in vacant[:2].tolist():
        colleagues = np.flatnonzero((village == village[i]) & ~np.isin(np.arange(n), vacant))
        cell[i] = land.cells[colleagues[0]]
    cell[vacant[2]] = 0
    heads, pinyin = names.people(n, rng, women=0.45)
    ids = np.arange(1, n + 1)
    code = {unit.id: unit.code for unit in land.units}
    workers: Columns = {
        "id": ids,
        "geom": home,
        "code": np.array([f"W{code[c]}" for c in land.cells.tolist()], object),
        "name": heads,
        "pinyin": pinyin,
        "phone": names.phones(n, rng),
        "village": village,
        "cell": cell,
    }
    regular = np.setdiff1d(np.arange(n), vacant)
    return workers, dict(zip(land.cells[regular].tolist(), ids[regular].tolist(), strict=True))
