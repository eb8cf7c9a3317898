"""Routing, folding and hotspots of whistles on the demo county: `python -m benchmarks.bench_cases`."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.measure import cpu_seconds, report
from gis_app import bootstrap, demo
from gis_app.cases.case import EventKind
from gis_app.cases.display import display_states
from gis_app.cases.hotspots import counts_per_cell, density, gi_star, hotspots, suggested_bandwidth
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.queue import queues
from gis_app.cases.routing import Place, Router
from gis_app.cases.statistics import breakdown, figures
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, neighbours
from gis_app.grid.locate import Locator

WHISTLES = 20_000


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms"


def measure_routing(state: CountyState) -> None:
    """Route 20,000 whistles blown at households (a tenth of them without coordinates), and one with its reasons in words."""
    rng = np.random.default_rng(1)
    homes = state.households
    picked = rng.choice(len(homes), WHISTLES)
    x, y = homes.x[picked] + rng.normal(0, 30, WHISTLES), homes.y[picked] + rng.normal(0, 30, WHISTLES)
    x[: WHISTLES // 10] = np.nan
    category = rng.choice(np.array(sorted(state.categories)), WHISTLES)
    kind = rng.integers(1, 5, WHISTLES)

    def new_router() -> Router:
        return Router(state.units, Locator(state.coverage), state.workers, state.bodies, state.categories, state.rules, homes)

    router = new_router()

    def many() -> object:
        accuracy = np.full(WHISTLES, 15.0)
        return router.route_many(x, y, accuracy=accuracy, household=homes.id[picked], category=category, kind=kind)

    def one() -> list[str]:
        route = router.route(Place(float(x[-1]), float(y[-1]), 15.0), int(category[-1]), int(kind[-1]))
        return [str(reason) for reason in route.reasons]

    report("make a router (places, units, rules)", "", ms(cpu_seconds(new_router)))
    report(f"route {WHISTLES:,} whistles", "<= 1 s", ms(cpu_seconds(many)), "place, body, ladder, distance to the border")
    report("route one whistle, with reasons in words", "<= 5 ms", ms(cpu_seconds(lambda: [one() for _ in range(100)]) / 100))
    report(f"the same {WHISTLES:,}, router made anew", "<= 1 s", ms(cpu_seconds(lambda: new_router().route_many(x, y), 3)))


def measure_life_cycle() -> None:
    """Fold 60,000 events of 20,000 whistles."""
    rng = np.random.default_rng(2)
    n = 3 * WHISTLES
    events = {
        "case_id": rng.integers(1, WHISTLES + 1, n),
        "kind": rng.choice(np.array([kind.value for kind in EventKind], object), n),
        "time": np.datetime64("2020-04-01", "s") + rng.integers(0, 60_000_000, n).astype("timedelta64[s]"),
        "target": rng.integers(1, 200, n),
        "deadline": np.full(n, np.datetime64("NaT", "s")),
    }
    report(f"fold {n:,} events to states, holders and times", "", ms(cpu_seconds(lambda: fold_columns(events))))


def measure_figures(state: CountyState) -> None:
    """Count the figures, states and queues of all whistles of the county."""
    now = datetime(2022, 4, 1, tzinfo=UTC)
    cases = state.cases
    report(f"figures by body of {len(cases):,} whistles", "", ms(cpu_seconds(lambda: (figures(cases), breakdown(cases, cases.body)))))
    report("states on the map, and queues", "", ms(cpu_seconds(lambda: (display_states(cases, now, 72), queues(cases, now)))))


def measure_hotspots(state: CountyState) -> None:
    """Make the density surface, and Gi* with its groups."""
    points = state.cases if len(state.cases) else state.households
    box = extent(state.coverage)
    bandwidth = suggested_bandwidth(points.x, points.y)
    cells = np.array(sorted(state.coverage.cells))
    near = neighbours(state.coverage)
    counts, homes = counts_per_cell(cells, points.cell), counts_per_cell(cells, state.households.cell)
    report(
        f"density of {len(points):,} points at 250 m",
        "<= 100 ms",
        ms(cpu_seconds(lambda: density(points.x, points.y, box, 250, bandwidth))),
    )
    report(f"Gi* of {len(cells):,} cells, and groups", "", ms(cpu_seconds(lambda: hotspots(gi_star(cells, counts, near, homes), near))))


def main() -> None:
    """Build the demo county and measure on it."""
    with tempfile.TemporaryDirectory() as folder:
        settings, edit = demo.county("county")
        county = bootstrap.create_county(Path(folder) / "county.gpkg", settings)
        county.perform(edit)
        measure_routing(county.state)
        measure_life_cycle()
        measure_figures(county.state)
        measure_hotspots(county.state)
        county.close()


if __name__ == "__main__":
    main()
