"""A county to be planned: two townships, three villages, twelve square cells, people at chosen places, workers with homes, whistles.

    13 14 15 16      北岸村 (13, 14) in 东风镇 · 河西村 (15, 16) and below it 河东社区 (19, 20) in 西山乡
    17 18 19 20
    21 22 23 24      永安村 (17, 18, 21, 22) in 东风镇 · 河西村 (23, 24)

Each cell is 100 m wide; the lower left corner of 21 is (EAST, NORTH).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from gis_app.cases.case import State
from gis_app.county.changes import Changes, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.divisions import plan_rows
from gis_app.county.numbering import cell_name
from gis_app.county.state import CountyState
from gis_app.grid.edits.edited import Edited, Piece
from gis_app.grid.plans import Plan, PlanStatus
from gis_app.progress import finish
from tests.county.samples import EAST, NORTH, edit, make, square

DRAFT = 7
UNITS = {
    1: (1, "town", "230225101", "东风镇", 0),
    2: (1, "township", "230225201", "西山乡", 0),
    3: (2, "village", "230225101201", "永安村", 1),
    4: (2, "village", "230225101202", "北岸村", 1),
    5: (2, "village", "230225201201", "河西村", 2),
    6: (2, "community", "230225201001", "河东社区", 2),
}
VILLAGES = {13: 4, 14: 4, 15: 5, 16: 5, 17: 3, 18: 3, 19: 6, 20: 6, 21: 3, 22: 3, 23: 5, 24: 5}
SQUARES = {13 + 4 * row + column: (column, 2 - row) for row in range(3) for column in range(4)}


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place by its distance from the south-west corner."""
    return EAST + x, NORTH + y


def units() -> RowChange:
    """Return the units; the cells of each village are numbered in the order of their ids."""
    rows = [(unit, None, *values) for unit, values in UNITS.items()]
    numbers: dict[int, int] = {}
    for cell, village in sorted(VILLAGES.items()):
        numbers[village] = numbers.get(village, 0) + 1
        code, name = f"{UNITS[village][2]}{numbers[village]:03}", cell_name(UNITS[village][3], numbers[village])
        kind = "community_cell" if UNITS[village][1] == "community" else "rural_cell"
        rows.append((cell, square(*SQUARES[cell]), 3, kind, code, name, village))
    ids, shapes, levels, kinds, codes, names, parents = zip(*rows, strict=True)
    return RowChange(
        "units",
        insert={
            "id": np.array(ids),
            "geom": objects(list(shapes)),
            "level": np.array(levels),
            "kind": objects(list(kinds)),
            "code": objects(list(codes)),
            "name": objects(list(names)),
            "parent": np.array(parents),
        },
    )


HOMES = {
    1: (*at(10, 10), 21, False),  # west in 21
    2: (*at(20, 90), 21, False),
    3: (*at(80, 50), 21, False),  # east in 21
    4: (*at(50, 50), 21, False),  # on the line that the tests split 21 by
    5: (*at(90, 20), 21, True),  # pinned to the cell that it lies in
    6: (*at(250, 150), 21, True),  # lies in 19, pinned to 21
    7: (*at(150, 50), 22, False),
    8: (np.nan, np.nan, 21, True),  # without a place, pinned
    9: (np.nan, np.nan, 0, False),
    10: (*at(450, 50), 0, False),  # outside, east of 24
    11: (*at(100, 30), 21, False),  # on the border of 21 and 22: lowest code
    12: (*at(250, 150), 19, False),
    13: (*at(10, 60), 21, False),
    14: (*at(15, 15), 21, False),
    15: (*at(30, 70), 21, False),
}
WORKERS = {
    1: (*at(75, 75), 3, 21),
    2: (np.nan, np.nan, 3, 22),
    3: (*at(10, 10), 4, 13),
    4: (*at(250, 150), 6, 19),
    5: (np.nan, np.nan, 4, 14),
}
CASES = {
    10: (*at(80, 20), State.WAITING, 21, 0),
    20: (np.nan, np.nan, State.PICKED_UP, 21, 3),  # of household 3
    30: (np.nan, np.nan, State.WAITING, 21, 0),
    40: (*at(80, 30), State.DONE, 21, 0),
    50: (*at(150, 20), State.WAITING, 22, 0),
    60: (*at(20, 20), State.PROMISED, 21, 0),
}


def people() -> tuple[RowChange, ...]:
    """Return households, workers and whistles."""
    homes, workers, cases = list(HOMES.values()), list(WORKERS.values()), list(CASES.values())
    placed = [not np.isnan(home[0]) for home in homes]
    return (
        RowChange(
            "households",
            insert={
                "id": np.array(list(HOMES)),
                "geom": np.array([home[:2] for home in homes]),
                "head": objects([f"户主{household}" for household in HOMES]),
                "members": np.arange(1, len(homes) + 1),
                "resident": np.ones(len(homes), np.bool_),
                "cell": np.array([home[2] for home in homes]),
                "pinned": np.array([home[3] for home in homes]),
                "reason": np.array([0 if home[2] else 2 if known else 1 for home, known in zip(homes, placed, strict=True)]),
                "distance": np.array([50.0 if home[2] == 0 and known else 0.0 for home, known in zip(homes, placed, strict=True)]),
            },
        ),
        RowChange(
            "workers",
            insert={
                "id": np.array(list(WORKERS)),
                "geom": np.array([worker[:2] for worker in workers]),
                "code": objects([f"W{worker}" for worker in WORKERS]),
                "name": objects(["王强", "赵敏", "李静", "周杰", "孙丽"]),
                "village": np.array([worker[2] for worker in workers]),
                "cell": np.array([worker[3] for worker in workers]),
            },
        ),
        RowChange(
            "cases",
            insert={
                "id": np.array(list(CASES)),
                "geom": np.array([case[:2] for case in cases]),
                "number": objects([f"C{case}" for case in CASES]),
                "state": np.array([int(case[2]) for case in cases]),
                "cell": np.array([case[3] for case in cases]),
                "household": np.array([case[4] for case in cases]),
                "blown": np.array(["2020-05-01T04:20:00"] * len(cases), "datetime64[s]"),
            },
        ),
    )


def county(path: Path) -> County:
    """Return the county, open."""
    return make(path, units(), *people())


def as_draft(state: CountyState) -> CountyState:
    """Return a state as if it were that of a draft, for what needs no file."""
    return replace(state, plan=DRAFT, plans={**state.plans, DRAFT: Plan(DRAFT, "草案", PlanStatus.DRAFT)})


def parted(state: CountyState, cell: int, east: shapely.Polygon, owner: int) -> Edited:
    """Return an edited coverage in which a part of a cell's land belongs to another (or new) cell, made the slow way."""
    from gis_app.grid.coverage import build_coverage, polygons

    shapes = dict(polygons(state.coverage))
    gained = shapely.intersection(shapes[cell], east)
    before = dict(shapes)
    shapes[cell] = shapely.MultiPolygon([shapely.difference(shapes[cell], east)])
    joined = shapely.union(shapes[owner], gained) if owner in shapes else gained
    shapes[owner] = joined if isinstance(joined, shapely.MultiPolygon) else shapely.MultiPolygon([joined])
    removed = frozenset({cell}) if shapes[cell].is_empty else frozenset()
    kept = {key: shape for key, shape in shapes.items() if key not in removed}
    coverage = build_coverage(list(kept), list(kept.values()))
    after = polygons(coverage)
    changed = frozenset(key for key in after if key not in before or not after[key].equals_exact(before[key]))
    return Edited(
        coverage, changed, removed, (Piece(cell, owner, shapely.Polygon(gained.geoms[0]) if hasattr(gained, "geoms") else gained),)
    )


def drafted(path: Path) -> County:
    """Return the county with a draft that is open."""
    opened = county(path)
    state = opened.state
    ids = np.array(list(state.units), np.int64)
    rows = opened.store.rows("units", ids)
    of_plan = {**rows, "id": plan_rows(DRAFT, ids), "plan": np.full(len(ids), DRAFT)}
    made = edit(
        RowChange("plans", insert={"id": np.array([DRAFT]), "name": objects(["草案"]), "status": objects(["draft"])}),
        RowChange("plan_units", insert=of_plan),
    )
    assert isinstance(opened.perform(made), Changes)
    finish(opened.opening_draft(DRAFT))
    return opened
