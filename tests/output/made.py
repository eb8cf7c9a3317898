"""Small counties made by hand, and one of real size, for the tests of this room."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_app.cases.bodies import Body, BodyKind, Category
from gis_app.cases.case import CaseKind, Cases, State
from gis_app.county.state import CountyState, Settings
from gis_app.grid.coverage import build_coverage
from gis_app.grid.households import Households
from gis_app.grid.units import Hierarchy, Level, Unit, UnitKind
from gis_app.grid.workers import Worker

NOW = datetime(2020, 6, 1, 0, 0, tzinfo=UTC)
WEST, SOUTH, SIDE = 535_000.0, 5_305_000.0, 1_000.0
WORKER = "赵铁柱"
PHONE = "13812345678"
RECEIVER = "钱多多"
HEAD = "孙小美"
CODES = ("230225100", "230225201")


def hierarchy(across: int = 4) -> Hierarchy:
    """Two townships side by side, each of two villages, each of `across` cells in a column."""
    units = []
    for t, name in enumerate(("甘南镇", "双阳乡")):
        township = Unit(1 + t, Level.TOWNSHIP, (UnitKind.TOWN, UnitKind.TOWNSHIP)[t], CODES[t], name)
        units.append(township)
        for v in range(2):
            code = f"{CODES[t]}{201 + v}"
            village = Unit(
                10 + 2 * t + v, Level.VILLAGE, UnitKind.VILLAGE, code, ("永安村", "富国村", "新福窝村", "和兴沟村")[2 * t + v], township.id
            )
            units.append(village)
            for c in range(across):
                number = 100 + across * (2 * t + v) + c
                called = f"{village.name}第{'一二三四五六七八'[c]}网格"
                units.append(Unit(number, Level.CELL, UnitKind.RURAL_CELL, f"{code}{c + 1:03d}", called, village.id))
    return Hierarchy(units)


def small_state(*, name: str = "示例县", cases: int = 12) -> CountyState:
    """Sixteen cells of one square kilometre; cell 100 has 3 households, cell 101 none, the others 60."""
    units = hierarchy()
    cells = units.at_level(Level.CELL)
    shapes = [shapely.box(*_square(i)) for i in range(len(cells))]
    counts = [3, 0, *[60] * (len(cells) - 2)]
    rng = np.random.default_rng(1)
    x, y, cell = [], [], []
    for i, count in enumerate(counts):
        west, south, east, north = _square(i)
        x += rng.uniform(west + 50, east - 50, count).tolist()
        y += rng.uniform(south + 50, north - 50, count).tolist()
        cell += [cells[i].id] * count
    workers = {i + 1: Worker(i + 1, f"W{i:03d}", WORKER, PHONE, cells[i].parent, cells[i].id) for i in range(len(cells) - 1)}
    return CountyState(
        settings=Settings(name=name, code="230225", plan_name="2020 年 5 月", plan_published="2020-05-10", fixed_now=NOW.isoformat()),
        units=units,
        coverage=build_coverage([c.id for c in cells], shapes),
        households=households(np.array(x), np.array(y), np.array(cell, np.int64)),
        workers=workers,
        bodies={1: Body(1, BodyKind.DEPARTMENT, "住建局", receiver=RECEIVER, receiver_phone=PHONE)},
        categories={1: Category(1, "illegal_building", "违法建设", "Illegal building"), 2: Category(2, "roads", "道路", "Roads")},
        rules={},
        cases=some_cases(cases, [c.id for c in cells]),
        periods={},
    )


def _square(i: int) -> tuple[float, float, float, float]:
    west, south = WEST + SIDE * (i // 4), SOUTH + SIDE * (i % 4)
    return west, south, west + SIDE, south + SIDE


def households(x: NDArray[np.float64], y: NDArray[np.float64], cell: NDArray[np.int64]) -> Households:
    """Households of three members at some places."""
    n = len(x)
    zeros = np.zeros(n, np.int64)
    return Households(
        np.arange(1, n + 1), x, y, np.full(n, 3), cell, np.zeros(n, np.bool_), zeros, np.zeros(n), np.ones(n, np.bool_), zeros
    )


def some_cases(count: int, cells: Sequence[int], kinds: Sequence[CaseKind] = (CaseKind.HELP, CaseKind.COMPLAIN)) -> Cases:
    """Cases one a cell and day, in turn waiting for long, waiting, in progress and done."""
    i = np.arange(count)
    place = i % len(cells)
    blown = np.datetime64("2020-06-01T00:00:00", "s") - i.astype("timedelta64[h]") * 20
    states = np.array([State.WAITING, State.PICKED_UP, State.DONE, State.RATED])[i % 4]
    x = WEST + SIDE * (place // 4) + 500 + 37.0 * (i % 7)
    y = SOUTH + SIDE * (place % 4) + 500 - 41.0 * (i % 5)
    nat = np.full(count, np.datetime64("NaT"), "datetime64[s]")
    zeros = np.zeros(count, np.int64)
    return Cases(
        id=i + 1,
        x=x,
        y=y,
        accuracy=np.full(count, 5.0),
        border=np.full(count, 200.0),
        kind=np.array([int(kind) for kind in kinds])[i % len(kinds)],
        category=1 + i % 2,
        state=states.astype(np.int64),
        body=np.ones(count, np.int64),
        cell=np.array(cells, np.int64)[place],
        household=zeros,
        worker=zeros,
        unit=zeros,
        blown=blown,
        arrived=blown,
        picked_up=np.where(states >= State.PICKED_UP, blown + np.timedelta64(600, "s"), nat),
        done=np.where(states >= State.DONE, blown + np.timedelta64(7200, "s"), nat),
        deadline=nat,
        urged=np.zeros(count, np.bool_),
        urgency=zeros,
        duplicate=zeros,
    )
