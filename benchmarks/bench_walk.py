"""A random walk of 2,000 edits over a draft of the full demo county, through the door and into the file: is it sound, how fast was it?

`python -m benchmarks.bench_walk [COUNTY] [EDITS]`. Every edit goes the whole way: tried, checked, stored, households and whistles
following. The whole coverage is checked now and then and at the end; then everything is undone and made again, and the file is read again.
"""

import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app.bootstrap import open_county
from gis_app.county import boundary_edits, unit_edits
from gis_app.county.boundary_edits import BoundaryEdit, boundary_edit
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.county import County
from gis_app.county.household_edits import pin_households
from gis_app.county.plan_edits import create_draft
from gis_app.county.state import CountyState
from gis_app.grid.coverage import OUTSIDE, areas, outline, polygons
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.vertices import Vertex
from gis_app.grid.plans import Plan
from gis_app.grid.units import Level
from gis_app.progress import finish

EDITS = 2000
GAP_WIDTH = 0.5
CHECKED_EVERY = 500
Floats = NDArray[np.float64]
Verb = Callable[["Walker"], "BoundaryEdit | Edit | None"]


@dataclass
class Walker:
    """Chooses at random on the state that there is."""

    state: CountyState
    random: np.random.Generator

    def cell(self) -> int:
        """Return any cell."""
        cells = list(self.state.coverage.cells)
        return cells[self.random.integers(len(cells))]

    def unit(self, level: Level) -> int:
        """Return any unit of a level."""
        units = self.state.units.at_level(level)
        return units[self.random.integers(len(units))].id

    def beside(self, cell: int) -> int | None:
        """Return a neighbour of a cell."""
        found = sorted(_beside(self.state, cell))
        return found[self.random.integers(len(found))] if found else None

    def arc(self, cell: int) -> int:
        """Return a border of a cell."""
        arcs = sorted({abs(arc) for part in self.state.coverage.cells[cell] for ring in part for arc in ring})
        return arcs[self.random.integers(len(arcs))]

    def line_through(self, cell: int) -> Floats:
        """Return a bent line from beyond a cell to beyond it, near its middle."""
        shape = polygons(self.state.coverage, [cell])[cell]
        size = np.sqrt(shape.area)
        way = self.direction() * 3 * size
        middle = np.array(shape.point_on_surface().coords[0]) + self.random.normal(0, 0.05, 2) * size
        return np.array([middle - way, middle, middle + way])

    def box(self, cell: int, part: float) -> Floats:
        """Return a square around a point of a cell's border; `part` is its width in that of the cell."""
        points = self.state.coverage.arcs[self.arc(cell)].points
        width = np.sqrt(polygons(self.state.coverage, [cell])[cell].area) * part
        return self.square(points[self.random.integers(len(points))], float(width))

    def square(self, middle: Floats, width: float) -> Floats:
        """Return a square around a point."""
        (x, y), half = middle, width / 2
        return np.array(shapely.box(x - half, y - half, x + half, y + half).exterior.coords)

    def direction(self) -> Floats:
        """Return a vector of length 1."""
        angle = self.random.uniform(0, 2 * np.pi)
        return np.array([np.cos(angle), np.sin(angle)])


def _beside(state: CountyState, cell: int) -> set[int]:
    arcs = {abs(arc) for part in state.coverage.cells[cell] for ring in part for arc in ring}
    sides = (state.coverage.arcs[arc] for arc in arcs)
    return {side for arc in sides for side in (arc.left, arc.right)} - {OUTSIDE, cell}


def _move_vertices(walker: Walker) -> BoundaryEdit:
    arc = walker.arc(walker.cell())
    index = int(walker.random.integers(len(walker.state.coverage.arcs[arc].points)))
    east, north = walker.direction() * walker.random.uniform(0.5, 20)
    return boundary_edits.move_vertices([Vertex(arc, index)], (float(east), float(north)))


def _move_node(walker: Walker) -> BoundaryEdit:
    node = walker.state.coverage.arcs[walker.arc(walker.cell())].start
    place = np.array(walker.state.coverage.nodes[node]) + walker.direction() * 10
    return boundary_edits.move_node(node, (float(place[0]), float(place[1])))


def _insert_vertex(walker: Walker) -> BoundaryEdit:
    arc = walker.arc(walker.cell())
    points = walker.state.coverage.arcs[arc].points
    segment = int(walker.random.integers(len(points) - 1))
    place = points[segment : segment + 2].mean(axis=0) + walker.direction() * 2
    return boundary_edits.insert_vertex(arc, segment, (float(place[0]), float(place[1])))


def _remove_vertex(walker: Walker) -> BoundaryEdit:
    arc = walker.arc(walker.cell())
    return boundary_edits.remove_vertex(arc, int(walker.random.integers(len(walker.state.coverage.arcs[arc].points))))


def _reshape_border(walker: Walker) -> BoundaryEdit:
    points = walker.state.coverage.arcs[walker.arc(walker.cell())].points
    one, other = sorted(walker.random.choice(len(points), 2, replace=len(points) < 2).tolist())
    start, end = points[one], points[other]
    aside = (start + end) / 2 + walker.direction() * np.hypot(*(end - start)) * 0.3
    return boundary_edits.reshape_border(np.array([start, aside, end]))


def _split_cell(walker: Walker) -> BoundaryEdit:
    cell = walker.cell()
    return boundary_edits.split_cell(cell, [walker.line_through(cell)])


def _split_by_polygon(walker: Walker) -> BoundaryEdit:
    cell = walker.cell()
    return boundary_edits.split_by_polygon(cell, walker.box(cell, 0.6))


def _split_equally(walker: Walker) -> BoundaryEdit:
    return boundary_edits.split_equally(walker.cell(), int(walker.random.integers(2, 4)))


def _merge_cells(walker: Walker) -> BoundaryEdit | None:
    cell = walker.cell()
    other = walker.beside(cell)
    return None if other is None else boundary_edits.merge_cells([cell, other], cell)


def _transfer_area(walker: Walker) -> BoundaryEdit:
    cell = walker.cell()
    return boundary_edits.transfer_area(walker.box(cell, 0.3), cell)


def _draw_cell(walker: Walker) -> BoundaryEdit:
    cell = walker.cell()
    return boundary_edits.draw_cell(walker.box(cell, 0.8))


def _paint_cells(walker: Walker) -> BoundaryEdit:
    cell = walker.cell()
    line = walker.line_through(cell)[1:] / 1.0
    size = np.sqrt(polygons(walker.state.coverage, [cell])[cell].area)
    line[1] = line[0] + (line[1] - line[0]) / 4
    return boundary_edits.paint_cells(shapely.LineString(line).buffer(size / 10), cell)


def _delete_cell(walker: Walker) -> BoundaryEdit:
    return boundary_edits.delete_cell(walker.cell())


def _at_the_edge(walker: Walker) -> tuple[int, Floats]:
    """Return a cell at the edge of the county, and a square around a point of that edge."""
    outer = [number for number, arc in walker.state.coverage.arcs.items() if OUTSIDE in (arc.left, arc.right)]
    arc = walker.state.coverage.arcs[outer[walker.random.integers(len(outer))]]
    return arc.left or arc.right, walker.square(arc.points[len(arc.points) // 2], 300.0)


def _extend_county(walker: Walker) -> BoundaryEdit:
    cell, square = _at_the_edge(walker)
    return boundary_edits.extend_county(square, cell)


def _cut_county(walker: Walker) -> BoundaryEdit:
    return boundary_edits.cut_county(_at_the_edge(walker)[1])


def _move_unit(walker: Walker) -> Edit | None:
    for _ in range(50):
        cell = walker.cell()
        village = walker.state.units[walker.beside(cell) or cell].parent
        if village != walker.state.units[cell].parent:
            return unit_edits.move_unit(cell, village)
    return None


def _pin_household(walker: Walker) -> Edit:
    households = walker.state.households.id
    return pin_households([int(households[walker.random.integers(len(households))])], walker.cell())


VERBS: dict[str, tuple[float, Verb]] = {
    "move_vertices": (4, _move_vertices),
    "move_node": (2, _move_node),
    "insert_vertex": (2, _insert_vertex),
    "remove_vertex": (2, _remove_vertex),
    "smooth_border": (1, lambda walker: boundary_edits.smooth_border([walker.arc(walker.cell())])),
    "simplify_border": (1, lambda walker: boundary_edits.simplify_border([walker.arc(walker.cell())], 10.0)),
    "reshape_border": (3, _reshape_border),
    "split_cell": (4, _split_cell),
    "split_by_polygon": (1, _split_by_polygon),
    "split_equally": (1, _split_equally),
    "merge_cells": (4, _merge_cells),
    "transfer_area": (3, _transfer_area),
    "draw_cell": (1, _draw_cell),
    "paint_cells": (2, _paint_cells),
    "delete_cell": (1, _delete_cell),
    "extend_county": (0.5, _extend_county),
    "cut_county": (0.5, _cut_county),
    "move_unit": (1, _move_unit),
    "renumber": (1, lambda walker: unit_edits.renumber(walker.unit(Level.VILLAGE))),
    "rename_unit": (0.5, lambda walker: unit_edits.rename_unit(walker.cell(), f"{walker.random.integers(1000)}号网格")),
    "pin_household": (1, _pin_household),
}


@dataclass
class Told:
    """What the walk told: milliseconds of each performed edit by verb (CPU and wall), refusals, and how far area was off."""

    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    worst_area: float = 0.0
    expected: float = 0.0


def walk(county: County, edits: int, random: np.random.Generator) -> Told:
    """Perform `edits` edits (refused ones do not count), and check the whole coverage now and then."""
    told = Told(expected=sum(areas(county.working.coverage).values()))
    names, chances = list(VERBS), np.array([weight for weight, _ in VERBS.values()])
    done = 0
    while done < edits:
        verb = names[random.choice(len(names), p=chances / chances.sum())]
        asked = VERBS[verb][1](Walker(county.working, random))
        if asked is None:
            continue
        seen: list[Edited] = []
        edit = boundary_edit(_watched(asked, seen)) if isinstance(asked, BoundaryEdit) else asked
        before = county.working
        cpu, wall = time.process_time(), time.perf_counter()
        answer = county.perform(edit)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if isinstance(answer, Refusal):
            told.refused[f"{verb}: {answer.code}"] += 1
            continue
        done += 1
        told.cpu[verb].append(cpu * 1000)
        told.wall[verb].append(wall * 1000)
        for edited in seen:
            _compare_area(told, before, edited)
        if done % CHECKED_EVERY == 0:
            _check(county.working, f"after {done} edits", told)
    return told


def _watched(asked: BoundaryEdit, seen: list[Edited]) -> BoundaryEdit:
    def attempt(state: CountyState) -> Edited | Refusal:
        edited = asked.attempt(state)
        if isinstance(edited, Edited):
            seen.append(edited)
        return edited

    return replace(asked, attempt=attempt)


def _compare_area(told: Told, before: CountyState, edited: Edited) -> None:
    """Compare the area of the touched cells before and after; land that came from beyond the county or went there is accounted for."""
    touched = edited.cells | edited.removed
    old = sum(shape.area for shape in polygons(before.coverage, [cell for cell in touched if cell in before.coverage.cells]).values())
    new = sum(shape.area for shape in polygons(edited.coverage, edited.cells).values())
    won = sum(piece.shape.area * ((piece.origin == OUTSIDE) - (piece.owner == OUTSIDE)) for piece in edited.pieces)
    told.expected += won
    told.worst_area = max(told.worst_area, abs(new - old - won) / old)


def _check(state: CountyState, when: str, told: Told) -> None:
    shapes = list(polygons(state.coverage).values())
    valid = bool(shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes, gap_width=GAP_WIDTH))
    total = sum(areas(state.coverage).values())
    holes = sum(len(part.interiors) for part in outline(state.coverage).geoms)
    cells = set(state.coverage.cells)
    homes = state.households
    lost = int(np.count_nonzero((homes.reason == 0) & ~np.isin(homes.cell, list(cells))))
    report(
        f"coverage {when}",
        "valid, area 1e-6",
        f"{'valid' if valid else 'INVALID'}, off {abs(total - told.expected) / total:.1e}",
        f"{len(cells)} cells, {holes} holes in the county, {lost} households in no cell, gaps below {GAP_WIDTH} m looked for",
    )


def main() -> None:
    """Walk, read the file again, undo."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdecimal()]
    edits = numbers[0] if numbers else EDITS
    with demo_file() as given, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.gpkg"
        shutil.copy(given, path)
        county = open_county(path)
        made = county.perform(create_draft("随机"))
        assert isinstance(made, Changes) and isinstance(made.report, Plan)
        draft = made.report.id
        finish(county.opening_draft(draft))
        start = county.working
        _check(start, "before", Told(expected=sum(areas(start.coverage).values())))
        told = walk(county, edits, np.random.default_rng(1))
        _check(county.working, f"at the end, {edits} edits", told)
        report("area of touched cells, worst of all edits", "1e-6", f"{told.worst_area:.1e}")
        for verb in VERBS:
            if told.cpu[verb]:
                cpu, wall = np.array(told.cpu[verb]), np.array(told.wall[verb])
                figures = f"{np.median(cpu):.1f} / {np.percentile(cpu, 95):.1f} ms"
                note = f"CPU median / p95; wall {np.median(wall):.1f} / {np.percentile(wall, 95):.1f}; {len(cpu)} edits"
                report(verb, "100 ms with redraw", figures, note)
        report("refused", "", str(told.refused.total()), ", ".join(f"{code} {count}" for code, count in told.refused.most_common()))
        _undone(county, start)
        _reopened(county, draft)
        county.close()


def _undone(county: County, start: CountyState) -> None:
    end = county.working
    times = _timed(county.undo)
    report("everything undone", "as it was", "as it was" if _same(start, county.working) else "DIFFERENT")
    report("undo", "30 ms", f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms", "CPU median / p95")
    times = _timed(county.redo)
    report("everything made again", "the same", "the same" if _same(end, county.working) else "DIFFERENT")
    report("redo", "30 ms", f"{np.median(times):.1f} / {np.percentile(times, 95):.1f} ms", "CPU median / p95")


def _timed(step: Callable[[], Changes | None]) -> list[float]:
    """Take a step until there is none; return the milliseconds (CPU) of each."""
    times: list[float] = []
    while True:
        cpu = time.process_time()
        if step() is None:
            return times
        times.append((time.process_time() - cpu) * 1000)


def _reopened(county: County, draft: int) -> None:
    end = county.working
    county.close_draft()
    wall = time.perf_counter()
    finish(county.opening_draft(draft))
    wall = time.perf_counter() - wall
    report("the draft, read again", "the same", "the same" if _same(end, county.working) else "DIFFERENT", f"in {wall:.2f} s")


def _same(one: CountyState, other: CountyState) -> bool:
    """Tell whether two states divide the county alike: units, polygons vertex by vertex, households, whistles, workers."""
    before, after = ({cell: shapely.normalize(shape) for cell, shape in polygons(of.coverage).items()} for of in (one, other))
    shapes = before.keys() == after.keys() and all(before[cell].equals_exact(after[cell]) for cell in before)
    people = np.array_equal(one.households.cell, other.households.cell) and np.array_equal(one.cases.cell, other.cases.cell)
    return shapes and people and dict(one.units) == dict(other.units) and dict(one.workers) == dict(other.workers)


if __name__ == "__main__":
    main()
