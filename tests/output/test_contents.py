from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from gis_app import language
from gis_app.county.county import County
from gis_app.output.contents import contents, crs_text, figures, find_unit, place_name, public_count, public_total
from gis_app.output.errors import OutputError
from tests.output import made


def test_the_page_of_a_county_says_what_when_and_whence(county: County) -> None:
    language.use("zh_CN")
    written = contents(county.state, made.NOW)
    assert written.title == "示例县网格图"
    assert written.date == "数据截至 2020-06-01 08:00"
    assert "2020 年 5 月" in written.source
    assert "2020-05-10" in written.source
    assert "EPSG:4550" in written.source


def test_a_unit_is_named_with_its_township(county: County) -> None:
    village = find_unit(county.state, "230225201201")
    assert place_name(county.state, village) == "新福窝村, 双阳乡"
    language.use("zh_CN")
    assert place_name(county.state, village) == "双阳乡新福窝村"


def test_an_english_name_of_the_county_is_used_in_english(county: County) -> None:
    settings = replace(county.state.settings, metadata={"name_en": "Sample County"})
    state = replace(county.state, settings=settings)
    assert contents(state, made.NOW).title == "Sample County grid map"


def test_a_title_of_ones_own_stays(county: County) -> None:
    assert contents(county.state, made.NOW, title="春季会议").title == "春季会议"


def test_an_unknown_code_is_one_sentence(county: County) -> None:
    with pytest.raises(OutputError, match="999"):
        find_unit(county.state, "999")


def test_small_counts_of_households_are_not_published() -> None:
    assert [public_count(n) for n in (0, 1, 4, 5, 1234)] == ["0", "fewer than 5", "fewer than 5", "5", "1,234"]


def test_a_suppressed_count_cannot_be_worked_out_from_the_total() -> None:
    assert public_total(np.array([60, 60])) == "120"
    assert public_total(np.array([60, 3, 60])) == public_total(np.array([60, 1, 60])) == "about 120"
    assert public_total(np.array([3, 0])) == "fewer than 5"


def test_figures_of_the_county_and_of_a_village(county: County) -> None:
    rows = dict(figures(county.state))
    assert rows["Townships"] == "2"
    assert rows["Villages and communities"] == "4"
    assert rows["Cells"] == "16"
    assert rows["Households"] == "about 840"
    assert rows["Cells below the floor"] == "2"
    assert rows["Grid workers"] == "15"
    assert rows["Open whistles"] == "6"
    village = dict(figures(county.state, find_unit(county.state, "230225201202")))
    assert village == {"Cells": "4", "Households": "240", "Cells below the floor": "0", "Grid workers": "3", "Open whistles": "0"}


def test_a_county_without_people_has_no_figures_of_them(county: County) -> None:
    empty = np.empty(0)
    state = replace(
        county.state, households=made.households(empty, empty, empty.astype(np.int64)), workers={}, cases=made.some_cases(0, [1])
    )
    assert dict(figures(state)) == {"Townships": "2", "Villages and communities": "4", "Cells": "16"}


def test_coordinate_systems_are_named() -> None:
    assert crs_text("EPSG:4550") == "CGCS2000 / 3-degree Gauss-Kruger CM 123E (EPSG:4550)"


def test_times_are_those_of_the_county(county: County) -> None:
    assert "2020-04-29 00:30" in contents(county.state, datetime(2020, 4, 28, 16, 30, tzinfo=UTC)).date
