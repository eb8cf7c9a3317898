"""The planar partition of a county into cells: every border exists once.

A `Coverage` is an immutable value. Its arcs are polylines between nodes, each with the cell on its left and on its right; a cell is
made of rings of signed arcs. Coordinates are metres (or feet) of the county's projected coordinate system, on a 1 mm grid. Villages and
townships are unions of cells and are never stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

OUTSIDE = 0
"""The "cell" beyond the county's outer border and inside its holes."""

GRID = 0.001
"""The grid that coordinates lie on, in units of the coordinate system."""


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """One border between two nodes (a ring without a node begins and ends at the same one).

    `points` is a read-only float64 array (n, 2), ends included; `left` and `right` are cell ids as seen when walking along it.
    """

    start: int
    end: int
    left: int
    right: int
    points: NDArray[np.float64]


Ring = tuple[int, ...]
"""Signed arc ids in walking order: +a follows arc a, -a runs against it. Shells run counter-clockwise, holes clockwise."""

Part = tuple[Ring, ...]
"""One polygon of a cell: its shell, then its holes."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Nodes, arcs and cells of one county. Ids are positive and stable: an edit replaces only what it touched."""

    nodes: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    arcs: Mapping[int, Arc] = field(default_factory=dict)
    cells: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)
