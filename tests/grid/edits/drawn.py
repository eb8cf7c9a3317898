"""What a hand draws on a random county: lines and outlines, at random and on purpose on, along and near borders."""

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, areas, extent, outline, perimeters, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.refusal import Refusal
from tests.grid.edits.counties import assert_good_edit

Floats = NDArray[np.float64]
Rng = np.random.Generator

LITTLE = (0.0, 0.0004, 0.001, 0.02, 0.3, 2.0)
"""Distances (m) by which a hand misses a border."""


def a_line(county: Coverage, rng: Rng) -> Floats:
    """Return a line: points at random, from border point to border point, or along a border and off it."""
    kind = rng.integers(4)
    if kind == 0:
        return anywhere(county, rng, int(rng.integers(2, 8)))
    if kind == 1:
        return np.vstack([_border_point(county, rng), anywhere(county, rng, int(rng.integers(0, 3))), _border_point(county, rng)])
    if kind == 2:
        arc = county.arcs[int(rng.choice(list(county.arcs)))].points
        cut = int(rng.integers(1, len(arc)))
        return np.vstack([anywhere(county, rng, 1), arc[:cut] + rng.choice(LITTLE) * rng.normal(size=2), anywhere(county, rng, 1)])
    west, south, east, north = extent(county)
    angle, middle = rng.uniform(0, 2 * np.pi), anywhere(county, rng, 1)[0]
    reach = np.hypot(east - west, north - south)
    along = np.linspace(-reach, reach, int(rng.integers(2, 30)))
    return middle + np.outer(along, (np.cos(angle), np.sin(angle))) + rng.normal(0, rng.choice(LITTLE), (len(along), 2))


def an_outline(county: Coverage, rng: Rng) -> Floats:
    """Return a closed line: round, crossing itself, or a cell's own border, missed by a little."""
    kind = rng.integers(4)
    if kind <= 1:
        angles = np.linspace(0, 2 * np.pi, int(rng.integers(4, 40)))
        radius = 10 ** rng.uniform(0, 2.8)
        ring: Floats = anywhere(county, rng, 1)[0] + radius * np.column_stack([np.cos(angles), np.sin(angles)])
        return np.vstack([ring[:-1], ring[:1]])
    if kind == 2:
        points = anywhere(county, rng, int(rng.integers(3, 8)))
        return np.vstack([points, points[:1]])
    cell = polygons(county)[int(rng.choice(list(county.cells)))]
    part = shapely.get_geometry(cell, 0).buffer(rng.choice(LITTLE) * rng.choice((-1, 1)), join_style="mitre")
    points = (
        shapely.get_coordinates(shapely.get_exterior_ring(shapely.get_parts(part)[0])) if not part.is_empty else anywhere(county, rng, 3)
    )
    return np.vstack([points, points[:1]]) if (points[0] != points[-1]).any() else points


def anywhere(county: Coverage, rng: Rng, count: int) -> Floats:
    """Return places in and around the county."""
    west, south, east, north = extent(county)
    margin = 0.1 * np.array([east - west, north - south])
    places: Floats = rng.uniform(np.array([west, south]) - margin, np.array([east, north]) + margin, (count, 2))
    return places


def _border_point(county: Coverage, rng: Rng) -> Floats:
    arc = county.arcs[int(rng.choice(list(county.arcs)))].points
    k = int(rng.integers(len(arc) - 1))
    point: Floats = arc[k] + rng.choice((0.0, 0.5, rng.uniform())) * (arc[k + 1] - arc[k])
    return point


rngs = st.integers(0, 2**32 - 1).map(np.random.default_rng)
"""Sources of chance for the functions above."""


def a_cell(county: Coverage, rng: Rng) -> int:
    """Return a cell at random."""
    return int(rng.choice(list(county.cells)))


def assert_parted_well(before: Coverage, result: Edited | Refusal, *, beyond: bool = False) -> None:
    """Assert all that an edit that parts and joins areas promises, or that it says in words why it did nothing.

    Without `beyond` the county keeps its land and its holes. Where a border gets a vertex, that lies on the grid, so the border bends by up
    to a grid step: areas are equal but for that.
    """
    if isinstance(result, Refusal):
        assert result.code
        assert str(result.reason)
        return
    assert_good_edit(before, result, same_land=False)
    after = result.coverage
    touched = [cell for cell in result.cells | result.removed if cell in before.cells]
    old, new = areas(before), areas(after)
    bent = GRID * sum(perimeters(before)[cell] for cell in touched)
    traded = sum(p.shape.area * ((p.origin == OUTSIDE) - (p.owner == OUTSIDE)) for p in result.pieces)
    assert abs(sum(new.values()) - sum(old.values()) - traded) <= bent + 1e-6
    if beyond:
        return
    assert traded == 0
    was, now = outline(before), outline(after)
    assert [len(part.interiors) for part in was.geoms] == [len(part.interiors) for part in now.geoms]
    assert shapely.hausdorff_distance(was.boundary, now.boundary) <= 2 * GRID


def line(*points: tuple[float, float]) -> Floats:
    """Return points as an array (n, 2)."""
    return np.array(points, np.float64).reshape(-1, 2)
