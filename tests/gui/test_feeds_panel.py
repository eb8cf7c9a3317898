"""Whistles are fetched from a real server on this computer, by clicking; the window is used meanwhile."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gis_app.county.edits import rename_unit
from gis_app.county.feed_edits import Feed, feeds_of
from gis_app.grid.datum import from_county
from gis_app.gui.feeds_panel import FeedsPanel
from gis_app.gui.window import Window
from tests.files.open311_server import Open311, request, serving
from tests.gui.conftest import press
from tests.gui.test_window import texts


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing stand between a test and its own server."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def _request(number: int) -> dict[str, Any]:
    """A request of the year in which the clock of the demo county stands."""
    return {name: value.replace("2026-", "2022-") for name, value in request(number).items()}


@pytest.fixture
def server() -> Iterator[Open311]:
    with serving(Open311([_request(number) for number in range(25)])) as running:
        yield running


@pytest.fixture
def panel(window: Window) -> FeedsPanel:
    """The panel, opened from the workspace Cases."""
    window.set_workspace("cases")
    window.tasks.wait()
    window.actions_by_id["feeds"].trigger()
    assert window.page is not None and window.feeds is not None
    window.feeds.waits = ()
    shown = window.page.right.currentWidget()
    assert isinstance(shown, FeedsPanel)
    return shown


def write(panel: FeedsPanel, name: str, text: str) -> None:
    next(line for line in panel.findChildren(QLineEdit) if line.accessibleName() == name).setText(text)


def feeds(window: Window) -> list[Feed]:
    assert window.session is not None
    return feeds_of(window.session.county.store)


def added(window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311) -> None:
    write(panel, "Address", server.address + "/requests.json")
    write(panel, "Name", "city")
    write(panel, "From day", "2022-01-01")
    panel.page_size.setValue(10)
    panel.categories.setChecked(True)
    panel.bodies.setChecked(True)
    panel.add()
    window.tasks.wait()


def fetched(window: Window, panel: FeedsPanel, qtbot: QtBot, name: str = "Fetch now") -> list[str]:
    """Press the button and wait for the end; what the panel says then."""
    press(qtbot, panel, name)
    assert window.feeds is not None and not panel.fetch.isEnabled() and "\nBeing fetched" in panel.list.currentItem().text()
    with qtbot.waitSignal(window.feeds.ended, timeout=20_000):
        pass
    window.tasks.wait()
    return texts(panel)


def test_a_server_is_added_fetched_from_and_removed(window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311) -> None:
    session = window.session
    assert session is not None
    assert any(text.startswith("No server yet.") for text in texts(panel)) and not panel.fetch.isEnabled()
    count = len(session.state.cases)
    added(window, panel, qtbot, server)
    assert [(feed.name, feed.address, feed.options.page_size) for feed in feeds(window)] == [("city", server.address, 10)]
    assert "Never fetched" in panel.list.item(0).text() and server.asked == [], "nothing is asked before somebody wants it"
    said = fetched(window, panel, qtbot)
    assert len(session.state.cases) == count + 25
    assert "25 read: 25 new, 0 moved on, 0 as they were" in said and "Received by 1 body: Roads 25" in said
    assert panel.list.item(0).text().startswith("city\nFetched ")

    server.requests.append(_request(26))
    server.requests[0]["status"] = "closed"
    server.requests[0]["updated_datetime"] = "2022-01-05T00:00:00-05:00"
    said = fetched(window, panel, qtbot)
    assert len(session.state.cases) == count + 25, "a request of January is asked for no more"
    assert any(" 1 moved on" in text for text in said)
    press(qtbot, panel, "Remove")
    assert len(feeds(window)) == 1 and any("Press Remove once more." in text for text in texts(panel))
    press(qtbot, panel, "Remove")
    window.tasks.wait()
    assert feeds(window) == [] and len(session.state.cases) == count + 25
    assert "Removed: city" in texts(panel)


def test_what_is_wrong_is_said_in_one_sentence(window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311) -> None:
    write(panel, "Address", "ftp://example.org")
    press(qtbot, panel, "Add the server")
    window.tasks.wait()
    assert panel.problem.text() == "The address of a server begins with http:// or https://." and feeds(window) == []
    added(window, panel, qtbot, server)
    server.trouble = lambda resource, parameters: (503, b"", {}) if resource == "requests" else None
    said = fetched(window, panel, qtbot)
    assert any("refuses: 503" in text for text in said)


def test_without_a_network_one_sentence_says_so(window: Window, panel: FeedsPanel, qtbot: QtBot) -> None:
    with serving(Open311([])) as gone:
        address = gone.address
    write(panel, "Address", address)
    qtbot.keyClick(panel.address, Qt.Key.Key_Return)
    window.tasks.wait()
    said = fetched(window, panel, qtbot)
    assert any(text.endswith("cannot be reached (the connection was refused); try again later.") for text in said)
    assert "Never fetched" in panel.list.item(0).text()


def test_the_window_is_used_while_pages_come_and_stopping_keeps_them(
    window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311
) -> None:
    """Another edit finds the county free between two pages; what was fetched stays, and the rest comes the next time."""
    session = window.session
    assert session is not None
    added(window, panel, qtbot, server)
    count, held = len(session.state.cases), []

    def trouble(resource: str, parameters: dict[str, Any]) -> None:
        if parameters.get("page") == "2" and not held:
            held.append(1)
            window.feeds.cancel()  # type: ignore[union-attr]

    server.trouble = trouble
    said = fetched(window, panel, qtbot)
    assert len(session.state.cases) == count + 10 and any(text.startswith("Stopped. What was fetched stays") for text in said)
    assert panel.list.item(0).text().startswith("city\nStopped midway: whistles until 20") and panel.fetch.text() == "Go on fetching"

    done: list[object] = []
    press(qtbot, panel, "Go on fetching")
    unit = next(iter(session.state.units.values()))
    window.perform(rename_unit(unit.id, "新名"), done.append)
    assert window.feeds is not None
    with qtbot.waitSignal(window.feeds.ended, timeout=20_000):
        pass
    window.tasks.wait()
    assert done and len(session.state.cases) == count + 25


def test_fetching_goes_on_without_the_panel(window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311) -> None:
    session = window.session
    assert session is not None
    homes = session.state.households
    at = int(np.flatnonzero(np.isfinite(homes.x))[0])
    lon, lat = (float(value[0]) for value in from_county(homes.x[at : at + 1], homes.y[at : at + 1], session.state.settings.crs))
    for one in server.requests:
        one |= {"lat": lat, "long": lon}
    added(window, panel, qtbot, server)
    count = len(session.state.cases)
    press(qtbot, panel, "Fetch now")
    assert window.feeds is not None
    with qtbot.waitSignal(window.feeds.ended, timeout=20_000):
        panel.close_panel()
    window.tasks.wait()
    assert len(session.state.cases) == count + 25
    assert set(session.state.cases.cell[-25:].tolist()) == {int(homes.cell[at])}


def test_closing_the_county_ends_fetching(window: Window, panel: FeedsPanel, qtbot: QtBot, server: Open311) -> None:
    added(window, panel, qtbot, server)
    press(qtbot, panel, "Fetch now")
    window.show_start()
    assert window.feeds is None and window.session is None
