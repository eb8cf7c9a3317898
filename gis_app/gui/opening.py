"""How counties come into the window: opened, made anew, built as a demo, dropped."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from gis_app import bootstrap
from gis_app.county.county import County
from gis_app.gui import garbage
from gis_app.gui.derived import Derived
from gis_app.gui.reference_work import add_file, is_raster_file
from gis_app.language import msg, tr
from gis_app.progress import Progress, Steps, part

if TYPE_CHECKING:
    from gis_app.gui.window import Window


def open_steps(path: Path) -> Steps[tuple[County, Derived]]:
    """Open a county file and work out its figures, as work that can run beside the window."""
    yield Progress(0.1, msg("Reading the county"))
    county = bootstrap.open_county(path)
    derived = Derived(county.state)
    derived.follow()
    garbage.spare()
    return county, derived


def demo_steps() -> Steps[tuple[County, Derived]]:
    """Open the demo county; build it first where this user has none yet."""
    path = bootstrap.demo_path()
    if not path.exists():
        yield from part(bootstrap.building_demo(path), 0.0, 0.9)
    return (yield from part(open_steps(path), 0.9, 1.0))


def is_county(path: Path) -> bool:
    """Tell whether a file is a county file (a GeoPackage with our tables), not somebody's data to import."""
    if path.suffix.lower() != ".gpkg" or not path.is_file():
        return False
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return False
    return {"units", "households", "settings"} <= names


def open_dropped(window: Window, path: Path) -> None:
    """Open a county that was dropped on the window; scanned maps and tiles become reference layers, the rest is imported."""
    if is_county(path):
        window.open_county(path)
    elif window.session is not None and is_raster_file(path):
        add_file(window, path)
    else:
        window.begin_import(path)


def ask_county(parent: QWidget, chosen: Callable[[Path], object]) -> None:
    """Ask for a county file without blocking the window."""
    dialog = QFileDialog(parent, tr("Open a county"), "", tr("County files (*.gpkg)"))
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def ask_new(window: Window) -> None:
    """Show the small form that makes a new county."""
    from gis_app.gui.new_county import NewCounty

    NewCounty(window).open()
