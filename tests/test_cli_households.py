"""`gis-app households`: the quality list of the register, masked unless names are asked for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_app.bootstrap import open_county
from gis_app.cli_households import KINDS
from gis_app.cli_shared import opened_county
from gis_app.county.edits import assign_households
from gis_app.county.household_edits import change_households
from gis_app.errors import UserError
from gis_app.grid.household_quality import Fault
from tests.cli import report, run
from tests.county.samples import make


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "county.gpkg"
    made = make(path)
    made.perform(assign_households())
    codes = {id: {"code": f"H{id:04d}"} for id in made.state.households.id.tolist()}
    made.perform(change_households(made.store, codes))
    changes = {1: {"head": "欧阳天成", "phone": "+86-13812341234"}, 2: {"code": "2.0", "phone": "none"}}
    made.perform(change_households(made.store, changes))
    made.close()
    yield path
    open_county(path).close()  # no command leaves it locked


def test_the_help_knows_the_kinds() -> None:
    assert tuple(fault.value for fault in Fault) == KINDS


def test_faults_are_listed_masked_with_what_mends_them(county: Path) -> None:
    found = report("households", county, "quality", "--kind", "phone", "--kind", "code", code=1)
    assert found["counts"] == {"phone": 2, "code": 1}
    first, second, third = found["findings"]
    assert (first["kind"], first["mend"], first["value"]) == ("phone", "phone", "138****1234")
    assert [(home["id"], home["code"], home["head"]) for home in first["households"]] == [(1, "H0001", "欧*")]
    assert (second["mend"], second["value"]) == (None, None)
    assert (third["mend"], third["value"], third["households"][0]["id"]) == ("code", "2", 2)
    words = run("households", county, "quality", "--kind", "phone", code=1)
    assert "Phone malformed: 2" in words and "H0001 欧*" in words and "13812341234" not in words and "欧阳天成" not in words
    full = report("households", county, "quality", "--kind", "phone", "--private", code=1)["findings"][0]
    assert full["value"] == "13812341234" and full["households"][0]["head"] == "欧阳天成"


def test_no_kind_of_fault_is_crowded_out_of_the_list_by_another(county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_county(county)
    opened.perform(change_households(opened.store, {one: {"phone": "?"} for one in opened.state.households.id.tolist()}))
    opened.close()
    monkeypatch.setattr("gis_app.cli_households.MOST", 2)
    words = run("households", county, "quality", "--kind", "phone", "--kind", "code", code=1).splitlines()
    after = words[words.index("Code damaged:") :]
    assert len(after) == 2 and "… and" in words[words.index("Phone malformed:") + 2]


def test_where_nothing_is_wrong_the_command_says_so(county: Path) -> None:
    opened = open_county(county)
    opened.perform(change_households(opened.store, {1: {"phone": ""}, 2: {"phone": "", "code": "H0002"}}))
    opened.close()
    assert report("households", county, "quality", "--kind", "phone") == {"counts": {}, "findings": []}
    assert "Nothing is wrong" in run("households", county, "quality", "--kind", "phone")


def test_a_county_is_closed_whatever_happens(county: Path, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), opened_county(str(county)):
        raise ZeroDivisionError
    with opened_county(str(county)) as opened:
        assert len(opened.state.households)
    with pytest.raises(UserError), opened_county(str(tmp_path / "none.gpkg")):
        pass
