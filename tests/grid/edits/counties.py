"""Random small counties, and what every edit of one must leave as it should be."""

from collections.abc import Iterable

import numpy as np
import shapely
from hypothesis import strategies as st

from gis_app.grid.coverage import GRID, OUTSIDE, Coverage, areas, build_coverage, perimeters, polygons, ring_points
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.refusal import Refusal
from tests.grid.samples import merged, voronoi, wiggly

SIZE = 1000.0
"""Metres from west to east of every random county, about."""

RING = [
    shapely.Polygon([(0, 0), (900, 0), (1000, 500), (900, 1000), (0, 1000)], [[(300, 300), (300, 700), (700, 700), (700, 300)]]),
    shapely.Polygon([(300, 300), (700, 300), (700, 700), (300, 700)], [[(400, 400), (400, 600), (600, 600), (600, 400)]]),
    shapely.Polygon([(400, 400), (600, 400), (600, 600), (400, 600)]),
]
"""A cell in a hole of a cell in a hole of a cell: borders that run around and meet no other."""


def of(shapes: Iterable[shapely.Geometry]) -> Coverage:
    """Return the coverage of shapes; ids are 11, 22, 33 … so that positions are no ids."""
    kept = list(shapes)
    return build_coverage([11 * k for k in range(1, len(kept) + 1)], kept)


def boxes(columns: int, rows: int, seed: int) -> list[shapely.Geometry]:
    """Return boxes side by side, united at random where they share a side: long straight borders, corners on sides."""
    rng = np.random.default_rng(seed)
    xs = np.linspace(0, SIZE, columns + 1).round()
    ys = np.linspace(0, SIZE, rows + 1).round()
    owner = rng.integers(0, max(2, columns * rows // 2), (columns, rows))
    groups: dict[int, list[shapely.Polygon]] = {}
    for i in range(columns):
        for j in range(rows):
            groups.setdefault(int(owner[i, j]), []).append(shapely.box(xs[i], ys[j], xs[i + 1], ys[j + 1]))
    return [shapely.coverage_union_all(group) for group in groups.values()]


def archipelago(count: int, seed: int) -> list[shapely.Geometry]:
    """Return cells that are islands, some of two pieces: every border is an outer one."""
    faces = [shapely.buffer(face, -8.0, join_style="mitre") for face in voronoi(count + 3, seed)]
    faces = [face for face in faces if isinstance(face, shapely.Polygon) and not face.is_empty]
    return [shapely.MultiPolygon(faces[:2]), *faces[2:]]


@st.composite
def counties(draw: st.DrawFn) -> Coverage:
    """Draw a county: Voronoi cells united at random (enclaves, holes, several parts, touching corners; with land left out at times), cells
    with bent borders, boxes, islands, rings in rings, or a single cell."""
    kind = draw(st.sampled_from(("merged", "dropped", "wiggly", "boxes", "islands", "rings", "one")))
    seed = draw(st.integers(0, 10**6))
    count = draw(st.integers(3, 24))
    if kind == "merged":
        return of(merged(count, draw(st.integers(1, 6)), seed))
    if kind == "dropped":
        return of(merged(count, draw(st.integers(1, 6)), seed, 0.25))
    if kind == "wiggly":
        return wiggly(count, seed, SIZE, 5)
    if kind == "boxes":
        return of(boxes(draw(st.integers(1, 4)), draw(st.integers(1, 4)), seed))
    if kind == "islands":
        return of(archipelago(draw(st.integers(3, 6)), seed))
    if kind == "rings":
        return of(RING)
    return of(voronoi(1, seed))


Border = tuple[int, int, tuple[tuple[float, float], ...]]


def borders(coverage: Coverage) -> list[Border]:
    """Return the arcs as values that do not depend on ids, on which way an arc runs, and on where a ring without neighbours begins."""
    ends: dict[int, int] = {}
    for arc in coverage.arcs.values():
        for node in (arc.start, arc.end):
            ends[node] = ends.get(node, 0) + 1
    found: list[Border] = []
    for arc in coverage.arcs.values():
        points = [(x, y) for x, y in arc.points.tolist()]
        if arc.start == arc.end and ends[arc.start] == 2:
            first = points.index(min(points))
            points = [*points[first:-1], *points[:first], points[first]]
        found.append(min((arc.left, arc.right, tuple(points)), (arc.right, arc.left, tuple(points[::-1]))))
    return sorted(found)


def assert_well_made(coverage: Coverage) -> None:
    """Assert that nodes, arcs and cells fit together, and that polygons would give the same arcs."""
    used = {node for arc in coverage.arcs.values() for node in (arc.start, arc.end)}
    assert used == set(coverage.nodes)
    for arc in coverage.arcs.values():
        assert tuple(arc.points[0].tolist()) == tuple(coverage.nodes[arc.start])
        assert tuple(arc.points[-1].tolist()) == tuple(coverage.nodes[arc.end])
        assert not arc.points.flags.writeable
        assert arc.left != arc.right
    sides: dict[int, int] = {}
    for cell, parts in coverage.cells.items():
        for part in parts:
            for ring in part:
                for signed in ring:
                    assert signed not in sides
                    sides[signed] = cell
                for one, two in zip(ring, (*ring[1:], ring[0]), strict=True):
                    a, b = coverage.arcs[abs(one)], coverage.arcs[abs(two)]
                    assert (a.end if one > 0 else a.start) == (b.start if two > 0 else b.end)
    for number, arc in coverage.arcs.items():
        assert sides.get(number, OUTSIDE) == arc.left
        assert sides.get(-number, OUTSIDE) == arc.right
    shapes = polygons(coverage)
    assert borders(build_coverage(list(shapes), list(shapes.values()))) == borders(coverage)


def is_valid(coverage: Coverage, gap_width: float) -> bool:
    """Tell whether the cells are a valid coverage (GEOS) without gaps up to a width."""
    return bool(shapely.coverage_is_valid(list(polygons(coverage).values()), gap_width=gap_width))


def same_polygon(one: Coverage, other: Coverage, cell: int) -> bool:
    """Tell whether a cell has the very same polygon in two coverages, up to where a ring begins."""
    if [len(part) for part in one.cells[cell]] != [len(part) for part in other.cells[cell]]:
        return False
    rings = zip(*([ring_points(c, ring) for part in c.cells[cell] for ring in part] for c in (one, other)), strict=True)
    return all(_rolled(a) == _rolled(b) for a, b in rings)


def _rolled(points: np.ndarray) -> list[list[float]]:
    ring = points[:-1].tolist()
    first = ring.index(min(ring))
    return ring[first:] + ring[:first]


def assert_good_edit(before: Coverage, edited: Edited, *, same_land: bool = True, rounding: float = 0.0) -> None:
    """Assert all that an edit promises: a sound coverage, `cells`, `removed` and `pieces` that tell the truth, and all else untouched.

    `same_land`: the outer border stays as it is, so the total area does. `rounding` (m²) is what it may change by all the same: a new
    vertex in a long segment comes to the grid, and moves the segment by up to 0.7 mm.
    """
    after = edited.coverage
    assert_well_made(after)
    assert unsound(after, after.cells) is None
    assert not is_valid(before, 0.0) or is_valid(after, 0.0)
    assert edited.removed == before.cells.keys() - after.cells.keys()
    changed = {cell for cell in after.cells if cell not in before.cells or not same_polygon(before, after, cell)}
    assert edited.cells == changed
    for number, arc in after.arcs.items():
        if not {arc.left, arc.right} & (edited.cells | {OUTSIDE}):
            assert before.arcs[number] is arc
    old, new = areas(before), areas(after)
    if same_land:
        assert np.isclose(sum(old.values()), sum(new.values()), rtol=1e-12, atol=1e-6 + rounding)
    gained, around = dict.fromkeys(old.keys() | new.keys(), 0.0), perimeters(before)
    for piece in edited.pieces:
        assert piece.origin != piece.owner
        for cell, sign in ((piece.owner, 1), (piece.origin, -1)):
            if cell != OUTSIDE:
                gained[cell] += sign * piece.shape.area
    for cell, gain in gained.items():
        bent = GRID * around.get(cell, 0.0)  # a border that gets a vertex bends by up to a grid step
        assert np.isclose(new.get(cell, 0.0) - old.get(cell, 0.0), gain, rtol=0, atol=0.05 + bent + 1e-6 * old.get(cell, 0.0))


def assert_result(before: Coverage, result: Edited | Refusal, *, same_land: bool = True, rounding: float = 0.0) -> None:
    """Assert that an edit did it well, or that it says in words why it did not."""
    if isinstance(result, Refusal):
        assert result.code
        assert str(result.reason)
    else:
        assert_good_edit(before, result, same_land=same_land, rounding=rounding)


def frozen(coverage: Coverage) -> tuple[object, ...]:
    """Return all that a coverage is, to compare before and after: an edit changes nothing of what it was given."""
    arcs = {number: (arc.start, arc.end, arc.left, arc.right, arc.points.tobytes()) for number, arc in coverage.arcs.items()}
    return dict(coverage.nodes), arcs, dict(coverage.cells)
