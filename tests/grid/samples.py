"""Small and large coverages for tests: Voronoi cells whose borders wiggle, merged at random into enclaves, holes and parts."""

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.grid.coverage import Arc, Coverage, build_coverage, polygons, snap


def voronoi(count: int, seed: int, size: float = 1000.0) -> list[shapely.Polygon]:
    """Return `count` polygons that fill a square."""
    points = np.random.default_rng(seed).uniform(0, size, (count, 2))
    box = shapely.box(0, 0, size, size)
    faces = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=box).geoms
    cells = [shapely.intersection(face, box, grid_size=0.001) for face in faces]
    return [cell for cell in cells if isinstance(cell, shapely.Polygon) and not cell.is_empty]


def merged(count: int, groups: int, seed: int, drop: float = 0.0) -> list[shapely.MultiPolygon]:
    """Return a coverage whose cells are random unions of Voronoi cells: parts, holes, enclaves, and touching corners; some land dropped."""
    faces = voronoi(count, seed)
    rng = np.random.default_rng(seed + 1)
    owner = rng.integers(0, groups, len(faces))
    owner[1:][rng.uniform(size=len(faces) - 1) < drop] = -1
    shapes = [shapely.coverage_union_all([face for face, its in zip(faces, owner, strict=True) if its == g]) for g in range(groups)]
    return [shape if isinstance(shape, shapely.MultiPolygon) else shapely.MultiPolygon([shape]) for shape in shapes if not shape.is_empty]


OFFSET = (500000.0, 5270000.0)


def wiggly(count: int, seed: int, size: float = 70000.0, vertices: int = 33) -> Coverage:
    """Return a coverage of Voronoi cells, every border of which has some `vertices` more, displaced a little."""
    rough = build_coverage(range(1, count + 1), voronoi(count, seed, size)[:count])
    rng = np.random.default_rng(seed)
    arcs = {number: Arc(arc.start, arc.end, arc.left, arc.right, _wiggled(arc.points, vertices, rng)) for number, arc in rough.arcs.items()}
    shapes = polygons(Coverage(rough.nodes, arcs, rough.cells))
    moved = [shapely.transform(shape, lambda xy: snap(xy + OFFSET)) for shape in shapes.values()]
    return build_coverage(list(shapes), moved)


def _wiggled(points: NDArray[np.float64], vertices: int, rng: np.random.Generator) -> NDArray[np.float64]:
    line = shapely.LineString(points)
    along = np.linspace(0, line.length, vertices + 2)
    dense = shapely.get_coordinates(shapely.line_interpolate_point(line, along))
    dense[1:-1] += rng.normal(0, line.length * 0.002, (vertices, 2))
    return snap(dense)


def points_on_borders(coverage: Coverage) -> NDArray[np.float64]:
    """Return every vertex of every border."""
    return np.concatenate([arc.points for arc in coverage.arcs.values()])
