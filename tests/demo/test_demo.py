"""The entry: sizes, seeds, refusal; the same seed gives the same rows."""

from pathlib import Path

import numpy as np
import pytest

from gis_app import bootstrap, demo
from gis_app.county.changes import Outcome, Refusal
from gis_app.county.county import County
from gis_app.county.tables import PLAN_TABLES, TABLES
from gis_app.progress import finish


def rows_of(seed: int, path: Path) -> Outcome:
    settings, edit = demo.county("small", seed)
    county = bootstrap.create_county(path, settings)
    outcome = finish(edit.plan(county.state))
    county.close()
    assert isinstance(outcome, Outcome)
    return outcome


def same(one: np.ndarray, other: np.ndarray) -> bool:
    if one.dtype == object:
        return bool(one.tolist() == other.tolist())
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fM"))


def test_the_same_seed_gives_the_same_county_and_another_another(tmp_path: Path) -> None:
    first, again, other = rows_of(7, tmp_path / "a.gpkg"), rows_of(7, tmp_path / "b.gpkg"), rows_of(8, tmp_path / "c.gpkg")
    for one, two in zip(first.rows, again.rows, strict=True):
        assert all(same(one.insert[name], two.insert[name]) for name in one.insert), one.table
    households, others = (next(r for r in o.rows if r.table == "households").insert for o in (first, other))
    assert not same(households["geom"], others["geom"])


def test_all_columns_of_all_tables_are_filled(tmp_path: Path) -> None:
    outcome = rows_of(1, tmp_path / "a.gpkg")
    of_plans = {"plans", *PLAN_TABLES, "closed_units", "reference_layers", "ignored_problems"}  # the county file has its first plan already
    of_others = {"feeds"}  # there is no server that a demo county could fetch from
    assert {change.table for change in outcome.rows} == set(TABLES) - of_plans - of_others
    for change in (change for change in outcome.rows if change.table != "settings"):
        assert set(change.insert) == {"id", *TABLES[change.table]}, change.table
        assert len({len(column) for column in change.insert.values()}) == 1
        assert len(change.insert["id"]), change.table


def test_an_unknown_size_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="size"):
        demo.county("huge")


def test_a_county_that_has_units_is_not_filled_again(county: County, size: str) -> None:
    refused = finish(demo.county("small")[1].plan(county.state))
    assert isinstance(refused, Refusal)
    assert "empty" in str(refused.reason)


def test_the_settings_say_where_and_when_the_county_lives(county: County, size: str) -> None:
    settings = county.state.settings
    assert (settings.name, settings.code, settings.crs) == ("示例县", "230225", "EPSG:4550")
    assert settings.metadata["demo"] == size
    assert settings.now().isoformat() == demo.FIXED_NOW
    assert settings.plan_name


def test_undo_does_not_take_the_whole_county_away(county: County) -> None:
    assert county.store.history() == []
