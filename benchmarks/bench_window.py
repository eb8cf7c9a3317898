"""How long the window freezes while a person works with it: `python -m benchmarks.bench_window [COUNTY] [--why]`.

A timer beats every 5 ms while one thing after the other is done; the longest gap between two beats is what a person would feel.
`--why` also says what the window was doing in gaps of more than 30 ms (looking at the stacks makes it slower).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from benchmarks.county import demo_file
from benchmarks.heartbeat import Watcher, longest_freeze
from benchmarks.measure import peak_megabytes, report
from gis_app.county.edits import rename_unit
from gis_app.county.household_edits import pin_households
from gis_app.gui.export_panel import ExportPanel
from gis_app.gui.preferences import Preferences
from gis_app.gui.start import application
from gis_app.gui.window import Window
from gis_app.map.scene import LayerKind

BUDGET = "<= 100 ms"


class Bench:
    """A window on the demo county, and the table of what is measured."""

    def __init__(self, window: Window, folder: Path, watcher: Watcher | None) -> None:
        self.window, self.folder, self.watcher = window, folder, watcher

    def idle(self) -> bool:
        """Tell whether nothing is at work any more."""
        window = self.window
        return window.tasks.running is None and (window.page is None or window.page.canvas.is_drawn())

    def row(self, what: str, action: Callable[[], object]) -> None:
        """Measure one thing and print it."""
        heart = longest_freeze(action, self.idle, self.watcher)
        report(f"longest freeze: {what}", BUDGET, f"{heart.longest:.0f} ms", f"{heart.busiest:.0f} ms CPU of the window's thread")
        if self.watcher is not None and heart.longest > 60:
            print(self.watcher.report(), flush=True)

    def export(self, form: str) -> None:
        """Write the map in one form, as the export panel does."""
        page = self.window.page
        assert page is not None
        panel = page.right.currentWidget()
        assert isinstance(panel, ExportPanel)
        panel._set_form(form)
        panel.path.setText(str(self.folder / f"map.{form}"))
        panel.export()


def measure(bench: Bench, path: Path) -> None:
    """Do what a person does, one after the other."""
    window, row = bench.window, bench.row
    row("open the county", lambda: window.open_county(path))
    session, page = window.session, window.page
    assert session is not None and page is not None
    state = session.state
    cells, cases, homes = sorted(state.coverage.cells), state.cases.id, state.households.id
    for at, again in ((7, ""), (13, " again")):
        row(f"select a cell{again}", partial(session.select, "units", cells[at]))
        row(f"select a whistle{again}", partial(session.select, "cases", int(cases[at])))
        row(f"rename a unit{again}", partial(window.perform, rename_unit(cells[at], f"Cell {at}")))
        row(f"pin a household{again}", partial(window.perform, pin_households([int(homes[at])], cells[at])))
        row(f"undo{again}", window.undo)
        row(f"redo{again}", window.redo)
        row(f"switch the theme{again}", window.switch_theme)
        row(f"switch the language{again}", window.switch_language)
    page = window.page
    assert page is not None
    table = page.table
    row("first look at the table of households", lambda: table.bar.setCurrentIndex(3))
    row("sort households by name", lambda: table.table.sortByColumn(0, Qt.SortOrder.DescendingOrder))
    row("sort households by address", lambda: table.table.sortByColumn(1, Qt.SortOrder.AscendingOrder))
    row("find in the table of households", lambda: table.words.setText("张"))
    row("find no more", lambda: table.words.setText(""))
    row("select a cell, households in front", lambda: session.select("units", cells[30]))
    row("turn to Cases", lambda: window.set_workspace("cases"))
    row("show only waiting whistles", lambda: session.set_filter(replace(session.filter, states=frozenset({1}))))
    row("show all whistles", lambda: session.set_filter(replace(session.filter, states=frozenset({0, 1, 2, 3}))))
    row("clusters on", lambda: session.set_layer(LayerKind.HOTSPOT_CELLS, visible=True))
    row("density on", lambda: session.set_layer(LayerKind.DENSITY, visible=True))
    row("turn to Analyse", lambda: window.set_workspace("analyse"))
    row("turn to Maps", lambda: window.set_workspace("maps"))
    row("export a PDF", lambda: bench.export("pdf"))
    row("export a PNG", lambda: bench.export("png"))
    row("export a web page", lambda: bench.export("html"))
    row("turn to Plan", lambda: window.set_workspace("plan"))
    row("begin to search", window.begin_search)
    row("search", lambda: QTest.keyClicks(window.search, "yac"))
    row("check the whole county", window.check)
    row("assign all households", lambda: window.perform_named("assign_households"))
    row("show the start page", window.show_start)


def main() -> None:
    """Measure on a copy of the demo county."""
    watcher = Watcher() if "--why" in sys.argv else None
    application()
    with demo_file() as path, tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, Path(folder) / "county.gpkg"))
        preferences = Preferences(Path(folder) / "window.ini")
        preferences.language = "zh_CN"
        window = Window(preferences)
        window.resize(1600, 900)
        window.show()
        bench = Bench(window, Path(folder), watcher)
        measure(bench, copy)
        report("memory after all this", "", f"{peak_megabytes():.0f} MB", "largest so far")
        window.close()


if __name__ == "__main__":
    main()
