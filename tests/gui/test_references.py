"""Reference layers as a person uses them: added, shown, faded, missing, found again; rivers to trace; tile servers with a switch."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.county.reference_edits import add_reference, remove_reference
from gis_app.county.references import ReferenceKind
from gis_app.grid.coverage import extent, polygons
from gis_app.grid.datum import from_county
from gis_app.gui import reference_work
from gis_app.gui.reference_form import ReferenceForm
from gis_app.gui.reference_panel import ReferencePanel
from gis_app.gui.servers_panel import ServersPanel
from gis_app.gui.widgets import Slide
from gis_app.gui.window import Window
from gis_app.map.reference.servers import TileServer, load_settings
from gis_app.progress import finish
from tests.gui.conftest import press
from tests.map.reference.conftest import TileHandler, server
from tests.map.reference.made import colours, encoded, mbtiles, plain, tiles_over

__all__ = ["server"]  # a fixture


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def whole(window: Window) -> tuple[float, float, float, float]:
    assert window.session is not None
    return extent(window.session.state.coverage)


def river(window: Window, path: Path) -> np.ndarray:
    """Write a river through the middle of the county as GeoJSON; returns its points."""
    xmin, ymin, xmax, ymax = whole(window)
    line = np.column_stack([np.linspace(xmin - 500, xmax + 500, 40), np.full(40, (ymin + ymax) / 2)])
    lon, lat = from_county(line[:, 0], line[:, 1], "EPSG:4550")
    shape = {"type": "LineString", "coordinates": np.column_stack([lon, lat]).tolist()}
    feature = {"type": "Feature", "properties": {"name": "东河"}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return line


def panel(window: Window) -> ReferencePanel:
    assert window.page is not None
    return next(found for found in window.page.findChildren(ReferencePanel))


def add(window: Window, path: Path) -> None:
    reference_work.add_file(window, path)
    window.tasks.wait()
    QCoreApplication.processEvents()


def words(window: Window) -> str:
    return " ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def lightness(window: Window) -> float:
    """Return how light the map is on the whole."""
    return float(colours(window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)).mean())


def test_a_river_is_added_shown_and_snapped_to(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    line = river(window, tmp_path / "河流.geojson")
    add(window, tmp_path / "河流.geojson")
    session = window.session
    assert session is not None
    reference = session.county.state.references[1]
    assert (reference.kind, reference.source) == (ReferenceKind.VECTOR, "河流.geojson")
    assert panel(window).findChild(QCheckBox) is not None and "河流" in words(window)
    window.canvas.wait_until_drawn()
    qtbot.waitUntil(lambda: window.canvas.snapper is not None and window.canvas.snapper.references is not None)
    snapper = window.canvas.snapper
    assert snapper is not None and snapper.references is not None
    found = snapper.references.line_at(*line[20], 5.0)
    assert found is not None and len(found) == 40
    box = next(box for box in panel(window).findChildren(QCheckBox) if box.accessibleName() == "河流")
    box.click()
    window.tasks.wait()
    assert not session.state.references[1].visible
    qtbot.waitUntil(lambda: window.canvas.snapper is not None and window.canvas.snapper.references is None)
    window.undo()
    window.tasks.wait()
    assert session.state.references[1].visible


def test_a_missing_file_is_said_in_words_and_chosen_again(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    river(window, tmp_path / "river.geojson")
    add(window, tmp_path / "river.geojson")
    session = window.session
    assert session is not None
    (tmp_path / "river.geojson").rename(tmp_path / "moved.geojson")
    reference_work.try_again(window, session.state.references[1])
    window.canvas.wait_until_drawn()
    qtbot.waitUntil(lambda: "does not exist" in words(window))
    assert [b.text() for b in panel(window).findChildren(QPushButton) if b.text().startswith("Choose another")]
    (tmp_path / "moved.geojson").rename(tmp_path / "river.geojson")
    press(qtbot, panel(window), "Try again")
    window.canvas.wait_until_drawn()
    qtbot.waitUntil(lambda: "does not exist" not in words(window))


def test_a_geopackage_brings_all_its_layers(window: Window, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    finish(bootstrap.building_references(session.county, tmp_path / "maps.gpkg"))
    window.tasks.wait()
    names = [reference.name for reference in session.county.state.references.values()]
    assert names == ["建筑物", "道路", "河流"]
    add(window, tmp_path / "maps.gpkg")
    assert sorted(r.name for r in session.county.state.references.values())[:3] == ["buildings", "rivers", "roads"]


def test_tiles_lie_under_translucent_cells(window: Window, tmp_path: Path) -> None:
    window.canvas.wait_until_drawn()
    before = window.canvas.grab().toImage()
    black = encoded(plain("#000000"))
    mbtiles(tmp_path / "tiles.mbtiles", [(p, black) for level in (9, 10, 11, 12) for p in tiles_over(whole(window), level)])
    add(window, tmp_path / "tiles.mbtiles")
    window.canvas.wait_until_drawn()
    after = window.canvas.grab().toImage()
    at = after.width() // 2, after.height() // 2
    assert after.pixelColor(*at).lightness() < before.pixelColor(*at).lightness()


def test_a_picture_without_a_place_asks_for_what_it_needs(window: Window, tmp_path: Path) -> None:
    assert plain("#3366CC", 64).save(str(tmp_path / "scan.png"))
    add(window, tmp_path / "scan.png")
    assert window.session is not None and not window.session.state.references
    assert window.findChild(ReferenceForm) is not None and "world file" in words(window)


def test_a_system_that_cannot_be_told_is_asked_for(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    xmin, _, xmax, ymax = whole(window)
    assert plain("#3366CC", 64).save(str(tmp_path / "scan.png"))
    pixel = (xmax - xmin) / 64
    (tmp_path / "scan.pgw").write_text(f"{pixel} 0 0 -{pixel} {xmin - 6e8} {ymax + 7e8}")
    add(window, tmp_path / "scan.png")
    form = window.findChild(ReferenceForm)
    assert form is not None and "coordinate system" in words(window)
    form.system.setCurrentText("EPSG:4550")
    press(qtbot, form, "Add")
    window.tasks.wait()
    assert window.session is not None
    assert window.session.state.references[1].option("crs") == "EPSG:4550"
    assert "outside the county" in words(window)


def test_tile_servers_are_kept_for_the_user_and_offline_until_he_wants(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    reference_work.show_servers(window)
    QCoreApplication.processEvents()
    servers = window.findChild(ServersPanel)
    assert servers is not None and not servers.online.isChecked()
    servers.choice.setCurrentIndex(0)
    press(qtbot, servers, "Add to the map")  # 天地图 has no key yet
    assert "needs a key" in words(window)
    servers.choice.setCurrentIndex(servers.choice.count() - 1)
    servers.name.setText("本地")
    servers.address.setText("http://127.0.0.1:1/{z}/{x}/{y}.png")
    servers.credit.setText("© 本地")
    press(qtbot, servers, "Add to the map")
    window.tasks.wait()
    window.canvas.wait_until_drawn()
    QCoreApplication.processEvents()
    assert window.session is not None
    (reference,) = window.session.state.references.values()
    assert (reference.kind, reference.source) == (ReferenceKind.SERVER, "本地")
    assert load_settings().find("本地") is not None and load_settings().offline
    qtbot.waitUntil(lambda: "Offline: only tiles seen before" in words(window) and "© 本地" in words(window))


def test_options_of_a_layer_open_and_change_it(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    river(window, tmp_path / "河流.geojson")
    add(window, tmp_path / "河流.geojson")
    session = window.session
    assert session is not None
    panel(window)._open(1)
    slider = panel(window).findChild(Slide)
    assert slider is not None
    slider.setValue(40)
    window.tasks.wait()
    assert session.state.references[1].opacity == pytest.approx(0.4)
    panel(window).wanted.emit("zoom", session.state.references[1])
    panel(window).wanted.emit("edit", remove_reference(1))
    window.tasks.wait()
    assert not session.state.references
    qtbot.waitUntil(lambda: "Roads, rivers, buildings" in words(window))


def test_a_cell_is_split_along_an_imported_river(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    cells = polygons(session.state.coverage)
    cell, shape = max(cells.items(), key=lambda item: item[1].area)
    xmin, ymin, xmax, ymax = shape.bounds
    middle = shape.representative_point()
    line = np.array([[xmin - 300, middle.y], [(xmin + xmax) / 2, middle.y + 20], [xmax + 300, middle.y]])
    lon, lat = from_county(line[:, 0], line[:, 1], "EPSG:4550")
    halves = [np.column_stack([lon, lat])[:2].tolist(), np.column_stack([lon, lat])[1:].tolist()]  # as rivers come: in pieces
    features = [
        {"type": "Feature", "properties": {"name": "东河"}, "geometry": {"type": "LineString", "coordinates": half}} for half in halves
    ]
    (tmp_path / "河.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    add(window, tmp_path / "河.geojson")
    window.canvas.zoom_to((xmin, ymin, xmax, ymax))
    window.canvas.wait_until_drawn()
    qtbot.waitUntil(lambda: window.canvas.snapper is not None and window.canvas.snapper.references is not None)
    session.select("units", cell)
    window.set_tool("split_feature")
    x, y = window.canvas.viewport.to_screen(middle.x, float(np.interp(middle.x, line[:, 0], line[:, 1])))
    at = QPoint(round(x), round(y))
    qtbot.mouseMove(window.canvas, at)
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=at)
    window.tasks.wait()
    qtbot.waitUntil(lambda: len(session.state.coverage.cells) == len(cells) + 1)
    assert len(session.county.state.coverage.cells) == len(cells)  # on a draft: the published plan is as it was


def test_tiles_of_a_server_come_when_the_network_may_be_used(
    window: Window, qtbot: QtBot, server: tuple[TileServer, type[TileHandler]]
) -> None:
    entry, handler = server
    handler.answer = (200, encoded(plain("#000000")))
    session = window.session
    assert session is not None
    reference_work.set_servers(window, session.shelf.settings.with_server(entry))
    window.canvas.wait_until_drawn()
    before = lightness(window)
    window.perform(add_reference("底图", ReferenceKind.SERVER, entry.name))
    window.tasks.wait()
    window.canvas.wait_until_drawn()
    assert handler.asked == []
    qtbot.waitUntil(lambda: "Offline: only tiles seen before" in words(window))
    window.canvas.wait_until_drawn()
    qtbot.waitUntil(lambda: any(b.text() == "Use the network" and b.isVisible() for b in panel(window).findChildren(QPushButton)))
    next(b for b in panel(window).findChildren(QPushButton) if b.text() == "Use the network" and b.isVisible()).click()
    qtbot.waitUntil(lambda: lightness(window) < 0.8 * before, timeout=10_000)
    assert handler.asked and not load_settings().offline
