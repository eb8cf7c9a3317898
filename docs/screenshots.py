"""Make the pictures of the guide: the real window on the demo county, both languages, both themes (`make screenshots`)."""

import csv
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gis_app import bootstrap, language
from gis_app.grid.units import Level
from gis_app.progress import finish

if TYPE_CHECKING:
    from gis_app.gui.window import Window

PICTURES = Path(__file__).parent / "pictures"
SIZE = (1600, 900)
PEOPLE = ("王秀英", "李建国", "张桂兰", "刘志强", "陈玉梅", "赵永福", "孙丽华", "周文斌")


def write_people(path: Path) -> None:
    """Write a small table of (invented) households as an office keeps it: Chinese headers, GB 18030, degrees of WGS 84."""
    with path.open("w", newline="", encoding="gb18030") as file:
        rows = csv.writer(file)
        rows.writerow(("户主", "联系电话", "住址", "人口", "经度", "纬度"))
        for at in range(64):
            place = (f"{123.42 + at * 0.0023:.6f}", f"{47.86 + at % 9 * 0.0041:.6f}")
            rows.writerow((PEOPLE[at % len(PEOPLE)], f"138{at * 7919 % 100_000_000:08d}", f"永安村{at + 1}号", at % 5 + 1, *place))


def show_import(window: "Window", table: Path) -> None:
    """Open the import assistant on a table."""
    window.begin_import(table)


def show_analysis(window: "Window", _: Path) -> None:
    """Show where whistles pile up in the whole county, with the list of hotspots."""
    from gis_app.gui.task import wait_aside
    from gis_app.map.scene import LayerKind

    session, page = window.session, window.page
    assert session is not None and page is not None
    window.set_workspace("analyse")
    for kind in (LayerKind.HOTSPOT_CELLS, LayerKind.DENSITY):
        session.set_layer(kind, visible=True)
    settle(400)  # the list waits a moment before it looks
    wait_aside(30_000)


def show_maps(window: "Window", _: Path) -> None:
    """Show the panel that writes a map of a township."""
    from gis_app.gui.export_panel import ExportPanel

    session, page = window.session, window.page
    assert session is not None and page is not None
    session.select("units", session.state.units.at_level(Level.TOWNSHIP)[0].id)
    window.set_workspace("maps")
    panel = page.right.currentWidget()
    assert isinstance(panel, ExportPanel)
    panel.unit.setChecked(True)
    panel.path.setText(f"{session.state.settings.name}.pdf")  # not where this machine keeps its documents
    page.view.show_row(*session.selected)


def arranged(workspace: str) -> Callable[["Window", Path], None]:
    """Return what shows a workspace with something telling selected."""
    from gis_app.gui.start import arrange

    return lambda window, _: arrange(window, workspace)


def settle(milliseconds: int) -> None:
    """Let the window go on for a while."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def take(show: Callable[["Window", Path], None] | None, county: Path, table: Path, lang: str, theme: str, target: Path) -> None:
    """Write one picture of a new window; `show` arranges it (None: the start page)."""
    from gis_app.gui.preferences import Preferences
    from gis_app.gui.start import picture
    from gis_app.gui.window import Window

    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(Path(folder) / "window.ini")
        preferences.language, preferences.theme = lang, theme
        window = Window(preferences)
        window.resize(*SIZE)
        window.show()
        if show is not None:
            window.show_county(bootstrap.open_county(county))
            window.tasks.wait()
            window.canvas.wait_until_drawn()
            show(window, table)
            window.tasks.wait()
        picture(window).save(str(target), "PNG", 0)  # 0: as small as PNG gets
        window.close()
        window.deleteLater()
        settle(0)


def main() -> None:
    """Build the demo county once and write a picture of each part of the window in each language and theme."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gis_app.gui.start import application

    application()
    PICTURES.mkdir(exist_ok=True)
    shows = {
        "start": None,
        "import": show_import,
        "plan": arranged("plan"),
        "cases": arranged("cases"),
        "analyse": show_analysis,
        "maps": show_maps,
    }
    with tempfile.TemporaryDirectory() as folder:
        county, table = Path(folder) / "county.gpkg", Path(folder) / "households.csv"
        finish(bootstrap.building_demo(county))
        write_people(table)
        for lang in language.LANGUAGES:
            for theme in ("light", "dark"):
                for name, show in shows.items():
                    target = PICTURES / f"{name}-{lang}-{theme}.png"
                    take(show, county, table, lang, theme, target)
                    sys.stdout.write(f"{target.name} {target.stat().st_size // 1000} kB\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
