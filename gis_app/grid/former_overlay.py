"""Two networks laid over one another: which units share land and households, where they agree, and where they differ.

What is measured is true for dirty networks too: invalid outlines are made valid for measuring alone (`shapely.make_valid`), and land that
two units of one network both claim counts for the first of them, so that no land and no household is counted twice.

Agreement. A pair of units is *matched* where each is the other's best partner: the one that it shares most land with. The agreement of two
networks is the share of the land that either of them covers (and of the households that lie in either) that lies in matched pairs; it is
1 where both divide the land alike, and symmetric. It is the overlap of two partitions under their best one-to-one matching, with the union
as the base as in the index of Jaccard (P. Jaccard, The distribution of the flora in the alpine zone, 1912). Beside it stands for each of
the two how far it is *nested* in the other: the share of its land that lies in each unit's best partner, which is how often one guesses the
unit of the other network right when one knows that of this one (L. A. Goodman and W. H. Kruskal, Measures of association for cross
classifications, 1954, the optimal prediction that lambda is made of). A network of small units that never cross a larger one's borders is
nested wholly, and agrees little.

Differences are the land of pairs in which neither unit is the other's best partner, and land that one network alone covers: there borders
cross. Where small units fill a larger one, nothing differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.language import msg
from gis_app.progress import Progress, Steps

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

LEAST_AREA = 1.0
"""Common land below this (m²) is what coordinates lose by rounding; it makes no pair of units."""

LEAST_WIDTH = 2.0
"""Land that differs and is narrower than this on the average (m, twice its area by its outline) is two drawings of one border: it counts in
the figures, and is no place to look at."""

_BATCH = 400


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Units that can be measured: ids (n,), and valid shapes (n,) that do not overlap (polygons, perhaps empty)."""

    id: Ints
    shapes: Shapes

    @classmethod
    def measured(cls, ids: Sequence[int] | Ints, shapes: Sequence[object] | Shapes) -> "Network":
        """Return the network of units as they came: made valid, with land that several claim left to the first."""
        made = np.empty(len(ids), object)
        made[:] = [_polygonal(shape) for shape in shapes]
        return cls(np.asarray(ids, np.int64), _without_overlaps(made))

    def locate(self, x: Floats, y: Floats) -> Ints:
        """Return the id of the unit that each place lies in, 0 for none; on a common border the first counts."""
        found = np.zeros(len(x), np.int64)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(known) or not len(self.id):
            return found
        place, unit = shapely.STRtree(self.shapes).query(shapely.points(x[known], y[known]), predicate="intersects")
        first = np.full(len(known), len(self.id), np.int64)
        np.minimum.at(first, place, unit)
        inside = first < len(self.id)
        found[known[inside]] = self.id[first[inside]]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A unit of the one network and one of the other (0: none of them is there) with the land in m² and the households that they share.

    The shares (0 to 1) are of each unit's land and households. `matched`: each is the other's best partner.
    """

    one: int
    other: int
    area: float
    households: int
    area_share_one: float
    area_share_other: float
    household_share_one: float
    household_share_other: float
    matched: bool


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """A piece of land where borders cross: each of its two units lies mostly elsewhere (0: in no unit of that network); area in m²."""

    one: int
    other: int
    shape: shapely.MultiPolygon
    area: float
    households: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two networks agree, as shares (0 to 1) of land and households; see the docstring of the module. NaN: there are none."""

    area: float
    households: float
    one_in_other: float
    other_in_one: float


@dataclass(frozen=True, slots=True, eq=False)
class Overlaid:
    """Two networks laid over one another: pairs by the ids of their units, differences with most households, then largest,
    first; land that only one of them has comes after all that both have."""

    pairs: tuple[Pair, ...]
    differences: tuple[Difference, ...]
    agreement: Agreement


def overlaying(one: Network, other: Network, homes: tuple[Ints, Ints], metres: float = 1.0) -> Steps[Overlaid]:
    """Lay two networks over one another; `homes` says for each household in which unit of either it is (0: in none).

    `metres` is the length of one unit of the coordinates.
    """
    square = metres**2
    yield Progress(0.0, msg("Laying the grids over one another"))
    a, b, common = yield from _common(one.shapes, other.shapes)
    areas = shapely.area(common) * square
    kept = areas >= LEAST_AREA
    a, b, common, areas = a[kept], b[kept], common[kept], areas[kept]
    land_one, land_other = shapely.area(one.shapes) * square, shapely.area(other.shapes) * square
    beyond_one, beyond_other = land_one - np.bincount(a, areas, len(one.id)), land_other - np.bincount(b, areas, len(other.id))
    yield Progress(0.8, msg("Counting the households that they share"))
    table = _table(_shared(one.id, other.id, (a, b, areas), (beyond_one, beyond_other)), homes)
    forth, back = _best_partners(table)
    matched = forth & back
    yield Progress(0.85, msg("Finding where they differ"))
    alike = forth | back
    differing = ~np.isin(_keys(table, one.id[a], other.id[b]), _keys(table, table.one[alike], table.other[alike]))
    alone_one, alone_other = _alone(one.shapes, other.shapes, a, b, beyond_one), _alone(other.shapes, one.shapes, b, a, beyond_other)
    shapes = [
        *zip(one.id[a[differing]].tolist(), other.id[b[differing]].tolist(), common[differing].tolist(), strict=True),
        *((int(one.id[at]), 0, shape) for at, shape in alone_one),
        *((0, int(other.id[at]), shape) for at, shape in alone_other),
    ]
    count = {(x, y): n for x, y, n in zip(table.one.tolist(), table.other.tolist(), table.households.tolist(), strict=True)}
    differences = [
        Difference(x, y, land, land.area * square, count.get((x, y), 0)) for x, y, shape in shapes if (land := _land(shape, metres))
    ]
    differences.sort(key=lambda one: (0 in (one.one, one.other), -one.households, -one.area))
    sizes = _Sizes.of(one.id, land_one, homes[0]), _Sizes.of(other.id, land_other, homes[1])
    pairs = _pairs(table, matched, sizes)
    yield Progress(1.0, msg("Finding where they differ"))
    return Overlaid(pairs, tuple(differences), _agreement(table, matched, sizes, homes))


# Shapes


def _polygonal(shape: object) -> shapely.Geometry:
    """Return what is area in a shape, valid; an empty polygon for nothing."""
    if not isinstance(shape, shapely.Geometry) or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        return shapely.MultiPolygon()
    made = shape if shape.is_valid else shapely.make_valid(shape)
    if made.geom_type in ("Polygon", "MultiPolygon"):
        return made
    parts = shapely.get_parts(shapely.get_parts(made))
    return shapely.union_all(parts[shapely.get_type_id(parts) == 3]) if len(parts) else shapely.MultiPolygon()


def _without_overlaps(shapes: Shapes) -> Shapes:
    """Return shapes that have given the land that an earlier one has, too, to that one.

    Looked at are the pairs of which one has an edge that fits no neighbour's: of two that overlap one has such an edge at least.
    """
    if not len(shapes):
        return shapes
    wrong = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
    if not len(wrong):
        return shapes
    one, other = shapely.STRtree(shapes).query(shapes[wrong], predicate="intersects")
    met = np.unique(np.sort(np.column_stack([wrong[one], other]), axis=1), axis=0)
    earlier, later = met[met[:, 0] < met[:, 1]].T
    pairs = np.arange(len(earlier))
    overlapping = pairs[shapely.area(shapely.intersection(shapes[later[pairs]], shapes[earlier[pairs]])) > 0]
    left: Shapes = shapes.copy()
    for at in np.unique(later[overlapping]).tolist():
        covered = shapely.union_all(shapes[earlier[overlapping][later[overlapping] == at]])
        left[at] = _polygonal(shapely.difference(shapes[at], covered))
    return left


def _common(one: Shapes, other: Shapes) -> Steps[tuple[Ints, Ints, Shapes]]:
    """Return the positions of shapes that meet, and what they have in common."""
    a, b = shapely.STRtree(other).query(one, predicate="intersects") if len(one) and len(other) else np.zeros((2, 0), np.int64)
    common = np.empty(len(a), object)
    for start in range(0, len(a), _BATCH):
        yield Progress(0.1 + 0.7 * start / len(a), msg("Laying the grids over one another"))
        rows = slice(start, start + _BATCH)
        common[rows] = shapely.intersection(one[a[rows]], other[b[rows]])
    return a, b, common


def _alone(shapes: Shapes, others: Shapes, at: Ints, other: Ints, missing: Floats) -> list[tuple[int, shapely.Geometry]]:
    """Return the land of shapes that no other one covers; only shapes that miss land among what they share are looked at."""
    found = []
    for number in np.flatnonzero(missing >= LEAST_AREA).tolist():
        covering = others[other[at == number]]
        rest = shapely.difference(shapes[number], shapely.union_all(covering)) if len(covering) else shapes[number]
        found.append((number, rest))
    return found


def _land(shape: shapely.Geometry, metres: float) -> shapely.MultiPolygon | None:
    """Return the parts of a shape that are worth looking at, None for none."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[shapely.get_type_id(parts) == 3]
    wide = (shapely.area(parts) * metres**2 >= LEAST_AREA) & (2 * shapely.area(parts) * metres >= LEAST_WIDTH * shapely.length(parts))
    return shapely.MultiPolygon(parts[wide].tolist()) if wide.any() else None


# Figures


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Every pair of units with land or households in common: ids (0: outside), m², households."""

    one: Ints
    other: Ints
    area: Floats
    households: Ints


def _shared(one: Ints, other: Ints, common: tuple[Ints, Ints, Floats], beyond: tuple[Floats, Floats]) -> tuple[Ints, Floats]:
    """Return the pairs of ids (n, 2) that share land, and how much: of two units, and of one unit and nothing (0)."""
    a, b, areas = common
    left, right = (np.flatnonzero(missing >= LEAST_AREA) for missing in beyond)
    none = np.zeros(max(len(left), len(right)), np.int64)
    pairs = [np.column_stack(sides) for sides in ((one[a], other[b]), (one[left], none[: len(left)]), (none[: len(right)], other[right]))]
    return np.concatenate(pairs).astype(np.int64), np.concatenate([areas, beyond[0][left], beyond[1][right]])


def _table(land: tuple[Ints, Floats], homes: tuple[Ints, Ints]) -> _Table:
    there = (homes[0] != 0) | (homes[1] != 0)
    pairs, counts = np.unique(np.column_stack([homes[0][there], homes[1][there]]).reshape(-1, 2), axis=0, return_counts=True)
    keys, at = np.unique(np.concatenate([land[0], pairs]), axis=0, return_inverse=True)
    at = at.reshape(-1)
    area = np.bincount(at[: len(land[0])], land[1], len(keys)).astype(np.float64)
    households = np.bincount(at[len(land[0]) :], counts, len(keys)).astype(np.int64)
    return _Table(keys[:, 0], keys[:, 1], area, households)


def _keys(table: _Table, one: Ints, other: Ints) -> Ints:
    """Return one number for each pair of ids."""
    base = int(table.other.max(initial=0)) + 1
    return one * base + other


def _best(keys: Ints, partners: Ints, area: Floats, households: Ints) -> dict[int, int]:
    """Return each unit's best partner: most land in common, of equals most households, then the lowest id."""
    found: dict[int, int] = {}
    for at in np.lexsort((partners, -households, -area)).tolist():
        if keys[at] and partners[at] and area[at] > 0:
            found.setdefault(int(keys[at]), int(partners[at]))
    return found


def _best_partners(table: _Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell for each pair whether the other unit is the one's best partner, and the one the other's."""
    forth = _best(table.one, table.other, table.area, table.households)
    back = _best(table.other, table.one, table.area, table.households)
    pairs = list(zip(table.one.tolist(), table.other.tolist(), strict=True))
    return np.array([forth.get(a) == b for a, b in pairs], np.bool_), np.array([back.get(b) == a for a, b in pairs], np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class _Sizes:
    """What each unit of a network has: land (m²) and households by id."""

    area: dict[int, float]
    households: dict[int, int]

    @classmethod
    def of(cls, ids: Ints, areas: Floats, homes: Ints) -> "_Sizes":
        units, counts = np.unique(homes, return_counts=True)
        return cls(dict(zip(ids.tolist(), areas.tolist(), strict=True)), dict(zip(units.tolist(), counts.tolist(), strict=True)))


def _share(part: float, whole: float) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _pairs(table: _Table, matched: NDArray[np.bool_], sizes: tuple[_Sizes, _Sizes]) -> tuple[Pair, ...]:
    one, other = sizes
    rows = zip(table.one.tolist(), table.other.tolist(), table.area.tolist(), table.households.tolist(), matched.tolist(), strict=True)
    return tuple(
        Pair(
            a,
            b,
            area,
            homes,
            _share(area, one.area.get(a, 0.0)),
            _share(area, other.area.get(b, 0.0)),
            _share(homes, one.households.get(a, 0)) if a else 0.0,
            _share(homes, other.households.get(b, 0)) if b else 0.0,
            best,
        )
        for a, b, area, homes, best in rows
    )


def _agreement(table: _Table, matched: NDArray[np.bool_], sizes: tuple[_Sizes, _Sizes], homes: tuple[Ints, Ints]) -> Agreement:
    either = float(table.area.sum())
    living = int(((homes[0] != 0) | (homes[1] != 0)).sum())

    def nested(keys: Ints, whole: float) -> float:
        inner = (table.one != 0) & (table.other != 0)
        best = np.zeros(int(keys.max(initial=0)) + 1)
        np.maximum.at(best, keys[inner], table.area[inner])
        return _share(float(best.sum()), whole) if whole else float("nan")

    return Agreement(
        _share(float(table.area[matched].sum()), either) if either else float("nan"),
        _share(float(table.households[matched].sum()), living) if living else float("nan"),
        nested(table.one, sum(sizes[0].area.values())),
        nested(table.other, sum(sizes[1].area.values())),
    )
