"""What annoyed a person who saw the window for the first time, and must not come back."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind
from gis_app.cases.statistics import figures
from gis_app.grid.households import Unassigned
from gis_app.grid.units import Level
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.column_widths import shared
from gis_app.gui.new_county import NewCounty
from gis_app.gui.session import Session
from gis_app.gui.theme import SMALL, font
from gis_app.gui.unit_figures import unit_figures
from gis_app.gui.widgets import ElidedButton
from gis_app.gui.window import Window
from gis_app.map.scene import Figure, LayerKind, MapHit
from tests.gui.conftest import press
from tests.gui.test_window import texts


def session_of(window: Window) -> Session:
    assert window.session is not None
    return window.session


def roll(widget: QComboBox) -> None:
    """Turn the mouse wheel over a widget."""
    centre = QPointF(widget.rect().center())
    event = QWheelEvent(
        centre,
        QPointF(widget.mapToGlobal(widget.rect().center())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(widget, event)


def test_the_wheel_over_a_filter_changes_nothing(window: Window) -> None:
    session = session_of(window)
    window.set_workspace("cases")
    assert window.page is not None
    for box in window.page.left.findChildren(QComboBox):
        before = box.currentIndex()
        roll(box)
        assert box.currentIndex() == before, box.accessibleName()
    assert session.filter.is_empty


def test_the_figures_of_a_period_count_what_was_done_before_its_end(window: Window) -> None:
    session = session_of(window)
    window.set_workspace("analyse")
    assert window.page is not None
    cases = session.state.cases
    end = cases.blown[np.argsort(cases.blown)[len(cases) // 2]]
    session.set_filter(replace(CaseFilter(), end=end))
    window.tasks.wait()
    wanted = figures(cases, end=end)
    later = figures(cases, where=session.shown_cases())
    assert wanted.completed < later.completed, "some were done after the period"
    assert f"{wanted.completed} completed" in window.status.middle.text().replace(",", "")
    assert "Completed / reasonable" in window.status.middle.toolTip()
    model = window.page.table.model
    done = sum(int(str(model.index(row, 3).data()).replace(",", "")) for row in range(model.rowCount()))
    counted = session.shown_cases() & (cases.body > 0)
    assert done == figures(cases, end=end, where=counted).completed
    tip = model.headerData(3, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert tip == "Reasonable, and done before the end of the period."


def test_a_filter_that_cannot_be_seen_is_told(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    assert window.page is not None
    session.set_filter(replace(CaseFilter(), kind=1))
    window.set_workspace("cases")
    assert not window.page.view.narrowed.isVisible()
    window.set_workspace("plan")
    assert window.page.view.narrowed.isVisible()
    count = int(session.shown_cases().sum())
    assert any(f"{count} of" in text.replace(",", "") for text in texts(window.page.view.narrowed))
    press(qtbot, window.page.view.narrowed, "Show all whistles")
    assert session.filter.is_empty and not window.page.view.narrowed.isVisible()


def test_the_focus_of_a_table_selects_nothing(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    assert window.page is not None
    window.page.table.table.setFocus(Qt.FocusReason.TabFocusReason)
    assert session.selected == ("", 0)
    qtbot.keyClick(window.page.table.table, Qt.Key.Key_Down)
    assert session.selected[0] == "units"


def test_the_focus_stays_in_the_county_when_the_workspace_changes(window: Window) -> None:
    assert window.page is not None
    window.page.table.words.setFocus()
    window.set_workspace("cases")
    assert QApplication.focusWidget() is window.canvas
    assert session_of(window).selected == ("", 0)


def test_what_is_selected_comes_into_view_at_the_same_scale(window: Window) -> None:
    session = session_of(window)
    assert window.page is not None
    cells = session.state.units.at_level(Level.CELL)
    window.canvas.zoom_to_units((cells[0].id,))
    resolution = window.canvas.viewport.resolution
    seen = window.canvas.viewport.extent
    far = max(cells, key=lambda cell: abs(_middle(window, cell.id)[0] - window.canvas.viewport.x))
    assert not seen[0] < _middle(window, far.id)[0] < seen[2]
    session.select("units", far.id)
    seen, (x, y) = window.canvas.viewport.extent, _middle(window, far.id)
    assert seen[0] < x < seen[2] and seen[1] < y < seen[3]
    assert window.canvas.viewport.resolution == resolution


def _middle(window: Window, unit: int) -> tuple[float, float]:
    extent = window.canvas.unit_extent((unit,))
    assert extent is not None
    return (extent[0] + extent[2]) / 2, (extent[1] + extent[3]) / 2


def test_titles_of_columns_are_never_cut_while_others_have_room(window: Window) -> None:
    assert window.page is not None
    metrics = QFontMetrics(font(SMALL))
    for workspace in ("plan", "cases", "analyse"):
        window.set_workspace(workspace)
        for tab in range(window.page.table.bar.count()):
            window.page.table.bar.setCurrentIndex(tab)
            QCoreApplication.processEvents()
            table = window.page.table.table
            for at in range(window.page.table.model.columnCount()):
                title = str(window.page.table.model.headerData(at, Qt.Orientation.Horizontal))
                assert table.columnWidth(at) >= metrics.horizontalAdvance(title) + 16, (workspace, tab, title)


def test_widths_share_what_is_left_and_what_is_missing() -> None:
    assert shared([50, 50], [100, 100], [1, 3], 400) == [150, 250]
    assert shared([50, 50], [100, 300], [1, 1], 250) == [100, 150], "the longest gives way first"
    assert shared([50, 50], [60, 60], [1, 1], 80) == [50, 50], "less than the least: the table scrolls"


def test_the_ordering_column_says_so(window: Window) -> None:
    assert window.page is not None
    model = window.page.table.model
    assert str(model.headerData(1, Qt.Orientation.Horizontal)) == "Code ↑"
    model.sort(3, Qt.SortOrder.DescendingOrder)
    assert str(model.headerData(3, Qt.Orientation.Horizontal)) == "Households ↓"
    assert str(model.headerData(1, Qt.Orientation.Horizontal)) == "Code"


def test_no_hit_names_anybody_or_shows_a_phone(window: Window) -> None:
    session = session_of(window)
    rows = session.county.store.rows("households", session.state.households.id[:40], ["head", "phone"])
    worker = next(iter(session.state.workers.values()))
    asked = [(str(head), str(phone)) for head, phone in zip(rows["head"], rows["phone"], strict=True)] + [(worker.name, worker.phone)]
    for name, phone in asked:
        for words in (name, phone):
            for found in window.find_rows(words):
                if found.table in ("households", "workers"):
                    assert name not in f"{found.text} {found.detail}" and phone not in f"{found.text} {found.detail}"


def test_a_hit_of_a_whistle_masks_its_people(window: Window) -> None:
    from gis_app.gui.finder import _masked

    assert _masked("张三来电13812341234,编号20200501007", ("张三",)) == "张*来电138****1234,编号20200501007"
    assert _masked("230225203201003", ()) == "230225203201003"


def test_enter_in_a_field_makes_the_county(empty_window: Window, qtbot: QtBot) -> None:
    empty_window.new_county()
    form = empty_window.findChild(NewCounty)
    assert form is not None
    qtbot.keyClick(form.code, Qt.Key.Key_Return)
    assert form.problem.isVisible() and form.problem.text() == "Give the county a name."
    form.reject()


def test_qt_speaks_chinese_too(window: Window) -> None:
    window.switch_language()
    box = QLineEdit("x")
    menu = box.createStandardContextMenu()
    assert "复制" in " ".join(action.text() for action in menu.actions())
    menu.deleteLater()
    box.deleteLater()
    window.switch_language()


def test_an_empty_table_says_why_and_what_to_do(window: Window, qtbot: QtBot) -> None:
    session = session_of(window)
    assert window.page is not None
    table = window.page.table
    table.words.insert("qqqqzzzz")
    qtbot.waitUntil(lambda: table.model.rowCount() == 0)
    assert "No row holds these words." in texts(table)
    table.words.clear()
    qtbot.waitUntil(lambda: table.model.rowCount() > 0)
    assert "No row holds these words." not in texts(table)
    window.set_workspace("cases")
    session.set_filter(replace(CaseFilter(), states=frozenset()))
    assert "No whistle passes the filter." in texts(table)


def test_hover_tells_the_figure_of_the_fill(window: Window) -> None:
    session = session_of(window)
    assert window.page is not None
    cell = session.state.units.at_level(Level.CELL)[3].id
    hit, figures_of = MapHit("units", cell, 0.0, 0.0), session.derived.figures[cell]
    said = {
        Figure.HOUSEHOLDS: f"{figures_of.households} households",
        Figure.LOAD: f"{figures_of.load:.2f} × the floor of {figures_of.floor}",
        Figure.OPEN_CASES: f"open whistles: {figures_of.open_cases} of {figures_of.cases}",
        Figure.AREA: f"{figures_of.area:.2f} km²",
        Figure.DENSITY: "households per km²",
        Figure.COMPACTNESS: f"compactness {figures_of.compactness:.2f}",
    }
    for figure, words in said.items():
        session.set_layer(LayerKind.CELLS, figure=figure)
        assert words in window.page.view.words(hit), figure
    window.set_workspace("cases")
    assert "open whistles" in window.page.view.words(hit)


def test_areas_are_square_kilometres_where_the_county_measures_in_feet(window: Window) -> None:
    session = session_of(window)
    state, cell = session.state, next(iter(session.state.coverage.cells))
    feet = replace(state, settings=replace(state.settings, crs="EPSG:2263"))
    metres = unit_figures(state, session.derived.areas, session.derived.perimeters)[cell]
    found = unit_figures(feet, session.derived.areas, session.derived.perimeters)[cell]
    assert abs(found.area / metres.area - 0.3048**2) < 1e-4 and found.compactness == metres.compactness


def test_a_household_and_a_body_show_their_whistles_but_no_reporter(window: Window) -> None:
    session = session_of(window)
    assert window.page is not None
    cases = session.state.cases
    household = int(cases.household[(cases.household > 0) & (cases.kind != CaseKind.REPORT)][0])
    session.select("households", household)
    assert "Its whistles" in texts(window.page.inspector)
    reporters = set(cases.household[(cases.household > 0) & (cases.kind == CaseKind.REPORT)].tolist())
    others = set(cases.household[cases.kind != CaseKind.REPORT].tolist())
    session.select("households", int(min(reporters - others)))
    assert "Its whistles" not in texts(window.page.inspector)
    body = int(np.bincount(cases.body[cases.body > 0]).argmax())
    session.select("bodies", body)
    newest = session.county.store.rows("cases", cases.id[cases.body == body], ["text"])["text"]
    names = {link.accessibleName().split(": ", 1)[-1] for link in window.page.inspector.findChildren(ElidedButton)}
    assert names & {str(text) for text in newest}


def test_a_household_without_coordinates_says_what_to_do(window: Window) -> None:
    session = session_of(window)
    assert window.page is not None
    lost = session.state.households.id[session.state.households.reason == Unassigned.NO_COORDINATES]
    assert len(lost), "the demo county has some"
    session.select("households", int(lost[0]))
    said = texts(window.page.inspector)
    assert any(text.startswith("It has no coordinates") for text in said) and "Zoom to it" not in said


def test_tab_passes_the_map_and_f6_goes_from_panel_to_panel(window: Window, qtbot: QtBot) -> None:
    assert window.page is not None
    page, session = window.page, session_of(window)
    window.findChild(QPushButton, "tab-plan").setFocus()  # type: ignore[union-attr]
    visited: list[QWidget] = []
    for _ in range(90):
        focused = QApplication.focusWidget()
        assert focused is not None and focused is not window.canvas
        visited.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert session.selected == ("", 0), "nobody has chosen anything"
    assert any(page.left.isAncestorOf(w) for w in visited) and any(page.table.isAncestorOf(w) for w in visited)
    session.select("units", session.state.units.at_level(Level.CELL)[0].id)
    QCoreApplication.processEvents()  # what the inspector just got is shown
    seen = []
    for _ in range(4):
        qtbot.keyClick(window, Qt.Key.Key_F6)
        focused = QApplication.focusWidget()
        assert focused is not None
        seen.append(next(name for name, panel in _panels(window) if panel is focused or panel.isAncestorOf(focused)))
    assert sorted(seen) == ["left", "map", "right", "table"]


def _panels(window: Window) -> list[tuple[str, QWidget]]:
    assert window.page is not None
    return [("left", window.page.left), ("map", window.canvas), ("right", window.page.right), ("table", window.page.table)]
