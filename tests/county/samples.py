"""A county small enough to look at: one township, two villages, four square cells, a few people and one whistle."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_app.bootstrap import create_county
from gis_app.county.changes import Changes, Edit, Outcome, Refusal, RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.county.state import CountyState, Settings
from gis_app.language import msg

SETTINGS = Settings(
    name="甘南县",
    code="230225",
    rural_floor=1,
    fixed_now="2020-06-01T00:00:00+00:00",
    metadata={"planted": ["a", 1, None], "deep": {"x": 1.5}},
)
EAST, NORTH = 500_000.0, 5_300_000.0
CELLS = (4, 5, 6, 7)
TIMES = np.array(["2020-05-01T04:20:00", "NaT", "2020-05-02T13:27:00"], "datetime64[s]")


def square(column: int, row: int, size: float = 100.0) -> shapely.MultiPolygon:
    """Return one cell of a chequerboard."""
    west, south = EAST + column * size, NORTH + row * size
    return shapely.MultiPolygon([shapely.box(west, south, west + size, south + size)])


def units() -> RowChange:
    shapes = [None, None, None, square(0, 0), square(1, 0), square(0, 1), square(1, 1)]
    return RowChange(
        "units",
        insert={
            "id": np.arange(1, 8),
            "geom": objects(shapes),
            "level": np.array([1, 2, 2, 3, 3, 3, 3]),
            "kind": objects(["town", "village", "community", *["rural_cell"] * 4]),
            "code": objects(
                ["230225101", "230225101201", "230225101002", "230225101201001", "230225101201002", "230225101002001", "230225101002002"]
            ),
            "name": objects(["东风镇", "永安村", "利丰社区", "永安村一组", "永安村二组", "利丰一格", "利丰二格"]),
            "parent": np.array([0, 1, 1, 2, 2, 3, 3]),
            "valid_from": objects([date(2020, 4, 1), *[None] * 6]),
            "remark": objects(["", "飞地“’\n\\", *[""] * 5]),
        },
    )


def households() -> RowChange:
    return RowChange(
        "households",
        insert={
            "id": np.array([1, 2, 3, 4, 9]),
            "geom": np.array(
                [[EAST + 10, NORTH + 10], [EAST + 100, NORTH + 50], [EAST + 150, NORTH + 150], [np.nan, np.nan], [EAST + 350, NORTH + 50]]
            ),
            "code": objects(["H001", "H002", "0003", "", "５0%_"]),
            "head": objects(["张伟", "李娜", "欧阳锋", "John Smith", "张三"]),
            "address": objects(["永安村1号", "永安村2号", "利丰小区3号楼", "", "外地"]),
            "phone": objects(["13812341234", "", "13900000000", "", ""]),
            "members": np.array([3, 0, 2, 1, 5]),
            "resident": np.array([True, True, True, False, True]),
            "flags": objects(["低保,独居", "", "", "", ""]),
            "reason": np.full(5, 3),
            "distance": np.zeros(5),
            "datum": objects(["cgcs2000"] * 5),
        },
    )


def people() -> tuple[RowChange, ...]:
    return (
        RowChange(
            "workers",
            insert={
                "id": np.array([1, 2]),
                "geom": np.array([[EAST + 1.25, NORTH + 1.125], [np.nan, np.nan]]),
                "code": objects(["W1", "W2"]),
                "name": objects(["王强", "赵敏"]),
                "phone": objects(["13700000001", ""]),
                "village": np.array([2, 3]),
            },
        ),
        RowChange(
            "bodies",
            insert={
                "id": np.array([1, 2, 3, 4]),
                "kind": objects(["village", "township", "department", "centre"]),
                "name": objects(["永安村", "东风镇政府", "住建局", "县党群服务中心"]),
                "unit": np.array([2, 1, 0, 0]),
                "receiver": objects(["孙丽", "", "周杰", ""]),
            },
        ),
        RowChange(
            "categories",
            insert={"id": np.array([1]), "code": objects(["C1"]), "name": objects(["违法建设"]), "name_en": objects(["Building"])},
        ),
        RowChange("rules", insert={"id": np.array([1]), "category": np.array([1]), "kind": objects([""]), "body": np.array([3])}),
        RowChange(
            "periods",
            insert={
                "id": np.array([1]),
                "name": objects(["至4月28日"]),
                "name_en": objects(["To 28 April"]),
                "start": np.array(["2020-03-31T16:00:00"], "datetime64[s]"),
                "end": np.array(["2020-04-28T16:00:00"], "datetime64[s]"),
            },
        ),
    )


def cases() -> tuple[RowChange, ...]:
    return (
        RowChange(
            "cases",
            insert={
                "id": np.array([10, 20, 30]),
                "geom": np.array([[EAST + 20, NORTH + 20], [np.nan, np.nan], [EAST + 120, NORTH + 20]]),
                "number": objects(["20200501-001", "20200501-002", "A-3"]),
                "text": objects(["小区违建车库", "路灯不亮", "垃圾清运"]),
                "accuracy": np.array([5.0, np.nan, 30.0]),
                "border": np.array([np.nan, np.nan, 20.0]),
                "kind": np.array([3, 2, 4]),
                "category": np.array([1, 0, 0]),
                "state": np.array([1, 1, 4]),
                "body": np.array([3, 0, 1]),
                "cell": np.array([4, 0, 5]),
                "household": np.array([1, 3, 0]),
                "worker": np.array([1, 0, 0]),
                "unit": np.array([0, 0, 5]),
                "blown": TIMES[[0, 2, 2]],
                "arrived": TIMES[[0, 1, 2]],
                "done": TIMES[[1, 1, 2]],
                "urged": np.array([True, False, False]),
                "original": objects([{"编号": "7", "n": [1, 2.5, None]}, None, []]),
            },
        ),
        RowChange(
            "events",
            insert={
                "id": np.zeros(3, np.int64),
                "case_id": np.array([20, 10, 10]),
                "kind": objects(["blown", "picked_up", "blown"]),
                "time": np.array(["2020-05-02T13:27:00", "2020-05-01T05:00:00", "2020-05-01T04:20:00"], "datetime64[s]"),
                "body": np.array([0, 3, 0]),
                "target": np.array([0, 0, 3]),
                "deadline": TIMES[[1, 1, 1]],
            },
        ),
    )


def whole() -> tuple[RowChange, ...]:
    return (units(), households(), *people(), *cases())


def edit(*rows: RowChange, title: str = "Do {what}", report: object = None) -> Edit:
    """Return an edit that makes these row changes."""

    def plan(_: CountyState) -> Any:
        yield from ()
        return Outcome(rows, report=report)

    return Edit(msg(title, what="it"), plan)


def make(path: Path, *rows: RowChange) -> County:
    """Return an open county with these rows (all samples by default)."""
    county = create_county(path, SETTINGS)
    done = county.perform(edit(*(rows or whole())))
    assert isinstance(done, Changes), done
    return county


def same_state(one: CountyState, other: CountyState) -> None:
    """Assert that two states hold the same."""
    assert one.settings == other.settings
    assert one.plan == other.plan and one.overrides == other.overrides
    assert {plan.name: plan.status for plan in one.plans.values()} == {plan.name: plan.status for plan in other.plans.values()}
    for part in ("units", "workers", "bodies", "categories", "rules", "periods", "closed"):
        assert dict(getattr(one, part)) == dict(getattr(other, part)), part
    for part in ("households", "cases"):
        first, second = getattr(one, part), getattr(other, part)
        for name in type(first).__dataclass_fields__:
            if name == "flags":  # numbers of sets, in whatever order these were met
                assert [one.flag_sets[i] for i in first.flags] == [other.flag_sets[i] for i in second.flags]
                continue
            np.testing.assert_array_equal(getattr(first, name), getattr(second, name), err_msg=f"{part}.{name}")
            assert getattr(first, name).dtype == getattr(second, name).dtype, f"{part}.{name}"
    assert one.retired == other.retired
    assert shapes(one) == shapes(other)


def shapes(state: CountyState) -> dict[int, str]:
    """Return every cell's polygon in a form that can be compared."""
    from gis_app.grid.coverage import polygons

    normal: Callable[[Any], str] = lambda shape: shapely.normalize(shape).wkt  # noqa: E731
    return {cell: normal(shape) for cell, shape in polygons(state.coverage).items()}


def done(county: County, edit: Edit) -> Changes:
    """Perform an edit that must succeed."""
    answer = county.perform(edit)
    assert isinstance(answer, Changes), answer
    return answer


def refused(county: County, edit: Edit) -> str:
    """Perform an edit that must be refused and leave the county as it is; return the code of the refusal."""
    before = county.state
    answer = county.perform(edit)
    assert isinstance(answer, Refusal), answer
    assert county.state is before and str(answer.reason)
    return answer.code
