"""Figures on the command line, with their definitions in both languages."""

from pathlib import Path

import pytest

from tests.cli import report, run


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stats") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


def test_every_figure_comes_with_its_definition_in_both_languages(county: Path) -> None:
    found = report("stats", county)
    assert found["completion_rate"] == found["completed"] / found["reasonable"]
    for key, texts in found["definitions"].items():
        assert key in found
        assert texts["definition"]["en"].endswith(".") and texts["definition"]["zh_CN"].endswith("。")
        assert texts["name"]["en"] != texts["name"]["zh_CN"]
    sure = found["of"]["satisfaction_rate"]
    assert sure["low"] < found["satisfaction_rate"] < sure["high"] and sure["count"] > 100


@pytest.mark.parametrize("by", ["body", "township", "village", "cell", "category", "kind", "urgency", "month"])
def test_parts_add_up_to_the_county(county: Path, by: str) -> None:
    found = report("stats", county, "--from", "2020-04-01", "--to", "2021-03-31", "--by", by)
    for key in ("received", "completed", "arrivals", "handed_over", "returned", "overdue", "ping_pong"):
        assert sum(row[key] for row in found["rows"]) == found[key]
    assert all(row["name"] for row in found["rows"])
    order = [row["key"] if by == "month" else -row["received"] for row in found["rows"]]
    assert order == sorted(order)


def test_in_words(county: Path) -> None:
    text = run("stats", county, "--by", "cell")
    assert text.startswith("received ") and "Of the rated whistles" in text and "and 7" in text.splitlines()[-1]
    assert run("stats", county, "--from", "1990-01-01", "--to", "1990-01-02").count("  —  ") == 27


def test_fewer_days_make_fewer_repeats(county: Path) -> None:
    assert report("stats", county, "--repeat-days", 1)["repeats"] < report("stats", county, "--repeat-days", 365)["repeats"]
