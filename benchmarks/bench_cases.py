"""Routing, folding and hotspots of whistles on the demo county: `python -m benchmarks.bench_cases`."""

import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.measure import cpu_seconds, report
from gis_app import bootstrap, demo
from gis_app.cases.bodies import Rule, Step
from gis_app.cases.case import CaseKind, EventKind, Urgency
from gis_app.cases.chains import flows, ping_pong, trails
from gis_app.cases.display import display_states
from gis_app.cases.hotspots import counts_per_cell, density, gi_star, hotspots, suggested_bandwidth
from gis_app.cases.life_cycle import fold_columns
from gis_app.cases.queue import queues
from gis_app.cases.routing import Place, Router, kind_word
from gis_app.cases.rule_book import outlooks, weigh
from gis_app.cases.statistics import breakdown, figures
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, neighbours
from gis_app.grid.locate import Locator
from gis_app.grid.units import Level, UnitKind

WHISTLES = 20_000
HUNDRED_THOUSAND = 100_000
RULES = 200


def ms(seconds: float) -> str:
    """Write seconds as milliseconds."""
    return f"{seconds * 1000:.1f} ms"


def many_rules(state: CountyState, rng: np.random.Generator) -> Mapping[int, Rule]:
    """Return the rules of a county and others that ask for everything a rule can ask for, 200 in all."""
    rules = dict(state.rules)
    categories, bodies = sorted(state.categories), sorted(state.bodies)
    units = [unit.id for level in (Level.TOWNSHIP, Level.VILLAGE) for unit in state.units.at_level(level)]
    while len(rules) < RULES:
        number = max(rules, default=0) + 1
        first = date(2020, 1, 1) + timedelta(days=int(rng.integers(0, 700)))
        seldom = rng.random(6) < (0.9, 0.5, 0.4, 0.3, 0.4, 0.5)
        rules[number] = Rule(
            number,
            category=int(rng.choice(categories)) if seldom[0] else 0,
            kind=kind_word(int(rng.integers(1, 5))) if seldom[1] else "",
            unit=int(rng.choice(units)) if seldom[2] else 0,
            unit_kind=str(rng.choice([UnitKind.VILLAGE, UnitKind.COMMUNITY, UnitKind.DIRECT_UNIT])) if seldom[3] else "",
            urgency=int(rng.integers(1, 5)) if seldom[4] else 0,
            body=int(rng.choice(bodies)) if seldom[5] else 0,
            step=Step.TOWNSHIP if not seldom[5] else "",
            valid_from=first if rng.random() < 0.3 else None,
            valid_to=first + timedelta(days=int(rng.integers(30, 400))) if rng.random() < 0.3 else None,
        )
    return rules


def measure_routing(state: CountyState) -> None:
    """Route 20,000 whistles blown at households (a tenth of them without coordinates) by 200 rules, and one with its reasons in words."""
    rng = np.random.default_rng(1)
    homes = state.households
    rules = many_rules(state, rng)
    picked = rng.choice(len(homes), WHISTLES)
    x, y = homes.x[picked] + rng.normal(0, 30, WHISTLES), homes.y[picked] + rng.normal(0, 30, WHISTLES)
    x[: WHISTLES // 10] = np.nan
    about = {
        "household": homes.id[picked],
        "category": rng.choice(np.array(sorted(state.categories)), WHISTLES),
        "kind": rng.integers(1, len(CaseKind) + 1, WHISTLES),
        "urgency": rng.integers(0, len(Urgency), WHISTLES),
    }
    day = np.datetime64("2020-01-01") + rng.integers(0, 800, WHISTLES)

    def new_router() -> Router:
        return Router(state.units, Locator(state.coverage), state.workers, state.bodies, state.categories, rules, homes)

    router = new_router()

    def many(router: Router) -> object:
        return router.route_many(x, y, accuracy=np.full(WHISTLES, 15.0), day=day, **about)

    def one() -> list[str]:
        category, kind, urgency = (int(about[name][-1]) for name in ("category", "kind", "urgency"))
        route = router.route(Place(float(x[-1]), float(y[-1]), 15.0), category, kind, urgency, day[-1].item())
        weighed = weigh(rules.values(), state.bodies, router.situation(route, category, kind, urgency, day[-1].item()))
        return [*(str(reason) for reason in route.reasons), *(str(found.rule.id) for found in weighed)]

    report(f"make a router (places, units, {RULES} rules)", "", ms(cpu_seconds(new_router)))
    report(f"route {WHISTLES:,} whistles", "<= 1 s", ms(cpu_seconds(lambda: many(router))), "place, body, ladder, distance to the border")
    report("route one whistle, reasons and runners-up", "<= 5 ms", ms(cpu_seconds(lambda: [one() for _ in range(100)]) / 100))
    report(
        f"the same {WHISTLES:,}, router made anew", "<= 1 s", ms(cpu_seconds(lambda: many(new_router()), 3)), "every situation chosen anew"
    )
    never = ms(cpu_seconds(lambda: outlooks(rules, state.bodies, state.categories, state.units, date(2021, 6, 1))))
    report(f"which of {RULES} rules can never win", "", never)


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
    measure_chains()
    report("states on the map, and queues", "", ms(cpu_seconds(lambda: (display_states(cases, now, 72), queues(cases, now)))))


def measure_chains() -> None:
    """Find the stays of 100,000 whistles at bodies, what came back and who hands over to whom, from seven events a whistle."""
    rng = np.random.default_rng(3)
    n = 7 * HUNDRED_THOUSAND
    kinds = np.array([EventKind.BLOWN, *[kind for kind in EventKind if kind != EventKind.BLOWN]], object)
    events = {
        "case_id": np.repeat(np.arange(HUNDRED_THOUSAND), 7),
        "kind": np.array([kind.value for kind in kinds], object)[np.where(np.arange(n) % 7 == 0, 0, rng.integers(1, len(kinds), n))],
        "time": np.datetime64("2020-04-01", "s") + np.arange(n).astype("timedelta64[s]"),
        "target": rng.integers(1, 200, n),
        **{name: rng.integers(1, 6, n) for name in ("attitude", "speed", "outcome")},
    }

    def chains() -> None:
        stays = trails(events).stays
        ping_pong(stays)
        flows(stays)

    report(f"stays, chains and flows of {HUNDRED_THOUSAND:,} whistles", "<= 2 s", ms(cpu_seconds(chains, 3)), f"{n:,} events")


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
