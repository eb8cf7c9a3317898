"""Former grids in the window: loaded, shown, snapped to, clicked, laid over one another, used in a draft, searched."""

from pathlib import Path

import pytest
import shapely
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.county.boundary_edits import split_equally
from gis_app.county.former import former_called
from gis_app.county.former_edits import COLOURS, rename_former_grid
from gis_app.files.mapping import Target
from gis_app.grid.coverage import extent
from gis_app.grid.former import FormerGrid, FormerUnit
from gis_app.gui import former_work
from gis_app.gui.former_compare import FormerComparePanel
from gis_app.gui.former_lists import FormerErrors, FormerUnitList
from gis_app.gui.former_panel import FormerPanel, colour_of
from gis_app.gui.former_unit_panel import FormerUnitPanel
from gis_app.gui.import_assistant import ImportAssistant
from gis_app.gui.intake_place import former_spot
from gis_app.gui.session import Session
from gis_app.gui.window import Window
from gis_app.map.palette import PALETTES, Palette
from tests.files.test_former import write
from tests.gui.conftest import press

POLICE = "公安警务网格"


def session_of(window: Window) -> Session:
    assert window.session is not None
    return window.session


def panel(window: Window) -> FormerPanel:
    assert window.page is not None
    return next(found for found in window.page.findChildren(FormerPanel))


def settled(window: Window) -> None:
    window.tasks.wait()
    QCoreApplication.processEvents()


def words(part: object) -> str:
    return " ".join(label.text() for label in part.findChildren(QLabel))  # type: ignore[attr-defined]


def ready(window: Window, qtbot: QtBot) -> None:
    """Wait until both grids of the demo county are read and checked, and listed."""
    former = session_of(window).former
    qtbot.waitUntil(lambda: len(former.ask()) == 2 and all(read.issues is not None for read in former.ask().values()))
    qtbot.waitUntil(lambda: any("errors" in button.text() and button.isVisible() for button in panel(window).findChildren(QPushButton)))


def show(window: Window, qtbot: QtBot, name: str = POLICE) -> int:
    """Show a grid of the demo county on the map, as a person does."""
    next(box for box in panel(window).findChildren(QCheckBox) if box.accessibleName() == name).click()
    settled(window)
    grid = next(grid.id for grid in session_of(window).county.state.former_grids.values() if grid.name == name)
    qtbot.waitUntil(lambda: grid in session_of(window).former.shown())
    return grid


def unit_of(window: Window, code: str) -> FormerUnit:
    return former_called(session_of(window).county.store, code)[0]


def right(window: Window, kind: type) -> object:
    assert window.page is not None
    found = window.page.right.currentWidget()
    assert isinstance(found, kind), found
    return found


def visible(part: QWidget) -> list[str]:
    return [button.text() for button in part.findChildren(QPushButton) if button.isVisible()]


def test_the_list_tells_units_and_errors_and_the_map_shows_what_is_ticked(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    ready(window, qtbot)
    texts = [button.text() for button in panel(window).findChildren(QPushButton)]
    assert sum("units, " in text and "errors" in text for text in texts) == 2
    assert window.page is not None and not window.page.former.isVisible()
    before = window.canvas.grab().toImage()
    grid = show(window, qtbot)
    assert window.page.former.isVisible() and session.county.state.former_grids[grid].visible
    assert window.canvas.grab().toImage() != before
    window.set_workspace("cases")
    assert not window.page.former.isVisible(), "former grids are looked at where the division is worked on"


def test_tools_snap_to_a_grid_that_is_shown(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    grid = show(window, qtbot)
    snapper = lambda: window.canvas.snapper  # noqa: E731
    qtbot.waitUntil(lambda: snapper() is not None and snapper().references is not None)
    shape = session.former.shown()[grid].layer.shapes[0]
    x, y = shapely.get_coordinates(shape)[1]
    found = snapper()
    assert found is not None and found.references is not None and found.references.line_at(x, y, 1.0) is not None
    next(box for box in panel(window).findChildren(QCheckBox) if box.accessibleName() == POLICE).click()
    settled(window)
    qtbot.waitUntil(lambda: snapper().references is None)


def test_a_click_says_whose_land_it_was_and_leads_to_the_unit(window: Window, qtbot: QtBot) -> None:
    session, page = session_of(window), window.page
    assert page is not None
    grid = show(window, qtbot)
    read = session.former.shown()[grid]
    place = read.layer.shapes[6].representative_point()
    unit = read.units.unit(read.rows[6])
    page.view.place_clicked.emit(place.x, place.y)
    assert page.former_card.isVisible() and unit.code in words(page.former_card) and POLICE in words(page.former_card)
    assert unit.contact not in words(page.former_card) and unit.phone not in words(page.former_card), "masked until shown on purpose"
    press(qtbot, page.former_card, unit.called)
    shown = right(window, FormerUnitPanel)
    assert isinstance(shown, FormerUnitPanel) and shown.unit == unit
    press(qtbot, shown, "Show names and phones")
    assert unit.contact in words(shown) and unit.phone in words(shown)
    assert session.selected[0] == "units" and shown.went_to_cells
    xmin, ymin, _, _ = extent(session.state.coverage)
    page.view.place_clicked.emit(xmin - 9000, ymin - 9000)
    assert not page.former_card.isVisible()


def test_borders_are_previewed_and_used_in_a_draft_and_taken_back(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    grid = show(window, qtbot)
    read = session.former.shown()[grid]
    crossing = next(
        read.units.unit(at) for at in range(len(read.units)) if "第2警务区" in read.units.name[at] and read.units.shapes[at].is_valid
    )
    former_work.find_unit(window, crossing.id)
    shown = right(window, FormerUnitPanel)
    before = len(session.state.coverage.cells)
    press(qtbot, shown, "Show what would change")
    settled(window)
    assert not session.drafting and len(session.state.coverage.cells) == before
    press(qtbot, shown, "Use these borders here")
    settled(window)
    qtbot.waitUntil(lambda: session.drafting and len(session.state.coverage.cells) > before)
    assert crossing.called in str(session.history[0].title)
    window.undo()
    settled(window)
    qtbot.waitUntil(lambda: len(session.state.coverage.cells) == before)


def test_two_grids_are_laid_over_one_another_and_a_difference_is_gone_to(window: Window, qtbot: QtBot) -> None:
    ready(window, qtbot)
    press(qtbot, panel(window), "Lay over one another")
    settled(window)
    shown = right(window, FormerComparePanel)
    assert isinstance(shown, FormerComparePanel)
    qtbot.waitUntil(lambda: shown.sides is not None)
    page = window.page
    assert page is not None and shown.sides is not None
    assert "% agrees" in words(shown) and page.former.isVisible()
    assert page.former.differences == shown.sides.overlaid.differences != ()
    shown.list.setCurrentRow(0)
    shown.list.itemActivated.emit(shown.list.item(0))
    west, south, east, north = window.canvas.viewport.extent
    inside = shown.sides.overlaid.differences[0].shape.representative_point()
    assert west < inside.x < east and south < inside.y < north
    boxes = {box.accessibleName(): box for box in shown.findChildren(QComboBox)}
    boxes["The other grid"].setCurrentIndex(boxes["The other grid"].findText("The cells of this plan"))
    boxes["The other grid"].activated.emit(boxes["The other grid"].currentIndex())
    settled(window)
    qtbot.waitUntil(lambda: shown.sides is not None and shown.sides.other == 0)
    window.perform(rename_former_grid(2, "警务网格"))
    settled(window)
    assert shown.sides is not None and "Compare again" not in visible(shown)
    cell = next(iter(session_of(window).state.coverage.cells))
    window.page.edit_wanted.emit(split_equally(cell, 2))  # type: ignore[union-attr]
    settled(window)
    qtbot.waitUntil(lambda: "Compare again" in visible(shown))
    press(qtbot, shown, "Compare again")
    settled(window)
    qtbot.waitUntil(lambda: shown.sides is not None and "Compare again" not in visible(shown))
    shown.close_panel()
    assert page.former.differences == ()


def test_errors_and_units_are_listed_with_their_places(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    ready(window, qtbot)
    grid = session.county.state.former_grids[2]
    former_work.serve(window, "errors", grid)
    errors = right(window, FormerErrors)
    assert isinstance(errors, FormerErrors) and errors.list.count() == len(session.former.ask()[2].issues or ())
    errors.list.itemActivated.emit(errors.list.item(0))
    former_work.serve(window, "units", grid)
    units = right(window, FormerUnitList)
    assert isinstance(units, FormerUnitList)
    every = units.list.count()
    units.words.setText("JW001")
    assert 0 < units.list.count() < every
    units.list.itemActivated.emit(units.list.item(0))
    assert isinstance(right(window, FormerUnitPanel), FormerUnitPanel)


def test_an_old_number_leads_to_the_unit_and_its_cells(window: Window) -> None:
    code = unit_of(window, "DJ001-1").code
    found = next(one for one in window.find_rows(code) if one.table == "former_units")
    assert "党建网格" in found.detail and code in found.detail
    window.set_workspace("cases")
    assert found.choose is not None
    found.choose()
    settled(window)
    assert session_of(window).workspace == "plan" and len(session_of(window).selection.ids["units"]) > 1
    assert isinstance(right(window, FormerUnitPanel), FormerUnitPanel)


def test_a_call_may_name_its_place_by_an_old_number(window: Window) -> None:
    session = session_of(window)
    old = unit_of(window, "DJ003-1")
    spot = former_spot(session, old.id)
    village = session.state.units[spot.place.unit]
    assert spot.address == f"{old.name} DJ003-1" and old.name.startswith(village.name)


def some_grid(window: Window, path: Path) -> Path:
    west, south, east, north = extent(session_of(window).state.coverage)
    middle = (west + east) / 2
    halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    return write(path, list(halves), 网格编号=["M1", "M2"], 网格名称=["西片", "东片"], 网格长=["甲", "乙"])


def test_files_are_loaded_at_once_with_a_way_back_and_removed(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    former_work.load_files(window, [some_grid(window, tmp_path / "民政.gpkg"), some_grid(window, tmp_path / "城管.geojson")])
    settled(window)
    session = session_of(window)
    assert [grid.name for grid in session.county.state.former_grids.values()][2:] == ["民政", "城管"]
    assert "4 units of 2 grids" in window.banner.text
    qtbot.waitUntil(lambda: "城管" in words(panel(window)))
    window.undo()
    settled(window)
    assert len(session.county.state.former_grids) == 2
    qtbot.waitUntil(lambda: "城管" not in words(panel(window)))


def test_what_was_loaded_is_said_as_one_speaks() -> None:
    assert former_work.loaded_text(47, 1, 0) == "Loaded 47 units of one grid; no errors were found."
    assert former_work.loaded_text(47, 1, 1) == "Loaded 47 units of one grid; one error is listed, and stays."
    assert former_work.loaded_text(1200, 2, 8) == "Loaded 1,200 units of 2 grids; 8 errors are listed, and stay."


def test_grids_that_are_shown_are_laid_over_one_another_first(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    former_work.load_files(window, [some_grid(window, tmp_path / "民政.gpkg"), some_grid(window, tmp_path / "城管.geojson")])
    settled(window)
    grids = session_of(window).county.state.former_grids
    assert [grid.visible for grid in grids.values()] == [False, False, True, True], "those that were just loaded are looked at"
    press(qtbot, panel(window), "Lay over one another")
    settled(window)
    shown = right(window, FormerComparePanel)
    assert isinstance(shown, FormerComparePanel)
    qtbot.waitUntil(lambda: shown.sides is not None)
    assert shown.sides is not None
    assert [grids[one].name for one in (shown.sides.one, shown.sides.other)] == ["民政", "城管"]


def test_the_import_assistant_loads_a_grid_of_another_office(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    path = some_grid(window, tmp_path / "民政.gpkg")
    window.begin_import(path)
    settled(window)
    assistant = window.findChild(ImportAssistant)
    assert assistant is not None
    qtbot.waitUntil(lambda: assistant.found is not None)
    kinds = next(box for box in assistant.findChildren(QComboBox) if box.accessibleName() == "What the rows are")
    kinds.setCurrentIndex(kinds.findText("Grid of another office"))
    kinds.activated.emit(kinds.currentIndex())
    assert assistant.target == Target.FORMER
    press(qtbot, assistant, "Next")
    assert assistant.mapping() == {"code": "网格编号", "name": "网格名称", "contact": "网格长"}
    press(qtbot, assistant, "Import")
    settled(window)
    assert [grid.name for grid in session_of(window).county.state.former_grids.values()][2:] == ["民政"]
    assert "民政: 2 units" in words(assistant)


@pytest.mark.parametrize("name", ["load_former", "overlay_former", "write_former", "renew_former"])
def test_operations_say_why_they_cannot_be_done(empty_window: Window, name: str) -> None:
    operation = next(one for one in empty_window._operations if one.id == name)
    assert str(operation.why_not(empty_window)) == "Open a county first."


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_every_colour_of_a_grid_can_be_read_on_its_halo(palette: Palette, colour: str) -> None:
    grid = FormerGrid(1, "公安", colour=colour)
    assert contrast(colour_of(grid, palette), palette.label_halo) >= 4.5


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours after WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
