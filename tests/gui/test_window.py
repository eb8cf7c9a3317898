"""What a person does in the window, and what is then seen."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app import bootstrap
from gis_app.county import edits
from gis_app.county.state import Settings
from gis_app.grid.units import Level
from gis_app.gui.icons import ICONS
from gis_app.gui.operations import all_operations
from gis_app.gui.operations.operation import COUNTY
from gis_app.gui.window import Window
from tests.gui.conftest import press


def texts(parent: QWidget) -> list[str]:
    QCoreApplication.processEvents()  # widgets that were just added are laid out and shown
    labels = [label.text() for label in parent.findChildren(QLabel) if label.isVisible()]
    return labels + [button.text() for button in parent.findChildren(QPushButton) if button.isVisible()]


def place_of(window: Window, cell: int) -> QPoint:
    """A pixel of the map in the middle of a cell, away from households."""
    assert window.session is not None
    from gis_app.grid.coverage import polygons

    point = polygons(window.session.state.coverage, [cell])[cell].representative_point()
    x, y = window.canvas.viewport.to_screen(point.x, point.y)
    return QPoint(round(x), round(y))


def test_a_click_on_the_map_selects_in_map_table_and_inspector(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    session.set_layer("households", visible=False)  # type: ignore[arg-type]
    window.canvas.wait_until_drawn()
    cell = session.state.units.at_level(Level.CELL)[40]
    qtbot.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=place_of(window, cell.id))
    assert session.selected == ("units", cell.id)
    assert window.canvas.selection.ids == {"units": (cell.id,)}
    assert cell.name in texts(page.inspector)
    row = page.table.table.selectionModel().currentIndex().row()
    assert page.table.model.ids[row] == cell.id
    qtbot.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert session.selected == ("", 0)
    assert "Nothing is selected" in texts(page.inspector)


def test_hover_shows_the_path(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    session.set_layer("households", visible=False)  # type: ignore[arg-type]
    window.canvas.wait_until_drawn()
    cell = session.state.units.at_level(Level.CELL)[40]
    qtbot.mouseMove(window.canvas, place_of(window, cell.id))
    qtbot.waitUntil(lambda: page.view.path.isVisible())
    assert page.view.path.text().startswith(" › ".join(unit.name for unit in session.state.units.path(cell.id)))
    assert window.status.place.text().startswith("123.")


def test_names_are_masked_until_they_are_asked_for(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    household = int(session.state.households.id[10])
    head = str(session.county.store.rows("households", np.array([household]), ["head"])["head"][0])
    session.select("households", household)
    assert head not in texts(page.inspector)
    assert any(text.startswith(head[0] + "*") for text in texts(page.inspector))
    press(qtbot, page.inspector, "Show names and phones")
    assert head in texts(page.inspector)
    session.select("households", household + 1)
    session.select("households", household)
    assert head not in texts(page.inspector)


def test_language_and_theme_switch_and_everything_stays(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    window.set_workspace("cases")
    session.select("cases", int(session.state.cases.id[3]))
    window.canvas.zoom_in()
    viewport, selected = window.canvas.viewport, session.selected
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.session is session and session.workspace == "cases" and session.selected == selected
    assert (window.canvas.viewport.x, window.canvas.viewport.y) == (viewport.x, viewport.y)
    assert window.canvas.viewport.resolution == viewport.resolution
    window.tasks.wait()
    assert "待处理" in texts(window) and window.windowTitle().endswith("县域网格图")
    assert window.shows_time
    before = window.grab().toImage().pixelColor(5, 300).lightness()
    qtbot.keyClick(window, Qt.Key.Key_F10)
    assert window.grab().toImage().pixelColor(5, 300).lightness() < 80 < before
    assert session.selected == selected and window.preferences.theme == "dark"
    qtbot.keyClick(window, Qt.Key.Key_F9)
    window.tasks.wait()
    assert "To do" in texts(window)


def test_panels_fold_away_and_the_fold_is_remembered(window: Window, qtbot: QtBot) -> None:
    assert window.page is not None
    wide = window.canvas.width()
    qtbot.keyClick(window, Qt.Key.Key_F2)
    qtbot.keyClick(window, Qt.Key.Key_F4)
    qtbot.waitUntil(lambda: window.canvas.width() > wide + 300)
    assert window.preferences.is_folded("left")
    qtbot.keyClick(window, Qt.Key.Key_F9)
    assert window.page.left.isHidden() and window.page.right.isHidden()
    qtbot.keyClick(window, Qt.Key.Key_F2)
    assert not window.page.left.isHidden()


def test_layers_can_be_hidden_faded_and_moved(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    from PySide6.QtWidgets import QCheckBox, QSlider

    box = next(b for b in page.left.findChildren(QCheckBox) if b.accessibleName() == "Households")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
    layer = session.scene.layer("households")  # type: ignore[arg-type]
    assert layer is not None and not layer.visible
    more = next(b for b in page.left.findChildren(QToolButton) if b.accessibleName() == "Options of Households")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    slider = page.left.findChild(QSlider)
    assert slider is not None
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    layer = session.scene.layer("households")  # type: ignore[arg-type]
    assert layer is not None and layer.opacity == 0.9
    kinds = [x.kind for x in session.scene.layers]
    higher = next(b for b in page.left.findChildren(QToolButton) if b.accessibleName() == "Draw higher")
    qtbot.mouseClick(higher, Qt.MouseButton.LeftButton)
    assert [x.kind for x in session.scene.layers].index("households") == kinds.index("households") + 1  # type: ignore[arg-type]


def test_everything_fits_a_small_screen(window: Window) -> None:
    window.resize(1366, 768)
    assert (window.width(), window.height()) == (1366, 768)
    for workspace in ("plan", "cases", "analyse", "maps"):
        window.set_workspace(workspace)
        assert window.minimumSizeHint().width() <= 1366 and window.minimumSizeHint().height() <= 768
        assert window.canvas.width() > 500 and window.canvas.height() > 300


def test_every_control_has_a_name(window: Window) -> None:
    for workspace in ("plan", "cases", "analyse", "maps"):
        window.set_workspace(workspace)
        for control in (*window.findChildren(QPushButton), *window.findChildren(QToolButton)):
            if control.isVisible() and control.width() > 2 and control.objectName() != "ScrollLeftButton":
                named = control.accessibleName() or control.text() or control.toolTip()
                assert named or "qt_" in control.objectName() or type(control).__name__ != "QPushButton", control


def test_operations_are_told_apart(window: Window) -> None:
    operations = all_operations()
    ids = [o.id for o in operations]
    assert len(set(ids)) == len(ids)
    for workspace in COUNTY:
        keys = [key for o in operations for key in o.keys if workspace in o.workspaces]
        assert len(set(keys)) == len(keys), workspace
    assert all((ICONS / f"{o.icon}.svg").exists() for o in operations)


def test_what_cannot_be_done_stays_visible_and_says_why(window: Window) -> None:
    undo = window.actions_by_id["zoom_selection"]
    assert not undo.isEnabled() and "Nothing is selected" in undo.toolTip()
    button = next(b for b in window.findChildren(QToolButton) if b.objectName() == "tool-redo")
    assert button.isVisible() and not button.isEnabled() and "Nothing was undone" in button.toolTip()


def test_the_map_is_not_blank(window: Window) -> None:
    image: QImage = window.canvas.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colours) > 6


def test_maps_workspace_writes_a_page(window: Window, qtbot: QtBot, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from gis_app.gui.export_panel import ExportPanel

    qtbot.keyClick(window, Qt.Key.Key_4, Qt.KeyboardModifier.ControlModifier)
    panel = window.findChild(ExportPanel)
    assert panel is not None
    for suffix in ("pdf", "png", "html"):
        form = panel.findChild(QWidget, "form")
        form.setCurrentIndex(form.findData(suffix))  # type: ignore[union-attr]
        form.activated.emit(form.currentIndex())  # type: ignore[union-attr]
        target = tmp_path / f"map.{suffix}"
        panel.path.setText(str(target))
        press(qtbot, panel, "Write the map")
        window.tasks.wait()
        assert target.stat().st_size > 10_000
        assert str(target) in window.banner.text
    panel.path.setText(str(tmp_path / "nowhere" / "map.html"))
    press(qtbot, panel, "Write the map")
    window.tasks.wait()
    assert "nowhere" in window.banner.text


def test_no_page_of_the_inspector_is_wider_than_its_panel(window: Window) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    state = session.state
    rows = [("units", unit.id) for level in Level for unit in state.units.at_level(level)[:3]]
    rows += [("cases", int(i)) for i in state.cases.id[:12]] + [("households", int(i)) for i in state.households.id[:3]]
    rows += [("bodies", i) for i in list(state.bodies)[:3]] + [("workers", i) for i in list(state.workers)[:2]]
    for language in ("en", "zh_CN"):
        if window.preferences.language != language:
            window.switch_language()
        page = window.page
        page.inspector.resize(page.inspector.minimumWidth(), 400)
        for table, row in rows:
            session.select(table, row)
            texts(page.inspector)
            inner = page.inspector._area.widget()
            assert inner is not None and inner.minimumSizeHint().width() <= page.inspector.minimumWidth() - 10, (language, table, row)


def test_an_empty_county_can_be_looked_at_everywhere(empty_window: Window, tmp_path: Path) -> None:
    empty_window.show_county(bootstrap.create_county(tmp_path / "empty.gpkg", Settings(name="空县", code_scheme="free")))
    empty_window.tasks.wait()
    for workspace in ("cases", "analyse", "maps", "plan"):
        empty_window.set_workspace(workspace)
        empty_window.canvas.wait_until_drawn()
        assert "This county has no cells yet" in texts(empty_window)
    empty_window.check()
    empty_window.tasks.wait()
    empty_window.switch_theme()
    empty_window.canvas.wait_until_drawn()


def test_a_name_can_be_changed_undone_and_redone_by_keys(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    cell = session.state.units.at_level(Level.CELL)[3]
    session.select("units", cell.id)
    window.perform(edits.rename_unit(cell.id, "柳树沟网格"))
    window.tasks.wait()
    assert "柳树沟网格" in texts(page.inspector)
    assert page.table.model.index(page.table.model.row_of(cell.id), 0).data() == "柳树沟网格"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert cell.name in texts(page.inspector) and session.selected == ("units", cell.id)
    qtbot.keyClick(window, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    window.tasks.wait()
    assert "柳树沟网格" in texts(page.inspector)


def test_panels_that_are_gone_are_told_nothing(window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.keyClick(window, Qt.Key.Key_F10)
    qtbot.wait(50)  # what was shown before is deleted now
    for workspace in ("cases", "analyse", "maps", "plan"):
        window.set_workspace(workspace)
        session.set_filter(replace(session.filter, kind=1 if workspace == "cases" else 0))
        session.select("units", session.state.units.at_level(Level.CELL)[2].id)
    window.perform(edits.rename_unit(session.selected[1], "新名"))
    window.tasks.wait()
    assert window.page is not None and "新名" in texts(window.page.inspector)


def test_the_right_button_offers_what_can_be_done_here(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    cell = session.state.units.at_level(Level.CELL)[40]
    at = place_of(window, cell.id)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.canvas.mapToGlobal(at))
    QApplication.sendEvent(window.canvas, event)
    menu = next(m for m in window.findChildren(QMenu) if m.isVisible())
    next(a for a in menu.actions() if a.text() == "Who is responsible here?").trigger()
    menu.close()
    assert "A whistle from here" in texts(page.inspector) and cell.name in texts(page.inspector)
