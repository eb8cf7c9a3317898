"""The search box and the filter of tables: what is found, and in which order."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app.bootstrap import open_county
from gis_app.county.changes import RowChange
from gis_app.county.content import objects
from gis_app.county.county import County
from gis_app.storage.text_index import Match, column_text, fold, text_index
from tests.county.samples import edit


@pytest.fixture
def county(path: Path) -> Iterator[County]:
    opened = open_county(path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("230225101201", ("units", 2)),  # the whole code comes before those that begin with it
        ("永安村", ("units", 2)),
        ("yac", ("units", 2)),
        ("YAC", ("units", 2)),
        ("住建", ("bodies", 3)),
        ("王强", ("workers", 1)),
        ("周杰", ("bodies", 3)),
        ("张伟", ("households", 1)),
        ("zw", ("households", 1)),
        ("138123", ("households", 1)),
        ("利丰小区", ("households", 3)),
        ("H002", ("households", 2)),
        ("h002", ("households", 2)),
        ("john", ("households", 4)),
        ("５０%", ("households", 9)),
        ("50%_", ("households", 9)),
        ("20200501-002", ("cases", 20)),
        ("违建", ("cases", 10)),
        ("永安 一组", ("units", 4)),
    ],
)
def test_what_is_meant_comes_first(county: County, words: str, first: tuple[str, int]) -> None:
    hit = county.store.search(words)[0]
    assert (hit.table, hit.id) == first


def test_what_is_not_there_is_not_found(county: County) -> None:
    for words in ("", "  ", "没有", "%", "_1", "(", "\\"):
        found = {(hit.table, hit.id) for hit in county.store.search(words)}
        assert found == ({("households", 9)} if words == "%" else set()), words
    assert county.store.search("张伟", limit=0) == []


def test_hits_say_what_they_are(county: County) -> None:
    unit, home, case = (county.store.search(words)[0] for words in ("利丰一格", "张伟", "20200501-001"))
    assert (unit.text, unit.detail) == ("利丰一格", "230225 101 002 001 · 利丰社区")
    assert (home.text, home.detail) == ("张伟", "永安村1号")
    assert (case.text, case.detail) == ("20200501-001", "小区违建车库 · 永安村一组")


def test_one_kind_does_not_hide_another(county: County) -> None:
    ids = np.arange(100, 200)
    county.perform(edit(RowChange("households", insert={"id": ids, "head": objects(["永安村民"] * 100)})))
    tables = {hit.table for hit in county.store.search("永安村", limit=12)}
    assert {"units", "bodies", "households"} <= tables
    assert len(county.store.search("永安村民", limit=12)) == 12


def test_what_is_changed_is_found_at_once(county: County) -> None:
    assert not county.store.search("向阳")
    county.perform(edit(RowChange("units", update={"id": np.array([4]), "name": objects(["向阳屯"])})))
    assert county.store.search("向阳")[0].id == 4 and county.store.search("xyt")[0].id == 4
    county.undo()
    assert not county.store.search("向阳")


def test_the_filter_of_a_table(county: County) -> None:
    assert county.store.matching("households", "永安村").tolist() == [1, 2]
    assert county.store.matching("households", "永安村 138").tolist() == [1]
    assert county.store.matching("households", "JOHN").tolist() == [4]
    assert county.store.matching("households", "%").tolist() == [9]
    assert county.store.matching("households", "").tolist() == [1, 2, 3, 4, 9]
    assert county.store.matching("units", "2302251010").tolist() == [3, 6, 7]
    assert county.store.matching("settings", "rural_floor").tolist() == [5]


TEXTS = st.lists(st.text(st.characters(categories=("L", "N", "P", "Z", "Cc"))), max_size=8)


@given(TEXTS, st.text(min_size=1, max_size=3))
def test_the_index_finds_what_comparing_every_value_finds(values: list[str], word: str) -> None:
    sought = fold(word).replace("\n", " ")
    column = column_text(values)
    folded = [fold(value.replace("\n", " ")) for value in values]
    assert list(column.rows(sought, Match.EXACT)) == [i for i, value in enumerate(folded) if value == sought]
    assert list(column.rows(sought, Match.PREFIX)) == [i for i, value in enumerate(folded) if value.startswith(sought)]
    assert list(column.rows(sought, Match.SUBSTRING)) == [i for i, value in enumerate(folded) if sought in value]
    assert list(column.rows(sought, Match.SUBSTRING, 1)) == [i for i, value in enumerate(folded) if sought in value][:1]


def test_an_empty_table_has_an_index() -> None:
    index = text_index(np.empty(0, np.int64), [("name", [])])
    assert index.containing("x").tolist() == [] and index.containing("").tolist() == []
    assert list(index.columns["name"].rows("x", Match.SUBSTRING)) == []


def test_a_unit_of_a_former_grid_is_found_by_number_name_and_contact_with_its_grid(county: County) -> None:
    grid = RowChange("former_grids", insert={"id": np.array([1]), "name": objects(["公安警务网格"])})
    units = RowChange(
        "former_units",
        insert={
            "id": np.array([1, 2]),
            "grid": np.array([1, 1]),
            "code": objects(["0452-17", "0452-18"]),
            "name": objects(["城东警务区", ""]),
            "contact": objects(["钱民警", ""]),
        },
    )
    county.perform(edit(grid, units))
    for words in ("0452-17", "城东警务区", "cdjwq", "钱民警", "城东"):
        hit = county.store.search(words)[0]
        assert (hit.table, hit.id, hit.text) == ("former_units", 1, "城东警务区"), words
        assert hit.detail == "0452-17 · 公安警务网格"
    assert county.store.search("0452-18")[0].text == "0452-18", "a unit without a name is called by its number"
