"""Nobody of a whole (small) demo county is named in anything that is written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_app import language
from gis_app.bootstrap import building_demo, open_county
from gis_app.county.county import County
from gis_app.output.html import write_html
from gis_app.output.maps import write_county_map
from gis_app.output.words import people_of
from gis_app.progress import finish
from tests.output.test_pages import pdf_text


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    path = tmp_path_factory.mktemp("demo") / "demo.gpkg"
    finish(building_demo(path, "small"))
    county = open_county(path)
    yield county
    county.close()


def phones(county: County) -> set[str]:
    state = county.state
    found = set(county.store.rows("households", state.households.id, ["phone"])["phone"].tolist())
    found |= {worker.phone for worker in state.workers.values()}
    return {phone for phone in found | {body.receiver_phone for body in state.bodies.values()} if phone}


def names_in(text: str, names: frozenset[str]) -> set[str]:
    """Return which names occur in a text."""
    lengths = {len(name) for name in names}
    return {text[i : i + length] for i in range(len(text)) for length in lengths if text[i : i + length] in names}


@pytest.mark.parametrize("texts", [False, True])
def test_no_name_and_no_phone_is_in_an_offline_map(demo: County, tmp_path: Path, texts: bool) -> None:
    language.use("zh_CN")
    finish(write_html(demo, tmp_path / "map.html", texts=texts))
    page = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), (tmp_path / "map.html").read_text(encoding="utf-8"))
    page = page[page.index("<header") :]  # the scripts and styles before it name nobody
    assert len(demo.state.cases) > 0
    assert names_in(page, people_of(demo)) == set()
    assert set(re.findall(r"\d{11}", page)) & phones(demo) == set()
    assert len(page) < 5_000_000


@pytest.mark.usefixtures("qapp")
def test_no_name_and_no_phone_is_on_a_page(demo: County, tmp_path: Path) -> None:
    language.use("zh_CN")
    finish(write_county_map(demo, tmp_path / "map.pdf", page="A3"))
    text = pdf_text(tmp_path / "map.pdf")
    assert names_in(text, people_of(demo)) == set()
    assert set(re.findall(r"\d{11}", text)) & phones(demo) == set()
    assert (tmp_path / "map.pdf").stat().st_size < 5_000_000
