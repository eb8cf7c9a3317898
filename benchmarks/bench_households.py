"""A million households: what a dragged border costs, and 120,000 that are looked at for what is wrong with them.

`python -m benchmarks.bench_households [COUNTY]`. The million are those of the demo county, each about eight times within 30 m.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

import numpy as np

from benchmarks.county import demo_file
from benchmarks.measure import cpu_seconds, report
from gis_app import bootstrap
from gis_app.county.boundary_edits import move_node
from gis_app.county.changes import Refusal
from gis_app.county.consequences import Consequences
from gis_app.county.county import County
from gis_app.county.followers import derived, followed
from gis_app.county.household_quality import checking
from gis_app.county.responsible import locator_of
from gis_app.county.state import CountyState, Overrides
from gis_app.grid.edits.edited import Edited
from gis_app.grid.households import Households, Unassigned, assign_households
from gis_app.progress import finish

MANY = 1_000_000
DRAGS = 12


def with_many(state: CountyState) -> CountyState:
    """Return a county with a million households."""
    homes, chance = state.households, np.random.default_rng(1)
    source = chance.integers(0, len(homes), MANY)
    shift = chance.normal(0, 30, (2, MANY))
    zeros = np.zeros(MANY, np.int64)
    many = Households(
        id=np.arange(1, MANY + 1),
        x=homes.x[source] + shift[0],
        y=homes.y[source] + shift[1],
        members=homes.members[source],
        cell=zeros,
        pinned=zeros == 1,
        reason=zeros + Unassigned.NOT_YET,
        distance=np.zeros(MANY),
        resident=homes.resident[source],
        flags=homes.flags[source],
    )
    where = assign_households(many, locator_of(state.coverage, state.units))
    return replace(state, households=replace(many, cell=where.cell, reason=where.reason, distance=where.distance))


def drags(state: CountyState) -> Iterator[Edited]:
    """Drag corners of cells by 18 m, all over the county."""
    nodes, found = sorted(state.coverage.nodes), 0
    for node in nodes[:: max(1, len(nodes) // 200)]:
        x, y = state.coverage.nodes[node]
        edited = move_node(node, (x + 15.0, y + 10.0)).attempt(state)
        if not isinstance(edited, Refusal) and found < DRAGS:
            found += 1
            yield edited


def main() -> None:
    """Print what is measured."""
    with demo_file() as path:
        county = bootstrap.open_county(path)
        measure(county)
        county.close()


def measure(county: County) -> None:
    """Report what the households of a county cost."""
    state = county.state
    report("120,000 households: what is wrong", "1 to 2 s", f"{cpu_seconds(lambda: finish(checking(county.store, state)), 3):.2f} s")
    many = with_many(state)
    draft = derived(many, state.plan + 1, many.units, many.coverage, Overrides())
    recounts, shown = [], []
    for edited in drags(draft):
        cells, coverage = edited.cells | edited.removed, edited.coverage
        recounts.append(cpu_seconds(lambda c=cells, v=coverage: followed(many, draft, many.units, v, Overrides(), c), 3))  # type: ignore[misc]
        shown.append(cpu_seconds(lambda e=edited: Consequences(draft).of(e), 3))  # type: ignore[misc]
    for what, times in (("recount", recounts), ("figures shown while dragging", shown)):
        worst = f"worst {max(times) * 1000:.1f} ms of {len(times)}"
        report(f"1,000,000 households, a dragged border: {what}", "20 ms", f"{median(times) * 1000:.1f} ms", worst)


if __name__ == "__main__":
    main()
