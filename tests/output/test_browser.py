"""The offline map in a real browser without a network."""

from pathlib import Path

import pytest

from gis_app import language
from gis_app.county.county import County
from gis_app.output.html import write_html
from gis_app.progress import finish
from tests.output import made
from tests.output.browser import CHROMIUM, visit

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

LOOK = """
  var canvas = document.querySelector(".leaflet-overlay-pane canvas");
  var data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data, colours = {}, key, i;
  for (i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) { key = [data[i], data[i + 1], data[i + 2]].join(); colours[key] = (colours[key] || 0) + 1; }
  }
  var map, cells, marks, value, name, popups = [];
  for (name of Object.getOwnPropertyNames(window)) {
    value = window[name];
    if (value instanceof L.Map) { map = value; }
    if (/^geo_json_/.test(name) && value instanceof L.GeoJSON && Object.keys(value._layers).length > 3) { cells = value; }
    if (/^whistles_/.test(name) && value instanceof L.FeatureGroup) { marks = value; }
  }
  [cells, marks].forEach(function (group) {
    var first = group.getLayers()[0].openPopup();
    popups.push(first.getPopup().getElement().textContent);
  });
  var box = document.querySelector(".leaflet-control-layers-overlays input");
  box.click(); box.click();  // cells off and on again: the whistles stay above them
  var top = map._renderer._drawLast.layer;
  return {
    colours: colours, cells: cells.getLayers().length, marks: marks.getLayers().length, popups: popups, top: top instanceof L.CircleMarker,
    title: document.title, legend: document.querySelector(".page-legend").innerText, control: document.querySelectorAll(
      ".leaflet-control-layers-overlays label").length, scale: document.querySelector(".leaflet-control-scale-line").textContent,
    names: Array.from(document.querySelectorAll(".place.level-1")).map(function (e) { return e.textContent; })
  };
"""


def rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))


def test_the_map_draws_without_a_network(county: County, tmp_path: Path) -> None:
    from gis_app.map.legend import classify
    from gis_app.map.palette import LIGHT
    from gis_app.map.scene import Scene, default_layers

    language.use("zh_CN")
    finish(write_html(county, tmp_path / "map.html"))
    seen = visit(tmp_path / "map.html", tmp_path, LOOK)
    answer = seen.answer
    assert "error" not in answer, answer
    assert seen.console == []
    assert [name for name in answer["requests"] if not name.startswith("data:")] == []
    assert seen.asked == []

    classes = classify(Scene(county.state, LIGHT, made.NOW, default_layers("plan")))
    filled = {classes.colours[i] for i in classes.of.tolist()}
    for colour in filled | {LIGHT.overdue}:
        assert answer["colours"].get(rgb(colour), 0) > 20, colour
    assert answer["cells"] == 16
    assert answer["marks"] == 12
    assert answer["top"]
    assert answer["title"] == "示例县网格图"
    assert "图例" in answer["legend"]
    assert answer["control"] == 6
    assert answer["scale"]
    assert sorted(answer["names"]) == ["双阳乡", "甘南镇"]
    cell, whistle = answer["popups"]
    assert "甘南镇 › 永安村" in cell
    assert "少于 5" in cell
    assert "赵*" in cell
    assert "2020-0" in whistle
    assert made.PHONE not in str(answer)


def test_the_recorder_would_notice_a_request(county: County, tmp_path: Path) -> None:
    finish(write_html(county, tmp_path / "map.html"))
    spoiled = tmp_path / "spoiled.html"
    text = (tmp_path / "map.html").read_text(encoding="utf-8")
    spoiled.write_text(text.replace("</head>", '<script src="http://tiles.example/leaflet.js"></script></head>', 1), encoding="utf-8")
    seen = visit(spoiled, tmp_path, "return {};")
    assert any("tiles.example" in line for line in seen.asked)
    assert any("tiles.example" in name for name in seen.answer["requests"])
