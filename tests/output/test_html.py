import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gis_app import language
from gis_app.county.county import County
from gis_app.errors import UserError
from gis_app.grid.coverage import build_coverage, polygons
from gis_app.grid.units import Hierarchy
from gis_app.map.palette import DARK
from gis_app.map.scene import Figure, LayerKind, Scene, default_layers
from gis_app.output import leaflet
from gis_app.output.errors import OutputError
from gis_app.output.html import write_html
from gis_app.progress import Progress, finish
from tests.output import made
from tests.output.conftest import opened


def written(county: County, path: Path, **options: Any) -> str:
    finish(write_html(county, path, **options))
    return path.read_text(encoding="utf-8")


def texts(page: str) -> str:
    """Return a page with the escapes of JSON undone, so that Chinese can be looked for."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), page)


def cells(page: str) -> dict[str, Any]:
    """Return name → feature of the cells of a page."""
    found = re.search(r"geo_json_\w+_add\((\{.*?\"FeatureCollection\"\})\);", page)
    assert found
    return {feature["properties"]["n"]: feature for feature in json.loads(found[1])["features"]}


def whistles(page: str) -> dict[str, Any]:
    found = re.search(r"grid\.whistles\((\{.*?\})\);", page)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_nobody_is_named_and_no_phone_is_given(county: County, tmp_path: Path) -> None:
    page = texts(written(county, tmp_path / "map.html"))
    for secret in (made.WORKER, made.RECEIVER, made.PHONE, made.PHONE[3:], "利丰小区"):
        assert secret not in page
    assert "赵*" in page


def test_small_counts_are_suppressed(county: County, tmp_path: Path) -> None:
    shown = cells(written(county, tmp_path / "map.html"))
    rows = {name: dict(feature["properties"]["r"]) for name, feature in shown.items()}
    assert rows["永安村第一网格"]["Households"] == "fewer than 5"
    assert rows["永安村第二网格"]["Households"] == "0"
    assert rows["永安村第三网格"]["Households"] == "60"
    assert rows["和兴沟村第四网格"]["Grid worker"] == "vacant"
    assert rows["永安村第一网格"]["Code"] == "230225 100 201 001"


def test_the_words_of_whistles_are_published_only_when_asked_for_and_masked(county: County, tmp_path: Path) -> None:
    page = texts(written(county, tmp_path / "map.html", texts=True))
    assert "赵*说利丰小区有违建, 孙*电话 138****5678" in page
    assert made.HEAD not in page
    assert made.PHONE not in page
    assert made.WORKER not in page


def test_a_whistle_gives_category_state_month_and_cell(county: County, tmp_path: Path) -> None:
    data = whistles(written(county, tmp_path / "map.html"))
    assert sum(spot[3] for spot in data["spots"]) == 12
    first = [one for spot in data["spots"] for one in spot[4]]
    assert all(len(one) == 4 for one in first)
    assert set(data["months"]) == {"2020-05", "2020-06"}
    assert set(data["categories"]) == {"Illegal building", "Roads"}
    assert "甘南镇 › 永安村 › 永安村第一网格" in data["cells"]


def test_cells_lie_where_they_are(county: County, tmp_path: Path) -> None:
    shown = cells(written(county, tmp_path / "map.html"))
    to_county = Transformer.from_crs("EPSG:4326", "EPSG:4550", always_xy=True)
    state = county.state
    for unit, shape in polygons(state.coverage).items():
        feature = shown[state.units[unit].name]
        found = shapely.transform(shapely.geometry.shape(feature["geometry"]), to_county.transform, interleaved=False)
        assert shapely.hausdorff_distance(found, shape) < 1.5


def test_a_page_of_a_unit_has_pop_ups_for_its_own_cells_only(county: County, tmp_path: Path) -> None:
    page = written(county, tmp_path / "map.html", unit="230225100201")
    own = {name for name, feature in cells(page).items() if "r" in feature["properties"]}
    assert own == {f"永安村第{n}网格" for n in "一二三四"}
    assert len(cells(page)) > 4
    assert "永安村, 甘南镇 grid map" in page
    assert set(whistles(page)["cells"]) <= {f"甘南镇 › 永安村 › {name}" for name in own}


def test_what_users_write_is_text_and_never_markup(tmp_path: Path) -> None:
    state = made.small_state(name='<img src=x onerror="alert(1)">')
    evil = "</script><script>alert(1)</script>"
    units = Hierarchy(replace(unit, name=evil + str(unit.id)) for unit in state.units.values())
    page = written(opened(replace(state, units=units)), tmp_path / "map.html", title=evil)
    assert evil not in page
    assert "<img src=x" not in page


def test_the_page_speaks_the_language_in_use(county: County, tmp_path: Path) -> None:
    language.use("zh_CN")
    page = texts(written(county, tmp_path / "map.html"))
    assert '<html lang="zh-CN">' in page
    for text in ("示例县网格图", "图例", "未办结哨", "少于 5", "乡镇界", "数据截至 2020-06-01 08:00"):
        assert text in page
    assert "grid map" not in page


def test_the_figure_of_the_window_is_shown_in_light_colours(county: County, tmp_path: Path) -> None:
    scene = Scene(county.state, DARK, made.NOW, default_layers("plan")).with_layer(LayerKind.CELLS, figure=Figure.OPEN_CASES)
    page = written(county, tmp_path / "map.html", scene=scene)
    assert "Open whistles per cell" in page
    assert DARK.map_land not in page


def test_a_filter_of_the_window_is_kept(county: County, tmp_path: Path) -> None:
    scene = Scene(county.state, DARK, made.NOW, default_layers("cases"), cases=np.arange(12) == 3)
    data = whistles(written(county, tmp_path / "map.html", scene=scene))
    assert sum(spot[3] for spot in data["spots"]) == 1


def test_a_county_without_whistles_or_people_has_a_map_too(county: County, tmp_path: Path) -> None:
    empty = np.empty(0)
    nobody = made.households(empty, empty, empty.astype(np.int64))
    state = replace(county.state, households=nobody, workers={}, cases=made.some_cases(0, [1]))
    page = written(opened(state), tmp_path / "map.html")
    assert "grid.whistles(" not in page
    assert len(cells(page)) == 16
    assert "Households" not in page


def test_a_county_with_whistles_alone_shows_them_in_its_cells(county: County, tmp_path: Path) -> None:
    empty = np.empty(0)
    state = replace(county.state, households=made.households(empty, empty, empty.astype(np.int64)))
    assert "Open whistles per cell" in written(opened(state), tmp_path / "map.html")


def test_many_vertices_are_simplified_together(monkeypatch: pytest.MonkeyPatch) -> None:
    state = made.small_state()
    ids = sorted(state.coverage.cells)
    shapes = [shapely.segmentize(shape, 2.0) for shape in polygons(state.coverage).values()]
    shaken = [shapely.transform(s, lambda xy: xy + np.column_stack([3 * np.sin(xy[:, 1] / 9), 3 * np.sin(xy[:, 0] / 9)])) for s in shapes]
    state = replace(state, coverage=build_coverage(ids, shaken))
    monkeypatch.setattr(leaflet, "MOST_VERTICES", 4_000)
    simple = leaflet.simplified(state, ids)
    assert 16 * 5 < shapely.get_num_coordinates(list(simple.values())).sum() <= 4_000
    assert shapely.coverage_is_valid(list(simple.values()), gap_width=1.0)
    assert shapely.area(list(simple.values())).sum() == pytest.approx(16e6, rel=0.01)


def test_work_can_be_cancelled_and_leaves_nothing(county: County, tmp_path: Path) -> None:
    steps = write_html(county, tmp_path / "map.html")
    assert isinstance(next(steps), Progress)
    steps.close()
    assert not list(tmp_path.iterdir())


def test_progress_only_grows(county: County, tmp_path: Path) -> None:
    fractions = [progress.fraction for progress in write_html(county, tmp_path / "map.html")]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_mistakes_are_one_sentence(county: County, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.html"):
        finish(write_html(county, tmp_path / "map.doc"))
    with pytest.raises(OutputError, match="999"):
        finish(write_html(county, tmp_path / "map.html", unit="999"))
    bare = opened(replace(county.state, coverage=build_coverage([], [])))
    with pytest.raises(OutputError, match="no cells yet"):
        finish(write_html(bare, tmp_path / "map.html"))
    settings = replace(county.state.settings, crs="EPSG:999999")
    with pytest.raises(UserError, match="EPSG:999999"):
        finish(write_html(opened(replace(county.state, settings=settings)), tmp_path / "map.html"))
    assert not list(tmp_path.iterdir())
