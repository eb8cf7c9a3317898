"""A county of 4 × 4 square cells of 1 km, and columns of cases, made by hand for the tests of this room."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from hypothesis import HealthCheck, settings
from shapely import box

from gis_app.cases.bodies import Body, BodyKind, Category, Rule
from gis_app.cases.case import Cases
from gis_app.cases.routing import Router
from gis_app.grid.coverage import Coverage, build_coverage
from gis_app.grid.households import Households
from gis_app.grid.locate import Locator
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.grid.workers import Worker

EAST, WEST = 1, 2  # townships; each has two villages of four cells (2 × 2)
VILLAGES = {11: WEST, 12: WEST, 13: EAST, 14: EAST}
HOUSING, LAND, CENTRE = 900, 901, 999
BUILDING, LIGHTS = 1, 2  # categories


def cell_at(column: int, row: int) -> int:
    """Return the cell of a square; rows count from the south."""
    return 101 + row * 4 + column


def village_at(column: int, row: int) -> int:
    return 11 + 2 * (column // 2) + row // 2


def hierarchy() -> Hierarchy:
    units = [
        Unit(WEST, Level.TOWNSHIP, UnitKind.TOWN, "230225101", "West Town"),
        Unit(EAST, Level.TOWNSHIP, UnitKind.TOWNSHIP, "230225201", "East Township"),
    ]
    for village, township in VILLAGES.items():
        code = f"{'230225101' if township == WEST else '230225201'}{200 + village}"
        units.append(Unit(village, Level.VILLAGE, UnitKind.VILLAGE, code, f"Village {village}", township))
    for row in range(4):
        for column in range(4):
            cell, village = cell_at(column, row), village_at(column, row)
            units.append(Unit(cell, Level.CELL, UnitKind.RURAL_CELL, f"2302250000{cell:05}", f"Cell {cell}", village))
    return Hierarchy(units)


def coverage() -> Coverage:
    ids, squares = [], []
    for row in range(4):
        for column in range(4):
            ids.append(cell_at(column, row))
            squares.append(box(column * 1000, row * 1000, column * 1000 + 1000, row * 1000 + 1000))
    return build_coverage(ids, squares)


def bodies() -> dict[int, Body]:
    found = [
        Body(HOUSING, BodyKind.DEPARTMENT, "Housing Bureau", category="livelihood"),
        Body(LAND, BodyKind.DEPARTMENT, "Natural Resources Bureau", category="enforcement"),
        Body(CENTRE, BodyKind.CENTRE, "County Centre"),
        Body(501, BodyKind.TOWNSHIP, "East Township", unit=EAST),
        Body(502, BodyKind.TOWNSHIP, "West Town", unit=WEST),
        *(Body(500 + village, BodyKind.VILLAGE, f"Village {village}", unit=village) for village in VILLAGES),
    ]
    return {body.id: body for body in found}


def rules() -> dict[int, Rule]:
    found = [Rule(1, BUILDING, "", LAND), Rule(2, BUILDING, "consult", HOUSING), Rule(3, 0, "complain", CENTRE), Rule(4, LIGHTS, "help", 0)]
    return {rule.id: rule for rule in found}


def households() -> Households:
    """Return two households: 71 in the south-western cell, 72 in none."""
    return Households(
        id=np.array([71, 72]),
        x=np.array([500.0, np.nan]),
        y=np.array([500.0, np.nan]),
        members=np.array([3, 2]),
        cell=np.array([101, 0]),
        pinned=np.array([False, False]),
        reason=np.array([0, 1]),
        distance=np.array([0.0, 0.0]),
        resident=np.array([True, True]),
        flags=np.array([0, 0]),
    )


def router(**parts: object) -> Router:
    """Return a router of the sample county with some parts exchanged."""
    given = {
        "hierarchy": hierarchy(),
        "locator": Locator(coverage()),
        "workers": {7: Worker(7, "W7", "Fu", "", 11, 101), 8: Worker(8, "W8", "Li", "", 11, 102)},
        "bodies": bodies(),
        "categories": {
            BUILDING: Category(BUILDING, "B", "违法建设", "Illegal building"),
            LIGHTS: Category(LIGHTS, "L", "路灯", "Street lights"),
        },
        "rules": rules(),
        "households": households(),
    }
    return Router(**(given | parts))  # type: ignore[arg-type]


def times(*texts: str) -> np.ndarray:
    """Return UTC times of a column; "" is NaT."""
    return np.array([text or "NaT" for text in texts], "datetime64[s]")


def cases(n: int, **columns: object) -> Cases:
    """Return `n` cases that were blown on 1 May 2020 and wait at body 1, with some columns exchanged."""
    zero, nan, nat = np.zeros(n, np.int64), np.full(n, np.nan), np.full(n, np.datetime64("NaT", "s"))
    blown = np.full(n, np.datetime64("2020-05-01T04:20", "s"))
    made = Cases(
        np.arange(1, n + 1), nan, nan, nan, nan, zero + 1, zero, zero + 1, zero + 1, zero, zero, zero, zero,
        blown, blown, nat, nat, nat, np.zeros(n, np.bool_), zero, zero,
    )  # fmt: skip
    return replace(made, **{name: np.asarray(column) for name, column in columns.items()})


def shanghai(text: str) -> datetime:
    """Return an instant written in Asia/Shanghai time, as an aware datetime in UTC."""
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: no example fails because the machine is busy."""
