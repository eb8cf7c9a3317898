"""Where points lie: in which cell, how far from the nearest cell, how far from the nearest border."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import OUTSIDE, Coverage, polygons

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEW = 10_000
"""Up to so many points go through a tree of cells; more are sorted into strips and tested cell by cell (measured: faster from here)."""

CHUNK = 16
"""Segments in one piece of an arc in the tree of borders: short pieces have small boxes."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The arcs of a coverage in short pieces: their lines, the arc that each is of, and the cells on its left and right."""

    lines: NDArray[np.object_]
    arc: Ints
    left: Ints
    right: Ints

    def updated(self, before: Coverage, after: Coverage) -> "Pieces":
        """Return the pieces of the coverage `after`; those of arcs that it has in common with `before` are kept."""
        arcs = {number: arc for number, arc in after.arcs.items() if before.arcs.get(number) is not arc}
        gone = np.array([number for number, arc in before.arcs.items() if after.arcs.get(number) is not arc], np.int64)
        kept, new = ~np.isin(self.arc, gone), pieces_of(after, arcs)
        return Pieces(*(np.concatenate([getattr(self, name)[kept], getattr(new, name)]) for name in ("lines", "arc", "left", "right")))


def pieces_of(coverage: Coverage, arcs: Iterable[int]) -> Pieces:
    """Cut some arcs into pieces of up to `CHUNK` segments."""
    points: list[Floats] = []
    sides: list[tuple[int, int, int]] = []
    for number in arcs:
        arc = coverage.arcs[number]
        cuts = [arc.points[i : i + CHUNK + 1] for i in range(0, len(arc.points) - 1, CHUNK)]
        points.extend(cuts)
        sides.extend([(number, arc.left, arc.right)] * len(cuts))
    lines = np.zeros(0, object)
    if points:
        lines = shapely.linestrings(np.concatenate(points), indices=np.repeat(np.arange(len(points)), [len(piece) for piece in points]))
    numbers, left, right = np.array(sides, np.int64).reshape(-1, 3).T
    return Pieces(lines, numbers, left, right)


def index(shapes: Sequence[shapely.Geometry] | NDArray[np.object_]) -> None:
    """Prepare polygons and let GEOS make their indexes, which it does at the second question: two threads must not do that at one time."""
    shapely.prepare(shapes)
    west, south, east, north = shapely.bounds(shapes).reshape(-1, 4).T
    for _ in range(2):
        shapely.intersects_xy(shapes, (west + east) / 2, (south + north) / 2)


class Locator:
    """Answers where points lie in a coverage; builds what it needs for that once, when it is first asked.

    `rank` gives the order of the cells' codes (id → position): a point on a border or a corner belongs to the cell of lowest rank that
    touches it. Without it, and for cells that it leaves out, the order of ids decides.
    """

    def __init__(self, coverage: Coverage, rank: Mapping[int, int] | None = None) -> None:
        self._arrange(coverage, polygons(coverage), rank)

    def _arrange(self, coverage: Coverage, shapes: Mapping[int, shapely.MultiPolygon], rank: Mapping[int, int] | None) -> None:
        last = len(coverage.cells)
        order = [cell for cell in sorted(shapes, key=lambda cell: (rank.get(cell, last) if rank else 0, cell)) if shapes[cell]]
        self._coverage = coverage
        self.cells: Ints = np.array(order, np.int64)
        self._shapes = np.array([shapes[cell] for cell in order], object)
        self._bounds: Floats = shapely.bounds(self._shapes) if len(self._shapes) else np.zeros((0, 4))

    def updated(self, coverage: Coverage, cells: Iterable[int], rank: Mapping[int, int] | None = None) -> "Locator":
        """Return the locator of a coverage that differs from this one's in the polygons of some cells (new ones among them) alone.

        `rank` holds for all cells. Prepared polygons and pieces of borders of everything else are shared with this locator, in whichever
        thread it is being asked: the new polygons are indexed before anybody sees them, because GEOS does that at the first question.
        """
        changed = {cell for cell in cells if cell in coverage.cells}
        kept = zip(self.cells.tolist(), self._shapes.tolist(), strict=True)
        shapes = {cell: shape for cell, shape in kept if cell in coverage.cells and cell not in changed}
        new = polygons(coverage, changed)
        locator = Locator.__new__(Locator)
        locator._arrange(coverage, {**shapes, **new}, rank)
        if "_prepared" in self.__dict__:
            index(list(new.values()))
        if "_pieces" in self.__dict__:
            locator.__dict__["_pieces"] = self._pieces.updated(self._coverage, coverage)
        return locator

    @cached_property
    def _prepared(self) -> NDArray[np.object_]:
        shapely.prepare(self._shapes)
        return self._shapes

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    @cached_property
    def _pieces(self) -> "Pieces":
        return pieces_of(self._coverage, self._coverage.arcs)

    @cached_property
    def _borders(self) -> tuple[shapely.STRtree, Ints, Ints]:
        """Return a tree of pieces of arcs, and the cells on the left and on the right of each."""
        return shapely.STRtree(self._pieces.lines), self._pieces.left, self._pieces.right

    def index(self) -> None:
        """Do now what the first questions would have to wait for (some 15 ms for a county)."""
        index(self._prepared)
        assert self._tree is not None

    def cell_at(self, x: float, y: float) -> int:
        """Return the cell at one point, 0 outside (some microseconds: for pointers and single cases)."""
        if not (np.isfinite(x) and np.isfinite(y)):
            return OUTSIDE
        near = np.sort(self._tree.query(shapely.Point(x, y)))
        hits = near[shapely.intersects_xy(self._prepared[near], x, y)]
        return int(self.cells[hits[0]]) if len(hits) else OUTSIDE

    def cells_at(self, xy: Floats) -> Ints:
        """Return the cell of each point (n, 2) as int64 ids; 0 for a point outside or without coordinates."""
        xy = np.asarray(xy, np.float64).reshape(-1, 2)
        if len(xy) <= FEW:
            return self._cells_of_few(xy)
        return self._cells_of_many(xy)

    def _cells_of_few(self, xy: Floats) -> Ints:
        """Ask a tree of the cells, which are in the order of their rank: the first hit of each point counts."""
        result = np.zeros(len(xy), np.int64)
        known = np.flatnonzero(np.isfinite(xy).all(axis=1))
        point, hit = self._tree.query(shapely.points(xy[known]), predicate="intersects")
        first = np.full(len(known), len(self.cells), np.int64)
        np.minimum.at(first, point, hit)
        result[known] = np.append(self.cells, OUTSIDE)[first]
        return result

    def _cells_of_many(self, xy: Floats) -> Ints:
        """Sort the points into strips (west to east in each) and test each cell on its runs.

        The cells are asked in the order of their rank, and a point stays with the first that touches it. Which strip a height falls into is
        computed in the same way for points and boxes, so rounding cannot part them.
        """
        result = np.zeros(len(xy), np.int64)
        if not len(self.cells):
            return result
        south, north = float(self._bounds[:, 1].min()), float(self._bounds[:, 3].max())
        strips = max(1, int(np.sqrt(len(self.cells))))
        height = (north - south) / strips or 1.0
        known = np.flatnonzero(np.isfinite(xy).all(axis=1) & (xy[:, 1] >= south) & (xy[:, 1] <= north))
        strip = np.minimum(((xy[known, 1] - south) / height).astype(np.int64), strips - 1)
        order = np.lexsort((xy[known, 0], strip))
        known = known[order]
        x, y = np.ascontiguousarray(xy[known, 0]), np.ascontiguousarray(xy[known, 1])
        edges = np.searchsorted(strip[order], np.arange(strips + 1)).tolist()
        lowest = np.minimum(((self._bounds[:, 1] - south) / height).astype(np.int64), strips - 1).tolist()
        highest = np.minimum(((self._bounds[:, 3] - south) / height).astype(np.int64), strips - 1).tolist()
        found = np.zeros(len(known), np.int64)
        for cell, shape, (west, lower, east, upper), low, high in zip(
            self.cells.tolist(), self._prepared, self._bounds.tolist(), lowest, highest, strict=True
        ):
            for row in range(low, high + 1):
                start, end = edges[row], edges[row + 1]
                if start == end:
                    continue
                begin = start + int(x[start:end].searchsorted(west, "left"))
                stop = start + int(x[start:end].searchsorted(east, "right"))
                inside = np.flatnonzero((found[begin:stop] == OUTSIDE) & (y[begin:stop] >= lower) & (y[begin:stop] <= upper)) + begin
                if len(inside):
                    found[inside[shapely.intersects_xy(shape, x[inside], y[inside])]] = cell
        result[known] = found
        return result

    def nearest(self, xy: Floats) -> tuple[Ints, Floats]:
        """Return the nearest cell of each point (n, 2) and its distance: 0 inside it.

        Of several cells equally near the one of lowest rank is meant. A point without coordinates, or in a county
        without cells, has cell 0 and distance NaN.
        """
        xy = np.asarray(xy, np.float64).reshape(-1, 2)
        cells = self.cells_at(xy)
        distances = np.where(np.isfinite(xy).all(axis=1), 0.0, np.nan)
        outside = np.flatnonzero((cells == OUTSIDE) & np.isfinite(distances))
        if not len(outside):
            return cells, distances
        if not len(self.cells):
            return cells, np.full(len(xy), np.nan)
        tree, left, right = self._borders
        (point, piece), distance = tree.query_nearest(shapely.points(xy[outside]), return_distance=True, all_matches=True)
        rank = {cell: position for position, cell in enumerate(self.cells.tolist())}
        ranks = np.array([min(rank.get(a, len(rank)), rank.get(b, len(rank))) for a, b in zip(left[piece], right[piece], strict=True)])
        order = np.lexsort((ranks, point))
        point, first = np.unique(point[order], return_index=True)
        cells[outside[point]] = self.cells[ranks[order][first]]
        distances[outside[point]] = distance[order][first]
        return cells, distances

    def border_distances(self, xy: Floats) -> Floats:
        """Return the distance of each point (n, 2) to the nearest border of any cell; NaN without coordinates or borders."""
        xy = np.asarray(xy, np.float64).reshape(-1, 2)
        result = np.full(len(xy), np.nan)
        known = np.flatnonzero(np.isfinite(xy).all(axis=1))
        if len(known) and self._coverage.arcs:
            tree = self._borders[0]
            (point, _), distance = tree.query_nearest(shapely.points(xy[known]), return_distance=True, all_matches=False)
            result[known[point]] = distance
        return result

    def beside(self, x: float, y: float) -> tuple[int, float]:
        """Return the nearest other cell of a point in a cell, across the border of its own, and the distance to it.

        (0, NaN) for a point outside, and where the cell borders on nothing but the outside. Of cells equally near the first counts.
        """
        own = self.cell_at(x, y)
        _, left, right = self._borders
        across = np.where(left == own, right, np.where(right == own, left, OUTSIDE))
        rows = np.flatnonzero((across != OUTSIDE) & (across != own))
        if own == OUTSIDE or not len(rows):
            return OUTSIDE, float("nan")
        distances = shapely.distance(self._pieces.lines[rows], shapely.Point(x, y))
        nearest = int(np.argmin(distances))
        return int(across[rows[nearest]]), float(distances[nearest])
