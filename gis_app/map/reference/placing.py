"""Where a piece of a raster lies in the county: quadrilaterals small enough that a projective transform is true to half a pixel.

A piece (a map tile, a part of a scanned map) is a square in a coordinate system of its own. Its corners are brought into the county's
system; what lies between is mapped by the projective transform that the four corners define (Heckbert, Fundamentals of Texture Mapping,
1989). Where the true place of a middle differs from that by more than `MOST` pixels, the piece is cut into n × n parts: the difference
is of second order, so it falls with n².
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Placer = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Shares of a piece (u to the right, v down, 0 to 1) → county coordinates; NaN where there is no place."""

MOST = 0.25
"""Pixels of the piece by which a place may be wrong. A screen shows at most two pixels for one of them, except beyond the finest level."""

FINEST_MESH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The (n + 1)² corners of a piece cut into n × n parts: `x`, `y` in county coordinates, rows from the top."""

    x: Floats
    y: Floats

    @property
    def parts(self) -> int:
        """Return n."""
        return len(self.x) - 1

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Return (xmin, ymin, xmax, ymax)."""
        return float(self.x.min()), float(self.y.min()), float(self.x.max()), float(self.y.max())


def mesh(place: Placer, size: int, most: float = MOST) -> Mesh | None:
    """Cut a piece of `size` pixels so finely that every place is true to `most` pixels; None where a corner has no place."""
    found = _grid(place, 1)
    if not (np.isfinite(found.x).all() and np.isfinite(found.y).all()):
        return None
    error = _error(place, found, size)
    if error <= most:
        return found
    parts = min(int(np.ceil(np.sqrt(error / most))), FINEST_MESH)
    finer = _grid(place, parts)
    return finer if np.isfinite(finer.x).all() and np.isfinite(finer.y).all() else None


def _grid(place: Placer, parts: int) -> Mesh:
    share = np.linspace(0.0, 1.0, parts + 1)
    u, v = np.meshgrid(share, share)
    x, y = place(u.ravel(), v.ravel())
    return Mesh(x.reshape(u.shape), y.reshape(u.shape))


def _error(place: Placer, corners: Mesh, size: int) -> float:
    """Return by how many pixels the projective transform of the corners is wrong at the middle of the piece and of its sides, at most."""
    u, v = np.array([0.5, 0.5, 0.0, 1.0, 0.5]), np.array([0.5, 0.0, 0.5, 0.5, 1.0])
    x, y = place(u, v)
    guess_x, guess_y = projected(corners, u, v)
    sides = (
        np.hypot(np.diff(corners.x, axis=1), np.diff(corners.y, axis=1)),
        np.hypot(np.diff(corners.x, axis=0), np.diff(corners.y, axis=0)),
    )
    pixel = min(float(sides[0].min()), float(sides[1].min())) / size
    away = np.hypot(x - guess_x, y - guess_y)
    return float(np.nan_to_num(away, nan=np.inf).max()) / max(pixel, 1e-12)


def projected(corners: Mesh, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Return where the projective transform of a 1 × 1 mesh puts shares of it (Heckbert's closed form of square to quadrilateral)."""
    (x0, x1), (x3, x2) = corners.x.tolist()
    (y0, y1), (y3, y2) = corners.y.tolist()
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    cross = dx1 * dy2 - dx2 * dy1
    g = (dx3 * dy2 - dx2 * dy3) / cross
    h = (dx1 * dy3 - dx3 * dy1) / cross
    below = g * u + h * v + 1.0
    return (((x1 - x0 + g * x1) * u + (x3 - x0 + h * x3) * v + x0) / below, ((y1 - y0 + g * y1) * u + (y3 - y0 + h * y3) * v + y0) / below)
