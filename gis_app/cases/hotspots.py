"""Where whistles pile up: a kernel density surface, and Gi* per cell with the groups of cells that it finds.

Whistles pile up where people live. So Gi* looks by default not at counts but at the excess over what the households of a cell let expect
(`Measure.EXCESS`). Why, and what else was tried: docs/decisions/0005.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from gis_app.language import Message, format_number, msg

TRUNCATE = 4.0
"""The kernel ends at so many bandwidths: beyond lie 0.03 % of its mass."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """Whistles per km² on a grid: `values` is (rows, columns), row 0 the northernmost; `extent` (x0, y0, x1, y1) is that of its edges."""

    values: NDArray[np.float64]
    extent: tuple[float, float, float, float]
    cell_size: float
    bandwidth: float


def density(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    extent: tuple[float, float, float, float],
    cell_size: float,
    bandwidth: float,
    *,
    metres: float = 1.0,
) -> Surface:
    """Return the Gaussian kernel density of points (Silverman 1986, ch. 4; binned, then filtered: Wand 1994).

    Everything is in units of the county's coordinates; `metres` is the length of one. `bandwidth` is the standard deviation of the
    kernel. Points are counted into squares of `cell_size` (at most a third of the bandwidth keeps the binning invisible), and the counts
    are smoothed. The grid covers `extent`, its far edges rounded up to whole squares. Points up to four bandwidths beyond it still count
    within, and nothing is reflected at the edge: near the county's border the surface is lower, because nothing is known of the other
    side. Points without coordinates are left out.
    """
    from scipy.ndimage import gaussian_filter

    x0, y0, x1, y1 = extent
    columns = max(1, int(np.ceil((x1 - x0) / cell_size)))
    rows = max(1, int(np.ceil((y1 - y0) / cell_size)))
    pad = int(TRUNCATE * bandwidth / cell_size + 0.5) + 1
    known = np.isfinite(x) & np.isfinite(y)
    column = np.floor((x[known] - x0) / cell_size) + pad
    row = np.floor((y[known] - y0) / cell_size) + pad
    height, width = rows + 2 * pad, columns + 2 * pad
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    squares = row[inside].astype(np.int64) * width + column[inside].astype(np.int64)
    counts = np.bincount(squares, minlength=height * width).reshape(height, width).astype(np.float64)
    smooth = gaussian_filter(counts, bandwidth / cell_size, mode="constant", truncate=TRUNCATE)
    values = smooth[pad : pad + rows, pad : pad + columns][::-1] / (cell_size * metres / 1000) ** 2
    return Surface(np.ascontiguousarray(values), (x0, y0, x0 + columns * cell_size, y0 + rows * cell_size), cell_size, bandwidth)


def suggested_bandwidth(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Return a bandwidth that shows settlements apart: a third of Silverman's rule of thumb, which is made for one heap and drowns many.

    In units of the coordinates; 1 where there are fewer than two different points.
    """
    known = np.isfinite(x) & np.isfinite(y)
    if known.sum() < 2:
        return 1.0
    spread = np.sqrt(np.std(x[known]) * np.std(y[known]))
    return float(spread * known.sum() ** (-1 / 6) / 3) or 1.0


def density_text(surface: Surface, metres: float = 1.0) -> Message:
    """Explain the surface in one sentence for the legend."""
    return msg(
        "Whistles per km², smoothed with a Gaussian kernel of {bandwidth} m. It shows where many are, not whether that is unusual.",
        bandwidth=format_number(surface.bandwidth * metres),
    )


class Measure(StrEnum):
    """What Gi* compares between cells."""

    COUNT = "count"  # whistles
    RATE = "rate"  # whistles per household
    EXCESS = "excess"  # whistles per household above the county's, in units of how much such a rate varies: see `excess`


@dataclass(frozen=True, slots=True, eq=False)
class GiStar:
    """Gi* of every cell; arrays in the order of `cells`.

    `z`: standard score; `p`: two-sided, by the normal approximation; `q`: p corrected for false discoveries; `hot` and `cold`: q below
    the significance. `core`: hot cells that themselves stand out by more than one standard deviation; other hot cells are so through their
    neighbours. `expected`: whistles by the households of the cell (by equal shares where households are not known).
    """

    cells: NDArray[np.int64]
    counts: NDArray[np.int64]
    expected: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    q: NDArray[np.float64]
    hot: NDArray[np.bool_]
    cold: NDArray[np.bool_]
    core: NDArray[np.bool_]
    measure: Measure
    significance: float

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Mark the cells that are hot or cold."""
        return self.hot | self.cold


@dataclass(frozen=True, slots=True)
class Hotspot:
    """Adjacent cells with significantly many whistles. `z` is the highest and `p` the lowest (corrected) of its cells."""

    cells: tuple[int, ...]
    cases: int
    expected: float
    z: float
    p: float

    @property
    def ratio(self) -> float:
        """Return how many times the expected whistles there are."""
        return self.cases / self.expected if self.expected else float("inf")


def counts_per_cell(cells: Sequence[int] | NDArray[np.int64], cell_of: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many entries of `cell_of` (one a case or household, 0 for none) each of `cells` has."""
    ids = np.asarray(cells, np.int64)
    order = np.argsort(ids)
    if not len(ids):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(ids[order], cell_of), len(ids) - 1)
    rows = order[at][ids[order][at] == cell_of]
    return np.bincount(rows, minlength=len(ids)).astype(np.int64)


def preload() -> None:
    """Import what `density` needs: half a second that nobody should wait for when first looking at hotspots."""
    import_module("scipy.ndimage")


def gi_star(
    cells: Sequence[int] | NDArray[np.int64],
    counts: NDArray[np.int64],
    neighbours: Mapping[int, AbstractSet[int]],
    population: NDArray[np.int64] | None = None,
    *,
    measure: Measure | None = None,
    significance: float = 0.05,
) -> GiStar:
    """Return Gi* (Ord and Getis 1995) of each cell and those that share a border with it, all weighing the same.

    `counts` and `population` (households) are in the order of `cells`. `measure` is excess by default, counts where there is no population.
    p-values come from the normal approximation and are corrected by the procedure of Benjamini and Hochberg (1995).
    """
    ids = np.asarray(cells, np.int64)
    known = population is not None and population.sum() > 0
    chosen = measure if known and measure else Measure.EXCESS if known else Measure.COUNT
    weight = population.astype(np.float64) if population is not None and known else np.ones(len(ids))
    expected = weight * (counts.sum() / weight.sum()) if len(ids) else np.zeros(0)
    values = _values(chosen, counts, weight)
    z = _scores(ids, values, neighbours)
    p = np.array([erfc(abs(score) / sqrt(2)) for score in z.tolist()])  # both tails of the normal distribution
    q = adjusted(p)
    hot, cold = (q < significance) & (z > 0), (q < significance) & (z < 0)
    core = hot & (values > values.mean() + values.std()) if len(values) else hot
    return GiStar(ids, counts, expected, z, p, q, hot, cold, core, chosen, significance)


def adjusted(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return p-values adjusted for the false discovery rate by the step-up procedure of Y. Benjamini and Y. Hochberg (Controlling the False
    Discovery Rate, Journal of the Royal Statistical Society B 57, 1995): each times count / rank, and none above that of a higher rank."""
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def hotspots(found: GiStar, neighbours: Mapping[int, AbstractSet[int]]) -> list[Hotspot]:
    """Return the groups of adjacent hot cells, the strongest (highest z) first.

    A group holds the cells that stand out themselves; cells that are hot only through their neighbours join groups but are not listed.
    """
    row = {cell: i for i, cell in enumerate(found.cells.tolist())}
    hot = {cell for cell, is_hot in zip(found.cells.tolist(), found.hot.tolist(), strict=True) if is_hot}
    groups: list[Hotspot] = []
    while hot:
        group = _connected(hot, neighbours)
        hot -= group
        core = sorted(int(cell) for cell in group if found.core[row[cell]])
        if core:
            rows = [row[cell] for cell in core]
            groups.append(
                Hotspot(
                    cells=tuple(core),
                    cases=int(found.counts[rows].sum()),
                    expected=float(found.expected[rows].sum()),
                    z=float(found.z[rows].max()),
                    p=float(found.q[rows].min()),
                )
            )
    return sorted(groups, key=lambda spot: (-spot.z, spot.cells))


def gi_star_text(found: GiStar) -> Message:
    """Explain the layer in two sentences for the legend."""
    percent = f"{found.significance * 100:g}"
    match found.measure:
        case Measure.EXCESS:
            return msg(
                "Gi*: a cell and its neighbours have significantly more (hot) or fewer (cold) whistles than their households let expect. "
                "Of the marked cells, on average at most {percent} % are marked by chance.",
                percent=percent,
            )
        case Measure.RATE:
            return msg(
                "Gi*: a cell and its neighbours have significantly more (hot) or fewer (cold) whistles per household than the county. "
                "Of the marked cells, on average at most {percent} % are marked by chance.",
                percent=percent,
            )
        case _:
            return msg(
                "Gi*: a cell and its neighbours have significantly more (hot) or fewer (cold) whistles than the average cell, "
                "however many people live there. Of the marked cells, on average at most {percent} % are marked by chance.",
                percent=percent,
            )


def hotspot_text(spot: Hotspot) -> Message:
    """Say in one line what a hotspot is."""
    if len(spot.cells) == 1:
        return msg(
            "One cell with {cases} whistles; {expected} were expected ({ratio} times).",
            cases=format_number(spot.cases),
            expected=format_number(spot.expected),
            ratio=format_number(spot.ratio, 1),
        )
    return msg(
        "{cells} cells with {cases} whistles; {expected} were expected ({ratio} times).",
        cells=format_number(len(spot.cells)),
        cases=format_number(spot.cases),
        expected=format_number(spot.expected),
        ratio=format_number(spot.ratio, 1),
    )


def _values(measure: Measure, counts: NDArray[np.int64], population: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what is compared. A cell of which less than one whistle is expected counts as if one were: else a single whistle shouts."""
    match measure:
        case Measure.COUNT:
            return counts.astype(np.float64)
        case Measure.RATE:
            return counts / np.maximum(population, 1)
        case Measure.EXCESS:
            return excess(counts, np.maximum(population, population.sum() / max(counts.sum(), 1)))


def excess(counts: NDArray[np.int64], population: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return standardised empirical Bayes rates (Assunção and Reis 1999) of cells with a positive population.

    The rate of a cell less the county's, over its standard deviation: the chance of small numbers, and how much cells differ beyond that.
    """
    rate = counts / population
    mean = counts.sum() / population.sum()
    spread = np.average((rate - mean) ** 2, weights=population)
    # esda.smoothing.assuncao_rate lets the part beyond chance go below zero, where cells vary less than chance: then scores may explode.
    beyond_chance = max(0.0, spread - mean / population.mean())
    deviation = np.sqrt(beyond_chance + mean / population)
    return np.asarray(np.divide(rate - mean, deviation, out=np.zeros_like(rate), where=deviation > 0), np.float64)


def _scores(ids: NDArray[np.int64], values: NDArray[np.float64], neighbours: Mapping[int, AbstractSet[int]]) -> NDArray[np.float64]:
    """Return Gi* as standard scores (Ord and Getis 1995, eq. 14.3, weights of one); zeros where all values are equal or cells are too few.

    The same as esda's `G_Local(star=True)`, which the tests compare; esda brings scikit-learn and pandas along, 229 MB of memory.
    """
    count = len(ids)
    if count < 3 or np.ptp(values) == 0:
        return np.zeros(count)
    row = {cell: at for at, cell in enumerate(ids.tolist())}
    pairs = [(at, row[near]) for cell, at in row.items() for near in {cell, *neighbours.get(cell, ())} if near in row]
    centre, member = np.array(pairs).T
    weight = np.bincount(centre, minlength=count).astype(np.float64)
    above = np.bincount(centre, weights=values[member], minlength=count) - values.mean() * weight
    spread = values.std() * np.sqrt((count * weight - weight**2) / (count - 1))
    # A cell that neighbours all others has no score.
    return np.asarray(np.divide(above, spread, out=np.zeros(count), where=spread > 0), np.float64)


def _connected(cells: AbstractSet[int], neighbours: Mapping[int, AbstractSet[int]]) -> set[int]:
    """Return the cells of `cells` that hang together with its lowest one."""
    group, edge = set[int](), {min(cells)}
    while edge:
        group |= edge
        edge = {near for cell in edge for near in neighbours.get(cell, frozenset()) if near in cells} - group
    return group
