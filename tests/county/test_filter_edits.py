"""Filters that an office saves: kept, renamed, deleted, undone, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_app import bootstrap, demo
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.filter_edits import SavedFilter, delete_filter, rename_filter, save_filter, saved_filters


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    settings, _ = demo.county("small")
    county = bootstrap.create_county(tmp_path_factory.mktemp("filters") / "county.gpkg", settings)
    yield county
    county.close()


@pytest.fixture
def county(made: County) -> County:
    for saved in saved_filters(made.store):
        assert isinstance(made.perform(delete_filter(made.store, saved.id)), Changes)
    return made


def refused(county: County, edit: object) -> str:
    result = county.perform(edit)  # type: ignore[arg-type]
    assert isinstance(result, Refusal)
    return result.code


def named(county: County) -> list[str]:
    return [saved.name for saved in saved_filters(county.store)]


def test_a_filter_is_kept_replaced_renamed_and_deleted(county: County) -> None:
    first = county.perform(save_filter(county.store, " 供热未办结 ", {"category": 5, "states": [0, 1, 2]}))
    assert isinstance(first, Changes) and first.report == SavedFilter(1, "供热未办结", {"category": 5, "states": [0, 1, 2]})
    county.perform(save_filter(county.store, "已超时", {"queue": "overdue"}))
    county.perform(save_filter(county.store, "供热未办结", {"category": 5}))
    assert saved_filters(county.store) == (SavedFilter(1, "供热未办结", {"category": 5}), SavedFilter(2, "已超时", {"queue": "overdue"}))
    county.perform(rename_filter(county.store, 2, "超期"))
    county.perform(delete_filter(county.store, 1))
    assert named(county) == ["超期"]


def test_a_deleted_filter_comes_back(county: County) -> None:
    county.perform(save_filter(county.store, "超期", {"queue": "overdue"}))
    before = saved_filters(county.store)
    changes = county.perform(delete_filter(county.store, before[0].id))
    assert isinstance(changes, Changes) and "超期" in str(changes.title) and not named(county)
    county.undo()
    assert saved_filters(county.store) == before


def test_what_is_refused_changes_nothing(county: County) -> None:
    county.perform(save_filter(county.store, "一", {"kind": 1}))
    county.perform(save_filter(county.store, "二", {"kind": 2}))
    one = saved_filters(county.store)[0].id
    before = saved_filters(county.store)
    assert refused(county, save_filter(county.store, "  ", {"kind": 1})) == "no_name"
    assert refused(county, save_filter(county.store, "三", {})) == "no_filter"
    assert refused(county, rename_filter(county.store, one, "二")) == "taken"
    assert refused(county, rename_filter(county.store, one, "")) == "no_name"
    assert refused(county, rename_filter(county.store, 99, "四")) == "no_filter"
    assert refused(county, delete_filter(county.store, 99)) == "no_filter"
    unchanged = county.perform(rename_filter(county.store, one, "一"))
    assert isinstance(unchanged, Changes) and not unchanged.ids
    assert saved_filters(county.store) == before


def test_saved_filters_outlive_the_program(tmp_path: Path) -> None:
    settings, _ = demo.county("small")
    county = bootstrap.create_county(tmp_path / "county.gpkg", settings)
    county.perform(save_filter(county.store, "超期", {"queue": "overdue"}))
    county.close()
    again = bootstrap.open_county(tmp_path / "county.gpkg")
    assert named(again) == ["超期"]
    again.close()
