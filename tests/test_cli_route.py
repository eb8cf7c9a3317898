"""`gis-app route`: who is responsible, by which rule, and why not by the others."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gis_app.bootstrap import open_county
from gis_app.cases.bodies import Rule
from gis_app.cases.case import Urgency
from gis_app.cli import main
from gis_app.county.rule_edits import add_rule
from gis_app.grid.datum import from_county
from tests.county.samples import EAST, NORTH, make

Run = Callable[..., Any]


def ended(*arguments: str) -> int:
    """Run a command and return its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    assert isinstance(stop.value.code, int)
    return stop.value.code


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    path = tmp_path / "county.gpkg"
    county = make(path)
    for rule in (
        Rule(0, body=4),
        Rule(0, 1, "help", 2, urgency=Urgency.EMERGENCY),
        Rule(0, 1, "help", 4, valid_from=date(2020, 5, 1), valid_to=date(2020, 5, 31)),
    ):
        county.perform(add_rule(rule))
    county.close()

    def run(x: float, *options: str, as_json: bool = True) -> Any:
        longitude, latitude = from_county([EAST + x], [NORTH + 50], "EPSG:4550", "wgs84")
        at = f"{float(longitude[0]):.8f},{float(latitude[0]):.8f}"
        code = ended("route", str(path), "--at", at, "--lang", "en", *options, *(["--json"] if as_json else []))
        told = capsys.readouterr().out
        assert code == 0
        return json.loads(told) if as_json else told

    return run


def test_urgency_and_day_choose_the_rule(run: Run) -> None:
    here = ("--category", "C1")
    assert (run(50, *here)["rule"], run(50, *here)["day"]) == (1, "2020-06-01"), "today is the day of the county"
    emergency = run(50, *here, "--urgency", "emergency", "--day", "2020-05-31")
    assert (emergency["rule"], emergency["body"]) == (3, "东风镇政府")
    assert run(50, *here, "--day", "2020-05-31")["body"] == "县党群服务中心"
    assert run(50, *here, "--day", "2020-05-31")["why"][-2] == (
        "Category “Building”, kind “Request for help”, from 2020-05-01, until 2020-05-31 → 县党群服务中心 (rule 4)."
    )


def test_the_runners_up_say_why_they_lost(run: Run) -> None:
    rules = run(50, "--category", "C1", "--urgency", "emergency", "--day", "2020-05-31")["rules"]
    assert [(rule["rule"], rule["decides"], rule["fits"], rule["body"]) for rule in rules] == [
        (3, True, True, "东风镇政府"), (4, False, True, "县党群服务中心"), (1, False, True, "住建局"), (2, False, True, "县党群服务中心"),
    ]  # fmt: skip
    assert rules[0]["conditions"] == ["category “Building”", "kind “Request for help”", "urgency “Emergency”"]
    assert rules[0]["why_not"] is None and rules[1]["why_not"] == "Rule 3 is for this urgency alone, this one for any."
    late = run(50, "--category", "C1")["rules"]
    assert [rule["why_not"] for rule in late if not rule["fits"]] == ["only for urgency “Emergency”", "ended on 2020-05-31"]
    assert "Rule 2 (县党群服务中心): Rule 1 is for this category alone" in run(50, "--category", "C1", as_json=False)


def test_near_a_border_both_cells_are_told(run: Run) -> None:
    near = run(98, "--accuracy", "10")
    assert near["uncertain"] and [side["cell"] for side in near["sides"]] == ["230225101201001", "230225101201002"]
    assert near["sides"][1]["distance"] == pytest.approx(2, abs=0.1)
    assert "Across the border, 2.0 m away: cell 230225101201002" in run(98, "--accuracy", "10", as_json=False)
    assert run(50)["sides"] == []


@pytest.mark.parametrize("options", [("--day", "3/4/20"), ("--urgency", "now"), ("--kind", "shout"), ("--accuracy", "-5")])
def test_what_cannot_be_understood_is_refused(run: Run, tmp_path: Path, options: tuple[str, ...]) -> None:
    assert ended("route", str(tmp_path / "county.gpkg"), "--at", "123.5,47.9", *options) == 2
    county = open_county(tmp_path / "county.gpkg")
    assert len(county.state.rules) == 4
    county.close()
