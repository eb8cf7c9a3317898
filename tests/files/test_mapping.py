from pathlib import Path

import numpy as np
import pytest

from gis_app.files.mapping import Target, guess, recall, remember, signature
from gis_app.files.numbers import number
from gis_app.files.preview import guess_mapping, preview


@pytest.mark.parametrize(
    ("target", "columns", "expected"),
    [
        (
            Target.HOUSEHOLDS,
            ["序号", "户主姓名", "家庭住址", "联系电话", "家庭人口", "经度", "纬度", "户编号"],
            {
                "head": "户主姓名",
                "address": "家庭住址",
                "phone": "联系电话",
                "members": "家庭人口",
                "x": "经度",
                "y": "纬度",
                "code": "户编号",
            },
        ),
        (
            Target.HOUSEHOLDS,
            ["id", "name", "address", "lon", "lat"],
            {"code": "id", "head": "name", "address": "address", "x": "lon", "y": "lat"},
        ),
        (
            Target.WORKERS,
            ["姓名", "手机号", "所属村", "网格编码"],
            {"name": "姓名", "phone": "手机号", "village": "所属村", "cell": "网格编码"},
        ),
        (
            Target.DEPARTMENTS,
            ["单位名称", "类别", "接哨员", "接哨员电话", "主管领导", "主管领导电话"],
            {
                "name": "单位名称",
                "category": "类别",
                "receiver": "接哨员",
                "receiver_phone": "接哨员电话",
                "leader": "主管领导",
                "leader_phone": "主管领导电话",
            },
        ),
        (
            Target.CASES,
            ["工单编号", "诉求类型", "问题类别", "承办单位", "诉求内容", "吹哨时间", "接哨时间", "办结时间", "经度", "纬度", "网格编码"],
            {
                "id": "工单编号",
                "kind": "诉求类型",
                "category": "问题类别",
                "body": "承办单位",
                "text": "诉求内容",
                "blown": "吹哨时间",
                "picked_up": "接哨时间",
                "done": "办结时间",
                "x": "经度",
                "y": "纬度",
                "unit": "网格编码",
            },
        ),
        (
            Target.CASES,
            [
                "unique_key",
                "created_date",
                "closed_date",
                "agency",
                "complaint_type",
                "descriptor",
                "incident_address",
                "latitude",
                "longitude",
                "x_coordinate_state_plane",
                "y_coordinate_state_plane",
            ],
            {
                "id": "unique_key",
                "blown": "created_date",
                "done": "closed_date",
                "body": "agency",
                "category": "complaint_type",
                "text": "descriptor",
                "address": "incident_address",
                "x": "longitude",
                "y": "latitude",
            },
        ),
        (
            Target.CELL,
            ["网格编码", "网格名称", "村代码", "村名", "乡镇代码", "乡镇名称"],
            {
                "code": "网格编码",
                "name": "网格名称",
                "village_code": "村代码",
                "village_name": "村名",
                "township_code": "乡镇代码",
                "township_name": "乡镇名称",
            },
        ),
        (
            Target.VILLAGE,
            ["VILLCODE", "VILLNAME", "TOWNCODE", "TOWNNAME"],
            {"code": "VILLCODE", "name": "VILLNAME", "township_code": "TOWNCODE", "township_name": "TOWNNAME"},
        ),
        (Target.TOWNSHIP, ["TOWNCODE", "TOWNNAME"], {"code": "TOWNCODE", "name": "TOWNNAME"}),
        (Target.CELL, ["fid", "geom_area"], {}),
    ],
)
def test_headers_are_understood(target: Target, columns: list[str], expected: dict[str, str]) -> None:
    assert guess(columns, target) == expected


def test_what_the_user_chose_is_remembered_for_files_with_the_same_headers(tmp_path: Path) -> None:
    memory = tmp_path / "memory.json"
    columns = ["a", "b", "c"]
    assert recall(columns, Target.HOUSEHOLDS, memory) is None
    remember(columns, Target.HOUSEHOLDS, {"head": "a", "x": "b"}, memory)
    assert recall(["C", "b", "a"], Target.HOUSEHOLDS, memory) == {"head": "a", "x": "b"}
    assert recall(columns, Target.CASES, memory) is None
    assert recall(["a", "b"], Target.HOUSEHOLDS, memory) is None
    memory.write_text("{broken")
    assert recall(columns, Target.HOUSEHOLDS, memory) is None
    remember(columns, Target.WORKERS, {"name": "c"}, memory)
    assert recall(columns, Target.WORKERS, memory) == {"name": "c"}


def test_the_signature_knows_headers_not_places() -> None:
    assert signature(["Unique Key", "Agency"]) == signature(["agency", "unique_key"])
    assert signature(["a"]) != signature(["b"])


def test_a_preview_recalls_before_it_guesses(tmp_path: Path) -> None:
    path = tmp_path / "households.csv"
    path.write_text("户主,别名,经度,纬度\n张三,李四,123.5,47.9\n", encoding="gb18030")
    found = preview(path)
    assert guess_mapping(found, "households") == {"x": "经度", "y": "纬度", "head": "户主"}
    remember(found.columns, Target.HOUSEHOLDS, {"head": "别名"})
    assert guess_mapping(found, "households") == {"head": "别名"}
    assert guess_mapping(found, "households", remembered=False)["head"] == "户主"


def test_values_keep_a_guess_from_the_wrong_column(tmp_path: Path) -> None:
    path = tmp_path / "households.csv"
    path.write_text("户主,经度,纬度,时间\n张三,东经一百二十三度,北纬四十七度,早上\n", encoding="utf-8")
    assert guess_mapping(preview(path), "households") == {"head": "户主"}
    assert "blown" not in guess_mapping(preview(path), "cases")


def test_numbers_are_read_as_tables_write_them() -> None:
    good = {
        "1,015,467": 1_015_467.0,
        "１２３．５": 123.5,
        "-73.5": -73.5,
        "73.5W": -73.5,
        "47.9°N": 47.9,
        "东经123.5度": 123.5,
        "7°30′": 7.5,
    }
    assert {text: number(text) for text in good} == good
    assert all(np.isnan(number(text)) for text in ("", "15m", "15′", "90秒", "1 2", "12:30", "东经123度多", "E"))


def test_headers_that_a_shapefile_cut_to_ten_letters() -> None:
    cut = ["code", "name", "village_co", "village_na", "township_c", "township_n"]
    found = guess(cut, Target.CELL)
    assert found == dict(zip(("code", "name", "village_code", "village_name", "township_code", "township_name"), cut, strict=True))
    assert guess(["所属乡镇代", "所属村编"], Target.CELL)["township_code"] == "所属乡镇代"
    assert guess(["villages", "town"], Target.CELL) == {}


def test_an_empty_column_is_not_the_code() -> None:
    empty, full = np.array([""], dtype=object), np.array(["230225100"], dtype=object)
    table = {"code": full, "name": full, "township_code": empty, "township_name": empty}
    assert guess(list(table), Target.TOWNSHIP, table) == {"code": "code", "name": "name"}
