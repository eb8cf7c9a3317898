"""Points on the screen: which are seen, dots written into pixels, clusters of whistles, all with numpy."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.map.colours import alpha_ramp, rgb

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DISCS: dict[int, tuple[tuple[int, int, float], ...]] = {
    1: ((0, 0, 1.0),),
    2: ((0, 0, 1.0), (1, 0, 1.0), (0, 1, 1.0), (1, 1, 1.0)),
    3: ((0, 0, 1.0), *((x, y, 0.85) for x, y in ((-1, 0), (1, 0), (0, -1), (0, 1))), *((x, y, 0.35) for x in (-1, 1) for y in (-1, 1))),
    5: tuple(
        (x, y, share) for x in range(-2, 3) for y in range(-2, 3) if (share := min(1.0, max(0.0, 2.75 - float(np.hypot(x, y))))) > 0.05
    ),
}
"""Round dots of 1, 2, 3 and 5 pixels: offsets of their pixels and how much of each is covered."""

FEW = 0.05
"""Up to this share of a picture the pixels of dots are listed and sorted; for more, the whole picture is looked through."""

BAND = 128
"""Rows of pixels that are blended at one go."""


def seen(x: Floats, y: Floats, extent: tuple[float, float, float, float], mask: NDArray[np.bool_] | None = None) -> Ints:
    """Return the positions of the points inside an extent (points without coordinates never are)."""
    inside = (x >= extent[0]) & (x <= extent[2]) & (y >= extent[1]) & (y <= extent[3])
    return np.flatnonzero(inside if mask is None else inside & mask)


def stamping(
    pixels: NDArray[np.uint32], px: Floats, py: Floats, colour: str, opacity: float, size: int, *, chunk: int = 25_000
) -> Iterator[None]:
    """Blend round dots into opaque pixels (rows, columns) of 0xffRRGGBB, in slices; a pixel is covered once however many dots lie on it."""
    height, width = pixels.shape
    cover = np.zeros(height * width, np.uint8)
    touched: list[Ints] = []
    few = len(px) * len(DISCS[size]) < FEW * cover.size
    for first in range(0, len(px), chunk):
        column = np.floor(px[first : first + chunk]).astype(np.int64)
        row = np.floor(py[first : first + chunk]).astype(np.int64)
        for dx, dy, share in sorted(DISCS[size], key=lambda pixel: pixel[2]):
            at_x, at_y = column + dx, row + dy
            inside = (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
            at = at_y[inside] * width + at_x[inside]
            cover[at] = np.maximum(cover[at], np.uint8(round(share * opacity * 255)))
            if few:
                touched.append(at)
        yield None
    if few:
        at = np.sort(np.concatenate(touched)) if touched else np.zeros(0, np.int64)
        at = at[np.diff(at, prepend=-1) > 0]  # np.unique hashes first: five times slower
        yield None
        rows, columns = np.divmod(at, width)
        pixels[rows, columns] = _blended(pixels[rows, columns], rgb(colour), cover[at].astype(np.uint32))
        return
    for top in range(0, height, BAND):
        band = cover[top * width : (top + BAND) * width]
        at = np.flatnonzero(band)
        if len(at):
            rows, columns = np.divmod(at, width)
            below = pixels[top + rows, columns]
            pixels[top + rows, columns] = _blended(below, rgb(colour), band[at].astype(np.uint32))
        if top % (4 * BAND) == 0:
            yield None
    yield None


def _blended(below: NDArray[np.uint32], colour: tuple[int, int, int], alpha: NDArray[np.uint32]) -> NDArray[np.uint32]:
    weight: NDArray[np.uint32] = alpha + (alpha >> np.uint32(7))  # 0 to 256
    rest = np.uint32(256) - weight
    result = np.full(len(below), 0xFF, np.uint32)
    for shift, channel in zip((16, 8, 0), colour, strict=True):
        old = (below >> np.uint32(shift)) & np.uint32(0xFF)
        result = (result << np.uint32(8)) | ((old * rest + np.uint32(channel) * weight) >> np.uint32(8))
    return result


def dotted(width: int, height: int, px: Floats, py: Floats, colour: str, opacity: float, size: int) -> NDArray[np.uint32]:
    """Return a transparent picture (rows, columns; premultiplied ARGB) with round dots."""
    cover = np.zeros(height * width, np.uint8)
    column, row = np.floor(px).astype(np.int64), np.floor(py).astype(np.int64)
    for dx, dy, share in sorted(DISCS[size], key=lambda pixel: pixel[2]):
        at_x, at_y = column + dx, row + dy
        inside = (at_x >= 0) & (at_x < width) & (at_y >= 0) & (at_y < height)
        at = at_y[inside] * width + at_x[inside]
        cover[at] = np.maximum(cover[at], np.uint8(round(share * 255)))
    return alpha_ramp(colour, np.arange(256) / 255, opacity)[cover].reshape(height, width)


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Groups of points that would lie on one another. `x`, `y`: mean places; `worst`: the least state in each; `count`: how many.

    `order` lists the points group by group (the worst first); group i is `order[starts[i]:starts[i] + count[i]]`. Sorted so that what
    matters most is drawn last.
    """

    x: Floats
    y: Floats
    worst: Ints
    count: Ints
    order: Ints
    starts: Ints

    def members(self, group: int) -> Ints:
        """Return the points of a group, the worst first."""
        start = int(self.starts[group])
        return self.order[start : start + int(self.count[group])]


def cluster(x: Floats, y: Floats, state: NDArray[np.int8], which: Ints, size: float) -> Clusters:
    """Group the points `which` by squares of `size` metres, which stay where they are when the map is moved.

    Groups of neighbouring squares whose mean places lie closer than 0.6 sizes are joined once, so that marks do not overlap at the
    edges of squares. A size of 0 makes every point a group of its own.
    """
    if not len(which):
        none = np.zeros(0, np.int64)
        return Clusters(np.zeros(0), np.zeros(0), none, none, none, none)
    if size <= 0:
        order = which[np.argsort(-state[which].astype(np.int64), kind="stable")]
        ones = np.ones(len(order), np.int64)
        return Clusters(x[order], y[order], state[order].astype(np.int64), ones, order, np.arange(len(order)))
    key = (np.floor(x[which] / size).astype(np.int64) << 32) + np.floor(y[which] / size).astype(np.int64)
    group = np.unique(key, return_inverse=True)[1]
    group = _joined(group, x[which], y[which], size * 0.6)
    count = np.bincount(group)
    mean_x, mean_y = np.bincount(group, x[which]) / count, np.bincount(group, y[which]) / count
    worst = np.full(len(count), np.iinfo(np.int64).max)
    np.minimum.at(worst, group, state[which].astype(np.int64))
    draw = np.lexsort((count, -worst))
    rank = np.empty_like(draw)
    rank[draw] = np.arange(len(draw))
    order = which[np.lexsort((state[which], rank[group]))]
    count = count[draw]
    return Clusters(mean_x[draw], mean_y[draw], worst[draw], count, order, np.cumsum(count) - count)


def _joined(group: Ints, x: Floats, y: Floats, near: float) -> Ints:
    """Join groups whose mean places are nearer than `near` (each with its nearest one, smaller number wins)."""
    count = np.bincount(group)
    means = np.stack([np.bincount(group, x) / count, np.bincount(group, y) / count], axis=1)
    places = shapely.points(means)
    both = shapely.STRtree(places).query(places, predicate="dwithin", distance=near).T  # scipy's tree would take 40 MB to import
    pairs = both[both[:, 0] < both[:, 1]]
    if not len(pairs):
        return group
    # a pair is joined only when each is the nearest of the other: no chains across the county
    distance = np.hypot(*(means[pairs[:, 0]] - means[pairs[:, 1]]).T)
    nearest = np.full(len(means), np.inf)
    for side in (0, 1):
        np.minimum.at(nearest, pairs[:, side], distance)
    mutual = pairs[(distance == nearest[pairs[:, 0]]) & (distance == nearest[pairs[:, 1]])]
    return np.unique(_lowest(len(means), mutual)[group], return_inverse=True)[1]


def _lowest(count: int, pairs: Ints) -> Ints:
    """Return for each of `count` things the lowest one that pairs of them lead to, itself among them."""
    lowest, before = np.arange(count), np.empty(0, np.int64)
    while not np.array_equal(lowest, before):
        before = lowest.copy()
        least = np.minimum(lowest[pairs[:, 0]], lowest[pairs[:, 1]])
        for side in (0, 1):
            np.minimum.at(lowest, pairs[:, side], least)
    return lowest
