"""A clerk of a county brings a dirty register in, mends it by the quality list, merges, pins, and takes a step back."""

import csv
from pathlib import Path

import numpy as np

from gis_app.county.household_edits import in_building
from gis_app.files.points import PointOptions, point_edit
from gis_app.grid.coverage import label_points, polygons
from gis_app.grid.household_quality import Fault, Mend
from gis_app.gui import household_work
from gis_app.gui.household_form import MergePanel
from gis_app.gui.household_quality_panel import QualityPanel
from gis_app.gui.window import Window
from tests.gui.conftest import county_path, empty_window, own_folders, small_county, window  # noqa: F401

HEADER = ["户编号", "户主", "地址", "楼栋", "电话", "人口数", "X坐标", "Y坐标"]


def test_a_dirty_register_becomes_a_clean_one(window: Window, tmp_path: Path) -> None:  # noqa: F811
    session, page = window.session, window.page
    assert session is not None and page is not None
    store = session.county.store
    window.set_workspace("plan")
    cells = sorted(session.state.coverage.cells)
    at = label_points(polygons(session.state.coverage))
    cell, other = cells[0], cells[5]
    x, y = (round(value) for value in at[cell])
    rows = [
        ["N1", "钱一", "新村1号", "新村1号楼", "138-1111-2222", "3", x, y],
        ["N1.0", "钱一", "新村1号", "新村1号楼", "13811112222", "", x, y],
        ["7.0", "孙二", "新村2号", "", "1381111", "三", x + 20, y],
        ["N4", "李三", "新村1号", "新村1号楼", "", "2", "", ""],
        *[[f"P{i}", f"周{i}", f"新村9号{i}室", "", "", "1", x + 40, y] for i in range(5)],
    ]
    path = tmp_path / "dirty.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    known = set(session.state.households.id.tolist())
    window.perform(point_edit(path, "households", PointOptions(datum=session.state.settings.crs), store))
    window.tasks.wait()
    new = sorted(set(session.state.households.id.tolist()) - known)
    assert len(new) == 9

    window.actions_by_id["household_quality"].trigger()
    window.tasks.wait()
    panel = page.right.currentWidget()
    assert isinstance(panel, QualityPanel)
    mine = {(one.fault, one.mend) for one in panel.findings if set(one.ids) & set(new)}
    assert mine >= {
        (Fault.DUPLICATE, Mend.MERGE),
        (Fault.NO_PLACE, Mend.PLACE),
        (Fault.CROWDED, Mend.BUILDING),
        (Fault.PHONE, Mend.PHONE),
        (Fault.PHONE, Mend.NONE),
    }
    for way in (Mend.PLACE, Mend.BUILDING, Mend.PHONE):
        panel.choose(None)
        panel.mend(way)
        window.tasks.wait()
    assert in_building(store, "新村9号").tolist() == new[4:]

    duplicates = next(one for one in panel.findings if one.fault == Fault.DUPLICATE and new[0] in one.ids)
    session.select("households", *duplicates.ids)
    window.actions_by_id["merge_households"].trigger()
    merging = page.right.currentWidget()
    assert isinstance(merging, MergePanel)
    merging.merge()
    window.tasks.wait()
    row = store.rows("households", np.array([new[0]]), ["code", "phone", "members"])
    assert (row["code"][0], row["phone"][0], row["members"][0]) == ("N1", "13811112222", 3)
    assert new[1] in session.state.retired

    household_work.pin(window, other, in_building(store, "新村9号").tolist())
    window.tasks.wait()
    homes = session.state.households
    assert set(homes.cell[np.isin(homes.id, new[4:])].tolist()) == {other}
    window.undo()
    window.tasks.wait()
    homes = session.state.households
    assert set(homes.cell[np.isin(homes.id, new[4:])].tolist()) == {cell}
