"""Drafts at the full county: made, opened, edited, undone, published, compared: `python -m benchmarks.bench_plans`."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from benchmarks.county import demo_file
from benchmarks.measure import report
from gis_app import bootstrap
from gis_app.county.boundary_edits import boundary_edit, merge_cells, move_node, split_equally
from gis_app.county.changes import Changes, Edit, Refusal
from gis_app.county.comparison import comparing
from gis_app.county.county import County
from gis_app.county.plan_edits import create_draft, publish
from gis_app.grid.units import Level
from gis_app.progress import finish

T = TypeVar("T")
RUNS = 20


def timed(what: str, budget: str, work: Callable[[], T]) -> T:
    """Do something once and print how long it took."""
    started, cpu = time.perf_counter(), time.process_time()
    result = work()
    report(what, budget, f"{(time.perf_counter() - started) * 1000:.0f} ms", f"{(time.process_time() - cpu) * 1000:.0f} ms CPU")
    return result


def several(what: str, budget: str, work: Callable[[], bool]) -> None:
    """Do something until it was done `RUNS` times and print the median."""
    walls: list[float] = []
    cpus: list[float] = []
    while len(walls) < RUNS:
        started, cpu = time.perf_counter(), time.process_time()
        if work():
            walls.append((time.perf_counter() - started) * 1000)
            cpus.append((time.process_time() - cpu) * 1000)
    report(what, budget, f"{median(walls):.0f} ms", f"{median(cpus):.0f} ms CPU, worst {max(cpus):.0f}")


def measure(county: County) -> None:
    """Go through the life of a draft."""
    assert isinstance(timed("make a draft", "", lambda: county.perform(create_draft("草案"))), Changes)
    timed("open a draft", "<= 500 ms", lambda: finish(county.opening_draft(2)))
    chance = random.Random(1)

    def moved(chance: random.Random) -> Edit:
        node = chance.choice(sorted(county.working.coverage.nodes))
        x, y = county.working.coverage.nodes[node]
        return boundary_edit(move_node(node, (x + chance.uniform(-5, 5), y + chance.uniform(-5, 5))))

    def split(chance: random.Random) -> Edit:
        return boundary_edit(split_equally(chance.choice(sorted(county.working.coverage.cells)), 2))

    def merged(chance: random.Random) -> Edit:
        units = county.working.units
        village = chance.choice([unit.id for unit in units.at_level(Level.VILLAGE) if len(units.children(unit.id)) > 2])
        cells = [cell.id for cell in units.children(village)][:2]
        return boundary_edit(merge_cells(cells, cells[0]))

    for name, edits in (("move a node", moved), ("split a cell equally", split), ("merge two cells", merged)):
        several(
            f"{name}: checked, stored, everybody follows",
            "<= 100 ms",
            lambda edits=edits: isinstance(county.perform(edits(chance)), Changes),  # type: ignore[misc]
        )
    several("undo one of them", "<= 30 ms", lambda: county.undo() is not None)
    several("redo one of them", "<= 30 ms", lambda: county.redo() is not None)
    timed("undo all of them at once", "", lambda: finish(county.going_to(0)))
    timed("redo all of them at once", "", lambda: finish(county.going_to(county.history(1)[0].id)))
    county.close_draft()
    draft = timed("open the edited draft", "<= 500 ms", lambda: finish(county.opening_draft(2)))
    timed("compare it with the published plan", "", lambda: finish(comparing(county.state, draft)))
    result = timed("publish it: everything checked", "", lambda: county.perform(publish(2, date(2020, 7, 1))))
    assert not isinstance(result, Refusal), result.reason
    timed("undo the publication", "", county.undo)


def main() -> None:
    """Measure on a copy of the demo county."""
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        county = bootstrap.open_county(shutil.copy(path, Path(folder) / "county.gpkg"))
        try:
            measure(county)
        finally:
            county.close()


if __name__ == "__main__":
    main()
