"""Where points lie: in which cell, how far from the nearest cell, how far from the nearest border."""

from collections.abc import Mapping
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


class Locator:
    """Answers where points lie in a coverage; builds what it needs for that once, when it is first asked.

    `rank` gives the order of the cells' codes (id → position): a point on a border or a corner belongs to the cell of lowest rank that
    touches it. Without it, and for cells that it leaves out, the order of ids decides.
    """

    def __init__(self, coverage: Coverage, rank: Mapping[int, int] | None = None) -> None:
        self._coverage = coverage
        order = sorted(coverage.cells, key=lambda cell: (rank.get(cell, len(coverage.cells)) if rank else 0, cell))
        shapes = polygons(coverage, order)
        self.cells: Ints = np.array([cell for cell in order if shapes[cell]], np.int64)
        self._shapes = np.array([shapes[cell] for cell in order if shapes[cell]], object)
        self._bounds: Floats = shapely.bounds(self._shapes) if len(self._shapes) else np.zeros((0, 4))

    @cached_property
    def _prepared(self) -> NDArray[np.object_]:
        shapely.prepare(self._shapes)
        return self._shapes

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._shapes)

    @cached_property
    def _borders(self) -> tuple[shapely.STRtree, Ints, Ints]:
        """Return a tree of pieces of arcs, and the cells on the left and on the right of each."""
        pieces: list[Floats] = []
        sides: list[tuple[int, int]] = []
        for arc in self._coverage.arcs.values():
            cuts = [arc.points[i : i + CHUNK + 1] for i in range(0, len(arc.points) - 1, CHUNK)]
            pieces.extend(cuts)
            sides.extend([(arc.left, arc.right)] * len(cuts))
        lengths = [len(piece) for piece in pieces]
        lines = shapely.linestrings(np.concatenate(pieces), indices=np.repeat(np.arange(len(pieces)), lengths)) if pieces else []
        left, right = np.array(sides, np.int64).reshape(-1, 2).T
        return shapely.STRtree(lines), left, right

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
