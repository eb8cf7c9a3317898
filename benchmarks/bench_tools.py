"""What the tools of the map do while the pointer moves, on the full county: `python -m benchmarks.bench_tools`.

Previews and drawing are in `bench_edit_window`; here is what a move of the pointer costs before anything is proposed.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.grid.coverage import Coverage
from gis_app.grid.edits.edited import Edited
from gis_app.grid.edits.insert_vertex import insert_vertex
from gis_app.map.snapping import REACH, References, Snap, Snapper
from gis_app.map.tools.events import Place
from gis_app.map.tools.paint import brushed
from gis_app.map.tracing import Tracer

Floats = NDArray[np.float64]
RUNS = 300


def timed(name: str, budget: str, work: Callable[[int], object], runs: int = RUNS) -> None:
    """Print median and 95th percentile of the CPU time of `work(k)`."""
    work(0)
    times = []
    for k in range(runs):
        start = time.thread_time()
        work(k)
        times.append((time.thread_time() - start) * 1000)
    middle, high = np.percentile(times, [50, 95])
    report(name, budget, f"{middle:.2f} / p95 {high:.2f} ms")


def measure_snapping(coverage: Coverage, random: np.random.Generator) -> None:
    """Print what finding a place to snap to takes, at three scales, with and without a dense net of roads."""
    timed("make a snapper", "<= 50 ms", lambda _: Snapper(coverage), 20)
    snapper = Snapper(coverage)
    arc = next(iter(coverage.arcs))
    edited = insert_vertex(coverage, arc, 0, coverage.arcs[arc].points[:2].mean(axis=0))
    assert isinstance(edited, Edited)
    timed("snapper after an edit", "<= 8 ms", lambda _: snapper.updated(edited.coverage), 50)
    points = np.concatenate([line.points for line in coverage.arcs.values()])
    roads = snapper.with_references(References.of(shapely.LineString(line.points + 7.0) for line in coverage.arcs.values()))
    for resolution in (1.0, 10.0, 50.0):
        places = points[random.integers(0, len(points), RUNS)] + random.normal(0, 6 * resolution, (RUNS, 2))
        for name, used in (("", snapper), (", with roads", roads)):
            timed(f"snap at {resolution:.0f} m a pixel{name}", "<= 1 ms", partial(_snap, used, places, REACH * resolution))


def _snap(snapper: Snapper, places: Floats, reach: float, k: int) -> object:
    x, y = places[k].tolist()
    return snapper.snap(x, y, reach, last=(x + 300, y))


def measure_tracing(coverage: Coverage, random: np.random.Generator) -> None:
    """Print what following borders takes."""
    timed("make a tracer", "<= 8 ms", lambda _: Tracer(coverage), 20)
    snapper = Snapper(coverage)
    points = np.concatenate([line.points for line in coverage.arcs.values()])
    for far in (1000.0, 10_000.0):
        starts = points[random.integers(0, len(points), RUNS)]
        ends = [points[np.argmin(np.abs(np.hypot(*(points - start).T) - far))] for start in starts]
        pairs = [
            ((float(start[0]), float(start[1])), snapper.border(float(end[0]), float(end[1]), 1.0))
            for start, end in zip(starts, ends, strict=True)
        ]
        known = [(start, end) for start, end in pairs if end is not None]
        timed(f"the way along borders over {far / 1000:.0f} km", "<= 4 ms", partial(_way, snapper, known), len(known))


def _way(snapper: Snapper, pairs: list[tuple[Place, Snap]], k: int) -> object:
    return snapper.way(*pairs[k])


def measure_brush(random: np.random.Generator) -> None:
    """Print what a move of the brush adds to a long stroke that crosses itself everywhere."""
    walk = [(x, y) for x, y in np.cumsum(random.normal(0, 30, (RUNS + 1, 2)), axis=0).tolist()]
    covered: list[shapely.Geometry] = [shapely.Polygon()]

    def move(k: int) -> None:
        covered[0] = brushed(covered[0], walk[k], walk[k + 1], 120.0)
        covered[0].simplify(2.5)

    timed("a move of the brush", "<= 2 ms", move)


def main() -> None:
    """Measure on the demo county."""
    with demo_file() as path:
        county = bootstrap.open_county(path)
        random = np.random.default_rng(1)
        measure_snapping(county.state.coverage, random)
        measure_tracing(county.state.coverage, random)
        measure_brush(random)
        county.close()


if __name__ == "__main__":
    main()
