"""The Cases workspace: queue, states, filters, time, the page of a whistle."""

from datetime import timedelta

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton
from pytestqt.qtbot import QtBot

from gis_app.cases.case import CaseKind
from gis_app.cases.queue import Queue
from gis_app.cases.routing import Place
from gis_app.gui.window import Window
from tests.gui.conftest import press
from tests.gui.test_window import texts


def turn(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.findChild(object, "tab-cases"), Qt.MouseButton.LeftButton)  # type: ignore[call-overload]
    assert window.session is not None and window.session.workspace == "cases"
    window.canvas.wait_until_drawn()


def test_a_queue_shows_its_whistles_in_table_and_map(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    turn(window, qtbot)
    count = int(session.derived.queues[Queue.OVERDUE].sum())
    assert count
    press(qtbot, page.left, f"Overdue: {count}")
    assert page.table.model.rowCount() == count
    assert session.scene.cases is not None and int(session.scene.cases.sum()) == count
    assert f"{count} received" in window.status.middle.text()
    press(qtbot, page.left, f"Overdue: {count}")
    assert page.table.model.rowCount() == len(session.state.cases)


def test_states_and_filters_narrow_together(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    turn(window, qtbot)
    box = next(b for b in page.left.findChildren(QCheckBox) if b.text() == "Done")
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 12))
    assert page.table.model.rowCount() == int((session.derived.display < 3).sum())
    category = next(c for c in page.left.findChildren(QComboBox) if c.accessibleName() == "Category")
    category.setCurrentIndex(3)
    category.activated.emit(3)
    wanted = (session.derived.display < 3) & (session.state.cases.category == category.itemData(3))
    assert page.table.model.rowCount() == int(wanted.sum())
    press(qtbot, page.left, "Show all whistles")
    assert page.table.model.rowCount() == len(session.state.cases)


def test_the_time_slider_drags_and_plays(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    turn(window, qtbot)
    assert window.shows_time and page.view.time is not None
    track = page.view.time.track
    right = QPoint(track.width() - 9, track.height() - 10)
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=right)
    qtbot.mouseMove(track, QPoint(track.width() // 2, right.y()))
    qtbot.mouseRelease(track, Qt.MouseButton.LeftButton, pos=QPoint(track.width() // 2, right.y()))
    qtbot.waitUntil(lambda: session.filter.end is not None)
    assert page.table.model.rowCount() == int((session.state.cases.blown < session.filter.end).sum())
    page.view.time.toggle_play()
    low = track.low
    qtbot.waitUntil(lambda: track.low > low)
    page.view.time.toggle_play()
    track.setFocus()
    low = track.low
    qtbot.keyClick(track, Qt.Key.Key_Left)
    assert track.low == low - 1


def test_a_whistle_shows_clocks_way_and_reasons(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    turn(window, qtbot)
    rows = session.county.store.rows("cases", session.state.cases.id, ["text", "number"])
    at = next(i for i, text in enumerate(rows["text"]) if "车库" in str(text))
    case = int(session.state.cases.id[at])
    page.zoom_to("cases", case)
    seen = texts(page.inspector)
    assert "Clock of the case" in seen and "What happened" in seen and "The ladder" in seen
    assert any(text.startswith("Why ") for text in seen)
    done, blown = session.state.cases.done[at], session.state.cases.blown[at]
    if not np.isnat(done):
        hours, minutes = divmod(int((done - blown).item() / timedelta(minutes=1)), 60)
        assert f"{hours} h {minutes} min" in seen or hours >= 72
    worker = int(session.state.cases.worker[at])
    if worker in session.state.workers:
        assert session.state.workers[worker].name not in " ".join(seen)


def test_tab_on_the_map_goes_to_the_next_whistle(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    turn(window, qtbot)
    window.canvas.setFocus()
    for row in (0, 1):
        qtbot.keyClick(window.canvas, Qt.Key.Key_Tab)
        assert session.selected == ("cases", int(page.table.model.ids[row]))
    assert window.canvas.hasFocus()


def test_figures_by_body_add_up(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("analyse")
    model = page.table.model
    received = sum(int(str(model.index(row, 1).data()).replace(",", "")) for row in range(model.rowCount()))
    assert received == int((session.state.cases.body > 0).sum())


def test_hotspots_are_listed_and_shown(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("analyse")
    qtbot.waitUntil(lambda: "Hotspots (" in page.hotspots.header.text(), timeout=20_000)
    rows = [b for b in page.hotspots.findChildren(QPushButton) if b.property("role") == "row"]
    assert rows
    qtbot.mouseClick(rows[0], Qt.MouseButton.LeftButton)
    found = session.selection.ids["units"]
    planted = session.state.settings.metadata["planted_hotspots"]
    assert {session.state.units[i].code for i in found} & set(planted), "the strongest hotspot is one that was planted"  # type: ignore[call-overload]


def test_who_is_responsible_here(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    x, y = float(session.state.cases.x[0]), float(session.state.cases.y[0])
    page.show_responsible(x, y)
    seen = texts(page.inspector)
    assert session.state.units[int(session.state.cases.cell[0])].name in seen and "goes to" in seen and "The ladder" in seen
    box = next(c for c in page.inspector.findChildren(QComboBox) if c.accessibleName() == "Category")
    box.setCurrentIndex(2)
    box.activated.emit(2)
    category = session.state.categories[int(box.itemData(2))]
    route = session.derived.router.route(Place(x, y), category.id)
    assert session.state.bodies[route.body].name in texts(page.inspector)


def test_who_reported_a_wrongdoing_is_hidden_until_asked_for(window: Window, qtbot: QtBot) -> None:
    session, page = window.session, window.page
    assert session is not None and page is not None
    reports = (session.state.cases.kind == CaseKind.REPORT) & (session.state.cases.worker > 0)
    at = int(np.flatnonzero(reports)[0])
    name = session.state.workers[int(session.state.cases.worker[at])].name
    session.select("cases", int(session.state.cases.id[at]))
    seen = texts(page.inspector)
    assert "protected" in seen and not any(name[0] + "*" in text for text in seen[: seen.index("What happened") + 4])
    press(qtbot, page.inspector, "Show names and phones")
    assert name in texts(page.inspector) and "protected" not in texts(page.inspector)
