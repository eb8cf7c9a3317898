import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from gis_app import language
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.grid.coverage import build_coverage
from gis_app.grid.units import Level
from gis_app.map.palette import DARK, LIGHT
from gis_app.map.scene import LayerKind, Scene, default_layers
from gis_app.output.errors import OutputError
from gis_app.output.maps import write_county_map
from gis_app.output.page import Orientation
from gis_app.output.qt.pages import PAPER, write_map
from gis_app.progress import Progress, finish
from tests.output import made

pytestmark = pytest.mark.usefixtures("qapp")


def scene_of(county: County) -> Scene:
    return Scene(county.state, LIGHT, made.NOW, default_layers("plan")).with_layer(LayerKind.CASES, visible=True)


def written(county: County, path: Path, **options: Any) -> Path:
    finish(write_map(scene_of(county), path, **options))
    return path


def pdf_text(path: Path) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not on this machine")
    return subprocess.run([tool, str(path), "-"], capture_output=True, text=True, check=True).stdout


def page_sizes(path: Path) -> list[tuple[float, float]]:
    """Return width and height (mm) of every page of a PDF."""
    boxes = re.findall(rb"/MediaBox \[([\d. ]+)\]", path.read_bytes())
    corners = [[float(number) / 72 * 25.4 for number in box.split()] for box in boxes]
    return [(corner[2] - corner[0], corner[3] - corner[1]) for corner in corners]


@pytest.mark.parametrize(("size", "short", "long"), [("A4", 210, 297), ("A3", 297, 420)])
@pytest.mark.parametrize("orientation", [Orientation.LANDSCAPE, Orientation.PORTRAIT])
def test_a_pdf_is_one_page_of_the_size(county: County, tmp_path: Path, size: str, short: int, long: int, orientation: Orientation) -> None:
    (page,) = page_sizes(written(county, tmp_path / "map.pdf", size=size, orientation=orientation))
    assert page == pytest.approx((long, short) if orientation == Orientation.LANDSCAPE else (short, long), abs=0.5)


def test_chinese_in_a_pdf_can_be_selected(county: County, tmp_path: Path) -> None:
    language.use("zh_CN")
    text = pdf_text(written(county, tmp_path / "map.pdf", title="示例县网格图(征求意见)"))
    for words in (
        "示例县网格图(征求意见)",
        "甘南镇",
        "永安村",
        "第三网格",
        "未办结哨",
        "数据截至 2020-06-01 08:00",
        "资料来源：示例县网格数据",
        "北",
    ):
        assert words in text
    assert re.search(r"1 : 2\d,[05]00", text)


def test_nobody_is_named_on_a_page(county: County, tmp_path: Path) -> None:
    text = pdf_text(written(county, tmp_path / "map.pdf"))
    for secret in (made.WORKER, made.RECEIVER, made.PHONE):
        assert secret not in text
    assert "about 840" in text  # 843 would give the three away


def test_a_picture_shows_the_map_and_lies_where_its_world_file_says(county: County, tmp_path: Path) -> None:
    path = written(county, tmp_path / "map.png", dpi=150)
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (1240, 1754)
    assert picture.dotsPerMeterX() == round(150 / 0.0254)
    a, d, b, e, c, f = (float(line) for line in (tmp_path / "map.pgw").read_text().splitlines())
    assert (d, b) == (0, 0)
    assert a == -e > 0

    def colour_at(x: float, y: float) -> QColor:
        return picture.pixelColor(round((x - c) / a), round((y - f) / e))

    west, south = made.WEST, made.SOUTH
    assert colour_at(west + 300, south + 1300).name().upper() == "#F7F4EC"  # the cell without households
    assert colour_at(west + 1300, south + 1300).name().upper() == "#93C5BF"  # one with 60
    assert colour_at(west - 50, south + 1300).name().upper() == PAPER.map_ground
    # the border between two villages is a dark line, within two pixels of where it is
    assert min(colour_at(west + 1000 + i * a, south + 1300).lightness() for i in (-2, -1, 0, 1, 2)) < 120
    aux = ET.parse(tmp_path / "map.png.aux.xml")
    assert "CGCS2000 / 3-degree Gauss-Kruger CM 123E" in (aux.findtext("SRS") or "")


def test_an_svg_holds_texts_as_texts(county: County, tmp_path: Path) -> None:
    language.use("zh_CN")
    tree = ET.parse(written(county, tmp_path / "map.svg"))
    root = tree.getroot()
    assert root.attrib["width"].endswith("mm")
    texts = {"".join(element.itertext()).strip() for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"示例县网格图", "永安村", "概况：示例县"} <= texts
    assert "clipPath" in (tmp_path / "map.svg").read_text(encoding="utf-8")


def test_a_page_of_a_unit_is_about_the_unit(county: County, tmp_path: Path) -> None:
    path = written(county, tmp_path / "village.png", unit="230225100201", dpi=100)
    picture = QImage(str(path))
    a, _, _, e, c, f = (float(line) for line in (tmp_path / "village.pgw").read_text().splitlines())
    own = picture.pixelColor(round((made.WEST + 300 - c) / a), round((made.SOUTH + 2300 - f) / e))
    neighbour = picture.pixelColor(round((made.WEST + 1300 - c) / a), round((made.SOUTH + 2300 - f) / e))
    assert own.name().upper() == "#93C5BF"
    assert neighbour.lightness() > own.lightness() + 30
    text = pdf_text(written(county, tmp_path / "village.pdf", unit="230225100201"))
    assert "永安村, 甘南镇 grid map" in text
    assert "第二网格" in text


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_its_page(county: County, tmp_path: Path, level: Level) -> None:
    unit = county.state.units.at_level(level)[0]
    assert page_sizes(written(county, tmp_path / "unit.pdf", unit=unit.code))


def test_the_present_view_is_on_the_page(county: County, tmp_path: Path) -> None:
    extent = (made.WEST + 1000, made.SOUTH + 1500, made.WEST + 2000, made.SOUTH + 2500)
    text = pdf_text(written(county, tmp_path / "view.pdf", extent=extent))
    assert "富国村" in text
    assert "和兴沟村" not in text


def test_a_page_is_light_whatever_the_window_is(county: County, tmp_path: Path) -> None:
    finish(write_map(replace(scene_of(county), palette=DARK), tmp_path / "dark.png", dpi=60))
    assert QImage(str(tmp_path / "dark.png")).pixelColor(1, 1) == QColor("white")


def test_one_call_writes_every_kind(county: County, tmp_path: Path) -> None:
    for suffix in (".pdf", ".png", ".svg", ".html"):
        finish(write_county_map(county, tmp_path / f"map{suffix}", title="T", page="A4"))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"map.pdf", "map.png", "map.pgw", "map.png.aux.xml", "map.svg", "map.html"}


def test_progress_grows_and_cancelling_leaves_nothing(county: County, tmp_path: Path) -> None:
    fractions = [progress.fraction for progress in write_map(scene_of(county), tmp_path / "map.pdf")]
    assert fractions == sorted(fractions)
    (tmp_path / "map.pdf").unlink()
    for stop_after in (1, 3, 12):
        steps = write_map(scene_of(county), tmp_path / "map.pdf")
        for _ in range(stop_after):
            assert isinstance(next(steps), Progress)
        steps.close()
        assert not list(tmp_path.iterdir())


def test_mistakes_are_one_sentence(county: County, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"map\.doc: a map can be written as"):
        written(county, tmp_path / "map.doc")
    with pytest.raises(OutputError, match="no folder"):
        written(county, tmp_path / "none" / "map.pdf")
    with pytest.raises(OutputError, match="999"):
        written(county, tmp_path / "map.pdf", unit="999")
    bare = replace(county.state, coverage=build_coverage([], []))
    with pytest.raises(OutputError, match="no cells yet"):
        finish(write_map(replace(scene_of(county), state=bare), tmp_path / "map.pdf"))
    nowhere = replace(county.state, settings=replace(county.state.settings, crs="EPSG:999999"))
    with pytest.raises(UserError, match="EPSG:999999"):
        finish(write_map(replace(scene_of(county), state=nowhere), tmp_path / "map.pdf"))
    assert not list(tmp_path.iterdir())


def test_writing_from_another_thread(county: County, tmp_path: Path, qtbot: QtBot) -> None:
    from concurrent.futures import ThreadPoolExecutor

    del qtbot
    with ThreadPoolExecutor(1) as pool:
        pool.submit(written, county, tmp_path / "map.pdf").result(timeout=60)
        pool.submit(written, county, tmp_path / "map.png", dpi=60).result(timeout=60)
    assert page_sizes(tmp_path / "map.pdf")


def test_without_an_application_one_is_started(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from gis_app.progress import finish
from gis_app.output.maps import write_county_map
from tests.output import made
from tests.output.conftest import opened
finish(write_county_map(opened(made.small_state()), Path({str(tmp_path)!r}) / "map.pdf"))
"""
    import os
    import sys

    environment = {key: value for key, value in os.environ.items() if key not in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")}
    root = Path(__file__).parent.parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert page_sizes(tmp_path / "map.pdf")
