"""The demo county: synthetic from its first border to its last whistle, the same for the same seed.

`county("small")` is one township for tests, `county("county")` a whole county, `county("large")` one with a million households.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gis_app.cases.routing import Router
from gis_app.cases.times import utc64
from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import apply, settings_change
from gis_app.county.state import CountyState, Settings
from gis_app.demo import office
from gis_app.demo.bodies import body_columns
from gis_app.demo.former import former_columns
from gis_app.demo.land import make_land
from gis_app.demo.loop import utc
from gis_app.demo.people import People, make_people
from gis_app.demo.places import COUNTY_CODE, SIZES, Size
from gis_app.demo.rulebook import category_columns, limit_columns, rule_columns
from gis_app.demo.stories import GARAGES
from gis_app.demo.units import Land
from gis_app.demo.whistles import PERIOD_END, START, make_whistles, plant_hotspots
from gis_app.grid.coverage import build_coverage
from gis_app.grid.locate import Locator
from gis_app.grid.pinyin import initials
from gis_app.language import msg
from gis_app.progress import Progress, Steps, part

FIXED_NOW = "2022-04-01T01:00:00+00:00"
"""The demo county lives at this instant (nine o'clock in the morning of 1 April 2022), so that its clocks stay meaningful."""


def county(size: str = "county", seed: int = 1, *, whistles: int | None = None, days: float | None = None) -> tuple[Settings, Edit]:
    """Return the settings of a demo county, and the edit that fills an empty county (created with them) with all its rows.

    `size` is a key of `places.SIZES` (ValueError otherwise). The edit adds to the metadata of the settings the codes of the cells in which
    whistles were made to pile up ("planted_hotspots"). For measuring: so many `whistles` (a few hundred at least) instead of those of the
    size, blown within so many `days` before `FIXED_NOW` (but for the published period and the stories) instead of two years.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {tuple(SIZES)}, not {size!r}")
    settings = Settings(
        name="示例县",
        code=COUNTY_CODE,
        plan_name="2020年4月网格方案",
        plan_published="2020-04-01",
        fixed_now=FIXED_NOW,
        metadata={"demo": size, "seed": seed, "name_en": "Sample County"},
    )

    def plan(state: CountyState) -> Steps[Outcome | Refusal]:
        if len(state.units):
            reason = msg("The demo county needs an empty county file, and this one has units already; make a new file.")
            return Refusal("not_empty", reason)
        wanted = SIZES[size] if whistles is None else replace(SIZES[size], whistles=whistles)
        return (yield from _plan(state, wanted, seed, days))

    return settings, Edit(msg("Build the demo county"), plan, founding=True)


def _plan(state: CountyState, size: Size, seed: int, days: float | None) -> Steps[Outcome | Refusal]:
    yield Progress(0.0, msg("Drawing borders"))
    land = make_land(size, np.random.default_rng([seed, 1]))
    spots = plant_hotspots(land, np.random.default_rng([seed, 2]))
    yield Progress(0.3, msg("Drawing borders"))
    coverage = build_coverage(land.cells, land.polygons.tolist())
    locator = Locator(coverage)  # the ids of cells are in the order of their codes
    yield Progress(0.4, msg("Settling households"))
    people = make_people(land, locator, size, np.random.default_rng([seed, 3]))
    yield Progress(0.65, msg("Setting up receiving bodies"))
    bodies = body_columns(land.units, np.random.default_rng([seed, 4]))
    tables: dict[str, Columns] = {
        "units": unit_columns(land),
        "households": people.households,
        "retired_households": people.retired,
        "workers": people.workers,
        "bodies": bodies,
        "categories": category_columns(),
        "rules": rule_columns(bodies, land.units),
        "limits": limit_columns(),
    }
    yield Progress(0.7, msg("Blowing whistles"))
    settled = apply(state, [RowChange(table, insert=columns) for table, columns in tables.items()], coverage)
    router = Router(settled.units, locator, settled.workers, settled.bodies, settled.categories, settled.rules, settled.households)
    tables["cases"], tables["events"] = make_whistles(
        land,
        people,
        router,
        bodies,
        settled.limits.values(),
        spots,
        count=size.whistles,
        days=days,
        rng=np.random.default_rng([seed, 5]),
    )
    tables |= _office(settled, tables, land, people, np.random.default_rng([seed, 6]))
    tables["periods"] = period_columns()
    yield Progress(0.9, msg("Drawing the grids of other offices"))
    tables |= yield from part(former_columns(settled, land, np.random.default_rng([seed, 8])), 0.9, 1.0)
    yield Progress(1.0, msg("Drawing the grids of other offices"))
    codes = {unit.id: unit.code for unit in land.units}
    planted = [codes[cell] for group in spots for cell in land.cells[group].tolist()]
    rows = [RowChange(table, insert=columns) for table, columns in tables.items()]
    rows.append(settings_change(metadata={**state.settings.metadata, "planted_hotspots": planted}))
    return Outcome(tuple(rows), coverage)


def _office(
    settled: CountyState, tables: Mapping[str, Columns], land: Land, people: People, rng: np.random.Generator
) -> dict[str, Columns]:
    """Return the rows of what is kept beside the cases."""
    bodies, cases, events = tables["bodies"], tables["cases"], tables["events"]
    with_cases = apply(settled, [RowChange("cases", insert=cases)], settled.coverage)
    now = utc64(settled.settings.now())
    tasks, asked = office.task_columns(land, people, bodies, now, rng)
    garages = next(case for case, text in zip(cases["id"].tolist(), cases["text"].tolist(), strict=True) if text.startswith(GARAGES))
    return {
        "messages": office.message_columns(with_cases, bodies, cases["number"], events, rng),
        "tasks": tasks,
        "task_cells": asked,
        "talks": office.talk_columns(with_cases, bodies),
        "saved_filters": office.filter_columns(bodies),
        "attachments": office.attachment_columns(with_cases, garages),
    }


def period_columns() -> Columns:
    """Return the one named period: the published figures run to the end of 28 April 2020."""
    return {
        "id": np.array([1]),
        "name": np.array(["至 2020-04-28"], object),
        "name_en": np.array(["To 28 April 2020"], object),
        "start": utc(np.array([START])),
        "end": utc(np.array([PERIOD_END])),
    }


def unit_columns(land: Land) -> Columns:
    """Return the rows of all units; cells carry their polygons."""
    n, first = len(land.units), len(land.units) - len(land.cells)
    geometries: NDArray[np.object_] = np.full(n, None, object)
    geometries[first:] = land.polygons
    names = [unit.name for unit in land.units]
    return {
        "id": np.array([unit.id for unit in land.units]),
        "geom": geometries,
        "level": np.array([int(unit.level) for unit in land.units]),
        "kind": np.array([str(unit.kind) for unit in land.units], object),
        "code": np.array([unit.code for unit in land.units], object),
        "name": np.array(names, object),
        "pinyin": np.array([initials(name) for name in names], object),
        "parent": np.array([unit.parent for unit in land.units]),
        "valid_from": np.array([unit.valid_from for unit in land.units], object),
        "valid_to": np.array([unit.valid_to for unit in land.units], object),
        "remark": np.array([unit.remark for unit in land.units], object),
        "locked": np.array([unit.locked for unit in land.units]),
    }
