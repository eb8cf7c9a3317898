"""A new division is published from a day on: what it changes is said before and after, what was stays readable, and both are compared."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
import shapely
from PySide6.QtCore import Qt

from gis_app.grid.coverage import areas, polygons
from gis_app.grid.plans import PlanStatus
from gis_app.gui.compare_panel import ComparePanel
from gis_app.gui.context_menu import neighbours_of
from gis_app.gui.publish_panel import PublishPanel
from gis_app.progress import finish
from tests.journeys.planner import Planner, assert_sound, same_borders, stored

OLD, NEW = "2020年4月网格方案", "2022年5月网格方案"


def figures(text: str) -> dict[str, str]:
    """Read the lines of a panel: what stands under each title."""
    lines = [line for line in text.splitlines() if line]
    return dict(pairwise(lines))


def test_a_draft_is_published_from_a_day_on_and_compared_with_what_was(planner: Planner, county_file: Path, tmp_path: Path) -> None:
    whole = sum(areas(planner.state.coverage).values())
    old = planner.state
    planner.make_draft(NEW)
    keeper = planner.unit("富强村第八网格")
    gone = next(unit for unit in neighbours_of(old, keeper.id) if unit.parent == keeper.parent)
    split = planner.unit("富强村第一网格")
    resident = old.households.resident
    homes = {cell: int((resident & (old.households.cell == cell)).sum()) for cell in (keeper.id, gone.id, split.id)}

    planner.look_at(keeper.id)
    planner.key("M")
    for unit in (keeper, gone):
        place = planner.shapes[unit.id].representative_point()
        planner.click(place.x, place.y)
    planner.qtbot.waitUntil(lambda: f"{homes[keeper.id]} → {homes[keeper.id] + homes[gone.id]} resident" in planner.live)
    assert f"{gone.name} {homes[gone.id]} → none" in planner.live
    planner.key("Return")
    planner.settle()
    assert f"{homes[keeper.id]} + {homes[gone.id]} resident households" in planner.history()[0]
    planner.key("Esc")

    planner.look_at(split.id)
    middle = planner.shapes[split.id].representative_point()
    west, _, east, _ = planner.shapes[split.id].bounds
    planner.key("S")
    planner.click(west - 60.0, middle.y)
    planner.double_click(east + 60.0, middle.y)
    planner.settle()
    planner.key("Esc")
    (made,) = set(planner.state.coverage.cells) - set(old.coverage.cells)
    code = planner.state.units[made].code
    assert code not in {unit.code for unit in old.units.values()} and code.startswith(old.units[split.parent].code)
    draft = planner.state

    planner.press("Publish")
    panel = planner.window.findChild(PublishPanel)
    assert panel is not None
    planner.qtbot.waitUntil(lambda: "Cells that go" in planner.words(panel))
    told = figures(planner.words(panel))
    assert (told["New cells"], told["Cells that go"]) == ("1", "1") and int(told["All households"].split()[0]) >= homes[gone.id]
    panel.date.setFocus()
    panel.date.setSelectedSection(panel.date.Section.MonthSection)
    planner.qtbot.keyClick(panel.date, Qt.Key.Key_Up)
    planner.press("Publish", panel)
    planner.settle()
    said = planner.words(panel)
    assert "Published" in said and "2022-05-01" in said
    told = figures(said)
    assert (told["New cells"], told["Cells that are gone"], told["Redrawn cells"]) == ("1", "1", "2")
    assert f"Published · {NEW}" in planner.window.status.saved.text() and not planner.session.drafting
    now = planner.session.county.state
    assert same_borders(now.coverage, draft.coverage) and now.closed[gone.id].valid_to == date(2022, 5, 1)

    planner.press("Compare with the plan before", panel)
    compared = planner.window.findChild(ComparePanel)
    assert compared is not None
    told = figures(planner.words(compared))
    assert (told["New cells"], told["Cells that are gone"], told["Redrawn cells"]) == ("1", "1", "2")
    rows = {row["Name"]: row for row in planner.tab("Differences")}
    every = {cell: int((old.households.cell == cell).sum()) for cell in (keeper.id, gone.id)}  # a comparison counts all households
    assert rows[gone.name]["What became of it"] == "gone" and rows[gone.name]["Households"] == f"{every[gone.id]} → –"
    assert rows[keeper.name]["Households"] == f"{every[keeper.id]} → {every[keeper.id] + every[gone.id]}"
    planner.press("Write the crosswalk", compared)
    planner.choose_file(tmp_path / "crosswalk.xlsx")
    assert "crosswalk.xlsx" in planner.window.banner.text
    table = [list(row) for row in openpyxl.load_workbook(tmp_path / "crosswalk.xlsx").active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    titles, lines = table[0], [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    assert "old_code" in titles and isinstance(lines[0]["old_code"], str), "codes are text"
    (whole_cell,) = [line for line in lines if line["old_code"] == gone.code]
    assert whole_cell["new_code"] == keeper.code and whole_cell["area_share"] == pytest.approx(1.0)
    assert whole_cell["households"] == every[gone.id]
    assert sorted(line["new_code"] for line in lines if line["old_code"] == split.code) == sorted((split.code, code))

    planner.close()
    county = stored(county_file)
    try:
        state = county.state
        plans = {plan.name: plan for plan in state.plans.values()}
        assert plans[NEW].status == PlanStatus.PUBLISHED and plans[NEW].valid_from == date(2022, 5, 1)
        assert plans[OLD].status == PlanStatus.ARCHIVED and plans[OLD].valid_to == date(2022, 5, 1)
        assert same_borders(state.coverage, draft.coverage) and gone.id not in state.units
        assert_sound(state.coverage, whole)
        archived = finish(county.reading_plan(plans[OLD].id))
        assert same_borders(archived.coverage, old.coverage)
        assert {unit.code for unit in archived.units.values()} == {unit.code for unit in old.units.values()}
        inside = shapely.contains_xy(polygons(state.coverage, [keeper.id])[keeper.id], state.households.x, state.households.y)
        assert (state.households.cell[inside & ~state.households.pinned] == keeper.id).all(), "households are where they live"
    finally:
        county.close()


def test_a_retired_code_is_never_given_again(planner: Planner, county_file: Path) -> None:
    old = planner.state
    village = planner.unit("富强村")
    cells = sorted(old.units.children(village.id), key=lambda unit: unit.code)
    last = cells[-1]
    keeper = next(unit for unit in neighbours_of(old, last.id) if unit.parent == village.id)
    planner.make_draft("撤并")
    planner.look_at(last.id)
    planner.key("M")
    for unit in (keeper, last):
        place = planner.shapes[unit.id].representative_point()
        planner.click(place.x, place.y)
    planner.key("Return")
    planner.settle()
    planner.key("Esc")
    planner.key("Ctrl+Shift+P")
    panel = planner.window.findChild(PublishPanel)
    assert panel is not None
    planner.press("Publish", panel)
    planner.settle()
    assert last.id in planner.session.county.state.closed
    planner.press("Close", panel)

    planner.make_draft("再分")
    planner.look_at(keeper.id)
    place = planner.shapes[keeper.id].representative_point()
    planner.click(place.x, place.y)
    planner.key("S")
    planner.type("2")
    planner.qtbot.waitUntil(lambda: "Preview of the split" in planner.live)
    planner.key("Return")
    planner.settle()
    planner.key("Esc")
    planner.key("Esc")
    planner.click(place.x, place.y)
    planner.press(f"{village.name} ›", planner.page.inspector)
    planner.press("Renumber", planner.page.inspector)
    planner.settle()
    codes = sorted(unit.code for unit in planner.state.units.children(village.id))
    assert len(codes) == len(cells) and last.code not in codes
    assert all(len(code) == 15 and code.isdigit() for code in codes)
    planner.click(place.x, place.y)
    planner.choose_more("Change the code")
    planner.answer(last.code)
    assert "never given again" in planner.words(), "nor can it be typed"
    assert last.code not in {unit.code for unit in planner.state.units.values()}
