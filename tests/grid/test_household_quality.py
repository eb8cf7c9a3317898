"""What is wrong with a register of households, told from columns."""

from typing import Any

import numpy as np
import pytest

from gis_app.grid.household_quality import Fault, Finding, HouseholdTexts, Mend, checking, digits_of, normal_phone
from gis_app.grid.households import Households, Unassigned
from gis_app.progress import finish


def homes(places: list[tuple[float, float]], reason: list[int] | None = None) -> Households:
    count = len(places)
    xy = np.array(places, np.float64).reshape(-1, 2)
    zeros = np.zeros(count, np.int64)
    why = zeros if reason is None else np.array(reason)
    return Households(np.arange(1, count + 1), xy[:, 0], xy[:, 1], zeros, zeros, zeros == 1, why, np.full(count, 20.0), zeros == 0, zeros)


def found(places: list[tuple[float, float]], reason: list[int] | None = None, far: float = 0.0, **columns: list[str]) -> list[Finding]:
    blank: list[str] = [""] * len(places)
    named: dict[str, Any] = {name: np.array(columns.get(name, blank), object) for name in ("code", "head", "phone", "address", "building")}
    return list(finish(checking(homes(places, reason), HouseholdTexts(**named), far)))


def spread(count: int) -> list[tuple[float, float]]:
    return [(100.0 * at, 0.0) for at in range(count)]


def test_a_sound_register_has_no_findings() -> None:
    assert found(spread(6), far=1500.0, code=[f"H{i}" for i in range(6)], head=list("赵钱孙李周吴"), phone=["13812341234"] * 6) == []


def test_duplicates_by_place_and_by_phone_are_one_group_where_they_meet() -> None:
    places = [(0.0, 0.0), (0.0, 0.0), (50.0, 0.0), (90.0, 0.0)]
    (one,) = found(places, head=["张三", "张三 ", "张三", "李四"], phone=["", "13812341234", "138-1234-1234", "13812341234"])[:1]
    assert (one.fault, one.ids, one.mend) == (Fault.DUPLICATE, (1, 2, 3), Mend.MERGE)
    assert not [f for f in found([(0, 0), (0, 0)], head=["", ""]) if f.fault == Fault.DUPLICATE], "nobody knows whether they are the same"
    assert not [f for f in found([(np.nan, np.nan)] * 2, head=["张三"] * 2) if f.fault == Fault.DUPLICATE]


def test_who_has_no_place_is_put_where_its_building_stands() -> None:
    places = [(np.nan, np.nan), (5.0, 6.0), (np.nan, np.nan)]
    one, other = [f for f in found(places, building=["1号楼", "1号楼", ""]) if f.fault == Fault.NO_PLACE]
    assert (one.ids, one.mend, one.place) == ((1,), Mend.PLACE, (5.0, 6.0))
    assert (other.ids, other.mend) == ((3,), Mend.NONE)
    torn = found([(np.nan, np.nan), (5.0, 6.0), (50.0, 6.0)], building=["1号楼"] * 3)
    assert torn[0].mend == Mend.NONE, "a building at two places stands nowhere for sure"


def test_outside_the_county_and_far_from_every_settlement() -> None:
    places = [*spread(5), (9000.0, 0.0), (9100.0, 0.0), (50_000.0, 0.0)]
    findings = found(places, [0] * 7 + [int(Unassigned.OUTSIDE_COUNTY)], far=1500.0)
    assert [(f.fault, f.ids) for f in findings] == [(Fault.OUTSIDE, (8,)), (Fault.FAR, (6,)), (Fault.FAR, (7,))]
    assert "20" in str(findings[0].text)


def test_many_at_one_point_are_one_building_or_a_fault() -> None:
    places = [(0.0, 0.0)] * 5 + [(10.0, 0.0)] * 4
    addresses = ["利丰小区3号楼1室", "利丰小区3号楼2室", "利丰小区3号楼3室", "", "利丰小区3号楼11室", *[""] * 4]
    (one,) = found(places, address=addresses)
    assert (one.fault, one.ids, one.mend, one.value) == (Fault.CROWDED, (1, 2, 3, 4, 5), Mend.BUILDING, "利丰小区3号楼")
    assert found(places, building=["3号楼"] * 5 + [""] * 4) == []
    assert found(places, building=["甲楼", "", "", "", "甲楼", *[""] * 4])[0].value == "甲楼"


@pytest.mark.parametrize(
    ("phone", "mended"),
    [
        ("138 1234 1234", "13812341234"),
        ("+8613812341234", "13812341234"),
        ("0086-138-1234-1234", "13812341234"),
        ("１３８１２３４１２３４", "13812341234"),
        ("13812341234.0", "13812341234"),
        ("1.3812341234e10", "13812341234"),
        ("(0456)5562345", "04565562345"),
    ],
)
def test_phones_are_written_as_digits(phone: str, mended: str) -> None:
    (one,) = found([(0.0, 0.0)], phone=[phone])
    assert (one.fault, one.mend, one.value) == (Fault.PHONE, Mend.PHONE, mended)
    assert normal_phone(mended) == mended


@pytest.mark.parametrize("phone", ["1381234123", "23812341234", "无", "138123412345", "1.38E+10"])
def test_what_is_no_phone_is_told_and_left(phone: str) -> None:
    (one,) = found([(0.0, 0.0)], phone=[phone])
    assert (one.fault, one.mend) == (Fault.PHONE, Mend.NONE)


def test_what_is_a_phone_is_left_alone() -> None:
    assert found(spread(4), phone=["13812341234", "0456-5562345", "5562345", ""]) == []
    assert digits_of("无") == ""


def test_codes_that_went_through_a_spreadsheet() -> None:
    codes = ["0012", "0013", "0014", "0015", "0016", "0017", "0018", "0019", "0020", "0021", "22", "24.0", "1.5E+09", "'0023", "A-1"]
    findings = {f.ids[0]: f for f in found(spread(15), code=codes)}
    assert {household: (f.mend, f.value) for household, f in findings.items()} == {
        11: (Mend.CODE, "0022"),
        12: (Mend.CODE, "0024"),
        13: (Mend.NONE, ""),
        14: (Mend.CODE, "0023"),
    }
    lost = found(spread(2), code=["2.30225E+200", "H1"])
    assert [(f.ids, f.mend) for f in lost] == [((1,), Mend.NONE)]
    taken = found(spread(2), code=["7.0", "7"])
    assert [(f.ids, f.mend) for f in taken] == [((1,), Mend.NONE)]


def test_an_empty_register_is_looked_at() -> None:
    assert found([]) == []
