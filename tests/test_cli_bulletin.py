"""The monthly bulletin on the command line."""

from pathlib import Path

import pytest
from docx import Document

from tests.cli import report, run


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bulletin") / "small.gpkg"
    report("demo", path, "--size", "small")
    return path


def test_a_bulletin_is_written_from_the_offices_own_template(county: Path, tmp_path: Path) -> None:
    own, out = tmp_path / "own.docx", tmp_path / "out.docx"
    assert "own.docx" in run("bulletin", county, "2020-04", own, "--save-template")
    document = Document(str(own))
    document.paragraphs[0].insert_paragraph_before("Letterhead of the office")
    document.save(str(own))
    found = report("bulletin", county, "2020-04", out, "--template", own)
    days = ("--from", "2020-04-01", "--to", "2020-04-30")
    whole = report("stats", county, *days)
    assert {key: found[key] for key in ("received", "reasonable", "completed")} == {
        key: whole[key] for key in ("received", "reasonable", "completed")
    }
    assert Document(str(out)).paragraphs[0].text == "Letterhead of the office"


def test_bad_input_ends_with_one_sentence(county: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.docx"
    assert "2020-04" in run("bulletin", county, "April", out, code=2)
    assert ".xlsx" in run("bulletin", county, "2020-04", tmp_path / "out.odt", code=2)
    assert "no such template" in run("bulletin", county, "2020-04", out, "--template", tmp_path / "none.docx", code=2)
    assert "1999-01" in run("bulletin", county, "1999-01", out, code=2)
    assert "a .docx" in run("bulletin", county, "2020-04", tmp_path / "out.xlsx", "--save-template", code=2)
    assert "is a county file" in run("bulletin", county, "2020-04", county, code=2)
    assert not out.exists()
