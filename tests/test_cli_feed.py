"""Whistles from servers and out to other systems, on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.files.open311_server import Open311, request, serving
from tests.journeys.command_line import gis_app, report


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feed") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open311]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serving(Open311([request(number, lat=47.9, long=123.5) for number in range(12)])) as running:
        yield running


def test_a_server_is_added_fetched_from_listed_and_removed(county: Path, server: Open311) -> None:
    before = report("stats", county)["received"]
    options = ("--name", "city", "--from", "2026-01-01", "--page-size", "5", "--create-categories", "--create-bodies")
    added = report("feed", county, "add", f"{server.address}/requests.json?jurisdiction_id=city.gov", *options)
    assert (added["name"], added["address"], added["options"]["jurisdiction"]) == ("city", server.address, "city.gov")
    assert "never fetched" in gis_app("feed", county, "list")
    some = report("feed", county, "fetch", "city", "--pages", "1")["feeds"]["city"]
    assert (some["added"], some["complete"]) == (5, False)
    assert "stopped midway" in gis_app("feed", county, "list")
    rest = report("feed", county, "fetch")["feeds"]["city"]
    assert (rest["added"], rest["complete"]) == (7, True)
    assert report("feed", county, "fetch")["feeds"]["city"]["added"] == 0
    assert report("stats", county)["received"] == before + 12
    assert server.asked[0][1]["jurisdiction_id"] == "city.gov"
    assert "There is no server town" in gis_app("feed", county, "fetch", "town", code=2)
    assert report("feed", county, "remove", "city") == {"removed": "city"}
    assert report("feed", county, "list") == {"feeds": []}
    assert "no server to fetch from" in gis_app("feed", county, "fetch", code=2)


def test_a_server_that_fails_ends_with_one_sentence(county: Path, server: Open311) -> None:
    server.trouble = lambda _resource, _parameters: (403, b"", {})
    report("feed", county, "add", server.address, "--name", "closed")
    message = gis_app("feed", county, "fetch", "closed", code=2)
    assert "refuses: 403" in message
    assert len(message.strip().splitlines()) == 1
    report("feed", county, "remove", "closed")


def test_an_address_that_is_none(county: Path) -> None:
    assert "begins with http" in gis_app("feed", county, "add", "nowhere", code=2)


def test_whistles_go_out_and_come_back(county: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    written = report("export", "cases", county, out, "--from", "2020-04-01", "--to", "2020-04-28")
    requests = json.loads(out.read_text(encoding="utf-8"))
    assert written["rows"] == len(requests) == report("stats", county, "--from", "2020-04-01", "--to", "2020-04-28")["received"]
    other = tmp_path / "other.gpkg"
    report("new", other, "--name", "other")
    dry = report("import", "cases", other, out, "--create-categories", "--create-bodies", "--dry-run")
    assert (dry["imported"], dry["dry_run"], sum(dry["routed"].values())) == (len(requests), True, len(requests))
    assert report("stats", other)["received"] == 0
    assert "Nothing was written." in gis_app("import", "cases", other, out, "--dry-run")
    done = report("import", "cases", other, out, "--format", "open311", "--create-categories", "--create-bodies")
    assert done["imported"] == len(requests)
    again = report("import", "cases", other, out)
    assert (again["imported"], again["known"], again["updated"]) == (0, len(requests), 0)
    days = ("--from", "2020-04-01", "--to", "2020-04-28")
    here, there = report("stats", county, *days), report("stats", other, *days)
    assert all(here[name] == there[name] for name in ("received", "reasonable", "completed", "completion_rate"))


def test_periods_are_checked(county: Path, tmp_path: Path) -> None:
    message = gis_app("export", "cases", county, tmp_path / "a.csv", "--from", "2020-05-02", "--to", "2020-05-01", code=2)
    assert "is not before" in message
    assert "must end in" in gis_app("export", "cases", county, tmp_path / "a.docx", code=2)
