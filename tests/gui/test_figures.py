"""The figures of the workspace Analyse: tables by body, unit, category, kind and month."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QLabel
from pytestqt.qtbot import QtBot

from gis_app.cases.case import EventKind
from gis_app.cases.display import DONE
from gis_app.cases.statistics import figures, months
from gis_app.county.case_edits import record_event
from gis_app.gui.case_filter import CaseFilter
from gis_app.gui.figure_rows import FigureRows
from gis_app.gui.table_panel import FIGURES, TablePanel
from gis_app.gui.window import Window
from gis_app.progress import finish


@pytest.fixture
def table(window: Window, qtbot: QtBot) -> TablePanel:
    """The tables of the workspace Analyse, with all that the steps of the whistles tell."""
    window.set_workspace("analyse")
    window.tasks.wait()
    assert window.page is not None
    found = window.page.table
    qtbot.waitUntil(lambda: isinstance(found.model.rows, FigureRows) and found.model.rows.is_read_yet)
    window.tasks.wait()
    return found


def turn(table: TablePanel, title: str) -> FigureRows:
    at = next(at for at, (text, _) in enumerate(table._tabs) if str(text) == title)
    table.bar.setCurrentIndex(at)
    rows = table.model.rows
    assert isinstance(rows, FigureRows)
    return rows


def column_of(table: TablePanel, name: str) -> int:
    return [str(column.title) for column in table.model.rows.columns].index(name)


def texts(table: TablePanel, name: str) -> list[str]:
    model, column = table.model, column_of(table, name)
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_every_table_adds_up_to_the_county(table: TablePanel, window: Window) -> None:
    assert window.session is not None
    whole = figures(window.session.state.cases)
    for title in FIGURES.values():
        turn(table, str(title))
        assert "…" not in texts(table, "Response rate")
        received = [int(text.replace(",", "")) for text in texts(table, "Received")]
        assert 0 < sum(received) <= whole.received
        if str(title) in ("By month", "By kind", "By body"):
            assert sum(received) == whole.received
            assert sum(int(text.replace(",", "")) for text in texts(table, "Completed")) == whole.completed


def test_every_column_says_what_it_counts(table: TablePanel) -> None:
    model = table.model
    for column in range(1, model.columnCount()):
        tip = model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert tip.endswith(".") and tip != model.headerData(column, Qt.Orientation.Horizontal)


def test_ratings_are_shown_with_how_many_there_are(table: TablePanel) -> None:
    turn(table, "By kind")
    assert all(text.endswith(")") and "(" in text for text in texts(table, "Satisfaction rate"))


def test_a_click_on_a_head_sorts(table: TablePanel, qtbot: QtBot) -> None:
    turn(table, "By category")
    header = table.table.horizontalHeader()
    assert isinstance(header, QHeaderView)
    column = column_of(table, "Arrivals")
    for descending in (False, True):
        at = header.sectionViewportPosition(column) + 12
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.rect().center().__class__(at, header.height() // 2))
        found = [int(text.replace(",", "")) for text in texts(table, "Arrivals")]
        assert found == sorted(found, reverse=header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder), descending


def test_a_click_on_a_body_marks_its_unit_and_its_open_whistles(table: TablePanel, window: Window, qtbot: QtBot) -> None:
    rows = turn(table, "By body")
    session = window.session
    assert session is not None
    state, still = session.state, session.derived.display != DONE
    body = next(one for one in rows.ids().tolist() if (still & (state.cases.body == one)).any())
    at = table.model.row_of(body)
    place = table.table.visualRect(table.model.index(at, 0))
    table.table.scrollTo(table.model.index(at, 0))
    place = table.table.visualRect(table.model.index(at, 0))
    qtbot.mouseClick(table.table.viewport(), Qt.MouseButton.LeftButton, pos=place.center())
    assert session.selected == ("bodies", body)
    marked = window.canvas.selection.ids
    assert set(marked["cases"]) == set(state.cases.id[still & (state.cases.body == body)].tolist())
    assert marked["units"] == ((state.bodies[body].unit,) if state.bodies[body].unit else ())


def test_enter_on_a_month_shows_only_its_whistles(table: TablePanel, window: Window, qtbot: QtBot) -> None:
    turn(table, "By month")
    session = window.session
    assert session is not None
    at = table.model.row_of(202009)
    table.table.setCurrentIndex(table.model.index(at, 0))
    qtbot.keyClick(table.table, Qt.Key.Key_Return)
    shown = session.shown_cases()
    assert np.array_equal(shown, months(session.state.cases.blown) == 202009)
    session.set_filter(CaseFilter())
    turn(table, "By kind")
    table.table.setCurrentIndex(table.model.index(0, 0))
    qtbot.keyClick(table.table, Qt.Key.Key_Return)
    assert session.filter.kind == table.model.ids[0]


def test_what_is_done_meanwhile_is_counted(table: TablePanel, window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None
    state = session.state
    case = int(state.cases.id[np.flatnonzero(state.cases.state == 2)[0]])
    before = session.trails.ask()
    assert before is not None
    handed = sum(int(text) for text in texts(table, "Handed over"))
    target = next(body for body in state.bodies if body != int(state.cases.body[np.searchsorted(state.cases.id, case)]))
    edit = record_event(session.county.store, case, EventKind.HANDED_OVER, target=target)
    finish(session.county.performing(edit))
    window.tasks.wait()
    qtbot.waitUntil(lambda: session.trails.ask() is not before)
    window.tasks.wait()
    assert sum(int(text) for text in texts(table, "Handed over")) == handed + 1


def test_the_panel_tells_the_figures_of_what_is_shown_and_how_sure_they_are(table: TablePanel, window: Window, qtbot: QtBot) -> None:
    session = window.session
    assert session is not None and window.page is not None
    panel = window.page._section("figures")

    def told() -> dict[str, tuple[str, str]]:
        labels = [one for one in panel.findChildren(QLabel) if one.isVisible()]
        return {one.text(): (other.text(), one.toolTip()) for one, other in pairwise(labels)}

    received = f"{len(session.state.cases):,}"
    qtbot.waitUntil(lambda: told().get("Received", ("", ""))[0] == received)
    assert "95 %" in told()["Satisfaction rate"][1] and "four stars or more" in told()["Satisfaction rate"][1]
    session.set_filter(CaseFilter(kind=3))
    reports = f"{(session.state.cases.kind == 3).sum():,}"
    qtbot.waitUntil(lambda: told().get("Received", ("", ""))[0] == reports)
