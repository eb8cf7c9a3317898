"""The demo county: synthetic from its first border to its last whistle, the same for the same seed.

`county("small")` is one township for tests, `county("county")` a whole county, `county("large")` one with a million households.
"""

import numpy as np
from numpy.typing import NDArray

from gis_app.county.changes import Columns, Edit, Outcome, Refusal, RowChange
from gis_app.county.state import CountyState, Settings
from gis_app.demo.bodies import body_columns, category_columns, rule_columns
from gis_app.demo.land import Land, make_land
from gis_app.demo.people import make_people
from gis_app.demo.places import COUNTY_CODE, SIZES
from gis_app.grid.coverage import build_coverage
from gis_app.grid.locate import Locator
from gis_app.grid.pinyin import initials
from gis_app.language import msg
from gis_app.progress import Progress, Steps

FIXED_NOW = "2022-04-01T01:00:00+00:00"
"""The demo county lives at this instant (nine o'clock in the morning of 1 April 2022), so that its clocks stay meaningful."""


def county(size: str = "county", seed: int = 1) -> tuple[Settings, Edit]:
    """Return the settings of a demo county, and the edit that fills an empty county with all its rows.

    `size` is a key of `places.SIZES` (ValueError otherwise). Settings name the planted hotspots and the seed.
    """
    if size not in SIZES:
        raise ValueError(f"size must be one of {tuple(SIZES)}, not {size!r}")
    land = make_land(SIZES[size], np.random.default_rng([seed, 1]))
    settings = Settings(
        name="示例县",
        code=COUNTY_CODE,
        plan_name="2020年4月网格方案",
        plan_published="2020-04-01",
        fixed_now=FIXED_NOW,
        metadata={"demo": size, "seed": seed, "name_en": "Sample County"},
    )

    def plan(_: CountyState) -> Steps[Outcome | Refusal]:
        return _plan(land, size, seed)

    return settings, Edit(msg("Build the demo county"), plan)


def _plan(land: Land, size: str, seed: int) -> Steps[Outcome | Refusal]:
    yield Progress(0.05, msg("Drawing borders"))
    coverage = build_coverage(land.cells, land.polygons.tolist())
    locator = Locator(coverage)  # ids of cells are in the order of their codes
    yield Progress(0.15, msg("Settling households"))
    people = make_people(land, locator, SIZES[size], np.random.default_rng([seed, 2]))
    yield Progress(0.45, msg("Setting up receiving bodies"))
    bodies = body_columns(land.units, np.random.default_rng([seed, 3]))
    tables: dict[str, Columns] = {
        "units": unit_columns(land),
        "households": people.households,
        "workers": people.workers,
        "bodies": bodies,
        "categories": category_columns(),
        "rules": rule_columns(bodies),
    }
    yield Progress(1.0, msg("Building the demo county"))
    return Outcome(tuple(RowChange(table, insert=columns) for table, columns in tables.items()), coverage)


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
    }
