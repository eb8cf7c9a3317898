"""Every edit of `grid.edits` on the full county, at random places: `python -m benchmarks.bench_edits`.

Pure edits with their check and the land that changes hands; what storage and drawing add is in `bench_walk` and `bench_edit_window`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.area_edits import AREAS, Cells
from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.insert_vertex import insert_vertex
from gis_app.grid.edits.move_node import move_node
from gis_app.grid.edits.move_vertices import move_vertices
from gis_app.grid.edits.remove_vertex import remove_vertex
from gis_app.grid.edits.reshape_border import reshape_border
from gis_app.grid.edits.simplify_border import simplify_border
from gis_app.grid.edits.smooth_border import smooth_border
from gis_app.grid.edits.soundness import unsound
from gis_app.grid.edits.vertices import Vertex, vertices_in
from gis_app.grid.refusal import Refusal

Floats = NDArray[np.float64]
P = TypeVar("P")
RUNS = 200
NUDGE = 15.0
"""Metres by which vertices move, about: half the length of a segment of the demo county."""


@dataclass
class Places:
    """Random places on borders of a county."""

    coverage: Coverage
    random: np.random.Generator

    @cached_property
    def arcs(self) -> list[int]:
        """The arcs inside the county that have some points."""
        return [n for n, arc in self.coverage.arcs.items() if OUTSIDE not in (arc.left, arc.right) and len(arc.points) > 8]

    @cached_property
    def nodes(self) -> dict[int, list[int]]:
        """The arcs inside the county that end at each node."""
        found: dict[int, list[int]] = {}
        for number in self.arcs:
            for node in {self.coverage.arcs[number].start, self.coverage.arcs[number].end}:
                found.setdefault(node, []).append(number)
        return found

    def arc(self) -> int:
        """Return any arc."""
        return int(self.random.choice(self.arcs))

    def inner(self, arc: int) -> int:
        """Return the index of any point of an arc that is no node."""
        return int(self.random.integers(1, len(self.coverage.arcs[arc].points) - 1))

    def nudge(self) -> Floats:
        """Return a short step."""
        return self.random.normal(0, NUDGE, 2)

    def node(self) -> int:
        """Return any node where borders inside the county meet."""
        return int(self.random.choice(list(self.nodes)))

    def lasso(self) -> tuple[Vertex, ...]:
        """Return the vertices around a node."""
        return vertices_in(self.coverage, shapely.Point(self.coverage.nodes[self.node()]).buffer(1000))

    def line(self, arcs: int = 1) -> Floats:
        """Return a drawn line from a point of a border to another one, on the same arc or on the next."""
        one = self.arc()
        near = [arc for arc in self.nodes[self.coverage.arcs[one].end] if arc != one] if arcs > 1 else []
        other = int(self.random.choice(near)) if near else one
        start = self.coverage.arcs[one].points[self.inner(one)]
        end = self.coverage.arcs[other].points[self.inner(other)]
        if (start == end).all():
            return self.line(arcs)
        way = end - start
        aside = np.array([-way[1], way[0]]) * self.random.normal(0, 0.3)
        return np.array([start, start + 0.3 * way + aside, start + 0.7 * way + aside, end])


def _insert(places: Places) -> Edited | Refusal:
    arc = places.arc()
    segment = places.inner(arc)
    points = places.coverage.arcs[arc].points
    return insert_vertex(places.coverage, arc, segment, points[segment : segment + 2].mean(axis=0) + places.nudge() / 3)


def _move_node(places: Places) -> Edited | Refusal:
    node = places.node()
    return move_node(places.coverage, node, np.array(places.coverage.nodes[node]) + places.nudge())


def _move_vertex(places: Places) -> Edited | Refusal:
    arc = places.arc()
    return move_vertices(places.coverage, [Vertex(arc, places.inner(arc))], places.nudge())


def _remove(places: Places) -> Edited | Refusal:
    arc = places.arc()
    return remove_vertex(places.coverage, arc, places.inner(arc))


BORDERS: dict[str, tuple[str, Callable[[Places], Edited | Refusal]]] = {
    "move a vertex": ("<= 3 ms", _move_vertex),
    "move a node": ("<= 3 ms", _move_node),
    "move 130 vertices in a lasso": ("", lambda places: move_vertices(places.coverage, places.lasso(), places.nudge() / 3)),
    "insert a vertex": ("<= 3 ms", _insert),
    "remove a vertex": ("<= 3 ms", _remove),
    "smooth a border": ("", lambda places: smooth_border(places.coverage, [places.arc()])),
    "simplify a border (20 m)": ("", lambda places: simplify_border(places.coverage, [places.arc()], 20.0)),
    "reshape a border": ("<= 15 ms", lambda places: reshape_border(places.coverage, places.line())),
    "reshape over several borders": ("<= 15 ms", lambda places: reshape_border(places.coverage, places.line(2))),
}
"""Edits that move borders: what they are called, and what one may take."""


def measure(places: P, edits: dict[str, tuple[str, Callable[[P], Edited | Refusal]]], runs: int = RUNS) -> None:
    """Print median and 95th percentile of the CPU time of each edit, and how many runs were refused."""
    for name, (budget, edit) in edits.items():
        edit(places)
        times, refused = [], 0
        for _ in range(runs):
            start = time.process_time()
            result = edit(places)
            times.append((time.process_time() - start) * 1000)
            refused += isinstance(result, Refusal)
        middle, high = np.percentile(times, [50, 95])
        report(name, budget, f"{middle:.1f} / p95 {high:.1f} ms", f"{refused} of {runs} refused" if refused else "")


def measure_check(places: Places) -> None:
    """Print what the check takes that every edit ends with: for three cells, and for all."""
    cells = list(places.coverage.cells)
    times = []
    for k in range(0, len(cells) - 3, 10):
        start = time.process_time()
        unsound(places.coverage, cells[k : k + 3])
        times.append((time.process_time() - start) * 1000)
    middle, high = np.percentile(times, [50, 95])
    report("check three cells", "<= 2 ms", f"{middle:.1f} / p95 {high:.1f} ms")
    start = time.process_time()
    assert unsound(places.coverage, cells) is None
    report("check all cells", "", f"{(time.process_time() - start) * 1000:.0f} ms")


def main() -> None:
    """Measure on the demo county."""
    with demo_file() as path:
        county = bootstrap.open_county(path)
        places = Places(county.state.coverage, np.random.default_rng(1))
        measure_check(places)
        measure(places, BORDERS)
        homes = county.state.households
        xy = np.column_stack([homes.x, homes.y])
        measure(Cells(county.state.coverage, xy[np.isfinite(xy).all(axis=1)], np.random.default_rng(1)), AREAS)
        county.close()


if __name__ == "__main__":
    main()
