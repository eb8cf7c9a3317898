from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.errors import UserError
from gis_app.files.dates import as_times


def _objects(values: list[object]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _one(value: object, zone: str = "Asia/Shanghai") -> str:
    times, wrong = as_times(_objects([value]), zone)
    return "wrong" if wrong[0] else str(times[0])


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-01 12:34",
        "2020-05-01T12:34:00",
        "2020/5/1 12:34",
        "2020.05.01 12:34:00",
        "2020年5月1日 12:34",
        "2020年5月1日12时34分",
        "2020年05月01日 下午12:34",
        "2020-05-01 12：34",
        "20200501123400",
        "20200501 1234",
        "5/1/20 12:34",
        "5/1/2020 12:34:00 PM",
        "2020-05-01T04:34:00Z",
        "2020-05-01T12:34:00+08:00",
        "May 1, 2020 12:34",
        "43952.523611111",
        43952.52361111111,
        datetime(2020, 5, 1, 12, 34),
    ],
)
def test_one_instant_in_many_writings(text: object) -> None:
    assert _one(text) == "2020-05-01T04:34:00"


@pytest.mark.parametrize("text", ["2020年5月1日", "2020/5/1", "20200501", "5/1/2020", "43952", datetime(2020, 5, 1).date()])
def test_days_begin_at_midnight_in_shanghai(text: object) -> None:
    assert _one(text) == "2020-04-30T16:00:00"


def test_a_column_decides_whether_days_or_months_come_first() -> None:
    first, _ = as_times(_objects(["3/4/20 0:00", "13/4/20 0:00"]))
    assert [str(time)[:10] for time in first + np.timedelta64(8, "h")] == ["2020-04-03", "2020-04-13"]
    second, _ = as_times(_objects(["3/4/20 0:00", "4/13/20 0:00"]))
    assert [str(time)[:10] for time in second + np.timedelta64(8, "h")] == ["2020-03-04", "2020-04-13"]


def test_foreign_files_have_their_own_zone() -> None:
    assert _one("10/21/18 0:00", "America/New_York") == "2018-10-21T04:00:00"
    with pytest.raises(UserError, match="There is no time zone Mars"):
        as_times(_objects(["2020-05-01"]), "Mars")


@pytest.mark.parametrize("text", ["待定", "2020-13-01", "99", "0", "2020-02-30", "1018-10-21", -1.0, 1e12])
def test_what_is_no_time_is_said_to_be_none(text: object) -> None:
    assert _one(text) == "wrong"


def test_nothing_is_no_time_and_no_fault() -> None:
    times, wrong = as_times(_objects(["", None, float("nan")]))
    assert np.isnat(times).all()
    assert not wrong.any()


@given(st.datetimes(datetime(1992, 1, 1), datetime(2099, 12, 31)))
def test_every_minute_is_read_back(time: datetime) -> None:
    time = time.replace(second=0, microsecond=0)
    expected = (time - timedelta(hours=8)).replace(tzinfo=UTC)
    for form in ("%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S"):
        times, wrong = as_times(_objects([time.strftime(form)]))
        assert not wrong[0]
        assert times[0].item().replace(tzinfo=UTC) == expected
