"""Files come in by clicking through the assistant."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QTableWidget
from pytestqt.qtbot import QtBot

from gis_app.files import mapping as columns_of
from gis_app.files.mapping import Target
from gis_app.grid.datum import from_county
from gis_app.gui.import_assistant import ImportAssistant
from gis_app.gui.new_county import NewCounty
from gis_app.gui.window import Window
from tests.gui.conftest import press
from tests.gui.test_window import texts


def assistant_of(window: Window) -> ImportAssistant:
    assert isinstance(window._assistant, ImportAssistant)
    return window._assistant


def choose(assistant: ImportAssistant, name: str, value: str) -> None:
    """Choose an item of a combo box as a person would."""
    box = next(c for c in assistant.findChildren(QComboBox) if c.accessibleName() == name)
    at = box.findData(value)
    assert at >= 0, (name, value, [box.itemData(i) for i in range(box.count())])
    box.setCurrentIndex(at)
    box.activated.emit(at)


def bring(window: Window, qtbot: QtBot, path: Path, target: Target, columns: dict[str, str]) -> ImportAssistant:
    """Import a file with the assistant."""
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    choose(assistant, "What the rows are", target)
    press(qtbot, assistant, "Next")
    for name, column in columns.items():
        choose(assistant, name, column)
    press(qtbot, assistant, "Import")
    window.tasks.wait()
    return assistant


def new_county(window: Window, qtbot: QtBot, path: Path, crs: str) -> None:
    press(qtbot, window, "New county")
    form = window.findChild(NewCounty)
    assert form is not None
    form.name.insert(path.stem)
    form.crs.setEditText(crs)
    form.path.setText(str(path))
    press(qtbot, form, "Create")
    window.tasks.wait()


def test_households_from_a_table_and_back(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    path = tmp_path / "people.csv"
    path.write_text(
        "户号,户主,联系电话,住址,人口,经度,纬度\nN1,张三,13800000000,东街1号,3,123.5023,47.9001\nN2,李四,,西街,x,999,999\n",
        encoding="gb18030",
    )
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    assert assistant.target == Target.HOUSEHOLDS
    press(qtbot, assistant, "Next")
    assert assistant.mapping()["head"] == "户主" and assistant.mapping()["x"] == "经度"
    count = len(session.state.households)
    press(qtbot, assistant, "Import")
    window.tasks.wait()
    assert "coordinate system" in assistant.problem.text(), "999 is nowhere: the assistant asks instead of guessing"
    choose(assistant, "Coordinates", "wgs84")
    press(qtbot, assistant, "Import")
    window.tasks.wait()
    assert len(session.state.households) > count, (assistant.problem.text(), window.banner.text, texts(assistant))
    seen = texts(assistant)
    assert "Imported: people.csv" in seen and "Rejected" in seen
    press(qtbot, assistant, "Undo this import")
    window.tasks.wait()
    assert len(session.state.households) == count


def test_a_broken_file_is_one_sentence_in_the_assistant(window: Window, shared_data: Path) -> None:
    window.begin_import(shared_data / "traps" / "truncated_shp.zip")
    window.tasks.wait()
    assistant = assistant_of(window)
    said = assistant.problem.text() or " ".join(str(w) for w in (assistant.found.warnings if assistant.found else ()))
    assert said, "the assistant must say what is wrong"


@pytest.mark.parametrize("size", [(1366, 768)])
def test_nyc_by_clicking(empty_window: Window, qtbot: QtBot, shared_data: Path, tmp_path: Path, size: tuple[int, int]) -> None:
    """NYC from its files to a map of requests, with nothing but the window; the tract of every request is that of geopandas."""
    window = empty_window
    window.resize(*size)
    new_county(window, qtbot, tmp_path / "NYC.gpkg", "EPSG:2263")
    columns = {
        "Code": "BoroCT2010",
        "Village code": "NTACode",
        "Village name": "NTAName",
        "Township code": "BoroCode",
        "Township name": "BoroName",
    }
    bring(window, qtbot, shared_data / "nyc" / "tracts.zip", Target.CELL, columns)
    session = window.session
    assert session is not None and len(session.state.coverage.cells) == 2165
    assistant = bring(window, qtbot, shared_data / "nyc" / "requests.csv", Target.CASES, {})
    assert len(session.state.cases) == 6765, texts(assistant)
    press(qtbot, assistant, "Show on the map")
    window.set_workspace("cases")
    window.canvas.wait_until_drawn()
    cases = session.state.cases
    placed = np.isfinite(cases.x)
    tracts = geopandas.read_file(shared_data / "nyc" / "tracts.zip").to_crs("EPSG:2263")
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(cases.x[placed], cases.y[placed]), crs="EPSG:2263")
    joined = geopandas.sjoin(points, tracts, predicate="within")
    joined = joined[~joined.index.duplicated(keep=False)]
    cells = cases.cell[placed][joined.index]
    ours = [session.state.units[int(cell)].code if cell else "" for cell in cells]
    assert len(joined) > 6000
    assert ours == joined["BoroCT2010"].tolist()


def test_whistles_are_tried_before_they_are_imported(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """What would happen is said first: how many, for whom, what is rejected; nothing is written until "Import it now"."""
    session = window.session
    assert session is not None
    count, homes = len(session.state.cases), session.state.households
    placed = np.flatnonzero(np.isfinite(homes.x))[:3]
    path = tmp_path / "whistles.csv"
    rows = [f"外{at},路灯不亮,路灯,{homes.x[row]},{homes.y[row]},2022-03-2{at} 10:00" for at, row in enumerate(placed)]
    path.write_text("\n".join(["编号,内容,类别,X,Y,吹哨时间", *rows, "外9,路灯不亮,路灯,1,1,不知道"]), encoding="utf-8")
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    assistant._set_target(Target.CASES)
    press(qtbot, assistant, "Next")
    press(qtbot, assistant, "Try it first")
    window.tasks.wait()
    said = texts(assistant)
    assert "Tried, nothing is written yet: whistles.csv" in said
    assert any(text.startswith("Received by ") for text in said)
    assert len(session.state.cases) == count
    press(qtbot, assistant, "Import it now")
    window.tasks.wait()
    assert len(session.state.cases) >= count + 3
    assert "Imported: whistles.csv" in texts(assistant)


NEW_YORK = "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Status,Latitude,Longitude\n"


def test_a_known_register_is_said_to_be_one_and_keeps_its_own_time(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    path = tmp_path / "ny.csv"
    path.write_text(NEW_YORK + "77,03/20/2022 10:00:00 AM,,NYPD,Noise,Loud,Open,40.7,-73.9\n", encoding="utf-8")
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    assert assistant.target == Target.CASES
    assert "New York 311: columns, coordinates and times (America/New_York) are known" in texts(assistant)
    press(qtbot, assistant, "Next")
    assert "Recognised as New York 311: every column is known, nothing has to be chosen." in texts(assistant)
    press(qtbot, assistant, "Try it first")
    window.tasks.wait()
    assert any("Are the coordinates read as they should be?" in text for text in texts(assistant)), "New York is elsewhere"
    press(qtbot, assistant, "Import it now")
    window.tasks.wait()
    cases = session.county.store.rows("cases", columns=["number", "blown", "source"])
    at = cases["number"].tolist().index("77")
    assert (str(cases["blown"][at])[:16], cases["source"][at]) == ("2022-03-20T14:00", "NYC 311")


def test_a_changed_column_of_a_known_register_leaves_the_others_as_they_are(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """The code of a service is a column that nobody can choose: it is read all the same."""
    session = window.session
    assert session is not None
    category = next(one for one in session.state.categories.values() if one.code)
    x, y = float(np.nanmean(session.state.cases.x)), float(np.nanmean(session.state.cases.y))
    (longitude,), (latitude,) = from_county(np.array([x]), np.array([y]), session.state.settings.crs, "wgs84")
    request = {
        "service_request_id": "905",
        "service_code": category.code,
        "status": "open",
        "requested_datetime": "2020-03-20T10:00:00Z",
        "description": "one text",
        "status_notes": "another text",
        "lat": float(latitude),
        "long": float(longitude),
    }
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([request]), encoding="utf-8")
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    press(qtbot, assistant, "Next")
    chosen = assistant.findChild(QComboBox, "field-text")
    assert chosen is not None
    chosen.setCurrentIndex(chosen.findData("status_notes"))
    press(qtbot, assistant, "Import")
    window.tasks.wait()
    rows = session.county.store.rows("cases", columns=["number", "text", "category", "geom"])
    at = rows["number"].tolist().index("905")
    assert (rows["text"][at], rows["category"][at]) == ("another text", category.id)
    assert np.allclose(rows["geom"][at], (x, y), atol=1.0)


def test_requests_of_open311_are_shown_and_imported(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    """A service that only gives its code is the category of that code; no category is made of services that nobody knows."""
    session = window.session
    assert session is not None
    category = next(one for one in session.state.categories.values() if one.code)
    known = {"service_request_id": "5", "service_code": category.code, "status": "open", "requested_datetime": "2022-03-20T10:00:00Z"}
    strange = {**known, "service_request_id": "6", "service_name": "Pothole", "service_code": "zz"}
    broken = {**known, "service_request_id": "7", "requested_datetime": "someday"}
    path = tmp_path / "requests.json"
    path.write_text(json.dumps([known, strange, broken]), encoding="utf-8")
    count, categories = len(session.state.cases), len(session.state.categories)
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    assert assistant.found is not None and assistant.found.count == 3 and assistant.target == Target.CASES
    assert "Open311 JSON · 3 rows" in texts(assistant)
    press(qtbot, assistant, "Next")
    press(qtbot, assistant, "Import")
    window.tasks.wait()
    assert len(session.state.cases) == count + 2 and len(session.state.categories) == categories
    assert session.state.cases.category[-2:].tolist() == [category.id, 0]
    rejected = next(table for table in assistant.findChildren(QTableWidget) if table.accessibleName().startswith("What was rejected"))
    assert [rejected.item(0, at).text() for at in range(3)] == ["rejected", "3", "someday is no time"]
    assert columns_of.recall(assistant.found.columns, Target.CASES) is None, "nothing was chosen that differs from what is known"


def test_the_same_list_under_another_name_is_known_by_its_system(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    session = window.session
    assert session is not None
    for month, text in (("april", "路灯不亮"), ("may", "路灯不亮了")):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"编号,内容,吹哨时间\n7,{text},2022-03-20 10:00\n", encoding="utf-8")
        window.begin_import(path)
        window.tasks.wait()
        assistant = assistant_of(window)
        assistant._set_target(Target.CASES)
        press(qtbot, assistant, "Next")
        next(line for line in assistant.findChildren(QLineEdit) if line.accessibleName() == "From the system").setText("12345")
        press(qtbot, assistant, "Import")
        window.tasks.wait()
    rows = session.county.store.rows("cases", columns=["number", "source"])
    assert rows["source"].tolist().count("12345") == 1


def test_a_file_that_cannot_be_read_leaves_nothing_of_the_one_before(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    good, bad = tmp_path / "people.csv", tmp_path / "empty.geojson"
    good.write_text("户主,住址\n张三,东街1号\n", encoding="utf-8")
    bad.write_bytes(b"")
    window.begin_import(good)
    window.tasks.wait()
    assistant = assistant_of(window)
    assert assistant.next.isEnabled()
    assistant.path.setText(str(bad))
    qtbot.keyClick(assistant.path, Qt.Key.Key_Return)
    window.tasks.wait()
    assert "empty.geojson" in assistant.problem.text() and assistant.path.text() == str(bad)
    assert not assistant.next.isEnabled()
    assert "No file yet" in texts(assistant)


def test_enter_presses_the_button_that_has_the_focus(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("户主,住址\n张三,东街1号\n", encoding="utf-8")
    window.begin_import(path)
    window.tasks.wait()
    assistant = assistant_of(window)
    assert assistant.next.hasFocus()
    qtbot.keyClick(assistant.next, Qt.Key.Key_Return)
    assert assistant.pages.currentIndex() == 1
